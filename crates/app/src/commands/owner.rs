//! Whose it is: one distributor from an id or from being the only one, and an instance from its id or
//! name.

use crate::cli::Owner;
use crate::failure::{Failure, Result};
use crate::wire::House;
use domain::ids::DistributorId;
use store::{Distributor, DistributorStore, Instance};

const LIST: &str = "`seatwright distributor list` shows them.";

/// The distributor that is meant.
pub async fn distributor(house: &House, owner: &Owner) -> Result<Distributor> {
    let mut all = house.store.distributors().await?;
    let Some(named) = &owner.distributor else {
        return match all.len() {
            0 => Err(Failure::not_found(
                "There is no distributor yet.",
                "Add one with `seatwright distributor add NAME`.",
            )),
            1 => Ok(all.remove(0)),
            _ => Err(Failure::usage(
                "There are several distributors.",
                format!("Say which one with --distributor ID; {LIST}"),
            )),
        };
    };
    let id: Option<DistributorId> = named.parse().ok();
    all.into_iter()
        .find(|distributor| Some(&distributor.id) == id.as_ref())
        .ok_or_else(|| Failure::not_found(format!("There is no distributor {named}."), LIST))
}

/// The distributor that is meant, or all of them.
pub async fn distributors(house: &House, owner: &Owner) -> Result<Vec<Distributor>> {
    match owner.distributor {
        Some(_) => Ok(vec![distributor(house, owner).await?]),
        None => Ok(house.store.distributors().await?),
    }
}

/// The one instance with this id or System Name, and its distributor's door.
pub async fn instance(house: &House, named: &str) -> Result<(DistributorStore, Instance)> {
    let mut found = Vec::new();
    for distributor in house.store.distributors().await? {
        let door = house.store.of(distributor.id);
        if let Some(instance) = door.find_instance(named).await? {
            found.push((door, instance));
        }
    }
    if found.len() > 1 {
        return Err(Failure::usage(
            format!("Several distributors have an instance {named}."),
            "Give its id; `seatwright instance list` shows them.",
        ));
    }
    found.pop().ok_or_else(|| {
        Failure::not_found(
            format!("There is no instance {named}."),
            "`seatwright instance list` shows them.",
        )
    })
}
