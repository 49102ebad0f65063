//! Holds a JSON body against the schema of the discovery document, as Google's front end does before an API sees it.
//! Never: what the values mean.
//! Source: google-semantics.md §11 "Unknown JSON fields" [F]; member names and types: discovery documents

use serde_json::Value;

use crate::envelope::ApiError;

/// The type of a JSON value in a discovery document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    /// A number, or a string that holds one. Source: google-semantics.md §0 "Number formats"
    Int32,
    Int64,
    Bool,
    Any,
    List(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
}

/// Where a value stands: the message's name and the path below it, for texts such as `customer.postal_address`.
struct Place<'a> {
    path: &'a str,
    strict: bool,
}

/// Refuses what doesn't fit. `root` is Google's name for the message, in snake case.
///
/// `null` fits everywhere: it means the member isn't set.
pub(crate) fn check(shape: Shape, value: &Value, root: &str, strict: bool) -> Result<(), ApiError> {
    let Value::Object(_) = value else {
        return Err(ApiError::payload(
            "",
            "Invalid JSON payload received. Unexpected token. The message has to be an object.",
        ));
    };
    walk(shape, value, &Place { path: root, strict }, true)
}

fn walk(shape: Shape, value: &Value, place: &Place<'_>, top: bool) -> Result<(), ApiError> {
    match (shape, value) {
        (_, Value::Null) | (Shape::Any, _) | (Shape::Text, Value::String(_)) => Ok(()),
        (Shape::Bool, Value::Bool(_)) => Ok(()),
        (Shape::Int32, value) if integer(value).is_some_and(|n| i32::try_from(n).is_ok()) => Ok(()),
        (Shape::Int64, value) if integer(value).is_some() => Ok(()),
        (Shape::List(of), Value::Array(items)) => {
            items.iter().try_for_each(|item| walk(*of, item, place, false))
        }
        (Shape::Object(members), Value::Object(given)) => {
            for (name, value) in given {
                let Some((_, shape)) = members.iter().find(|(known, _)| known == name) else {
                    if place.strict {
                        return Err(unknown(name, if top { "" } else { place.path }));
                    }
                    continue;
                };
                let path = format!("{}.{}", place.path, snake(name));
                walk(*shape, value, &Place { path: &path, ..*place }, false)?;
            }
            Ok(())
        }
        (shape, value) => Err(ApiError::payload(
            place.path,
            format!("Invalid value at '{}' ({}), {value}", place.path, type_name(shape)),
        )),
    }
}

fn unknown(name: &str, path: &str) -> ApiError {
    let place = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
    ApiError::payload(
        path,
        format!(
            "Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field."
        ),
    )
}

fn type_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Any => "TYPE_STRING",
        Shape::Int32 => "TYPE_INT32",
        Shape::Int64 => "TYPE_INT64",
        Shape::Bool => "TYPE_BOOL",
        Shape::List(_) | Shape::Object(_) => "TYPE_MESSAGE",
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A whole number, whether written as a number or as a string.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The text at a JSON pointer; `None` when absent, null or empty.
pub(crate) fn text<'a>(body: &'a Value, pointer: &str) -> Option<&'a str> {
    body.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The 32-bit number at a JSON pointer.
pub(crate) fn int32(body: &Value, pointer: &str) -> Option<i32> {
    body.pointer(pointer).and_then(integer).and_then(|number| i32::try_from(number).ok())
}
