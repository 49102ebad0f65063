//! Who calls an API method, and whether the token, its scopes and the project allow it.
//! Source: google-semantics.md §11 "Validation order", §1.8

use crate::call::Caller;
use crate::door::Arrived;
use crate::envelope::ApiError;
use crate::methods::Method;
use crate::oauth::scopes;
use crate::settings::Settings;
use crate::world::{AccessToken, World};

pub(crate) fn admit(
    world: &World,
    settings: &Settings,
    now_ms: i64,
    method: &Method,
    arrived: &Arrived,
) -> Result<Caller, ApiError> {
    let token = token_of(arrived)
        .and_then(|text| world.access_tokens.get(text))
        .filter(|token| token.expires_at_ms > now_ms)
        .ok_or_else(ApiError::unauthenticated)?;
    let caller = caller_of(world, token).ok_or_else(ApiError::unauthenticated)?;
    let scope = || check_scope(method, token);
    let api = || check_api(world, method, token);
    if settings.switches.api_enabled_before_scope {
        api().and_then(|()| scope())?;
    } else {
        scope().and_then(|()| api())?;
    }
    Ok(caller)
}

fn token_of(arrived: &Arrived) -> Option<&str> {
    let header = arrived.headers.get(http::header::AUTHORIZATION);
    match header {
        Some(value) => {
            let (kind, token) = value.to_str().ok()?.split_once(' ')?;
            kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
        }
        None => arrived.query.get("access_token"),
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

fn check_api(world: &World, method: &Method, token: &AccessToken) -> Result<(), ApiError> {
    match world.clients.get(&token.client_id) {
        Some(client) if client.apis.contains(&method.api) => Ok(()),
        Some(client) => Err(ApiError::api_disabled(method.api, &client.project_number)),
        None => Err(ApiError::unauthenticated()),
    }
}
