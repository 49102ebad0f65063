//! The Reseller API: customers and their subscriptions.

mod wire;

use crate::client::{CallError, Google, Grant, Probe};
use crate::methods;
use crate::pages::Pages;
use crate::request::{Change, Read};
use domain::desired::DesiredCustomer;
use domain::observed::{ObservedCustomer, PurchasedSubscription};
use domain::step::{Call, Shown, Step};
use domain::time::Timestamp;
pub use wire::{
    Action, Address, CommitmentInterval, Customer, CustomerChange, CustomerType, DeletionType,
    NewAddress, NewCustomer, NewPlan, NewPrimaryAdmin, NewRenewal, NewSeats, NewSubscription, Plan,
    PlanChange, PlanName, PrimaryAdmin, RenewalSettings, RenewalType, Seats, Subscription,
    Subscriptions, TransferInfo, TrialSettings, WatchDetails, Watched,
};

/// Most subscriptions of one page. Source: google-quotas.json
/// reseller.subscriptions_list.maxResults.
pub const PAGE: u32 = 100;
/// Most pages of one customer's subscriptions: 5,000 of them is a loop, not a customer.
const PAGES_MAX: usize = 50;

/// `customer` is Google's id or the primary domain, here and below.
#[must_use]
pub fn get_customer(customer: &str) -> Read<Customer> {
    methods::CUSTOMERS_GET.read(&[customer])
}

/// With a transfer token: takes an existing customer of Google's or another reseller's over. Google
/// takes the token in the address only, here and below, so addresses are never logged or shown.
#[must_use]
pub fn insert_customer(customer: &NewCustomer, transfer_token: Option<&str>) -> Change<Customer> {
    methods::CUSTOMERS_INSERT.change(&[], customer).query_if("customerAuthToken", transfer_token)
}

/// Merges what is there with the change.
#[must_use]
pub fn patch_customer(customer: &str, change: &CustomerChange) -> Change<Customer> {
    methods::CUSTOMERS_PATCH.change(&[customer], change)
}

/// Replaces address, alternate e-mail and phone.
#[must_use]
pub fn update_customer(customer: &str, change: &CustomerChange) -> Change<Customer> {
    methods::CUSTOMERS_UPDATE.change(&[customer], change)
}

/// Every subscription of the reseller: the only way to all its customers.
#[must_use]
pub fn list_subscriptions() -> Pages<Subscriptions> {
    Pages::of(methods::SUBSCRIPTIONS_LIST.read(&[]), PAGE)
}

/// Every subscription of customers whose domain starts so.
#[must_use]
pub fn list_subscriptions_by_prefix(domain_prefix: &str) -> Pages<Subscriptions> {
    let read = methods::SUBSCRIPTIONS_LIST.read(&[]).query("customerNamePrefix", domain_prefix);
    Pages::of(read, PAGE)
}

/// Every subscription of one customer; with a transfer token those that may be taken over.
#[must_use]
pub fn list_subscriptions_of(customer: &str, transfer_token: Option<&str>) -> Pages<Subscriptions> {
    let read = methods::SUBSCRIPTIONS_LIST
        .read(&[])
        .query("customerId", customer)
        .query_if("customerAuthToken", transfer_token);
    Pages::of(read, PAGE)
}

/// A subscription's id is Google's and changes when the subscription does.
#[must_use]
pub fn get_subscription(customer: &str, subscription: &str) -> Read<Subscription> {
    methods::SUBSCRIPTIONS_GET.read(&[customer, subscription])
}

