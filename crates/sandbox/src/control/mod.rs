//! The control API below `/sandbox/v1`: what exists here, and the parts of the people around the API. Documented in
//! the crate's README. Nobody is asked who they are: serve it on loopback, or to people who may do everything here.

mod customers;
mod people;
mod state;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::clock::LATEST_MS;
use crate::faults::FaultRule;
use crate::outside::CannotPlay;
use crate::quotas::Quotas;
use crate::sandbox::Sandbox;
use crate::settings::Switches;
use crate::world::Lag;

/// One call: its verb, its path below `/sandbox/v1/`, and what answers it.
struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds the README to it"))]
    verb: &'static str,
    path: &'static str,
    handler: MethodRouter<Sandbox>,
}

fn read<H: Handler<T, Sandbox>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { verb: "GET", path, handler: get(handler) }
}

fn posted<H: Handler<T, Sandbox>, T: 'static>(path: &'static str, handler: H) -> Route {
    Route { verb: "POST", path, handler: post(handler) }
}

fn table() -> Vec<Route> {
    let mut all = vec![
        read("state", state::all),
        read("customers/{id}", state::customer),
        read("switches", switches),
        posted("switches", set_switches),
        posted("faults", add_fault),
        Route { verb: "DELETE", path: "faults", handler: delete(clear_faults) },
        posted("lag", set_lag),
        posted("quotas", set_quotas),
        posted("quotas/google", set_google_quotas),
        posted("advance", advance),
        posted("dns", publish),
        posted("dns/withdraw", withdraw),
    ];
    all.extend(customers::routes());
    all.extend(people::routes());
    all
}

/// Verb and path of every call.
#[cfg(test)]
pub(crate) fn calls() -> Vec<String> {
    table().iter().map(|route| format!("{} {}", route.verb, route.path)).collect()
}

pub(crate) fn routes(sandbox: &Sandbox) -> Router {
    let add = |router: Router<Sandbox>, Route { path, handler, .. }| {
        router.route(&format!("/sandbox/v1/{path}"), handler)
    };
    table()
        .into_iter()
        .fold(Router::new(), add)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        // Some calls need no body, and so nothing that a page of another site couldn't send.
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(say_why))
        .with_state(sandbox.clone())
}

/// A call that a page of another site made somebody's browser send.
async fn say_why(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    refused(StatusCode::FORBIDDEN, "a page of another site may not call this")
}

/// Most bytes of one call: everything it takes is short.
const BODY_BYTES_MAX: usize = 16 * 1024;

type Body<T> = Result<Json<T>, JsonRejection>;

fn refused(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(json!({"error": message.into()}))).into_response()
}

fn done() -> Response {
    Json(json!({"done": true})).into_response()
}

/// Reads the body and does something with it, or says what is wrong with it.
fn with<T>(body: Body<T>, f: impl FnOnce(T) -> Response) -> Response {
    match body {
        Ok(Json(body)) => f(body),
        Err(rejection) => refused(rejection.status(), rejection.body_text()),
    }
}

fn cannot(error: &CannotPlay) -> Response {
    let status = match error {
        CannotPlay::Unknown(_) => StatusCode::NOT_FOUND,
        CannotPlay::NoAdministrator(_)
        | CannotPlay::Taken(_)
        | CannotPlay::TooLate(_)
        | CannotPlay::InTheWay(_) => StatusCode::CONFLICT,
        CannotPlay::Malformed(_) => StatusCode::BAD_REQUEST,
    };
    refused(status, error.to_string())
}

fn played(result: Result<(), CannotPlay>) -> Response {
    result.map_or_else(|error| cannot(&error), |()| done())
}

/// 201 with what was made under this name.
fn made(name: &str, result: Result<String, CannotPlay>) -> Response {
    match result {
        Ok(text) => (StatusCode::CREATED, Json(json!({name: text}))).into_response(),
        Err(error) => cannot(&error),
    }
}

