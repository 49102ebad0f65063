//! What others do to customers and subscriptions. `{id}` is a customer's id or domain.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Body, Route, made, played, posted, with};
use crate::outside::{CustomerDetails, NewCustomer, NewSubscription};
use crate::sandbox::Sandbox;
use crate::world::PlanName;

pub(super) fn routes() -> Vec<Route> {
    vec![
        posted("customers", add),
        posted("customers/{id}/access", access),
        posted("customers/{id}/alter", alter),
        posted("customers/{id}/delete", delete),
        posted("deleted-customers/{id}/restore", restore),
        posted("customers/{id}/billing", set_up_billing),
        posted("customers/{id}/auto-licensing", auto_licensing),
        posted("customers/{id}/trusted-clients", trust),
        posted("customers/{id}/session-length", session_length),
        posted("customers/{id}/domain-aliases", add_domain_alias),
        posted("customers/{id}/domains/remove", remove_domain),
        posted("customers/{id}/domains", add_domain),
        posted("customers/{id}/domains/verify", verify_domain),
        posted("customers/{id}/domains/primary", primary_domain),
        posted("customers/{id}/transfer-tokens", transfer_token),
        posted("customers/{id}/hand-over", hand_over),
        posted("customers/{id}/restricted-scopes", restrict),
        posted("customers/{id}/subscriptions", add_subscription),
        posted("customers/{id}/subscriptions/{subscription}", alter_subscription),
        posted("resellers/{id}/not-entitled", not_entitled),
    ]
}

async fn add(State(sandbox): State<Sandbox>, body: Body<NewCustomer>) -> Response {
    with(body, |new| made("id", sandbox.add_customer(&new)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Access {
    #[serde(default)]
    reseller_access: Option<bool>,
    #[serde(default)]
    api_access: Option<bool>,
    #[serde(default)]
    auto_licensing: Option<bool>,
    #[serde(default)]
    gmail_apps: Option<bool>,
}

async fn access(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<Access>,
) -> Response {
    with(body, |body| {
        let reseller = body.reseller_access.map(|on| sandbox.set_reseller_access(&id, on));
        let api = body.api_access.map(|on| sandbox.set_api_access(&id, on));
        let licensing = body.auto_licensing.map(|on| sandbox.set_auto_licensing(&id, on));
        let gmail = body.gmail_apps.map(|on| sandbox.set_gmail_apps(&id, on));
        played([reseller, api, licensing, gmail].into_iter().flatten().collect())
    })
}

async fn alter(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<CustomerDetails>,
) -> Response {
    with(body, |details| played(sandbox.change_details(&id, &details)))
}

async fn delete(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    played(sandbox.delete_account(&id))
}

async fn restore(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    made("id", sandbox.restore_account(&id))
}

async fn set_up_billing(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    played(sandbox.set_up_billing(&id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AutoLicensing {
    /// Path of an organisational unit.
    #[serde(default = "root")]
    unit: String,
    /// `None`: as above it.
    sku_id: Option<String>,
}

fn root() -> String {
    "/".to_owned()
}

async fn auto_licensing(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<AutoLicensing>,
) -> Response {
    with(body, |body| {
        played(sandbox.set_auto_licensing_of_unit(&id, &body.unit, body.sku_id.as_deref()))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trust {
    client_id: String,
    trusted: bool,
}

async fn trust(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<Trust>,
) -> Response {
    with(body, |body| played(sandbox.trust_client(&id, &body.client_id, body.trusted)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionLength {
    /// `None`: without end.
    ms: Option<i64>,
}

async fn session_length(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<SessionLength>,
) -> Response {
    with(body, |body| played(sandbox.set_session_length(&id, body.ms)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddDomainAlias {
    alias: String,
    parent: String,
    #[serde(default)]
    verified: bool,
}

async fn add_domain_alias(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<AddDomainAlias>,
) -> Response {
    with(body, |body| {
        played(sandbox.add_domain_alias(&id, &body.alias, &body.parent, body.verified))
    })
}

async fn remove_domain(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<NamedDomain>,
) -> Response {
    with(body, |body| played(sandbox.remove_domain(&id, &body.domain)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddDomain {
    domain: String,
    #[serde(default)]
    verified: bool,
}

async fn add_domain(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<AddDomain>,
) -> Response {
    with(body, |body| played(sandbox.add_domain(&id, &body.domain, body.verified)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedDomain {
    domain: String,
}

async fn verify_domain(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<NamedDomain>,
) -> Response {
    with(body, |body| played(sandbox.verify_domain(&id, &body.domain)))
}

async fn primary_domain(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<NamedDomain>,
) -> Response {
    with(body, |body| played(sandbox.swap_primary_domain(&id, &body.domain)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForReseller {
    /// Customer id or domain.
    reseller: String,
}

async fn transfer_token(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<ForReseller>,
) -> Response {
    with(body, |body| made("token", sandbox.make_transfer_token(&id, &body.reseller)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOver {
    /// By customer id; `None`: to Google.
    #[serde(default)]
    reseller: Option<String>,
}

async fn hand_over(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<HandOver>,
) -> Response {
    with(body, |body| played(sandbox.hand_over(&id, body.reseller.as_deref())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restrict {
    scopes: BTreeSet<String>,
}

async fn restrict(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<Restrict>,
) -> Response {
    with(body, |body| played(sandbox.restrict_scopes(&id, body.scopes)))
}

async fn add_subscription(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<NewSubscription>,
) -> Response {
    with(body, |new| made("id", sandbox.add_subscription(&id, &new)))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Alter {
    Seats(i32),
    Plan(PlanName),
    /// Google's word for what happens at the end of the term.
    Renewal(String),
    /// Seats that the reseller proposes for the next term.
    Proposal(i32),
    /// By Google, for a reason of its own.
    Suspended(bool),
    Cancelled(Yes),
}

/// `true` and nothing else: what is cancelled stays so.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
struct Yes;

impl TryFrom<bool> for Yes {
    type Error = &'static str;

    fn try_from(yes: bool) -> Result<Yes, Self::Error> {
        if yes { Ok(Yes) } else { Err("what is cancelled stays so") }
    }
}

async fn alter_subscription(
    State(sandbox): State<Sandbox>,
    Path((id, subscription)): Path<(String, String)>,
    body: Body<Alter>,
) -> Response {
    with(body, |body| {
        played(match body {
            Alter::Seats(seats) => sandbox.change_seats(&id, &subscription, seats),
            Alter::Plan(plan) => sandbox.change_plan(&id, &subscription, plan),
            Alter::Suspended(on) => sandbox.suspend_by_google(&id, &subscription, on),
            Alter::Renewal(kind) => sandbox.change_renewal(&id, &subscription, &kind),
            Alter::Proposal(seats) => sandbox.propose_seats(&id, &subscription, seats),
            Alter::Cancelled(Yes) => sandbox.cancel_subscription(&id, &subscription),
        })
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotEntitled {
    /// SKU ids and countries of two capital letters.
    closed: BTreeSet<String>,
}

async fn not_entitled(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<NotEntitled>,
) -> Response {
    with(body, |body| played(sandbox.set_not_entitled(&id, body.closed)))
}
