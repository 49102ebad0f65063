//! Our cookies' names and how they are written. `__Host-` and `Secure` where the public address is
//! https; plain where it is not, since browsers and scripts would not send them back.

use crate::app::Settings;
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

/// What a cookie is for; its name follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// A signed-in operator.
    Session,
    /// What the forms of a visitor who is not signed in are bound to.
    Form,
    /// Which browser an activation was started in.
    Activation,
}

impl Jar {
    pub fn name(self, settings: &Settings) -> &'static str {
        match (self, is_https(settings)) {
            (Jar::Session, true) => "__Host-seatwright",
            (Jar::Session, false) => "seatwright",
            (Jar::Form, true) => "__Host-seatwright-form",
            (Jar::Form, false) => "seatwright-form",
            (Jar::Activation, true) => "__Host-seatwright-activation",
            (Jar::Activation, false) => "seatwright-activation",
        }
    }

    /// What the browser brought, if it can be one of our tokens.
    pub fn read(self, settings: &Settings, headers: &HeaderMap) -> Option<String> {
        let name = self.name(settings);
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(Cookie::split_parse)
            .flatten()
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
            .filter(|value| is_token(value))
    }

    /// A `Set-Cookie` value. Zero seconds take the cookie away.
    pub fn write(self, settings: &Settings, value: &str, max_age_s: i64) -> HeaderValue {
        let cookie = Cookie::build((self.name(settings), value))
            .path("/")
            .http_only(true)
            .secure(is_https(settings))
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(max_age_s));
        HeaderValue::from_str(&cookie.to_string()).expect("names and tokens are ASCII")
    }
}

pub fn is_https(settings: &Settings) -> bool {
    settings.public_url.scheme() == "https"
}

/// The shape of `domain::ids::token`.
fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
