//! What ends consent, and who may give it: by time, by administrators, by the owner of the project.
//! Source: google-semantics.md §1.1, §1.2, §1.4, §1.5, §1.6, §1.7

mod house;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use house::{
    DAY_MS, House, ORDER, PASSWORD, RESELLER, SEND, START_MS, USER, code_form, link, parameter,
    set, settings,
};
use http::Request;
use sandbox::{ConsentAnswer, OAuthClient, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";
const LIST: &str = "/apps/reseller/v1/subscriptions";

async fn refresh(house: &House, tokens: &Value) -> house::Answer {
    let form = [
        ("client_id", "client-1"),
        ("client_secret", "secret of client-1"),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().expect("a token")),
    ];
    house.form("/token", &form).await
}

/// The page that somebody gets who may not consent: its status, and the word on it.
async fn refused(house: &House, email: &str, password: &str) -> (u16, String) {
    let query = link(&format!("{ORDER} {USER}"), &[("prompt", "consent")]);
    let query = query.split_once('?').expect("a query").1.to_owned();
    let mut form: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    form.push(("email".to_owned(), email.to_owned()));
    form.push(("password".to_owned(), password.to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = house.form("/o/oauth2/v2/auth", &form).await;
    let word = page.text.split("<code>").nth(1).and_then(|rest| rest.split('<').next());
    let word = word.filter(|_| page.status != 200);
    (page.status, word.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn time_limited_access_ends_with_all_its_tokens() {
    let house = House::new().await;
    house
        .play("grants/limit", json!({"email": RESELLER, "client_id": "client-1", "ms": DAY_MS}))
        .await;
    let tokens = house.tokens_of(RESELLER, &[ORDER]).await;
    assert_eq!(tokens["refresh_token_expires_in"], 86_400);
    house.sandbox.set_now_ms(START_MS + DAY_MS - 60_000);
    let last = refresh(&house, &tokens).await.json();
    assert_eq!(last["expires_in"], 59, "no token outlives the consent");
    house.sandbox.set_now_ms(START_MS + DAY_MS);
    assert_eq!(refresh(&house, &tokens).await.gist(), "400 invalid_grant");
    let none = json!({"email": RESELLER, "client_id": "client-1", "ms": null});
    house.play("grants/limit", none).await;
    let tokens = house.tokens_of(RESELLER, &[ORDER]).await;
    assert_eq!(tokens.get("refresh_token_expires_in"), None);
}

#[tokio::test]
async fn session_control_ends_cloud_scopes_alone() {
    let house = House::new().await;
    let cloud = house.tokens_of(RESELLER, &[ORDER, CLOUD]).await;
    let plain = house.tokens_of(RESELLER, &[ORDER]).await;
    let hours = json!({"ms": 8 * 3_600_000});
    house.play("customers/reseller.example/session-length", hours).await;
    assert_eq!(refresh(&house, &cloud).await.status, 200);
    house.sandbox.set_now_ms(START_MS + 8 * 3_600_000);
    let over = refresh(&house, &cloud).await;
    assert_eq!(over.gist(), "400 invalid_grant");
    assert_eq!(over.json()["error_subtype"], "invalid_rapt");
    assert_eq!(refresh(&house, &plain).await.status, 200);
    house.play("customers/reseller.example/session-length", json!({"ms": null})).await;
    assert_eq!(refresh(&house, &cloud).await.status, 200);
}

#[tokio::test]
async fn a_project_in_testing_takes_those_it_lists() {
    let house = House::new().await;
    let client = |body: Value| house.play("clients/client-1", body);
    client(json!({"testing": true})).await;
    assert_eq!(refused(&house, RESELLER, PASSWORD).await, (200, String::new()), "nobody is listed");
    client(json!({"test_users": ["Bob@rival.example"]})).await;
    let closed = (403, "access_denied".to_owned());
    assert_eq!(refused(&house, RESELLER, PASSWORD).await, closed);
    assert_eq!(refused(&house, "bob@rival.example", "battery staple").await.0, 200);
    let many: Vec<String> = (0..101).map(|n| format!("u{n}@rival.example")).collect();
    assert_eq!(house.control("clients/client-1", json!({"test_users": many})).await.status, 400);
    client(json!({"testing": false})).await;
    assert_eq!(refused(&house, RESELLER, PASSWORD).await.0, 200);
}

#[tokio::test]
async fn an_unverified_app_has_a_hundred_users() {
    let house = House::new().await;
    house.play("clients/client-1", json!({"unverified": true})).await;
    house.sandbox.alter(|world| {
        let client = world.clients.get_mut("client-1").expect("it");
        client.consented.extend((0..99).map(|n| format!("u{n}@x.example")));
        assert_eq!(client.consented.len(), 100, "and who signed in already");
    });
    let bob = ("bob@rival.example", "battery staple");
    assert_eq!(refused(&house, bob.0, bob.1).await, (403, "access_denied".to_owned()));
    assert_eq!(refused(&house, RESELLER, PASSWORD).await.0, 200, "the known ones may go on");
}

#[tokio::test]
async fn a_trusted_app_gets_all_or_nothing_and_minds_no_restriction() {
    let house = House::new().await;
    let trust = |trusted: bool| {
        let body = json!({"client_id": "client-1", "trusted": trusted});
        house.play("customers/reseller.example/trusted-clients", body)
    };
    house.play("customers/reseller.example/restricted-scopes", json!({"scopes": [ORDER]})).await;
    let asked = link(&format!("{ORDER} {USER}"), &[("prompt", "consent")]);
    let answer = ConsentAnswer::Allow(set(&[USER]));
    assert_eq!(house.sandbox.consent(&asked, RESELLER, &answer), None, "restricted");
    trust(true).await;
    let back = house.sandbox.consent(&asked, RESELLER, &answer).expect("back");
    let scope = parameter(&Url::parse(&back).expect("a URL"), "scope").expect("scopes");
    assert!(scope.contains(ORDER) && scope.contains(USER), "{scope}: no boxes");
    let tokens = house.tokens_of(RESELLER, &[ORDER]).await;
    assert_eq!(refresh(&house, &tokens).await.status, 200);
    trust(false).await;
    assert_eq!(refresh(&house, &tokens).await.gist(), "400 admin_policy_enforced");
    let nobody = json!({"client_id": "nobody", "trusted": true});
    let unknown = house.control("customers/reseller.example/trusted-clients", nobody).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_deleted_client_is_restored_within_thirty_days() {
    let mut house = House::new().await;
    let tokens = house.tokens_of(RESELLER, &[ORDER]).await;
    house.play("clients/client-1", json!({"deleted": true})).await;
    assert_eq!(refresh(&house, &tokens).await.gist(), "401 invalid_client");
    assert_eq!(house.call("GET", LIST, Value::Null).await.gist(), "401 authError");
    house.sandbox.set_now_ms(START_MS + 30 * DAY_MS);
    house.play("clients/client-1", json!({"deleted": false})).await;
    assert_eq!(refresh(&house, &tokens).await.status, 200);
    house.play("clients/client-1", json!({"deleted": true})).await;
    house.sandbox.set_now_ms(START_MS + 60 * DAY_MS + 1);
    let late = house.control("clients/client-1", json!({"deleted": false})).await;
    assert_eq!(
        (late.status, late.json()["error"].as_str()),
        (409, Some("it is too late to restore client client-1"))
    );

    house = House::new().await;
    house.play("switches", json!({"unused_clients_deleted": true})).await;
    let deleted = |house: &House| house.sandbox.inspect(|world| world.clients["client-1"].deleted);
    house.wait_days(182).await;
    house.sandbox.set_now_ms(START_MS + (182 + 182) * DAY_MS);
    assert!(!deleted(&house), "used 182 days ago");
    house.sandbox.set_now_ms(START_MS + (182 + 183) * DAY_MS);
    assert!(deleted(&house), "nobody asked for a token for six months");
}

#[tokio::test]
async fn revoked_access_may_go_on_for_a_while() {
    let house = House::new().await;
    house.play("lag", json!({"revocations_ms": 60_000})).await;
    let tokens = house.tokens_of(RESELLER, &[ORDER]).await;
    let access = tokens["access_token"].as_str().expect("a token");
    house.play("grants/revoke", json!({"email": RESELLER})).await;
    assert_eq!(refresh(&house, &tokens).await.gist(), "400 invalid_grant");
    assert_eq!(house.call_as(access, "GET", LIST, Value::Null).await.status, 200);
    house.sandbox.set_now_ms(START_MS + 60_000);
    assert_eq!(house.call_as(access, "GET", LIST, Value::Null).await.gist(), "401 authError");
}

#[tokio::test]
async fn a_password_ends_mail_alone_and_over_http() {
    let house = House::new().await;
    let mail = house.tokens_of(RESELLER, &[ORDER, SEND]).await;
    let plain = house.tokens_of(RESELLER, &[ORDER]).await;
    house.play("users/password", json!({"email": RESELLER, "password": "another one"})).await;
    assert_eq!(refresh(&house, &mail).await.gist(), "400 invalid_grant");
    assert_eq!(refresh(&house, &plain).await.status, 200);
    assert_eq!(refused(&house, RESELLER, "another one").await.0, 200);
}

#[tokio::test]
async fn a_hint_may_be_an_id_and_a_browser_in_an_app_is_sent_away() {
    let house = House::new().await;
    let hint = [("login_hint", "100000000000000000001")];
    let page = house.open(&link(ORDER, &hint)).await;
    assert!(page.text.contains(&format!("value=\"{RESELLER}\"")), "{}", page.text);
    let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) AppleWebKit/537.36";
    let request = Request::get(link(ORDER, &[])).header("user-agent", agent);
    let page = house.send(request.body("".into()).expect("a request")).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("<code>disallowed_useragent</code>"), "{}", page.text);
}

#[tokio::test]
async fn verifiers_have_their_length_and_letters() {
    let house = House::new().await;
    let check = async |verifier: &str, gist: &str| {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let link = link(ORDER, &asked);
        let back = house.sandbox.consent(&link, RESELLER, &ConsentAnswer::AllowAll).expect("back");
        let code = parameter(&Url::parse(&back).expect("a URL"), "code").expect("a code");
        let form = [("code_verifier", verifier)];
        assert_eq!(house.form("/token", &code_form(&code, &form)).await.gist(), gist, "{verifier}");
    };
    check(&"a".repeat(42), "400 invalid_grant").await;
    check(&"a".repeat(43), "200").await;
    check(&"~".repeat(128), "200").await;
    check(&"a".repeat(129), "400 invalid_grant").await;
    check(&"a b".repeat(20), "400 invalid_grant").await;
}

#[tokio::test]
async fn redirect_uris_that_google_would_not_register_may_be_refused() {
    let client = OAuthClient {
        id: "client-1".to_owned(),
        secret: "secret of client-1".to_owned(),
        redirect_uris: vec!["http://console.example/back".to_owned()],
        project_number: "111".to_owned(),
        apis: sandbox::Api::ALL.into_iter().collect(),
    };
    let settings = Settings { clients: vec![client], ..settings() };
    let sandbox = sandbox::Sandbox::new(settings);
    let house = House { sandbox, token: String::new() };
    let asked = link(ORDER, &[("redirect_uri", "http://console.example/back")]);
    assert_eq!(house.open(&asked).await.status, 200);
    house.play("switches", json!({"redirect_uris_checked": true})).await;
    let page = house.open(&asked).await;
    assert_eq!(page.status, 400);
    assert!(
        page.text.contains("redirect_uri_mismatch") && page.text.contains("https"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn quota_projects_and_quota_users_are_ones_own() {
    let house = House::new().await;
    let ask = async |name: &'static str, value: &str| {
        let request = Request::get(LIST)
            .header("authorization", format!("Bearer {}", house.token))
            .header(name, value);
        house.send(request.body("".into()).expect("a request")).await
    };
    assert_eq!(ask("x-goog-user-project", "111").await.status, 200);
    let denied = ask("x-goog-user-project", "333").await;
    assert_eq!(denied.gist(), "403 forbidden");
    assert_eq!(denied.json()["error"]["details"][0]["reason"], "USER_PROJECT_DENIED");
    let token = &house.token;
    let by_query = house.open(&format!("{LIST}?oauth_token={token}")).await;
    assert_eq!(by_query.status, 200);
    house.play("quotas", json!({"gmail_units_per_minute_per_user": 1})).await;
    let profile = async |user: &str, gist: &str| {
        let path = format!("/gmail/v1/users/me/profile?quotaUser={user}");
        house.expect("GET", &path, Value::Null, gist).await;
    };
    profile("one", "200").await;
    profile("one", "403 userRateLimitExceeded").await;
    profile("two", "200").await;
    profile(&"x".repeat(41), "400 invalidParameter").await;
}
