//! What must not be said again: the secrets of a request, taken out of whatever an answer makes us
//! say. Front ends repeat addresses in their pages, and Google's own words may quote a value.

use domain::secret::{ExposeSecret, SecretString};
use std::borrow::Cow;

/// Shorter values are no secrets: taking them out would spoil words, and with them the meaning.
const SECRET_CHARS_MIN: usize = 8;
const MARK: &str = "[hidden]";

/// The secrets of one request.
#[derive(Clone, Default)]
pub(crate) struct Hidden(Vec<SecretString>);

impl Hidden {
    pub(crate) fn add(&mut self, secret: &SecretString) {
        self.0.push(secret.clone());
    }

    pub(crate) fn all(&mut self, others: &Hidden) {
        self.0.extend(others.0.iter().cloned());
    }

    #[must_use]
    pub(crate) fn and(&self, secret: &SecretString) -> Hidden {
        let mut more = self.clone();
        more.add(secret);
        more
    }

    /// The text without them, as they are and as they stand in an address.
    pub(crate) fn out_of(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in self.0.iter().map(SecretString::expose_secret) {
            if secret.chars().count() < SECRET_CHARS_MIN {
                continue;
            }
            let in_form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret, &in_form, &in_form.replace('+', "%20")] {
                if text.contains(form) {
                    text = Cow::Owned(text.replace(form, MARK));
                }
            }
        }
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Hidden;

    #[test]
    fn secrets_go_in_every_form_and_words_stay() {
        let mut hidden = Hidden::default();
        for secret in ["notFound", "a b/c&d=e", "short", ""] {
            hidden.add(&secret.to_owned().into());
        }
        for (said, shown) in [
            ("bad a b/c&d=e.", "bad [hidden]."),
            ("/x?token=a+b%2Fc%26d%3De&y", "/x?token=[hidden]&y"),
            ("/x/a%20b%2Fc%26d%3De/y", "/x/[hidden]/y"),
            ("too short a text", "too short a text"),
            ("notFound", "[hidden]"),
        ] {
            assert_eq!(hidden.out_of(said), shown);
        }
    }
}
