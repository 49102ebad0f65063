//! What pages show, to whom they show it, and that nothing in them comes alive.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use http::Request;
use sandbox::Settings;
use serde_json::json;

use crate::house::{House, PASSWORD, RESELLER, annual, customer, flexible, settings, with};
use crate::{SECTIONS, page, play, refused, send};

const HOSTILE: &str = "<script>alert(\"1\")</script>";
/// A customer with an administrator, a subscription, a mail and a fault rule; its id and the subscription's.
async fn furnished(house: &House) -> (String, String) {
    let id = house.ready_customer("acme.example").await;
    let subscription = house.subscription(&id, annual(10)).await;
    send(house, "Welcome", "<p>Good day</p>").await;
    let rule = json!({"fault": "answer_lost", "method": "reseller.subscriptions.insert"});
    house.play("faults", rule).await;
    (id, subscription)
}

/// Every kind of page there is.
async fn all_pages(house: &House, id: &str) -> Vec<(String, String)> {
    let user =
        house.sandbox.inspect(|world| world.user("admin@acme.example").expect("a user").id.clone());
    let mail = house.sandbox.inspect(|world| world.mails[0].id.clone());
    let of_one = [
        format!("/sandbox/customers/{id}"),
        format!("/sandbox/users/{user}"),
        format!("/sandbox/mails/{mail}"),
    ];
    let mut pages = Vec::new();
    for path in SECTIONS.iter().map(|path| (*path).to_owned()).chain(of_one) {
        let text = page(house, &path).await;
        pages.push((path, text));
    }
    pages
}

