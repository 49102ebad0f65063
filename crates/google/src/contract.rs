//! What this client sends and reads, as data: to be held against Google's own discovery documents.
//! Made from the very tables and structs the calls are made of, so it can't say anything else.

use crate::hosts::Service;
use crate::methods;

/// One method of Google's as this client uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodShape {
    /// Google's id, such as `reseller.customers.insert`.
    pub id: &'static str,
    pub service: Service,
    pub verb: &'static str,
    /// From the host on, without a leading slash, such as
    /// `apps/reseller/v1/customers/{customerId}`.
    pub path: String,
    /// The query parameters that may be sent.
    pub query: Vec<FieldShape>,
    /// One that suffices.
    pub scope: &'static str,
    pub mutates: bool,
    /// The members that may be sent; `None`: no body.
    pub request: Option<Vec<FieldShape>>,
    /// The members that are read; `None`: the body is not read.
    pub response: Option<Vec<FieldShape>>,
}

/// One member of an object, or one query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldShape {
    pub name: &'static str,
    pub json: JsonShape,
    /// Sent always. Means nothing for what is read: nothing has to be there.
    pub always: bool,
}

/// A value's type on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonShape {
    Text,
    /// A text of which these values are sent.
    Word(Vec<&'static str>),
    /// A whole number written as a text (`string` of format `int64`).
    Int64,
    Integer,
    Boolean,
    /// Left as it came.
    Any,
    Array(Box<JsonShape>),
    Object(Vec<FieldShape>),
}

/// Every method this client may call, by id. OAuth's endpoints are not among them: Google describes
/// them in no discovery document.
#[must_use]
pub fn contract() -> Vec<MethodShape> {
    let mut all: Vec<MethodShape> = methods::all().iter().map(shape).collect();
    all.sort_by_key(|method| method.id);
    all
}

fn shape(entry: &methods::Entry) -> MethodShape {
    let line = entry.line;
    MethodShape {
        id: line.id,
        service: line.service,
        verb: line.verb.text(),
        path: [line.service.path(), line.path].concat(),
        query: line.query.iter().map(methods::Query::shape).collect(),
        scope: line.scope,
        mutates: line.mutates,
        request: (entry.request)(),
        response: (entry.response)(),
    }
}
