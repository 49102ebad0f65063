//! What exists at this Google: plain data, open to tests through `Sandbox::inspect` and `Sandbox::alter`.
//! Never: rules (they live beside the API that has them) or HTTP.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::chance::Chance;
use crate::faults::FaultRule;
use crate::oauth::AuthRequest;
use crate::settings::Api;

/// Calls kept one by one; older ones stay counted in `call_counts`.
pub const CALLS_KEPT_MAX: usize = 10_000;

/// Everything that exists. All times are ms since the epoch.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// By customer id.
    pub customers: BTreeMap<String, Customer>,
    /// By primary e-mail address in lower case.
    pub users: BTreeMap<String, User>,
    /// By `subscription_key`.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// By `licence_key`.
    pub licences: BTreeMap<String, Licence>,
    /// In the order in which they were sent.
    pub mails: Vec<Mail>,
    /// By client id.
    pub clients: BTreeMap<String, ClientState>,
    /// By `grant_key`.
    pub grants: BTreeMap<String, Grant>,
    pub refresh_tokens: BTreeMap<String, RefreshToken>,
    pub access_tokens: BTreeMap<String, AccessToken>,
    pub codes: BTreeMap<String, Code>,
    /// Consent pages that wait for an answer, by ticket.
    pub sign_ins: BTreeMap<String, SignIn>,
    /// Scopes that an organisation's administrator has restricted, by customer id.
    pub restricted_scopes: BTreeMap<String, BTreeSet<String>>,
    pub lag_ms: Lag,
    /// In the order in which they are tried. Not kept in snapshots.
    #[serde(skip)]
    pub faults: Vec<FaultRule>,
    /// The last `CALLS_KEPT_MAX` calls, oldest first. Not kept in snapshots.
    #[serde(skip)]
    pub calls: VecDeque<CallRecord>,
    /// Calls received per method id.
    pub call_counts: BTreeMap<String, u64>,
    pub chance: Chance,
}

/// How late reads show what was just made, in ms per kind of resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    pub customers_ms: i64,
    pub users_ms: i64,
    pub subscriptions_ms: i64,
}

/// Who sells to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The customer is a reseller's own account, or stands alone.
    Itself,
    /// The reseller with this customer id; it may be one we have no account of.
    Reseller { customer_id: String },
    /// Google sells to it directly.
    Google,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerType {
    Domain,
    Team,
}

/// Members are named as on the wire. Source: google-semantics.md §2.2 {DISC-RES}
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Address {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contact_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organization_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line1: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line2: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line3: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub locality: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub domain: String,
    pub domain_verified: bool,
    pub secondary_domains: BTreeSet<String>,
    pub customer_type: CustomerType,
    pub alternate_email: String,
    /// Empty when none was given, or when Google dropped it as invalid.
    pub phone_number: String,
    pub address: Address,
    pub language: String,
    pub owner: Owner,
    /// May use the Reseller API.
    pub is_reseller: bool,
    /// `false`: the customer has switched its reseller's access to its directory off.
    pub reseller_access: bool,
    pub terms_accepted: bool,
    pub created_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// A decimal string of 21 digits.
    pub id: String,
    pub customer_id: String,
    pub primary_email: String,
    pub given_name: String,
    pub family_name: String,
    /// SHA-256 in hex; empty when only a hash was given, so that nobody can sign in with it.
    pub password_sha256: String,
    pub is_admin: bool,
    pub suspended: bool,
    pub agreed_to_terms: bool,
    pub change_password_at_next_login: bool,
    /// Members that are kept and shown as they came: externalIds, phones, recoveryEmail and their like.
    pub extra: BTreeMap<String, Value>,
    pub created_at_ms: i64,
    /// Counts changes; the etag is made of it.
    pub version: u64,
}

