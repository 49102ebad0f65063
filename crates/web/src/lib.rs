//! The doors, thin: each authenticates, translates, asks the domain and answers. Nothing here talks
//! to Google, plans, or writes SQL.

pub mod app;
pub mod auth;
pub mod console;
pub mod intake;
pub mod openapi;
pub mod problem;
pub mod rest;
mod security;
pub mod views;

pub use app::{App, Settings};
pub use openapi::openapi;
pub use rest::rest_router;

use axum::Router;

/// Everything a listener serves.
pub fn router(app: App) -> Router {
    let console = security::same_site_only(console::router(&app), &app.settings);
    security::wrap(rest_router().merge(console), &app.settings).with_state(app)
}
