//! Customers that come from Google or another reseller: what a token shows, and subscriptions bought with it.
//! Source: google-semantics.md §2.11 {R-CS}{R-MS}{H-TOK}{H-XFER}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::reseller::customers::find;
use crate::reseller::notify::{Event, announce};
use crate::reseller::purchase::{Order, begin, check_entitled, sku_of};
use crate::reseller::skus;
use crate::reseller::subscriptions::{is_ours, listed, shown};
use crate::reseller::terms::bad_seats;
use crate::settings::Api;
use crate::world::{Customer, Owner, PlanName, Status, Subscription, SuspensionReason, World};

const DAY_MS: i64 = 86_400_000;
/// Before renewal an annual plan may become flexible and smaller.
/// Source: google-quotas.json `reseller.transfer_annual_to_flexible_window` {H-XFER}
const OPEN_MS: i64 = 30 * DAY_MS;

fn forbidden() -> ApiError {
    ApiError::forbidden(Api::Reseller)
}

/// The customer that the token was made by, if it was made for us and is still good; else 403.
/// Source: google-semantics.md §2.11 (3), §2.14 "invalid transfer token"
pub(super) fn customer_of(call: &Call<'_>, token: &str, key: &str) -> Result<Customer, ApiError> {
    let customer = find(call, key)?;
    let good = call.world.transfer_tokens.get(token).is_some_and(|token| {
        token.customer_id == customer.id
            && token.reseller == call.caller.customer_id
            && call.now_ms < token.expires_at_ms
    });
    if good { Ok(customer) } else { Err(forbidden()) }
}

/// What may leave: active ones, and those suspended for one of three reasons. Source: google-semantics.md §2.11 (5)
fn is_transferable(customer: &Customer, subscription: &Subscription) -> bool {
    !customer.never_transferable
        && !subscription.cancelled
        && subscription.suspension_reasons.iter().all(|reason| {
            matches!(
                reason,
                SuspensionReason::PendingTosAcceptance
                    | SuspensionReason::TrialEnded
                    | SuspensionReason::RenewalWithTypeCancel
            )
        })
}

/// Everything of somebody else's that may come to us.
fn transferable<'a>(
    call: &'a Call<'_>,
    customer: &'a Customer,
) -> impl Iterator<Item = &'a Subscription> {
    call.world
        .subscriptions_of(&customer.id)
        .filter(move |it| is_transferable(customer, it) && !is_ours(call, it))
}

/// The SKU to buy for it. Source: google-semantics.md §2.11 (6)
fn sku_to_buy(subscription: &Subscription) -> &str {
    skus::successor(&subscription.sku_id).unwrap_or(&subscription.sku_id)
}

/// An annual plan binds until 30 days before its end. Source: google-semantics.md §2.11 (8)
fn is_bound(call: &Call<'_>, subscription: &Subscription) -> bool {
    subscription.plan.is_annual()
        && subscription.commitment_ms.is_some_and(|(_, end)| call.now_ms < end - OPEN_MS)
}

fn seats_min(call: &Call<'_>, subscription: &Subscription) -> i32 {
    let used = licensing::licensed(call.world, subscription).max(1);
    if is_bound(call, subscription) { subscription.seats.max(used) } else { used }
}

/// reseller.subscriptions.list with a token. Source: google-semantics.md §2.11 (3), §2.6 `transferInfo`
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let token = call.query.get("customerAuthToken").unwrap_or_default();
    let key = match call.query.get("customerId") {
        Some(key) => key,
        None => {
            let known = call.world.transfer_tokens.get(token).ok_or_else(forbidden)?;
            known.customer_id.as_str()
        }
    };
    let customer = customer_of(call, token, key)?;
    let expires = call.world.transfer_tokens.get(token).map(|it| it.expires_at_ms);
    let items: Vec<Value> = transferable(call, &customer)
        .map(|subscription| {
            let mut shown = shown(call, subscription);
            let seats = seats_min(call, subscription);
            let mut info = json!({
                "transferabilityExpirationTime": expires.unwrap_or_default().to_string(),
                "minimumTransferableSeats": seats,
            });
            if call.switches().minimum_transferable_seats_as_text {
                info["minimumTransferableSeats"] = seats.to_string().into();
            }
            if let Some(sku) = skus::successor(&subscription.sku_id).and_then(skus::find) {
                info["currentLegacySkuId"] = subscription.sku_id.as_str().into();
                shown["skuId"] = sku.id.into();
                shown["skuName"] = sku.name.into();
            }
            if call.switches().transferable_seats_in_both_fields && subscription.plan.is_annual() {
                shown["seats"]["maximumNumberOfSeats"] = subscription.seats.into();
            }
            shown["transferInfo"] = info;
            shown
        })
        .collect();
    Ok(listed(call, items, None))
}

