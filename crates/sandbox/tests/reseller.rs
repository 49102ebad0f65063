//! Customers and subscriptions. Source: google-semantics.md §2

mod house;

use house::{House, START_MS, annual, customer, flexible, settings, with};
use sandbox::world::{Owner, Status, SuspensionReason};
use sandbox::{ForeignCustomer, Settings, Switches};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const SUBSCRIPTIONS: &str = "/apps/reseller/v1/subscriptions";

async fn foreign(house: &House, domain: &str) -> String {
    let body = json!({"domain": domain, "reseller": "C0rival00"});
    let answer = house.control("customers", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_customer_is_made_and_found_by_id_and_domain() {
    let house = House::new().await;
    let path = format!("{CUSTOMERS}/acme.example");
    assert_eq!(house.call("GET", &path, Value::Null).await.gist(), "404 notFound", "free");
    let id = house.customer("acme.example").await;
    assert!(id.starts_with("C0") && id.len() == 9, "{id}");
    let shown = house.call("GET", &path, Value::Null).await.json();
    assert_eq!(shown["kind"], "reseller#customer");
    assert_eq!((&shown["customerId"], &shown["customerType"]), (&json!(id), &json!("domain")));
    assert_eq!(shown["customerDomainVerified"], false);
    assert_eq!(shown["postalAddress"]["kind"], "customers#address");
    assert_eq!(shown["postalAddress"]["postalCode"], "EC1A 1BB");
    assert_eq!(house.call("GET", &format!("{CUSTOMERS}/{id}"), Value::Null).await.json(), shown);
    let again = house.call("POST", CUSTOMERS, customer("ACME.example")).await;
    assert_eq!(again.gist(), "409 duplicate");
}

#[tokio::test]
async fn a_customer_is_refused_by_googles_rules() {
    let house = House::new().await;
    let check = async |pointer: &str, value: Value, gist: &str| {
        let body = with(customer("acme.example"), pointer, value.clone());
        let answer = house.call("POST", CUSTOMERS, body).await;
        assert_eq!(answer.gist(), gist, "{pointer} {value}: {}", answer.text);
    };
    let invalid = "400 invalid";
    check("/customerDomain", json!(null), invalid).await;
    check("/customerDomain", json!("acme"), invalid).await;
    check("/customerDomain", json!("www.acme.example"), invalid).await;
    check("/customerDomain", json!("acme.example."), invalid).await;
    check("/customerDomain", json!("acmé.example"), invalid).await;
    check("/customerDomain", json!("-acme.example"), invalid).await;
    check("/alternateEmail", json!(null), invalid).await;
    check("/alternateEmail", json!("ada@acme.example"), invalid).await;
    check("/alternateEmail", json!("ada@ACME.example"), invalid).await;
    check("/alternateEmail", json!("ada"), invalid).await;
    check("/postalAddress", json!(null), invalid).await;
    for needed in ["contactName", "organizationName", "postalCode", "countryCode"] {
        check(&format!("/postalAddress/{needed}"), json!(""), invalid).await;
    }
    check("/postalAddress/countryCode", json!("UK"), invalid).await;
    check("/postalAddress/countryCode", json!("gb"), invalid).await;
    check("/postalAddress/countryCode", json!("KP"), invalid).await;
    check("/postalAddress/postalCode", json!("12345"), invalid).await;
    check("/postalAddress/addressLine1", json!("x".repeat(256)), invalid).await;
    check("/customerType", json!("nonsense"), invalid).await;
    check("/customerType", json!("team"), invalid).await;
    // Schema: unknown members and wrong types.
    check("/surprise", json!(1), invalid).await;
    check("/postalAddress/surprise", json!(1), invalid).await;
    check("/customerDomain", json!(7), invalid).await;
    check("/postalAddress", json!("1 Main St"), invalid).await;
    assert_eq!(house.sandbox.inspect(|world| world.customers.len()), 3, "nothing was made");
}

#[tokio::test]
async fn the_front_end_names_what_it_does_not_know() {
    let house = House::new().await;
    let message = async |body: String| {
        let answer = house.call_raw(&house.token, "POST", CUSTOMERS, body).await;
        assert_eq!(answer.status, 400);
        answer.json()["error"]["message"].as_str().expect("a message").to_owned()
    };
    let unknown = with(customer("acme.example"), "/postalAddress/zip", json!("1"));
    assert_eq!(
        message(unknown.to_string()).await,
        "Invalid JSON payload received. Unknown name \"zip\" at 'customer.postal_address': Cannot find field."
    );
    let wrong = with(customer("acme.example"), "/customerDomain", json!(7));
    assert_eq!(
        message(wrong.to_string()).await,
        "Invalid value at 'customer.customer_domain' (TYPE_STRING), 7"
    );
    assert!(message("{\"customerDomain\":".to_owned()).await.contains("Unexpected token"));
    assert!(message("[]".to_owned()).await.starts_with("Invalid JSON payload"));
    let query = house.call("GET", &format!("{SUBSCRIPTIONS}?customerid=C1"), Value::Null).await;
    assert_eq!(query.gist(), "400 invalid");
}

#[tokio::test]
async fn a_wrong_phone_number_vanishes_without_a_word() {
    let house = House::new().await;
    let body = with(customer("acme.example"), "/phoneNumber", json!("020 7123 4567"));
    let shown = house.call("POST", CUSTOMERS, body).await.json();
    assert_eq!(shown.get("phoneNumber"), None);
}

#[tokio::test]
async fn patch_merges_and_put_replaces() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    let path = format!("{CUSTOMERS}/{id}");
    let patch = json!({"postalAddress": {"locality": "Leeds"}});
    let shown = house.call("PATCH", &path, patch.clone()).await.json();
    assert_eq!(shown["postalAddress"]["locality"], "Leeds");
    assert_eq!(shown["postalAddress"]["contactName"], "Ada Byron");
    assert_eq!(house.call("PUT", &path, patch).await.gist(), "400 invalid");
    let shown = house.call("PUT", &path, customer("acme.example")).await.json();
    assert_eq!(shown["postalAddress"]["locality"], "London");
    let check = async |body: Value, gist: &str| {
        assert_eq!(house.call("PATCH", &path, body.clone()).await.gist(), gist, "{body}");
    };
    check(json!({"customerType": "team"}), "400 invalid").await;
    check(json!({"customerDomain": "other.example"}), "400 invalid").await;
    check(json!({"alternateEmail": "a@acme.example"}), "400 invalid").await;
    check(json!({"alternateEmail": "a@third.example"}), "200").await;
}

#[tokio::test]
async fn somebody_elses_customer_shows_little_and_takes_nothing() {
    let house = House::new().await;
    let id = foreign(&house, "rivals.example").await;
    let path = format!("{CUSTOMERS}/{id}");
    let shown = house.call("GET", &path, Value::Null).await.json();
    assert_eq!(
        shown,
        json!({"kind": "reseller#customer", "customerId": id, "customerDomain": "rivals.example", "customerType": "domain"})
    );
    let check = async |verb: &str, path: &str, body: Value| {
        assert_eq!(house.call(verb, path, body).await.gist(), "403 forbidden", "{verb} {path}");
    };
    check("PATCH", &path, json!({})).await;
    check("POST", &format!("{path}/subscriptions"), flexible(5)).await;
    check("GET", &format!("{path}/subscriptions/1"), Value::Null).await;
    check("GET", &format!("{SUBSCRIPTIONS}?customerId={id}"), Value::Null).await;
    let taken = house.call("POST", CUSTOMERS, customer("rivals.example")).await;
    assert_eq!(taken.gist(), "409 duplicate");

    let switches = Switches { foreign_customer: ForeignCustomer::Forbidden, ..Switches::default() };
    let house = House::with(Settings { switches, ..settings() }).await;
    let id = foreign(&house, "rivals.example").await;
    let answer = house.call("GET", &format!("{CUSTOMERS}/{id}"), Value::Null).await;
    assert_eq!(answer.gist(), "403 forbidden");
}

#[tokio::test]
async fn only_resellers_may_use_this_api() {
    let house = House::new().await;
    let token = house.token_of("eve@plain.example", &[house::ORDER]).await;
    let answer = house.call_as(&token, "GET", SUBSCRIPTIONS, Value::Null).await;
    assert_eq!(answer.gist(), "403 forbidden");
}

#[tokio::test]
async fn a_new_subscription_waits_for_the_terms() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    house.user("admin@acme.example").await;
    let path = format!("{CUSTOMERS}/{customer_id}/subscriptions");
    let shown = house.call("POST", &path, annual(12)).await.json();
    assert_eq!(shown["kind"], "reseller#subscription");
    assert_eq!(shown["customerDomain"], "acme.example");
    assert_eq!(
        shown["plan"],
        json!({"planName": "ANNUAL", "isCommitmentPlan": true, "commitmentInterval":
            {"startTime": "1790000000000", "endTime": "1821536000000"}})
    );
    assert_eq!(
        shown["seats"],
        json!({"kind": "subscriptions#seats", "numberOfSeats": 12, "licensedNumberOfSeats": 1})
    );
    assert_eq!(shown["renewalSettings"]["renewalType"], "RENEW_CURRENT_USERS_MONTHLY_PAY");
    assert_eq!(shown["creationTime"], START_MS.to_string());
    assert_eq!(shown["status"], "SUSPENDED");
    assert_eq!(shown["suspensionReasons"], json!(["PENDING_TOS_ACCEPTANCE"]));
    assert_eq!(shown["trialSettings"], json!({"isInTrial": false}));

    let refused = house.control("accept-terms", json!({"customer": "acme.example"})).await;
    assert_eq!(refused.status, 409, "nobody could accept: {}", refused.text);
    let admin = "/admin/directory/v1/users/admin@acme.example/makeAdmin";
    assert_eq!(house.call("POST", admin, json!({"status": true})).await.status, 200);
    let accepted = house.control("accept-terms", json!({"customer": "acme.example"})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    let id = shown["subscriptionId"].as_str().expect("an id");
    let shown = house.call("GET", &format!("{path}/{id}"), Value::Null).await.json();
    assert_eq!(shown["status"], "ACTIVE");
    assert_eq!(shown.get("suspensionReasons"), None);
}

#[tokio::test]
async fn plans_show_their_own_fields() {
    let house = House::new().await;
    let check = async |domain: &str, body: Value, plan: Value, field: &str| {
        let customer_id = house.customer(domain).await;
        let path = format!("{CUSTOMERS}/{customer_id}/subscriptions");
        let answer = house.call("POST", &path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let shown = answer.json();
        assert_eq!(shown["plan"], plan);
        assert_eq!(shown["seats"][field], 5);
        shown
    };
    let plan = json!({"planName": "FLEXIBLE", "isCommitmentPlan": false});
    let shown = check("flexible.example", flexible(5), plan, "maximumNumberOfSeats").await;
    assert_eq!(shown.get("renewalSettings"), None);
    let plan = json!({"planName": "TRIAL", "isCommitmentPlan": false});
    let body = with(flexible(5), "/plan/planName", json!("TRIAL"));
    let shown = check("trial.example", body, plan, "maximumNumberOfSeats").await;
    assert_eq!(
        shown["trialSettings"],
        json!({"isInTrial": true, "trialEndTime": (START_MS + 30 * 86_400_000).to_string()})
    );
    let body = with(annual(5), "/plan/planName", json!("ANNUAL_YEARLY_PAY"));
    let customer_id = house.customer("yearly.example").await;
    let shown = house.call("POST", &format!("{CUSTOMERS}/{customer_id}/subscriptions"), body).await;
    assert_eq!(shown.json()["plan"]["planName"], "ANNUAL_YEARLY_PAY");
}

#[tokio::test]
async fn a_subscription_is_refused_by_googles_rules() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    let path = format!("{CUSTOMERS}/{customer_id}/subscriptions");
    let check = async |body: Value, gist: &str| {
        let answer = house.call("POST", &path, body.clone()).await;
        assert_eq!(answer.gist(), gist, "{body}: {}", answer.text);
    };
    let invalid = "400 invalid";
    check(with(flexible(5), "/skuId", json!("1")), invalid).await;
    check(with(flexible(5), "/skuId", json!(1_010_020_027)), invalid).await;
    check(with(flexible(5), "/plan/planName", json!("ANNUAL")), invalid).await;
    check(with(flexible(5), "/plan/planName", json!("FREE")), invalid).await;
    check(with(flexible(5), "/plan", json!(null)), invalid).await;
    check(with(flexible(5), "/seats", json!({"numberOfSeats": 5})), invalid).await;
    check(with(annual(5), "/seats", json!({"maximumNumberOfSeats": 5})), invalid).await;
    check(with(flexible(5), "/seats/licensedNumberOfSeats", json!(1)), invalid).await;
    check(flexible(0), invalid).await;
    check(flexible(50_001), invalid).await;
    check(with(flexible(11), "/plan/planName", json!("TRIAL")), invalid).await;
    check(with(flexible(5), "/seats/maximumNumberOfSeats", json!("five")), invalid).await;
    check(with(flexible(5), "/purchaseOrderId", json!("x".repeat(81))), invalid).await;
    check(with(flexible(5), "/purchaseOrderId", json!("é")), invalid).await;
    check(with(flexible(5), "/customerId", json!("C0other00")), invalid).await;
    check(with(annual(5), "/renewalSettings/renewalType", json!("SOMETIMES")), invalid).await;
    check(with(flexible(5), "/plan/surprise", json!(1)), invalid).await;
    check(with(annual(5), "/skuId", json!("Google-Vault")), "412 conditionNotMet").await;
    check(with(annual(5), "/skuId", json!("Google-Apps-For-Postini")), "412 conditionNotMet").await;
    assert_eq!(house.sandbox.inspect(|world| world.subscriptions.len()), 0);
    check(with(flexible(5), "/seats/maximumNumberOfSeats", json!("5")), "200").await;
    let missing =
        house.call("POST", &format!("{CUSTOMERS}/C0nobody0/subscriptions"), flexible(5)).await;
    assert_eq!(missing.gist(), "404 notFound");
}

#[tokio::test]
async fn buying_the_same_again_buys_twice() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    house.subscription(&customer_id, flexible(5)).await;
    house.subscription(&customer_id, flexible(5)).await;
    assert_eq!(house.sandbox.inspect(|world| world.subscriptions_of(&customer_id).count()), 2);
    let path = format!("{CUSTOMERS}/{customer_id}/subscriptions");
    let check = async |query: &str, gist: &str| {
        assert_eq!(house.call("POST", &format!("{path}?{query}"), annual(5)).await.gist(), gist);
    };
    check("action=switch", "400 invalid").await;
    check("action=switch&sourceSkuId=1010020028", "400 invalid").await;
    check("customerAuthToken=x", "403 forbidden").await;
    check("action=sell", "400 invalid").await;
    check("action=buy", "200").await;
}

