//! What exists at this Google: plain data, open to tests through `Sandbox::inspect` and `Sandbox::alter`.
//! Never: rules (they live beside the API that has them) or HTTP.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::chance::Chance;
use crate::faults::FaultRule;
use crate::index::Index;
use crate::life::Due;
use crate::oauth::AuthRequest;
use crate::quotas::{Quotas, Spent};
use crate::settings::Api;
use crate::upload::Upload;

pub use crate::things::{
    DeletedAccount, DeletedUser, Group, MemberRole, Membership, Notice, OrgUnit, SecondaryDomain,
    SubscriptionNote, TransferToken, WebResource,
};

/// Calls kept one by one; older ones stay counted in `call_counts`.
pub const CALLS_KEPT_MAX: usize = 10_000;
/// Notifications kept one by one.
pub const NOTICES_KEPT_MAX: usize = 10_000;

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
    /// What else is to be known of subscriptions, by `subscription_key`.
    pub subscription_notes: BTreeMap<String, SubscriptionNote>,
    /// By the customer's id.
    pub deleted_accounts: BTreeMap<String, DeletedAccount>,
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
    /// Clients that an organisation's administrator trusts, by customer id.
    pub trusted_clients: BTreeMap<String, BTreeSet<String>>,
    /// After how long an organisation wants its people to sign in anew for Cloud scopes, by customer id.
    pub session_lengths_ms: BTreeMap<String, i64>,
    /// For how long somebody allows a client something from now on, by `grant_key`. Not there: without end.
    pub access_limits_ms: BTreeMap<String, i64>,
    /// Users that may still be brought back, by id.
    pub deleted_users: BTreeMap<String, DeletedUser>,
    /// Addresses in lower case that consumers have an account of their own with.
    pub unmanaged: BTreeSet<String>,
    /// By `org_unit_key`; the root has no entry.
    pub org_units: BTreeMap<String, OrgUnit>,
    /// By e-mail address in lower case.
    pub groups: BTreeMap<String, Group>,
    /// Made in customers' consoles, by the token's text.
    pub transfer_tokens: BTreeMap<String, TransferToken>,
    /// Service accounts that watch a reseller's notifications, by the reseller's customer id.
    pub watches: BTreeMap<String, BTreeSet<String>>,
    /// What was published to resellers' topics, oldest first; the last `NOTICES_KEPT_MAX`.
    pub notices: VecDeque<Notice>,
    /// SKUs and countries (two letters) that a reseller has no contract for, by the reseller's customer id.
    pub not_entitled: BTreeMap<String, BTreeSet<String>>,
    /// The DNS of this world: records such as `TXT google-site-verification=…` by host name.
    pub dns: BTreeMap<String, BTreeSet<String>>,
    /// When each record of `dns` was published, as far as known, by host name, space and record.
    pub dns_since_ms: BTreeMap<String, i64>,
    /// Verified sites, by id.
    pub web_resources: BTreeMap<String, WebResource>,
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
    /// Set by the settings at start, changed by the control API. Not kept in snapshots.
    #[serde(skip)]
    pub quotas: Quotas,
    /// Resumable uploads that aren't whole yet, by id. Not kept in snapshots.
    #[serde(skip)]
    pub(crate) uploads: BTreeMap<String, Upload>,
    #[serde(skip)]
    pub(crate) index: Index,
    #[serde(skip)]
    pub(crate) due: Due,
    #[serde(skip)]
    pub(crate) spent: Spent,
}

/// How late reads show what was just made, in ms per kind of resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    pub customers_ms: i64,
    pub users_ms: i64,
    pub subscriptions_ms: i64,
    /// Further addresses of users and groups. Source: google-quotas.json `latency.alias_add`
    pub aliases_ms: i64,
    pub groups_ms: i64,
    /// Source: google-quotas.json `latency.nested_group_membership`
    pub members_ms: i64,
    pub org_units_ms: i64,
    /// Domains and domain aliases.
    pub domains_ms: i64,
    pub licences_ms: i64,
    /// Until a new user's mailbox is there. Source: google-quotas.json `latency.mailbox_setup`
    pub mailboxes_ms: i64,
    /// DNS records, until Google finds them.
    pub dns_ms: i64,
    /// For how long access tokens go on that were revoked. Source: google-semantics.md §1.6
    pub revocations_ms: i64,
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

fn yes() -> bool {
    true
}

fn root() -> String {
    "/".to_owned()
}

/// Another name of one of a customer's domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainAlias {
    pub parent: String,
    pub verified: bool,
    pub created_at_ms: i64,
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
    /// Further domains by name. Old snapshots have a list of names.
    #[serde(alias = "secondary_domains", deserialize_with = "crate::things::domains")]
    pub domains: BTreeMap<String, SecondaryDomain>,
    /// Other names of the domains above, by name.
    #[serde(default)]
    pub domain_aliases: BTreeMap<String, DomainAlias>,
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
    /// `false`: the customer has switched API access off for everybody.
    #[serde(default = "yes")]
    pub api_access: bool,
    /// Whether new users get a licence by themselves while there is one Workspace subscription.
    #[serde(default = "yes")]
    pub auto_licensing: bool,
    /// Which SKU's licences users of an organisational unit get, by its path; `/` is the root. Nothing said: that of the
    /// only Workspace subscription.
    #[serde(default)]
    pub auto_licensing_units: BTreeMap<String, String>,
    /// `false`: the administrator has disabled Gmail apps.
    #[serde(default = "yes")]
    pub gmail_apps: bool,
    /// Nonprofit and free accounts of old can't be transferred.
    #[serde(default)]
    pub never_transferable: bool,
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
    /// Other addresses that lead here, in lower case.
    #[serde(default)]
    pub aliases: BTreeSet<String>,
    /// When each alias was added, as far as known.
    #[serde(default)]
    pub aliases_since_ms: BTreeMap<String, i64>,
    /// Begins with a slash.
    #[serde(default = "root")]
    pub org_unit_path: String,
    pub is_admin: bool,
    pub suspended: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub last_login_ms: Option<i64>,
    pub agreed_to_terms: bool,
    pub change_password_at_next_login: bool,
    /// Members that are kept and shown as they came: externalIds, phones, recoveryEmail and their like.
    pub extra: BTreeMap<String, Value>,
    pub created_at_ms: i64,
    /// Counts changes; the etag is made of it.
    pub version: u64,
}

