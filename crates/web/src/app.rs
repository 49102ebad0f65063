//! What every handler works with. Built once, in the app crate.

use domain::catalog::Catalog;
use domain::ids::Chance;
use domain::secret::{Sealer, SecretString};
use domain::time::Clock;
use std::sync::Arc;
use store::Store;
use url::Url;

/// Everything a handler may use. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub sealer: Sealer,
    pub catalog: Catalog,
    pub settings: Arc<Settings>,
}

/// What an installation decides.
pub struct Settings {
    /// How browsers reach us; cookies are `Secure` when it is https.
    pub public_url: Url,
    /// Google's consent page, or its stand-in's.
    pub consent_page: Url,
    /// Asked for on the set-up page, so that a stranger can't become the first operator. Printed by
    /// the server when it starts without one.
    pub setup_code: SecretString,
    /// A banner for installations that do not talk to the real Google, such as the demo.
    pub sandbox_notice: Option<String>,
}
