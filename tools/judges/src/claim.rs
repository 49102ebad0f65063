//! What somebody says of a method: its address, its parameters, the messages it takes and answers. Said by Google's
//! documents, by the sandbox and by our client, in one form, so that they can be held against each other.
//! Never: who is right (`verdict`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Everything said of one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Google's, such as `reseller.customers.get`.
    pub id: String,
    pub verb: String,
    /// From the host on, with `{name}` for parameters.
    pub path: String,
    /// Where media may be sent instead, in the same spelling.
    pub upload_path: Option<String>,
    /// Whole URLs, one of which is needed. For who sends: the one it has.
    pub scopes: BTreeSet<String>,
    pub parameters: Vec<Parameter>,
    /// `None`: no body.
    pub request: Option<Shape>,
    pub response: Option<Shape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub place: Place,
    pub kind: Kind,
    /// For who sends: sent always.
    pub required: bool,
    /// Sorted; empty when anything goes.
    pub values: Vec<String>,
}

/// A message's fields by name.
pub type Shape = BTreeMap<String, Field>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: Kind,
    /// For who sends: sent always. Means nothing in answers.
    pub required: bool,
    /// Sorted; empty when anything goes.
    pub values: Vec<String>,
}

/// A JSON type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A string that holds a whole number, signed or not. Source: google-semantics.md §0 "Number formats"
    Int64,
    Int32,
    Uint32,
    /// A whole number of no said width: one of the two before.
    Integer,
    Bool,
    Number,
    /// Not said, or anything.
    Any,
    List(Box<Kind>),
    Message(Shape),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Text => f.write_str("string"),
            Kind::Int64 => f.write_str("int64 in a string"),
            Kind::Int32 => f.write_str("int32"),
            Kind::Uint32 => f.write_str("uint32"),
            Kind::Integer => f.write_str("integer"),
            Kind::Bool => f.write_str("boolean"),
            Kind::Number => f.write_str("number"),
            Kind::Any => f.write_str("anything"),
            Kind::List(of) => write!(f, "list of {of}"),
            Kind::Message(_) => f.write_str("object"),
        }
    }
}
