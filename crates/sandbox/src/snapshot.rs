//! The world on disk, so that a second run finds the same Google. Never: what is in it.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::world::World;

/// What stands in the file.
#[derive(Serialize)]
struct Kept<'a> {
    clock_moved_ms: i64,
    world: &'a World,
}

/// What was read from the file.
#[derive(Default, Deserialize)]
pub(crate) struct Found {
    /// How far the clock was moved.
    pub(crate) clock_moved_ms: i64,
    pub(crate) world: World,
}

/// `None` when there is no snapshot. One that can't be read is put aside, never overwritten.
pub(crate) fn load(path: &Path) -> Option<Found> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "the sandbox's snapshot can't be opened");
            return None;
        }
    };
    match serde_json::from_slice(&text) {
        Ok(found) => Some(found),
        Err(error) => {
            let aside = path.with_extension("unreadable");
            let moved = fs::rename(path, &aside);
            tracing::error!(path = %path.display(), aside = %aside.display(), %error, ?moved,
                "the sandbox's snapshot can't be read; it starts empty");
            None
        }
    }
}

/// Replaces the snapshot in one step: a crash leaves the old one or the new one.
pub(crate) fn save(path: &Path, world: &World, clock_moved_ms: i64) {
    if let Err(error) = write(path, &Kept { clock_moved_ms, world }) {
        tracing::error!(path = %path.display(), %error, "the sandbox's snapshot can't be written");
    }
}

fn write(path: &Path, kept: &Kept<'_>) -> io::Result<()> {
    let text = serde_json::to_vec(kept).map_err(io::Error::other)?;
    let temporary = path.with_extension("writing");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(&text)?;
    drop(file);
    fs::rename(&temporary, path)
}
