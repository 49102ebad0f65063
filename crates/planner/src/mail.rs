//! The welcome mail: last, once, and again only when an answer was lost.

use crate::held;
use domain::desired::Desired;
use domain::ids::CustomerId;
use domain::observed::{Observed, Subject, Welcome};
use domain::step::{Plan, Step};

/// `paid` says that every subscription is there: before, there is nothing to be welcomed to.
pub(crate) fn plan(
    customer: &CustomerId,
    desired: &Desired,
    observed: &Observed,
    paid: bool,
    plan: &mut Plan,
) {
    if matches!(observed.welcome, Welcome::Sent { .. }) {
        return;
    }
    let can_sign_in = observed.admin.present().is_some_and(|admin| admin.ours && admin.is_admin);
    if !paid || !can_sign_in {
        plan.later.push("send_welcome_mail".to_owned());
        return;
    }
    if let Some(blocker) = held(&Subject::WelcomeMail, desired, observed) {
        plan.blocked.push(blocker);
        return;
    }
    plan.steps.push(Step::SendWelcomeMail {
        to: desired.customer.alternate_email.clone(),
        recipient_name: desired.customer.contact.name(),
        organization: desired.customer.organization.clone(),
        domain: desired.customer.domain.to_string(),
        admin_email: desired.admin_email(),
        secret: desired.admin.secret.clone(),
        message_id: format!("<welcome.{customer}@{}>", desired.customer.domain),
    });
}
