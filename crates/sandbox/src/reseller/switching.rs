//! Switching to another SKU of the same product: the old subscription ends and a new one begins.
//! Source: google-semantics.md §2.10 {R-PROD}{DISC-RES}

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::reseller::matrix::{SMALL_SEATS_MAX, Way, way};
use crate::reseller::notify::{Event, announce};
use crate::reseller::purchase::{Order, begin};
use crate::reseller::skus::{self, Sku};
use crate::reseller::terms::bad_seats;
use crate::world::{Customer, PlanName, Subscription, SuspensionReason};

fn not_offered() -> ApiError {
    ApiError::condition_not_met("The subscription can't be switched to this SKU.")
}

/// The one to switch from: asked for by its SKU, or the customer's only other one of the product.
pub(super) fn source(
    call: &Call<'_>,
    customer: &Customer,
    sku: &Sku,
) -> Result<Subscription, ApiError> {
    let wanted = call.query.get("sourceSkuId").ok_or_else(|| {
        ApiError::invalid_parameter("sourceSkuId", "Required parameter: sourceSkuId")
    })?;
    let found = call
        .world
        .subscriptions_of(&customer.id)
        .find(|it| !it.cancelled && it.sold_by.is_none() && it.sku_id == wanted);
    let same_product = skus::product_of(wanted) == Some(sku.product) && wanted != sku.id;
    found
        .filter(|_| same_product)
        .cloned()
        .ok_or_else(|| ApiError::invalid_parameter("sourceSkuId", "Invalid value for: sourceSkuId"))
}

pub(super) fn switch(
    call: &mut Call<'_>,
    customer: &Customer,
    mut old: Subscription,
    sku: &'static Sku,
) -> Answer {
    let way = way(&old.sku_id, sku.id).ok_or_else(not_offered)?;
    check_source(call, &old, way)?;
    let mut order = Order::read(call, customer, sku, old.is_in_trial(call.now_ms))?;
    check_target(call, customer, &old, way, &order)?;
    // A trial goes on under the new SKU; it isn't a second one.
    if order.plan == PlanName::Trial {
        order.trial_end_ms = old.trial_end_ms;
    }
    old.cancelled = true;
    old.cancelled_because = Some("OTHER".to_owned());
    let event = if matches!(way, Way::Up | Way::UpIfVerified) {
        Event::Upgraded
    } else {
        Event::Downgraded
    };
    announce(call.world, &old, event, call.now_ms);
    let old_sku = old.sku_id.clone();
    call.world.put_subscription(old);
    licensing::move_licences(call.world, &customer.id, &old_sku, sku.id);
    if skus::has_vault(sku.id) && call.switches().upgrade_ends_vault {
        end_vault(call, customer);
    }
    begin(call, customer, sku, order)
}

/// The add-on is part of what was bought. Source: google-semantics.md §2.18 `PURCHASE_OF_SUBSUMING_SKU` {R-PUSH}
fn end_vault(call: &mut Call<'_>, customer: &Customer) {
    let vault =
        |it: &&Subscription| !it.cancelled && skus::product_of(&it.sku_id) == Some(skus::VAULT);
    let ended: Vec<Subscription> =
        call.world.subscriptions_of(&customer.id).filter(vault).cloned().collect();
    for mut addon in ended {
        addon.cancelled = true;
        addon.cancelled_because = Some("PURCHASE_OF_SUBSUMING_SKU".to_owned());
        announce(call.world, &addon, Event::Cancelled, call.now_ms);
        licensing::release(call.world, &addon);
        call.world.put_subscription(addon);
    }
}

fn check_source(call: &Call<'_>, old: &Subscription, way: Way) -> Result<(), ApiError> {
    let held = |reason: &SuspensionReason| *reason != SuspensionReason::PendingTosAcceptance;
    if old.suspension_reasons.iter().any(held) {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    let down = matches!(way, Way::Down | Way::DownIfSmall);
    let committed = old.plan.is_annual() && !old.is_in_trial(call.now_ms);
    if committed && (down || old.plan == PlanName::AnnualYearlyPay) {
        return Err(ApiError::condition_not_met(
            "An annual plan can't be switched to this SKU before its renewal.",
        ));
    }
    Ok(())
}

fn check_target(
    call: &Call<'_>,
    customer: &Customer,
    old: &Subscription,
    way: Way,
    order: &Order,
) -> Result<(), ApiError> {
    if way == Way::UpIfVerified && !customer.domain_verified {
        return Err(ApiError::condition_not_met("The customer's domain is not verified."));
    }
    if way == Way::DownIfSmall && order.seats > SMALL_SEATS_MAX {
        return Err(not_offered());
    }
    let committed = old.plan.is_annual() && !old.is_in_trial(call.now_ms);
    // An annual plan goes on as one, with no fewer seats. Source: §2.9 "annual plans can't be changed" [I]
    if committed && (!order.plan.is_annual() || order.seats < old.seats) {
        return Err(ApiError::condition_not_met("The commitment can't be lowered by a switch."));
    }
    if order.seats < licensing::licensed(call.world, old) {
        return Err(bad_seats());
    }
    Ok(())
}
