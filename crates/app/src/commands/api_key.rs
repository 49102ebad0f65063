//! `seatwright api-key …`

use super::owner;
use crate::cli::{ApiKey, Owner};
use crate::failure::{Failure, Result};
use crate::output::{Output, table};
use crate::wire::House;
use domain::ids::{ApiKeyId, DistributorId};
use domain::secret::{ExposeSecret as _, SecretString};
use domain::time::Timestamp;
use serde_json::json;
use std::process::ExitCode;

pub async fn run(verb: ApiKey, house: &House, out: Output) -> Result<ExitCode> {
    match verb {
        ApiKey::Add { owner, name } => {
            let distributor = owner::distributor(house, &owner).await?;
            let (id, key) = add(house, &distributor.id, &name).await?;
            let key = key.expose_secret();
            let value = json!({
                "id": id.as_str(), "key": key, "name": name, "distributor": distributor.id.as_str(),
            });
            let whose = &distributor.name;
            out.result(&value, &format!("Added {id} for {whose}. The key, shown only now:\n{key}"));
        }
        ApiKey::List(owner) => list(house, &owner, out).await?,
        ApiKey::Revoke { id } => revoke(house, &id, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A new key; only its hash is kept.
pub async fn add(
    house: &House,
    distributor: &DistributorId,
    name: &str,
) -> Result<(ApiKeyId, SecretString)> {
    let now = house.clock.now();
    let key = web::auth::new_api_key(&*house.chance);
    let id = ApiKeyId::fresh(&*house.chance, now);
    let door = house.store.of(distributor.clone());
    door.add_api_key(&id, name, &key.hash, &key.hint, now).await?;
    Ok((id, key.secret))
}

async fn list(house: &House, owner: &Owner, out: Output) -> Result<()> {
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    for distributor in owner::distributors(house, owner).await? {
        for key in house.store.of(distributor.id.clone()).api_keys().await? {
            let revoked = key.revoked_at.map(Timestamp::rfc3339);
            items.push(json!({
                "id": key.id.as_str(),
                "name": key.name,
                "hint": key.hint,
                "distributor": distributor.id.as_str(),
                "created_at": key.created_at.rfc3339(),
                "revoked_at": revoked,
            }));
            let state = revoked.map_or("in force".to_owned(), |at| format!("revoked {at}"));
            rows.push(vec![key.id.to_string(), key.name, format!("{}…", key.hint), state]);
        }
    }
    let words = if rows.is_empty() {
        "There is no API key yet; add one with `seatwright api-key add`.".to_owned()
    } else {
        table(&["ID", "NAME", "BEGINS WITH", "STATE"], &rows)
    };
    out.result(&json!({"id": "api_keys", "items": items}), &words);
    Ok(())
}

async fn revoke(house: &House, id: &str, out: Output) -> Result<()> {
    let unknown =
        || Failure::not_found(format!("There is no API key {id}."), "`seatwright api-key list`.");
    let key: ApiKeyId = id.parse().map_err(|_| unknown())?;
    let now = house.clock.now();
    for distributor in house.store.distributors().await? {
        if house.store.of(distributor.id).revoke_api_key(&key, now).await? {
            let value = json!({"id": id, "status": "revoked"});
            out.result(&value, &format!("{id} is revoked."));
            return Ok(());
        }
    }
    Err(unknown())
}
