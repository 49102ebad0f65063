//! What is changed about a customer in Google's console or by Google itself: domains, switches, subscriptions.

use super::{CannotPlay, Played, customer, subscription};
use crate::licensing;
use crate::reseller::notify::{self, Event};
use crate::reseller::{leave, rules, skus, terms};
use crate::sandbox::Sandbox;
use crate::site_verification::mark_verified;
use crate::world::{
    Customer, DomainAlias, Owner, PlanName, SecondaryDomain, Status, Subscription,
    SuspensionReason, World, org_unit_key,
};

/// Somebody pays for what runs, so that no grace ends.
fn pay(world: &mut World, customer_id: &str) {
    let keys: Vec<String> = world.subscriptions_of(customer_id).map(Subscription::key).collect();
    for key in keys {
        if let Some(note) = world.subscription_notes.get_mut(&key) {
            note.grace_until_ms = None;
        }
    }
}

/// What is to change of a customer's record; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerDetails {
    pub organization: Option<String>,
    pub contact: Option<String>,
    pub alternate_email: Option<String>,
    pub phone_number: Option<String>,
    pub language: Option<String>,
}

const YEAR_MS: i64 = crate::life::YEAR_MS;

impl Sandbox {
    fn alter_customer(&self, key: &str, change: impl FnOnce(&mut Customer)) -> Played {
        self.change(|world, _| {
            let mut home = customer(world, key)?;
            change(&mut home);
            world.put_customer(home);
            Ok(())
        })
    }

    /// The customer lets its reseller into its directory, or not. Source: google-semantics.md §1.11 {H-ACCESS1}
    pub fn set_reseller_access(&self, key: &str, on: bool) -> Played {
        self.alter_customer(key, |customer| customer.reseller_access = on)
    }

    /// The customer switches API access on or off. Source: google-semantics.md §1.11 `domainCannotUseApis`
    pub fn set_api_access(&self, key: &str, on: bool) -> Played {
        self.alter_customer(key, |customer| customer.api_access = on)
    }

    /// The customer switches automatic licensing on or off. Source: google-semantics.md §4 {H-AUTOLIC}
    pub fn set_auto_licensing(&self, key: &str, on: bool) -> Played {
        self.alter_customer(key, |customer| customer.auto_licensing = on)
    }

    /// The administrator disables Gmail apps, or allows them again. Source: google-semantics.md §5.3 `domainPolicy`
    pub fn set_gmail_apps(&self, key: &str, on: bool) -> Played {
        self.alter_customer(key, |customer| customer.gmail_apps = on)
    }

    /// Users of this organisational unit, and of those below it, get licences of this SKU by themselves; `None`: as
    /// above it. Source: google-semantics.md §4 "set per OU and per subscription" {H-AUTOLIC}
    pub fn set_auto_licensing_of_unit(
        &self,
        key: &str,
        unit: &str,
        sku_id: Option<&str>,
    ) -> Played {
        self.change(|world, now_ms| {
            let mut home = customer(world, key)?;
            let known = world.org_units.contains_key(&org_unit_key(&home.id, unit));
            if unit != "/" && !known {
                return Err(CannotPlay::Unknown(format!("organisational unit {unit}")));
            }
            match sku_id {
                Some(sku_id) if skus::product_of(sku_id) != Some(skus::WORKSPACE) => {
                    return Err(CannotPlay::Unknown(format!("Workspace SKU {sku_id}")));
                }
                Some(sku_id) => {
                    home.auto_licensing_units.insert(unit.to_owned(), sku_id.to_owned());
                }
                None => {
                    home.auto_licensing_units.remove(unit);
                }
            }
            let id = home.id.clone();
            world.put_customer(home);
            licensing::assign_automatically(world, &id, now_ms);
            Ok(())
        })
    }

    /// Somebody changes the customer's record in the console; no rule of ours holds there.
    pub fn change_details(&self, key: &str, new: &CustomerDetails) -> Played {
        let set = |new: &Option<String>, old: &mut String| {
            if let Some(new) = new {
                new.clone_into(old);
            }
        };
        self.alter_customer(key, |customer| {
            set(&new.organization, &mut customer.address.organization_name);
            set(&new.contact, &mut customer.address.contact_name);
            set(&new.alternate_email, &mut customer.alternate_email);
            set(&new.phone_number, &mut customer.phone_number);
            set(&new.language, &mut customer.language);
        })
    }

    /// The customer's account is deleted with all it has. Source: google-semantics.md §2.3 {R-RC}
    pub fn delete_account(&self, key: &str) -> Played {
        self.change(|world, now_ms| {
            let home = customer(world, key)?;
            world.delete_account(&home.id, now_ms);
            Ok(())
        })
    }

