//! What people around the API do: accept terms, take consent back, change a password, switch an API off, restrict
//! scopes. Behind the client's back, by a function here or by the control API.

use std::collections::BTreeSet;

use crate::directory::users::forget_mail_tokens;
use crate::oauth::{revoke_client, revoke_user};
use crate::sandbox::Sandbox;
use crate::settings::Api;
use crate::world::{ClientState, SuspensionReason, sha256_hex};

/// Why nothing happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotPlay {
    /// No such customer, user or client.
    Unknown(String),
    /// Only a super administrator can accept the terms, and the customer has none.
    NoAdministrator(String),
}

impl std::fmt::Display for CannotPlay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CannotPlay::Unknown(what) => write!(f, "there is no {what}"),
            CannotPlay::NoAdministrator(customer) => {
                write!(f, "customer {customer} has no administrator who could accept the terms")
            }
        }
    }
}

impl std::error::Error for CannotPlay {}

type Played = Result<(), CannotPlay>;

impl Sandbox {
    /// The customer's administrators sign in and accept Google's terms; what waited for that becomes active.
    ///
    /// `customer` is an id or a domain. Accepting twice changes nothing.
    /// Source: google-semantics.md §2.9, §2.12 {H-TOS}, §3.2 `agreedToTerms`
    pub fn accept_terms(&self, customer: &str) -> Played {
        self.alter(|world| {
            let unknown = || CannotPlay::Unknown(format!("customer {customer}"));
            let id = world.customer(customer).ok_or_else(unknown)?.id.clone();
            if !world.users_of(&id).any(|user| user.is_admin) {
                return Err(CannotPlay::NoAdministrator(id));
            }
            for user in world.users.values_mut() {
                if user.customer_id == id && user.is_admin {
                    user.agreed_to_terms = true;
                    user.version += 1;
                }
            }
            for subscription in world.subscriptions.values_mut() {
                if subscription.customer_id == id {
                    subscription.suspension_reasons.remove(&SuspensionReason::PendingTosAcceptance);
                    if subscription.suspension_reasons.is_empty() {
                        subscription.suspended_at_ms = None;
                    }
                }
            }
            world.customers.get_mut(&id).ok_or_else(unknown)?.terms_accepted = true;
            Ok(())
        })
    }

    /// The user takes back what a client, or any client (`None`), was allowed. Its tokens die at once.
    /// Source: google-semantics.md §1.4 (1)
    pub fn revoke_consent(&self, email: &str, client_id: Option<&str>) -> Played {
        let email = email.to_lowercase();
        self.alter(|world| {
            if !world.users.contains_key(&email) {
                return Err(CannotPlay::Unknown(format!("user {email}")));
            }
            match client_id {
                Some(client_id) => revoke_client(world, &email, client_id),
                None => revoke_user(world, &email),
            }
            Ok(())
        })
    }

    /// The user changes the password; refresh tokens with Gmail scopes die. Source: google-semantics.md §1.4 (3)
    pub fn change_password(&self, email: &str, password: &str) -> Played {
        let email = email.to_lowercase();
        self.alter(|world| {
            let user = world
                .users
                .get_mut(&email)
                .ok_or_else(|| CannotPlay::Unknown(format!("user {email}")))?;
            user.password_sha256 = sha256_hex(password);
            user.version += 1;
            forget_mail_tokens(world, &email);
            Ok(())
        })
    }

    /// The administrator of an organisation puts these scopes, and only these, under "Restricted".
    /// Source: google-semantics.md §1.4 (5)
    pub fn restrict_scopes(&self, customer_id: &str, scopes: BTreeSet<String>) -> Played {
        self.alter(|world| {
            if !world.customers.contains_key(customer_id) {
                return Err(CannotPlay::Unknown(format!("customer {customer_id}")));
            }
            world.restricted_scopes.insert(customer_id.to_owned(), scopes);
            Ok(())
        })
    }

    /// Somebody switches an API of the client's Cloud project on or off.
    pub fn set_api(&self, client_id: &str, api: Api, enabled: bool) -> Played {
        self.alter_client(client_id, |client| {
            if enabled {
                client.apis.insert(api);
            } else {
                client.apis.remove(&api);
            }
        })
    }

    /// Changes what may change about an OAuth client: Testing, Internal, deleted, its APIs.
    pub fn alter_client(&self, client_id: &str, change: impl FnOnce(&mut ClientState)) -> Played {
        self.alter(|world| {
            let client = world
                .clients
                .get_mut(client_id)
                .ok_or_else(|| CannotPlay::Unknown(format!("client {client_id}")))?;
            change(client);
            Ok(())
        })
    }
}
