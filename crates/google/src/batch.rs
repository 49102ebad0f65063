//! Many calls in one request: Google's `multipart/mixed`. Every part is judged as if it had come alone.
//! Source: google-semantics.md §7.1 {BATCH}{BATCH-RES}.

use crate::answer::{Answer, log_reason};
use crate::classify::classify;
use crate::client::{CallError, Delivered, Google, Grant, Parcel, missing};
use crate::hidden::Hidden;
use crate::hosts::Service;
use crate::quota::Load;
use crate::request::{Ask, Change, Read};
use crate::wire::Answered;
use bytes::Bytes;
use domain::step::Call;
use domain::time::Timestamp;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// Most calls of one batch. Source: google-quotas.json directory.batch_max_calls,
/// licensing.batch_max_calls.
pub const BATCH_MAX: usize = 1000;
/// Of Gmail. Source: google-quotas.json gmail.batch_max_calls.
pub const GMAIL_BATCH_MAX: usize = 100;

/// Most headers of one part; Google sends about ten.
const HEADERS_MAX: usize = 64;

impl Google {
    /// Sends up to [`BATCH_MAX`] requests that change nothing to one service in one.
    ///
    /// # Errors
    /// What befell the whole; each answer has its own result.
    pub async fn read_batch<A: Answered>(
        &self,
        grant: &Grant,
        reads: &[Read<A>],
        log: &mut Vec<Call>,
    ) -> Result<Vec<Result<A, CallError>>, CallError> {
        let asks: Vec<Ask> = reads.iter().map(|read| read.ask.clone()).collect();
        self.batch(grant, &asks, None, log).await
    }

