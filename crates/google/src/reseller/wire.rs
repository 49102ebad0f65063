//! The Reseller API's bodies. Writing is exact: nothing Google might refuse is sent. Reading is
//! tolerant: unknown members are ignored, missing ones are empty.
//! Source: google-semantics.md §2.2, §2.6-§2.8, §13 {DISC-RES}.

use crate::contract::JsonShape;
use crate::wire::{Count, Int64, Shaped, wire};
use domain::catalog::PaymentPlan;
use domain::desired::DesiredCustomer;
use domain::observed::{
    ObservedCustomer, ObservedSubscription, PurchasedSubscription, Status, SuspensionReason,
};
use serde::{Serialize, Serializer};

wire! {
    sends NewCustomer {
        "customerDomain" customer_domain: String,
        /// Google's default is `domain`.
        "customerType" customer_type: Option<CustomerType>,
        /// Needed of a customer of type `domain`, and never on its own domain.
        "alternateEmail" alternate_email: Option<String>,
        "phoneNumber" phone_number: Option<String>,
        "postalAddress" postal_address: NewAddress,
        /// Only of a team: it is sent the link that verifies it.
        "primaryAdmin" primary_admin: Option<NewPrimaryAdmin>,
    }

    /// What a patch changes; an update replaces address, alternate e-mail and phone as a whole.
    sends CustomerChange {
        "customerDomain" customer_domain: Option<String>,
        "alternateEmail" alternate_email: Option<String>,
        "phoneNumber" phone_number: Option<String>,
        "postalAddress" postal_address: Option<NewAddress>,
    }

    words CustomerType {
        /// Owns its domain.
        Domain = "domain",
        /// Verified by e-mail only; may buy Essentials editions only.
        Team = "team",
    }

    sends NewPrimaryAdmin {
        "primaryEmail" primary_email: String,
    }

    sends NewAddress {
        "contactName" contact_name: String,
        "organizationName" organization_name: String,
        "addressLine1" address_line1: Option<String>,
        "addressLine2" address_line2: Option<String>,
        "addressLine3" address_line3: Option<String>,
        "locality" locality: Option<String>,
        "region" region: Option<String>,
        "postalCode" postal_code: String,
        /// ISO 3166, two letters.
        "countryCode" country_code: String,
    }
}

/// Google drops an empty phone number silently and may refuse other empty texts.
fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl NewCustomer {
    #[must_use]
    pub fn of(customer: &DesiredCustomer) -> NewCustomer {
        let address = &customer.address;
        NewCustomer {
            customer_domain: customer.domain.as_str().to_owned(),
            customer_type: None,
            alternate_email: Some(customer.alternate_email.as_str().to_owned()),
            phone_number: filled(customer.contact.phone.as_deref().unwrap_or_default()),
            postal_address: NewAddress {
                contact_name: customer.contact.name(),
                organization_name: customer.organization.clone(),
                address_line1: filled(&address.line1),
                address_line2: filled(&address.line2),
                address_line3: filled(&address.line3),
                locality: filled(&address.locality),
                region: filled(&address.region),
                postal_code: address.postal_code.clone(),
                country_code: address.country_code.clone(),
            },
            primary_admin: None,
        }
    }
}

