//! Holds every dependency's licence, name and source against deny.toml, without a tool that has to be installed.
//!
//! Never: lists of its own; deny.toml serves cargo-deny too.

use crate::workspace::Workspace;
use anyhow::{Context, Result};
use cargo_metadata::Package;
use std::collections::BTreeSet;

/// What deny.toml says, as far as it is held here.
struct Policy {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
    registries: BTreeSet<String>,
}

/// Everything in the dependency tree of the host's platform that deny.toml doesn't allow.
pub fn faults(workspace: &Workspace) -> Result<Vec<String>> {
    let policy = Policy::parse(&std::fs::read_to_string(workspace.root.join("deny.toml"))?)?;
    let resolve = workspace.metadata.resolve.as_ref().context("cargo metadata has no graph")?;
    let used: BTreeSet<_> = resolve.nodes.iter().map(|node| &node.id).collect();
    let packages = workspace.metadata.packages.iter().filter(|package| used.contains(&package.id));
    Ok(packages.flat_map(|package| policy.faults_of(&Facts::of(package))).collect())
}

/// What there is to judge about one package.
struct Facts {
    name: String,
    licence: Option<String>,
    /// `None` for a package of our own.
    source: Option<String>,
}

impl Facts {
    fn of(package: &Package) -> Self {
        Self {
            name: package.name.to_string(),
            licence: package.license.clone(),
            source: package.source.as_ref().map(ToString::to_string),
        }
    }
}

impl Policy {
    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context("deny.toml")?;
        let list = |section: &str, key: &str| -> Result<Vec<toml::Value>> {
            let list = table.get(section).and_then(|section| section.get(key)?.as_array());
            Ok(list.with_context(|| format!("deny.toml has no {section}.{key}"))?.clone())
        };
        let texts = |values: Vec<toml::Value>| -> BTreeSet<String> {
            values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
        };
        let banned = list("bans", "deny")?;
        let banned = banned.iter().filter_map(|ban| Some(ban.get("crate")?.as_str()?.to_owned()));
        Ok(Self {
            licences: texts(list("licenses", "allow")?),
            banned: banned.collect(),
            registries: texts(list("sources", "allow-registry")?),
        })
    }

    fn faults_of(&self, package: &Facts) -> Vec<String> {
        let Facts { name, licence, source } = package;
        let mut faults = Vec::new();
        if self.banned.contains(name) {
            faults.push(format!(
                "{name} is banned by deny.toml; `cargo tree -i {name}` shows who brings it"
            ));
        }
        if let Some(source) = source
            && !source.strip_prefix("registry+").is_some_and(|url| self.registries.contains(url))
        {
            faults.push(format!("{name} comes from {source}, which deny.toml doesn't allow"));
        }
        match licence {
            Some(licence) if self.allows(licence) => {}
            Some(licence) => {
                faults.push(format!("{name}: licence `{licence}` isn't allowed by deny.toml"))
            }
            None => faults.push(format!("{name} names no licence")),
        }
        faults
    }

    fn allows(&self, licence: &str) -> bool {
        // Lax: older manifests write "MIT/Apache-2.0".
        let expression = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX);
        expression.is_ok_and(|expression| {
            expression.evaluate(|requirement| self.licences.contains(&requirement.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
        [bans]
        deny = [{ crate = "openssl-sys", reason = "x" }]
        [sources]
        allow-registry = ["https://example.test/index"]
    "#;

    #[track_caller]
    fn check(name: &str, licence: &str, source: &str, expected: usize) {
        let policy = Policy::parse(POLICY).unwrap();
        let facts = Facts {
            name: name.to_owned(),
            licence: (!licence.is_empty()).then(|| licence.to_owned()),
            source: (!source.is_empty()).then(|| source.to_owned()),
        };
        let faults = policy.faults_of(&facts);
        assert_eq!(faults.len(), expected, "{faults:?}");
    }

    const GOOD: &str = "registry+https://example.test/index";

    #[test]
    fn a_licence_is_an_expression() {
        check("a", "MIT", GOOD, 0);
        check("a", "MIT/GPL-3.0", GOOD, 0);
        check("a", "GPL-3.0-only OR (MIT AND Apache-2.0)", GOOD, 0);
        check("a", "Apache-2.0 WITH LLVM-exception", GOOD, 0);
        check("a", "MIT AND GPL-3.0-only", GOOD, 1);
        check("a", "GPL-3.0-only", GOOD, 1);
        check("a", "anything goes", GOOD, 1);
        check("a", "", GOOD, 1);
    }

    #[test]
    fn bans_and_foreign_sources_are_faults() {
        check("openssl-sys", "MIT", GOOD, 1);
        check("a", "MIT", "git+https://example.test/a", 1);
        check("a", "MIT", "registry+https://elsewhere.test/index", 1);
        check("ours", "Apache-2.0", "", 0);
    }

    #[test]
    fn a_policy_without_its_lists_is_an_error() {
        assert!(Policy::parse("[licenses]\nallow = []").is_err());
    }
}
