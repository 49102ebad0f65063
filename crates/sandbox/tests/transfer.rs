//! Customers that come and go: transfer tokens, teams, transfers to direct, each all or nothing.
//! Source: google-semantics.md §2.3, §2.4, §2.9, §2.11, §7.1

mod house;

use house::{
    Answer, BatchCall, DAY_MS, House, START_MS, annual, customer, flexible, settings, with,
};
use sandbox::world::Owner;
use sandbox::{Fault, FaultRule, Settings, Switches};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const SUBSCRIPTIONS: &str = "/apps/reseller/v1/subscriptions";

/// A direct customer with an annual Workspace subscription of 10 and a Chrome one of 3; its id and a token for us.
async fn direct(house: &House) -> (String, String) {
    let body = json!({"domain": "direct.example", "organization": "Direct", "country": "GB"});
    let id = text(&house.play("customers", body).await["id"]);
    house.play("users", json!({"email": "boss@direct.example", "admin": true})).await;
    let path = format!("customers/{id}/subscriptions");
    let workspace = json!({"sku_id": "1010020028", "plan": "ANNUAL_MONTHLY_PAY", "seats": 10});
    house.play(&path, workspace).await;
    let chrome = json!({"sku_id": "Google-Chrome-Device-Management",
        "plan": "ANNUAL_MONTHLY_PAY", "seats": 3, "age_days": 340});
    house.play(&path, chrome).await;
    let token = house
        .play(&format!("customers/{id}/transfer-tokens"), json!({"reseller": "C0reseller"}))
        .await;
    (id, text(&token["token"]))
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn chrome(seats: i32) -> Value {
    with(annual(seats), "/skuId", json!("Google-Chrome-Device-Management"))
}

fn insert(id: &str, token: &str, body: Value) -> BatchCall<'static> {
    ("POST", format!("{CUSTOMERS}/{id}/subscriptions?customerAuthToken={token}"), body)
}

fn gists(answers: &[(Option<String>, Answer)]) -> Vec<String> {
    answers.iter().map(|(_, answer)| answer.gist()).collect()
}

#[tokio::test]
async fn a_token_shows_what_can_come() {
    let mut house = House::new().await;
    let (id, token) = direct(&house).await;
    let path = format!("{SUBSCRIPTIONS}?customerId={id}&customerAuthToken={token}");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    let items = shown["subscriptions"].as_array().expect("a list");
    let info = |sku: &str| {
        let item = items.iter().find(|item| item["skuId"] == sku).expect("it");
        item["transferInfo"].clone()
    };
    let expires = (START_MS + 14 * DAY_MS).to_string();
    let whole = json!({"transferabilityExpirationTime": expires, "minimumTransferableSeats": 10});
    assert_eq!(info("1010020028"), whole, "an annual plan binds");
    let chrome = info("Google-Chrome-Device-Management");
    assert_eq!(chrome["minimumTransferableSeats"], 1, "but not 25 days before its end");
    let check = async |house: &House, path: &str, gist: &str| {
        house.expect("GET", path, Value::Null, gist).await;
    };
    check(&house, &format!("{SUBSCRIPTIONS}?customerAuthToken={token}"), "200").await;
    check(&house, &format!("{SUBSCRIPTIONS}?customerId={id}"), "403 forbidden").await;
    check(&house, &format!("{SUBSCRIPTIONS}?customerAuthToken=x"), "403 forbidden").await;
    let wrong = format!("{SUBSCRIPTIONS}?customerId={id}&customerAuthToken=x");
    check(&house, &wrong, "403 forbidden").await;
    let path_of =
        |token: &str| format!("{SUBSCRIPTIONS}?customerId={id}&customerAuthToken={token}");
    let rival = house
        .play(&format!("customers/{id}/transfer-tokens"), json!({"reseller": "C0rival00"}))
        .await;
    check(&house, &path_of(&text(&rival["token"])), "403 forbidden").await;
    house.wait_days(14).await;
    check(&house, &path, "403 forbidden").await;

    let switches = Switches {
        transfer_token_days: 30,
        minimum_transferable_seats_as_text: true,
        ..Switches::default()
    };
    let mut house = House::with(Settings { switches, ..settings() }).await;
    let (id, token) = direct(&house).await;
    house.wait_days(29).await;
    let path = format!("{SUBSCRIPTIONS}?customerId={id}&customerAuthToken={token}");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    assert!(shown["subscriptions"][0]["transferInfo"]["minimumTransferableSeats"].is_string());
}

