//! The Directory API: users and the customer record. Source: google-semantics.md §3

pub(crate) mod customers;
pub(crate) mod users;

use crate::call::Call;
use crate::envelope::ApiError;
use crate::settings::Api;
use crate::world::Customer;

/// A customer by id or `my_customer`, if the caller administers it. Source: google-semantics.md §1.11, §3.4 {DIR-USERS}
fn customer_by_key(call: &Call<'_>, key: &str) -> Result<Customer, ApiError> {
    let id = if key == "my_customer" { call.caller.customer_id.as_str() } else { key };
    match call.world.customers.get(id) {
        Some(customer) if call.administers(customer) => Ok(customer.clone()),
        Some(_) => Err(ApiError::forbidden(Api::Directory)),
        // Source: §3.6 "Invalid Customer Id"
        None if !id.starts_with('C') => Err(ApiError::bad_request("Bad Request")),
        None => Err(ApiError::not_found("Resource Not Found: customerKey")),
    }
}
