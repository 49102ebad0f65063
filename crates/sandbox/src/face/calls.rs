//! The calls that were received, newest first. No queries and no bodies: the world doesn't keep them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Asking, Frame, Pages, asked, show};
use super::words::{self, Pill, When};
use crate::sandbox::Sandbox;
use crate::world::{CALLS_KEPT_MAX, CallRecord, World};

/// A call as lists show it.
pub(super) struct Line {
    pub(super) when: When,
    pub(super) method: String,
    pub(super) verb: String,
    pub(super) path: String,
    /// Its domain, or what is known of it, and its id when it exists.
    pub(super) customer: Option<(String, String)>,
    pub(super) status: Pill,
    pub(super) fault: Option<String>,
}

impl Line {
    pub(super) fn of(world: &World, call: &CallRecord, now_ms: i64) -> Line {
        let customer = call.customer.as_ref().map(|key| match world.customer(key) {
            Some(found) => (found.domain.clone(), found.id.clone()),
            None => (key.clone(), String::new()),
        });
        Line {
            when: When::of(call.at_ms, now_ms),
            method: call.method.clone(),
            verb: call.verb.clone(),
            path: call.path.clone(),
            customer,
            status: words::call_status(call.status),
            fault: call.fault.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "face/calls.html")]
struct Page<'a> {
    frame: Frame,
    base: &'a str,
    kept: usize,
    methods: Vec<(String, u64)>,
    method: String,
    customer: String,
    calls: Vec<Line>,
    pages: Pages,
}

pub(super) async fn page(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    let asked = asked(asking);
    let (method, customer) = (asked.method.trim(), asked.customer.trim());
    let frame = Frame::of(&sandbox, "/sandbox/calls", "calls", "Calls received");
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let wanted = world.customer(customer).map_or(customer, |found| &found.id);
        let is_about = |call: &CallRecord| {
            let about = call.customer.as_deref().unwrap_or_default();
            about.eq_ignore_ascii_case(wanted)
                || world.customer(about).is_some_and(|found| found.id == wanted)
        };
        let fitting: Vec<&CallRecord> = world
            .calls
            .iter()
            .rev()
            .filter(|call| method.is_empty() || call.method == method)
            .filter(|call| customer.is_empty() || is_about(call))
            .collect();
        let pages = Pages::of(fitting.len(), &asked, &[("method", method), ("customer", customer)]);
        let mut methods: Vec<(String, u64)> =
            world.call_counts.iter().map(|(id, count)| (id.clone(), *count)).collect();
        // What is asked for stays to be seen, though nobody has called it.
        if !method.is_empty() && !world.call_counts.contains_key(method) {
            methods.push((method.to_owned(), 0));
        }
        Page {
            frame,
            base: &sandbox.settings().public_url,
            kept: CALLS_KEPT_MAX,
            methods,
            method: method.to_owned(),
            customer: customer.to_owned(),
            calls: pages.cut(fitting.into_iter().map(|call| Line::of(world, call, now_ms))),
            pages,
        }
    });
    show(200, &page)
}
