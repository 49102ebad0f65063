//! reseller.subscriptions: list, get, insert, changeSeats, suspend, activate. Source: google-semantics.md §2.6-§2.10

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::paging::{Bounds, page};
use crate::reply::Reply;
use crate::reseller::customers::{check_reseller, find_ours};
use crate::reseller::rules;
use crate::reseller::skus::{self, Sku};
use crate::settings::SameSku;
use crate::shape::{int32, text};
use crate::world::{Customer, PlanName, Status, Subscription, SuspensionReason, subscription_key};

const DAY_MS: i64 = 86_400_000;
/// Source: google-quotas.json `reseller.trial_length`
const TRIAL_MS: i64 = 30 * DAY_MS;
/// Source: google-quotas.json `reseller.trial_seat_cap`
const TRIAL_SEATS_MAX: i32 = 10;
/// One year. Source: google-semantics.md §2.6 `commitmentInterval`
const YEAR_MS: i64 = 365 * DAY_MS;
/// Source: google-quotas.json `reseller.suspension_window`
const SUSPENDED_MS_MAX: i64 = 60 * DAY_MS;
/// Source: google-semantics.md §2.1, §2.16 {R-LIM}
const PAGE: Bounds = Bounds { default: 20, max: 100 };

/// Source: google-semantics.md §2.8 {R-MS}
const RENEWAL_TYPES: [&str; 7] = [
    "AUTO_RENEW_MONTHLY_PAY",
    "AUTO_RENEW_YEARLY_PAY",
    "RENEW_CURRENT_USERS_MONTHLY_PAY",
    "RENEW_CURRENT_USERS_YEARLY_PAY",
    "RENEW_ON_PROPOSED_OFFER",
    "SWITCH_TO_PAY_AS_YOU_GO",
    "CANCEL",
];

fn is_annual(plan: PlanName) -> bool {
    matches!(plan, PlanName::AnnualMonthlyPay | PlanName::AnnualYearlyPay)
}

/// What is read back. `ANNUAL_MONTHLY_PAY` is shown as `ANNUAL`. Source: google-semantics.md §2.7 {DISC-RES}{R-CON}
fn shown_plan(plan: PlanName) -> &'static str {
    match plan {
        PlanName::AnnualMonthlyPay => "ANNUAL",
        PlanName::AnnualYearlyPay => "ANNUAL_YEARLY_PAY",
        PlanName::Flexible => "FLEXIBLE",
        PlanName::Trial => "TRIAL",
        PlanName::Free => "FREE",
    }
}

fn sent_plan(name: &str) -> Option<PlanName> {
    Some(match name {
        "ANNUAL_MONTHLY_PAY" => PlanName::AnnualMonthlyPay,
        "ANNUAL_YEARLY_PAY" => PlanName::AnnualYearlyPay,
        "FLEXIBLE" => PlanName::Flexible,
        "TRIAL" => PlanName::Trial,
        "FREE" => PlanName::Free,
        _ => return None,
    })
}

fn seats_field(plan: PlanName) -> &'static str {
    if is_annual(plan) { "numberOfSeats" } else { "maximumNumberOfSeats" }
}

/// Source: google-semantics.md §2.6, §13
fn shown(call: &Call<'_>, subscription: &Subscription) -> Value {
    let sku = skus::find(&subscription.sku_id);
    let plan = subscription.plan;
    let mut shown = json!({
        "kind": "reseller#subscription",
        "customerId": subscription.customer_id,
        "subscriptionId": subscription.id,
        "skuId": subscription.sku_id,
        "billingMethod": "ONLINE",
        "creationTime": subscription.created_at_ms.to_string(),
        "plan": {"planName": shown_plan(plan), "isCommitmentPlan": is_annual(plan)},
        "seats": {
            "kind": "subscriptions#seats",
            seats_field(plan): subscription.seats,
            "licensedNumberOfSeats": licensing::licensed(call.world, subscription),
        },
        "trialSettings": {"isInTrial": false},
        "status": subscription.status(),
        "resourceUiUrl": format!("{}/sandbox/v1/customers/{}", call.settings.public_url, subscription.customer_id),
    });
    if let Some(customer) = call.world.customers.get(&subscription.customer_id) {
        shown["customerDomain"] = customer.domain.as_str().into();
    }
    if let Some(sku) = sku {
        shown["skuName"] = sku.name.into();
    }
    if let Some((start, end)) = subscription.commitment_ms {
        shown["plan"]["commitmentInterval"] =
            json!({"startTime": start.to_string(), "endTime": end.to_string()});
    }
    if let Some(end) = subscription.trial_end_ms {
        let in_trial = plan == PlanName::Trial && call.now_ms < end;
        shown["trialSettings"] = json!({"isInTrial": in_trial, "trialEndTime": end.to_string()});
    }
    if let Some(renewal_type) = &subscription.renewal_type {
        shown["renewalSettings"] =
            json!({"kind": "subscriptions#renewalSettings", "renewalType": renewal_type});
    }
    if let Some(order) = &subscription.purchase_order_id {
        shown["purchaseOrderId"] = order.as_str().into();
    }
    if let Some(deal) = &subscription.deal_code {
        shown["dealCode"] = deal.as_str().into();
    }
    if subscription.status() == Status::Suspended {
        shown["suspensionReasons"] = json!(subscription.suspension_reasons);
    }
    shown
}

