//! What is to be done, and why the rest waits.

use crate::samples::{customer_id, desired, steps, subscription_id};
use crate::words::{known, plan_words};
use domain::catalog::Catalog;
use domain::desired::Desired;
use planner::{lint, plan};

#[track_caller]
fn check(state: &str, expected: &str) {
    check_wish(&desired(), state, expected);
}

#[track_caller]
fn check_wish(desired: &Desired, state: &str, expected: &str) {
    let known = known(state);
    let plan = plan(&customer_id(), desired, &known, &Catalog::default());
    assert_eq!(plan_words(&plan), expected, "{state}");
    assert_eq!(lint(&plan, desired, &known), [], "{state}");
}

const ALL_LATER: &str = "..create_admin ..make_admin ..create_subscription ..send_welcome_mail";

/// Source: google-semantics.md §9.1, rows 2 to 7 and 10; §9.11.
#[test]
fn a_new_customer_is_made_step_by_step() {
    check("customer-", &format!("create_customer {ALL_LATER}"));
    check(
        "customer admin- subscription-",
        "create_admin ..make_admin ..create_subscription ..send_welcome_mail",
    );
    check("customer admin subscription-", "make_admin create_subscription ..send_welcome_mail");
    check("customer admin+role subscription-", "create_subscription ..send_welcome_mail");
    check("customer admin+role subscription", "send_welcome_mail");
    check("customer admin+role subscription mail", "");
}

#[test]
fn each_step_carries_all_it_needs() {
    let states = [
        "customer-",
        "customer admin-",
        "customer admin subscription",
        "customer admin+role subscription-",
        "customer admin+role subscription",
    ];
    for (state, step) in states.into_iter().zip(steps()) {
        let plan = plan(&customer_id(), &desired(), &known(state), &Catalog::default());
        assert_eq!(plan.steps, [step], "{state}");
    }
}

/// Unknown is never taken for absent, nor for there.
#[test]
fn what_is_unknown_is_waited_for() {
    check("", &format!("!not_yet_seen:customer {ALL_LATER}"));
    check("customer", "!not_yet_seen:admin ..make_admin ..create_subscription ..send_welcome_mail");
    check("customer admin+role", "!not_yet_seen:subscription ..send_welcome_mail");
    check("customer admin", "make_admin !not_yet_seen:subscription ..send_welcome_mail");
}

/// Money starts only when somebody could accept the terms; the role may still be missing.
#[test]
fn nothing_is_bought_before_the_admin_exists() {
    check(
        "customer subscription-",
        "!not_yet_seen:admin ..make_admin ..create_subscription ..send_welcome_mail",
    );
    check(
        "customer admin:theirs subscription-",
        "!admin_exists ..make_admin ..create_subscription ..send_welcome_mail",
    );
    check(
        "customer admin- subscription- refused:admin",
        "!refused_by_google:admin ..make_admin ..create_subscription ..send_welcome_mail",
    );
    check(
        "customer admin subscription- refused:role",
        "create_subscription !refused_by_google:role ..send_welcome_mail",
    );
}

/// Source: google-semantics.md §2.3; §9.1 row 2 (full: ours; minimal: somebody else's) and row 3 (409
/// with our data is an earlier success of ours); §10.
#[test]
fn a_customer_that_is_there_already_is_ours_or_a_question() {
    check("customer:unmanaged", &format!("!customer_elsewhere {ALL_LATER}"));
    check("customer:different", &format!("!customer_exists_at_google {ALL_LATER}"));
    check(
        "customer:alike admin-",
        "create_admin ..make_admin ..create_subscription ..send_welcome_mail",
    );
}

/// Source: google-semantics.md §3.7: a user in the way is ours only if it carries our key.
#[test]
fn an_admin_that_is_there_already_is_ours_or_a_question() {
    check("customer admin subscription", "make_admin ..send_welcome_mail");
    check("customer admin:theirs subscription", "!admin_exists ..make_admin ..send_welcome_mail");
}

/// Source: google-semantics.md §2.12: one SKU of a product; §10: a double purchase bills twice.
#[test]
fn what_was_bought_past_us_is_not_bought_again() {
    let waits = "!subscription_elsewhere ..send_welcome_mail";
    check("customer admin+role subscription- stranger", waits);
    let buys = "create_subscription ..send_welcome_mail";
    check("customer admin+role subscription- stranger:cancelled", buys);
    check("customer admin+role subscription- stranger:vault", buys);
    // Ours is there: a stranger beside it is nobody's business here.
    check("customer admin+role subscription stranger mail", "");
}

/// Source: google-semantics.md §9.1 rows 8 and 10: the customer's admin accepts, not the reseller.
#[test]
fn terms_are_waited_for_with_everything_of_ours_done() {
    check("customer admin+role subscription:terms", "send_welcome_mail !terms_not_accepted");
    check("customer admin+role subscription:terms mail", "!terms_not_accepted");
    // Several reasons at once: what the customer's admin can do comes first.
    check("customer admin+role subscription:held+terms mail", "!terms_not_accepted");
    check("customer admin+role subscription:held mail", "!suspended_at_google");
    check("customer admin+role subscription:cancelled mail", "!suspended_at_google");
}

#[test]
fn a_mail_whose_answer_was_lost_is_sent_again() {
    check("customer admin+role subscription mail?", "send_welcome_mail");
    check("customer admin+role subscription mail??", "send_welcome_mail");
}

/// A mail without a way to sign in would only confuse.
#[test]
fn the_mail_is_last() {
    check("customer admin subscription", "make_admin ..send_welcome_mail");
    check("customer admin+role subscription- mail", "create_subscription");
    check("customer admin+role subscription refused:mail", "!refused_by_google:mail");
}

#[test]
fn a_refusal_holds_until_the_wish_changes() {
    check("customer- refused:customer", &format!("!refused_by_google:customer {ALL_LATER}"));
    check("customer- refused-before:customer", &format!("create_customer {ALL_LATER}"));
    check(
        "customer admin+role subscription- refused:subscription",
        "!refused_by_google:subscription ..send_welcome_mail",
    );
    check(
        "customer admin+role subscription- refused-before:subscription",
        "create_subscription ..send_welcome_mail",
    );
    // Of a look: Google does not let us see it.
    check("refused:customer", &format!("!refused_by_google:customer {ALL_LATER}"));
}

/// What was seen and is gone is never made again without being asked.
#[test]
fn what_vanished_is_left_to_a_person() {
    check(
        "customer admin+role subscription mail vanished:subscription",
        "!vanished_at_google:subscription",
    );
    check(
        "customer admin+role subscription mail vanished:customer",
        "!vanished_at_google:customer",
    );
    check("customer admin+role subscription mail vanished:admin", "!vanished_at_google:admin");
    check(
        "customer admin subscription- vanished:admin",
        "!vanished_at_google:admin ..make_admin ..create_subscription ..send_welcome_mail",
    );
    check(
        "customer admin+role subscription vanished:subscription refused:subscription",
        "!vanished_at_google:subscription ..send_welcome_mail",
    );
}

#[test]
fn one_subscription_that_waits_does_not_keep_another() {
    let mut two = desired();
    let second = "sub_00000000000000000000000002".parse().unwrap();
    let wanted = two.subscriptions[&subscription_id()].clone();
    two.subscriptions.insert(second, wanted);
    check_wish(
        &two,
        "customer admin+role subscription-",
        "create_subscription !not_yet_seen:subscription ..send_welcome_mail",
    );
    check_wish(
        &two,
        "customer admin+role subscription",
        "!not_yet_seen:subscription ..send_welcome_mail",
    );
}
