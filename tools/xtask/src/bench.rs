//! `cargo x bench`: how fast something is, measured in a release build and beside something that does nothing.
//!
//! Never: a test; figures differ from machine to machine.

use crate::process;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::process::Command;

#[derive(clap::Subcommand)]
pub enum Bench {
    /// Requests a second of the sandbox, beside a server that only says hello
    Sandbox,
}

/// Builds what measures, then lets it measure.
pub fn run(workspace: &Workspace, what: &Bench) -> Result<bool> {
    process::catch_interrupts()?;
    let (package, binary) = match what {
        Bench::Sandbox => ("judges", "sandbox-bench"),
    };
    let mut command = Command::new("cargo");
    command.current_dir(&workspace.root).args(["run", "--release", "--locked"]);
    command.args(["--package", package, "--bin", binary]);
    let status = command.status()?;
    if !status.success() {
        bail!("{binary}: {status}");
    }
    Ok(true)
}
