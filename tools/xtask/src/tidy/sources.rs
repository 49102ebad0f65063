//! Rules about every text of ours, and about Rust sources in particular.

use super::{Rule, all, lines};
use crate::workspace::Text;

const FILE_LINES_MAX: usize = 600;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["common", "helper", "helpers", "manager", "misc", "util", "utilities", "utils"];
/// Directories of somebody's machine. Split, or this file would break its own rule.
const MACHINE_PATHS: [&str; 3] =
    [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
/// The word that switches a test off. Split likewise.
const IGNORE: &str = concat!("#[ig", "nore");

const RULES: [Rule; 9] = [
    begins_with_module_docs,
    is_not_too_long,
    expects_instead_of_allowing,
    has_a_telling_name,
    keeps_sql_in_the_store,
    runs_every_test,
    names_no_machine,
    has_no_stray_whitespace,
    uses_no_tabs,
];

pub fn faults(texts: &[Text]) -> Vec<String> {
    all(&RULES, texts)
}

fn rust(texts: &[Text]) -> impl Iterator<Item = &Text> {
    texts.iter().filter(|text| text.is_rust())
}

fn begins_with_module_docs(texts: &[Text]) -> Vec<String> {
    let bare = rust(texts).filter(|text| !text.content.starts_with("//! "));
    bare.map(|text| format!("{}:1: begin with `//!`: what lives here, what must never", text.path))
        .collect()
}

fn is_not_too_long(texts: &[Text]) -> Vec<String> {
    let counted = rust(texts).map(|text| (text, text.content.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > FILE_LINES_MAX);
    long.map(|(text, lines)| {
        format!("{}: {lines} lines, {FILE_LINES_MAX} at most: split it by what it holds", text.path)
    })
    .collect()
}

fn expects_instead_of_allowing(texts: &[Text]) -> Vec<String> {
    let is_bad = |line: &str| {
        let line = line.trim_start();
        line.starts_with("#[allow(") || line.starts_with("#![allow(")
    };
    rust(texts).flat_map(|text| lines(text, "use #[expect(…, reason = …)]", is_bad)).collect()
}

fn has_a_telling_name(texts: &[Text]) -> Vec<String> {
    let empty = |text: &&Text| {
        let path = text.path.strip_suffix(".rs").unwrap_or(&text.path);
        path.split('/').any(|part| EMPTY_NAMES.contains(&part))
    };
    let named = rust(texts).filter(empty);
    named.map(|text| format!("{}: name it after what it holds", text.path)).collect()
}

fn keeps_sql_in_the_store(texts: &[Text]) -> Vec<String> {
    let outside = |text: &&Text| {
        !text.path.starts_with("crates/store/") && !text.path.starts_with("tools/xtask/")
    };
    let is_bad = |line: &str| !line.trim_start().starts_with("//") && line.contains("sqlx::");
    rust(texts)
        .filter(outside)
        .flat_map(|text| lines(text, "SQL belongs into crates/store", is_bad))
        .collect()
}

fn runs_every_test(texts: &[Text]) -> Vec<String> {
    let is_bad = |line: &str| line.trim_start().starts_with(IGNORE);
    rust(texts)
        .flat_map(|text| lines(text, "a test that doesn't run protects nothing", is_bad))
        .collect()
}

fn names_no_machine(texts: &[Text]) -> Vec<String> {
    let is_bad = |line: &str| {
        MACHINE_PATHS.iter().any(|path| {
            // Inside a longer path, or as part of an address, it is somebody else's word.
            line.match_indices(path).any(|(at, _)| {
                !line[..at]
                    .ends_with(|before: char| before.is_alphanumeric() || "./-_}".contains(before))
            })
        })
    };
    texts.iter().flat_map(|text| lines(text, "a path of one machine", is_bad)).collect()
}

fn has_no_stray_whitespace(texts: &[Text]) -> Vec<String> {
    let trailing = |line: &str| line.ends_with([' ', '\t', '\r']);
    let unfinished = |text: &&Text| !text.content.is_empty() && !text.content.ends_with('\n');
    let unfinished = texts.iter().filter(unfinished);
    let unfinished = unfinished.map(|text| format!("{}: end the last line", text.path));
    texts
        .iter()
        .flat_map(|text| lines(text, "trailing whitespace", trailing))
        .chain(unfinished)
        .collect()
}

fn uses_no_tabs(texts: &[Text]) -> Vec<String> {
    let is_bad = |line: &str| line.contains('\t');
    rust(texts).flat_map(|text| lines(text, "a tab", is_bad)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{check, text};
    use super::*;

    /// Checks a rule on the content of a Rust file.
    #[track_caller]
    fn check_content(rule: Rule, good: &str, bad: &str) {
        let path = "crates/web/src/a.rs";
        check(rule, &[text(path, good)], &[text(path, bad)]);
    }

    #[test]
    fn a_file_begins_with_what_it_is() {
        check_content(begins_with_module_docs, "//! A.\n", "use b;\n");
    }

    #[test]
    fn a_file_is_short() {
        let lines = |number| "//! A.\n".repeat(number);
        check_content(is_not_too_long, &lines(FILE_LINES_MAX), &lines(FILE_LINES_MAX + 1));
    }

    #[test]
    fn a_lint_is_expected_not_allowed() {
        check_content(expects_instead_of_allowing, "#[expect(x)]\n", " #[allow(x)]\n");
        check_content(expects_instead_of_allowing, "", "#![allow(x)]\n");
    }

    #[test]
    fn a_name_says_something() {
        let good = [text("crates/web/src/manager_page.rs", ""), text("docs/utils/a.md", "")];
        check(has_a_telling_name, &good, &[text("crates/web/src/utils.rs", "")]);
        check(has_a_telling_name, &good, &[text("tools/sim/tests/common/mod.rs", "")]);
    }

    #[test]
    fn sql_stays_in_the_store() {
        check_content(keeps_sql_in_the_store, "// sqlx::query\n", "    sqlx::query(sql)\n");
        check(
            keeps_sql_in_the_store,
            &[text("crates/store/src/a.rs", "use sqlx::Row;\n")],
            &[text("tools/sim/src/a.rs", "use sqlx::Row;\n")],
        );
    }

    #[test]
    fn every_test_runs() {
        check_content(runs_every_test, "#[test]\n", &format!("    {IGNORE}]\n"));
    }

    #[test]
    fn no_machine_is_named() {
        let [first, second, third] = MACHINE_PATHS;
        check_content(
            names_no_machine,
            "https://a.example/work/b ../work/c\n",
            &format!("cd {first}a\n"),
        );
        check_content(names_no_machine, "{base}/work/1\n", &format!("\"{second}main\"\n"));
        check_content(names_no_machine, "", &format!("{third}ada/a\n"));
    }

    #[test]
    fn lines_end_where_they_end() {
        check_content(has_no_stray_whitespace, "a\n\nb\n", "a \nb\n");
        check_content(has_no_stray_whitespace, "", "a");
    }

    #[test]
    fn spaces_indent() {
        check_content(uses_no_tabs, "    a\n", "\ta\n");
    }
}
