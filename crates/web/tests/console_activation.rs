//! The consent dialogue from the browser's side: where it is sent, what is believed when it comes
//! back, and who may watch. The engine is played by the store's own functions.

mod console;
mod house;

use console::{Browser, Doors, EMAIL, leads_to};
use domain::activation::{ActivationStatus, CALLBACK_PATH, CONSENT_MS_MAX, LINK_MS_MAX};
use domain::ids::{ActivationId, token_hash};
use domain::secret::{ExposeSecret, Place};
use house::{Answer, House};
use http::StatusCode;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{Activation, Origin};
use url::Url;

async fn start(house: &House, browser: &Browser<'_>) -> (Url, BTreeMap<String, String>) {
    let path = format!("/instances/{}/authenticate", house.nord.instance);
    let answer = browser.post(&path, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let url: Url = answer.header("location").parse().unwrap();
    let query = url.query_pairs().into_owned().collect();
    (url, query)
}

async fn latest(house: &House) -> Activation {
    let latest = house.nord.door.latest_activation(&house.nord.instance).await;
    latest.unwrap().unwrap()
}

fn callback(query: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    format!("{CALLBACK_PATH}?{}", text.extend_pairs(query).finish())
}

#[tokio::test]
async fn google_is_asked_for_exactly_what_is_needed() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let (url, query) = start(&house, &browser).await;
    assert_eq!(
        url.as_str().split('?').next(),
        Some("https://accounts.google.test/o/oauth2/v2/auth")
    );
    let activation = latest(&house).await;
    let place = Place { table: "activation", column: "verifier", row: activation.id.as_str() };
    let verifier = house.app.sealer.open(place, activation.verifier.as_ref().unwrap()).unwrap();
    let digest = Sha256::digest(verifier.expose_secret());
    use base64::Engine as _;
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest);
    let state = query["state"].clone();
    let expected = [
        ("response_type", "code"),
        ("client_id", "client-id"),
        ("state", &state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("redirect_uri", &format!("http://seatwright.test{CALLBACK_PATH}")),
        (
            "scope",
            "openid email https://www.googleapis.com/auth/apps.order \
             https://www.googleapis.com/auth/admin.directory.user \
             https://www.googleapis.com/auth/apps.licensing \
             https://www.googleapis.com/auth/gmail.send",
        ),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(query, expected);
    assert_eq!(activation.status, ActivationStatus::AtGoogle);
    assert_eq!(activation.origin, Origin::Console);
    let cookie = browser.cookie("seatwright-activation").unwrap();
    assert_eq!(activation.browser_hash, Some(token_hash(&cookie)));

    let (_, second) = start(&house, &browser).await;
    assert_ne!(second["state"], query["state"]);
    assert_ne!(second["code_challenge"], query["code_challenge"]);
    assert_eq!(
        browser.cookie("seatwright-activation").unwrap(),
        cookie,
        "two pop-ups, one browser"
    );
}

#[tokio::test]
async fn a_good_answer_is_sealed_and_leads_to_the_checks() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let (_, query) = start(&house, &browser).await;
    let iss = "https://accounts.google.test";
    let back = callback(&[("code", "4/the-code"), ("state", &query["state"]), ("iss", iss)]);
    let answer = browser.get(&back).await;
    let activation = latest(&house).await;
    leads_to(&answer, &format!("/activation/{}", activation.id));
    assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(activation.status, ActivationStatus::Checking);
    let place = Place { table: "activation", column: "code", row: activation.id.as_str() };
    let code = house.app.sealer.open(place, activation.code.as_ref().unwrap()).unwrap();
    assert_eq!(code.expose_secret(), "4/the-code");
    let lease = house.app.store.claim(house.app.clock.now(), 60_000).await.unwrap().unwrap();
    assert_eq!(lease.key, house.nord.instance.as_str(), "the engine was woken");

    let page = browser.get(answer.header("location")).await;
    assert_eq!(page.status, StatusCode::OK);
    let checks = ["Code exchanged", "Scopes granted", "Reseller API", "Directory", "Licensing"];
    for check in checks.iter().chain(&["Gmail", "Account"]) {
        assert!(page.text.contains(check), "{check}");
    }
    let state = browser.get(&format!("/activation/{}/state", activation.id)).await.json();
    assert_eq!((&state["status"], &state["final"]), (&"checking".into(), &false.into()));
    assert_eq!(state["checks"].as_array().unwrap().len(), 7);

    let replay = browser.get(&back).await;
    assert!(replay.text.contains("it works only once"), "{}", replay.text);
}

