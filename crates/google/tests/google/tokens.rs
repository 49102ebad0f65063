//! Access tokens: remembered, refreshed ahead of time, once for all who wait.

use crate::fake::{House, Reply, START, error, grant, no_answer, not_sent, reply};
use domain::activation::Api;
use domain::step::Step;
use domain::time::Timestamp;
use futures_util::future::join_all;
use google::{CallError, START_MS_MAX, StepSecrets};
use std::sync::atomic::Ordering;

const PAGE: &str = r#"{"kind":"reseller#subscriptions"}"#;

fn token(name: &str) -> Reply {
    reply(200, &format!(r#"{{"access_token":"{name}","expires_in":3599,"token_type":"Bearer"}}"#))
}

fn make_admin() -> Step {
    Step::MakeAdmin { email: "admin@acme.example".into() }
}

async fn probe_all(house: &House, count: usize) -> Vec<Result<google::Probe, CallError>> {
    join_all((0..count).map(|_| async {
        let mut log = Vec::new();
        house.google.probe(&grant(), Api::Reseller, None, &mut log).await
    }))
    .await
}

#[tokio::test]
async fn fifty_callers_share_one_refresh() {
    let mut replies = vec![token("at-1")];
    replies.extend((0..50).map(|_| reply(200, PAGE)));
    let house = House::without_token(replies);
    assert!(probe_all(&house, 50).await.iter().all(Result::is_ok));
    let lines = house.lines();
    assert_eq!(lines.iter().filter(|line| *line == "POST /token").count(), 1);
    assert_eq!(lines.len(), 51);
    assert!(house.sent()[1..].iter().all(|sent| sent.header("authorization") == "Bearer at-1"));
}

#[tokio::test]
async fn those_who_wait_share_a_failure_and_the_next_one_tries_again() {
    let house = House::without_token(vec![no_answer(), token("at-1"), reply(200, PAGE)]);
    let results = probe_all(&house, 50).await;
    assert!(results.iter().all(|result| matches!(result, Err(CallError::NotApplied { .. }))));
    assert_eq!(house.lines(), ["POST /token"]);
    assert!(probe_all(&house, 1).await[0].is_ok());
}

#[tokio::test]
async fn a_token_is_refreshed_five_minutes_ahead() {
    let replies = vec![reply(200, PAGE), token("at-1"), reply(200, PAGE), reply(200, PAGE)];
    let house = House::with_token(replies);
    house.advance(54 * 60_000);
    assert!(probe_all(&house, 1).await[0].is_ok());
    house.advance(60_000);
    assert!(probe_all(&house, 1).await[0].is_ok());
    assert!(probe_all(&house, 1).await[0].is_ok());
    let used: Vec<String> =
        house.sent().iter().map(|sent| sent.header("authorization").to_owned()).collect();
    assert_eq!(used, ["Bearer at-0", "", "Bearer at-1", "Bearer at-1"]);
}

#[tokio::test]
async fn a_refused_token_is_refreshed_and_the_call_repeated_once() {
    let unauthorized = || error(401, "authError", "Invalid Credentials");
    let mut house = House::with_token(vec![unauthorized(), token("at-1"), reply(204, "")]);
    assert!(house.execute(&make_admin()).await.is_ok());
    let logged = [
        "directory.users.makeAdmin 401 authError",
        "oauth.token 200",
        "directory.users.makeAdmin 204",
    ];
    assert_eq!(house.logged(), logged);

    let mut house = House::with_token(vec![unauthorized(), token("at-1"), unauthorized()]);
    let result = house.execute(&make_admin()).await;
    assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
}

#[tokio::test]
async fn a_change_that_would_start_too_late_is_not_started() {
    let mut house = House::without_token(vec![token("at-1")]);
    house.wire.takes_ms.store(START_MS_MAX + 1, Ordering::Relaxed);
    let result = house.execute(&make_admin()).await;
    assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
    assert_eq!(house.lines(), ["POST /token"]);

    let mut house = House::without_token(vec![token("at-1"), reply(204, "")]);
    house.wire.takes_ms.store(START_MS_MAX, Ordering::Relaxed);
    assert!(house.execute(&make_admin()).await.is_ok());
}

#[tokio::test]
async fn a_process_that_slept_after_its_intent_sends_nothing() {
    let mut house = House::with_token(vec![]);
    let (grant, none) = (grant(), StepSecrets::default());
    house.advance(START_MS_MAX + 1);
    let log = &mut house.log;
    let result = house.google.execute(&grant, &make_admin(), &none, Timestamp(START), log).await;
    assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
    assert!(house.lines().is_empty());
}

#[tokio::test]
async fn forgetting_leads_to_a_refresh() {
    let house = House::with_token(vec![token("at-1"), reply(200, PAGE)]);
    house.google.forget(&grant().credential);
    assert!(probe_all(&house, 1).await[0].is_ok());
}

#[track_caller]
fn refresh_means(result: &Result<google::Probe, CallError>, expected: &str) {
    let shown = match result {
        Err(CallError::Reconsent { reason }) => format!("reconsent {reason}"),
        Err(CallError::NotApplied { .. }) => "not_applied".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn what_a_failed_refresh_means() {
    let flat = |status, error: &str, text: &str| {
        reply(status, &format!(r#"{{"error":"{error}","error_description":"{text}"}}"#))
    };
    let revoked = "Token has been expired or revoked.";
    for (answer, expected) in [
        (
            flat(400, "invalid_grant", revoked),
            "reconsent invalid_grant: Token has been expired or revoked.",
        ),
        (flat(401, "invalid_client", "Unauthorized"), "reconsent invalid_client"),
        (flat(401, "deleted_client", ""), "reconsent deleted_client"),
        (flat(400, "admin_policy_enforced", ""), "reconsent admin_policy_enforced"),
        (flat(400, "invalid_request", "?"), "not_applied"),
        (flat(400, "internal_failure", "Backend Error"), "not_applied"),
        (flat(429, "rate_limited", ""), "not_applied"),
        (reply(503, "<html>"), "not_applied"),
        (reply(200, "{"), "not_applied"),
        (not_sent(), "not_applied"),
        (no_answer(), "not_applied"),
    ] {
        let house = House::without_token(vec![answer]);
        refresh_means(&probe_all(&house, 1).await[0], expected);
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_in_a_refresh_leaves_the_others_well() {
    // The first is dropped while its refresh is out; the next of the fifty makes a new one.
    let mut replies = vec![token("at-1")];
    replies.extend((0..50).map(|_| reply(200, PAGE)));
    let house = House::without_token(replies);
    let (grant, mut log) = (grant(), Vec::new());
    let mut first = Box::pin(house.google.probe(&grant, Api::Reseller, None, &mut log));
    assert!(futures_util::poll!(&mut first).is_pending());
    let others = probe_all(&house, 50);
    let mut others = Box::pin(others);
    assert!(futures_util::poll!(&mut others).is_pending());
    drop(first);
    assert!(others.await.iter().all(Result::is_ok));
    let asked = house.lines().iter().filter(|line| *line == "POST /token").count();
    assert_eq!(asked, 2, "the one given up, and one for all the others");
}

#[tokio::test]
async fn waiting_callers_who_give_up_change_nothing() {
    let house = House::without_token(vec![token("at-1"), reply(200, PAGE)]);
    let (grant, mut log, mut log_2) = (grant(), Vec::new(), Vec::new());
    let mut first = Box::pin(house.google.probe(&grant, Api::Reseller, None, &mut log));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(house.google.probe(&grant, Api::Reseller, None, &mut log_2));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(second);
    assert!(first.await.is_ok());
    assert_eq!(house.lines().len(), 2);
}

#[tokio::test]
async fn many_refused_at_once_share_one_refresh() {
    // All fifty are out with the old token when it is withdrawn.
    let unauthorized = || error(401, "authError", "Invalid Credentials");
    let mut replies: Vec<Reply> = (0..50).map(|_| unauthorized()).collect();
    replies.push(token("at-1"));
    replies.extend((0..50).map(|_| reply(200, PAGE)));
    let house = House::with_token(replies);
    assert!(probe_all(&house, 50).await.iter().all(Result::is_ok));
    let lines = house.lines();
    assert_eq!(lines.iter().filter(|line| *line == "POST /token").count(), 1);
    assert_eq!(lines.len(), 101);
}

#[tokio::test]
async fn a_dead_consent_is_told_to_all_who_wait_and_asked_for_again_by_the_next() {
    let gone = || reply(400, r#"{"error":"invalid_grant","error_description":"Revoked."}"#);
    let house = House::without_token(vec![gone(), gone()]);
    for result in probe_all(&house, 50).await {
        refresh_means(&result, "reconsent invalid_grant: Revoked.");
    }
    assert_eq!(house.lines().len(), 1);
    refresh_means(&probe_all(&house, 1).await[0], "reconsent invalid_grant: Revoked.");
}

#[tokio::test]
async fn a_token_that_came_by_a_new_consent_saves_the_refresh() {
    let house = House::without_token(vec![reply(200, PAGE)]);
    let (grant, mut log, mut log_2) = (grant(), Vec::new(), Vec::new());
    let mut first = Box::pin(house.google.probe(&grant, Api::Reseller, None, &mut log));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(house.google.probe(&grant, Api::Reseller, None, &mut log_2));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    let answer = google::TokenAnswer {
        access_token: "at-9".to_owned().into(),
        refresh_token: None,
        expires_at: Timestamp(START + 3_600_000),
        scopes: std::collections::BTreeSet::new(),
        account: None,
    };
    house.google.remember(&grant.credential, &answer);
    assert!(second.await.is_ok());
    assert_eq!(house.sent()[1].header("authorization"), "Bearer at-9");
}

#[tokio::test]
async fn a_refresh_that_is_told_to_wait_says_how_long() {
    for (status, retry_after) in [(429, "7"), (503, "7"), (503, "Mon, 21 Sep 2026 14:13:27 GMT")] {
        let answer = http::Response::builder().status(status).header("retry-after", retry_after);
        let house = House::without_token(vec![Ok(answer.body("".into()).unwrap())]);
        let result = probe_all(&house, 1).await.remove(0);
        let Err(CallError::NotApplied { retry_after_ms, .. }) = result else {
            panic!("{result:?}")
        };
        assert_eq!(retry_after_ms, Some(7_000), "{status} {retry_after}");
    }
}
