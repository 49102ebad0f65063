//! All SQL: one text for SQLite and PostgreSQL. Nobody else writes SQL, and nobody here decides
//! anything about Google.
//!
//! Two doors lead in. [`DistributorStore`] is what a signed-in caller holds: it can't name another
//! distributor's rows. [`Store`] is the installation's own: set-up, sign-in and the engine.

mod activations;
mod customers;
mod database;
mod engine;
mod installation;
mod instances;
mod leases;
mod orders;
mod rows;
mod secrets;
mod timeline;

pub use database::CommitHook;
pub use engine::{Loaded, OpenAttempt};
pub use leases::{Lease, WorkKind};
pub use orders::{NewOrder, NewSecret, Placed};
pub use rows::{
    Activation, ApiKey, Attempt, Credential, CredentialState, Customer, Distributor, Entry,
    Instance, InstanceState, Operator, OrderRecord, Origin, Secret, Source, WorkState,
};

use database::{Db, Tx};
use domain::ids::DistributorId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::Notify;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("the database schema could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a database address starts with sqlite: or postgres:")]
    UnknownDatabase,
    #[error("schema= takes lower-case letters, digits and underscores, starting with a letter")]
    BadSchema,
    #[error("the lease on {key} is held by someone else")]
    LeaseLost { key: String },
    #[error("{table}.{column} of {key} cannot be read")]
    Corrupt { table: &'static str, column: &'static str, key: String },
    /// Two callers wrote the same thing at once; asking again gives the answer.
    #[error("somebody else changed the same thing at the same moment")]
    Conflict,
}

/// The database of one installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Db,
    commit_hook: CommitHook,
    /// Rung whenever something becomes due at once.
    wake: Arc<Notify>,
}

impl Store {
    /// Opens `sqlite:path`, `sqlite::memory:` or `postgres://…`. Creates an SQLite file that is not
    /// there; changes no schema.
    ///
    /// # Errors
    /// [`StoreError::UnknownDatabase`] for another scheme, [`StoreError::Database`] otherwise.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        let db = Db::open(url).await?;
        Ok(Store { db, commit_hook: Arc::new(|| Box::pin(async {})), wake: Arc::default() })
    }

    /// The same database as a process sees it that may die around any commit.
    #[must_use]
    pub fn with_commit_hook(&self, commit_hook: CommitHook) -> Store {
        Store { db: self.db.clone(), commit_hook, wake: Arc::default() }
    }

    /// Brings the schema up to date. Safe to repeat, and to run from several nodes at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.db.migrate().await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.db.begin_read().await?;
        database::execute!(&mut tx, "select 1", ());
        Ok(())
    }

    /// Ends all connections. Nothing can be done with this store afterwards.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Everything one distributor may see or change. There is no other way to its customers.
    #[must_use]
    pub fn of(&self, distributor: DistributorId) -> DistributorStore {
        DistributorStore { store: self.clone(), distributor }
    }

    /// Resolves when something in this process became due at once. Work of other processes is found
    /// by asking from time to time.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        self.db.begin().await
    }

    pub(crate) async fn begin_read(&self) -> Result<Tx, StoreError> {
        self.db.begin_read().await
    }

    pub(crate) async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        (self.commit_hook)().await;
        tx.commit().await?;
        (self.commit_hook)().await;
        Ok(())
    }

    /// Commits, then rings the engine of this process.
    pub(crate) async fn commit_and_wake(&self, tx: Tx) -> Result<(), StoreError> {
        self.commit(tx).await?;
        self.wake.notify_one();
        Ok(())
    }
}

/// One distributor's door to its rows.
#[derive(Clone)]
pub struct DistributorStore {
    pub(crate) store: Store,
    pub(crate) distributor: DistributorId,
}

impl DistributorStore {
    #[must_use]
    pub fn distributor(&self) -> &DistributorId {
        &self.distributor
    }

    pub(crate) fn me(&self) -> &str {
        self.distributor.as_str()
    }
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our own types serialise")
}

/// Reads a JSON column.
pub(crate) fn parse<T: DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    key: &str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { table, column, key: key.into() })
}

/// Reads a column that holds one of our ids or words.
pub(crate) fn word<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { table, column, key: text.to_owned() })
}

/// Turns a broken unique constraint into [`StoreError::Conflict`].
pub(crate) fn conflict(error: StoreError) -> StoreError {
    match error {
        StoreError::Database(sqlx::Error::Database(inner)) if inner.is_unique_violation() => {
            StoreError::Conflict
        }
        other => other,
    }
}
