//! Instances as a BSS sees them: which there are, and whether they can act. They are set up in the
//! console.

use super::path::Id;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemBody};
use crate::views::InstanceView;
use axum::Json;
use domain::ids::InstanceId;
use serde::Serialize;
use utoipa::ToSchema;

/// All instances of a distributor, by System Name. Few, so there are no pages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Instances {
    items: Vec<InstanceView>,
}

/// List the instances, by System Name.
#[utoipa::path(
    get,
    operation_id = "list_instances",
    path = "/v1/instances",
    tag = "instances",
    responses(
        (status = 200, description = "All instances", body = Instances),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(Caller(door): Caller) -> Result<Json<Instances>, Problem> {
    let items = door.instances().await?.iter().map(InstanceView::new).collect();
    Ok(Json(Instances { items }))
}

/// Show an instance and whether it can act.
#[utoipa::path(
    get,
    operation_id = "show_instance",
    path = "/v1/instances/{id}",
    tag = "instances",
    params(("id" = String, Path, description = "The id of the instance, `ins_…`")),
    responses(
        (status = 200, description = "The instance", body = InstanceView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    Caller(door): Caller,
    Id(id): Id<InstanceId>,
) -> Result<Json<InstanceView>, Problem> {
    let instance = door.instance(&id).await?.ok_or(Problem::NotFound)?;
    Ok(Json(InstanceView::new(&instance)))
}
