//! The engine's side: what a turn starts from, the journal, and what came of activations. Every write here is
//! fenced by the lease it is made under.

use crate::activations::read_activation;
use crate::database::{Tx, execute, fetch_optional};
use crate::instances::{read_credentials, read_instance};
use crate::leases::{Lease, fence};
use crate::rows::{Activation, Credential, CredentialState, Instance};
use crate::timeline::{append_event, append_instance_event};
use crate::{Store, StoreError, json, parse, word};
use domain::activation::{ActivationFault, ActivationStatus, Check};
use domain::desired::Desired;
use domain::event::Event;
use domain::ids::{CredentialId, CustomerId, InstanceId};
use domain::observed::Observed;
use domain::secret::Sealed;
use domain::step::{Call, Outcome, Step};
use domain::time::Timestamp;
use sqlx::Row;

/// Everything a turn for one customer starts from.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub customer: CustomerId,
    pub desired: Desired,
    pub observed: Observed,
    pub instance: Instance,
    /// An intent whose outcome was never written down.
    pub open: Option<OpenAttempt>,
}

#[derive(Debug, Clone)]
pub struct OpenAttempt {
    pub seq: i64,
    pub step: Step,
    pub started_at: Timestamp,
}

impl Store {
    /// What a turn for a customer starts from.
    pub async fn load(&self, lease: &Lease) -> Result<Loaded, StoreError> {
        let mut tx = self.begin_read().await?;
        let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
        let sql = "select d.body as desired, o.body as observed, c.instance from customer c
                   join desired d on d.distributor = c.distributor and d.customer = c.id
                   left join observed o on o.distributor = c.distributor and o.customer = c.id
                   where c.distributor = $1 and c.id = $2";
        let row = fetch_optional!(&mut tx, sql, (distributor, key), |row| (
            row.get::<String, _>("desired"),
            row.get::<Option<String>, _>("observed"),
            row.get::<String, _>("instance"),
        ));
        let missing = |table| StoreError::Corrupt { table, column: "key", key: key.to_owned() };
        let (desired, observed, instance) = row.ok_or_else(|| missing("customer"))?;
        let sql = "select seq, step, started_at from attempt
                   where distributor = $1 and customer = $2 and outcome is null
                   order by seq desc limit 1";
        let open = fetch_optional!(&mut tx, sql, (distributor, key), |row| (
            row.get::<i64, _>("seq"),
            row.get::<Option<String>, _>("step"),
            row.get::<i64, _>("started_at"),
        ));
        let instance = read_instance(&mut tx, distributor, &instance).await?;
        Ok(Loaded {
            customer: word("customer", "id", key)?,
            desired: parse("desired", "body", key, &desired)?,
            observed: observed
                .map(|body| parse("observed", "body", key, &body))
                .transpose()?
                .unwrap_or_default(),
            instance: instance.ok_or_else(|| missing("instance"))?,
            open: open
                .map(|(seq, step, started_at)| {
                    let step = parse("attempt", "step", key, &step.unwrap_or_default())?;
                    Ok::<_, StoreError>(OpenAttempt {
                        seq,
                        step,
                        started_at: Timestamp(started_at),
                    })
                })
                .transpose()?,
        })
    }

    /// Writes the intent down *before* the call goes out; gives its number.
    pub async fn begin_attempt(
        &self,
        lease: &Lease,
        step: &Step,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "insert into attempt (distributor, customer, seq, epoch, started_at, step, calls)
                   select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, '[]' from attempt
                   where distributor = $1 and customer = $2
                   returning seq";
        let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
        let binds = (distributor, key, lease.epoch, now.0, json(step));
        let seq =
            fetch_optional!(&mut tx, sql, (binds.0, binds.1, binds.2, binds.3, &binds.4), |row| {
                row.get::<i64, _>("seq")
            });
        self.commit(tx).await?;
        seq.ok_or_else(|| StoreError::Corrupt { table: "attempt", column: "seq", key: key.into() })
    }

    /// Stores what we know, how the attempt behind it ended, and what happened, in one transaction.
    pub async fn learn(
        &self,
        lease: &Lease,
        observed: &Observed,
        ended: Option<(i64, &Outcome, &[Call])>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        put_observed(&mut tx, lease, observed).await?;
        if let Some((seq, outcome, calls)) = ended {
            let sql = "update attempt set outcome = $4, ended_at = $5, calls = $6
                       where distributor = $1 and customer = $2 and seq = $3 and outcome is null";
            let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
            execute!(&mut tx, sql, (distributor, key, seq, json(outcome), now.0, json(&calls)));
        }
        append_events(&mut tx, lease, events, now).await?;
        self.commit(tx).await
    }

