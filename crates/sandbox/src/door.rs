//! The way of every call: which method, who asks, may it, does a fault play, the rules, the record, the snapshot.
//! The order of the checks is this file's; what they say is not.
//! Source: google-semantics.md §11 "Validation order" [I]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;
use axum::{Router, middleware};
use bytes::Bytes;
use http::header::IF_MATCH;
use http::{HeaderMap, HeaderName, Method as Verb};
use serde_json::{Value, json};
use tower_http::compression::CompressionLayer;

use crate::call::{Call, Caller, Companion, Deed, Query, check_query};
use crate::envelope::{ApiError, OAuthError};
use crate::faults::{Drawn, Fault, draw};
use crate::methods::Method;
use crate::oauth::bearer;
use crate::reply::{Content, DELAY_HEADER, Reply};
use crate::routes::Routes;
use crate::sandbox::Sandbox;
use crate::settings::{Api, ErrorFormat, SandboxClock};
use crate::upload::Piece;
use crate::world::{CALLS_KEPT_MAX, CallRecord, World};
use crate::{batch, control, face, oauth, page, partial, quotas, shape, upload};

/// The biggest body that is read, in bytes: a Gmail message of 35 MiB in base64 and its frame.
/// Source: google-semantics.md §5.1 {DISC-GM}
const BODY_BYTES_MAX: usize = 49 * 1024 * 1024;

pub(crate) fn router(sandbox: &Sandbox) -> Router {
    let routes = Arc::new(Routes::new());
    let world = sandbox.clone();
    let turned = sandbox.clone();
    oauth::routes(sandbox)
        .merge(control::routes(sandbox))
        .merge(face::routes(sandbox))
        .fallback(move |request: Request| enter(world.clone(), routes.clone(), request))
        .method_not_allowed_fallback(not_found)
        .layer(CompressionLayer::new())
        .layer(middleware::map_request(move |request| {
            let strict = turned.switches().gzip_needs_user_agent;
            async move { plain(request, strict) }
        }))
        .layer(middleware::map_response(page::harden))
}

/// Compression is only for those who ask for it twice. Source: google-semantics.md §7.3 {DIR-PERF}
fn plain(mut request: Request, strict: bool) -> Request {
    let agent = partial::header(request.headers(), http::header::USER_AGENT).unwrap_or_default();
    if strict && !agent.contains("gzip") {
        request.headers_mut().remove(http::header::ACCEPT_ENCODING);
    }
    request
}

/// A wrong path is answered by the front end, in HTML. Source: google-semantics.md §7.2 "Non-JSON bodies" {F-GAM}
async fn not_found() -> Response {
    no_such_page().into_response()
}

pub(crate) fn no_such_page() -> Reply {
    Reply::front_end_page(404, "The requested URL was not found on this server.")
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

/// A call of an API method that was let in, ready for its rules.
pub(crate) struct Job<'a> {
    pub(crate) routes: &'a Routes,
    pub(crate) method: &'a Method,
    pub(crate) path: BTreeMap<String, String>,
    pub(crate) arrived: Arrived,
    pub(crate) body: serde_json::Result<Value>,
    pub(crate) caller: Caller,
    pub(crate) subject: Subject,
}

async fn enter(sandbox: Sandbox, routes: Arc<Routes>, request: Request) -> Response {
    let format = sandbox.switches().error_format;
    let Some(mut arrived) = arrive(request).await else {
        return Reply::refusal(&ApiError::too_large(), format).into_response();
    };
    // Source: §7.3 "X-HTTP-Method-Override" {DIR-PERF}
    let override_name = HeaderName::from_static("x-http-method-override");
    if arrived.verb == Verb::POST
        && let Some(verb) = partial::header(&arrived.headers, override_name)
        && let Ok(verb) = Verb::from_bytes(verb.trim().as_bytes())
    {
        arrived.verb = verb;
    }
    if upload::is_piece(&arrived) {
        match upload::take_in(&sandbox, &routes, arrived) {
            Ok(Piece::Whole(whole)) => arrived = whole,
            Ok(Piece::Answer(reply)) => return reply.into_response(),
            Err(error) => return Reply::refusal(&error, format).into_response(),
        }
    }
    if arrived.verb == Verb::POST && batch::is_for(&arrived.path) {
        return batch::answer(&sandbox, &routes, arrived).await;
    }
    match admit(&sandbox, &routes, arrived) {
        Ok(job) => {
            let drawn = drawn(&sandbox, &job.subject);
            linger(&sandbox, drawn.slow_ms).await;
            let together = companion(&job).into_iter().collect::<Vec<_>>();
            let mut world = sandbox.settled();
            let (reply, applied) = carry_out(&sandbox, &mut world, &job, &drawn, &together);
            if applied && job.subject.mutates {
                sandbox.keep(&world);
            }
            drop(world);
            late(&sandbox, reply, drawn.slow_ms).into_response()
        }
        Err(reply) => reply.into_response(),
    }
}

