//! reseller.customers: get, insert, patch, update. Source: google-semantics.md §2.2-§2.5

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::{rules, transfer};
use crate::settings::{Api, ForeignCustomer};
use crate::shape::text;
use crate::world::{Address, Customer, CustomerType, Owner, User};

fn forbidden() -> ApiError {
    ApiError::forbidden(Api::Reseller)
}

/// Only an administrator of a reseller may use this API. Source: google-semantics.md §1.11 [I]
pub(crate) fn check_reseller(call: &Call<'_>) -> Result<(), ApiError> {
    if call.caller.is_reseller && call.caller.is_admin { Ok(()) } else { Err(forbidden()) }
}

/// The resource of our own customer. Source: google-semantics.md §2.2
fn full(call: &Call<'_>, customer: &Customer) -> Value {
    let mut shown = minimal(customer);
    shown.insert("customerDomainVerified".into(), customer.domain_verified.into());
    insert_text(&mut shown, "alternateEmail", &customer.alternate_email);
    insert_text(&mut shown, "phoneNumber", &customer.phone_number);
    let mut address = serde_json::to_value(&customer.address).unwrap_or_default();
    address["kind"] = "customers#address".into();
    shown.insert("postalAddress".into(), address);
    if let Some(admin) = first_admin(call, customer) {
        shown.insert("primaryAdmin".into(), json!({"primaryEmail": admin}));
    }
    let link = format!("{}/sandbox/v1/customers/{}", call.settings.public_url, customer.id);
    shown.insert("resourceUiUrl".into(), link.into());
    Value::Object(shown)
}

/// Only teams show one. Source: google-semantics.md §2.2 `primaryAdmin`
fn first_admin(call: &Call<'_>, customer: &Customer) -> Option<String> {
    if customer.customer_type != CustomerType::Team {
        return None;
    }
    let mut users = call.world.users_of(&customer.id);
    users.find(|user| user.is_admin).map(|user| user.primary_email.clone())
}

/// All that is shown of somebody else's customer. Source: google-semantics.md §2.3, §13
fn minimal(customer: &Customer) -> Map<String, Value> {
    let kind = match customer.customer_type {
        CustomerType::Domain => "domain",
        CustomerType::Team => "team",
    };
    let mut shown = Map::new();
    shown.insert("kind".into(), "reseller#customer".into());
    insert_text(&mut shown, "customerId", &customer.id);
    insert_text(&mut shown, "customerDomain", &customer.domain);
    shown.insert("customerType".into(), kind.into());
    shown
}

fn insert_text(shown: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        shown.insert(name.into(), text.into());
    }
}

/// The customer with this id or primary domain: after a change of that, the old one stops working.
/// Source: google-semantics.md §2.3: 404 is a free domain, several teams on one domain are 400 {R-RC}{F-GAM}
pub(crate) fn find(call: &Call<'_>, key: &str) -> Result<Customer, ApiError> {
    if let Some(customer) = call.world.customers.get(key) {
        return Ok(customer.clone());
    }
    let on_domain = call.world.customers_at(key);
    let whole = on_domain.iter().find(|it| it.customer_type == CustomerType::Domain);
    match (whole, on_domain.as_slice()) {
        (Some(customer), _) | (None, [customer]) => Ok((*customer).clone()),
        (None, []) => Err(ApiError::not_found("Resource Not Found: customerId")),
        (None, _) => Err(ApiError::invalid(format!(
            "Customer domain [{key}] is linked to one or more email verified customers, please provide a customer id."
        ))),
    }
}

/// Reads show a new customer late. Source: google-semantics.md §11 "propagation"
pub(crate) fn is_visible(call: &Call<'_>, customer: &Customer) -> bool {
    call.now_ms >= customer.created_at_ms + call.world.lag_ms.customers_ms
}

/// A customer of ours, or 404, or 403 for one that isn't. Source: google-semantics.md §2.14 {R-ERR-OLD}
pub(crate) fn find_ours(call: &Call<'_>, key: &str) -> Result<Customer, ApiError> {
    let customer = find(call, key)?;
    if call.resells(&customer) { Ok(customer) } else { Err(forbidden()) }
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let customer = find(call, call.part("customerId"))?;
    if !is_visible(call, &customer) {
        return Err(ApiError::not_found("Resource Not Found: customerId"));
    }
    if call.resells(&customer) {
        return Ok(Reply::json(full(call, &customer)));
    }
    match call.switches().foreign_customer {
        ForeignCustomer::Minimal => Ok(Reply::json(Value::Object(minimal(&customer)))),
        ForeignCustomer::Forbidden => Err(forbidden()),
    }
}