fn is_visible(call: &Call<'_>, subscription: &Subscription) -> bool {
    call.now_ms >= subscription.created_at_ms + call.world.lag_ms.subscriptions_ms
}

/// Source: google-semantics.md §2.1, §2.15
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    if call.query.get("customerAuthToken").is_some() {
        return Err(ApiError::unsupported("transfers with customerAuthToken"));
    }
    let only = match call.query.get("customerId") {
        Some(key) => Some(find_ours(call, key)?.id),
        None => None,
    };
    let prefix = call.query.get("customerNamePrefix").map(str::to_lowercase);
    let wanted = |subscription: &&Subscription| {
        let customer = call.world.customers.get(&subscription.customer_id);
        !subscription.cancelled
            && only.as_ref().is_none_or(|id| *id == subscription.customer_id)
            && customer.is_some_and(|customer| {
                call.resells(customer)
                    && prefix.as_ref().is_none_or(|prefix| customer.domain.starts_with(prefix))
            })
            && is_visible(call, subscription)
    };
    let subscriptions = call.world.subscriptions.values().filter(wanted);
    let (items, next) = page(subscriptions, |subscription| subscription.key(), call.query, &PAGE)?;
    let items: Vec<Value> = items
        .into_iter()
        .map(|subscription| {
            let mut shown = shown(call, subscription);
            if call.switches().list_item_kind_differs {
                shown["kind"] = "subscriptions#subscription".into();
            }
            shown
        })
        .collect();
    let mut body = json!({"kind": "reseller#subscriptions"});
    if !items.is_empty() {
        body["subscriptions"] = items.into();
    }
    if let Some(next) = next {
        body["nextPageToken"] = next.into();
    }
    Ok(Reply::json(body))
}

/// A subscription of one of our customers; `late` hides it for as long as reads are behind.
fn find(call: &Call<'_>, late: bool) -> Result<Subscription, ApiError> {
    check_reseller(call)?;
    let customer = find_ours(call, call.part("customerId"))?;
    let key = subscription_key(&customer.id, call.part("subscriptionId"));
    call.world
        .subscriptions
        .get(&key)
        .filter(|subscription| !late || is_visible(call, subscription))
        .cloned()
        .ok_or_else(|| ApiError::not_found("Resource Not Found: subscriptionId"))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let subscription = find(call, true)?;
    Ok(Reply::json(shown(call, &subscription)))
}

fn keep(call: &mut Call<'_>, subscription: Subscription) -> Answer {
    let body = shown(call, &subscription);
    call.world.subscriptions.insert(subscription.key(), subscription);
    Ok(Reply::json(body))
}

/// Source: google-semantics.md §2.6-§2.10, §2.12
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let customer = find_ours(call, call.part("customerId"))?;
    refuse_transfer_and_switch(call)?;
    let sku = text(&call.body, "/skuId")
        .and_then(skus::find)
        .ok_or_else(|| ApiError::invalid("Invalid Input: skuId"))?;
    check_preconditions(call, &customer, sku)?;
    let plan = text(&call.body, "/plan/planName")
        .and_then(sent_plan)
        .filter(|plan| sku.plans.contains(plan))
        .ok_or_else(|| ApiError::invalid("Invalid Input: plan.planName"))?;
    let seats = seats_of(&call.body, "/seats", plan, sku)?;
    check_seats_suffice(call, &customer, sku, seats)?;
    check_names(&call.body, &customer)?;
    let renewal_type = renewal_of(&call.body, plan)?;
    let created_at_ms = call.now_ms;
    let mut subscription = Subscription {
        customer_id: customer.id.clone(),
        id: new_id(call, &customer.id),
        sku_id: sku.id.to_owned(),
        plan,
        commitment_ms: is_annual(plan).then_some((created_at_ms, created_at_ms + YEAR_MS)),
        seats,
        renewal_type,
        purchase_order_id: text(&call.body, "/purchaseOrderId").map(str::to_owned),
        deal_code: text(&call.body, "/dealCode").map(str::to_owned),
        suspension_reasons: BTreeSet::new(),
        suspended_at_ms: None,
        trial_end_ms: (plan == PlanName::Trial).then_some(created_at_ms + TRIAL_MS),
        cancelled: false,
        created_at_ms,
    };
    if !customer.terms_accepted && !call.switches().new_subscription_active {
        subscription.suspension_reasons.insert(SuspensionReason::PendingTosAcceptance);
        subscription.suspended_at_ms = Some(created_at_ms);
    }
    call.world.subscriptions.insert(subscription.key(), subscription.clone());
    licensing::assign_automatically(call.world, &customer.id);
    Ok(Reply::json(shown(call, &subscription)))
}

