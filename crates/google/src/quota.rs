//! Google's quotas, kept from our side: a call that finds no budget is not sent and says when to come
//! back. Nothing here waits, and nothing knows the time but by the clock that came in.
//!
//! In memory and per process. Several nodes on one Google project each start from the whole budget;
//! Google's complaints then bring each of them down to its share.

mod bucket;
mod budgets;

use crate::answer::Answer;
use crate::client::Grant;
use crate::hosts::Service;
use bucket::Bucket;
use budgets::{BUDGETS, Budget, Per, Units};
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most buckets kept before those that are full are forgotten.
const BUCKETS_MAX: usize = 50_000;

/// What work may have of a budget that is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Somebody waits for it.
    Interactive,
    /// Whole lists and other work that can come later; leaves a quarter of the burst alone.
    Sweep,
}

/// For whom calls are made, where several share a Google project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) priority: Priority,
    /// Those of one key take turns with those of another; `None`: each credential is its own.
    pub(crate) key: Option<Arc<str>>,
}

impl Lane {
    pub(crate) const INTERACTIVE: Lane = Lane { priority: Priority::Interactive, key: None };
}

/// What a request is counted as.
pub(crate) struct Load<'a> {
    pub(crate) service: Service,
    /// Method and target of each call in it.
    pub(crate) calls: Vec<(&'static str, Option<&'a str>)>,
}

impl Load<'_> {
    /// OAuth's endpoints have no published limits.
    pub(crate) const NOTHING: Load<'static> =
        Load { service: Service::Directory, calls: Vec::new() };
}

/// No budget for now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Short {
    /// When to come back.
    pub(crate) wait_ms: i64,
    /// Which one it is.
    pub(crate) budget: &'static str,
}

pub(crate) struct Quota {
    /// By budget and by whom it counts.
    buckets: Mutex<BTreeMap<(usize, String), Bucket>>,
}

/// A budget and what a request takes of it.
struct Charge {
    index: usize,
    budget: &'static Budget,
    whose: String,
    cost: i64,
}

impl Quota {
    pub(crate) fn new() -> Quota {
        Quota { buckets: Mutex::default() }
    }

    /// Takes what the request costs, of every budget it counts against or of none.
    ///
    /// # Errors
    /// [`Short`], and nothing was taken.
    pub(crate) fn take(
        &self,
        grant: &Grant,
        lane: &Lane,
        load: &Load<'_>,
        now: Timestamp,
    ) -> Result<(), Short> {
        let charges = charges(grant, load);
        let key = lane.key.as_deref().unwrap_or(grant.credential.as_str());
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|(index, _), bucket| !bucket.is_idle(&BUDGETS[*index], now));
        }
        let mut short = None::<Short>;
        for charge in &charges {
            let bucket = buckets
                .entry((charge.index, charge.whose.clone()))
                .or_insert_with(|| Bucket::full(charge.budget, now));
            let wait_ms = bucket.wait_ms(charge.budget, lane, key, charge.cost, now);
            if wait_ms > short.as_ref().map_or(0, |short| short.wait_ms) {
                short = Some(Short { wait_ms, budget: charge.budget.source });
            }
        }
        if let Some(short) = short {
            return Err(short);
        }
        for charge in &charges {
            let bucket = buckets.get_mut(&(charge.index, charge.whose.clone()));
            let bucket = bucket.expect("it was made above, under the same lock");
            bucket.spend(charge.budget, lane, key, charge.cost);
        }
        Ok(())
    }

    /// Google said that it was too much.
    pub(crate) fn complain(&self, grant: &Grant, load: &Load<'_>, said: &Answer, now: Timestamp) {
        let charges = charges(grant, load);
        let meant = whose_limit(load.service, said);
        // Google may complain about a limit it does not publish: then all of ours give way.
        let known = charges.iter().any(|charge| charge.budget.per == meant);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for charge in charges.iter().filter(|charge| !known || charge.budget.per == meant) {
            let bucket = buckets
                .entry((charge.index, charge.whose.clone()))
                .or_insert_with(|| Bucket::full(charge.budget, now));
            bucket.complain(charge.budget, said.retry_after_ms, now);
        }
    }
}

/// Whose calls were too many. Directory's 429 is a limit per account, Gmail's per mailbox.
/// Source: google-semantics.md §2.14, §3.6, §5.3.
fn whose_limit(service: Service, said: &Answer) -> Per {
    match (service, said.status, said.legacy.as_str()) {
        (_, _, "userRateLimitExceeded") => Per::User,
        (Service::Directory | Service::Gmail, 429, _) => Per::User,
        _ => Per::Project,
    }
}

fn charges(grant: &Grant, load: &Load<'_>) -> Vec<Charge> {
    let mut charges: Vec<Charge> = Vec::new();
    let of_service = |(_, budget): &(usize, &Budget)| budget.service == load.service;
    for (index, budget) in BUDGETS.iter().enumerate().filter(of_service) {
        for (method, target) in load.calls.iter().filter(|(method, _)| budget.counts(method)) {
            let whose = match budget.per {
                Per::Project => project(&grant.client.id).to_owned(),
                Per::User => grant.credential.as_str().to_owned(),
                Per::Target => target.unwrap_or_default().to_owned(),
            };
            let cost = budget.cost(method);
            let same = |charge: &&mut Charge| charge.index == index && charge.whose == whose;
            match charges.iter_mut().find(same) {
                Some(_) if budget.units == Units::Request => {}
                Some(charge) => charge.cost += cost,
                None => charges.push(Charge { index, budget, whose, cost }),
            }
        }
    }
    charges
}

/// Google's number of the project an OAuth client belongs to, with which its id starts:
/// `123456789012-abc.apps.googleusercontent.com`. Other ids count by themselves.
fn project(client_id: &str) -> &str {
    match client_id.split_once('-') {
        Some((number, _))
            if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            number
        }
        _ => client_id,
    }
}

#[cfg(test)]
mod tests;
