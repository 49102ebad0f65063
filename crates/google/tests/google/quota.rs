//! Quotas as a caller meets them: a call without a budget is not sent, says when to come back, and is
//! told from one that Google refused by the journal alone.

use crate::fake::{House, START, error, grant, reply};
use domain::time::Timestamp;
use google::directory::{delete_user, get_user};
use google::reseller::{DeletionType, delete_subscription, get_customer};
use google::{CallError, Change, Google, Nothing, Priority};

const CUSTOMER: &str = r#"{"customerId":"C1"}"#;
const USER: &str = r#"{"id":"1"}"#;

/// Reads a customer; gives how long to wait where the quota says so.
async fn ask(google: &Google) -> Result<(), i64> {
    match google.read(&grant(), &get_customer("C1"), &mut Vec::new()).await {
        Ok(_) => Ok(()),
        Err(CallError::Quota { retry_after_ms: Some(ms), .. }) => Err(ms),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_google_asks_to_wait_is_waited_without_asking_again() {
    let slow = || {
        let answer = http::Response::builder().status(429).header("retry-after", "7");
        Ok(answer.body("{}".into()).unwrap())
    };
    let house = House::with_token(vec![slow(), reply(200, CUSTOMER)]);
    assert_eq!(ask(&house.google).await, Err(7_000));
    assert_eq!(ask(&house.google).await, Err(7_000));
    house.advance(6_000);
    assert_eq!(ask(&house.google).await, Err(1_000));
    assert_eq!(house.lines().len(), 1);
    house.advance(1_000);
    assert_eq!(ask(&house.google).await, Ok(()));
    assert_eq!(house.lines().len(), 2);
}

#[tokio::test]
async fn a_change_without_a_budget_is_not_sent_and_not_in_the_journal() {
    let rate = error(403, "userRateLimitExceeded", "User Rate Limit Exceeded");
    let mut house = House::with_token(vec![rate]);
    let google = house.google.clone();
    for sent in [1, 1, 1] {
        let result =
            google.change(&grant(), &delete_user("1"), Timestamp(START), &mut house.log).await;
        assert!(matches!(result, Err(CallError::Quota { .. })), "{result:?}");
        assert_eq!((house.lines().len(), house.log.len()), (sent, sent));
    }
}

#[tokio::test]
async fn sweeps_stop_where_people_may_go_on() {
    // A quarter of 2,400 a minute may be used at once, and a quarter of that is for people only.
    let house = House::with_token((0..600).map(|_| reply(200, USER)).collect());
    let sweep = house.google.at(Priority::Sweep);
    let read = async |google: &Google| {
        google.read(&grant(), &get_user("1"), &mut Vec::new()).await.is_ok()
    };
    let mut swept = 0;
    while read(&sweep).await {
        swept += 1;
    }
    let mut served = 0;
    while read(&house.google).await {
        served += 1;
    }
    assert_eq!((swept, served), (450, 150));
}

#[tokio::test]
async fn distributors_who_share_a_project_take_turns() {
    let house = House::with_token((0..152).map(|_| reply(200, CUSTOMER)).collect());
    let (greedy, modest) = (house.google.on_behalf_of("dst_1"), house.google.on_behalf_of("dst_2"));
    while ask(&greedy).await.is_ok() {}
    // Both have been turned away; the greedy one first.
    let wait_ms = ask(&modest).await.unwrap_err();
    assert_eq!(wait_ms, 267);
    house.advance(wait_ms);
    assert_eq!(ask(&greedy).await, Ok(()));
    // Its next call stands behind the other one's.
    assert_eq!(ask(&greedy).await, Err(133));
    assert_eq!(ask(&modest).await, Ok(()));
}

#[tokio::test]
async fn a_batch_costs_what_its_calls_cost() {
    let mut house = House::with_token(vec![reply(503, "")]);
    let leave: Vec<Change<Nothing>> = (0..600)
        .map(|id| delete_subscription("C1", &id.to_string(), DeletionType::TransferToDirect))
        .collect();
    let google = house.google.clone();
    let at = Timestamp(START);
    let whole = google.change_batch(&grant(), &leave, at, &mut house.log).await;
    assert!(matches!(whole, Err(CallError::Unsure { .. })), "{whole:?}");
    // A minute's worth is gone: 450 more than there was, at 450 a minute.
    assert_eq!(ask(&google).await, Err(60_134));
}
