//! The consent page as a browser meets it. Source: google-semantics.md §1.1, §1.2, §1.5

mod house;

use house::{CALLBACK, House, ORDER, PASSWORD, RESELLER, SEND, USER, link, parameter, set};
use sandbox::ConsentAnswer;
use url::Url;

/// The values of all fields with this name, in order.
fn fields(page: &str, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

async fn sign_in(house: &House, scopes: &str, more: &[(&str, &str)]) -> String {
    let mut form = vec![
        ("client_id", "client-1"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", scopes),
        ("state", "s t&te"),
        ("email", RESELLER),
        ("password", PASSWORD),
    ];
    form.extend(more);
    let page = house.form("/o/oauth2/v2/auth", &form).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.text
}

#[tokio::test]
async fn the_form_carries_the_request_through_to_the_callback() {
    let house = House::new().await;
    let scopes = format!("openid email {ORDER} {USER}");
    let page = house.open(&link(&scopes, &[("access_type", "offline")])).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Seatwright sandbox, not Google"));
    assert_eq!(fields(&page.text, "state"), ["s t&#38;te"], "escaped and carried");
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("form-action 'self' https://console.example"), "{policy}");

    let page = sign_in(&house, &scopes, &[("access_type", "offline")]).await;
    assert_eq!(fields(&page, "scope"), [USER, ORDER], "one box per scope that isn't for sign-in");
    assert!(!page.contains("checked"), "boxes start unticked");
    let ticket = &fields(&page, "ticket")[0];

    let all = [("ticket", ticket.as_str()), ("action", "select_all")];
    let ticked = house.form("/o/oauth2/v2/auth", &all).await;
    assert_eq!(ticked.text.matches(" checked").count(), 2);

    let answer = [("ticket", ticket.as_str()), ("action", "allow"), ("scope", ORDER)];
    let back = house.form("/o/oauth2/v2/auth", &answer).await;
    assert_eq!(back.status, 302);
    let to = back.location();
    assert!(to.as_str().starts_with(CALLBACK), "{to}");
    assert_eq!(parameter(&to, "state").as_deref(), Some("s t&te"));
    assert_eq!(parameter(&to, "iss").as_deref(), Some("https://accounts.google.com"));
    assert_eq!(parameter(&to, "authuser").as_deref(), Some("0"));
    assert_eq!(parameter(&to, "prompt").as_deref(), Some("consent"));
    let granted = parameter(&to, "scope").expect("scopes");
    assert!(granted.contains("apps.order") && !granted.contains("directory"), "{granted}");

    let again = house.form("/o/oauth2/v2/auth", &answer).await;
    assert_eq!(again.status, 400, "a page is answered once");
    assert!(again.headers.get("location").is_none());
}

#[tokio::test]
async fn cancel_goes_back_with_access_denied() {
    let house = House::new().await;
    let page = sign_in(&house, ORDER, &[("prompt", "consent")]).await;
    let ticket = &fields(&page, "ticket")[0];
    let form = [("ticket", ticket.as_str()), ("action", "cancel")];
    let to = house.form("/o/oauth2/v2/auth", &form).await.location();
    assert_eq!(parameter(&to, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&to, "state").as_deref(), Some("s t&te"));
    assert_eq!(parameter(&to, "code"), None);
}

#[tokio::test]
async fn a_wrong_password_stays_on_the_page() {
    let house = House::new().await;
    let page = sign_in(&house, ORDER, &[("password", "wrong")]).await;
    assert!(page.contains("role=\"alert\""), "{page}");
    assert!(fields(&page, "ticket").is_empty());
}

#[tokio::test]
async fn one_scope_alone_has_no_box_and_is_granted_whole() {
    let house = House::new().await;
    let page = sign_in(&house, ORDER, &[("prompt", "consent")]).await;
    assert!(!page.contains("checkbox"));
    let form = [("ticket", fields(&page, "ticket")[0].as_str()), ("action", "allow")]
        .map(|(name, value)| (name, value.to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let to = house.form("/o/oauth2/v2/auth", &form).await.location();
    assert_eq!(parameter(&to, "scope").as_deref(), Some(ORDER));
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_shown_and_never_sent_back() {
    let house = House::new().await;
    let check = async |more: &[(&str, &str)], error: &str| {
        let page = house.open(&link(ORDER, more)).await;
        assert_eq!(page.status, 400, "{error}");
        assert!(page.text.contains(&format!("<code>{error}</code>")), "{error}: {}", page.text);
        assert!(page.headers.get("location").is_none(), "{error}");
    };
    check(&[("client_id", "nobody")], "invalid_client").await;
    check(&[("redirect_uri", "https://console.example/back?keep=1/")], "redirect_uri_mismatch")
        .await;
    check(&[("redirect_uri", "https://Console.example/back?keep=1")], "redirect_uri_mismatch")
        .await;
    check(&[("redirect_uri", "")], "invalid_request").await;
    check(&[("response_type", "token")], "unsupported_response_type").await;
    check(&[("scope", "")], "invalid_request").await;
    check(&[("scope", "https://www.googleapis.com/auth/nothing")], "invalid_scope").await;
    check(&[("access_type", "sometimes")], "invalid_request").await;
    check(&[("prompt", "none consent")], "invalid_request").await;
    check(&[("code_challenge_method", "S256")], "invalid_request").await;
    check(&[("code_challenge", "x"), ("code_challenge_method", "S512")], "invalid_request").await;

    house.sandbox.alter_client("client-1", |client| client.deleted = true).expect("a client");
    check(&[], "deleted_client").await;
}

#[tokio::test]
async fn who_may_not_consent_gets_a_page_too() {
    let house = House::new().await;
    let all = ConsentAnswer::AllowAll;
    let scopes = link(&format!("{ORDER} {SEND}"), &[("prompt", "consent")]);
    assert!(house.sandbox.consent(&scopes, RESELLER, &all).is_some());

    let internal = |to: Option<&str>| {
        let to = to.map(str::to_owned);
        house.sandbox.alter_client("client-1", |client| client.internal_to = to).expect("a client");
    };
    internal(Some("C0rival00"));
    assert_eq!(house.sandbox.consent(&scopes, RESELLER, &all), None);
    internal(None);
    house.sandbox.restrict_scopes("C0reseller", set(&[SEND])).expect("a customer");
    assert_eq!(house.sandbox.consent(&scopes, RESELLER, &all), None);
    house.sandbox.restrict_scopes("C0reseller", set(&[])).expect("a customer");
    assert!(house.sandbox.consent(&scopes, RESELLER, &all).is_some());
}

#[tokio::test]
async fn who_has_consented_before_is_not_asked_and_gets_no_refresh_token() {
    let house = House::new().await;
    let again = link(ORDER, &[("access_type", "offline")]);
    let back = house.sandbox.consent(&again, RESELLER, &ConsentAnswer::AllowAll).expect("back");
    let back = Url::parse(&back).expect("a URL");
    assert_eq!(parameter(&back, "prompt").as_deref(), Some("none"));
    let code = parameter(&back, "code").expect("a code");
    let tokens = house.form("/token", &house::code_form(&code, &[])).await.json();
    assert_eq!(tokens.get("refresh_token"), None);

    let none = house.open(&link(ORDER, &[("prompt", "none")])).await.location();
    assert_eq!(parameter(&none, "error").as_deref(), Some("interaction_required"));
}

#[tokio::test]
async fn earlier_grants_of_the_project_join_in_on_request() {
    let house = House::new().await;
    let scopes = async |more: &[(&str, &str)]| {
        let mut pairs = vec![("client_id", "client-2"), ("prompt", "consent")];
        pairs.extend(more);
        let link = link(SEND, &pairs);
        let back = house.sandbox.consent(&link, RESELLER, &ConsentAnswer::AllowAll).expect("back");
        parameter(&Url::parse(&back).expect("a URL"), "scope").expect("scopes")
    };
    assert_eq!(scopes(&[]).await, SEND);
    assert!(scopes(&[("include_granted_scopes", "true")]).await.contains(ORDER));
    let other = scopes(&[("include_granted_scopes", "true"), ("client_id", "client-3")]).await;
    assert_eq!(other, SEND, "another project's grants stay apart");
}
