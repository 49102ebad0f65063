//! The token endpoint: codes and refresh tokens against access tokens, and what a token is worth.
//! Source: google-semantics.md §1.3, §1.4, §1.6 {O-WEB}{O-2}{F-GAM}

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::door::Arrived;
use crate::envelope::OAuthError;
use crate::oauth::request::client;
use crate::oauth::{Form, Terms, admission, field, form_of, grants, scopes};
use crate::reply::Reply;
use crate::settings::{OAuthClient, Settings, Switches};
use crate::world::{AccessToken, Code, RefreshToken, World, grant_key};

/// Answers say one second less. Source: google-quotas.json `oauth.access_token_lifetime`
const ACCESS_TOKEN_S: i64 = 3600;
const DAY_MS: i64 = 86_400_000;
/// Six months without use. Source: google-semantics.md §1.4 (2) {O-2}
const IDLE_MS_MAX: i64 = 183 * DAY_MS;
/// Consent screen in Testing. Source: google-semantics.md §1.4 (8) {O-2}
const TESTING_MS_MAX: i64 = 7 * DAY_MS;

type Answer = Result<Reply, OAuthError>;

pub(crate) fn exchange(
    world: &mut World,
    terms: Terms<'_>,
    now_ms: i64,
    arrived: &Arrived,
) -> Answer {
    let form = form_of(arrived);
    let client = authenticate(world, terms.settings, arrived, &form)?;
    if let Some(state) = world.clients.get_mut(&client.id) {
        state.used_at_ms = Some(now_ms);
    }
    match field(&form, "grant_type") {
        Some("authorization_code") => by_code(world, terms, now_ms, client, &form),
        Some("refresh_token") => by_refresh_token(world, terms, now_ms, client, &form),
        Some(other) => Err(OAuthError::new(
            400,
            "unsupported_grant_type",
            format!("Invalid grant_type: {other}"),
        )),
        None => Err(OAuthError::invalid_request("Missing required parameter: grant_type")),
    }
}

/// `client_secret_post` or `client_secret_basic`. Source: google-semantics.md §1.3 {O-OIDC}
fn authenticate<'a>(
    world: &World,
    settings: &'a Settings,
    arrived: &Arrived,
    form: &Form,
) -> Result<&'a OAuthClient, OAuthError> {
    let basic = basic_of(arrived);
    let (id, secret) = match (&basic, field(form, "client_id")) {
        (Some((id, secret)), _) => (id.as_str(), Some(secret.as_str())),
        (None, Some(id)) => (id, field(form, "client_secret")),
        (None, None) => {
            return Err(OAuthError::invalid_request("Could not determine client ID from request."));
        }
    };
    let known = client(settings, id)
        .filter(|known| world.clients.get(&known.id).is_some_and(|state| !state.deleted))
        .ok_or_else(|| OAuthError::new(401, "invalid_client", "The OAuth client was not found."))?;
    match secret {
        Some(secret) if secret == known.secret => Ok(known),
        Some(_) => {
            Err(OAuthError::new(401, "invalid_client", "The provided client secret is invalid."))
        }
        None => Err(OAuthError::invalid_request("client_secret is missing.")),
    }
}

