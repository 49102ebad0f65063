//! What Google showed, as it is shown: a thing can be unknown, absent or present, and the three are
//! never mixed up.

use domain::observed::{
    Observed, ObservedAdmin, ObservedCustomer, ObservedSubscription, Seen, Sight, Welcome,
};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What Google showed of one customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Observed)]
pub struct ObservedView {
    /// When we last looked; none before the first look.
    pub looked_at: Option<String>,
    pub customer: SightView<GoogleCustomerView>,
    pub admin: SightView<AdminView>,
    pub subscriptions: Vec<SightView<GoogleSubscriptionView>>,
    /// Subscriptions of this customer that were bought past us.
    pub other_subscriptions: Vec<GoogleSubscriptionView>,
    pub welcome_mail: WelcomeView,
}

/// One thing at Google.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Sight)]
pub struct SightView<T> {
    /// Our id of the thing, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `unknown` (not looked yet, or an answer was lost), `absent` or `present`.
    pub seen: &'static str,
    /// Only when present.
    pub shown: Option<T>,
}

impl<T> SightView<T> {
    fn new<U>(sight: Option<&Sight<U>>, view: impl FnOnce(&U) -> T) -> SightView<T> {
        let (seen, shown) = match sight.map(|sight| &sight.seen) {
            None | Some(Seen::Unknown) => ("unknown", None),
            Some(Seen::Absent) => ("absent", None),
            Some(Seen::Present(thing)) => ("present", Some(view(thing))),
        };
        SightView { id: None, seen, shown }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ObservedCustomer)]
pub struct GoogleCustomerView {
    /// Google's `C…` id.
    pub google_id: String,
    pub domain: String,
    pub organization: String,
    pub alternate_email: String,
    /// Google lets this reseller account manage the customer.
    pub managed: bool,
    /// The domain's owner has proven that it is theirs.
    pub verified: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ObservedAdmin)]
pub struct AdminView {
    pub google_id: String,
    pub email: String,
    pub is_admin: bool,
    pub suspended: bool,
    /// True once this user signed in and accepted Google's terms.
    pub agreed_to_terms: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ObservedSubscription)]
pub struct GoogleSubscriptionView {
    /// Google's `subscriptionId`; not stable.
    pub google_id: String,
    pub sku: String,
    pub sku_name: String,
    /// None when Google names a payment plan we do not know.
    pub payment_plan: Option<&'static str>,
    pub seats: u32,
    /// How many of them are given to users.
    pub licensed_seats: u32,
    #[schema(example = "ACTIVE")]
    pub status: String,
    pub suspension_reasons: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WelcomeMail)]
pub struct WelcomeView {
    /// `not_sent`, `unsure` (an answer was lost; the same mail is sent once more) or `sent`.
    pub state: &'static str,
    /// Google's id of the message.
    pub google_id: Option<String>,
    pub sent_at: Option<String>,
}

impl ObservedView {
    #[must_use]
    pub fn new(observed: &Observed) -> ObservedView {
        let looked_at = observed.looked_at;
        ObservedView {
            looked_at: (looked_at > Timestamp(0)).then(|| looked_at.rfc3339()),
            customer: SightView::new(Some(&observed.customer), GoogleCustomerView::new),
            admin: SightView::new(Some(&observed.admin), AdminView::new),
            subscriptions: observed
                .subscriptions
                .iter()
                .map(|(id, sight)| SightView {
                    id: Some(id.to_string()),
                    ..GoogleSubscriptionView::sight(Some(sight))
                })
                .collect(),
            other_subscriptions: observed
                .strangers
                .iter()
                .map(GoogleSubscriptionView::new)
                .collect(),
            welcome_mail: WelcomeView::new(&observed.welcome),
        }
    }
}

impl GoogleCustomerView {
    fn new(customer: &ObservedCustomer) -> Self {
        GoogleCustomerView {
            google_id: customer.google_id.clone(),
            domain: customer.domain.clone(),
            organization: customer.organization.clone(),
            alternate_email: customer.alternate_email.clone(),
            managed: customer.managed,
            verified: customer.domain_verified,
        }
    }
}

impl AdminView {
    fn new(admin: &ObservedAdmin) -> Self {
        AdminView {
            google_id: admin.google_id.clone(),
            email: admin.email.clone(),
            is_admin: admin.is_admin,
            suspended: admin.suspended,
            agreed_to_terms: admin.agreed_to_terms,
        }
    }
}

impl GoogleSubscriptionView {
    fn new(subscription: &ObservedSubscription) -> Self {
        GoogleSubscriptionView {
            google_id: subscription.google_id.clone(),
            sku: subscription.sku.clone(),
            sku_name: subscription.sku_name.clone(),
            payment_plan: subscription.payment_plan.map(|plan| plan.name()),
            seats: subscription.seats,
            licensed_seats: subscription.licensed_seats,
            status: word(&subscription.status),
            suspension_reasons: subscription.suspension_reasons.iter().map(word).collect(),
        }
    }

    /// One subscription, unknown when it was never looked at.
    #[must_use]
    pub fn sight(sight: Option<&Sight<ObservedSubscription>>) -> SightView<Self> {
        SightView::new(sight, GoogleSubscriptionView::new)
    }
}

impl WelcomeView {
    fn new(welcome: &Welcome) -> WelcomeView {
        match welcome {
            Welcome::NotSent => WelcomeView { state: "not_sent", google_id: None, sent_at: None },
            Welcome::Unsure { .. } => {
                WelcomeView { state: "unsure", google_id: None, sent_at: None }
            }
            Welcome::Sent { google_id, at } => WelcomeView {
                state: "sent",
                google_id: Some(google_id.clone()),
                sent_at: Some(at.rfc3339()),
            },
        }
    }
}

/// The word an enum without fields has in JSON.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