#[tokio::test]
async fn seats_change_as_the_plan_allows() {
    let house = House::new().await;
    let check = async |domain: &str, body: Value, changes: &[(Value, &str)]| {
        let customer_id = house.customer(domain).await;
        house.user(&format!("admin@{domain}")).await;
        house.user(&format!("bob@{domain}")).await;
        let id = house.subscription(&customer_id, body).await;
        let path = format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}/changeSeats");
        let waiting = house.call("POST", &path, json!({"maximumNumberOfSeats": 9})).await;
        assert_eq!(waiting.gist(), "400 badRequest", "terms are pending");
        house.sandbox.alter(|world| {
            let subscription = world.subscriptions.values_mut().last().expect("one");
            subscription.suspension_reasons.remove(&SuspensionReason::PendingTosAcceptance);
            for subscription in world.subscriptions.values_mut() {
                subscription.suspension_reasons.clear();
            }
        });
        for (body, gist) in changes {
            let answer = house.call("POST", &path, body.clone()).await;
            assert_eq!(answer.gist(), *gist, "{domain} {body}");
        }
    };
    check(
        "flexible.example",
        flexible(5),
        &[
            (json!({"maximumNumberOfSeats": 8}), "200"),
            (json!({"maximumNumberOfSeats": 2}), "200"),
            (json!({"maximumNumberOfSeats": 1}), "400 invalid"),
            (json!({"numberOfSeats": 8}), "400 invalid"),
            (json!({"numberOfSeats": 1, "maximumNumberOfSeats": 8}), "200"),
            (json!({"licensedNumberOfSeats": 2, "maximumNumberOfSeats": 8}), "400 invalid"),
            (json!({}), "400 invalid"),
        ],
    )
    .await;
    check(
        "annual.example",
        annual(5),
        &[
            (json!({"numberOfSeats": 8}), "200"),
            (json!({"numberOfSeats": 8}), "200"),
            (json!({"numberOfSeats": 7}), "400 invalid"),
        ],
    )
    .await;
}

