//! From HTTP to data: one request, one answer, also those inside a batch. Nothing is removed here.

use super::endpoint::endpoint;
use super::exchange::{Body, Reply, Request};
use crate::batch::{in_order, part, split};
use bytes::Bytes;
use http::HeaderMap;
use std::collections::BTreeMap;

/// The headers of an answer that tell something about Google's rules.
const TELLING: [&str; 4] = ["content-type", "retry-after", "etag", "www-authenticate"];

/// Reads a request; `path` as at Google, percent-encoded.
#[must_use]
pub fn request(
    verb: &str,
    path: &str,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Request {
    let found = endpoint(verb, path);
    let content_type = text(headers, "content-type").unwrap_or_default();
    let body = match &found {
        Some(found) if found.method == "batch" => calls(body, &content_type),
        _ => plain(body, &content_type),
    };
    let service = match (&found, &body) {
        (Some(found), Some(Body::Calls(calls))) if found.method == "batch" => {
            calls.first().map_or("other", |call| call.service.as_str()).to_owned()
        }
        (Some(found), _) => found.service.to_owned(),
        (None, _) => "other".to_owned(),
    };
    Request {
        service,
        method: found.as_ref().map(|found| found.method.to_owned()),
        verb: verb.to_owned(),
        template: found.map(|found| found.template),
        path: path.to_owned(),
        query: pairs(query.unwrap_or_default().as_bytes()),
        body,
    }
}

/// Reads an answer; `calls`: how many a batch asked for, none when it was none.
#[must_use]
pub fn reply(response: &http::Response<Bytes>, calls: Option<usize>) -> Reply {
    let headers = response.headers();
    let telling =
        TELLING.iter().filter_map(|name| Some(((*name).to_owned(), text(headers, name)?)));
    let mut telling: BTreeMap<String, String> = telling.collect();
    let content_type = telling.get("content-type").cloned().unwrap_or_default();
    let answers = calls.and_then(|calls| answers(response.body(), &content_type, calls));
    if answers.is_some() {
        // The rest of it is a boundary, drawn anew each time.
        telling.insert("content-type".to_owned(), "multipart/mixed".to_owned());
    }
    let body = answers.or_else(|| plain(response.body(), &content_type));
    Reply { status: response.status().as_u16(), headers: telling, body }
}

fn plain(body: &Bytes, content_type: &str) -> Option<Body> {
    if body.is_empty() {
        return None;
    }
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Some(Body::Form(pairs(body)));
    }
    let json = serde_json::from_slice(body).ok().map(Body::Json);
    Some(json.unwrap_or(Body::Other { bytes: body.len() }))
}

fn calls(body: &[u8], content_type: &str) -> Option<Body> {
    let parts = split(body, content_type)?;
    parts.into_iter().map(call).collect::<Option<Vec<Request>>>().map(Body::Calls)
}

/// A part of a batch: its own head, then a whole HTTP request.
fn call(part: &[u8]) -> Option<Request> {
    const HEADERS_MAX: usize = 64;
    let mut space = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let httparse::Status::Complete((length, _)) = httparse::parse_headers(part, &mut space).ok()?
    else {
        return None;
    };
    let inner = &part[length..];
    let mut space = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Request::new(&mut space);
    let httparse::Status::Complete(length) = head.parse(inner).ok()? else { return None };
    let headers = crate::batch::headers(head.headers);
    let address = head.path?;
    let (path, query) = match address.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (address, None),
    };
    let body = Bytes::copy_from_slice(inner[length..].trim_ascii_end());
    Some(request(head.method?, path, query, &headers, &body))
}

fn answers(body: &[u8], content_type: &str, calls: usize) -> Option<Body> {
    let parts = split(body, content_type)?.into_iter().map(part).collect();
    let answers = in_order(parts, calls).into_iter();
    Some(Body::Answers(answers.map(|answer| answer.map(|answer| reply(&answer, None))).collect()))
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

pub(super) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
