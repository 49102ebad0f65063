//! The walls between distributors, and between the inside and the outside: every route there is,
//! taken from the API's own description, so that a new route is walked without anybody thinking of it.

mod house;

use axum::body::Body;
use domain::ids::{CustomerId, OrderId, SubscriptionId};
use domain::secret::{ExposeSecret, Place};
use house::{House, Tenant, good_order};
use http::{Method, Request};
use serde_json::Value;

/// A route that needs a key.
struct Route {
    method: Method,
    /// As described, such as `/v1/orders/{id}`.
    path: String,
}

/// All described routes that need a key, and how many do not.
fn routes() -> (Vec<Route>, usize) {
    let openapi: Value = serde_json::from_str(&web::openapi()).unwrap();
    assert_eq!(openapi["security"], serde_json::json!([{"api_key": []}]), "keys are the rule");
    let mut routes = Vec::new();
    let mut public = 0;
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation.get("security").is_some() {
                public += 1;
                continue;
            }
            let method = method.to_uppercase().parse().unwrap();
            routes.push(Route { method, path: path.clone() });
        }
    }
    (routes, public)
}

/// What Nord owns, by the part of a path that names it.
struct Owned {
    order: OrderId,
    customer: CustomerId,
    subscription: SubscriptionId,
}

impl Owned {
    async fn new(house: &House) -> Owned {
        let answer = house.order(&house.nord, Some("key-1"), &good_order()).await;
        let order = answer.json()["id"].as_str().unwrap().parse().unwrap();
        let record = house.nord.door.order(&order).await.unwrap().unwrap();
        Owned { order, customer: record.customer, subscription: record.subscription }
    }

    /// The path with Nord's own id in it; a new kind of thing has to be added here.
    fn fill(&self, house: &House, path: &str) -> String {
        let id = match path.split('/').nth(2).unwrap() {
            "orders" => self.order.as_str(),
            "customers" => self.customer.as_str(),
            "subscriptions" => self.subscription.as_str(),
            "instances" => house.nord.instance.as_str(),
            other => panic!("what is the id in {path}? add {other}"),
        };
        let filled = path.replace("{id}", id);
        assert!(!filled.contains('{'), "{path}");
        filled
    }
}

