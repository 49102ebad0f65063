//! Long lists: one page at a time, and an end to every walk.

use crate::fake::{House, Reply, error, grant, no_answer, reply};
use futures_util::StreamExt as _;
use futures_util::TryStreamExt as _;
use google::{CallError, directory, licensing, reseller};
use std::pin::pin;
use std::sync::atomic::Ordering;

const LINE: &str = "GET /apps/licensing/v1/product/Google-Apps/users?customerId=C1&maxResults=100";

fn page(users: &[usize], next: &str) -> Reply {
    let items: Vec<serde_json::Value> = users
        .iter()
        .map(|user| serde_json::json!({"userId": user.to_string(), "skuId": "1010020028"}))
        .collect();
    let mut page = serde_json::json!({"kind": "licensing#licenseAssignmentList"});
    // Both are absent where there is nothing. Source: google-semantics.md §13.
    if !items.is_empty() {
        page["items"] = items.into();
    }
    if !next.is_empty() {
        page["nextPageToken"] = next.into();
    }
    reply(200, &page.to_string())
}

fn licences() -> google::Pages<licensing::LicenseAssignments> {
    licensing::list_for_product("Google-Apps", "C1")
}

fn house(replies: Vec<Reply>) -> House {
    let house = House::with_token(replies);
    // Licensing takes one request a second.
    house.wire.takes_ms.store(1000, Ordering::Relaxed);
    house
}

#[tokio::test]
async fn a_thousand_pages_stream_through_and_none_is_fetched_ahead() {
    let replies = (0..1000).map(|n| {
        let next = if n < 999 { format!("t{}", n + 1) } else { String::new() };
        page(&[2 * n, 2 * n + 1], &next)
    });
    let house = house(replies.collect());
    let (grant, mut log) = (grant(), Vec::new());
    let mut items = pin!(house.google.items(&grant, licences(), &mut log));
    let mut count = 0;
    while let Some(item) = items.next().await {
        assert_eq!(item.unwrap().user_id, count.to_string());
        assert_eq!(house.lines().len(), count / 2 + 1, "pages fetched at item {count}");
        count += 1;
    }
    assert_eq!(count, 2000);
    let lines = house.lines();
    assert_eq!(
        (lines[0].as_str(), lines[999].as_str()),
        (LINE, &*format!("{LINE}&pageToken=t999"))
    );
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let house = house(vec![page(&[1], "a"), page(&[], "b"), page(&[2], "")]);
    let (grant, mut log) = (grant(), Vec::new());
    let all: Vec<_> = house.google.items(&grant, licences(), &mut log).try_collect().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(log.len(), 3);
}

#[tokio::test]
async fn a_failed_page_may_be_asked_for_again_and_a_walk_goes_on_later() {
    let mut house = house(vec![
        page(&[1], "a"),
        no_answer(),
        reply(200, "{\"items\":"),
        error(503, "backendError", ""),
        page(&[2], "b"),
        page(&[3], ""),
    ]);
    let (google, grant) = (house.google.clone(), grant());
    let mut pages = licences();
    assert_eq!(pages.token(), Some(""));
    assert!(google.next_page(&grant, &mut pages, &mut house.log).await.unwrap().is_some());
    for _ in 0..3 {
        let failed = google.next_page(&grant, &mut pages, &mut house.log).await;
        assert!(matches!(failed, Err(CallError::NotApplied { .. })), "{failed:?}");
        assert_eq!(pages.token(), Some("a"));
    }
    assert!(google.next_page(&grant, &mut pages, &mut house.log).await.unwrap().is_some());
    let token = pages.token().unwrap().to_owned();
    let mut later = licences().from_token(&token);
    assert!(google.next_page(&grant, &mut later, &mut house.log).await.unwrap().is_some());
    assert_eq!(later.token(), None);
    assert_eq!(google.next_page(&grant, &mut later, &mut house.log).await, Ok(None));
    let asked: Vec<String> = house.lines().iter().map(|line| line.replace(LINE, "")).collect();
    let a = "&pageToken=a";
    assert_eq!(asked, ["", a, a, a, a, "&pageToken=b"]);
}

/// Walks until it ends; gives the number of pages fetched and how it ended.
async fn walk(tokens: impl Iterator<Item = String>) -> (usize, String) {
    let house = house(tokens.map(|token| page(&[1], &token)).collect());
    let (grant, mut log) = (grant(), Vec::new());
    let result: Result<Vec<_>, _> =
        house.google.items(&grant, licences(), &mut log).try_collect().await;
    house.discard_rest();
    (log.len(), result.map_or_else(|error| error.to_string(), |_| "whole".to_owned()))
}

#[tokio::test]
async fn a_list_that_goes_in_circles_ends_with_an_error() {
    for (way, round) in [(0, 1), (0, 2), (0, 3), (1, 1), (5, 1), (3, 7), (10, 100), (100, 10)] {
        let on_the_way = |n: usize| n < way;
        let token = |n: usize| match on_the_way(n) {
            true => format!("way{n}"),
            false => format!("round{}", (n - way) % round),
        };
        let bound = 3 * (way + round) + 2;
        let (fetched, ended) = walk((0..bound + 1).map(token)).await;
        assert!(ended.ends_with("the list goes in circles"), "{way} {round}: {ended}");
        assert!(fetched <= bound, "{way} {round}: {fetched}");
    }
    let straight = (1..=300).map(|n| format!("t{n}")).chain([String::new()]);
    assert_eq!(walk(straight).await, (301, "whole".to_owned()));
}

#[tokio::test]
async fn a_walk_is_bounded() {
    let replies = (0..3).map(|n| page(&[n], &format!("t{n}"))).collect();
    let mut house = house(replies);
    let (google, grant) = (house.google.clone(), grant());
    let mut pages = licences().at_most(3);
    for _ in 0..3 {
        google.next_page(&grant, &mut pages, &mut house.log).await.unwrap();
    }
    for _ in 0..2 {
        let result = google.next_page(&grant, &mut pages, &mut house.log).await;
        assert!(
            matches!(&result, Err(CallError::NotApplied { why, .. }) if why.contains("more pages"))
        );
    }
}

#[tokio::test]
async fn every_list_walks_on_by_its_token() {
    let (grant, token) = (grant(), r#"{"nextPageToken":"n/1"}"#);
    macro_rules! second {
        ($pages:expr) => {{
            let mut house = house(vec![reply(200, token), reply(200, "{}")]);
            let google = house.google.clone();
            let mut pages = $pages;
            google.next_page(&grant, &mut pages, &mut house.log).await.unwrap();
            google.next_page(&grant, &mut pages, &mut house.log).await.unwrap();
            assert_eq!(pages.token(), None);
            let lines = house.lines();
            assert_eq!(lines[1], format!("{}&pageToken=n%2F1", lines[0]));
        }};
    }
    second!(reseller::list_subscriptions());
    second!(directory::list_users("C1"));
    second!(directory::list_groups("C1"));
    second!(directory::list_members("g1"));
    second!(licences());
}
