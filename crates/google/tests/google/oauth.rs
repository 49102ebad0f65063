//! Code exchange and revocation: the form that is sent, and what each answer means.

use crate::fake::{House, Reply, START, client, no_answer, not_sent, reply};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::secret::ExposeSecret;
use google::{AccountIdentity, TokenAnswer, TokenError};

async fn exchange(house: &mut House) -> Result<TokenAnswer, TokenError> {
    let code = "4/0abc".to_owned().into();
    let verifier = "v".repeat(43).into();
    let redirect = "https://seatwright.example/Setup/Callback.aspx/Done";
    house.google.exchange_code(&client(), &code, &verifier, redirect, &mut house.log).await
}

async fn revoke(house: &mut House) -> Result<(), TokenError> {
    house.google.revoke(&"rt-1&x".to_owned().into(), &mut house.log).await
}

fn id_token(claims: &str) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

fn granted(id_token: &str) -> Reply {
    reply(
        200,
        &format!(
            r#"{{"access_token":"ya29.x","expires_in":3599,"refresh_token":"1//0x",
            "scope":"openid https://www.googleapis.com/auth/apps.order","token_type":"Bearer",
            "id_token":"{id_token}","refresh_token_expires_in":604799}}"#
        ),
    )
}

#[tokio::test]
async fn a_code_is_exchanged_by_a_form_with_the_secret_in_it() {
    let claims = r#"{"iss":"https://accounts.google.com","aud":"client-1","sub":"1179","email":"sales@reseller.example"}"#;
    let mut house = House::without_token(vec![granted(&id_token(claims))]);
    let answer = exchange(&mut house).await.unwrap();
    assert_eq!(answer.access_token.expose_secret(), "ya29.x");
    assert_eq!(answer.refresh_token.unwrap().expose_secret(), "1//0x");
    assert_eq!(answer.expires_at.0, START + 3_599_000);
    let scopes: Vec<&str> = answer.scopes.iter().map(String::as_str).collect();
    assert_eq!(scopes, ["https://www.googleapis.com/auth/apps.order", "openid"]);
    let identity =
        AccountIdentity { email: "sales@reseller.example".into(), subject: "1179".into() };
    assert_eq!(answer.account, Some(identity));

    let sent = &house.sent()[0];
    assert_eq!(sent.line, "POST /token");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(sent.header("authorization"), "");
    let mut form: Vec<(String, String)> =
        url::form_urlencoded::parse(sent.body.as_bytes()).into_owned().collect();
    form.sort();
    let expected = [
        ("client_id", "client-1"),
        ("client_secret", "hush & hush"),
        ("code", "4/0abc"),
        ("code_verifier", "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"),
        ("grant_type", "authorization_code"),
        ("redirect_uri", "https://seatwright.example/Setup/Callback.aspx/Done"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(house.logged(), ["oauth.token 200"]);
}

#[tokio::test]
async fn an_id_token_for_another_client_or_in_pieces_tells_no_account() {
    for token in [
        id_token(r#"{"aud":"client-2","sub":"1","email":"a@b.example"}"#),
        id_token(r#"{"sub":"1","email":"a@b.example"}"#),
        id_token(r#"{"aud":"client-1","sub":"1"}"#),
        id_token("not json"),
        "garbage".to_owned(),
        String::new(),
    ] {
        let mut house = House::without_token(vec![granted(&token)]);
        assert_eq!(exchange(&mut house).await.unwrap().account, None, "{token}");
    }
    let listed = id_token(r#"{"aud":["x","client-1"],"sub":"1","email":"a@b.example"}"#);
    let mut house = House::without_token(vec![granted(&listed)]);
    assert!(exchange(&mut house).await.unwrap().account.is_some());
}

#[tokio::test]
async fn without_scope_and_lifetime_an_answer_is_still_read() {
    let answer = reply(200, r#"{"access_token":"x","token_type":"Bearer"}"#);
    let mut house = House::without_token(vec![answer]);
    let answer = exchange(&mut house).await.unwrap();
    assert_eq!((answer.scopes.len(), answer.refresh_token.is_none()), (0, true));
    assert_eq!(answer.expires_at.0, START + 3_600_000);
}

fn word(error: &TokenError) -> String {
    match error {
        TokenError::WrongSecret => "wrong_secret".into(),
        TokenError::InvalidGrant { description } => format!("invalid_grant {description}"),
        TokenError::RedirectMismatch => "redirect_mismatch".into(),
        TokenError::Refused { error, .. } => format!("refused {error}"),
        TokenError::NotApplied { .. } => "not_applied".into(),
        TokenError::Unsure { .. } => "unsure".into(),
    }
}

#[tokio::test]
async fn what_a_failed_exchange_means() {
    let flat = |status, error: &str| {
        reply(status, &format!(r#"{{"error":"{error}","error_description":"Bad Request"}}"#))
    };
    for (answer, expected) in [
        (flat(401, "invalid_client"), "wrong_secret"),
        (flat(400, "invalid_grant"), "invalid_grant Bad Request"),
        (flat(400, "redirect_uri_mismatch"), "redirect_mismatch"),
        (flat(400, "invalid_request"), "refused invalid_request"),
        (flat(400, "unsupported_grant_type"), "refused unsupported_grant_type"),
        (reply(404, "<html>Not here</html>"), "refused http_404"),
        (reply(400, ""), "refused http_400"),
        (flat(429, "slow_down"), "not_applied"),
        (flat(500, "server_error"), "unsure"),
        (reply(502, "<html>"), "unsure"),
        (reply(200, "{\"access_token\":"), "unsure"),
        (reply(200, "<html>"), "unsure"),
        (reply(200, ""), "unsure"),
        (flat(204, "invalid_grant"), "unsure"),
        (reply(200, r#"{"access_token":"x","token_type":"Bearer"}}"#), "unsure"),
        (no_answer(), "unsure"),
        (not_sent(), "not_applied"),
    ] {
        let mut house = House::without_token(vec![answer]);
        let error = exchange(&mut house).await.unwrap_err();
        assert_eq!(word(&error), expected, "{:?}", house.logged());
        assert_eq!(house.log.len(), 1);
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn revoking_twice_is_fine() {
    let invalid = r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#;
    for answer in [reply(200, "{}"), reply(200, ""), reply(400, invalid)] {
        let mut house = House::without_token(vec![answer]);
        assert_eq!(revoke(&mut house).await, Ok(()));
        let sent = &house.sent()[0];
        assert_eq!((sent.line.as_str(), sent.body.as_str()), ("POST /revoke", "token=rt-1%26x"));
        assert!(house.logged()[0].starts_with("oauth.revoke"));
    }
    for (answer, expected) in [
        (reply(400, r#"{"error":"invalid_request"}"#), "refused invalid_request"),
        (reply(503, ""), "unsure"),
        (not_sent(), "not_applied"),
        (no_answer(), "unsure"),
    ] {
        let mut house = House::without_token(vec![answer]);
        assert_eq!(word(&revoke(&mut house).await.unwrap_err()), expected);
    }
}
