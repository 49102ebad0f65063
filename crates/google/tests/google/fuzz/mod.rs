//! Every answer this client parses, made up at will: each call against any status, head and body, held
//! against an oracle of its own. Used by the tests for a moment, by the example `fuzz` for as long as wanted.

mod calls;
mod oracle;
mod parts;
mod samples;
mod shapes;

pub use oracle::Word;
pub use shapes::{SHAPES, Said, Shape, said};

use bytes::Bytes;
use calls::{Endpoint, TARGETS, Target};
use domain::step::Call;
use domain::time::{Clock, Timestamp};
use futures_util::future::{self, BoxFuture, FutureExt as _};
use google::{
    CallError, Google, Grant, Hosts, OAuthClient, TokenAnswer, Transport, TransportError,
};
use proptest::strategy::{Strategy, Union};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use url::Url;

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// What no error, journal or `Debug` may show. Made of characters that need no escaping anywhere, but
/// for one.
pub const SECRETS: &[&str] = &[
    "at-ya29.access-token-in-the-head",
    "rt-refresh-token-of-the-account",
    "cs-client-secret-of-the-project",
    "tt-transfer-token-in-the-address",
    "pw-first/password&of the+admin",
    "ln-https-one-time-link",
    "co-authorization-code",
];
pub const ACCESS: &str = SECRETS[0];
pub const REFRESH: &str = SECRETS[1];
pub const CLIENT: &str = SECRETS[2];
pub const TRANSFER: &str = SECRETS[3];
pub const PASSWORD: &str = SECRETS[4];
pub const LINK: &str = SECRETS[5];
pub const CODE: &str = SECRETS[6];

/// One call and what comes back.
#[derive(Debug, Clone)]
pub struct Case {
    target: &'static Target,
    said: Said,
}

impl Case {
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.target.id
    }
}

/// Calls of any kind with answers of one shape.
pub fn cases(shape: Shape) -> impl Strategy<Value = Case> {
    Union::new(
        TARGETS
            .iter()
            .map(|target| said(shape, target).prop_map(move |said| Case { target, said }).boxed()),
    )
}

/// How many different calls there are.
#[must_use]
pub fn targets() -> usize {
    TARGETS.len()
}

/// The methods of Google's discovery documents that are called.
#[must_use]
pub fn methods() -> BTreeSet<&'static str> {
    let of_google = |target: &&Target| {
        matches!(target.endpoint, Endpoint::Api { .. }) && !target.id.starts_with("step ")
    };
    TARGETS.iter().filter(of_google).map(|target| target.id).collect()
}

/// Plays one case.
///
/// # Errors
/// What the client made of it that it must not, in one line.
pub fn check(case: &Case) -> Result<(), String> {
    let (said, endpoint) = (case.said.clone(), case.target.endpoint);
    let wire = Arc::new(Wire { said, endpoint, heard: Mutex::default() });
    let hosts = Hosts::at(&Url::parse("http://google.test").unwrap());
    let google = Google::new(wire.clone(), hosts, wire.clone());
    if case.target.endpoint != Endpoint::Token {
        google.remember(&grant().credential, &token());
    }
    let mut log = Vec::new();
    let outcomes = (case.target.run)(&google, &grant(), &mut log);
    let heard = wire.heard.lock().unwrap();
    for (index, outcome) in outcomes.iter().enumerate() {
        oracle::judge(case.target, index, &case.said, outcome)?;
        no_secret(&heard, outcome)?;
    }
    no_secret(&heard, &log)
}

/// What the other side has heard it can repeat, and nobody else may.
fn no_secret(heard: &str, shown: &impl std::fmt::Debug) -> Result<(), String> {
    let text = format!("{shown:?}");
    for secret in SECRETS {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let is_in = |text: &str| text.contains(secret) || text.contains(&encoded);
        if is_in(heard) && is_in(&text) {
            return Err(format!("says a secret: {text}"));
        }
    }
    Ok(())
}

/// What a call came to, as far as the oracle asks.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub word: Word,
    /// The error as it is logged and shown.
    pub said: String,
    pub retry_after_ms: Option<i64>,
}

impl Outcome {
    pub fn of<A>(result: &Result<A, CallError>) -> Outcome {
        let (word, retry_after_ms) = match result {
            Ok(_) => (Word::Done, None),
            Err(CallError::Refused { .. }) => (Word::Refused, None),
            Err(CallError::Exists { .. }) => (Word::Exists, None),
            Err(CallError::NotApplied { retry_after_ms, .. }) => {
                (Word::NotApplied, *retry_after_ms)
            }
            Err(CallError::Quota { retry_after_ms, .. }) => (Word::Quota, *retry_after_ms),
            Err(CallError::Unsure { .. }) => (Word::Unsure, None),
            Err(CallError::Reconsent { .. }) => (Word::Reconsent, None),
        };
        let said = match result {
            Ok(_) => String::new(),
            Err(error) => format!("{error} {error:?}"),
        };
        Outcome { word, said, retry_after_ms }
    }
}

/// Runs to its end what never has to wait.
fn at_once<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("the wire answers at once")
}

/// Gives the same answer to every request of one kind, and good ones to all others.
struct Wire {
    said: Said,
    endpoint: Endpoint,
    /// All that was sent to the one who makes answers up.
    heard: Mutex<String>,
}

impl Transport for Wire {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        let is_token = request.uri().path() == "/token";
        if is_token != (self.endpoint == Endpoint::Token) {
            let token = format!(
                r#"{{"access_token":"{ACCESS}","expires_in":3599,"token_type":"Bearer",
                "subscriptionId":"1"}}"#
            );
            return future::ready(Ok(http::Response::new(token.into()))).boxed();
        }
        let (head, body) = request.into_parts();
        let body = String::from_utf8_lossy(&body);
        self.heard.lock().unwrap().push_str(&format!(
            "{} {} {body}",
            head.uri,
            Plain(&head.headers)
        ));
        future::ready(self.said.response()).boxed()
    }
}

/// With the values that are marked as sensitive.
struct Plain<'a>(&'a http::HeaderMap);

impl std::fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.values().try_for_each(|value| write!(f, "{} ", value.as_bytes().escape_ascii()))
    }
}

impl Clock for Wire {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn grant() -> Grant {
    Grant {
        credential: "crd_00000000000000000000000000".parse().unwrap(),
        client: OAuthClient { id: "client-1".into(), secret: CLIENT.to_owned().into() },
        refresh_token: REFRESH.to_owned().into(),
    }
}

fn token() -> TokenAnswer {
    TokenAnswer {
        access_token: ACCESS.to_owned().into(),
        refresh_token: None,
        expires_at: NOW.plus_ms(3_600_000),
        scopes: BTreeSet::new(),
        account: None,
    }
}

/// Plays a call, keeps what it came to.
fn play<A>(call: impl Future<Output = Result<A, CallError>>) -> Vec<Outcome> {
    vec![Outcome::of(&at_once(call))]
}

type Log = Vec<Call>;

/// Guards against a shape that is never drawn: how often each was, by name.
#[derive(Debug, Default)]
pub struct Tally(Mutex<std::collections::BTreeMap<&'static str, u64>>);

impl Tally {
    pub fn count(&self, name: &'static str) {
        *self.0.lock().unwrap().entry(name).or_default() += 1;
    }

    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        self.0.lock().unwrap().iter().map(|(name, count)| (*name, *count)).collect()
    }
}
