//! Who may import whom, and which of our crates must stay free of the outside world.

use cargo_metadata::{DependencyKind, Metadata};
use std::collections::BTreeSet;

/// Everything of ours that a package may depend on. A package that isn't here is a fault, so that this list is the
/// whole picture.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("planner", &["domain"]),
    ("store", &["domain"]),
    ("google", &["domain"]),
    ("sandbox", &[]),
    ("engine", &["store", "planner", "google", "domain"]),
    // The planner for the preview alone: see the decision record about it.
    ("web", &["store", "domain", "planner"]),
    ("seatwright", &["web", "engine", "store", "google", "domain", "sandbox"]),
    ("sim", &["domain", "planner", "store", "google", "engine", "web", "sandbox", "seatwright"]),
    ("judges", &["domain", "google", "sandbox"]),
    ("xtask", &[]),
];

/// External crates that would bring IO, a clock or a database into the pure layers.
const IMPURE: &[&str] = &["axum", "http", "hyper", "reqwest", "sqlx", "tokio", "tower", "tracing"];
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("domain", IMPURE),
    ("planner", IMPURE),
    ("google", &["axum", "sqlx"]),
    ("engine", &["axum", "reqwest", "sqlx"]),
    ("web", &["reqwest", "sqlx"]),
    ("sandbox", &["oauth2", "reqwest", "sqlx"]),
    ("seatwright", &["sqlx"]),
    ("sim", &["sqlx"]),
];

/// One package of ours and what its manifest names, tests included.
struct Package {
    name: String,
    dependencies: BTreeSet<String>,
}

/// Breaches of the two lists in the manifests.
pub fn faults(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.workspace_packages().into_iter().map(|package| Package {
        name: package.name.to_string(),
        // A build script sees only its own package.
        dependencies: package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Build)
            .map(|dependency| dependency.name.clone())
            .collect(),
    });
    judge(&packages.collect::<Vec<_>>())
}

fn judge(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(|package| judge_one(package, packages)).collect()
}

fn judge_one(package: &Package, all: &[Package]) -> Vec<String> {
    let Package { name, dependencies } = package;
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| known == name) else {
        return vec![format!(
            "{name}: not in tidy's list of who may import whom; add it there, with its imports"
        )];
    };
    let ours = dependencies.iter().filter(|dependency| all.iter().any(|p| p.name == **dependency));
    let wrong = ours.filter(|dependency| !allowed.contains(&dependency.as_str()));
    let wrong = wrong.map(|dependency| format!("{name}: may not import {dependency}"));
    let forbidden = FORBIDDEN.iter().filter(|(known, _)| known == name).flat_map(|(_, list)| *list);
    let impure = forbidden.filter(|dependency| dependencies.contains(**dependency));
    wrong
        .chain(impure.map(|dependency| format!("{name}: must stay free of {dependency}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, dependencies: &[&str], expected: usize) {
        let package = |name: &str, dependencies: &[&str]| Package {
            name: name.to_owned(),
            dependencies: dependencies.iter().map(|&name| name.to_owned()).collect(),
        };
        let others = ALLOWED.iter().filter(|(known, _)| *known != name);
        let mut packages: Vec<_> = others.map(|(known, _)| package(known, &[])).collect();
        packages.push(package(name, dependencies));
        let faults = judge(&packages);
        assert_eq!(faults.len(), expected, "{faults:?}");
    }

    #[test]
    fn only_the_drawn_arrows_are_allowed() {
        check("web", &["store", "domain", "planner", "serde"], 0);
        check("web", &["google"], 1);
        check("web", &["engine"], 1);
        check("store", &["planner"], 1);
        check("sandbox", &["google"], 1);
        check("planner", &["seatwright"], 1);
        check("xtask", &["domain"], 1);
        check("novel", &[], 1);
    }

    #[test]
    fn the_pure_layers_stay_pure() {
        check("domain", &["serde"], 0);
        check("domain", &["tokio"], 1);
        check("planner", &["domain", "sqlx", "axum"], 2);
        check("web", &["sqlx"], 1);
    }
}
