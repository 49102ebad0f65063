//! What every API has in common: selections, parameters, uploads in pieces, answers that break. Source:
//! google-semantics.md §5.1, §7.1-§7.3, §11

mod house;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use house::{Answer, House, RESELLER, annual, customer, flexible};
use http::Request;
use http_body_util::BodyExt as _;
use sandbox::{Fault, FaultRule};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const MAIL: &str = "From: Ada <ada@reseller.example>\r\nTo: Bob <bob@acme.example>\r\nSubject: Hi\r\n\r\nHello\r\n";

fn rule(fault: Fault) -> FaultRule {
    FaultRule { method: None, customer: None, percent: 100, times: None, fault }
}

#[tokio::test]
async fn selections_name_what_an_answer_may_have() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    let get = async |query: &str, gist: &str| {
        house.expect("GET", &format!("{CUSTOMERS}/{id}?{query}"), Value::Null, gist).await
    };
    let shown = get("fields=customerId,postalAddress/countryCode", "200").await;
    assert_eq!(shown, json!({"customerId": id, "postalAddress": {"countryCode": "GB"}}));
    let refused = get("fields=customerId,nothing", "400 invalidParameter").await;
    assert_eq!(refused["error"]["message"], "Invalid field selection nothing");
    get("fields=postalAddress/nothing", "400 invalidParameter").await;
    get("fields=customerId/nothing", "400 invalidParameter").await;
    get("fields=*", "200").await;
    let list = "/apps/reseller/v1/subscriptions?fields=nextPageToken,subscriptions(seats/*)";
    house.expect("GET", list, Value::Null, "200").await;
    get("alt=json", "200").await;
    get("alt=proto", "400 invalidParameter").await;
    get("prettyPrint=false", "200").await;
    let patch = format!("{CUSTOMERS}/{id}?fields=nothing");
    house.expect("PATCH", &patch, json!({"phoneNumber": ""}), "400 invalidParameter").await;
    let kept = get("", "200").await;
    assert!(kept["phoneNumber"].is_string(), "a bad selection is found before anything is done");
}

