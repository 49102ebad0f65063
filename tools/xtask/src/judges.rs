//! The stand for Google's own clients: a sandbox for them to drive, and a directory for what they saw of it.
//!
//! Never: what they do and expect (tools/judges).

use crate::process::Running;
use crate::scratch;
use crate::setup::Judges;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The binary of tools/judges that serves.
pub const SANDBOX: &str = "judges-sandbox";
/// How long it may take to listen.
const START_LIMIT: Duration = Duration::from_secs(30);
/// Where in the Python package Google's documents are.
const DOCUMENTS: &str = "googleapiclient/discovery_cache/documents";

/// A running sandbox. Dropping it stops it and removes what was seen.
pub struct Stand {
    // In this order: the server ends before its directory goes.
    _sandbox: Running,
    seen: TempDir,
    facts: PathBuf,
    documents: PathBuf,
    suites: PathBuf,
    tools: Judges,
}

impl Stand {
    /// Starts the sandbox; returns once it listens.
    pub fn start(workspace: &Workspace, server: &Path, tools: Judges, log: &Path) -> Result<Self> {
        let seen = scratch::make(&workspace.target.join("test-run"), "judges")?;
        let facts = seen.path().join("facts.json");
        let mut command = Command::new(server);
        command.arg(&facts);
        let mut sandbox = Running::start(command, log, "TERM")?;
        sandbox.wait_until("the sandbox", START_LIMIT, || facts.exists())?;
        let documents = documents(&tools.python)?;
        let suites = workspace.root.join("tools/judges");
        Ok(Self { _sandbox: sandbox, seen, facts, documents, suites, tools })
    }

    /// Google's clients, each with its name. They print a `test result:` line and fail if an assertion did.
    pub fn clients(&self) -> [(String, Command); 2] {
        let client = |program: &Path, script: &str| {
            let mut command = Command::new(program);
            command.arg(self.suites.join(script)).arg(&self.facts).arg(self.seen.path());
            // A proxy would have no way to the sandbox on loopback.
            command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
            command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
            command
        };
        [
            ("the Python client".to_owned(), client(&self.tools.python, "python/judge.py")),
            ("the Node.js client".to_owned(), client(&self.tools.node, "node/judge.mjs")),
        ]
    }

    /// Tells a test where Google's documents and the clients' notes are.
    pub fn show(&self, command: &mut Command) {
        command.env("JUDGES_DISCOVERY_DIR", &self.documents);
        command.env("JUDGES_SEEN_DIR", self.seen.path());
    }
}

/// Where this interpreter's package keeps the documents.
fn documents(python: &Path) -> Result<PathBuf> {
    let lib = python.parent().and_then(Path::parent).context("an environment")?.join("lib");
    let entries = std::fs::read_dir(&lib).with_context(|| format!("read {}", lib.display()))?;
    let candidates = entries.flatten().map(|entry| entry.path().join("site-packages"));
    let mut found = candidates.map(|packages| packages.join(DOCUMENTS));
    found.find(|path| path.is_dir()).context("Google's documents are not in its package")
}
