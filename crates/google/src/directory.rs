//! The Directory API: a customer's users.

mod wire;

use crate::client::{Ask, CallError, Google, Grant, Probe, StepSecrets, missing};
use domain::observed::ObservedAdmin;
use domain::secret::ExposeSecret;
use domain::step::{Call, Shown, Step};
use domain::time::Timestamp;
use serde_json::json;
use wire::{NewUser, User};

impl Google {
    pub(crate) async fn get_user(
        &self,
        grant: &Grant,
        email: &str,
        external_id: &str,
        log: &mut Vec<Call>,
    ) -> Result<ObservedAdmin, CallError> {
        let url = self.hosts().directory(&["users", email]);
        let answer = self.call(grant, &Ask::read("directory.users.get", url), log).await?;
        let user: User = answer.parse()?;
        if user.id.is_empty() { Err(answer.lacks("id")) } else { Ok(user.observed(external_id)) }
    }

    pub(crate) async fn create_admin(
        &self,
        grant: &Grant,
        step: &Step,
        secrets: &StepSecrets,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let Step::CreateAdmin {
            email, given_name, family_name, recovery_email, external_id, ..
        } = step
        else {
            unreachable!("only called for this step");
        };
        let password = secrets.password.as_ref().ok_or_else(|| missing("the first password"))?;
        let body = NewUser::of(
            email,
            (given_name, family_name),
            password.expose_secret(),
            recovery_email.as_str(),
            external_id.as_str(),
        );
        let ask = Ask::change(
            "directory.users.insert",
            self.hosts().directory(&["users"]),
            &body,
            intended_at,
        );
        let answer = self.call(grant, &ask, log).await?;
        let user: User = answer.parse()?;
        if user.id.is_empty() {
            return Err(answer.lacks("id"));
        }
        // Google's echo may leave members out for a while. Source: google-semantics.md §3.3 {F-TF}.
        let made = ObservedAdmin { ours: true, email: email.clone(), ..user.observed("") };
        Ok(Shown::Admin(made))
    }

    pub(crate) async fn make_admin(
        &self,
        grant: &Grant,
        email: &str,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let url = self.hosts().directory(&["users", email, "makeAdmin"]);
        let ask =
            Ask::change("directory.users.makeAdmin", url, &json!({ "status": true }), intended_at);
        self.call(grant, &ask, log).await?;
        Ok(Shown::Nothing)
    }

    /// Asks for the reseller's own users: `my_customer` is the caller's account.
    pub(crate) async fn probe_directory(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let mut url = self.hosts().directory(&["users"]);
        url.query_pairs_mut().append_pair("customer", "my_customer").append_pair("maxResults", "1");
        let ask = Ask::read("directory.users.list", url);
        let detail = match self.call(grant, &ask, log).await {
            Ok(_) => "This account may list users.".to_owned(),
            // Whoever gets as far as this has passed token, scope and enabled API.
            // Source: google-semantics.md §11 [I] "Validation order".
            Err(CallError::Refused { reason })
                if matches!(reason.status, 400 | 404) && !reason.code.is_empty() =>
            {
                format!("The API answers ({}).", reason.message)
            }
            Err(error) => return Err(error),
        };
        Ok(Probe { detail, account_email: None })
    }
}
