//! Answers of each shape, from what Google says to what nobody says.

use super::SECRETS;
use super::calls::{Endpoint, Target};
use super::parts::multipart;
use super::samples::{self, MESSAGES, REASONS};
use bytes::Bytes;
use google::TransportError;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use serde_json::{Value, json};

/// What an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A success as it should be.
    Sample,
    /// A success with members changed, gone, renamed or of another type.
    Altered,
    /// A success with bytes changed, gone, doubled or cut off.
    Broken,
    /// Either error envelope, both, or the flat form.
    Envelope,
    BrokenEnvelope,
    /// A front end's page, or nothing.
    Page,
    /// JSON of any kind.
    Json,
    Bytes,
    /// Answers to a batch.
    Parts,
    BrokenParts,
    /// No answer at all.
    Silence,
}

pub const SHAPES: &[(Shape, &str)] = &[
    (Shape::Sample, "sample"),
    (Shape::Altered, "altered sample"),
    (Shape::Broken, "broken sample"),
    (Shape::Envelope, "error envelope"),
    (Shape::BrokenEnvelope, "broken envelope"),
    (Shape::Page, "page or nothing"),
    (Shape::Json, "any JSON"),
    (Shape::Bytes, "any bytes"),
    (Shape::Parts, "batch"),
    (Shape::BrokenParts, "broken batch"),
    (Shape::Silence, "no answer"),
];

/// What comes back.
#[derive(Debug, Clone)]
pub struct Said {
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    NotSent,
    NoAnswer,
    Answer(Answer),
}

#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
    /// Just as Google documents it for this very call.
    pub exact: bool,
    /// What a batch was made of: what each says it answers, and the answer.
    pub parts: Option<Vec<(Option<usize>, Answer)>>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<(&str, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.escape_ascii().to_string()))
            .collect();
        write!(f, "{} {headers:?} {}", self.status, self.body.escape_ascii())
    }
}

impl Said {
    pub fn response(&self) -> Result<http::Response<Bytes>, TransportError> {
        let answer = match &self.kind {
            Kind::NotSent => return Err(TransportError::NotSent { why: "refused".into() }),
            Kind::NoAnswer => return Err(TransportError::NoAnswer { why: "reset".into() }),
            Kind::Answer(answer) => answer,
        };
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            if let Ok(value) = http::HeaderValue::from_bytes(value) {
                response = response.header(*name, value);
            }
        }
        Ok(response.body(answer.body.clone().into()).expect("a status from 100 to 999"))
    }
}

/// What may come back to a call in this shape.
pub fn said(shape: Shape, target: &'static Target) -> BoxedStrategy<Said> {
    let id = target.id;
    let answer = |body: BoxedStrategy<Vec<u8>>| of(status().boxed(), body);
    let answer = match shape {
        Shape::Sample => {
            let body = select(samples::of(id)).prop_map(|text| text.as_bytes().to_vec());
            let is_batch = matches!(target.endpoint, Endpoint::Batch { .. });
            body.prop_map(move |body| {
                let headers =
                    std::vec![("content-type", b"application/json; charset=UTF-8".to_vec())];
                Answer { status: 200, headers, body, exact: !is_batch, parts: None }
            })
            .boxed()
        }
        Shape::Altered => of(success(), altered(id)),
        Shape::Broken => of(success(), broken(select(samples::of(id)).prop_map(own).boxed())),
        Shape::Envelope => answer(envelope().prop_map(|value| own(&value.to_string())).boxed()),
        Shape::BrokenEnvelope => {
            answer(broken(envelope().prop_map(|value| own(&value.to_string())).boxed()))
        }
        Shape::Page => answer(page()),
        Shape::Json => answer(value().prop_map(|value| own(&value.to_string())).boxed()),
        Shape::Bytes => answer(vec(any::<u8>(), 0..300).boxed()),
        Shape::Parts => multipart(parts_of(target)).boxed(),
        Shape::BrokenParts => {
            let whole = multipart(parts_of(target));
            let broken = whole.prop_flat_map(|whole| {
                let body = broken(Just(whole.body.clone()).boxed());
                body.prop_map(move |body| Answer { body, parts: None, ..whole.clone() })
            });
            broken.boxed()
        }
        Shape::Silence => {
            return prop_oneof![Just(Kind::NotSent), Just(Kind::NoAnswer)]
                .prop_map(|kind| Said { kind })
                .boxed();
        }
    };
    answer.prop_map(|answer| Said { kind: Kind::Answer(answer) }).boxed()
}