#[tokio::test]
async fn a_mail_may_come_in_pieces() {
    let house = House::new().await;
    let path = "/upload/gmail/v1/users/me/messages/send?uploadType=resumable";
    let send = async |verb: &str, path: &str, headers: &[(&'static str, &str)], body: &str| {
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header("authorization", format!("Bearer {}", house.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    };
    let begun = send("POST", path, &[("x-upload-content-type", "message/rfc822")], "{}").await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let to = begun.location();
    let to = format!("{}?{}", to.path(), to.query().expect("a query"));
    let (first, rest) = MAIL.split_at(40);
    let range = format!("bytes 0-39/{}", MAIL.len());
    let half = send("PUT", &to, &[("content-range", &range)], first).await;
    assert_eq!((half.status, half.headers["range"].to_str().ok()), (308, Some("bytes=0-39")));
    let asked = format!("bytes */{}", MAIL.len());
    assert_eq!(send("PUT", &to, &[("content-range", &asked)], "").await.status, 308);
    let gap = format!("bytes 50-60/{}", MAIL.len());
    assert_eq!(send("PUT", &to, &[("content-range", &gap)], "x").await.gist(), "400 badRequest");
    let range = format!("bytes 40-{}/{}", MAIL.len() - 1, MAIL.len());
    let whole = send("PUT", &to, &[("content-range", &range)], rest).await;
    assert_eq!(whole.json()["labelIds"], json!(["SENT"]), "{}", whole.text);
    assert_eq!(house.sandbox.inspect(|world| world.mails[0].raw.clone()), MAIL);
    assert_eq!(send("PUT", &to, &[], rest).await.gist(), "404 notFound", "it is over");

    let begun = send("POST", path, &[], "").await.location();
    let to = format!("{}?{}", begun.path(), begun.query().expect("a query"));
    assert_eq!(send("PUT", &to, &[], MAIL).await.status, 200, "all at once");
    let wrong = send("POST", path, &[("x-upload-content-type", "image/png")], "").await;
    assert_eq!(wrong.gist(), "400 badRequest");
    let request = Request::post(path).body(Body::empty()).expect("a request");
    assert_eq!(house.send(request).await.gist(), "401 authError", "who asks is looked at first");
}

#[tokio::test]
async fn a_body_may_break_off_behind_its_head() {
    let house = House::new().await;
    house.sandbox.add_fault(rule(Fault::BrokenOff(30)));
    let request = Request::post(CUSTOMERS)
        .header("authorization", format!("Bearer {}", house.token))
        .body(Body::from(customer("acme.example").to_string()))
        .expect("a request");
    let response = house.sandbox.router().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    let length = response.headers()["content-length"].to_str().expect("text").to_owned();
    assert!(length.parse::<usize>().expect("a number") > 30, "{length}");
    let mut body = response.into_body();
    let first = body.frame().await.expect("a frame").expect("data").into_data().expect("bytes");
    assert_eq!(first.len(), 30);
    assert!(body.frame().await.expect("a frame").is_err(), "then it breaks");
    assert!(house.sandbox.inspect(|world| world.customer("acme.example").is_some()), "carried out");
}

#[tokio::test]
async fn servers_fail_with_any_status_before_or_after() {
    let house = House::new().await;
    let mut number = 0;
    let mut check = async |status: u16, applied: bool| {
        number += 1;
        let domain = format!("acme{number}.example");
        let fault =
            json!({"fault": {"server_error": {"status": status, "applied": applied}}, "times": 1});
        house.play("faults", fault).await;
        let answer = house.call("POST", CUSTOMERS, customer(&domain)).await;
        assert_eq!(answer.gist(), format!("{status} backendError"));
        let there = house.sandbox.inspect(|world| world.customer(&domain).is_some());
        assert_eq!(there, applied, "{status}");
    };
    for status in [500, 502, 503, 504] {
        check(status, false).await;
        check(status, true).await;
    }
    let wrong = json!({"fault": {"server_error": {"status": 200}}});
    assert_eq!(house.control("faults", wrong).await.status, 400);
    let nested = json!({"fault": {"later": {"after": 1, "fault": {"later": {"after": 1, "fault": "answer_lost"}}}}});
    assert_eq!(house.control("faults", nested).await.status, 400);
}

#[tokio::test]
async fn later_means_the_nth_such_call() {
    let house = House::new().await;
    let fault = json!({"fault": {"later": {"after": 2, "fault": "unauthorized"}},
        "method": "reseller.subscriptions.list", "times": 1});
    house.play("faults", fault).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        house.call("GET", &format!("{CUSTOMERS}/acme.example"), Value::Null).await;
        seen.push(house.call("GET", "/apps/reseller/v1/subscriptions", Value::Null).await.status);
    }
    assert_eq!(seen, [200, 200, 401, 200]);
}

/// Everything that a client could see of one story under every kind of fault, and what the sandbox wrote down.
async fn story(seed: u64) -> (Vec<String>, String) {
    let house = House::with(sandbox::Settings { seed, ..house::settings() }).await;
    let percent = |percent: u8, fault: Value| json!({"fault": fault, "percent": percent});
    for rule in [
        percent(50, json!({"latency": {"exponential": {"mean_ms": 300, "max_ms": 5000}}})),
        percent(30, json!({"latency": {"uniform": {"min_ms": 80, "max_ms": 400}}})),
        percent(10, json!("answer_lost")),
        percent(10, json!("refused_before")),
        percent(10, json!({"truncated_at": 25})),
        percent(10, json!({"too_many_requests": {"retry_after_s": 2}})),
        percent(10, json!({"forbidden": {"reason": "quotaExceeded"}})),
        percent(10, json!({"server_error": {"status": 503, "applied": true}})),
        percent(5, json!("html_error")),
    ] {
        house.play("faults", rule).await;
    }
    house.play("lag", json!({"customers_ms": 700, "subscriptions_ms": 700})).await;
    let mut seen = Vec::new();
    let mut see = |answer: Answer| {
        let headers: Vec<String> =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        seen.push(format!("{} {} {}", answer.status, headers.join(" "), answer.text));
    };
    for n in 0..30 {
        let domain = format!("acme{n}.example");
        see(house.call("POST", CUSTOMERS, customer(&domain)).await);
        house.sandbox.set_now_ms(house.sandbox.now_ms() + 350);
        let path = format!("{CUSTOMERS}/{domain}");
        see(house.call("GET", &path, Value::Null).await);
        let calls = [
            ("POST", format!("{path}/subscriptions"), flexible(5)),
            ("POST", format!("{path}/subscriptions?action=buy"), annual(5)),
        ];
        see(house.batch_raw("/batch", &calls).await);
    }
    let calls = house.sandbox.inspect(|world| format!("{:?}", world.calls));
    (seen, calls)
}

#[tokio::test]
async fn the_same_seed_and_calls_give_the_same_faults_and_answers() {
    let (seen, calls) = story(11).await;
    assert_eq!(story(11).await, (seen.clone(), calls.clone()));
    assert_ne!(story(12).await.0, seen);
    for fault in [
        "slow_ms",
        "answer_lost",
        "refused_before",
        "truncated_at",
        "too_many_requests",
        "server_error",
    ] {
        assert!(calls.contains(&format!("Some(\"{fault}\")")), "{fault} never played");
    }
}

#[tokio::test]
async fn a_day_has_so_many_recipients() {
    let house = House::new().await;
    let send = async |count: usize, domain: &str, gist: &str| {
        let to: Vec<String> = (0..count).map(|n| format!("u{n}@{domain}")).collect();
        let mail = format!("To: {}\r\nSubject: x\r\n\r\ny", to.join(", "));
        let body = json!({"raw": URL_SAFE.encode(mail)});
        house.expect("POST", "/gmail/v1/users/me/messages/send", body, gist).await;
    };
    send(501, "acme.example", "400 invalid").await;
    for _ in 0..6 {
        send(500, "acme.example", "200").await;
    }
    send(1, "acme.example", "429 rateLimitExceeded").await;
    send(500, "reseller.example", "200").await;
    for _ in 0..13 {
        send(500, "reseller.example", "200").await;
    }
    send(1, "reseller.example", "429 rateLimitExceeded").await;
    house.play("switches", json!({"gmail_recipients_max": 100})).await;
    send(101, "reseller.example", "400 invalid").await;
    let off = json!({"gmail_apps": false});
    house.play("customers/reseller.example/access", off).await;
    send(1, "reseller.example", "403 domainPolicy").await;
    assert!(house.sandbox.inspect(|world| world.mails.iter().all(|mail| mail.mailbox == RESELLER)));
}
