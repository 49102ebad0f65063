//! Orders through the API: what is refused and how, what is the same order, what is shown.

mod house;

use house::{Answer, House, good_order, order_with};
use http::StatusCode;
use serde_json::{Value, json};

/// The codes of all faults of a refused order with their fields.
#[track_caller]
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.problem(), (422, "invalid_order".to_owned()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|error| {
            assert!(!text(&error["detail"]).is_empty());
            assert!(domain::codes::is_known(&text(&error["code"])), "{error}");
            (text(&error["pointer"]), text(&error["code"]))
        })
        .collect()
}

#[tokio::test]
async fn a_field_at_fault_is_named_with_its_code_and_nothing_is_stored() {
    let house = House::new().await;
    let long = "x".repeat(300);
    for (pointer, value, code) in [
        ("/reference", json!(""), "required"),
        ("/reference", json!(null), "required"),
        ("/reference", json!(1), "wrong_type"),
        ("/reference", json!("x".repeat(81)), "too_long"),
        ("/reference", json!("a\nb"), "control_character"),
        ("/instance", json!("Elsewhere"), "instance_unknown"),
        ("/instance", json!("Sued"), "instance_unknown"),
        ("/extra", json!(1), "unknown_field"),
        ("/customer", json!([]), "wrong_type"),
        ("/customer/domain", json!("bücher.example"), "domain_not_ascii"),
        ("/customer/domain", json!("Acme.example"), "domain_upper_case"),
        ("/customer/domain", json!("acme.example."), "domain_trailing_dot"),
        ("/customer/domain", json!("www.acme.example"), "domain_with_www"),
        ("/customer/domain", json!("acme"), "domain_invalid"),
        ("/customer/domain", json!("192.0.2.1"), "domain_invalid"),
        ("/customer/domain", json!(["acme.example"]), "wrong_type"),
        ("/customer/organization", json!(long), "too_long"),
        ("/customer/contact/given_name", json!("x".repeat(41)), "too_long"),
        ("/customer/contact/phone", json!("020 7123 4567"), "phone_invalid"),
        ("/customer/contact/nickname", json!("A"), "unknown_field"),
        ("/customer/alternate_email", json!("ada@acme.example"), "alternate_email_on_domain"),
        ("/customer/alternate_email", json!("ada@x.acme.example"), "alternate_email_on_domain"),
        ("/customer/alternate_email", json!("Ada <ada@other.example>"), "email_invalid"),
        ("/customer/address/country_code", json!("UK"), "country_code_unknown"),
        ("/customer/address/postal_code", json!("12345"), "postal_code_invalid"),
        ("/customer/admin/user_name", json!("a..b"), "user_name_invalid"),
        ("/subscription/sku", json!("1"), "sku_unknown"),
        ("/subscription/sku", json!("Google-Vault"), "sku_needs_another"),
        ("/subscription/payment_plan", json!("flexible"), "payment_plan_unknown"),
        ("/subscription/payment_plan", json!("FREE"), "payment_plan_not_sold"),
        ("/subscription/seats", json!(0), "seats_out_of_range"),
        ("/subscription/seats", json!(-1), "seats_out_of_range"),
        ("/subscription/seats", json!(50_001), "seats_out_of_range"),
        ("/subscription/seats", json!("5"), "wrong_type"),
        ("/subscription/seats", json!(5.5), "wrong_type"),
        ("/subscription/seats", json!(1e300), "wrong_type"),
    ] {
        let answer = house.order(&house.nord, None, &order_with(pointer, value.clone())).await;
        let expected = vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(faults(&answer), expected, "{pointer} {value}");
    }
    assert!(house.is_empty().await);
}

#[tokio::test]
async fn all_faults_come_at_once() {
    let house = House::new().await;
    let mut order = order_with("/customer/domain", json!("Acme.example"));
    order["subscription"]["seats"] = json!(0);
    order.as_object_mut().unwrap().remove("reference");
    let found = faults(&house.order(&house.nord, None, &order).await);
    let expected = [
        ("/reference", "required"),
        ("/customer/domain", "domain_upper_case"),
        ("/subscription/seats", "seats_out_of_range"),
    ];
    assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    assert!(house.is_empty().await);
}

