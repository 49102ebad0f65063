//! The Enterprise License Manager API.

use crate::client::{Ask, CallError, Google, Grant, Probe};
use domain::step::Call;

impl Google {
    /// Asks for one licence assignment in the reseller's own account.
    ///
    /// That account may hold no Workspace subscription, and then Google says that it doesn't know the
    /// customer or product. It says so only after it has checked token, scope and that the API is
    /// enabled, so this proves what is to be proved.
    /// Source: google-semantics.md §4 errors {R-LERR}; order of checks §11 [I].
    pub(crate) async fn probe_licensing(
        &self,
        grant: &Grant,
        account: Option<&str>,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let domain = account.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        let mut url = self.hosts().licensing(&["product", "Google-Apps", "users"]);
        url.query_pairs_mut()
            .append_pair("customerId", domain.unwrap_or("my_customer"))
            .append_pair("maxResults", "1");
        let ask = Ask::read("licensing.licenseAssignments.listForProduct", url);
        let detail = match self.call(grant, &ask, log).await {
            Ok(_) => "This account may list licence assignments.".to_owned(),
            Err(CallError::Refused { reason })
                if matches!(reason.status, 400 | 404 | 412) && !reason.code.is_empty() =>
            {
                format!("The API answers; this account has no licences ({}).", reason.message)
            }
            Err(error) => return Err(error),
        };
        Ok(Probe { detail, account_email: None })
    }
}