fn basic_of(arrived: &Arrived) -> Option<(String, String)> {
    let header = arrived.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let encoded = header.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn by_code(
    world: &mut World,
    terms: Terms<'_>,
    now_ms: i64,
    client: &OAuthClient,
    form: &Form,
) -> Answer {
    let text = field(form, "code")
        .ok_or_else(|| OAuthError::invalid_request("Missing required parameter: code"))?;
    let redirect_uri = field(form, "redirect_uri")
        .ok_or_else(|| OAuthError::invalid_request("Missing parameter: redirect_uri"))?;
    let code = world
        .codes
        .get(text)
        .filter(|code| code.request.client_id == client.id && code.expires_at_ms > now_ms)
        .cloned()
        .ok_or_else(|| OAuthError::invalid_grant("Malformed auth code."))?;
    if code.request.redirect_uri != redirect_uri {
        return Err(OAuthError::new(400, "redirect_uri_mismatch", "Bad Request"));
    }
    check_verifier(&code, field(form, "code_verifier"))?;
    world.codes.remove(text);
    check_account(world, &code.email)?;
    let ends_at_ms = world
        .access_limits_ms
        .get(&grant_key(&code.email, &client.id))
        .map(|limit_ms| now_ms + limit_ms);
    let (access, left_s) =
        issue_access_token(world, now_ms, (&code.email, &client.id), &code.scopes, ends_at_ms);
    let mut body = answer_body(terms.switches, &access, left_s, &code.scopes);
    if code.request.offline && code.consented {
        if let Some(ends_at_ms) = ends_at_ms {
            // Source: §1.3 "only when the user granted time-limited access" {O-WEB}
            body["refresh_token_expires_in"] = ((ends_at_ms - now_ms) / 1000).into();
        }
        let token = format!("1//0{}", world.chance.token("refresh_token"));
        let kept = RefreshToken {
            email: code.email.clone(),
            client_id: client.id.clone(),
            scopes: code.scopes.clone(),
            issued_at_ms: now_ms,
            used_at_ms: now_ms,
            expires_at_ms: ends_at_ms,
            number: 0,
        };
        grants::keep_refresh_token(world, token.clone(), kept);
        body["refresh_token"] = token.into();
    }
    if code.scopes.contains(scopes::OPENID) {
        body["id_token"] = id_token(world, &code, &access, now_ms).into();
    }
    Ok(Reply::json(body).with_header("cache-control", "no-store"))
}

/// Source: google-semantics.md §1.1 PKCE [I] `invalid_grant` on mismatch or when missing
fn check_verifier(code: &Code, verifier: Option<&str>) -> Result<(), OAuthError> {
    let Some((challenge, hashed)) = &code.request.challenge else {
        return Ok(());
    };
    let verifier = verifier.ok_or_else(|| OAuthError::invalid_grant("Missing code verifier."))?;
    // Source: google-quotas.json `oauth.pkce_verifier_length` {O-NATIVE}; which error [I]
    let unreserved = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(unreserved) {
        return Err(OAuthError::invalid_grant("Invalid code verifier."));
    }
    let given = if *hashed {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    } else {
        verifier.to_owned()
    };
    if given == *challenge {
        Ok(())
    } else {
        Err(OAuthError::invalid_grant("Invalid code verifier."))
    }
}

fn check_account(world: &World, email: &str) -> Result<(), OAuthError> {
    match world.users.get(email) {
        None => Err(OAuthError::invalid_grant("The account has been deleted")),
        Some(user) if user.suspended => Err(OAuthError::invalid_grant("Account has been disabled")),
        Some(_) => Ok(()),
    }
}

fn by_refresh_token(
    world: &mut World,
    terms: Terms<'_>,
    now_ms: i64,
    client: &OAuthClient,
    form: &Form,
) -> Answer {
    let text = field(form, "refresh_token")
        .ok_or_else(|| OAuthError::invalid_request("Missing required parameter: refresh_token"))?;
    let kept = world
        .refresh_tokens
        .get(text)
        .filter(|kept| kept.client_id == client.id)
        .cloned()
        .ok_or_else(|| OAuthError::invalid_grant("Token has been expired or revoked."))?;
    check_account(world, &kept.email)?;
    if has_expired(world, &kept, now_ms) {
        world.refresh_tokens.remove(text);
        return Err(OAuthError::invalid_grant("Token has been expired or revoked."));
    }
    let restricted = restricted_of(world, &kept.email)
        .is_some_and(|restricted| kept.scopes.iter().any(|scope| restricted.contains(scope)));
    if restricted && !admission::is_trusted(world, &kept.email, &client.id) {
        // Source: google-semantics.md §1.4 (5) {O-2}
        return Err(OAuthError::new(
            400,
            "admin_policy_enforced",
            "The app is blocked by your organization's administrator.",
        ));
    }
    if is_session_over(world, &kept, now_ms) {
        return Err(OAuthError::session_over());
    }
    let who = (kept.email.as_str(), client.id.as_str());
    let (access, left_s) = issue_access_token(world, now_ms, who, &kept.scopes, kept.expires_at_ms);
    if let Some(used) = world.refresh_tokens.get_mut(text) {
        used.used_at_ms = now_ms;
    }
    let body = answer_body(terms.switches, &access, left_s, &kept.scopes);
    Ok(Reply::json(body).with_header("cache-control", "no-store"))
}

/// Scopes that the administrator of this user's organisation has restricted.
pub(crate) fn restricted_of<'a>(
    world: &'a World,
    email: &str,
) -> Option<&'a std::collections::BTreeSet<String>> {
    let user = world.users.get(email)?;
    world.restricted_scopes.get(&user.customer_id)
}

