//! A recording written by hand after the shapes Google is known to answer with, of invented customers.
//! Source: google-semantics.md §13.

use crate::stand::{Stand, word};
use serde_json::{Value, json};

const APPENDIX: &str = include_str!("appendix.jsonl");

#[tokio::test]
async fn what_the_sandbox_is_known_to_say_otherwise_is_told_and_nothing_else() {
    let stand = Stand::new(None);
    let path = stand.home.path().join("appendix.jsonl");
    // The last line is cut off, as after a crash.
    std::fs::write(&path, format!("{APPENDIX}{{\"version\":1,\"sequ")).unwrap();
    let ended = stand.run(&["--json", "replay", path.to_str().unwrap()], "").await;
    assert_eq!(ended.code, 1, "{ended:?}");
    let shown: Value = serde_json::from_str(&ended.said).unwrap();
    let names = ["method", "kind", "place", "google", "sandbox"];
    let found: Vec<_> = shown["differences"].as_array().unwrap().iter().collect();
    let found: Vec<_> = found.iter().map(|it| names.map(|name| word(&it[name]))).collect();
    assert_eq!(
        found,
        [
            // There is nothing on a second page here.
            [
                "licensing.licenseAssignments.listForProduct",
                "missing",
                "nextPageToken",
                "there",
                "not there"
            ],
            // The sandbox shows no customer that is not there; nothing says whose this one is.
            ["reseller.customers.get", "status", "", "403", "404"],
            ["reseller.customers.get", "reason", "error", "forbidden", "notFound"],
        ]
    );
    assert_eq!(shown["left_out"], json!({"Google was busy or out of order": 1}));
    assert_eq!((&shown["torn"], &shown["stand_in"]), (&json!(true), &json!(false)));
    let words = stand.run(&["replay", path.to_str().unwrap()], "").await.said;
    for part in [
        "before #1: subscription 7120045 to 1010020028",
        "status: Google 403, sandbox 404 (#4)",
        "open an issue",
        "read it through",
    ] {
        assert!(words.contains(part), "no `{part}` in {words}");
    }
}
