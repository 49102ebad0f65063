//! Whom we act as, what can be asked, and the one way a request leaves: with a token, on record,
//! judged by `classify`.

use crate::answer::{Answer, log_reason};
use crate::classify::classify;
use crate::hosts::Hosts;
use crate::tokens::Tokens;
use crate::transport::{Transport, TransportError};
use bytes::Bytes;
use domain::activation::Api;
use domain::ids::CredentialId;
use domain::observed::Reason;
use domain::secret::{ExposeSecret, SecretString};
use domain::step::{Call, Shown, Step};
use domain::time::{Clock, Timestamp};
use http::header;
use serde::Serialize;
use std::sync::Arc;
use url::Url;

/// How long after its intent was noted a change may still be sent, in ms.
///
/// A due token refresh comes first and may be slow, and a process may be stopped in between and go
/// on after its lease. The engine counts the time in which an answer can be outstanding from the
/// intent, so a change that would start later is not started.
pub const START_MS_MAX: i64 = 10_000;

/// An OAuth client of the distributor's Google project.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    pub id: String,
    pub secret: SecretString,
}

/// Whom we act as.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Access tokens are remembered under it.
    pub credential: CredentialId,
    pub client: OAuthClient,
    pub refresh_token: SecretString,
}

/// What a probe showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// One line for people.
    pub detail: String,
    /// From the Gmail profile, where it may be read.
    pub account_email: Option<String>,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub domain: String,
    /// Google's id of the customer, once known; it outlives a change of domain.
    pub google_customer: Option<String>,
    pub admin_email: String,
    /// Our customer id: tells our own admin from somebody else's user.
    pub external_id: String,
}

/// What a step needs and must not carry.
#[derive(Debug, Clone, Default)]
pub struct StepSecrets {
    /// For `CreateAdmin`.
    pub password: Option<SecretString>,
    /// For `SendWelcomeMail`: the whole address of the one-time page.
    pub link: Option<SecretString>,
    /// For `SendWelcomeMail`: the account's address, its sender.
    pub from: Option<String>,
}

/// Why a call did not succeed, seen from one question: may it have been applied?
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Google will not do it. Repeating will not help.
    #[error("refused: {} {}", reason.code, reason.message)]
    Refused { reason: Reason },
    /// There is one already: somebody else's, or our own from a success whose answer was lost.
    #[error("exists already: {} {}", reason.code, reason.message)]
    Exists { reason: Reason },
    /// Certainly not applied. Repeating later is safe.
    #[error("not applied: {why}")]
    NotApplied { why: String, retry_after_ms: Option<i64> },
    /// Certainly not applied, because of a quota.
    #[error("over quota: {why}")]
    Quota { why: String, retry_after_ms: Option<i64> },
    /// May have been applied.
    #[error("unsure: {why}")]
    Unsure { why: String },
    /// Google no longer takes the refresh token or the client; only a person can help.
    ///
    /// The reason starts with Google's code, such as `invalid_grant` or `invalid_client`.
    #[error("consent is gone: {reason}")]
    Reconsent { reason: String },
}

/// Seatwright's client of Google. Cheap to clone; clones share their access tokens.
///
/// Every method appends what it exchanged to `log`: method, status and reason, never a body.
#[derive(Clone)]
pub struct Google {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) hosts: Hosts,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Tokens,
}

/// One request, not yet authorised.
pub(crate) struct Ask {
    method: &'static str,
    /// When a change was meant to start; None: it changes nothing.
    intended_at: Option<Timestamp>,
    url: Url,
    /// JSON; None is a GET.
    body: Option<Bytes>,
}

impl Ask {
    pub(crate) fn read(method: &'static str, url: Url) -> Ask {
        Ask { method, intended_at: None, url, body: None }
    }

    pub(crate) fn change(
        method: &'static str,
        url: Url,
        body: &impl Serialize,
        intended_at: Timestamp,
    ) -> Ask {
        let body = serde_json::to_vec(body).expect("our bodies have text keys only");
        Ask { method, intended_at: Some(intended_at), url, body: Some(body.into()) }
    }

    fn mutates(&self) -> bool {
        self.intended_at.is_some()
    }

    /// A POST that Google must refuse, so that nothing can come of repeating it.
    pub(crate) fn refusable(method: &'static str, url: Url, body: &'static str) -> Ask {
        Ask { method, intended_at: None, url, body: Some(Bytes::from_static(body.as_bytes())) }
    }
}