    /// A deleted account comes back, under a **new** id, which is returned. Source: google-semantics.md §2.3 {R-RC}
    pub fn restore_account(&self, id: &str) -> Played<String> {
        self.change(|world, _| {
            let gone = world.deleted_accounts.get(id);
            let gone = gone.ok_or_else(|| CannotPlay::Unknown(format!("deleted customer {id}")))?;
            if !world.customers_on(&gone.customer.domain).is_empty() {
                return Err(CannotPlay::Taken(gone.customer.domain.clone()));
            }
            let new_id = format!("C0{}", world.chance.base36("customer", 7));
            world.restore_account(id, &new_id);
            Ok(new_id)
        })
    }

    /// A direct customer sets up billing at Google, so that its time of grace doesn't end anything.
    /// Source: google-semantics.md §2.9 "Grace" {H-TTG}
    pub fn set_up_billing(&self, key: &str) -> Played {
        self.change(|world, _| {
            let home = customer(world, key)?;
            pay(world, &home.id);
            Ok(())
        })
    }

    /// A further domain is added in the console.
    pub fn add_domain(&self, key: &str, domain: &str, verified: bool) -> Played {
        let name = rules::domain(domain)
            .map_err(|_| CannotPlay::Malformed(format!("a domain: {domain}")))?;
        self.change(|world, now_ms| {
            let mut home = customer(world, key)?;
            if !world.customers_on(&name).is_empty() {
                return Err(CannotPlay::Taken(name));
            }
            home.domains.insert(name, SecondaryDomain { verified, created_at_ms: now_ms });
            world.put_customer(home);
            Ok(())
        })
    }

    /// The customer proves in the console that a domain is its own; a team becomes a whole customer by it.
    pub fn verify_domain(&self, key: &str, domain: &str) -> Played {
        let name = domain.to_lowercase();
        self.change(|world, now_ms| {
            let home = customer(world, key)?;
            if !home.has_domain(&name) {
                return Err(CannotPlay::Unknown(format!("domain {name} of customer {key}")));
            }
            mark_verified(world, &home.id, &name, now_ms);
            Ok(())
        })
    }

    /// A further domain or a domain alias is taken away in the console; nobody may have an address there.
    pub fn remove_domain(&self, key: &str, domain: &str) -> Played {
        let name = domain.to_lowercase();
        self.change(|world, _| {
            let mut home = customer(world, key)?;
            let ends = |address: &str| address.rsplit('@').next() == Some(name.as_str());
            let lived_on = world.users_of(&home.id).any(|user| ends(&user.primary_email))
                || home.domain_aliases.values().any(|alias| alias.parent == name);
            if lived_on {
                return Err(CannotPlay::InTheWay(format!("somebody has an address at {name}")));
            }
            let further = home.domains.remove(&name).is_some();
            if !further && home.domain_aliases.remove(&name).is_none() {
                return Err(CannotPlay::Unknown(format!("further domain {name} of {key}")));
            }
            world.put_customer(home);
            Ok(())
        })
    }

    /// Another name of one of the customer's domains is added in the console.
    pub fn add_domain_alias(&self, key: &str, alias: &str, parent: &str, verified: bool) -> Played {
        let name = rules::domain(alias)
            .map_err(|_| CannotPlay::Malformed(format!("a domain: {alias}")))?;
        let parent = parent.to_lowercase();
        self.change(|world, now_ms| {
            let mut home = customer(world, key)?;
            if home.domain != parent && !home.domains.contains_key(&parent) {
                return Err(CannotPlay::Unknown(format!("domain {parent} of {key}")));
            }
            if !world.customers_on(&name).is_empty() {
                return Err(CannotPlay::Taken(name));
            }
            let alias = DomainAlias { parent, verified, created_at_ms: now_ms };
            home.domain_aliases.insert(name, alias);
            world.put_customer(home);
            Ok(())
        })
    }

    /// A further domain becomes the primary one, verified or not. Source: google-semantics.md §3.4
    pub fn swap_primary_domain(&self, key: &str, domain: &str) -> Played {
        let name = domain.to_lowercase();
        self.change(|world, _| {
            let mut home = customer(world, key)?;
            let Some(new) = home.domains.remove(&name) else {
                return Err(CannotPlay::Unknown(format!("domain {name} of customer {key}")));
            };
            let old = SecondaryDomain {
                verified: home.domain_verified,
                created_at_ms: home.created_at_ms,
            };
            let before = std::mem::replace(&mut home.domain, name);
            home.domain_verified = new.verified;
            home.domains.insert(before, old);
            world.put_customer(home);
            Ok(())
        })
    }

