//! Sending mail. Source: google-semantics.md §5

mod house;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use house::{GMAIL, House, RESELLER, SEND};
use serde_json::{Value, json};

const SEND_PATH: &str = "/gmail/v1/users/me/messages/send";
const MAIL: &str = "From: Ada <ada@reseller.example>\r\nTo: Bob <bob@acme.example>\r\n\
    Subject: =?utf-8?Q?Willkommen=2C_Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <order-1@seatwright>\r\n\
    MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\
    \r\nYour link: https://console.example/a=\r\nbc?x=3D1\r\n";

#[tokio::test]
async fn a_mail_is_kept_with_its_text() {
    let house = House::new().await;
    for raw in [URL_SAFE.encode(MAIL), URL_SAFE_NO_PAD.encode(MAIL)] {
        let answer = house.call("POST", SEND_PATH, json!({"raw": raw})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["labelIds"], json!(["SENT"]));
        assert_eq!(answer.json()["id"], answer.json()["threadId"]);
    }
    let mail = house.sandbox.inspect(|world| world.mails[0].clone());
    assert_eq!((mail.from.as_str(), mail.mailbox.as_str()), (RESELLER, RESELLER));
    assert_eq!(mail.recipients, ["bob@acme.example"]);
    assert_eq!(mail.subject, "Willkommen, Grüße");
    assert_eq!(mail.message_id, "order-1@seatwright");
    assert!(mail.text.contains("https://console.example/abc?x=1"), "{}", mail.text);
    assert_eq!(mail.raw, MAIL);
}

#[tokio::test]
async fn a_mail_is_refused_by_googles_rules() {
    let house = House::new().await;
    let check = async |body: Value, gist: &str| {
        let answer = house.call("POST", SEND_PATH, body.clone()).await;
        assert_eq!(answer.gist(), gist, "{body}: {}", answer.text);
    };
    check(json!({}), "400 invalid").await;
    check(json!({"raw": ""}), "400 invalid").await;
    check(json!({"raw": "***"}), "400 invalid").await;
    check(json!({"raw": URL_SAFE.encode("Subject: x\r\n\r\nnobody")}), "400 invalid").await;
    check(json!({"raw": URL_SAFE.encode("To: nobody\r\n\r\nx")}), "400 invalid").await;
    check(json!({"raw": URL_SAFE.encode(MAIL), "to": "x"}), "400 invalid").await;
    assert_eq!(house.sandbox.inspect(|world| world.mails.len()), 0);
}

#[tokio::test]
async fn another_sender_is_rewritten() {
    let house = House::new().await;
    let raw = URL_SAFE.encode(MAIL.replace("ada@reseller", "boss@elsewhere"));
    assert_eq!(house.call("POST", SEND_PATH, json!({"raw": raw})).await.status, 200);
    assert_eq!(house.sandbox.inspect(|world| world.mails[0].from.clone()), RESELLER);
}

#[tokio::test]
async fn the_profile_needs_more_than_the_right_to_send() {
    let house = House::new().await;
    let path = "/gmail/v1/users/me/profile";
    let send = house.token_of(RESELLER, &[SEND]).await;
    let read = house.token_of(RESELLER, &[GMAIL]).await;
    let refused = house.call_as(&send, "GET", path, Value::Null).await;
    assert_eq!(refused.gist(), "403 insufficientPermissions");
    let shown = house.call_as(&read, "GET", path, Value::Null).await;
    assert_eq!(shown.json()["emailAddress"], RESELLER);
    let other = "/gmail/v1/users/bob@rival.example/profile";
    assert_eq!(house.call_as(&read, "GET", other, Value::Null).await.gist(), "403 forbidden");
    let sent = house.call_as(&read, "POST", SEND_PATH, json!({"raw": URL_SAFE.encode(MAIL)})).await;
    assert_eq!(sent.gist(), "403 insufficientPermissions");
}

#[tokio::test]
async fn a_mailbox_sends_two_thousand_a_day() {
    let house = House::new().await;
    let body = json!({"raw": URL_SAFE.encode(MAIL)});
    assert_eq!(house.call("POST", SEND_PATH, body.clone()).await.status, 200);
    house.sandbox.alter(|world| {
        let mail = world.mails[0].clone();
        world.mails.extend(std::iter::repeat_n(mail, 1999));
    });
    let refused = house.call("POST", SEND_PATH, body).await;
    assert_eq!(refused.gist(), "429 rateLimitExceeded");
    assert!(refused.text.contains("(Mail sending)"));
}