#[tokio::test]
async fn suspend_and_activate_follow_the_state() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    let id = house.subscription(&customer_id, flexible(5)).await;
    let check = async |verb: &str, gist: &str| {
        let path = format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}/{verb}");
        assert_eq!(house.call("POST", &path, Value::Null).await.gist(), gist, "{verb}");
    };
    check("suspend", "400 badRequest").await;
    check("activate", "412 conditionNotMet").await;
    house.sandbox.alter(|world| {
        world.subscriptions.values_mut().for_each(|it| it.suspension_reasons.clear());
    });
    check("activate", "412 conditionNotMet").await;
    check("suspend", "200").await;
    let status =
        || house.sandbox.inspect(|world| world.subscriptions.values().next().map(|it| it.status()));
    assert_eq!(status(), Some(Status::Suspended));
    check("suspend", "400 badRequest").await;
    check("changeSeats", "400 badRequest").await;
    check("activate", "200").await;
    assert_eq!(status(), Some(Status::Active));
    check("suspend", "200").await;
    // What else runs keeps the customer with its reseller for longer than 60 days.
    let chrome = json!({"skuId": "Google-Chrome-Device-Management", "plan": {"planName":
        "ANNUAL_MONTHLY_PAY"}, "seats": {"numberOfSeats": 1}});
    house.subscription(&customer_id, chrome).await;
    house.sandbox.alter(|world| {
        let chrome = |it: &&mut sandbox::world::Subscription| it.id != id;
        world
            .subscriptions
            .values_mut()
            .filter(chrome)
            .for_each(|it| it.suspension_reasons.clear());
    });
    house.sandbox.set_now_ms(START_MS + 60 * 86_400_000 + 1);
    let mut later = House { sandbox: house.sandbox.clone(), token: String::new() };
    later.token = later.token_of(house::RESELLER, &[house::ORDER]).await;
    let path = format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}/activate");
    assert_eq!(later.call("POST", &path, Value::Null).await.gist(), "412 conditionNotMet");
}

