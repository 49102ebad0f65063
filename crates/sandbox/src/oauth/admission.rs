//! Who may consent to what: refusals and privileges that depend on who signs in, not on what the link says.
//! Never: what is granted in the end (see `consent`).
//! Source: google-semantics.md §1.2, §1.4, §1.5 {O-WEB}{O-2}{O-GRAN}

use crate::oauth::request::{AuthRequest, PageError};
use crate::oauth::token;
use crate::world::{ClientState, User, World};

/// Accounts that an app which Google hasn't verified may have in all. Source: google-quotas.json
/// `oauth.unverified_app_user_cap`
const UNVERIFIED_ACCOUNTS_MAX: usize = 100;

/// Whether the administrator of the user's organisation trusts the client: nothing is restricted then, and all is
/// granted or nothing. Source: google-semantics.md §1.5 "marked *Trusted*" {O-GRAN}
pub(super) fn is_trusted(world: &World, email: &str, client_id: &str) -> bool {
    let home = world.users.get(email).map(|user| user.customer_id.as_str());
    home.and_then(|home| world.trusted_clients.get(home)).is_some_and(|all| all.contains(client_id))
}

pub(super) fn admit(world: &World, user: &User, request: &AuthRequest) -> Result<(), PageError> {
    if user.suspended {
        return Err(PageError::new("invalid_grant", "This account has been disabled."));
    }
    let client = world.clients.get(&request.client_id);
    if let Some(client) = client {
        check_client(client, user)?;
    }
    let restricted = token::restricted_of(world, &user.primary_email);
    let closed =
        restricted.is_some_and(|scopes| scopes.iter().any(|it| request.scopes.contains(it)));
    if closed && !is_trusted(world, &user.primary_email, &request.client_id) {
        return Err(PageError::new(
            "admin_policy_enforced",
            "Your organisation's administrator doesn't allow this app one of the services it asks for.",
        ));
    }
    Ok(())
}

fn check_client(client: &ClientState, user: &User) -> Result<(), PageError> {
    if client.internal_to.as_ref().is_some_and(|home| *home != user.customer_id) {
        return Err(PageError::new(
            "org_internal",
            "This app can only be used by people of the organisation that owns it.",
        ));
    }
    // Without a list, everybody who comes stands on it. Source: §1.4 "100 listed test users"; which error [I]
    let listed = client.test_users.is_empty() || client.test_users.contains(&user.primary_email);
    if client.testing && !listed {
        return Err(PageError::refused(
            "access_denied",
            "This app is being tested, and only those whom its developer has listed may use it.",
        ));
    }
    let known = client.consented.contains(&user.primary_email);
    if client.unverified && !known && client.consented.len() >= UNVERIFIED_ACCOUNTS_MAX {
        return Err(PageError::refused(
            "access_denied",
            "Google hasn't verified this app, and it has as many users as such an app may have.",
        ));
    }
    Ok(())
}

/// A browser inside an app. Source: google-semantics.md §1.2 `disallowed_useragent` {O-WEB}; the mark is Android's
pub(super) fn check_browser(user_agent: Option<&str>) -> Result<(), PageError> {
    if user_agent.is_some_and(|agent| agent.contains("; wv)")) {
        return Err(PageError::refused(
            "disallowed_useragent",
            "You can't sign in from a browser inside another app. Open the link in a browser of its own.",
        ));
    }
    Ok(())
}
