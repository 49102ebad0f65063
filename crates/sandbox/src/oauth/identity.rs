//! Who a token's user is, and what a token is worth: tokeninfo in its present and its old form, userinfo, and the
//! documents by which OpenID clients find their way. Never: how tokens come and go.
//! Source: google-semantics.md §1.6 {O-OIDC}{DISC-OA}

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};

use crate::door::Arrived;
use crate::envelope::OAuthError;
use crate::oauth::{Form, field, scopes};
use crate::reply::Reply;
use crate::settings::Settings;
use crate::world::{AccessToken, User, World};

type Answer = Result<Reply, OAuthError>;

/// A parameter of the form, or of the query.
fn given<'a>(arrived: &'a Arrived, form: &'a Form, name: &str) -> Option<&'a str> {
    field(form, name).or_else(|| arrived.query.get(name))
}

/// From the header, as Google's Node.js client sends it with an empty body, or from a parameter.
fn access_token<'a>(arrived: &'a Arrived, form: &'a Form) -> Option<&'a str> {
    given(arrived, form, "access_token")
        .or_else(|| given(arrived, form, "oauth_token"))
        .or_else(|| bearer(arrived))
}

fn bearer(arrived: &Arrived) -> Option<&str> {
    let (kind, token) = arrived.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

fn live<'a>(world: &'a World, now_ms: i64, token: &str) -> Option<&'a AccessToken> {
    world.access_tokens.get(token).filter(|known| known.expires_at_ms > now_ms)
}

fn invalid_token() -> OAuthError {
    OAuthError::new(400, "invalid_token", "Invalid Value")
}

fn user_id<'a>(world: &'a World, email: &str) -> Option<&'a str> {
    world.users.get(email).map(|user| user.id.as_str())
}

fn tells(token: &AccessToken, what: &str) -> bool {
    let long = format!("{}userinfo.{what}", scopes::PREFIX);
    token.scopes.contains(what) || token.scopes.contains(&long)
}

/// Source: google-semantics.md §1.6 `tokeninfo` {O-OIDC}
pub(super) fn token_info(world: &World, now_ms: i64, arrived: &Arrived, form: &Form) -> Answer {
    if let Some(token) = given(arrived, form, "id_token") {
        return id_token_info(world, now_ms, token);
    }
    let token = access_token(arrived, form)
        .ok_or_else(|| OAuthError::invalid_request("either access_token or id_token required"))?;
    let known = live(world, now_ms, token).ok_or_else(invalid_token)?;
    let left_s = (known.expires_at_ms - now_ms) / 1000;
    Ok(Reply::json(json!({
        "azp": known.client_id,
        "aud": known.client_id,
        "sub": user_id(world, &known.email),
        "scope": scopes::joined(&known.scopes, true),
        "exp": (known.expires_at_ms / 1000).to_string(),
        "expires_in": left_s.to_string(),
        "email": known.email,
        "email_verified": "true",
        "access_type": "offline",
    })))
}

/// The claims as texts, and the head beside them.
fn id_token_info(world: &World, now_ms: i64, token: &str) -> Answer {
    let part = |at: usize| {
        let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(at)?).ok()?;
        serde_json::from_slice::<Map<String, Value>>(&bytes).ok()
    };
    let (head, claims) = part(0).zip(part(1)).ok_or_else(invalid_token)?;
    let ours = claims.get("iss").is_some_and(|iss| iss == "https://accounts.google.com")
        && claims
            .get("aud")
            .and_then(Value::as_str)
            .is_some_and(|client| world.clients.contains_key(client))
        && claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp > now_ms / 1000);
    if !ours {
        return Err(invalid_token());
    }
    let text = |value: Value| match value {
        Value::String(text) => Value::String(text),
        other => Value::String(other.to_string()),
    };
    let shown: Map<String, Value> =
        claims.into_iter().chain(head).map(|(name, value)| (name, text(value))).collect();
    Ok(Reply::json(Value::Object(shown)))
}

