//! The Reseller API: customers and their subscriptions.

mod wire;

use crate::answer::Answer;
use crate::client::{Ask, CallError, Google, Grant, Probe};
use domain::desired::DesiredCustomer;
use domain::observed::{ObservedCustomer, PurchasedSubscription};
use domain::step::{Call, Shown, Step};
use domain::time::Timestamp;
pub(crate) use wire::Customer;
use wire::{NewCustomer, NewSubscription, Subscription, Subscriptions};

/// Most subscriptions of one page. Source: google-quotas.json
/// reseller.subscriptions_list.maxResults.
const PAGE: &str = "100";
/// Most pages of one customer's subscriptions: 5,000 of them is a loop, not a customer.
const PAGES_MAX: usize = 50;

impl Google {
    pub(crate) async fn get_customer(
        &self,
        grant: &Grant,
        customer: &str,
        log: &mut Vec<Call>,
    ) -> Result<Customer, CallError> {
        let url = self.hosts().reseller(&["customers", customer]);
        let answer = self.call(grant, &Ask::read("reseller.customers.get", url), log).await?;
        known(answer.parse()?, &answer)
    }

    pub(crate) async fn create_customer(
        &self,
        grant: &Grant,
        customer: &DesiredCustomer,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let url = self.hosts().reseller(&["customers"]);
        let ask =
            Ask::change("reseller.customers.insert", url, &NewCustomer::of(customer), intended_at);
        let answer = self.call(grant, &ask, log).await?;
        let shown = known(answer.parse()?, &answer)?;
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
        let url = self.hosts().reseller(&["customers", google_customer, "subscriptions"]);
        let body = NewSubscription::of(sku, *payment_plan, *seats, subscription.as_str());
        let ask = Ask::change("reseller.subscriptions.insert", url, &body, intended_at);
        let answer = self.call(grant, &ask, log).await?;
        let shown: Subscription = answer.parse()?;
        if shown.subscription_id.is_empty() {
            return Err(answer.lacks("subscriptionId"));
        }
        Ok(Shown::Subscription(shown.observed()))
    }

    /// Every subscription of one customer.
    pub(crate) async fn list_subscriptions(
        &self,
        grant: &Grant,
        customer: &str,
        log: &mut Vec<Call>,
    ) -> Result<Vec<PurchasedSubscription>, CallError> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        for _ in 0..PAGES_MAX {
            let mut url = self.hosts().reseller(&["subscriptions"]);
            url.query_pairs_mut()
                .append_pair("customerId", customer)
                .append_pair("maxResults", PAGE);
            if !page_token.is_empty() {
                url.query_pairs_mut().append_pair("pageToken", &page_token);
            }
            let answer = self.call(grant, &Ask::read(LIST, url), log).await?;
            let page: Subscriptions = answer.parse()?;
            all.extend(page.subscriptions.iter().map(Subscription::purchased));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(all);
            }
        }
        let why = format!("{LIST}: more than {PAGES_MAX} pages for one customer");
        Err(CallError::NotApplied { why, retry_after_ms: None })
    }

    pub(crate) async fn probe_reseller(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let mut url = self.hosts().reseller(&["subscriptions"]);
        url.query_pairs_mut().append_pair("maxResults", "1");
        let answer = self.call(grant, &Ask::read(LIST, url), log).await?;
        let page: Subscriptions = answer.parse()?;
        let detail = match page.subscriptions.is_empty() {
            true => "This account may list subscriptions; there are none yet.",
            false => "This account may list subscriptions.",
        };
        Ok(Probe { detail: detail.to_owned(), account_email: None })
    }
}

const LIST: &str = "reseller.subscriptions.list";

fn known(customer: Customer, answer: &Answer) -> Result<Customer, CallError> {
    if customer.customer_id.is_empty() { Err(answer.lacks("customerId")) } else { Ok(customer) }
}
