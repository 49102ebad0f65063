//! The Directory API's bodies, read tolerantly. Source: google-semantics.md §3.2 {DISC-DIR}.

use domain::observed::ObservedAdmin;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `customType` of the external id that marks our own users.
const OURS: &str = "seatwright";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewUser<'a> {
    primary_email: &'a str,
    name: Name<'a>,
    password: &'a str,
    change_password_at_next_login: bool,
    recovery_email: &'a str,
    external_ids: [ExternalId<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Name<'a> {
    given_name: &'a str,
    family_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalId<'a> {
    value: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    custom_type: &'static str,
}

impl NewUser<'_> {
    pub(super) fn of<'a>(
        email: &'a str,
        (given_name, family_name): (&'a str, &'a str),
        password: &'a str,
        recovery_email: &'a str,
        external_id: &'a str,
    ) -> NewUser<'a> {
        NewUser {
            primary_email: email,
            name: Name { given_name, family_name },
            password,
            change_password_at_next_login: true,
            recovery_email,
            external_ids: [ExternalId { value: external_id, kind: "custom", custom_type: OURS }],
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    pub(super) id: String,
    primary_email: String,
    is_admin: bool,
    suspended: bool,
    agreed_to_terms: bool,
    /// Of type `any` at Google, so anything may be in it.
    external_ids: Value,
}

impl User {
    pub(super) fn observed(self, external_id: &str) -> ObservedAdmin {
        ObservedAdmin {
            ours: self.carries(external_id),
            google_id: self.id,
            email: self.primary_email,
            is_admin: self.is_admin,
            suspended: self.suspended,
            agreed_to_terms: self.agreed_to_terms,
        }
    }

    fn carries(&self, external_id: &str) -> bool {
        let is_ours = |id: &Value| {
            id["type"] == "custom" && id["customType"] == OURS && id["value"] == external_id
        };
        self.external_ids.as_array().is_some_and(|ids| ids.iter().any(is_ours))
    }
}
