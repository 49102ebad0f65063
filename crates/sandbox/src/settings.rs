//! What a sandbox is started with: its address, OAuth clients and reseller accounts.
//! Never: anything that changes while it runs (see `world`).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use crate::quotas::Quotas;
pub use crate::switches::{
    ConflictAccount, ErrorFormat, ForeignCustomer, OtherSku, SameSku, Switches,
};

/// Everything a sandbox needs to start. `Settings::default()` has no client and no account.
#[derive(Clone)]
pub struct Settings {
    /// The sandbox's own base address without a trailing slash; used in links only.
    pub public_url: String,
    /// OAuth clients as they would stand in a Google Cloud project.
    pub clients: Vec<OAuthClient>,
    /// Reseller accounts that can sign in. Each is also a Google customer with one super administrator.
    pub accounts: Vec<ResellerAccount>,
    pub switches: Switches,
    /// How much a client may ask at a time. By default as much as it likes.
    pub quotas: Quotas,
    /// All ids, tokens and chances are drawn from it. Same seed and same calls: same answers.
    pub seed: u64,
    pub clock: SandboxClock,
    /// Where the world is kept between two runs. `None`: in memory only.
    pub snapshot: Option<PathBuf>,
    /// Shows the seeded passwords on the sign-in page. For demonstrations only.
    pub show_passwords: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            public_url: "http://127.0.0.1".to_owned(),
            clients: Vec::new(),
            accounts: Vec::new(),
            switches: Switches::default(),
            quotas: Quotas::default(),
            seed: 1,
            clock: SandboxClock::Real,
            snapshot: None,
            show_passwords: false,
        }
    }
}

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxClock {
    /// The machine's time, plus whatever was added by `set_now_ms` or the control API.
    Real,
    /// Stands at 0 until moved by `set_now_ms`; a slow answer (`Fault::SlowMs`) doesn't wait.
    Virtual,
}

/// An API that can be enabled in a Google Cloud project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    Reseller,
    Directory,
    Licensing,
    Gmail,
    SiteVerification,
}

impl Api {
    pub const ALL: [Api; 5] =
        [Api::Reseller, Api::Directory, Api::Licensing, Api::Gmail, Api::SiteVerification];

    /// Google's service name, as in the answer to a call of a disabled API.
    pub fn service(self) -> &'static str {
        match self {
            Api::Reseller => "reseller.googleapis.com",
            Api::Directory => "admin.googleapis.com",
            Api::Licensing => "licensing.googleapis.com",
            Api::Gmail => "gmail.googleapis.com",
            Api::SiteVerification => "siteverification.googleapis.com",
        }
    }

    /// Google's name for people.
    pub fn title(self) -> &'static str {
        match self {
            Api::Reseller => "Google Workspace Reseller API",
            Api::Directory => "Admin SDK API",
            Api::Licensing => "Enterprise License Manager API",
            Api::Gmail => "Gmail API",
            Api::SiteVerification => "Site Verification API",
        }
    }
}

/// An OAuth client of type "Web application".
#[derive(Clone)]
pub struct OAuthClient {
    pub id: String,
    pub secret: String,
    /// Compared byte for byte. Source: google-semantics.md §1.1 {O-WEB}
    pub redirect_uris: Vec<String>,
    /// The Cloud project the client belongs to; grants are combined per project.
    pub project_number: String,
    /// The APIs enabled in that project at first start; later changes live in `World::clients`.
    pub apis: BTreeSet<Api>,
}

/// A person at a reseller: signs in at the consent page and may use the Reseller API.
#[derive(Clone)]
pub struct ResellerAccount {
    pub email: String,
    pub password: String,
    /// Google's stable user id, a decimal string of 21 digits.
    pub sub: String,
    /// The reseller's own customer id (`C…`). Accounts with the same one belong to one reseller.
    pub customer_id: String,
    /// The reseller's own domain.
    pub domain: String,
    /// `false`: an ordinary Workspace account, refused with 403 by the Reseller API.
    pub may_resell: bool,
}

impl ResellerAccount {
    /// An account that may resell; its domain is what follows the `@`.
    pub fn new(email: &str, password: &str, sub: &str, customer_id: &str) -> ResellerAccount {
        ResellerAccount {
            email: email.to_lowercase(),
            password: password.to_owned(),
            sub: sub.to_owned(),
            customer_id: customer_id.to_owned(),
            domain: email.rsplit('@').next().unwrap_or_default().to_lowercase(),
            may_resell: true,
        }
    }
}
