//! What people around the API do, behind the client's back: by a function here or by the control API.
//! Here: why something can't be done, and what administrators and users do with consent, passwords and clients.

mod console;
mod market;
mod people;
mod projects;

use std::collections::BTreeSet;

pub use console::CustomerDetails;
pub use market::{NewCustomer, NewSubscription};
pub use people::NewUser;

use crate::oauth::{forget_mail_tokens, revoke_client, revoke_user};
use crate::sandbox::Sandbox;
use crate::settings::Api;
use crate::world::{
    ClientState, Customer, Subscription, User, World, sha256_hex, subscription_key,
};

/// Why nothing happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotPlay {
    /// No such customer, user, client, subscription or SKU.
    Unknown(String),
    /// Only a super administrator can accept the terms, and the customer has none.
    NoAdministrator(String),
    /// Somebody has this domain or address already.
    Taken(String),
    /// It isn't one: a domain, an address, a number of seats.
    Malformed(String),
    /// It could have been done earlier.
    TooLate(String),
    /// Something stands in the way.
    InTheWay(String),
}

impl std::fmt::Display for CannotPlay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CannotPlay::Unknown(what) => write!(f, "there is no {what}"),
            CannotPlay::NoAdministrator(customer) => {
                write!(f, "customer {customer} has no administrator who could accept the terms")
            }
            CannotPlay::Taken(what) => write!(f, "somebody has {what} already"),
            CannotPlay::Malformed(what) => write!(f, "that isn't {what}"),
            CannotPlay::TooLate(what) => write!(f, "it is too late to {what}"),
            CannotPlay::InTheWay(what) => write!(f, "something stands in the way: {what}"),
        }
    }
}

impl std::error::Error for CannotPlay {}

pub(crate) type Played<T = ()> = Result<T, CannotPlay>;

/// The customer with this id or domain.
fn customer(world: &World, key: &str) -> Played<Customer> {
    world.customer(key).cloned().ok_or_else(|| CannotPlay::Unknown(format!("customer {key}")))
}

/// The user with this address, alias or id.
fn user(world: &World, key: &str) -> Played<User> {
    world.user(key).cloned().ok_or_else(|| CannotPlay::Unknown(format!("user {key}")))
}

/// The subscription with this id, of the customer with this id or domain.
fn subscription(world: &World, customer_key: &str, id: &str) -> Played<Subscription> {
    let home = customer(world, customer_key)?;
    world
        .subscriptions
        .get(&subscription_key(&home.id, id))
        .cloned()
        .ok_or_else(|| CannotPlay::Unknown(format!("subscription {id} of customer {customer_key}")))
}

impl Sandbox {
    /// The user takes back what a client, or any client (`None`), was allowed. Its tokens die at once.
    /// Source: google-semantics.md §1.4 (1)
    pub fn revoke_consent(&self, email: &str, client_id: Option<&str>) -> Played {
        let email = email.to_lowercase();
        self.change(|world, now_ms| {
            user(world, &email)?;
            match client_id {
                Some(client_id) => revoke_client(world, &email, client_id, now_ms),
                None => revoke_user(world, &email, now_ms),
            }
            Ok(())
        })
    }

    /// The user changes the password; refresh tokens with Gmail scopes die. Source: google-semantics.md §1.4 (3)
    pub fn change_password(&self, email: &str, password: &str) -> Played {
        self.change(|world, _| {
            let mut user = user(world, email)?;
            user.password_sha256 = sha256_hex(password);
            user.version += 1;
            forget_mail_tokens(world, &user.primary_email);
            world.put_user(user);
            Ok(())
        })
    }

    /// The administrator of an organisation puts these scopes, and only these, under "Restricted".
    /// `customer_key` is an id or a domain. Source: google-semantics.md §1.4 (5)
    pub fn restrict_scopes(&self, customer_key: &str, scopes: BTreeSet<String>) -> Played {
        self.change(|world, _| {
            let home = customer(world, customer_key)?;
            world.restricted_scopes.insert(home.id, scopes);
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
        self.change(|world, _| {
            let client = world
                .clients
                .get_mut(client_id)
                .ok_or_else(|| CannotPlay::Unknown(format!("client {client_id}")))?;
            change(client);
            Ok(())
        })
    }

    /// A domain's owner publishes a record, such as `TXT google-site-verification=…` or `CNAME gv-….googlehosted.com`.
    pub fn publish_record(&self, host: &str, record: &str) {
        self.change(|world, now_ms| {
            let host = host.to_lowercase();
            if world.dns.entry(host.clone()).or_default().insert(record.to_owned()) {
                world.dns_since_ms.insert(format!("{host} {record}"), now_ms);
            }
        });
    }

    /// Takes a record away again, or all of that host (`None`).
    pub fn withdraw_record(&self, host: &str, record: Option<&str>) {
        self.change(|world, _| {
            let host = host.to_lowercase();
            match record {
                Some(record) => {
                    world.dns_since_ms.remove(&format!("{host} {record}"));
                }
                None => {
                    let prefix = format!("{host} ");
                    world.dns_since_ms.retain(|key, _| !key.starts_with(&prefix));
                }
            }
            match (record, world.dns.get_mut(&host)) {
                (Some(record), Some(records)) => {
                    records.remove(record);
                }
                _ => {
                    world.dns.remove(&host);
                }
            }
        });
    }
}
