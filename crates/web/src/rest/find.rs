//! Reads what an answer is made of, through the caller's door only.

use crate::problem::Problem;
use domain::ids::CustomerId;
use store::{Customer, DistributorStore, Instance, StoreError};

/// A customer with the instance it is served through.
pub(super) async fn customer(
    door: &DistributorStore,
    id: &CustomerId,
) -> Result<(Customer, Instance), Problem> {
    let customer = door.customer(id).await?.ok_or(Problem::NotFound)?;
    let instance = door.instance(&customer.desired.instance).await?;
    let instance = instance.ok_or_else(|| StoreError::Corrupt {
        table: "customer",
        column: "instance",
        key: id.to_string(),
    })?;
    Ok((customer, instance))
}
