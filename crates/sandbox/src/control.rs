//! The control API below `/sandbox/v1`: what exists here, and the parts of the people around the API. Documented in
//! the crate's README. Nobody is asked who they are: serve it on loopback, or to people who may do everything here.

use std::collections::BTreeSet;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::FaultRule;
use crate::outside::CannotPlay;
use crate::reseller::rules;
use crate::sandbox::Sandbox;
use crate::settings::Api;
use crate::world::{Address, Customer, CustomerType, Lag, Owner, World};

pub(crate) fn routes(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/sandbox/v1/state", get(state))
        .route("/sandbox/v1/customers", post(add_customer))
        .route("/sandbox/v1/customers/{id}", get(customer))
        .route("/sandbox/v1/accept-terms", post(accept_terms))
        .route("/sandbox/v1/faults", post(add_fault).delete(clear_faults))
        .route("/sandbox/v1/lag", post(set_lag))
        .route("/sandbox/v1/clients/{id}/apis", post(set_apis))
        .route("/sandbox/v1/grants/revoke", post(revoke))
        .route("/sandbox/v1/users/password", post(change_password))
        .route("/sandbox/v1/advance", post(advance))
        .with_state(sandbox.clone())
}

type Body<T> = Result<Json<T>, JsonRejection>;

fn refused(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(json!({"error": message.into()}))).into_response()
}

fn done() -> Response {
    Json(json!({"done": true})).into_response()
}

/// The body, or the refusal that says what is wrong with it.
fn read<T>(body: Body<T>) -> Result<T, Box<Response>> {
    match body {
        Ok(Json(body)) => Ok(body),
        Err(rejection) => Err(Box::new(refused(rejection.status(), rejection.body_text()))),
    }
}

fn played(result: Result<(), CannotPlay>) -> Response {
    match result {
        Ok(()) => done(),
        Err(error @ CannotPlay::Unknown(_)) => refused(StatusCode::NOT_FOUND, error.to_string()),
        Err(error @ CannotPlay::NoAdministrator(_)) => {
            refused(StatusCode::CONFLICT, error.to_string())
        }
    }
}

fn shown(world: &World, customer: &Customer) -> Value {
    let mut shown = json!(customer);
    let users: Vec<Value> = world
        .users_of(&customer.id)
        .map(|user| {
            let mut shown = json!(user);
            if let Some(members) = shown.as_object_mut() {
                members.remove("password_sha256");
            }
            shown
        })
        .collect();
    let subscriptions: Vec<Value> = world
        .subscriptions_of(&customer.id)
        .map(|subscription| {
            let mut shown = json!(subscription);
            shown["status"] = json!(subscription.status());
            shown
        })
        .collect();
    let licences: Vec<&_> =
        world.licences.values().filter(|licence| licence.customer_id == customer.id).collect();
    shown["users"] = users.into();
    shown["subscriptions"] = subscriptions.into();
    shown["licences"] = json!(licences);
    shown
}

#[derive(Deserialize)]
struct StateQuery {
    /// How many of the last calls are shown.
    #[serde(default = "calls_shown")]
    calls: usize,
}

fn calls_shown() -> usize {
    200
}

/// Everything but tokens, secrets and passwords.
async fn state(State(sandbox): State<Sandbox>, Query(query): Query<StateQuery>) -> Response {
    let now_ms = sandbox.now_ms();
    let body = sandbox.inspect(|world| {
        let customers: Vec<Value> =
            world.customers.values().map(|customer| shown(world, customer)).collect();
        let skipped = world.calls.len().saturating_sub(query.calls);
        let calls: Vec<&_> = world.calls.iter().skip(skipped).collect();
        json!({
            "now_ms": now_ms,
            "customers": customers,
            "mails": world.mails,
            "clients": world.clients,
            "grants": world.grants.values().collect::<Vec<_>>(),
            "lag_ms": world.lag_ms,
            "faults": world.faults,
            "calls": calls,
            "call_counts": world.call_counts,
        })
    });
    Json(body).into_response()
}

