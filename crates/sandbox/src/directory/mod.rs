//! The Directory API: users, the customer record, domains, organisational units, groups.
//! Source: google-semantics.md §3

pub(crate) mod aliases;
pub(crate) mod customers;
pub(crate) mod deleted;
pub(crate) mod domain_aliases;
pub(crate) mod domains;
pub(crate) mod group_aliases;
pub(crate) mod groups;
pub(crate) mod members;
pub(crate) mod org_units;
mod query;
pub(crate) mod user_list;
mod user_values;
pub(crate) mod users;

use serde_json::Value;

use crate::call::Call;
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::settings::Api;
use crate::world::{Customer, etag};

/// A customer by id or `my_customer`, if the caller administers it. Source: google-semantics.md §1.11, §3.4 {DIR-USERS}
fn customer_by_key(call: &Call<'_>, key: &str) -> Result<Customer, ApiError> {
    let id = if key == "my_customer" { call.caller.customer_id.as_str() } else { key };
    match call.world.customers.get(id) {
        Some(customer) => {
            call.check_admin(Api::Directory, customer)?;
            Ok(customer.clone())
        }
        // A domain where an id belongs is the wrong kind of key; what is no id at all is invalid. Source: §3.6
        None if id.contains(['.', '@']) => Err(ApiError::bad_request("Bad Request")),
        None if !is_id(id) => Err(ApiError::invalid("Invalid Customer Id")),
        None => Err(ApiError::not_found("Resource Not Found: customerKey")),
    }
}

/// `C` and letters or digits. Source: google-semantics.md §2.2 `customerId`
fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix('C').unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A list that answers in one page.
fn whole_list(kind: &str, name: &str, items: Vec<Value>) -> Reply {
    let mut body =
        serde_json::json!({"kind": kind, "etag": etag(&Value::from(items.clone()).to_string())});
    if !items.is_empty() {
        body[name] = items.into();
    }
    Reply::json(body)
}

/// One page of a list.
fn page_list(kind: &str, name: &str, items: Vec<Value>, next: Option<String>) -> Reply {
    let mut reply = whole_list(kind, name, items);
    if let Some(next) = next {
        reply.set("nextPageToken", next.into());
    }
    reply
}

/// What some of Google's pages answer with 201. Source: google-semantics.md §3.1 {DIR-OU}{DIR-GRP}{DIR-ALIAS}
fn created(call: &Call<'_>, body: Value) -> Reply {
    let status = if call.switches().created_status_in_directory { 201 } else { 200 };
    Reply { status, ..Reply::json(body) }
}
