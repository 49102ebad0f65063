//! One word for where a customer stands.

use crate::samples::{GENERATION, blockers, customer_id, desired};
use crate::words::known;
use domain::catalog::Catalog;
use domain::step::Plan;
use planner::{Standing, plan, standing};

#[track_caller]
fn check(state: &str, converged: i64, expected: Standing) {
    let plan = plan(&customer_id(), &desired(), &known(state), &Catalog::default());
    let found = standing(&desired(), &plan, converged);
    assert_eq!(found, expected, "{state} at {converged}");
}

#[test]
fn an_order_under_way() {
    check("", 0, Standing::Provisioning);
    check("customer-", 0, Standing::Provisioning);
    check("customer admin subscription-", 0, Standing::Provisioning);
    check("customer admin+role", 0, Standing::Provisioning);
    check("customer admin+role subscription:terms", 0, Standing::Provisioning);
    // Something waits, and something else can still be done.
    check("customer admin subscription- refused:role", 0, Standing::Provisioning);
}

#[test]
fn somebody_has_to_act() {
    check("customer:unmanaged", 0, Standing::Blocked);
    check("customer:different", 0, Standing::Blocked);
    check("customer admin:theirs subscription-", 0, Standing::Blocked);
    check("customer- refused:customer", 0, Standing::Blocked);
    check("customer admin+role subscription- stranger", 0, Standing::Blocked);
    // Even after everything was reached once.
    check("customer admin+role subscription mail vanished:admin", GENERATION, Standing::Blocked);
}

#[test]
fn all_of_ours_is_done() {
    let done = "customer admin+role subscription mail";
    check(done, GENERATION, Standing::Active);
    // Not before the engine has said so, for this generation.
    check(done, GENERATION - 1, Standing::Provisioning);
    check(done, 0, Standing::Provisioning);
}

#[test]
fn somebody_outside_has_to_act() {
    check("customer admin+role subscription:terms mail", GENERATION, Standing::AwaitingTerms);
    check("customer admin+role subscription:held+terms mail", GENERATION, Standing::AwaitingTerms);
    check("customer admin+role subscription:held mail", GENERATION, Standing::Suspended);
    check("customer admin+role subscription:cancelled mail", GENERATION, Standing::Suspended);
}

#[test]
fn every_blocker_has_its_standing() {
    for blocker in blockers() {
        let code = blocker.code();
        let plan = Plan { blocked: vec![blocker], ..Plan::default() };
        let expected = match code {
            "not_yet_seen" => Standing::Provisioning,
            "terms_not_accepted" => Standing::AwaitingTerms,
            "suspended_at_google" => Standing::Suspended,
            _ => Standing::Blocked,
        };
        assert_eq!(standing(&desired(), &plan, GENERATION), expected, "{code}");
    }
}

#[test]
fn every_standing_has_words_of_its_own() {
    let all = [
        Standing::Provisioning,
        Standing::Blocked,
        Standing::AwaitingTerms,
        Standing::Suspended,
        Standing::Active,
    ];
    let names = all.map(Standing::name);
    assert_eq!(names, ["provisioning", "blocked", "awaiting_terms", "suspended", "active"]);
    for standing in all {
        assert_eq!(all.iter().filter(|other| other.title() == standing.title()).count(), 1);
    }
}
