//! Faults, the record of calls, and determinism. Source: google-semantics.md §11

mod house;

use house::{House, RESELLER, code_form, customer, link, parameter, settings};
use sandbox::{ConsentAnswer, DELAY_HEADER, Fault, FaultRule, Settings};
use serde_json::{Value, json};
use url::Url;

const CUSTOMERS: &str = "/apps/reseller/v1/customers";

fn rule(fault: Fault) -> FaultRule {
    FaultRule { method: None, customer: None, percent: 100, times: None, fault }
}

#[tokio::test]
async fn each_fault_answers_and_applies_as_it_says() {
    let check = async |fault: Fault, gist: &str, applied: bool, dropped: bool| {
        let house = House::new().await;
        let name = format!("{fault:?}");
        house.sandbox.add_fault(rule(fault));
        let answer = house.call("POST", CUSTOMERS, customer("acme.example")).await;
        assert_eq!(answer.gist(), gist, "{name}: {}", answer.text);
        assert_eq!(answer.is_dropped(), dropped, "{name}");
        let there = house.sandbox.inspect(|world| world.customer("acme.example").is_some());
        assert_eq!(there, applied, "{name}");
        let call = house.sandbox.inspect(|world| world.calls.back().cloned()).expect("a call");
        assert_eq!(call.status, if dropped { 0 } else { answer.status }, "{name}");
        assert!(call.fault.is_some(), "{name}");
        house.sandbox.clear_faults();
        let after = house.call("POST", CUSTOMERS, customer("beta.example")).await;
        assert_eq!(after.status, 200);
        answer
    };
    check(Fault::RefusedBefore, "503", false, true).await;
    check(Fault::AnswerLost, "503", true, true).await;
    let retry = Fault::TooManyRequests { retry_after_s: Some(7) };
    let answer = check(retry, "429 quotaExceeded", false, false).await;
    assert_eq!(answer.headers["retry-after"], "7");
    let answer = check(Fault::QuotaForbidden, "403 dailyLimitExceeded", false, false).await;
    assert_eq!(answer.json()["error"]["errors"][0]["domain"], "usageLimits");
    check(Fault::ErrorAfterApply, "500 backendError", true, false).await;
    check(Fault::ErrorBefore, "503 backendError", false, false).await;
    let answer = check(Fault::MalformedBody, "200", true, false).await;
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());
    let answer = check(Fault::HtmlError, "502", false, false).await;
    assert!(answer.text.starts_with("<!DOCTYPE html>"));
    let answer = check(Fault::SlowMs(40), "200", true, false).await;
    assert_eq!(answer.headers[DELAY_HEADER], "40");
}

