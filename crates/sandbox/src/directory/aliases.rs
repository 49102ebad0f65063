//! directory.users.aliases: list, insert, delete. Source: google-semantics.md §3.3 {DIR-ALIAS}{DIR-LIM}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::users::{find, find_settled};
use crate::directory::{created, whole_list};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::rules::is_address;
use crate::settings::Api;
use crate::shape::text;
use crate::world::etag;

/// Source: google-quotas.json `directory.aliases_per_user`
const ALIASES_MAX: usize = 30;

/// Of users and groups alike.
pub(super) fn shown(id: &str, primary_email: &str, alias: &str) -> Value {
    json!({
        "kind": "admin#directory#alias",
        "id": id,
        "etag": etag(&format!("{id} {alias}")),
        "alias": alias,
        "primaryEmail": primary_email,
    })
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let user = find(call)?;
    let items =
        user.aliases.iter().map(|alias| shown(&user.id, &user.primary_email, alias)).collect();
    Ok(whole_list("admin#directory#aliases", "aliases", items))
}

/// The alias of the body: free, and on a domain of this customer.
pub(super) fn new_alias(call: &Call<'_>, customer_id: &str) -> Result<String, ApiError> {
    let alias = text(&call.body, "/alias").unwrap_or_default().to_lowercase();
    if !is_address(&alias) {
        return Err(ApiError::invalid("Invalid Input: alias"));
    }
    let home = call.customer_of_address(Api::Directory, &alias)?;
    if home.id != customer_id {
        return Err(ApiError::invalid("Invalid Input: alias"));
    }
    if call.world.is_taken(&alias) { Err(ApiError::duplicate()) } else { Ok(alias) }
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let mut user = find_settled(call)?;
    let alias = new_alias(call, &user.customer_id)?;
    if user.aliases.len() >= ALIASES_MAX {
        return Err(ApiError::limit_exceeded("Too many aliases for this user."));
    }
    let reply = created(call, shown(&user.id, &user.primary_email, &alias));
    user.aliases_since_ms.insert(alias.clone(), call.now_ms);
    user.aliases.insert(alias);
    user.version += 1;
    call.world.put_user(user);
    Ok(reply)
}

/// A deleted alias is free at once. Source: google-semantics.md §3.3 {DIR-LIM}
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let mut user = find_settled(call)?;
    let alias = call.part("alias").to_lowercase();
    if !user.aliases.contains(&alias) {
        return Err(ApiError::not_found("Resource Not Found: alias"));
    }
    user.aliases.remove(&alias);
    user.aliases_since_ms.remove(&alias);
    user.version += 1;
    call.world.put_user(user);
    Ok(Reply::empty(204))
}
