//! Google's OAuth endpoints: consent, tokens, revocation. Never: what a token opens (see `methods`).
//! Source: google-semantics.md §1

mod admission;
pub(crate) mod bearer;
mod consent;
mod grants;
mod identity;
mod redirects;
mod request;
pub(crate) mod scopes;
mod token;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::Method as Verb;
use url::form_urlencoded;

pub use consent::ConsentAnswer;
pub(crate) use grants::{forget_mail_tokens, rename_user, revoke_client, revoke_user};
pub use request::AuthRequest;

use crate::call::Query;
use crate::door::{Arrived, Subject, arrive, pass};
use crate::envelope::OAuthError;
use crate::reply::Reply;
use crate::sandbox::Sandbox;
use crate::settings::{Settings, Switches};
use crate::world::World;

pub(crate) fn routes(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/o/oauth2/v2/auth", get(auth).post(auth))
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .route("/tokeninfo", get(token_info).post(token_info))
        .route("/oauth2/v2/tokeninfo", get(old_token_info).post(old_token_info))
        .route("/v1/userinfo", get(user_info).post(user_info))
        .route("/oauth2/v2/userinfo", get(old_user_info))
        .route("/userinfo/v2/me", get(old_user_info))
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/oauth2/v3/certs", get(keys))
        .with_state(sandbox.clone())
}

/// What the rules of OAuth go by beside the world.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) switches: &'a Switches,
}

/// A form as name and value pairs, in order.
pub(crate) type Form = Vec<(String, String)>;

pub(crate) fn form_of(arrived: &Arrived) -> Form {
    form_urlencoded::parse(&arrived.body).into_owned().collect()
}

/// The last value of a field, unless empty.
pub(crate) fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter()
        .rev()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

async fn auth(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.auth", request, |world, now_ms, arrived| {
        let switches = sandbox.switches();
        let terms = Terms { settings: sandbox.settings(), switches: &switches };
        if arrived.verb == Verb::GET {
            consent::show(world, terms, arrived)
        } else {
            consent::answer(world, terms, now_ms, arrived, &form_of(arrived))
        }
    })
    .await
}

async fn token(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.token", request, |world, now_ms, arrived| {
        let switches = sandbox.switches();
        let terms = Terms { settings: sandbox.settings(), switches: &switches };
        told(token::exchange(world, terms, now_ms, arrived))
    })
    .await
}

async fn revoke(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.revoke", request, |world, now_ms, arrived| {
        let form = form_of(arrived);
        let token = field(&form, "token").or_else(|| arrived.query.get("token"));
        told(grants::revoke_token(world, now_ms, token))
    })
    .await
}

type Told = Result<Reply, OAuthError>;

fn told(answer: Told) -> Reply {
    answer.unwrap_or_else(|error| Reply::oauth_refusal(&error))
}

async fn token_info(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.tokeninfo", request, |world, now_ms, arrived| {
        told(identity::token_info(world, now_ms, arrived, &form_of(arrived)))
    })
    .await
}

async fn old_token_info(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.tokeninfo", request, |world, now_ms, arrived| {
        told(identity::old_token_info(world, now_ms, arrived, &form_of(arrived)))
    })
    .await
}

async fn user_info(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.userinfo", request, |world, now_ms, arrived| {
        told(identity::user_info(world, now_ms, arrived))
    })
    .await
}

async fn old_user_info(State(sandbox): State<Sandbox>, request: Request) -> Response {
    through(&sandbox, "oauth.userinfo", request, |world, now_ms, arrived| {
        told(identity::old_user_info(world, now_ms, arrived))
    })
    .await
}

async fn configuration(State(sandbox): State<Sandbox>) -> Response {
    identity::configuration(sandbox.settings()).into_response()
}

/// No keys: id_tokens aren't signed here.
async fn keys() -> Response {
    Reply::json(serde_json::json!({"keys": []})).into_response()
}

async fn through(
    sandbox: &Sandbox,
    method: &'static str,
    request: Request,
    rules: impl FnOnce(&mut World, i64, &Arrived) -> Reply,
) -> Response {
    let Some(arrived) = arrive(request).await else {
        let error = OAuthError::new(413, "invalid_request", "Request is too large.");
        return Reply::oauth_refusal(&error).into_response();
    };
    let subject = Subject {
        method,
        customer: None,
        verb: arrived.verb.clone(),
        path: arrived.path.clone(),
        mutates: arrived.verb == Verb::POST,
        api: None,
    };
    pass(sandbox, &subject, |world, now_ms| rules(world, now_ms, &arrived)).await
}

/// The parameters of a link to the consent page.
pub(crate) fn query_of_link(link: &str) -> Query {
    Query::parse(link.split_once('?').map(|(_, query)| query).unwrap_or_default())
}
