//! A transport that writes down what goes through another one. Never: a change of what goes through.

use super::exchange::{Body, Lost, Outcome, Request};
use super::file::{Identity, Recorder};
use super::read::{reply, request, text};
use crate::hosts::Hosts;
use crate::transport::{Transport, TransportError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::time::Clock;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use std::sync::Arc;

/// Sends by another transport and has a [`Recorder`] write it down.
pub struct RecordingTransport {
    inner: Arc<dyn Transport>,
    recorder: Arc<Recorder>,
    hosts: Hosts,
    clock: Arc<dyn Clock>,
}

impl RecordingTransport {
    /// `hosts`: the same as the client's, to tell Google's paths.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Transport>,
        recorder: Arc<Recorder>,
        hosts: Hosts,
        clock: Arc<dyn Clock>,
    ) -> RecordingTransport {
        RecordingTransport { inner, recorder, hosts, clock }
    }

    async fn exchange(
        &self,
        sent: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if !self.recorder.is_on() {
            return self.inner.send(sent).await;
        }
        let asked = self.read(&sent);
        let headers = sent.headers().clone();
        let sent_at = self.clock.now();
        let answer = self.inner.send(sent).await;
        let times = (sent_at, self.clock.now());
        let identity = identity(&asked, &headers, answer.as_ref().ok());
        let calls = match &asked.body {
            Some(Body::Calls(calls)) => Some(calls.len()),
            _ => None,
        };
        let outcome = match &answer {
            Ok(response) => Outcome::Answer(reply(response, calls)),
            Err(error) => Outcome::NoAnswer(lost(error)),
        };
        self.recorder.write(asked, outcome, times, &identity);
        answer
    }

    fn read(&self, sent: &http::Request<Bytes>) -> Request {
        let url = url::Url::parse(&sent.uri().to_string());
        let path = match &url {
            Ok(url) => self.hosts.path_at_google(url),
            Err(_) => sent.uri().path(),
        };
        let query = sent.uri().query();
        request(sent.method().as_str(), path, query, sent.headers(), sent.body())
    }
}

impl Transport for RecordingTransport {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn lost(error: &TransportError) -> Lost {
    match error {
        TransportError::NotSent { .. } => Lost::Connect,
        TransportError::NoAnswer { why } if why.contains("timed out") => Lost::Timeout,
        TransportError::NoAnswer { why } if why.contains("larger than") => Lost::TooLarge,
        TransportError::NoAnswer { .. } => Lost::Reset,
    }
}

/// Who acts: known by the access token, which a refresh token gave, which an account gave.
fn identity(
    asked: &Request,
    headers: &HeaderMap,
    answer: Option<&http::Response<Bytes>>,
) -> Identity {
    let mut identity = Identity::default();
    if let Some(token) = text(headers, "authorization").as_deref().and_then(bearer) {
        identity.shown.push(format!("token {token}"));
    }
    if asked.method.as_deref() != Some("oauth.token") {
        return identity;
    }
    if let Some(Body::Form(pairs)) = &asked.body {
        let refresh = pairs.iter().find(|(name, _)| name == "refresh_token");
        identity.shown.extend(refresh.map(|(_, token)| format!("refresh {token}")));
    }
    let given = answer.and_then(|answer| serde_json::from_slice(answer.body()).ok());
    let given: serde_json::Value = given.unwrap_or_default();
    let member = |name: &str| given.get(name).and_then(serde_json::Value::as_str);
    identity.given.extend(member("id_token").and_then(subject).map(|sub| format!("sub {sub}")));
    for (name, kind) in [("refresh_token", "refresh"), ("access_token", "token")] {
        identity.given.extend(member(name).map(|token| format!("{kind} {token}")));
    }
    identity
}

fn bearer(header: &str) -> Option<&str> {
    let (kind, token) = header.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn subject(id_token: &str) -> Option<String> {
    let payload = id_token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    Some(claims.get("sub")?.as_str()?.to_owned())
}
