//! Takes an exchange as it was and gives it as it may be written down. Never: files, or a decision about
//! what a member is.

use super::endpoint::{encoded, endpoint};
use super::exchange::{Body, Exchange, Outcome, REMOVED, Reply, Request};
use super::members::{Nature, is_known, nature};
use super::pseudonyms::Pseudonyms;
use super::scrub::{by_shape, google_words, is_customer, is_domain, sentence};
use super::vocabulary;
use serde_json::{Map, Number, Value};

/// Whole numbers below it stay anywhere.
const NUMBER_KEPT_BELOW: i64 = 1000;
/// Shorter values are not looked for in sentences.
const KNOWN_CHARS_MIN: usize = 3;
/// What Google takes in place of an id.
const STAND_INS: [&str; 4] = ["me", "my_customer", "allcustomers", "-"];

/// Redacts the exchanges of one recording; the same value has the same pseudonym in all of them.
pub struct Redactor {
    names: Pseudonyms,
    /// Values of the exchange at hand with their pseudonyms.
    known: Vec<(String, String)>,
}

impl Redactor {
    /// `key` is random and kept nowhere.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Redactor {
        Redactor { names: Pseudonyms::new(key), known: Vec::new() }
    }

    /// There were so many values that no more can be told apart.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.names.is_full()
    }

    /// `caller-1`, by what identifies who acts.
    pub(super) fn caller(&mut self, identity: &str) -> String {
        self.names.counted("caller", identity)
    }

    pub(super) fn known_caller(&self, identity: &str) -> Option<String> {
        self.names.known(identity).map(str::to_owned)
    }

    /// Lets another mark, such as a new token, stand for a caller.
    pub(super) fn is_caller(&mut self, identity: &str, caller: &str) {
        self.names.name(identity, caller);
    }

    /// The exchange as it may be written down.
    #[must_use]
    pub fn redact(&mut self, exchange: Exchange) -> Exchange {
        self.known.clear();
        let oauth = exchange.request.service == "oauth";
        let request = self.request(exchange.request);
        let outcome = match exchange.outcome {
            Outcome::Answer(reply) => Outcome::Answer(self.reply(reply, oauth)),
            lost @ Outcome::NoAnswer(_) => lost,
        };
        Exchange { request, outcome, ..exchange }
    }

    fn request(&mut self, request: Request) -> Request {
        let oauth = request.service == "oauth";
        let path = self.path(&request);
        let query = request.query.into_iter().map(|(name, value)| {
            let value = self.parameter(&name, &value, oauth);
            (self.member(&name), value)
        });
        let query = query.collect();
        let body = request.body.map(|body| self.body(body, oauth));
        let verb = match request.verb.as_str() {
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" => request.verb,
            _ => "OTHER".to_owned(),
        };
        // Service, method and template are of our own table.
        Request { verb, path, query, body, ..request }
    }

    fn path(&mut self, request: &Request) -> String {
        if let Some(found) = endpoint(&request.verb, &request.path) {
            let values = found.parameters.iter();
            let values = values.map(|(name, value)| self.text(nature(name, ""), name, value));
            let values: Vec<String> = values.collect();
            return found.path_with(&values);
        }
        let parts = request.path.split('/').map(|part| {
            let part = super::endpoint::decoded(part);
            let kept = part.is_empty() || vocabulary::knows(&part) || is_version(&part);
            encoded(&if kept { part } else { by_shape(&mut self.names, "part", &part) })
        });
        parts.collect::<Vec<_>>().join("/")
    }

    fn parameter(&mut self, name: &str, value: &str, oauth: bool) -> String {
        let nature = oauth_nature(oauth, name).unwrap_or_else(|| nature(name, ""));
        self.text(nature, name, value)
    }

    fn reply(&mut self, reply: Reply, oauth: bool) -> Reply {
        let headers = reply.headers.into_iter().map(|(name, value)| {
            let value = match name.as_str() {
                "retry-after" => moment(&value).unwrap_or_else(|| REMOVED.to_owned()),
                "etag" => self.text(Nature::Etag, "etag", &value),
                _ => google_words(&mut self.names, &value),
            };
            (name, value)
        });
        let headers = headers.collect();
        let body = reply.body.map(|body| self.body(body, oauth));
        Reply { headers, body, ..reply }
    }

    fn body(&mut self, body: Body, oauth: bool) -> Body {
        match body {
            Body::Json(value) => Body::Json(self.value(value, "", "", oauth)),
            Body::Form(pairs) => Body::Form(
                pairs
                    .into_iter()
                    .map(|(name, value)| {
                        let nature = oauth_nature(true, &name).unwrap_or(Nature::Secret);
                        let value = self.text(nature, &name, &value);
                        (self.member(&name), value)
                    })
                    .collect(),
            ),
            Body::Calls(calls) => {
                Body::Calls(calls.into_iter().map(|call| self.request(call)).collect())
            }
            Body::Answers(answers) => {
                let answer = |answer: Option<Reply>| answer.map(|reply| self.reply(reply, false));
                Body::Answers(answers.into_iter().map(answer).collect())
            }
            other @ Body::Other { .. } => other,
        }
    }

    /// `name` is the member's, `within` that of the object around it; an array has the name of its
    /// member.
    fn value(&mut self, value: Value, name: &str, within: &str, oauth: bool) -> Value {
        match value {
            Value::Object(members) => {
                let mut redacted = Map::new();
                for (key, value) in members {
                    let value = self.value(value, &key, name, oauth);
                    redacted.insert(self.member(&key), value);
                }
                Value::Object(redacted)
            }
            Value::Array(items) => {
                let items = items.into_iter().map(|item| self.value(item, name, within, oauth));
                Value::Array(items.collect())
            }
            Value::String(text) => {
                let nature = oauth_nature(oauth, name).unwrap_or_else(|| nature(name, within));
                Value::String(self.text(nature, name, &text))
            }
            Value::Number(number) => Value::Number(self.number(number, nature(name, within))),
            Value::Bool(_) | Value::Null => value,
        }
    }

    fn member(&mut self, name: &str) -> String {
        if is_known(name) { name.to_owned() } else { self.names.label("member", name) }
    }

    fn number(&mut self, number: Number, nature: Nature) -> Number {
        let Some(whole) = number.as_i64() else { return Number::from(0) };
        let plain = matches!(nature, Nature::Count | Nature::Time) && is_count_or_time(whole);
        if plain || whole.abs() < NUMBER_KEPT_BELOW {
            return number;
        }
        let digits = self.names.digits(&whole.unsigned_abs().to_string());
        digits.parse::<i64>().map_or(Number::from(0), Number::from)
    }

    fn text(&mut self, nature: Nature, name: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let named = match nature {
            Nature::Word => return google_words(&mut self.names, beginning(text)),
            Nature::Prose => {
                let text = beginning(text);
                return sentence(&mut self.names, &self.known, text);
            }
            Nature::Secret => return REMOVED.to_owned(),
            Nature::Scopes => return self.scopes(text),
            Nature::Product if is_product(text) => return text.to_owned(),
            Nature::Country if is_country(text) => return text.to_owned(),
            Nature::Time if moment(text).is_some() => return text.to_owned(),
            Nature::Count if is_count(text) => return text.to_owned(),
            _ if STAND_INS.contains(&text) => return text.to_owned(),
            _ => self.pseudonym(nature, name, text),
        };
        if text.chars().count() >= KNOWN_CHARS_MIN {
            self.known.push((text.to_owned(), named.clone()));
        }
        named
    }

    fn pseudonym(&mut self, nature: Nature, name: &str, text: &str) -> String {
        let names = &mut self.names;
        match nature {
            Nature::Email => by_shape(names, "user", text),
            Nature::Domain if !is_customer(text) => match text.contains(['@', ' ', '/']) {
                true => by_shape(names, "domain", text),
                false => names.domain(text),
            },
            Nature::Phone => phone(names, text),
            Nature::Postal => text.chars().map(postal).collect(),
            Nature::Link => self.link(text),
            Nature::Etag => format!("\"{}\"", names.label("etag", text)),
            Nature::UnitPath => {
                let parts = text.split('/').map(|part| match part {
                    "" => String::new(),
                    part => names.label("unit", part),
                });
                parts.collect::<Vec<_>>().join("/")
            }
            Nature::Own("subscription") => by_shape(names, "subscription", text),
            Nature::Own("unit") => match text.strip_prefix("id:") {
                Some(id) => format!("id:{}", names.label("unit", id)),
                None => names.label("unit", text),
            },
            Nature::Own("message") => by_shape(names, "message", text),
            Nature::Own(kind) => names.label(kind, text),
            _ if name == "id" && text.contains("%3A%2F%2F") => {
                let site = super::endpoint::decoded(text);
                let site = self.link(&site);
                url::form_urlencoded::byte_serialize(site.as_bytes()).collect()
            }
            _ if text.contains("://") => self.link(text),
            _ if name.starts_with("customer") && is_customer_like(text) => names.customer(text),
            _ => by_shape(names, if name == "id" { "id" } else { "text" }, text),
        }
    }

    /// Scheme and host in place of host; a path is only told to be one.
    fn link(&mut self, text: &str) -> String {
        let Some((scheme, rest)) = text.split_once("://") else {
            return by_shape(&mut self.names, "link", text);
        };
        let scheme = match scheme {
            "http" | "https" | "dns" | "mailto" => scheme,
            _ => "https",
        };
        let (host, path) = rest.split_once('/').map_or((rest, None), |(h, p)| (h, Some(p)));
        let host = match is_domain(host) {
            true => self.names.domain(host),
            false => format!("{}.example", self.names.label("host", host)),
        };
        match path {
            None => format!("{scheme}://{host}"),
            Some("") => format!("{scheme}://{host}/"),
            Some(path) => format!("{scheme}://{host}/{}", self.names.label("link", path)),
        }
    }

    fn scopes(&mut self, text: &str) -> String {
        let scope = |scope: &str| {
            let own = scope.strip_prefix("https://www.googleapis.com/auth/");
            let mail = matches!(scope, "https://mail.google.com/" | "openid" | "email" | "profile");
            match own {
                Some(own) if vocabulary::knows(own) => scope.to_owned(),
                None if mail => scope.to_owned(),
                _ => self.names.label("scope", scope),
            }
        };
        text.split(' ').map(scope).collect::<Vec<_>>().join(" ")
    }
}

