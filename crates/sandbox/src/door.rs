//! The way of every call: who asks, may it, does a fault play, the rules, the record, the snapshot.
//! The order of the checks is this file's; what they say is not.
//! Source: google-semantics.md §11 "Validation order" [I]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use axum::{Router, middleware};
use bytes::Bytes;
use http::{HeaderMap, Method as Verb};
use serde_json::{Value, json};

use crate::call::{Call, Caller, Query, check_query};
use crate::envelope::{ApiError, OAuthError};
use crate::faults::{Drawn, Fault, draw};
use crate::methods::{Method, table};
use crate::oauth::bearer;
use crate::reply::{DELAY_HEADER, Reply};
use crate::sandbox::Sandbox;
use crate::settings::{Api, SandboxClock};
use crate::shape;
use crate::world::{CALLS_KEPT_MAX, CallRecord, World};
use crate::{control, oauth, page};

/// The biggest body that is read, in bytes: a Gmail message of 35 MiB in base64 and its frame.
/// Source: google-semantics.md §5.1 {DISC-GM}
const BODY_BYTES_MAX: usize = 49 * 1024 * 1024;

pub(crate) fn router(sandbox: &Sandbox) -> Router {
    let mut router = Router::new();
    for method in table() {
        router = router.route(method.path, api_route(sandbox, method));
    }
    router
        .merge(oauth::routes(sandbox))
        .merge(control::routes(sandbox))
        .route("/", get(page::home))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::map_response(page::harden))
}

/// A wrong path is answered by the front end, in HTML. Source: google-semantics.md §7.2 "Non-JSON bodies" {F-GAM}
async fn not_found() -> Response {
    Reply::front_end_page(404, "The requested URL was not found on this server.").into_response()
}

fn api_route(sandbox: &Sandbox, method: Method) -> MethodRouter {
    let filter = MethodFilter::try_from(method.verb.clone()).unwrap_or(MethodFilter::GET);
    let method = Arc::new(method);
    let sandbox = sandbox.clone();
    on(filter, move |path: RawPathParams, request: Request| {
        let path: BTreeMap<String, String> =
            path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        answer_api(sandbox.clone(), method.clone(), path, request)
    })
}

/// The parts of a request that rules and records need.
pub(crate) struct Arrived {
    pub(crate) verb: Verb,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// `None` when the body is too big or breaks off.
pub(crate) async fn arrive(request: Request) -> Option<Arrived> {
    let (head, body) = request.into_parts();
    Some(Arrived {
        verb: head.method,
        path: head.uri.path().to_owned(),
        query: Query::parse(head.uri.query().unwrap_or_default()),
        headers: head.headers,
        body: to_bytes(body, BODY_BYTES_MAX).await.ok()?,
    })
}

/// What a call is about, for faults and the record.
pub(crate) struct Subject {
    pub(crate) method: &'static str,
    pub(crate) customer: Option<String>,
    pub(crate) verb: Verb,
    pub(crate) path: String,
    pub(crate) mutates: bool,
    /// `None` for OAuth endpoints, which have their own form of refusal.
    pub(crate) api: Option<Api>,
}

async fn answer_api(
    sandbox: Sandbox,
    method: Arc<Method>,
    path: BTreeMap<String, String>,
    request: Request,
) -> Response {
    let format = sandbox.settings().switches.error_format;
    let Some(arrived) = arrive(request).await else {
        return Reply::refusal(&ApiError::too_large(), format).into_response();
    };
    let body = serde_json::from_slice::<Value>(&arrived.body);
    let subject = Subject {
        method: method.id,
        customer: customer_of(&sandbox, &path, &arrived.query, body.as_ref().ok()),
        verb: arrived.verb.clone(),
        path: arrived.path.clone(),
        mutates: method.mutates(),
        api: Some(method.api),
    };
    let caller = {
        let now_ms = sandbox.now_ms();
        let world = sandbox.world();
        bearer::admit(&world, sandbox.settings(), now_ms, &method, &arrived)
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) => {
            let reply = Reply::refusal(&error, format);
            record(&mut sandbox.world(), &subject, sandbox.now_ms(), reply.status, None);
            return reply.into_response();
        }
    };
    pass(&sandbox, &subject, |world, now_ms| {
        let body = match read_body(&sandbox, &method, &arrived, body) {
            Ok(body) => body,
            Err(error) => return Reply::refusal(&error, format),
        };
        run(&sandbox, &method, caller, world, now_ms, &path, &arrived.query, body)
            .unwrap_or_else(|error| Reply::refusal(&error, format))
    })
    .await
}

