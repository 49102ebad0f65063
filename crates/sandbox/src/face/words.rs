//! What the world's plain data is called on pages: times, states, plans, owners. Never: a decision.

use jiff::Timestamp;

use crate::clock::rfc3339;
use crate::reseller::skus;
use crate::world::{Customer, Owner, PlanName, Status, Subscription, SuspensionReason, World};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A moment of the sandbox's time.
#[derive(Debug, Clone)]
pub(super) struct When {
    /// For machines.
    pub(super) iso: String,
    /// Down to the second, in UTC.
    pub(super) text: String,
    /// How far it is from now.
    pub(super) distance: String,
}

impl When {
    pub(super) fn of(ms: i64, now_ms: i64) -> When {
        let text = Timestamp::from_millisecond(ms)
            .map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
        When {
            iso: rfc3339(ms),
            text: text.unwrap_or_else(|_| "beyond all calendars".to_owned()),
            distance: distance(ms, now_ms),
        }
    }
}

/// The largest unit that fits: people think in days, not in ms.
fn distance(ms: i64, now_ms: i64) -> String {
    let away = ms.saturating_sub(now_ms);
    let size = away.saturating_abs();
    let (count, unit) = match size {
        0..MINUTE_MS => return "just now".to_owned(),
        MINUTE_MS..HOUR_MS => (size / MINUTE_MS, "minute"),
        HOUR_MS..DAY_MS => (size / HOUR_MS, "hour"),
        _ => (size / DAY_MS, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if away > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// A state as a word and the tone it is shown in, so that colour is never the only sign.
#[derive(Debug, Clone)]
pub(super) struct Pill {
    pub(super) tone: &'static str,
    pub(super) text: String,
}

impl Pill {
    pub(super) fn new(tone: &'static str, text: impl Into<String>) -> Pill {
        Pill { tone, text: text.into() }
    }
}

pub(super) fn status(subscription: &Subscription) -> Pill {
    match subscription.status() {
        Status::Active => Pill::new("good", "Active"),
        Status::Suspended => Pill::new("warn", "Suspended"),
        Status::Cancelled => Pill::new("bad", "Cancelled"),
    }
}

pub(super) fn terms(customer: &Customer) -> Pill {
    if customer.terms_accepted {
        Pill::new("good", "Accepted")
    } else {
        Pill::new("warn", "Not accepted")
    }
}

/// What a client sees as the status of a call; 0 is none.
pub(super) fn call_status(status: u16) -> Pill {
    match status {
        0 => Pill::new("bad", "No answer"),
        200..=299 => Pill::new("good", status.to_string()),
        300..=399 => Pill::new("plain", status.to_string()),
        400..=499 => Pill::new("warn", status.to_string()),
        _ => Pill::new("bad", status.to_string()),
    }
}

pub(super) const PLANS: [PlanName; 5] = [
    PlanName::Flexible,
    PlanName::AnnualMonthlyPay,
    PlanName::AnnualYearlyPay,
    PlanName::Trial,
    PlanName::Free,
];

pub(super) fn plan(plan: PlanName) -> &'static str {
    match plan {
        PlanName::AnnualMonthlyPay => "Annual, paid monthly",
        PlanName::AnnualYearlyPay => "Annual, paid yearly",
        PlanName::Flexible => "Flexible",
        PlanName::Trial => "Trial",
        PlanName::Free => "Free",
    }
}

/// The word that forms send.
pub(super) fn plan_code(plan: PlanName) -> &'static str {
    match plan {
        PlanName::AnnualMonthlyPay => "ANNUAL_MONTHLY_PAY",
        PlanName::AnnualYearlyPay => "ANNUAL_YEARLY_PAY",
        PlanName::Flexible => "FLEXIBLE",
        PlanName::Trial => "TRIAL",
        PlanName::Free => "FREE",
    }
}

pub(super) const REASONS: [SuspensionReason; 5] = [
    SuspensionReason::PendingTosAcceptance,
    SuspensionReason::ResellerInitiated,
    SuspensionReason::TrialEnded,
    SuspensionReason::RenewalWithTypeCancel,
    SuspensionReason::Other,
];

pub(super) fn reason(reason: SuspensionReason) -> &'static str {
    match reason {
        SuspensionReason::PendingTosAcceptance => "waits for the terms to be accepted",
        SuspensionReason::RenewalWithTypeCancel => "its term ended and was not to be renewed",
        SuspensionReason::ResellerInitiated => "by the reseller",
        SuspensionReason::TrialEnded => "its trial ended without a plan",
        SuspensionReason::Other => "by Google, for a reason of its own",
    }
}

