//! How pages leave: rendered, with a policy of what they may do in a browser. Never: what a page says.

use askama::Template;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use sha2::{Digest, Sha256};

use crate::reply::Reply;

pub(crate) const STYLE: &str = include_str!("../templates/style.css");
/// What the face needs beyond that.
pub(crate) const FACE_STYLE: &str = include_str!("../templates/face.css");

/// A page with its content security policy. `leads_to` is where its form may end up besides here.
pub(crate) fn render(status: u16, page: &impl Template, leads_to: Option<&str>) -> Reply {
    render_under(status, page, policy(leads_to))
}

/// A page with this content security policy.
pub(crate) fn render_under(status: u16, page: &impl Template, policy: String) -> Reply {
    match page.render() {
        Ok(text) => Reply::html(status, text).with_header("content-security-policy", policy),
        Err(error) => {
            tracing::error!(%error, "a page of the sandbox can't be rendered");
            Reply::front_end_page(500, "The sandbox can't show this page.")
        }
    }
}

/// How a policy names a style that stands in the page.
fn hash_of(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// `form-action` also governs where the answer to a form redirects to, so the client's own address belongs into it.
fn policy(leads_to: Option<&str>) -> String {
    let style = hash_of(STYLE);
    let leads_to = leads_to.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src {style}; form-action 'self'{leads_to}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The policy of pages of the face, with further directives, each with its semicolon and a space behind.
pub(crate) fn policy_with(more: &str) -> String {
    let (style, face) = (hash_of(STYLE), hash_of(FACE_STYLE));
    format!(
        "default-src 'none'; style-src {style} {face}; {more}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// For everything that leaves: it isn't framed or told to others, unless it says so itself.
pub(crate) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let defaults = [("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
