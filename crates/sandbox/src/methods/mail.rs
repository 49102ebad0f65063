//! Methods of the Gmail API. Source: discovery document gmail 20261005

use http::Method as Verb;

use super::Method;
use crate::gmail;
use crate::schemas::{MESSAGE_SHAPE, PROFILE_SHAPE};
use crate::settings::Api;

/// gmail.send isn't among them.
const PROFILE: &[&str] = &[
    "https://mail.google.com/",
    "gmail.compose",
    "gmail.metadata",
    "gmail.modify",
    "gmail.readonly",
];
const SEND: &[&str] = &[
    "https://mail.google.com/",
    "gmail.addons.current.action.compose",
    "gmail.compose",
    "gmail.modify",
    "gmail.send",
];

pub(super) fn methods() -> Vec<Method> {
    let send = Method::new(
        Api::Gmail,
        Verb::POST,
        "gmail.users.messages.send",
        "/gmail/v1/users/{userId}/messages/send",
        gmail::send,
    );
    vec![
        Method::new(
            Api::Gmail,
            Verb::GET,
            "gmail.users.getProfile",
            "/gmail/v1/users/{userId}/profile",
            gmail::profile,
        )
        .scopes(PROFILE)
        .answers(PROFILE_SHAPE),
        Method { upload: Some("/upload/gmail/v1/users/{userId}/messages/send"), ..send }
            .scopes(SEND)
            .body("message", MESSAGE_SHAPE)
            .needs(&["raw"])
            .answers(MESSAGE_SHAPE),
    ]
}
