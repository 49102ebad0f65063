//! `seatwright instance authenticate`: makes the one-time link, and watches the checks until they have
//! passed or failed. The consent itself is the console's, the checks are the engine's.

use super::instance::redirect_uri;
use super::owner;
use crate::clock::until;
use crate::failure::{Exit, Failure, Result};
use crate::http_client;
use crate::output::Output;
use crate::wire::House;
use domain::activation::{ActivationFault, ActivationStatus, Check, CheckResult, LINK_MS_MAX};
use domain::ids::{ActivationId, InstanceId, token, token_hash};
use domain::secret::{ExposeSecret as _, SecretString};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::process::ExitCode;
use store::{Activation, DistributorStore, Origin};

/// A dialogue that waits for a browser.
pub struct Link {
    pub activation: ActivationId,
    /// Opens once, for whoever has it.
    pub url: SecretString,
    pub expires_at: Timestamp,
}

/// Starts a dialogue with a one-time link.
pub async fn invite(house: &House, door: &DistributorStore, instance: &InstanceId) -> Result<Link> {
    let now = house.clock.now();
    let token = token(&*house.chance);
    let activation = ActivationId::fresh(&*house.chance, now);
    let expires_at = now.plus_ms(LINK_MS_MAX);
    let hash = token_hash(&token);
    let uri = redirect_uri(house);
    door.start_activation(&activation, instance, Origin::Link, Some(&hash), &uri, now, expires_at)
        .await?;
    let url = SecretString::from(format!("{}/activate/{token}", house.config.public_base()));
    Ok(Link { activation, url, expires_at })
}

/// What became of a dialogue.
pub enum Watch {
    Ended(Box<Activation>),
    /// Still under way when the time was over.
    TimedOut,
}

/// Follows a dialogue for at most `ms_max`; `on_check` hears of each check once, as it is made. A
/// dialogue whose browser did not come back in time is ended here.
pub async fn watch(
    house: &House,
    door: &DistributorStore,
    id: &ActivationId,
    ms_max: i64,
    mut on_check: impl FnMut(&Check),
) -> Result<Watch> {
    let mut told = 0;
    let deadline = house.clock.now().plus_ms(ms_max);
    let ended = until(&*house.clock, ms_max, async || {
        let Some(activation) = door.activation(id).await? else {
            return Err(Failure::not_found("The authentication is gone.", "Start it again."));
        };
        let made = activation.checks.iter().take_while(|c| c.result != CheckResult::Pending);
        for check in made.skip(told) {
            on_check(check);
            told += 1;
        }
        if activation.status.is_final() {
            return Ok(Some(activation));
        }
        let now = house.clock.now();
        if now >= activation.expires_at.min(deadline) {
            end(house, &activation, now).await?;
        }
        Ok(None)
    });
    let ended = ended.await?;
    // The last question may have been the one that ended it.
    let ended = match ended {
        Some(activation) => Some(activation),
        None => door.activation(id).await?.filter(|activation| activation.status.is_final()),
    };
    Ok(ended.map_or(Watch::TimedOut, |activation| Watch::Ended(Box::new(activation))))
}

/// Ends a dialogue that waits for a browser; one that is being checked goes on.
async fn end(house: &House, activation: &Activation, now: Timestamp) -> Result<()> {
    let fault = match activation.status {
        ActivationStatus::Invited => ActivationFault::LinkExpired,
        ActivationStatus::AtGoogle => ActivationFault::NeverCameBack,
        _ => return Ok(()),
    };
    house.store.fail_activation(activation, &fault, now).await?;
    Ok(())
}

pub async fn run(house: &House, named: &str, ms_max: i64, out: Output) -> Result<ExitCode> {
    // A wrong key would be found only after the consent.
    house.sealer().await?;
    let (door, instance) = owner::instance(house, named).await?;
    warn_of_no_server(house, out).await?;
    let link = invite(house, &door, &instance.id).await?;
    let url = link.url.expose_secret();
    let value = json!({
        "link": url, "activation": link.activation.as_str(), "expires_at": link.expires_at.rfc3339(),
    });
    let words = format!(
        "Open this link in the browser of whoever gives the consent; it works once, until {}:\n\n  \
         {url}\n\nWaiting for Google…",
        link.expires_at.rfc3339()
    );
    out.result(&value, &words);
    let told = |check: &Check| out.line(&check_words(check));
    match watch(house, &door, &link.activation, ms_max, told).await? {
        Watch::Ended(activation) => {
            let account = door.instance(&instance.id).await?.and_then(|instance| {
                instance.state.credential().map(|credential| credential.account_email.clone())
            });
            Ok(tell(&instance.id, &activation, account, out))
        }
        Watch::TimedOut => Err(Failure::new(
            Exit::Failed,
            "timed_out",
            "The checks had not ended when the time was over; they go on in the server.",
            "See how they went with `seatwright instance list`, and that the server runs.",
        )),
    }
}

fn tell(
    instance: &InstanceId,
    activation: &Activation,
    account: Option<String>,
    out: Output,
) -> ExitCode {
    let passed = activation.status == ActivationStatus::Passed;
    let fault = activation.fault.as_ref();
    let value = json!({
        "id": instance.as_str(),
        "activation": activation.id.as_str(),
        "status": if passed { "passed" } else { "failed" },
        "account": account.as_deref().filter(|_| passed),
        "checks": checks_json(&activation.checks),
        "fault": fault.map(fault_json),
    });
    let words = match fault {
        None => format!("Authenticated as {}.", account.unwrap_or_default()),
        Some(fault) => format!("Failed. {}\n{}", fault.sentence(), fault.action()),
    };
    out.result(&value, &words);
    if passed { ExitCode::SUCCESS } else { Exit::Failed.into() }
}

/// One line for people.
pub fn check_words(check: &Check) -> String {
    let title = check.name.title();
    match &check.result {
        CheckResult::Pending => format!("· {title}"),
        CheckResult::Passed { detail } => format!("✓ {title}: {detail}"),
        CheckResult::Failed { fault } => format!("✗ {title}: {}", fault.sentence()),
    }
}

pub fn checks_json(checks: &[Check]) -> Value {
    let one = |check: &Check| {
        let (result, detail, fault) = match &check.result {
            CheckResult::Pending => ("pending", None, None),
            CheckResult::Passed { detail } => ("passed", Some(detail), None),
            CheckResult::Failed { fault } => ("failed", None, Some(fault_json(fault))),
        };
        json!({
            "name": check.name, "title": check.name.title(), "result": result, "detail": detail,
            "fault": fault,
        })
    };
    checks.iter().map(one).collect()
}

fn fault_json(fault: &ActivationFault) -> Value {
    json!({"code": fault.code(), "sentence": fault.sentence(), "action": fault.action()})
}

/// The link leads to the server, and it is the server that carries the checks out.
async fn warn_of_no_server(house: &House, out: Output) -> Result<()> {
    let url = format!("{}/healthz", house.config.public_base());
    let answered = http_client::client(false)?.get(&url).send().await;
    if !answered.is_ok_and(|answer| answer.status().is_success()) {
        out.warning(
            "server_not_reached",
            &format!("Nothing answers at {url}, so the link leads nowhere yet."),
            "Start `seatwright serve`, and check SEATWRIGHT_PUBLIC_URL.",
        );
    }
    Ok(())
}
