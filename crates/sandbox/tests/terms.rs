//! Rules of subscriptions and accounts that reach beyond one call: trials, proposals, grace, add-ons, accounts deleted.
//! Source: google-semantics.md §2.2, §2.3, §2.6, §2.8-§2.12, §2.18

mod house;

use house::{DAY_MS, House, START_MS, annual, customer, flexible, settings, with};
use sandbox::{Settings, Switches};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const SUBSCRIPTIONS: &str = "/apps/reseller/v1/subscriptions";
const BASIC: &str = "Google-Apps-For-Business";
const REFUSED: &str = "412 conditionNotMet";

fn of(sku: &str, plan: &str, seats: i32) -> Value {
    let body = if plan.starts_with("ANNUAL") { annual(seats) } else { flexible(seats) };
    with(with(body, "/skuId", json!(sku)), "/plan/planName", json!(plan))
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

async fn switched(switches: Switches) -> House {
    House::with(Settings { switches, ..settings() }).await
}

/// The path of the customer's subscriptions, and its id.
async fn ready(house: &House, domain: &str) -> (String, String) {
    let id = house.ready_customer(domain).await;
    (format!("{CUSTOMERS}/{id}/subscriptions"), id)
}

#[tokio::test]
async fn a_customer_has_one_trial_and_others_for_vault_and_chrome() {
    let house = House::new().await;
    let (path, id) = ready(&house, "acme.example").await;
    house.play(&format!("customers/{id}/domains/verify"), json!({"domain": "acme.example"})).await;
    let buy = async |body: Value, gist: &str| house.expect("POST", &path, body, gist).await;
    buy(of(BASIC, "TRIAL", 5), "200").await;
    buy(of("101005", "TRIAL", 5), "400 invalid").await;
    buy(of("1010050001", "TRIAL", 5), REFUSED).await;
    buy(of("Google-Chrome-Device-Management", "TRIAL", 5), "200").await;
    buy(of("Google-Vault", "TRIAL", 5), "200").await;
    buy(of("Google-Vault", "TRIAL", 5), REFUSED).await;
}

#[tokio::test]
async fn a_proposal_decides_the_seats_of_the_next_year() {
    let mut house = House::new().await;
    let (path, id) = ready(&house, "acme.example").await;
    let body = with(annual(12), "/renewalSettings/renewalType", json!("RENEW_ON_PROPOSED_OFFER"));
    let subscription = house.subscription(&id, body).await;
    let alter = format!("customers/{id}/subscriptions/{subscription}");
    house.play(&alter, json!({"proposal": 7})).await;
    house.wait_days(365).await;
    let shown = house.expect("GET", &format!("{path}/{subscription}"), Value::Null, "200").await;
    assert_eq!(shown["seats"]["numberOfSeats"], 7);
    house.play(&alter, json!({"renewal": "CANCEL"})).await;
    assert_eq!(house.control(&alter, json!({"renewal": "NEVER"})).await.status, 400);
    assert_eq!(house.control(&alter, json!({"cancelled": false})).await.status, 422);
    house.wait_days(365).await;
    let shown = house.expect("GET", &format!("{path}/{subscription}"), Value::Null, "200").await;
    assert_eq!(shown["suspensionReasons"], json!(["RENEWAL_WITH_TYPE_CANCEL"]));
}

#[tokio::test]
async fn what_goes_to_google_ends_after_its_grace_unless_paid_for() {
    let check = async |body: Value, pays: bool, switches: Switches, ends: Option<i64>| {
        let house = switched(switches).await;
        let (path, id) = ready(&house, "acme.example").await;
        let subscription = house.subscription(&id, body).await;
        let leave = format!("{path}/{subscription}?deletionType=transfer_to_direct");
        house.expect("DELETE", &leave, Value::Null, "204").await;
        if pays {
            house.play(&format!("customers/{id}/billing"), Value::Null).await;
        }
        let held = |day: i64| {
            house.sandbox.set_now_ms(START_MS + day * DAY_MS);
            house.sandbox.inspect(|world| {
                world.subscriptions_of(&id).any(|it| !it.suspension_reasons.is_empty())
            })
        };
        match ends {
            Some(day) => assert_eq!((held(day - 1), held(day)), (false, true), "day {day}"),
            None => assert!(!held(800)),
        }
    };
    let usual = Switches::default;
    check(flexible(5), false, usual(), Some(30)).await;
    check(annual(5), false, usual(), Some(365)).await;
    check(flexible(5), true, usual(), None).await;
    check(flexible(5), false, Switches { grace_after_handover: false, ..usual() }, None).await;
}

#[tokio::test]
async fn addons_have_rules_of_their_own() {
    let house = switched(Switches { suspend_needs_addons_gone: true, ..Switches::default() }).await;
    let (path, id) = ready(&house, "acme.example").await;
    house.play(&format!("customers/{id}/domains/verify"), json!({"domain": "acme.example"})).await;
    let basic = house.subscription(&id, of(BASIC, "FLEXIBLE", 5)).await;
    let vault = house.subscription(&id, of("Google-Vault", "FLEXIBLE", 2)).await;
    let licence = "/apps/licensing/v1/product/Google-Vault/sku/Google-Vault/user";
    let admin = json!({"userId": "admin@acme.example"});
    house.expect("POST", licence, admin, "200").await;
    house.expect("POST", &format!("{path}/{basic}/suspend"), Value::Null, REFUSED).await;
    house.play("switches", json!({"suspend_needs_addons_gone": false})).await;
    house.expect("POST", &format!("{path}/{basic}/suspend"), Value::Null, "200").await;
    house.expect("POST", &format!("{path}/{basic}/activate"), Value::Null, "200").await;

    // An upgrade to what Vault belongs to ends the add-on, and its licences.
    house.play("switches", json!({"upgrade_ends_vault": true})).await;
    house
        .expect(
            "POST",
            "/apps/reseller/v1/resellernotify/register?serviceAccountEmailAddress=a@p.iam.example",
            Value::Null,
            "200",
        )
        .await;
    let up = format!("{path}?action=switch&sourceSkuId={BASIC}");
    house.expect("POST", &up, of("1010020025", "FLEXIBLE", 5), "200").await;
    let shown = house.expect("GET", &format!("{path}/{vault}"), Value::Null, "200").await;
    assert_eq!(shown["status"], "CANCELLED");
    house
        .expect("GET", &format!("{licence}/admin@acme.example"), Value::Null, "404 notFound")
        .await;
    let state = house.open("/sandbox/v1/state").await.json();
    let reasons: Vec<&Value> = state["notices"]
        .as_array()
        .expect("notices")
        .iter()
        .filter(|notice| notice["sku_id"] == "Google-Vault")
        .map(|notice| &notice["cancellation_reason"])
        .collect();
    assert_eq!(reasons, [&json!("PURCHASE_OF_SUBSUMING_SKU")]);
}

#[tokio::test]
async fn storage_of_one_size_is_storage_of_all() {
    let house = House::new().await;
    let (path, id) = ready(&house, "acme.example").await;
    let storage = house.subscription(&id, of("Google-Drive-storage-20GB", "FLEXIBLE", 1)).await;
    let sku = "/apps/licensing/v1/product/Google-Drive-storage/sku";
    let admin = json!({"userId": "admin@acme.example"});
    house.expect("POST", &format!("{sku}/Google-Drive-storage-1TB/user"), admin, "200").await;
    let shown = house.expect("GET", &format!("{path}/{storage}"), Value::Null, "200").await;
    assert_eq!(shown["seats"]["licensedNumberOfSeats"], 1);
    house.user("b@acme.example").await;
    let other = json!({"userId": "b@acme.example"});
    house.expect("POST", &format!("{sku}/Google-Drive-storage-20GB/user"), other, REFUSED).await;
}

#[tokio::test]
async fn a_primary_domain_that_was_left_finds_nobody() {
    let house = House::new().await;
    let (_, id) = ready(&house, "old.example").await;
    let add = json!({"domain": "new.example", "verified": true});
    house.play(&format!("customers/{id}/domains"), add).await;
    let get = async |key: &str, gist: &str| {
        house.expect("GET", &format!("{CUSTOMERS}/{key}"), Value::Null, gist).await;
    };
    get("new.example", "404 notFound").await;
    house.play(&format!("customers/{id}/domains/primary"), json!({"domain": "new.example"})).await;
    get("new.example", "200").await;
    get("old.example", "404 notFound").await;
    get(&id, "200").await;
    house.expect("POST", CUSTOMERS, customer("old.example"), "409 duplicate").await;
    let list = "/apps/licensing/v1/product/Google-Apps/users?customerId=";
    house.expect("GET", &format!("{list}old.example"), Value::Null, "403 forbidden").await;
    house.expect("GET", &format!("{list}new.example"), Value::Null, "200").await;
}

#[tokio::test]
async fn an_account_that_was_deleted_comes_back_under_another_id() {
    let house = House::new().await;
    let (_, id) = ready(&house, "acme.example").await;
    let subscription = house.subscription(&id, flexible(5)).await;
    let by_domain = format!("{CUSTOMERS}/acme.example");
    house.play(&format!("customers/{id}/delete"), Value::Null).await;
    house.expect("GET", &by_domain, Value::Null, "404 notFound").await;
    house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "404 notFound").await;
    let list = house.expect("GET", SUBSCRIPTIONS, Value::Null, "200").await;
    assert_eq!(list.get("subscriptions"), None);
    let state = house.open("/sandbox/v1/state").await.json();
    assert_eq!(state["deleted_customers"][0]["domain"], "acme.example");
    let new =
        text(&house.play(&format!("deleted-customers/{id}/restore"), Value::Null).await["id"]);
    assert_ne!(new, id);
    let shown = house.expect("GET", &by_domain, Value::Null, "200").await;
    assert_eq!(shown["customerId"], new.as_str());
    let path = format!("{CUSTOMERS}/{new}/subscriptions/{subscription}");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(shown["seats"]["licensedNumberOfSeats"], 1, "with its people and their licences");
    assert_eq!(
        house.control(&format!("deleted-customers/{id}/restore"), Value::Null).await.status,
        404
    );
}