#[tokio::test]
async fn all_comes_in_one_batch_or_nothing() {
    let house = House::new().await;
    let (id, token) = direct(&house).await;
    let alone = insert(&id, &token, annual(10));
    house.expect(alone.0, &alone.1, alone.2, "412 conditionNotMet").await;
    let wrong = [insert(&id, &token, annual(9)), insert(&id, &token, chrome(3))];
    let answers = house.batch("/batch/reseller/v1", &wrong).await;
    assert_eq!(gists(&answers), ["400 invalid", "412 conditionNotMet"]);
    let owner = |house: &House| house.sandbox.inspect(|world| world.customers[&id].owner.clone());
    assert_eq!(owner(&house), Owner::Google, "nothing came");
    assert_eq!(house.sandbox.inspect(|world| world.subscriptions.len()), 2);

    let deal = with(annual(10), "/dealCode", json!("deal"));
    let right = [insert(&id, &token, chrome(3)), insert("direct.example", &token, deal)];
    let answers = house.batch("/batch", &right).await;
    assert_eq!(gists(&answers), ["200", "200"]);
    assert!(answers.iter().all(|(id, _)| id.is_none()), "no Content-ID in this API");
    let skus: Vec<Value> =
        answers.iter().map(|(_, answer)| answer.json()["skuId"].clone()).collect();
    assert_eq!(skus, [json!("Google-Chrome-Device-Management"), json!("1010020028")], "by place");
    let shown = answers[1].1.json();
    assert_eq!((&shown["status"], shown.get("dealCode")), (&json!("ACTIVE"), None));
    assert_eq!(shown["seats"]["licensedNumberOfSeats"], 1, "licences came along");
    let list = format!("{SUBSCRIPTIONS}?customerId={id}");
    let listed = house.expect("GET", &list, Value::Null, "200").await;
    assert_eq!(listed["subscriptions"].as_array().map(Vec::len), Some(2));
    let shown = house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "200").await;
    assert_eq!(shown["postalAddress"]["organizationName"], "Direct");
    house.expect("GET", "/admin/directory/v1/users/boss@direct.example", Value::Null, "200").await;
    let again = house.batch("/batch", &right).await;
    assert_eq!(gists(&again), ["400 invalid", "400 invalid"], "nothing is left to come");
}

#[tokio::test]
async fn a_transfer_is_refused_by_googles_rules() {
    let check = async |change: &dyn Fn(&House), bodies: [Value; 2], gist: [&str; 2]| {
        let house = House::new().await;
        let (id, token) = direct(&house).await;
        change(&house);
        let calls = bodies.map(|body| insert(&id, &token, body));
        let answers = house.batch("/batch", &calls).await;
        assert_eq!(gists(&answers), gist, "{}", answers[0].1.text);
        let ours = Owner::Reseller { customer_id: "C0reseller".to_owned() };
        let came = house.sandbox.inspect(|world| world.customers[&id].owner == ours);
        assert_eq!(came, gist == ["200", "200"]);
    };
    let nothing = |_: &House| ();
    let refused = "412 conditionNotMet";
    check(&nothing, [with(flexible(10), "/skuId", json!("1010020028")), chrome(3)], [refused; 2])
        .await;
    check(
        &nothing,
        [with(annual(10), "/skuId", json!("1010020025")), chrome(3)],
        ["400 invalid", refused],
    )
    .await;
    let licensed = with(annual(10), "/seats/licensedNumberOfSeats", json!(1));
    check(&nothing, [licensed, chrome(3)], ["400 invalid", refused]).await;
    check(&nothing, [annual(10), chrome(1)], ["200", "200"]).await;
    let closed = |house: &House| {
        let skus = house::set(&["1010020028"]);
        house.sandbox.set_not_entitled("C0reseller", skus).expect("played");
    };
    check(&closed, [annual(10), chrome(3)], ["403 forbidden", refused]).await;
    let nonprofit = |house: &House| {
        house.sandbox.alter(|world| {
            world.customers.values_mut().for_each(|it| it.never_transferable = true);
        });
    };
    check(&nonprofit, [annual(10), chrome(3)], [refused; 2]).await;
    let unsure = |house: &House| {
        house.sandbox.add_fault(FaultRule {
            method: Some("reseller.subscriptions.insert".to_owned()),
            customer: None,
            percent: 100,
            times: Some(1),
            fault: Fault::ErrorBefore,
        });
    };
    check(&unsure, [annual(10), chrome(3)], ["503 backendError", refused]).await;

    let house = House::new().await;
    let (id, token) = direct(&house).await;
    let switching = format!(
        "{CUSTOMERS}/{id}/subscriptions?customerAuthToken={token}&action=switch&sourceSkuId=x"
    );
    house.expect("POST", &switching, annual(10), "400 invalid").await;
}