#[tokio::test]
async fn rules_choose_by_method_customer_and_count() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    house.customer("beta.example").await;
    house.sandbox.add_fault(FaultRule {
        method: Some("reseller.customers.get".to_owned()),
        customer: Some("acme.example".to_owned()),
        times: Some(2),
        ..rule(Fault::ErrorBefore)
    });
    let check = async |verb: &str, path: &str, body: Value, status: u16| {
        assert_eq!(house.call(verb, path, body).await.status, status, "{verb} {path}");
    };
    check("GET", &format!("{CUSTOMERS}/beta.example"), Value::Null, 200).await;
    check("PATCH", &format!("{CUSTOMERS}/{id}"), json!({}), 200).await;
    check("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, 503).await;
    check("GET", &format!("{CUSTOMERS}/acme.example"), Value::Null, 503).await;
    check("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, 200).await;
}

#[tokio::test]
async fn a_fault_finds_the_customer_of_a_user() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    house.sandbox.add_fault(FaultRule { customer: Some(id), ..rule(Fault::AnswerLost) });
    let made = house.call("POST", "/admin/directory/v1/users", house::user("a@acme.example")).await;
    assert!(made.is_dropped());
    let get = house.call("GET", "/admin/directory/v1/users/a@acme.example", Value::Null).await;
    assert!(get.is_dropped());
    assert_eq!(
        house
            .call("GET", "/admin/directory/v1/users?customer=my_customer", Value::Null)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_token_endpoint_fails_in_its_own_words() {
    let house = House::new().await;
    let code = || {
        let back = house.sandbox.consent(
            &link(house::ORDER, &[("prompt", "consent")]),
            RESELLER,
            &ConsentAnswer::AllowAll,
        );
        parameter(&Url::parse(&back.expect("back")).expect("a URL"), "code").expect("a code")
    };
    let check = async |fault: Fault, gist: &str, spent: bool| {
        let name = format!("{fault:?}");
        let code = code();
        let method = Some("oauth.token".to_owned());
        house.sandbox.add_fault(FaultRule { method, times: Some(1), ..rule(fault) });
        assert_eq!(house.form("/token", &code_form(&code, &[])).await.gist(), gist, "{name}");
        let after = house.form("/token", &code_form(&code, &[])).await.gist();
        assert_eq!(after, if spent { "400 invalid_grant" } else { "200" }, "{name}");
    };
    check(Fault::ErrorBefore, "503 internal_failure", false).await;
    check(Fault::ErrorAfterApply, "500 internal_failure", true).await;
    check(Fault::AnswerLost, "503", true).await;
    check(Fault::TooManyRequests { retry_after_s: None }, "429 rate_limit_exceeded", false).await;
}

/// The answers of one story with a coin tossed at each call.
async fn story(seed: u64) -> Vec<String> {
    let house = House::with(Settings { seed, ..settings() }).await;
    house.sandbox.add_fault(FaultRule { percent: 40, ..rule(Fault::AnswerLost) });
    let mut answers = Vec::new();
    for n in 0..40 {
        let body = customer(&format!("acme{n}.example"));
        answers.push(house.call("POST", CUSTOMERS, body).await.text);
    }
    answers
}

#[tokio::test]
async fn the_seed_decides_ids_and_chances() {
    let first = story(7).await;
    assert_eq!(first, story(7).await);
    assert_ne!(first, story(8).await);
    let lost = first.iter().filter(|text| text.is_empty()).count();
    assert!((5..=30).contains(&lost), "{lost} of 40 at 40 %");
}

#[tokio::test]
async fn every_call_is_counted_and_the_control_api_shows_it() {
    let house = House::new().await;
    house.customer("acme.example").await;
    house.call("GET", &format!("{CUSTOMERS}/acme.example"), Value::Null).await;
    house.call_as("", "GET", &format!("{CUSTOMERS}/acme.example"), Value::Null).await;
    let state = house.open("/sandbox/v1/state?calls=2").await.json();
    assert_eq!(state["call_counts"]["reseller.customers.get"], 2);
    assert_eq!(state["calls"].as_array().map(Vec::len), Some(2));
    assert_eq!(state["calls"][1]["status"], 401);
    let text = state.to_string();
    assert!(!text.contains(&house.token) && !text.contains("password_sha256"), "no secrets");
}

#[tokio::test]
async fn the_control_api_plays_the_people_around() {
    let house = House::new().await;
    let check = async |path: &str, body: Value, status: u16| {
        let answer = house.control(path, body.clone()).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text);
    };
    check("faults", json!({"fault": {"slow_ms": 5}, "times": 1}), 200).await;
    check(
        "faults",
        json!({"fault": {"too_many_requests": {"retry_after_s": 3}}, "percent": 5}),
        200,
    )
    .await;
    check("faults", json!({"fault": "answer_lost", "percent": 101}), 400).await;
    check("faults", json!({"fault": "earthquake"}), 422).await;
    check("faults", json!({"fault": "answer_lost", "methods": "x"}), 422).await;
    assert_eq!(house.sandbox.inspect(|world| world.faults.len()), 2);
    assert_eq!(house.call_as("", "DELETE", "/sandbox/v1/faults", Value::Null).await.status, 200);
    assert_eq!(house.sandbox.inspect(|world| world.faults.len()), 0);
    check("clients/client-1/apis", json!({"disable": ["gmail"]}), 200).await;
    check("clients/nobody/apis", json!({"disable": ["gmail"]}), 404).await;
    check("clients/client-1/apis", json!({"disable": ["maps"]}), 422).await;
    check("grants/revoke", json!({"email": "nobody@x.example"}), 404).await;
    check("grants/revoke", json!({"email": RESELLER}), 200).await;
    check("accept-terms", json!({"customer": "nobody.example"}), 404).await;
    check("customers", json!({"domain": "direct.example", "organization": "Direct"}), 201).await;
    check("customers", json!({"domain": "direct.example"}), 409).await;
    check("customers", json!({"domain": "direct"}), 400).await;
    check("advance", json!({"ms": -1}), 400).await;
    check("advance", json!({"ms": 1000}), 200).await;
    assert_eq!(house.sandbox.now_ms(), house::START_MS + 1000);
}

#[tokio::test]
async fn a_wrong_path_or_verb_is_answered_in_html() {
    let house = House::new().await;
    for (verb, path) in
        [("GET", "/apps/reseller/v2/customers"), ("DELETE", "/apps/reseller/v1/customers/C1")]
    {
        let answer = house.call(verb, path, Value::Null).await;
        assert_eq!(answer.status, 404, "{verb} {path}");
        assert!(answer.text.contains("<html"), "{}", answer.text);
    }
    assert!(house.open("/").await.text.contains("Seatwright sandbox, not Google"));
}