#[tokio::test]
async fn customers_of_a_test_reseller_vanish_after_three_days() {
    let mut house = switched(Switches { test_reseller: true, ..Switches::default() }).await;
    let domain = "goog-test.reseller.example.acme.example";
    house.customer(domain).await;
    house.sandbox.set_now_ms(START_MS + 3 * DAY_MS - 1);
    house.sign_in().await;
    let path = format!("{CUSTOMERS}/{domain}");
    house.expect("GET", &path, Value::Null, "200").await;
    house.sandbox.set_now_ms(START_MS + 3 * DAY_MS);
    house.expect("GET", &path, Value::Null, "404 notFound").await;
}

#[tokio::test]
async fn what_google_holds_is_not_lifted_by_a_verified_domain() {
    let mut house = switched(Switches { unverified_suspended: true, ..Switches::default() }).await;
    let (path, id) = ready(&house, "acme.example").await;
    let subscription = house.subscription(&id, flexible(5)).await;
    let reasons = async |house: &House| {
        let path = format!("{path}/{subscription}");
        house.expect("GET", &path, Value::Null, "200").await["suspensionReasons"].clone()
    };
    house.wait_days(21).await;
    let alter = format!("customers/{id}/subscriptions/{subscription}");
    house.play(&alter, json!({"suspended": true})).await;
    house.play(&format!("customers/{id}/domains/verify"), json!({"domain": "acme.example"})).await;
    assert_eq!(reasons(&house).await, json!(["OTHER"]));
    house.play(&alter, json!({"suspended": false})).await;
    assert_eq!(reasons(&house).await, Value::Null);
}

