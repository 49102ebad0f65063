//! reseller.subscriptions.delete: cancel an add-on, or hand a customer over to Google.
//! Source: google-semantics.md §2.1, §2.9 {R-STAT}{R-ERR}{R-DEL}

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::reply::Reply;
use crate::reseller::notify::{Event, announce};
use crate::reseller::skus;
use crate::reseller::subscriptions::find;
use crate::settings::Switches;
use crate::world::{Owner, Status, Subscription, World};

const DAY_MS: i64 = 86_400_000;
/// What a customer has at Google at the least. Source: google-quotas.json `reseller.transfer_to_direct_grace` {H-TTG}
const GRACE_MS_MIN: i64 = 30 * DAY_MS;

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let subscription = find(call, false)?;
    match call.query.get("deletionType") {
        Some("cancel") => cancel(call, subscription),
        Some("transfer_to_direct") => transfer_to_direct(call, &subscription),
        Some(_) => {
            Err(ApiError::invalid_parameter("deletionType", "Invalid value for: deletionType"))
        }
        None => {
            Err(ApiError::invalid_parameter("deletionType", "Required parameter: deletionType"))
        }
    }
}

/// Only what isn't Workspace. Source: google-semantics.md §2.1, §2.9 "cancel" {R-STAT}; status [I]
fn cancel(call: &mut Call<'_>, mut subscription: Subscription) -> Answer {
    if subscription.cancelled {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    if skus::product_of(&subscription.sku_id) == Some(skus::WORKSPACE) {
        return Err(ApiError::condition_not_met(
            "A Google Workspace subscription can't be cancelled. Suspend it, or transfer it to direct.",
        ));
    }
    subscription.cancelled = true;
    subscription.cancelled_because = Some("RESELLER_INITIATED".to_owned());
    announce(call.world, &subscription, Event::Cancelled, call.now_ms);
    licensing::release(call.world, &subscription);
    call.world.put_subscription(subscription);
    Ok(gone(call))
}

fn transfer_to_direct(call: &mut Call<'_>, subscription: &Subscription) -> Answer {
    if subscription.cancelled {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    let id = &subscription.customer_id;
    if !call.world.users_of(id).any(|user| user.is_admin && !user.suspended) {
        return Err(ApiError::condition_not_met(
            "The customer has no administrator. Create one before the transfer.",
        ));
    }
    let all: Vec<&Subscription> = running(call.world, id).collect();
    if all.iter().any(|it| it.offline) {
        // Source: §2.9 "not possible with offline commitments" {H-TTG}
        return Err(ApiError::condition_not_met("Offline commitments can't be transferred."));
    }
    let customer = call.world.customers.get(id);
    let left_out = all.iter().any(|it| {
        it.id != subscription.id
            && !call
                .together
                .iter()
                .any(|with| customer.is_some_and(|customer| with.hands_over(customer, &it.id)))
    });
    if left_out {
        return Err(ApiError::condition_not_met(
            "All subscriptions of the customer have to be transferred in one batch request.",
        ));
    }
    let mut leaving = subscription.clone();
    announce(call.world, &leaving, Event::Converted, call.now_ms);
    leaving.sold_by = Some(Owner::Google);
    let id = leaving.customer_id.clone();
    call.world.put_subscription(leaving);
    if running(call.world, &id).next().is_none() {
        to_direct(call.world, &id, call.switches, call.now_ms);
    }
    Ok(gone(call))
}

/// Source: google-semantics.md §2.1 "Delete returns nothing" [I] {R-DEL}
fn gone(call: &Call<'_>) -> Reply {
    Reply::empty(if call.switches().delete_answers_200 { 200 } else { 204 })
}

/// What the customer's reseller runs for it.
fn running<'a>(world: &'a World, id: &str) -> impl Iterator<Item = &'a Subscription> {
    world.subscriptions_of(id).filter(|it| !it.cancelled && it.sold_by.is_none())
}

/// The customer is Google's from now on, with all that runs. Source: google-semantics.md §2.9 {R-STAT}{H-AUTOX}
pub(crate) fn to_direct(world: &mut World, id: &str, switches: &Switches, now_ms: i64) {
    let all: Vec<Subscription> =
        world.subscriptions_of(id).filter(|it| !it.cancelled).cloned().collect();
    for mut subscription in all {
        if subscription.sold_by.is_none() {
            announce(world, &subscription, Event::Converted, now_ms);
        }
        subscription.sold_by = None;
        if let Some(until_ms) =
            grace(&subscription, now_ms).filter(|_| switches.grace_after_handover)
        {
            let note = world.subscription_notes.entry(subscription.key()).or_default();
            note.grace_until_ms = Some(until_ms);
        }
        world.put_subscription(subscription);
    }
    if let Some(mut customer) = world.customers.get(id).cloned() {
        customer.owner = Owner::Google;
        world.put_customer(customer);
    }
}

/// Until when it runs on unpaid: 30 days, an annual one until its renewal if that is later; a suspended one has none.
/// Source: google-semantics.md §2.9 "Grace" {H-TTG}
fn grace(subscription: &Subscription, now_ms: i64) -> Option<i64> {
    if subscription.status() != Status::Active {
        return None;
    }
    let renewal = subscription.commitment_ms.map_or(0, |(_, end)| end);
    Some(renewal.max(now_ms + GRACE_MS_MIN))
}
