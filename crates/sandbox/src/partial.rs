//! The standard query parameters that change what is sent: `fields`, `prettyPrint`; and entity tags.
//! Source: google-semantics.md §7.3 {DIR-PERF}{DISC-RES}

use http::HeaderMap;
use http::header::{HeaderName, IF_NONE_MATCH};
use serde_json::{Map, Value};

use crate::call::Query;
use crate::envelope::ApiError;
use crate::reply::{Content, Reply};
use crate::shape::Shape;

/// Source: google-semantics.md §7.3 `quotaUser` {DISC-RES}
const QUOTA_USER_CHARS_MAX: usize = 40;

/// What is wanted of an object: everything (`None`), or members with what is wanted of them.
type Selection = Option<Vec<(String, Selected)>>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Selected(Option<Vec<(String, Selected)>>);

fn bad(text: &str) -> ApiError {
    ApiError::invalid_value("fields", format!("Invalid field selection {text}"))
}

/// `a,b/c,d(e,f)`; `*` stands for every member.
fn read(text: &str) -> Result<Selection, ApiError> {
    let mut rest = text;
    let selection = list(&mut rest, text)?;
    if rest.is_empty() { Ok(Some(selection)) } else { Err(bad(text)) }
}

fn list(rest: &mut &str, whole: &str) -> Result<Vec<(String, Selected)>, ApiError> {
    let mut all = Vec::new();
    loop {
        all.push(item(rest, whole)?);
        match rest.strip_prefix(',') {
            Some(behind) => *rest = behind,
            None => return Ok(all),
        }
    }
}

fn item(rest: &mut &str, whole: &str) -> Result<(String, Selected), ApiError> {
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '-' | '.')))
        .unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    if name.is_empty() {
        return Err(bad(whole));
    }
    *rest = behind;
    if let Some(behind) = rest.strip_prefix('/') {
        *rest = behind;
        let inner = item(rest, whole)?;
        return Ok((name.to_owned(), Selected(Some(vec![inner]))));
    }
    if let Some(behind) = rest.strip_prefix('(') {
        *rest = behind;
        let inner = list(rest, whole)?;
        *rest = rest.strip_prefix(')').ok_or_else(|| bad(whole))?;
        return Ok((name.to_owned(), Selected(Some(inner))));
    }
    Ok((name.to_owned(), Selected(None)))
}

fn select(value: &Value, wanted: &[(String, Selected)]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| select(item, wanted)).collect(),
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, value) in members {
                for (pattern, Selected(inner)) in wanted {
                    if pattern != "*" && pattern != name {
                        continue;
                    }
                    let part = match inner {
                        Some(inner) => select(value, inner),
                        None => value.clone(),
                    };
                    merge(kept.entry(name.clone()).or_insert(Value::Null), part);
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// `a/b,a/c` wants both.
fn merge(into: &mut Value, part: Value) {
    match (into, part) {
        (Value::Object(into), Value::Object(part)) => {
            for (name, value) in part {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(part)) if into.len() == part.len() => {
            into.iter_mut().zip(part).for_each(|(into, part)| merge(into, part));
        }
        (into, part) => *into = part,
    }
}

/// What is wrong with the standard parameters, found before anything is done.
/// Source: google-semantics.md §7.3 {DISC-RES}{DIR-PERF}
pub(crate) fn check(query: &Query, response: Option<Shape>) -> Result<(), ApiError> {
    if query.get("alt").is_some_and(|alt| alt != "json") {
        return Err(ApiError::invalid_value("alt", "Invalid value for: alt"));
    }
    if query.get("quotaUser").is_some_and(|user| user.chars().count() > QUOTA_USER_CHARS_MAX) {
        return Err(ApiError::invalid_value("quotaUser", "Invalid value for: quotaUser"));
    }
    match (query.get("fields").map(read).transpose()?.flatten(), response) {
        (Some(selection), Some(response)) => known(&selection, response),
        _ => Ok(()),
    }
}

/// Whether the answer may have all that is selected.
fn known(wanted: &[(String, Selected)], of: Shape) -> Result<(), ApiError> {
    let members = match of {
        Shape::List(of) => return known(wanted, *of),
        Shape::Object(members) => members,
        Shape::Any => return Ok(()),
        _ => &[],
    };
    for (name, Selected(inner)) in wanted {
        let mut found =
            members.iter().filter(|(member, _)| name == "*" || member == name).peekable();
        if found.peek().is_none() {
            return Err(bad(name));
        }
        if let Some(inner) = inner {
            // Of several that `*` stands for, one will do.
            let mut held = found.map(|(_, shape)| known(inner, *shape));
            if !held.any(|it| it.is_ok()) {
                return Err(bad(name));
            }
        }
    }
    Ok(())
}

/// Gives an answer the form that the request asks for. `reads`: it is a GET, so that 304 may be the answer.
pub(crate) fn shape(mut reply: Reply, query: &Query, headers: &HeaderMap, reads: bool) -> Reply {
    reply.compact = query.get("prettyPrint") == Some("false");
    if !reply.is_success() {
        return reply;
    }
    if let Some(etag) = etag_of(&reply) {
        if reads && header(headers, IF_NONE_MATCH).is_some_and(|known| matches(known, &etag)) {
            return Reply::empty(304).with_header("etag", etag);
        }
        reply.headers.push(("etag", etag));
    }
    let selection = query.get("fields").and_then(|text| read(text).ok()).flatten();
    if let (Content::Json(body), Some(selection)) = (&reply.content, selection) {
        reply.content = Content::Json(select(body, &selection));
    }
    reply
}

pub(crate) fn etag_of(reply: &Reply) -> Option<String> {
    let Content::Json(body) = &reply.content else { return None };
    body.get("etag").and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a list of entity tags has this one; `*` has all.
pub(crate) fn matches(list: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    list.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(fields: &str, wanted: &Value) {
        let body = json!({"kind": "k", "next": "n", "items": [
            {"id": 1, "name": {"first": "a", "last": "b"}}, {"id": 2, "name": {"first": "c", "last": "d"}}]});
        let selection = read(fields).expect("a selection").expect("some");
        assert_eq!(select(&body, &selection), *wanted, "{fields}");
    }

    #[test]
    fn fields_select() {
        check("kind", &json!({"kind": "k"}));
        check("kind,next", &json!({"kind": "k", "next": "n"}));
        check("items/id", &json!({"items": [{"id": 1}, {"id": 2}]}));
        check(
            "items(id,name/last)",
            &json!({"items": [
            {"id": 1, "name": {"last": "b"}}, {"id": 2, "name": {"last": "d"}}]}),
        );
        check(
            "items/id,items/name/first",
            &json!({"items": [
            {"id": 1, "name": {"first": "a"}}, {"id": 2, "name": {"first": "c"}}]}),
        );
        check("*/id", &json!({"kind": "k", "next": "n", "items": [{"id": 1}, {"id": 2}]}));
        check("nothing", &json!({}));
        for wrong in ["", "a(", "a(b", "a)", "a,,b", "a/", "(a)"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tags_match() {
        assert!(
            matches("\"a\"", "\"a\"")
                && matches("*", "\"a\"")
                && matches("\"b\", W/\"a\"", "\"a\"")
        );
        assert!(!matches("\"b\"", "\"a\""));
    }
}
