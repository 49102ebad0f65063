//! The wire: one request out, one answer back, and what can be said when there is none. Knows
//! nothing of Google, never repeats a request.

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// Sends one request. Implementations never send it twice on their own.
pub trait Transport: Send + Sync {
    /// # Errors
    /// [`TransportError::NotSent`] only when the request certainly never left this machine.
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>>;
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The request certainly never left.
    #[error("not sent: {why}")]
    NotSent { why: String },
    /// The request may have been processed.
    #[error("no answer: {why}")]
    NoAnswer { why: String },
}

/// The HTTP client could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client can't be set up: {0}")]
pub struct TransportSetup(String);

/// Most bytes of one answer, after decompression. The largest we ask for, a page of 100
/// subscriptions, stays under 200 kB.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long connecting may take, in ms, so that an unreachable host is told from a lost answer.
const CONNECT_MS_MAX: i64 = 10_000;

/// HTTP/1.1 and HTTP/2 over TLS (or plain, for a stand-in of Google), without redirects, proxies
/// and retries.
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// `call_ms_max` bounds a whole exchange in ms, from connecting to the last byte.
    ///
    /// # Errors
    /// [`TransportSetup`] when it is not positive, or this system has no usable root certificates.
    pub fn new(call_ms_max: i64) -> Result<HttpTransport, TransportSetup> {
        let client = HttpTransport::builder(call_ms_max)?.build();
        Ok(HttpTransport { client: client.map_err(|error| TransportSetup(chain(&error)))? })
    }

    /// HTTP/2 is offered over TLS, by ALPN, because the library's `http2` feature is on.
    fn builder(call_ms_max: i64) -> Result<reqwest::ClientBuilder, TransportSetup> {
        let whole = millis(call_ms_max)?;
        let connect = millis((call_ms_max / 2).clamp(1, CONNECT_MS_MAX))?;
        // Fails only when a provider is in place already, which is as good.
        let _already = rustls::crypto::ring::default_provider().install_default();
        Ok(reqwest::Client::builder()
            // Google compresses only for clients that say gzip here too. Source:
            // google-semantics.md §7.3 {DIR-PERF}.
            .user_agent(concat!("seatwright/", env!("CARGO_PKG_VERSION"), " (gzip)"))
            .timeout(whole)
            .connect_timeout(connect)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy())
    }

    async fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::NotSent { why: said(error) })?;
        let mut answer = self.client.execute(request).await.map_err(|error| {
            let not_sent = error.is_connect() || error.is_builder();
            let why = said(error);
            match not_sent {
                true => TransportError::NotSent { why },
                false => TransportError::NoAnswer { why },
            }
        })?;
        let mut body = BytesMut::new();
        let unread = |error| TransportError::NoAnswer { why: said(error) };
        while let Some(chunk) = answer.chunk().await.map_err(unread)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                let why = format!("the answer is larger than {ANSWER_BYTES_MAX} bytes");
                return Err(TransportError::NoAnswer { why });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn millis(ms: i64) -> Result<Duration, TransportSetup> {
    match u64::try_from(ms) {
        Ok(ms) if ms > 0 => Ok(Duration::from_millis(ms)),
        _ => Err(TransportSetup("the longest call must take more than 0 ms".to_owned())),
    }
}

/// Without the address: Google takes transfer tokens in the query.
fn said(error: reqwest::Error) -> String {
    chain(&error.without_url())
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
