//! Media sent to `/upload/…`, made the JSON body that the method takes otherwise: at once, together with JSON, or piece
//! by piece (resumable).
//! Source: google-semantics.md §5.1 {DISC-GM}; google-quotas.json `gmail.upload_max`

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method as Verb};
use serde_json::{Value, json};

use crate::call::Query;
use crate::door::Arrived;
use crate::envelope::ApiError;
use crate::multipart::{boundary, parts};
use crate::oauth::bearer;
use crate::partial::header;
use crate::reply::Reply;
use crate::routes::Routes;
use crate::sandbox::Sandbox;
use crate::world::World;

const BYTES_MAX: usize = 36_700_160;

/// An upload that isn't whole yet.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    path: String,
    message: Value,
    media_type: String,
    authorization: Option<HeaderValue>,
    bytes: Vec<u8>,
}

/// `uploadType` is `media` for the mail alone, `multipart` for JSON and mail.
pub(crate) fn unpacked(mut arrived: Arrived) -> Result<Arrived, ApiError> {
    let content_type = header(&arrived.headers, CONTENT_TYPE).unwrap_or_default().to_owned();
    let kind = arrived.query.get("uploadType").unwrap_or("media").to_owned();
    let (message, media_type, media) = match kind.as_str() {
        "media" => (json!({}), content_type, arrived.body.to_vec()),
        "multipart" => related(&arrived.body, &content_type)?,
        _ => return Err(ApiError::invalid_value("uploadType", "Invalid value for: uploadType")),
    };
    arrived.body = message_with(message, &media_type, &media)?;
    Ok(arrived)
}

fn message_with(mut message: Value, media_type: &str, media: &[u8]) -> Result<Bytes, ApiError> {
    if media.len() > BYTES_MAX {
        return Err(ApiError::too_large());
    }
    check_type(media_type)?;
    message["raw"] = URL_SAFE.encode(media).into();
    Ok(Bytes::from(message.to_string()))
}

fn check_type(media_type: &str) -> Result<(), ApiError> {
    if media_type.to_ascii_lowercase().starts_with("message/") {
        Ok(())
    } else {
        Err(ApiError::bad_request(format!(
            "Media type '{media_type}' is not supported. Valid media types: [message/*]"
        )))
    }
}

fn related(body: &[u8], content_type: &str) -> Result<(Value, String, Vec<u8>), ApiError> {
    let bad = || ApiError::bad_request("Malformed multipart body.");
    let all = parts(body, boundary(content_type).ok_or_else(bad)?).ok_or_else(bad)?;
    let [metadata, media] = all.as_slice() else { return Err(bad()) };
    let message: Value = serde_json::from_slice(&metadata.body).map_err(|_| bad())?;
    if !message.is_object() {
        return Err(bad());
    }
    let media_type = media.header("content-type").unwrap_or_default().to_owned();
    Ok((message, media_type, media.body.clone()))
}

/// What becomes of one request of a resumable upload.
pub(crate) enum Piece {
    /// Answered here: the address to send to, or how much has come.
    Answer(Reply),
    /// All has come: the call as it would have come at once.
    Whole(Arrived),
}

pub(crate) fn is_piece(arrived: &Arrived) -> bool {
    arrived.path.starts_with("/upload/") && arrived.query.get("uploadType") == Some("resumable")
}

pub(crate) fn take_in(
    sandbox: &Sandbox,
    routes: &Routes,
    arrived: Arrived,
) -> Result<Piece, ApiError> {
    match arrived.query.get("upload_id") {
        None => begin(sandbox, routes, &arrived),
        Some(id) => {
            let id = id.to_owned();
            go_on(&mut sandbox.world(), &id, arrived)
        }
    }
}

/// Who asks, and for what, is looked at when an upload begins, and again when it is whole.
fn begin(sandbox: &Sandbox, routes: &Routes, arrived: &Arrived) -> Result<Piece, ApiError> {
    let found = routes
        .find(&arrived.verb, &arrived.path)
        .ok_or_else(|| ApiError::not_found("Not Found"))?;
    let mut world = sandbox.settled();
    bearer::admit(&world, &sandbox.switches(), sandbox.now_ms(), found.method, arrived)?;
    let name = HeaderName::from_static("x-upload-content-type");
    let media_type = header(&arrived.headers, name).unwrap_or("message/rfc822").to_owned();
    check_type(&media_type)?;
    let message = if arrived.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&arrived.body)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| ApiError::bad_request("Malformed metadata."))?
    };
    let id = world.chance.token("upload");
    let upload = Upload {
        path: arrived.path.clone(),
        message,
        media_type,
        authorization: arrived.headers.get(AUTHORIZATION).cloned(),
        bytes: Vec::new(),
    };
    world.uploads.insert(id.clone(), upload);
    let to = format!(
        "{}{}?uploadType=resumable&upload_id={id}",
        sandbox.settings().public_url,
        arrived.path
    );
    let reply =
        Reply::empty(200).with_header("location", to).with_header("x-guploader-uploadid", id);
    Ok(Piece::Answer(reply))
}

/// First byte and length of the whole, as far as the request says: `bytes 0-99/*`, `bytes */100`.
fn range_of(headers: &HeaderMap) -> Option<(Option<usize>, Option<usize>)> {
    let text = header(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?;
    let (span, whole) = text.split_once('/')?;
    let first = match span {
        "*" => None,
        span => Some(span.split_once('-')?.0.parse().ok()?),
    };
    Some((first, whole.parse().ok()))
}

fn go_on(world: &mut World, id: &str, arrived: Arrived) -> Result<Piece, ApiError> {
    let upload = world.uploads.get_mut(id).ok_or_else(|| ApiError::not_found("Not Found"))?;
    let (first, whole) = match arrived.headers.get(CONTENT_RANGE) {
        // Everything in one request.
        None => (Some(0), Some(arrived.body.len())),
        Some(_) => range_of(&arrived.headers)
            .ok_or_else(|| ApiError::bad_request("Failed to parse Content-Range header."))?,
    };
    if let Some(first) = first {
        if first > upload.bytes.len() {
            return Err(ApiError::bad_request("Invalid request. The range leaves a gap."));
        }
        upload.bytes.truncate(first);
        upload.bytes.extend_from_slice(&arrived.body);
    }
    if upload.bytes.len() > BYTES_MAX {
        return Err(ApiError::too_large());
    }
    if whole != Some(upload.bytes.len()) {
        let reply = Reply::empty(308);
        return Ok(Piece::Answer(match upload.bytes.len() {
            0 => reply,
            length => reply.with_header("range", format!("bytes=0-{}", length - 1)),
        }));
    }
    let whole = world.uploads.remove(id).ok_or_else(|| ApiError::not_found("Not Found"))?;
    let mut headers = arrived.headers;
    if let Some(authorization) = whole.authorization {
        headers.entry(AUTHORIZATION).or_insert(authorization);
    }
    Ok(Piece::Whole(Arrived {
        verb: Verb::POST,
        path: whole.path.trim_start_matches("/upload").to_owned(),
        query: Query::default(),
        headers,
        body: message_with(whole.message, &whole.media_type, &whole.bytes)?,
    }))
}
