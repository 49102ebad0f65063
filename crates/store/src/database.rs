//! The two databases behind one SQL text. The only code that knows there are two drivers.

use crate::{StoreError, conflict};
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Awaited around every commit. Production passes one that returns at once; the simulation lets the
/// process die there by never returning.
pub type CommitHook = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// How long a call may wait for a connection or for SQLite's one writer, in ms.
const WAIT_MS_MAX: u64 = 15_000;
/// Connections for reading (SQLite) or for everything (PostgreSQL).
const CONNECTIONS_MAX: u32 = 10;

#[derive(Clone)]
pub(crate) enum Db {
    /// SQLite has one writer; readers never wait for it (WAL).
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one statement on whichever database the transaction is of; gives the rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr, ($($bind:expr),* $(,)?)) => {
        match $tx {
            $crate::database::Tx::Sqlite(t) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **t).await?.rows_affected()
            }
            $crate::database::Tx::Postgres(t) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **t).await?.rows_affected()
            }
        }
    };
}

/// At most one row, read by `|row| …`, which must be the same for both drivers.
macro_rules! fetch_optional {
    ($tx:expr, $sql:expr, ($($bind:expr),* $(,)?), |$row:ident| $read:expr) => {
        match $tx {
            $crate::database::Tx::Sqlite(t) => sqlx::query($sql)$(.bind($bind))*
                .fetch_optional(&mut **t).await?.map(|$row| $read),
            $crate::database::Tx::Postgres(t) => sqlx::query($sql)$(.bind($bind))*
                .fetch_optional(&mut **t).await?.map(|$row| $read),
        }
    };
}

/// All rows, in the order of the query.
macro_rules! fetch_all {
    ($tx:expr, $sql:expr, ($($bind:expr),* $(,)?), |$row:ident| $read:expr) => {
        match $tx {
            $crate::database::Tx::Sqlite(t) => sqlx::query($sql)$(.bind($bind))*
                .fetch_all(&mut **t).await?.into_iter().map(|$row| $read).collect::<Vec<_>>(),
            $crate::database::Tx::Postgres(t) => sqlx::query($sql)$(.bind($bind))*
                .fetch_all(&mut **t).await?.into_iter().map(|$row| $read).collect::<Vec<_>>(),
        }
    };
}

pub(crate) use {execute, fetch_all, fetch_optional};

impl Db {
    /// `sqlite:path`, `sqlite::memory:` or `postgres://…`.
    pub(crate) async fn open(url: &str) -> Result<Db, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Db::open_postgres(url).await;
        }
        if !url.starts_with("sqlite:") {
            return Err(StoreError::UnknownDatabase);
        }
        let memory = url.contains(":memory:");
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(WAIT_MS_MAX))
            .journal_mode(if memory { SqliteJournalMode::Memory } else { SqliteJournalMode::Wal })
            // NORMAL may lose the last commits with the power, and with them the intents.
            .synchronous(SqliteSynchronous::Full);
        let write = sqlite_pool(1).connect_with(options.clone()).await?;
        let read = if memory {
            // A second connection would be a second, empty database.
            write.clone()
        } else {
            sqlite_pool(CONNECTIONS_MAX).connect_with(options).await?
        };
        Ok(Db::Sqlite { write, read })
    }

    /// `?schema=NAME` puts the tables into a schema of their own, made when it is not there, so that
    /// several installations can share one database.
    async fn open_postgres(url: &str) -> Result<Db, StoreError> {
        let (url, schema) = take_schema(url)?;
        let options = PgConnectOptions::from_str(&url)?;
        let Some(schema) = schema else {
            return Ok(Db::Postgres(pg_pool().connect_with(options).await?));
        };
        let options = options.options([("search_path", schema.as_str())]);
        let pool = pg_pool().connect_with(options).await?;
        // Checked by `take_schema`: lower-case letters, digits and underscores only.
        let sql = sqlx::AssertSqlSafe(format!("create schema if not exists {schema}"));
        match sqlx::query(sql).execute(&pool).await.map_err(StoreError::from).map_err(conflict) {
            // Another node was quicker, which PostgreSQL answers with a broken unique constraint.
            Ok(_) | Err(StoreError::Conflict) => Ok(Db::Postgres(pool)),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            // Taking the write lock at once: an upgrade from reading can fail half way.
            Db::Sqlite { write, .. } => Ok(Tx::Sqlite(write.begin_with("begin immediate").await?)),
            Db::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// For statements that only read.
    pub(crate) async fn begin_read(&self) -> Result<Tx, StoreError> {
        match self {
            Db::Sqlite { read, .. } => Ok(Tx::Sqlite(read.begin().await?)),
            Db::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Db::Sqlite { write, .. } => {
                // SQLite has no lock of its own for this, so the write lock keeps other nodes out.
                let mut tx = write.begin_with("begin immediate").await?;
                // `run` can't take a connection in a future that is Send.
                sqlx::migrate!("migrations/sqlite").run_direct(None, &mut *tx, false).await?;
                tx.commit().await?;
            }
            Db::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// Splits `schema=NAME` off a PostgreSQL address.
fn take_schema(url: &str) -> Result<(String, Option<String>), StoreError> {
    let Some((server, query)) = url.split_once('?') else { return Ok((url.to_owned(), None)) };
    let (ours, theirs): (Vec<_>, Vec<_>) =
        query.split('&').partition(|pair| pair.starts_with("schema="));
    let schema = ours.first().and_then(|pair| pair.strip_prefix("schema="));
    let plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 63
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if schema.is_some_and(|name| !plain(name)) {
        return Err(StoreError::BadSchema);
    }
    let rest = if theirs.is_empty() { String::new() } else { format!("?{}", theirs.join("&")) };
    Ok((format!("{server}{rest}"), schema.map(str::to_owned)))
}

fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_millis(WAIT_MS_MAX))
        .idle_timeout(None)
        .max_lifetime(None)
}

fn pg_pool() -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(Duration::from_millis(WAIT_MS_MAX))
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
