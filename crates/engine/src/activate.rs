//! One turn for one instance: revoke what was disconnected, and work through the checks of an
//! activation, one call and one written line each.

use crate::secrets::refresh_token_place;
use crate::{Engine, Turn, TurnError, limits};
use domain::activation::{ActivationFault, Api, Check, CheckName, CheckResult, scopes};
use domain::ids::{CredentialId, DistributorId};
use domain::secret::{Place, SecretString};
use domain::time::Timestamp;
use google::{CallError, Grant, OAuthClient, TokenAnswer, TokenError, enable_url};
use store::{Activation, Credential, Instance, InstanceState, Lease};

/// What stops a check: for good, or for now.
enum Stopped {
    Fault(ActivationFault),
    /// Google may answer later.
    Later {
        why: String,
        after_ms: Option<i64>,
    },
    Turn(TurnError),
}

impl<E: Into<TurnError>> From<E> for Stopped {
    fn from(error: E) -> Stopped {
        Stopped::Turn(error.into())
    }
}

impl Engine {
    pub(crate) async fn instance_turn(&self, lease: &Lease) -> Result<Turn, TurnError> {
        let (instance, activation, leaving) = self.store.load_instance(lease).await?;
        if let Some(credential) = leaving
            && let Some(turn) = self.revoke(lease, &credential).await?
        {
            return Ok(turn);
        }
        let Some(activation) = activation else {
            return self.rest(lease).await;
        };
        let mut checks = activation.checks.clone();
        match self.activate(lease, &instance, &activation, &mut checks).await {
            Ok(()) => self.again(lease).await,
            Err(Stopped::Turn(error)) => Err(error),
            Err(Stopped::Later { why, after_ms }) if lease.tries < limits::CHECK_TRIES_MAX => {
                let now = self.clock.now();
                let due_at = self.retry_at(lease.tries, after_ms);
                self.store.release(lease, due_at, None, Some(&why), &[], now).await?;
                Ok(Turn::Waiting)
            }
            Err(Stopped::Later { why, .. }) => {
                let fault = ActivationFault::GoogleUnreachable { what: why };
                self.fail(lease, &activation, checks, fault).await
            }
            Err(Stopped::Fault(fault)) => self.fail(lease, &activation, checks, fault).await,
        }
    }

    /// Some turn when Google could not be reached.
    async fn revoke(
        &self,
        lease: &Lease,
        credential: &Credential,
    ) -> Result<Option<Turn>, TurnError> {
        self.google.forget(&credential.id);
        let mut calls = Vec::new();
        let place = refresh_token_place(credential);
        // A token that can't be opened can't be used either.
        if let Ok(token) = self.sealer.open(place, &credential.refresh_token)
            && let Err(TokenError::NotApplied { why } | TokenError::Unsure { why }) =
                self.google.revoke(&token, &mut calls).await
        {
            let due_at = self.retry_at(lease.tries, None);
            let now = self.clock.now();
            self.store.release(lease, due_at, None, Some(&why), &[], now).await?;
            return Ok(Some(Turn::Waiting));
        }
        self.store.revoked(lease, credential, self.clock.now()).await?;
        Ok(None)
    }

    async fn activate(
        &self,
        lease: &Lease,
        instance: &Instance,
        activation: &Activation,
        checks: &mut [Check],
    ) -> Result<(), Stopped> {
        let credential = match &activation.credential {
            Some(id) => self.store.credential(lease, id).await?,
            None => None,
        };
        let credential = match credential {
            Some(credential) => credential,
            None => self.exchange(lease, instance, activation, checks).await?,
        };
        let grant = self.grant(instance, &credential).map_err(|_| unreadable())?;
        self.check_scopes(&credential)?;
        let granted = format!("{} scopes", credential.scopes.len());
        self.pass(lease, activation, checks, CheckName::ScopesGranted, granted).await?;
        let mut account = credential.account_email.clone();
        for (name, api) in [
            (CheckName::ResellerApi, Api::Reseller),
            (CheckName::Directory, Api::Directory),
            (CheckName::Licensing, Api::Licensing),
            (CheckName::Gmail, Api::Gmail),
        ] {
            let known = Some(account.as_str()).filter(|account| !account.is_empty());
            let probe = self.probe(&lease.distributor, &grant, api, known).await?;
            if account.is_empty() {
                account = probe.account_email.unwrap_or_default();
            }
            self.pass(lease, activation, checks, name, probe.detail).await?;
        }
        check_account(instance, &account, &credential.account_subject)?;
        pass_check(checks, CheckName::Account, account.clone());
        let subject = credential.account_subject.as_str();
        let now = self.clock.now();
        self.store
            .pass_activation(lease, activation, &credential.id, (&account, subject), checks, now)
            .await?;
        Ok(())
    }

