//! The description of the API, made from the handlers themselves.

use crate::rest;
use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use std::sync::LazyLock;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// What is not told by a handler.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Seatwright",
        description = "Order Google Workspace for your customers and see how far each order is.\n\n\
            Every request carries `Authorization: Bearer <API key>`; a key sees its own distributor \
            and nobody else's. Times are RFC 3339 in UTC. Problems are RFC 9457 \
            (`application/problem+json`) with a stable `code`; their `type` leads to a page that \
            says what to do.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "orders", description = "Ask for a customer with its first subscription."),
        (name = "customers", description = "Wish, observation, plan and blockers of each customer."),
        (name = "subscriptions", description = "One subscription, by our own stable id."),
        (name = "instances", description = "The Google reseller accounts orders go through."),
        (name = "health", description = "For load balancers and supervisors."),
    ),
    modifiers(&ApiKey),
    security(("api_key" = [])),
)]
pub(crate) struct Document;

struct ApiKey;

impl Modify for ApiKey {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key of the distributor: `swk_` and 43 characters."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
}

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let (_, openapi) = rest::described();
    let mut text = openapi.to_pretty_json().expect("our own types serialise");
    text.push('\n');
    text
});

/// The OpenAPI document as JSON, the same text that `/v1/openapi.json` serves.
#[must_use]
pub fn openapi() -> String {
    TEXT.clone()
}

/// Serves the document; needs no key, since it is the same for everybody.
pub(crate) async fn serve() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, TEXT.as_str())
}
