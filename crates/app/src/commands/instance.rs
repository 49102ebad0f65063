//! `seatwright instance …`, but for the consent itself (`activate`).

use super::operator::{ask_hidden, read_stdin};
use super::{activate, owner};
use crate::cli::{Instance as Verb, Owner};
use crate::failure::{Exit, Failure, Result};
use crate::output::{Output, table};
use crate::wire::House;
use domain::activation::CALLBACK_PATH;
use domain::ids::{DistributorId, InstanceId};
use domain::secret::{ExposeSecret as _, Place, SecretString};
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use store::{Instance, InstanceState, StoreError};

const TEXT_MAX: usize = 200;

pub async fn run(verb: Verb, house: &House, out: Output) -> Result<ExitCode> {
    match verb {
        Verb::Add { owner, system_name, client_id } => {
            let distributor = owner::distributor(house, &owner).await?;
            let secret = if std::io::stdin().is_terminal() {
                ask_hidden("Client Secret: ")?
            } else {
                read_stdin()?
            };
            let id = add(house, &distributor.id, &system_name, &client_id, &secret).await?;
            told_added(house, &distributor.id, &id, &system_name, out);
        }
        Verb::List(owner) => list(house, &owner, out).await?,
        Verb::Authenticate { id, timeout } => {
            return activate::run(house, &id, timeout * 1_000, out).await;
        }
        Verb::Disconnect { id } => disconnect(house, &id, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What must be registered at Google, byte for byte.
pub fn redirect_uri(house: &House) -> String {
    format!("{}{CALLBACK_PATH}", house.config.public_base())
}

/// # Errors
/// `instance_exists` when the distributor has one of that System Name.
pub async fn add(
    house: &House,
    distributor: &DistributorId,
    system_name: &str,
    client_id: &str,
    client_secret: &SecretString,
) -> Result<InstanceId> {
    let secret = SecretString::from(client_secret.expose_secret().trim());
    for (what, text) in [
        ("System Name", system_name),
        ("Client Id", client_id),
        ("Client Secret", secret.expose_secret()),
    ] {
        let length = text.trim().chars().count();
        if !(1..=TEXT_MAX).contains(&length) || text.chars().any(char::is_control) {
            return Err(Failure::usage(
                format!("The {what} has 1 to {TEXT_MAX} characters on one line."),
                "Copy it again from Google Cloud console > Credentials.",
            ));
        }
    }
    let sealer = house.sealer().await?;
    let now = house.clock.now();
    let id = InstanceId::fresh(&*house.chance, now);
    let place = Place { table: "instance", column: "client_secret", row: id.as_str() };
    let sealed = sealer.seal(&*house.chance, place, &secret);
    let door = house.store.of(distributor.clone());
    match door.add_instance(&id, system_name.trim(), client_id.trim(), &sealed, now).await {
        Err(StoreError::Conflict) => Err(Failure::new(
            Exit::Conflict,
            "instance_exists",
            format!("There is an instance {system_name} already."),
            "Choose another System Name, or change that one in the console.",
        )),
        other => Ok(other.map(|()| id)?),
    }
}

fn told_added(
    house: &House,
    distributor: &DistributorId,
    id: &InstanceId,
    system_name: &str,
    out: Output,
) {
    let redirect_uri = redirect_uri(house);
    let value = json!({
        "id": id.as_str(),
        "system_name": system_name,
        "distributor": distributor.as_str(),
        "redirect_uri": redirect_uri,
    });
    let words = format!(
        "Added instance {system_name} as {id}.\n\
         Register exactly this redirect URI at the OAuth client: {redirect_uri}\n\
         Then connect it: seatwright instance authenticate {id}"
    );
    out.result(&value, &words);
}

fn account(instance: &Instance) -> &str {
    match &instance.state {
        InstanceState::NotAuthenticated => "",
        InstanceState::Authenticated(credential)
        | InstanceState::ConsentLost(credential)
        | InstanceState::Disconnected(credential) => &credential.account_email,
    }
}

fn shown(instance: &Instance) -> Value {
    let credential = instance.state.credential();
    json!({
        "id": instance.id.as_str(),
        "system_name": instance.system_name,
        "client_id": instance.client_id,
        "distributor": instance.distributor.as_str(),
        "state": instance.state.name(),
        "account": Some(account(instance)).filter(|account| !account.is_empty()),
        "scopes": credential.map(|credential| &credential.scopes),
        "authenticated_at": credential.map(|credential| credential.granted_at.rfc3339()),
    })
}

async fn list(house: &House, owner: &Owner, out: Output) -> Result<()> {
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    for distributor in owner::distributors(house, owner).await? {
        for instance in house.store.of(distributor.id).instances().await? {
            items.push(shown(&instance));
            rows.push(vec![
                instance.id.to_string(),
                instance.system_name.clone(),
                instance.state.name().replace('_', " "),
                account(&instance).to_owned(),
            ]);
        }
    }
    let words = if rows.is_empty() {
        "There is no instance yet; add one with `seatwright instance add`.".to_owned()
    } else {
        table(&["ID", "SYSTEM NAME", "STATE", "ACCOUNT"], &rows)
    };
    out.result(&json!({"id": "instances", "items": items}), &words);
    Ok(())
}

async fn disconnect(house: &House, named: &str, out: Output) -> Result<()> {
    let (door, instance) = owner::instance(house, named).await?;
    let left = door.disconnect(&instance.id, house.clock.now()).await?;
    let (status, words) = if left {
        ("disconnected", "is disconnected; the server revokes the consent at Google")
    } else {
        ("not_connected", "was not connected; nothing changed")
    };
    let value = json!({"id": instance.id.as_str(), "status": status});
    out.result(&value, &format!("{} {words}.", instance.system_name));
    Ok(())
}