/// What is looked at of a sentence; Google's are short.
fn beginning(text: &str) -> &str {
    const CHARS_MAX: usize = 2000;
    text.char_indices().nth(CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

/// At an OAuth endpoint everything is a secret but what is named here.
fn oauth_nature(oauth: bool, name: &str) -> Option<Nature> {
    let nature = match name {
        "grant_type" | "token_type" | "error" | "error_subtype" | "access_type" => Nature::Word,
        "error_description" => Nature::Prose,
        "scope" => Nature::Scopes,
        "expires_in" | "exp" => Nature::Count,
        _ => Nature::Secret,
    };
    oauth.then_some(nature)
}

/// `v1`, `directory_v1` and their like.
fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= 2 && rest.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Source: google-semantics.md §8.
fn is_product(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = text.starts_with("10") && digits && matches!(text.len(), 6 | 10);
    numbered || (text.starts_with("Google-") && vocabulary::knows(text))
}

/// A country, or a language such as `en` or `en-GB`.
fn is_country(text: &str) -> bool {
    let (one, other) = text.split_once('-').unwrap_or((text, "XX"));
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    two(one) && two(other)
}

/// Wider than what is taken for one anywhere else.
fn is_customer_like(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain && text.starts_with('C') && (4..=24).contains(&text.len())
}

fn is_count(text: &str) -> bool {
    text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Any count, or ms from 2000 to 2100.
fn is_count_or_time(number: i64) -> bool {
    (0..1_000_000).contains(&number) || (946_684_800_000..4_102_444_800_000).contains(&number)
}

/// A time in ms, a span such as `3.5s`, RFC 3339, or a header's date or seconds; as it was.
fn moment(text: &str) -> Option<String> {
    let in_ms = text.parse::<i64>().is_ok_and(is_count_or_time);
    let digit = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let span =
        text.strip_suffix('s').is_some_and(|text| text.len() <= 9 && text.bytes().all(digit));
    let date = || jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).is_ok();
    // What a reader of times may skip, such as a comment, must not come along.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" :+.,-".contains(&byte);
    let stays = text.len() <= 40
        && text.bytes().all(plain)
        && (in_ms || span || text.parse::<jiff::Timestamp>().is_ok() || date());
    stays.then(|| text.to_owned())
}

fn phone(names: &mut Pseudonyms, text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return names.label("phone", text);
    }
    let sign = if text.starts_with('+') { "+" } else { "" };
    format!("{sign}{}", names.digits(&digits))
}

fn postal(letter: char) -> char {
    match letter {
        '0'..='9' => '1',
        ' ' | '-' => letter,
        _ => 'A',
    }
}
