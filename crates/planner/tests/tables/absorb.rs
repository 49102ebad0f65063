//! What an attempt teaches: each step with each outcome.

use crate::samples::{
    NOW, admin, create_admin, create_customer, create_subscription, customer, desired, later,
    make_admin, reason, send_mail, shown, steps, subscription_id,
};
use crate::words::{known, words};
use domain::observed::{Observed, Seen, Welcome};
use domain::step::{Outcome, Shown, Step};
use domain::time::Timestamp;
use planner::{absorb, forget_refusals};

/// From when on not finding a thing proves something, in the checks of this file.
const ABSENT_FROM: Timestamp = Timestamp(NOW.0 + 500);

fn absorbed(before: &str, step: &Step, outcome: &Outcome) -> Observed {
    let mut known = known(before);
    absorb(&mut known, &desired(), step, outcome, ABSENT_FROM, NOW);
    known
}

#[track_caller]
fn check(before: &str, step: &Step, outcome: &Outcome, after: &str) {
    let known = absorbed(before, step, outcome);
    assert_eq!(words(&known), after, "{before}, {} {}", step.name(), outcome.name());
}

fn done(step: &Step) -> Outcome {
    Outcome::Done { shown: shown(step) }
}

fn unsure() -> Outcome {
    Outcome::Unsure { why: "no answer".into() }
}

fn refused() -> Outcome {
    Outcome::Refused { reason: reason() }
}

fn not_applied() -> Outcome {
    Outcome::NotApplied { why: "quota".into(), retry_at: later(9) }
}

/// The state each step is planned in.
const BEFORE: [&str; 5] = [
    "customer-",
    "customer admin- subscription-",
    "customer admin subscription-",
    "customer admin+role subscription-",
    "customer admin+role subscription:terms",
];

#[track_caller]
fn check_each(outcome: impl Fn(&Step) -> Outcome, after: [&str; 5]) {
    for ((step, before), after) in steps().iter().zip(BEFORE).zip(after) {
        check(before, step, &outcome(step), after);
    }
}

#[test]
fn what_google_showed_is_believed() {
    check_each(
        done,
        [
            // A customer that did not exist a moment ago has no users and no subscriptions.
            "customer admin- subscription-",
            "customer admin subscription-",
            "customer admin+role subscription-",
            "customer admin+role subscription:terms",
            "customer admin+role subscription:terms mail",
        ],
    );
}

/// Unsure never leaves a thing absent: that would make it twice.
#[test]
fn a_lost_answer_makes_the_thing_unknown() {
    check_each(
        |_| unsure(),
        [
            "",
            "customer subscription-",
            "customer subscription-",
            "customer admin+role",
            "customer admin+role subscription:terms mail?",
        ],
    );
    check(
        "customer admin+role subscription mail?",
        &send_mail(),
        &unsure(),
        "customer admin+role subscription mail??",
    );
}

#[test]
fn a_refusal_is_kept_beside_what_is_known() {
    check_each(
        |_| refused(),
        [
            "customer- refused:customer",
            "customer admin- subscription- refused:admin",
            "customer admin subscription- refused:role",
            "customer admin+role subscription- refused:subscription",
            "customer admin+role subscription:terms refused:mail",
        ],
    );
}

#[test]
fn what_was_not_applied_teaches_nothing() {
    check_each(|_| not_applied(), BEFORE);
}

#[test]
fn what_is_done_is_no_longer_refused_or_gone() {
    check(
        "customer- refused-before:customer",
        &create_customer(),
        &done(&create_customer()),
        "customer admin- subscription-",
    );
    let before = "customer admin- subscription- refused-before:admin refused:mail";
    check(
        before,
        &create_admin(),
        &done(&create_admin()),
        "customer admin subscription- refused:mail",
    );
    let before = "customer admin subscription- vanished:subscription";
    let after = "customer admin subscription:terms";
    check(before, &create_subscription(), &done(&create_subscription()), after);
}

/// Google said yes and showed something else: done, but only a look can tell what.
#[test]
fn an_answer_about_something_else_is_a_lost_answer() {
    let strange = Outcome::Done { shown: Shown::Nothing };
    check("customer-", &create_customer(), &strange, "");
    check("customer admin- subscription-", &create_admin(), &strange, "customer subscription-");
    check(
        "customer admin+role subscription-",
        &create_subscription(),
        &strange,
        "customer admin+role",
    );
    check(
        "customer admin+role subscription",
        &send_mail(),
        &strange,
        "customer admin+role subscription mail?",
    );
    let other = Outcome::Done { shown: Shown::Admin(admin()) };
    check("customer-", &create_customer(), &other, "");
}

/// A look that comes too early proves nothing about what was just made, or may have been.
#[test]
fn what_was_attempted_is_awaited_for_a_while() {
    for outcome in [done(&create_customer()), unsure()] {
        let known = absorbed("customer-", &create_customer(), &outcome);
        assert_eq!(known.customer.absent_from, ABSENT_FROM);
    }
    for outcome in [done(&create_admin()), unsure()] {
        let known = absorbed("customer admin-", &create_admin(), &outcome);
        assert_eq!(known.admin.absent_from, ABSENT_FROM);
    }
    for outcome in [done(&create_subscription()), unsure()] {
        let known = absorbed("customer admin subscription-", &create_subscription(), &outcome);
        assert_eq!(known.subscriptions[&subscription_id()].absent_from, ABSENT_FROM);
    }
    // The user was there before the role: when it can be missed has not changed.
    let known = absorbed("customer admin", &make_admin(), &unsure());
    assert_eq!(known.admin.absent_from, Timestamp(0));
    let known = absorbed("customer-", &create_customer(), &not_applied());
    assert_eq!(known.customer.absent_from, Timestamp(0));
}

#[test]
fn what_google_showed_is_kept_as_it_is() {
    let known = absorbed("customer-", &create_customer(), &done(&create_customer()));
    assert_eq!(known.customer.seen, Seen::Present(customer()));
    let known = absorbed("customer admin+role subscription", &send_mail(), &done(&send_mail()));
    assert_eq!(known.welcome, Welcome::Sent { google_id: "M1".into(), at: NOW });
    let known = absorbed("customer-", &create_customer(), &refused());
    let kept = known.refusals.values().next().unwrap();
    assert_eq!((&kept.reason, kept.at, kept.of_look), (&reason(), NOW, false));
    assert_eq!(kept.generation, desired().generation);
}

#[test]
fn old_refusals_are_forgotten() {
    let mut kept = known("customer refused:admin refused:mail");
    forget_refusals(&mut kept, later(-1));
    assert_eq!(words(&kept), "customer refused:admin refused:mail");
    forget_refusals(&mut kept, NOW);
    assert_eq!(words(&kept), "customer");
}
