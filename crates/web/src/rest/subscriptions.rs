//! Subscriptions by our own stable id.

use super::find;
use super::path::Id;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemBody};
use crate::views::SubscriptionView;
use axum::Json;
use axum::extract::State;
use domain::ids::SubscriptionId;

/// Show a subscription: what is wished for and what Google showed.
#[utoipa::path(
    get,
    operation_id = "show_subscription",
    path = "/v1/subscriptions/{id}",
    tag = "subscriptions",
    params(("id" = String, Path, description = "The id of the subscription, `sub_…`")),
    responses(
        (status = 200, description = "The subscription", body = SubscriptionView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    Caller(door): Caller,
    State(app): State<App>,
    Id(id): Id<SubscriptionId>,
) -> Result<Json<SubscriptionView>, Problem> {
    let customer = door.customer_of(&id).await?.ok_or(Problem::NotFound)?;
    let (customer, instance) = find::customer(&door, &customer).await?;
    let view = SubscriptionView::new(&app, &id, &customer, &instance);
    Ok(Json(view.ok_or(Problem::NotFound)?))
}
