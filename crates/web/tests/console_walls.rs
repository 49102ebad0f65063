//! The walls of the console: every address there is, from the list the router is made of. Without a
//! session all lead to the sign-in page; with one, what is another distributor's is not found.

mod console;
mod house;

use console::{Browser, Doors, EMAIL, order_fields};
use domain::ids::{ApiKeyId, CustomerId, OrderId};
use house::{Answer, House};
use http::StatusCode;
use web::console::{Door, Route, routes};

/// What Nord owns.
struct Owned {
    instance: String,
    order: OrderId,
    customer: CustomerId,
    key: ApiKeyId,
}

impl Owned {
    async fn new(house: &House, browser: &Browser<'_>) -> Owned {
        let mut fields = order_fields("Nord", "BSS-1001");
        let domain = fields.iter_mut().find(|(name, _)| *name == "/customer/domain").unwrap();
        domain.1 = "nordkund.example";
        let placed = browser.post("/orders", &fields).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let order = house.nord.door.orders(None, 1).await.unwrap().remove(0);
        let key = house.nord.door.api_keys().await.unwrap().remove(0).id;
        let instance = house.nord.instance.to_string();
        Owned { instance, order: order.id, customer: order.customer, key }
    }

    /// The path with Nord's own id; a new kind of id has to be added here.
    fn fill(&self, route: &Route) -> String {
        let filled = route
            .path
            .replace("{instance}", &self.instance)
            .replace("{order}", self.order.as_str())
            .replace("{customer}", self.customer.as_str())
            .replace("{key}", self.key.as_str());
        assert!(!filled.contains('{'), "what is the id in {}?", route.path);
        filled
    }
}

/// The path with ids that nobody has.
fn nobodys(path: &str) -> String {
    let (before, last) = path.rsplit_once('_').unwrap();
    format!("{before}_{}{}", "0".repeat(26), &last[26..])
}

fn operators() -> Vec<Route> {
    let found: Vec<_> = routes().into_iter().filter(|r| r.door == Door::Operator).collect();
    assert!(found.len() >= 20, "{}", found.len());
    found
}

/// What is left of a page without its form's token.
fn words(browser: &Browser<'_>, answer: &Answer) -> String {
    answer.text.replace(&browser.token(), "")
}

#[tokio::test]
async fn another_distributors_things_are_not_found_by_any_route() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let nord = doors.signed_in(&house.nord, EMAIL).await;
    let owned = Owned::new(&house, &nord).await;
    let sued = doors.signed_in(&house.sued, "bob@sued.example").await;
    let before = house.nord.door.timeline(&owned.customer).await.unwrap().len();

    let mut walked = 0;
    for route in operators().iter().filter(|route| route.path.contains('{')) {
        let path = owned.fill(route);
        let mut answered = 0;
        for post in [false, true] {
            let ask = async |browser: &Browser<'_>, path: &str| match post {
                true => browser.post(path, &[("system_name", "Taken"), ("client_id", "x")]).await,
                false => browser.get(path).await,
            };
            let foreign = ask(&sued, &path).await;
            if foreign.status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path} {post}");
            let missing = ask(&sued, &nobodys(&path)).await;
            assert_eq!(words(&sued, &foreign), words(&sued, &missing), "{path} {post}");
            let id = path.split('/').find(|part| part.contains('_')).unwrap();
            assert!(!foreign.text.contains(id), "{path} {post}");
            if !post {
                let own = nord.get(&path).await;
                assert_ne!(own.status, StatusCode::NOT_FOUND, "{path}");
            }
            answered += 1;
        }
        assert!(answered > 0, "{path} answers neither GET nor POST");
        walked += 1;
    }
    assert!(walked >= 9, "{walked}");

    let entries = house.nord.door.timeline(&owned.customer).await.unwrap();
    assert_eq!(entries.len(), before, "nothing was done to Nord's customer");
    let instance = house.nord.door.instance(&house.nord.instance).await.unwrap().unwrap();
    assert_eq!(instance.system_name, "Nord");
    let keys = house.nord.door.api_keys().await.unwrap();
    assert!(keys.iter().all(|key| key.revoked_at.is_none()));
}

#[tokio::test]
async fn lists_hold_ones_own_things_only() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let nord = doors.signed_in(&house.nord, EMAIL).await;
    let owned = Owned::new(&house, &nord).await;
    let sued = doors.signed_in(&house.sued, "bob@sued.example").await;
    for route in operators().iter().filter(|route| !route.path.contains('{')) {
        let page = sued.get(route.path).await;
        for foreign in
            ["nordkund.example", "BSS-1001", owned.order.as_str(), owned.customer.as_str(), "Nord"]
        {
            assert!(!page.text.contains(foreign), "{}: {foreign}", route.path);
        }
    }
    let page = sued.get("/instances").await;
    assert!(page.text.contains("Sued") && !page.text.contains(&owned.instance));
}

#[tokio::test]
async fn without_a_session_every_route_leads_to_the_sign_in_page() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let nord = doors.signed_in(&house.nord, EMAIL).await;
    let owned = Owned::new(&house, &nord).await;
    let stranger = doors.browser();
    stranger.get("/sign-in").await;
    for route in operators() {
        let path = owned.fill(&route);
        for answer in [stranger.get(&path).await, stranger.post(&path, &[]).await] {
            if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/sign-in"), "{path}");
            assert!(answer.text.is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_no_id_is_not_found_either() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let nord = doors.signed_in(&house.nord, EMAIL).await;
    for id in ["x", "%00", "..", "ins_", "cus_%27%20or%201", &"a".repeat(3_000)] {
        for place in ["instances", "orders", "customers", "activation", "welcome", "activate"] {
            let answer = nord.get(&format!("/{place}/{id}")).await;
            assert!(answer.status.is_client_error(), "{place} {id}: {}", answer.status);
            assert!(answer.text.contains("<h1>"), "{place} {id}");
        }
    }
}
