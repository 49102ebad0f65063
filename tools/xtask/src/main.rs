//! The project's own commands: `cargo x test`, `tidy`, `licences`, `generated`, `bench`.
//!
//! Here: what a developer or a build machine runs. Never: anything the product needs, and nothing of ours as a
//! dependency, so that the checks still build when the product doesn't.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks there")]
#![expect(
    clippy::disallowed_methods,
    reason = "measures durations, reads its environment and waits for processes; no part of the product"
)]

mod artifacts;
mod bench;
mod browser;
mod generated;
mod judges;
mod licences;
mod postgres;
mod process;
mod report;
mod run;
mod scratch;
mod setup;
mod stages;
mod tidy;
mod workspace;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo x", about = "The project's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets everything up and runs every check and test; ends with a summary
    #[command(visible_alias = "ci")]
    Test(run::Options),
    /// Installs what the tests need and isn't there, and says where everything is
    Setup,
    /// Runs a throw-away PostgreSQL server until Ctrl-C, for `cargo test` by hand
    Postgres,
    /// Holds the sources against the house rules
    Tidy,
    /// Holds the licences and sources of all dependencies against deny.toml
    Licences,
    /// Writes docs/generated anew from the program
    Generated,
    /// Measures how fast something is, in a release build
    Bench {
        #[command(subcommand)]
        what: bench::Bench,
    },
}

fn main() -> ExitCode {
    match carry_out(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(_) if process::interrupted() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` means: it ran, and found something wrong.
fn carry_out(task: Task) -> Result<bool> {
    let workspace = Workspace::load()?;
    match task {
        Task::Test(options) => run::test(&workspace, &options),
        Task::Setup => setup::everything(&workspace),
        Task::Postgres => postgres::serve(&workspace),
        Task::Tidy => show(&tidy::faults(&workspace)?),
        Task::Licences => show(&licences::faults(&workspace)?),
        Task::Generated => generated::write(&workspace),
        Task::Bench { what } => bench::run(&workspace, &what),
    }
}

fn show(faults: &[String]) -> Result<bool> {
    for fault in faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} to put right", report::counted(faults.len(), "fault"));
    }
    println!("nothing to put right");
    Ok(true)
}
