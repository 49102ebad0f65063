//! What a subscription is bought on: plan, seats, renewal, order number. Values of requests, read and bounded.
//! Never: what the customer has already.
//! Source: google-semantics.md §2.6-§2.9, §2.16

use serde_json::Value;

use crate::envelope::ApiError;
use crate::reseller::rules;
use crate::reseller::skus::Sku;
use crate::shape::{int32, text};
use crate::world::{Customer, PlanName};

/// Source: google-quotas.json `reseller.trial_seat_cap`
const TRIAL_SEATS_MAX: i32 = 10;

/// Source: google-semantics.md §2.8 {R-MS}
pub(crate) const RENEWAL_TYPES: [&str; 7] = [
    "AUTO_RENEW_MONTHLY_PAY",
    "AUTO_RENEW_YEARLY_PAY",
    "RENEW_CURRENT_USERS_MONTHLY_PAY",
    "RENEW_CURRENT_USERS_YEARLY_PAY",
    "RENEW_ON_PROPOSED_OFFER",
    "SWITCH_TO_PAY_AS_YOU_GO",
    "CANCEL",
];

/// What is read back. `ANNUAL_MONTHLY_PAY` is shown as `ANNUAL`. Source: google-semantics.md §2.7 {DISC-RES}{R-CON}
pub(crate) fn shown_plan(plan: PlanName) -> &'static str {
    match plan {
        PlanName::AnnualMonthlyPay => "ANNUAL",
        PlanName::AnnualYearlyPay => "ANNUAL_YEARLY_PAY",
        PlanName::Flexible => "FLEXIBLE",
        PlanName::Trial => "TRIAL",
        PlanName::Free => "FREE",
    }
}

/// The plan at this pointer, if the SKU is sold with it. Source: google-semantics.md §2.7, §2.12
pub(crate) fn plan_of(body: &Value, at: &str, sku: &Sku) -> Result<PlanName, ApiError> {
    let plan = match text(body, at) {
        Some("ANNUAL_MONTHLY_PAY") => Some(PlanName::AnnualMonthlyPay),
        Some("ANNUAL_YEARLY_PAY") => Some(PlanName::AnnualYearlyPay),
        Some("FLEXIBLE") => Some(PlanName::Flexible),
        Some("TRIAL") => Some(PlanName::Trial),
        Some("FREE") => Some(PlanName::Free),
        _ => None,
    };
    plan.filter(|plan| sku.plans.contains(plan)).ok_or_else(|| {
        ApiError::invalid(format!(
            "Invalid Input: {}",
            at.trim_start_matches('/').replace('/', ".")
        ))
    })
}

pub(crate) fn seats_field(plan: PlanName) -> &'static str {
    if plan.is_annual() { "numberOfSeats" } else { "maximumNumberOfSeats" }
}

/// Most seats there may be at present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cap {
    pub(crate) in_trial: bool,
    /// What the reseller's contract says.
    pub(crate) seats_max: i32,
}

/// Read from the plan's own field; the other one beside it is ignored.
/// Source: google-semantics.md §2.9 changeSeats {R-ERR}{R-LIM}{F-GAM}
pub(crate) fn seats_of(
    body: &Value,
    at: &str,
    plan: PlanName,
    sku: &Sku,
    cap: Cap,
) -> Result<i32, ApiError> {
    if body.pointer(&format!("{at}/licensedNumberOfSeats")).is_some_and(|value| !value.is_null()) {
        return Err(ApiError::invalid("Licensed number of seats field is read-only"));
    }
    let trial = cap.in_trial.then_some(TRIAL_SEATS_MAX);
    let max = [trial, sku.seats_max].into_iter().flatten().fold(cap.seats_max, i32::min);
    int32(body, &format!("{at}/{}", seats_field(plan)))
        .filter(|seats| (1..=max).contains(seats))
        .ok_or_else(bad_seats)
}

pub(crate) fn bad_seats() -> ApiError {
    ApiError::invalid("The seats provided are not valid")
}

/// Order number and deal code. Source: google-semantics.md §2.6 {DISC-RES}, §2.16
pub(crate) fn check_order(body: &Value) -> Result<(), ApiError> {
    if let Some(order) = text(body, "/purchaseOrderId") {
        rules::purchase_order_id(order)?;
    }
    if text(body, "/dealCode").is_some_and(|deal| deal.chars().count() > 100) {
        return Err(ApiError::invalid("Invalid Input: dealCode"));
    }
    Ok(())
}

/// The customer in the body, where one stands there, is that of the path.
pub(crate) fn check_customer(body: &Value, customer: &Customer) -> Result<(), ApiError> {
    let other = text(body, "/customerId")
        .is_some_and(|given| given != customer.id && !customer.has_domain(given));
    if other { Err(ApiError::invalid("Invalid Input: customerId")) } else { Ok(()) }
}

pub(crate) fn is_renewal_type(text: &str) -> bool {
    RENEWAL_TYPES.contains(&text)
}

/// The renewal type at this pointer, if it is one.
pub(crate) fn renewal_type(body: &Value, at: &str) -> Result<Option<String>, ApiError> {
    match text(body, at) {
        Some(given) if is_renewal_type(given) => Ok(Some(given.to_owned())),
        Some(_) => Err(ApiError::invalid(format!(
            "Invalid Input: {}",
            at.trim_start_matches('/').replace('/', ".")
        ))),
        None => Ok(None),
    }
}

/// Annual plans have one; defaults differ per SKU, these are those of most.
/// Source: google-semantics.md §2.8 {R-MS}{R-CS}
pub(crate) fn renewal_of(given: Option<String>, plan: PlanName) -> Option<String> {
    let default = match plan {
        PlanName::AnnualMonthlyPay => "RENEW_CURRENT_USERS_MONTHLY_PAY",
        PlanName::AnnualYearlyPay => "RENEW_CURRENT_USERS_YEARLY_PAY",
        PlanName::Flexible | PlanName::Trial | PlanName::Free => return None,
    };
    Some(given.unwrap_or_else(|| default.to_owned()))
}
