//! Our client reads from the same sandbox what Google's clients have written down of it, and agrees.
//!
//! Needs `JUDGES_SEEN_DIR`, the directory that `judges-sandbox` and the two suites wrote into, with the sandbox still
//! running: `cargo x test --only judges` does all of that.

use domain::ids::CredentialId;
use domain::secret::SecretString;
use domain::time::{Clock, Timestamp};
use google::{Answered, Google, Grant, Hosts, HttpTransport, OAuthClient, Page, Pages, Read};
use google::{directory, licensing, reseller};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;

const CALL_MS_MAX: i64 = 10_000;
/// The product whose licences they wrote down.
const PRODUCT: &str = "Google-Apps";

struct WallClock;

impl Clock for WallClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "access tokens of a real server grow old in real time"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Timestamp(i64::try_from(since.as_millis()).expect("before the year 292 million"))
    }
}

#[expect(clippy::disallowed_methods, reason = "the stage of the tests says where the notes are")]
fn notes(name: &str) -> Value {
    let directory = std::env::var("JUDGES_SEEN_DIR")
        .expect("JUDGES_SEEN_DIR is not set; run `cargo x test --only judges`");
    let path = PathBuf::from(directory).join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// Our client, on behalf of the account that Google's client acted for.
struct Ours {
    google: Google,
    grant: Grant,
}

impl Ours {
    fn new(facts: &Value, seen: &Value) -> Ours {
        let base = Url::parse(text(facts, "/base")).expect("an address");
        let transport = Arc::new(HttpTransport::new(CALL_MS_MAX).expect("a transport"));
        let google = Google::new(transport, Hosts::at(&base), Arc::new(WallClock));
        let client = OAuthClient {
            id: text(facts, "/clients/0/id").to_owned(),
            secret: SecretString::from(text(facts, "/clients/0/secret").to_owned()),
        };
        let refresh_token = SecretString::from(text(seen, "/refresh_token").to_owned());
        let credential = "crd_00000000000000000000000000".parse::<CredentialId>();
        Ours {
            google,
            grant: Grant { credential: credential.expect("an id"), client, refresh_token },
        }
    }

    async fn read<A: Answered>(&self, read: &Read<A>) -> A {
        self.google.read(&self.grant, read, &mut Vec::new()).await.expect("an answer")
    }

    async fn walk<P: Page>(&self, mut pages: Pages<P>) -> Vec<P::Item> {
        let mut all = Vec::new();
        let mut log = Vec::new();
        while let Some(page) =
            self.google.next_page(&self.grant, &mut pages, &mut log).await.expect("a page")
        {
            all.extend(page.into_items());
        }
        all
    }
}

#[track_caller]
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
}

/// Theirs, in the order of this member.
fn sorted<'a>(seen: &'a Value, list: &str, by: &str) -> Vec<&'a Value> {
    let list =
        seen[list].as_array().unwrap_or_else(|| panic!("no {list}: did the suite break off?"));
    let mut all: Vec<&Value> = list.iter().collect();
    all.sort_by_key(|it| it[by].as_str());
    assert!(!all.is_empty(), "nothing to agree about");
    all
}

/// Each of our values is the one at its place in what they saw. What isn't there is empty, false or 0 for us.
#[track_caller]
fn agree(theirs: &Value, ours: &[(&str, Value)]) {
    for (pointer, ours) in ours {
        let seen = theirs.pointer(pointer).unwrap_or(&Value::Null);
        let theirs = match (ours, seen) {
            (Value::String(_), Value::Null) => json!(""),
            (Value::Bool(_), Value::Null) => json!(false),
            (Value::Array(_), Value::Null) => json!([]),
            (Value::Number(_), Value::Null) => json!(0),
            (Value::Number(_), Value::String(text)) => {
                json!(text.parse::<i64>().expect("a number"))
            }
            (_, seen) => seen.clone(),
        };
        assert_eq!(*ours, theirs, "{pointer}");
    }
}

fn same_customer(ours: &reseller::Customer, theirs: &Value) {
    let address = ours.postal_address.clone().expect("ours to manage");
    agree(
        theirs,
        &[
            ("/customerId", json!(ours.customer_id)),
            ("/customerDomain", json!(ours.customer_domain)),
            ("/customerDomainVerified", json!(ours.customer_domain_verified)),
            ("/customerType", json!(ours.customer_type)),
            ("/alternateEmail", json!(ours.alternate_email)),
            ("/phoneNumber", json!(ours.phone_number)),
            ("/postalAddress/contactName", json!(address.contact_name)),
            ("/postalAddress/organizationName", json!(address.organization_name)),
            ("/postalAddress/postalCode", json!(address.postal_code)),
            ("/postalAddress/countryCode", json!(address.country_code)),
        ],
    );
}