/// What an insert is meant as, where Google shall not guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purchase<'a> {
    /// Google decides between a new subscription, an upgrade and a transfer.
    Unspecified,
    /// A further subscription.
    Buy,
    /// In place of the one with this SKU.
    SwitchFrom { sku: &'a str },
    /// Taken over from Google or another reseller. All of a customer's go in one batch.
    Transfer { token: &'a str },
}

#[must_use]
pub fn insert_subscription(
    customer: &str,
    subscription: &NewSubscription,
    purchase: Purchase<'_>,
) -> Change<Subscription> {
    let change = methods::SUBSCRIPTIONS_INSERT.change(&[customer], subscription);
    match purchase {
        Purchase::Unspecified => change,
        Purchase::Buy => change.query("action", Action::Buy.text()),
        Purchase::SwitchFrom { sku } => {
            change.query("action", Action::Switch.text()).query("sourceSkuId", sku)
        }
        Purchase::Transfer { token } => change.query("customerAuthToken", token),
    }
}

/// Annual ones only grow until they renew.
#[must_use]
pub fn change_seats(customer: &str, subscription: &str, seats: &NewSeats) -> Change<Subscription> {
    methods::SUBSCRIPTIONS_CHANGE_SEATS.change(&[customer, subscription], seats)
}

/// From trial or flexible only.
#[must_use]
pub fn change_plan(customer: &str, subscription: &str, plan: &PlanChange) -> Change<Subscription> {
    methods::SUBSCRIPTIONS_CHANGE_PLAN.change(&[customer, subscription], plan)
}

/// Of annual payment plans only.
#[must_use]
pub fn change_renewal_settings(
    customer: &str,
    subscription: &str,
    renewal_type: RenewalType,
) -> Change<Subscription> {
    let body = NewRenewal { renewal_type };
    methods::SUBSCRIPTIONS_CHANGE_RENEWAL_SETTINGS.change(&[customer, subscription], &body)
}

/// Ends a trial for which a payment plan was chosen.
#[must_use]
pub fn start_paid_service(customer: &str, subscription: &str) -> Change<Subscription> {
    methods::SUBSCRIPTIONS_START_PAID_SERVICE.order(&[customer, subscription])
}

#[must_use]
pub fn suspend(customer: &str, subscription: &str) -> Change<Subscription> {
    methods::SUBSCRIPTIONS_SUSPEND.order(&[customer, subscription])
}

/// Resumes what the reseller suspended.
#[must_use]
pub fn activate(customer: &str, subscription: &str) -> Change<Subscription> {
    methods::SUBSCRIPTIONS_ACTIVATE.order(&[customer, subscription])
}

/// With [`DeletionType::TransferToDirect`] all of a customer's subscriptions go in one batch.
#[must_use]
pub fn delete_subscription(
    customer: &str,
    subscription: &str,
    deletion_type: DeletionType,
) -> Change<crate::Nothing> {
    methods::SUBSCRIPTIONS_DELETE
        .order(&[customer, subscription])
        .query("deletionType", deletion_type.text())
}

#[must_use]
pub fn get_watch_details() -> Read<WatchDetails> {
    methods::NOTIFY_GET_WATCH_DETAILS.read(&[])
}

/// Lets a service account subscribe to the reseller's topic. The address goes into the query, as in
/// the discovery document; the guide shows a body. Source: google-semantics.md §2.1 [X].
#[must_use]
pub fn register_watch(service_account: &str) -> Change<Watched> {
    methods::NOTIFY_REGISTER.order(&[]).query("serviceAccountEmailAddress", service_account)
}

#[must_use]
pub fn unregister_watch(service_account: &str) -> Change<Watched> {
    methods::NOTIFY_UNREGISTER.order(&[]).query("serviceAccountEmailAddress", service_account)
}

impl Google {
    pub(crate) async fn create_customer(
        &self,
        grant: &Grant,
        customer: &DesiredCustomer,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let change = insert_customer(&NewCustomer::of(customer), None);
        let shown = self.change(grant, &change, intended_at, log).await?;
        let made = ObservedCustomer { managed: true, made_by_us: true, ..shown.observed() };
        Ok(Shown::Customer(made))
    }

    pub(crate) async fn create_subscription(
        &self,
        grant: &Grant,
        step: &Step,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let Step::CreateSubscription { google_customer, subscription, sku, payment_plan, seats } =
            step
        else {
            unreachable!("only called for this step");
        };
        let body = NewSubscription::of(sku, *payment_plan, *seats, subscription.as_str());
        let change = insert_subscription(google_customer, &body, Purchase::Unspecified);
        let shown = self.change(grant, &change, intended_at, log).await?;
        Ok(Shown::Subscription(shown.observed()))
    }

    /// Every subscription of one customer.
    pub(crate) async fn purchased(
        &self,
        grant: &Grant,
        customer: &str,
        log: &mut Vec<Call>,
    ) -> Result<Vec<PurchasedSubscription>, CallError> {
        let mut all = Vec::new();
        let mut pages = list_subscriptions_of(customer, None).at_most(PAGES_MAX);
        while let Some(page) = self.next_page(grant, &mut pages, log).await? {
            all.extend(page.subscriptions.iter().map(Subscription::purchased));
        }
        Ok(all)
    }

    pub(crate) async fn probe_reseller(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let read = methods::SUBSCRIPTIONS_LIST.read(&[]).query("maxResults", "1");
        let page = self.read(grant, &read, log).await?;
        let detail = match page.subscriptions.is_empty() {
            true => "This account may list subscriptions; there are none yet.",
            false => "This account may list subscriptions.",
        };
        Ok(Probe { detail: detail.to_owned(), account_email: None })
    }
}