fn read_body(
    sandbox: &Sandbox,
    method: &Method,
    arrived: &Arrived,
    body: serde_json::Result<Value>,
) -> Result<Value, ApiError> {
    let strict = sandbox.settings().switches.refuse_unknown_fields;
    if strict {
        check_query(&arrived.query, method.query)?;
    }
    let Some((root, shape)) = method.body else {
        return Ok(json!({}));
    };
    if arrived.body.is_empty() {
        return Ok(json!({}));
    }
    let body = body.map_err(|error| {
        ApiError::payload("", format!("Invalid JSON payload received. Unexpected token.\n{error}"))
    })?;
    shape::check(shape, &body, root, strict)?;
    Ok(body)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one call, put together here only")]
fn run(
    sandbox: &Sandbox,
    method: &Method,
    caller: Caller,
    world: &mut World,
    now_ms: i64,
    path: &BTreeMap<String, String>,
    query: &Query,
    body: Value,
) -> Result<Reply, ApiError> {
    let mut call = Call { world, settings: sandbox.settings(), now_ms, caller, path, query, body };
    (method.run)(&mut call)
}

/// The customer that a call is about: from the path, the query, the body, or a user's address.
fn customer_of(
    sandbox: &Sandbox,
    path: &BTreeMap<String, String>,
    query: &Query,
    body: Option<&Value>,
) -> Option<String> {
    let in_body = |pointer| body.and_then(|body| shape::text(body, pointer));
    let direct = path
        .get("customerId")
        .or_else(|| path.get("customerKey"))
        .map(String::as_str)
        .or_else(|| ["customerId", "customer", "domain"].iter().find_map(|name| query.get(name)))
        .or_else(|| in_body("/customerDomain"));
    let world = sandbox.world();
    if let Some(direct) = direct {
        return Some(world.customer(direct).map_or(direct, |customer| &customer.id).to_owned());
    }
    let user = path
        .get("userKey")
        .or_else(|| path.get("userId"))
        .map(String::as_str)
        .or_else(|| in_body("/primaryEmail"))
        .or_else(|| in_body("/userId"))?;
    if let Some(user) = world.user(user) {
        return Some(user.customer_id.clone());
    }
    let (_, domain) = user.rsplit_once('@')?;
    Some(world.customer(domain).map_or(domain, |customer| &customer.id).to_owned())
}

/// Plays the fault that is drawn for the call around its rules, and writes everything down.
pub(crate) async fn pass(
    sandbox: &Sandbox,
    subject: &Subject,
    rules: impl FnOnce(&mut World, i64) -> Reply,
) -> Response {
    let drawn = draw(&mut sandbox.world(), subject.method, subject.customer.as_deref());
    let waits = sandbox.clock_kind() == SandboxClock::Real;
    if drawn.slow_ms > 0 && waits {
        linger(drawn.slow_ms).await;
    }
    let (reply, applied) = {
        let mut world = sandbox.world();
        let now_ms = sandbox.now_ms();
        let (reply, applied) = match before(&drawn, subject.api, sandbox) {
            Some(reply) => (reply, false),
            None => (rules(&mut world, now_ms), true),
        };
        let reply = match (&drawn.fault, applied) {
            (Some(Fault::AnswerLost), true) => Reply::dropped(),
            (Some(Fault::ErrorAfterApply), true) => failed(subject.api, sandbox),
            _ => reply,
        };
        let unseen = matches!(drawn.fault, Some(Fault::AnswerLost | Fault::RefusedBefore));
        let status = if unseen { 0 } else { reply.status };
        record(&mut world, subject, now_ms, status, fault_name(&drawn));
        if applied && subject.mutates {
            sandbox.keep(&world);
        }
        (reply, applied)
    };
    let reply = if drawn.slow_ms > 0 && !waits {
        reply.with_header(DELAY_HEADER, drawn.slow_ms.to_string())
    } else {
        reply
    };
    match drawn.fault {
        Some(Fault::MalformedBody) if applied => reply.halved(),
        _ => reply.into_response(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow answer is this sandbox's product")]
async fn linger(ms: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
}

fn fault_name(drawn: &Drawn) -> Option<&'static str> {
    drawn.fault.as_ref().map(Fault::name).or((drawn.slow_ms > 0).then_some("slow_ms"))
}

/// The answer of a fault that keeps the call from being carried out.
fn before(drawn: &Drawn, api: Option<Api>, sandbox: &Sandbox) -> Option<Reply> {
    let refuse = |error: &dyn Fn(Api) -> ApiError, flat: OAuthError| match api {
        Some(api) => Reply::refusal(&error(api), sandbox.settings().switches.error_format),
        None => Reply::oauth_refusal(&flat),
    };
    Some(match drawn.fault.as_ref()? {
        Fault::RefusedBefore => Reply::dropped(),
        Fault::TooManyRequests { retry_after_s } => {
            let reply = refuse(
                &|api| ApiError::too_many_requests(api, *retry_after_s),
                OAuthError::new(429, "rate_limit_exceeded", "Rate Limit Exceeded"),
            );
            match (api, retry_after_s) {
                (None, Some(seconds)) => reply.with_header("retry-after", seconds.to_string()),
                _ => reply,
            }
        }
        Fault::QuotaForbidden => refuse(
            &ApiError::quota_forbidden,
            OAuthError::new(403, "rate_limit_exceeded", "Rate Limit Exceeded"),
        ),
        Fault::ErrorBefore => refuse(
            &|_| ApiError::unavailable(),
            OAuthError::new(503, "internal_failure", "Backend Error"),
        ),
        Fault::HtmlError => Reply::front_end_page(
            502,
            "The server encountered a temporary error and could not complete your request.",
        ),
        Fault::AnswerLost | Fault::ErrorAfterApply | Fault::SlowMs(_) | Fault::MalformedBody => {
            return None;
        }
    })
}

/// Source: google-semantics.md §1.4 `internal_failure` {F-GAM}, §5.3 500
fn failed(api: Option<Api>, sandbox: &Sandbox) -> Reply {
    match api {
        Some(_) => Reply::refusal(&ApiError::internal(), sandbox.settings().switches.error_format),
        None => Reply::oauth_refusal(&OAuthError::new(500, "internal_failure", "Backend Error")),
    }
}

fn record(
    world: &mut World,
    subject: &Subject,
    now_ms: i64,
    status: u16,
    fault: Option<&'static str>,
) {
    *world.call_counts.entry(subject.method.to_owned()).or_default() += 1;
    if world.calls.len() == CALLS_KEPT_MAX {
        world.calls.pop_front();
    }
    world.calls.push_back(CallRecord {
        at_ms: now_ms,
        method: subject.method.to_owned(),
        verb: subject.verb.to_string(),
        path: subject.path.clone(),
        customer: subject.customer.clone(),
        status,
        fault: fault.map(str::to_owned),
    });
}
