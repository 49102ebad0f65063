//! What a sandbox is started with: its address, OAuth clients, reseller accounts, and one switch per point on which
//! Google's sources contradict each other or are silent. Never: anything that changes while it runs (see `world`).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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

/// What customers.get shows of a customer that isn't ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignCustomer {
    /// 200 with id, domain and type only. Source: google-semantics.md §2.3 [D] {R-RC}
    Minimal,
    /// 403 `forbidden`. Source: google-semantics.md §2.14 [D] {R-ERR-OLD}
    Forbidden,
}

/// What happens when a SKU is bought that the customer has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSku {
    /// A second subscription appears. The default, since it is the harshest for a client that repeats a call.
    Buys,
    /// 412 `conditionNotMet`.
    Refused,
}

/// Which of Google's two error envelopes ordinary refusals wear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    /// `code`, `message`, `errors[]`. Source: google-semantics.md §7.2 [D] {GM-ERR}
    Legacy,
    /// The same with `status` and `details[]`. Source: google-semantics.md §7.2 [F] {F-ERRSAMPLE}
    Newer,
}

/// The points on which Google's sources contradict each other [X] or say nothing [I].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// Whether "API not enabled" is found before "scope missing". Default: no.
    /// Source: google-semantics.md §11 [I] "Validation order"
    pub api_enabled_before_scope: bool,
    /// Answer 201 instead of 200 to changeSeats. Default: no. Source: google-semantics.md §2.1 [X] {R-MS}
    pub created_status_for_changes: bool,
    /// A new customer's subscription is ACTIVE at once instead of SUSPENDED with PENDING_TOS_ACCEPTANCE. Default: no.
    /// Source: google-semantics.md §2.9 [X] {R-MC}
    pub new_subscription_active: bool,
    /// changeSeats works while the terms are not accepted yet. Default: no, as any suspended subscription.
    /// Source: google-semantics.md §2.9 [X] {R-ERR} against §2.12 {H-TOS}
    pub change_seats_while_terms_pending: bool,
    /// Users may be created before the customer has a subscription. Default: yes.
    /// Source: google-semantics.md §11 [I], §2.4 {R-MC}
    pub users_before_subscription: bool,
    /// Longest given or family name, in characters. Default: 60. Source: google-semantics.md §3.2 [X] 60 or 40
    pub name_chars_max: usize,
    /// Biggest page of the Licensing API. Default: 1000. Source: google-semantics.md §4 [X] 1000 or 100
    pub licensing_page_max: u32,
    /// List items say `subscriptions#subscription` instead of `reseller#subscription`. Default: yes.
    /// Source: google-semantics.md §2.6 [X]
    pub list_item_kind_differs: bool,
    /// Unknown JSON members and query parameters are refused with 400. Default: yes.
    /// Source: google-semantics.md §11 [F]
    pub refuse_unknown_fields: bool,
    /// `email` and `profile` come back as `…/auth/userinfo.email` and `…/auth/userinfo.profile`. Default: yes.
    /// Source: google-semantics.md §1.2 [F] {F-CALLBACK}; seen in public clients
    pub short_scopes_expanded: bool,
    /// The consent page's boxes are ticked from the start. Default: no. Source: google-semantics.md §1.5 [I]
    pub consent_boxes_ticked: bool,
    /// Default: minimal. Source: google-semantics.md §2.3, §2.14 [X]
    pub foreign_customer: ForeignCustomer,
    /// Default: buys. Source: google-semantics.md §2.10 [I] "unspecified lets Google decide"
    pub same_sku: SameSku,
    /// Default: legacy. Source: google-semantics.md §7.2
    pub error_format: ErrorFormat,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            api_enabled_before_scope: false,
            created_status_for_changes: false,
            new_subscription_active: false,
            change_seats_while_terms_pending: false,
            users_before_subscription: true,
            name_chars_max: 60,
            licensing_page_max: 1000,
            list_item_kind_differs: true,
            refuse_unknown_fields: true,
            short_scopes_expanded: true,
            consent_boxes_ticked: false,
            foreign_customer: ForeignCustomer::Minimal,
            same_sku: SameSku::Buys,
            error_format: ErrorFormat::Legacy,
        }
    }
}
