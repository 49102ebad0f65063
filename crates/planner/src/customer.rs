//! The customer itself: there, to be made, or somebody else's.

use crate::{admin, held};
use domain::desired::Desired;
use domain::observed::{Observed, ObservedCustomer, Seen, Subject};
use domain::step::{Blocker, Plan, Step};

/// Google's id of the customer once it is there and ours; what else there is to say is in the plan.
pub(crate) fn plan<'a>(
    desired: &Desired,
    observed: &'a Observed,
    plan: &mut Plan,
) -> Option<&'a str> {
    let domain = || desired.customer.domain.to_string();
    let waits = |plan: &mut Plan, blocker| {
        plan.blocked.push(blocker);
        admin::later(observed, plan);
        None
    };
    if let Some(blocker) = held(&Subject::Customer, desired, observed) {
        return waits(plan, blocker);
    }
    match &observed.customer.seen {
        Seen::Unknown => {
            let absent_from = observed.customer.absent_from;
            waits(plan, Blocker::NotYetSeen { subject: Subject::Customer, absent_from })
        }
        Seen::Absent => {
            plan.steps.push(Step::CreateCustomer { customer: desired.customer.clone() });
            admin::later(observed, plan);
            None
        }
        Seen::Present(have) if !have.managed => {
            waits(plan, Blocker::CustomerElsewhere { domain: domain() })
        }
        Seen::Present(have) if !is_ours(desired, have) => {
            let organization = have.organization.clone();
            waits(plan, Blocker::CustomerExists { domain: domain(), organization })
        }
        Seen::Present(have) => Some(&have.google_id),
    }
}

/// Made by us, or so like our order that it is what an answer got lost about.
fn is_ours(desired: &Desired, have: &ObservedCustomer) -> bool {
    let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    have.made_by_us
        || (same(&have.alternate_email, desired.customer.alternate_email.as_str())
            && same(&have.organization, &desired.customer.organization))
}
