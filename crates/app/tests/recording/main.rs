//! Recordings of the real program, played back: the sandbox answers as it did, and what was falsified is
//! what is told.

mod client;
mod fixture;
#[path = "../stand/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest of the stand")]
mod stand;
mod whole;

use reqwest::StatusCode;
use serde_json::{Value, json};
use stand::{PATIENCE, Stand, client, eventually, order, read, word};
use std::path::{Path, PathBuf};

/// A whole story of the program with recording on: connect, order, accept the terms, look again.
async fn recorded() -> (Stand, PathBuf) {
    let mut stand = Stand::new(None);
    let file = stand.home.path().join("google.jsonl");
    stand.environment.insert("SEATWRIGHT_GOOGLE_RECORD", file.display().to_string());
    let google = stand.sandbox().await;
    let server = stand.serve().await;
    let (key, instance) = stand.set_up(&google.began).await;
    let (last, exit) = stand.authenticate(&instance, &google.began).await;
    assert_eq!((exit, &last["status"]), (0, &json!("passed")));
    let customer = place(&stand, &key).await;
    let url = format!("{}/v1/customers/{}", stand.base(), word(&customer["id"]));
    let accept = format!("{}/sandbox/v1/accept-terms", stand.google_base());
    let accept = client(false).post(accept).json(&json!({"customer": "acme-1.example"}));
    let accepted = accept.send().await.unwrap();
    assert_eq!(accepted.status(), StatusCode::OK);
    let look = client(false).post(format!("{url}/look")).bearer_auth(&key).send().await.unwrap();
    assert!(look.status().is_success());
    eventually(PATIENCE, "seen as active", async || {
        let customer = get(&url, &key).await;
        let status = customer["observed"]["subscriptions"][0]["shown"]["status"].clone();
        if status == "ACTIVE" { Ok(()) } else { Err(status) }
    })
    .await;
    assert_eq!(server.terminate().await, 0, "{}", stand.log());
    for secret in
        [stand::KEY, &key, &word(&google.began["client_secret"]), "acme-1", "Byron", "Acme"]
    {
        assert!(!read(&file).contains(secret), "`{secret}` is in the recording");
    }
    assert!(stand.log().contains("the traffic with Google is recorded"), "{}", stand.log());
    (stand, file)
}

async fn get(url: &str, key: &str) -> Value {
    client(false).get(url).bearer_auth(key).send().await.unwrap().json().await.unwrap()
}

async fn place(stand: &Stand, key: &str) -> Value {
    let request = client(false).post(format!("{}/v1/orders", stand.base()));
    let request = request.bearer_auth(key).header("Idempotency-Key", "one").json(&order(1));
    let placed: Value = request.send().await.unwrap().json().await.unwrap();
    let url = format!("{}{}", stand.base(), word(&placed["links"]["customer"]));
    eventually(PATIENCE, "converged", async || {
        let customer = get(&url, key).await;
        let there = customer["converged_generation"] == 1;
        if there { Ok(customer) } else { Err(customer["blockers"].clone()) }
    })
    .await
}

