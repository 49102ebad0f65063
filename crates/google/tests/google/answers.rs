//! Answers made up at will, a few of each shape. The example `fuzz` plays as many as there is time for.

use crate::fake::{House, START, grant};
use crate::fuzz::{SHAPES, Tally, cases, check, methods, targets};
use domain::time::Timestamp;
use google::reseller::{get_customer, suspend};
use google::{CallError, TokenError, directory};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeSet;

/// Of each shape.
const CASES: u32 = 256;

#[test]
fn whatever_google_answers_is_not_taken_for_more_than_it_says() {
    let tally = Tally::default();
    for (shape, name) in SHAPES {
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let played = TestRunner::new_with_rng(config, rng).run(&cases(*shape), |case| {
            tally.count(case.method());
            check(&case).map_err(TestCaseError::fail)
        });
        played.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(tally.counts().len(), targets(), "a call that was never played");
}

#[test]
fn every_method_is_among_the_calls() {
    let contract = google::contract::contract();
    let known: BTreeSet<&str> = contract.iter().map(|method| method.id).collect();
    assert_eq!(known, methods());
    let mutates = |id: &str| contract.iter().any(|method| method.id == id && method.mutates);
    assert!(mutates("gmail.users.messages.send") && !mutates("gmail.users.getProfile"));
}

#[tokio::test]
async fn what_was_found_once_stays_found() {
    // Bytes that are no text, in a member nobody reads; a list in the order of the members; a second
    // value behind the first; a page.
    for body in [
        b"{\"kind\":\"\x80\",\"customerId\":\"C1\",\"subscriptionId\":\"1\"}".as_ref(),
        b"[\"C1\",\"C1\",\"C1\"]",
        b"{\"customerId\":\"C1\",\"subscriptionId\":\"1\"}{}",
        b"<html>",
    ] {
        let answer = || Ok(http::Response::new(bytes::Bytes::copy_from_slice(body)));
        let mut house = House::with_token(vec![answer(), answer()]);
        let (google, grant, log) = (house.google.clone(), grant(), &mut house.log);
        let read = google.read(&grant, &get_customer("C1"), log).await;
        assert!(matches!(read, Err(CallError::NotApplied { .. })), "{read:?}");
        let change = google.change(&grant, &suspend("C1", "1"), Timestamp(START), log).await;
        assert!(matches!(change, Err(CallError::Unsure { .. })), "{change:?}");
    }
    let page = Ok(http::Response::new("<html>".into()));
    let mut house = House::with_token(vec![page]);
    let (google, grant, log) = (house.google.clone(), grant(), &mut house.log);
    let delete = google.change(&grant, &directory::delete_user("1"), Timestamp(START), log).await;
    assert!(matches!(delete, Err(CallError::Unsure { .. })), "{delete:?}");

    // The library's own words for an error under a success's status repeat the endpoint's.
    let said = r#"{"error":"badRequest","error_description":"hush & hush, 4/0abc is none"}"#;
    let answer = http::Response::builder().status(204).body(said.into()).unwrap();
    let mut house = House::without_token(vec![Ok(answer)]);
    let (google, log) = (house.google.clone(), &mut house.log);
    let (code, verifier) = ("4/0abc".to_owned().into(), "v".repeat(43).into());
    let back = "https://seatwright.example/";
    let tokens = google.exchange_code(&grant.client, &code, &verifier, back, log).await;
    assert!(matches!(tokens, Err(TokenError::Unsure { .. })), "{tokens:?}");
    assert!(!format!("{tokens:?} {log:?}").contains("hush"), "{tokens:?} {log:?}");
}
