//! `seatwright operator …`

use super::owner;
use crate::cli::{Operator, Owner};
use crate::failure::{Exit, Failure, Result};
use crate::output::{Output, table};
use crate::wire::House;
use domain::ids::{Chance, DistributorId, OperatorId};
use domain::names::EmailAddress;
use domain::secret::{ExposeSecret as _, SecretString, password};
use serde_json::json;
use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;
use store::StoreError;

/// The same as on the set-up page.
const PASSWORD_LEN_MIN: usize = 12;
const PASSWORD_LEN_MAX: usize = 200;

pub async fn run(verb: Operator, house: &House, out: Output) -> Result<ExitCode> {
    match verb {
        Operator::Add { owner, email, password_stdin } => {
            let distributor = owner::distributor(house, &owner).await?;
            let chosen = choose(&*house.chance, password_stdin)?;
            let id = add(house, &distributor.id, &email, &chosen.password).await?;
            let mut value =
                json!({"id": id.as_str(), "email": email, "distributor": distributor.id.as_str()});
            let mut words = format!("{email} may sign in for {} ({id}).", distributor.name);
            if chosen.made_up {
                let password = chosen.password.expose_secret();
                value["password"] = json!(password);
                words.push_str(&format!("\nPassword, shown only now: {password}"));
            }
            out.result(&value, &words);
        }
        Operator::List(owner) => list(house, &owner, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets somebody sign in for a distributor.
///
/// # Errors
/// `operator_exists` when the address can already sign in somewhere.
pub async fn add(
    house: &House,
    distributor: &DistributorId,
    email: &str,
    password: &SecretString,
) -> Result<OperatorId> {
    if EmailAddress::parse(email).is_none() {
        return Err(Failure::usage(
            format!("`{email}` is no e-mail address."),
            "Give one such as ada@nord.example.",
        ));
    }
    let length = password.expose_secret().chars().count();
    if !(PASSWORD_LEN_MIN..=PASSWORD_LEN_MAX).contains(&length) {
        return Err(Failure::usage(
            format!("A password has {PASSWORD_LEN_MIN} to {PASSWORD_LEN_MAX} characters."),
            "Choose another one, such as four random words.",
        ));
    }
    let hash = web::auth::hash_password(&*house.chance, password.clone()).await;
    let hash = hash.map_err(|_| anyhow::anyhow!("the password can't be hashed"))?;
    let now = house.clock.now();
    let id = OperatorId::fresh(&*house.chance, now);
    match house.store.of(distributor.clone()).add_operator(&id, email, &hash, now).await {
        Err(StoreError::Conflict) => Err(Failure::new(
            Exit::Conflict,
            "operator_exists",
            format!("{email} can sign in already."),
            "`seatwright operator list` shows who can.",
        )),
        other => Ok(other.map(|()| id)?),
    }
}

struct Chosen {
    password: SecretString,
    made_up: bool,
}

/// From standard input, from a person, or made up.
fn choose(chance: &dyn Chance, from_stdin: bool) -> Result<Chosen> {
    let given = |password| Chosen { password, made_up: false };
    if from_stdin {
        return read_stdin().map(given);
    }
    if !std::io::stdin().is_terminal() {
        return Ok(Chosen { password: password(chance), made_up: true });
    }
    let first = ask_hidden("Password: ")?;
    if first.expose_secret() != ask_hidden("The same again: ")?.expose_secret() {
        return Err(Failure::usage("The two passwords differ.", "Start again."));
    }
    Ok(given(first))
}

/// Everything on standard input, without the line's end.
pub fn read_stdin() -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::internal("standard input can't be read", &error))?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n'])))
}

/// Asks a person at the terminal, without showing what is typed.
pub fn ask_hidden(prompt: &str) -> Result<SecretString> {
    let terminal = console::Term::stderr();
    let read = terminal.write_str(prompt).and_then(|()| terminal.read_secure_line());
    read.map(SecretString::from)
        .map_err(|error| Failure::internal("the terminal can't be read", &error))
}

async fn list(house: &House, owner: &Owner, out: Output) -> Result<()> {
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    for distributor in owner::distributors(house, owner).await? {
        for operator in house.store.of(distributor.id.clone()).operators().await? {
            items.push(json!({
                "id": operator.id.as_str(),
                "email": operator.email,
                "distributor": distributor.id.as_str(),
                "created_at": operator.created_at.rfc3339(),
            }));
            let since = operator.created_at.rfc3339();
            rows.push(vec![
                operator.id.to_string(),
                operator.email,
                distributor.name.clone(),
                since,
            ]);
        }
    }
    let words = if rows.is_empty() {
        "Nobody can sign in yet; add somebody with `seatwright operator add --email E`.".to_owned()
    } else {
        table(&["ID", "E-MAIL", "DISTRIBUTOR", "SINCE"], &rows)
    };
    out.result(&json!({"id": "operators", "items": items}), &words);
    Ok(())
}
