//! What users have allowed, the tokens that follow from it, and how they end.
//! Source: google-semantics.md §1.4, §1.6 {O-2}{O-WEB}

use serde_json::json;

use crate::envelope::OAuthError;
use crate::reply::Reply;
use crate::world::{RefreshToken, World};

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
    revoke_client(world, &email, &client_id);
    Ok(Reply::json(json!({})))
}

/// Ends everything that a user granted to the project of this client.
pub(crate) fn revoke_client(world: &mut World, email: &str, client_id: &str) {
    let project = world.clients.get(client_id).map(|client| client.project_number.clone());
    let clients: Vec<String> = world
        .clients
        .iter()
        .filter(|(id, state)| *id == client_id || Some(&state.project_number) == project.as_ref())
        .map(|(id, _)| id.clone())
        .collect();
    end(world, |of_email, of_client| of_email == email && clients.iter().any(|id| id == of_client));
}

/// Ends everything that a user granted to anybody.
pub(crate) fn revoke_user(world: &mut World, email: &str) {
    end(world, |of_email, _| of_email == email);
}

fn end(world: &mut World, ends: impl Fn(&str, &str) -> bool) {
    world.grants.retain(|_, it| !ends(&it.email, &it.client_id));
    world.refresh_tokens.retain(|_, it| !ends(&it.email, &it.client_id));
    world.access_tokens.retain(|_, it| !ends(&it.email, &it.client_id));
    world.codes.retain(|_, it| !ends(&it.email, &it.request.client_id));
}
