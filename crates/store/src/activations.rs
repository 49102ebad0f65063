//! The consent dialogue as the browser's side sees it. The engine's side is in `engine`.

use crate::database::{Tx, execute, fetch_optional};
use crate::leases::{WorkKind, wake};
use crate::rows::{Activation, Origin};
use crate::timeline::append_instance_event;
use crate::{DistributorStore, Store, StoreError, json, parse, word};
use domain::activation::{
    ActivationFault, ActivationStatus, CheckName, CheckResult, pending_checks,
};
use domain::event::Event;
use domain::ids::{ActivationId, InstanceId};
use domain::secret::Sealed;
use domain::time::Timestamp;
use sqlx::Row;

const STATUSES: [ActivationStatus; 5] = [
    ActivationStatus::Invited,
    ActivationStatus::AtGoogle,
    ActivationStatus::Checking,
    ActivationStatus::Passed,
    ActivationStatus::Failed,
];

impl DistributorStore {
    /// Starts a consent dialogue. With a `link_hash` it waits for a browser to open the one-time
    /// link; without one, [`Store::send_to_google`] follows at once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when this distributor has no such instance (any more).
    #[expect(clippy::too_many_arguments, reason = "one row")]
    pub async fn start_activation(
        &self,
        id: &ActivationId,
        instance: &InstanceId,
        origin: Origin,
        link_hash: Option<&str>,
        redirect_uri: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "insert into activation (distributor, id, instance, origin, status, link_hash,
                     redirect_uri, started_at, expires_at, checks)
                   select $1, $2, id, $4, $5, $6, $7, $8, $9, $10 from instance
                   where distributor = $1 and id = $3";
        let started = execute!(
            &mut tx,
            sql,
            (
                self.me(),
                id.as_str(),
                instance.as_str(),
                origin.name(),
                ActivationStatus::Invited.name(),
                link_hash,
                redirect_uri,
                now.0,
                expires_at.0,
                json(&pending_checks())
            )
        );
        if started != 1 {
            return Err(StoreError::Conflict);
        }
        let (instance, event) = (instance.as_str(), Event::ActivationStarted);
        append_instance_event(&mut tx, self.me(), instance, now, &event).await?;
        self.store.commit(tx).await
    }

    pub async fn activation(&self, id: &ActivationId) -> Result<Option<Activation>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        read_activation(&mut tx, self.me(), id.as_str()).await
    }

    /// The newest dialogue of an instance.
    pub async fn latest_activation(
        &self,
        instance: &InstanceId,
    ) -> Result<Option<Activation>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id from activation where distributor = $1 and instance = $2
                   order by started_at desc, id desc limit 1";
        let id = fetch_optional!(&mut tx, sql, (self.me(), instance.as_str()), |row| row
            .get::<String, _>("id"));
        match id {
            Some(id) => read_activation(&mut tx, self.me(), &id).await,
            None => Ok(None),
        }
    }
}

