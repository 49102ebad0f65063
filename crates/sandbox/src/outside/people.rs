//! What a customer's people do in Google's console: users made, changed and removed, terms accepted, signing in.

use super::{CannotPlay, Played, customer, user};
use crate::directory::users::readdress;
use crate::licensing;
use crate::reseller::notify::{self, Event};
use crate::reseller::{rules, skus};
use crate::sandbox::Sandbox;
use crate::world::{
    DeletedUser, Subscription, SuspensionReason, User, licence_key, org_unit_key, sha256_hex,
};

/// A user that somebody makes in the console.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub email: String,
    #[serde(default)]
    pub given_name: String,
    #[serde(default)]
    pub family_name: String,
    /// Empty: nobody can sign in as this user.
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub admin: bool,
    /// Id of the customer, where the domain doesn't say: of several teams.
    #[serde(default)]
    pub customer: Option<String>,
}

impl Sandbox {
    /// The customer's administrators sign in and accept Google's terms; what waited for that becomes active.
    ///
    /// `key` is an id or a domain. Accepting twice changes nothing.
    /// Source: google-semantics.md §2.9, §2.12 {H-TOS}, §3.2 `agreedToTerms`
    pub fn accept_terms(&self, key: &str) -> Played {
        self.change(|world, now_ms| {
            let mut home = customer(world, key)?;
            let admins: Vec<User> =
                world.users_of(&home.id).filter(|user| user.is_admin).cloned().collect();
            if admins.is_empty() {
                return Err(CannotPlay::NoAdministrator(home.id));
            }
            for mut admin in admins {
                admin.agreed_to_terms = true;
                admin.last_login_ms = Some(now_ms);
                admin.version += 1;
                world.put_user(admin);
            }
            let waiting: Vec<Subscription> = world
                .subscriptions_of(&home.id)
                .filter(|it| {
                    it.suspension_reasons.contains(&SuspensionReason::PendingTosAcceptance)
                })
                .cloned()
                .collect();
            for mut subscription in waiting {
                subscription.suspension_reasons.remove(&SuspensionReason::PendingTosAcceptance);
                if subscription.suspension_reasons.is_empty() {
                    subscription.suspended_at_ms = None;
                    notify::announce(world, &subscription, Event::Resumed, now_ms);
                }
                world.put_subscription(subscription);
            }
            home.terms_accepted = true;
            world.put_customer(home);
            Ok(())
        })
    }

    /// Returns the new user's id. Takes no heed of seats, as nobody does in the console.
    pub fn add_user(&self, new: &NewUser) -> Played<String> {
        let email = new.email.to_lowercase();
        if !rules::is_address(&email) {
            return Err(CannotPlay::Malformed("an e-mail address".to_owned()));
        }
        self.change(|world, now_ms| {
            let domain = email.rsplit('@').next().unwrap_or_default();
            let home = customer(world, new.customer.as_deref().unwrap_or(domain))?;
            if !home.has_domain(domain) {
                return Err(CannotPlay::Malformed("an address of that customer".to_owned()));
            }
            if world.is_taken(&email) {
                return Err(CannotPlay::Taken(email.clone()));
            }
            let hash = |password: &str| match password {
                "" => String::new(),
                password => sha256_hex(password),
            };
            let user = User {
                given_name: new.given_name.clone(),
                family_name: new.family_name.clone(),
                password_sha256: hash(&new.password),
                is_admin: new.admin,
                ..User::new(world.chance.digits("user", 21), &home.id, email.clone(), now_ms)
            };
            world.put_user(user.clone());
            licensing::assign_to(world, &user, now_ms);
            Ok(user.id)
        })
    }

    /// Deleted in the console; may be brought back for 20 days like any other.
    pub fn remove_user(&self, key: &str) -> Played {
        self.change(|world, now_ms| {
            let user = user(world, key)?;
            licensing::take_all(world, &user, now_ms);
            world.take_user(&user.primary_email);
            world.expect_deleted(now_ms);
            let gone = DeletedUser { user, deleted_at_ms: now_ms };
            world.deleted_users.insert(gone.user.id.clone(), gone);
            Ok(())
        })
    }

    /// Brought back in the console, by id. Source: google-semantics.md §3.3 "restorable for **20 days**"
    pub fn restore_user(&self, id: &str) -> Played {
        self.change(|world, now_ms| {
            let gone = world.deleted_users.get(id).cloned();
            let gone = gone.ok_or_else(|| CannotPlay::Unknown(format!("deleted user {id}")))?;
            if world.is_taken(&gone.user.primary_email) {
                return Err(CannotPlay::Taken(gone.user.primary_email));
            }
            world.deleted_users.remove(id);
            world.put_user(gone.user.clone());
            licensing::assign_to(world, &gone.user, now_ms);
            Ok(())
        })
    }

