//! What the API shows: where an order stands, its time-line, lists in pages, the description, the
//! pages behind the codes, and what every answer carries.

mod house;

use axum::body::Body;
use domain::event::Event;
use domain::ids::CustomerId;
use domain::observed::{
    ObservedAdmin, ObservedCustomer, ObservedSubscription, Seen, Status, SuspensionReason, Welcome,
};
use domain::step::{Call, Outcome, Shown, Step};
use domain::time::Timestamp;
use house::{House, good_order, order_with};
use http::{Request, StatusCode};
use serde_json::{Value, json};

async fn ordered(house: &House) -> (String, CustomerId) {
    let answer = house.order(&house.nord, None, &good_order()).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let customer = answer.json()["customer"]["id"].as_str().unwrap().parse().unwrap();
    (id, customer)
}

#[tokio::test]
async fn a_fresh_order_shows_wish_plan_and_what_it_waits_for() {
    let house = House::new().await;
    let (id, customer) = ordered(&house).await;
    let order = house.get(&house.nord, &format!("/v1/orders/{id}")).await.json();
    assert_eq!(order["reference"], "BSS-1001");
    assert_eq!(order["source"], "api");
    assert_eq!((&order["generation"], &order["converged_generation"]), (&json!(1), &json!(0)));
    assert_eq!(order["desired"]["admin"]["email"], "admin@acme.example");
    assert_eq!(order["desired"]["subscriptions"][0]["sku_name"], "Business Starter");
    assert_eq!(order["observed"]["customer"], json!({"seen": "unknown", "shown": null}));
    assert_eq!(order["observed"]["looked_at"], Value::Null);
    assert_eq!(order["observed"]["welcome_mail"]["state"], "not_sent");
    let codes: Vec<_> = order["blockers"].as_array().unwrap().iter().map(|b| &b["code"]).collect();
    assert!(codes.contains(&&json!("instance_not_authenticated")), "{codes:?}");
    for blocker in order["blockers"].as_array().unwrap() {
        assert!(domain::codes::is_known(blocker["code"].as_str().unwrap()));
        assert!(!blocker["sentence"].as_str().unwrap().is_empty());
        assert!(!blocker["action"].as_str().unwrap().is_empty());
    }
    for link in order["links"].as_object().unwrap().values() {
        let answer = house.get(&house.nord, link.as_str().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{link}");
    }
    assert_eq!(order["links"]["customer"], format!("/v1/customers/{customer}"));
}

/// Everything made at Google, the terms not accepted.
async fn made_at_google(house: &House, customer: &CustomerId) {
    let store = &house.app.store;
    let lease = store.claim(house.app.clock.now(), 60_000).await.unwrap().unwrap();
    let loaded = store.load(&lease).await.unwrap();
    assert_eq!(loaded.customer, *customer);
    let now = house.app.clock.now();
    let step = Step::CreateCustomer { customer: loaded.desired.customer.clone() };
    let seq = store.begin_attempt(&lease, &step, now).await.unwrap();
    let made = ObservedCustomer {
        google_id: "C0123abcd".into(),
        domain: "acme.example".into(),
        managed: true,
        organization: "Acme Ltd".into(),
        alternate_email: "ada@other.example".into(),
        domain_verified: false,
        made_by_us: true,
    };
    let mut observed = loaded.observed.clone();
    observed.customer.seen = Seen::Present(made.clone());
    observed.admin.seen = Seen::Present(ObservedAdmin {
        google_id: "1".into(),
        email: "admin@acme.example".into(),
        is_admin: true,
        suspended: false,
        agreed_to_terms: false,
        ours: true,
    });
    for id in loaded.desired.subscriptions.keys() {
        let sight = observed.subscriptions.entry(id.clone()).or_default();
        sight.seen = Seen::Present(ObservedSubscription {
            google_id: "s-1".into(),
            sku: "1010020027".into(),
            sku_name: "Business Starter".into(),
            payment_plan: Some(domain::catalog::PaymentPlan::Flexible),
            seats: 5,
            licensed_seats: 1,
            status: Status::Suspended,
            suspension_reasons: vec![SuspensionReason::PendingTosAcceptance],
        });
    }
    observed.welcome = Welcome::Sent { google_id: "m-1".into(), at: now };
    observed.looked_at = now;
    let outcome = Outcome::Done { shown: Shown::Customer(made) };
    let call = Call {
        method: "reseller.customers.insert".into(),
        status: 200,
        reason: String::new(),
        started_at: now,
        duration_ms: 321,
    };
    let calls = [call];
    let events = [Event::CustomerCreated { google_id: "C0123abcd".into() }];
    store.learn(&lease, &observed, Some((seq, &outcome, &calls)), &events, now).await.unwrap();
    store.release(&lease, Timestamp::NEVER, Some(1), None, &[], now).await.unwrap();
}

#[tokio::test]
async fn what_google_showed_and_who_has_to_act_is_told() {
    let house = House::new().await;
    let (_, id) = ordered(&house).await;
    made_at_google(&house, &id).await;
    let customer = house.get(&house.nord, &format!("/v1/customers/{id}")).await.json();
    assert_eq!(customer["standing"], "awaiting_terms");
    assert_eq!(customer["converged_generation"], 1);
    assert_eq!(customer["plan"], json!({"steps": [], "later": []}));
    assert_eq!(customer["observed"]["customer"]["seen"], "present");
    assert_eq!(customer["observed"]["customer"]["shown"]["google_id"], "C0123abcd");
    assert_eq!(customer["observed"]["admin"]["shown"]["agreed_to_terms"], false);
    assert_eq!(customer["observed"]["welcome_mail"]["state"], "sent");
    assert_eq!(customer["next_turn_at"], Value::Null);
    let blocker = &customer["blockers"][0];
    assert_eq!(blocker["code"], "terms_not_accepted", "nothing of ours is left to do");
    assert_eq!(
        (&blocker["who"], &blocker["holds_back"]),
        (&json!("customer_admin"), &json!(false))
    );

    let path = customer["desired"]["subscriptions"][0]["id"].as_str().unwrap();
    let subscription = house.get(&house.nord, &format!("/v1/subscriptions/{path}")).await.json();
    assert_eq!(subscription["observed"]["shown"]["status"], "SUSPENDED");
    let reasons = json!(["PENDING_TOS_ACCEPTANCE"]);
    assert_eq!(subscription["observed"]["shown"]["suspension_reasons"], reasons);
    assert_eq!(subscription["desired"]["seats"], 5);

    let timeline = house.get(&house.nord, &format!("/v1/customers/{id}/timeline")).await.json();
    let entries = timeline["entries"].as_array().unwrap();
    let attempt = entries.iter().find(|entry| entry["kind"] == "attempt").unwrap();
    assert_eq!(
        (&attempt["name"], &attempt["outcome"]),
        (&json!("create_customer"), &json!("done"))
    );
    assert_eq!(attempt["calls"][0]["method"], "reseller.customers.insert");
    assert_eq!(attempt["calls"][0]["duration_ms"], 321);
    let events: Vec<_> = entries.iter().filter(|entry| entry["kind"] == "event").collect();
    assert_eq!(events.last().unwrap()["name"], "order_accepted");
}

#[tokio::test]
async fn a_look_makes_the_customer_due() {
    let house = House::new().await;
    let (_, id) = ordered(&house).await;
    made_at_google(&house, &id).await;
    assert_eq!(house.app.store.next_due().await.unwrap(), None);
    let answer = house.post(&house.nord, &format!("/v1/customers/{id}/look")).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(answer.json()["next_turn_at"].is_string());
    assert!(house.app.store.next_due().await.unwrap().is_some());
}

#[tokio::test]
async fn lists_come_in_pages_newest_first_without_gaps() {
    let house = House::new().await;
    let empty = house.get(&house.nord, "/v1/orders").await.json();
    assert_eq!(empty, json!({"items": [], "next": null}));
    for number in 1..=5 {
        let mut order = order_with("/reference", json!(format!("BSS-{number}")));
        order["customer"]["domain"] = json!(format!("acme{number}.example"));
        assert_eq!(house.order(&house.nord, None, &order).await.status, StatusCode::CREATED);
    }
    for (list, name) in [("orders", "/reference"), ("customers", "/domain")] {
        let mut path = format!("/v1/{list}?limit=2");
        let mut seen = Vec::new();
        let mut pages = 0;
        loop {
            let page = house.get(&house.nord, &path).await.json();
            pages += 1;
            let items = page["items"].as_array().unwrap();
            assert!((1..=2).contains(&items.len()) && pages <= 3, "{page}");
            seen.extend(items.iter().map(|item| item.pointer(name).unwrap().clone()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => break,
            }
        }
        assert_eq!((pages, seen.len()), (3, 5));
        assert!(seen[0].as_str().unwrap().contains('5'), "{seen:?}");
        seen.dedup();
        assert_eq!(seen.len(), 5);
    }
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "before=x",
        "before=",
        "limit=1&limit=2",
        "before=cus_00000000000000000000000000",
    ] {
        let answer = house.get(&house.nord, &format!("/v1/orders?{query}")).await;
        assert_eq!(answer.problem(), (400, "invalid_parameter".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn every_problem_has_a_known_code_and_a_page() {
    let house = House::new().await;
    for problem in web::problem::Problem::samples() {
        let code = problem.code();
        assert!(domain::codes::is_known(code), "{code}");
        let body = problem.body();
        assert!(!body.title.is_empty());
        let page = house.get(&house.nord, &body.kind).await;
        assert_eq!(page.status, StatusCode::OK, "{code}");
    }
}

#[tokio::test]
async fn the_page_behind_a_code_is_for_people() {
    let house = House::new().await;
    let open = async |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        house.send(request).await
    };
    let index = open("/errors").await;
    for code in domain::codes::CODES {
        let page = open(&format!("/errors/{code}")).await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text.contains("<h1>") && page.text.contains(code), "{code}");
        assert!(index.text.contains(&format!("\"/errors/{code}\"")), "{code}");
    }
}

#[tokio::test]
async fn the_description_is_served_as_it_is_given_out() {
    let house = House::new().await;
    let request = Request::builder().uri("/v1/openapi.json").body(Body::empty()).unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.text, web::openapi());
    let openapi = answer.json();
    assert_eq!(openapi["openapi"].as_str().unwrap().split('.').next(), Some("3"));
    let mut names = Vec::new();
    references(&openapi, &mut names);
    assert!(!names.is_empty());
    for name in names {
        let pointer = name.trim_start_matches('#');
        assert!(openapi.pointer(pointer).is_some(), "{name} leads nowhere");
    }
}

#[tokio::test]
async fn every_operation_is_described_with_a_name_of_its_own() {
    let openapi: Value = serde_json::from_str(&web::openapi()).unwrap();
    let mut names = Vec::new();
    for (path, operations) in openapi["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].is_string(), "{path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert_ne!(response["description"].as_str().unwrap_or(""), "", "{path} {status}");
            }
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::with_public_url("https://seatwright.test").await;
    for path in ["/v1/orders", "/v1/nothing", "/healthz", "/errors/internal", "/nothing-at-all"] {
        let answer = house.get(&house.nord, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{path} {policy}");
        assert!(policy.contains("form-action 'self' https://accounts.google.test;"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin-allow-popups"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
    }
    let plain = House::new().await;
    let answer = plain.get(&plain.nord, "/healthz").await;
    assert_eq!(answer.header("strict-transport-security"), "", "only over https");
}

#[tokio::test]
async fn a_script_in_a_browser_or_not_may_use_its_key() {
    let house = House::new().await;
    let request = house.nord.request("POST", "/v1/orders");
    let request = request
        .header("content-type", "application/json")
        .header("origin", "https://portal.example")
        .header("sec-fetch-site", "cross-site");
    let answer = house.send(request.body(good_order().to_string().into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn passwords_are_told_apart_and_nobody_is_told_from_nobody() {
    let house = House::new().await;
    let chance = &*house.app.chance;
    let hash = web::auth::hash_password(chance, "correct horse".into()).await.unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let other = web::auth::hash_password(chance, "correct horse".into()).await.unwrap();
    assert_ne!(hash, other, "salted");
    let verify = async |hash: Option<&str>, password: &str| {
        web::auth::verify_password(hash, password.into()).await.unwrap()
    };
    assert!(verify(Some(&hash), "correct horse").await);
    assert!(!verify(Some(&hash), "correct horse ").await);
    assert!(!verify(Some("damaged"), "correct horse").await);
    assert!(!verify(None, "correct horse").await);
    assert!(!verify(None, "").await);
}
