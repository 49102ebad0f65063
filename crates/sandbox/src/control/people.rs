//! What users, administrators and the owner of a Cloud project do.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Body, Route, made, played, posted, with};
use crate::outside::NewUser;
use crate::sandbox::Sandbox;
use crate::settings::Api;

pub(super) fn routes() -> Vec<Route> {
    vec![
        posted("accept-terms", accept_terms),
        posted("users", add_user),
        posted("users/remove", remove_user),
        posted("users/alter", alter_user),
        posted("users/restore", restore_user),
        posted("users/licences", set_licence),
        posted("users/password", change_password),
        posted("users/sign-in", sign_in),
        posted("consumer-accounts", add_consumer),
        posted("grants/revoke", revoke),
        posted("grants/limit", limit_access),
        posted("clients/{id}", alter_client),
        posted("clients/{id}/apis", set_apis),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfCustomer {
    customer: String,
}

async fn accept_terms(State(sandbox): State<Sandbox>, body: Body<OfCustomer>) -> Response {
    with(body, |body| played(sandbox.accept_terms(&body.customer)))
}

async fn add_user(State(sandbox): State<Sandbox>, body: Body<NewUser>) -> Response {
    with(body, |new| made("id", sandbox.add_user(&new)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfUser {
    email: String,
}

async fn remove_user(State(sandbox): State<Sandbox>, body: Body<OfUser>) -> Response {
    with(body, |body| played(sandbox.remove_user(&body.email)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlterUser {
    email: String,
    #[serde(default)]
    admin: Option<bool>,
    #[serde(default)]
    suspended: Option<bool>,
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    #[serde(default)]
    org_unit_path: Option<String>,
    /// The address from now on; the old one stays as an alias.
    #[serde(default)]
    new_email: Option<String>,
}

/// In this order, until one thing can't be played.
async fn alter_user(State(sandbox): State<Sandbox>, body: Body<AlterUser>) -> Response {
    with(body, |body| {
        let email = &body.email;
        let all = || {
            sandbox.name_user(email, &body.given_name, &body.family_name)?;
            if let Some(admin) = body.admin {
                sandbox.make_admin(email, admin)?;
            }
            if let Some(suspended) = body.suspended {
                sandbox.suspend_user(email, suspended)?;
            }
            if let Some(unit) = &body.org_unit_path {
                sandbox.move_user(email, unit)?;
            }
            body.new_email.as_ref().map_or(Ok(()), |new| sandbox.rename_user(email, new))
        };
        let before = sandbox.inspect(|world| world.user(email).cloned());
        let result = all();
        // All of it or nothing: what was done before the one that can't be is taken back.
        if let (Err(_), Some(user)) = (&result, before) {
            sandbox.change(|world, _| world.put_user(user));
        }
        played(result)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfDeletedUser {
    id: String,
}

async fn restore_user(State(sandbox): State<Sandbox>, body: Body<OfDeletedUser>) -> Response {
    with(body, |body| played(sandbox.restore_user(&body.id)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLicence {
    email: String,
    sku_id: String,
    /// `false`: taken away.
    given: bool,
}

async fn set_licence(State(sandbox): State<Sandbox>, body: Body<SetLicence>) -> Response {
    with(body, |body| {
        played(if body.given {
            sandbox.give_licence(&body.email, &body.sku_id)
        } else {
            sandbox.take_licence(&body.email, &body.sku_id)
        })
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    email: String,
    password: String,
}

async fn change_password(State(sandbox): State<Sandbox>, body: Body<ChangePassword>) -> Response {
    with(body, |body| played(sandbox.change_password(&body.email, &body.password)))
}

async fn sign_in(State(sandbox): State<Sandbox>, body: Body<OfUser>) -> Response {
    with(body, |body| played(sandbox.sign_in(&body.email)))
}

async fn add_consumer(State(sandbox): State<Sandbox>, body: Body<OfUser>) -> Response {
    with(body, |body| played(sandbox.add_consumer_account(&body.email)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    email: String,
    #[serde(default)]
    client_id: Option<String>,
}

async fn revoke(State(sandbox): State<Sandbox>, body: Body<Revoke>) -> Response {
    with(body, |body| played(sandbox.revoke_consent(&body.email, body.client_id.as_deref())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitAccess {
    email: String,
    client_id: String,
    /// `None`: without end.
    ms: Option<i64>,
}

async fn limit_access(State(sandbox): State<Sandbox>, body: Body<LimitAccess>) -> Response {
    with(body, |body| played(sandbox.limit_access(&body.email, &body.client_id, body.ms)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlterClient {
    #[serde(default)]
    deleted: Option<bool>,
    #[serde(default)]
    testing: Option<bool>,
    /// Who may consent in Testing; empty: everybody.
    #[serde(default)]
    test_users: Option<BTreeSet<String>>,
    /// In production, not verified by Google.
    #[serde(default)]
    unverified: Option<bool>,
    /// Only users of the customer with this id may consent; empty: everybody.
    #[serde(default)]
    internal_to: Option<String>,
}

async fn alter_client(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<AlterClient>,
) -> Response {
    with(body, |body| {
        let all = || {
            match body.deleted {
                Some(true) => sandbox.delete_client(&id)?,
                Some(false) => sandbox.restore_client(&id)?,
                None => {}
            }
            if let Some(emails) = &body.test_users {
                sandbox.set_test_users(&id, emails)?;
            }
            sandbox.alter_client(&id, |client| {
                client.testing = body.testing.unwrap_or(client.testing);
                client.unverified = body.unverified.unwrap_or(client.unverified);
                if let Some(customer) = &body.internal_to {
                    client.internal_to = (!customer.is_empty()).then(|| customer.clone());
                }
            })
        };
        played(all())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetApis {
    #[serde(default)]
    enable: BTreeSet<Api>,
    #[serde(default)]
    disable: BTreeSet<Api>,
}

async fn set_apis(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Body<SetApis>,
) -> Response {
    with(body, |body| {
        played(sandbox.alter_client(&id, |client| {
            client.apis.extend(body.enable);
            client.apis.retain(|api| !body.disable.contains(api));
        }))
    })
}