wire! {
    sends NewSubscription {
        "skuId" sku_id: String,
        "plan" plan: NewPlan,
        "seats" seats: NewSeats,
        /// At most 80 plain characters; Google echoes it.
        "purchaseOrderId" purchase_order_id: Option<String>,
        /// Lost in a transfer and in a change of the SKU.
        "dealCode" deal_code: Option<String>,
        /// Of annual payment plans only.
        "renewalSettings" renewal_settings: Option<NewRenewal>,
    }

    sends NewPlan {
        "planName" plan_name: PlanName,
    }

    /// Exactly one of them: Google refuses the wrong one for the payment plan. The new total.
    sends NewSeats {
        "numberOfSeats" number_of_seats: Option<u32>,
        "maximumNumberOfSeats" maximum_number_of_seats: Option<u32>,
    }

    sends NewRenewal {
        "renewalType" renewal_type: RenewalType,
    }

    /// Source: google-semantics.md §2.8.
    words RenewalType {
        AutoRenewMonthlyPay = "AUTO_RENEW_MONTHLY_PAY",
        AutoRenewYearlyPay = "AUTO_RENEW_YEARLY_PAY",
        RenewCurrentUsersMonthlyPay = "RENEW_CURRENT_USERS_MONTHLY_PAY",
        RenewCurrentUsersYearlyPay = "RENEW_CURRENT_USERS_YEARLY_PAY",
        SwitchToPayAsYouGo = "SWITCH_TO_PAY_AS_YOU_GO",
        Cancel = "CANCEL",
    }

    sends PlanChange {
        "planName" plan_name: PlanName,
        /// In the member that fits the new payment plan.
        "seats" seats: NewSeats,
        "purchaseOrderId" purchase_order_id: Option<String>,
        "dealCode" deal_code: Option<String>,
    }

    /// What an insert is meant as. Source: google-semantics.md §2.10.
    words Action {
        /// A further subscription.
        Buy = "buy",
        /// In place of the one whose SKU is `sourceSkuId`.
        Switch = "switch",
    }

    /// Source: google-semantics.md §2.1, §2.9.
    words DeletionType {
        /// Add-ons only, never Workspace.
        Cancel = "cancel",
        /// The customer becomes Google's own. Can't be undone.
        TransferToDirect = "transfer_to_direct",
    }
}

/// A payment plan as Google names it when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanName(pub PaymentPlan);

impl Serialize for PlanName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl Shaped for PlanName {
    fn shape() -> JsonShape {
        JsonShape::Word(PaymentPlan::ALL.map(PaymentPlan::name).to_vec())
    }
}

impl NewSeats {
    /// Seats in the member that fits the payment plan: bought for annual ones, a cap for the others.
    #[must_use]
    pub fn of(payment_plan: PaymentPlan, seats: u32) -> NewSeats {
        let annual = payment_plan.is_annual();
        NewSeats {
            number_of_seats: annual.then_some(seats),
            maximum_number_of_seats: (!annual).then_some(seats),
        }
    }
}

impl NewSubscription {
    #[must_use]
    pub fn of(
        sku: &str,
        payment_plan: PaymentPlan,
        seats: u32,
        purchase_order_id: &str,
    ) -> NewSubscription {
        // Defaults differ from SKU to SKU, so it is always said. Source: google-semantics.md §2.8.
        let renewal_type = match payment_plan {
            PaymentPlan::AnnualMonthlyPay => Some(RenewalType::AutoRenewMonthlyPay),
            PaymentPlan::AnnualYearlyPay => Some(RenewalType::AutoRenewYearlyPay),
            PaymentPlan::Flexible | PaymentPlan::Trial | PaymentPlan::Free => None,
        };
        NewSubscription {
            sku_id: sku.to_owned(),
            plan: NewPlan { plan_name: PlanName(payment_plan) },
            seats: NewSeats::of(payment_plan, seats),
            purchase_order_id: Some(purchase_order_id.to_owned()),
            deal_code: None,
            renewal_settings: renewal_type.map(|renewal_type| NewRenewal { renewal_type }),
        }
    }
}

