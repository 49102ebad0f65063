//! Google's OAuth endpoints: code exchange, refresh, revocation, token info. The consent page's address is
//! built elsewhere; a person goes there, we don't.

use crate::answer::{Answer, log_reason};
use crate::classify::{classify, why};
use crate::client::{CallError, Google, Grant, OAuthClient, Parcel};
use crate::hidden::Hidden;
use crate::quota::Load;
use crate::transport::TransportError;
use crate::wire::{Answered as _, Int64, wire};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::observed::Reason;
use domain::secret::{ExposeSecret, SecretString};
use domain::step::Call;
use domain::time::Timestamp;
use futures_util::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Assumed when Google does not say, in ms. Source: google-quotas.json
/// oauth.access_token_lifetime.
const LIFETIME_MS: i64 = 60 * 60 * 1000;

/// What the token endpoint gave.
#[derive(Debug, Clone)]
pub struct TokenAnswer {
    pub access_token: SecretString,
    /// Only at a consent that was shown.
    pub refresh_token: Option<SecretString>,
    pub expires_at: Timestamp,
    /// What was really granted: people may untick.
    pub scopes: BTreeSet<String>,
    /// Whose account it is, when Google sent a readable id_token for this client.
    pub account: Option<AccountIdentity>,
}

/// Who gave a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountIdentity {
    pub email: String,
    /// Google's permanent id of the account (`sub`).
    pub subject: String,
}

/// Why the token or revocation endpoint did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Client Id and Client Secret don't belong together, or the client is unknown.
    #[error("wrong client secret")]
    WrongSecret,
    /// The code or refresh token is expired, used or withdrawn.
    #[error("invalid grant: {description}")]
    InvalidGrant { description: String },
    #[error("redirect URI mismatch")]
    RedirectMismatch,
    #[error("refused: {error} {description}")]
    Refused { error: String, description: String },
    /// The request was certainly not processed.
    #[error("not applied: {why}")]
    NotApplied { why: String },
    /// The request may have been processed, so a code may be used up.
    #[error("unsure: {why}")]
    Unsure { why: String },
}

wire! {
    /// What Google knows of an access token.
    reads TokenInfo needs "aud" audience {
        /// The OAuth client it was given to.
        "aud" audience: String,
        /// Google's permanent id of the account.
        "sub" subject: String,
        /// Only with the scope `email`.
        "email" email: String,
        /// Separated by spaces.
        "scope" scope: String,
        /// In seconds.
        "expires_in" expires_in: Int64,
    }
}

/// The id_token of the answer; everything else in it is standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct IdToken {
    #[serde(default)]
    id_token: Option<String>,
}
impl ExtraTokenFields for IdToken {}

type Tokens = StandardTokenResponse<IdToken, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
type Failed = RequestTokenError<TransportError, BasicErrorResponse>;

