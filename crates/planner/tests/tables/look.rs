//! What a look at Google changes in what we know.

use crate::samples::{NOW, desired, later, reason, subscription_id};
use crate::words::{AWAITED_MS, bought, known, stranger, words};
use domain::observed::{Found, Looked, Observed, PurchasedSubscription, Seen};
use domain::time::Timestamp;
use planner::look;

/// A look, from words like those of [`known`]: `thing-` was not found, `thing!` was not shown, and
/// what is not named was not looked at.
#[track_caller]
fn looked(text: &str) -> Looked {
    let found =
        known(&text.replace("customer!", "").replace("admin!", "").replace("subscription!", ""));
    let says = |word: &str| text.split_whitespace().any(|said| said == word);
    let refused = |word: &str| says(&format!("{word}!"));
    let mut bought_there = Vec::new();
    for word in text.split_whitespace() {
        if let Some(kind) = word.strip_prefix("stranger") {
            let (purchase_order_id, subscription) = (String::new(), stranger(kind));
            bought_there.push(PurchasedSubscription { purchase_order_id, subscription });
        } else if word.starts_with("subscription")
            && !matches!(word, "subscription-" | "subscription!")
        {
            let (purchase_order_id, subscription) = (subscription_id().to_string(), bought(word));
            bought_there.push(PurchasedSubscription { purchase_order_id, subscription });
        }
    }
    let subscriptions = if refused("subscription") {
        Some(Found::Refused(reason()))
    } else if says("subscription-") || !bought_there.is_empty() {
        Some(Found::Present(bought_there))
    } else {
        None
    };
    let one = |absent: &str| if says(absent) { Some(Found::Absent) } else { None };
    let admin = match found.admin.seen {
        _ if refused("admin") => Some(Found::Refused(reason())),
        Seen::Present(admin) => Some(Found::Present(admin)),
        Seen::Absent | Seen::Unknown => one("admin-"),
    };
    let customer = match found.customer.seen {
        _ if refused("customer") => Found::Refused(reason()),
        // Google does not say who made it.
        Seen::Present(customer) => {
            Found::Present(domain::observed::ObservedCustomer { made_by_us: false, ..customer })
        }
        Seen::Absent | Seen::Unknown => Found::Absent,
    };
    Looked { customer, admin, subscriptions }
}

fn seen_at(now: Timestamp, before: &str, found: &str) -> Observed {
    look(&known(before), &looked(found), &desired(), now)
}

/// Long after everything that was attempted must have shown.
#[track_caller]
fn check(before: &str, found: &str, after: &str) {
    assert_eq!(words(&seen_at(later(AWAITED_MS), before, found)), after, "{before}, {found}");
}

/// Before that.
#[track_caller]
fn check_early(before: &str, found: &str, after: &str) {
    assert_eq!(words(&seen_at(later(AWAITED_MS - 1), before, found)), after, "{before}, {found}");
}

#[test]
fn a_first_look_tells_what_is_there() {
    check("", "customer-", "customer- admin- subscription-");
    check("", "customer:alike", "customer:alike");
    check("", "customer:different admin- subscription-", "customer:different admin- subscription-");
    check("", "customer:unmanaged", "customer:unmanaged");
    check(
        "customer",
        "customer admin+role subscription:terms",
        "customer admin+role subscription:terms",
    );
}

/// The design's first rule: before `absent_from` not finding a thing proves nothing.
#[test]
fn unknown_is_not_absent_before_its_time() {
    check_early("awaited", "customer-", "");
    check_early("customer awaited", "customer admin- subscription-", "customer");
    check("awaited", "customer-", "customer- admin- subscription-");
    check("customer awaited", "customer admin- subscription-", "customer admin- subscription-");
}

#[test]
fn what_was_made_and_does_not_show_yet_is_still_there() {
    check_early("customer awaited", "customer-", "customer");
    let made = "customer admin subscription:terms awaited";
    check_early(made, "customer admin- subscription-", "customer admin subscription:terms");
}

#[test]
fn what_shows_early_is_there() {
    check_early("awaited", "customer:alike", "customer:alike");
    check_early("customer awaited", "customer admin subscription", "customer admin subscription");
}

