//! Changes of one subscription: seats, plan, renewal, paid service, suspend, activate. Source: google-semantics.md §2.9

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::life::{self, SUSPENDED_MS_MAX, YEAR_MS};
use crate::reseller::notify::{Event, announce};
use crate::reseller::skus::{self, Sku};
use crate::reseller::subscriptions::{find, keep, keep_change, new_id};
use crate::reseller::terms::{self, Cap, bad_seats, check_order, plan_of, seats_of};
use crate::shape::text;
use crate::world::{PlanName, Status, Subscription, SuspensionReason};

fn sku_of(subscription: &Subscription) -> Result<&'static Sku, ApiError> {
    skus::find(&subscription.sku_id).ok_or_else(|| ApiError::invalid("Invalid Input: skuId"))
}

/// 400 unless it is active. Source: google-semantics.md §2.14 `badRequest`; while only the terms wait: §2.9 [X]
fn check_open(call: &Call<'_>, subscription: &Subscription) -> Result<(), ApiError> {
    let only_terms =
        subscription.suspension_reasons.iter().eq([&SuspensionReason::PendingTosAcceptance]);
    let open = subscription.status() == Status::Active
        || (only_terms && call.switches().change_seats_while_terms_pending);
    if open {
        Ok(())
    } else {
        Err(ApiError::bad_request("The subscription is suspended or cancelled."))
    }
}

/// The cap of a trial holds until it ends, whatever plan was chosen for afterwards.
/// Source: google-semantics.md §2.9 startPaidService "lifts the 10-seat trial cap" {R-MS}
fn cap(call: &Call<'_>, subscription: &Subscription) -> Cap {
    let in_trial = subscription.is_in_trial(call.now_ms);
    let capped = call.switches().trial_cap_with_plan || subscription.plan == PlanName::Trial;
    Cap { in_trial: in_trial && capped, seats_max: call.switches().most_seats() }
}

/// The value is the new total. Source: google-semantics.md §2.9 {R-ERR}{R-LIM}
pub(crate) fn change_seats(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    check_open(call, &subscription)?;
    let sku = sku_of(&subscription)?;
    let cap = cap(call, &subscription);
    let seats = seats_of(&call.body, "", subscription.plan, sku, cap)?;
    // In a trial nothing is committed to yet.
    let committed = subscription.plan.is_annual() && !subscription.is_in_trial(call.now_ms);
    let decreases = committed && seats < subscription.seats;
    if decreases || seats < licensing::licensed(call.world, &subscription) {
        return Err(bad_seats());
    }
    subscription.seats = seats;
    if committed {
        announce(call.world, &subscription, Event::CommitmentChanged, call.now_ms);
    }
    keep_change(call, subscription)
}

/// Source: google-semantics.md §2.9 changePlan {R-MS}{DISC-RES}
pub(crate) fn change_plan(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    let in_trial = subscription.is_in_trial(call.now_ms);
    let ended = subscription.suspension_reasons.iter().eq([&SuspensionReason::TrialEnded]);
    let revives = ended && call.switches().change_plan_revives_ended_trial;
    if !revives {
        check_open(call, &subscription)?;
    }
    if !in_trial && (matches!(subscription.plan, PlanName::Free) || subscription.plan.is_annual()) {
        // An annual plan changes by its renewal type only.
        return Err(ApiError::condition_not_met("The plan of this subscription can't be changed."));
    }
    let sku = sku_of(&subscription)?;
    let plan = plan_of(&call.body, "/planName", sku)?;
    if !in_trial && (plan == PlanName::Trial || plan == subscription.plan) {
        return Err(ApiError::condition_not_met("The plan can't be changed to this one."));
    }
    let capped = in_trial && (plan == PlanName::Trial || call.switches().trial_cap_with_plan);
    let cap = Cap { in_trial: capped, seats_max: call.switches().most_seats() };
    let seats = seats_of(&call.body, "/seats", plan, sku, cap)?;
    if seats < licensing::licensed(call.world, &subscription) {
        return Err(bad_seats());
    }
    check_order(&call.body)?;
    subscription.plan = plan;
    subscription.seats = seats;
    subscription.renewal_type = terms::renewal_of(None, plan);
    if let Some(order) = text(&call.body, "/purchaseOrderId") {
        subscription.purchase_order_id = Some(order.to_owned());
    }
    if let Some(deal) = text(&call.body, "/dealCode") {
        subscription.deal_code = Some(deal.to_owned());
    }
    if revives {
        subscription.suspension_reasons.clear();
        subscription.suspended_at_ms = None;
    }
    let starts_now = plan.is_annual() && !in_trial;
    subscription.commitment_ms = starts_now.then_some((call.now_ms, call.now_ms + YEAR_MS));
    if call.switches().subscription_id_follows_plan {
        renumber(call, &mut subscription);
    }
    if starts_now {
        announce(call.world, &subscription, Event::PlanSwitched, call.now_ms);
    }
    keep_change(call, subscription)
}

