//! Customers: wish, observation, plan, blockers and time-line.

use super::find;
use super::paging::{Page, PageOf};
use super::path::Id;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemBody};
use crate::views::{CustomerSummary, CustomerView, TimelineView};
use axum::Json;
use axum::extract::State;
use domain::ids::CustomerId;
use http::StatusCode;

/// List customers, newest first.
#[utoipa::path(
    get,
    operation_id = "list_customers",
    path = "/v1/customers",
    tag = "customers",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "50 if not given"),
        ("before" = Option<String>, Query, description = "Only customers older than this one"),
    ),
    responses(
        (status = 200, description = "A page of customers", body = Page<CustomerSummary>),
        (status = 400, description = "`invalid_parameter`: a parameter can't be used",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    Caller(door): Caller,
    State(app): State<App>,
    page: PageOf<CustomerId>,
) -> Result<Json<Page<CustomerSummary>>, Problem> {
    let rows = door.customers(page.before.as_ref(), page.rows()).await?;
    let (rows, next) = page.cut(rows, "/v1/customers", |customer| customer.id.to_string());
    let items = rows.iter().map(|customer| CustomerSummary::new(&app, customer)).collect();
    Ok(Json(Page { items, next }))
}

/// Show a customer: what is wished for, what Google showed, what comes next and what it waits for.
#[utoipa::path(
    get,
    operation_id = "show_customer",
    path = "/v1/customers/{id}",
    tag = "customers",
    params(("id" = String, Path, description = "The id of the customer, `cus_…`")),
    responses(
        (status = 200, description = "The customer", body = CustomerView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    Caller(door): Caller,
    State(app): State<App>,
    Id(id): Id<CustomerId>,
) -> Result<Json<CustomerView>, Problem> {
    let (customer, instance) = find::customer(&door, &id).await?;
    Ok(Json(CustomerView::new(&app, &customer, &instance)))
}

/// Show what happened to a customer, newest first: events, steps and every call to Google.
#[utoipa::path(
    get,
    operation_id = "show_timeline",
    path = "/v1/customers/{id}/timeline",
    tag = "customers",
    params(("id" = String, Path, description = "The id of the customer, `cus_…`")),
    responses(
        (status = 200, description = "The time-line", body = TimelineView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn timeline(
    Caller(door): Caller,
    Id(id): Id<CustomerId>,
) -> Result<Json<TimelineView>, Problem> {
    let entries = door.timeline(&id).await?;
    // Every customer has at least the order that made it; without a line it is not the caller's.
    if entries.is_empty() {
        return Err(Problem::NotFound);
    }
    Ok(Json(TimelineView::new(&entries)))
}

/// Look at Google again soon, for example after something was put right there.
///
/// Repeating it is safe and does nothing more.
#[utoipa::path(
    post,
    operation_id = "look_again",
    path = "/v1/customers/{id}/look",
    tag = "customers",
    params(("id" = String, Path, description = "The id of the customer, `cus_…`")),
    responses(
        (status = 202, description = "A look is due; the customer as it stands now",
            body = CustomerView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn look(
    Caller(door): Caller,
    State(app): State<App>,
    Id(id): Id<CustomerId>,
) -> Result<(StatusCode, Json<CustomerView>), Problem> {
    if !door.look_again(&id, app.clock.now()).await? {
        return Err(Problem::NotFound);
    }
    let (customer, instance) = find::customer(&door, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(CustomerView::new(&app, &customer, &instance))))
}
