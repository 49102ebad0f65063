//! Holds a JSON body against the schema of the discovery document, as Google's front end does before an API sees it,
//! and what the sandbox answers against the same schema. Never: what the values mean.
//! Source: google-semantics.md §11 "Unknown JSON fields" [F]; member names and types: discovery documents

use serde_json::Value;

use crate::envelope::ApiError;

/// The type of a JSON value in a discovery document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    /// One of these texts.
    Enum(&'static [&'static str]),
    /// Taken as a number, or as a string that holds one; answered as a number.
    Int32,
    Uint32,
    /// Taken as a number or a string, answered as a string. Source: google-semantics.md §0 "Number formats"
    Int64,
    Bool,
    Any,
    List(&'static Shape),
    Object(&'static [Member]),
}

/// Name and type of one member of a message.
pub(crate) type Member = (&'static str, Shape);

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
        (Shape::Enum(values), Value::String(text)) if values.contains(&text.as_str()) => Ok(()),
        (Shape::Bool, Value::Bool(_)) => Ok(()),
        (Shape::Int32, value) if integer(value).is_some_and(|n| i32::try_from(n).is_ok()) => Ok(()),
        (Shape::Uint32, value) if integer(value).is_some_and(|n| u32::try_from(n).is_ok()) => {
            Ok(())
        }
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
        Shape::Enum(_) => "TYPE_ENUM",
        Shape::Int32 => "TYPE_INT32",
        Shape::Uint32 => "TYPE_UINT32",
        Shape::Int64 => "TYPE_INT64",
        Shape::Bool => "TYPE_BOOL",
        Shape::List(_) | Shape::Object(_) => "TYPE_MESSAGE",
    }
}

/// Whether the text of a query parameter is of this type.
pub(crate) fn reads(shape: Shape, text: &str) -> bool {
    match shape {
        Shape::Enum(values) => values.contains(&text),
        Shape::Int32 => text.parse::<i32>().is_ok(),
        Shape::Uint32 => text.parse::<u32>().is_ok(),
        Shape::Int64 => text.parse::<i64>().is_ok(),
        Shape::Bool => matches!(text, "true" | "false"),
        Shape::Text | Shape::Any | Shape::List(_) | Shape::Object(_) => true,
    }
}

/// Where an answer says something that its schema doesn't, as a path; `None` when it fits.
pub(crate) fn misfit(shape: Shape, value: &Value) -> Option<String> {
    match (shape, value) {
        (Shape::Any, _) | (Shape::Text, Value::String(_)) | (Shape::Bool, Value::Bool(_)) => None,
        (Shape::Enum(values), Value::String(text)) if values.contains(&text.as_str()) => None,
        (Shape::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => None,
        (Shape::Int32, Value::Number(n))
            if n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) =>
        {
            None
        }
        (Shape::Uint32, Value::Number(n))
            if n.as_u64().is_some_and(|n| u32::try_from(n).is_ok()) =>
        {
            None
        }
        (Shape::List(of), Value::Array(items)) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| misfit(*of, item).map(|path| format!("[{at}]{path}"))),
        (Shape::Object(members), Value::Object(given)) => given.iter().find_map(|(name, value)| {
            match members.iter().find(|(known, _)| known == name) {
                Some((_, shape)) => misfit(*shape, value).map(|path| format!(".{name}{path}")),
                None => Some(format!(".{name} is unknown")),
            }
        }),
        (shape, value) => Some(format!(" is {value}, not {}", type_name(shape))),
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

/// Whether the member stands in the body, `null` included.
pub(crate) fn sent(body: &Value, name: &str) -> bool {
    body.get(name).is_some()
}
