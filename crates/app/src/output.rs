//! What commands say on standard output: words for people, or one JSON object per line for programs.
//! Logs and errors go to standard error and never through here.

use crate::failure::Failure;
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// How to talk to whoever called.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// The result of a command: `value` for programs, `words` for people. Flushed, since the reader
    /// may be waiting for it.
    pub fn result(self, value: &Value, words: &str) {
        if self.json { put(&value.to_string()) } else { put(words) }
    }

    /// A line for people only.
    pub fn line(self, words: &str) {
        if !self.json {
            put(words);
        }
    }

    /// Something that is not as it should be and does not stop the command.
    pub fn warning(self, code: &str, message: &str, action: &str) {
        if self.json {
            let warning = json!({"warning": {"code": code, "message": message, "action": action}});
            complain(&warning.to_string());
        } else {
            complain(&format!("warning: {message}\n{action}"));
        }
    }

    pub fn failure(self, failure: &Failure) {
        if self.json {
            complain(&failure.json().to_string());
        } else {
            complain(&format!("error: {}\n{}", failure.message, failure.action));
        }
    }
}

/// A reader who has gone away wants nothing more, which is no reason to fail.
fn put(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn complain(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{text}");
}

/// Rows under headings, each column as wide as its longest word.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            let cells = rows.iter().map(|row| row[at].chars().count());
            cells.chain([heading.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut headings.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}