/// The way to the rules: which method, whose token, which API, how much asked already. Refusals are written down here.
pub(crate) fn admit<'a>(
    sandbox: &Sandbox,
    routes: &'a Routes,
    arrived: Arrived,
) -> Result<Job<'a>, Box<Reply>> {
    let format = format_of(sandbox, &arrived.query);
    let refused = |error: &ApiError| Box::new(Reply::refusal(error, format));
    let Some(found) = routes.find(&arrived.verb, &arrived.path) else {
        return Err(Box::new(no_such_page()));
    };
    let arrived = if found.uploads {
        upload::unpacked(arrived).map_err(|error| refused(&error))?
    } else {
        arrived
    };
    let body = serde_json::from_slice::<Value>(&arrived.body);
    let mut world = sandbox.settled();
    let now_ms = sandbox.now_ms();
    let subject = Subject {
        method: found.method.id,
        customer: customer_of(&world, &found.path, &arrived.query, body.as_ref().ok()),
        verb: arrived.verb.clone(),
        path: arrived.path.clone(),
        mutates: found.method.mutates(),
        api: Some(found.method.api),
    };
    let caller = bearer::admit(&world, &sandbox.switches(), now_ms, found.method, &arrived)
        .and_then(|(caller, project)| {
            let ask = quotas::Ask {
                method: found.method,
                project: &project,
                user: arrived.query.get("quotaUser").unwrap_or(&caller.email),
                customer: subject.customer.as_deref(),
                now_ms,
            };
            let quotas = world.quotas.clone();
            quotas::spend(&quotas, &mut world.spent, &ask).map(|()| caller)
        });
    match caller {
        Ok(caller) => Ok(Job {
            routes,
            method: found.method,
            path: found.path,
            arrived,
            body,
            caller,
            subject,
        }),
        Err(error) => {
            let reply = refused(&error);
            record(&mut world, &subject, now_ms, reply.status, None);
            Err(reply)
        }
    }
}

/// `$.xgafv` chooses the envelope. Source: google-semantics.md §7.3 {DISC-RES}
fn format_of(sandbox: &Sandbox, query: &Query) -> ErrorFormat {
    match query.get("$.xgafv") {
        Some("1") => ErrorFormat::Legacy,
        Some("2") => ErrorFormat::Newer,
        _ => sandbox.switches().error_format,
    }
}

/// What the call stands for in a transfer, alone or with others of its batch.
pub(crate) fn companion(job: &Job<'_>) -> Option<Companion> {
    let query = &job.arrived.query;
    let does = match job.method.id {
        "reseller.subscriptions.insert" if query.get("customerAuthToken").is_some() => {
            Deed::Buys(shape::text(job.body.as_ref().ok()?, "/skuId")?.to_owned())
        }
        "reseller.subscriptions.delete"
            if query.get("deletionType") == Some("transfer_to_direct") =>
        {
            Deed::HandsOver(job.path.get("subscriptionId")?.clone())
        }
        _ => return None,
    };
    Some(Companion { customer: job.path.get("customerId")?.clone(), does })
}

/// The rules of a call, with a fault around them. The second value: it was carried out, whatever is answered.
pub(crate) fn carry_out(
    sandbox: &Sandbox,
    world: &mut World,
    job: &Job<'_>,
    drawn: &Drawn,
    together: &[Companion],
) -> (Reply, bool) {
    let format = format_of(sandbox, &job.arrived.query);
    play(sandbox, world, &job.subject, drawn, |world, now_ms| {
        let reads = !job.method.mutates();
        let answer = run(sandbox, world, now_ms, job, together);
        let reply = answer.unwrap_or_else(|error| Reply::refusal(&error, format));
        partial::shape(reply, &job.arrived.query, &job.arrived.headers, reads)
    })
}