/// All that runs comes at once, in one batch. Source: google-semantics.md §2.11 (4) {R-CS}
fn check_complete(call: &Call<'_>, customer: &Customer) -> Result<(), ApiError> {
    let left_out = transferable(call, customer)
        .filter(|it| it.status() == Status::Active)
        .any(|it| !call.together.iter().any(|with| with.buys(customer, sku_to_buy(it))));
    if left_out && call.switches().transfers_complete {
        Err(ApiError::condition_not_met(
            "All active subscriptions of the customer have to be transferred in one batch request.",
        ))
    } else {
        Ok(())
    }
}

/// reseller.subscriptions.insert with a token.
pub(super) fn insert(call: &mut Call<'_>, token: &str) -> Answer {
    let customer = customer_of(call, token, call.part("customerId"))?;
    if customer.never_transferable {
        return Err(ApiError::condition_not_met("The customer can't be transferred."));
    }
    let sku = sku_of(call)?;
    // A refused transfer is a bare 403. Source: §2.14 {F-CB}
    check_entitled(call, &customer, sku).map_err(|_| forbidden())?;
    let old = transferable(call, &customer)
        .find(|it| sku_to_buy(it) == sku.id)
        .cloned()
        .ok_or_else(|| ApiError::invalid("Invalid Input: skuId"))?;
    check_complete(call, &customer)?;
    let mut order = Order::read(call, &customer, sku, false)?;
    if is_bound(call, &old) && !order.plan.is_annual() {
        return Err(ApiError::condition_not_met(
            "An annual plan is transferred to an annual plan.",
        ));
    }
    // Source: §2.11 (8) "in trial may be moved into a new trial or a paid plan" {H-XFER}
    if order.plan == PlanName::Trial && !old.is_in_trial(call.now_ms) {
        return Err(ApiError::condition_not_met("Only a trial is transferred to a trial."));
    }
    if order.seats < seats_min(call, &old) {
        return Err(bad_seats());
    }
    // Source: §2.11 (7)
    order.deal_code = None;
    take_over(call, &customer);
    leave_old(call, old, sku.id);
    let kept = call.world.customers.get(&customer.id).cloned().unwrap_or(customer);
    let waits = call.switches().transfer_waits_for_terms;
    let accepted = Customer { terms_accepted: kept.terms_accepted || !waits, ..kept };
    begin(call, &accepted, sku, order)
}

/// The old one ends by itself. Source: google-semantics.md §2.11 (8), §2.18 `TRANSFERRED_OUT`
fn leave_old(call: &mut Call<'_>, mut old: Subscription, sku_id: &str) {
    old = call.world.subscriptions.get(&old.key()).cloned().unwrap_or(old);
    old.cancelled = true;
    old.cancelled_because = Some("TRANSFERRED_OUT".to_owned());
    announce(call.world, &old, Event::Cancelled, call.now_ms);
    let old_sku = old.sku_id.clone();
    let customer_id = old.customer_id.clone();
    call.world.put_subscription(old);
    licensing::move_licences(call.world, &customer_id, &old_sku, sku_id);
}

/// The customer is ours from now on; what runs stays with who sold it until it is transferred.
/// After another reseller, its administrators have to accept new terms. Source: google-semantics.md §2.12 {H-TOS}
pub(super) fn take_over(call: &mut Call<'_>, customer: &Customer) {
    let us = call.caller.customer_id.clone();
    give_to(call.world, customer, &us);
}

/// The same for any reseller, by customer id.
pub(crate) fn give_to(world: &mut World, customer: &Customer, reseller: &str) {
    let us = Owner::Reseller { customer_id: reseller.to_owned() };
    if customer.owner == us {
        return;
    }
    let mut customer = customer.clone();
    let before = std::mem::replace(&mut customer.owner, us);
    if matches!(before, Owner::Reseller { .. }) {
        customer.terms_accepted = false;
    }
    let left: Vec<Subscription> = world
        .subscriptions_of(&customer.id)
        .filter(|it| !it.cancelled && it.sold_by.is_none())
        .cloned()
        .collect();
    for mut subscription in left {
        subscription.sold_by = Some(before.clone());
        world.put_subscription(subscription);
    }
    world.put_customer(customer);
}

/// Drops tokens that have expired.
pub(crate) fn forget_expired(world: &mut World, now_ms: i64) {
    world.transfer_tokens.retain(|_, token| token.expires_at_ms > now_ms);
}
