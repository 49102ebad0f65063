//! What differs between an answer of Google's and the sandbox's to the same request: status, reason,
//! members, JSON types and Google's own words. Never ids, times and texts, unless their form differs.

use super::names::{Names, is_id};
use google::record::{Body, Nature, Reply, nature};
use serde_json::Value;
use std::collections::BTreeSet;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Status,
    Reason,
    /// Google says it, the sandbox doesn't.
    Missing,
    /// The sandbox says it, Google doesn't.
    Extra,
    Type,
    Value,
    /// An id, a time or a text looks otherwise.
    Form,
    /// A list shows other things.
    Items,
    /// Google gave something a new id, the sandbox did not.
    Identity,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Status => "status",
            Kind::Reason => "reason",
            Kind::Missing => "missing",
            Kind::Extra => "extra",
            Kind::Type => "type",
            Kind::Value => "value",
            Kind::Form => "form",
            Kind::Items => "items",
            Kind::Identity => "identity",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub kind: Kind,
    /// Such as `plan.planName`; a list's items are `[]`.
    pub place: String,
    pub google: String,
    pub sandbox: String,
}

/// Words of Google's that depend on whose project or mailbox it is.
const NOT_COMPARED: [&str; 6] =
    ["consumer", "keywords", "labelIds", "quota_limit", "quota_metric", "method"];
/// What an item of a list is known by, in this order.
const KNOWN_BY: [&str; 9] = [
    "subscriptionId",
    "primaryEmail",
    "domainName",
    "domainAliasName",
    "orgUnitPath",
    "userId",
    "email",
    "alias",
    "id",
];
/// Headers whose presence is compared.
const HEADERS: [&str; 3] = ["retry-after", "www-authenticate", "etag"];

/// All differences, in the order of the answer; learns which ids belong together.
pub fn compare(recorded: &Reply, played: &Reply, names: &mut Names) -> Vec<Difference> {
    let mut found = Comparison { names, found: Vec::new() };
    if recorded.status == played.status {
        found.headers(recorded, played);
        found.bodies(recorded.body.as_ref(), played.body.as_ref());
    } else {
        found.note(Kind::Status, "", recorded.status, played.status);
        let (google, sandbox) = (reason(recorded), reason(played));
        if google != sandbox {
            found.note(Kind::Reason, "error", google, sandbox);
        }
    }
    found.found
}

fn reason(reply: &Reply) -> String {
    let Some(Body::Json(body)) = &reply.body else { return "none".to_owned() };
    let pointers = ["/error/errors/0/reason", "/error/status", "/error"];
    let found = pointers.iter().find_map(|pointer| body.pointer(pointer)?.as_str());
    found.unwrap_or("none").to_owned()
}

