//! The linter finds every fault that a plan can have: one planted at a time.

use crate::samples::{
    NOW, create_admin, create_customer, create_subscription, desired, email, later, make_admin,
    send_mail, subscription_subject,
};
use crate::words::known;
use domain::catalog::PaymentPlan;
use domain::observed::Subject;
use domain::step::{Blocker, Plan, Step};
use planner::{PlanFault, lint};

#[track_caller]
fn check(state: &str, steps: &[Step], expected: &[PlanFault]) {
    let plan = Plan { steps: steps.to_vec(), ..Plan::default() };
    assert_eq!(lint(&plan, &desired(), &known(state)), expected, "{state}");
}

#[test]
fn good_plans_pass() {
    check("customer-", &[create_customer()], &[]);
    check("customer admin-", &[create_admin()], &[]);
    check("customer admin subscription-", &[make_admin(), create_subscription()], &[]);
    check("customer admin+role subscription", &[send_mail()], &[]);
    check("customer admin+role subscription mail?", &[send_mail()], &[]);
    check("", &[], &[]);
}

#[test]
fn what_may_be_there_is_not_made() {
    let unproven = |subject| [PlanFault::CreatesUnproven(subject)];
    check("", &[create_customer()], &unproven(Subject::Customer));
    check("customer", &[create_customer()], &unproven(Subject::Customer));
    check("customer", &[create_admin()], &unproven(Subject::Admin));
    check("customer admin", &[create_admin()], &unproven(Subject::Admin));
    check("customer admin", &[create_subscription()], &unproven(subscription_subject()));
    check(
        "customer admin subscription",
        &[create_subscription()],
        &unproven(subscription_subject()),
    );
    check("customer", &[make_admin()], &unproven(Subject::AdminRole));
    check("customer admin+role", &[make_admin()], &unproven(Subject::AdminRole));
    check("customer admin:theirs", &[make_admin()], &unproven(Subject::AdminRole));
}

#[test]
fn nothing_is_done_below_a_customer_that_is_not_ours() {
    let homeless = |subject| [PlanFault::ActsWithoutCustomer(subject)];
    check("admin-", &[create_admin()], &homeless(Subject::Admin));
    check("customer- admin", &[make_admin()], &homeless(Subject::AdminRole));
    check("customer:unmanaged admin-", &[create_admin()], &homeless(Subject::Admin));
    check(
        "customer:unmanaged admin subscription-",
        &[create_subscription()],
        &homeless(subscription_subject()),
    );
    check("admin+role subscription", &[send_mail()], &homeless(Subject::WelcomeMail));
}

#[test]
fn nothing_is_bought_before_the_admin() {
    let early = [PlanFault::BuysWithoutAdmin];
    check("customer subscription-", &[create_subscription()], &early);
    check("customer admin- subscription-", &[create_subscription()], &early);
    check("customer admin:theirs subscription-", &[create_subscription()], &early);
}

#[test]
fn only_what_was_asked_for_is_done() {
    let off = |subject| [PlanFault::OffTheWish(subject)];
    let mut other = desired().customer;
    other.organization = "Somebody Else".into();
    check("customer-", &[Step::CreateCustomer { customer: other }], &off(Subject::Customer));

    let address = "eve@acme.example".to_owned();
    let mut admin = create_admin();
    if let Step::CreateAdmin { email, .. } = &mut admin {
        email.clone_from(&address);
    }
    check("customer admin-", &[admin], &off(Subject::Admin));
    check("customer admin", &[Step::MakeAdmin { email: address }], &off(Subject::AdminRole));

    let mut mail = send_mail();
    if let Step::SendWelcomeMail { to, .. } = &mut mail {
        *to = email("eve@elsewhere.example");
    }
    check("customer admin+role subscription", &[mail], &off(Subject::WelcomeMail));
}

#[test]
fn what_is_bought_is_what_was_ordered() {
    let bought = |change: fn(&mut Step)| {
        let mut step = create_subscription();
        change(&mut step);
        let off = [PlanFault::OffTheWish(step.subject())];
        check("customer admin subscription-", &[step], &off);
    };
    bought(|step| {
        if let Step::CreateSubscription { seats, .. } = step {
            *seats = 6;
        }
    });
    bought(|step| {
        if let Step::CreateSubscription { sku, .. } = step {
            *sku = "1010020028".into();
        }
    });
    bought(|step| {
        if let Step::CreateSubscription { payment_plan, .. } = step {
            *payment_plan = PaymentPlan::AnnualMonthlyPay;
        }
    });
}

#[test]
fn no_thing_is_touched_twice() {
    let twice = [PlanFault::Twice(Subject::Customer)];
    check("customer-", &[create_customer(), create_customer()], &twice);
    let blockers = [
        Blocker::NotYetSeen { subject: Subject::Customer, absent_from: later(1) },
        Blocker::VanishedAtGoogle { subject: Subject::Customer, since: NOW },
        Blocker::Refused { subject: Subject::Customer, reason: crate::samples::reason(), at: NOW },
    ];
    for blocker in blockers {
        let plan =
            Plan { steps: vec![create_customer()], blocked: vec![blocker], ..Plan::default() };
        assert_eq!(lint(&plan, &desired(), &known("customer-")), twice);
    }
}

#[test]
fn a_refusal_is_respected() {
    let ignores = |subject| [PlanFault::IgnoresRefusal(subject)];
    check("customer- refused:customer", &[create_customer()], &ignores(Subject::Customer));
    check("customer- vanished:customer", &[create_customer()], &ignores(Subject::Customer));
    check("customer admin- refused:admin", &[create_admin()], &ignores(Subject::Admin));
    check("customer- refused-before:customer", &[create_customer()], &[]);
    let subscription = subscription_subject();
    let state = "customer admin subscription- vanished:subscription";
    check(state, &[create_subscription()], &ignores(subscription));
}

#[test]
fn the_mail_goes_last_and_once() {
    let early = [PlanFault::MailOutOfTurn];
    check("customer admin+role", &[send_mail()], &early);
    check("customer admin+role subscription-", &[send_mail()], &early);
    check("customer admin+role subscription mail", &[send_mail()], &early);
}