/// Seen once and not any more: kept as it was, marked, and left to a person.
#[test]
fn what_was_there_and_is_gone_has_vanished() {
    check("customer", "customer-", "customer vanished:customer");
    check(
        "customer admin+role",
        "customer admin- subscription-",
        "customer admin+role subscription- vanished:admin",
    );
    check(
        "customer admin subscription",
        "customer admin subscription-",
        "customer admin subscription vanished:subscription",
    );
    let gone = "customer admin subscription vanished:subscription";
    check(gone, "customer admin subscription-", gone);
    check(gone, "customer admin subscription:held", "customer admin subscription:held");
    check("customer vanished:customer", "customer", "customer");
}

#[test]
fn a_thing_has_vanished_since_it_was_first_missed() {
    let first = seen_at(later(AWAITED_MS), "customer", "customer-");
    let again = look(&first, &looked("customer-"), &desired(), later(AWAITED_MS + 9));
    assert_eq!(again.vanished.into_values().collect::<Vec<_>>(), [later(AWAITED_MS)]);
}

/// Google does not say who made a customer; we remember it of the one we made.
#[test]
fn a_customer_of_ours_stays_ours() {
    check("customer", "customer", "customer");
    check("", "customer", "customer:alike");
    let made = known("customer");
    let mut restored = looked("customer");
    if let Found::Present(customer) = &mut restored.customer {
        customer.google_id = "C2".into();
    }
    let after = look(&made, &restored, &desired(), NOW);
    assert_eq!(words(&after), "customer:alike", "a customer made anew by somebody is not ours");
}

#[test]
fn what_google_does_not_show_stays_as_it_was() {
    check("customer", "customer!", "customer refused:customer");
    check("", "customer!", "refused:customer");
    check(
        "customer admin",
        "customer admin! subscription",
        "customer admin subscription refused:admin",
    );
    check(
        "customer admin subscription",
        "customer admin subscription!",
        "customer admin subscription refused:subscription",
    );
}

#[test]
fn a_refusal_to_show_ends_when_google_shows_it() {
    let refused = seen_at(NOW, "customer admin", "customer admin!");
    let after = look(&refused, &looked("customer admin"), &desired(), later(1));
    assert_eq!(words(&after), "customer admin");
    // A refusal to do something is not ended by a look.
    check("customer admin refused:role", "customer admin", "customer admin refused:role");
    check(
        "customer admin- refused:admin",
        "customer admin- subscription-",
        "customer admin- subscription- refused:admin",
    );
}

#[test]
fn what_carries_no_id_of_ours_is_a_stranger() {
    check("customer", "customer admin stranger", "customer admin subscription- stranger");
    check(
        "customer",
        "customer admin subscription stranger:vault",
        "customer admin subscription stranger:vault",
    );
    // Each look tells anew.
    check("customer stranger", "customer admin subscription-", "customer admin subscription-");
    check(
        "customer subscription stranger",
        "customer admin subscription!",
        "customer admin subscription stranger refused:subscription",
    );
}

/// Google does not check `purchaseOrderId` for doubles. Source: google-semantics.md §2.17.
#[test]
fn of_two_with_our_id_one_is_ours_and_one_a_stranger() {
    let after = seen_at(NOW, "customer", "customer subscription:terms subscription:held");
    let ours = after.subscriptions[&subscription_id()].present();
    assert_eq!(ours, Some(&bought("subscription:terms")));
    assert_eq!(after.strangers, [bought("subscription:held")]);
}

#[test]
fn what_was_not_looked_at_stays_as_it_was() {
    check(
        "customer admin subscription:terms mail",
        "customer",
        "customer admin subscription:terms mail",
    );
    check_early("customer- awaited", "customer-", "customer-");
}

#[test]
fn a_look_remembers_when_it_was() {
    assert_eq!(seen_at(later(7), "", "customer-").looked_at, later(7));
    assert_eq!(seen_at(later(7), "awaited", "customer-").customer.absent_from, later(AWAITED_MS));
}
