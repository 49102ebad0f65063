//! An answer before it becomes HTTP, and the headers that Google's answers wear.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::body::Frame;
use serde_json::Value;

use crate::envelope::{ApiError, OAuthError};
use crate::settings::ErrorFormat;

/// Marks an answer that the client must never see: whoever carries answers closes the connection instead.
pub const DROP_HEADER: &str = "x-sandbox-drop";
/// How long an answer would have taken, in ms. Only set when the clock is virtual, where nobody waits.
pub const DELAY_HEADER: &str = "x-sandbox-delay-ms";

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Html(String),
    /// Text of this media type.
    Other(String, String),
}

/// Which part of a body is sent, as when a proxy on the way gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Half,
    /// After this many bytes.
    At(usize),
    /// The same, but the head announces the whole body, so that the connection breaks.
    BreaksOffAt(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    pub(crate) cut: Option<Cut>,
    /// JSON without line breaks and indents.
    pub(crate) compact: bool,
}

impl Reply {
    fn new(status: u16, content: Content) -> Reply {
        Reply { status, headers: Vec::new(), content, cut: None, compact: false }
    }

    pub(crate) fn json(body: Value) -> Reply {
        Reply::new(200, Content::Json(body))
    }

    pub(crate) fn empty(status: u16) -> Reply {
        Reply::new(status, Content::Empty)
    }

    pub(crate) fn html(status: u16, page: String) -> Reply {
        Reply::new(status, Content::Html(page))
    }

    pub(crate) fn other(media_type: String, text: String) -> Reply {
        Reply::new(200, Content::Other(media_type, text))
    }

    pub(crate) fn redirect(to: &str) -> Reply {
        Reply::empty(302).with_header("location", to).with_header("cache-control", "no-store")
    }

    pub(crate) fn refusal(error: &ApiError, format: ErrorFormat) -> Reply {
        let headers = error.headers.to_vec();
        Reply { headers, ..Reply::new(error.status, Content::Json(error.body(format))) }
    }

    pub(crate) fn oauth_refusal(error: &OAuthError) -> Reply {
        Reply::new(error.status, Content::Json(error.body()))
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Adds a member to a JSON object.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        if let Content::Json(Value::Object(members)) = &mut self.content {
            members.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// An answer that must not arrive.
    pub(crate) fn dropped() -> Reply {
        Reply::empty(503).with_header(DROP_HEADER, "1")
    }

    /// The front end's page. Source: google-semantics.md §7.2 "Non-JSON bodies" {F-GAM}
    pub(crate) fn front_end_page(status: u16, text: &str) -> Reply {
        Reply::html(
            status,
            format!(
                "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error {status} \
                 (Sandbox)</title>\n<p><b>{status}.</b> {text}\n"
            ),
        )
    }

    /// What is sent of the body.
    pub(crate) fn body(&self) -> String {
        let mut body = self.whole_body();
        let mut at = match self.cut {
            None => return body,
            Some(Cut::Half) => body.len() / 2,
            Some(Cut::At(bytes) | Cut::BreaksOffAt(bytes)) => bytes.min(body.len()),
        };
        while !body.is_char_boundary(at) {
            at -= 1;
        }
        body.truncate(at);
        body
    }

    fn whole_body(&self) -> String {
        match &self.content {
            Content::Empty => String::new(),
            Content::Json(value) if self.compact => value.to_string(),
            Content::Json(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            Content::Html(text) | Content::Other(_, text) => text.clone(),
        }
    }

    /// With a length that is more than comes, where it breaks off.
    fn sent_body(&self) -> (Body, Option<usize>) {
        match self.cut {
            Some(Cut::BreaksOffAt(_)) => {
                let sent = Bytes::from(self.body());
                (
                    Body::new(Breaking { sent: Some(sent), flushed: false }),
                    Some(self.whole_body().len()),
                )
            }
            _ => (Body::from(self.body()), None),
        }
    }

    /// `None` without a body.
    pub(crate) fn media_type(&self) -> Option<&str> {
        match &self.content {
            Content::Empty => None,
            Content::Json(_) => Some("application/json; charset=UTF-8"),
            Content::Html(_) => Some("text/html; charset=UTF-8"),
            Content::Other(media_type, _) => Some(media_type),
        }
    }

    /// Source: google-semantics.md §7.3 "Response headers commonly seen" [F]
    pub(crate) fn into_response(self) -> Response {
        let (body, length) = self.sent_body();
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        set(headers, "vary", "Origin, X-Origin, Referer");
        set(headers, "server", "ESF");
        set(headers, "cache-control", "private");
        set(headers, "x-content-type-options", "nosniff");
        set(headers, "x-xss-protection", "0");
        if let Some(length) = length {
            set(headers, "content-length", &length.to_string());
        }
        if let Some(media_type) = self.media_type() {
            set(headers, "content-type", media_type);
        }
        for (name, value) in &self.headers {
            set(headers, name, value);
        }
        response
    }
}

/// A body that gives some of itself and then an error, at which a server closes the connection.
struct Breaking {
    sent: Option<Bytes>,
    flushed: bool,
}

impl HttpBody for Breaking {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.sent.take().filter(|bytes| !bytes.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        // Waiting once makes the server write what it has; an error would make it drop that.
        if !std::mem::replace(&mut self.flushed, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let error = io::Error::new(io::ErrorKind::ConnectionReset, "broken off on purpose");
        Poll::Ready(Some(Err(error)))
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