    /// Sends the code, once: it works only once, and whether a lost answer had used it up nobody can
    /// tell.
    async fn exchange(
        &self,
        lease: &Lease,
        instance: &Instance,
        activation: &Activation,
        checks: &mut [Check],
    ) -> Result<Credential, Stopped> {
        if activation.exchange_at.is_some() {
            return Err(Stopped::Fault(ActivationFault::Interrupted));
        }
        let client = self.oauth_client(instance).map_err(|_| unreadable())?;
        let code = self.open_activation(activation, "code")?;
        let verifier = self.open_activation(activation, "verifier")?;
        self.store.begin_exchange(lease, activation, self.clock.now()).await?;
        let answer = self.send_code(&client, &code, &verifier, &activation.redirect_uri).await?;
        let Some(refresh_token) = &answer.refresh_token else {
            return Err(Stopped::Fault(ActivationFault::NoRefreshToken));
        };
        let now = self.clock.now();
        let id = CredentialId::fresh(&*self.chance, now);
        let place = Place { table: "credential", column: "refresh_token", row: id.as_str() };
        let sealed = self.sealer.seal(&*self.chance, place, refresh_token);
        let account = answer
            .account
            .clone()
            .map_or_else(Default::default, |account| (account.email, account.subject));
        let scopes = answer.scopes.iter().cloned().collect();
        let credential =
            Credential::candidate(id, instance.id.clone(), sealed, account, scopes, now);
        self.google.remember(&credential.id, &answer);
        pass_check(checks, CheckName::CodeExchanged, "Google accepted the code".to_owned());
        self.store.put_candidate(lease, activation, &credential, checks).await?;
        Ok(credential)
    }

    async fn send_code(
        &self,
        client: &OAuthClient,
        code: &SecretString,
        verifier: &SecretString,
        redirect_uri: &str,
    ) -> Result<TokenAnswer, Stopped> {
        let mut calls = Vec::new();
        let sent =
            self.google.exchange_code(client, code, verifier, redirect_uri, &mut calls).await;
        sent.map_err(|error| {
            Stopped::Fault(match error {
                TokenError::WrongSecret => ActivationFault::WrongSecret,
                TokenError::InvalidGrant { .. } => ActivationFault::CodeExpired,
                TokenError::RedirectMismatch => {
                    ActivationFault::RedirectMismatch { redirect_uri: redirect_uri.to_owned() }
                }
                TokenError::Refused { error, description } => {
                    let error = format!("{error} {description}").trim().to_owned();
                    ActivationFault::ConsentRefused { error }
                }
                TokenError::NotApplied { why } | TokenError::Unsure { why } => {
                    ActivationFault::GoogleUnreachable { what: why }
                }
            })
        })
    }

    fn open_activation(
        &self,
        activation: &Activation,
        column: &'static str,
    ) -> Result<SecretString, Stopped> {
        let sealed = match column {
            "code" => &activation.code,
            _ => &activation.verifier,
        };
        let sealed = sealed.as_ref().ok_or(Stopped::Fault(ActivationFault::Interrupted))?;
        let place = Place { table: "activation", column, row: activation.id.as_str() };
        self.sealer.open(place, sealed).map_err(|_| unreadable())
    }