async fn customer(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let found = sandbox.inspect(|world| world.customer(&id).map(|found| shown(world, found)));
    match found {
        Some(body) => Json(body).into_response(),
        None => refused(StatusCode::NOT_FOUND, format!("there is no customer {id}")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptTerms {
    customer: String,
}

async fn accept_terms(State(sandbox): State<Sandbox>, body: Body<AcceptTerms>) -> Response {
    match read(body) {
        Ok(body) => played(sandbox.accept_terms(&body.customer)),
        Err(response) => *response,
    }
}

async fn add_fault(State(sandbox): State<Sandbox>, body: Body<FaultRule>) -> Response {
    match read(body) {
        Ok(rule) if rule.percent > 100 => {
            refused(StatusCode::BAD_REQUEST, "percent goes from 0 to 100")
        }
        Ok(rule) => {
            sandbox.add_fault(rule);
            done()
        }
        Err(response) => *response,
    }
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Response {
    sandbox.clear_faults();
    done()
}

async fn set_lag(State(sandbox): State<Sandbox>, body: Body<Lag>) -> Response {
    match read(body) {
        Ok(lag) => {
            sandbox.alter(|world| world.lag_ms = lag);
            done()
        }
        Err(response) => *response,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetApis {
    #[serde(default)]
    enable: BTreeSet<Api>,
    #[serde(default)]
    disable: BTreeSet<Api>,
}

async fn set_apis(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<SetApis>,
) -> Response {
    match read(body) {
        Ok(body) => played(sandbox.alter_client(&id, |client| {
            client.apis.extend(body.enable);
            client.apis.retain(|api| !body.disable.contains(api));
        })),
        Err(response) => *response,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    email: String,
    #[serde(default)]
    client_id: Option<String>,
}

async fn revoke(State(sandbox): State<Sandbox>, body: Body<Revoke>) -> Response {
    match read(body) {
        Ok(body) => played(sandbox.revoke_consent(&body.email, body.client_id.as_deref())),
        Err(response) => *response,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    email: String,
    password: String,
}

async fn change_password(State(sandbox): State<Sandbox>, body: Body<ChangePassword>) -> Response {
    match read(body) {
        Ok(body) => played(sandbox.change_password(&body.email, &body.password)),
        Err(response) => *response,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: i64,
}

async fn advance(State(sandbox): State<Sandbox>, body: Body<Advance>) -> Response {
    match read(body) {
        Ok(body) if body.ms < 0 => refused(StatusCode::BAD_REQUEST, "time goes forward only"),
        Ok(body) => {
            sandbox.advance_ms(body.ms);
            Json(json!({"now_ms": sandbox.now_ms()})).into_response()
        }
        Err(response) => *response,
    }
}

/// A customer that Google or another reseller has already.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddCustomer {
    domain: String,
    /// `None`: a direct customer of Google.
    #[serde(default)]
    reseller: Option<String>,
    #[serde(default)]
    organization: String,
}

async fn add_customer(State(sandbox): State<Sandbox>, body: Body<AddCustomer>) -> Response {
    let body = match read(body) {
        Ok(body) => body,
        Err(response) => return *response,
    };
    let Ok(domain) = rules::domain(&body.domain) else {
        return refused(StatusCode::BAD_REQUEST, "that isn't a domain");
    };
    let now_ms = sandbox.now_ms();
    let added = sandbox.alter(|world| {
        if world.customer(&domain).is_some() {
            return None;
        }
        let id = format!("C0{}", world.chance.base36("customer", 7));
        let owner = match body.reseller {
            Some(customer_id) => Owner::Reseller { customer_id },
            None => Owner::Google,
        };
        let customer = Customer {
            id: id.clone(),
            domain,
            domain_verified: true,
            secondary_domains: BTreeSet::new(),
            customer_type: CustomerType::Domain,
            alternate_email: String::new(),
            phone_number: String::new(),
            address: Address { organization_name: body.organization, ..Address::default() },
            language: "en".to_owned(),
            owner,
            is_reseller: false,
            reseller_access: true,
            terms_accepted: true,
            created_at_ms: now_ms,
        };
        world.customers.insert(id.clone(), customer);
        Some(id)
    });
    match added {
        Some(id) => (StatusCode::CREATED, Json(json!({"id": id}))).into_response(),
        None => refused(StatusCode::CONFLICT, "there is a customer with this domain already"),
    }
}
