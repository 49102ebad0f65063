//! The face: pages that show the sandbox's world, and let a person play the parts around the API by a click, dressed so
//! that nobody takes them for Google. Server-rendered, without scripts. What is played is `outside`'s and the world's.
//! Never: a rule of an API.

mod accounts;
mod calls;
mod customer;
mod customer_deeds;
mod customers;
mod domains;
mod faults;
mod form;
mod frame;
mod mails;
mod overview;
mod subscription;
mod user;
mod words;

use axum::extract::{OriginalUri, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http::Uri};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::door::no_such_page;
use crate::sandbox::Sandbox;

pub(crate) fn routes(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/", get(overview::page).post(overview::post))
        .route("/sandbox", get(elsewhere))
        .route("/sandbox/customers", get(customers::page).post(customers::post))
        .route("/sandbox/customers/{id}", get(customer::page).post(customer::post))
        .route("/sandbox/faults", get(faults::page).post(faults::post))
        .route("/sandbox/users/{id}", get(user::page).post(user::post))
        .route("/sandbox/mails", get(mails::list))
        .route("/sandbox/mails/{id}", get(mails::page))
        .route("/sandbox/mails/{id}/html", get(mails::html))
        .route("/sandbox/calls", get(calls::page))
        .route("/sandbox/accounts", get(accounts::page).post(accounts::post))
        .route("/sandbox/{*rest}", get(elsewhere))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(say_why))
        .with_state(sandbox.clone())
}

/// Gives a form that another site sent its page.
async fn say_why(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    let text = "This form came from another site, or your browser didn't say where it came from. Open the page \
                here and send it from there.";
    frame::trouble(uri.path(), 403, "Nothing was done", text)
}

/// Below the control API a wrong path is answered as everywhere else.
async fn elsewhere(uri: Uri) -> Response {
    if uri.path().starts_with("/sandbox/v1/") {
        return no_such_page().into_response();
    }
    frame::unknown(uri.path(), "such page")
}
