//! The orders of a distributor: the list, and one order on its way to its customer.

use super::looks::{self, Look};
use super::page::{Failure, Frame, html};
use super::path::{Asked, Id};
use super::session::Operator;
use crate::app::App;
use crate::problem::Problem;
use crate::views::{OrderSummary, OrderView};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::OrderId;
use store::{Customer, Instance, OrderRecord, StoreError};

/// Rows on one page of a list.
pub const PAGE_ROWS: usize = 50;

struct Row {
    id: String,
    reference: String,
    customer: String,
    domain: String,
    organization: String,
    sku_name: String,
    payment_plan: &'static str,
    seats: u32,
    look: Look,
    created_at: String,
}

impl Row {
    fn new(app: &App, order: &OrderRecord, customer: &Customer) -> Row {
        let summary = OrderSummary::new(app, order, customer);
        let wanted = customer.desired.subscriptions.get(&order.subscription);
        let sku = wanted.map_or("", |wanted| wanted.sku.as_str());
        Row {
            id: summary.id,
            reference: summary.reference,
            customer: summary.customer.id,
            domain: summary.customer.domain,
            organization: summary.customer.organization,
            sku_name: app.catalog.sku(sku).map_or(sku, |sku| sku.name).to_owned(),
            payment_plan: wanted.map_or("", |wanted| wanted.payment_plan.title()),
            seats: wanted.map_or(0, |wanted| wanted.seats),
            look: looks::of_standing(summary.standing, summary.standing_title),
            created_at: summary.created_at,
        }
    }
}

#[derive(Template)]
#[template(path = "orders.html")]
struct ListPage {
    frame: Frame,
    orders: Vec<Row>,
    /// There is an instance to order through.
    ready: bool,
    older: Option<String>,
}

pub async fn list(
    State(app): State<App>,
    operator: Operator,
    asked: Asked,
) -> Result<Response, Failure> {
    let before = asked.before::<OrderId>();
    let limit = i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX);
    let mut records = operator.door.orders(before.as_ref(), limit).await?;
    let more = records.len() > PAGE_ROWS;
    records.truncate(PAGE_ROWS);
    let older = records.last().filter(|_| more).map(|last| format!("/orders?before={}", last.id));
    let mut orders = Vec::with_capacity(records.len());
    for record in &records {
        orders.push(Row::new(&app, record, &customer_of(&operator, record).await?));
    }
    let ready = !orders.is_empty() || !operator.door.instances().await?.is_empty();
    let frame = Frame::of(&operator, "orders", "Orders").done(asked.done());
    let frame = match before {
        Some(_) => frame.under(&[("Orders", "/orders")]),
        None => frame,
    };
    html(&ListPage { frame, orders, ready, older })
}

async fn customer_of(operator: &Operator, order: &OrderRecord) -> Result<Customer, StoreError> {
    operator.door.customer(&order.customer).await?.ok_or_else(|| StoreError::Corrupt {
        table: "orders",
        column: "customer",
        key: order.id.to_string(),
    })
}

/// The instance a customer is served through.
pub async fn instance_of(operator: &Operator, customer: &Customer) -> Result<Instance, StoreError> {
    let instance = operator.door.instance(&customer.desired.instance).await?;
    instance.ok_or_else(|| StoreError::Corrupt {
        table: "customer",
        column: "instance",
        key: customer.id.to_string(),
    })
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    frame: Frame,
    look: Look,
    order: OrderView,
}

pub async fn show(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<OrderId>,
) -> Result<Response, Failure> {
    let record = operator.door.order(&id).await?.ok_or(Problem::NotFound)?;
    let customer = customer_of(&operator, &record).await?;
    let instance = instance_of(&operator, &customer).await?;
    let order = OrderView::new(&app, &record, &customer, &instance);
    let title = format!("Order {}", order.reference);
    html(&OrderPage {
        frame: Frame::of(&operator, "orders", &title).under(&[("Orders", "/orders")]),
        look: looks::of_standing(order.standing, order.standing_title),
        order,
    })
}
