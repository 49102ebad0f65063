//! The program's own HTTP client: for asking its own server and Google's clock, and for the demo's
//! browser. Never for Google's APIs: that is `google`'s.

use crate::failure::{Exit, Failure, Result, chain};
use std::time::Duration;

/// How long one answer may take, in ms.
const ANSWER_MS_MAX: u64 = 10_000;

/// Without proxies. With cookies it follows redirects, as a browser does; without, it does not.
pub fn client(cookies: bool) -> Result<reqwest::Client> {
    // Fails only when a provider is in place already, which is as good.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let policy = if cookies {
        reqwest::redirect::Policy::limited(10)
    } else {
        reqwest::redirect::Policy::none()
    };
    reqwest::Client::builder()
        .user_agent(concat!("seatwright/", env!("CARGO_PKG_VERSION")))
        .timeout(Duration::from_millis(ANSWER_MS_MAX))
        .redirect(policy)
        .cookie_store(cookies)
        .no_proxy()
        .build()
        .map_err(|error| Failure::internal("the HTTP client can't be set up", &error))
}

/// An error of the client without its address, which may hold a one-time link.
pub fn unanswered(what: &str, error: reqwest::Error) -> Failure {
    let message = format!("{what} did not answer: {}", chain(&error.without_url()));
    Failure::new(Exit::Failed, "no_answer", message, "Check that it runs and can be reached.")
}