fn run(
    sandbox: &Sandbox,
    world: &mut World,
    now_ms: i64,
    job: &Job<'_>,
    together: &[Companion],
) -> Result<Reply, ApiError> {
    let body = read_body(sandbox, job)?;
    let switches = sandbox.switches();
    let mut call = Call {
        world,
        settings: sandbox.settings(),
        switches: &switches,
        now_ms,
        caller: job.caller.clone(),
        path: &job.path,
        query: &job.arrived.query,
        body,
        together,
    };
    check_etag(&mut call, job)?;
    let reply = (job.method.run)(&mut call)?;
    debug_assert!(
        call.switches().minimum_transferable_seats_as_text || misfit(job.method, &reply).is_none(),
        "{}: {:?}",
        job.method.id,
        misfit(job.method, &reply)
    );
    Ok(reply)
}

/// Where an answer isn't what the table says of the method.
fn misfit(method: &Method, reply: &Reply) -> Option<String> {
    match (&reply.content, method.response) {
        (Content::Json(body), Some(shape)) => shape::misfit(shape, body),
        (Content::Empty, None) => None,
        (content, expected) => Some(format!("{content:?} for {expected:?}")),
    }
}

/// `If-Match` with the tag of another version is 412. Source: google-semantics.md §7.3 {DIR-PERF}
fn check_etag(call: &mut Call<'_>, job: &Job<'_>) -> Result<(), ApiError> {
    let wanted = partial::header(&job.arrived.headers, IF_MATCH).filter(|_| job.method.mutates());
    let (Some(wanted), Some(reader)) = (wanted, job.routes.reader_of(job.method)) else {
        return Ok(());
    };
    let body = std::mem::take(&mut call.body);
    let shown = (reader.run)(call);
    call.body = body;
    match partial::etag_of(&shown?) {
        Some(etag) if !partial::matches(wanted, &etag) => {
            Err(ApiError::condition_not_met("Precondition Failed"))
        }
        _ => Ok(()),
    }
}

fn read_body(sandbox: &Sandbox, job: &Job<'_>) -> Result<Value, ApiError> {
    let strict = sandbox.switches().refuse_unknown_fields;
    check_query(&job.arrived.query, job.method.query, strict)?;
    partial::check(&job.arrived.query, job.method.response)?;
    let Some((root, shape)) = job.method.body else {
        // Not looked at, but for the one that a guide shows where the discovery document has none.
        return Ok(job.body.as_ref().ok().cloned().unwrap_or_else(|| json!({})));
    };
    if job.arrived.body.is_empty() {
        return Ok(json!({}));
    }
    match &job.body {
        Ok(body) => shape::check(shape, body, root, strict).map(|()| body.clone()),
        Err(error) => Err(ApiError::payload(
            "",
            format!("Invalid JSON payload received. Unexpected token.\n{error}"),
        )),
    }
}

/// The customer that a call is about: from the path, the query, the body, or an address.
fn customer_of(
    world: &World,
    path: &BTreeMap<String, String>,
    query: &Query,
    body: Option<&Value>,
) -> Option<String> {
    let in_body = |pointer| body.and_then(|body| shape::text(body, pointer));
    let in_path =
        |names: &[&str]| names.iter().find_map(|name| path.get(*name).map(String::as_str));
    let direct = in_path(&["customerId", "customerKey", "customer"])
        .or_else(|| ["customerId", "customer", "domain"].iter().find_map(|name| query.get(name)))
        .or_else(|| in_body("/customerDomain"));
    if let Some(direct) = direct {
        return Some(world.customer(direct).map_or(direct, |customer| &customer.id).to_owned());
    }
    let user = in_path(&["userKey", "userId", "groupKey"])
        .or_else(|| in_body("/primaryEmail"))
        .or_else(|| in_body("/userId"))
        .or_else(|| in_body("/email"))?;
    if let Some(user) = world.user(user) {
        return Some(user.customer_id.clone());
    }
    let (_, domain) = user.rsplit_once('@')?;
    Some(world.customer(domain).map_or(domain, |customer| &customer.id).to_owned())
}

/// A call of an OAuth endpoint, or a batch as a whole.
pub(crate) async fn pass(
    sandbox: &Sandbox,
    subject: &Subject,
    rules: impl FnOnce(&mut World, i64) -> Reply,
) -> Response {
    let drawn = drawn(sandbox, subject);
    linger(sandbox, drawn.slow_ms).await;
    let reply = {
        let mut world = sandbox.settled();
        let (reply, applied) = play(sandbox, &mut world, subject, &drawn, rules);
        if applied && subject.mutates {
            sandbox.keep(&world);
        }
        reply
    };
    late(sandbox, reply, drawn.slow_ms).into_response()
}

