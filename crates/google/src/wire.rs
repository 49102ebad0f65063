//! How a body's members are written down once: the struct, its names on the wire and the shape that
//! `contract` shows all come from the same lines.

use crate::CallError;
use crate::answer::Answer;
use crate::contract::{FieldShape, JsonShape};
use domain::secret::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What a value is in JSON.
pub trait Shaped {
    /// It may be left out when sending.
    const OPTIONAL: bool = false;
    /// There is no body at all.
    const NOTHING: bool = false;

    fn shape() -> JsonShape;

    /// It is to be left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// What can be read from a success.
pub trait Answered: Sized {
    /// # Errors
    /// As [`Answer::parse`], also when a member is missing without which the answer says nothing.
    fn read(answer: &Answer) -> Result<Self, CallError>;
}

/// No body, or one that says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Nothing;

impl Shaped for Nothing {
    const NOTHING: bool = true;

    fn shape() -> JsonShape {
        JsonShape::Object(Vec::new())
    }
}

impl Answered for Nothing {
    fn read(answer: &Answer) -> Result<Nothing, CallError> {
        answer.parse_nothing().map(|()| Nothing)
    }
}

/// A number Google writes as a text (`int64`). What is neither is 0.
/// Source: google-semantics.md §0 "Number formats".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Int64(pub i64);

impl<'de> Deserialize<'de> for Int64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Int64, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        Ok(Int64(number.unwrap_or(0)))
    }
}

/// A count Google writes as a number in its schema and as a text in some samples; what is neither is
/// 0. Source: google-semantics.md §2.6 [X].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u32);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Count, D::Error> {
        let Int64(number) = Int64::deserialize(deserializer)?;
        Ok(Count(u32::try_from(number).unwrap_or(0)))
    }
}

/// A text that is sent and never shown.
#[derive(Clone)]
pub struct Secret(SecretString);

impl From<&SecretString> for Secret {
    fn from(secret: &SecretString) -> Secret {
        Secret(secret.clone())
    }
}

impl Secret {
    pub(crate) fn text(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

macro_rules! shaped {
    ($($type:ty => $shape:ident),* $(,)?) => {
        $(impl Shaped for $type {
            fn shape() -> JsonShape {
                JsonShape::$shape
            }
        })*
    };
}

shaped! {
    String => Text,
    &'static str => Text,
    Secret => Text,
    Int64 => Int64,
    Count => Integer,
    u32 => Integer,
    bool => Boolean,
    serde_json::Value => Any,
}

impl<T: Shaped> Shaped for Option<T> {
    const OPTIONAL: bool = true;

    fn shape() -> JsonShape {
        T::shape()
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn shape() -> JsonShape {
        JsonShape::Array(Box::new(T::shape()))
    }
}

pub(crate) fn field<T: Shaped>(name: &'static str) -> FieldShape {
    FieldShape { name, json: T::shape(), always: !T::OPTIONAL }
}

/// Reads `null` as what is not there.
pub(crate) fn tolerant<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Structs of the wire. `reads`: unknown members are ignored, missing ones and `null` are empty;
/// behind `needs` stands what an answer may not lack. `sends`: exactly these members, an `Option`
/// that is `None` left out. Every line: name on the wire, name here, type.
macro_rules! wire {
    () => {};
    ($(#[$meta:meta])* reads $name:ident $(needs $lack:literal $need:ident)? {
        $($(#[$about:meta])* $wire:literal $field:ident: $type:ty,)*
    } $($rest:tt)*) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$about])*
            #[serde(rename = $wire, deserialize_with = "crate::wire::tolerant")]
            pub $field: $type,)*
        }
        impl crate::wire::Shaped for $name {
            fn shape() -> crate::contract::JsonShape {
                crate::contract::JsonShape::Object(vec![$(crate::wire::field::<$type>($wire)),*])
            }
        }
        impl crate::wire::Answered for $name {
            fn read(answer: &crate::answer::Answer) -> Result<$name, crate::CallError> {
                let it: $name = answer.parse()?;
                $(if it.$need.is_empty() {
                    return Err(answer.lacks($lack));
                })?
                Ok(it)
            }
        }
        crate::wire::wire! { $($rest)* }
    };
    ($(#[$meta:meta])* sends $name:ident {
        $($(#[$about:meta])* $wire:literal $field:ident: $type:ty,)*
    } $($rest:tt)*) => {
        $(#[$meta])*
        #[derive(Debug, Clone, serde::Serialize)]
        pub struct $name {
            $($(#[$about])*
            #[serde(rename = $wire, skip_serializing_if = "crate::wire::Shaped::is_absent")]
            pub $field: $type,)*
        }
        impl crate::wire::Shaped for $name {
            fn shape() -> crate::contract::JsonShape {
                crate::contract::JsonShape::Object(vec![$(crate::wire::field::<$type>($wire)),*])
            }
        }
        crate::wire::wire! { $($rest)* }
    };
    ($(#[$meta:meta])* words $name:ident {
        $($(#[$about:meta])* $word:ident = $text:literal,)*
    } $($rest:tt)*) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        pub enum $name {
            $($(#[$about])*
            #[serde(rename = $text)]
            $word,)*
        }
        impl $name {
            pub(crate) const WORDS: &'static [&'static str] = &[$($text),*];

            /// As Google writes it.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self {
                    $($name::$word => $text,)*
                }
            }
        }
        impl crate::wire::Shaped for $name {
            fn shape() -> crate::contract::JsonShape {
                crate::contract::JsonShape::Word($name::WORDS.to_vec())
            }
        }
        crate::wire::wire! { $($rest)* }
    };
}
pub(crate) use wire;
