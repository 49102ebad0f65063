//! Rules about the store: migrations for both databases, and every function called by the suite that runs on both.

use super::{Rule, all};
use crate::workspace::Text;
use std::collections::BTreeSet;

const SQLITE: &str = "crates/store/migrations/sqlite/";
const POSTGRES: &str = "crates/store/migrations/postgres/";
const SOURCES: &str = "crates/store/src/";
const SUITE: &str = "crates/store/tests/";

const RULES: [Rule; 3] = [has_migrations_in_pairs, numbers_migrations, calls_every_function];

pub fn faults(texts: &[Text]) -> Vec<String> {
    all(&RULES, texts)
}

fn migrations<'a>(texts: &'a [Text], directory: &str) -> BTreeSet<&'a str> {
    texts.iter().filter_map(|text| text.path.strip_prefix(directory)).collect()
}

fn has_migrations_in_pairs(texts: &[Text]) -> Vec<String> {
    let (sqlite, postgres) = (migrations(texts, SQLITE), migrations(texts, POSTGRES));
    if sqlite.is_empty() && postgres.is_empty() {
        return vec![format!("{SQLITE}: no migrations")];
    }
    let odd = sqlite.symmetric_difference(&postgres);
    odd.map(|name| {
        let there = if sqlite.contains(name) { SQLITE } else { POSTGRES };
        format!("{there}{name}: has no counterpart for the other database")
    })
    .collect()
}

fn numbers_migrations(texts: &[Text]) -> Vec<String> {
    let both =
        [SQLITE, POSTGRES].into_iter().map(|directory| (directory, migrations(texts, directory)));
    both.flat_map(|(directory, names)| {
        let mut seen = BTreeSet::new();
        let bad = move |name: &&str| !is_numbered(name) || !seen.insert(name[..4].to_owned());
        names.into_iter().filter(bad).map(move |name| {
            format!("{directory}{name}: call it NNNN_what_it_does.sql, each number once")
        })
    })
    .collect()
}

fn is_numbered(name: &str) -> bool {
    let parts = name.strip_suffix(".sql").and_then(|stem| stem.split_once('_'));
    parts.is_some_and(|(number, rest)| {
        let plain =
            |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        number.len() == 4
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && !rest.is_empty()
            && rest.bytes().all(plain)
    })
}

/// Both databases are proven by the suite alone, so a function it doesn't call may work on one of them only.
fn calls_every_function(texts: &[Text]) -> Vec<String> {
    let suite = texts.iter().filter(|text| text.path.starts_with(SUITE) && text.is_rust());
    let called: BTreeSet<&str> = suite.flat_map(|text| called_names(&text.content)).collect();
    let sources = texts.iter().filter(|text| text.path.starts_with(SOURCES) && text.is_rust());
    sources
        .flat_map(|text| public_functions(&text.content).map(move |name| (text, name)))
        .filter(|(_, name)| !called.contains(name))
        .map(|(text, name)| format!("{}: `{name}` is called by nothing in {SUITE}", text.path))
        .collect()
}

fn public_functions(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| words(line.trim_start().strip_prefix("pub async fn ")?).next())
}

/// What stands before a parenthesis or a turbofish; a variable of the same name doesn't count.
fn called_names(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices(['(', ':']).filter_map(|(at, mark)| {
        let calls = mark == "(" || source[at..].starts_with("::<");
        calls
            .then(|| words(&source[..at]).next_back())
            .flatten()
            .filter(|name| source[..at].ends_with(name))
    })
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{check, text};
    use super::*;

    fn pair(name: &str) -> Vec<Text> {
        [SQLITE, POSTGRES].map(|directory| text(&format!("{directory}{name}"), "")).to_vec()
    }

    #[test]
    fn a_migration_comes_for_both_databases() {
        let mut odd = pair("0001_start.sql");
        odd.push(text(&format!("{SQLITE}0002_more.sql"), ""));
        check(has_migrations_in_pairs, &pair("0001_start.sql"), &odd);
        check(has_migrations_in_pairs, &pair("0001_start.sql"), &[]);
    }

    #[test]
    fn a_migration_has_a_number_of_its_own() {
        let bad = |name: &str| [text(&format!("{SQLITE}{name}"), "")];
        let good = pair("0001_start.sql");
        check(numbers_migrations, &good, &bad("1_start.sql"));
        check(numbers_migrations, &good, &bad("0001_Start.sql"));
        check(numbers_migrations, &good, &bad("start.sql"));
        let mut twice = good.clone();
        twice.push(text(&format!("{SQLITE}0001_again.sql"), ""));
        check(numbers_migrations, &good, &twice);
    }

    #[test]
    fn the_suite_calls_every_public_function() {
        let source =
            "impl S {\n    pub async fn claim(&self) {}\n    async fn inner(&self) {}\n}\n";
        let source = text("crates/store/src/work.rs", source);
        let suite = |content: &str| text("crates/store/tests/work.rs", content);
        let good = [source.clone(), suite("store.claim().await;\n")];
        check(calls_every_function, &good, &[source.clone(), suite("store.reclaim().await;\n")]);
        check(calls_every_function, &good, &[source.clone(), suite("let claim = 1;\n")]);
        check(calls_every_function, &[source.clone(), suite("store.claim::<E>(x)\n")], &[source]);
    }
}
