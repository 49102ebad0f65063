//! Reads a JSON object field by field and collects everything that is wrong, instead of stopping at
//! the first fault as a deserialiser does.

use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// One thing wrong with a request body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the field.
    pub pointer: String,
    pub code: &'static str,
    /// What to do about it.
    pub detail: String,
}

/// One object of the body. Faults of nested objects land in the same list.
pub struct Fields<'a> {
    pointer: String,
    /// None when the object is missing or no object: its own fault says so, its fields stay silent.
    map: Option<&'a Map<String, Value>>,
    known: Vec<&'static str>,
    faults: Rc<RefCell<Vec<Fault>>>,
}

impl<'a> Fields<'a> {
    #[must_use]
    pub fn root(body: &'a Value) -> Fields<'a> {
        let fields = Fields {
            pointer: String::new(),
            map: body.as_object(),
            known: Vec::new(),
            faults: Rc::default(),
        };
        if fields.map.is_none() {
            fields.push(String::new(), "wrong_type", "The body must be a JSON object.".into());
        }
        fields
    }

    /// A nested object that must be there.
    pub fn object(&mut self, name: &'static str) -> Fields<'a> {
        self.known.push(name);
        let value = self.map.and_then(|map| map.get(name));
        let map = value.and_then(Value::as_object);
        if self.map.is_some() && map.is_none() {
            match value {
                None | Some(Value::Null) => {
                    self.fault(name, "required", "This object is required.")
                }
                Some(_) => self.fault(name, "wrong_type", "This must be an object."),
            }
        }
        Fields {
            pointer: format!("{}/{name}", self.pointer),
            map,
            known: Vec::new(),
            faults: Rc::clone(&self.faults),
        }
    }

    /// A text of `min` to `max` characters after trimming; empty when it is at fault.
    pub fn text(&mut self, name: &'static str, min: usize, max: usize) -> String {
        let text = self.optional(name, max);
        let silent = self.map.is_none() || self.has_fault(name);
        if text.chars().count() < min && !silent {
            self.fault(name, "required", "This field is required.");
        }
        text
    }

    /// A text of at most `max` characters after trimming; missing, null and faulty are empty.
    pub fn optional(&mut self, name: &'static str, max: usize) -> String {
        self.known.push(name);
        let text = match self.map.and_then(|map| map.get(name)) {
            None | Some(Value::Null) => return String::new(),
            Some(Value::String(text)) => text.trim(),
            Some(_) => {
                self.fault(name, "wrong_type", "This must be a text.");
                return String::new();
            }
        };
        if text.chars().any(char::is_control) {
            self.fault(name, "control_character", "Control characters are not allowed.");
            return String::new();
        }
        if text.chars().count() > max {
            self.fault(name, "too_long", format!("At most {max} characters are allowed."));
            return String::new();
        }
        text.to_owned()
    }

    /// A whole number that must be there.
    pub fn whole_number(&mut self, name: &'static str) -> Option<i64> {
        self.known.push(name);
        let value = self.map.and_then(|map| map.get(name));
        match value {
            Some(Value::Number(number)) if number.is_i64() => return number.as_i64(),
            None | Some(Value::Null) if self.map.is_some() => {
                self.fault(name, "required", "This field is required.");
            }
            Some(_) => self.fault(name, "wrong_type", "This must be a whole number."),
            None => {}
        }
        None
    }

    /// Call last: every member that nobody asked for is a fault.
    pub fn nothing_else(&self) {
        for name in self.map.into_iter().flat_map(Map::keys) {
            if !self.known.contains(&name.as_str()) {
                let name = name.replace('~', "~0").replace('/', "~1");
                let shown: String = name.chars().take(100).collect();
                let pointer = format!("{}/{shown}", self.pointer);
                self.push(
                    pointer,
                    "unknown_field",
                    "There is no such field; check its spelling.".into(),
                );
            }
        }
    }

    pub fn fault(&self, name: &str, code: &'static str, detail: impl Into<Cow<'static, str>>) {
        self.push(format!("{}/{name}", self.pointer), code, detail.into());
    }

    fn push(&self, pointer: String, code: &'static str, detail: Cow<'static, str>) {
        let detail = detail.into_owned();
        self.faults.borrow_mut().push(Fault { pointer, code, detail });
    }

    fn has_fault(&self, name: &str) -> bool {
        let pointer = format!("{}/{name}", self.pointer);
        self.faults.borrow().iter().any(|fault| fault.pointer == pointer)
    }

    /// Everything found wrong, nested objects included.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults.take()
    }
}
