//! Codes, refresh tokens and their ends. Source: google-semantics.md §1.3, §1.4, §1.6

mod house;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use house::{GMAIL, House, ORDER, RESELLER, SEND, START_MS, USER, code_form, link, parameter, set};
use http::Request;
use sandbox::{Api, ConsentAnswer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

const DAY_MS: i64 = 86_400_000;
const VERIFIER: &str = "0123456789012345678901234567890123456789abc";

fn code(house: &House, scopes: &str, more: &[(&str, &str)]) -> String {
    let link = link(scopes, more);
    let back = house.sandbox.consent(&link, RESELLER, &ConsentAnswer::AllowAll).expect("back");
    parameter(&Url::parse(&back).expect("a URL"), "code").expect("a code")
}

async fn refresh(house: &House, token: &str) -> house::Answer {
    let form = [
        ("client_id", "client-1"),
        ("client_secret", "secret of client-1"),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    house.form("/token", &form).await
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_code_becomes_tokens_once() {
    let house = House::new().await;
    let asked = [("access_type", "offline"), ("prompt", "consent"), ("nonce", "n-1")];
    let code = code(&house, &format!("openid email {ORDER}"), &asked);
    assert!(code.starts_with("4/0"));
    let answer = house.form("/token", &code_form(&code, &[])).await;
    let tokens = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(3599)));
    assert_eq!(
        tokens["scope"],
        format!("{ORDER} https://www.googleapis.com/auth/userinfo.email openid")
    );
    assert!(text(&tokens, "access_token").starts_with("ya29."));
    assert!(text(&tokens, "refresh_token").starts_with("1//"));
    let id_token = text(&tokens, "id_token");
    let claims =
        URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).expect("claims")).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["iss"], "https://accounts.google.com");
    assert_eq!(claims["aud"], "client-1");
    assert_eq!(claims["sub"], "100000000000000000001");
    assert_eq!((&claims["email"], &claims["hd"]), (&json!(RESELLER), &json!("reseller.example")));
    assert_eq!((&claims["nonce"], &claims["email_verified"]), (&json!("n-1"), &json!(true)));
    assert_eq!(claims["iat"], START_MS / 1000);

    assert_eq!(house.form("/token", &code_form(&code, &[])).await.gist(), "400 invalid_grant");
}

#[tokio::test]
async fn a_code_is_refused_with_googles_words() {
    let house = House::new().await;
    let check = async |more: &[(&str, &str)], gist: &str| {
        let code = code(&house, ORDER, &[("prompt", "consent")]);
        let answer = house.form("/token", &code_form(&code, more)).await;
        assert_eq!(answer.gist(), gist, "{more:?}: {}", answer.text);
        assert!(answer.json()["error_description"].is_string());
    };
    check(&[("code", "4/0wrong")], "400 invalid_grant").await;
    check(&[("code", "")], "400 invalid_request").await;
    check(&[("client_secret", "wrong")], "401 invalid_client").await;
    check(&[("client_secret", "")], "400 invalid_request").await;
    check(&[("client_id", "nobody")], "401 invalid_client").await;
    check(&[("client_id", "")], "400 invalid_request").await;
    check(&[("redirect_uri", "https://console.example/back")], "400 redirect_uri_mismatch").await;
    check(&[("grant_type", "password")], "400 unsupported_grant_type").await;
    check(&[("grant_type", "")], "400 invalid_request").await;
    check(
        &[("client_id", "client-2"), ("client_secret", "secret of client-2")],
        "400 invalid_grant",
    )
    .await;

    let old = code(&house, ORDER, &[("prompt", "consent")]);
    house.sandbox.set_now_ms(START_MS + 600_000);
    assert_eq!(house.form("/token", &code_form(&old, &[])).await.gist(), "400 invalid_grant");
}

#[tokio::test]
async fn pkce_is_held() {
    let house = House::new().await;
    let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let check = async |asked: &[(&str, &str)], verifier: &str, gist: &str| {
        let code = code(&house, ORDER, asked);
        let answer = house.form("/token", &code_form(&code, &[("code_verifier", verifier)])).await;
        assert_eq!(answer.gist(), gist, "{asked:?} {verifier}");
    };
    let s256 = [("code_challenge", hashed.as_str()), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER)];
    check(&s256, VERIFIER, "200").await;
    check(&s256, &hashed, "400 invalid_grant").await;
    check(&s256, "", "400 invalid_grant").await;
    check(&plain, VERIFIER, "200").await;
    check(&plain, &hashed, "400 invalid_grant").await;
}

