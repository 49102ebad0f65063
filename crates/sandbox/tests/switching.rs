//! Which edition switches to which, and what products are sold on. Source: google-semantics.md §2.10, §2.12

mod house;

use house::{House, annual, flexible, settings, with};
use sandbox::{OtherSku, Settings, Switches};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const STARTER: &str = "1010020027";
const STANDARD: &str = "1010020028";
const PLUS: &str = "1010020025";
const ENTERPRISE: &str = "1010020026";
const ENTERPRISE_PLUS: &str = "1010020020";
const BASIC: &str = "Google-Apps-For-Business";
const BUSINESS: &str = "Google-Apps-Unlimited";

fn of(sku: &str, seats: i32) -> Value {
    with(flexible(seats), "/skuId", json!(sku))
}

fn by_year(sku: &str, plan: &str, seats: i32) -> Value {
    with(with(annual(seats), "/skuId", json!(sku)), "/plan/planName", json!(plan))
}

#[tokio::test]
async fn the_matrix_holds_cell_by_cell() {
    let all = [BASIC, BUSINESS, STARTER, STANDARD, PLUS, ENTERPRISE, ENTERPRISE_PLUS];
    // Rows: from; columns: to. Written down once more from the guide: + up, - down, . not offered.
    let rows = ["..+++++", "..-++++", "...++++", "..-.+++", "..--.++", "..---.+", "..----."];
    let house = House::new().await;
    for (from, row) in all.iter().zip(rows) {
        for (to, cell) in all.iter().zip(row.chars()).filter(|(to, _)| *to != from) {
            let domain = format!("{}.{}.example", from.to_lowercase(), to.to_lowercase());
            let id = house.ready_customer(&domain).await;
            let old = house.subscription(&id, of(from, 5)).await;
            let query = format!("{CUSTOMERS}/{id}/subscriptions?action=switch&sourceSkuId={from}");
            let gist = if cell == '.' { "412 conditionNotMet" } else { "200" };
            let shown = house.expect("POST", &query, of(to, 5), gist).await;
            if cell == '.' {
                continue;
            }
            assert_ne!(shown["subscriptionId"], json!(old), "{from} to {to}: a new one");
            assert_eq!(shown["seats"]["licensedNumberOfSeats"], 1, "licences go along");
            let before = format!("{CUSTOMERS}/{id}/subscriptions/{old}");
            let before = house.expect("GET", &before, Value::Null, "200").await;
            assert_eq!(before["status"], "CANCELLED");
        }
    }
}

#[tokio::test]
async fn a_switch_is_refused_by_googles_rules() {
    let house = House::new().await;
    let check = async |name: &str, first: Value, query: &str, second: Value, gist: &str| {
        let id = house.ready_customer(&format!("{name}.example")).await;
        house.subscription(&id, first).await;
        let path = format!("{CUSTOMERS}/{id}/subscriptions?{query}");
        house.expect("POST", &path, second, gist).await
    };
    let from = |sku: &str| format!("action=switch&sourceSkuId={sku}");
    let refused = "412 conditionNotMet";
    check("big", of(ENTERPRISE, 301), &from(ENTERPRISE), of(STARTER, 301), refused).await;
    check("small", of(ENTERPRISE, 301), &from(ENTERPRISE), of(STARTER, 300), "200").await;
    let monthly = |sku: &str, seats| by_year(sku, "ANNUAL_MONTHLY_PAY", seats);
    let yearly = |sku: &str, seats| by_year(sku, "ANNUAL_YEARLY_PAY", seats);
    check("down", monthly(PLUS, 5), &from(PLUS), monthly(STARTER, 5), refused).await;
    check("up", monthly(STARTER, 5), &from(STARTER), monthly(PLUS, 5), "200").await;
    check("fewer", monthly(STARTER, 5), &from(STARTER), monthly(PLUS, 4), refused).await;
    check("looser", monthly(STARTER, 5), &from(STARTER), of(PLUS, 5), refused).await;
    check("yearly", yearly(STARTER, 5), &from(STARTER), yearly(PLUS, 5), refused).await;
    check("none", of(STARTER, 5), &from(PLUS), of(STANDARD, 5), "400 invalid").await;
    check("alien", of(STARTER, 5), &from("Google-Vault"), of(STANDARD, 5), "400 invalid").await;
    check("nothing", of(STARTER, 5), "action=switch", of(STANDARD, 5), "400 invalid").await;
    let deal = with(of(STARTER, 5), "/dealCode", json!("deal"));
    let shown = check("deal", deal, &from(STARTER), of(STANDARD, 5), "200").await;
    assert_eq!(shown.get("dealCode"), None, "lost");
    check("unsaid", of(STARTER, 5), "", of(STANDARD, 5), "200").await;
    check("frontline", of(STARTER, 5), "", of("1010020030", 5), refused).await;
    check("more", of(STARTER, 5), "action=buy", of("1010020030", 5), "200").await;
    let trial = |sku: &str| with(of(sku, 5), "/plan/planName", json!("TRIAL"));
    let shown = check("trial", trial(STARTER), &from(STARTER), trial(PLUS), "200").await;
    assert_eq!(shown["trialSettings"]["isInTrial"], true, "the same trial goes on");
    let essentials = monthly("1010060003", 5);
    let to = monthly(ENTERPRISE, 5);
    check("open", essentials, &from("1010060003"), to, refused).await;

    let switches = Switches { other_sku: OtherSku::Buys, ..Switches::default() };
    let house = House::with(Settings { switches, ..settings() }).await;
    let id = house.ready_customer("acme.example").await;
    house.subscription(&id, of(STARTER, 5)).await;
    house.subscription(&id, of(STANDARD, 5)).await;
    let live = house.sandbox.inspect(|world| {
        world.subscriptions_of(&id).filter(|subscription| !subscription.cancelled).count()
    });
    assert_eq!(live, 2);
}

