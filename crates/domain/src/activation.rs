//! The consent that makes an instance able to act, as a state machine: what is asked for, what is
//! checked, and a sentence and next action for everything that can go wrong.

use serde::{Deserialize, Serialize};

/// Registered at Google for the platform's OAuth clients, so it must never change.
pub const CALLBACK_PATH: &str =
    "/Setup/SystemOptions/CloudAppsConfiguration.aspx/AuthenticateGoogleWorkspace";

/// How long a person may stay at Google's consent page, in ms.
pub const CONSENT_MS_MAX: i64 = 15 * 60 * 1000;
/// How long a one-time link from the command line may wait to be opened, in ms.
pub const LINK_MS_MAX: i64 = 30 * 60 * 1000;

/// An API that has to be enabled in the distributor's Google project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    Reseller,
    Directory,
    Licensing,
    Gmail,
}

impl Api {
    pub const ALL: [Api; 4] = [Api::Reseller, Api::Directory, Api::Licensing, Api::Gmail];

    /// The name in Google's API library.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Api::Reseller => "Google Workspace Reseller API",
            Api::Directory => "Admin SDK API",
            Api::Licensing => "Enterprise License Manager API",
            Api::Gmail => "Gmail API",
        }
    }

    /// Google's service name, as in the addresses of its console.
    #[must_use]
    pub fn service(self) -> &'static str {
        match self {
            Api::Reseller => "reseller.googleapis.com",
            Api::Directory => "admin.googleapis.com",
            Api::Licensing => "licensing.googleapis.com",
            Api::Gmail => "gmail.googleapis.com",
        }
    }

    /// What we need it for.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        match self {
            Api::Reseller => "creates customers and buys, changes and ends their subscriptions",
            Api::Directory => "creates the first admin and users of a customer",
            Api::Licensing => "gives licences to users and counts them",
            Api::Gmail => "sends the welcome mail from the reseller's mailbox",
        }
    }

    /// The scope that is needed of it. Source: google-semantics.md §1.8.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Api::Reseller => "https://www.googleapis.com/auth/apps.order",
            Api::Directory => "https://www.googleapis.com/auth/admin.directory.user",
            Api::Licensing => "https://www.googleapis.com/auth/apps.licensing",
            Api::Gmail => "https://www.googleapis.com/auth/gmail.send",
        }
    }

    #[must_use]
    pub fn of_scope(scope: &str) -> Option<Api> {
        Api::ALL.into_iter().find(|api| api.scope() == scope)
    }
}

/// Everything that is asked for: sign-in scopes tell whose account it is.
pub fn scopes() -> impl Iterator<Item = &'static str> {
    ["openid", "email"].into_iter().chain(Api::ALL.into_iter().map(Api::scope))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivationStatus {
    /// A one-time link was made and not opened yet.
    Invited,
    /// The browser is at Google.
    AtGoogle,
    /// The code is here; the engine works through the checks.
    Checking,
    Passed,
    Failed,
}

impl ActivationStatus {
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, ActivationStatus::Passed | ActivationStatus::Failed)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ActivationStatus::Invited => "invited",
            ActivationStatus::AtGoogle => "at_google",
            ActivationStatus::Checking => "checking",
            ActivationStatus::Passed => "passed",
            ActivationStatus::Failed => "failed",
        }
    }
}

/// One line of the pop-up, in the order they are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    CodeExchanged,
    ScopesGranted,
    ResellerApi,
    Directory,
    Licensing,
    Gmail,
    Account,
}

impl CheckName {
    pub const ALL: [CheckName; 7] = [
        CheckName::CodeExchanged,
        CheckName::ScopesGranted,
        CheckName::ResellerApi,
        CheckName::Directory,
        CheckName::Licensing,
        CheckName::Gmail,
        CheckName::Account,
    ];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            CheckName::CodeExchanged => "Code exchanged",
            CheckName::ScopesGranted => "Scopes granted",
            CheckName::ResellerApi => "Reseller API",
            CheckName::Directory => "Directory",
            CheckName::Licensing => "Licensing",
            CheckName::Gmail => "Gmail",
            CheckName::Account => "Account",
        }
    }
}

