//! The parameters of a link to the consent page, checked as Google checks them: what is wrong is shown on Google's own
//! page and never sent to the redirect URI.
//! Source: google-semantics.md §1.1, §1.2 {O-WEB}{O-OIDC}

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::call::Query;
use crate::oauth::{Terms, redirects, scopes};
use crate::settings::{OAuthClient, Settings};
use crate::world::World;

/// A checked request for consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: BTreeSet<String>,
    pub state: Option<String>,
    /// `access_type=offline`: a refresh token is wanted.
    pub offline: bool,
    pub prompt: BTreeSet<String>,
    pub include_granted_scopes: bool,
    pub login_hint: Option<String>,
    pub nonce: Option<String>,
    /// PKCE challenge, and whether its method is S256 (otherwise plain).
    pub challenge: Option<(String, bool)>,
}

/// Why a page is shown instead of consent.
#[derive(Debug)]
pub(crate) struct PageError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) text: String,
}

impl PageError {
    pub(crate) fn new(error: &'static str, text: impl Into<String>) -> PageError {
        PageError { status: 400, error, text: text.into() }
    }

    /// With 403, for people and browsers rather than for links.
    pub(crate) fn refused(error: &'static str, text: impl Into<String>) -> PageError {
        PageError { status: 403, error, text: text.into() }
    }
}

fn required<'a>(query: &'a Query, name: &'static str) -> Result<&'a str, PageError> {
    query.get(name).ok_or_else(|| {
        PageError::new("invalid_request", format!("Missing required parameter: {name}"))
    })
}

pub(crate) fn client<'a>(settings: &'a Settings, id: &str) -> Option<&'a OAuthClient> {
    settings.clients.iter().find(|client| client.id == id)
}

impl AuthRequest {
    pub(crate) fn read(
        query: &Query,
        world: &World,
        terms: Terms<'_>,
    ) -> Result<AuthRequest, PageError> {
        let client_id = required(query, "client_id")?;
        let known = client(terms.settings, client_id)
            .ok_or_else(|| PageError::new("invalid_client", "The OAuth client was not found."))?;
        if world.clients.get(client_id).is_some_and(|state| state.deleted) {
            return Err(PageError::new("deleted_client", "The OAuth client was deleted."));
        }
        let redirect_uri = required(query, "redirect_uri")?;
        check_redirect(known, redirect_uri, terms)?;
        let response_type = required(query, "response_type")?;
        if response_type != "code" {
            return Err(PageError::new(
                "unsupported_response_type",
                format!("Invalid response_type: {response_type}"),
            ));
        }
        Ok(AuthRequest {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: wanted_scopes(required(query, "scope")?)?,
            state: query.get("state").map(str::to_owned),
            offline: offline(query)?,
            prompt: prompt(query)?,
            include_granted_scopes: query.get("include_granted_scopes") == Some("true"),
            login_hint: query.get("login_hint").map(str::to_owned),
            nonce: query.get("nonce").map(str::to_owned),
            challenge: challenge(query)?,
        })
    }
}

/// Registered byte for byte; where the switch says so, only if Google would have registered it.
/// Source: google-semantics.md §1.1, §1.7 {O-WEB}
fn check_redirect(client: &OAuthClient, uri: &str, terms: Terms<'_>) -> Result<(), PageError> {
    let text = if !client.redirect_uris.iter().any(|registered| registered == uri) {
        format!(
            "The redirect URI in the request, {uri}, does not match the ones authorized for the OAuth client."
        )
    } else if let Some(fault) =
        redirects::fault(uri).filter(|_| terms.switches.redirect_uris_checked)
    {
        format!("Google wouldn't register the redirect URI {uri}: {fault}.")
    } else {
        return Ok(());
    };
    Err(PageError::new("redirect_uri_mismatch", text))
}

fn wanted_scopes(text: &str) -> Result<BTreeSet<String>, PageError> {
    let wanted: BTreeSet<String> = text.split_whitespace().map(str::to_owned).collect();
    let unknown: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|scope| scopes::description(scope).is_none())
        .collect();
    if unknown.is_empty() {
        Ok(wanted)
    } else {
        Err(PageError::new(
            "invalid_scope",
            format!("Some requested scopes were invalid. {{invalid=[{}]}}", unknown.join(", ")),
        ))
    }
}

fn offline(query: &Query) -> Result<bool, PageError> {
    match query.get("access_type") {
        None | Some("online") => Ok(false),
        Some("offline") => Ok(true),
        Some(other) => Err(PageError::new(
            "invalid_request",
            format!("Invalid parameter value for access_type: {other}"),
        )),
    }
}

/// `none` can't be combined. Source: google-semantics.md §1.1 {O-OIDC}
fn prompt(query: &Query) -> Result<BTreeSet<String>, PageError> {
    let prompt: BTreeSet<String> =
        query.get("prompt").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let known =
        prompt.iter().all(|word| matches!(word.as_str(), "none" | "consent" | "select_account"));
    if !known || (prompt.contains("none") && prompt.len() > 1) {
        return Err(PageError::new("invalid_request", "Invalid parameter value for prompt"));
    }
    Ok(prompt)
}

/// The default method is `plain`. Source: google-semantics.md §1.1 {O-OIDC}{O-NATIVE}
fn challenge(query: &Query) -> Result<Option<(String, bool)>, PageError> {
    let method = query.get("code_challenge_method");
    match (query.get("code_challenge"), method) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(PageError::new("invalid_request", "Missing required parameter: code_challenge"))
        }
        (Some(challenge), None | Some("plain")) => Ok(Some((challenge.to_owned(), false))),
        (Some(challenge), Some("S256")) => Ok(Some((challenge.to_owned(), true))),
        (Some(_), Some(_)) => Err(PageError::new(
            "invalid_request",
            "Invalid parameter value for code_challenge_method",
        )),
    }
}
