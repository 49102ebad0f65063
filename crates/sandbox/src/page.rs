//! The pages that people see, dressed so that nobody takes them for Google. Never: a decision.

use askama::Template;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use sha2::{Digest, Sha256};

use crate::reply::Reply;

pub(crate) const STYLE: &str = include_str!("../templates/style.css");

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    style: &'static str,
}

/// What this is, for somebody who opens the address in a browser.
pub(crate) async fn home(_: Request) -> Response {
    render(200, &Home { style: STYLE }, None).into_response()
}

/// A page with its content security policy. `leads_to` is where its form may end up besides here.
pub(crate) fn render(status: u16, page: &impl Template, leads_to: Option<&str>) -> Reply {
    match page.render() {
        Ok(text) => {
            Reply::html(status, text).with_header("content-security-policy", policy(leads_to))
        }
        Err(error) => {
            tracing::error!(%error, "a page of the sandbox can't be rendered");
            Reply::front_end_page(500, "The sandbox can't show this page.")
        }
    }
}

/// `form-action` also governs where the answer to a form redirects to, so the client's own address belongs into it.
fn policy(leads_to: Option<&str>) -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let leads_to = leads_to.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'{leads_to}; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// For everything that leaves: nothing is cached by a browser, framed, or told to others.
pub(crate) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    response
}
