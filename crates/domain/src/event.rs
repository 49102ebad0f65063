//! What happened, in the past tense: the time-line, later webhooks and audit. Never holds a secret.

use crate::ids::{OrderId, SubscriptionId};
use crate::step::Blocker;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    OrderAccepted {
        order: OrderId,
        reference: String,
        generation: i64,
    },
    CustomerCreated {
        google_id: String,
    },
    AdminCreated {
        email: String,
    },
    AdminRoleGiven {
        email: String,
    },
    SubscriptionCreated {
        subscription: SubscriptionId,
        google_id: String,
    },
    WelcomeMailSent {
        to: String,
    },
    /// What a look found that an answer had not told us.
    FoundAtGoogle {
        subject: String,
    },
    TermsAccepted {
        subscription: SubscriptionId,
    },
    SubscriptionStatusChanged {
        subscription: SubscriptionId,
        status: String,
    },
    Blocked {
        blocker: Blocker,
    },
    Unblocked {
        code: String,
    },
    Converged {
        generation: i64,
    },
    PasswordLinkOpened,
    LookRequested,
    InstanceAdded {
        system_name: String,
    },
    InstanceChanged {
        system_name: String,
    },
    ActivationStarted,
    ActivationPassed {
        account: String,
    },
    ActivationFailed {
        code: String,
    },
    ConsentLost {
        reason: String,
    },
    InstanceDisconnected {
        account: String,
    },
}

impl Event {
    /// One line for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Event::OrderAccepted { reference, .. } => format!("Order {reference} accepted"),
            Event::CustomerCreated { google_id } => format!("Customer created as {google_id}"),
            Event::AdminCreated { email } => format!("First admin {email} created"),
            Event::AdminRoleGiven { email } => format!("{email} is super admin"),
            Event::SubscriptionCreated { google_id, .. } => {
                format!("Subscription bought as {google_id}")
            }
            Event::WelcomeMailSent { to } => format!("Welcome mail sent to {to}"),
            Event::FoundAtGoogle { subject } => {
                format!("Found at Google: {}", subject.replace('_', " "))
            }
            Event::TermsAccepted { .. } => "Google's terms were accepted".to_owned(),
            Event::SubscriptionStatusChanged { status, .. } => {
                format!("Google shows the subscription as {status}")
            }
            Event::Blocked { blocker } => format!("Waiting: {}", blocker.code().replace('_', " ")),
            Event::Unblocked { code } => format!("No longer waiting: {}", code.replace('_', " ")),
            Event::Converged { generation } => {
                format!("Everything asked for is done (generation {generation})")
            }
            Event::PasswordLinkOpened => "The one-time password link was opened".to_owned(),
            Event::LookRequested => "An operator asked to look at Google again".to_owned(),
            Event::InstanceAdded { system_name } => format!("Instance {system_name} added"),
            Event::InstanceChanged { system_name } => format!("Instance {system_name} changed"),
            Event::ActivationStarted => "Authentication started".to_owned(),
            Event::ActivationPassed { account } => format!("Authenticated as {account}"),
            Event::ActivationFailed { code } => {
                format!("Authentication failed: {}", code.replace('_', " "))
            }
            Event::ConsentLost { reason } => format!("Google withdrew the consent: {reason}"),
            Event::InstanceDisconnected { account } => format!("Disconnected from {account}"),
        }
    }
}
