//! The wish: one customer as the distributor wants it. Changed by commands only.

use crate::catalog::PaymentPlan;
use crate::ids::{InstanceId, SecretId, SubscriptionId};
use crate::names::{DomainName, EmailAddress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One customer as the distributor wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// Grows by one with every accepted command; the first order makes it 1.
    pub generation: i64,
    /// Through which reseller account this customer is served.
    pub instance: InstanceId,
    pub customer: DesiredCustomer,
    pub admin: DesiredAdmin,
    pub subscriptions: BTreeMap<SubscriptionId, DesiredSubscription>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredCustomer {
    pub domain: DomainName,
    pub organization: String,
    pub contact: Contact,
    /// Never on the customer's own domain; the welcome mail goes here.
    pub alternate_email: EmailAddress,
    pub address: Address,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub given_name: String,
    pub family_name: String,
    /// E.164, or none.
    pub phone: Option<String>,
}

impl Contact {
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name).trim().to_owned()
    }
}

/// A postal address; empty texts are "not given".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub line1: String,
    pub line2: String,
    pub line3: String,
    pub locality: String,
    pub region: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
}

/// The customer's first administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredAdmin {
    /// The part before `@`, in lower case.
    pub user_name: String,
    /// Where the sealed first password and its one-time link are kept.
    pub secret: SecretId,
}

/// One subscription as the distributor wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredSubscription {
    /// Google's `skuId`.
    pub sku: String,
    pub payment_plan: PaymentPlan,
    /// Paid seats (annual) or the cap (other payment plans), from 1.
    pub seats: u32,
}

impl Desired {
    /// The first administrator's sign-in address.
    #[must_use]
    pub fn admin_email(&self) -> String {
        format!("{}@{}", self.admin.user_name, self.customer.domain)
    }
}
