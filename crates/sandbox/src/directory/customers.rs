//! directory.customers: get, patch, update. Source: google-semantics.md §3.4 {DISC-DIR}{R-MC}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::clock::rfc3339;
use crate::directory::customer_by_key;
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::customers::is_visible;
use crate::reseller::rules;
use crate::shape::text;
use crate::world::{Customer, SecondaryDomain, etag};

fn shown(customer: &Customer) -> Value {
    let mut shown = json!({
        "kind": "admin#directory#customer",
        "id": customer.id,
        "customerDomain": customer.domain,
        "customerCreationTime": rfc3339(customer.created_at_ms),
        "language": customer.language,
        "postalAddress": customer.address,
    });
    if !customer.alternate_email.is_empty() {
        shown["alternateEmail"] = customer.alternate_email.as_str().into();
    }
    if !customer.phone_number.is_empty() {
        shown["phoneNumber"] = customer.phone_number.as_str().into();
    }
    shown["etag"] = etag(&shown.to_string()).into();
    shown
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let customer = customer_by_key(call, call.part("customerKey"))?;
    if !is_visible(call, &customer) {
        return Err(ApiError::not_found("Resource Not Found: customerKey"));
    }
    Ok(Reply::json(shown(&customer)))
}

/// PUT and PATCH alike change what was sent.
pub(crate) fn patch(call: &mut Call<'_>) -> Answer {
    let mut customer = customer_by_key(call, call.part("customerKey"))?;
    let domain = text(&call.body, "/customerDomain").map(str::to_lowercase);
    if let Some(domain) = domain.filter(|domain| *domain != customer.domain) {
        swap_primary(&mut customer, &domain)?;
    }
    if let Some(language) = text(&call.body, "/language") {
        if !is_language(language) {
            return Err(ApiError::invalid("Invalid Input: language"));
        }
        customer.language = language.to_owned();
    }
    if let Some(email) = text(&call.body, "/alternateEmail") {
        rules::alternate_email(email, &customer.domain)?;
        customer.alternate_email = email.to_owned();
    }
    if let Some(phone) = text(&call.body, "/phoneNumber") {
        customer.phone_number = rules::phone_number(phone)
            .ok_or_else(|| ApiError::invalid("Invalid Input: phoneNumber"))?;
    }
    if let Some(Value::Object(given)) = call.body.get("postalAddress") {
        let mut address = serde_json::to_value(&customer.address).unwrap_or_default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            address[name] = value.clone();
        }
        customer.address = serde_json::from_value(address).unwrap_or_default();
        rules::address(&customer.address)?;
    }
    let reply = Reply::json(shown(&customer));
    call.world.put_customer(customer);
    Ok(reply)
}

/// The new one must be a verified secondary domain; the old one becomes secondary, and addresses stay as they are.
/// Source: google-semantics.md §3.4 {DIR-CUST}{F-GAM}; status [I]
fn swap_primary(customer: &mut Customer, domain: &str) -> Result<(), ApiError> {
    let verified = customer.domains.get(domain).is_some_and(|known| known.verified);
    let Some(new) = customer.domains.remove(domain).filter(|_| verified) else {
        return Err(ApiError::invalid("New domain name is not a verified secondary domain"));
    };
    let old =
        SecondaryDomain { verified: customer.domain_verified, created_at_ms: new.created_at_ms };
    let before = std::mem::replace(&mut customer.domain, domain.to_owned());
    customer.domain_verified = true;
    customer.domains.insert(before, old);
    Ok(())
}

/// ISO 639 with an optional region or script. Source: google-semantics.md §3.4
fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