impl User {
    /// Whether this is the user's password.
    pub fn has_password(&self, password: &str) -> bool {
        !self.password_sha256.is_empty() && self.password_sha256 == sha256_hex(password)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlanName {
    AnnualMonthlyPay,
    AnnualYearlyPay,
    Flexible,
    Trial,
    Free,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SuspensionReason {
    PendingTosAcceptance,
    RenewalWithTypeCancel,
    ResellerInitiated,
    TrialEnded,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Active,
    Suspended,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub customer_id: String,
    /// Unique within its customer only.
    pub id: String,
    pub sku_id: String,
    pub plan: PlanName,
    /// Start and end of the year's commitment; annual plans only.
    pub commitment_ms: Option<(i64, i64)>,
    /// Purchased seats (annual) or the most that may be used (all other plans).
    pub seats: i32,
    /// Google's spelling; annual plans only.
    pub renewal_type: Option<String>,
    pub purchase_order_id: Option<String>,
    pub deal_code: Option<String>,
    /// Status is SUSPENDED as long as one reason holds.
    pub suspension_reasons: BTreeSet<SuspensionReason>,
    pub suspended_at_ms: Option<i64>,
    pub trial_end_ms: Option<i64>,
    pub cancelled: bool,
    pub created_at_ms: i64,
}

impl Subscription {
    pub fn status(&self) -> Status {
        if self.cancelled {
            Status::Cancelled
        } else if self.suspension_reasons.is_empty() {
            Status::Active
        } else {
            Status::Suspended
        }
    }

    pub fn key(&self) -> String {
        subscription_key(&self.customer_id, &self.id)
    }
}

/// A seat given to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    pub customer_id: String,
    pub product_id: String,
    pub sku_id: String,
    /// The user's primary e-mail address.
    pub user: String,
}

/// A mail sent through the Gmail API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub id: String,
    pub thread_id: String,
    /// The mailbox it was sent from.
    pub mailbox: String,
    pub from: String,
    /// To, Cc and Bcc, addresses only.
    pub recipients: Vec<String>,
    pub subject: String,
    pub message_id: String,
    /// The text part, decoded; the HTML part's text when there is none.
    pub text: String,
    /// The message as it came in.
    pub raw: String,
    pub sent_at_ms: i64,
}

/// What may change about an OAuth client and its project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientState {
    pub project_number: String,
    pub apis: BTreeSet<Api>,
    pub deleted: bool,
    /// Consent screen "External + Testing": refresh tokens die after 7 days.
    pub testing: bool,
    /// "Internal": only users of this customer may consent.
    pub internal_to: Option<String>,
}

/// What a user has allowed a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub email: String,
    pub client_id: String,
    pub scopes: BTreeSet<String>,
    pub granted_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    pub email: String,
    pub client_id: String,
    pub scopes: BTreeSet<String>,
    pub issued_at_ms: i64,
    pub used_at_ms: i64,
    /// Orders tokens that were issued in the same ms.
    pub number: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    pub email: String,
    pub client_id: String,
    pub scopes: BTreeSet<String>,
    pub expires_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub email: String,
    pub scopes: BTreeSet<String>,
    pub request: AuthRequest,
    /// The user saw the consent page.
    pub consented: bool,
    pub expires_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub email: String,
    pub request: AuthRequest,
    pub expires_at_ms: i64,
}

/// One call as it was received and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallRecord {
    pub at_ms: i64,
    /// Google's method id, such as `reseller.customers.get` or `oauth.token`.
    pub method: String,
    pub verb: String,
    /// Without the query, which may hold tokens.
    pub path: String,
    /// The customer the call was about, as far as known: an id, or a domain for one that doesn't exist yet.
    pub customer: Option<String>,
    /// What the caller saw; 0 when it saw no answer.
    pub status: u16,
    /// Name of the fault that was played, if one was.
    pub fault: Option<String>,
}

pub fn subscription_key(customer_id: &str, subscription_id: &str) -> String {
    format!("{customer_id}/{subscription_id}")
}

/// A user has at most one SKU per product. Source: google-semantics.md §4 {LIC-USE}
pub fn licence_key(customer_id: &str, product_id: &str, user: &str) -> String {
    format!("{customer_id}/{product_id}/{user}")
}

pub fn grant_key(email: &str, client_id: &str) -> String {
    format!("{email} {client_id}")
}

pub(crate) fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl World {
    /// The customer with this id or domain, seen by everybody at once. Of several on one domain, the first.
    pub fn customer(&self, id_or_domain: &str) -> Option<&Customer> {
        self.customers
            .get(id_or_domain)
            .or_else(|| self.customers.values().find(|customer| customer.has_domain(id_or_domain)))
    }

    /// All subscriptions of a customer by id, cancelled ones included.
    pub fn subscriptions_of<'a>(
        &'a self,
        customer_id: &str,
    ) -> impl Iterator<Item = &'a Subscription> + use<'a> {
        below(&self.subscriptions, &format!("{customer_id}/"))
    }

    pub fn users_of<'a>(&'a self, customer_id: &str) -> impl Iterator<Item = &'a User> + use<'a> {
        let customer_id = customer_id.to_owned();
        self.users.values().filter(move |user| user.customer_id == customer_id)
    }

    pub fn licences_of<'a>(
        &'a self,
        customer_id: &str,
        product_id: &str,
    ) -> impl Iterator<Item = &'a Licence> + use<'a> {
        below(&self.licences, &format!("{customer_id}/{product_id}/"))
    }

    /// The user with this primary e-mail address or id.
    pub fn user(&self, key: &str) -> Option<&User> {
        self.users
            .get(&key.to_lowercase())
            .or_else(|| self.users.values().find(|user| user.id == key))
    }
}

impl Customer {
    pub fn has_domain(&self, domain: &str) -> bool {
        self.domain.eq_ignore_ascii_case(domain)
            || self.secondary_domains.contains(&domain.to_lowercase())
    }
}

/// The values whose keys begin with `prefix`, which ends in a slash.
fn below<'a, T>(
    map: &'a BTreeMap<String, T>,
    prefix: &str,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let prefix = prefix.to_owned();
    map.range(prefix.clone()..)
        .take_while(move |(key, _)| key.starts_with(&prefix))
        .map(|(_, value)| value)
}
