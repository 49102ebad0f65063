//! directory.domainAliases: list, insert, get, delete. Source: google-semantics.md §3.4 {DISC-DIR}{DIR-LIM}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::domains::new_name;
use crate::directory::{customer_by_key, whole_list};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::shape::text;
use crate::world::{Customer, DomainAlias, etag};

/// Source: google-quotas.json `directory.domain_aliases`
const ALIASES_MAX: usize = 20;

fn shown(name: &str, alias: &DomainAlias) -> Value {
    let mut shown = json!({
        "kind": "admin#directory#domainAlias",
        "domainAliasName": name,
        "parentDomainName": alias.parent,
        "verified": alias.verified,
        "creationTime": alias.created_at_ms.to_string(),
    });
    shown["etag"] = etag(&shown.to_string()).into();
    shown
}

/// All of a customer, or those of one domain.
pub(super) fn shown_of(customer: &Customer, parent: Option<&str>) -> Vec<Value> {
    customer
        .domain_aliases
        .iter()
        .filter(|(_, alias)| parent.is_none_or(|parent| alias.parent == parent))
        .map(|(name, alias)| shown(name, alias))
        .collect()
}

fn is_visible(call: &Call<'_>, alias: &DomainAlias) -> bool {
    call.now_ms >= alias.created_at_ms + call.world.lag_ms.domains_ms
}

fn find(call: &Call<'_>, reads: bool) -> Result<(Customer, String), ApiError> {
    let customer = customer_by_key(call, call.part("customer"))?;
    let name = call.part("domainAliasName").to_lowercase();
    let known = customer.domain_aliases.get(&name);
    if known.is_some_and(|alias| !reads || is_visible(call, alias)) {
        Ok((customer, name))
    } else {
        Err(ApiError::not_found("Domain alias not found"))
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let mut customer = customer_by_key(call, call.part("customer"))?;
    customer.domain_aliases.retain(|_, alias| is_visible(call, alias));
    let parent = call.query.get("parentDomainName").map(str::to_lowercase);
    let items = shown_of(&customer, parent.as_deref());
    Ok(whole_list("admin#directory#domainAliases", "domainAliases", items))
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let mut customer = customer_by_key(call, call.part("customer"))?;
    let name = text(&call.body, "/domainAliasName").unwrap_or_default();
    let parent = text(&call.body, "/parentDomainName").unwrap_or_default().to_lowercase();
    let name = new_name(call, name)?;
    if customer.domain != parent && !customer.domains.contains_key(&parent) {
        return Err(ApiError::invalid("Invalid Input: parentDomainName"));
    }
    if customer.domain_aliases.len() >= ALIASES_MAX {
        return Err(ApiError::limit_exceeded("Too many domain aliases."));
    }
    let alias = DomainAlias { parent, verified: false, created_at_ms: call.now_ms };
    let reply = Reply::json(shown(&name, &alias));
    customer.domain_aliases.insert(name, alias);
    call.world.put_customer(customer);
    Ok(reply)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let (customer, name) = find(call, true)?;
    Ok(Reply::json(shown(&name, &customer.domain_aliases[&name])))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let (mut customer, name) = find(call, false)?;
    customer.domain_aliases.remove(&name);
    call.world.put_customer(customer);
    Ok(Reply::empty(204))
}
