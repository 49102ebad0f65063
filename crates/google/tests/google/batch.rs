//! Many calls in one request: what is sent, and what each call's part of the answer means.

use crate::fake::{House, Reply, START, Sent, error, grant, no_answer, not_sent, reply};
use bytes::Bytes;
use domain::catalog::PaymentPlan;
use domain::time::Timestamp;
use google::reseller::{
    DeletionType, NewSubscription, Purchase, delete_subscription, get_subscription,
    insert_subscription,
};
use google::{BATCH_MAX, CallError, Change, GMAIL_BATCH_MAX, Nothing, directory, gmail, licensing};

/// A part as Google writes it; `id` empty as in Reseller's.
fn part(id: &str, status: u16, body: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!("Content-ID: <response-{id}>\r\n") };
    format!(
        "--b_1\r\nContent-Type: application/http\r\n{id}\r\nHTTP/1.1 {status} Some Words\r\n\
         Content-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}\r\n",
        body.len()
    )
}

fn refusal(status: u16, reason: &str) -> String {
    format!(
        r#"{{"error":{{"code":{status},"message":"No.","errors":[{{"domain":"global","reason":"{reason}"}}]}}}}"#
    )
}

fn multipart(text: &str) -> Reply {
    let kind = "multipart/mixed; boundary=b_1";
    let body = Bytes::from(text.to_owned());
    Ok(http::Response::builder().status(200).header("content-type", kind).body(body).unwrap())
}

fn whole(parts: &[String]) -> Reply {
    multipart(&format!("{}--b_1--\r\n", parts.concat()))
}

fn word<A>(result: &Result<A, CallError>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(CallError::Refused { .. }) => "refused",
        Err(CallError::Exists { .. }) => "exists",
        Err(CallError::NotApplied { .. }) => "not_applied",
        Err(CallError::Quota { .. }) => "quota",
        Err(CallError::Unsure { .. }) => "unsure",
        Err(CallError::Reconsent { .. }) => "reconsent",
    }
}

fn leave(ids: &[&str]) -> Vec<Change<Nothing>> {
    let to_direct = |id: &&str| delete_subscription("C1", id, DeletionType::TransferToDirect);
    ids.iter().map(to_direct).collect()
}

/// Hands three subscriptions over; gives what each came to, and the words of the whole.
async fn three(answer: Reply) -> (House, Vec<&'static str>) {
    let mut house = House::with_token(vec![answer]);
    let (google, changes) = (house.google.clone(), leave(&["s0", "s1", "s2"]));
    let results = google.change_batch(&grant(), &changes, Timestamp(START), &mut house.log).await;
    let words = match &results {
        Ok(results) => results.iter().map(word).collect(),
        Err(error) => vec!["whole", word(&Err::<(), _>(error.clone()))],
    };
    (house, words)
}

async fn words(answer: Reply) -> Vec<&'static str> {
    three(answer).await.1
}

