//! What happened, told from before and after.

use crate::samples::{blockers, desired, later, reason, subscription_subject};
use crate::words::known;
use domain::observed::Subject;
use domain::step::{Blocker, Plan};
use planner::{blocker_changes, changes};

const STEP: bool = false;
const LOOK: bool = true;

/// The sentences of all events, joined.
#[track_caller]
fn check(before: &str, after: &str, by_look: bool, expected: &str) {
    let events = changes(&desired(), &known(before), &known(after), by_look);
    let told: Vec<_> = events.iter().map(domain::event::Event::sentence).collect();
    assert_eq!(told.join("; "), expected, "{before} -> {after}");
}

#[test]
fn a_step_that_was_answered_is_told_as_what_we_did() {
    check("customer-", "customer admin-", STEP, "Customer created as C1");
    check("admin-", "admin", STEP, "First admin admin@acme.example created");
    check("admin", "admin+role", STEP, "admin@acme.example is super admin");
    check("subscription-", "subscription:terms", STEP, "Subscription bought as S1");
    check("", "mail", STEP, "Welcome mail sent to ada@other.example");
    check("mail?", "mail", STEP, "Welcome mail sent to ada@other.example");
}

#[test]
fn what_a_look_found_is_told_as_found() {
    check("", "customer:alike", LOOK, "Found at Google: customer");
    check("", "admin", LOOK, "Found at Google: admin");
    check("", "admin+role", LOOK, "Found at Google: admin; admin@acme.example is super admin");
    let found = "Found at Google: sub 00000000000000000000000001";
    check("", "subscription:terms", LOOK, found);
    check("admin", "admin+role", LOOK, "admin@acme.example is super admin");
}

#[test]
fn accepted_terms_and_new_states_are_told() {
    let active = "Google's terms were accepted; Google shows the subscription as active";
    check("subscription:terms", "subscription", LOOK, active);
    check("subscription:terms", "subscription:held", LOOK, "Google's terms were accepted");
    let suspended = "Google shows the subscription as suspended";
    check("subscription", "subscription:held", LOOK, suspended);
    let cancelled = "Google shows the subscription as cancelled";
    check("subscription", "subscription:cancelled", LOOK, cancelled);
}

#[test]
fn nothing_new_is_no_event() {
    let all = "customer admin+role subscription:terms mail";
    for by_look in [STEP, LOOK] {
        check("", "", by_look, "");
        check(all, all, by_look, "");
        check("", "customer- admin- subscription-", by_look, "");
        check("customer", "customer vanished:customer", by_look, "");
        check("customer admin", "customer", by_look, "");
        check("mail", "mail", by_look, "");
        check("", "mail?", by_look, "");
    }
}

#[track_caller]
fn check_blockers(before: &[Blocker], after: &[Blocker], expected: &str) {
    let plan = |blocked: &[Blocker]| Plan { blocked: blocked.to_vec(), ..Plan::default() };
    let events = blocker_changes(&plan(before), &plan(after));
    let told: Vec<_> = events.iter().map(domain::event::Event::sentence).collect();
    assert_eq!(told.join("; "), expected);
}

#[test]
fn what_comes_to_wait_and_what_does_no_longer() {
    for blocker in blockers().into_iter().skip(1) {
        let one = [blocker.clone()];
        let name = blocker.code().replace('_', " ");
        check_blockers(&[], &one, &format!("Waiting: {name}"));
        check_blockers(&one, &[], &format!("No longer waiting: {name}"));
        check_blockers(&one, &one, "");
    }
}

/// It comes and goes by itself, at every lost answer.
#[test]
fn settling_is_not_told() {
    let settling = Blocker::NotYetSeen { subject: Subject::Admin, absent_from: later(1) };
    check_blockers(&[], std::slice::from_ref(&settling), "");
    check_blockers(&[settling], &[], "");
}

#[test]
fn a_refusal_of_something_else_is_another_one() {
    let refused = |subject, at| Blocker::Refused { subject, reason: reason(), at };
    let (customer, admin) =
        (refused(Subject::Customer, later(0)), refused(Subject::Admin, later(1)));
    check_blockers(
        &[customer],
        std::slice::from_ref(&admin),
        "No longer waiting: refused by google; Waiting: refused by google",
    );
    // The same one, an hour later, is no news.
    check_blockers(&[admin], &[refused(Subject::Admin, later(3_600_000))], "");
    let held = refused(subscription_subject(), later(1));
    check_blockers(
        &[],
        &[held.clone(), held],
        "Waiting: refused by google; Waiting: refused by google",
    );
}