fn parts_of(target: &Target) -> usize {
    match target.endpoint {
        Endpoint::Batch { parts, .. } => parts,
        _ => 1,
    }
}

fn own(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn of(status: BoxedStrategy<u16>, body: BoxedStrategy<Vec<u8>>) -> BoxedStrategy<Answer> {
    (status, headers(), body)
        .prop_map(|(status, headers, body)| Answer {
            status,
            headers,
            body,
            exact: false,
            parts: None,
        })
        .boxed()
}

fn success() -> BoxedStrategy<u16> {
    prop_oneof![8 => select(&[200_u16, 201, 202, 204, 206, 299][..]), 1 => status()].boxed()
}

pub fn status() -> impl Strategy<Value = u16> {
    let known: &[u16] = &[
        400, 401, 403, 404, 405, 408, 409, 410, 411, 412, 413, 414, 415, 418, 421, 428, 429, 431,
        499, 500, 501, 502, 503, 504, 302, 304, 200, 204,
    ];
    prop_oneof![9 => select(known), 1 => 100..1000_u16]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let retry_after: &[&[u8]] = &[
        b"",
        b"0",
        b"7",
        b"-1",
        b"86400",
        b"99999999999999999999",
        b"9223372036854775807",
        b"1.5",
        b"soon",
        b"Mon, 21 Sep 2026 14:14:20 GMT",
        b"Fri, 31 Dec 9999 23:59:59 GMT",
        b"Thu, 01 Jan 1970 00:00:00 GMT",
        b"Monday, 21-Sep-26 14:14:20 GMT",
        b"\xff\xfe",
    ];
    let content_type: &[&[u8]] = &[
        b"application/json; charset=UTF-8",
        b"text/html",
        b"multipart/mixed",
        b"multipart/mixed; boundary=",
        b"multipart/mixed; boundary=b",
        b"\xff",
        b"",
    ];
    let one = prop_oneof![
        select(retry_after).prop_map(|value| ("retry-after", value.to_vec())),
        select(content_type).prop_map(|value| ("content-type", value.to_vec())),
        Just(("www-authenticate", b"Bearer error=\"insufficient_scope\"".to_vec())),
    ];
    vec(one, 0..3)
}

/// Any JSON, some of it with Google's own names.
fn value() -> BoxedStrategy<Value> {
    let name = select(
        &[
            "error",
            "errors",
            "code",
            "message",
            "reason",
            "details",
            "@type",
            "id",
            "customerId",
            "status",
            "subscriptions",
            "nextPageToken",
            "access_token",
            "token_type",
            "x",
            "",
        ][..],
    );
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(REASONS).prop_map(Value::from),
        message().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name.clone(), inner), 0..5).prop_map(|members| {
                Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    });
    prop_oneof![20 => tree, 1 => (1..200_usize).prop_map(nested)].boxed()
}

/// Deeper than any parser follows.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!({"error": [inner]}))
}

fn message() -> impl Strategy<Value = String> {
    (select(MESSAGES), select(SECRETS), any::<bool>()).prop_map(|(text, secret, encoded)| {
        let secret = match encoded {
            true => url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            false => secret.to_owned(),
        };
        text.replace("%SECRET%", &secret)
    })
}

