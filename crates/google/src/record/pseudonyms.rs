//! Names in place of names: the same value has the same one throughout a recording, and it keeps the
//! value's shape. Never: a value itself, which is forgotten once it is named.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Most values that are told apart, so that memory stays bounded (about 100 bytes each).
pub(super) const NAMES_MAX: usize = 500_000;

/// Longer texts keep their length, so that a rule about lengths shows.
const LENGTH_KEPT_FROM: usize = 40;
const LENGTH_MAX: usize = 4096;

/// Google's own domains; what lies below one may be a customer's.
const GOOGLES: [&str; 6] = [
    "google.com",
    "googleapis.com",
    "googlehosted.com",
    "googleusercontent.com",
    "googlemail.com",
    "gmail.com",
];
/// Every customer of Google's has an address there, below its own domain.
/// Source: google-semantics.md §3.2 `nonEditableAliases`
const TEST_ALIAS: &str = ".test-google-a.com";

/// A value under the recording's key.
type Mark = [u8; 16];

pub(super) struct Pseudonyms {
    key: [u8; 32],
    named: BTreeMap<Mark, String>,
    /// How many of a kind there are.
    counts: BTreeMap<String, u64>,
}

impl Pseudonyms {
    /// `key` is random and kept nowhere, so that nobody can try values on a recording.
    pub(super) fn new(key: [u8; 32]) -> Pseudonyms {
        Pseudonyms { key, named: BTreeMap::new(), counts: BTreeMap::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.named.len() >= NAMES_MAX
    }

    pub(super) fn mark(&self, value: &str) -> Mark {
        let digest = Sha256::new().chain_update(self.key).chain_update(value).finalize();
        let mut mark = Mark::default();
        mark.copy_from_slice(&digest[..16]);
        mark
    }

    /// The pseudonym of a value that has one already.
    pub(super) fn known(&self, value: &str) -> Option<&str> {
        self.named.get(&self.mark(value)).map(String::as_str)
    }

    /// Remembers the name of a value whose name was not made here.
    pub(super) fn name(&mut self, value: &str, name: &str) {
        let mark = self.mark(value);
        self.named.insert(mark, name.to_owned());
    }

    fn named(&mut self, value: &str, kind: &str, form: impl FnOnce(u64) -> String) -> String {
        let mark = self.mark(value);
        if let Some(known) = self.named.get(&mark) {
            return known.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let name = form(*count);
        self.named.insert(mark, name.clone());
        name
    }

    /// `caller-1`, however long the value is.
    pub(super) fn counted(&mut self, kind: &str, value: &str) -> String {
        self.named(value, kind, |count| format!("{kind}-{count}"))
    }

    /// `organization-1`.
    pub(super) fn label(&mut self, kind: &str, value: &str) -> String {
        let length = value.chars().count();
        self.named(value, kind, |count| {
            let mut name = format!("{kind}-{count}");
            if length >= LENGTH_KEPT_FROM {
                let missing = length.min(LENGTH_MAX).saturating_sub(name.len());
                name.extend(std::iter::repeat_n('x', missing));
            }
            name
        })
    }

    /// As many digits, such as 1000001.
    pub(super) fn digits(&mut self, value: &str) -> String {
        let length = value.len();
        self.named(value, &format!("digits {length}"), |count| {
            let count = count.to_string();
            match length.checked_sub(count.len()) {
                None => count[count.len() - length..].to_owned(),
                Some(0) => count,
                Some(missing) => format!("1{}{count}", "0".repeat(missing - 1)),
            }
        })
    }

    /// `C00000001`, as long as the id.
    pub(super) fn customer(&mut self, value: &str) -> String {
        let length = value.len().saturating_sub(1).max(1);
        self.named(value, "customer", |count| format!("C{count:0length$}"))
    }

    /// `user-3@domain-1.example`.
    pub(super) fn email(&mut self, value: &str) -> String {
        let lower = value.to_lowercase();
        let (local, domain) = lower.rsplit_once('@').unwrap_or((&lower, ""));
        let domain = self.domain(domain);
        let length = local.chars().count();
        let user = self.named(&lower, "user", |count| {
            let mut name = format!("user-{count}");
            // An address that is too long to be one stays so.
            let missing = if length > 64 { length.min(LENGTH_MAX) - name.len() } else { 0 };
            name.extend(std::iter::repeat_n('x', missing));
            name
        });
        let user = user.split('@').next().unwrap_or_default().to_owned();
        let name = format!("{user}@{domain}");
        self.name(&lower, &name);
        name
    }

    /// `domain-1.example`, and `sub-1.domain-1.example` below it. Google's own stay.
    pub(super) fn domain(&mut self, value: &str) -> String {
        let lower = value.to_lowercase();
        if lower.is_empty() || is_googles(&lower) {
            return lower;
        }
        if let Some(known) = self.known(&lower) {
            return known.to_owned();
        }
        if let Some(own) = lower.strip_suffix(TEST_ALIAS).filter(|own| !own.is_empty()) {
            return format!("{}{TEST_ALIAS}", self.domain(own));
        }
        let labels: Vec<&str> = lower.split('.').collect();
        let base = labels.len() - base_labels(&labels);
        if base == 0 {
            return self.named(&lower, "domain", |count| format!("domain-{count}.example"));
        }
        let above = labels[1..].join(".");
        let above = self.domain(&above);
        match labels[0] {
            kept @ ("www" | "goog-test") => format!("{kept}.{above}"),
            _ => self.named(&lower, "sub", |count| format!("sub-{count}.{above}")),
        }
    }
}

fn is_googles(domain: &str) -> bool {
    let below = |google: &str| {
        domain == google || domain.strip_suffix(google).is_some_and(|rest| rest.ends_with('.'))
    };
    GOOGLES.iter().any(|google| below(google)) && super::vocabulary::knows(domain)
}

/// How many labels a name is registered with: two, or three where the second last is short as in
/// `co.uk`. A guess is enough: it only tells which names are written as lying below another.
fn base_labels(labels: &[&str]) -> usize {
    let short = labels.len() > 2 && labels[labels.len() - 2].len() <= 3;
    labels.len().min(if short { 3 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::Pseudonyms;

    #[test]
    fn names_are_stable_and_keep_their_shape() {
        let mut names = Pseudonyms::new([7; 32]);
        assert_eq!(names.email("Ada@Acme.example.org"), "user-1@sub-1.domain-1.example");
        assert_eq!(names.email("ada@acme.example.org"), "user-1@sub-1.domain-1.example");
        assert_eq!(names.email("bo@acme.co.uk"), "user-2@domain-2.example");
        assert_eq!(names.domain("mail.acme.co.uk"), "sub-2.domain-2.example");
        assert_eq!(names.domain("www.acme.co.uk"), "www.domain-2.example");
        assert_eq!(
            names.email("bo@acme.co.uk.test-google-a.com"),
            "user-3@domain-2.example.test-google-a.com"
        );
        assert_eq!(names.domain("admin.google.com"), "admin.google.com");
        assert_eq!(names.domain("byron.googleapis.com"), "sub-3.googleapis.com");
        assert_eq!(names.customer("C0abc12de"), "C00000001");
        assert_eq!(names.digits("7120045"), "1000001");
        assert_eq!(names.digits("7120046"), "1000002");
        assert_eq!(names.digits("7120045"), "1000001");
        assert_eq!(names.label("name", "Ada Byron"), "name-1");
        assert_eq!(names.label("name", &"ü".repeat(50)).chars().count(), 50);
        assert!(names.named.values().all(|name| !name.contains("ada") && !name.contains("acme")));
    }
}
