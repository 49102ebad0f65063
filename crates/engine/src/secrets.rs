//! Opens what a call needs, for as long as it needs it.

use crate::{Engine, TurnError};
use domain::ids::SecretId;
use domain::secret::ExposeSecret;
use domain::secret::{Place, SealError, SecretString};
use domain::step::Step;
use google::{Grant, OAuthClient, StepSecrets};
use store::{Credential, Instance, Lease};

pub(crate) fn client_secret_place(instance: &Instance) -> Place<'_> {
    Place { table: "instance", column: "client_secret", row: instance.id.as_str() }
}

pub(crate) fn refresh_token_place(credential: &Credential) -> Place<'_> {
    Place { table: "credential", column: "refresh_token", row: credential.id.as_str() }
}

impl Engine {
    pub(crate) fn oauth_client(&self, instance: &Instance) -> Result<OAuthClient, SealError> {
        let secret = self.sealer.open(client_secret_place(instance), &instance.client_secret)?;
        Ok(OAuthClient { id: instance.client_id.clone(), secret })
    }

    pub(crate) fn grant(
        &self,
        instance: &Instance,
        credential: &Credential,
    ) -> Result<Grant, SealError> {
        let place = refresh_token_place(credential);
        Ok(Grant {
            credential: credential.id.clone(),
            client: self.oauth_client(instance)?,
            refresh_token: self.sealer.open(place, &credential.refresh_token)?,
        })
    }

    /// What a step needs beyond itself.
    pub(crate) async fn step_secrets(
        &self,
        lease: &Lease,
        step: &Step,
        credential: &Credential,
    ) -> Result<StepSecrets, TurnError> {
        let mut secrets = StepSecrets::default();
        match step {
            Step::CreateAdmin { secret, .. } => {
                secrets.password = Some(self.open_secret(lease, secret, "password").await?);
            }
            Step::SendWelcomeMail { secret, .. } => {
                let token = self.open_secret(lease, secret, "link").await?;
                let link = format!("{}/welcome/{}", self.public_url, token.expose_secret());
                secrets.link = Some(SecretString::from(link));
                secrets.from = Some(credential.account_email.clone());
            }
            Step::CreateCustomer { .. }
            | Step::MakeAdmin { .. }
            | Step::CreateSubscription { .. } => {}
        }
        Ok(secrets)
    }

    async fn open_secret(
        &self,
        lease: &Lease,
        id: &SecretId,
        column: &'static str,
    ) -> Result<SecretString, TurnError> {
        let secret = self.store.secret(lease, id).await?.ok_or(SealError::Damaged)?;
        let sealed = if column == "link" { &secret.link } else { &secret.password };
        Ok(self.sealer.open(Place { table: "secret", column, row: id.as_str() }, sealed)?)
    }
}
