//! Sentences without what is not Google's: words on the list stay, everything else becomes a pseudonym.
//! Never: which text is a sentence.

use super::pseudonyms::Pseudonyms;
use super::vocabulary;

/// Longest number that may stay within a sentence, in digits.
const DIGITS_KEPT_MAX: usize = 4;

/// What comes first where a word on the list is also somebody's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// The name: a sentence may speak of it.
    Prose,
    /// The list: here Google speaks of nothing but itself.
    Words,
}

/// Words of Google's, such as a kind or a header's value; others become pseudonyms.
pub(super) fn google_words(names: &mut Pseudonyms, text: &str) -> String {
    words(names, text, Judge::Words)
}

/// `known`: values of the same exchange with their pseudonyms, which may consist of several words.
pub(super) fn sentence(names: &mut Pseudonyms, known: &[(String, String)], text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let found = known
        .iter()
        .filter_map(|(value, name)| {
            Some((whole(&lower, &value.to_ascii_lowercase())?, value, name))
        })
        .max_by_key(|(at, value, _)| (value.len(), std::cmp::Reverse(*at)));
    match found {
        Some((at, value, name)) => {
            let before = sentence(names, known, &text[..at]);
            let after = sentence(names, known, &text[at + value.len()..]);
            [before, name.clone(), after].concat()
        }
        None => words(names, text, Judge::Prose),
    }
}

/// Where a value stands in a text, not as a part of a longer word.
fn whole(text: &str, value: &str) -> Option<usize> {
    let is_end = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
    text.match_indices(value).map(|(at, _)| at).find(|at| {
        is_end(text[..*at].chars().next_back()) && is_end(text[at + value.len()..].chars().next())
    })
}

fn words(names: &mut Pseudonyms, text: &str, judge: Judge) -> String {
    let mut scrubbed: Vec<String> = Vec::new();
    let mut numbers: Vec<&str> = Vec::new();
    for token in text.split(char::is_whitespace) {
        if is_number(token) && !is_moment(token) {
            numbers.push(token);
            continue;
        }
        scrubbed.extend(number(names, &std::mem::take(&mut numbers), judge));
        scrubbed.push(match is_moment(token) {
            true => token.to_owned(),
            false => atoms(names, token, judge),
        });
    }
    scrubbed.extend(number(names, &numbers, judge));
    scrubbed.join(" ")
}

fn is_number(token: &str) -> bool {
    token.contains(|c: char| c.is_ascii_digit()) && !token.contains(char::is_alphabetic)
}

/// Numbers side by side, or with signs in them, may be one long number such as a phone's.
fn number(names: &mut Pseudonyms, tokens: &[&str], judge: Judge) -> Option<String> {
    let parts =
        |token: &&str| token.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).count();
    match tokens {
        [] => None,
        [one] if parts(one) == 1 => Some(atoms(names, one, judge)),
        _ => Some(names.label("number", &tokens.join(" "))),
    }
}

/// A time in the middle of a sentence, as Gmail's "Retry after …" has it.
fn is_moment(token: &str) -> bool {
    // Without the brackets in which a reader of times skips anything.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":+.-".contains(&byte);
    token.bytes().all(plain) && token.parse::<jiff::Timestamp>().is_ok()
}

/// Runs of what words, ids, domains and addresses are made of, each judged by itself; between them
/// ASCII punctuation stays.
fn atoms(names: &mut Pseudonyms, token: &str, judge: Judge) -> String {
    let mut scrubbed = String::with_capacity(token.len());
    let mut atom = String::new();
    for letter in token.chars().chain(['\n']) {
        if letter.is_alphanumeric() || "@._-+%~".contains(letter) {
            atom.push(letter);
            continue;
        }
        if !atom.is_empty() {
            let core = atom.trim_end_matches(['.', '-']);
            scrubbed.push_str(&judged(names, core, judge));
            scrubbed.push_str(&atom[core.len()..]);
            atom.clear();
        }
        match letter {
            '\n' => {}
            _ if letter.is_ascii_punctuation() => scrubbed.push(letter),
            _ => scrubbed.push('?'),
        }
    }
    scrubbed
}

fn judged(names: &mut Pseudonyms, atom: &str, judge: Judge) -> String {
    let known = names.known(atom).or_else(|| names.known(&atom.to_lowercase()));
    match known {
        Some(name) if judge == Judge::Prose => return name.to_owned(),
        _ if atom.is_empty() || vocabulary::knows(atom) || is_small(atom) => {
            return atom.to_owned();
        }
        Some(name) => return name.to_owned(),
        None => {}
    }
    by_shape(names, "word", atom)
}

fn is_small(atom: &str) -> bool {
    atom.len() <= DIGITS_KEPT_MAX && atom.bytes().all(|byte| byte.is_ascii_digit())
}

/// A pseudonym that looks like what it stands for; `kind` where it looks like nothing.
pub(super) fn by_shape(names: &mut Pseudonyms, kind: &str, text: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() {
        String::new()
    } else if digits(text) {
        names.digits(text)
    } else if is_customer(text) {
        names.customer(text)
    } else if is_email(text) {
        names.email(text)
    } else if is_domain(text) {
        names.domain(text)
    } else {
        names.label(kind, text)
    }
}

/// Google's customer ids begin with `C`. Source: google-semantics.md §2.2.
pub(super) fn is_customer(text: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (8..=16).contains(&text.len())
        && text.strip_prefix("C0").is_some_and(|rest| rest.bytes().all(lower))
}

fn is_email(text: &str) -> bool {
    let plain = |text: &str| !text.chars().any(|c| c.is_whitespace() || c.is_control());
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && plain(text)
}

pub(super) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.')
        && text.split('.').all(label)
        && last.len() >= 2
        && !last.starts_with(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::pseudonyms::Pseudonyms;
    use super::sentence;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut names = Pseudonyms::new([7; 32]);
        let known = [("Acme Business Ltd".to_owned(), "organization-9".to_owned())];
        assert_eq!(sentence(&mut names, &known, text), expected);
    }

    #[test]
    fn a_sentence_keeps_googles_words_only() {
        for kept in [
            "Invalid Input: customerDomain",
            "Request had insufficient authentication scopes.",
            "The batch request could not be processed: it has more than 1000 calls.",
            "Retry after 2026-11-23T10:00:00.000Z",
            "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"",
            "application/json; charset=UTF-8",
        ] {
            check(kept, kept);
        }
        check("User Ada Byron not found", "User word-1 word-2 not found");
        check(
            "Domain acme.org, of ada@acme.org.",
            "Domain domain-1.example, of user-1@domain-1.example.",
        );
        check("ACME business ltd is a customer", "organization-9 is a customer");
        check("call +44 20 712 345 or 12", "call number-1 or 12");
        check("project 112233445566 (C0abc12de)", "project 100000000001 (C00000001)");
        check("a–is “größe”", "a?is ?word-1?");
    }
}