    /// Gets another address in the console; the old one stays as an alias. Source: google-semantics.md §3.3 rename
    pub fn rename_user(&self, key: &str, email: &str) -> Played {
        let email = email.to_lowercase();
        self.change(|world, _| {
            let mut user = user(world, key)?;
            let home = customer(world, &user.customer_id)?;
            let domain = email.rsplit('@').next().unwrap_or_default();
            if !rules::is_address(&email) || !home.has_domain(domain) {
                return Err(CannotPlay::Malformed("an address of that customer".to_owned()));
            }
            if world.is_taken(&email) && !user.aliases.contains(&email) {
                return Err(CannotPlay::Taken(email));
            }
            readdress(world, &mut user, email);
            user.version += 1;
            world.put_user(user);
            Ok(())
        })
    }

    /// Gets another name; what is empty stays.
    pub fn name_user(&self, key: &str, given_name: &str, family_name: &str) -> Played {
        let or = |new: &str, old: &mut String| {
            if !new.is_empty() {
                new.clone_into(old);
            }
        };
        self.alter_user(key, |user, _| {
            or(given_name, &mut user.given_name);
            or(family_name, &mut user.family_name);
        })
    }

    /// Is moved to another organisational unit, by its path.
    pub fn move_user(&self, key: &str, unit: &str) -> Played {
        self.change(|world, _| {
            let mut user = user(world, key)?;
            let known = world.org_units.contains_key(&org_unit_key(&user.customer_id, unit));
            if unit != "/" && !known {
                return Err(CannotPlay::Unknown(format!("organisational unit {unit}")));
            }
            unit.clone_into(&mut user.org_unit_path);
            user.version += 1;
            world.put_user(user);
            Ok(())
        })
    }

    /// Somebody gives a user a licence in the console, whether seats are left or not.
    pub fn give_licence(&self, key: &str, sku_id: &str) -> Played {
        self.change(|world, now_ms| {
            let user = user(world, key)?;
            let sku = skus::find(sku_id);
            let sku = sku.ok_or_else(|| CannotPlay::Unknown(format!("SKU {sku_id}")))?;
            let held = licence_key(&user.customer_id, sku.product, &user.primary_email);
            if world.licences.get(&held).is_some_and(|licence| licence.sku_id == sku.id) {
                return Err(CannotPlay::Taken(format!("licence {sku_id}")));
            }
            licensing::give(world, &user.customer_id, sku.id, user.primary_email, now_ms);
            licensing::announce(world, &user.customer_id, sku.id, now_ms);
            Ok(())
        })
    }

    /// Somebody takes a user's licence away in the console.
    pub fn take_licence(&self, key: &str, sku_id: &str) -> Played {
        self.change(|world, now_ms| {
            let user = user(world, key)?;
            let unknown = || CannotPlay::Unknown(format!("licence {sku_id} of {key}"));
            let product = skus::product_of(sku_id).ok_or_else(unknown)?;
            let held = licence_key(&user.customer_id, product, &user.primary_email);
            if world.licences.get(&held).is_none_or(|licence| licence.sku_id != sku_id) {
                return Err(unknown());
            }
            world.take_licence(&held);
            licensing::announce(world, &user.customer_id, sku_id, now_ms);
            Ok(())
        })
    }

    /// Suspended or brought back in the console.
    pub fn suspend_user(&self, key: &str, suspended: bool) -> Played {
        self.alter_user(key, |user, _| user.suspended = suspended)
    }

    /// Made a super administrator, or an ordinary user.
    pub fn make_admin(&self, key: &str, admin: bool) -> Played {
        self.alter_user(key, |user, _| user.is_admin = admin)
    }

    /// Signs in to Google's own pages, where everybody accepts the terms for oneself first.
    /// Source: google-semantics.md §3.2 `agreedToTerms`
    pub fn sign_in(&self, key: &str) -> Played {
        self.alter_user(key, |user, now_ms| {
            user.last_login_ms = Some(now_ms);
            user.agreed_to_terms = true;
            user.change_password_at_next_login = false;
        })
    }

    fn alter_user(&self, key: &str, change: impl FnOnce(&mut User, i64)) -> Played {
        self.change(|world, now_ms| {
            let mut user = user(world, key)?;
            change(&mut user, now_ms);
            user.version += 1;
            world.put_user(user);
            Ok(())
        })
    }

    /// A consumer opens a Google account of its own with this address.
    /// Source: google-semantics.md §3.3 `resolveConflictAccount`, §3.7
    pub fn add_consumer_account(&self, email: &str) -> Played {
        let email = email.to_lowercase();
        if !rules::is_address(&email) {
            return Err(CannotPlay::Malformed("an e-mail address".to_owned()));
        }
        self.change(|world, _| {
            if world.is_taken(&email) || !world.unmanaged.insert(email.clone()) {
                return Err(CannotPlay::Taken(email));
            }
            Ok(())
        })
    }
}
