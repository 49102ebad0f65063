//! Batches: many calls in one request, carried out in any order and answered in theirs. Calls that bring one customer
//! from one owner to another succeed or fail together.
//! Source: google-semantics.md §7.1 {BATCH}{BATCH-RES}{LIC-LIM}{GM-BATCH}

use std::collections::BTreeMap;
use std::str::FromStr as _;

use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method as Verb, StatusCode, Uri};

use crate::call::{Companion, Query};
use crate::door::{Arrived, Job, Subject, admit, carry_out, companion, drawn, linger, pass};
use crate::envelope::ApiError;
use crate::faults::Drawn;
use crate::multipart::{Part, boundary, head_and_body, parts};
use crate::partial::header;
use crate::reply::{DROP_HEADER, Reply};
use crate::reseller::transfer::give_to;
use crate::routes::Routes;
use crate::sandbox::Sandbox;
use crate::settings::Api;
use crate::world::{Owner, World};

/// Source: google-quotas.json `directory.batch_max_calls`, `licensing.batch_max_calls`
const CALLS_MAX: usize = 1000;
/// Source: google-quotas.json `gmail.batch_max_calls`
const GMAIL_CALLS_MAX: usize = 100;

/// `/batch`, or `/batch/<api>/<version>` as of old.
pub(crate) fn is_for(path: &str) -> bool {
    path == "/batch" || path.starts_with("/batch/")
}

/// One call of a batch and what became of it.
struct Item<'a> {
    content_id: Option<String>,
    api: Option<Api>,
    job: Option<Job<'a>>,
    drawn: Drawn,
    reply: Reply,
}

pub(crate) async fn answer(sandbox: &Sandbox, routes: &Routes, arrived: Arrived) -> Response {
    let format = sandbox.switches().error_format;
    let inner = match read(&arrived) {
        Ok(inner) => inner,
        Err(error) => return Reply::refusal(&error, format).into_response(),
    };
    let mut items: Vec<Item<'_>> = inner
        .into_iter()
        .map(|(content_id, inner)| item(sandbox, routes, content_id, inner))
        .collect();
    if let Err(error) = check(&arrived.path, &items) {
        return Reply::refusal(&error, format).into_response();
    }
    for item in &mut items {
        if let Some(job) = &item.job {
            item.drawn = drawn(sandbox, &job.subject);
        }
    }
    linger(sandbox, items.iter().map(|item| item.drawn.slow_ms).max().unwrap_or_default()).await;
    let subject = Subject {
        method: "batch",
        customer: None,
        verb: Verb::POST,
        path: arrived.path.clone(),
        mutates: true,
        api: items.iter().find_map(|item| item.api).or(Some(Api::Directory)),
    };
    pass(sandbox, &subject, |world, _| {
        carry_all_out(sandbox, world, &mut items);
        written(sandbox, world, items)
    })
    .await
}

/// The calls inside, each with the Content-ID of its part.
fn read(arrived: &Arrived) -> Result<Vec<(Option<String>, Arrived)>, ApiError> {
    let bad = |text: &str| ApiError::bad_request(format!("Failed to parse batch request: {text}"));
    let content_type = header(&arrived.headers, CONTENT_TYPE).unwrap_or_default();
    let boundary = boundary(content_type).ok_or_else(|| bad("the content type isn't multipart"))?;
    let parts = parts(&arrived.body, boundary).ok_or_else(|| bad("parts are missing"))?;
    if parts.is_empty() {
        return Err(bad("there is no call in it"));
    }
    parts
        .iter()
        .map(|part| {
            let call = inner_call(arrived, part).ok_or_else(|| bad("a part isn't a request"))?;
            Ok((part.header("content-id").map(str::to_owned), call))
        })
        .collect()
}

