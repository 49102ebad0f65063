//! Whom we act as, what can be asked, and the one way a request leaves: with a token, on record,
//! judged by `classify`.

use crate::answer::{Answer, log_reason};
use crate::classify::classify;
use crate::directory::make_admin;
use crate::hidden::Hidden;
use crate::hosts::Hosts;
use crate::quota::{Lane, Load, Priority, Quota};
use crate::request::{Ask, Change, Read};
use crate::tokens::Tokens;
use crate::transport::{Transport, TransportError};
use crate::wire::Answered;
use bytes::Bytes;
use domain::activation::Api;
use domain::ids::CredentialId;
use domain::observed::Reason;
use domain::secret::{ExposeSecret, SecretString};
use domain::step::{Call, Shown, Step};
use domain::time::{Clock, Timestamp};
use http::header;
use std::sync::Arc;

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
    /// It is so already: somebody else's doing, or our own by a success whose answer was lost. Of a
    /// deletion: there is nothing left to delete. Look before believing it.
    #[error("exists already: {} {}", reason.code, reason.message)]
    Exists { reason: Reason },
    /// Certainly not applied. Repeating later is safe.
    #[error("not applied: {why}")]
    NotApplied { why: String, retry_after_ms: Option<i64> },
    /// Certainly not applied, because of a quota: Google's answer, or not sent because our share of
    /// it is used up.
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
    lane: Lane,
}

pub(crate) struct Inner {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) hosts: Hosts,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tokens: Tokens,
    quota: Quota,
}