pub(crate) fn drawn(sandbox: &Sandbox, subject: &Subject) -> Drawn {
    draw(&mut sandbox.world(), subject.method, subject.customer.as_deref())
}

/// On the virtual clock nobody waits; the answer says how long it would have taken.
pub(crate) async fn linger(sandbox: &Sandbox, slow_ms: u64) {
    if slow_ms > 0 && sandbox.clock_kind() == SandboxClock::Real {
        wait(slow_ms).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow answer is this sandbox's product")]
async fn wait(ms: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
}

fn late(sandbox: &Sandbox, reply: Reply, slow_ms: u64) -> Reply {
    if slow_ms > 0 && sandbox.clock_kind() == SandboxClock::Virtual {
        reply.with_header(DELAY_HEADER, slow_ms.to_string())
    } else {
        reply
    }
}

/// Plays a fault around the rules of a call, and writes everything down.
pub(crate) fn play(
    sandbox: &Sandbox,
    world: &mut World,
    subject: &Subject,
    drawn: &Drawn,
    rules: impl FnOnce(&mut World, i64) -> Reply,
) -> (Reply, bool) {
    let now_ms = sandbox.now_ms();
    let (reply, applied) = match before(drawn, subject.api, sandbox) {
        Some(reply) => (reply, false),
        None => (rules(world, now_ms), true),
    };
    let mut reply = match (&drawn.fault, applied) {
        (Some(Fault::AnswerLost), true) => Reply::dropped(),
        (Some(Fault::ErrorAfterApply), true) => failed(subject.api, 500, sandbox),
        (Some(Fault::ServerError { status, applied: true }), true) => {
            failed(subject.api, *status, sandbox)
        }
        _ => reply,
    };
    if applied {
        reply.cut = drawn.fault.as_ref().and_then(Fault::cut);
    }
    let unseen = matches!(drawn.fault, Some(Fault::AnswerLost | Fault::RefusedBefore));
    let status = if unseen { 0 } else { reply.status };
    record(world, subject, now_ms, status, fault_name(drawn));
    (reply, applied)
}

fn fault_name(drawn: &Drawn) -> Option<&'static str> {
    drawn.fault.as_ref().map(Fault::name).or((drawn.slow_ms > 0).then_some("slow_ms"))
}

/// The answer of a fault that keeps the call from being carried out.
fn before(drawn: &Drawn, api: Option<Api>, sandbox: &Sandbox) -> Option<Reply> {
    let refuse = |error: &dyn Fn(Api) -> ApiError, flat: OAuthError| match api {
        Some(api) => Reply::refusal(&error(api), sandbox.switches().error_format),
        None => Reply::oauth_refusal(&flat),
    };
    Some(match drawn.fault.as_ref()? {
        Fault::RefusedBefore => Reply::dropped(),
        Fault::Unauthorized => refuse(
            &|_| ApiError::unauthenticated(),
            OAuthError::new(401, "invalid_client", "The OAuth client was not found."),
        ),
        Fault::Forbidden { reason } => refuse(
            &|api| ApiError::forbidden_because(api, reason),
            OAuthError::new(403, "access_denied", "Forbidden"),
        ),
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
        Fault::ServerError { status, applied: false } => failed(api, *status, sandbox),
        Fault::HtmlError => Reply::front_end_page(
            502,
            "The server encountered a temporary error and could not complete your request.",
        ),
        Fault::AnswerLost
        | Fault::ErrorAfterApply
        | Fault::SlowMs(_)
        | Fault::Latency(_)
        | Fault::MalformedBody
        | Fault::TruncatedAt(_)
        | Fault::BrokenOff(_)
        | Fault::ServerError { .. }
        | Fault::Later { .. } => return None,
    })
}

/// Source: google-semantics.md §1.4 `internal_failure` {F-GAM}, §5.3 500, 502, 503, 504
fn failed(api: Option<Api>, status: u16, sandbox: &Sandbox) -> Reply {
    match api {
        Some(_) => Reply::refusal(&ApiError::backend(status), sandbox.switches().error_format),
        None => Reply::oauth_refusal(&OAuthError::new(status, "internal_failure", "Backend Error")),
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