/// Outer headers but `Content-*`, and outer parameters, apply to each call unless it has its own.
fn inner_call(outer: &Arrived, part: &Part) -> Option<Arrived> {
    let end = part.body.iter().position(|byte| *byte == b'\n')?;
    let line = String::from_utf8_lossy(&part.body[..end]);
    let mut words = line.split_whitespace();
    let verb = Verb::from_bytes(words.next()?.as_bytes()).ok()?;
    let uri = Uri::from_str(words.next()?).ok()?;
    let (own, body) = head_and_body(&part.body[end + 1..]);
    let mut headers: HeaderMap = outer
        .headers
        .iter()
        .filter(|(name, _)| !name.as_str().starts_with("content-"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in own {
        headers.insert(HeaderName::from_str(&name).ok()?, HeaderValue::from_str(&value).ok()?);
    }
    let query = Query::parse(uri.query().unwrap_or_default()).over(&outer.query);
    let body = Bytes::copy_from_slice(body);
    Some(Arrived { verb, path: uri.path().to_owned(), query, headers, body })
}

fn item<'a>(
    sandbox: &Sandbox,
    routes: &'a Routes,
    content_id: Option<String>,
    arrived: Arrived,
) -> Item<'a> {
    let found = routes.find(&arrived.verb, &arrived.path);
    let api = found.as_ref().map(|found| found.method.api);
    let (job, reply) = match admit(sandbox, routes, arrived) {
        Ok(job) => (Some(job), Reply::empty(500)),
        Err(reply) => (None, *reply),
    };
    Item { content_id, api, job, drawn: Drawn::default(), reply }
}

