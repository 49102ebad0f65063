//! What a command ends with when it does not succeed: a stable code, what happened, what to do, and
//! the exit code. Never a secret.

use serde_json::json;
use std::fmt;
use std::process::ExitCode;
use store::StoreError;

/// Exit codes, stable and documented in docs/operations.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for was tried and did not succeed: failed checks, a refused consent.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    NotFound = 3,
    /// There is one already.
    Conflict = 4,
    /// The master key is missing, wrong, or not a key.
    MasterKey = 5,
    /// The database can't be opened or used.
    Database = 6,
    /// The address or the database is in use by another process.
    InUse = 7,
    /// Ours to put right.
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    /// Stable, for programs.
    pub code: &'static str,
    pub message: String,
    /// What to do next.
    pub action: String,
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub fn new(
        exit: Exit,
        code: &'static str,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Failure {
        Failure { exit, code, message: message.into(), action: action.into() }
    }

    pub fn usage(message: impl Into<String>, action: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, "usage", message, action)
    }

    pub fn not_found(message: impl Into<String>, action: impl Into<String>) -> Failure {
        Failure::new(Exit::NotFound, "not_found", message, action)
    }

    /// Something that should not happen, with all its causes.
    pub fn internal(doing: &str, error: &dyn std::error::Error) -> Failure {
        let message = format!("{doing}: {}", chain(error));
        Failure::new(Exit::Internal, "internal", message, "Read the log; if it stays, report it.")
    }

    pub fn json(&self) -> serde_json::Value {
        json!({"error": {"code": self.code, "message": self.message, "action": self.action}})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.message, self.action)
    }
}

impl std::error::Error for Failure {}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let action = match &error {
            StoreError::UnknownDatabase => {
                "Set SEATWRIGHT_DATABASE_URL to sqlite:FILE or postgres://USER@HOST/DATABASE."
            }
            StoreError::Conflict => {
                return Failure::new(
                    Exit::Conflict,
                    "conflict",
                    error.to_string(),
                    "Look at what is there, then try again.",
                );
            }
            StoreError::Migration(_) => {
                "Use the program this database was last used with, or a newer one."
            }
            _ => {
                "Check SEATWRIGHT_DATABASE_URL and that the database is there; \
                  `seatwright doctor` tells more."
            }
        };
        Failure::new(Exit::Database, "database", chain(&error), action)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::internal("this did not work", &*error)
    }
}

/// An error and its causes on one line, each once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