/// The same subscription under another id. Source: google-semantics.md §2.6 `subscriptionId` {R-CON}
fn renumber(call: &mut Call<'_>, subscription: &mut Subscription) {
    let before = subscription.key();
    subscription.id = new_id(call, &subscription.customer_id);
    call.world.subscriptions.remove(&before);
    if let Some(note) = call.world.subscription_notes.remove(&before) {
        call.world.subscription_notes.insert(subscription.key(), note);
    }
}

/// Annual plans only. Source: google-semantics.md §2.8 {R-ERR}
pub(crate) fn change_renewal_settings(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    if !subscription.plan.is_annual() {
        return Err(ApiError::condition_not_met(
            "Renewal settings can only be changed on a commitment plan.",
        ));
    }
    check_open(call, &subscription)?;
    subscription.renewal_type = terms::renewal_type(&call.body, "/renewalType")?;
    if subscription.renewal_type.is_none() {
        return Err(ApiError::invalid("Invalid Input: renewalType"));
    }
    keep_change(call, subscription)
}

/// Ends the trial at once; a plan must have been chosen. Source: google-semantics.md §2.9 {R-MS}{R-ERR}
pub(crate) fn start_paid_service(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    if !subscription.is_in_trial(call.now_ms) || subscription.plan == PlanName::Trial {
        return Err(ApiError::condition_not_met(
            "The subscription is not in a trial with a plan for afterwards.",
        ));
    }
    check_open(call, &subscription)?;
    subscription.trial_end_ms = Some(call.now_ms);
    let event = life::end_trial(&mut subscription, call.now_ms);
    announce(call.world, &subscription, event, call.now_ms);
    keep_change(call, subscription)
}

/// Only a paid subscription that is ACTIVE. Source: google-semantics.md §2.9 {R-STAT}, §2.14 `badRequest`
pub(crate) fn suspend(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    let unpaid = matches!(subscription.plan, PlanName::Trial | PlanName::Free);
    if unpaid || subscription.is_in_trial(call.now_ms) {
        return Err(ApiError::condition_not_met(
            "Trial and free subscriptions can't be suspended.",
        ));
    }
    if subscription.status() != Status::Active {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    check_addons(call, &subscription)?;
    subscription.suspension_reasons.insert(SuspensionReason::ResellerInitiated);
    subscription.suspended_at_ms = Some(call.now_ms);
    announce(call.world, &subscription, Event::Suspended, call.now_ms);
    keep(call, subscription)
}

/// Vault and storage go before Workspace is suspended, where the switch says so.
/// Source: google-semantics.md §2.9 [X] {R-PROD} against {H-SUSP}; which error [I]
fn check_addons(call: &Call<'_>, subscription: &Subscription) -> Result<(), ApiError> {
    let product = |it: &Subscription| skus::product_of(&it.sku_id);
    let addon = |it: &Subscription| matches!(product(it), Some(skus::VAULT | skus::DRIVE));
    let waits = call.switches().suspend_needs_addons_gone
        && product(subscription) == Some(skus::WORKSPACE)
        && call
            .world
            .subscriptions_of(&subscription.customer_id)
            .any(|it| addon(it) && it.status() == Status::Active);
    if waits {
        return Err(ApiError::condition_not_met(
            "Cancel the customer's Vault and Drive storage subscriptions first.",
        ));
    }
    Ok(())
}

/// Only what the reseller suspended himself, within 60 days. Source: google-semantics.md §2.9 {R-STAT}{H-SUSP}; status [I]
pub(crate) fn activate(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    let since = subscription.suspended_at_ms.unwrap_or(call.now_ms);
    let ours = subscription.suspension_reasons.contains(&SuspensionReason::ResellerInitiated);
    if subscription.cancelled || !ours || call.now_ms - since > SUSPENDED_MS_MAX {
        return Err(ApiError::condition_not_met("The subscription can't be activated."));
    }
    subscription.suspension_reasons.remove(&SuspensionReason::ResellerInitiated);
    if subscription.suspension_reasons.is_empty() {
        subscription.suspended_at_ms = None;
        // After the renewal date a new year starts that day. Source: §2.9 {H-SUSP}
        if subscription.commitment_ms.is_some_and(|(_, end)| end <= call.now_ms) {
            subscription.commitment_ms = Some((call.now_ms, call.now_ms + YEAR_MS));
        }
        announce(call.world, &subscription, Event::Resumed, call.now_ms);
    }
    keep(call, subscription)
}
