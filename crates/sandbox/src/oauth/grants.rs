//! What users have allowed, the tokens that follow from it, and how they end.
//! Source: google-semantics.md §1.4, §1.6 {O-2}{O-WEB}

use serde_json::json;

use crate::envelope::OAuthError;
use crate::oauth::scopes;
use crate::reply::Reply;
use crate::world::{RefreshToken, World, grant_key};

/// Per account and client; the oldest dies without notice. Source: google-semantics.md §1.4 (4) {O-2}
const REFRESH_TOKENS_MAX: usize = 100;

/// Adds a refresh token to the ring of this account and client.
pub(crate) fn keep_refresh_token(world: &mut World, token: String, mut kept: RefreshToken) {
    kept.number = world.refresh_tokens.values().map(|token| token.number).max().unwrap_or(0) + 1;
    let (email, client_id) = (kept.email.clone(), kept.client_id.clone());
    world.refresh_tokens.insert(token, kept);
    let mut ring: Vec<(u64, String)> = world
        .refresh_tokens
        .iter()
        .filter(|(_, token)| token.email == email && token.client_id == client_id)
        .map(|(text, token)| (token.number, text.clone()))
        .collect();
    ring.sort();
    let surplus = ring.len().saturating_sub(REFRESH_TOKENS_MAX);
    for (_, oldest) in ring.into_iter().take(surplus) {
        world.refresh_tokens.remove(&oldest);
    }
}

/// Access or refresh token; ends both and every grant of this user to the client's project.
/// Source: google-semantics.md §1.5 "revoking one such token revokes every combined grant", §1.6
pub(crate) fn revoke_token(
    world: &mut World,
    now_ms: i64,
    token: Option<&str>,
) -> Result<Reply, OAuthError> {
    let token = token.ok_or_else(|| OAuthError::invalid_request("Missing parameter: token"))?;
    let refresh =
        world.refresh_tokens.get(token).map(|it| (it.email.clone(), it.client_id.clone()));
    let access = world
        .access_tokens
        .get(token)
        .filter(|it| it.expires_at_ms > now_ms)
        .map(|it| (it.email.clone(), it.client_id.clone()));
    let (email, client_id) = refresh
        .or(access)
        .ok_or_else(|| OAuthError::new(400, "invalid_token", "Token expired or revoked"))?;
    revoke_client(world, &email, &client_id, now_ms);
    Ok(Reply::json(json!({})))
}

/// Ends everything that a user granted to the project of this client.
pub(crate) fn revoke_client(world: &mut World, email: &str, client_id: &str, now_ms: i64) {
    let project = world.clients.get(client_id).map(|client| client.project_number.clone());
    let clients: Vec<String> = world
        .clients
        .iter()
        .filter(|(id, state)| *id == client_id || Some(&state.project_number) == project.as_ref())
        .map(|(id, _)| id.clone())
        .collect();
    end(world, now_ms, |of_email, of_client| {
        of_email == email && clients.iter().any(|id| id == of_client)
    });
}

/// Ends everything that a user granted to anybody.
pub(crate) fn revoke_user(world: &mut World, email: &str, now_ms: i64) {
    end(world, now_ms, |of_email, _| of_email == email);
}

/// Access tokens may go on for a while. Source: google-semantics.md §1.6 "may take a while to have full effect"
fn end(world: &mut World, now_ms: i64, ends: impl Fn(&str, &str) -> bool) {
    let last_ms = now_ms + world.lag_ms.revocations_ms;
    world.grants.retain(|_, it| !ends(&it.email, &it.client_id));
    world.refresh_tokens.retain(|_, it| !ends(&it.email, &it.client_id));
    for token in world.access_tokens.values_mut() {
        if ends(&token.email, &token.client_id) {
            token.expires_at_ms = token.expires_at_ms.min(last_ms);
        }
    }
    world.access_tokens.retain(|_, it| it.expires_at_ms > now_ms);
    world.codes.retain(|_, it| !ends(&it.email, &it.request.client_id));
}

/// Tokens with Gmail scopes die with the password. Source: google-semantics.md §1.4 (3) {O-2}
pub(crate) fn forget_mail_tokens(world: &mut World, email: &str) {
    world.refresh_tokens.retain(|_, token| {
        token.email != email || !token.scopes.iter().any(|scope| scopes::is_gmail(scope))
    });
}

/// A user who gets another address keeps what was allowed.
pub(crate) fn rename_user(world: &mut World, from: &str, to: &str) {
    let renamed = |email: &mut String| {
        if email == from {
            to.clone_into(email);
        }
    };
    world.refresh_tokens.values_mut().for_each(|token| renamed(&mut token.email));
    world.access_tokens.values_mut().for_each(|token| renamed(&mut token.email));
    world.codes.values_mut().for_each(|code| renamed(&mut code.email));
    let grants = std::mem::take(&mut world.grants);
    for mut grant in grants.into_values() {
        renamed(&mut grant.email);
        world.grants.insert(grant_key(&grant.email, &grant.client_id), grant);
    }
}