fn refuse_transfer_and_switch(call: &Call<'_>) -> Result<(), ApiError> {
    if call.query.get("customerAuthToken").is_some() {
        return Err(ApiError::unsupported("transfers with customerAuthToken"));
    }
    match call.query.get("action") {
        None | Some("actionUnspecified" | "buy") => Ok(()),
        Some("switch") => Err(ApiError::unsupported("switching the SKU")),
        Some(other) => Err(ApiError::invalid_parameter(
            "action",
            format!(
                "Invalid value at 'action' (type.googleapis.com/google.apps.reseller.v1.Action), \"{other}\""
            ),
        )),
    }
}

/// What the customer has already. Source: google-semantics.md §2.9 (one trial), §2.10, §2.12
fn check_preconditions(call: &Call<'_>, customer: &Customer, sku: &Sku) -> Result<(), ApiError> {
    let present: Vec<&Subscription> = call
        .world
        .subscriptions_of(&customer.id)
        .filter(|subscription| !subscription.cancelled)
        .collect();
    if sku.plans.is_empty() {
        return Err(ApiError::condition_not_met("This SKU can't be purchased."));
    }
    let same = present.iter().any(|subscription| subscription.sku_id == sku.id);
    if same && call.switches().same_sku == SameSku::Refused {
        return Err(ApiError::condition_not_met("The customer has this subscription already."));
    }
    let buys = call.query.get("action") == Some("buy");
    let of_product = |subscription: &&&Subscription| {
        skus::find(&subscription.sku_id).is_some_and(|other| other.product == sku.product)
    };
    if !same && !buys && present.iter().any(|subscription| of_product(&subscription)) {
        // Google would decide for an upgrade or downgrade. Source: §2.10 {DISC-RES}
        return Err(ApiError::unsupported(
            "switching the SKU by buying another one of the product",
        ));
    }
    let trial = text(&call.body, "/plan/planName") == Some("TRIAL");
    let had_trial = call.world.subscriptions_of(&customer.id).any(|subscription| {
        subscription.trial_end_ms.is_some()
            && skus::find(&subscription.sku_id).is_some_and(|other| other.product == sku.product)
    });
    if trial && had_trial {
        return Err(ApiError::condition_not_met("The customer has had a trial already."));
    }
    if sku.product == "Google-Vault" {
        check_vault(customer, &present)?;
    }
    Ok(())
}

/// Source: google-semantics.md §2.12 {R-PROD}
fn check_vault(customer: &Customer, present: &[&Subscription]) -> Result<(), ApiError> {
    let basic = present.iter().any(|subscription| {
        subscription.sku_id == "Google-Apps-For-Business" && subscription.status() == Status::Active
    });
    if basic && customer.terms_accepted && customer.domain_verified {
        Ok(())
    } else {
        Err(ApiError::condition_not_met(
            "Vault needs an active G Suite Basic subscription, accepted terms and a verified domain.",
        ))
    }
}

/// Read from the plan's own field; the other one beside it is ignored.
/// Source: google-semantics.md §2.9 changeSeats {R-ERR}{R-LIM}{F-GAM}
fn seats_of(body: &Value, at: &str, plan: PlanName, sku: &Sku) -> Result<i32, ApiError> {
    if body.pointer(&format!("{at}/licensedNumberOfSeats")).is_some_and(|value| !value.is_null()) {
        return Err(ApiError::invalid("Licensed number of seats field is read-only"));
    }
    let max = if plan == PlanName::Trial { TRIAL_SEATS_MAX } else { sku.seats_max };
    int32(body, &format!("{at}/{}", seats_field(plan)))
        .filter(|seats| (1..=max).contains(seats))
        .ok_or_else(|| ApiError::invalid("The seats provided are not valid"))
}

