//! The first administrator and the super admin role.

use crate::held;
use domain::desired::Desired;
use domain::ids::CustomerId;
use domain::observed::{Observed, ObservedAdmin, Seen, Subject};
use domain::step::{Blocker, Plan, Step};

/// Names what is still to come of the admin, when nothing can be planned yet.
pub(crate) fn later(observed: &Observed, plan: &mut Plan) {
    let admin = ours(observed);
    if admin.is_none() {
        plan.later.push("create_admin".to_owned());
    }
    if !admin.is_some_and(|admin| admin.is_admin) {
        plan.later.push("make_admin".to_owned());
    }
}

fn ours(observed: &Observed) -> Option<&ObservedAdmin> {
    observed.admin.present().filter(|admin| admin.ours)
}

/// Whether the admin is there and ours. The role may still be missing: that does not keep the
/// subscription waiting.
pub(crate) fn plan(
    customer: &CustomerId,
    google_customer: &str,
    desired: &Desired,
    observed: &Observed,
    plan: &mut Plan,
) -> bool {
    let email = desired.admin_email();
    let role_later = |plan: &mut Plan| {
        if !ours(observed).is_some_and(|admin| admin.is_admin) {
            plan.later.push("make_admin".to_owned());
        }
    };
    if let Some(blocker) = held(&Subject::Admin, desired, observed) {
        plan.blocked.push(blocker);
        role_later(plan);
        return false;
    }
    match &observed.admin.seen {
        Seen::Unknown => {
            let absent_from = observed.admin.absent_from;
            plan.blocked.push(Blocker::NotYetSeen { subject: Subject::Admin, absent_from });
            role_later(plan);
            false
        }
        Seen::Absent => {
            plan.steps.push(Step::CreateAdmin {
                google_customer: google_customer.to_owned(),
                email,
                given_name: desired.customer.contact.given_name.clone(),
                family_name: desired.customer.contact.family_name.clone(),
                recovery_email: desired.customer.alternate_email.clone(),
                secret: desired.admin.secret.clone(),
                external_id: customer.clone(),
            });
            role_later(plan);
            false
        }
        Seen::Present(have) if !have.ours => {
            plan.blocked.push(Blocker::AdminExists { email });
            role_later(plan);
            false
        }
        Seen::Present(have) => {
            if !have.is_admin {
                match held(&Subject::AdminRole, desired, observed) {
                    Some(blocker) => plan.blocked.push(blocker),
                    None => plan.steps.push(Step::MakeAdmin { email }),
                }
            }
            true
        }
    }
}