#[tokio::test]
async fn a_customer_is_registered_first_and_its_subscriptions_follow() {
    let house = House::new().await;
    let (id, token) = direct(&house).await;
    let path = format!("{CUSTOMERS}?customerAuthToken={token}");
    house.expect("POST", CUSTOMERS, customer("direct.example"), "409 duplicate").await;
    let wrong = format!("{CUSTOMERS}?customerAuthToken=x");
    house.expect("POST", &wrong, customer("direct.example"), "403 forbidden").await;
    let shown = house.expect("POST", &path, customer("direct.example"), "200").await;
    assert_eq!(
        (&shown["customerId"], &shown["phoneNumber"]),
        (&json!(id), &json!("+442071234567"))
    );
    house.expect("POST", &path, customer("direct.example"), "409 duplicate").await;
    let list = format!("{SUBSCRIPTIONS}?customerId={id}");
    let listed = house.expect("GET", &list, Value::Null, "200").await;
    assert_eq!(listed.get("subscriptions"), None, "nothing was transferred yet");
    let with_token = format!("{list}&customerAuthToken={token}");
    let listed = house.expect("GET", &with_token, Value::Null, "200").await;
    assert_eq!(listed["subscriptions"].as_array().map(Vec::len), Some(2));
    let calls = [insert(&id, &token, annual(10)), insert(&id, &token, chrome(3))];
    assert_eq!(gists(&house.batch("/batch", &calls).await), ["200", "200"]);
    let listed = house.expect("GET", &list, Value::Null, "200").await;
    assert_eq!(listed["subscriptions"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn after_another_reseller_new_terms_wait() {
    for waits in [false, true] {
        let switches = Switches { transfer_waits_for_terms: waits, ..Switches::default() };
        let house = House::with(Settings { switches, ..settings() }).await;
        let body = json!({"domain": "theirs.example", "reseller": "C0rival00"});
        let id = text(&house.play("customers", body).await["id"]);
        let path = format!("customers/{id}/subscriptions");
        house.play(&path, json!({"sku_id": "1010020027", "plan": "FLEXIBLE", "seats": 5})).await;
        let path = format!("customers/{id}/transfer-tokens");
        let token =
            text(&house.play(&path, json!({"reseller": "reseller.example"})).await["token"]);
        let call = insert(&id, &token, flexible(5));
        let shown = house.expect(call.0, &call.1, call.2, "200").await;
        let status = if waits { "SUSPENDED" } else { "ACTIVE" };
        assert_eq!(shown["status"], status, "one alone needs no batch");
        let accepted = house.sandbox.inspect(|world| world.customers[&id].terms_accepted);
        assert!(!accepted);
    }
}

#[tokio::test]
async fn handing_over_to_google_takes_all_and_an_administrator() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    let first = house.subscription(&id, flexible(5)).await;
    let second = house.subscription(&id, chrome(2)).await;
    let delete = |subscription: &str, kind: &str| {
        format!("{CUSTOMERS}/{id}/subscriptions/{subscription}?deletionType={kind}")
    };
    let check = async |path: String, gist: &str| {
        house.expect("DELETE", &path, Value::Null, gist).await;
    };
    check(format!("{CUSTOMERS}/{id}/subscriptions/{first}"), "400 invalid").await;
    check(delete(&first, "downgrade"), "400 invalid").await;
    check(delete(&first, "deletion_type_undefined"), "400 invalid").await;
    check(delete(&first, "cancel"), "412 conditionNotMet").await;
    check(delete(&first, "transfer_to_direct"), "412 conditionNotMet").await;
    house.user("admin@acme.example").await;
    house.play("users/alter", json!({"email": "admin@acme.example", "admin": true})).await;
    check(delete(&first, "transfer_to_direct"), "412 conditionNotMet").await;
    let call =
        |subscription: &str| ("DELETE", delete(subscription, "transfer_to_direct"), Value::Null);
    let answers = house.batch("/batch", &[call(&first), call("1")]).await;
    assert_eq!(gists(&answers), ["412 conditionNotMet", "404 notFound"]);
    let answers = house.batch("/batch", &[call(&first), call(&second)]).await;
    assert_eq!(gists(&answers), ["204", "204"]);
    let list = format!("{SUBSCRIPTIONS}?customerId={id}");
    house.expect("GET", &list, Value::Null, "403 forbidden").await;
    let one = format!("{CUSTOMERS}/{id}/subscriptions/{first}");
    house.expect("GET", &one, Value::Null, "403 forbidden").await;
    let shown = house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "200").await;
    assert_eq!(shown.get("alternateEmail"), None, "somebody else's by now");
    let running = house.sandbox.inspect(|world| {
        world.subscriptions_of(&id).filter(|subscription| !subscription.cancelled).count()
    });
    assert_eq!(running, 2, "they run on at Google");
}

#[tokio::test]
async fn offline_commitments_stay() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let body =
        json!({"sku_id": "1010020028", "plan": "ANNUAL_YEARLY_PAY", "seats": 5, "offline": true});
    let made = house.play(&format!("customers/{id}/subscriptions"), body).await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions/{}", text(&made["id"]));
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(shown["billingMethod"], "OFFLINE");
    assert_eq!(shown["plan"].get("commitmentInterval"), None);
    let delete = format!("{path}?deletionType=transfer_to_direct");
    house.expect("DELETE", &delete, Value::Null, "412 conditionNotMet").await;
}