/// The word that forms send.
pub(super) fn reason_code(reason: SuspensionReason) -> &'static str {
    match reason {
        SuspensionReason::PendingTosAcceptance => "PENDING_TOS_ACCEPTANCE",
        SuspensionReason::RenewalWithTypeCancel => "RENEWAL_WITH_TYPE_CANCEL",
        SuspensionReason::ResellerInitiated => "RESELLER_INITIATED",
        SuspensionReason::TrialEnded => "TRIAL_ENDED",
        SuspensionReason::Other => "OTHER",
    }
}

/// Google's renewal type in words; unknown ones as they are.
pub(super) fn renewal(renewal_type: &str) -> &str {
    match renewal_type {
        "AUTO_RENEW_MONTHLY_PAY" => "renews with as many seats, paid monthly",
        "AUTO_RENEW_YEARLY_PAY" => "renews with as many seats, paid yearly",
        "RENEW_CURRENT_USERS_MONTHLY_PAY" => "renews with the seats in use, paid monthly",
        "RENEW_CURRENT_USERS_YEARLY_PAY" => "renews with the seats in use, paid yearly",
        "RENEW_ON_PROPOSED_OFFER" => "renews as proposed",
        "SWITCH_TO_PAY_AS_YOU_GO" => "becomes flexible",
        "CANCEL" => "ends, and is suspended",
        other => other,
    }
}

pub(super) fn sku(sku_id: &str) -> &str {
    skus::find(sku_id).map_or(sku_id, |sku| sku.name)
}

/// Who sells to a customer, and the id of that reseller's own customer where it is one of this world.
pub(super) struct Seller {
    pub(super) name: String,
    pub(super) id: Option<String>,
}

pub(super) fn seller(world: &World, customer: &Customer) -> Seller {
    match &customer.owner {
        Owner::Itself if customer.is_reseller => {
            Seller { name: "a reseller's own account".to_owned(), id: None }
        }
        Owner::Itself => Seller { name: "itself".to_owned(), id: None },
        Owner::Google => Seller { name: "Google, directly".to_owned(), id: None },
        Owner::Reseller { customer_id } => match world.customers.get(customer_id) {
            Some(reseller) => {
                Seller { name: reseller.domain.clone(), id: Some(reseller.id.clone()) }
            }
            None => Seller { name: format!("another reseller, {customer_id}"), id: None },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(away_ms: i64, expected: &str) {
        assert_eq!(distance(1_790_000_000_000 + away_ms, 1_790_000_000_000), expected);
    }

    #[test]
    fn distances_are_told_in_the_largest_unit_that_fits() {
        check(0, "just now");
        check(-59_999, "just now");
        check(60_000, "in 1 minute");
        check(-2 * HOUR_MS, "2 hours ago");
        check(30 * DAY_MS, "in 30 days");
        check(-400 * DAY_MS, "400 days ago");
    }

    #[test]
    fn times_beyond_the_calendar_have_words_too() {
        assert_eq!(When::of(i64::MAX, 0).text, "beyond all calendars");
        assert_eq!(When::of(1_790_000_000_000, 0).text, "2026-09-21 14:13:20 UTC");
    }
}
