//! The file of a recording, read whole. Never: what its exchanges mean.

use crate::failure::{Exit, Failure, Result};
use google::record::{Exchange, Head, VERSION};
use std::path::Path;

/// A recording as it was read.
pub struct Recording {
    pub head: Head,
    pub exchanges: Vec<Exchange>,
    /// The last line was cut off, as by a crash; it is left out.
    pub torn: bool,
}

/// Reads a recording.
///
/// # Errors
/// When it is none, or was written by a newer program.
pub fn read(path: &Path) -> Result<Recording> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        unusable(
            format!("{shown} can't be read: {error}."),
            "Name the file that SEATWRIGHT_GOOGLE_RECORD wrote.",
        )
    })?;
    let mut lines = text.lines().enumerate().peekable();
    let head = lines.next().and_then(|(_, line)| serde_json::from_str::<Head>(line).ok());
    let Some(head) = head else {
        return Err(unusable(
            format!("{shown} does not begin as a recording does."),
            "Name the file that SEATWRIGHT_GOOGLE_RECORD wrote, with its first line.",
        ));
    };
    if head.version > VERSION {
        return Err(unusable(
            format!("{shown} was recorded by a newer Seatwright ({}).", head.seatwright),
            "Replay it with that version or a later one.",
        ));
    }
    let (mut exchanges, mut torn) = (Vec::new(), false);
    while let Some((number, line)) = lines.next() {
        match serde_json::from_str::<Exchange>(line) {
            Ok(exchange) => exchanges.push(exchange),
            Err(_) if line.trim().is_empty() => {}
            Err(_) if lines.peek().is_none() && !text.ends_with('\n') => torn = true,
            Err(error) => {
                let message = format!("{shown}, line {}, is no exchange: {error}.", number + 1);
                return Err(unusable(message, "Take the line out, or record again."));
            }
        }
    }
    if exchanges.is_empty() {
        let message = format!("{shown} holds no exchange with Google.");
        return Err(unusable(message, "Let the server work for a while, then replay again."));
    }
    Ok(Recording { head, exchanges, torn })
}

fn unusable(message: String, action: &str) -> Failure {
    Failure::new(Exit::Usage, "recording_unusable", message, action)
}