#[tokio::test]
async fn a_body_that_is_no_order_is_refused_and_nothing_is_stored() {
    let house = House::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let huge = json!({"reference": "x".repeat(300_000)}).to_string();
    for (body, expected) in [
        (String::new(), (400, "malformed_json")),
        ("{".to_owned(), (400, "malformed_json")),
        ("{\"a\": 1,}".to_owned(), (400, "malformed_json")),
        ("\u{feff}{}".to_owned(), (400, "malformed_json")),
        (deep, (400, "malformed_json")),
        (huge, (413, "body_too_large")),
        ("[]".to_owned(), (422, "invalid_order")),
        ("null".to_owned(), (422, "invalid_order")),
        ("\"order\"".to_owned(), (422, "invalid_order")),
        ("{}".to_owned(), (422, "invalid_order")),
    ] {
        let start: String = body.chars().take(30).collect();
        let answer = house.order_text(&house.nord, None, body).await;
        let (status, code) = answer.problem();
        assert_eq!((status, code.as_str()), expected, "{start}");
    }
    let answer = house.order_text(&house.nord, None, "{\n  \"a\": oops}".into()).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("line 2, column 8"));
    assert!(house.is_empty().await);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let house = House::new().await;
    let request = house.nord.request("POST", "/v1/orders");
    let request = request.header("content-type", "application/json");
    let body = axum::body::Body::from(vec![b'"', 0xff, 0xfe, b'"']);
    let answer = house.send(request.body(body).unwrap()).await;
    assert_eq!(answer.problem(), (400, "malformed_json".to_owned()));
    assert!(house.is_empty().await);
}

