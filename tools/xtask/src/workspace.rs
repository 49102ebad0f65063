//! Where things are: the root, the target directory, what `cargo metadata` says, and the text of our own files.
//!
//! Never: a rule about any of it (that is `tidy`).

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::{Path, PathBuf};

/// What holds nothing of ours, by its path. In a second work tree of one repository `.git` is a file.
const FOREIGN: [&str; 5] =
    [".git", "data", "target", "tools/browser/node_modules", "tools/judges/node_modules"];

/// The checkout this program was built from, as cargo sees it.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    pub metadata: Metadata,
}

impl Workspace {
    /// Asks cargo, for the host's platform alone, so that nothing is fetched that isn't built.
    pub fn load() -> Result<Self> {
        let host = host_triple()?;
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .other_options(vec!["--filter-platform".to_owned(), host])
            .exec()
            .context("cargo metadata")?;
        Ok(Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            target: metadata.target_directory.clone().into_std_path_buf(),
            metadata,
        })
    }

    /// Every text file of ours, in the order of their paths, relative to the root and with forward slashes.
    pub fn texts(&self) -> Result<Vec<Text>> {
        let mut texts = Vec::new();
        collect(&self.root, &self.root, &mut texts)?;
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(texts)
    }
}

/// One of our files.
#[derive(Clone, Debug)]
pub struct Text {
    pub path: String,
    pub content: String,
}

impl Text {
    /// The path's last part.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_rust(&self) -> bool {
        self.name().ends_with(".rs")
    }
}

fn collect(root: &Path, directory: &Path, texts: &mut Vec<Text>) -> Result<()> {
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("read {}", directory.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        if FOREIGN.contains(&relative.as_str()) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(root, &path, texts)?;
        }
        // Files that aren't UTF-8 are pictures and the like, which no rule here is about.
        if kind.is_file()
            && let Ok(content) = String::from_utf8(std::fs::read(&path)?)
        {
            texts.push(Text { path: relative, content });
        }
    }
    Ok(())
}

fn host_triple() -> Result<String> {
    let output = std::process::Command::new("rustc").arg("-vV").output().context("rustc -vV")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}
