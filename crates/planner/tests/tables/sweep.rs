//! Every state there is, against what must hold of every plan.

use crate::samples::{blockers, customer_id, desired, later, shown, steps};
use crate::words::{buys, is_there, known, plan_words, words};
use domain::catalog::Catalog;
use domain::observed::Observed;
use domain::step::{Outcome, Plan};
use planner::{absorb, lint, plan};
use std::collections::BTreeSet;

const CUSTOMERS: [&str; 6] =
    ["", "customer-", "customer", "customer:alike", "customer:different", "customer:unmanaged"];
const ADMINS: [&str; 5] = ["", "admin-", "admin", "admin+role", "admin:theirs"];
const SUBSCRIPTIONS: [&str; 7] = [
    "",
    "subscription-",
    "subscription- stranger",
    "subscription",
    "subscription:terms",
    "subscription:held",
    "subscription:cancelled",
];
const MAILS: [&str; 3] = ["", "mail?", "mail"];
const SUBJECTS: [&str; 5] = ["customer", "admin", "role", "subscription", "mail"];

/// All combinations of what is seen.
fn seen() -> Vec<String> {
    let mut states = Vec::new();
    for customer in CUSTOMERS {
        for admin in ADMINS {
            for subscription in SUBSCRIPTIONS {
                for mail in MAILS {
                    states.push(format!("{customer} {admin} {subscription} {mail}"));
                }
            }
        }
    }
    states
}

/// All combinations of refusals, and each thing that can vanish, alone and with all refusals.
fn troubles() -> Vec<String> {
    let mut troubles = Vec::new();
    for set in 0..32_u32 {
        let refused = SUBJECTS.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
        let refused: Vec<String> = refused.map(|(_, name)| format!("refused:{name}")).collect();
        troubles.push(refused.join(" "));
    }
    let all = troubles.last().cloned().unwrap_or_default();
    for gone in ["customer", "admin", "subscription"] {
        troubles.push(format!("vanished:{gone}"));
        troubles.push(format!("{all} vanished:{gone}"));
    }
    troubles
}

fn plan_of(known: &Observed) -> Plan {
    plan(&customer_id(), &desired(), known, &Catalog::default())
}

#[track_caller]
fn check(state: &str) -> Plan {
    let known = known(state);
    let plan = plan_of(&known);
    assert_eq!(lint(&plan, &desired(), &known), [], "{state}: {}", plan_words(&plan));
    // Everything asked for is there, on its way, or says why not.
    let owed = steps().iter().any(|step| !is_there(&known, step.name()));
    let says = !plan.steps.is_empty() || plan.blocked.iter().any(|b| b.holds_back());
    assert!(says || !owed, "{state}: nothing is done about it, and nothing says why");
    assert_eq!(plan.is_done(), !says, "{state}: {}", plan_words(&plan));
    let promised = plan.later.iter().filter(|name| is_there(&known, name)).count();
    assert_eq!(promised, 0, "{state}: promises what is there: {}", plan_words(&plan));
    plan
}

#[test]
fn every_plan_of_every_state_holds_the_rules() {
    let (mut stepped, mut blocked) = (BTreeSet::new(), BTreeSet::new());
    let troubles = troubles();
    for seen in seen() {
        for trouble in &troubles {
            let plan = check(&format!("{seen} {trouble}"));
            stepped.extend(plan.steps.iter().map(|step| step.name()));
            blocked.extend(plan.blocked.iter().map(|blocker| blocker.code()));
        }
    }
    assert_eq!(stepped, steps().iter().map(|step| step.name()).collect());
    let mut expected: BTreeSet<_> = blockers().iter().map(|blocker| blocker.code()).collect();
    // Of the instance, not of the customer: whoever shows a plan adds it.
    assert!(expected.remove("instance_not_authenticated"));
    assert_eq!(blocked, expected);
}

/// From every state, doing what the plan says ends, buys at most once and repeats nothing.
#[test]
fn following_the_plan_ends() {
    for seen in seen() {
        let mut known = known(&seen);
        let mut done = BTreeSet::new();
        while let Some(step) = plan_of(&known).steps.first() {
            assert!(done.insert(step.name()), "{seen}: {} twice", step.name());
            let outcome = Outcome::Done { shown: shown(step) };
            absorb(&mut known, &desired(), step, &outcome, later(100), later(1));
            assert!(!buys(step) || known.admin.present().is_some(), "{seen}: bought too early");
        }
        let plan = check(&words(&known));
        assert!(plan.steps.is_empty(), "{seen}: {}", plan_words(&plan));
    }
}

/// A new customer needs each step once, in this order.
#[test]
fn a_new_customer_takes_five_steps() {
    let mut known = known("customer-");
    let mut done = Vec::new();
    while let Some(step) = plan_of(&known).steps.first() {
        done.push(step.name());
        let outcome = Outcome::Done { shown: shown(step) };
        absorb(&mut known, &desired(), step, &outcome, later(100), later(1));
    }
    assert_eq!(done, steps().each_ref().map(|step| step.name()));
    assert_eq!(words(&known), "customer admin+role subscription:terms mail");
}
