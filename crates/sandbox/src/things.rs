//! What else exists at this Google beside the things of `world`: secondary domains, organisational units, groups,
//! transfer tokens, notifications, verified sites. Plain data. Never: rules or HTTP.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use crate::world::{Customer, Licence, Subscription, User};

/// A domain of a customer beside its primary one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondaryDomain {
    pub verified: bool,
    pub created_at_ms: i64,
}

/// Domains by name; a plain list of names, as older snapshots have it, means verified ones of unknown age.
pub(crate) fn domains<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, SecondaryDomain>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        Names(BTreeSet<String>),
        Facts(BTreeMap<String, SecondaryDomain>),
    }
    Ok(match Kept::deserialize(from)? {
        Kept::Facts(facts) => facts,
        Kept::Names(names) => names
            .into_iter()
            .map(|name| (name, SecondaryDomain { verified: true, created_at_ms: 0 }))
            .collect(),
    })
}

/// What else is to be known of a subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubscriptionNote {
    /// Seats of the reseller's latest proposal for the next term.
    pub proposed_seats: Option<i32>,
    /// Until when it runs on at Google without a way to be paid for.
    pub grace_until_ms: Option<i64>,
    /// `OTHER` holds because the domain isn't verified.
    pub unverified: bool,
    /// `OTHER` holds for a reason of Google's.
    pub held: bool,
}

/// A customer's whole account after it was deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletedAccount {
    pub customer: Customer,
    pub users: Vec<User>,
    pub subscriptions: Vec<Subscription>,
    pub licences: Vec<Licence>,
    pub org_units: Vec<OrgUnit>,
    pub groups: Vec<Group>,
    pub deleted_at_ms: i64,
}

/// A user who was deleted and may be brought back for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletedUser {
    pub user: User,
    pub deleted_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnit {
    pub customer_id: String,
    /// Permanent; begins with `id:`.
    pub id: String,
    /// From the root, beginning with a slash.
    pub path: String,
    pub description: String,
    #[serde(default)]
    pub created_at_ms: i64,
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub customer_id: String,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub description: String,
    pub aliases: BTreeSet<String>,
    /// When each alias was added, as far as known.
    #[serde(default)]
    pub aliases_since_ms: BTreeMap<String, i64>,
    /// By the member's id.
    pub members: BTreeMap<String, Membership>,
    pub created_at_ms: i64,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MemberRole {
    Owner,
    Manager,
    Member,
}

/// That somebody belongs to a group. Addresses of members that exist here are looked up by id, since they change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub id: String,
    /// As given; the address of an outsider. Empty for a whole customer.
    pub email: String,
    pub role: MemberRole,
    /// `USER`, `GROUP`, `CUSTOMER` or `EXTERNAL`.
    pub kind: String,
    pub delivery_settings: String,
    #[serde(default)]
    pub since_ms: i64,
}

/// Made in a customer's console for one reseller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferToken {
    pub customer_id: String,
    /// The reseller that it is meant for, by customer id.
    pub reseller: String,
    pub expires_at_ms: i64,
}

/// What Google tells a reseller through its topic. Source: google-semantics.md §2.18 {R-PUSH}
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub message_id: String,
    pub published_at_ms: i64,
    /// The reseller's customer id.
    pub reseller: String,
    pub customer_id: String,
    pub customer_domain: String,
    pub event_type: String,
    pub sku_id: String,
    pub subscription_id: String,
    pub suspension_reasons: Vec<String>,
    pub cancellation_reason: Option<String>,
}

/// A site that somebody has verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebResource {
    /// URL-encoded, such as `dns%3A%2F%2Facme.example`.
    pub id: String,
    pub kind: String,
    pub identifier: String,
    /// E-mail addresses.
    pub owners: BTreeSet<String>,
    /// What was looked for, and by which method.
    pub token: String,
    pub method: String,
}
