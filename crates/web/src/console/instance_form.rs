//! The settings of an instance as a form: its fields, what is wrong with what was sent.

use super::form::{Field, Sent};
use domain::ids::InstanceId;
use domain::secret::{ExposeSecret, SecretString};

const SYSTEM_NAME_MAX: usize = 100;
const CLIENT_MAX: usize = 255;
/// What Google's client ids end in. Stand-ins use others, so this is a warning only.
const GOOGLE_CLIENT: &str = ".apps.googleusercontent.com";

/// What was sent, trimmed.
pub struct InstanceForm {
    pub system_name: String,
    pub client_id: String,
    /// None keeps the one that is stored.
    pub client_secret: Option<SecretString>,
}

/// A field's name and what is wrong with it.
pub type Fault = (&'static str, String);

impl InstanceForm {
    pub fn read(sent: &Sent) -> InstanceForm {
        let secret = sent.text("client_secret").trim();
        InstanceForm {
            system_name: sent.text("system_name").trim().to_owned(),
            client_id: sent.text("client_id").trim().to_owned(),
            client_secret: Some(secret).filter(|secret| !secret.is_empty()).map(Into::into),
        }
    }

    /// Everything wrong with it. A new instance needs a secret.
    pub fn faults(&self, is_new: bool) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        let name = &self.system_name;
        if name.is_empty() {
            faults.push(("system_name", "Give the instance a name.".into()));
        } else if name.chars().count() > SYSTEM_NAME_MAX {
            faults.push(("system_name", format!("Use at most {SYSTEM_NAME_MAX} characters.")));
        } else if name.chars().any(char::is_control) {
            faults.push(("system_name", "Use no control characters.".into()));
        } else if name.parse::<InstanceId>().is_ok() {
            // Orders name an instance by either: one must never be taken for the other.
            faults.push(("system_name", "Use a name that is not an instance's id.".into()));
        }
        if self.client_id.is_empty() {
            faults.push(("client_id", "Copy it from Google Cloud console > Credentials.".into()));
        } else if !is_visible_ascii(&self.client_id) {
            faults.push(("client_id", format!("Use 1 to {CLIENT_MAX} characters, no spaces.")));
        }
        match &self.client_secret {
            None if is_new => {
                let fault = "Copy it from Google Cloud console > Credentials.".into();
                faults.push(("client_secret", fault));
            }
            Some(secret) if !is_visible_ascii(secret.expose_secret()) => {
                let fault = format!("Use 1 to {CLIENT_MAX} characters, no spaces.");
                faults.push(("client_secret", fault));
            }
            _ => {}
        }
        faults
    }

    /// The fields with what was sent. The secret is never shown again.
    pub fn fields(&self, is_saved: bool, faults: &[Fault]) -> [Field; 3] {
        let of = |name: &str| {
            let own = faults.iter().filter(|(known, _)| *known == name);
            own.map(|(_, text)| text.clone()).collect::<Vec<_>>()
        };
        let name = Field::new("system_name", "System Name")
            .value(&self.system_name)
            .hint("What orders call this instance. Unique within your distributor.")
            .max(SYSTEM_NAME_MAX)
            .faults(of("system_name"))
            .full();
        let client = Field::new("client_id", "Client Id")
            .value(&self.client_id)
            .max(CLIENT_MAX)
            .faults(of("client_id"))
            .plain()
            .full();
        let client = Field { warning: self.warning(), ..client };
        let secret = Field::new("client_secret", "Client Secret")
            .kind("password", "off")
            .max(CLIENT_MAX)
            .faults(of("client_secret"))
            .full();
        let secret = if is_saved {
            Field { required: false, ..secret.hint("Saved, leave empty to keep.") }
        } else {
            secret.hint("Kept sealed, and never shown again once saved.")
        };
        [name, client, secret]
    }

    /// Said of a Client Id that is not shaped like Google's.
    fn warning(&self) -> String {
        if self.client_id.is_empty() || self.client_id.ends_with(GOOGLE_CLIENT) {
            return String::new();
        }
        format!("Google's Client Ids end in {GOOGLE_CLIENT}; this one does not.")
    }
}

fn is_visible_ascii(text: &str) -> bool {
    text.len() <= CLIENT_MAX && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::InstanceForm;

    #[track_caller]
    fn check(name: &str, client: &str, secret: &str, is_new: bool, expected: &[&str]) {
        let secret = Some(secret).filter(|secret| !secret.is_empty());
        let form = InstanceForm {
            system_name: name.into(),
            client_id: client.into(),
            client_secret: secret.map(Into::into),
        };
        let found: Vec<_> = form.faults(is_new).iter().map(|(field, _)| *field).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_may_be_saved() {
        check("Nord", "x.apps.googleusercontent.com", "s", true, &[]);
        check("Nord", "stand-in", "", false, &[]);
        check("", "", "", true, &["system_name", "client_id", "client_secret"]);
        check(
            "a\u{0}b",
            "with space",
            "with space",
            false,
            &["system_name", "client_id", "client_secret"],
        );
        check(&"x".repeat(101), &"x".repeat(256), "s", true, &["system_name", "client_id"]);
        check("ins_01jzq3k5v8x9y2m4n6p7r8s9t0", "x", "s", true, &["system_name"]);
    }
}