    /// Stores what a look showed, the calls it took and what happened. `observed` is `None` when the
    /// look failed: then only the calls are kept.
    pub async fn looked(
        &self,
        lease: &Lease,
        observed: Option<&Observed>,
        calls: &[Call],
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        if let Some(observed) = observed {
            put_observed(&mut tx, lease, observed).await?;
        }
        let started_at = calls.first().map_or(now, |call| call.started_at);
        let sql = "insert into attempt (distributor, customer, seq, epoch, started_at, outcome,
                     ended_at, calls)
                   select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, 'null', $5, $6 from attempt
                   where distributor = $1 and customer = $2";
        let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
        execute!(&mut tx, sql, (distributor, key, lease.epoch, started_at.0, now.0, json(&calls)));
        append_events(&mut tx, lease, events, now).await?;
        self.commit(tx).await
    }

    /// The instance of an instance lease, its open activation and a credential to be revoked.
    pub async fn load_instance(
        &self,
        lease: &Lease,
    ) -> Result<(Instance, Option<Activation>, Option<Credential>), StoreError> {
        let mut tx = self.begin_read().await?;
        let (distributor, key) = (lease.distributor.as_str(), lease.key.as_str());
        let instance = read_instance(&mut tx, distributor, key).await?.ok_or_else(|| {
            StoreError::Corrupt { table: "instance", column: "id", key: key.to_owned() }
        })?;
        let sql = "select id from activation where distributor = $1 and instance = $2
                   and status = 'checking' order by started_at, id limit 1";
        let id =
            fetch_optional!(&mut tx, sql, (distributor, key), |row| row.get::<String, _>("id"));
        let activation = match id {
            Some(id) => read_activation(&mut tx, distributor, &id).await?,
            None => None,
        };
        let leaving = read_credentials(&mut tx, distributor, key)
            .await?
            .into_iter()
            .find(|credential| credential.state == CredentialState::Leaving);
        Ok((instance, activation, leaving))
    }

    /// Any credential of the leased instance, such as the candidate of an activation.
    pub async fn credential(
        &self,
        lease: &Lease,
        id: &CredentialId,
    ) -> Result<Option<Credential>, StoreError> {
        let mut tx = self.begin_read().await?;
        let all = read_credentials(&mut tx, lease.distributor.as_str(), &lease.key).await?;
        Ok(all.into_iter().find(|credential| credential.id == *id))
    }

    /// Writes down that the code is about to be sent: without an end, its answer was lost.
    pub async fn begin_exchange(
        &self,
        lease: &Lease,
        activation: &Activation,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "update activation set exchange_at = $3 where distributor = $1 and id = $2";
        execute!(&mut tx, sql, (lease.distributor.as_str(), activation.id.as_str(), now.0));
        self.commit(tx).await
    }

    /// Stores the credential a code brought, not in force yet, and forgets the code.
    pub async fn put_candidate(
        &self,
        lease: &Lease,
        activation: &Activation,
        credential: &Credential,
        checks: &[Check],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "insert into credential (distributor, id, instance, state, refresh_token,
                     account_email, account_subject, scopes, granted_at)
                   values ($1, $2, $3, 'candidate', $4, $5, $6, $7, $8)";
        let distributor = lease.distributor.as_str();
        execute!(
            &mut tx,
            sql,
            (
                distributor,
                credential.id.as_str(),
                credential.instance.as_str(),
                &credential.refresh_token.0,
                &credential.account_email,
                &credential.account_subject,
                credential.scopes.join(" "),
                credential.granted_at.0
            )
        );
        let sql = "update activation set credential = $3, code = null, verifier = null, checks = $4
                   where distributor = $1 and id = $2";
        let id = activation.id.as_str();
        execute!(&mut tx, sql, (distributor, id, credential.id.as_str(), json(&checks)));
        self.commit(tx).await
    }

    /// Stores how far the checks are, for whoever watches.
    pub async fn put_checks(
        &self,
        lease: &Lease,
        activation: &Activation,
        checks: &[Check],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "update activation set checks = $3 where distributor = $1 and id = $2";
        let distributor = lease.distributor.as_str();
        execute!(&mut tx, sql, (distributor, activation.id.as_str(), json(&checks)));
        self.commit(tx).await
    }

    /// Ends an activation that passed: its candidate replaces the credential in force, and every
    /// customer of the instance is due, in one transaction.
    pub async fn pass_activation(
        &self,
        lease: &Lease,
        activation: &Activation,
        credential: &CredentialId,
        account: (&str, &str),
        checks: &[Check],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let (distributor, instance) = (lease.distributor.as_str(), lease.key.as_str());
        // Before the credentials: a customer's turn that loses one holds its work already.
        let sql = "update work set due_at = $3 where distributor = $1 and kind = 'customer'
                   and key in (select id from customer where distributor = $1 and instance = $2)
                   and due_at > $3";
        execute!(&mut tx, sql, (distributor, instance, now.0));
        let sql = "update credential set state = 'replaced', refresh_token = '', ended_at = $3,
                     end_reason = 'replaced'
                   where distributor = $1 and instance = $2 and state in ('current', 'lost')";
        execute!(&mut tx, sql, (distributor, instance, now.0));
        let sql = "update credential set state = 'current', account_email = $3,
                     account_subject = $4 where distributor = $1 and id = $2";
        execute!(&mut tx, sql, (distributor, credential.as_str(), account.0, account.1));
        end_activation(&mut tx, lease, activation, checks, None, now).await?;
        let event = Event::ActivationPassed { account: account.0.to_owned() };
        append_instance_event(&mut tx, distributor, instance, now, &event).await?;
        self.commit_and_wake(tx).await
    }

    /// Ends an activation that did not pass. The credential from before stays in force.
    pub async fn end_failed_activation(
        &self,
        lease: &Lease,
        activation: &Activation,
        checks: &[Check],
        fault: &ActivationFault,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let (distributor, instance) = (lease.distributor.as_str(), lease.key.as_str());
        let sql = "update credential set state = 'replaced', refresh_token = '', ended_at = $3,
                     end_reason = $4
                   where distributor = $1 and instance = $2 and state = 'candidate'";
        execute!(&mut tx, sql, (distributor, instance, now.0, fault.code()));
        end_activation(&mut tx, lease, activation, checks, Some(fault), now).await?;
        let event = Event::ActivationFailed { code: fault.code().to_owned() };
        append_instance_event(&mut tx, distributor, instance, now, &event).await?;
        self.commit(tx).await
    }

    /// Google withdrew the consent: the credential is out of force until somebody consents again.
    /// Only the lease of a customer of that instance, or its own, may say so.
    pub async fn lose_credential(
        &self,
        lease: &Lease,
        instance: &InstanceId,
        credential: &CredentialId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let distributor = lease.distributor.as_str();
        let sql = "update credential set state = 'lost', ended_at = $3, end_reason = $4
                   where distributor = $1 and id = $2 and state = 'current'";
        let lost = execute!(&mut tx, sql, (distributor, credential.as_str(), now.0, reason));
        if lost == 1 {
            let event = Event::ConsentLost { reason: reason.to_owned() };
            append_instance_event(&mut tx, distributor, instance.as_str(), now, &event).await?;
        }
        self.commit(tx).await
    }

    /// The token of a disconnected credential is revoked at Google, or was no longer valid there.
    pub async fn revoked(
        &self,
        lease: &Lease,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        fence(&mut tx, lease).await?;
        let sql = "update credential set state = 'revoked', refresh_token = ''
                   where distributor = $1 and id = $2 and state = 'leaving'";
        let distributor = lease.distributor.as_str();
        execute!(&mut tx, sql, (distributor, credential.id.as_str()));
        let event = Event::InstanceDisconnected { account: credential.account_email.clone() };
        append_instance_event(&mut tx, distributor, &lease.key, now, &event).await?;
        self.commit(tx).await
    }
}

