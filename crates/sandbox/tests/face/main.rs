//! The face: its pages as a browser gets them, what their forms do as the APIs see it, and what they never let through.
//! Here: how a visitor opens a page and sends a form.

mod deeds;
#[path = "../house/mod.rs"]
mod house;
mod pages;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use house::{Answer, House, RESELLER};
use serde_json::json;

const SECTIONS: [&str; 6] = [
    "/",
    "/sandbox/customers",
    "/sandbox/mails",
    "/sandbox/calls",
    "/sandbox/accounts",
    "/sandbox/faults",
];

/// The page at this path, which has to be there.
async fn page(house: &House, path: &str) -> String {
    let answer = house.open(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

/// Sends a form that has to succeed; gives where the browser is sent.
async fn play(house: &House, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = house.form(path, fields).await;
    assert_eq!(answer.status, 303, "{path} {fields:?}: {}", faults(&answer));
    let location = answer.headers["location"].to_str().expect("text").to_owned();
    let base = url::Url::parse("http://sandbox.example").expect("a URL");
    let to = base.join(path).and_then(|from| from.join(&location)).expect("an address");
    let next = page(house, &to[url::Position::BeforePath..url::Position::AfterQuery]).await;
    assert!(next.contains("role=\"status\""), "{path} {fields:?} says nothing");
    to.path().to_owned()
}

/// Sends a form that has to be refused with this status; gives the page.
async fn refused(house: &House, path: &str, fields: &[(&str, &str)], status: u16) -> String {
    let answer = house.form(path, fields).await;
    assert_eq!(answer.status, status, "{path} {fields:?}: {}", faults(&answer));
    assert!(answer.text.contains("role=\"alert\""), "{path} {fields:?}");
    answer.text
}

fn faults(answer: &Answer) -> String {
    let parts = answer.text.split("class=\"fault\"").skip(1);
    parts.map(|part| part.split('<').next().unwrap_or_default()).collect()
}

/// A mail with both parts, sent as the reseller.
async fn send(house: &House, subject: &str, html: &str) -> String {
    let text = format!(
        "From: {RESELLER}\r\nTo: admin@acme.example\r\nSubject: {subject}\r\nMessage-ID: <1@reseller.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\
         \r\nGood day & welcome.\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
    );
    let body = json!({"raw": URL_SAFE.encode(text)});
    let sent = house.expect("POST", "/gmail/v1/users/me/messages/send", body, "200").await;
    sent["id"].as_str().expect("an id").to_owned()
}
