//! What belongs to the installation: distributors, who may sign in, keys, sessions, settings.

use crate::database::{execute, fetch_all, fetch_optional};
use crate::rows::{ApiKey, Distributor, Operator};
use crate::{DistributorStore, Store, StoreError, conflict, word};
use domain::ids::{ApiKeyId, DistributorId, OperatorId};
use domain::time::Timestamp;
use sqlx::Row;

impl Store {
    pub async fn add_distributor(
        &self,
        id: &DistributorId,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "insert into distributor (id, name, created_at) values ($1, $2, $3)";
        execute!(&mut tx, sql, (id.as_str(), name, now.0));
        self.commit(tx).await
    }

    /// All distributors, oldest first.
    pub async fn distributors(&self) -> Result<Vec<Distributor>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select id, name, created_at from distributor order by created_at, id";
        let rows = fetch_all!(&mut tx, sql, (), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("name"),
            row.get::<i64, _>("created_at"),
        ));
        rows.into_iter()
            .map(|(id, name, at)| {
                Ok(Distributor {
                    id: word("distributor", "id", &id)?,
                    name,
                    created_at: Timestamp(at),
                })
            })
            .collect()
    }

    /// Whether anybody can sign in: without an operator the console shows its set-up page.
    pub async fn has_operator(&self) -> Result<bool, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select id from operator limit 1";
        Ok(fetch_optional!(&mut tx, sql, (), |row| row.get::<String, _>("id")).is_some())
    }

    /// The operator who signs in with this address (any case).
    pub async fn find_operator(&self, email: &str) -> Result<Option<Operator>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select distributor, id, email, password_hash, created_at from operator
                   where email = $1";
        let row = fetch_optional!(&mut tx, sql, (email.to_lowercase()), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("id"),
            row.get::<String, _>("email"),
            row.get::<String, _>("password_hash"),
            row.get::<i64, _>("created_at"),
        ));
        row.map(|row| read_operator(&row.0, &row.1, row.2, row.3, row.4)).transpose()
    }

    /// Whose key this is, unless it was revoked.
    pub async fn find_api_key(
        &self,
        hash: &str,
    ) -> Result<Option<(DistributorId, ApiKeyId)>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select distributor, id from api_key where hash = $1 and revoked_at is null";
        let row = fetch_optional!(&mut tx, sql, (hash), |row| (
            row.get::<String, _>("distributor"),
            row.get::<String, _>("id"),
        ));
        row.map(|(distributor, id)| {
            Ok((word("api_key", "distributor", &distributor)?, word("api_key", "id", &id)?))
        })
        .transpose()
    }

    /// Stores a browser session under the hash of its id, or replaces it.
    pub async fn put_session(
        &self,
        id_hash: &str,
        body: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "insert into session (id, body, expires_at) values ($1, $2, $3)
                   on conflict (id) do update set body = excluded.body,
                     expires_at = excluded.expires_at";
        execute!(&mut tx, sql, (id_hash, body, expires_at.0));
        self.commit(tx).await
    }

    /// A session's body, unless it has expired.
    pub async fn session(
        &self,
        id_hash: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select body from session where id = $1 and expires_at > $2";
        Ok(fetch_optional!(&mut tx, sql, (id_hash, now.0), |row| row.get("body")))
    }

    /// Ends a session, and sweeps out those that ran out.
    pub async fn delete_session(&self, id_hash: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "delete from session where id = $1 or expires_at <= $2";
        execute!(&mut tx, sql, (id_hash, now.0));
        self.commit(tx).await
    }

    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut tx = self.begin_read().await?;
        let sql = "select value from setting where name = $1";
        Ok(fetch_optional!(&mut tx, sql, (name), |row| row.get("value")))
    }

    /// Writes a setting once; gives what stands there afterwards, ours or an earlier one.
    pub async fn put_setting_once(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "insert into setting (name, value) values ($1, $2) on conflict (name) do nothing";
        execute!(&mut tx, sql, (name, value));
        let sql = "select value from setting where name = $1";
        let kept = fetch_optional!(&mut tx, sql, (name), |row| row.get("value"));
        self.commit(tx).await?;
        Ok(kept.unwrap_or_else(|| value.to_owned()))
    }
}

impl DistributorStore {
    /// None when there is no such distributor.
    pub async fn profile(&self) -> Result<Option<Distributor>, StoreError> {
        let all = self.store.distributors().await?;
        Ok(all.into_iter().find(|distributor| distributor.id == self.distributor))
    }

    /// # Errors
    /// [`StoreError::Conflict`] when the address can already sign in somewhere.
    pub async fn add_operator(
        &self,
        id: &OperatorId,
        email: &str,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "insert into operator (distributor, id, email, password_hash, created_at)
                   values ($1, $2, $3, $4, $5)";
        let write = async {
            let email = email.to_lowercase();
            execute!(&mut tx, sql, (self.me(), id.as_str(), email, password_hash, now.0));
            Ok(())
        };
        write.await.map_err(conflict)?;
        self.store.commit(tx).await
    }

    /// Who may sign in for this distributor, oldest first.
    pub async fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id, email, password_hash, created_at from operator
                   where distributor = $1 order by created_at, id";
        let rows = fetch_all!(&mut tx, sql, (self.me()), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("email"),
            row.get::<String, _>("password_hash"),
            row.get::<i64, _>("created_at"),
        ));
        rows.into_iter().map(|row| read_operator(self.me(), &row.0, row.1, row.2, row.3)).collect()
    }

    pub async fn add_api_key(
        &self,
        id: &ApiKeyId,
        name: &str,
        hash: &str,
        hint: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "insert into api_key (distributor, id, name, hash, hint, created_at)
                   values ($1, $2, $3, $4, $5, $6)";
        execute!(&mut tx, sql, (self.me(), id.as_str(), name, hash, hint, now.0));
        self.store.commit(tx).await
    }

    /// All keys, revoked ones too, newest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        let sql = "select id, name, hint, created_at, revoked_at from api_key
                   where distributor = $1 order by created_at desc, id desc";
        let rows = fetch_all!(&mut tx, sql, (self.me()), |row| (
            row.get::<String, _>("id"),
            row.get::<String, _>("name"),
            row.get::<String, _>("hint"),
            row.get::<i64, _>("created_at"),
            row.get::<Option<i64>, _>("revoked_at"),
        ));
        rows.into_iter()
            .map(|(id, name, hint, created_at, revoked_at)| {
                Ok(ApiKey {
                    id: word("api_key", "id", &id)?,
                    name,
                    hint,
                    created_at: Timestamp(created_at),
                    revoked_at: revoked_at.map(Timestamp),
                })
            })
            .collect()
    }

    /// False when there is no such key. Revoking twice changes nothing.
    pub async fn revoke_api_key(&self, id: &ApiKeyId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "update api_key set revoked_at = coalesce(revoked_at, $3)
                   where distributor = $1 and id = $2";
        let found = execute!(&mut tx, sql, (self.me(), id.as_str(), now.0));
        self.store.commit(tx).await?;
        Ok(found == 1)
    }
}

fn read_operator(
    distributor: &str,
    id: &str,
    email: String,
    password_hash: String,
    created_at: i64,
) -> Result<Operator, StoreError> {
    Ok(Operator {
        distributor: word("operator", "distributor", distributor)?,
        id: word("operator", "id", id)?,
        email,
        password_hash,
        created_at: Timestamp(created_at),
    })
}
