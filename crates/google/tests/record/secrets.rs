//! The promise: whatever stands anywhere in an exchange, no secret and nothing personal is in its line.

use crate::stage::{Stage, answer, ask};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use google::contract::{FieldShape, JsonShape, contract};
use google::{TransportError, record};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Something that must not be written down. Letters of it alone would stay by accident, so all of it
/// that is looked for is at least eight characters long.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{9,14}",
        "[A-Z][a-z]{8,12}",
        "[a-z]{8,12}@[a-z]{8,12}\\.(com|de|co\\.uk)",
        "[a-z]{8,12}\\.(com|org|info|co\\.uk)",
        "[A-Z][a-z]{8,12} [A-Z][a-z]{8,12}",
        "[1-9][0-9]{16,18}",
        "\\+49 [1-9][0-9]{2} [0-9]{3} [0-9]{8}",
        "ya29\\.[A-Za-z0-9_-]{24}",
        "[A-Za-z0-9+/]{22}==",
        "[äöüßéñ]{8,12}",
        "C0[a-z0-9]{8}",
        "https://[a-z]{8,12}\\.(com|io)/[a-z]{8,12}\\?q=[a-z]{8,12}",
        "[a-z]{8,12}[/:%#?&=][A-Z]{8,12}",
    ]
}

fn names(fields: &[FieldShape], found: &mut BTreeSet<&'static str>) {
    for field in fields {
        found.insert(field.name);
        let inner = match &field.json {
            JsonShape::Array(item) => item,
            other => other,
        };
        if let JsonShape::Object(fields) = inner {
            names(fields, found);
        }
    }
}

/// Every name of a member or parameter that the client knows, and those of refusals.
fn member() -> impl Strategy<Value = &'static str> {
    let mut found = BTreeSet::from([
        "error",
        "errors",
        "message",
        "reason",
        "domain",
        "location",
        "details",
        "@type",
        "metadata",
        "fieldViolations",
        "description",
        "field",
        "kind",
        "etag",
        "value",
        "status",
        "customSchemas",
        "code",
        "links",
        "url",
        "access_token",
        "error_description",
        "retryDelay",
    ]);
    for method in contract() {
        names(&method.query, &mut found);
        names(&method.request.unwrap_or_default(), &mut found);
        names(&method.response.unwrap_or_default(), &mut found);
    }
    select(found.into_iter().collect::<Vec<_>>())
}

/// Indices into the secrets of a case stand for the secrets, so that all places can hold all of them.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<usize>().prop_map(|at| json!({"secret": at})),
        1 => any::<usize>().prop_map(|at| json!({"sentence": at})),
        1 => any::<usize>().prop_map(|at| json!({"number": at})),
        1 => any::<bool>().prop_map(Value::Bool),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![5 => member().prop_map(str::to_owned), 1 => any::<u16>().prop_map(|at| format!("\u{1}{at}"))]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| json!({"list": items})),
            prop::collection::vec((key(), inner), 0..6).prop_map(|pairs| json!({"object": pairs})),
        ]
    })
}

/// A tree with the secrets in their places.
fn planted(tree: &Value, secrets: &[String]) -> Value {
    let at = |value: &Value| {
        let at = usize::try_from(value.as_u64().unwrap()).unwrap();
        secrets[at % secrets.len()].clone()
    };
    let Some((kind, value)) = tree.as_object().and_then(|object| object.iter().next()) else {
        return tree.clone();
    };
    match kind.as_str() {
        "secret" => json!(at(value)),
        "sentence" => json!(format!("Domain {} is in use by '{}'.", at(value), at(value))),
        "number" => {
            let digits: String = at(value).chars().filter(char::is_ascii_digit).take(17).collect();
            json!(digits.parse::<i64>().unwrap_or_default())
        }
        "list" => value.as_array().unwrap().iter().map(|item| planted(item, secrets)).collect(),
        _ => {
            let pairs = value.as_array().unwrap().iter().map(|pair| {
                let name = pair[0].as_str().unwrap();
                let name = match name.strip_prefix('\u{1}') {
                    Some(at) => secrets[at.parse::<usize>().unwrap() % secrets.len()].clone(),
                    None => name.to_owned(),
                };
                (name, planted(&pair[1], secrets))
            });
            Value::Object(pairs.collect::<Map<String, Value>>())
        }
    }
}

/// All that would give a secret away: itself and its parts, encoded or not.
fn tells(secret: &str) -> BTreeSet<String> {
    let long = |text: &str| text.chars().count() >= 8;
    let is_part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
    let parts = secret.split(is_part).filter(|part| long(part));
    let mut tells: BTreeSet<String> = parts.map(str::to_owned).collect();
    tells.insert(secret.to_owned());
    for whole in tells.clone() {
        let bytes = whole.as_bytes();
        let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
        tells.extend(engines.map(|engine| engine.encode(bytes)));
        tells.insert(url::form_urlencoded::byte_serialize(bytes).collect());
    }
    tells.into_iter().filter(|tell| long(tell)).map(|tell| tell.to_lowercase()).collect()
}

