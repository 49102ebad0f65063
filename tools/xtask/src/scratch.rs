//! Directories for one run, gone with it; what killed runs left behind goes with the next.

use anyhow::Result;
use std::path::Path;
use tempfile::TempDir;

/// What all of them are called, before the id of the process that made them.
const PREFIX: &str = "seatwright-test-";

/// A new directory under `parent`, closed to others. Dropping it removes it.
pub fn make(parent: &Path, purpose: &str) -> Result<TempDir> {
    std::fs::create_dir_all(parent)?;
    sweep(parent);
    let prefix = format!("{PREFIX}{}-{purpose}-", std::process::id());
    Ok(tempfile::Builder::new().prefix(&prefix).tempdir_in(parent)?)
}

/// Removes the directories of processes that are gone.
fn sweep(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _somebody_else_was_quicker = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_behind_goes_and_the_living_keep_theirs() {
        let parent = tempfile::tempdir().unwrap();
        // Above the highest process id of any Linux.
        let dead = parent.path().join(format!("{PREFIX}99999999-postgres-x"));
        let foreign = parent.path().join("foreign");
        for directory in [&dead, &foreign] {
            std::fs::create_dir(directory).unwrap();
        }
        let first = make(parent.path(), "postgres").unwrap();
        let second = make(parent.path(), "postgres").unwrap();
        assert!(!dead.exists() && foreign.exists());
        assert!(first.path().exists() && second.path().exists());
    }
}
