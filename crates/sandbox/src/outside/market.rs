//! What exists at Google without our doing: customers of Google and of other resellers, what they have bought, the
//! transfer tokens they make, and what a reseller may sell.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{CannotPlay, Played, customer};
use crate::licensing;
use crate::reseller::{rules, skus, transfer};
use crate::sandbox::Sandbox;
use crate::world::{
    Address, Customer, CustomerType, Owner, PlanName, Subscription, SuspensionReason,
    TransferToken, subscription_key,
};

const DAY_MS: i64 = 86_400_000;
/// Source: google-quotas.json `reseller.trial_length`
const TRIAL_MS: i64 = 30 * DAY_MS;

/// A customer that somebody else has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCustomer {
    pub domain: String,
    /// By customer id; it may be a reseller that has no account here. `None`: a direct customer of Google.
    pub reseller: Option<String>,
    pub organization: String,
    /// Two capital letters; empty: not known.
    pub country: String,
    /// Only its e-mail addresses are verified.
    pub team: bool,
    /// Nonprofit, or free since of old.
    pub never_transferable: bool,
}

/// Something that a customer has bought from whoever has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    pub sku_id: String,
    pub plan: PlanName,
    pub seats: i32,
    /// How long ago it began, in days.
    #[serde(default)]
    pub age_days: u32,
    #[serde(default)]
    pub suspension_reasons: BTreeSet<SuspensionReason>,
    /// Billed by contract.
    #[serde(default)]
    pub offline: bool,
}

impl Sandbox {
    /// Returns the new customer's id. Teams may share a domain; nobody else may.
    pub fn add_customer(&self, new: &NewCustomer) -> Played<String> {
        let domain =
            rules::domain(&new.domain).map_err(|_| CannotPlay::Malformed("a domain".to_owned()))?;
        self.change(|world, now_ms| {
            let others = world.customers_on(&domain);
            if others.iter().any(|it| !new.team || it.customer_type == CustomerType::Domain) {
                return Err(CannotPlay::Taken(format!("the domain {domain}")));
            }
            let id = format!("C0{}", world.chance.base36("customer", 7));
            let owner = match &new.reseller {
                Some(customer_id) => Owner::Reseller { customer_id: customer_id.clone() },
                None => Owner::Google,
            };
            world.put_customer(Customer {
                id: id.clone(),
                domain,
                domain_verified: !new.team,
                domains: BTreeMap::new(),
                domain_aliases: BTreeMap::new(),
                customer_type: if new.team { CustomerType::Team } else { CustomerType::Domain },
                alternate_email: String::new(),
                phone_number: String::new(),
                address: Address {
                    organization_name: new.organization.clone(),
                    country_code: new.country.clone(),
                    ..Address::default()
                },
                language: "en".to_owned(),
                owner,
                is_reseller: false,
                reseller_access: true,
                api_access: true,
                auto_licensing: true,
                auto_licensing_units: BTreeMap::new(),
                gmail_apps: true,
                never_transferable: new.never_transferable,
                terms_accepted: true,
                created_at_ms: now_ms,
            });
            Ok(id)
        })
    }

    /// Returns the new subscription's id. `key` is the customer's id or domain.
    pub fn add_subscription(&self, key: &str, new: &NewSubscription) -> Played<String> {
        let sku = skus::find(&new.sku_id)
            .ok_or_else(|| CannotPlay::Unknown(format!("SKU {}", new.sku_id)))?;
        if new.seats < 1 {
            return Err(CannotPlay::Malformed("a number of seats".to_owned()));
        }
        self.change(|world, now_ms| {
            let home = customer(world, key)?;
            let id = loop {
                let id = world.chance.digits("subscription", 7);
                if !world.subscriptions.contains_key(&subscription_key(&home.id, &id)) {
                    break id;
                }
            };
            let began = now_ms - i64::from(new.age_days) * DAY_MS;
            let suspended = !new.suspension_reasons.is_empty();
            let annual = new.plan.is_annual();
            world.put_subscription(Subscription {
                customer_id: home.id.clone(),
                id: id.clone(),
                sku_id: sku.id.to_owned(),
                plan: new.plan,
                commitment_ms: annual.then_some((began, began + crate::life::YEAR_MS)),
                seats: new.seats,
                renewal_type: annual.then(|| "RENEW_CURRENT_USERS_MONTHLY_PAY".to_owned()),
                purchase_order_id: None,
                deal_code: None,
                suspension_reasons: new.suspension_reasons.clone(),
                suspended_at_ms: suspended.then_some(now_ms),
                trial_end_ms: (new.plan == PlanName::Trial).then_some(began + TRIAL_MS),
                trial_over: new.suspension_reasons.contains(&SuspensionReason::TrialEnded),
                cancelled: false,
                cancelled_because: None,
                offline: new.offline,
                sold_by: None,
                created_at_ms: began,
            });
            licensing::assign_automatically(world, &home.id, now_ms);
            Ok(id)
        })
    }

    /// The customer makes a transfer token for this reseller in its console. How long it is good is a switch.
    /// Source: google-semantics.md §2.11 (1), (2) {H-TOK}
    pub fn make_transfer_token(&self, key: &str, reseller: &str) -> Played<String> {
        let days = i64::from(self.switches().transfer_token_days);
        self.change(|world, now_ms| {
            let home = customer(world, key)?;
            let reseller = customer(world, reseller)?;
            transfer::forget_expired(world, now_ms);
            let text = world.chance.base36("transfer_token", 20);
            let token = TransferToken {
                customer_id: home.id,
                reseller: reseller.id,
                expires_at_ms: now_ms + days * DAY_MS,
            };
            world.transfer_tokens.insert(text.clone(), token);
            Ok(text)
        })
    }

    /// A reseller's contract doesn't cover these SKUs and countries (two capital letters), and only these.
    /// Source: google-semantics.md §2.12, §2.14 {R-ERR}
    pub fn set_not_entitled(&self, reseller: &str, closed: BTreeSet<String>) -> Played {
        self.change(|world, _| {
            let reseller = customer(world, reseller)?;
            world.not_entitled.insert(reseller.id, closed);
            Ok(())
        })
    }
}