    /// Sends up to [`BATCH_MAX`] changes to one service in one request, in no certain order; the rules
    /// of [`Google::execute`] hold for the whole. A customer's transfer is one batch, and so is its
    /// hand-over to Google: there Google does all or nothing.
    /// Source: google-semantics.md §2.9, §2.11, §7.1.
    ///
    /// # Errors
    /// What befell the whole; each answer has its own result, [`CallError::Unsure`] where it is
    /// missing.
    pub async fn change_batch<A: Answered>(
        &self,
        grant: &Grant,
        changes: &[Change<A>],
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Vec<Result<A, CallError>>, CallError> {
        let intended = |change: &Change<A>| change.ask.clone().intended(intended_at);
        let asks: Vec<Ask> = changes.iter().map(intended).collect();
        self.batch(grant, &asks, Some(intended_at), log).await
    }

    async fn batch<A: Answered>(
        &self,
        grant: &Grant,
        asks: &[Ask],
        intended_at: Option<Timestamp>,
        log: &mut Vec<Call>,
    ) -> Result<Vec<Result<A, CallError>>, CallError> {
        let Some(first) = asks.first() else { return Ok(Vec::new()) };
        let service = first.service();
        let most = if service == Service::Gmail { GMAIL_BATCH_MAX } else { BATCH_MAX };
        if asks.len() > most || asks.iter().any(|ask| ask.service() != service) {
            return Err(missing("a batch of one service and of a size Google takes"));
        }
        let boundary = boundary(asks);
        let content_type = format!("multipart/mixed; boundary={boundary}");
        let mut hidden = Hidden::default();
        asks.iter().for_each(|ask| hidden.all(&ask.hidden));
        let parcel = Parcel {
            method: method(service),
            verb: "POST",
            url: self.hosts().batch(service),
            content_type: Some(&content_type),
            body: self.write(asks, &boundary)?,
            intended_at,
            load: Load {
                service,
                calls: asks.iter().map(|ask| (ask.line.id, ask.target.as_deref())).collect(),
            },
            hidden,
        };
        let started_at = self.now();
        let Delivered { answer: whole, token } = self.deliver(grant, &parcel, log).await?;
        let hidden = parcel.hidden.and(&token);
        let now = self.now();
        let parts = parts(&whole).unwrap_or_default();
        let mut complained = false;
        let results = asks.iter().zip(in_order(parts, asks.len())).map(|(ask, part)| {
            let mut call = Call {
                method: ask.line.id.to_owned(),
                status: 0,
                reason: "no answer in the batch".to_owned(),
                started_at,
                duration_ms: now.ms_since(started_at),
            };
            let answer = part
                .map(|part| Answer::read_hiding(ask.line.id, ask.mutates(), part, now, &hidden));
            if let Some(answer) = &answer {
                (call.status, call.reason) = (answer.status, log_reason(answer));
            }
            log.push(call);
            let Some(answer) = answer else { return Err(unanswered(ask)) };
            if answer.is_success() {
                return A::read(&answer);
            }
            if answer.status == 401 {
                self.inner.tokens.drop_token(&grant.credential, &token);
            }
            let error = classify(&answer);
            if matches!(error, CallError::Quota { .. }) && !complained {
                self.complain(grant, &parcel.load, &answer);
                complained = true;
            }
            Err(error)
        });
        Ok(results.collect())
    }

    /// Paths only, without a host; the token stands in the outer head and holds for all.
    fn write(&self, asks: &[Ask], boundary: &str) -> Result<Bytes, CallError> {
        let mut text = Vec::new();
        for (index, ask) in asks.iter().enumerate() {
            let url = ask.url(self.hosts()).map_err(|name| missing(&format!("a usable {name}")))?;
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let path = self.hosts().path_at_google(&url);
            let head = format!(
                "--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <{index}>\r\n\r\n\
                 {} {path}{query} HTTP/1.1\r\nAccept: application/json\r\n",
                ask.line.verb.text(),
            );
            text.extend_from_slice(head.as_bytes());
            let body = ask.body.as_deref().unwrap_or_default();
            if ask.body.is_some() {
                text.extend_from_slice(b"Content-Type: application/json\r\n");
            }
            text.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            text.extend_from_slice(body);
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok(text.into())
    }
}

fn method(service: Service) -> &'static str {
    match service {
        Service::Reseller => "reseller.batch",
        Service::Directory => "directory.batch",
        Service::Licensing => "licensing.batch",
        Service::Gmail => "gmail.batch",
        Service::SiteVerification => "siteVerification.batch",
    }
}

fn unanswered(ask: &Ask) -> CallError {
    let why = format!("{}: the batch has no answer to it", ask.line.id);
    match ask.mutates() {
        true => CallError::Unsure { why },
        false => CallError::NotApplied { why, retry_after_ms: None },
    }
}

/// A line that stands in none of the bodies. The same calls have the same one.
fn boundary(asks: &[Ask]) -> String {
    let holds = |boundary: &str, ask: &Ask| {
        let body = ask.body.as_deref().unwrap_or_default();
        body.windows(boundary.len()).any(|window| window == boundary.as_bytes())
    };
    let mut count = 0_u64;
    loop {
        let boundary = format!("seatwright_{count:020}");
        if !asks.iter().any(|ask| holds(&boundary, ask)) {
            return boundary;
        }
        count += 1;
    }
}

/// One answer out of a batch.
pub(crate) struct Part {
    /// Which call it says it answers; Reseller says nothing.
    index: Option<usize>,
    pub(crate) response: http::Response<Bytes>,
}

/// The parts in the order of the calls. By what they say they answer where all of them do, else by
/// their place; an answer that can't be told apart from another's is none.
pub(crate) fn in_order(
    parts: Vec<Option<Part>>,
    count: usize,
) -> Vec<Option<http::Response<Bytes>>> {
    let mut ordered: Vec<Option<http::Response<Bytes>>> = (0..count).map(|_| None).collect();
    if parts.iter().flatten().all(|part| part.index.is_some()) {
        let mut doubtful = Vec::new();
        for part in parts.into_iter().flatten() {
            let index = part.index.unwrap_or(count);
            match ordered.get_mut(index) {
                Some(place @ None) => *place = Some(part.response),
                Some(Some(_)) => doubtful.push(index),
                None => {}
            }
        }
        for index in doubtful {
            ordered[index] = None;
        }
    } else if parts.len() == count {
        for (place, part) in ordered.iter_mut().zip(parts) {
            *place = part.map(|part| part.response);
        }
    }
    ordered
}

fn parts(whole: &Answer) -> Option<Vec<Option<Part>>> {
    let content_type = whole.content_type.as_deref()?;
    Some(split(&whole.body, content_type)?.into_iter().map(part).collect())
}

/// The bodies between the boundaries; `None` when this is no whole multipart text.
/// Source: RFC 2046 §5.1.1.
pub(crate) fn split<'a>(body: &'a [u8], content_type: &str) -> Option<Vec<&'a [u8]>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    let delimiter = format!("--{boundary}").into_bytes();
    let mut found = Vec::new();
    let mut part_start = None;
    let mut line_start = 0;
    while line_start < body.len() {
        let length = body[line_start..].iter().position(|byte| *byte == b'\n');
        let line_end = length.map_or(body.len(), |length| line_start + length + 1);
        let line = body[line_start..line_end].trim_ascii_end();
        if let Some(rest) = line.strip_prefix(delimiter.as_slice()) {
            if let Some(start) = part_start {
                found.push(without_line_end(&body[start..line_start]));
            }
            match rest {
                b"" => part_start = Some(line_end),
                b"--" => return Some(found),
                _ => return None,
            }
        }
        line_start = line_end;
    }
    None
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Reads a part: its own head, then a whole HTTP answer.
pub(crate) fn part(bytes: &[u8]) -> Option<Part> {
    let mut space = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let httparse::Status::Complete((length, outer)) =
        httparse::parse_headers(bytes, &mut space).ok()?
    else {
        return None;
    };
    let id = outer.iter().find(|header| header.name.eq_ignore_ascii_case("content-id"));
    let index = id.and_then(|header| std::str::from_utf8(header.value).ok()).and_then(answered);
    let inner = &bytes[length..];
    let mut space = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut space);
    let httparse::Status::Complete(length) = head.parse(inner).ok()? else { return None };
    let body = &inner[length..];
    let declared = header(head.headers, "content-length").and_then(|text| text.parse().ok());
    // Some line ends may follow; fewer bytes than said is an answer cut short.
    let body = match declared {
        Some(declared) => body.get(..declared)?,
        None => body,
    };
    let mut response = http::Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = http::StatusCode::from_u16(head.code?).ok()?;
    *response.headers_mut() = headers(head.headers);
    Some(Part { index, response })
}

/// `<response-7>` answers `<7>`.
fn answered(id: &str) -> Option<usize> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    id.strip_prefix("response-")?.parse().ok()
}

fn header<'a>(headers: &[httparse::Header<'a>], name: &str) -> Option<&'a str> {
    let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(header.value).ok().map(str::trim)
}

pub(crate) fn headers(headers: &[httparse::Header<'_>]) -> HeaderMap {
    let known = headers.iter().filter_map(|header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(header.value).ok()?))
    });
    known.collect()
}
