//! The words that may stay in a recording: Google's own and those around them. Never: a name of anybody.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Lower case, separated by white space; from Google's discovery documents, the messages its pages
/// show, and the English between them.
static WORDS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());

/// Most digits in a row that may stand between words, as in `addressLine1`, `2Sv` or `20GB`.
const DIGITS_MAX: usize = 3;

/// Whether a text of letters, digits, `.`, `_` and `-` is made of words on the list only, such as
/// `conditionNotMet`, `PENDING_TOS_ACCEPTANCE` or `apps.order`. One without any word is not.
pub(super) fn knows(text: &str) -> bool {
    let mut words = 0;
    let good = text.split(['.', '_', '-']).all(|piece| {
        piece.is_empty() || knows_piece(piece).inspect(|count| words += count).is_some()
    });
    good && words > 0
}

/// How many words a piece is made of; `None` when something else is in it.
fn knows_piece(piece: &str) -> Option<usize> {
    if !piece.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let mut words = 0;
    for run in runs(piece) {
        if run.starts_with(|letter: char| letter.is_ascii_digit()) {
            (run.len() <= DIGITS_MAX).then_some(())?;
        } else {
            words += knows_run(run)?;
        }
    }
    Some(words)
}

/// Letters without digits between them: one word, or several in camel case.
fn knows_run(run: &str) -> Option<usize> {
    let is_word = |text: &str| WORDS.contains(text.to_ascii_lowercase().as_str());
    if is_word(run) {
        return Some(1);
    }
    let parts = camel(run);
    parts.iter().all(|part| is_word(part)).then_some(parts.len())
}

/// Letters and digits apart.
fn runs(piece: &str) -> Vec<&str> {
    let is_digit = |at: usize| piece.as_bytes()[at].is_ascii_digit();
    cut(piece, |at| is_digit(at) != is_digit(at - 1))
}

/// `customerAPIKey` is `customer`, `API`, `Key`.
fn camel(run: &str) -> Vec<&str> {
    let bytes = run.as_bytes();
    cut(run, |at| {
        let upper = bytes[at].is_ascii_uppercase();
        let after_lower = bytes[at - 1].is_ascii_lowercase();
        let before_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        upper && (after_lower || before_lower)
    })
}

/// Pieces of an ASCII text, which begins a new one wherever `begins` says so.
fn cut(text: &str, begins: impl Fn(usize) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..text.len() {
        if begins(at) {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{WORDS, knows};

    #[test]
    fn what_google_says_is_known_and_what_people_say_is_not() {
        for text in [
            "conditionNotMet",
            "PENDING_TOS_ACCEPTANCE",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "apps.order",
            "addressLine1",
            "isEnrolledIn2Sv",
            "Google-Drive-storage-20GB",
            "resourceUiUrl",
            "OAuth2",
            "UTF-8",
        ] {
            assert!(knows(text), "{text}");
        }
        for text in ["Byron", "acmeCustomer", "user-ada", "1234", "user12345", "", "-", "größe"] {
            assert!(!knows(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_order() {
        let words: Vec<&str> = include_str!("words.txt").split_whitespace().collect();
        assert!(words.is_sorted(), "sort words.txt");
        assert_eq!(words.len(), WORDS.len(), "a word stands twice");
    }
}
