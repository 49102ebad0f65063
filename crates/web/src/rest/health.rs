//! Liveness and readiness, for load balancers and supervisors.

use crate::app::App;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `alive`, `ready` or `unavailable`.
    status: &'static str,
}

/// Whether the process answers at all. Asks nobody else.
#[utoipa::path(
    get,
    operation_id = "is_alive",
    path = "/healthz",
    tag = "health",
    security(()),
    responses((status = 200, description = "Alive", body = Health)),
)]
pub(super) async fn alive() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// Whether requests can be served: the database answers.
#[utoipa::path(
    get,
    operation_id = "is_ready",
    path = "/readyz",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Ready", body = Health),
        (status = 503, description = "The database does not answer", body = Health),
    ),
)]
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, Json(Health { status: "ready" })),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the database does not answer"
            );
            (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "unavailable" }))
        }
    }
}