fn same_subscription(ours: &reseller::Subscription, theirs: &Value) {
    let (plan, seats) = (&ours.plan, &ours.seats);
    let commitment = plan.commitment_interval.clone().unwrap_or_default();
    agree(
        theirs,
        &[
            ("/customerId", json!(ours.customer_id)),
            ("/subscriptionId", json!(ours.subscription_id)),
            ("/skuId", json!(ours.sku_id)),
            ("/skuName", json!(ours.sku_name)),
            ("/creationTime", json!(ours.creation_time.0)),
            ("/plan/planName", json!(plan.plan_name)),
            ("/plan/isCommitmentPlan", json!(plan.is_commitment_plan)),
            ("/plan/commitmentInterval/startTime", json!(commitment.start_time.0)),
            ("/plan/commitmentInterval/endTime", json!(commitment.end_time.0)),
            ("/seats/numberOfSeats", json!(seats.number_of_seats.0)),
            ("/seats/maximumNumberOfSeats", json!(seats.maximum_number_of_seats.0)),
            ("/seats/licensedNumberOfSeats", json!(seats.licensed_number_of_seats.0)),
            ("/trialSettings/isInTrial", json!(ours.trial_settings.is_in_trial)),
            ("/renewalSettings/renewalType", json!(ours.renewal_settings.renewal_type)),
            ("/purchaseOrderId", json!(ours.purchase_order_id)),
            ("/status", json!(ours.status)),
            ("/suspensionReasons", json!(ours.suspension_reasons)),
        ],
    );
}

fn same_user(ours: &directory::User, theirs: &Value) {
    agree(
        theirs,
        &[
            ("/id", json!(ours.id)),
            ("/customerId", json!(ours.customer_id)),
            ("/primaryEmail", json!(ours.primary_email)),
            ("/name/givenName", json!(ours.name.given_name)),
            ("/name/familyName", json!(ours.name.family_name)),
            ("/isAdmin", json!(ours.is_admin)),
            ("/suspended", json!(ours.suspended)),
            ("/agreedToTerms", json!(ours.agreed_to_terms)),
            ("/orgUnitPath", json!(ours.org_unit_path)),
            ("/aliases", json!(ours.aliases)),
            ("/creationTime", json!(ours.creation_time)),
            ("/lastLoginTime", json!(ours.last_login_time)),
        ],
    );
}

fn same_licence(ours: &licensing::LicenseAssignment, theirs: &Value) {
    agree(
        theirs,
        &[
            ("/userId", json!(ours.user_id)),
            ("/productId", json!(ours.product_id)),
            ("/skuId", json!(ours.sku_id)),
            ("/skuName", json!(ours.sku_name)),
        ],
    );
}

fn pairwise<T>(ours: &[T], theirs: &[&Value], same: fn(&T, &Value)) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        same(ours, theirs);
    }
}

async fn compare(name: &str) {
    let (facts, seen) = (notes("facts.json"), notes(name));
    let us = Ours::new(&facts, &seen);
    let customer = text(&seen, "/customer/customerId");
    same_customer(&us.read(&reseller::get_customer(customer)).await, &seen["customer"]);

    let mut ours = us.walk(reseller::list_subscriptions_of(customer, None)).await;
    ours.sort_by(|a, b| a.subscription_id.cmp(&b.subscription_id));
    pairwise(&ours, &sorted(&seen, "subscriptions", "subscriptionId"), same_subscription);

    let mut ours = us.walk(directory::list_users(customer)).await;
    ours.sort_by(|a, b| a.primary_email.cmp(&b.primary_email));
    pairwise(&ours, &sorted(&seen, "users", "primaryEmail"), same_user);

    let mut ours = us.walk(licensing::list_for_product(PRODUCT, customer)).await;
    ours.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    pairwise(&ours, &sorted(&seen, "licences", "userId"), same_licence);
}

#[tokio::test]
async fn we_see_what_the_python_client_saw() {
    compare("seen-python.json").await;
}

#[tokio::test]
async fn we_see_what_the_node_client_saw() {
    compare("seen-node.json").await;
}