struct Comparison<'a> {
    names: &'a mut Names,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn note(&mut self, kind: Kind, place: &str, google: impl ToString, sandbox: impl ToString) {
        self.found.push(Difference {
            kind,
            place: place.to_owned(),
            google: google.to_string(),
            sandbox: sandbox.to_string(),
        });
    }

    fn headers(&mut self, recorded: &Reply, played: &Reply) {
        let essence = |reply: &Reply| {
            let value = reply.headers.get("content-type").map_or("", String::as_str);
            value.split(';').next().unwrap_or_default().trim().to_owned()
        };
        let (google, sandbox) = (essence(recorded), essence(played));
        if google != sandbox {
            self.note(Kind::Value, "header content-type", google, sandbox);
        }
        for name in HEADERS {
            let has = |reply: &Reply| reply.headers.contains_key(name);
            self.presence(&format!("header {name}"), has(recorded), has(played));
        }
    }

    fn presence(&mut self, place: &str, google: bool, sandbox: bool) {
        match (google, sandbox) {
            (true, false) => self.note(Kind::Missing, place, "there", "not there"),
            (false, true) => self.note(Kind::Extra, place, "not there", "there"),
            _ => {}
        }
    }

    fn bodies(&mut self, recorded: Option<&Body>, played: Option<&Body>) {
        match (recorded, played) {
            (Some(Body::Json(recorded)), Some(Body::Json(played))) => {
                self.values(recorded, played, Spot::default());
            }
            (Some(Body::Other { .. }), Some(Body::Other { .. })) | (None, None) => {}
            (recorded, played) => self.note(Kind::Type, "body", form(recorded), form(played)),
        }
    }

    fn values(&mut self, recorded: &Value, played: &Value, spot: Spot<'_>) {
        match (recorded, played) {
            (Value::Object(google), Value::Object(sandbox)) => {
                let both: BTreeSet<&String> = google.keys().chain(sandbox.keys()).collect();
                for name in both {
                    let place = spot.place_of(name);
                    match (google.get(name), sandbox.get(name)) {
                        (Some(google), Some(sandbox)) => {
                            let spot = Spot { place: &place, name, within: spot.name };
                            self.values(google, sandbox, spot);
                        }
                        (google, sandbox) => {
                            self.presence(&place, google.is_some(), sandbox.is_some());
                        }
                    }
                }
            }
            (Value::Array(google), Value::Array(sandbox)) => self.lists(google, sandbox, spot),
            (Value::String(google), Value::String(sandbox)) => self.texts(google, sandbox, spot),
            (Value::Bool(google), Value::Bool(sandbox)) if google != sandbox => {
                self.note(Kind::Value, spot.place, google, sandbox);
            }
            (google, sandbox) if type_of(google) != type_of(sandbox) => {
                self.note(Kind::Type, spot.place, type_of(google), type_of(sandbox));
            }
            _ => {}
        }
    }

    fn lists(&mut self, google: &[Value], sandbox: &[Value], spot: Spot<'_>) {
        let place = format!("{}[]", spot.place);
        let inner = Spot { place: &place, ..spot };
        if google.iter().chain(sandbox).all(Value::is_string) {
            if nature(spot.name, spot.within) == Nature::Word {
                let (google, sandbox) = (words(google), words(sandbox));
                if google != sandbox {
                    self.note(Kind::Value, spot.place, google, sandbox);
                }
            }
            return;
        }
        let mut left: Vec<&Value> = sandbox.iter().collect();
        let mut unmatched = Vec::new();
        for item in google {
            let at = left.iter().position(|other| self.is_same(item, other));
            match at {
                Some(at) => self.values(item, left.remove(at), inner),
                None => unmatched.push(item),
            }
        }
        if google.len() != sandbox.len() {
            self.note(Kind::Items, spot.place, google.len(), sandbox.len());
        }
        // What can't be told apart is taken in its order.
        for (item, other) in unmatched.into_iter().zip(left) {
            self.values(item, other, inner);
        }
    }

    fn is_same(&self, google: &Value, sandbox: &Value) -> bool {
        let text =
            |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let both = |name: &&str| Some((text(google, name)?, text(sandbox, name)?));
        let known_by = KNOWN_BY.iter().find_map(both);
        known_by.is_some_and(|(google, sandbox)| self.names.same(&google, &sandbox))
    }

    fn texts(&mut self, google: &str, sandbox: &str, spot: Spot<'_>) {
        let what = nature(spot.name, spot.within);
        let own_words = matches!(what, Nature::Word | Nature::Product | Nature::Country);
        if own_words || spot.place == "error" {
            if google != sandbox && !NOT_COMPARED.contains(&spot.name) {
                let is_reason = spot.name == "reason" || spot.place.starts_with("error");
                let kind = if is_reason { Kind::Reason } else { Kind::Value };
                self.note(kind, spot.place, google, sandbox);
            }
        } else if what == Nature::Scopes {
            let set = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
            if set(google) != set(sandbox) {
                self.note(Kind::Value, spot.place, google, sandbox);
            }
        } else if !matches!(what, Nature::Prose | Nature::Secret) {
            self.forms(google, sandbox, spot, what);
        }
        if is_id(spot.name) && !spot.place.starts_with("error") {
            self.identify(google, sandbox, spot);
        }
    }

    fn forms(&mut self, google: &str, sandbox: &str, spot: Spot<'_>, what: Nature) {
        let own = matches!(what, Nature::Own(_) | Nature::UnitPath) && !is_id(spot.name);
        let (google, sandbox) = match own {
            true => (filled(google), filled(sandbox)),
            false => (form_of(google), form_of(sandbox)),
        };
        if google != sandbox {
            self.note(Kind::Form, spot.place, google, sandbox);
        }
    }

    fn identify(&mut self, google: &str, sandbox: &str, spot: Spot<'_>) {
        let lasting = matches!(spot.name, "subscriptionId" | "customerId");
        if lasting && let Some(other) = self.names.other(google, sandbox) {
            let google = format!("{google} now, {other} before");
            self.note(Kind::Identity, spot.place, google, "the same id");
        }
        self.names.learn(google, sandbox);
    }
}

/// Where in an answer a value stands.
#[derive(Clone, Copy, Default)]
struct Spot<'a> {
    place: &'a str,
    name: &'a str,
    within: &'a str,
}

impl Spot<'_> {
    fn place_of(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }
}

fn words(items: &[Value]) -> String {
    let words: BTreeSet<&str> = items.iter().filter_map(Value::as_str).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

fn filled(text: &str) -> &'static str {
    if text.is_empty() { "empty" } else { "a text" }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn form(body: Option<&Body>) -> &'static str {
    match body {
        None => "none",
        Some(Body::Json(_)) => "JSON",
        Some(Body::Form(_)) => "a form",
        Some(Body::Calls(_) | Body::Answers(_)) => "parts",
        Some(Body::Other { .. }) => "no JSON",
    }
}

/// What a value that isn't compared looks like.
fn form_of(text: &str) -> &'static str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() {
        "empty"
    } else if digits(text) {
        "digits"
    } else if text.starts_with('"') {
        "quoted"
    } else if text.contains("://") {
        "an address on the web"
    } else if text.contains('@') {
        "an e-mail address"
    } else if text.ends_with('Z')
        && text.contains('T')
        && text.starts_with(|c: char| c.is_ascii_digit())
    {
        "a time"
    } else {
        "a text"
    }
}
