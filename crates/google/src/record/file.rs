//! The file of a recording: made once, appended to line by line, bounded. A disk that fails ends the
//! recording and nothing else. Never: what may stand in a line.

use super::exchange::{Exchange, Head, Outcome, Request, VERSION};
use super::redact::Redactor;
use domain::ids::{Chance, Stream};
use domain::time::{Clock, Timestamp};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Most recordings that may stand side by side under one name.
const FILES_MAX: u32 = 1000;

/// The file of a recording can't be made.
#[derive(Debug, thiserror::Error)]
#[error("{path} can't be made: {why}")]
pub struct RecordingError {
    pub path: String,
    pub why: io::Error,
}

/// Writes exchanges down. Writing is synchronous: a line is a few kilobytes and goes to the system's
/// cache.
pub struct Recorder {
    path: PathBuf,
    began_at: Timestamp,
    bytes_max: u64,
    state: Mutex<State>,
}

struct State {
    /// None once it has ended.
    file: Option<File>,
    bytes: u64,
    sequence: u64,
    redactor: Redactor,
}

/// What tells who acts, never written down.
#[derive(Default)]
pub(super) struct Identity {
    /// What the request shows: an access or refresh token.
    pub(super) shown: Vec<String>,
    /// What a token endpoint gave for it: tokens, and whose they are.
    pub(super) given: Vec<String>,
}

impl Recorder {
    /// Makes a file of its own, readable by its owner alone. Where there is one of this name already,
    /// a number is added: pseudonyms hold for one file only.
    ///
    /// # Errors
    /// [`RecordingError`].
    pub fn start(
        path: &Path,
        bytes_max: u64,
        stand_in: bool,
        clock: &dyn Clock,
        chance: &dyn Chance,
    ) -> Result<Recorder, RecordingError> {
        let failed = |why| RecordingError { path: path.display().to_string(), why };
        let (path, file) = create(path).map_err(failed)?;
        let mut key = [0; 32];
        chance.fill(Stream::Nonce, &mut key);
        let began_at = clock.now();
        let redactor = Redactor::new(key);
        let state = State { file: Some(file), bytes: 0, sequence: 0, redactor };
        let recorder = Recorder { path, began_at, bytes_max, state: Mutex::new(state) };
        let head = Head {
            version: VERSION,
            seatwright: env!("CARGO_PKG_VERSION").to_owned(),
            began_at_ms: began_at.0,
            stand_in,
        };
        let line = serde_json::to_string(&head).unwrap_or_default();
        recorder.locked().append(line, &recorder).map_err(failed)?;
        Ok(recorder)
    }

    /// Where it is written, with the number that was added.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_on(&self) -> bool {
        self.locked().file.is_some()
    }

    /// Writes an exchange down, redacted. Never fails: what can't be written ends the recording with
    /// one warning in the log.
    pub(super) fn write(
        &self,
        request: Request,
        outcome: Outcome,
        times: (Timestamp, Timestamp),
        identity: &Identity,
    ) {
        let mut state = self.locked();
        if state.file.is_none() {
            return;
        }
        state.sequence += 1;
        let (sent_at, ended_at) = times;
        let exchange = Exchange {
            version: VERSION,
            sequence: state.sequence,
            at_ms: sent_at.ms_since(self.began_at),
            took_ms: ended_at.ms_since(sent_at),
            caller: state.caller(identity),
            request,
            outcome,
        };
        let redacted = state.redactor.redact(exchange);
        let line = serde_json::to_string(&redacted).unwrap_or_default();
        let ended = match state.append(line, self) {
            Err(error) => Some(error.to_string()),
            Ok(()) if state.redactor.is_full() => Some("too many different values".to_owned()),
            Ok(()) => None,
        };
        if let Some(why) = ended {
            state.file = None;
            let path = self.path.display();
            tracing::warn!(%path, why, "nothing more is recorded; Seatwright works on");
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whole lines only, so that the last one is whole too.
    fn append(&mut self, mut line: String, recorder: &Recorder) -> io::Result<()> {
        line.push('\n');
        let bytes = self.bytes + u64::try_from(line.len()).unwrap_or(u64::MAX);
        if bytes > recorder.bytes_max {
            return Err(io::Error::other(format!("it may have {} bytes", recorder.bytes_max)));
        }
        if let Some(file) = &mut self.file {
            file.write_all(line.as_bytes())?;
        }
        self.bytes = bytes;
        Ok(())
    }

    fn caller(&mut self, identity: &Identity) -> Option<String> {
        let marks = || identity.given.iter().chain(&identity.shown);
        let first = marks().next()?;
        let known = marks().find_map(|mark| self.redactor.known_caller(mark));
        let caller = known.unwrap_or_else(|| self.redactor.caller(first));
        for mark in marks() {
            self.redactor.is_caller(mark, &caller);
        }
        Some(caller)
    }
}

/// `a.jsonl`, else `a-2.jsonl` and so on.
fn create(path: &Path) -> io::Result<(PathBuf, File)> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for number in 1..=FILES_MAX {
        let path = match (number, path.extension()) {
            (1, _) => path.to_owned(),
            (_, None) => path.with_file_name(format!("{stem}-{number}")),
            (_, Some(extension)) => {
                path.with_file_name(format!("{stem}-{number}")).with_extension(extension)
            }
        };
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "there are too many of this name"))
}
