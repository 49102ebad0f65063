//! What one `cargo test --no-run` over the whole workspace has built: the test binaries and the program.
//!
//! Built once and for all packages together: choosing packages one by one would choose other features for the
//! dependencies and compile them again. Never: running anything of it.

use crate::stages::{self, Target, Which};
use anyhow::{Context, Result, bail};
use cargo_metadata::{Artifact, Message, Metadata, TargetKind};
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A test binary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TestBinary {
    pub package: String,
    /// The target's name: that of the library, or of the file under `tests/`.
    pub name: String,
    /// One of those under `tests/`.
    pub integration: bool,
    pub executable: PathBuf,
    /// Where cargo would run it: the directory of its package.
    pub directory: PathBuf,
}

/// Everything a build has left.
#[derive(Debug, Default)]
pub struct Artifacts {
    tests: Vec<TestBinary>,
    /// By name.
    binaries: BTreeMap<String, PathBuf>,
}

impl Artifacts {
    /// Reads cargo's messages, one JSON object per line; other lines are passed over.
    pub fn read(messages: &Path, metadata: &Metadata) -> Result<Self> {
        let file = std::fs::File::open(messages)?;
        let mut artifacts = Self::default();
        for message in Message::parse_stream(BufReader::new(file)) {
            if let Message::CompilerArtifact(artifact) = message? {
                artifacts.take(&artifact, metadata)?;
            }
        }
        Ok(artifacts)
    }

    fn take(&mut self, artifact: &Artifact, metadata: &Metadata) -> Result<()> {
        let Some(executable) = &artifact.executable else { return Ok(()) };
        let executable = executable.clone().into_std_path_buf();
        let target = &artifact.target;
        if artifact.profile.test {
            let manifest = artifact.manifest_path.as_std_path();
            let directory = manifest.parent().context("a manifest lies in a directory")?;
            self.tests.push(TestBinary {
                package: metadata[&artifact.package_id].name.to_string(),
                name: target.name.clone(),
                integration: target.kind.contains(&TargetKind::Test),
                executable,
                directory: directory.to_owned(),
            });
        } else if target.kind.contains(&TargetKind::Bin) {
            self.binaries.insert(target.name.clone(), executable);
        }
        Ok(())
    }

    /// The `seatwright` binary.
    pub fn program(&self) -> Result<&Path> {
        self.binary("seatwright")
    }

    /// The binary of this name.
    pub fn binary(&self, name: &str) -> Result<&Path> {
        let binary = self.binaries.get(name).map(PathBuf::as_path);
        binary.with_context(|| format!("the build has made no binary `{name}`"))
    }

    /// The test binaries of a stage. A target that doesn't exist is an error, or a renamed test would be lost in silence.
    pub fn of(&self, targets: &[Target]) -> Result<Vec<&TestBinary>> {
        let mut chosen = Vec::new();
        for target in targets {
            let before = chosen.len();
            chosen.extend(self.tests.iter().filter(|test| belongs(test, target)));
            if chosen.len() == before {
                match target.which {
                    Which::Named(name) => {
                        bail!("package `{}` has no test `{name}`", target.package)
                    }
                    Which::Rest => bail!("package `{}` has no tests", target.package),
                }
            }
        }
        Ok(chosen)
    }

    /// Test binaries that no stage runs.
    pub fn left_out(&self) -> Vec<&TestBinary> {
        let chosen = |test: &&TestBinary| {
            let mut targets = stages::STAGES.iter().flat_map(|stage| stage.work.targets());
            targets.any(|target| belongs(test, target))
        };
        self.tests.iter().filter(|test| !chosen(test)).collect()
    }
}

fn belongs(test: &TestBinary, target: &Target) -> bool {
    test.package == target.package
        && match target.which {
            Which::Named(name) => test.integration && test.name == name,
            Which::Rest => !(test.integration && stages::is_named(&test.package, &test.name)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(package: &str, name: &str, integration: bool) -> TestBinary {
        let path = PathBuf::from(name);
        TestBinary {
            package: package.into(),
            name: name.into(),
            integration,
            executable: path.clone(),
            directory: path,
        }
    }

    fn names(artifacts: &Artifacts, targets: &[Target]) -> Vec<String> {
        artifacts.of(targets).unwrap().iter().map(|test| test.name.clone()).collect()
    }

    #[test]
    fn a_stage_gets_what_it_names_and_the_rest_goes_to_the_package() {
        let tests = vec![
            test("sim", "sim", false),
            test("sim", "crash", true),
            test("sim", "slices", true),
            test("sim", "unnamed", true),
        ];
        let artifacts = Artifacts { tests, ..Artifacts::default() };
        let sim = |which| Target { package: "sim", which };
        assert_eq!(names(&artifacts, &[sim(Which::Named("crash"))]), ["crash"]);
        assert_eq!(names(&artifacts, &[sim(Which::Rest)]), ["sim", "unnamed"]);
        assert!(artifacts.of(&[sim(Which::Named("simulation"))]).is_err());
        assert!(artifacts.of(&[Target { package: "web", which: Which::Rest }]).is_err());
    }

    #[test]
    fn a_package_without_a_stage_is_left_out_and_said_so() {
        let artifacts =
            Artifacts { tests: vec![test("novel", "novel", false)], ..Artifacts::default() };
        assert_eq!(artifacts.left_out(), [&test("novel", "novel", false)]);
    }
}