impl Store {
    /// Opens a one-time link: its activation, unless it was opened before or is too old.
    pub async fn open_activation_link(
        &self,
        link_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Activation>, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "update activation set link_hash = null
                   where link_hash = $1 and status = 'invited' and expires_at > $2
                   returning distributor, id";
        let row = fetch_optional!(&mut tx, sql, (link_hash, now.0), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("id"),
        ));
        let activation = match row {
            Some((distributor, id)) => read_activation(&mut tx, &distributor, &id).await?,
            None => None,
        };
        self.commit(tx).await?;
        Ok(activation)
    }

    /// Binds a dialogue to one browser and one `state`, just before the browser leaves for Google.
    pub async fn send_to_google(
        &self,
        activation: &Activation,
        state_hash: &str,
        browser_hash: &str,
        verifier: &Sealed,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "update activation set status = $3, state_hash = $4, browser_hash = $5,
                     verifier = $6, expires_at = $7
                   where distributor = $1 and id = $2 and status = 'invited'";
        let (distributor, id) = (activation.distributor.as_str(), activation.id.as_str());
        let status = ActivationStatus::AtGoogle.name();
        let verifier = verifier.0.as_str();
        let sent = execute!(
            &mut tx,
            sql,
            (distributor, id, status, state_hash, browser_hash, verifier, expires_at.0)
        );
        if sent != 1 {
            return Err(StoreError::Conflict);
        }
        self.commit(tx).await
    }

    /// The dialogue a `state` belongs to, used or not.
    pub async fn find_activation_by_state(
        &self,
        state_hash: &str,
    ) -> Result<Option<Activation>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select distributor, id from activation where state_hash = $1";
        let row = fetch_optional!(&mut tx, sql, (state_hash), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("id"),
        ));
        match row {
            Some((distributor, id)) => read_activation(&mut tx, &distributor, &id).await,
            None => Ok(None),
        }
    }

    /// A dialogue by its id, for the browser that is bound to it; the caller compares
    /// `browser_hash` before it shows anything.
    pub async fn find_activation(
        &self,
        id: &ActivationId,
    ) -> Result<Option<Activation>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select distributor from activation where id = $1";
        let distributor =
            fetch_optional!(&mut tx, sql, (id.as_str()), |row| row.get::<String, _>("distributor"));
        match distributor {
            Some(distributor) => read_activation(&mut tx, &distributor, id.as_str()).await,
            None => Ok(None),
        }
    }

    /// Takes the code that the browser brought and wakes the engine. False when the dialogue was not
    /// at Google any more: a replay.
    pub async fn receive_code(
        &self,
        activation: &Activation,
        code: &Sealed,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "update activation set status = $3, code = $4
                   where distributor = $1 and id = $2 and status = 'at_google'";
        let (distributor, id) = (activation.distributor.as_str(), activation.id.as_str());
        let status = ActivationStatus::Checking.name();
        let taken = execute!(&mut tx, sql, (distributor, id, status, code.0.as_str()));
        if taken == 1 {
            let instance = activation.instance.as_str();
            wake(&mut tx, distributor, WorkKind::Instance, instance, now).await?;
        }
        self.commit_and_wake(tx).await?;
        Ok(taken == 1)
    }

    /// Ends a dialogue that has not got as far as the engine. False when it was not there any more.
    pub async fn fail_activation(
        &self,
        activation: &Activation,
        fault: &ActivationFault,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut checks = pending_checks();
        if let Some(first) = checks.iter_mut().find(|c| c.name == CheckName::CodeExchanged) {
            first.result = CheckResult::Failed { fault: fault.clone() };
        }
        let sql = "update activation set status = $3, fault = $4, checks = $5, ended_at = $6,
                     verifier = null, code = null
                   where distributor = $1 and id = $2 and status in ('invited', 'at_google')";
        let (distributor, id) = (activation.distributor.as_str(), activation.id.as_str());
        let status = ActivationStatus::Failed.name();
        let failed =
            execute!(&mut tx, sql, (distributor, id, status, json(fault), json(&checks), now.0));
        if failed == 1 {
            let event = Event::ActivationFailed { code: fault.code().to_owned() };
            let instance = activation.instance.as_str();
            append_instance_event(&mut tx, distributor, instance, now, &event).await?;
        }
        self.commit(tx).await?;
        Ok(failed == 1)
    }
}

pub(crate) async fn read_activation(
    tx: &mut Tx,
    distributor: &str,
    id: &str,
) -> Result<Option<Activation>, StoreError> {
    let sql = "select instance, origin, status, browser_hash, verifier, code, redirect_uri,
                 started_at, expires_at, exchange_at, credential, checks, fault, ended_at
               from activation where distributor = $1 and id = $2";
    let row = fetch_optional!(tx, sql, (distributor, id), |row| (
        row.get::<String, _>("instance"),
        row.get::<String, _>("origin"),
        row.get::<String, _>("status"),
        row.get::<Option<String>, _>("browser_hash"),
        row.get::<Option<String>, _>("verifier"),
        row.get::<Option<String>, _>("code"),
        row.get::<String, _>("redirect_uri"),
        (
            row.get::<i64, _>("started_at"),
            row.get::<i64, _>("expires_at"),
            row.get::<Option<i64>, _>("exchange_at"),
            row.get::<Option<i64>, _>("ended_at"),
        ),
        row.get::<Option<String>, _>("credential"),
        row.get::<String, _>("checks"),
        row.get::<Option<String>, _>("fault"),
    ));
    let Some((
        instance,
        origin,
        status,
        browser_hash,
        verifier,
        code,
        redirect_uri,
        at,
        credential,
        checks,
        fault,
    )) = row
    else {
        return Ok(None);
    };
    let status = STATUSES.into_iter().find(|known| known.name() == status);
    let corrupt =
        || StoreError::Corrupt { table: "activation", column: "status", key: id.to_owned() };
    Ok(Some(Activation {
        id: word("activation", "id", id)?,
        distributor: word("activation", "distributor", distributor)?,
        instance: word("activation", "instance", &instance)?,
        origin: word("activation", "origin", &origin)?,
        status: status.ok_or_else(corrupt)?,
        browser_hash,
        verifier: verifier.map(Sealed),
        code: code.map(Sealed),
        redirect_uri,
        started_at: Timestamp(at.0),
        expires_at: Timestamp(at.1),
        exchange_at: at.2.map(Timestamp),
        ended_at: at.3.map(Timestamp),
        credential: credential.map(|id| word("activation", "credential", &id)).transpose()?,
        checks: parse("activation", "checks", id, &checks)?,
        fault: fault.map(|text| parse("activation", "fault", id, &text)).transpose()?,
    }))
}