fn has_expired(world: &World, kept: &RefreshToken, now_ms: i64) -> bool {
    let testing = world.clients.get(&kept.client_id).is_some_and(|client| client.testing);
    let more_than_sign_in = kept.scopes.iter().any(|scope| !scopes::is_sign_in(scope));
    now_ms >= kept.used_at_ms + IDLE_MS_MAX
        // Source: §1.4 (7) {O-2}
        || kept.expires_at_ms.is_some_and(|end| now_ms >= end)
        || (testing && more_than_sign_in && now_ms >= kept.issued_at_ms + TESTING_MS_MAX)
}

/// The organisation wants a new sign-in for Cloud scopes after so long. Source: google-semantics.md §1.4 (6) {O-2}
fn is_session_over(world: &World, kept: &RefreshToken, now_ms: i64) -> bool {
    let length = world
        .users
        .get(&kept.email)
        .and_then(|user| world.session_lengths_ms.get(&user.customer_id));
    kept.scopes.iter().any(|scope| scopes::is_cloud(scope))
        && length.is_some_and(|length| now_ms >= kept.issued_at_ms + length)
}

/// The token of this account and client, and for how many seconds it is good.
fn issue_access_token(
    world: &mut World,
    now_ms: i64,
    (email, client_id): (&str, &str),
    scopes: &std::collections::BTreeSet<String>,
    ends_at_ms: Option<i64>,
) -> (String, i64) {
    world.access_tokens.retain(|_, token| token.expires_at_ms > now_ms);
    let text = format!("ya29.{}", world.chance.token("access_token"));
    let full_ms = now_ms + ACCESS_TOKEN_S * 1000;
    let token = AccessToken {
        email: email.to_owned(),
        client_id: client_id.to_owned(),
        scopes: scopes.clone(),
        expires_at_ms: ends_at_ms.map_or(full_ms, |end| end.min(full_ms)),
    };
    let left_s = (token.expires_at_ms - now_ms) / 1000;
    world.access_tokens.insert(text.clone(), token);
    (text, left_s)
}

fn answer_body(
    switches: &Switches,
    access: &str,
    left_s: i64,
    granted: &std::collections::BTreeSet<String>,
) -> Value {
    json!({
        "access_token": access,
        "expires_in": left_s - 1,
        "scope": scopes::joined(granted, switches.short_scopes_expanded),
        "token_type": "Bearer",
    })
}

/// A JWT of Google's shape. It isn't signed (`alg` is `none`): this is no Google, and holds no key of Google's.
/// Source: google-semantics.md §1.6 "id_token claims" {O-OIDC}
fn id_token(world: &World, code: &Code, access: &str, now_ms: i64) -> String {
    let user = world.users.get(&code.email);
    let home = user.and_then(|user| world.customers.get(&user.customer_id));
    let half: Vec<u8> = Sha256::digest(access.as_bytes()).iter().take(16).copied().collect();
    let mut claims = json!({
        "iss": "https://accounts.google.com",
        "azp": code.request.client_id,
        "aud": code.request.client_id,
        "sub": user.map(|user| user.id.as_str()),
        "hd": home.map(|home| home.domain.as_str()),
        "email": code.email,
        "email_verified": true,
        "at_hash": URL_SAFE_NO_PAD.encode(half),
        "iat": now_ms / 1000,
        "exp": now_ms / 1000 + ACCESS_TOKEN_S,
    });
    if let Some(nonce) = &code.request.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let head = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
    format!("{head}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string()))
}