#[tokio::test]
async fn essentials_go_up_once_the_domain_is_verified() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    house.subscription(&id, by_year("1010060003", "ANNUAL_MONTHLY_PAY", 5)).await;
    house.play(&format!("customers/{id}/domains/verify"), json!({"domain": "acme.example"})).await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions?action=switch&sourceSkuId=1010060003");
    house.expect("POST", &path, by_year(ENTERPRISE, "ANNUAL_MONTHLY_PAY", 5), "200").await;
}

#[tokio::test]
async fn products_are_sold_on_their_own_terms() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions");
    let check = async |body: Value, gist: &str| house.expect("POST", &path, body, gist).await;
    let plan = |sku: &str, plan: &str, seats: i32| {
        let body = if plan.starts_with("ANNUAL") { annual(seats) } else { flexible(seats) };
        with(with(body, "/skuId", json!(sku)), "/plan/planName", json!(plan))
    };
    let (invalid, refused) = ("400 invalid", "412 conditionNotMet");
    check(plan("1010340005", "FLEXIBLE", 2), refused).await;
    check(plan("Google-Vault", "FLEXIBLE", 2), refused).await;
    check(plan("1010060003", "FLEXIBLE", 2), invalid).await;
    check(plan("1010060001", "ANNUAL_MONTHLY_PAY", 2), invalid).await;
    check(plan("1010310008", "FLEXIBLE", 2), invalid).await;
    check(plan("Google-Chrome-Device-Management", "FLEXIBLE", 2), invalid).await;
    let chrome = check(plan("Google-Chrome-Device-Management", "TRIAL", 2), "200").await;
    let end = house::START_MS + 60 * house::DAY_MS;
    assert_eq!(chrome["trialSettings"]["trialEndTime"], end.to_string(), "60 days");
    check(plan("1010010001", "FREE", 51), invalid).await;
    let free = check(plan("1010010001", "FREE", 50), "200").await;
    let free = free["subscriptionId"].as_str().expect("an id").to_owned();
    let suspend = format!("{path}/{free}/suspend");
    house.expect("POST", &suspend, Value::Null, refused).await;
    check(plan(STARTER, "FLEXIBLE", 5), "200").await;
    check(plan("1010340005", "FLEXIBLE", 2), "200").await;
    check(plan("1010340006", "FLEXIBLE", 2), refused).await;
    check(plan("Google-Drive-storage-20GB", "ANNUAL_MONTHLY_PAY", 2), invalid).await;
    check(plan("Google-Drive-storage-20GB", "FLEXIBLE", 2), "200").await;
    check(plan("Google-Drive-storage-1TB", "FLEXIBLE", 2), refused).await;

    let basic = house.ready_customer("basic.example").await;
    house.play("customers/basic.example/domains/verify", json!({"domain": "basic.example"})).await;
    let path = format!("{CUSTOMERS}/{basic}/subscriptions");
    house.expect("POST", &path, plan(BASIC, "FLEXIBLE", 5), "200").await;
    let trial = plan("Google-Vault", "TRIAL", 2);
    house.expect("POST", &path, trial, refused).await;
    let vault = house.expect("POST", &path, plan("Google-Vault", "FLEXIBLE", 2), "200").await;
    let vault = vault["subscriptionId"].as_str().expect("an id").to_owned();
    let delete = format!("{path}/{vault}?deletionType=cancel");
    house.expect("DELETE", &delete, Value::Null, "204").await;
    let shown = house.expect("GET", &format!("{path}/{vault}"), Value::Null, "200").await;
    assert_eq!(shown["status"], "CANCELLED");
}

#[tokio::test]
async fn contracts_and_test_accounts_bound_what_is_sold() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions");
    let closed = async |closed: Value| {
        house.play("resellers/C0reseller/not-entitled", json!({"closed": closed})).await;
    };
    closed(json!([STARTER])).await;
    house.expect("POST", &path, flexible(5), "412 conditionNotMet").await;
    closed(json!(["GB"])).await;
    house.expect("POST", &path, of(STANDARD, 5), "412 conditionNotMet").await;
    closed(json!([])).await;
    house.expect("POST", &path, flexible(5), "200").await;

    let switches = Switches { test_reseller: true, ..Switches::default() };
    let house = House::with(Settings { switches, ..settings() }).await;
    let body = house::customer("acme.example");
    house.expect("POST", CUSTOMERS, body, "412 conditionNotMet").await;
    let id = house.customer("goog-test.reseller.example.acme.example").await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions");
    house.expect("POST", &path, flexible(11), "400 invalid").await;
    let trial = with(flexible(10), "/plan/planName", json!("TRIAL"));
    let shown = house.expect("POST", &path, trial, "200").await;
    let end = house::START_MS + house::DAY_MS;
    assert_eq!(shown["trialSettings"]["trialEndTime"], end.to_string());
}