impl Google {
    /// Exchanges the one-time code of a consent for tokens.
    ///
    /// # Errors
    /// [`TokenError`]. A code works once: after [`TokenError::Unsure`] only a new consent helps.
    pub async fn exchange_code(
        &self,
        client: &OAuthClient,
        code: &SecretString,
        verifier: &SecretString,
        redirect_uri: &str,
        log: &mut Vec<Call>,
    ) -> Result<TokenAnswer, TokenError> {
        let redirect =
            RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| TokenError::RedirectMismatch)?;
        let post = Post::new(self, &[&client.secret, code, verifier], log);
        let answer = self
            .oauth_client(client)
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .set_redirect_uri(Cow::Owned(redirect))
            .request_async(&post)
            .await;
        match taken(answer, post.finish()) {
            Ok(tokens) => Ok(self.token_answer(&tokens, client)),
            Err(NotTaken::Refused(answer)) => Err(refused(&answer)),
            Err(NotTaken::Failed(error)) => Err(error),
        }
    }

    /// A new access token. Google keeps the refresh token as it is.
    pub(crate) async fn refresh(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<TokenAnswer, CallError> {
        let post = Post::new(self, &[&grant.client.secret, &grant.refresh_token], log);
        let refresh_token = RefreshToken::new(grant.refresh_token.expose_secret().to_owned());
        let tokens = self
            .oauth_client(&grant.client)
            .exchange_refresh_token(&refresh_token)
            .request_async(&post)
            .await;
        match taken(tokens, post.finish()) {
            Ok(tokens) => Ok(self.token_answer(&tokens, &grant.client)),
            Err(NotTaken::Refused(answer)) => Err(refresh_failed(&answer)),
            Err(NotTaken::Failed(error)) => {
                let why = format!("oauth.token: {error}");
                Err(CallError::NotApplied { why, retry_after_ms: None })
            }
        }
    }

    /// Withdraws a consent at Google by any of its tokens. A token that is invalid already counts as
    /// success, so repeating is safe.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn revoke(
        &self,
        token: &SecretString,
        log: &mut Vec<Call>,
    ) -> Result<(), TokenError> {
        // By hand: the library revokes over https only, and a stand-in of Google speaks http.
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.expose_secret())
            .finish();
        let request = http::Request::post(self.hosts().revoke().as_str())
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(|error| TokenError::NotApplied { why: error.to_string() })?;
        let post = Post { method: "oauth.revoke", ..Post::new(self, &[token], log) };
        let sent = post.send(request).await;
        let answer = match (sent, post.finish()) {
            (Err(error), _) => return Err(unanswered(&error)),
            (Ok(_), None) => return Err(TokenError::Unsure { why: "no answer".to_owned() }),
            (Ok(_), Some(answer)) => answer,
        };
        if answer.is_success() {
            let unread = |error: CallError| TokenError::Unsure { why: error.to_string() };
            return answer.parse_nothing().map_err(unread);
        }
        match classify(&answer) {
            CallError::Exists { .. } => Ok(()),
            _ => Err(refused(&answer)),
        }
    }

    /// Asks what the grant's present access token is good for. The token goes in the head, as
    /// Google's own clients send it: an address could end up in a log.
    /// Source: google-semantics.md §1.6; google-auth-library for Node.js, `getTokenInfo`.
    ///
    /// # Errors
    /// [`CallError`]; `invalid_token` is a refusal.
    pub async fn token_info(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<TokenInfo, CallError> {
        let parcel = Parcel {
            method: "oauth.tokeninfo",
            verb: "POST",
            url: self.hosts().token_info(),
            content_type: Some("application/x-www-form-urlencoded"),
            body: Bytes::new(),
            intended_at: None,
            load: Load::NOTHING,
            hidden: Hidden::default(),
        };
        TokenInfo::read(&self.deliver(grant, &parcel, log).await?.answer)
    }

    fn oauth_client(&self, client: &OAuthClient) -> Client {
        let not_set: oauth2::Client<_, _, _, _, _> =
            oauth2::Client::new(ClientId::new(client.id.clone()));
        not_set
            .set_client_secret(ClientSecret::new(client.secret.expose_secret().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.hosts().token().clone()))
    }

    fn token_answer(&self, tokens: &Tokens, client: &OAuthClient) -> TokenAnswer {
        let lifetime_ms = tokens
            .expires_in()
            .map_or(LIFETIME_MS, |life| i64::try_from(life.as_millis()).unwrap_or(LIFETIME_MS));
        let secret = |text: &str| SecretString::from(text.to_owned());
        let scopes = tokens.scopes().into_iter().flatten();
        let id_token = tokens.extra_fields().id_token.as_deref();
        TokenAnswer {
            access_token: secret(tokens.access_token().secret()),
            refresh_token: tokens.refresh_token().map(|token| secret(token.secret())),
            expires_at: self.now().plus_ms(lifetime_ms),
            scopes: scopes.map(|scope| scope.as_str().to_owned()).collect(),
            account: id_token.and_then(|token| identity(token, &client.id)),
        }
    }
}

/// Reads who gave the consent. The signature is not checked: the token came straight from Google
/// over TLS, in the answer to our own request, which is as good.
/// Source: OpenID Connect Core §3.1.3.7, item 6.
fn identity(id_token: &str, client_id: &str) -> Option<AccountIdentity> {
    #[derive(Deserialize)]
    struct Claims {
        sub: String,
        email: String,
        #[serde(default)]
        aud: serde_json::Value,
    }
    let payload = id_token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let for_us = match &claims.aud {
        serde_json::Value::Array(all) => all.iter().any(|aud| aud == client_id),
        one => one == client_id,
    };
    let known = for_us && !claims.email.is_empty() && !claims.sub.is_empty();
    known.then_some(AccountIdentity { email: claims.email, subject: claims.sub })
}

fn unanswered(error: &TransportError) -> TokenError {
    let why = error.to_string();
    match error {
        TransportError::NotSent { .. } => TokenError::NotApplied { why },
        TransportError::NoAnswer { .. } => TokenError::Unsure { why },
    }
}

/// Why there are no tokens.
enum NotTaken {
    Refused(Box<Answer>),
    Failed(TokenError),
}