#[tokio::test]
async fn only_the_browser_that_started_may_watch() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    start(&house, &browser).await;
    let id = latest(&house).await.id;
    let paths = [format!("/activation/{id}"), format!("/activation/{id}/state")];
    let stranger = doors.browser();
    let other = doors.signed_in(&house.sued, "bob@sued.example").await;
    other.set_cookie("seatwright-activation", &"x".repeat(43));
    for path in paths {
        assert_eq!(browser.get(&path).await.status, StatusCode::OK);
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

/// What a page says after this answer, and how the dialogue stands then.
async fn comes_back(
    query: impl Fn(&str) -> Vec<(&'static str, String)>,
    meanwhile: impl AsyncFn(&Doors, &Browser<'_>),
) -> (Answer, Activation) {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let (_, sent) = start(&house, &browser).await;
    meanwhile(&doors, &browser).await;
    let query = query(&sent["state"]);
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut answer = browser.get(&callback(&query)).await;
    if answer.status == StatusCode::SEE_OTHER {
        answer = browser.get(answer.header("location")).await;
    }
    (answer, latest(&house).await)
}

async fn nothing(_: &Doors, _: &Browser<'_>) {}

#[tokio::test]
async fn every_bad_answer_has_its_own_words() {
    type Query = fn(&str) -> Vec<(&'static str, String)>;
    let cases: [(Query, &str, &str, Option<&str>); 8] = [
        (
            |state| vec![("error", "access_denied".into()), ("state", state.into())],
            "Consent was cancelled at Google.",
            "Press Authenticate Instance again and choose Allow.",
            Some("consent_cancelled"),
        ),
        (
            |state| vec![("error", "org_internal<script>".into()), ("state", state.into())],
            "Google answered: org_internalscript.",
            "Ask the administrator of your Google account",
            Some("consent_refused"),
        ),
        (
            |state| vec![("state", state.into())],
            "Google answered: neither a code nor why.",
            "Ask the administrator of your Google account",
            Some("consent_refused"),
        ),
        (
            |_| vec![("code", "4/x".into()), ("state", "unknown".into())],
            "belongs to no authentication that was started here",
            "Press Authenticate Instance again.",
            None,
        ),
        (
            |_| vec![("code", "4/x".into())],
            "belongs to no authentication that was started here",
            "Press Authenticate Instance again.",
            None,
        ),
        (
            |state| vec![("state", state.into()), ("state", state.into())],
            "belongs to no authentication that was started here",
            "Press Authenticate Instance again.",
            None,
        ),
        (
            |state| {
                let iss = "https://evil.example".into();
                vec![("code", "4/x".into()), ("state", state.into()), ("iss", iss)]
            },
            "belongs to no authentication that was started here",
            "Press Authenticate Instance again.",
            None,
        ),
        (
            |state| vec![("code", "x".repeat(3_000)), ("state", state.into())],
            "Google answered: neither a code nor why.",
            "Ask the administrator of your Google account",
            Some("consent_refused"),
        ),
    ];
    for (query, sentence, action, code) in cases {
        let (answer, activation) = comes_back(query, nothing).await;
        assert!(answer.text.contains(sentence), "{sentence}: {}", answer.text);
        assert!(answer.text.contains(action), "{action}: {}", answer.text);
        assert_eq!(activation.fault.as_ref().map(|fault| fault.code()), code, "{sentence}");
        assert!(activation.code.is_none(), "{sentence}");
    }
}

fn good(state: &str) -> Vec<(&'static str, String)> {
    vec![("code", "4/x".into()), ("state", state.into())]
}

#[tokio::test]
async fn an_answer_to_another_browser_is_refused_and_the_code_is_not_taken() {
    let (answer, activation) = comes_back(good, async |_: &Doors, browser: &Browser<'_>| {
        browser.set_cookie("seatwright-activation", &"x".repeat(43));
    })
    .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("came back to another browser"), "{}", answer.text);
    assert_eq!(activation.fault.unwrap().code(), "other_browser");
    assert!(activation.code.is_none() && activation.verifier.is_none());
}

#[tokio::test]
async fn an_answer_that_is_too_late_is_refused() {
    let (answer, activation) = comes_back(good, async |doors: &Doors, _: &Browser<'_>| {
        doors.advance(CONSENT_MS_MAX + 1_000);
    })
    .await;
    assert!(answer.text.contains("did not come back from Google in time"), "{}", answer.text);
    assert_eq!(activation.fault.unwrap().code(), "never_came_back");
    assert!(activation.code.is_none());
}

#[tokio::test]
async fn a_pop_up_that_never_comes_back_is_told_to_the_page_that_opened_it() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let watch = format!("/instances/{}/activation", house.nord.instance);
    assert!(browser.get(&watch).await.json().is_null());
    start(&house, &browser).await;
    assert_eq!(browser.get(&watch).await.json()["status"], "at_google");
    doors.advance(CONSENT_MS_MAX + 1_000);
    let state = browser.get(&watch).await.json();
    assert_eq!(state["fault"]["code"], "never_came_back");
    assert_eq!(latest(&house).await.status, ActivationStatus::Failed);
    let page = browser.get(&format!("/instances/{}", house.nord.instance)).await;
    assert!(page.text.contains("The pop-up did not come back from Google in time."));
}

/// A one-time link as the command line makes it.
async fn link(house: &House) -> (String, ActivationId) {
    let token = domain::ids::token(&*house.app.chance);
    let now = house.app.clock.now();
    let id = ActivationId::fresh(&*house.app.chance, now);
    let uri = format!("http://seatwright.test{CALLBACK_PATH}");
    let hash = token_hash(&token);
    let end = now.plus_ms(LINK_MS_MAX);
    let (door, instance) = (&house.nord.door, &house.nord.instance);
    door.start_activation(&id, instance, Origin::Link, Some(&hash), &uri, now, end).await.unwrap();
    (format!("/activate/{token}"), id)
}

#[tokio::test]
async fn a_one_time_link_leads_to_google_once() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let (path, id) = link(&house).await;
    let browser = doors.browser();
    let answer = browser.get(&path).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let url: Url = answer.header("location").parse().unwrap();
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    for other in [doors.browser(), doors.browser()] {
        let again = other.get(&path).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
        assert!(again.text.contains("was used already or is too old"), "{}", again.text);
        assert!(again.text.contains("seatwright instance authenticate"), "{}", again.text);
    }
    let back = browser.get(&callback(&[("code", "4/x"), ("state", &query["state"])])).await;
    leads_to(&back, &format!("/activation/{id}"));
    let page = browser.get(back.header("location")).await;
    assert!(!page.text.contains("Go to the settings"), "nobody is signed in here");
}

#[tokio::test]
async fn an_old_link_is_refused() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let (path, _) = link(&house).await;
    doors.advance(LINK_MS_MAX + 1_000);
    let answer = doors.browser().get(&path).await;
    assert!(answer.text.contains("was used already or is too old"), "{}", answer.text);
}
