//! reseller.customers: get, insert, patch, update. Source: google-semantics.md §2.2-§2.5

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::rules;
use crate::settings::{Api, ForeignCustomer};
use crate::shape::text;
use crate::world::{Address, Customer, CustomerType, Owner};

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
    let link = format!("{}/sandbox/v1/customers/{}", call.settings.public_url, customer.id);
    shown.insert("resourceUiUrl".into(), link.into());
    Value::Object(shown)
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

/// The customer with this id or domain, once reads show it.
/// Source: google-semantics.md §2.3: 404 is a free domain, several teams on one domain are 400 {R-RC}{F-GAM}
pub(crate) fn find(call: &Call<'_>, key: &str) -> Result<Customer, ApiError> {
    if let Some(customer) = call.world.customers.get(key) {
        return Ok(customer.clone());
    }
    let on_domain: Vec<&Customer> =
        call.world.customers.values().filter(|customer| customer.has_domain(key)).collect();
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
    if call.query.get("customerAuthToken").is_some() {
        return Err(ApiError::unsupported("transfers with customerAuthToken"));
    }
    match text(&call.body, "/customerType") {
        None | Some("domain" | "customerTypeUnspecified") => {}
        Some("team") => return Err(ApiError::unsupported("customers of type team")),
        Some(_) => return Err(ApiError::invalid("Invalid Input: customerType")),
    }
    let domain = rules::domain(text(&call.body, "/customerDomain").unwrap_or_default())?;
    let alternate_email = text(&call.body, "/alternateEmail").unwrap_or_default().to_owned();
    rules::alternate_email(&alternate_email, &domain)?;
    let address = address_of(&call.body);
    rules::address(&address)?;
    if call.world.customer(&domain).is_some() {
        // Source: §2.4 [X] reason undocumented; 409 for a domain that has an account already.
        return Err(ApiError::duplicate());
    }
    let customer = Customer {
        id: new_id(call),
        domain,
        domain_verified: false,
        secondary_domains: BTreeSet::new(),
        customer_type: CustomerType::Domain,
        alternate_email,
        phone_number: phone_of(&call.body).unwrap_or_default(),
        address,
        language: "en".to_owned(),
        owner: Owner::Reseller { customer_id: call.caller.customer_id.clone() },
        is_reseller: false,
        reseller_access: true,
        terms_accepted: false,
        created_at_ms: call.now_ms,
    };
    let shown = full(call, &customer);
    call.world.customers.insert(customer.id.clone(), customer);
    Ok(Reply::json(shown))
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
        rules::alternate_email(&customer.alternate_email, &customer.domain)?;
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
    call.world.customers.insert(customer.id.clone(), customer);
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