/// The tokens, if the whole answer is one that gives them: the library stops reading where they end.
fn taken(tokens: Result<Tokens, Failed>, answer: Option<Answer>) -> Result<Tokens, NotTaken> {
    let whole = answer.as_ref().map_or(Ok(()), Answer::parse_nothing);
    match (tokens, answer) {
        (Err(_), Some(answer)) if !answer.is_success() => Err(NotTaken::Refused(Box::new(answer))),
        (Err(error), _) => Err(NotTaken::Failed(failed(error))),
        (Ok(tokens), _) => match whole {
            Ok(()) => Ok(tokens),
            Err(error) => Err(NotTaken::Failed(TokenError::Unsure { why: error.to_string() })),
        },
    }
}

/// There is no answer, or one that can't be read.
fn failed(error: Failed) -> TokenError {
    // The kind of error alone: what the answer holds is secret, and may be somebody else's words.
    let what = match error {
        RequestTokenError::Request(error) => return unanswered(&error),
        RequestTokenError::ServerResponse(_) => "an error under a success's status",
        RequestTokenError::Parse(..) => "no token answer",
        RequestTokenError::Other(_) => "of another kind than JSON",
    };
    TokenError::Unsure { why: format!("the answer is {what}") }
}

/// By the table, and what Google calls it.
fn refused(answer: &Answer) -> TokenError {
    let Reason { status, code, message: description } = answer.reason();
    match (classify(answer), code.as_str()) {
        (CallError::NotApplied { why, .. } | CallError::Quota { why, .. }, _) => {
            TokenError::NotApplied { why }
        }
        (CallError::Unsure { why }, _) => TokenError::Unsure { why },
        (CallError::Exists { .. }, _) => TokenError::Unsure { why: why(answer) },
        (_, "invalid_client") => TokenError::WrongSecret,
        (_, "invalid_grant") => TokenError::InvalidGrant { description },
        (_, "redirect_uri_mismatch") => TokenError::RedirectMismatch,
        (_, "") => TokenError::Refused { error: format!("http_{status}"), description },
        _ => TokenError::Refused { error: code, description },
    }
}

/// Terminal by the table, or to be tried again: nothing is lost by refreshing once more, so being
/// unsure is no danger here, and a refusal for any other reason is a slip a person would not mend.
fn refresh_failed(answer: &Answer) -> CallError {
    match classify(answer) {
        CallError::Reconsent { reason } => CallError::Reconsent { reason },
        _ => CallError::NotApplied { why: why(answer), retry_after_ms: answer.retry_after_ms },
    }
}

/// A closure would do but for the compiler, which then can't tell that the future is `Send`.
impl<'c> AsyncHttpClient<'c> for Post<'_> {
    type Error = TransportError;
    type Future = BoxFuture<'c, Result<HttpResponse, TransportError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.send(request)
    }
}

/// Carries the library's requests over our transport and notes how they went.
struct Post<'a> {
    google: &'a Google,
    method: &'static str,
    hidden: Hidden,
    noted: Mutex<Noted<'a>>,
}

struct Noted<'a> {
    log: &'a mut Vec<Call>,
    answer: Option<Answer>,
}

impl<'a> Post<'a> {
    fn new(google: &'a Google, secrets: &[&SecretString], log: &'a mut Vec<Call>) -> Post<'a> {
        let noted = Mutex::new(Noted { log, answer: None });
        let mut hidden = Hidden::default();
        secrets.iter().for_each(|secret| hidden.add(secret));
        Post { google, method: "oauth.token", hidden, noted }
    }

    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let started_at = self.google.now();
            let sent = self.google.inner.transport.send(request.map(Bytes::from)).await;
            let now = self.google.now();
            let mut call = Call {
                method: self.method.to_owned(),
                status: 0,
                reason: String::new(),
                started_at,
                duration_ms: now.ms_since(started_at),
            };
            let answer = match &sent {
                Ok(response) => {
                    let response = response.clone();
                    let answer =
                        Answer::read_hiding(self.method, true, response, now, &self.hidden);
                    call.status = answer.status;
                    call.reason = log_reason(&answer);
                    Some(answer)
                }
                Err(error) => {
                    call.reason = error.to_string();
                    None
                }
            };
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            noted.log.push(call);
            noted.answer = answer;
            sent.map(|response| response.map(Vec::from))
        })
    }

    /// The last answer, if there was one.
    fn finish(self) -> Option<Answer> {
        self.noted.into_inner().unwrap_or_else(PoisonError::into_inner).answer
    }
}
