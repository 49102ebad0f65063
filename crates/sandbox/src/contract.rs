//! What the sandbox takes and answers, method by method, for whoever holds it against Google's own documents. Read
//! from the table and the schemas that the door itself works with, so that nothing is said here that isn't done.
//! Never: a fact of its own.

use std::collections::BTreeMap;

use crate::methods::{Method, table};
use crate::oauth::scopes;
use crate::shape::Shape;

/// Messages nest for ever (a mail's parts have parts); below this depth everything is `Any`.
const DEPTH_MAX: usize = 16;

/// One method of one API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodShape {
    /// Google's, such as `reseller.customers.get`.
    pub id: String,
    /// In capitals.
    pub verb: String,
    /// From the host on, with `{name}` for a parameter and `{+name}` for one that may hold slashes.
    pub path: String,
    /// Where media may be sent instead, in the same spelling.
    pub upload_path: Option<String>,
    /// Whole URLs; one of them is needed.
    pub scopes: Vec<String>,
    /// Without the standard parameters that every method takes.
    pub query: Vec<ParameterShape>,
    /// `None`: no body is taken.
    pub request: Option<MessageShape>,
    /// `None`: a success has no body.
    pub response: Option<MessageShape>,
}

/// One query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterShape {
    pub name: String,
    pub kind: JsonKind,
    pub required: bool,
    /// Sorted; empty when anything goes.
    pub values: Vec<String>,
}

/// The fields of a message by name.
pub type MessageShape = BTreeMap<String, FieldShape>;

/// One field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldShape {
    pub kind: JsonKind,
    /// In requests only: the method refuses a body without it.
    pub required: bool,
    /// Sorted; empty when anything goes.
    pub values: Vec<String>,
}

/// A type as the discovery documents tell them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonKind {
    Text,
    /// A string that holds a whole number, signed or not.
    Int64,
    Int32,
    Uint32,
    Bool,
    Any,
    List(Box<JsonKind>),
    Message(MessageShape),
}

/// Every method that the sandbox has, by id.
pub fn contract() -> Vec<MethodShape> {
    let mut all: Vec<MethodShape> = table().iter().map(method).collect();
    all.sort_by(|one, other| one.id.cmp(&other.id));
    all
}

fn method(method: &Method) -> MethodShape {
    MethodShape {
        id: method.id.to_owned(),
        verb: method.verb.to_string(),
        path: method.path.to_owned(),
        upload_path: method.upload.map(str::to_owned),
        scopes: method.scopes.iter().map(|scope| scopes::full(scope)).collect(),
        query: method
            .query
            .iter()
            .map(|parameter| ParameterShape {
                name: parameter.name.to_owned(),
                kind: kind(parameter.shape, "", &[], 0),
                required: parameter.required,
                values: values(parameter.shape),
            })
            .collect(),
        request: method.body.and_then(|(_, shape)| message(shape, "", method.needs, 0)),
        response: method.response.and_then(|shape| message(shape, "", &[], 0)),
    }
}

fn message(shape: Shape, path: &str, needs: &[&str], depth: usize) -> Option<MessageShape> {
    let Shape::Object(members) = shape else { return None };
    let field = |(name, shape): &(&'static str, Shape)| {
        let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
        let field = FieldShape {
            kind: kind(*shape, &path, needs, depth + 1),
            required: needs.contains(&path.as_str()),
            values: values(*shape),
        };
        ((*name).to_owned(), field)
    };
    Some(members.iter().map(field).collect())
}

fn kind(shape: Shape, path: &str, needs: &[&str], depth: usize) -> JsonKind {
    if depth > DEPTH_MAX {
        return JsonKind::Any;
    }
    match shape {
        Shape::Text | Shape::Enum(_) => JsonKind::Text,
        Shape::Int32 => JsonKind::Int32,
        Shape::Uint32 => JsonKind::Uint32,
        Shape::Int64 => JsonKind::Int64,
        Shape::Bool => JsonKind::Bool,
        Shape::Any => JsonKind::Any,
        Shape::List(of) => JsonKind::List(Box::new(kind(*of, path, needs, depth + 1))),
        Shape::Object(_) => {
            message(shape, path, needs, depth).map_or(JsonKind::Any, JsonKind::Message)
        }
    }
}

fn values(shape: Shape) -> Vec<String> {
    let Shape::Enum(values) = shape else { return Vec::new() };
    let mut values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    values.sort();
    values
}
