//! What the demo keeps in its directory, so that a second run finds the same world and shows the same
//! login: the master key and the demo's own secrets, readable by this user alone.

use crate::chance::SystemChance;
use crate::failure::{Failure, Result};
use crate::master_key;
use domain::secret::{ExposeSecret as _, password};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Secrets of things that exist only within the demo.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub operator_password: String,
    pub client_secret: String,
    pub reseller_password: String,
    /// Made with the first run's distributor.
    #[serde(default)]
    pub api_key: Option<String>,
    /// How many orders were placed; each has a domain of its own.
    #[serde(default)]
    pub orders: u64,
}

/// The demo's directory.
pub struct Keepsakes {
    directory: PathBuf,
    pub kept: Kept,
}

impl Keepsakes {
    /// Opens the directory, making whatever is not there yet.
    pub fn open(directory: &Path) -> Result<Keepsakes> {
        let failed = |what: &Path, error: std::io::Error| {
            Failure::usage(
                format!("{} can't be used: {error}.", what.display()),
                "Name a directory that can be written to with --data DIR.",
            )
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(directory).map_err(|error| failed(directory, error))?;
        // Later commands may run elsewhere.
        let directory = directory.canonicalize().map_err(|error| failed(directory, error))?;
        let keepsakes = Keepsakes { kept: read(&directory)?, directory };
        let key = keepsakes.master_key_file();
        if !key.exists() {
            let text = master_key::generate(&SystemChance);
            write(&key, text.expose_secret()).map_err(|error| failed(&key, error))?;
        }
        keepsakes.save()?;
        Ok(keepsakes)
    }

    pub fn save(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.kept)
            .map_err(|error| Failure::internal("the demo's secrets can't be written", &error))?;
        let path = self.directory.join(NAME);
        write(&path, &text).map_err(|error| {
            Failure::internal(&format!("{} can't be written", path.display()), &error)
        })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub fn master_key_file(&self) -> PathBuf {
        self.directory.join("master.key")
    }

    pub fn database_url(&self) -> String {
        format!("sqlite:{}", self.directory.join("seatwright.db").display())
    }

    pub fn sandbox_file(&self) -> PathBuf {
        self.directory.join("sandbox.json")
    }

    pub fn log_file(&self) -> PathBuf {
        self.directory.join("seatwright.log")
    }
}

const NAME: &str = "demo.json";

fn read(directory: &Path) -> Result<Kept> {
    let path = directory.join(NAME);
    let unreadable = |why: String| {
        Failure::usage(
            format!("{} can't be read: {why}.", path.display()),
            "Remove the directory to start afresh, or name another one with --data DIR.",
        )
    };
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let fresh = || password(&SystemChance).expose_secret().to_owned();
            Ok(Kept {
                operator_password: fresh(),
                client_secret: fresh(),
                reseller_password: fresh(),
                api_key: None,
                orders: 0,
            })
        }
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// In one step, readable by this user alone: a crash leaves the old text or the new one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension("writing");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}