#[tokio::test]
async fn switches_turn_the_shapes_of_subscriptions() {
    let house = House::new().await;
    let (path, id) = ready(&house, "acme.example").await;
    let first = house.subscription(&id, flexible(5)).await;
    let turn = |body: Value| house.play("switches", body);
    turn(json!({"renewal_shown_without_term": true})).await;
    let one = format!("{path}/{first}");
    let shown = house.expect("GET", &one, Value::Null, "200").await;
    assert_eq!(shown["renewalSettings"]["renewalType"], "AUTO_RENEW");
    turn(json!({"subscription_id_follows_plan": true})).await;
    let plan = json!({"planName": "ANNUAL_MONTHLY_PAY", "seats": {"numberOfSeats": 6}});
    let shown = house.expect("POST", &format!("{one}/changePlan"), plan, "200").await;
    assert_ne!(shown["subscriptionId"], first.as_str());
    house.expect("GET", &one, Value::Null, "404 notFound").await;
    turn(json!({"seats_max": 20, "delete_answers_200": true})).await;
    let second = format!("{path}/{}", text(&shown["subscriptionId"]));
    let seats = |n: i32| json!({"numberOfSeats": n});
    let change = format!("{second}/changeSeats");
    house.expect("POST", &change, seats(21), "400 invalid").await;
    house.expect("POST", &change, seats(20), "200").await;
    let leave = format!("{second}?deletionType=transfer_to_direct");
    house.expect("DELETE", &leave, Value::Null, "200").await;
    let all = house.open("/sandbox/v1/switches").await.json();
    assert_eq!((&all["seats_max"], &all["same_sku"]), (&json!(20), &json!("buys")));
    let wrong = house.control("switches", json!({"seats_max": "many"})).await;
    assert_eq!(wrong.status, 422);
    let unknown = house.control("switches", json!({"no_such_switch": true})).await;
    assert_eq!(unknown.status, 422);
    assert_eq!(house.open("/sandbox/v1/switches").await.json(), all, "nothing half turned");
}