#[tokio::test]
async fn teams_share_a_domain_until_somebody_proves_it() {
    let house = House::new().await;
    let team = |local: &str| {
        let body = with(customer("acme.example"), "/customerType", json!("team"));
        let body = with(body, "/alternateEmail", Value::Null);
        with(body, "/primaryAdmin", json!({"primaryEmail": format!("{local}@acme.example")}))
    };
    let without = with(team("a"), "/primaryAdmin", Value::Null);
    house.expect("POST", CUSTOMERS, without, "400 invalid").await;
    let elsewhere = with(team("a"), "/primaryAdmin/primaryEmail", json!("a@other.example"));
    house.expect("POST", CUSTOMERS, elsewhere, "400 invalid").await;
    let first = house.expect("POST", CUSTOMERS, team("a"), "200").await;
    assert_eq!(first["customerType"], "team");
    assert_eq!(first["primaryAdmin"]["primaryEmail"], "a@acme.example");
    let by_domain = format!("{CUSTOMERS}/acme.example");
    house.expect("GET", &by_domain, Value::Null, "200").await;
    house.expect("POST", CUSTOMERS, team("a"), "409 duplicate").await;
    house.expect("POST", CUSTOMERS, customer("acme.example"), "409 duplicate").await;
    let second = text(&house.expect("POST", CUSTOMERS, team("b"), "200").await["customerId"]);
    let several = house.expect("GET", &by_domain, Value::Null, "400 invalid").await;
    assert_eq!(
        several["error"]["message"],
        "Customer domain [acme.example] is linked to one or more email verified customers, please provide a customer id."
    );
    let admin =
        house.expect("GET", "/admin/directory/v1/users/b@acme.example", Value::Null, "200").await;
    assert_eq!((&admin["isAdmin"], &admin["customerId"]), (&json!(true), &json!(second)));
    let path = format!("{CUSTOMERS}/{second}/subscriptions");
    house.expect("POST", &path, flexible(5), "412 conditionNotMet").await;
    let essentials = with(flexible(5), "/skuId", json!("1010060001"));
    house.expect("POST", &path, essentials, "200").await;
    let body = json!({"domain": "acme.example"});
    house.play(&format!("customers/{second}/domains/verify"), body).await;
    let shown = house.expect("GET", &by_domain, Value::Null, "200").await;
    assert_eq!((&shown["customerId"], &shown["customerType"]), (&json!(second), &json!("domain")));
    house.expect("POST", CUSTOMERS, team("c"), "409 duplicate").await;
}
