//! Checks a plan without using the planner: what must never be planned, whatever the reason. Shares
//! no code with it, so that it can't share its mistakes.

use domain::desired::Desired;
use domain::observed::{Observed, Seen, Subject, Welcome};
use domain::step::{Blocker, Plan, Step};
use std::collections::BTreeSet;

/// Something a plan must not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFault {
    /// Would make what is there, or may be there.
    CreatesUnproven(Subject),
    /// Would act below a customer that is not there or not managed by us.
    ActsWithoutCustomer(Subject),
    /// Would buy before anybody could accept the terms.
    BuysWithoutAdmin,
    /// Would not do what was asked for.
    OffTheWish(Subject),
    /// Two steps for one thing, or a step for what is blocked.
    Twice(Subject),
    /// Would act on what Google refused in this generation, or took away.
    IgnoresRefusal(Subject),
    /// Would send the mail again, or too early.
    MailOutOfTurn,
}

/// Everything wrong with a plan. Run on every plan in debug builds and in every test.
#[must_use]
pub fn lint(plan: &Plan, desired: &Desired, observed: &Observed) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    let mut touched = BTreeSet::new();
    for step in &plan.steps {
        let subject = step.subject();
        if !touched.insert(subject.clone()) {
            faults.push(PlanFault::Twice(subject.clone()));
        }
        let refused = observed.refusals.get(&subject);
        if refused.is_some_and(|refused| refused.generation == desired.generation)
            || observed.vanished.contains_key(&subject)
        {
            faults.push(PlanFault::IgnoresRefusal(subject.clone()));
        }
        if subject != Subject::Customer && !customer_is_there(observed) {
            faults.push(PlanFault::ActsWithoutCustomer(subject));
        }
        lint_step(step, desired, observed, &mut faults);
    }
    for blocker in &plan.blocked {
        if let Blocker::NotYetSeen { subject, .. }
        | Blocker::Refused { subject, .. }
        | Blocker::VanishedAtGoogle { subject, .. } = blocker
            && !touched.insert(subject.clone())
        {
            faults.push(PlanFault::Twice(subject.clone()));
        }
    }
    faults
}

fn customer_is_there(observed: &Observed) -> bool {
    matches!(&observed.customer.seen, Seen::Present(customer) if customer.managed)
}

fn lint_step(step: &Step, desired: &Desired, observed: &Observed, faults: &mut Vec<PlanFault>) {
    let unproven = match step {
        Step::CreateCustomer { .. } => observed.customer.seen != Seen::Absent,
        Step::CreateAdmin { .. } => observed.admin.seen != Seen::Absent,
        Step::MakeAdmin { .. } => {
            !matches!(&observed.admin.seen, Seen::Present(a) if a.ours && !a.is_admin)
        }
        Step::CreateSubscription { subscription, .. } => {
            let sight = observed.subscriptions.get(subscription);
            sight.is_none_or(|sight| sight.seen != Seen::Absent)
        }
        Step::SendWelcomeMail { .. } => false,
    };
    if unproven {
        faults.push(PlanFault::CreatesUnproven(step.subject()));
    }
    match step {
        Step::CreateSubscription { subscription, sku, payment_plan, seats, .. } => {
            if !matches!(&observed.admin.seen, Seen::Present(admin) if admin.ours) {
                faults.push(PlanFault::BuysWithoutAdmin);
            }
            let asked = desired.subscriptions.get(subscription).is_some_and(|want| {
                want.sku == *sku && want.payment_plan == *payment_plan && want.seats == *seats
            });
            if !asked {
                faults.push(PlanFault::OffTheWish(step.subject()));
            }
        }
        Step::CreateCustomer { customer } if *customer != desired.customer => {
            faults.push(PlanFault::OffTheWish(step.subject()));
        }
        Step::CreateAdmin { email, .. } | Step::MakeAdmin { email }
            if *email != desired.admin_email() =>
        {
            faults.push(PlanFault::OffTheWish(step.subject()));
        }
        Step::SendWelcomeMail { to, .. } => {
            let all_there = desired.subscriptions.keys().all(|id| {
                observed.subscriptions.get(id).is_some_and(|sight| sight.present().is_some())
            });
            if !all_there || matches!(observed.welcome, Welcome::Sent { .. }) {
                faults.push(PlanFault::MailOutOfTurn);
            }
            if *to != desired.customer.alternate_email {
                faults.push(PlanFault::OffTheWish(step.subject()));
            }
        }
        _ => {}
    }
}