#[tokio::test]
async fn the_secret_may_come_in_the_header() {
    let house = House::new().await;
    let code = code(&house, ORDER, &[("prompt", "consent")]);
    let check = async |secret: &str, gist: &str| {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(code_form(&code, &[]).into_iter().skip(2))
            .finish();
        let basic = STANDARD.encode(format!("client-1:{secret}"));
        let request = Request::post("/token")
            .header("authorization", format!("Basic {basic}"))
            .body(form.into())
            .expect("a request");
        assert_eq!(house.send(request).await.gist(), gist);
    };
    check("wrong", "401 invalid_client").await;
    check("secret+of+client-1", "200").await;
}

#[tokio::test]
async fn refresh_tokens_live_until_something_ends_them() {
    let dead = "400 invalid_grant";
    let check = async |scopes: &[&str], end: &dyn Fn(&House, &Value), gist: &str| {
        let house = House::new().await;
        let tokens = house.tokens_of(RESELLER, scopes).await;
        end(&house, &tokens);
        let answer = refresh(&house, &text(&tokens, "refresh_token")).await;
        assert_eq!(answer.gist(), gist, "{}", answer.text);
        if answer.status == 200 {
            assert_eq!(answer.json().get("refresh_token"), None);
        }
    };
    let wait = |days: i64| {
        move |house: &House, _: &Value| house.sandbox.set_now_ms(START_MS + days * DAY_MS)
    };
    check(&[ORDER], &|_, _| (), "200").await;
    check(&[ORDER], &wait(182), "200").await;
    check(&[ORDER], &wait(183), dead).await;
    check(
        &[ORDER],
        &|house, _| house.sandbox.revoke_consent(RESELLER, None).expect("a user"),
        dead,
    )
    .await;
    check(
        &[ORDER],
        &|house, _| house.sandbox.change_password(RESELLER, "new password").expect("a user"),
        "200",
    )
    .await;
    check(
        &[ORDER, SEND],
        &|house, _| house.sandbox.change_password(RESELLER, "new password").expect("a user"),
        dead,
    )
    .await;
    check(
        &[ORDER],
        &|house, _| house.sandbox.restrict_scopes("C0reseller", set(&[ORDER])).expect("a customer"),
        "400 admin_policy_enforced",
    )
    .await;
    let testing = |house: &House, days: i64| {
        house.sandbox.alter_client("client-1", |client| client.testing = true).expect("a client");
        house.sandbox.set_now_ms(START_MS + days * DAY_MS);
    };
    check(&[ORDER], &|house, _| testing(house, 6), "200").await;
    check(&[ORDER], &|house, _| testing(house, 7), dead).await;
    check(&["openid", "email"], &|house, _| testing(house, 7), "200").await;
    check(
        &[ORDER],
        &|house, _| house.sandbox.alter(|world| drop(world.users.remove(RESELLER))),
        dead,
    )
    .await;
}

#[tokio::test]
async fn the_hundred_and_first_refresh_token_pushes_the_first_one_out() {
    let house = House::new().await;
    let first = text(&house.tokens_of(RESELLER, &[ORDER]).await, "refresh_token");
    let second = text(&house.tokens_of(RESELLER, &[ORDER]).await, "refresh_token");
    for _ in 0..99 {
        house.tokens_of(RESELLER, &[ORDER]).await;
    }
    assert_eq!(refresh(&house, &first).await.gist(), "400 invalid_grant");
    assert_eq!(refresh(&house, &second).await.gist(), "200");
    assert_eq!(house.sandbox.inspect(|world| world.refresh_tokens.len()), 100);
}

#[tokio::test]
async fn revoking_either_token_ends_both_and_the_grant() {
    for which in ["access_token", "refresh_token"] {
        let house = House::new().await;
        let tokens = house.tokens_of(RESELLER, &[ORDER, USER]).await;
        let answer = house.form("/revoke", &[("token", &text(&tokens, which))]).await;
        assert_eq!(answer.status, 200, "{which}");
        assert_eq!(
            refresh(&house, &text(&tokens, "refresh_token")).await.gist(),
            "400 invalid_grant"
        );
        let access = text(&tokens, "access_token");
        let path = "/apps/reseller/v1/subscriptions";
        assert_eq!(house.call_as(&access, "GET", path, Value::Null).await.gist(), "401 authError");
        assert!(house.sandbox.inspect(|world| world.grants.is_empty()));
        let again = house.form("/revoke", &[("token", &text(&tokens, which))]).await;
        assert_eq!(again.gist(), "400 invalid_token");
    }
}