async fn put_observed(tx: &mut Tx, lease: &Lease, observed: &Observed) -> Result<(), StoreError> {
    let sql = "insert into observed (distributor, customer, body) values ($1, $2, $3)
               on conflict (distributor, customer) do update set body = excluded.body";
    execute!(tx, sql, (lease.distributor.as_str(), &lease.key, json(observed)));
    Ok(())
}

pub(crate) async fn append_events(
    tx: &mut Tx,
    lease: &Lease,
    events: &[Event],
    now: Timestamp,
) -> Result<(), StoreError> {
    for event in events {
        append_event(&mut *tx, lease.distributor.as_str(), &lease.key, now, event).await?;
    }
    Ok(())
}

async fn end_activation(
    tx: &mut Tx,
    lease: &Lease,
    activation: &Activation,
    checks: &[Check],
    fault: Option<&ActivationFault>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let status = if fault.is_none() { ActivationStatus::Passed } else { ActivationStatus::Failed };
    let sql = "update activation set status = $3, checks = $4, fault = $5, ended_at = $6,
                 code = null, verifier = null
               where distributor = $1 and id = $2 and status = 'checking'";
    let (distributor, id) = (lease.distributor.as_str(), activation.id.as_str());
    let fault = fault.map(json);
    execute!(tx, sql, (distributor, id, status.name(), json(&checks), fault, now.0));
    Ok(())
}

/// For [`Credential`]s that the engine makes.
impl Credential {
    /// A candidate as it is stored by [`Store::put_candidate`].
    #[must_use]
    pub fn candidate(
        id: CredentialId,
        instance: InstanceId,
        refresh_token: Sealed,
        account: (String, String),
        scopes: Vec<String>,
        granted_at: Timestamp,
    ) -> Credential {
        Credential {
            id,
            instance,
            state: CredentialState::Candidate,
            refresh_token,
            account_email: account.0,
            account_subject: account.1,
            scopes,
            granted_at,
            ended_at: None,
            end_reason: None,
        }
    }
}
