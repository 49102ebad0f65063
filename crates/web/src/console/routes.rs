//! Every address of the console, in one list, with who may come in: the router is made of it, and so
//! is the test that walks it with foreign ids.

use super::page::{self, Failure};
use super::sign_in_limits::SignInLimits;
use super::{activation, api_keys, assets, customers, instances, menu, order_form, orders};
use super::{session, sign_in, welcome};
use crate::app::App;
use crate::problem::Problem;
use axum::Extension;
use axum::Router;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use domain::activation::CALLBACK_PATH;
use http::header::{HeaderName, HeaderValue};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anybody: the page itself checks what the visitor brings, such as a one-time token.
    Anybody,
    /// A signed-in operator, who sees one distributor's things only.
    Operator,
}

/// One address of the console.
pub struct Route {
    /// As axum writes it. A parameter is named after the kind of id it takes.
    pub path: &'static str,
    pub door: Door,
    handlers: MethodRouter<App>,
}

/// All of them.
#[must_use]
pub fn routes() -> Vec<Route> {
    anybodys().into_iter().chain(operators()).collect()
}

fn anybodys() -> Vec<Route> {
    let route = |path, handlers| Route { path, door: Door::Anybody, handlers };
    vec![
        route("/", get(menu::home)),
        route("/setup", get(sign_in::show_setup).post(sign_in::set_up)),
        route("/sign-in", get(sign_in::show).post(sign_in::sign_in)),
        route(CALLBACK_PATH, in_pop_up(get(activation::callback))),
        route("/activate/{token}", in_pop_up(get(activation::open_link))),
        route("/activation/{activation}", in_pop_up(get(activation::show))),
        route("/activation/{activation}/state", get(activation::state)),
        route("/welcome/{token}", get(welcome::show).post(welcome::open)),
        route("/assets/{version}/{name}", get(assets::serve)),
    ]
}

/// Google's pages do not isolate themselves from their opener, so neither may what comes after them:
/// the pop-up would be torn from the page that opened it and could not be closed.
fn in_pop_up(handlers: MethodRouter<App>) -> MethodRouter<App> {
    handlers.layer(SetResponseHeaderLayer::overriding(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("unsafe-none"),
    ))
}

fn operators() -> Vec<Route> {
    let route = |path, handlers| Route { path, door: Door::Operator, handlers };
    vec![
        route("/sign-out", post(sign_in::sign_out)),
        route("/configuration", get(menu::configuration)),
        route("/configuration/administration", get(menu::administration)),
        route("/configuration/system-options", get(menu::system_options)),
        route("/configuration/applications", get(menu::applications)),
        route("/instances", get(instances::list).post(instances::add)),
        route("/instances/new", get(instances::new)),
        route("/instances/{instance}", get(instances::show).post(instances::change)),
        route("/instances/{instance}/authenticate", post(activation::start)),
        route("/instances/{instance}/activation", get(activation::latest)),
        route(
            "/instances/{instance}/disconnect",
            get(instances::confirm_disconnect).post(instances::disconnect),
        ),
        route("/orders", get(orders::list).post(order_form::place)),
        route("/orders/new", get(order_form::show)),
        route("/orders/{order}", get(orders::show)),
        route("/customers", get(customers::list)),
        route("/customers/{customer}", get(customers::show)),
        route("/customers/{customer}/live", get(customers::live)),
        route("/customers/{customer}/look", post(customers::look_again)),
        route("/api-keys", get(api_keys::list).post(api_keys::add)),
        route("/api-keys/{key}/revoke", get(api_keys::confirm).post(api_keys::revoke)),
    ]
}

/// The console with its sessions. Anything that is no address of ours is its not-found page.
pub fn router(app: &App) -> Router<App> {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.handlers);
    }
    router
        .fallback(async || Failure(Problem::NotFound))
        .method_not_allowed_fallback(async || Failure(Problem::MethodNotAllowed))
        .layer(middleware::from_fn_with_state(app.clone(), page::show_failures))
        .layer(Extension(Arc::new(SignInLimits::new(Arc::clone(&app.clock)))))
        .layer(session::layer(app))
}
