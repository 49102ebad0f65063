//! Who calls an API method, and whether the token, its scopes and the project allow it.
//! Source: google-semantics.md §11 "Validation order", §1.8

use http::HeaderName;

use crate::call::Caller;
use crate::door::Arrived;
use crate::envelope::ApiError;
use crate::methods::Method;
use crate::oauth::scopes;
use crate::partial::header;
use crate::settings::{Api, Switches};
use crate::world::{AccessToken, World};

/// The caller, and the project whose client it uses.
pub(crate) fn admit(
    world: &World,
    switches: &Switches,
    now_ms: i64,
    method: &Method,
    arrived: &Arrived,
) -> Result<(Caller, String), ApiError> {
    let token = token_of(arrived)
        .and_then(|text| world.access_tokens.get(text))
        .filter(|token| token.expires_at_ms > now_ms)
        .ok_or_else(ApiError::unauthenticated)?;
    let caller = caller_of(world, token).ok_or_else(ApiError::unauthenticated)?;
    let scope = || check_scope(method, token);
    let api = || check_api(world, switches, method, token);
    if switches.api_enabled_before_scope {
        api().and_then(|()| scope())?;
    } else {
        scope().and_then(|()| api())?;
    }
    let project = world.clients.get(&token.client_id).map(|client| client.project_number.clone());
    let project = project.unwrap_or_default();
    check_user_project(arrived, &project)?;
    Ok((caller, project))
}

/// Nobody here has the right to use another project's quota.
/// Source: google-semantics.md §7.3 `X-Goog-User-Project` {ERR-REG}
fn check_user_project(arrived: &Arrived, project: &str) -> Result<(), ApiError> {
    let name = HeaderName::from_static("x-goog-user-project");
    match header(&arrived.headers, name).map(str::trim) {
        Some(wanted) if wanted != project => Err(ApiError::user_project_denied(wanted)),
        _ => Ok(()),
    }
}

fn token_of(arrived: &Arrived) -> Option<&str> {
    let header = arrived.headers.get(http::header::AUTHORIZATION);
    match header {
        Some(value) => {
            let (kind, token) = value.to_str().ok()?.split_once(' ')?;
            kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
        }
        None => arrived.query.get("access_token").or_else(|| arrived.query.get("oauth_token")),
    }
}

fn caller_of(world: &World, token: &AccessToken) -> Option<Caller> {
    let user = world.users.get(&token.email).filter(|user| !user.suspended)?;
    let home = world.customers.get(&user.customer_id)?;
    Some(Caller {
        email: user.primary_email.clone(),
        customer_id: user.customer_id.clone(),
        is_admin: user.is_admin,
        is_reseller: home.is_reseller,
    })
}

fn check_scope(method: &Method, token: &AccessToken) -> Result<(), ApiError> {
    let needed: Vec<String> = method.scopes.iter().map(|scope| scopes::full(scope)).collect();
    if needed.iter().any(|scope| token.scopes.contains(scope)) {
        Ok(())
    } else {
        Err(ApiError::scope_missing(method.api, method.id, &needed.join(" ")))
    }
}

fn check_api(
    world: &World,
    switches: &Switches,
    method: &Method,
    token: &AccessToken,
) -> Result<(), ApiError> {
    match world.clients.get(&token.client_id) {
        // Which error: [I]. Source: google-semantics.md §1.2 `deleted_client`
        Some(client) if client.deleted => Err(ApiError::unauthenticated()),
        // Source: google-semantics.md §4 "Directory API must be enabled" {LIC-LIM}
        Some(client)
            if method.api == Api::Licensing
                && switches.licensing_needs_directory
                && !client.apis.contains(&Api::Directory) =>
        {
            Err(ApiError::api_disabled(Api::Directory, &client.project_number))
        }
        Some(client) if client.apis.contains(&method.api) => Ok(()),
        Some(client) => Err(ApiError::api_disabled(method.api, &client.project_number)),
        None => Err(ApiError::unauthenticated()),
    }
}
