//! directory.domains: list, insert, get, delete. Source: google-semantics.md §3.4 {DISC-DIR}{DIR-LIM}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::{customer_by_key, domain_aliases, whole_list};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::rules;
use crate::shape::text;
use crate::world::{Customer, SecondaryDomain, etag};

/// Source: google-quotas.json `directory.domains_per_account`
const DOMAINS_MAX: usize = 600;

fn shown(customer: &Customer, name: &str) -> Value {
    let primary = customer.domain == name;
    let (verified, created_at_ms) = match customer.domains.get(name) {
        Some(domain) => (domain.verified, domain.created_at_ms),
        None => (customer.domain_verified, customer.created_at_ms),
    };
    let mut shown = json!({
        "kind": "admin#directory#domain",
        "domainName": name,
        "isPrimary": primary,
        "verified": verified,
        "creationTime": created_at_ms.to_string(),
    });
    let aliases = domain_aliases::shown_of(customer, Some(name));
    if !aliases.is_empty() {
        shown["domainAliases"] = aliases.into();
    }
    shown["etag"] = etag(&shown.to_string()).into();
    shown
}

/// The name of the body: a domain that nobody has.
pub(super) fn new_name(call: &Call<'_>, name: &str) -> Result<String, ApiError> {
    let name = rules::domain(name).map_err(|_| ApiError::invalid("Invalid Input: domainName"))?;
    if call.world.customers_on(&name).is_empty() { Ok(name) } else { Err(ApiError::duplicate()) }
}

/// Reads show a new domain late.
fn is_visible(call: &Call<'_>, domain: &SecondaryDomain) -> bool {
    call.now_ms >= domain.created_at_ms + call.world.lag_ms.domains_ms
}

fn find(call: &Call<'_>, reads: bool) -> Result<(Customer, String), ApiError> {
    let customer = customer_by_key(call, call.part("customer"))?;
    let name = call.part("domainName").to_lowercase();
    let shows = customer.domains.get(&name).is_some_and(|it| !reads || is_visible(call, it));
    if customer.domain == name || shows {
        Ok((customer, name))
    } else {
        Err(ApiError::not_found("Domain not found"))
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let customer = customer_by_key(call, call.part("customer"))?;
    let further = customer.domains.iter().filter(|(_, domain)| is_visible(call, domain));
    let names = std::iter::once(&customer.domain).chain(further.map(|(name, _)| name));
    let items = names.map(|name| shown(&customer, name)).collect();
    Ok(whole_list("admin#directory#domains", "domains", items))
}

/// A secondary domain, unverified until somebody proves that it is theirs.
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let mut customer = customer_by_key(call, call.part("customer"))?;
    let name = text(&call.body, "/domainName").unwrap_or_default();
    let name = new_name(call, name)?;
    if customer.domains.len() + 1 >= DOMAINS_MAX {
        return Err(ApiError::limit_exceeded("Too many domains."));
    }
    let aliases = call.body.get("domainAliases").and_then(Value::as_array);
    let homeless = |alias: &Value| text(alias, "/parentDomainName").is_none();
    if aliases.is_some_and(|all| all.iter().any(homeless)) {
        return Err(ApiError::invalid("Invalid Input: parentDomainName"));
    }
    let domain = SecondaryDomain { verified: false, created_at_ms: call.now_ms };
    customer.domains.insert(name.clone(), domain);
    let reply = Reply::json(shown(&customer, &name));
    call.world.put_customer(customer);
    Ok(reply)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let (customer, name) = find(call, true)?;
    Ok(Reply::json(shown(&customer, &name)))
}

/// Neither the primary domain nor one that somebody or something lives on. Texts and status [I].
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let (mut customer, name) = find(call, false)?;
    let on_it = |address: &str| address.rsplit('@').next() == Some(name.as_str());
    let lived_on = call
        .world
        .users_of(&customer.id)
        .any(|user| on_it(&user.primary_email) || user.aliases.iter().any(|it| on_it(it)))
        || call.world.groups.values().any(|it| it.customer_id == customer.id && on_it(&it.email));
    let named = customer.domain_aliases.values().any(|alias| alias.parent == name);
    if customer.domain == name || lived_on || named {
        return Err(ApiError::condition_not_met(
            "The domain is the primary one, or users, groups or aliases are on it.",
        ));
    }
    customer.domains.remove(&name);
    call.world.put_customer(customer);
    Ok(Reply::empty(204))
}
