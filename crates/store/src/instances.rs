//! Instances and their credentials, as a distributor sees and changes them.

use crate::database::{Tx, execute, fetch_all, fetch_optional};
use crate::leases::{WorkKind, wake};
use crate::rows::{Credential, CredentialState, Instance, InstanceState};
use crate::timeline::append_instance_event;
use crate::{DistributorStore, StoreError, conflict, word};
use domain::event::Event;
use domain::ids::InstanceId;
use domain::secret::Sealed;
use domain::time::Timestamp;
use sqlx::Row;

impl DistributorStore {
    /// # Errors
    /// [`StoreError::Conflict`] when this distributor has an instance of that System Name.
    pub async fn add_instance(
        &self,
        id: &InstanceId,
        system_name: &str,
        client_id: &str,
        client_secret: &Sealed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "insert into instance (distributor, id, system_name, client_id, client_secret,
                     created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)";
        let write = async {
            let secret = client_secret.0.as_str();
            execute!(&mut tx, sql, (self.me(), id.as_str(), system_name, client_id, secret, now.0));
            let event = Event::InstanceAdded { system_name: system_name.to_owned() };
            append_instance_event(&mut tx, self.me(), id.as_str(), now, &event).await
        };
        write.await.map_err(conflict)?;
        self.store.commit(tx).await
    }

    /// Changes the settings; `None` keeps the client secret. False when there is no such instance.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another instance has that System Name.
    pub async fn change_instance(
        &self,
        id: &InstanceId,
        system_name: &str,
        client_id: &str,
        client_secret: Option<&Sealed>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "update instance set system_name = $3, client_id = $4,
                     client_secret = coalesce($5, client_secret), updated_at = $6
                   where distributor = $1 and id = $2";
        let write = async {
            let secret = client_secret.map(|sealed| sealed.0.as_str());
            let changed = execute!(
                &mut tx,
                sql,
                (self.me(), id.as_str(), system_name, client_id, secret, now.0)
            );
            if changed == 1 {
                let event = Event::InstanceChanged { system_name: system_name.to_owned() };
                append_instance_event(&mut tx, self.me(), id.as_str(), now, &event).await?;
            }
            Ok(changed == 1)
        };
        let found = write.await.map_err(conflict)?;
        self.store.commit(tx).await?;
        Ok(found)
    }

    /// All instances with their states, by System Name.
    pub async fn instances(&self) -> Result<Vec<Instance>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id from instance where distributor = $1 order by system_name, id";
        let ids = fetch_all!(&mut tx, sql, (self.me()), |row| row.get::<String, _>("id"));
        let mut instances = Vec::with_capacity(ids.len());
        for id in ids {
            instances.extend(read_instance(&mut tx, self.me(), &id).await?);
        }
        Ok(instances)
    }

    pub async fn instance(&self, id: &InstanceId) -> Result<Option<Instance>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        read_instance(&mut tx, self.me(), id.as_str()).await
    }

    /// An instance by its id or, if it is nobody's id, its System Name.
    pub async fn find_instance(&self, named: &str) -> Result<Option<Instance>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id from instance where distributor = $1 and (id = $2 or system_name = $2)
             order by case when id = $2 then 0 else 1 end limit 1";
        let id =
            fetch_optional!(&mut tx, sql, (self.me(), named), |row| row.get::<String, _>("id"));
        match id {
            Some(id) => read_instance(&mut tx, self.me(), &id).await,
            None => Ok(None),
        }
    }

    /// Takes the credential out of force at once; the engine revokes it at Google. False when there
    /// is none in force.
    pub async fn disconnect(&self, id: &InstanceId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        // Work before credentials, as everybody locks them who ends an activation.
        let lock = "update work set epoch = epoch
                    where distributor = $1 and kind = 'instance' and key = $2";
        execute!(&mut tx, lock, (self.me(), id.as_str()));
        let sql =
            "update credential set state = 'leaving', ended_at = $3, end_reason = 'disconnected'
                   where distributor = $1 and instance = $2 and state in ('current', 'lost')
                     and refresh_token <> ''";
        let left = execute!(&mut tx, sql, (self.me(), id.as_str(), now.0));
        if left > 0 {
            wake(&mut tx, self.me(), WorkKind::Instance, id.as_str(), now).await?;
        }
        self.store.commit_and_wake(tx).await?;
        Ok(left > 0)
    }
}