#[tokio::test]
async fn transfers_mind_trials_and_may_leave_traces() {
    let house = House::new().await;
    let body = json!({"domain": "direct.example", "organization": "Direct"});
    let id = text(&house.play("customers", body).await["id"]);
    let path = format!("customers/{id}/subscriptions");
    house
        .play(&path, json!({"sku_id": "1010020028", "plan": "ANNUAL_MONTHLY_PAY", "seats": 9}))
        .await;
    house.play(&path, json!({"sku_id": "1010020027", "plan": "FLEXIBLE", "seats": 9})).await;
    let make = format!("customers/{id}/transfer-tokens");
    let token = text(&house.play(&make, json!({"reseller": "C0reseller"})).await["token"]);
    let target = format!("{CUSTOMERS}/{id}/subscriptions?customerAuthToken={token}");
    let call = |body: Value| ("POST", target.clone(), body);
    let trial = of("1010020027", "TRIAL", 9);
    let answers = house.batch("/batch", &[call(annual(9)), call(trial)]).await;
    assert_eq!([answers[0].1.gist(), answers[1].1.gist()], [REFUSED, REFUSED], "no trial to go on");
    let ours = async |gist: &str| {
        house.expect("GET", &format!("{SUBSCRIPTIONS}?customerId={id}"), Value::Null, gist).await
    };
    ours("403 forbidden").await;
    house
        .play(
            "switches",
            json!({"failed_transfer_registers": true, "transferable_seats_in_both_fields": true}),
        )
        .await;
    house.batch("/batch", &[call(annual(8)), call(flexible(9))]).await;
    assert_eq!(ours("200").await.get("subscriptions"), None, "registered, and nothing came");
    let shown = house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "200").await;
    assert_eq!(shown["postalAddress"]["organizationName"], "Direct", "with the old owner's data");
    let list = format!("{SUBSCRIPTIONS}?customerId={id}&customerAuthToken={token}");
    let listed = house.expect("GET", &list, Value::Null, "200").await;
    let both =
        listed["subscriptions"].as_array().expect("a list").iter().filter(|it| {
            it["seats"]["numberOfSeats"] == 9 && it["seats"]["maximumNumberOfSeats"] == 9
        });
    assert_eq!(both.count(), 1);
    let answers = house.batch("/batch", &[call(annual(9)), call(flexible(9))]).await;
    assert_eq!([answers[0].1.gist(), answers[1].1.gist()], ["200", "200"], "tried again");
}

#[tokio::test]
async fn notices_tell_of_terms_and_licences() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    house.user("admin@acme.example").await;
    house.play("users/alter", json!({"email": "admin@acme.example", "admin": true})).await;
    let watch =
        "/apps/reseller/v1/resellernotify/register?serviceAccountEmailAddress=a@p.iam.example";
    house.expect("POST", watch, Value::Null, "200").await;
    house.subscription(&id, flexible(5)).await;
    house.play("accept-terms", json!({"customer": id})).await;
    house.user("b@acme.example").await;
    house.expect("DELETE", "/admin/directory/v1/users/b@acme.example", Value::Null, "204").await;
    let state = house.open("/sandbox/v1/state").await.json();
    let events: Vec<String> = state["notices"]
        .as_array()
        .expect("notices")
        .iter()
        .map(|it| text(&it["event_type"]))
        .collect();
    assert_eq!(
        events,
        [
            "LICENSE_ASSIGNMENT_CHANGED",
            "NEW_SUBSCRIPTION_CREATED",
            "SUBSCRIPTION_SUSPENSION_REVOKED",
            "LICENSE_ASSIGNMENT_CHANGED",
            "LICENSE_ASSIGNMENT_CHANGED"
        ]
    );
}