impl Google {
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, hosts: Hosts, clock: Arc<dyn Clock>) -> Google {
        let (tokens, quota) = (Tokens::default(), Quota::new());
        let inner = Inner { transport, hosts, clock, tokens, quota };
        Google { inner: Arc::new(inner), lane: Lane::INTERACTIVE }
    }

    /// The same client for work of another priority; at first it is [`Priority::Interactive`].
    #[must_use]
    pub fn at(&self, priority: Priority) -> Google {
        let lane = Lane { priority, ..self.lane.clone() };
        Google { inner: Arc::clone(&self.inner), lane }
    }

    /// The same client for work of a distributor, who takes turns with others where they share a
    /// Google project's quota; without it each credential takes its own turn.
    #[must_use]
    pub fn on_behalf_of(&self, distributor: &str) -> Google {
        let lane = Lane { key: Some(distributor.into()), ..self.lane.clone() };
        Google { inner: Arc::clone(&self.inner), lane }
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
            Step::MakeAdmin { email } => {
                self.change(grant, &make_admin(email, true), at, log).await?;
                Ok(Shown::Nothing)
            }
            Step::CreateSubscription { .. } => self.create_subscription(grant, step, at, log).await,
            Step::SendWelcomeMail { .. } => self.send_welcome(grant, step, secrets, at, log).await,
        }
    }

    /// Sends one request that changes nothing.
    ///
    /// # Errors
    /// [`CallError`], but never [`CallError::Unsure`].
    pub async fn read<A: Answered>(
        &self,
        grant: &Grant,
        read: &Read<A>,
        log: &mut Vec<Call>,
    ) -> Result<A, CallError> {
        A::read(&self.call(grant, &read.ask, log).await?.answer)
    }

    /// Sends one request that changes something, once; the rules of [`Google::execute`] hold.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::Unsure`] too when it succeeded and the answer can't be read.
    pub async fn change<A: Answered>(
        &self,
        grant: &Grant,
        change: &Change<A>,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<A, CallError> {
        let ask = change.ask.clone().intended(intended_at);
        A::read(&self.call(grant, &ask, log).await?.answer)
    }

    async fn call(
        &self,
        grant: &Grant,
        ask: &Ask,
        log: &mut Vec<Call>,
    ) -> Result<Delivered, CallError> {
        let url = ask.url(self.hosts()).map_err(|name| missing(&format!("a usable {name}")))?;
        let parcel = Parcel {
            method: ask.line.id,
            verb: ask.line.verb.text(),
            url,
            content_type: ask.body.as_ref().map(|_| "application/json"),
            body: ask.body.clone().unwrap_or_default(),
            intended_at: ask.intended_at,
            load: Load {
                service: ask.service(),
                calls: vec![(ask.line.id, ask.target.as_deref())],
            },
            hidden: ask.hidden.clone(),
        };
        self.deliver(grant, &parcel, log).await
    }

    /// Sends one request and returns its success. Repeats it once, after a refresh, when Google says
    /// that the token is not good.
    pub(crate) async fn deliver(
        &self,
        grant: &Grant,
        parcel: &Parcel<'_>,
        log: &mut Vec<Call>,
    ) -> Result<Delivered, CallError> {
        let mut token = self.access_token(grant, log).await?;
        let mut answer = self.exchange(grant, parcel, &token, log).await?;
        if answer.status == 401 {
            self.inner.tokens.drop_token(&grant.credential, &token);
            token = self.access_token(grant, log).await?;
            answer = self.exchange(grant, parcel, &token, log).await?;
        }
        if answer.is_success() {
            return Ok(Delivered { answer, token });
        }
        let error = classify(&answer);
        if matches!(error, CallError::Quota { .. }) {
            self.complain(grant, &parcel.load, &answer);
        }
        Err(error)
    }

    async fn exchange(
        &self,
        grant: &Grant,
        parcel: &Parcel<'_>,
        token: &SecretString,
        log: &mut Vec<Call>,
    ) -> Result<Answer, CallError> {
        let started_at = self.now();
        if parcel.intended_at.is_some_and(|at| started_at.ms_since(at) > START_MS_MAX) {
            let why = format!("{}: not sent, too late after the intent", parcel.method);
            return Err(CallError::NotApplied { why, retry_after_ms: None });
        }
        let request = parcel.authorised(token)?;
        self.inner.quota.take(grant, &self.lane, &parcel.load, started_at).map_err(|short| {
            let why = format!("{}: not sent, used up: {}", parcel.method, short.budget);
            CallError::Quota { why, retry_after_ms: Some(short.wait_ms) }
        })?;
        let sent = self.inner.transport.send(request).await;
        let now = self.now();
        let mut call = Call {
            method: parcel.method.to_owned(),
            status: 0,
            reason: String::new(),
            started_at,
            duration_ms: now.ms_since(started_at),
        };
        let result = match sent {
            Ok(response) => {
                let mutates = parcel.intended_at.is_some();
                let hidden = parcel.hidden.and(token);
                let answer = Answer::read_hiding(parcel.method, mutates, response, now, &hidden);
                call.status = answer.status;
                call.reason = log_reason(&answer);
                Ok(answer)
            }
            Err(error) => {
                call.reason = error.to_string();
                Err(parcel.unanswered(error))
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

    pub(crate) fn complain(&self, grant: &Grant, load: &Load<'_>, said: &Answer) {
        self.inner.quota.complain(grant, load, said, self.now());
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.inner.hosts
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}

/// One HTTP request, not yet authorised.
pub(crate) struct Parcel<'a> {
    pub(crate) method: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) url: url::Url,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: Bytes,
    /// When a change was meant to start; `None`: it changes nothing.
    pub(crate) intended_at: Option<Timestamp>,
    pub(crate) load: Load<'a>,
    /// What of it no answer may make us say, beside the token.
    pub(crate) hidden: Hidden,
}

/// A success, and the token that brought it.
pub(crate) struct Delivered {
    pub(crate) answer: Answer,
    pub(crate) token: SecretString,
}

impl Parcel<'_> {
    fn authorised(&self, token: &SecretString) -> Result<http::Request<Bytes>, CallError> {
        let not_sent = |what: &str| CallError::NotApplied {
            why: format!("{}: {what} can't be sent", self.method),
            retry_after_ms: None,
        };
        let bearer = format!("Bearer {}", token.expose_secret());
        let mut bearer =
            header::HeaderValue::try_from(bearer).map_err(|_| not_sent("the token"))?;
        bearer.set_sensitive(true);
        let mut request = http::Request::builder()
            .method(self.verb)
            .uri(self.url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, bearer);
        if let Some(content_type) = self.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        request.body(self.body.clone()).map_err(|_| not_sent("the address"))
    }

    fn unanswered(&self, error: TransportError) -> CallError {
        let why = format!("{}: {error}", self.method);
        match error {
            TransportError::NoAnswer { .. } if self.intended_at.is_some() => {
                CallError::Unsure { why }
            }
            TransportError::NoAnswer { .. } | TransportError::NotSent { .. } => {
                CallError::NotApplied { why, retry_after_ms: None }
            }
        }
    }
}

/// A step cannot be carried out because something is missing on our side.
pub(crate) fn missing(what: &str) -> CallError {
    CallError::NotApplied { why: format!("not sent: {what} is missing"), retry_after_ms: None }
}