fn envelope() -> BoxedStrategy<Value> {
    let domains = select(&["global", "usageLimits", "", "googleapis.com"][..]);
    let delay = select(&["30s", "1.5s", "0s", "-3s", "99999999999999999999s", "soon", ""][..]);
    let reason = || select(REASONS);
    (status(), (reason(), reason(), reason()), domains, (message(), message()), delay, 0..16_u8)
        .prop_map(|(code, (legacy, name, info), domain, (text, other), delay, what)| {
            if what == 0 {
                return json!({"error": legacy, "error_description": text, "error_subtype": "invalid_rapt"});
            }
            let mut error = json!({"code": code, "message": text});
            if what & 1 != 0 {
                error["errors"] = json!([{"message": other, "domain": domain, "reason": legacy}]);
            }
            if what & 2 != 0 {
                error["status"] = name.into();
            }
            if what & 4 != 0 {
                error["details"] = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": info, "domain": "googleapis.com", "metadata": {"activationUrl":
                    format!("https://console.developers.google.com/?{other}")}}]);
            }
            if what & 8 != 0 {
                let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay});
                error["details"] = json!([retry, error["details"][0]]);
            }
            json!({"error": error})
        })
        .boxed()
}

fn page() -> BoxedStrategy<Vec<u8>> {
    (message(), 0..7_u8, 0..3000_usize)
        .prop_map(|(text, kind, pad)| match kind {
            0 => Vec::new(),
            1 => b" \r\n".to_vec(),
            2 => format!("<!DOCTYPE html>\n<title>Error 502 (Server Error)!!1</title>\n{text}")
                .into_bytes(),
            3 => format!("<title>{text}</title>").into_bytes(),
            // What is to be hidden stands where a long text is cut.
            4 => format!("{}{text}", " ".repeat(pad)).into_bytes(),
            5 => format!("{}{text}", "x".repeat(pad % 220)).into_bytes(),
            _ => format!("<title>{}{text}", "ä ".repeat(pad)).into_bytes(),
        })
        .boxed()
}

/// A good answer of the call, its JSON changed in up to three places.
fn altered(id: &'static str) -> BoxedStrategy<Vec<u8>> {
    let change = (any::<usize>(), 0..4_u8, value());
    (select(samples::of(id)), vec(change, 1..4))
        .prop_map(|(text, changes)| {
            let mut whole: Value = serde_json::from_str(text).unwrap_or_else(|_| json!({}));
            for (place, how, with) in changes {
                alter(&mut whole, place, how, with);
            }
            own(&whole.to_string())
        })
        .boxed()
}

fn alter(whole: &mut Value, place: usize, how: u8, with: Value) {
    let mut places = Vec::new();
    pointers(whole, String::new(), &mut places);
    let pointer = &places[place % places.len()];
    let parent_and_name =
        pointer.rsplit_once('/').map(|(parent, name)| (parent.to_owned(), name.to_owned()));
    match (how, parent_and_name) {
        (0, Some((parent, name))) => {
            if let Some(Value::Object(members)) = whole.pointer_mut(&parent) {
                members.remove(&name);
            }
        }
        (1, Some((parent, name))) => {
            if let Some(Value::Object(members)) = whole.pointer_mut(&parent)
                && let Some(value) = members.remove(&name)
            {
                members.insert(format!("{name}X"), value);
            }
        }
        (2, _) => {
            if let Some(here) = whole.pointer_mut(pointer) {
                *here = json!([here.take()]);
            }
        }
        _ => {
            if let Some(here) = whole.pointer_mut(pointer) {
                *here = with;
            }
        }
    }
}

fn pointers(value: &Value, here: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(
                    value,
                    format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(here);
}

/// Bytes changed, cut off, taken out, put in or doubled, in up to four places.
fn broken(whole: BoxedStrategy<Vec<u8>>) -> BoxedStrategy<Vec<u8>> {
    let slip = (any::<usize>(), any::<usize>(), 0..5_u8, vec(any::<u8>(), 1..5));
    (whole, vec(slip, 1..5))
        .prop_map(|(mut bytes, slips)| {
            for (place, length, how, with) in slips {
                let at = place % (bytes.len() + 1);
                let end = (at + length % 40).min(bytes.len());
                match how {
                    0 if at < bytes.len() => bytes[at] ^= with[0],
                    1 => bytes.truncate(at),
                    2 => drop(bytes.drain(at..end)),
                    3 => drop(bytes.splice(at..at, with)),
                    _ => {
                        let again = bytes[at..end].to_vec();
                        drop(bytes.splice(at..at, again));
                    }
                }
            }
            bytes
        })
        .boxed()
}
