//! What a second run finds.

mod house;

use std::fs;

use house::{House, RESELLER, START_MS, flexible, settings};
use sandbox::{Sandbox, Settings};
use serde_json::{Value, json};

#[tokio::test]
async fn a_second_run_finds_the_same_google() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("google.json");
    let kept = || Settings { snapshot: Some(path.clone()), ..settings() };
    let house = House::with(kept()).await;
    let refresh = house.tokens_of(RESELLER, &[house::ORDER]).await["refresh_token"].clone();
    let id = house.customer("acme.example").await;
    house.user("admin@acme.example").await;
    house.subscription(&id, flexible(5)).await;
    house.sandbox.set_api("client-1", sandbox::Api::Gmail, false).expect("a client");
    let before = house.sandbox.inspect(|world| json!(world));
    let token = house.token.clone();
    drop(house);

    let sandbox = Sandbox::new(kept());
    assert_eq!(sandbox.now_ms(), START_MS, "the clock goes on where it stood");
    assert_eq!(sandbox.inspect(|world| json!(world)), before);
    let house = House { sandbox, token };
    let shown = house.call("GET", &format!("/apps/reseller/v1/customers/{id}"), Value::Null).await;
    assert_eq!(shown.status, 200, "the access token still works");
    let form = [
        ("client_id", "client-1"),
        ("client_secret", "secret of client-1"),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str().expect("a token")),
    ];
    assert_eq!(house.form("/token", &form).await.status, 200);
    let other = house.customer("beta.example").await;
    assert_ne!(other, id, "ids go on, they don't start again");
}

#[tokio::test]
async fn an_unreadable_snapshot_is_put_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("google.json");
    fs::write(&path, "{\"world\": 7").expect("written");
    let house = House::with(Settings { snapshot: Some(path.clone()), ..settings() }).await;
    house.customer("acme.example").await;
    let aside = fs::read_to_string(path.with_extension("unreadable")).expect("kept");
    assert_eq!(aside, "{\"world\": 7");
    assert!(fs::read_to_string(&path).expect("written").contains("acme.example"));
}

#[tokio::test]
async fn a_file_of_the_first_release_is_read_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("google.json");
    let sample = include_str!("samples/snapshot-of-first-release.json");
    fs::write(&path, sample).expect("written");
    let kept: Value = serde_json::from_str(sample).expect("JSON");
    let sandbox = Sandbox::new(Settings { snapshot: Some(path.clone()), ..settings() });
    assert!(!path.with_extension("unreadable").exists(), "it was read");
    assert_eq!(sandbox.now_ms(), START_MS);
    let house = House { sandbox, token: String::new() };
    let tokens = kept["world"]["refresh_tokens"].as_object().expect("tokens");
    for (token, facts) in tokens {
        let form = [
            ("client_id", "client-1"),
            ("client_secret", "secret of client-1"),
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
        ];
        let answer = house.form("/token", &form).await;
        assert_eq!(answer.status, 200, "{facts}");
    }
    let mut house = house;
    house.sign_in().await;
    let ours = |it: &&Value| it["owner"]["reseller"]["customer_id"] == "C0reseller";
    let customers = kept["world"]["customers"].as_object().expect("customers");
    let mut seen = 0;
    for (id, _) in customers.iter().filter(|(_, it)| ours(it)) {
        let path = format!("/apps/reseller/v1/customers/{id}");
        house.expect("GET", &path, Value::Null, "200").await;
        seen += 1;
    }
    assert_eq!(seen, 3);
    let listed = house.expect("GET", "/apps/reseller/v1/subscriptions", Value::Null, "200").await;
    assert_eq!(listed["subscriptions"].as_array().map(Vec::len), Some(3));
    house.customer("new.example").await;

    // Written anew, it is read again just the same.
    let before = house.sandbox.inspect(|world| json!(world));
    drop(house);
    let again = Sandbox::new(Settings { snapshot: Some(path), ..settings() });
    assert_eq!(again.inspect(|world| json!(world)), before);
}