/// Not fewer seats than users that get one by themselves. Source: google-semantics.md §2.9 "≥ current users"
fn check_seats_suffice(
    call: &Call<'_>,
    customer: &Customer,
    sku: &Sku,
    seats: i32,
) -> Result<(), ApiError> {
    let first = licensing::workspace_subscriptions(call.world, &customer.id).next().is_none();
    if sku.product != skus::WORKSPACE || !first {
        return Ok(());
    }
    let users = i32::try_from(call.world.users_of(&customer.id).count()).unwrap_or(i32::MAX);
    if seats < users {
        return Err(ApiError::invalid("The seats provided are not valid"));
    }
    Ok(())
}

fn check_names(body: &Value, customer: &Customer) -> Result<(), ApiError> {
    if let Some(order) = text(body, "/purchaseOrderId") {
        rules::purchase_order_id(order)?;
    }
    // Source: google-semantics.md §2.6 {DISC-RES}
    if text(body, "/dealCode").is_some_and(|deal| deal.chars().count() > 100) {
        return Err(ApiError::invalid("Invalid Input: dealCode"));
    }
    let other = text(body, "/customerId")
        .is_some_and(|given| given != customer.id && !customer.has_domain(given));
    if other { Err(ApiError::invalid("Invalid Input: customerId")) } else { Ok(()) }
}

/// Defaults differ per SKU; these are those of most. Source: google-semantics.md §2.8 {R-MS}{R-CS}
fn renewal_of(body: &Value, plan: PlanName) -> Result<Option<String>, ApiError> {
    let given = text(body, "/renewalSettings/renewalType");
    if given.is_some_and(|given| !RENEWAL_TYPES.contains(&given)) {
        return Err(ApiError::invalid("Invalid Input: renewalSettings.renewalType"));
    }
    let default = match plan {
        PlanName::AnnualMonthlyPay => "RENEW_CURRENT_USERS_MONTHLY_PAY",
        PlanName::AnnualYearlyPay => "RENEW_CURRENT_USERS_YEARLY_PAY",
        PlanName::Flexible | PlanName::Trial | PlanName::Free => return Ok(None),
    };
    Ok(Some(given.unwrap_or(default).to_owned()))
}

/// A decimal string, unique within the customer. Source: google-semantics.md §2.6, §11 "Ids"
fn new_id(call: &mut Call<'_>, customer_id: &str) -> String {
    loop {
        let id = call.world.chance.digits("subscription", 7);
        if !call.world.subscriptions.contains_key(&subscription_key(customer_id, &id)) {
            return id;
        }
    }
}

/// The value is the new total. Source: google-semantics.md §2.9 {R-ERR}{R-LIM}
pub(crate) fn change_seats(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    let only_terms =
        subscription.suspension_reasons.iter().eq([&SuspensionReason::PendingTosAcceptance]);
    let open = subscription.status() == Status::Active
        || (only_terms && call.switches().change_seats_while_terms_pending);
    if !open {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    let sku = skus::find(&subscription.sku_id)
        .ok_or_else(|| ApiError::invalid("Invalid Input: skuId"))?;
    let seats = seats_of(&call.body, "", subscription.plan, sku)?;
    let decreases = is_annual(subscription.plan) && seats < subscription.seats;
    if decreases || seats < licensing::licensed(call.world, &subscription) {
        return Err(ApiError::invalid("The seats provided are not valid"));
    }
    subscription.seats = seats;
    let status = if call.switches().created_status_for_changes { 201 } else { 200 };
    let reply = keep(call, subscription)?;
    Ok(Reply { status, ..reply })
}

/// Only a paid subscription that is ACTIVE. Source: google-semantics.md §2.9 {R-STAT}, §2.14 `badRequest`
pub(crate) fn suspend(call: &mut Call<'_>) -> Answer {
    let mut subscription = find(call, false)?;
    if matches!(subscription.plan, PlanName::Trial | PlanName::Free) {
        return Err(ApiError::condition_not_met(
            "Trial and free subscriptions can't be suspended.",
        ));
    }
    if subscription.status() != Status::Active {
        return Err(ApiError::bad_request("The subscription is suspended or cancelled."));
    }
    subscription.suspension_reasons.insert(SuspensionReason::ResellerInitiated);
    subscription.suspended_at_ms = Some(call.now_ms);
    keep(call, subscription)
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
    }
    keep(call, subscription)
}
