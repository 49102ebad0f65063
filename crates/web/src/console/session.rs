//! Who is looking: sessions of operators, and what binds the forms of a visitor who has none. Ids
//! rest in the store as hashes only.

use super::cookies::{Jar, is_https};
use super::page::{Failure, go};
use crate::app::{App, Settings};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use domain::ids::{Chance, DistributorId, OperatorId, Stream, token, token_hash};
use domain::time::{Clock, Timestamp};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use store::{DistributorStore, Operator as OperatorRow, Store, StoreError};
use time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Error};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore, cookie::SameSite};

/// A session ends after this long without a request, in ms.
const IDLE_MS_MAX: i64 = 12 * 60 * 60 * 1000;
/// How stale a session's last sighting may get before it is written down again, in ms: a page that
/// polls would write each second otherwise.
const SEEN_MS_MAX: i64 = 5 * 60 * 1000;
/// How long a form of a visitor who is not signed in can be sent, in seconds.
const FORM_S_MAX: i64 = 12 * 60 * 60;
const LOGIN: &str = "login";

/// Sessions in our own store.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let mut bytes = [0; 16];
        self.chance.fill(Stream::Token, &mut bytes);
        record.id = Id(i128::from_le_bytes(bytes));
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let body = serde_json::to_string(&record.data)
            .map_err(|error| Error::Encode(error.to_string()))?;
        let expires_at = self.clock.now().plus_ms(IDLE_MS_MAX);
        self.store.put_session(&hash(&record.id), &body, expires_at).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let body = self.store.session(&hash(id), self.clock.now()).await.map_err(backend)?;
        let Some(body) = body else { return Ok(None) };
        let data = serde_json::from_str(&body).map_err(|error| Error::Decode(error.to_string()))?;
        // Unused: `save` sets the end by our own clock.
        let expiry_date = OffsetDateTime::UNIX_EPOCH;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.store.delete_session(&hash(id), self.clock.now()).await.map_err(backend)
    }
}

fn hash(id: &Id) -> String {
    token_hash(&id.to_string())
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

pub fn layer(app: &App) -> SessionManagerLayer<Sessions> {
    let sessions = Sessions {
        store: app.store.clone(),
        clock: Arc::clone(&app.clock),
        chance: Arc::clone(&app.chance),
    };
    SessionManagerLayer::new(sessions)
        .with_name(Jar::Session.name(&app.settings))
        .with_secure(is_https(&app.settings))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(IDLE_MS_MAX)))
}

/// What a session remembers of who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    pub distributor: DistributorId,
    pub distributor_name: String,
    pub operator: OperatorId,
    pub email: String,
    /// Every form of this session carries it.
    pub form_token: String,
    seen_at: Timestamp,
}

impl Login {
    pub async fn find(session: &Session) -> Result<Option<Login>, Failure> {
        session.get(LOGIN).await.map_err(failed)
    }

    /// Signs an operator in, under a session id that nobody has seen before.
    pub async fn begin(
        app: &App,
        session: &Session,
        operator: &OperatorRow,
    ) -> Result<(), Failure> {
        let profile = app.store.of(operator.distributor.clone()).profile().await?;
        let login = Login {
            distributor: operator.distributor.clone(),
            distributor_name: profile.map(|profile| profile.name).unwrap_or_default(),
            operator: operator.id.clone(),
            email: operator.email.clone(),
            form_token: token(&*app.chance),
            seen_at: app.clock.now(),
        };
        session.cycle_id().await.map_err(failed)?;
        session.insert(LOGIN, login).await.map_err(failed)
    }
}

pub fn failed(error: tower_sessions::session::Error) -> Failure {
    tracing::error!(error = &error as &dyn std::error::Error, "a session could not be used");
    Failure(Problem::Internal)
}

/// Proof that an operator is signed in, and the only handle to that distributor's data.
pub struct Operator {
    pub door: DistributorStore,
    pub login: Login,
    pub settings: Arc<Settings>,
}

impl FromRequestParts<App> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Operator, Response> {
        let session = session_of(parts).map_err(IntoResponse::into_response)?;
        let found = Login::find(&session).await.map_err(IntoResponse::into_response)?;
        let Some(mut login) = found else { return Err(to_sign_in(parts)) };
        let now = app.clock.now();
        if now.ms_since(login.seen_at) > SEEN_MS_MAX {
            login.seen_at = now;
            let seen = session.insert(LOGIN, &login).await.map_err(failed);
            seen.map_err(IntoResponse::into_response)?;
        }
        let door = app.store.of(login.distributor.clone());
        Ok(Operator { door, login, settings: Arc::clone(&app.settings) })
    }
}

pub fn session_of(parts: &Parts) -> Result<Session, Failure> {
    parts.extensions.get::<Session>().cloned().ok_or_else(|| {
        tracing::error!("the session layer is missing");
        Failure(Problem::Internal)
    })
}

/// To the sign-in page, which leads back afterwards.
fn to_sign_in(parts: &Parts) -> Response {
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if parts.method != Method::GET || here == "/" {
        return go("/sign-in");
    }
    let next: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    go(&format!("/sign-in?next={next}"))
}

/// A visitor who is not signed in, with what binds a form to this browser.
pub struct Guest {
    pub token: String,
    pub settings: Arc<Settings>,
}

impl FromRequestParts<App> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Guest, Infallible> {
        let brought = Jar::Form.read(&app.settings, &parts.headers);
        let token = brought.unwrap_or_else(|| token(&*app.chance));
        Ok(Guest { token, settings: Arc::clone(&app.settings) })
    }
}

impl Guest {
    /// The token that this browser brought, if it did.
    pub fn token_of(app: &App, headers: &HeaderMap) -> Option<String> {
        Jar::Form.read(&app.settings, headers)
    }
}

/// Put before a page, sets the cookie its form is bound to.
impl IntoResponseParts for Guest {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        let cookie = Jar::Form.write(&self.settings, &self.token, FORM_S_MAX);
        parts.headers_mut().append(SET_COOKIE, cookie);
        Ok(parts)
    }
}