#[tokio::test]
async fn a_transfer_is_one_request_with_paths_only() {
    let done = |id: usize| part("", 200, &format!(r#"{{"subscriptionId":"{id}"}}"#));
    let mut house = House::with_token(vec![whole(&[done(7), done(8)])]);
    let insert = |sku: &str| {
        let new = NewSubscription::of(sku, PaymentPlan::Flexible, 5, "po");
        insert_subscription("C1", &new, Purchase::Transfer { token: "transfer-token-1" })
    };
    let changes = [insert("1010020027"), insert("Google-Vault")];
    let (google, log) = (house.google.clone(), &mut house.log);
    let results = google.change_batch(&grant(), &changes, Timestamp(START), log).await.unwrap();
    let ids: Vec<String> =
        results.into_iter().map(|result| result.unwrap().subscription_id).collect();
    assert_eq!(ids, ["7", "8"]);
    let insert = "reseller.subscriptions.insert 200";
    assert_eq!(house.logged(), ["reseller.batch 200", insert, insert]);

    let Sent { line, headers, body } = &house.sent()[0];
    assert_eq!(line, "POST /batch");
    assert_eq!(headers["authorization"], "Bearer at-0");
    let boundary = "seatwright_00000000000000000000";
    assert_eq!(headers["content-type"], format!("multipart/mixed; boundary={boundary}"));
    let one = |index: usize, sku: &str| {
        let json = format!(
            r#"{{"skuId":"{sku}","plan":{{"planName":"FLEXIBLE"}},"seats":{{"maximumNumberOfSeats":5}},"purchaseOrderId":"po"}}"#
        );
        format!(
            "--{boundary}\r\nContent-Type: application/http\r\nContent-ID: <{index}>\r\n\r\n\
             POST /apps/reseller/v1/customers/C1/subscriptions?customerAuthToken=transfer-token-1 \
             HTTP/1.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{json}\r\n",
            json.len()
        )
    };
    assert_eq!(
        body,
        &format!("{}{}--{boundary}--\r\n", one(0, "1010020027"), one(1, "Google-Vault"))
    );
}

#[tokio::test]
async fn a_part_without_a_body_says_so_and_each_api_has_its_door() {
    for service in ["/batch", "/batch/siteVerification/v1"] {
        let mut house = House::with_token(vec![whole(&[part("0", 204, "")])]);
        let (google, log) = (house.google.clone(), &mut house.log);
        let change = match service {
            "/batch" => directory::delete_user("1"),
            _ => google::site_verification::delete("dns%3A%2F%2Fa"),
        };
        let results = google.change_batch(&grant(), &[change], Timestamp(START), log).await;
        assert_eq!(results, Ok(vec![Ok(Nothing)]));
        let sent = &house.sent()[0];
        assert_eq!(sent.line, format!("POST {service}"));
        assert!(
            sent.body.contains(
                "HTTP/1.1\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n\r\n--"
            )
        );
    }
}

#[tokio::test]
async fn a_boundary_stands_in_no_body() {
    let name = "seatwright_00000000000000000000 seatwright_00000000000000000001";
    let mut house = House::with_token(vec![whole(&[part("0", 200, r#"{"id":"1"}"#)])]);
    let (google, log) = (house.google.clone(), &mut house.log);
    let group = directory::NewGroup {
        email: "a@b.example".into(),
        name: Some(name.into()),
        description: None,
    };
    let change = directory::insert_group(&group);
    google.change_batch(&grant(), &[change], Timestamp(START), log).await.unwrap()[0]
        .as_ref()
        .unwrap();
    assert!(house.sent()[0].header("content-type").ends_with("seatwright_00000000000000000002"));
}

#[tokio::test]
async fn parts_are_matched_by_what_they_answer_or_by_their_place() {
    let ok = |id: &str| part(id, 204, "");
    let no = |id: &str| part(id, 403, &refusal(403, "forbidden"));
    for (parts, expected) in [
        // In any order, as long as all say whose they are.
        (vec![no("2"), ok("0"), ok("1")], ["done", "done", "refused"]),
        (vec![ok("0"), no("1"), ok("2")], ["done", "refused", "done"]),
        // By place: none says, or not all of them.
        (vec![ok(""), ok(""), no("")], ["done", "done", "refused"]),
        (vec![no("2"), ok(""), ok("")], ["refused", "done", "done"]),
        (vec![no("7x"), ok("1"), ok("2")], ["refused", "done", "done"]),
        // One is missing.
        (vec![ok("0"), no("2")], ["done", "unsure", "refused"]),
        (vec![ok(""), no("")], ["unsure", "unsure", "unsure"]),
        (vec![ok("0"), ok("")], ["unsure", "unsure", "unsure"]),
        (vec![], ["unsure", "unsure", "unsure"]),
        // Two answer the same call, or one that was not made.
        (vec![ok("0"), ok("1"), no("1")], ["done", "unsure", "unsure"]),
        (vec![ok("0"), ok("1"), no("3")], ["done", "done", "unsure"]),
        (vec![ok(""), ok(""), ok(""), ok("")], ["unsure", "unsure", "unsure"]),
    ] {
        assert_eq!(words(whole(&parts)).await, expected, "{parts:?}");
    }
}

#[tokio::test]
async fn a_part_that_cannot_be_read_is_unsure_and_spoils_no_other() {
    let ok = part("0", 204, "");
    for odd in [
        "--b_1\r\nContent-ID: <response-1>\r\n\r\nHTTP/1.1 20\r\n",
        "--b_1\r\nContent-ID: <response-1>\r\n\r\n<html>\r\n",
        "--b_1\r\nContent-ID: <response-1>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}\r\n",
        "--b_1\r\nContent-ID: <response-1>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{\"cut\r\n",
        "--b_1\r\nContent-ID: <response-1>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<html>\r\n",
        "--b_1\r\n\r\n",
        "--b_1\r\n",
    ] {
        let parts = [ok.clone(), odd.to_owned(), part("2", 404, &refusal(404, "notFound"))];
        assert_eq!(words(whole(&parts)).await, ["done", "unsure", "exists"], "{odd}");
    }
}

#[tokio::test]
async fn a_text_cut_short_or_of_another_kind_answers_nothing() {
    let text = [part("0", 204, ""), part("1", 204, ""), part("2", 204, "")].concat();
    let unsure = ["unsure", "unsure", "unsure"];
    assert_eq!(words(multipart(&text)).await, unsure);
    assert_eq!(words(multipart(&format!("{text}--b_1-"))).await, unsure);
    for end in (0..text.len()).step_by(7) {
        assert_eq!(words(multipart(&text[..end])).await, unsure, "{end}");
    }
    let closed = format!("{text}--b_1--\r\n");
    for kind in [
        "",
        "text/html",
        "multipart/mixed",
        "multipart/mixed; boundary=",
        "multipart/mixed; boundary=other",
        "multipart/form-data; boundary=b_1",
    ] {
        let answer = http::Response::builder().status(200).header("content-type", kind);
        let answer = answer.body(Bytes::from(closed.clone())).unwrap();
        assert_eq!(words(Ok(answer)).await, unsure, "{kind}");
    }
    let quoted =
        http::Response::builder().header("content-type", "Multipart/Mixed; x=y; Boundary=\"b_1\"");
    let answer = quoted.body(Bytes::from(format!("a preamble\r\n{closed}an epilogue"))).unwrap();
    assert_eq!(words(Ok(answer)).await, ["done", "done", "done"]);
    assert_eq!(words(reply(204, "")).await, unsure);
}

#[tokio::test]
async fn reads_without_an_answer_were_not_applied() {
    let mut house = House::with_token(vec![whole(&[part("1", 200, r#"{"subscriptionId":"2"}"#)])]);
    let reads = [get_subscription("C1", "1"), get_subscription("C1", "2")];
    let (google, log) = (house.google.clone(), &mut house.log);
    let results = google.read_batch(&grant(), &reads, log).await.unwrap();
    assert_eq!(results.iter().map(word).collect::<Vec<_>>(), ["not_applied", "done"]);
    let get = "reseller.subscriptions.get";
    let expected = [
        "reseller.batch 200".into(),
        format!("{get} 0 no answer in the batch"),
        format!("{get} 200"),
    ];
    assert_eq!(house.logged(), expected);
}

#[tokio::test]
async fn the_whole_may_be_refused() {
    for (answer, expected) in [
        (error(403, "forbidden", "Forbidden"), "refused"),
        (error(403, "accessNotConfigured", "Off"), "refused"),
        (error(403, "dailyLimitExceeded", "Enough"), "quota"),
        (error(429, "quotaExceeded", "Slow"), "quota"),
        (error(400, "badRequest", "Failed to parse batch request."), "refused"),
        (reply(413, "<html>"), "refused"),
        (reply(404, "<html>"), "refused"),
        (error(409, "duplicate", "?"), "unsure"),
        (error(412, "conditionNotMet", "?"), "unsure"),
        (reply(503, "<html>"), "unsure"),
        (reply(500, ""), "unsure"),
        (reply(302, ""), "unsure"),
        (no_answer(), "unsure"),
        (not_sent(), "not_applied"),
    ] {
        let (house, words) = three(answer).await;
        assert_eq!(words, ["whole", expected]);
        assert_eq!(house.log.len(), 1);
    }
}

fn token() -> Reply {
    reply(200, r#"{"access_token":"at-1","expires_in":3599,"token_type":"Bearer"}"#)
}

#[tokio::test]
async fn a_token_refused_is_refreshed_for_the_whole_and_after_a_part() {
    let unauthorized = || error(401, "authError", "Invalid Credentials");
    let done = || whole(&[part("0", 204, ""), part("1", 204, ""), part("2", 204, "")]);
    let mut house = House::with_token(vec![unauthorized(), token(), done()]);
    let (google, changes) = (house.google.clone(), leave(&["s0", "s1", "s2"]));
    let at = Timestamp(START);
    let results = google.change_batch(&grant(), &changes, at, &mut house.log).await.unwrap();
    assert!(results.iter().all(Result::is_ok));

    // Of one part: nothing is repeated, and the next call has a fresh token.
    let one = whole(&[
        part("0", 204, ""),
        part("1", 401, &refusal(401, "authError")),
        part("2", 401, &refusal(401, "authError")),
    ]);
    let mut house = House::with_token(vec![one, token(), done()]);
    let google = house.google.clone();
    let results = google.change_batch(&grant(), &changes, at, &mut house.log).await.unwrap();
    assert_eq!(
        results.iter().map(word).collect::<Vec<_>>(),
        ["done", "not_applied", "not_applied"]
    );
    let results = google.change_batch(&grant(), &changes, at, &mut house.log).await.unwrap();
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(house.lines(), ["POST /batch", "POST /token", "POST /batch"]);
    assert_eq!(house.sent()[2].header("authorization"), "Bearer at-1");
}

#[tokio::test]
async fn each_part_is_judged_as_if_it_came_alone() {
    let parts = [
        part("0", 409, &refusal(409, "duplicate")),
        part("1", 503, "<html>"),
        part("2", 429, &refusal(429, "quotaExceeded")),
    ];
    let (house, words) = three(whole(&parts)).await;
    assert_eq!(words, ["exists", "unsure", "quota"]);
    let delete = "reseller.subscriptions.delete";
    let expected = [
        "reseller.batch 200".to_owned(),
        format!("{delete} 409 duplicate"),
        format!("{delete} 503 {delete} answered 503: <html>"),
        format!("{delete} 429 quotaExceeded"),
    ];
    assert_eq!(house.logged(), expected);
}

#[tokio::test]
async fn a_batch_has_a_size_and_one_service() {
    let refused = |count: usize, most: usize| async move {
        let mut house = House::with_token(vec![]);
        let changes: Vec<_> = (0..count).map(|_| licensing::delete("p", "s", "u")).collect();
        let mails: Vec<_> = (0..count).map(|_| gmail::send(b"x")).collect();
        let (google, at, log) = (house.google.clone(), Timestamp(START), &mut house.log);
        if most == BATCH_MAX {
            word(&google.change_batch(&grant(), &changes, at, log).await)
        } else {
            word(&google.change_batch(&grant(), &mails, at, log).await)
        }
    };
    for most in [BATCH_MAX, GMAIL_BATCH_MAX] {
        assert_eq!(refused(most + 1, most).await, "not_applied");
        assert_eq!(refused(0, most).await, "done");
    }
    let mut house = House::with_token(vec![]);
    let mixed = [directory::delete_user("1"), licensing::delete("p", "s", "u")];
    let (google, at) = (house.google.clone(), Timestamp(START));
    let result = google.change_batch(&grant(), &mixed, at, &mut house.log).await;
    assert_eq!(word(&result), "not_applied");
    // A value that would name another thing than the one meant stops the whole.
    let odd = [directory::delete_user("1"), directory::delete_user("..")];
    let result = google.change_batch(&grant(), &odd, at, &mut house.log).await;
    assert_eq!(word(&result), "not_applied");

    let full: Vec<String> = (0..BATCH_MAX).map(|id| part(&id.to_string(), 204, "")).collect();
    let mut house = House::with_token(vec![whole(&full)]);
    let changes: Vec<_> = (0..BATCH_MAX).map(|_| licensing::delete("p", "s", "u")).collect();
    let google = house.google.clone();
    let results = google.change_batch(&grant(), &changes, at, &mut house.log).await.unwrap();
    assert!(results.len() == BATCH_MAX && results.iter().all(Result::is_ok));
}