#[tokio::test]
async fn only_json_is_read() {
    let house = House::new().await;
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut request = house.nord.request("POST", "/v1/orders");
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = house.send(request.body(good_order().to_string().into()).unwrap()).await;
        assert_eq!(answer.problem(), (415, "unsupported_media_type".to_owned()));
    }
    assert!(house.is_empty().await);
    let request = house.nord.request("POST", "/v1/orders");
    let request = request.header("content-type", "Application/JSON; charset=utf-8");
    let answer = house.send(request.body(good_order().to_string().into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_idempotency_key_has_1_to_255_printable_characters_and_comes_once() {
    let house = House::new().await;
    for key in ["", &"k".repeat(256), "tab\there"] {
        let answer = house.order(&house.nord, Some(key), &good_order()).await;
        assert_eq!(answer.problem(), (400, "idempotency_key_invalid".to_owned()), "{key:?}");
    }
    let request = house.nord.request("POST", "/v1/orders");
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", "a").header("idempotency-key", "b");
    let answer = house.send(request.body(good_order().to_string().into()).unwrap()).await;
    assert_eq!(answer.problem(), (400, "idempotency_key_invalid".to_owned()));
    assert!(house.is_empty().await);
    let answer = house.order(&house.nord, Some(&"k".repeat(255)), &good_order()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_same_order_again_is_the_same_order() {
    let house = House::new().await;
    let first = house.order(&house.nord, Some("key-1"), &good_order()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(first.header("location"), format!("/v1/orders/{id}"));

    // Other white space, other order of members, an empty text left out: the same meaning.
    let mut same = good_order();
    same["customer"]["address"].as_object_mut().unwrap().remove("region");
    let pretty = serde_json::to_string_pretty(&same).unwrap();
    for (key, body) in [
        (Some("key-1"), good_order().to_string()),
        (Some("key-1"), pretty),
        (Some("key-2"), good_order().to_string()),
        (None, good_order().to_string()),
    ] {
        let again = house.order_text(&house.nord, key, body).await;
        assert_eq!((again.status, &again.json()["id"]), (StatusCode::OK, &json!(id)), "{key:?}");
        assert_eq!(again.header("location"), "");
    }
    assert_eq!(house.nord.door.orders(None, 10).await.unwrap().len(), 1);
    assert_eq!(house.nord.door.customers(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_collides_with_an_earlier_order_is_409_and_changes_nothing() {
    let house = House::new().await;
    let first = house.order(&house.nord, Some("key-1"), &good_order()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let more_seats = order_with("/subscription/seats", json!(6));
    let other_reference = order_with("/reference", json!("BSS-1002"));
    for (key, body, code) in [
        (Some("key-1"), &more_seats, "idempotency_key_reused"),
        (Some("key-1"), &other_reference, "idempotency_key_reused"),
        (Some("key-2"), &more_seats, "reference_reused"),
        (None, &more_seats, "reference_reused"),
        (Some("key-3"), &other_reference, "customer_exists"),
    ] {
        let answer = house.order(&house.nord, key, body).await;
        assert_eq!(answer.problem(), (409, code.to_owned()), "{key:?} {body}");
    }
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let now = house.get(&house.nord, &format!("/v1/orders/{id}")).await.json();
    assert_eq!(now["desired"]["subscriptions"][0]["seats"], 5);
    assert_eq!(house.nord.door.orders(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_order_does_not_use_up_its_key() {
    let house = House::new().await;
    let bad = order_with("/subscription/seats", json!(0));
    faults(&house.order(&house.nord, Some("key-1"), &bad).await);
    let answer = house.order(&house.nord, Some("key-1"), &good_order()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn distributors_share_neither_keys_nor_references_nor_domains() {
    let house = House::new().await;
    let nord = house.order(&house.nord, Some("key-1"), &good_order()).await;
    let theirs = order_with("/instance", json!("Sued"));
    let sued = house.order(&house.sued, Some("key-1"), &theirs).await;
    assert_eq!((nord.status, sued.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_ne!(nord.json()["id"], sued.json()["id"]);
}

#[tokio::test]
async fn the_same_order_many_times_at_once_is_one_order() {
    let house = House::new().await;
    let order = good_order();
    let (a, b, c, d) = tokio::join!(
        house.order(&house.nord, Some("key-1"), &order),
        house.order(&house.nord, Some("key-1"), &order),
        house.order(&house.nord, Some("key-2"), &order),
        house.order(&house.nord, None, &order),
    );
    let answers = [a, b, c, d];
    let created = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    let same = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!((created, same), (1, 3), "{answers:?}");
    assert!(answers.iter().all(|answer| answer.json()["id"] == answers[0].json()["id"]));
}

#[tokio::test]
async fn the_instance_may_be_given_by_its_id() {
    let house = House::new().await;
    let order = order_with("/instance", json!(house.nord.instance.as_str()));
    let answer = house.order(&house.nord, None, &order).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["instance"]["system_name"], "Nord");
}

#[tokio::test]
async fn the_documented_body_is_what_is_read() {
    let openapi: Value = serde_json::from_str(&web::openapi()).unwrap();
    let schema = &openapi["components"]["schemas"]["OrderBody"];
    let sample = sample_of(schema);
    let house = House::new().await;
    let answer = house.order(&house.nord, None, &sample).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{sample} {}", answer.text);
    let members = each_member_is_as_needed_as_documented(&house, schema, &sample).await;
    assert_eq!(members, 24, "every member was tried");
}

/// Leaves out one member after the other: those that are needed are missed, the others are not.
async fn each_member_is_as_needed_as_documented(
    house: &House,
    root: &Value,
    sample: &Value,
) -> usize {
    let mut open = vec![(root.clone(), String::new())];
    let mut tried = 0;
    while let Some((schema, at)) = open.pop() {
        let needed = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let pointer = format!("{at}/{name}");
            let mut order = sample.clone();
            order.pointer_mut(&at).unwrap().as_object_mut().unwrap().remove(name);
            let answer = house.order(&house.nord, None, &order).await;
            if needed.contains(&json!(name)) {
                assert!(faults(&answer).contains(&(pointer.clone(), "required".to_owned())));
            } else {
                assert_ne!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{pointer}");
            }
            open.push((member.clone(), pointer));
            tried += 1;
        }
    }
    tried
}

/// An object made of the examples in a schema, with every member there is.
fn sample_of(schema: &Value) -> Value {
    match schema["properties"].as_object() {
        None if schema["example"].is_null() => json!("x"),
        None => schema["example"].clone(),
        Some(members) => {
            members.iter().map(|(name, member)| (name.clone(), sample_of(member))).collect()
        }
    }
}

#[tokio::test]
async fn the_example_in_the_guide_is_taken_in() {
    let guide = include_str!("../../../docs/api.md");
    let (_, rest) = guide.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let house = House::new().await;
    let answer = house.order_text(&house.nord, None, example.to_owned()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}