#[tokio::test]
async fn every_page_says_what_it_is_and_may_do_nothing_but_its_forms() {
    let house = House::new().await;
    let (id, _) = furnished(&house).await;
    for (path, text) in all_pages(&house, &id).await {
        assert!(text.contains("<strong>Seatwright sandbox, not Google.</strong>"), "{path}");
        assert_eq!(text.matches("<h1>").count(), 1, "{path}");
        assert_eq!(text.matches("aria-current=\"page\"").count(), 1, "{path}");
        assert!(text.contains("<html lang=\"en\">") && text.contains("href=\"#main\""), "{path}");
        assert!(!text.contains("<script"), "{path}");
        assert!(!text.contains(" style=\"") && !text.contains(" onclick"), "{path}");
        let headers = house.open(&path).await.headers;
        let policy = headers["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        // Not no-referrer: forms would then carry `Origin: null`.
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
    }
}

#[tokio::test]
async fn pages_show_the_world() {
    let house = House::new().await;
    let (id, subscription) = furnished(&house).await;
    let all = all_pages(&house, &id).await;
    let expected: [(&str, &[&str]); 9] = [
        (
            "/",
            &["2026-09-21 14:13:20 UTC", "the term ends", "Carried out, but the answer gets lost"],
        ),
        ("/sandbox/customers", &["acme.example", "Acme Ltd", "reseller.example", "Accepted"]),
        ("/sandbox/mails", &["Welcome", RESELLER, "admin@acme.example"]),
        ("/sandbox/calls", &["reseller.subscriptions.insert", "oauth.token", ">200<"]),
        ("/sandbox/accounts", &[RESELLER, "client-1", "admin.directory.user", "Gmail API"]),
        ("/sandbox/faults", &["reseller.subscriptions.insert", "Remove"]),
        (
            "/sandbox/customers/",
            &[&subscription, "10 bought", "Business Standard", "Ada Byron", "(in 365 days)"],
        ),
        ("/sandbox/users/", &["Administrator", "Make an ordinary user", "Business Standard"]),
        ("/sandbox/mails/", &["Good day &#38; welcome.", "<iframe sandbox ", "1@reseller.example"]),
    ];
    for ((path, text), (known, parts)) in all.iter().zip(expected) {
        assert!(path.starts_with(known), "{path} {known}");
        let missing = parts.iter().find(|part| !text.contains(**part));
        assert_eq!(missing, None, "{path}: {text}");
    }
}

#[tokio::test]
async fn an_empty_world_says_how_to_fill_it() {
    let house = House::new().await;
    house.sandbox.alter(|world| world.calls.clear());
    let house = House { sandbox: sandbox::Sandbox::new(Settings::default()), ..house };
    let said = [
        ("/", "Nobody has called yet"),
        ("/sandbox/customers", "No customers yet"),
        ("/sandbox/mails", "No mails yet"),
        ("/sandbox/calls", "Nobody has called yet"),
        ("/sandbox/accounts", "nobody can give consent"),
        ("/sandbox/faults", "None: calls go well."),
    ];
    for (path, words) in said {
        assert!(page(&house, path).await.contains(words), "{path}");
    }
}

#[tokio::test]
async fn no_page_shows_a_secret() {
    let house = House::new().await;
    let (id, subscription) = furnished(&house).await;
    let path = format!("/sandbox/customers/{id}");
    play(&house, &path, &[("do", "change_seats"), ("of", &subscription), ("seats", "12")]).await;
    let mut secrets: Vec<String> = house.sandbox.inspect(|world| {
        let hashes = world.users.values().map(|user| user.password_sha256.clone());
        world
            .refresh_tokens
            .keys()
            .chain(world.access_tokens.keys())
            .chain(world.codes.keys())
            .chain(world.sign_ins.keys())
            .cloned()
            .chain(hashes)
            .collect()
    });
    secrets.extend(["secret of client-1", PASSWORD, "a long password"].map(str::to_owned));
    assert!(secrets.len() > 6);
    for (path, text) in all_pages(&house, &id).await {
        let shown = secrets.iter().find(|secret| text.contains(secret.as_str()));
        assert_eq!(shown, None, "{path}");
    }
}

#[tokio::test]
async fn passwords_stand_there_only_where_the_sign_in_page_shows_them_too() {
    let house = House::with(Settings { show_passwords: true, ..settings() }).await;
    assert!(page(&house, "/sandbox/accounts").await.contains(PASSWORD));
    house.play("users/password", json!({"email": RESELLER, "password": "quite another one"})).await;
    let text = page(&house, "/sandbox/accounts").await;
    assert!(!text.contains(PASSWORD) && !text.contains("quite another one"));
}

#[tokio::test]
async fn hostile_values_stay_text() {
    let house = House::new().await;
    let body = with(customer("acme.example"), "/postalAddress/organizationName", json!(HOSTILE));
    let body = with(body, "/postalAddress/contactName", json!(HOSTILE));
    let body = house.expect("POST", "/apps/reseller/v1/customers", body, "200").await;
    let id = body["customerId"].as_str().expect("an id");
    house.user("admin@acme.example").await;
    house.sandbox.alter(|world| {
        let user = world.users.get_mut("admin@acme.example").expect("a user");
        user.given_name = HOSTILE.to_owned();
    });
    let order = with(flexible(5), "/purchaseOrderId", json!(HOSTILE));
    house.subscription(id, order).await;
    send(&house, HOSTILE, HOSTILE).await;
    house.play("dns", json!({"host": "acme.example", "record": format!("TXT {HOSTILE}")})).await;
    let rule =
        json!({"fault": {"forbidden": {"reason": HOSTILE}}, "customer": HOSTILE, "times": 1});
    house.play("faults", rule).await;
    house.call("GET", "/apps/reseller/v1/customers/%3Cscript%3E", json!(null)).await;
    let mut pages = all_pages(&house, id).await;
    for path in [
        "/sandbox/customers?q=",
        "/sandbox/mails?q=",
        "/sandbox/calls?customer=",
        "/sandbox/calls?method=",
    ] {
        let path = format!("{path}%3Cscript%3Ealert(%221%22)%3C/script%3E");
        pages.push((path.clone(), page(&house, &path).await));
    }
    let escaped = HOSTILE.replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
    for (path, text) in &pages {
        assert!(!text.contains("<script"), "{path}");
        let shows = !matches!(path.as_str(), "/" | "/sandbox/accounts");
        assert!(!shows || text.contains(&escaped) || text.contains("&#60;script&#62;"), "{path}");
    }
    let tried = [("do", "add_customer"), ("domain", HOSTILE), ("country", "\"><b>")];
    let text = refused(&house, "/sandbox/customers", &tried, 400).await;
    assert!(text.contains("&#34;&#62;&#60;b&#62;") && !text.contains("<b>"), "{text}");
    // A link can't put words into our mouth.
    for word in ["all+is+lost", "%3Cscript%3E"] {
        assert!(!page(&house, &format!("/?done={word}")).await.contains("role=\"status\""));
    }
    let answer = house.open("/sandbox/%3Cscript%3E").await;
    assert!(answer.status == 404 && !answer.text.contains("<script"));
}

#[tokio::test]
async fn a_mail_is_rendered_where_it_can_do_nothing() {
    let house = House::new().await;
    house.ready_customer("acme.example").await;
    let id = send(&house, "Welcome", "<p>Good day</p><script>alert(1)</script>").await;
    let answer = house.open(&format!("/sandbox/mails/{id}/html")).await;
    assert_eq!((answer.status, answer.text.contains("<p>Good day</p>")), (200, true));
    let policy = answer.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("sandbox; default-src 'none'; "), "{policy}");
    assert!(!policy.contains("allow-") && !policy.contains("script-src"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"));
    assert_eq!(answer.headers["x-frame-options"], "SAMEORIGIN");
    let text = page(&house, &format!("/sandbox/mails/{id}")).await;
    let frame = text.split("<iframe").nth(1).and_then(|rest| rest.split('>').next());
    let frame = frame.expect("a frame");
    assert!(frame.starts_with(" sandbox title=") && !frame.contains("allow"), "{frame}");
    let headers = house.open(&format!("/sandbox/mails/{id}")).await.headers;
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-src 'self'"), "{policy}");
}

#[tokio::test]
async fn pictures_come_with_the_mail_and_text_alone_has_no_frame() {
    let house = House::new().await;
    let plain =
        format!("From: {RESELLER}\r\nTo: a@b.example\r\nSubject: Plain\r\n\r\nText alone.\r\n");
    let related = format!(
        "From: {RESELLER}\r\nTo: a@b.example\r\nSubject: Rich\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
         <img src=\"cid:logo\">\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n"
    );
    let mut ids = Vec::new();
    for raw in [plain, related] {
        let body = json!({"raw": URL_SAFE.encode(raw)});
        let sent = house.expect("POST", "/gmail/v1/users/me/messages/send", body, "200").await;
        ids.push(sent["id"].as_str().expect("an id").to_owned());
    }
    let text = page(&house, &format!("/sandbox/mails/{}", ids[0])).await;
    assert!(!text.contains("<iframe") && text.contains("Text alone."));
    assert_eq!(house.open(&format!("/sandbox/mails/{}/html", ids[0])).await.status, 404);
    let html = house.open(&format!("/sandbox/mails/{}/html", ids[1])).await.text;
    assert!(html.contains("<img src=\"data:image/png;base64,AAEC\">"), "{html}");
}

#[tokio::test]
async fn lists_are_paged_searched_and_filtered() {
    let house = House::new().await;
    for number in 0..60 {
        let new = json!({"domain": format!("c{number:02}.example"), "organization": format!("Number {number}")});
        house.play("customers", new).await;
    }
    let text = page(&house, "/sandbox/customers").await;
    assert!(text.contains("1 to 50 of 63 customers") && text.contains("c00.example"));
    assert!(!text.contains("c55.example") && text.contains("href=\"?page=2\""));
    assert!(page(&house, "/sandbox/customers?page=2").await.contains("c55.example"));
    let found = page(&house, "/sandbox/customers?q=NUMBER%2017").await;
    assert!(found.contains("c17.example") && !found.contains("c18.example"));
    assert!(page(&house, "/sandbox/customers?q=nobody").await.contains("Nobody is called that"));
    for _ in 0..55 {
        house.call("GET", "/apps/reseller/v1/customers/c01.example", json!(null)).await;
    }
    let of_one = page(&house, "/sandbox/calls?customer=c01.example").await;
    assert!(
        of_one.contains("1 to 50 of 55 calls")
            && of_one.contains("?customer=c01.example&#38;page=2")
    );
    assert!(page(&house, "/sandbox/calls?customer=c02.example").await.contains("No such calls"));
    let tokens = page(&house, "/sandbox/calls?method=oauth.token").await;
    assert!(tokens.contains("1 calls") || tokens.contains("1 call"), "{tokens}");
}

#[tokio::test]
async fn what_is_not_there_has_a_page_with_a_way_back() {
    let house = House::new().await;
    let paths = [
        "/sandbox",
        "/sandbox/nothing",
        "/sandbox/customers/C0none",
        "/sandbox/users/1",
        "/sandbox/mails/x",
        "/sandbox/mails/x/html",
    ];
    for path in paths {
        let answer = house.open(path).await;
        assert_eq!(answer.status, 404, "{path}");
        let root = if path == "/sandbox" {
            "./".to_owned()
        } else {
            "../".repeat(path.matches('/').count() - 1)
        };
        assert!(
            answer
                .text
                .contains(&format!("<a class=\"button\" href=\"{root}\">Go to the overview</a>")),
            "{path}"
        );
        assert!(answer.text.contains("not Google"), "{path}");
    }
    for path in ["/sandbox/customers/C0none", "/sandbox/users/1"] {
        assert_eq!(house.form(path, &[("do", "accept_terms")]).await.status, 404, "{path}");
    }
    for path in SECTIONS.iter().filter(|path| !path.ends_with("mails") && !path.ends_with("calls"))
    {
        assert_eq!(house.form(path, &[("do", "nothing")]).await.status, 400, "{path}");
    }
    let garbage =
        Request::post("/sandbox/faults").body(Body::from("do=clear_faults")).expect("a request");
    assert_eq!(house.send(garbage).await.status, 415);
    let control = house.open("/sandbox/v1/nothing").await;
    assert!(control.status == 404 && !control.text.contains("not Google"));
}