/// One API per batch, and so many calls.
fn check(path: &str, items: &[Item<'_>]) -> Result<(), ApiError> {
    let first = items.iter().find_map(|item| item.api);
    let named = path.split('/').nth(2).map(api_of);
    let mixed = items.iter().any(|item| item.api.is_some() && item.api != first);
    let foreign = named.is_some_and(|named| first.is_some() && named != first);
    if mixed || foreign {
        return Err(ApiError::bad_request("A batch is for calls of one API."));
    }
    let max = if first == Some(Api::Gmail) { GMAIL_CALLS_MAX } else { CALLS_MAX };
    if items.len() > max {
        return Err(ApiError::bad_request(format!(
            "The batch request could not be processed: it has more than {max} calls."
        )));
    }
    Ok(())
}

/// The name as it stands in old batch paths.
fn api_of(name: &str) -> Option<Api> {
    Some(match name {
        "reseller" => Api::Reseller,
        "admin" => Api::Directory,
        "licensing" => Api::Licensing,
        "gmail" => Api::Gmail,
        "siteVerification" => Api::SiteVerification,
        _ => return None,
    })
}

/// In an order drawn from the seed. What belongs together goes together, where the first of it would have gone.
fn carry_all_out(sandbox: &Sandbox, world: &mut World, items: &mut [Item<'_>]) {
    let order = if sandbox.switches().batch_order_random {
        world.chance.shuffled("batch", items.len())
    } else {
        (0..items.len()).collect()
    };
    let mut groups: BTreeMap<String, (Vec<usize>, Vec<Companion>)> = BTreeMap::new();
    let mut turns: Vec<Result<usize, String>> = Vec::new();
    for at in order {
        let with = items[at].job.as_ref().and_then(companion);
        let Some(with) = with else {
            turns.push(Ok(at));
            continue;
        };
        let id = world.customer(&with.customer).map_or(&with.customer, |found| &found.id).clone();
        let group = groups.entry(id.clone()).or_default();
        if group.0.is_empty() {
            turns.push(Err(id));
        }
        group.0.push(at);
        group.1.push(with);
    }
    for turn in turns {
        match turn {
            Ok(at) => {
                carry_one_out(sandbox, world, &mut items[at], &[]);
            }
            Err(id) => {
                if let Some((members, together)) = groups.remove(&id) {
                    carry_group_out(sandbox, world, items, &id, &members, &together);
                }
            }
        }
    }
}

/// Whether it was carried out with success, whatever the caller gets to see of it.
fn carry_one_out(
    sandbox: &Sandbox,
    world: &mut World,
    item: &mut Item<'_>,
    together: &[Companion],
) -> bool {
    let Some(job) = &item.job else { return false };
    let (reply, applied) = carry_out(sandbox, world, job, &item.drawn, together);
    let faulty = item.drawn.fault.is_some();
    let done = applied && (reply.is_success() || faulty);
    item.reply = reply;
    done
}

/// All or nothing. Those that would have gone well answer that another didn't.
/// Source: google-semantics.md §2.9 "one transaction" {R-STAT}, §7.1 [I]
fn carry_group_out(
    sandbox: &Sandbox,
    world: &mut World,
    items: &mut [Item<'_>],
    customer_id: &str,
    members: &[usize],
    together: &[Companion],
) {
    let before = world.savepoint(customer_id);
    let done: Vec<bool> =
        members.iter().map(|at| carry_one_out(sandbox, world, &mut items[*at], together)).collect();
    if done.iter().all(|done| *done) {
        return;
    }
    let taker = taker(sandbox, world, items, customer_id, members);
    world.restore(before);
    if let (Some(reseller), Some(customer)) = (taker, world.customers.get(customer_id).cloned()) {
        give_to(world, &customer, &reseller);
    }
    let error = ApiError::condition_not_met("Another call of the same transaction failed.");
    let refusal = Reply::refusal(&error, sandbox.switches().error_format);
    for (at, _) in members.iter().zip(done).filter(|(_, done)| *done) {
        if items[*at].drawn.fault.is_none() {
            items[*at].reply = refusal.clone();
        }
    }
}

/// The reseller that a customer stays registered with though its transfer failed.
/// Source: google-semantics.md §2.11 (10) [F] {F-CB}
fn taker(
    sandbox: &Sandbox,
    world: &World,
    items: &[Item<'_>],
    customer_id: &str,
    members: &[usize],
) -> Option<String> {
    let job = members.iter().find_map(|at| items[*at].job.as_ref())?;
    let reseller = &job.caller.customer_id;
    let owner = &world.customers.get(customer_id)?.owner;
    let ours = matches!(owner, Owner::Reseller { customer_id } if customer_id == reseller);
    let buys = job.method.id == "reseller.subscriptions.insert";
    (ours && buys && sandbox.switches().failed_transfer_registers).then(|| reseller.clone())
}

/// A part that must not arrive takes the whole answer along, as they share a connection.
fn written(sandbox: &Sandbox, world: &mut World, items: Vec<Item<'_>>) -> Reply {
    let lost = |item: &Item<'_>| item.reply.headers.iter().any(|(name, _)| *name == DROP_HEADER);
    if items.iter().any(lost) {
        return Reply::dropped();
    }
    let boundary = format!("batch_{}", world.chance.token("batch_boundary"));
    let mut text = String::new();
    for item in &items {
        let silent =
            item.api == Some(Api::Reseller) && !sandbox.switches().content_id_in_reseller_batch;
        text.push_str(&format!("--{boundary}\r\nContent-Type: application/http\r\n"));
        if let Some(id) = item.content_id.as_ref().filter(|_| !silent) {
            let id = id.trim_start_matches('<').trim_end_matches('>');
            text.push_str(&format!("Content-ID: <response-{id}>\r\n"));
        }
        text.push_str(&format!("\r\n{}\r\n", http_text(&item.reply)));
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    Reply::other(format!("multipart/mixed; boundary={boundary}"), text)
}

fn http_text(reply: &Reply) -> String {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16());
    if let Some(media_type) = reply.media_type() {
        text.push_str(&format!("Content-Type: {media_type}\r\n"));
    }
    text.push_str("Vary: Origin\r\nVary: X-Origin\r\nVary: Referer\r\n");
    for (name, value) in &reply.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = reply.body();
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text
}
