//! The first password behind a one-time link. A look at the page does not open it: mail scanners
//! follow links, but press no buttons. The address carries the secret, so it is also what binds the
//! form.

use super::page::{Failure, Frame, html_with};
use crate::app::App;
use crate::problem::Problem;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::token_hash;
use domain::secret::{ExposeSecret, Place};
use http::StatusCode;
use store::Secret;

/// What there is to see.
enum Welcome {
    Closed { token: String },
    Shown { password: String, email: String },
    Gone { sentence: &'static str, action: &'static str },
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    state: Welcome,
}

const ASK: &str = "Ask whoever you ordered Google Workspace from: they can reset the password.";

fn unknown() -> (StatusCode, Welcome) {
    let sentence = "This link is not one of ours.";
    let action = "Copy the whole link from the welcome mail into the address bar.";
    (StatusCode::NOT_FOUND, Welcome::Gone { sentence, action })
}

fn opened() -> (StatusCode, Welcome) {
    let sentence = "This link was opened already, and the password is shown a single time.";
    (StatusCode::GONE, Welcome::Gone { sentence, action: ASK })
}

fn expired() -> (StatusCode, Welcome) {
    let sentence = "This link is too old.";
    (StatusCode::GONE, Welcome::Gone { sentence, action: ASK })
}

/// Why a link can't be opened, if it can't.
fn obstacle(app: &App, secret: Option<&Secret>) -> Option<(StatusCode, Welcome)> {
    match secret {
        None => Some(unknown()),
        Some(secret) if secret.opened_at.is_some() => Some(opened()),
        Some(secret) if secret.expires_at <= app.clock.now() => Some(expired()),
        Some(_) => None,
    }
}

fn page(app: &App, (status, state): (StatusCode, Welcome)) -> Result<Response, Failure> {
    let frame = Frame::of_anybody(&app.settings, "Your first password");
    html_with(status, &WelcomePage { frame, state })
}

pub async fn show(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Failure> {
    let secret = app.store.find_secret_by_link(&token_hash(&token)).await?;
    let closed = || (StatusCode::OK, Welcome::Closed { token });
    page(&app, obstacle(&app, secret.as_ref()).unwrap_or_else(closed))
}

/// Opens the link, once. It is opened before the password is shown and after it could be unsealed, so
/// that it is never shown twice and never lost to a wrong master key.
pub async fn open(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Failure> {
    let secret = app.store.find_secret_by_link(&token_hash(&token)).await?;
    if let Some(obstacle) = obstacle(&app, secret.as_ref()) {
        return page(&app, obstacle);
    }
    let secret = secret.ok_or(Problem::NotFound)?;
    let customer = app.store.of(secret.distributor.clone()).customer(&secret.customer).await?;
    let email = customer.ok_or(Problem::Internal)?.desired.admin_email();
    let place = Place { table: "secret", column: "password", row: secret.id.as_str() };
    let password = app.sealer.open(place, &secret.password).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a password can't be opened");
        Failure(Problem::Internal)
    })?;
    if !app.store.open_secret(&secret, app.clock.now()).await? {
        return page(&app, opened());
    }
    let password = password.expose_secret().to_owned();
    page(&app, (StatusCode::OK, Welcome::Shown { password, email }))
}
