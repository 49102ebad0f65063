//! What Google showed us, and how far it can be believed.

use crate::catalog::PaymentPlan;
use crate::ids::SubscriptionId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What we know of one thing at Google.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight<T> {
    pub seen: Seen<T>,
    /// Google shows new things late: before this moment, not finding it proves nothing.
    pub absent_from: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen<T> {
    /// We have not looked yet, or an answer was lost.
    Unknown,
    Absent,
    Present(T),
}

impl<T> Default for Sight<T> {
    fn default() -> Self {
        Sight { seen: Seen::Unknown, absent_from: Timestamp(0) }
    }
}

impl<T> Sight<T> {
    #[must_use]
    pub fn present(&self) -> Option<&T> {
        match &self.seen {
            Seen::Present(thing) => Some(thing),
            Seen::Unknown | Seen::Absent => None,
        }
    }

    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.seen, Seen::Unknown)
    }
}

/// One customer as Google last showed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    pub customer: Sight<ObservedCustomer>,
    pub admin: Sight<ObservedAdmin>,
    /// Ours, found by `purchaseOrderId`.
    pub subscriptions: BTreeMap<SubscriptionId, Sight<ObservedSubscription>>,
    /// Subscriptions of this customer that do not carry an id of ours.
    pub strangers: Vec<ObservedSubscription>,
    pub welcome: Welcome,
    /// Seen once, and since that moment not any more: somebody took it away. A person decides.
    pub vanished: BTreeMap<Subject, Timestamp>,
    /// What Google would not do, or not show, and since when. One per subject.
    pub refusals: BTreeMap<Subject, Refused>,
    /// Before this moment a request with a lost answer may still be running at Google: no call.
    pub quiet_until: Timestamp,
    /// When we last looked at Google; 0 before the first look.
    pub looked_at: Timestamp,
}

/// A thing at Google that a step or a look is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Subject {
    Customer,
    Admin,
    AdminRole,
    Subscription(SubscriptionId),
    WelcomeMail,
}

impl From<Subject> for String {
    fn from(subject: Subject) -> String {
        match subject {
            Subject::Customer => "customer".to_owned(),
            Subject::Admin => "admin".to_owned(),
            Subject::AdminRole => "admin_role".to_owned(),
            Subject::Subscription(id) => id.to_string(),
            Subject::WelcomeMail => "welcome_mail".to_owned(),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = crate::ids::NotAnId;

    fn try_from(text: String) -> Result<Subject, Self::Error> {
        match text.as_str() {
            "customer" => Ok(Subject::Customer),
            "admin" => Ok(Subject::Admin),
            "admin_role" => Ok(Subject::AdminRole),
            "welcome_mail" => Ok(Subject::WelcomeMail),
            id => id.parse().map(Subject::Subscription),
        }
    }
}

/// A refusal on record. It holds until the wish changes or it is old enough to be tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub reason: Reason,
    pub at: Timestamp,
    /// The generation that was refused.
    pub generation: i64,
    /// Google would not show it; false: would not do it.
    pub of_look: bool,
}

/// Google's own words for a refusal, kept beside ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub status: u16,
    /// Google's `reason`, such as `conditionNotMet`; empty when there was none.
    pub code: String,
    /// Google's message, at most [`Reason::MESSAGE_MAX`] characters.
    pub message: String,
}

impl Reason {
    pub const MESSAGE_MAX: usize = 500;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedCustomer {
    /// Google's `C…` id; may change when Google restores a deleted account.
    pub google_id: String,
    pub domain: String,
    /// Google showed the full record: the customer is ours to manage.
    pub managed: bool,
    pub organization: String,
    pub alternate_email: String,
    pub domain_verified: bool,
    /// Google answered our own create with this record.
    pub made_by_us: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedAdmin {
    /// Google's permanent user id.
    pub google_id: String,
    pub email: String,
    pub is_admin: bool,
    pub suspended: bool,
    /// True once this user signed in and accepted Google's terms.
    pub agreed_to_terms: bool,
    /// Carries our customer id in `externalIds`, so we made it.
    pub ours: bool,
}

/// One subscription as Google last showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedSubscription {
    /// Google's `subscriptionId`: unique within a customer, and not stable.
    pub google_id: String,
    pub sku: String,
    pub sku_name: String,
    /// None when Google names a payment plan we do not know.
    pub payment_plan: Option<PaymentPlan>,
    /// The seats that count for this payment plan.
    pub seats: u32,
    pub licensed_seats: u32,
    pub status: Status,
    pub suspension_reasons: Vec<SuspensionReason>,
}

/// Source: google-semantics.md §2.6 {REL}.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Active,
    Suspended,
    Cancelled,
    Pending,
    /// A word we do not know.
    Other,
}

/// Why Google holds a subscription; several at once. Source: google-semantics.md §2.6 {DISC-RES}.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SuspensionReason {
    PendingTosAcceptance,
    RenewalWithTypeCancel,
    ResellerInitiated,
    TrialEnded,
    Other,
}

/// The one thing that can't be looked up: with `gmail.send` alone nobody can see sent mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Welcome {
    #[default]
    NotSent,
    /// An answer was lost. The mail may have left; the same mail is sent once more.
    Unsure {
        tries: u32,
    },
    Sent {
        google_id: String,
        at: Timestamp,
    },
}

/// What one read at Google found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found<T> {
    Present(T),
    /// Google says there is none: believed only once it has had time to show it.
    Absent,
    /// Google does not let us see it.
    Refused(Reason),
}

/// A fresh look at one customer. What was not looked at is `None`: without a customer of ours there
/// are no users and subscriptions to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub customer: Found<ObservedCustomer>,
    pub admin: Option<Found<ObservedAdmin>>,
    pub subscriptions: Option<Found<Vec<PurchasedSubscription>>>,
}

/// A subscription with the `purchaseOrderId` it was bought under; empty when there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchasedSubscription {
    pub purchase_order_id: String,
    pub subscription: ObservedSubscription,
}
