//! What the store hands out: one struct per table a caller reads.

use domain::activation::{ActivationFault, ActivationStatus, Check};
use domain::desired::Desired;
use domain::event::Event;
use domain::ids::{
    ActivationId, ApiKeyId, CredentialId, CustomerId, DistributorId, InstanceId, OperatorId,
    OrderId, SecretId, SubscriptionId,
};
use domain::observed::Observed;
use domain::secret::Sealed;
use domain::step::{Call, Outcome, Step};
use domain::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distributor {
    pub id: DistributorId,
    pub name: String,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub distributor: DistributorId,
    pub id: OperatorId,
    pub email: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters of the key.
    pub hint: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub id: InstanceId,
    pub distributor: DistributorId,
    pub system_name: String,
    pub client_id: String,
    pub client_secret: Sealed,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub state: InstanceState,
}

/// Whether an instance can act, told from its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceState {
    NotAuthenticated,
    Authenticated(Credential),
    /// Google withdrew the consent; work waits for a new one.
    ConsentLost(Credential),
    /// Disconnected by an operator; the token is being revoked, or is.
    Disconnected(Credential),
}

impl InstanceState {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            InstanceState::NotAuthenticated => "not_authenticated",
            InstanceState::Authenticated(_) => "authenticated",
            InstanceState::ConsentLost(_) => "consent_lost",
            InstanceState::Disconnected(_) => "disconnected",
        }
    }

    /// The credential in force.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential> {
        match self {
            InstanceState::Authenticated(credential) => Some(credential),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub id: CredentialId,
    pub instance: InstanceId,
    pub state: CredentialState,
    /// Empty text once the credential is history.
    pub refresh_token: Sealed,
    pub account_email: String,
    pub account_subject: String,
    pub scopes: Vec<String>,
    pub granted_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    Candidate,
    Current,
    Leaving,
    Replaced,
    Lost,
    Revoked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub id: ActivationId,
    pub distributor: DistributorId,
    pub instance: InstanceId,
    pub origin: Origin,
    pub status: ActivationStatus,
    pub browser_hash: Option<String>,
    pub verifier: Option<Sealed>,
    pub code: Option<Sealed>,
    pub redirect_uri: String,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub exchange_at: Option<Timestamp>,
    pub credential: Option<CredentialId>,
    pub checks: Vec<Check>,
    pub fault: Option<ActivationFault>,
    pub ended_at: Option<Timestamp>,
}

/// Where an activation was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Console,
    Link,
}

/// Through which door an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Api,
    Console,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRecord {
    pub id: OrderId,
    pub reference: String,
    pub customer: CustomerId,
    pub subscription: SubscriptionId,
    pub instance: InstanceId,
    pub source: Source,
    pub created_at: Timestamp,
}

/// A customer with everything we want, know and owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub created_at: Timestamp,
    pub desired: Desired,
    pub observed: Observed,
    pub work: WorkState,
    /// Its instance has a credential in force.
    pub connected: bool,
}

/// Where the engine stands with one piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkState {
    pub due_at: Timestamp,
    /// Until when a turn holds it; 0 when none does.
    pub lease_until: Timestamp,
    /// The generation that was last fully reached, 0 if none.
    pub converged: i64,
    pub tries: i64,
    /// Why the last turn did not get on.
    pub error: Option<String>,
}

/// One journalled attempt, or a look (`step` is none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub seq: i64,
    pub started_at: Timestamp,
    pub step: Option<Step>,
    /// None while it runs, or when its answer was never written down.
    pub outcome: Option<Outcome>,
    pub ended_at: Option<Timestamp>,
    pub calls: Vec<Call>,
}

/// One line of a time-line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Event { at: Timestamp, seq: i64, event: Event },
    Attempt(Box<Attempt>),
}

impl Entry {
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Entry::Event { at, .. } => *at,
            Entry::Attempt(attempt) => attempt.started_at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub distributor: DistributorId,
    pub id: SecretId,
    pub customer: CustomerId,
    pub password: Sealed,
    pub link: Sealed,
    pub expires_at: Timestamp,
    pub opened_at: Option<Timestamp>,
}

macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),* $(,)? }) => {
        impl $name {
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($word => Ok($name::$variant),)* _ => Err(()) }
            }
        }
    };
}

words!(CredentialState {
    Candidate => "candidate",
    Current => "current",
    Leaving => "leaving",
    Replaced => "replaced",
    Lost => "lost",
    Revoked => "revoked",
});
words!(Origin { Console => "console", Link => "link" });
words!(Source { Api => "api", Console => "console" });
