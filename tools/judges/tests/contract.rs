//! The contract comes from Google: every method, parameter and field that our client uses is one of Google's own
//! discovery documents, and so is every one that the sandbox takes or answers.
//!
//! Needs `JUDGES_DISCOVERY_DIR`, the documents of the Python package google-api-python-client:
//! `cargo x test --only judges` installs it and says where.

use google::contract as client;
use google::contract::JsonShape;
use judges::claim::{Claim, Field, Kind, Parameter, Place, Shape};
use judges::discovery::Discovery;
use judges::verdict::{Deviation, Side, judge};
use sandbox::{JsonKind, MessageShape, MethodShape};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

/// Google's own sources contradict each other here, and we follow the other one.
const CLIENT_DEVIATIONS: &[Deviation] = &[];
const SERVER_DEVIATIONS: &[Deviation] = &[];

#[expect(
    clippy::disallowed_methods,
    reason = "the stage of the tests says where the documents are"
)]
fn documents() -> Discovery {
    let directory = std::env::var("JUDGES_DISCOVERY_DIR")
        .expect("JUDGES_DISCOVERY_DIR is not set; run `cargo x test --only judges`");
    Discovery::read(&PathBuf::from(directory)).expect("Google's documents")
}

#[track_caller]
fn hold(side: Side, name: &str, claims: &[Claim], deviations: &[Deviation]) {
    let verdict = judge(side, claims, &documents(), deviations);
    // Past the harness, which shows nothing of a test that passes: the counts are part of the result.
    let counts = verdict.counts;
    writeln!(std::io::stdout(), "judged: {name}: {counts}, by Google's documents").expect("told");
    let differences: Vec<String> = verdict.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{name} differs:\n{}", differences.join("\n"));
    assert!(verdict.unused.is_empty(), "deviations of no use:\n{}", verdict.unused.join("\n"));
}

fn client_kind(json: &JsonShape) -> (Kind, Vec<String>) {
    let kind = match json {
        JsonShape::Text | JsonShape::Word(_) => Kind::Text,
        JsonShape::Int64 => Kind::Int64,
        JsonShape::Integer => Kind::Integer,
        JsonShape::Boolean => Kind::Bool,
        JsonShape::Any => Kind::Any,
        JsonShape::Array(of) => Kind::List(Box::new(client_kind(of).0)),
        JsonShape::Object(fields) => Kind::Message(client_shape(fields)),
    };
    let values = match json {
        JsonShape::Word(values) => values.iter().map(|&value| value.to_owned()).collect(),
        _ => Vec::new(),
    };
    (kind, values)
}

fn client_shape(fields: &[client::FieldShape]) -> Shape {
    let field = |field: &client::FieldShape| {
        let (kind, values) = client_kind(&field.json);
        (field.name.to_owned(), Field { kind, required: field.always, values })
    };
    fields.iter().map(field).collect()
}

fn client_claim(method: &client::MethodShape) -> Claim {
    let parameter = |field: &client::FieldShape| {
        let (kind, values) = client_kind(&field.json);
        let (name, required) = (field.name.to_owned(), field.always);
        Parameter { name, place: Place::Query, kind, required, values }
    };
    Claim {
        id: method.id.to_owned(),
        verb: method.verb.to_owned(),
        path: format!("/{}", method.path),
        upload_path: None,
        scopes: [method.scope.to_owned()].into(),
        parameters: method.query.iter().map(parameter).collect(),
        request: method.request.as_deref().map(client_shape),
        response: method.response.as_deref().map(client_shape),
    }
}

fn server_kind(kind: &JsonKind) -> Kind {
    match kind {
        JsonKind::Text => Kind::Text,
        JsonKind::Int64 => Kind::Int64,
        JsonKind::Int32 => Kind::Int32,
        JsonKind::Uint32 => Kind::Uint32,
        JsonKind::Bool => Kind::Bool,
        JsonKind::Any => Kind::Any,
        JsonKind::List(of) => Kind::List(Box::new(server_kind(of))),
        JsonKind::Message(fields) => Kind::Message(server_shape(fields)),
    }
}

fn server_shape(fields: &MessageShape) -> Shape {
    let field = |(name, field): (&String, &sandbox::FieldShape)| {
        let sandbox::FieldShape { kind, required, values } = field;
        let field = Field { kind: server_kind(kind), required: *required, values: values.clone() };
        (name.clone(), field)
    };
    fields.iter().map(field).collect()
}

fn server_claim(method: &MethodShape) -> Claim {
    let parameter = |given: &sandbox::ParameterShape| {
        let sandbox::ParameterShape { name, kind, required, values } = given.clone();
        Parameter { name, place: Place::Query, kind: server_kind(&kind), required, values }
    };
    Claim {
        id: method.id.clone(),
        verb: method.verb.clone(),
        path: method.path.clone(),
        upload_path: method.upload_path.clone(),
        scopes: method.scopes.iter().cloned().collect(),
        parameters: method.query.iter().map(parameter).collect(),
        request: method.request.as_ref().map(server_shape),
        response: method.response.as_ref().map(server_shape),
    }
}

#[test]
fn the_sandbox_keeps_to_googles_documents() {
    let claims: Vec<Claim> = sandbox::contract().iter().map(server_claim).collect();
    assert!(!claims.is_empty());
    hold(Side::Server, "sandbox", &claims, SERVER_DEVIATIONS);
}

fn ids(contract: &[MethodShape]) -> BTreeSet<&str> {
    contract.iter().map(|method| method.id.as_str()).collect()
}

#[test]
fn the_sandbox_has_all_of_the_apis_that_sell() {
    let (google, contract) = (documents(), sandbox::contract());
    let ours = ids(&contract);
    let whole = ["reseller.", "licensing.", "siteVerification."];
    let of_these = |id: &&str| whole.iter().any(|api| id.starts_with(api));
    let all = google.methods.keys().map(String::as_str).filter(of_these);
    let missing: Vec<&str> = all.filter(|id| !ours.contains(id)).collect();
    assert!(missing.is_empty(), "the sandbox lacks {missing:?}");
}

#[test]
fn our_client_calls_nothing_that_the_sandbox_lacks() {
    let (contract, client) = (sandbox::contract(), client::contract());
    let ours = ids(&contract);
    let called = client.iter().map(|method| method.id).filter(|id| !id.starts_with("oauth."));
    let missing: Vec<&str> = called.filter(|id| !ours.contains(id)).collect();
    assert!(missing.is_empty(), "the sandbox lacks {missing:?}");
}

#[test]
fn our_client_keeps_to_googles_documents() {
    let contract = client::contract();
    // OAuth has no discovery document.
    let of_apis = contract.iter().filter(|method| !method.id.starts_with("oauth."));
    let claims: Vec<Claim> = of_apis.map(client_claim).collect();
    assert!(!claims.is_empty());
    hold(Side::Client, "client", &claims, CLIENT_DEVIATIONS);
}