/// Source: google-semantics.md §2.4
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let team = match text(&call.body, "/customerType") {
        Some("team") => true,
        None | Some("domain" | "customerTypeUnspecified") => false,
        Some(_) => return Err(ApiError::invalid("Invalid Input: customerType")),
    };
    let domain = rules::domain(text(&call.body, "/customerDomain").unwrap_or_default())?;
    check_test_domain(call, &domain)?;
    if let Some(token) = call.query.get("customerAuthToken") {
        let token = token.to_owned();
        return register(call, &token, &domain);
    }
    let alternate_email = text(&call.body, "/alternateEmail").unwrap_or_default().to_owned();
    // Not needed for a team. Source: §2.2
    if !team || !alternate_email.is_empty() {
        rules::alternate_email(&alternate_email, &domain)?;
    }
    let address = address_of(&call.body);
    rules::address(&address)?;
    let admin = if team { Some(first_admin_of(call, &domain)?) } else { None };
    let taken = call.world.customers_on(&domain);
    // Several teams may share a domain, until somebody owns it. Source: §2.3, §2.4 [X] reason undocumented
    if taken.iter().any(|other| !team || other.customer_type == CustomerType::Domain) {
        return Err(ApiError::duplicate());
    }
    let customer = Customer {
        id: new_id(call),
        domain,
        domain_verified: false,
        domains: BTreeMap::new(),
        domain_aliases: BTreeMap::new(),
        customer_type: if team { CustomerType::Team } else { CustomerType::Domain },
        alternate_email,
        phone_number: phone_of(&call.body).unwrap_or_default(),
        address,
        language: "en".to_owned(),
        owner: Owner::Reseller { customer_id: call.caller.customer_id.clone() },
        is_reseller: false,
        reseller_access: true,
        api_access: true,
        auto_licensing: true,
        auto_licensing_units: BTreeMap::new(),
        gmail_apps: true,
        never_transferable: false,
        terms_accepted: false,
        created_at_ms: call.now_ms,
    };
    call.world.put_customer(customer.clone());
    if let Some(admin) = admin {
        add_team_admin(call, &customer, admin);
    }
    Ok(Reply::json(full(call, &customer)))
}

/// The address that gets the verification link: on the team's domain, and nobody's yet.
/// Source: google-semantics.md §2.2 `primaryAdmin.primaryEmail`, §9.4
fn first_admin_of(call: &Call<'_>, domain: &str) -> Result<String, ApiError> {
    let email = text(&call.body, "/primaryAdmin/primaryEmail").unwrap_or_default().to_lowercase();
    let on_domain = email.rsplit('@').next() == Some(domain);
    if !rules::is_address(&email) || !on_domain {
        return Err(ApiError::invalid("Invalid Input: primaryAdmin.primaryEmail"));
    }
    if call.world.is_taken(&email) { Err(ApiError::duplicate()) } else { Ok(email) }
}

/// Google makes the first administrator itself; nobody can sign in before the link in its mail was followed.
/// Source: google-semantics.md §9.4 {R-MC}
fn add_team_admin(call: &mut Call<'_>, customer: &Customer, email: String) {
    let user = User {
        given_name: email.split('@').next().unwrap_or_default().to_owned(),
        family_name: customer.domain.clone(),
        is_admin: true,
        ..User::new(call.world.chance.digits("user", 21), &customer.id, email, call.now_ms)
    };
    call.world.put_user(user);
}

/// A reseller for tests sells to test domains only. Source: google-semantics.md §2.12 {CC-QUOTA}{F-CB}
fn check_test_domain(call: &Call<'_>, domain: &str) -> Result<(), ApiError> {
    if !call.switches().test_reseller {
        return Ok(());
    }
    let ours = call.world.customers.get(&call.caller.customer_id).map(|home| home.domain.as_str());
    if domain.starts_with("goog-test") && ours.is_some_and(|ours| domain.contains(ours)) {
        Ok(())
    } else {
        Err(ApiError::condition_not_met(
            "Domains of test customers start with goog-test and contain the reseller's domain.",
        ))
    }
}

