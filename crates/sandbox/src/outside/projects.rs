//! What becomes of OAuth clients and consent: by the owner of a Cloud project, by an organisation's administrator, by
//! the user.

use std::collections::BTreeSet;

use super::{CannotPlay, Played, customer, user};
use crate::sandbox::Sandbox;
use crate::world::grant_key;

const DAY_MS: i64 = 86_400_000;
/// Source: google-semantics.md §1.2 `deleted_client` "restorable for 30 days" {O-WEB}
const RESTORE_MS_MAX: i64 = 30 * DAY_MS;
/// Source: google-quotas.json `oauth.test_users_max` {O-2}
const TEST_USERS_MAX: usize = 100;

impl Sandbox {
    /// The client is deleted in the Cloud console; it can be restored for 30 days.
    pub fn delete_client(&self, client_id: &str) -> Played {
        let now_ms = self.now_ms();
        self.alter_client(client_id, |client| {
            client.deleted = true;
            client.deleted_at_ms = Some(now_ms);
        })
    }

    pub fn restore_client(&self, client_id: &str) -> Played {
        self.change(|world, now_ms| {
            let client = world
                .clients
                .get_mut(client_id)
                .ok_or_else(|| CannotPlay::Unknown(format!("client {client_id}")))?;
            if client.deleted_at_ms.is_some_and(|at| now_ms > at + RESTORE_MS_MAX) {
                return Err(CannotPlay::TooLate(format!("restore client {client_id}")));
            }
            client.deleted = false;
            client.deleted_at_ms = None;
            Ok(())
        })
    }

    /// Who may consent while the consent screen is in Testing; at most 100, nobody listed means everybody.
    pub fn set_test_users(&self, client_id: &str, emails: &BTreeSet<String>) -> Played {
        if emails.len() > TEST_USERS_MAX {
            return Err(CannotPlay::Malformed(format!("a list of {TEST_USERS_MAX} or fewer")));
        }
        let emails = emails.iter().map(|email| email.to_lowercase()).collect();
        self.alter_client(client_id, |client| client.test_users = emails)
    }

    /// The administrator trusts a client: its users grant all or nothing, and nothing is restricted.
    /// Source: google-semantics.md §1.5 {O-GRAN}
    pub fn trust_client(&self, customer_key: &str, client_id: &str, trusted: bool) -> Played {
        self.change(|world, _| {
            let home = customer(world, customer_key)?;
            if !world.clients.contains_key(client_id) {
                return Err(CannotPlay::Unknown(format!("client {client_id}")));
            }
            let all = world.trusted_clients.entry(home.id).or_default();
            if trusted {
                all.insert(client_id.to_owned());
            } else {
                all.remove(client_id);
            }
            Ok(())
        })
    }

    /// After how long, in ms, people sign in anew for Cloud scopes; `None`: never.
    /// Source: google-semantics.md §1.4 (6) {O-2}
    pub fn set_session_length(&self, customer_key: &str, length_ms: Option<i64>) -> Played {
        check_span(length_ms)?;
        self.change(|world, _| {
            let home = customer(world, customer_key)?;
            match length_ms {
                Some(length_ms) => world.session_lengths_ms.insert(home.id, length_ms),
                None => world.session_lengths_ms.remove(&home.id),
            };
            Ok(())
        })
    }

    /// For how long, in ms, the user allows the client something from the next consent on; `None`: without end.
    /// Source: google-semantics.md §1.4 (7) {O-2}
    pub fn limit_access(&self, email: &str, client_id: &str, limit_ms: Option<i64>) -> Played {
        check_span(limit_ms)?;
        self.change(|world, _| {
            let user = user(world, email)?;
            let key = grant_key(&user.primary_email, client_id);
            match limit_ms {
                Some(limit_ms) => world.access_limits_ms.insert(key, limit_ms),
                None => world.access_limits_ms.remove(&key),
            };
            Ok(())
        })
    }
}

/// Ten years.
const SPAN_MS_MAX: i64 = 10 * 366 * 86_400_000;

fn check_span(span_ms: Option<i64>) -> Played {
    match span_ms {
        Some(span_ms) if !(0..=SPAN_MS_MAX).contains(&span_ms) => {
            Err(CannotPlay::Malformed(format!("a time from 0 to {SPAN_MS_MAX} ms")))
        }
        _ => Ok(()),
    }
}
