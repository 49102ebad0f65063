//! Proof that this server is alone on its SQLite database: a lock on a file beside it, which the
//! operating system gives back when the process ends, however it ends.

use crate::failure::{Exit, Failure, Result};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held for as long as it lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "holding it is its use")] File);

impl Lock {
    /// # Errors
    /// `in_use` when another process holds it.
    pub fn take(database: &Path) -> Result<Lock> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let file = File::options().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|error| {
            Failure::new(
                Exit::Database,
                "database",
                format!("{} can't be opened: {error}", path.display()),
                "Check that the directory of the database is there and can be written to.",
            )
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Exit::InUse,
                "database_in_use",
                format!("Another Seatwright server runs on {}.", database.display()),
                "Stop it first, or use PostgreSQL, where several may run.",
            )),
            Err(TryLockError::Error(error)) => {
                Err(Failure::internal("the database can't be locked", &error))
            }
        }
    }
}
