//! Coming in and going out: set-up once, sign-in, its limits, sessions, and forms that were not sent
//! from our own pages.

mod console;
mod house;

use console::{Doors, EMAIL, PASSWORD, leads_to};
use domain::ids::token_hash;
use house::House;
use http::StatusCode;

const SET_UP: [(&str, &str); 5] = [
    ("code", "setup"),
    ("name", "Öst AB"),
    ("email", EMAIL),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
];

fn set_up_with<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    SET_UP.iter().map(|(known, old)| (*known, if *known == name { value } else { old })).collect()
}

#[tokio::test]
async fn the_first_operator_is_made_once() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.browser();
    leads_to(&browser.get("/").await, "/setup");
    leads_to(&browser.get("/sign-in").await, "/setup");
    leads_to(&browser.get("/orders").await, "/sign-in?next=%2Forders");
    assert_eq!(browser.get("/setup").await.status, StatusCode::OK);
    let answer = browser.post("/setup", &SET_UP).await;
    leads_to(&answer, "/instances?done=set-up");
    let page = browser.get("/instances").await;
    assert!(page.text.contains("Öst AB") && page.text.contains(EMAIL));

    let other = doors.browser();
    assert_eq!(other.get("/setup").await.status, StatusCode::NOT_FOUND);
    other.get("/sign-in").await;
    assert_eq!(other.post("/setup", &SET_UP).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.app.store.distributors().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_faulty_set_up_is_refused_and_nothing_is_made() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.browser();
    browser.get("/setup").await;
    for (name, value, says) in [
        ("code", "guess", "This is not the code the server printed"),
        ("code", "", "This is not the code the server printed"),
        ("name", " ", "Give a name of 1 to 100 characters."),
        ("email", "ada", "Give an address such as"),
        ("password", "short", "Use at least 12 characters."),
        ("password_again", "something else", "The two passwords differ."),
    ] {
        let answer = browser.post("/setup", &set_up_with(name, value)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text.contains(says), "{name}: {}", answer.text);
        assert!(!answer.text.contains(PASSWORD), "{name}");
    }
    assert!(!house.app.store.has_operator().await.unwrap());
}

#[tokio::test]
async fn the_set_up_code_cannot_be_tried_out() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.browser();
    browser.get("/setup").await;
    let mut last = StatusCode::OK;
    for guess in 0..9 {
        let guess = guess.to_string();
        last = browser.post("/setup", &set_up_with("code", &guess)).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_wrong_password_and_a_stranger_are_told_the_same() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    doors.signed_in(&house.nord, EMAIL).await;
    let browser = doors.browser();
    let wrong = browser.sign_in(EMAIL, "not the password").await;
    let stranger = browser.sign_in("bob@nord.example", "not the password").await;
    let none = browser.sign_in("no address\u{0}", &"x".repeat(300)).await;
    for answer in [&wrong, &stranger, &none] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("The e-mail or the password is not right."));
    }
    assert_eq!(wrong.text.replace(EMAIL, ""), stranger.text.replace("bob@nord.example", ""));
    leads_to(&browser.get("/orders").await, "/sign-in?next=%2Forders");
}

#[tokio::test]
async fn signing_in_leads_back_and_changes_the_session() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let first = browser.cookie("seatwright").unwrap();
    let stored = |id: String| {
        let store = house.app.store.clone();
        async move { store.session(&id, domain::time::Timestamp(0)).await.unwrap() }
    };
    assert!(stored(token_hash(&first)).await.is_some(), "kept under its hash");
    assert!(stored(first.clone()).await.is_none(), "never as it is");

    let again = doors.browser();
    again.set_cookie("seatwright", &first);
    again.get("/orders").await;
    leads_to(&again.post("/sign-out", &[]).await, "/sign-in");
    assert_eq!(again.cookie("seatwright"), None);
    leads_to(&browser.get("/orders").await, "/sign-in?next=%2Forders");
    assert!(stored(token_hash(&first)).await.is_none());

    let page = browser.get("/sign-in?next=%2Fcustomers%3Fbefore%3Dx").await;
    assert!(page.text.contains("/customers?before=x"));
    let fields = [("email", "ADA@nord.example"), ("password", PASSWORD), ("next", "/customers")];
    leads_to(&browser.post("/sign-in", &fields).await, "/customers");
    assert_ne!(browser.cookie("seatwright").unwrap(), first);
}

#[tokio::test]
async fn a_session_planted_beforehand_is_not_the_one_that_is_signed_in() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    doors.signed_in(&house.nord, EMAIL).await;
    let planted = "A".repeat(22);
    let browser = doors.browser();
    browser.set_cookie("seatwright", &planted);
    browser.sign_in(EMAIL, PASSWORD).await;
    assert_ne!(browser.cookie("seatwright").unwrap(), planted);
    let planter = doors.browser();
    planter.set_cookie("seatwright", &planted);
    leads_to(&planter.get("/orders").await, "/sign-in?next=%2Forders");
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_not_before() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    for _ in 0..3 {
        doors.advance(11 * 60 * 60 * 1000);
        assert_eq!(browser.get("/orders").await.status, StatusCode::OK);
    }
    doors.advance(12 * 60 * 60 * 1000 + 1_000);
    leads_to(&browser.get("/orders").await, "/sign-in?next=%2Forders");
}

#[tokio::test]
async fn attempts_are_limited_and_the_page_says_until_when() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    doors.signed_in(&house.nord, EMAIL).await;
    let browser = doors.browser();
    for _ in 0..7 {
        let answer = browser.sign_in(EMAIL, "wrong wrong wrong").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!(refused.text.contains(&format!("Try again in {wait} seconds.")), "{}", refused.text);
    doors.advance(wait * 1_000);
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn cookies_are_for_us_alone_and_secure_where_they_can_be() {
    for (public_url, prefix, secure) in
        [("http://seatwright.test", "", false), ("https://seatwright.test", "__Host-", true)]
    {
        let house = House::with_public_url(public_url).await;
        let doors = Doors::of(&house);
        let browser = doors.browser();
        browser.get("/setup").await;
        let answer = browser.post("/setup", &SET_UP).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with(&format!("{prefix}seatwright=")), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_own_token_changes_nothing() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let other = doors.signed_in(&house.sued, "bob@sued.example").await;
    let foreign = other.token();
    let guest = doors.browser();
    guest.get("/sign-in").await;
    let name = ("name", "BSS");
    for fields in [
        vec![name],
        vec![name, ("form_token", "")],
        vec![name, ("form_token", foreign.as_str())],
        vec![name, ("form_token", "x")],
    ] {
        let answer = browser.post_bare("/api-keys", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text.contains("can&#39;t be used any more"), "{}", answer.text);
    }
    let own = browser.token();
    let cross = browser.post_from("/api-keys", &[name, ("form_token", &own)], "cross-site").await;
    assert_eq!(cross.status, StatusCode::FORBIDDEN);
    assert_eq!(house.nord.door.api_keys().await.unwrap().len(), 1);
    let good = browser.post_bare("/api-keys", &[name, ("form_token", &own)]).await;
    assert_eq!(good.status, StatusCode::OK);
    assert_eq!(house.nord.door.api_keys().await.unwrap().len(), 2);

    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let stranger = doors.browser();
    assert_eq!(stranger.post_bare("/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
    let lent = guest.token();
    let with_lent = [fields[0], fields[1], ("form_token", lent.as_str())];
    assert_eq!(stranger.post_bare("/sign-in", &with_lent).await.status, StatusCode::FORBIDDEN);
}