#[tokio::test]
async fn token_info_tells_what_an_access_token_is_worth() {
    let house = House::new().await;
    let info = house.open(&format!("/tokeninfo?access_token={}", house.token)).await.json();
    assert_eq!((&info["aud"], &info["email"]), (&json!("client-1"), &json!(RESELLER)));
    assert_eq!(info["expires_in"], "3600");
    let request =
        Request::post("/tokeninfo").header("authorization", format!("Bearer {}", house.token));
    let by_header = house.send(request.body("".into()).expect("a request")).await;
    assert_eq!(by_header.json(), info, "as Google's Node.js client asks: an empty POST");
    let wrong = Request::post("/tokeninfo").header("authorization", "Bearer x");
    let wrong = house.send(wrong.body("".into()).expect("a request")).await;
    assert_eq!(wrong.gist(), "400 invalid_token");
    assert_eq!(house.open("/tokeninfo?access_token=x").await.gist(), "400 invalid_token");
    assert_eq!(house.open("/tokeninfo").await.gist(), "400 invalid_request");
}

#[tokio::test]
async fn a_token_tells_who_signed_in_as_far_as_its_scopes_go() {
    let house = House::new().await;
    let tokens = house.tokens_of(RESELLER, &["openid", "email", ORDER]).await;
    let (access, id_token) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
    let of_id = house.open(&format!("/tokeninfo?id_token={id_token}")).await.json();
    assert_eq!((&of_id["aud"], &of_id["alg"]), (&json!("client-1"), &json!("none")));
    assert_eq!(of_id["email_verified"], "true", "every claim is a text");
    assert_eq!(house.open("/tokeninfo?id_token=x.y.z").await.gist(), "400 invalid_token");

    let old = house.open(&format!("/oauth2/v2/tokeninfo?access_token={access}")).await.json();
    assert_eq!((&old["audience"], &old["expires_in"]), (&json!("client-1"), &json!(3600)));
    assert_eq!((&old["verified_email"], &old["email"]), (&json!(true), &json!(RESELLER)));

    let info = house.call_as(&access, "GET", "/v1/userinfo", Value::Null).await.json();
    assert_eq!((&info["sub"], &info["email"]), (&json!("100000000000000000001"), &json!(RESELLER)));
    assert_eq!((&info["hd"], info.get("name")), (&json!("reseller.example"), None), "no profile");
    for path in ["/oauth2/v2/userinfo", "/userinfo/v2/me"] {
        let info = house.call_as(&access, "GET", path, Value::Null).await.json();
        assert_eq!(info["id"], "100000000000000000001", "{path}");
    }
    let check = async |token: &str, gist: &str| {
        let answer = house.call_as(token, "GET", "/v1/userinfo", Value::Null).await;
        assert_eq!(answer.gist(), gist);
    };
    check("x", "401 invalid_request").await;
    check(&house.token, "403 insufficient_scope").await;

    let known = house.open("/.well-known/openid-configuration").await.json();
    assert_eq!(known["issuer"], "https://accounts.google.com");
    assert_eq!(known["token_endpoint"], "http://sandbox.example/token");
    house.sandbox.set_now_ms(START_MS + 3_600_000);
    assert_eq!(
        house.open(&format!("/tokeninfo?id_token={id_token}")).await.gist(),
        "400 invalid_token"
    );
}

#[tokio::test]
async fn calls_need_a_live_token_then_the_scope_then_the_api() {
    let house = House::new().await;
    let path = "/apps/reseller/v1/subscriptions";
    let only_mail = house.token_of(RESELLER, &[SEND, GMAIL]).await;
    let check = async |token: &str, gist: &str| {
        assert_eq!(house.call_as(token, "GET", path, Value::Null).await.gist(), gist);
    };
    check("", "401 authError").await;
    check("ya29.wrong", "401 authError").await;
    check(&house.token, "200").await;
    check(&only_mail, "403 insufficientPermissions").await;
    house.sandbox.set_api("client-1", Api::Reseller, false).expect("a client");
    check(&house.token, "403 accessNotConfigured").await;
    check(&only_mail, "403 insufficientPermissions").await;

    let disabled = house.call("GET", path, Value::Null).await.json();
    let info = disabled["error"]["details"]
        .as_array()
        .and_then(|details| details.iter().find(|it| it["reason"] == "SERVICE_DISABLED"))
        .expect("ErrorInfo");
    assert_eq!(info["metadata"]["service"], "reseller.googleapis.com");
    assert_eq!(info["metadata"]["consumer"], "projects/111");
    let missing = house.call_as(&only_mail, "GET", path, Value::Null).await;
    assert_eq!(missing.json()["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert_eq!(missing.json()["error"]["status"], "PERMISSION_DENIED");

    house.sandbox.set_api("client-1", Api::Reseller, true).expect("a client");
    house.sandbox.set_now_ms(START_MS + 3_600_000);
    check(&house.token, "401 authError").await;
}
