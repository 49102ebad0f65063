//! What is to be done, why something waits, and what became of an attempt. Data; nobody here acts.

use crate::catalog::{Catalog, PaymentPlan};
use crate::desired::DesiredCustomer;
use crate::ids::{CustomerId, InstanceId, SecretId, SubscriptionId};
use crate::names::EmailAddress;
use crate::observed::{
    ObservedAdmin, ObservedCustomer, ObservedSubscription, Reason, Subject, SuspensionReason,
};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Exactly one Google call. Everything it needs is in it, secrets by their id; the executor has
/// nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    CreateCustomer {
        customer: DesiredCustomer,
    },
    CreateAdmin {
        google_customer: String,
        email: String,
        given_name: String,
        family_name: String,
        /// Google's account recovery goes here.
        recovery_email: EmailAddress,
        secret: SecretId,
        /// Carried in `externalIds`, so that our own user can be told from somebody else's.
        external_id: CustomerId,
    },
    MakeAdmin {
        email: String,
    },
    CreateSubscription {
        google_customer: String,
        /// Carried as `purchaseOrderId`.
        subscription: SubscriptionId,
        sku: String,
        payment_plan: PaymentPlan,
        seats: u32,
    },
    SendWelcomeMail {
        to: EmailAddress,
        recipient_name: String,
        organization: String,
        domain: String,
        admin_email: String,
        secret: SecretId,
        /// The same for every try, so that a mailbox that gets it twice can tell.
        message_id: String,
    },
}

impl Step {
    /// What the step changes.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Step::CreateCustomer { .. } => Subject::Customer,
            Step::CreateAdmin { .. } => Subject::Admin,
            Step::MakeAdmin { .. } => Subject::AdminRole,
            Step::CreateSubscription { subscription, .. } => {
                Subject::Subscription(subscription.clone())
            }
            Step::SendWelcomeMail { .. } => Subject::WelcomeMail,
        }
    }

    /// Stable name in JSON, logs and the journal.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Step::CreateCustomer { .. } => "create_customer",
            Step::CreateAdmin { .. } => "create_admin",
            Step::MakeAdmin { .. } => "make_admin",
            Step::CreateSubscription { .. } => "create_subscription",
            Step::SendWelcomeMail { .. } => "send_welcome_mail",
        }
    }

    /// One line for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Step::CreateCustomer { customer } => {
                format!("Create the customer {} ({})", customer.domain, customer.organization)
            }
            Step::CreateAdmin { email, .. } => format!("Create the first admin {email}"),
            Step::MakeAdmin { email } => format!("Give {email} the super admin role"),
            Step::CreateSubscription { sku, payment_plan, seats, .. } => {
                let name = Catalog::default().sku(sku).map_or(sku.as_str(), |sku| sku.name);
                let plan = payment_plan.title();
                format!("Buy {name} with {seats} seats ({plan})")
            }
            Step::SendWelcomeMail { to, .. } => format!("Send the welcome mail to {to}"),
        }
    }

    /// False means money or data: it can't be taken back.
    #[must_use]
    pub fn reversible(&self) -> bool {
        matches!(self, Step::MakeAdmin { .. })
    }
}

/// Why part of the wish cannot be carried out yet. Shown to people as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Blocker {
    /// We do not know whether it exists at Google. Before `absent_from` not finding it proves nothing.
    NotYetSeen { subject: Subject, absent_from: Timestamp },
    /// Google has an account for this domain that another reseller or Google itself manages.
    CustomerElsewhere { domain: String },
    /// The customer is ours at Google already, with other details than ordered.
    CustomerExists { domain: String, organization: String },
    /// The admin's address belongs to a user we did not make.
    AdminExists { email: String },
    /// The customer holds this SKU already, bought past us.
    SubscriptionElsewhere { subscription: SubscriptionId, sku: String },
    /// Google showed it once and does not any more. It is never bought again without being asked.
    VanishedAtGoogle { subject: Subject, since: Timestamp },
    /// Google refused a step, or a look.
    Refused { subject: Subject, reason: Reason, at: Timestamp },
    /// The customer's admin has not accepted Google's terms. Everything of ours is done.
    TermsNotAccepted { subscription: SubscriptionId, admin_email: String },
    /// Google holds the subscription for another reason. Everything of ours is done.
    SuspendedAtGoogle { subscription: SubscriptionId, reasons: Vec<SuspensionReason> },
    /// The reseller account is not connected, or its consent was lost.
    InstanceNotAuthenticated { instance: InstanceId },
}

impl Blocker {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Blocker::NotYetSeen { .. } => "not_yet_seen",
            Blocker::CustomerElsewhere { .. } => "customer_elsewhere",
            Blocker::CustomerExists { .. } => "customer_exists_at_google",
            Blocker::AdminExists { .. } => "admin_exists",
            Blocker::SubscriptionElsewhere { .. } => "subscription_elsewhere",
            Blocker::VanishedAtGoogle { .. } => "vanished_at_google",
            Blocker::Refused { .. } => "refused_by_google",
            Blocker::TermsNotAccepted { .. } => "terms_not_accepted",
            Blocker::SuspendedAtGoogle { .. } => "suspended_at_google",
            Blocker::InstanceNotAuthenticated { .. } => "instance_not_authenticated",
        }
    }

    /// Whether something of ours is still undone because of it. The others only tell that a person
    /// outside has to act before the customer can work.
    #[must_use]
    pub fn holds_back(&self) -> bool {
        !matches!(self, Blocker::TermsNotAccepted { .. } | Blocker::SuspendedAtGoogle { .. })
    }
}

/// What to do now, in order, and why the rest must wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The first one is next. Each can be carried out as it stands.
    pub steps: Vec<Step>,
    pub blocked: Vec<Blocker>,
    /// Names of the steps that will follow once those above are done.
    pub later: Vec<String>,
}

impl Plan {
    /// Nothing of ours is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps.is_empty() && !self.blocked.iter().any(Blocker::holds_back)
    }
}

/// What Google showed in answer to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    Nothing,
    Customer(ObservedCustomer),
    Admin(ObservedAdmin),
    Subscription(ObservedSubscription),
    Mail { google_id: String },
}

/// What became of one attempted step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Done {
        shown: Shown,
    },
    /// Google will not do it. Repeating will not help.
    Refused {
        reason: Reason,
    },
    /// The request may or may not have been applied. Only looking will tell.
    Unsure {
        why: String,
    },
    /// The request certainly was not applied. Repeating is safe, not before `retry_at`.
    NotApplied {
        why: String,
        retry_at: Timestamp,
    },
}

impl Outcome {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Done { .. } => "done",
            Outcome::Refused { .. } => "refused",
            Outcome::Unsure { .. } => "unsure",
            Outcome::NotApplied { .. } => "not_applied",
        }
    }
}

/// One exchange with Google as it is kept: never with bodies, so never with secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Google's method name, such as `reseller.customers.insert`.
    pub method: String,
    /// HTTP status; 0 when no answer came.
    pub status: u16,
    /// Google's `reason`, or ours when no answer came; empty when all went well.
    pub reason: String,
    pub started_at: Timestamp,
    pub duration_ms: i64,
}
