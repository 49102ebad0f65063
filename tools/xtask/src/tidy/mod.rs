//! The house rules as checks: each rule is a function from texts or `cargo metadata` to faults, and each has a test
//! with a bad sample, so that we know it can fail.
//!
//! Never: what rustfmt and clippy check already (function length is clippy's).

mod documents;
mod imports;
mod sources;
mod store;

use crate::workspace::{Text, Workspace};
use anyhow::Result;

/// Every breach of a rule, as "where: what, and what to do".
pub fn faults(workspace: &Workspace) -> Result<Vec<String>> {
    let texts = workspace.texts()?;
    let mut faults = imports::faults(&workspace.metadata);
    faults.extend(sources::faults(&texts));
    faults.extend(store::faults(&texts));
    faults.extend(documents::faults(&texts));
    Ok(faults)
}

/// What a rule over texts looks like.
type Rule = fn(&[Text]) -> Vec<String>;

fn all(rules: &[Rule], texts: &[Text]) -> Vec<String> {
    rules.iter().flat_map(|rule| rule(texts)).collect()
}

/// The numbered lines of a text, counted from 1, that `is_bad` picks, as faults.
fn lines(text: &Text, what: &str, is_bad: impl Fn(&str) -> bool) -> Vec<String> {
    let numbered = (1..).zip(text.content.lines());
    let bad = numbered.filter(|(_, line)| is_bad(line));
    bad.map(|(number, _)| format!("{}:{number}: {what}", text.path)).collect()
}

#[cfg(test)]
mod sample {
    //! Small texts for the rules' own tests.

    use super::Text;

    pub fn text(path: &str, content: &str) -> Text {
        Text { path: path.to_owned(), content: content.to_owned() }
    }

    /// The rule finds exactly one fault in `bad` and none in `good`.
    #[track_caller]
    pub fn check(rule: super::Rule, good: &[Text], bad: &[Text]) {
        assert_eq!(rule(good), Vec::<String>::new(), "the good sample");
        assert_eq!(rule(bad).len(), 1, "the bad sample: {:?}", rule(bad));
    }
}