async fn add_fault(State(sandbox): State<Sandbox>, body: Body<FaultRule>) -> Response {
    with(body, |rule| {
        if let Some(wrong) = rule.fault_in_it() {
            return refused(StatusCode::BAD_REQUEST, wrong);
        }
        sandbox.add_fault(rule);
        done()
    })
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Response {
    sandbox.clear_faults();
    done()
}

async fn switches(State(sandbox): State<Sandbox>) -> Response {
    Json(json!(*sandbox.switches())).into_response()
}

/// Turns those that are named; the others stay as they are.
async fn set_switches(State(sandbox): State<Sandbox>, body: Body<Map<String, Value>>) -> Response {
    with(body, |given| {
        let mut all = json!(*sandbox.switches());
        for (name, value) in given {
            all[name] = value;
        }
        match serde_json::from_value::<Switches>(all.clone()) {
            Ok(_) if !all.as_object().into_iter().flat_map(Map::values).all(is_sensible) => {
                refused(
                    StatusCode::BAD_REQUEST,
                    format!("a switch that is a number goes from 1 to {SWITCH_MAX}"),
                )
            }
            Ok(turned) => {
                sandbox.set_switches(turned);
                Json(all).into_response()
            }
            Err(error) => refused(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        }
    })
}

/// More would mean nothing for any of them.
const SWITCH_MAX: u64 = 1_000_000;

fn is_sensible(value: &Value) -> bool {
    !value.is_number() || value.as_u64().is_some_and(|number| (1..=SWITCH_MAX).contains(&number))
}

/// A month: Google's slowest thing takes a day. Source: google-quotas.json `latency`
const LAG_MS_MAX: i64 = 30 * 86_400_000;

async fn set_lag(State(sandbox): State<Sandbox>, body: Body<Lag>) -> Response {
    with(body, |lag| {
        let all = json!(lag);
        let mut each = all.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_i64);
        if !each.all(|ms| (0..=LAG_MS_MAX).contains(&ms)) {
            let message = format!("each lag goes from 0 to {LAG_MS_MAX} ms");
            return refused(StatusCode::BAD_REQUEST, message);
        }
        sandbox.change(|world, _| world.lag_ms = lag);
        done()
    })
}

async fn set_quotas(State(sandbox): State<Sandbox>, body: Body<Quotas>) -> Response {
    with(body, |quotas| {
        sandbox.change(|world, _| world.quotas = quotas);
        done()
    })
}

async fn set_google_quotas(State(sandbox): State<Sandbox>) -> Response {
    sandbox.change(|world, _| world.quotas = Quotas::google());
    done()
}

/// Every renewal on the way is lived through, so far goes take their time.
const ADVANCE_MS_MAX: i64 = 100 * 366 * 86_400_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: i64,
}

async fn advance(State(sandbox): State<Sandbox>, body: Body<Advance>) -> Response {
    with(body, |body| {
        if body.ms < 0 {
            return refused(StatusCode::BAD_REQUEST, "time goes forward only");
        }
        if body.ms > ADVANCE_MS_MAX {
            let message = format!("at most {ADVANCE_MS_MAX} ms, a hundred years, at a time");
            return refused(StatusCode::BAD_REQUEST, message);
        }
        if sandbox.now_ms().saturating_add(body.ms) > LATEST_MS {
            return refused(StatusCode::BAD_REQUEST, "the calendar ends with the year 9998");
        }
        sandbox.advance_ms(body.ms);
        Json(json!({"now_ms": sandbox.now_ms()})).into_response()
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    host: String,
    /// `TXT …`, `CNAME …`, `FILE …` or `META …`.
    record: String,
}

async fn publish(State(sandbox): State<Sandbox>, body: Body<Record>) -> Response {
    with(body, |body| {
        sandbox.publish_record(&body.host, &body.record);
        done()
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdraw {
    host: String,
    #[serde(default)]
    record: Option<String>,
}

async fn withdraw(State(sandbox): State<Sandbox>, body: Body<Withdraw>) -> Response {
    with(body, |body| {
        sandbox.withdraw_record(&body.host, body.record.as_deref());
        done()
    })
}
