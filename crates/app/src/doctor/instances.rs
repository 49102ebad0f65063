//! Each instance: whether it can act, since when, with which scopes, and why its last authentication
//! failed.

use super::Finding;
use crate::failure::Result;
use crate::wire::House;
use domain::activation::{ActivationStatus, Api};
use domain::time::Timestamp;
use store::{Activation, Credential, Instance, InstanceState};

const DAY_MS: i64 = 86_400_000;

pub async fn all(house: &House) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let now = house.clock.now();
    for distributor in house.store.distributors().await? {
        let door = house.store.of(distributor.id);
        for instance in door.instances().await? {
            let latest = door.latest_activation(&instance.id).await?;
            findings.push(judge(&instance, latest.as_ref(), now));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::warn(
            "instances",
            "there is none yet",
            "Add one in the console under Applications Setup, or with `seatwright instance add`.",
        ));
    }
    Ok(findings)
}

fn judge(instance: &Instance, latest: Option<&Activation>, now: Timestamp) -> Finding {
    let name = format!("instance {} ({})", instance.system_name, instance.id);
    let again = format!("Run `seatwright instance authenticate {}`.", instance.id);
    match &instance.state {
        InstanceState::Authenticated(credential) => {
            in_force(&name, credential, latest, now, &again)
        }
        InstanceState::ConsentLost(credential) => {
            let why = credential.end_reason.as_deref().unwrap_or("no reason given");
            let message = format!(
                "Google withdrew the consent of {} ({why}); its orders wait",
                credential.account_email
            );
            Finding::fail(&name, message, again)
        }
        InstanceState::Disconnected(_) => {
            Finding::warn(&name, "was disconnected; its orders wait", again)
        }
        InstanceState::NotAuthenticated => match failed(latest) {
            Some((sentence, action)) => {
                let message = format!("not authenticated; the last try failed: {sentence}");
                Finding::warn(&name, message, action)
            }
            None => Finding::warn(&name, "not authenticated yet; its orders wait", again),
        },
    }
}

fn in_force(
    name: &str,
    credential: &Credential,
    latest: Option<&Activation>,
    now: Timestamp,
    again: &str,
) -> Finding {
    let missing: Vec<&str> = Api::ALL
        .into_iter()
        .map(Api::scope)
        .filter(|scope| !credential.scopes.iter().any(|granted| granted == scope))
        .collect();
    if !missing.is_empty() {
        let message = format!("lacks the scopes {}", missing.join(", "));
        return Finding::fail(name, message, format!("{again} Tick every box on Google's page."));
    }
    let days = now.ms_since(credential.granted_at) / DAY_MS;
    let message = format!(
        "authenticated as {} since {} ({days} days), all scopes granted",
        credential.account_email,
        credential.granted_at.rfc3339()
    );
    match failed(latest) {
        Some((sentence, action)) => {
            Finding::warn(name, format!("{message}; a later try failed: {sentence}"), action)
        }
        None => Finding::ok(name, message),
    }
}

/// Why the last authentication failed, and what to do.
fn failed(latest: Option<&Activation>) -> Option<(String, String)> {
    let latest = latest.filter(|latest| latest.status == ActivationStatus::Failed)?;
    latest.fault.as_ref().map(|fault| (fault.sentence(), fault.action()))
}
