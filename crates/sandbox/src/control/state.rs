//! What exists, as JSON. No tokens, secrets or passwords.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::sandbox::Sandbox;
use crate::world::{Customer, User, World, below};

fn shown_user(user: &User) -> Value {
    let mut shown = json!(user);
    if let Some(members) = shown.as_object_mut() {
        members.remove("password_sha256");
    }
    shown
}

fn shown(world: &World, customer: &Customer) -> Value {
    let mut shown = json!(customer);
    let users: Vec<Value> = world.users_of(&customer.id).map(shown_user).collect();
    let subscriptions: Vec<Value> = world
        .subscriptions_of(&customer.id)
        .map(|subscription| {
            let mut shown = json!(subscription);
            shown["status"] = json!(subscription.status());
            if let Some(note) = world.subscription_notes.get(&subscription.key()) {
                shown["note"] = json!(note);
            }
            shown
        })
        .collect();
    let below_id = format!("{}/", customer.id);
    let licences: Vec<&_> = below(&world.licences, &below_id).collect();
    let units: Vec<&_> = below(&world.org_units, &below_id).collect();
    let groups: Vec<&_> =
        world.groups.values().filter(|group| group.customer_id == customer.id).collect();
    shown["users"] = users.into();
    shown["subscriptions"] = subscriptions.into();
    shown["licences"] = json!(licences);
    shown["org_units"] = json!(units);
    shown["groups"] = json!(groups);
    shown
}

#[derive(Deserialize)]
pub(super) struct StateQuery {
    /// How many of the last calls are shown.
    #[serde(default = "calls_shown")]
    calls: usize,
}

fn calls_shown() -> usize {
    200
}

pub(super) async fn all(
    State(sandbox): State<Sandbox>,
    Query(query): Query<StateQuery>,
) -> Response {
    let now_ms = sandbox.now_ms();
    let switches = sandbox.switches();
    let body = sandbox.inspect(|world| {
        let customers: Vec<Value> =
            world.customers.values().map(|customer| shown(world, customer)).collect();
        let skipped = world.calls.len().saturating_sub(query.calls);
        let calls: Vec<&_> = world.calls.iter().skip(skipped).collect();
        let deleted: Vec<Value> = world
            .deleted_users
            .values()
            .map(
                |gone| json!({"user": shown_user(&gone.user), "deleted_at_ms": gone.deleted_at_ms}),
            )
            .collect();
        let gone: Vec<Value> = world
            .deleted_accounts
            .iter()
            .map(|(id, gone)| {
                json!({"id": id, "domain": gone.customer.domain, "deleted_at_ms": gone.deleted_at_ms})
            })
            .collect();
        let sites: Vec<Value> = world
            .web_resources
            .values()
            .map(|site| json!({"id": site.id, "owners": site.owners, "method": site.method}))
            .collect();
        json!({
            "now_ms": now_ms,
            "customers": customers,
            "deleted_users": deleted,
            "deleted_customers": gone,
            "trusted_clients": world.trusted_clients,
            "session_lengths_ms": world.session_lengths_ms,
            "access_limits_ms": world.access_limits_ms,
            "consumer_accounts": world.unmanaged,
            "switches": *switches,
            "mails": world.mails,
            "clients": world.clients,
            "grants": world.grants.values().collect::<Vec<_>>(),
            "restricted_scopes": world.restricted_scopes,
            "not_entitled": world.not_entitled,
            "watches": world.watches,
            "notices": world.notices,
            "dns": world.dns,
            "web_resources": sites,
            "lag_ms": world.lag_ms,
            "quotas": world.quotas,
            "faults": world.faults,
            "calls": calls,
            "call_counts": world.call_counts,
        })
    });
    Json(body).into_response()
}

pub(super) async fn customer(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let found = sandbox.inspect(|world| world.customer(&id).map(|found| shown(world, found)));
    match found {
        Some(body) => Json(body).into_response(),
        None => refused(StatusCode::NOT_FOUND, format!("there is no customer {id}")),
    }
}
