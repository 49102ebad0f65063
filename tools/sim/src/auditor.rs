//! The promise, kept apart from the mechanism: what was asked for, and what may therefore be at
//! Google. Knows nothing of plans, leases or attempts.

use sandbox::Sandbox;
use sandbox::world::Owner;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What was ordered and accepted.
#[derive(Debug, Clone, Default)]
pub struct Auditor {
    orders: BTreeMap<String, Asked>,
}

#[derive(Debug, Clone)]
struct Asked {
    order: String,
    subscription: String,
    sku: String,
    seats: i64,
    admin: String,
    mail_to: String,
}

/// An order as a BSS would send it.
#[must_use]
pub fn order_body(number: u64, seats: u64) -> Value {
    json!({
        "reference": format!("BSS-{number}"), "instance": "Google Workspace",
        "customer": {
            "domain": format!("acme-{number}.example"), "organization": format!("Acme {number} Ltd"),
            "contact": {"given_name": "Ada", "family_name": "Byron", "phone": "+442071234567"},
            "alternate_email": format!("ada-{number}@other.example"),
            "address": {"line1": "1 Main St", "locality": "London", "region": "",
                        "postal_code": "EC1A 1BB", "country_code": "GB"},
            "admin": {"user_name": "admin"}},
        "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": seats}
    })
}

impl Auditor {
    /// Notes an accepted order from its body and the API's answer.
    pub fn accepted(&mut self, body: &Value, answer: &Value) {
        let domain = body["customer"]["domain"].as_str().unwrap_or_default();
        let asked = Asked {
            order: answer["id"].as_str().unwrap_or_default().to_owned(),
            subscription: answer["subscription"].as_str().unwrap_or_default().to_owned(),
            sku: body["subscription"]["sku"].as_str().unwrap_or_default().to_owned(),
            seats: body["subscription"]["seats"].as_i64().unwrap_or_default(),
            admin: format!("admin@{domain}"),
            mail_to: body["customer"]["alternate_email"].as_str().unwrap_or_default().to_owned(),
        };
        assert!(asked.subscription.starts_with("sub_"), "{answer}");
        self.orders.insert(domain.to_owned(), asked);
    }

    #[must_use]
    pub fn orders(&self) -> usize {
        self.orders.len()
    }

    /// The order ids, to ask the API about.
    pub fn order_ids(&self) -> impl Iterator<Item = &str> {
        self.orders.values().map(|asked| asked.order.as_str())
    }

    /// Holds at every moment, whatever is broken: nothing twice, nothing nobody asked for.
    pub fn check_safety(&self, google: &Sandbox) -> Result<(), String> {
        google.inspect(|world| {
            let mut domains = BTreeSet::new();
            let resold = world
                .customers
                .values()
                .filter(|customer| matches!(customer.owner, Owner::Reseller { .. }));
            for customer in resold {
                if !domains.insert(&customer.domain) {
                    return Err(format!("{} exists twice", customer.domain));
                }
                if !self.orders.contains_key(&customer.domain) {
                    return Err(format!("nobody ordered {}", customer.domain));
                }
            }
            let mut bought = BTreeSet::new();
            for subscription in world.subscriptions.values() {
                let order_id = subscription.purchase_order_id.clone().unwrap_or_default();
                let asked = self.orders.values().find(|asked| asked.subscription == order_id);
                let Some(asked) = asked else {
                    return Err(format!("nobody ordered the subscription {order_id:?}"));
                };
                if !bought.insert(order_id.clone()) {
                    return Err(format!("{order_id} was bought twice"));
                }
                if asked.sku != subscription.sku_id || asked.seats != i64::from(subscription.seats)
                {
                    return Err(format!("{order_id} is not what was ordered"));
                }
            }
            let mut mails = BTreeMap::new();
            for mail in &world.mails {
                let to = mail.recipients.join(",");
                if !self.orders.values().any(|asked| asked.mail_to == to) {
                    return Err(format!("a mail went to {to}"));
                }
                // Once more after a lost answer is allowed, as the same mail.
                let known = mails.entry(to.clone()).or_insert(&mail.message_id);
                if *known != &mail.message_id {
                    return Err(format!("two different mails went to {to}"));
                }
            }
            Ok(())
        })
    }

    /// Holds once nothing is broken any more: everything asked for is there.
    pub fn check_liveness(&self, google: &Sandbox) -> Result<(), String> {
        google.inspect(|world| {
            for (domain, asked) in &self.orders {
                let customer =
                    world.customer(domain).ok_or_else(|| format!("{domain} is missing"))?;
                let admin =
                    world.user(&asked.admin).ok_or_else(|| format!("no {}", asked.admin))?;
                if !admin.is_admin {
                    return Err(format!("{} is no admin", asked.admin));
                }
                let there = world
                    .subscriptions_of(&customer.id)
                    .any(|s| s.purchase_order_id.as_deref() == Some(&asked.subscription));
                if !there {
                    return Err(format!("{domain} has no subscription"));
                }
                if !world.mails.iter().any(|mail| mail.recipients.contains(&asked.mail_to)) {
                    return Err(format!("{} got no mail", asked.mail_to));
                }
            }
            Ok(())
        })
    }
}