/// With a token: somebody else's customer is registered with us. What it has bought follows by subscriptions.insert.
/// Source: google-semantics.md §2.4 {DISC-RES}, §2.11 (10)
fn register(call: &mut Call<'_>, token: &str, domain: &str) -> Answer {
    let mut customer = transfer::customer_of(call, token, domain)?;
    if call.resells(&customer) {
        return Err(ApiError::duplicate());
    }
    if customer.never_transferable {
        return Err(ApiError::condition_not_met("The customer can't be transferred."));
    }
    customer.alternate_email = text(&call.body, "/alternateEmail").unwrap_or_default().to_owned();
    if customer.customer_type == CustomerType::Domain {
        rules::alternate_email(&customer.alternate_email, domain)?;
    }
    customer.address = address_of(&call.body);
    rules::address(&customer.address)?;
    customer.phone_number = phone_of(&call.body).unwrap_or_default();
    transfer::take_over(call, &customer);
    let customer = call.world.customers.get(&customer.id).cloned().unwrap_or(customer);
    Ok(Reply::json(full(call, &customer)))
}

/// `C0` and 7 characters. Source: google-semantics.md §11 "Ids"
fn new_id(call: &mut Call<'_>) -> String {
    loop {
        let id = format!("C0{}", call.world.chance.base36("customer", 7));
        if !call.world.customers.contains_key(&id) {
            return id;
        }
    }
}

fn address_of(body: &Value) -> Address {
    let given = body.get("postalAddress").cloned().unwrap_or(json!({}));
    serde_json::from_value(without_nulls(given)).unwrap_or_default()
}

fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

fn phone_of(body: &Value) -> Option<String> {
    text(body, "/phoneNumber").and_then(rules::phone_number)
}

/// Merges what was sent. Source: google-semantics.md §2.5
pub(crate) fn patch(call: &mut Call<'_>) -> Answer {
    change(call, true)
}

/// Replaces address, alternate e-mail and phone number. Source: google-semantics.md §2.5
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    change(call, false)
}

fn change(call: &mut Call<'_>, merges: bool) -> Answer {
    check_reseller(call)?;
    let mut customer = find_ours(call, call.part("customerId"))?;
    refuse_fixed(&call.body, &customer)?;
    let sent = |name: &str| call.body.get(name).is_some_and(|value| !value.is_null());
    if !merges || sent("alternateEmail") {
        customer.alternate_email =
            text(&call.body, "/alternateEmail").unwrap_or_default().to_owned();
        if customer.customer_type == CustomerType::Domain || !customer.alternate_email.is_empty() {
            rules::alternate_email(&customer.alternate_email, &customer.domain)?;
        }
    }
    if !merges || sent("phoneNumber") {
        customer.phone_number = phone_of(&call.body).unwrap_or_default();
    }
    if !merges {
        customer.address = address_of(&call.body);
    } else if sent("postalAddress") {
        customer.address = merged(&customer.address, &call.body["postalAddress"]);
    }
    rules::address(&customer.address)?;
    let shown = full(call, &customer);
    call.world.put_customer(customer);
    Ok(Reply::json(shown))
}

/// Neither domain nor type change through this API. Source: google-semantics.md §2.5
fn refuse_fixed(body: &Value, customer: &Customer) -> Result<(), ApiError> {
    let kind = if customer.customer_type == CustomerType::Team { "team" } else { "domain" };
    let other_type = text(body, "/customerType").is_some_and(|given| given != kind);
    let other_domain =
        text(body, "/customerDomain").is_some_and(|given| !customer.has_domain(given));
    match (other_type, other_domain) {
        (true, _) => Err(ApiError::invalid("Invalid Input: customerType")),
        (_, true) => Err(ApiError::invalid("Invalid Input: customerDomain")),
        _ => Ok(()),
    }
}

fn merged(before: &Address, given: &Value) -> Address {
    let mut address = serde_json::to_value(before).unwrap_or_default();
    if let (Some(address), Some(given)) = (address.as_object_mut(), given.as_object()) {
        for (name, value) in given {
            match value {
                Value::Null => address.remove(name),
                value => address.insert(name.clone(), value.clone()),
            };
        }
    }
    serde_json::from_value(address).unwrap_or_default()
}