pub(crate) async fn read_instance(
    tx: &mut Tx,
    distributor: &str,
    id: &str,
) -> Result<Option<Instance>, StoreError> {
    let sql =
        "select distributor, id, system_name, client_id, client_secret, created_at, updated_at
               from instance where distributor = $1 and id = $2";
    let row = fetch_optional!(&mut *tx, sql, (distributor, id), |row| (
        row.get::<String, _>("distributor"),
        row.get::<String, _>("id"),
        row.get::<String, _>("system_name"),
        row.get::<String, _>("client_id"),
        row.get::<String, _>("client_secret"),
        row.get::<i64, _>("created_at"),
        row.get::<i64, _>("updated_at"),
    ));
    let Some(row) = row else { return Ok(None) };
    let state = read_state(tx, distributor, id).await?;
    Ok(Some(Instance {
        distributor: word("instance", "distributor", &row.0)?,
        id: word("instance", "id", &row.1)?,
        system_name: row.2,
        client_id: row.3,
        client_secret: Sealed(row.4),
        created_at: Timestamp(row.5),
        updated_at: Timestamp(row.6),
        state,
    }))
}

async fn read_state(
    tx: &mut Tx,
    distributor: &str,
    instance: &str,
) -> Result<InstanceState, StoreError> {
    let credentials = read_credentials(tx, distributor, instance).await?;
    // The newest one that ever was in force tells; a candidate was not.
    let newest = credentials
        .into_iter()
        .find(|c| !matches!(c.state, CredentialState::Candidate | CredentialState::Replaced));
    Ok(match newest {
        None => InstanceState::NotAuthenticated,
        Some(credential) => match credential.state {
            CredentialState::Current => InstanceState::Authenticated(credential),
            CredentialState::Lost => InstanceState::ConsentLost(credential),
            _ => InstanceState::Disconnected(credential),
        },
    })
}

/// All credentials of an instance, the one in force first, then the newest first.
pub(crate) async fn read_credentials(
    tx: &mut Tx,
    distributor: &str,
    instance: &str,
) -> Result<Vec<Credential>, StoreError> {
    let sql = "select id, instance, state, refresh_token, account_email, account_subject, scopes,
                 granted_at, ended_at, end_reason from credential
               where distributor = $1 and instance = $2
               order by case when state = 'current' then 0 else 1 end, granted_at desc, id desc";
    let rows = fetch_all!(tx, sql, (distributor, instance), |row| (
        row.get::<String, _>("id"),
        row.get::<String, _>("instance"),
        row.get::<String, _>("state"),
        row.get::<String, _>("refresh_token"),
        row.get::<String, _>("account_email"),
        row.get::<String, _>("account_subject"),
        row.get::<String, _>("scopes"),
        row.get::<i64, _>("granted_at"),
        (row.get::<Option<i64>, _>("ended_at"), row.get::<Option<String>, _>("end_reason")),
    ));
    rows.into_iter()
        .map(|row| {
            Ok(Credential {
                id: word("credential", "id", &row.0)?,
                instance: word("credential", "instance", &row.1)?,
                state: word("credential", "state", &row.2)?,
                refresh_token: Sealed(row.3),
                account_email: row.4,
                account_subject: row.5,
                scopes: row.6.split_whitespace().map(str::to_owned).collect(),
                granted_at: Timestamp(row.7),
                ended_at: row.8.0.map(Timestamp),
                end_reason: row.8.1,
            })
        })
        .collect()
}
