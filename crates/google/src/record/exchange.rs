//! One exchange as data: a line of a recording. Never: where it came from, or what may stay in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Of the form of a recording. A reader refuses a newer one.
pub const VERSION: u32 = 1;

/// Stands where a secret was.
pub const REMOVED: &str = "removed";

/// The first line of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub version: u32,
    /// Which version of Seatwright recorded it.
    pub seatwright: String,
    /// In ms since the epoch; every exchange counts from here.
    pub began_at_ms: i64,
    /// Not Google itself was recorded but what stands in for it.
    pub stand_in: bool,
}

/// One request and what became of it. `Debug` is left out on purpose: before redaction it holds
/// secrets.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub version: u32,
    /// From 1 on, in the order in which the answers came.
    pub sequence: u64,
    /// When it was sent, in ms since the recording began.
    pub at_ms: i64,
    pub took_ms: i64,
    /// Who acted, such as `caller-1`; none where there is no token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    #[serde(flatten)]
    pub request: Request,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// `reseller`, `directory`, `licensing`, `gmail`, `siteVerification`, `oauth`, or `other`.
    pub service: String,
    /// Google's id such as `reseller.customers.get`, `oauth.token` or `batch`; none when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    pub verb: String,
    /// The path with its parameters' names, where the method is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// As sent, percent-encoded, without the query.
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// What a request or an answer carries.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    Json(Value),
    /// Of an OAuth endpoint.
    Form(Vec<(String, String)>),
    /// The calls of a batch.
    Calls(Vec<Request>),
    /// The answers of a batch, in the order of its calls; one may be missing.
    Answers(Vec<Option<Reply>>),
    /// Anything else; nothing of it is kept but its size, in bytes.
    Other {
        bytes: usize,
    },
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Answer(Reply),
    NoAnswer(Lost),
}

/// An answer, alone or within a batch's.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub status: u16,
    /// Only those that tell something about the rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The request never left.
    Connect,
    Timeout,
    /// It was larger than we read.
    TooLarge,
    Reset,
}
