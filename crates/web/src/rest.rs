//! The JSON API under `/v1`, for a BSS and its developers. Each handler translates; what may be
//! ordered is the domain's, what is stored the store's. A route exists only together with its OpenAPI
//! description, so that what is written down and what is walked in tests is all there is.

mod customers;
mod error_pages;
mod find;
mod health;
mod instances;
pub mod order_body;
mod orders;
mod paging;
mod path;
mod subscriptions;

use crate::app::App;
use crate::openapi;
use crate::problem::Problem;
use axum::Router;
use axum::routing::{any, get};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// All routes a program may call, `/errors/{code}` for people, and a 404 for everything else under
/// `/v1`.
pub fn rest_router() -> Router<App> {
    let (described, _) = described();
    let under_v1 = Router::new()
        .route("/openapi.json", get(openapi::serve))
        .fallback(async || Problem::NotFound);
    Router::new()
        .merge(described)
        .nest("/v1", under_v1)
        // Nesting leaves this one address out.
        .route("/v1/", any(async || Problem::NotFound))
        .route("/errors", get(error_pages::index))
        .route("/errors/page.css", get(error_pages::style))
        .route("/errors/{code}", get(error_pages::page))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
}

/// The described routes and their description, made from the same list.
pub(crate) fn described() -> (Router<App>, OpenApi) {
    OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(orders::place, orders::list))
        .routes(routes!(orders::show))
        .routes(routes!(customers::list))
        .routes(routes!(customers::show))
        .routes(routes!(customers::timeline))
        .routes(routes!(customers::look))
        .routes(routes!(subscriptions::show))
        .routes(routes!(instances::list))
        .routes(routes!(instances::show))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .split_for_parts()
}