#[derive(Debug, Clone)]
enum Sent {
    Method(usize),
    Unknown,
    Form,
    Batch(usize),
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        6 => any::<usize>().prop_map(Sent::Method),
        1 => Just(Sent::Unknown),
        1 => Just(Sent::Form),
        1 => any::<usize>().prop_map(Sent::Batch),
    ]
}

struct Case {
    secrets: Vec<String>,
    asked: Value,
    said: Value,
}

impl Case {
    fn secret(&self, at: usize) -> &str {
        &self.secrets[at % self.secrets.len()]
    }

    /// The address of a method with secrets in all its places.
    fn line(&self, at: usize) -> (&'static str, String) {
        let all = contract();
        let method = &all[at % all.len()];
        let mut path = String::new();
        for (index, part) in method.path.split('/').enumerate() {
            path.push('/');
            match part.starts_with('{') {
                true => {
                    path.extend(url::form_urlencoded::byte_serialize(self.secret(index).as_bytes()))
                }
                false => path.push_str(part),
            }
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (index, field) in method.query.iter().enumerate() {
            query.append_pair(field.name, self.secret(index));
        }
        query.append_pair(self.secret(0), self.secret(1));
        (method.verb, format!("{}?{}", path.replace('+', "%20"), query.finish()))
    }

    fn request(&self, sent: &Sent) -> http::Request<bytes::Bytes> {
        let bearer = format!("Bearer {}", URL_SAFE_NO_PAD.encode(self.secret(0)));
        let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        match sent {
            Sent::Method(at) => {
                let (verb, path) = self.line(*at);
                ask(verb, &path, &json, &self.asked.to_string())
            }
            Sent::Unknown => {
                let part: String =
                    url::form_urlencoded::byte_serialize(self.secret(0).as_bytes()).collect();
                ask("POST", &format!("/v9/{part}/users?{part}={part}"), &json, self.secret(1))
            }
            Sent::Form => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.append_pair("grant_type", "refresh_token")
                    .append_pair("refresh_token", self.secret(0));
                form.append_pair("code", self.secret(1))
                    .append_pair(self.secret(2), self.secret(3));
                let headers = [("content-type", "application/x-www-form-urlencoded")];
                ask("POST", "/token", &headers, &form.finish())
            }
            Sent::Batch(at) => {
                let (verb, path) = self.line(*at);
                let body = self.asked.to_string();
                let body = format!(
                    "--b\r\nContent-ID: <0>\r\n\r\n{verb} {path} HTTP/1.1\r\n\
                    Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}\r\n--b--\r\n",
                    body.len()
                );
                ask("POST", "/batch", &[("content-type", "multipart/mixed; boundary=b")], &body)
            }
        }
    }

    fn answered(&self, kind: u8, status: u16) -> crate::stage::Reply {
        let plain: String = self.secret(2).chars().filter(char::is_ascii).collect();
        let body = self.said.to_string();
        match kind {
            0 => Err(TransportError::NoAnswer { why: self.secret(1).to_owned() }),
            1 => answer(status, &[("content-type", "text/html"), ("etag", &plain)], self.secret(0)),
            2 => {
                let body = format!(
                    "--x\r\nContent-ID: <response-0>\r\n\r\nHTTP/1.1 {status} OK\r\n\
                    Content-Type: application/json\r\nETag: {plain}\r\n\r\n{body}\r\n--x--\r\n"
                );
                answer(200, &[("content-type", "multipart/mixed; boundary=x")], &body)
            }
            _ => {
                let realm = format!("Bearer realm=\"{plain}\", error=\"invalid_token\"");
                let headers = [
                    ("content-type", "application/json"),
                    ("etag", plain.as_str()),
                    ("www-authenticate", realm.as_str()),
                    ("retry-after", plain.as_str()),
                    ("x-customer", plain.as_str()),
                ];
                answer(status, &headers, &body)
            }
        }
    }
}

proptest! {
    #[test]
    fn no_secret_is_ever_written_down(
        secrets in prop::collection::vec(secret(), 4..7),
        asked in tree(),
        said in tree(),
        sent in sent(),
        kind in 0_u8..8,
        status in select(vec![200_u16, 400, 401, 403, 404, 409, 412, 429, 503]),
    ) {
        let (asked, said) = (planted(&asked, &secrets), planted(&said, &secrets));
        let case = Case { secrets, asked, said };
        let stage = Stage::new();
        let _answer = stage.exchange(case.request(&sent), case.answered(kind, status));
        let lines = stage.lines();
        assert_eq!(lines.len(), 1, "one line per exchange");
        let text = lines[0].to_string().to_lowercase();
        for secret in &case.secrets {
            for tell in tells(secret) {
                assert!(!text.contains(&tell), "`{tell}` of `{secret}` is in {text}");
            }
        }
        let read: record::Exchange = serde_json::from_value(lines[0].clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), lines[0], "it reads back as it was");
    }
}
