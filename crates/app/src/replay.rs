//! `seatwright replay FILE`: plays a recording of real traffic with Google to the built-in sandbox and
//! tells where the sandbox answers otherwise. Touches no database and no network.

mod compare;
mod history;
mod names;
mod play;
mod recording;
mod report;
mod scenery;
mod stage;

use crate::cli;
use crate::failure::{Exit, Result};
use crate::output::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use report::Report;
use std::process::ExitCode;

/// Exit code 1 when something differs.
pub async fn run(arguments: cli::Replay, out: Output) -> Result<ExitCode> {
    let recording = recording::read(&arguments.file)?;
    let bar = bar(recording.exchanges.len(), out);
    let shown = play::play(&recording, |done| {
        bar.set_position(u64::try_from(done).unwrap_or_default());
    })
    .await;
    bar.finish_and_clear();
    let shown = shown?;
    let report = Report::of(&arguments.file, &recording, &shown);
    out.result(&report.json(), &report.words());
    Ok(if report.differing() == 0 { ExitCode::SUCCESS } else { Exit::Failed.into() })
}

/// On standard error, and only where a person watches it.
fn bar(exchanges: usize, out: Output) -> ProgressBar {
    let target = if out.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let length = u64::try_from(exchanges).unwrap_or_default();
    let bar = ProgressBar::with_draw_target(Some(length), target);
    let style = ProgressStyle::with_template("  {bar:40} {pos} of {len} exchanges");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