#[tokio::test]
async fn what_was_recorded_at_the_sandbox_is_what_it_says_again() {
    let (stand, file) = recorded().await;
    let path = file.to_str().unwrap();
    let shown = stand.tell(&["replay", path], "").await;
    assert_eq!((&shown["status"], &shown["differences"]), (&json!("same"), &json!([])));
    assert!(shown["compared"].as_u64().unwrap() >= 12, "{shown}");
    let outside = shown["assumed"].as_array().unwrap();
    let terms = outside.iter().any(|it| word(&it["what"]).starts_with("terms accepted by domain-"));
    assert!(terms, "{shown}");
    let words = stand.run(&["replay", path], "").await;
    assert!(words.code == 0 && words.said.contains("as Google did"), "{words:?}");

    let stand = &stand;
    let falsified = async |sequence: &str, from: &str, to: &str| {
        falsify(stand, &file, sequence, from, to).await
    };
    let found = falsified(
        "reseller.subscriptions.insert",
        r#""planName":"FLEXIBLE"},"purchase"#,
        r#""planName":"TRIAL"},"purchase"#,
    )
    .await;
    assert_eq!(
        found,
        [["reseller.subscriptions.insert", "value", "plan.planName", "TRIAL", "FLEXIBLE"]]
    );
    let found =
        falsified("reseller.subscriptions.insert", r#""billingMethod":"ONLINE","#, "").await;
    assert_eq!(
        found,
        [["reseller.subscriptions.insert", "extra", "billingMethod", "not there", "there"]]
    );
    let found = falsified(
        "reseller.customers.insert",
        r#""customerType":"domain""#,
        r#""customerType":7,"promotions":[]"#,
    )
    .await;
    assert_eq!(
        found,
        [
            ["reseller.customers.insert", "missing", "promotions", "there", "not there"],
            ["reseller.customers.insert", "type", "customerType", "number", "string"],
        ]
    );
    let found = falsified("directory.users.makeAdmin", r#""status":200"#, r#""status":204"#).await;
    assert_eq!(found, [["directory.users.makeAdmin", "status", "", "204", "200"]]);
    let found = falsified(
        "gmail.users.getProfile",
        r#""reason":"insufficientPermissions""#,
        r#""reason":"forbidden""#,
    )
    .await;
    assert_eq!(
        found,
        [[
            "gmail.users.getProfile",
            "reason",
            "error.errors[].reason",
            "forbidden",
            "insufficientPermissions"
        ]]
    );
}

/// Changes the first line of this method, and gives what the replay then finds: method, kind, place,
/// Google's and the sandbox's.
async fn falsify(
    stand: &Stand,
    file: &Path,
    method: &str,
    from: &str,
    to: &str,
) -> Vec<[String; 5]> {
    let mut lines: Vec<String> = read(file).lines().map(str::to_owned).collect();
    let mark = format!("\"method\":\"{method}\"");
    let line = lines.iter_mut().find(|line| line.contains(&mark)).expect("it was called");
    let (request, answer) = line.split_once("\"outcome\"").expect("an outcome");
    assert_eq!(answer.matches(from).count(), 1, "{from} in {answer}");
    *line = format!("{request}\"outcome\"{}", answer.replace(from, to));
    let path = stand.home.path().join("falsified.jsonl");
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let ended = stand.run(&["--json", "replay", path.to_str().unwrap()], "").await;
    assert_eq!(ended.code, 1, "{ended:?}");
    let shown: Value = serde_json::from_str(&ended.said).unwrap();
    assert_eq!(
        (&shown["status"], &shown["differing"]),
        (&json!("different"), &json!(1)),
        "{shown}"
    );
    let differences = shown["differences"].as_array().unwrap().iter();
    let names = ["method", "kind", "place", "google", "sandbox"];
    differences.map(|found| names.map(|name| word(&found[name]))).collect()
}

#[tokio::test]
async fn what_is_no_recording_is_told() {
    let stand = Stand::new(None);
    let path = stand.home.path().join("a.jsonl");
    let head = r#"{"version":1,"seatwright":"0.1.0","began_at_ms":0,"stand_in":false}"#;
    let newer = head.replace("\"version\":1", "\"version\":2");
    for text in [
        None,
        Some(""),
        Some("{}\n"),
        Some(head),
        Some(&newer),
        Some(&format!("{head}\n{{}}\n{{}}\n")),
    ] {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let ended = stand.run(&["--json", "replay", path.to_str().unwrap()], "").await;
        assert_eq!(ended.fault(2), "recording_unusable", "{text:?}");
    }
}

#[tokio::test]
async fn a_recording_that_cant_be_begun_stops_the_start() {
    let mut stand = Stand::new(None);
    stand.environment.insert("SEATWRIGHT_GOOGLE_RECORD", "nowhere/google.jsonl".to_owned());
    let ended = stand.run(&["--json", "serve"], "").await;
    assert_eq!(ended.fault(2), "recording_unwritable");
    let doctor = stand.run(&["doctor"], "").await;
    assert!(doctor.said.contains("records its traffic with Google"), "{doctor:?}");
}