/// The old form, below `/oauth2/v2`. Source: google-semantics.md §1.6 "Legacy" {DISC-OA}
pub(super) fn old_token_info(world: &World, now_ms: i64, arrived: &Arrived, form: &Form) -> Answer {
    let token = access_token(arrived, form)
        .ok_or_else(|| OAuthError::invalid_request("either access_token or id_token required"))?;
    let known = live(world, now_ms, token).ok_or_else(invalid_token)?;
    let mut shown = json!({
        "issued_to": known.client_id,
        "audience": known.client_id,
        "user_id": user_id(world, &known.email),
        "scope": scopes::joined(&known.scopes, true),
        "expires_in": (known.expires_at_ms - now_ms) / 1000,
        "access_type": "offline",
    });
    if tells(known, "email") {
        shown["email"] = known.email.as_str().into();
        shown["verified_email"] = true.into();
    }
    Ok(Reply::json(shown))
}

/// The user behind the token, as far as its scopes go. Which refusal: [I], by analogy with the APIs' 401.
fn user_of<'a>(
    world: &'a World,
    now_ms: i64,
    arrived: &Arrived,
) -> Result<(&'a AccessToken, &'a User), OAuthError> {
    let refused = || OAuthError::new(401, "invalid_request", "Invalid Credentials");
    let none = Form::new();
    let token = access_token(arrived, &none).ok_or_else(refused)?;
    let known = live(world, now_ms, token).ok_or_else(refused)?;
    let user = world.users.get(&known.email).ok_or_else(refused)?;
    if known.scopes.iter().any(|scope| scopes::is_sign_in(scope)) {
        Ok((known, user))
    } else {
        Err(OAuthError::new(403, "insufficient_scope", "Insufficient Permission"))
    }
}

fn domain_of<'a>(world: &'a World, user: &User) -> Option<&'a str> {
    world.customers.get(&user.customer_id).map(|home| home.domain.as_str())
}

fn set(shown: &mut Value, name: &str, value: impl Into<Value>) {
    shown[name] = value.into();
}

/// Source: google-semantics.md §1.6 `userinfo` {O-OIDC}
pub(super) fn user_info(world: &World, now_ms: i64, arrived: &Arrived) -> Answer {
    let (token, user) = user_of(world, now_ms, arrived)?;
    let mut shown = json!({"sub": user.id});
    describe(&mut shown, world, token, user, "email_verified");
    Ok(Reply::json(shown))
}

/// Source: google-semantics.md §1.6 `oauth2/v2` {DISC-OA}
pub(super) fn old_user_info(world: &World, now_ms: i64, arrived: &Arrived) -> Answer {
    let (token, user) = user_of(world, now_ms, arrived)?;
    let mut shown = json!({"id": user.id});
    describe(&mut shown, world, token, user, "verified_email");
    Ok(Reply::json(shown))
}

fn describe(
    shown: &mut Value,
    world: &World,
    token: &AccessToken,
    user: &User,
    verified: &'static str,
) {
    if tells(token, "email") {
        set(shown, "email", user.primary_email.as_str());
        set(shown, verified, true);
    }
    if tells(token, "profile") {
        set(shown, "name", format!("{} {}", user.given_name, user.family_name));
        set(shown, "given_name", user.given_name.as_str());
        set(shown, "family_name", user.family_name.as_str());
    }
    if let Some(domain) = domain_of(world, user) {
        set(shown, "hd", domain);
    }
}

/// Source: google-semantics.md §1.6 "OIDC discovery" {O-OIDC}, with this sandbox's addresses. `none` stands for RS256,
/// since the sandbox holds no key of Google's.
pub(super) fn configuration(settings: &Settings) -> Reply {
    let at = |path: &str| format!("{}{path}", settings.public_url);
    Reply::json(json!({
        "issuer": "https://accounts.google.com",
        "authorization_endpoint": at("/o/oauth2/v2/auth"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/v1/userinfo"),
        "revocation_endpoint": at("/revoke"),
        "jwks_uri": at("/oauth2/v3/certs"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["none"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "hd", "iat", "iss", "nonce", "sub"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
    }))
}
