//! Methods of the Reseller API. Source: discovery document reseller 20250511

use http::Method as Verb;

use super::{Method, Parameter, optional, required};
use crate::call::{Answer, Call};
use crate::reseller::{changes, customers, leave, notify, purchase, subscriptions};
use crate::schemas::{
    CHANGE_PLAN_SHAPE, CUSTOMER_SHAPE, RENEWAL_SHAPE, SEATS_SHAPE, SUBSCRIPTION_SHAPE,
    SUBSCRIPTIONS_SHAPE, WATCH_DETAILS_SHAPE, WATCH_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;

const ORDER: &[&str] = &["apps.order"];
const ORDER_READ: &[&str] = &["apps.order", "apps.order.readonly"];

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const CUSTOMER: &str = "/apps/reseller/v1/customers/{customerId}";
const SUBSCRIPTION: &str =
    "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}";

const TOKEN: Parameter = optional("customerAuthToken", Shape::Text);
const LIST: &[Parameter] = &[
    TOKEN,
    optional("customerId", Shape::Text),
    optional("customerNamePrefix", Shape::Text),
    optional("maxResults", Shape::Uint32),
    optional("pageToken", Shape::Text),
];
const INSERT: &[Parameter] = &[
    TOKEN,
    optional("action", Shape::Enum(&["actionUnspecified", "buy", "switch"])),
    optional("sourceSkuId", Shape::Text),
];
const DELETE: &[Parameter] = &[required(
    "deletionType",
    Shape::Enum(&["deletion_type_undefined", "cancel", "transfer_to_direct"]),
)];
const WATCH: &[Parameter] = &[optional("serviceAccountEmailAddress", Shape::Text)];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    let scopes = if verb == Verb::GET { ORDER_READ } else { ORDER };
    Method::new(Api::Reseller, verb, id, path, run).scopes(scopes)
}

/// A change of one subscription, which answers with it.
fn change(id: &'static str, path: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Method {
    of(Verb::POST, id, path, run).answers(SUBSCRIPTION_SHAPE)
}

pub(super) fn methods() -> Vec<Method> {
    let mut all = vec![
        of(Verb::GET, "reseller.customers.get", CUSTOMER, customers::get).answers(CUSTOMER_SHAPE),
        of(Verb::POST, "reseller.customers.insert", CUSTOMERS, customers::insert)
            .query(&[TOKEN])
            .body("customer", CUSTOMER_SHAPE)
            .answers(CUSTOMER_SHAPE),
        of(Verb::PATCH, "reseller.customers.patch", CUSTOMER, customers::patch)
            .body("customer", CUSTOMER_SHAPE)
            .answers(CUSTOMER_SHAPE),
        of(Verb::PUT, "reseller.customers.update", CUSTOMER, customers::update)
            .body("customer", CUSTOMER_SHAPE)
            .answers(CUSTOMER_SHAPE),
        of(
            Verb::GET,
            "reseller.resellernotify.getwatchdetails",
            "/apps/reseller/v1/resellernotify/getwatchdetails",
            notify::details,
        )
        .answers(WATCH_DETAILS_SHAPE),
        of(
            Verb::POST,
            "reseller.resellernotify.register",
            "/apps/reseller/v1/resellernotify/register",
            notify::register,
        )
        .query(WATCH)
        .answers(WATCH_SHAPE),
        of(
            Verb::POST,
            "reseller.resellernotify.unregister",
            "/apps/reseller/v1/resellernotify/unregister",
            notify::unregister,
        )
        .query(WATCH)
        .answers(WATCH_SHAPE),
    ];
    all.extend(subscription_methods());
    all
}

fn subscription_methods() -> Vec<Method> {
    vec![
        of(
            Verb::GET,
            "reseller.subscriptions.list",
            "/apps/reseller/v1/subscriptions",
            subscriptions::list,
        )
        .query(LIST)
        .answers(SUBSCRIPTIONS_SHAPE),
        of(Verb::GET, "reseller.subscriptions.get", SUBSCRIPTION, subscriptions::get)
            .answers(SUBSCRIPTION_SHAPE),
        change(
            "reseller.subscriptions.insert",
            "/apps/reseller/v1/customers/{customerId}/subscriptions",
            purchase::insert,
        )
        .query(INSERT)
        .body("subscription", SUBSCRIPTION_SHAPE),
        change(
            "reseller.subscriptions.changeSeats",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/changeSeats",
            changes::change_seats,
        )
        .body("seats", SEATS_SHAPE),
        change(
            "reseller.subscriptions.changePlan",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/changePlan",
            changes::change_plan,
        )
        .body("change_plan_request", CHANGE_PLAN_SHAPE),
        change(
            "reseller.subscriptions.changeRenewalSettings",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/changeRenewalSettings",
            changes::change_renewal_settings,
        )
        .body("renewal_settings", RENEWAL_SHAPE),
        change(
            "reseller.subscriptions.startPaidService",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/startPaidService",
            changes::start_paid_service,
        ),
        change(
            "reseller.subscriptions.suspend",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/suspend",
            changes::suspend,
        ),
        change(
            "reseller.subscriptions.activate",
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/activate",
            changes::activate,
        ),
        of(Verb::DELETE, "reseller.subscriptions.delete", SUBSCRIPTION, leave::delete)
            .query(DELETE),
    ]
}
