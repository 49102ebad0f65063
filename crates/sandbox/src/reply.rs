//! An answer before it becomes HTTP, and the headers that Google's answers wear.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
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
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

impl Reply {
    pub(crate) fn json(body: Value) -> Reply {
        Reply { status: 200, headers: Vec::new(), content: Content::Json(body) }
    }

    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), content: Content::Empty }
    }

    pub(crate) fn html(status: u16, page: String) -> Reply {
        Reply { status, headers: Vec::new(), content: Content::Html(page) }
    }

    pub(crate) fn redirect(to: &str) -> Reply {
        Reply {
            status: 302,
            headers: vec![("location", to.to_owned()), ("cache-control", "no-store".to_owned())],
            content: Content::Empty,
        }
    }

    pub(crate) fn refusal(error: &ApiError, format: ErrorFormat) -> Reply {
        Reply {
            status: error.status,
            headers: error.headers.to_vec(),
            content: Content::Json(error.body(format)),
        }
    }

    pub(crate) fn oauth_refusal(error: &OAuthError) -> Reply {
        Reply { status: error.status, headers: Vec::new(), content: Content::Json(error.body()) }
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

    fn body(&self) -> String {
        match &self.content {
            Content::Empty => String::new(),
            Content::Json(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            Content::Html(page) => page.clone(),
        }
    }

    /// Half of the body, as when a proxy on the way gives up.
    pub(crate) fn halved(self) -> Response {
        let mut body = self.body();
        let mut at = body.len() / 2;
        while !body.is_char_boundary(at) {
            at -= 1;
        }
        body.truncate(at);
        self.into_response_with(body)
    }

    pub(crate) fn into_response(self) -> Response {
        let body = self.body();
        self.into_response_with(body)
    }

    /// Source: google-semantics.md §7.3 "Response headers commonly seen" [F]
    fn into_response_with(self, body: String) -> Response {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        set(headers, "vary", "Origin, X-Origin, Referer");
        set(headers, "server", "ESF");
        set(headers, "cache-control", "private");
        set(headers, "x-content-type-options", "nosniff");
        match self.content {
            Content::Empty => {}
            Content::Json(_) => set(headers, "content-type", "application/json; charset=UTF-8"),
            Content::Html(_) => set(headers, "content-type", "text/html; charset=UTF-8"),
        }
        for (name, value) in &self.headers {
            set(headers, name, value);
        }
        response
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