/// One check and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub name: CheckName,
    #[serde(flatten)]
    pub result: CheckResult,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum CheckResult {
    Pending,
    Passed { detail: String },
    Failed { fault: ActivationFault },
}

/// All checks, none of them made yet.
#[must_use]
pub fn pending_checks() -> Vec<Check> {
    CheckName::ALL.map(|name| Check { name, result: CheckResult::Pending }).to_vec()
}

/// Why an activation did not pass. The credential from before stays in force in every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ActivationFault {
    ConsentCancelled,
    ConsentRefused { error: String },
    StateUnknown,
    StateReplayed,
    OtherBrowser,
    NeverCameBack,
    LinkExpired,
    WrongSecret,
    CodeExpired,
    RedirectMismatch { redirect_uri: String },
    NoRefreshToken,
    ScopesMissing { scopes: Vec<String> },
    ApiNotEnabled { api: Api, enable_url: Option<String> },
    ApiForbidden { api: Api, message: String },
    MailboxMissing { message: String },
    AccountUnknown,
    OtherAccount { expected: String, got: String },
    GoogleUnreachable { what: String },
    Interrupted,
    SecretUnreadable,
}

impl ActivationFault {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ActivationFault::ConsentCancelled => "consent_cancelled",
            ActivationFault::ConsentRefused { .. } => "consent_refused",
            ActivationFault::StateUnknown => "state_unknown",
            ActivationFault::StateReplayed => "state_replayed",
            ActivationFault::OtherBrowser => "other_browser",
            ActivationFault::NeverCameBack => "never_came_back",
            ActivationFault::LinkExpired => "link_expired",
            ActivationFault::WrongSecret => "wrong_secret",
            ActivationFault::CodeExpired => "code_expired",
            ActivationFault::RedirectMismatch { .. } => "redirect_mismatch",
            ActivationFault::NoRefreshToken => "no_refresh_token",
            ActivationFault::ScopesMissing { .. } => "scopes_missing",
            ActivationFault::ApiNotEnabled { .. } => "api_not_enabled",
            ActivationFault::ApiForbidden { .. } => "api_forbidden",
            ActivationFault::MailboxMissing { .. } => "mailbox_missing",
            ActivationFault::AccountUnknown => "account_unknown",
            ActivationFault::OtherAccount { .. } => "other_account",
            ActivationFault::GoogleUnreachable { .. } => "google_unreachable",
            ActivationFault::Interrupted => "activation_interrupted",
            ActivationFault::SecretUnreadable => "secret_unreadable",
        }
    }

    /// What happened, for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            ActivationFault::ConsentCancelled => "Consent was cancelled at Google.".into(),
            ActivationFault::ConsentRefused { error } => format!("Google answered: {error}."),
            ActivationFault::StateUnknown => {
                "This answer from Google belongs to no authentication that was started here.".into()
            }
            ActivationFault::StateReplayed => {
                "This answer from Google was used already; it works only once.".into()
            }
            ActivationFault::OtherBrowser => {
                "The answer came back to another browser than the one that started.".into()
            }
            ActivationFault::NeverCameBack => {
                "The pop-up did not come back from Google in time.".into()
            }
            ActivationFault::LinkExpired => {
                "The one-time link was used already or is too old.".into()
            }
            ActivationFault::WrongSecret => {
                "Google does not accept this Client Id with this Client Secret.".into()
            }
            ActivationFault::CodeExpired => "Google's code had expired or was used already.".into(),
            ActivationFault::RedirectMismatch { redirect_uri } => {
                format!("The redirect URI {redirect_uri} is not registered for this Client Id.")
            }
            ActivationFault::NoRefreshToken => "Google gave no refresh token.".into(),
            ActivationFault::ScopesMissing { scopes } => {
                format!("Not everything was ticked at Google; missing: {}.", scopes.join(", "))
            }
            ActivationFault::ApiNotEnabled { api, .. } => {
                format!("The {} is not enabled in the Google project.", api.title())
            }
            ActivationFault::ApiForbidden { api, message } => {
                format!("The {} refused this account: {message}", api.title())
            }
            ActivationFault::MailboxMissing { message } => {
                format!("The account has no Gmail mailbox to send from: {message}")
            }
            ActivationFault::AccountUnknown => {
                "Google did not tell which account gave the consent.".into()
            }
            ActivationFault::OtherAccount { expected, got } => {
                format!("This instance works as {expected}, but {got} gave the consent.")
            }
            ActivationFault::GoogleUnreachable { what } => {
                format!("Google could not be reached: {what}.")
            }
            ActivationFault::Interrupted => {
                "Seatwright was restarted while the code was being exchanged.".into()
            }
            ActivationFault::SecretUnreadable => {
                "The stored Client Secret can't be opened with this master key.".into()
            }
        }
    }

    /// What to do next, for people.
    #[must_use]
    pub fn action(&self) -> String {
        match self {
            ActivationFault::RedirectMismatch { .. } => {
                "Add exactly this redirect URI to the OAuth client in Google Cloud console.".into()
            }
            ActivationFault::ApiNotEnabled { api, enable_url } => {
                enable_action(*api, enable_url.as_deref())
            }
            ActivationFault::ApiForbidden { api: Api::Reseller, .. } => {
                "Sign in with an account that is an admin in the Partner Sales Console.".into()
            }
            ActivationFault::ApiForbidden { .. } => {
                "Sign in with a super admin of the reseller's own Google account.".into()
            }
            ActivationFault::OtherAccount { expected, .. } => {
                format!("Sign in as {expected}. To change accounts on purpose, disconnect first.")
            }
            other => other.plain_action().into(),
        }
    }

    fn plain_action(&self) -> &'static str {
        match self {
            ActivationFault::ConsentCancelled => {
                "Press Authenticate Instance again and choose Allow."
            }
            ActivationFault::ConsentRefused { .. } => {
                "Ask the administrator of your Google account whether the app is blocked, then try \
                 again."
            }
            ActivationFault::OtherBrowser => {
                "Start and finish in the same browser window; press Authenticate Instance again."
            }
            ActivationFault::NeverCameBack => {
                "If Google showed an error page, read what it says (often an unregistered redirect \
                 URI); then press Authenticate Instance again."
            }
            ActivationFault::LinkExpired => {
                "Run `seatwright instance authenticate` again for a new link."
            }
            ActivationFault::WrongSecret => {
                "Copy both values again from Google Cloud console > Credentials, save, and \
                 authenticate again."
            }
            ActivationFault::NoRefreshToken => {
                "Remove this app at myaccount.google.com > Security > Third-party access, then \
                 authenticate again."
            }
            ActivationFault::ScopesMissing { .. } => {
                "Authenticate again and tick every box on Google's page."
            }
            ActivationFault::MailboxMissing { .. } => {
                "Give the account a Gmail licence, or authenticate with one that has a mailbox."
            }
            ActivationFault::AccountUnknown => {
                "Authenticate again; if it stays, check that the OAuth client may ask for e-mail."
            }
            ActivationFault::GoogleUnreachable { .. } => {
                "Check this server's way to the internet, then authenticate again."
            }
            ActivationFault::SecretUnreadable => {
                "Start Seatwright with the master key it was set up with, or enter the Client \
                 Secret again."
            }
            _ => "Press Authenticate Instance again.",
        }
    }
}

fn enable_action(api: Api, enable_url: Option<&str>) -> String {
    match enable_url {
        Some(url) => format!("Enable it at {url}, wait a minute, then authenticate again."),
        None => format!(
            "Enable {} in Google Cloud console > APIs & Services, wait a minute, then authenticate \
             again.",
            api.title()
        ),
    }
}
