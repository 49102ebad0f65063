//! docs/generated: written by the program itself (`seatwright docs DIR`), held fresh by a stage of the tests.
//!
//! Never: knowing what the files say.

use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Writes docs/generated anew, building the program if need be.
pub fn write(workspace: &Workspace) -> Result<bool> {
    let mut build = Command::new("cargo");
    build.current_dir(&workspace.root).args(["run", "-q", "-p", "seatwright", "--", "docs"]);
    let directory = workspace.root.join("docs/generated");
    process::read(build.arg(&directory))?;
    for name in files(&directory)?.keys() {
        println!("docs/generated/{name}");
    }
    Ok(true)
}

/// Every difference between docs/generated and what `program` writes into the directory `fresh`.
pub fn faults(workspace: &Workspace, program: &Path, fresh: &Path) -> Result<Vec<String>> {
    let _none_yet = std::fs::remove_dir_all(fresh);
    std::fs::create_dir_all(fresh)?;
    process::read(Command::new(program).arg("docs").arg(fresh))?;
    Ok(differences(&files(&workspace.root.join("docs/generated"))?, &files(fresh)?))
}

fn differences(kept: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> Vec<String> {
    let stale =
        fresh.iter().filter(|(name, text)| kept.get(*name) != Some(text)).map(|(name, text)| {
            let line = kept.get(name).map(|old| {
                let differs = |(a, b): (&str, &str)| a != b;
                let same = old.lines().zip(text.lines()).take_while(|pair| !differs(*pair)).count();
                format!(" from line {}", same + 1)
            });
            let line = line.unwrap_or_else(|| ", which isn't there".to_owned());
            format!("docs/generated/{name} is stale{line}: run `cargo x generated`")
        });
    let orphans = kept
        .keys()
        .filter(|name| !fresh.contains_key(*name))
        .map(|name| format!("docs/generated/{name} is written by nothing: delete it"));
    stale.chain(orphans).collect()
}

/// The files of a directory by name; none if there is no such directory.
fn files(directory: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if !directory.exists() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, text);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<const N: usize>(texts: [(&str, &str); N]) -> BTreeMap<String, String> {
        texts.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    #[test]
    fn what_differs_is_missing_or_is_too_much_is_named() {
        let kept = texts([("same", "a\n"), ("stale", "a\nb\n"), ("orphan", "x")]);
        let fresh = texts([("same", "a\n"), ("stale", "a\nc\n"), ("missing", "m")]);
        let faults = differences(&kept, &fresh);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("missing is stale, which isn't there"), "{faults:?}");
        assert!(faults[1].contains("stale is stale from line 2"), "{faults:?}");
        assert!(faults[2].contains("orphan is written by nothing"), "{faults:?}");
        assert!(differences(&kept, &kept).is_empty());
    }
}
