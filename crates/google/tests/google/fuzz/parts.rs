//! Answers to a batch: in order or not, with ids or without, complete or not.

use super::samples;
use super::shapes::{Answer, status};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

const BOUNDARY: &str = "batch_AbC-1";

/// Up to one part more than there were calls.
pub fn multipart(count: usize) -> impl Strategy<Value = Answer> {
    let bodies: &[&str] = &[
        r#"{"error":{"code":409,"errors":[{"domain":"global","reason":"duplicate"}]}}"#,
        r#"{"error":{"code":404,"errors":[{"domain":"global","reason":"notFound"}]}}"#,
        r#"{"error":{"code":403,"errors":[{"domain":"usageLimits","reason":"quotaExceeded"}]}}"#,
        "",
        "{}",
        "<html>",
        "--batch_AbC-1",
        "a\r\n--batch_AbC-2\r\nb",
    ];
    let good = prop_oneof![
        select(samples::of("reseller.subscriptions.get")),
        select(samples::of("directory.users.get")),
    ];
    let body = prop_oneof![2 => good, 1 => select(bodies)];
    let status = prop_oneof![3 => Just(200_u16), 1 => status()];
    let id = prop_oneof![6 => (0..=count).prop_map(Some), 1 => Just(None)];
    let part = (id, status, body);
    (vec(part, 0..=count + 1), any::<bool>(), any::<bool>()).prop_map(|(parts, in_order, bare)| {
        let mut text = String::new();
        let mut made = Vec::new();
        for (index, (id, status, body)) in parts.into_iter().enumerate() {
            // As Google does it, as Reseller does it, or as nobody should.
            let id = if bare { None } else if in_order { Some(index) } else { id };
            let content_id = id.map(|id| format!("Content-ID: <response-{id}>\r\n")).unwrap_or_default();
            text.push_str(&format!(
                "--{BOUNDARY}\r\nContent-Type: application/http\r\n{content_id}\r\nHTTP/1.1 {status} Some\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}\r\n",
                body.len()
            ));
            let body = body.as_bytes().to_vec();
            made.push((id, Answer { status, headers: Vec::new(), body, exact: false, parts: None }));
        }
        text.push_str(&format!("--{BOUNDARY}--\r\n"));
        // A line of a body that looks like a boundary ends the part: then it is anybody's guess.
        let is_plain = !made.iter().any(|(_, part)| part.body.windows(7).any(|window| window == b"--batch"));
        Answer {
            status: 200,
            headers: vec![("content-type", format!("multipart/mixed; boundary={BOUNDARY}").into_bytes())],
            body: text.into_bytes(),
            exact: false,
            parts: is_plain.then_some(made),
        }
    })
}
