//! Rules about documents: a page for each stable code, decision records in one form.

use super::{Rule, all};
use crate::workspace::Text;
use std::collections::BTreeSet;

const CODES: &str = "crates/domain/src/codes.rs";
const PAGES: &str = "docs/errors/";
const RECORDS: &str = "docs/adr/";
const SECTIONS: [&str; 4] = ["Context", "Decision", "Consequences", "Look again when"];

const RULES: [Rule; 3] =
    [explains_every_code, names_records_by_number, gives_records_their_sections];

pub fn faults(texts: &[Text]) -> Vec<String> {
    all(&RULES, texts)
}

/// One page per code, and no page for a code that nothing answers.
fn explains_every_code(texts: &[Text]) -> Vec<String> {
    let Some(list) = texts.iter().find(|text| text.path == CODES) else {
        return vec![format!("{CODES}: the list of stable codes is missing")];
    };
    let codes = codes(&list.content);
    let pages: BTreeSet<&str> = texts
        .iter()
        .filter_map(|text| text.path.strip_prefix(PAGES)?.strip_suffix(".md"))
        .filter(|page| *page != "README")
        .collect();
    let missing = codes
        .difference(&pages)
        .map(|code| format!("{PAGES}{code}.md: missing: say what the code means and what to do"));
    let orphans =
        pages.difference(&codes).map(|page| format!("{PAGES}{page}.md: no such code in {CODES}"));
    missing.chain(orphans).collect()
}

/// The string literals of `pub const CODES`.
fn codes(source: &str) -> BTreeSet<&str> {
    let list = source.split_once("const CODES").map_or("", |(_, rest)| rest);
    let list = list.split_once("];").map_or("", |(list, _)| list);
    let lines = list.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

fn records(texts: &[Text]) -> impl Iterator<Item = (&Text, &str)> {
    let records = texts.iter().filter_map(|text| Some((text, text.path.strip_prefix(RECORDS)?)));
    records.filter(|(_, name)| *name != "README.md")
}

fn names_records_by_number(texts: &[Text]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let bad = records(texts).filter(|(_, name)| {
        let parts = name.strip_suffix(".md").and_then(|stem| stem.split_once('-'));
        !parts.is_some_and(|(number, title)| {
            let plain = |letter: u8| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-'
            };
            number.len() == 4
                && number.bytes().all(|digit| digit.is_ascii_digit())
                && !title.is_empty()
                && title.bytes().all(plain)
                && seen.insert(number.to_owned())
        })
    });
    bad.map(|(text, _)| format!("{}: call it NNNN-title.md, each number once", text.path)).collect()
}

fn gives_records_their_sections(texts: &[Text]) -> Vec<String> {
    let headings = |text: &Text| -> Vec<String> {
        let lines = text.content.lines().filter(|line| line.starts_with('#'));
        lines.map(|line| line.trim_start_matches('#').trim().to_owned()).collect()
    };
    records(texts)
        .flat_map(|(text, _)| {
            let headings = headings(text);
            let missing =
                SECTIONS.into_iter().filter(move |name| !headings.iter().any(|h| h == name));
            missing.map(|name| format!("{}: no section \"{name}\"", text.path))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{check, text};
    use super::*;

    #[test]
    fn every_code_has_its_page_and_every_page_its_code() {
        let list = "pub const CODES: &[&str] = &[\n    // \"old\"\n    \"a-b\", \"c\",\n];\nfn x() { \"d\" }\n";
        let list = text(CODES, list);
        let page = |code: &str| text(&format!("{PAGES}{code}.md"), "");
        let good = [list.clone(), page("a-b"), page("c"), page("README")];
        check(explains_every_code, &good, &[list.clone(), page("c")]);
        check(explains_every_code, &good, &[list, page("a-b"), page("c"), page("old")]);
        check(explains_every_code, &good, &[page("c")]);
    }

    #[test]
    fn a_record_is_called_by_its_number() {
        let record = |name: &str| text(&format!("{RECORDS}{name}"), "");
        let good = [record("0001-one.md"), record("0002-two.md"), record("README.md")];
        check(names_records_by_number, &good, &[record("one.md")]);
        check(names_records_by_number, &good, &[record("0001-One.md")]);
        check(names_records_by_number, &good, &[record("0001-one.md"), record("0001-two.md")]);
    }

    #[test]
    fn a_record_says_when_to_look_again() {
        let record = |content: &str| text("docs/adr/0001-one.md", content);
        let good = "# One\n## Context\n## Decision\n## Consequences\n## Look again when\n";
        let bad = good.replace("## Look again when\n", "Look again when\n");
        check(gives_records_their_sections, &[record(good)], &[record(&bad)]);
    }
}