    fn check_scopes(&self, credential: &Credential) -> Result<(), Stopped> {
        let has = |scope: &str| credential.scopes.iter().any(|granted| granted == scope);
        // Sign-in scopes come back under other names; the account check sees to them.
        let missing: Vec<String> = scopes()
            .filter(|scope| Api::of_scope(scope).is_some() && !has(scope))
            .map(str::to_owned)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Stopped::Fault(ActivationFault::ScopesMissing { scopes: missing }))
    }

    async fn probe(
        &self,
        distributor: &DistributorId,
        grant: &Grant,
        api: Api,
        account: Option<&str>,
    ) -> Result<google::Probe, Stopped> {
        let mut calls = Vec::new();
        let google = self.google.on_behalf_of(distributor.as_str());
        match google.probe(grant, api, account, &mut calls).await {
            Ok(probe) => Ok(probe),
            Err(CallError::Refused { reason } | CallError::Exists { reason }) => {
                let message = reason.message.clone();
                Err(Stopped::Fault(match reason.code.as_str() {
                    "accessNotConfigured" | "SERVICE_DISABLED" => {
                        ActivationFault::ApiNotEnabled { api, enable_url: enable_url(&reason) }
                    }
                    "failedPrecondition" | "FAILED_PRECONDITION" if api == Api::Gmail => {
                        ActivationFault::MailboxMissing { message }
                    }
                    _ => ActivationFault::ApiForbidden { api, message },
                }))
            }
            Err(CallError::Reconsent { .. }) => Err(Stopped::Fault(ActivationFault::CodeExpired)),
            Err(CallError::NotApplied { why, retry_after_ms })
            | Err(CallError::Quota { why, retry_after_ms }) => {
                Err(Stopped::Later { why, after_ms: retry_after_ms })
            }
            Err(CallError::Unsure { why }) => Err(Stopped::Later { why, after_ms: None }),
        }
    }

    async fn pass(
        &self,
        lease: &Lease,
        activation: &Activation,
        checks: &mut [Check],
        name: CheckName,
        detail: String,
    ) -> Result<(), Stopped> {
        pass_check(checks, name, detail);
        self.store.put_checks(lease, activation, checks).await?;
        Ok(())
    }

    async fn fail(
        &self,
        lease: &Lease,
        activation: &Activation,
        mut checks: Vec<Check>,
        fault: ActivationFault,
    ) -> Result<Turn, TurnError> {
        // Checks are made in order: the first one still pending is the one that failed.
        if let Some(check) = checks.iter_mut().find(|check| check.result == CheckResult::Pending) {
            check.result = CheckResult::Failed { fault: fault.clone() };
        }
        let now = self.clock.now();
        self.store.end_failed_activation(lease, activation, &checks, &fault, now).await?;
        self.again(lease).await
    }

    /// Another activation of the same instance may wait.
    async fn again(&self, lease: &Lease) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        self.store.release(lease, now, None, None, &[], now).await?;
        Ok(Turn::Worked)
    }

    async fn rest(&self, lease: &Lease) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        self.store.release(lease, Timestamp::NEVER, None, None, &[], now).await?;
        Ok(Turn::Converged)
    }
}

fn unreadable() -> Stopped {
    Stopped::Fault(ActivationFault::SecretUnreadable)
}

fn pass_check(checks: &mut [Check], name: CheckName, detail: String) {
    if let Some(check) = checks.iter_mut().find(|check| check.name == name) {
        check.result = CheckResult::Passed { detail };
    }
}

/// The account must be known, and be the one that this instance has worked as. After a deliberate
/// disconnect any account may come.
fn check_account(instance: &Instance, account: &str, subject: &str) -> Result<(), Stopped> {
    if account.is_empty() {
        return Err(Stopped::Fault(ActivationFault::AccountUnknown));
    }
    let (InstanceState::Authenticated(before) | InstanceState::ConsentLost(before)) =
        &instance.state
    else {
        return Ok(());
    };
    let same = if subject.is_empty() || before.account_subject.is_empty() {
        before.account_email.eq_ignore_ascii_case(account)
    } else {
        before.account_subject == subject
    };
    if same {
        return Ok(());
    }
    let (expected, got) = (before.account_email.clone(), account.to_owned());
    Err(Stopped::Fault(ActivationFault::OtherAccount { expected, got }))
}
