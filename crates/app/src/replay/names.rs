//! Which id of the sandbox's stands for which of the recording's, learned from answers that belong
//! together. Never: a guess.

use google::record::{Nature, nature};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Names {
    played: BTreeMap<String, String>,
    recorded: BTreeMap<String, String>,
}

impl Names {
    /// What to send where the recording has this value.
    pub fn played(&self, recorded: &str) -> String {
        self.played.get(recorded).map_or(recorded, String::as_str).to_owned()
    }

    /// Whether both values name one thing.
    pub fn same(&self, recorded: &str, played: &str) -> bool {
        self.played(recorded) == played
    }

    pub fn learn(&mut self, recorded: &str, played: &str) {
        if recorded != played && !recorded.is_empty() && !played.is_empty() {
            self.played.insert(recorded.to_owned(), played.to_owned());
            self.recorded.insert(played.to_owned(), recorded.to_owned());
        }
    }

    /// The recorded id that this one of the sandbox's stood for so far, if it is another one.
    pub fn other(&self, recorded: &str, played: &str) -> Option<&str> {
        self.recorded.get(played).map(String::as_str).filter(|known| *known != recorded)
    }

    /// A body with the sandbox's ids in place of the recorded ones.
    pub fn played_body(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.played(text)),
            Value::Array(items) => items.iter().map(|item| self.played_body(item)).collect(),
            Value::Object(members) => Value::Object(
                members.iter().map(|(key, item)| (key.clone(), self.played_body(item))).collect(),
            ),
            other => other.clone(),
        }
    }
}

/// Whether a member holds an id that Google gives out.
pub fn is_id(name: &str) -> bool {
    let own = ["subscription", "unit", "message", "page"];
    match nature(name, "") {
        Nature::Own(kind) => own.contains(&kind),
        Nature::Unknown => matches!(name, "id" | "customerId"),
        _ => false,
    }
}