async fn call(house: &House, tenant: &Tenant, route: &Route, path: &str) -> house::Answer {
    let request = tenant.request(route.method.as_str(), path);
    let request = request.header("content-type", "application/json");
    house.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_route_answers_a_foreign_id_like_one_that_is_not_there() {
    let house = House::new().await;
    let owned = Owned::new(&house).await;
    let (routes, _) = routes();
    let with_id: Vec<_> = routes.iter().filter(|route| route.path.contains('{')).collect();
    assert!(with_id.len() >= 6, "the walk found hardly anything");
    let before = house.nord.door.timeline(&owned.customer).await.unwrap();
    for route in &with_id {
        let path = owned.fill(&house, &route.path);
        let foreign = call(&house, &house.sued, route, &path).await;
        assert_eq!(foreign.problem(), (404, "not_found".to_owned()), "{path}");
        for nothing in ["xyz", "ord_00000000000000000000000000", "%00", "..%2f..", "%ff"] {
            let path = route.path.replace("{id}", nothing);
            let missing = call(&house, &house.sued, route, &path).await;
            assert_eq!(missing.problem(), (404, "not_found".to_owned()), "{path}");
            assert_eq!(missing.text, foreign.text, "{path} can be told apart");
        }
    }
    assert_eq!(house.nord.door.timeline(&owned.customer).await.unwrap(), before);
    for route in &with_id {
        let path = owned.fill(&house, &route.path);
        let own = call(&house, &house.nord, route, &path).await;
        assert!(own.status.is_success(), "{path}: the id was never right");
    }
}

#[tokio::test]
async fn lists_show_nothing_of_others() {
    let house = House::new().await;
    let owned = Owned::new(&house).await;
    let ids = [
        owned.order.to_string(),
        owned.customer.to_string(),
        owned.subscription.to_string(),
        house.nord.instance.to_string(),
        "acme.example".to_owned(),
    ];
    let (routes, _) = routes();
    let lists: Vec<_> = routes
        .iter()
        .filter(|route| route.method == Method::GET && !route.path.contains('{'))
        .collect();
    assert!(lists.len() >= 3);
    for route in lists {
        let foreign = call(&house, &house.sued, route, &route.path).await;
        assert!(foreign.status.is_success(), "{}", route.path);
        assert!(ids.iter().all(|id| !foreign.text.contains(id)), "{}", foreign.text);
        let own = call(&house, &house.nord, route, &route.path).await;
        assert!(ids.iter().any(|id| own.text.contains(id)), "{}", own.text);
    }
}

#[tokio::test]
async fn every_route_wants_a_key_that_is_in_force() {
    let house = House::new().await;
    let owned = Owned::new(&house).await;
    let revoked = web::auth::new_api_key(&*house.app.chance);
    let id = domain::ids::ApiKeyId::fresh(&*house.app.chance, house.app.clock.now());
    let door = &house.nord.door;
    let now = house.app.clock.now();
    door.add_api_key(&id, "old", &revoked.hash, &revoked.hint, now).await.unwrap();
    assert!(door.revoke_api_key(&id, now).await.unwrap());
    let headers = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer swk_".to_owned()),
        Some(format!("Bearer swk_{}", "A".repeat(43))),
        Some(format!("Bearer {}", revoked.secret.expose_secret())),
        Some(format!("Basic {}", house.nord.key)),
        Some(house.nord.key.clone()),
        Some(format!("Bearer {}x", house.nord.key)),
        Some(format!("Bearer {}", domain::ids::token_hash(&house.nord.key))),
    ];
    for route in routes().0 {
        for header in &headers {
            let path = if route.path.contains('{') {
                owned.fill(&house, &route.path)
            } else {
                route.path.clone()
            };
            let mut request = Request::builder().method(&route.method).uri(&path);
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let answer = house.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{path} {header:?}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn no_answer_holds_a_secret() {
    let house = House::new().await;
    let owned = Owned::new(&house).await;
    let now = house.app.clock.now();
    let lease = house.app.store.claim(now, 60_000).await.unwrap().unwrap();
    let customer = house.nord.door.customer(&owned.customer).await.unwrap().unwrap();
    let id = &customer.desired.admin.secret;
    let secret = house.app.store.secret(&lease, id).await.unwrap().unwrap();
    let open = |column, sealed| {
        let place = Place { table: "secret", column, row: id.as_str() };
        house.app.sealer.open(place, sealed).unwrap().expose_secret().to_owned()
    };
    let (password, link) = (open("password", &secret.password), open("link", &secret.link));
    assert_eq!((password.len(), link.len()), (20, 43));
    let found = house.app.store.find_secret_by_link(&domain::ids::token_hash(&link)).await.unwrap();
    assert_eq!(found.unwrap().id, *id, "the link leads to the password");

    let instance = house.nord.door.instance(&house.nord.instance).await.unwrap().unwrap();
    let secrets = [
        "hush-client-secret",
        &password,
        &link,
        &domain::ids::token_hash(&link),
        id.as_str(),
        &secret.password.0,
        &secret.link.0,
        &instance.client_secret.0,
        &house.nord.key,
        &domain::ids::token_hash(&house.nord.key),
    ];
    let mut answers = vec![house.order(&house.nord, Some("key-1"), &good_order()).await];
    for route in routes().0 {
        let path = if route.path.contains('{') {
            owned.fill(&house, &route.path)
        } else {
            route.path.clone()
        };
        answers.push(call(&house, &house.nord, &route, &path).await);
    }
    for answer in answers {
        let all = format!("{} {:?}", answer.text, answer.headers);
        for secret in secrets {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let house = House::new().await;
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/orders/", "/v1/orders/a/b", "/errors/nothing"] {
        let answer = house.get(&house.nord, path).await;
        assert_eq!(answer.status, http::StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.problem().1, "not_found", "{path}");
    }
    let openapi: Value = serde_json::from_str(&web::openapi()).unwrap();
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        for method in ["PUT", "PATCH", "DELETE"] {
            assert!(operations.get(method.to_lowercase()).is_none(), "choose another method");
            let request = house.nord.request(method, path).body(Body::empty()).unwrap();
            let answer = house.send(request).await;
            assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{path}");
            for known in operations.as_object().unwrap().keys() {
                assert!(answer.header("allow").contains(&known.to_uppercase()), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn health_needs_no_key_and_notices_a_lost_database() {
    let house = House::new().await;
    assert_eq!(routes().1, 2, "only health is open");
    let get = async |path| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let answer = house.send(request).await;
        (answer.status.as_u16(), answer.json()["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(get("/healthz").await, (200, "alive".to_owned()));
    assert_eq!(get("/readyz").await, (200, "ready".to_owned()));
    house.app.store.close().await;
    assert_eq!(get("/healthz").await, (200, "alive".to_owned()));
    assert_eq!(get("/readyz").await, (503, "unavailable".to_owned()));
}

#[tokio::test]
async fn our_own_failure_says_nothing_of_the_inside() {
    let house = House::new().await;
    house.app.store.close().await;
    let answer = house.order(&house.nord, Some("key-1"), &good_order()).await;
    assert_eq!(answer.problem(), (500, "internal".to_owned()));
    for word in ["sql", "pool", "closed", "database", "store"] {
        assert!(!answer.text.to_lowercase().contains(word), "{}", answer.text);
    }
}
