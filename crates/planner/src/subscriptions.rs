//! Subscriptions: each is planned on its own, so that one that waits does not keep the others.

use crate::held;
use domain::catalog::Catalog;
use domain::desired::{Desired, DesiredSubscription};
use domain::ids::SubscriptionId;
use domain::observed::{Observed, ObservedSubscription, Seen, Status, Subject, SuspensionReason};
use domain::step::{Blocker, Plan, Step};

/// Whether every wanted subscription is there. Money starts here, so this is asked only once the
/// admin who has to accept the terms exists.
pub(crate) fn plan(
    google_customer: &str,
    desired: &Desired,
    observed: &Observed,
    catalog: &Catalog,
    plan: &mut Plan,
) -> bool {
    let mut all_there = true;
    for (id, want) in &desired.subscriptions {
        let subject = Subject::Subscription(id.clone());
        let sight = observed.subscriptions.get(id).cloned().unwrap_or_default();
        if let Some(blocker) = held(&subject, desired, observed) {
            plan.blocked.push(blocker);
            all_there = false;
            continue;
        }
        match &sight.seen {
            Seen::Unknown => {
                let absent_from = sight.absent_from;
                plan.blocked.push(Blocker::NotYetSeen { subject, absent_from });
                all_there = false;
            }
            Seen::Absent => {
                all_there = false;
                create(google_customer, id, want, observed, catalog, plan);
            }
            Seen::Present(have) => plan.blocked.extend(outside_hold(id, desired, have)),
        }
    }
    all_there
}

fn create(
    google_customer: &str,
    id: &SubscriptionId,
    want: &DesiredSubscription,
    observed: &Observed,
    catalog: &Catalog,
    plan: &mut Plan,
) {
    let product = |sku: &str| catalog.sku(sku).map_or(sku.to_owned(), |sku| sku.product.to_owned());
    let bought_past_us = observed.strangers.iter().find(|stranger| {
        stranger.status != Status::Cancelled && product(&stranger.sku) == product(&want.sku)
    });
    match bought_past_us {
        Some(stranger) => plan.blocked.push(Blocker::SubscriptionElsewhere {
            subscription: id.clone(),
            sku: stranger.sku.clone(),
        }),
        None => plan.steps.push(Step::CreateSubscription {
            google_customer: google_customer.to_owned(),
            subscription: id.clone(),
            sku: want.sku.clone(),
            payment_plan: want.payment_plan,
            seats: want.seats,
        }),
    }
}

/// What somebody else has to do before a subscription of ours works.
fn outside_hold(
    id: &SubscriptionId,
    desired: &Desired,
    have: &ObservedSubscription,
) -> Option<Blocker> {
    let reasons = &have.suspension_reasons;
    if reasons.contains(&SuspensionReason::PendingTosAcceptance) {
        let admin_email = desired.admin_email();
        return Some(Blocker::TermsNotAccepted { subscription: id.clone(), admin_email });
    }
    (have.status != Status::Active)
        .then(|| Blocker::SuspendedAtGoogle { subscription: id.clone(), reasons: reasons.clone() })
}
