//! The file: whose it is, how big it gets, and that nothing it does disturbs a call.

use crate::stage::{Stage, answer, ask};
use google::record::{Head, VERSION};
use google::{TransportError, record};

fn look(stage: &Stage) -> u16 {
    let request = ask("GET", "/apps/reseller/v1/customers/acme.test", &[], "");
    stage.exchange(request, answer(200, &[], "{}")).unwrap().status().as_u16()
}

#[test]
fn it_begins_with_what_it_is() {
    let stage = Stage::new();
    let text = stage.text();
    let head: Head = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((head.version, head.began_at_ms, head.stand_in), (VERSION, 1_790_000_000_000, true));
}

#[cfg(unix)]
#[test]
fn its_owner_alone_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(Stage::new().path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_recording_of_an_earlier_run_is_left_alone() {
    let stage = Stage::new();
    look(&stage);
    let before = stage.text();
    let names: Vec<_> = (0..2)
        .map(|_| stage.again().path().file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["google-2.jsonl", "google-3.jsonl"]);
    assert_eq!(stage.text(), before);
}

#[test]
fn it_ends_when_it_is_full_and_calls_go_on() {
    let stage = Stage::bounded(1000);
    for _ in 0..20 {
        assert_eq!(look(&stage), 200);
    }
    assert!(stage.text().len() <= 1000 && !stage.lines().is_empty(), "{}", stage.text());
    assert!(stage.text().ends_with('\n'), "a line is torn");
    assert!(stage.lines().len() < 20);
}

#[test]
fn a_place_that_is_none_is_an_error_at_the_start() {
    let stage = Stage::new();
    let path = stage.home.path().join("nowhere/google.jsonl");
    let started = record::Recorder::start(&path, 1000, false, &Midnight, &Midnight);
    let error = started.err().expect("it can't be made").to_string();
    assert!(error.contains("nowhere"), "{error}");
}

struct Midnight;

impl domain::time::Clock for Midnight {
    fn now(&self) -> domain::time::Timestamp {
        domain::time::Timestamp(0)
    }
}

impl domain::ids::Chance for Midnight {
    fn fill(&self, _: domain::ids::Stream, out: &mut [u8]) {
        out.fill(0);
    }
}

#[test]
fn what_the_caller_gets_is_what_came() {
    let stage = Stage::new();
    let request = || ask("GET", "/apps/reseller/v1/customers/acme.test", &[], "");
    let came = stage.exchange(request(), answer(404, &[("etag", "x")], "no")).unwrap();
    assert_eq!(
        (came.status().as_u16(), &came.headers()["etag"], &came.body()[..]),
        (404, &http::HeaderValue::from_static("x"), &b"no"[..])
    );
    let lost = [
        (TransportError::NotSent { why: "refused".into() }, "connect"),
        (TransportError::NoAnswer { why: "operation timed out".into() }, "timeout"),
        (TransportError::NoAnswer { why: "the answer is larger than 9".into() }, "too_large"),
        (TransportError::NoAnswer { why: "connection reset".into() }, "reset"),
    ];
    for (error, word) in lost {
        assert_eq!(stage.exchange(request(), Err(error.clone())).unwrap_err(), error);
        assert_eq!(stage.lines().last().unwrap()["outcome"]["no_answer"], word);
    }
}
