//! The program `seatwright`. Reads the command line, calls the command, says how it went.

mod chance;
mod cli;
mod clock;
mod commands;
mod config;
mod demo;
mod doctor;
mod failure;
mod generated;
mod http_client;
mod lock;
mod master_key;
mod output;
mod replay;
mod stand_in;
mod telemetry;
mod wire;

use clap::Parser as _;
use cli::Cli;
use failure::Failure;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    let out = Output { json: cli.json };
    match commands::run(cli) {
        Ok(code) => code,
        Err(failure) => {
            out.failure(&failure);
            failure.exit.into()
        }
    }
}

/// `--help` and `--version` come this way too.
fn misread(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if json && error.use_stderr() {
        let text = error.to_string();
        let (message, _) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.trim_start_matches("error: ").trim();
        let failure = Failure::usage(message, "`seatwright --help` shows all commands.");
        Output { json }.failure(&failure);
        return failure.exit.into();
    }
    let _gone = error.print();
    if error.use_stderr() { failure::Exit::Usage.into() } else { ExitCode::SUCCESS }
}
