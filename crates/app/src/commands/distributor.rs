//! `seatwright distributor …`

use crate::cli::Distributor;
use crate::failure::{Failure, Result};
use crate::output::{Output, table};
use crate::wire::House;
use domain::ids::DistributorId;
use serde_json::json;
use std::process::ExitCode;

const NAME_MAX: usize = 200;

pub async fn run(verb: Distributor, house: &House, out: Output) -> Result<ExitCode> {
    match verb {
        Distributor::Add { name } => {
            let id = add(house, &name).await?;
            let value = json!({"id": id.as_str(), "name": name.trim()});
            out.result(&value, &format!("Added distributor {} as {id}.", name.trim()));
        }
        Distributor::List => list(house, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Names need not be unique: the id tells them apart.
pub async fn add(house: &House, name: &str) -> Result<DistributorId> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Failure::usage(
            format!("A distributor's name has 1 to {NAME_MAX} characters."),
            "Give another name.",
        ));
    }
    let now = house.clock.now();
    let id = DistributorId::fresh(&*house.chance, now);
    house.store.add_distributor(&id, name, now).await?;
    Ok(id)
}

async fn list(house: &House, out: Output) -> Result<()> {
    let all = house.store.distributors().await?;
    let items: Vec<_> = all
        .iter()
        .map(|distributor| {
            json!({
                "id": distributor.id.as_str(),
                "name": distributor.name,
                "created_at": distributor.created_at.rfc3339(),
            })
        })
        .collect();
    let rows: Vec<_> = all
        .iter()
        .map(|one| vec![one.id.to_string(), one.name.clone(), one.created_at.rfc3339()])
        .collect();
    let words = if rows.is_empty() {
        "There is no distributor yet; add one with `seatwright distributor add NAME`.".to_owned()
    } else {
        table(&["ID", "NAME", "SINCE"], &rows)
    };
    out.result(&json!({"id": "distributors", "items": items}), &words);
    Ok(())
}
