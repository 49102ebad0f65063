//! Steps as a person watches them: a spinner while one goes on, a line when it is done. Plain lines
//! where nobody watches a terminal, nothing where a program reads.

use crate::output::Output;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// How often a spinner moves, in ms.
const SPIN_MS: u64 = 90;

#[derive(Clone)]
pub struct Progress {
    out: Output,
    /// Only at a terminal.
    bars: Option<MultiProgress>,
}

/// One step; dropping it without an end leaves it undone.
pub struct Step {
    title: String,
    out: Output,
    bar: Option<ProgressBar>,
    ended: bool,
}

impl Progress {
    pub fn new(out: Output) -> Progress {
        let watched = !out.json && std::io::stdout().is_terminal();
        let bars = watched.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stdout()));
        Progress { out, bars }
    }

    /// A line between the steps.
    pub fn say(&self, words: &str) {
        match &self.bars {
            Some(bars) if bars.println(words).is_ok() => {}
            _ => self.out.line(words),
        }
    }

    pub fn begin(&self, title: &str) -> Step {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            bar.set_style(style("  {spinner} {msg}"));
            bar.set_message(title.to_owned());
            bar.enable_steady_tick(Duration::from_millis(SPIN_MS));
            bar
        });
        Step { title: title.to_owned(), out: self.out, bar, ended: false }
    }
}

impl Step {
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// What it waits for, while it goes on.
    pub fn note(&self, words: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {words}", self.title));
        }
    }

    pub fn done(&mut self, detail: &str) {
        self.end('✓', detail);
    }

    pub fn failed(&mut self, why: &str) {
        self.end('✗', why);
    }

    fn end(&mut self, mark: char, detail: &str) {
        if self.ended {
            return;
        }
        self.ended = true;
        let colon = if detail.is_empty() { "" } else { ": " };
        let words = format!("  {mark} {}{colon}{detail}", self.title);
        match &self.bar {
            Some(bar) => {
                bar.set_style(style("{msg}"));
                bar.finish_with_message(words);
            }
            None => self.out.line(&words),
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.as_ref().filter(|bar| !bar.is_finished()) {
            bar.abandon();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