wire! {
    reads Customer needs "customerId" customer_id {
        "customerId" customer_id: String,
        "customerDomain" customer_domain: String,
        "customerDomainVerified" customer_domain_verified: bool,
        /// `domain` or `team`.
        "customerType" customer_type: String,
        "alternateEmail" alternate_email: String,
        "phoneNumber" phone_number: String,
        "postalAddress" postal_address: Option<Address>,
        "primaryAdmin" primary_admin: Option<PrimaryAdmin>,
        "resourceUiUrl" resource_ui_url: String,
    }

    reads Address {
        "contactName" contact_name: String,
        "organizationName" organization_name: String,
        "addressLine1" address_line1: String,
        "addressLine2" address_line2: String,
        "addressLine3" address_line3: String,
        "locality" locality: String,
        "region" region: String,
        "postalCode" postal_code: String,
        "countryCode" country_code: String,
    }

    reads PrimaryAdmin {
        "primaryEmail" primary_email: String,
    }

    /// One page.
    reads Subscriptions {
        "subscriptions" subscriptions: Vec<Subscription>,
        "nextPageToken" next_page_token: String,
    }

    reads Subscription needs "subscriptionId" subscription_id {
        "customerId" customer_id: String,
        "customerDomain" customer_domain: String,
        "subscriptionId" subscription_id: String,
        "skuId" sku_id: String,
        "skuName" sku_name: String,
        "billingMethod" billing_method: String,
        /// In ms.
        "creationTime" creation_time: Int64,
        "plan" plan: Plan,
        "seats" seats: Seats,
        "trialSettings" trial_settings: TrialSettings,
        "renewalSettings" renewal_settings: RenewalSettings,
        /// Only in a listing by transfer token.
        "transferInfo" transfer_info: Option<TransferInfo>,
        "purchaseOrderId" purchase_order_id: String,
        "dealCode" deal_code: String,
        "status" status: String,
        "suspensionReasons" suspension_reasons: Vec<String>,
    }

    reads Plan {
        "planName" plan_name: String,
        "isCommitmentPlan" is_commitment_plan: bool,
        "commitmentInterval" commitment_interval: Option<CommitmentInterval>,
    }

    /// In ms.
    reads CommitmentInterval {
        "startTime" start_time: Int64,
        "endTime" end_time: Int64,
    }

    reads Seats {
        "numberOfSeats" number_of_seats: Count,
        "maximumNumberOfSeats" maximum_number_of_seats: Count,
        "licensedNumberOfSeats" licensed_number_of_seats: Count,
    }

    reads TrialSettings {
        "isInTrial" is_in_trial: bool,
        /// In ms; 0: there never was a trial.
        "trialEndTime" trial_end_time: Int64,
    }

    /// Unknown words occur, also for payment plans that don't renew.
    reads RenewalSettings {
        "renewalType" renewal_type: String,
    }

    reads TransferInfo {
        /// In ms.
        "transferabilityExpirationTime" transferability_expiration_time: Int64,
        "minimumTransferableSeats" minimum_transferable_seats: Count,
        "currentLegacySkuId" current_legacy_sku_id: String,
    }

    reads WatchDetails {
        "topicName" topic_name: String,
        "serviceAccountEmailAddresses" service_account_email_addresses: Vec<String>,
    }

    reads Watched {
        "topicName" topic_name: String,
    }
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

impl Subscription {
    pub(crate) fn observed(&self) -> ObservedSubscription {
        let payment_plan = PaymentPlan::from_name(&self.plan.plan_name);
        let annual = payment_plan.map_or(self.plan.is_commitment_plan, PaymentPlan::is_annual);
        // The other member may be there too. Source: google-semantics.md §2.6.
        let Count(seats) = match annual {
            true => self.seats.number_of_seats,
            false => self.seats.maximum_number_of_seats,
        };
        ObservedSubscription {
            google_id: self.subscription_id.clone(),
            sku: self.sku_id.clone(),
            sku_name: self.sku_name.clone(),
            payment_plan,
            seats,
            licensed_seats: self.seats.licensed_number_of_seats.0,
            status: status(&self.status),
            suspension_reasons: self
                .suspension_reasons
                .iter()
                .map(|word| suspension_reason(word))
                .collect(),
        }
    }

    pub(crate) fn purchased(&self) -> PurchasedSubscription {
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
