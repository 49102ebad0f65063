//! reseller.resellernotify, and what is published to resellers' topics: hints that something changed. Google delivers
//! them through Pub/Sub, which the sandbox doesn't have; the control API shows them.
//! Source: google-semantics.md §2.1, §2.18 {DISC-RES}{R-PUSH}

use serde_json::json;

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::customers::check_reseller;
use crate::shape::text;
use crate::world::{NOTICES_KEPT_MAX, Notice, Owner, Status, Subscription, World};

/// Source: google-semantics.md §2.18 `event_type`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Created,
    TrialEnded,
    PlanSwitched,
    CommitmentChanged,
    Renewed,
    Suspended,
    Resumed,
    Cancelled,
    Converted,
    Upgraded,
    Downgraded,
    LicencesChanged,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Event::Created => "NEW_SUBSCRIPTION_CREATED",
            Event::TrialEnded => "SUBSCRIPTION_TRIAL_ENDED",
            Event::PlanSwitched => "PRICE_PLAN_SWITCHED",
            Event::CommitmentChanged => "COMMITMENT_CHANGED",
            Event::Renewed => "SUBSCRIPTION_RENEWED",
            Event::Suspended => "SUBSCRIPTION_SUSPENDED",
            Event::Resumed => "SUBSCRIPTION_SUSPENSION_REVOKED",
            Event::Cancelled => "SUBSCRIPTION_CANCELLED",
            Event::Converted => "SUBSCRIPTION_CONVERTED",
            Event::Upgraded => "SUBSCRIPTION_UPGRADE",
            Event::Downgraded => "SUBSCRIPTION_DOWNGRADE",
            Event::LicencesChanged => "LICENSE_ASSIGNMENT_CHANGED",
        }
    }
}

/// Publishes to the reseller who has the customer, or who sold the subscription; nobody else has a topic.
pub(crate) fn announce(world: &mut World, about: &Subscription, event: Event, now_ms: i64) {
    let Some(customer) = world.customers.get(&about.customer_id) else { return };
    let Owner::Reseller { customer_id } = about.sold_by.as_ref().unwrap_or(&customer.owner) else {
        return;
    };
    if !world.watches.contains_key(customer_id) {
        return;
    }
    let suspended = about.status() == Status::Suspended;
    let notice = Notice {
        message_id: String::new(),
        published_at_ms: now_ms,
        reseller: customer_id.clone(),
        customer_id: about.customer_id.clone(),
        customer_domain: customer.domain.clone(),
        event_type: event.name().to_owned(),
        sku_id: about.sku_id.clone(),
        subscription_id: about.id.clone(),
        suspension_reasons: about
            .suspension_reasons
            .iter()
            .filter(|_| suspended)
            .filter_map(|reason| Some(json!(reason).as_str()?.to_owned()))
            .collect(),
        cancellation_reason: about.cancelled_because.clone(),
    };
    if world.notices.len() == NOTICES_KEPT_MAX {
        world.notices.pop_front();
    }
    let message_id = world.chance.digits("notice", 16);
    world.notices.push_back(Notice { message_id, ..notice });
}

/// Source: google-semantics.md §2.18 "projects/partner-watch/topics/<reseller id>"
fn topic(call: &Call<'_>) -> String {
    format!("projects/partner-watch/topics/{}", call.caller.customer_id)
}

pub(crate) fn details(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    match call.world.watches.get(&call.caller.customer_id) {
        Some(accounts) if !accounts.is_empty() => Ok(Reply::json(json!({
            "serviceAccountEmailAddresses": accounts,
            "topicName": topic(call),
        }))),
        _ => Ok(Reply::json(json!({}))),
    }
}

/// In the query, as the discovery document has it, or in a body, as the guide shows it.
/// Source: google-semantics.md §2.1 [X] {DISC-RES}{R-PUSH}
fn account(call: &Call<'_>) -> Result<String, ApiError> {
    call.query
        .get("serviceAccountEmailAddress")
        .or_else(|| text(&call.body, "/serviceAccountEmailAddress"))
        .filter(|address| crate::reseller::rules::is_address(address))
        .map(str::to_lowercase)
        .ok_or_else(|| ApiError::invalid("Invalid Input: serviceAccountEmailAddress"))
}

pub(crate) fn register(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let account = account(call)?;
    let reseller = call.caller.customer_id.clone();
    call.world.watches.entry(reseller).or_default().insert(account);
    Ok(Reply::json(json!({"topicName": topic(call)})))
}

pub(crate) fn unregister(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let account = account(call)?;
    let watches = &mut call.world.watches;
    let accounts = watches.get_mut(&call.caller.customer_id);
    if !accounts.is_some_and(|accounts| accounts.remove(&account)) {
        return Err(ApiError::not_found("Resource Not Found: serviceAccountEmailAddress"));
    }
    watches.retain(|_, accounts| !accounts.is_empty());
    Ok(Reply::json(json!({"topicName": topic(call)})))
}
