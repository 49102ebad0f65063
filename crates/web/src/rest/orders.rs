//! Orders: take one in, once, and show how far it is.

use super::find;
use super::order_body::OrderBody;
use super::paging::{Page, PageOf};
use super::path::Id;
use crate::app::App;
use crate::auth::Caller;
use crate::intake;
use crate::problem::{JsonBody, Problem, ProblemBody};
use crate::views::{OrderSummary, OrderView};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use domain::ids::OrderId;
use http::StatusCode;
use http::header::LOCATION;
use http::request::Parts;
use store::{DistributorStore, Source};

/// Take an order in.
///
/// The order is checked, stored and then carried out at Google without anybody waiting. Sending the
/// same body again with the same `Idempotency-Key` or `reference` gives the same order with 200.
#[utoipa::path(
    post,
    operation_id = "place_order",
    path = "/v1/orders",
    tag = "orders",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 printable ASCII characters; a new one for each new order")),
    request_body = OrderBody,
    responses(
        (status = 201, description = "Taken in", body = OrderView,
            headers(("Location" = String, description = "The path of the order"))),
        (status = 200, description = "The same order was here before", body = OrderView),
        (status = 400, description = "`malformed_json`, `idempotency_key_invalid`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`, `reference_reused`, `customer_exists`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_order`; `errors` names every fault",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn place(
    Caller(door): Caller,
    State(app): State<App>,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let placement = intake::place(&app, &door, &body, key.as_deref(), Source::Api).await?;
    let order = Json(view(&app, &door, &placement.order).await?);
    if placement.created {
        let location = [(LOCATION, format!("/v1/orders/{}", placement.order))];
        return Ok((StatusCode::CREATED, location, order).into_response());
    }
    Ok(order.into_response())
}

/// List orders, newest first.
#[utoipa::path(
    get,
    operation_id = "list_orders",
    path = "/v1/orders",
    tag = "orders",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "50 if not given"),
        ("before" = Option<String>, Query, description = "Only orders older than this one"),
    ),
    responses(
        (status = 200, description = "A page of orders", body = Page<OrderSummary>),
        (status = 400, description = "`invalid_parameter`: a parameter can't be used",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    Caller(door): Caller,
    State(app): State<App>,
    page: PageOf<OrderId>,
) -> Result<Json<Page<OrderSummary>>, Problem> {
    let rows = door.orders(page.before.as_ref(), page.rows()).await?;
    let (rows, next) = page.cut(rows, "/v1/orders", |order| order.id.to_string());
    let mut items = Vec::with_capacity(rows.len());
    for order in &rows {
        let customer = door.customer(&order.customer).await?;
        items.extend(customer.map(|customer| OrderSummary::new(&app, order, &customer)));
    }
    Ok(Json(Page { items, next }))
}

/// Show an order and how far it is.
#[utoipa::path(
    get,
    operation_id = "show_order",
    path = "/v1/orders/{id}",
    tag = "orders",
    params(("id" = String, Path, description = "The id of the order, `ord_…`")),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 401, description = "`unauthenticated`",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(
    Caller(door): Caller,
    State(app): State<App>,
    Id(id): Id<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    Ok(Json(view(&app, &door, &id).await?))
}

async fn view(app: &App, door: &DistributorStore, id: &OrderId) -> Result<OrderView, Problem> {
    let order = door.order(id).await?.ok_or(Problem::NotFound)?;
    let (customer, instance) = find::customer(door, &order.customer).await?;
    Ok(OrderView::new(app, &order, &customer, &instance))
}

/// The header `Idempotency-Key`, if it was sent.
pub(super) struct IdempotencyKey(Option<String>);

const IDEMPOTENCY_KEY_MAX: usize = 255;

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, Problem> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(IdempotencyKey(None)) };
        let bytes = value.as_bytes();
        let usable = (1..=IDEMPOTENCY_KEY_MAX).contains(&bytes.len())
            && bytes.iter().all(|b| (b' '..=b'~').contains(b));
        match value.to_str() {
            Ok(key) if usable && values.next().is_none() => {
                Ok(IdempotencyKey(Some(key.to_owned())))
            }
            _ => Err(Problem::IdempotencyKeyInvalid),
        }
    }
}
