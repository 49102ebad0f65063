//! What may be ordered, as a table: one change to a good body, one fault.

use domain::catalog::Catalog;
use domain::codes::is_known;
use domain::order;
use serde_json::{Value, json};

fn good() -> Value {
    json!({
        "reference": "BSS-1001", "instance": "Google Workspace",
        "customer": {
            "domain": "acme.example", "organization": "Acme Ltd",
            "contact": {"given_name": "Ada", "family_name": "Byron", "phone": "+442071234567"},
            "alternate_email": "ada@other.example",
            "address": {"line1": "1 Main St", "locality": "London", "region": "",
                        "postal_code": "EC1A 1BB", "country_code": "GB"},
            "admin": {"user_name": "admin"}},
        "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": 5}
    })
}

/// Puts `value` at `pointer` (null takes the member away) and expects exactly these faults.
#[track_caller]
fn check(pointer: &str, value: Value, expected: &[(&str, &str)]) {
    let mut body = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(name.to_owned(), value);
    let faults = order::read(&body, &Catalog::default()).err().unwrap_or_default();
    let found: Vec<_> = faults.iter().map(|f| (f.pointer.as_str(), f.code)).collect();
    assert_eq!(found, expected, "{faults:?}");
    assert!(faults.iter().all(|fault| is_known(fault.code)), "{faults:?}");
}

#[test]
fn a_good_order_is_taken_as_it_is() {
    let order = order::read(&good(), &Catalog::default()).unwrap();
    assert_eq!(order.customer.domain.as_str(), "acme.example");
    assert_eq!((order.seats, order.admin_user_name.as_str()), (5, "admin"));
}

#[test]
fn domains() {
    let at = "/customer/domain";
    check(at, json!("ACME.example"), &[(at, "domain_upper_case")]);
    check(at, json!("acme.example."), &[(at, "domain_trailing_dot")]);
    check(at, json!("bücher.example"), &[(at, "domain_not_ascii")]);
    check(at, json!("www.acme.example"), &[(at, "domain_with_www")]);
    check(at, json!("acme"), &[(at, "domain_invalid")]);
    check(at, json!("a".repeat(300)), &[(at, "too_long")]);
    check(at, json!(7), &[(at, "wrong_type")]);
    check(at, Value::Null, &[(at, "required")]);
    check(at, json!("xn--bcher-kva.example"), &[]);
}

#[test]
fn alternate_addresses() {
    let at = "/customer/alternate_email";
    check(at, json!("ada@acme.example"), &[(at, "alternate_email_on_domain")]);
    check(at, json!("ada@mail.acme.example"), &[(at, "alternate_email_on_domain")]);
    check(at, json!("ada@Other.Example"), &[]);
    check(at, json!("ada"), &[(at, "email_invalid")]);
    check(at, json!(""), &[(at, "required")]);
}

#[test]
fn contacts_addresses_and_admins() {
    let long = "x".repeat(256);
    check("/customer/organization", json!(long), &[("/customer/organization", "too_long")]);
    check(
        "/customer/contact/given_name",
        json!("x".repeat(41)),
        &[("/customer/contact/given_name", "too_long")],
    );
    check(
        "/customer/contact/phone",
        json!("020 7123"),
        &[("/customer/contact/phone", "phone_invalid")],
    );
    check("/customer/contact/phone", Value::Null, &[]);
    check("/customer/contact", json!([]), &[("/customer/contact", "wrong_type")]);
    check(
        "/customer/address/country_code",
        json!("UK"),
        &[("/customer/address/country_code", "country_code_unknown")],
    );
    check(
        "/customer/address/country_code",
        json!("GBR"),
        &[("/customer/address/country_code", "too_long")],
    );
    check(
        "/customer/address/postal_code",
        json!("12345"),
        &[("/customer/address/postal_code", "postal_code_invalid")],
    );
    check(
        "/customer/address/line1",
        json!("a\u{0}b"),
        &[("/customer/address/line1", "control_character")],
    );
    check(
        "/customer/admin/user_name",
        json!("a..b"),
        &[("/customer/admin/user_name", "user_name_invalid")],
    );
    check(
        "/customer/admin/user_name",
        json!("a=b"),
        &[("/customer/admin/user_name", "user_name_invalid")],
    );
    check("/customer/admin/user_name", json!("Ada.Byron"), &[]);
}

#[test]
fn subscriptions() {
    let sku = "/subscription/sku";
    let plan = "/subscription/payment_plan";
    let seats = "/subscription/seats";
    check(sku, json!("nonsense"), &[(sku, "sku_unknown")]);
    check(sku, json!("Google-Drive-storage-20GB"), &[(sku, "sku_needs_another")]);
    check(sku, json!("1010060003"), &[(plan, "payment_plan_not_sold")]);
    check(plan, json!("flexible"), &[(plan, "payment_plan_unknown")]);
    check(plan, json!("FREE"), &[(plan, "payment_plan_not_sold")]);
    check(seats, json!(0), &[(seats, "seats_out_of_range")]);
    check(seats, json!(-1), &[(seats, "seats_out_of_range")]);
    check(seats, json!(50_001), &[(seats, "seats_out_of_range")]);
    check(seats, json!(50_000), &[]);
    check(seats, json!(1.5), &[(seats, "wrong_type")]);
    check(seats, json!("5"), &[(seats, "wrong_type")]);
}

#[test]
fn everything_wrong_is_said_at_once() {
    check("/surprise", json!(1), &[("/surprise", "unknown_field")]);
    check("/customer/surprise", json!(1), &[("/customer/surprise", "unknown_field")]);
    let empty = order::read(&json!({}), &Catalog::default()).unwrap_err();
    let found: Vec<_> = empty.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(found, ["/reference", "/instance", "/customer", "/subscription"]);
    let list = order::read(&json!([]), &Catalog::default()).unwrap_err();
    assert_eq!((list[0].pointer.as_str(), list[0].code), ("", "wrong_type"));
}

#[test]
fn a_trial_has_at_most_ten_seats() {
    let mut body = good();
    body["subscription"] = json!({"sku": "1010020027", "payment_plan": "TRIAL", "seats": 11});
    let faults = order::read(&body, &Catalog::default()).unwrap_err();
    assert_eq!(faults[0].code, "seats_out_of_range");
    body["subscription"]["seats"] = json!(10);
    assert!(order::read(&body, &Catalog::default()).is_ok());
}