#[tokio::test]
async fn lists_come_in_pages_and_by_customer_and_prefix() {
    let house = House::new().await;
    for n in 0..5 {
        let customer_id = house.customer(&format!("acme{n}.example")).await;
        house.subscription(&customer_id, flexible(5)).await;
    }
    let other = house.customer("beta.example").await;
    house.subscription(&other, flexible(5)).await;
    let list = async |query: &str| {
        let answer = house.call("GET", &format!("{SUBSCRIPTIONS}?{query}"), Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    let count = |page: &Value| page["subscriptions"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&list("").await), 6);
    assert_eq!(list("").await["subscriptions"][0]["kind"], "subscriptions#subscription");
    assert_eq!(count(&list("customerNamePrefix=acme").await), 5);
    assert_eq!(count(&list(&format!("customerId={other}")).await), 1);
    assert_eq!(count(&list("customerId=beta.example").await), 1);

    let mut seen = Vec::new();
    let mut query = "maxResults=4".to_owned();
    for _ in 0..3 {
        let page = list(&query).await;
        seen.extend(page["subscriptions"].as_array().cloned().unwrap_or_default());
        match page["nextPageToken"].as_str() {
            Some(token) => query = format!("maxResults=4&pageToken={token}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    let check = async |query: &str, gist: &str| {
        let answer = house.call("GET", &format!("{SUBSCRIPTIONS}?{query}"), Value::Null).await;
        assert_eq!(answer.gist(), gist, "{query}");
    };
    check("maxResults=0", "400 invalid").await;
    check("maxResults=101", "400 invalid").await;
    check("pageToken=xyz", "400 invalid").await;
    let token = list("maxResults=4").await["nextPageToken"].as_str().expect("a token").to_owned();
    check(&format!("customerNamePrefix=acme&pageToken={token}"), "400 invalid").await;
    check("customerId=C0nobody0", "404 notFound").await;
}

#[tokio::test]
async fn reads_lag_and_conflicts_do_not() {
    let house = House::new().await;
    let lag = json!({"customers_ms": 1000, "users_ms": 1000, "subscriptions_ms": 2000});
    assert_eq!(house.control("lag", lag).await.status, 200);
    let customer_id = house.customer("acme.example").await;
    let id = house.subscription(&customer_id, flexible(5)).await;
    let subscription = format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}");
    let check = async |at_ms: i64, customer: &str, one: &str, listed: usize| {
        house.sandbox.set_now_ms(START_MS + at_ms);
        let by_domain = house.call("GET", &format!("{CUSTOMERS}/acme.example"), Value::Null).await;
        assert_eq!(by_domain.gist(), customer, "at {at_ms}");
        assert_eq!(house.call("GET", &subscription, Value::Null).await.gist(), one, "at {at_ms}");
        let list = format!("{SUBSCRIPTIONS}?customerId={customer_id}");
        let page = house.call("GET", &list, Value::Null).await.json();
        assert_eq!(page["subscriptions"].as_array().map_or(0, Vec::len), listed, "at {at_ms}");
    };
    check(999, "404 notFound", "404 notFound", 0).await;
    let again = house.call("POST", CUSTOMERS, customer("acme.example")).await;
    assert_eq!(again.gist(), "409 duplicate");
    check(1000, "200", "404 notFound", 0).await;
    check(2000, "200", "200", 1).await;
    let owner = house.sandbox.inspect(|world| world.customers[&customer_id].owner.clone());
    assert_eq!(owner, Owner::Reseller { customer_id: "C0reseller".to_owned() });
}