impl Google {
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, hosts: Hosts, clock: Arc<dyn Clock>) -> Google {
        let tokens = Tokens::default();
        Google { inner: Arc::new(Inner { transport, hosts, clock, tokens }) }
    }

    /// Proves without changing anything that an API is enabled and this account may use it.
    ///
    /// `account` is the e-mail of the account that gave the consent. [`crate::enable_url`] finds the
    /// page to enable a disabled API in the reason of a refusal.
    ///
    /// # Errors
    /// [`CallError::Refused`] when it is not enabled or not allowed; never [`CallError::Unsure`].
    pub async fn probe(
        &self,
        grant: &Grant,
        api: Api,
        account: Option<&str>,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        match api {
            Api::Reseller => self.probe_reseller(grant, log).await,
            Api::Directory => self.probe_directory(grant, log).await,
            Api::Licensing => self.probe_licensing(grant, account, log).await,
            Api::Gmail => self.probe_gmail(grant, log).await,
        }
    }

    /// Carries out one step: exactly one request that changes something, and before it a token
    /// refresh if one is due. Not idempotent, as Google is not: after [`CallError::Unsure`] or
    /// [`CallError::Exists`] look before trying again.
    ///
    /// The change starts within [`START_MS_MAX`] of `intended_at`, the moment on record in the
    /// journal, or not at all: a process that slept in between may have lost its right to it. An
    /// answer of 401 is followed by one refresh and one more try: it says that nothing was done.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::NotApplied`] too when `secrets` lacks what the step needs.
    pub async fn execute(
        &self,
        grant: &Grant,
        step: &Step,
        secrets: &StepSecrets,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let at = intended_at;
        match step {
            Step::CreateCustomer { customer } => {
                self.create_customer(grant, customer, at, log).await
            }
            Step::CreateAdmin { .. } => self.create_admin(grant, step, secrets, at, log).await,
            Step::MakeAdmin { email } => self.make_admin(grant, email, at, log).await,
            Step::CreateSubscription { .. } => self.create_subscription(grant, step, at, log).await,
            Step::SendWelcomeMail { .. } => self.send_welcome(grant, step, secrets, at, log).await,
        }
    }

    /// Sends one request and returns its success. Repeats it once, after a refresh, when Google says
    /// that the token is not good.
    pub(crate) async fn call(
        &self,
        grant: &Grant,
        ask: &Ask,
        log: &mut Vec<Call>,
    ) -> Result<Answer, CallError> {
        let token = self.access_token(grant, log).await?;
        let mut answer = self.exchange(ask, &token, log).await?;
        if answer.status == 401 {
            self.inner.tokens.drop_token(&grant.credential, &token);
            let token = self.access_token(grant, log).await?;
            answer = self.exchange(ask, &token, log).await?;
        }
        if answer.is_success() { Ok(answer) } else { Err(classify(&answer)) }
    }

    async fn exchange(
        &self,
        ask: &Ask,
        token: &SecretString,
        log: &mut Vec<Call>,
    ) -> Result<Answer, CallError> {
        let started_at = self.now();
        if ask.intended_at.is_some_and(|at| started_at.ms_since(at) > START_MS_MAX) {
            let why = format!("{}: not sent, too late after the intent", ask.method);
            return Err(CallError::NotApplied { why, retry_after_ms: None });
        }
        let request = authorised(ask, token)?;
        let sent = self.inner.transport.send(request).await;
        let now = self.now();
        let mut call = Call {
            method: ask.method.to_owned(),
            status: 0,
            reason: String::new(),
            started_at,
            duration_ms: now.ms_since(started_at),
        };
        let result = match sent {
            Ok(response) => {
                let answer = Answer::read(ask.method, ask.mutates(), response, now);
                call.status = answer.status;
                call.reason = log_reason(&answer);
                Ok(answer)
            }
            Err(error) => {
                call.reason = error.to_string();
                Err(unanswered(ask, error))
            }
        };
        tracing::debug!(
            method = call.method,
            status = call.status,
            reason = call.reason,
            duration_ms = call.duration_ms,
            "called Google"
        );
        log.push(call);
        result
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.inner.hosts
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}

fn authorised(ask: &Ask, token: &SecretString) -> Result<http::Request<Bytes>, CallError> {
    let not_sent = |what: &str| CallError::NotApplied {
        why: format!("{}: {what} can't be sent", ask.method),
        retry_after_ms: None,
    };
    let bearer = format!("Bearer {}", token.expose_secret());
    let mut bearer = header::HeaderValue::try_from(bearer).map_err(|_| not_sent("the token"))?;
    bearer.set_sensitive(true);
    let verb = if ask.body.is_some() { http::Method::POST } else { http::Method::GET };
    let mut request = http::Request::builder()
        .method(verb)
        .uri(ask.url.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, bearer);
    if ask.body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(ask.body.clone().unwrap_or_default()).map_err(|_| not_sent("the address"))
}

fn unanswered(ask: &Ask, error: TransportError) -> CallError {
    let why = format!("{}: {error}", ask.method);
    match error {
        TransportError::NoAnswer { .. } if ask.mutates() => CallError::Unsure { why },
        TransportError::NoAnswer { .. } | TransportError::NotSent { .. } => {
            CallError::NotApplied { why, retry_after_ms: None }
        }
    }
}

/// A step cannot be carried out because something is missing on our side.
pub(crate) fn missing(what: &str) -> CallError {
    CallError::NotApplied { why: format!("not sent: {what} is missing"), retry_after_ms: None }
}
