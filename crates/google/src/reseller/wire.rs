//! The Reseller API's bodies. Writing is exact: nothing Google might refuse is sent. Reading is
//! tolerant: unknown members are ignored, missing ones are empty.
//! Source: google-semantics.md §2.2, §2.6-§2.8, §13 {DISC-RES}.

use domain::catalog::PaymentPlan;
use domain::desired::DesiredCustomer;
use domain::observed::{
    ObservedCustomer, ObservedSubscription, PurchasedSubscription, Status, SuspensionReason,
};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCustomer<'a> {
    customer_domain: &'a str,
    alternate_email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    phone_number: &'a str,
    postal_address: NewAddress<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewAddress<'a> {
    contact_name: String,
    organization_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line1: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line2: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address_line3: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    locality: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    region: &'a str,
    postal_code: &'a str,
    country_code: &'a str,
}

impl NewCustomer<'_> {
    pub(super) fn of(customer: &DesiredCustomer) -> NewCustomer<'_> {
        let address = &customer.address;
        NewCustomer {
            customer_domain: customer.domain.as_str(),
            alternate_email: customer.alternate_email.as_str(),
            phone_number: customer.contact.phone.as_deref().unwrap_or_default(),
            postal_address: NewAddress {
                contact_name: customer.contact.name(),
                organization_name: &customer.organization,
                address_line1: &address.line1,
                address_line2: &address.line2,
                address_line3: &address.line3,
                locality: &address.locality,
                region: &address.region,
                postal_code: &address.postal_code,
                country_code: &address.country_code,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewSubscription<'a> {
    sku_id: &'a str,
    plan: NewPlan,
    seats: NewSeats,
    purchase_order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    renewal_settings: Option<NewRenewal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewPlan {
    plan_name: &'static str,
}

/// Exactly one of them: Google refuses the wrong one for the payment plan.
#[derive(Serialize)]
enum NewSeats {
    #[serde(rename = "numberOfSeats")]
    Purchased(u32),
    #[serde(rename = "maximumNumberOfSeats")]
    Cap(u32),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewRenewal {
    renewal_type: &'static str,
}

impl NewSubscription<'_> {
    pub(super) fn of<'a>(
        sku: &'a str,
        payment_plan: PaymentPlan,
        seats: u32,
        purchase_order_id: &'a str,
    ) -> NewSubscription<'a> {
        // Defaults differ from SKU to SKU, so it is always said. Source: google-semantics.md §2.8.
        let renewal_type = match payment_plan {
            PaymentPlan::AnnualMonthlyPay => Some("AUTO_RENEW_MONTHLY_PAY"),
            PaymentPlan::AnnualYearlyPay => Some("AUTO_RENEW_YEARLY_PAY"),
            PaymentPlan::Flexible | PaymentPlan::Trial | PaymentPlan::Free => None,
        };
        NewSubscription {
            sku_id: sku,
            plan: NewPlan { plan_name: payment_plan.name() },
            seats: if payment_plan.is_annual() {
                NewSeats::Purchased(seats)
            } else {
                NewSeats::Cap(seats)
            },
            purchase_order_id,
            renewal_settings: renewal_type.map(|renewal_type| NewRenewal { renewal_type }),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Customer {
    pub(crate) customer_id: String,
    customer_domain: String,
    customer_domain_verified: bool,
    alternate_email: String,
    postal_address: Option<Address>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Address {
    organization_name: String,
}

impl Customer {
    /// A record with only id, domain and type is somebody else's customer.
    /// Source: google-semantics.md §2.3 {R-RC}.
    pub(crate) fn observed(self) -> ObservedCustomer {
        ObservedCustomer {
            managed: !self.alternate_email.is_empty() || self.postal_address.is_some(),
            google_id: self.customer_id,
            domain: self.customer_domain,
            organization: self.postal_address.unwrap_or_default().organization_name,
            alternate_email: self.alternate_email,
            domain_verified: self.customer_domain_verified,
            made_by_us: false,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Subscriptions {
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) next_page_token: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Subscription {
    pub(super) subscription_id: String,
    sku_id: String,
    sku_name: String,
    plan: Plan,
    seats: Seats,
    status: String,
    suspension_reasons: Vec<String>,
    purchase_order_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Plan {
    plan_name: String,
    is_commitment_plan: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Seats {
    #[serde(deserialize_with = "count")]
    number_of_seats: u32,
    #[serde(deserialize_with = "count")]
    maximum_number_of_seats: u32,
    #[serde(deserialize_with = "count")]
    licensed_number_of_seats: u32,
}

impl Subscription {
    pub(super) fn observed(&self) -> ObservedSubscription {
        let payment_plan = PaymentPlan::from_name(&self.plan.plan_name);
        let annual = payment_plan.map_or(self.plan.is_commitment_plan, PaymentPlan::is_annual);
        ObservedSubscription {
            google_id: self.subscription_id.clone(),
            sku: self.sku_id.clone(),
            sku_name: self.sku_name.clone(),
            payment_plan,
            // The other field may be there too. Source: google-semantics.md §2.6.
            seats: if annual {
                self.seats.number_of_seats
            } else {
                self.seats.maximum_number_of_seats
            },
            licensed_seats: self.seats.licensed_number_of_seats,
            status: status(&self.status),
            suspension_reasons: self
                .suspension_reasons
                .iter()
                .map(|word| suspension_reason(word))
                .collect(),
        }
    }

    pub(super) fn purchased(&self) -> PurchasedSubscription {
        PurchasedSubscription {
            purchase_order_id: self.purchase_order_id.clone(),
            subscription: self.observed(),
        }
    }
}

fn status(word: &str) -> Status {
    match word {
        "ACTIVE" => Status::Active,
        "SUSPENDED" => Status::Suspended,
        "CANCELLED" => Status::Cancelled,
        "PENDING" => Status::Pending,
        _ => Status::Other,
    }
}

fn suspension_reason(word: &str) -> SuspensionReason {
    match word {
        "PENDING_TOS_ACCEPTANCE" => SuspensionReason::PendingTosAcceptance,
        "RENEWAL_WITH_TYPE_CANCEL" => SuspensionReason::RenewalWithTypeCancel,
        "RESELLER_INITIATED" => SuspensionReason::ResellerInitiated,
        "TRIAL_ENDED" => SuspensionReason::TrialEnded,
        _ => SuspensionReason::Other,
    }
}

/// Google writes seats as numbers in its schema and as texts in some samples; what is neither is 0.
/// Source: google-semantics.md §2.6 [X].
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    Ok(number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0))
}