impl User {
    /// As Google makes a user of which nothing more is said: without a name, a password that could be used, or a role.
    pub(crate) fn new(id: String, customer_id: &str, primary_email: String, now_ms: i64) -> User {
        User {
            id,
            customer_id: customer_id.to_owned(),
            primary_email,
            given_name: String::new(),
            family_name: String::new(),
            password_sha256: String::new(),
            aliases: BTreeSet::new(),
            aliases_since_ms: BTreeMap::new(),
            org_unit_path: root(),
            is_admin: false,
            suspended: false,
            archived: false,
            last_login_ms: None,
            agreed_to_terms: false,
            change_password_at_next_login: false,
            extra: BTreeMap::new(),
            created_at_ms: now_ms,
            version: 1,
        }
    }

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

impl PlanName {
    pub fn is_annual(self) -> bool {
        matches!(self, PlanName::AnnualMonthlyPay | PlanName::AnnualYearlyPay)
    }
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
    /// When the trial ends or ended; with a paid plan before that time the plan is already chosen.
    pub trial_end_ms: Option<i64>,
    /// The trial has ended, by itself or by startPaidService.
    #[serde(default)]
    pub trial_over: bool,
    pub cancelled: bool,
    /// Google's word for why it was cancelled.
    #[serde(default)]
    pub cancelled_because: Option<String>,
    /// Billed by contract instead of online.
    #[serde(default)]
    pub offline: bool,
    /// Who sold it, where that isn't the one who has the customer now: it waits to be transferred.
    #[serde(default)]
    pub sold_by: Option<Owner>,
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

    /// Whether the trial goes on, with or without a plan for afterwards. Source: google-semantics.md §2.6 `trialSettings`
    pub fn is_in_trial(&self, now_ms: i64) -> bool {
        !self.trial_over && self.trial_end_ms.is_some_and(|end| now_ms < end)
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
    #[serde(default)]
    pub since_ms: i64,
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
#[serde(default)]
pub struct ClientState {
    pub project_number: String,
    pub apis: BTreeSet<Api>,
    pub deleted: bool,
    /// May be restored for 30 days from then on.
    pub deleted_at_ms: Option<i64>,
    /// When it last asked for a token.
    pub used_at_ms: Option<i64>,
    /// Consent screen "External + Testing": refresh tokens die after 7 days.
    pub testing: bool,
    /// Who may consent while it is in Testing; empty: everybody who comes stands on the list.
    pub test_users: BTreeSet<String>,
    /// In production without Google's verification: at most 100 accounts in all.
    pub unverified: bool,
    /// Accounts that have ever consented.
    pub consented: BTreeSet<String>,
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
    /// When time-limited access ends.
    #[serde(default)]
    pub expires_at_ms: Option<i64>,
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

/// `path` begins with a slash.
pub fn org_unit_key(customer_id: &str, path: &str) -> String {
    format!("{customer_id}{path}")
}

pub fn grant_key(email: &str, client_id: &str) -> String {
    format!("{email} {client_id}")
}

/// An opaque mark of a version, in quotes as it stands in bodies and headers.
pub(crate) fn etag(of: &str) -> String {
    format!("\"{}\"", &sha256_hex(of)[..27])
}

pub(crate) fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl World {
    /// All subscriptions of a customer by id, cancelled ones included.
    pub fn subscriptions_of<'a>(
        &'a self,
        customer_id: &str,
    ) -> impl Iterator<Item = &'a Subscription> + use<'a> {
        below(&self.subscriptions, &format!("{customer_id}/"))
    }

    pub fn licences_of<'a>(
        &'a self,
        customer_id: &str,
        product_id: &str,
    ) -> impl Iterator<Item = &'a Licence> + use<'a> {
        below(&self.licences, &format!("{customer_id}/{product_id}/"))
    }
}

impl Customer {
    /// Whether it is the primary domain, a secondary one, or another name of one of them.
    pub fn has_domain(&self, domain: &str) -> bool {
        let domain = domain.to_lowercase();
        self.domain == domain
            || self.domains.contains_key(&domain)
            || self.domain_aliases.contains_key(&domain)
    }
}

/// The values whose keys begin with `prefix`, which ends in a slash.
pub(crate) fn below<'a, T>(
    map: &'a BTreeMap<String, T>,
    prefix: &str,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let prefix = prefix.to_owned();
    map.range(prefix.clone()..)
        .take_while(move |(key, _)| key.starts_with(&prefix))
        .map(|(_, value)| value)
}
