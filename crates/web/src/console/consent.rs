//! The way to Google's consent page: what is asked for, and what ties the answer to this browser.

use super::cookies::Jar;
use super::page::{Failure, go};
use crate::app::{App, Settings};
use crate::problem::Problem;
use axum::response::{AppendHeaders, IntoResponse, Response};
use domain::activation::{CALLBACK_PATH, CONSENT_MS_MAX, scopes};
use domain::ids::{token, token_hash};
use domain::secret::{Place, SecretString};
use http::HeaderMap;
use http::header::SET_COOKIE;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use store::{Activation, Instance, InstanceState};
use url::Url;

/// How long the browser is known, in seconds: longer than it may stay at Google.
const BROWSER_S_MAX: i64 = 20 * 60;

/// What has to be registered at Google, to the letter.
pub fn redirect_uri(settings: &Settings) -> String {
    let mut url = settings.public_url.clone();
    url.set_path(CALLBACK_PATH);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// Binds an activation to this browser and sends it to Google.
pub async fn leave(
    app: &App,
    headers: &HeaderMap,
    activation: &Activation,
    instance: &Instance,
) -> Result<Response, Failure> {
    let chance = &*app.chance;
    let (state, verifier) = (token(chance), token(chance));
    // One browser may have several pop-ups open: it keeps what it is known by.
    let browser = Jar::Activation.read(&app.settings, headers).unwrap_or_else(|| token(chance));
    let place = Place { table: "activation", column: "verifier", row: activation.id.as_str() };
    let sealed = app.sealer.seal(chance, place, &SecretString::from(verifier.clone()));
    let expires_at = app.clock.now().plus_ms(CONSENT_MS_MAX);
    let (state_hash, browser_hash) = (token_hash(&state), token_hash(&browser));
    app.store.send_to_google(activation, &state_hash, &browser_hash, &sealed, expires_at).await?;
    let url = consent_url(&app.settings, activation, instance, state, verifier)?;
    let cookie = Jar::Activation.write(&app.settings, &browser, BROWSER_S_MAX);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), go(url.as_str())).into_response())
}

/// Google's consent page with everything that is asked for. Never `include_granted_scopes`: what was
/// granted for something else is not ours.
fn consent_url(
    settings: &Settings,
    activation: &Activation,
    instance: &Instance,
    state: String,
    verifier: String,
) -> Result<Url, Failure> {
    let redirect = RedirectUrl::new(activation.redirect_uri.clone()).map_err(|error| {
        tracing::error!(%error, "the redirect URI is no address");
        Failure(Problem::Internal)
    })?;
    let client = BasicClient::new(ClientId::new(instance.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(settings.consent_page.clone()))
        .set_redirect_uri(redirect);
    let verifier = PkceCodeVerifier::new(verifier);
    let mut request = client
        .authorize_url(|| CsrfToken::new(state))
        .add_scopes(scopes().map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_extra_param("access_type", "offline")
        .add_extra_param("prompt", "consent");
    if let InstanceState::Authenticated(credential) | InstanceState::ConsentLost(credential) =
        &instance.state
    {
        request = request.add_extra_param("login_hint", credential.account_email.clone());
    }
    Ok(request.url().0)
}
