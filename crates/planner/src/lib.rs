//! The rules, pure: compares wish and reality and says what to do next, what must wait and why; and
//! folds what was learnt into what we know. No IO, no clock, no chance; the same inputs give the same
//! answer, always, and nothing here can fail.

mod absorb;
mod admin;
mod customer;
mod events;
mod explain;
mod lint;
mod look;
mod mail;
mod standing;
mod subscriptions;

pub use absorb::{absorb, forget_refusals};
pub use events::{blocker_changes, changes};
pub use explain::{Explanation, Who, explain};
pub use lint::{PlanFault, lint};
pub use look::look;
pub use standing::{Standing, standing};

use domain::catalog::Catalog;
use domain::desired::Desired;
use domain::ids::CustomerId;
use domain::observed::{Observed, Sight, Subject};
use domain::step::{Blocker, Plan};

/// What to do for one customer. Never guesses about what is unknown: that is a blocker, until a look
/// tells.
#[must_use]
pub fn plan(
    customer: &CustomerId,
    desired: &Desired,
    observed: &Observed,
    catalog: &Catalog,
) -> Plan {
    let mut plan = Plan::default();
    let google_customer = customer::plan(desired, observed, &mut plan);
    let admin = google_customer.map(|google_customer| {
        admin::plan(customer, google_customer, desired, observed, &mut plan)
    });
    let paid = match (google_customer, admin) {
        (Some(google_customer), Some(true)) => {
            subscriptions::plan(google_customer, desired, observed, catalog, &mut plan)
        }
        _ => {
            let there = |id| observed.subscriptions.get(id).and_then(Sight::present).is_some();
            let missing = desired.subscriptions.keys().filter(|id| !there(*id));
            plan.later.extend(missing.map(|_| "create_subscription".to_owned()));
            false
        }
    };
    mail::plan(customer, desired, observed, paid, &mut plan);
    plan
}

/// Why a subject can't be touched whatever the wish says: Google refused it in this generation, or
/// took it away.
fn held(subject: &Subject, desired: &Desired, observed: &Observed) -> Option<Blocker> {
    if let Some(since) = observed.vanished.get(subject) {
        return Some(Blocker::VanishedAtGoogle { subject: subject.clone(), since: *since });
    }
    let refused = observed.refusals.get(subject)?;
    (refused.generation == desired.generation).then(|| Blocker::Refused {
        subject: subject.clone(),
        reason: refused.reason.clone(),
        at: refused.at,
    })
}
