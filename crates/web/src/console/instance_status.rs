//! Where an instance's connection to Google stands, and how it came to that.

use super::activation::{ActivationView, FaultView};
use super::looks::{self, Look};
use domain::activation::{ActivationFault, CONSENT_MS_MAX};
use domain::event::Event;
use store::{Activation, Credential, Entry, Instance, InstanceState};

/// The consent in force, or the last one that was.
pub struct CredentialView {
    pub in_force: bool,
    pub account: String,
    pub granted_at: String,
    pub ended_at: Option<String>,
    pub end_reason: String,
    pub scopes: Vec<String>,
}

impl CredentialView {
    fn new(credential: &Credential, in_force: bool) -> CredentialView {
        CredentialView {
            in_force,
            account: credential.account_email.clone(),
            granted_at: credential.granted_at.rfc3339(),
            ended_at: credential.ended_at.map(domain::time::Timestamp::rfc3339),
            end_reason: credential.end_reason.clone().unwrap_or_default().replace('_', " "),
            scopes: credential.scopes.clone(),
        }
    }
}

/// The status block of the settings page.
pub struct StatusView {
    pub look: Look,
    pub in_force: bool,
    pub credential: Option<CredentialView>,
    /// The newest dialogue.
    pub last: Option<ActivationView>,
    pub activation: String,
    /// Where the button leads; none until the instance is saved.
    pub authenticate: Option<String>,
    pub watch: String,
    pub disconnect: Option<String>,
    /// What is said when the pop-up does not come back, and after how long, in ms.
    pub gone: FaultView,
    pub gone_ms: i64,
}

impl StatusView {
    /// Of an instance that is not saved yet.
    pub fn unsaved() -> StatusView {
        StatusView {
            look: looks::of_instance(&InstanceState::NotAuthenticated),
            in_force: false,
            credential: None,
            last: None,
            activation: String::new(),
            authenticate: None,
            watch: String::new(),
            disconnect: None,
            gone: FaultView::new(&ActivationFault::NeverCameBack),
            gone_ms: CONSENT_MS_MAX,
        }
    }

    pub fn new(instance: &Instance, latest: Option<&Activation>) -> StatusView {
        let path = format!("/instances/{}", instance.id);
        let in_force = instance.state.credential().is_some();
        let connected = matches!(
            instance.state,
            InstanceState::Authenticated(_) | InstanceState::ConsentLost(_)
        );
        StatusView {
            look: looks::of_instance(&instance.state),
            in_force,
            credential: of_any_time(&instance.state).map(|c| CredentialView::new(c, in_force)),
            last: latest.map(ActivationView::new),
            activation: latest.map(|latest| latest.id.to_string()).unwrap_or_default(),
            authenticate: Some(format!("{path}/authenticate")),
            watch: format!("{path}/activation"),
            disconnect: connected.then(|| format!("{path}/disconnect")),
            ..StatusView::unsaved()
        }
    }
}

/// The credential in force, or the last one that was.
pub fn of_any_time(state: &InstanceState) -> Option<&Credential> {
    match state {
        InstanceState::NotAuthenticated => None,
        InstanceState::Authenticated(credential)
        | InstanceState::ConsentLost(credential)
        | InstanceState::Disconnected(credential) => Some(credential),
    }
}

/// One thing that happened to an instance.
pub struct Past {
    pub at: String,
    pub sentence: String,
    pub tone: &'static str,
    pub icon: &'static str,
}

pub fn history(entries: &[Entry]) -> Vec<Past> {
    let past = |entry: &Entry| match entry {
        Entry::Event { at, event, .. } => {
            let (tone, icon) = look_of(event);
            Some(Past { at: at.rfc3339(), sentence: event.sentence(), tone, icon })
        }
        Entry::Attempt(_) => None,
    };
    entries.iter().filter_map(past).collect()
}

fn look_of(event: &Event) -> (&'static str, &'static str) {
    match event {
        Event::ActivationPassed { .. } => ("ok", "check"),
        Event::ActivationFailed { .. } => ("warn", "cross"),
        Event::ConsentLost { .. } => ("bad", "alert"),
        Event::InstanceDisconnected { .. } => ("", "pause"),
        Event::ActivationStarted => ("", "link"),
        _ => ("", "note"),
    }
}
