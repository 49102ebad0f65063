//! Holds the tables of the crate's README to the code: routes of the control API, faults, lag, quotas, switches.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::{Fault, Latency};
use crate::quotas::Quotas;
use crate::switches::Switches;
use crate::world::Lag;

const README: &str = include_str!("../README.md");

/// The rows of the table below this heading, each as its cells; without head and rule.
pub(crate) fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let section = README.split("\n## ").find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading}"));
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

fn code(cell: &str) -> &str {
    cell.strip_prefix('`').and_then(|rest| rest.split('`').next()).unwrap_or_default()
}

fn fields(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

fn first_cells(heading: &str) -> BTreeSet<String> {
    table(heading).iter().map(|row| code(row[0]).to_owned()).collect()
}

/// The variants that serde says it would have taken.
fn variants<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!("nonsense")).err().expect("a refusal");
    error.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_switch_stands_there_with_its_default_and_source() {
    let Value::Object(defaults) = json!(Switches::default()) else { panic!("an object") };
    let shown: BTreeMap<&str, (Value, &str)> = table("Switches")
        .iter()
        .map(|row| {
            let default = serde_json::from_str(code(row[1])).expect("JSON");
            (code(row[0]), (default, row[3]))
        })
        .collect();
    for (name, default) in &defaults {
        let (stands, source) = shown.get(name.as_str()).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(stands, default, "{name}");
        let sourced = source.starts_with('§') || source.starts_with("quotas `");
        assert!(sourced, "{name}: {source}");
    }
    assert_eq!(shown.len(), defaults.len(), "and no other");
}

#[test]
fn every_fault_stands_there_as_it_is_sent() {
    let mut shown = BTreeSet::new();
    for row in table("Faults") {
        let fault: Fault =
            serde_json::from_str(code(row[0])).unwrap_or_else(|error| panic!("{error}: {row:?}"));
        let name = match json!(fault) {
            Value::Object(members) => members.keys().next().cloned(),
            other => other.as_str().map(str::to_owned),
        };
        assert!(shown.insert(name.expect("a name")), "twice: {row:?}");
    }
    assert_eq!(shown, variants::<Fault>());
    for latency in variants::<Latency>() {
        assert!(
            README.contains(&format!("`{latency}`")) || README.contains(&format!("\"{latency}\""))
        );
    }
}

#[test]
fn every_lag_and_every_quota_stands_there() {
    assert_eq!(first_cells("Lag"), fields(&json!(Lag::default())));
    assert_eq!(first_cells("Quotas"), fields(&json!(Quotas::default())));
    let Value::Object(google) = json!(Quotas::google()) else { panic!("an object") };
    for row in table("Quotas") {
        let number: Option<u64> = row[1].split(' ').next().and_then(|text| text.parse().ok());
        assert_eq!(google[code(row[0])].as_u64(), number, "{row:?}");
    }
}

#[test]
fn every_route_stands_there_and_no_other() {
    let shown: Vec<&str> = table("Control API").iter().map(|row| code(row[0])).collect();
    let shown: BTreeSet<String> = shown.into_iter().map(str::to_owned).collect();
    assert_eq!(shown, crate::control::calls().into_iter().collect());
}

#[test]
fn every_resource_of_the_apis_stands_at_its_path() {
    let rows = table("What it has");
    for method in crate::methods::table() {
        let at_path = |row: &&Vec<&str>| {
            row[0].split('`').any(|path| {
                path.strip_suffix('…').is_some_and(|prefix| method.path.starts_with(prefix))
            })
        };
        let row = rows.iter().find(at_path).unwrap_or_else(|| panic!("no path for {}", method.id));
        let resource = method.id.rsplit('.').nth(1).unwrap_or_default();
        assert!(row[1].contains(resource), "{}", method.id);
    }
}

/// A choice of ours is never silent: it is a switch, or it stands in the README.
#[test]
fn everything_inferred_is_a_switch_or_stands_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("our own sources") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("readable");
            let marks = text.lines().filter(|line| line.contains("//") && line.contains("[I]"));
            let name = path.strip_prefix(&root).expect("below it").to_string_lossy().into_owned();
            let marks = marks.count();
            if marks > 0 && !["switches.rs", "readme.rs"].contains(&name.as_str()) {
                found.insert(name, marks);
            }
        }
    }
    let rows = table("Inferred without a switch");
    let stands: BTreeMap<String, usize> = rows
        .iter()
        .map(|row| (code(row[0]).to_owned(), row[1].parse().expect("a number")))
        .collect();
    assert_eq!(stands, found);
}