    fn alter_subscription(
        &self,
        key: &str,
        id: &str,
        event: Event,
        change: impl FnOnce(&mut Subscription, i64) -> Played,
    ) -> Played {
        self.change(|world, now_ms| {
            let mut found = subscription(world, key, id)?;
            change(&mut found, now_ms)?;
            notify::announce(world, &found, event, now_ms);
            world.put_subscription(found);
            Ok(())
        })
    }

    /// Somebody changes the seats in a console; no rule of the plan holds there.
    pub fn change_seats(&self, key: &str, id: &str, seats: i32) -> Played {
        if seats < 1 {
            return Err(CannotPlay::Malformed("a number of seats".to_owned()));
        }
        self.alter_subscription(key, id, Event::CommitmentChanged, |subscription, _| {
            subscription.seats = seats;
            Ok(())
        })
    }

    /// Somebody changes the plan in a console. A year begins with an annual one.
    pub fn change_plan(&self, key: &str, id: &str, plan: PlanName) -> Played {
        self.alter_subscription(key, id, Event::PlanSwitched, |subscription, now_ms| {
            subscription.plan = plan;
            let annual = plan.is_annual();
            subscription.commitment_ms = annual.then_some((now_ms, now_ms + YEAR_MS));
            subscription.renewal_type =
                annual.then(|| "RENEW_CURRENT_USERS_MONTHLY_PAY".to_owned());
            Ok(())
        })
    }

    /// Somebody changes what happens at the end of the term. Source: google-semantics.md §2.8
    pub fn change_renewal(&self, key: &str, id: &str, renewal_type: &str) -> Played {
        let good = terms::is_renewal_type(renewal_type);
        self.change(|world, _| {
            let mut found = subscription(world, key, id)?;
            if !good || !found.plan.is_annual() {
                return Err(CannotPlay::Malformed("a renewal type of an annual plan".to_owned()));
            }
            found.renewal_type = Some(renewal_type.to_owned());
            world.put_subscription(found);
            Ok(())
        })
    }

    /// The reseller proposes so many seats for the next term. Source: google-semantics.md §2.8
    /// `RENEW_ON_PROPOSED_OFFER` {R-MS}
    pub fn propose_seats(&self, key: &str, id: &str, seats: i32) -> Played {
        if seats < 1 {
            return Err(CannotPlay::Malformed("a number of seats".to_owned()));
        }
        self.change(|world, _| {
            let found = subscription(world, key, id)?;
            world.subscription_notes.entry(found.key()).or_default().proposed_seats = Some(seats);
            Ok(())
        })
    }

    /// Google suspends it for a reason of its own (`OTHER`), or lifts that again. Source: google-semantics.md §2.9
    pub fn suspend_by_google(&self, key: &str, id: &str, suspended: bool) -> Played {
        let event = if suspended { Event::Suspended } else { Event::Resumed };
        let unverified = self.change(|world, _| {
            let key = subscription(world, key, id)?.key();
            let note = world.subscription_notes.entry(key).or_default();
            note.held = suspended;
            Ok(note.unverified)
        })?;
        self.alter_subscription(key, id, event, |subscription, now_ms| {
            if suspended {
                subscription.suspension_reasons.insert(SuspensionReason::Other);
                subscription.suspended_at_ms.get_or_insert(now_ms);
            } else if !unverified {
                subscription.suspension_reasons.remove(&SuspensionReason::Other);
                if subscription.status() == Status::Active {
                    subscription.suspended_at_ms = None;
                }
            }
            Ok(())
        })
    }

    /// It is cancelled in a console.
    pub fn cancel_subscription(&self, key: &str, id: &str) -> Played {
        self.alter_subscription(key, id, Event::Cancelled, |subscription, _| {
            subscription.cancelled = true;
            subscription.cancelled_because = Some("OTHER".to_owned());
            Ok(())
        })?;
        self.change(|world, _| {
            let ended = subscription(world, key, id)?;
            licensing::release(world, &ended);
            Ok(())
        })
    }

    /// The customer goes with all it has: to Google (`None`), or to another reseller by customer id.
    pub fn hand_over(&self, key: &str, reseller: Option<&str>) -> Played {
        let switches = self.switches();
        self.change(|world, now_ms| {
            let home = customer(world, key)?;
            leave::to_direct(world, &home.id, &switches, now_ms);
            if let Some(reseller) = reseller {
                let mut home = customer(world, &home.id)?;
                home.owner = Owner::Reseller { customer_id: reseller.to_owned() };
                pay(world, &home.id);
                world.put_customer(home);
            }
            Ok(())
        })
    }
}
