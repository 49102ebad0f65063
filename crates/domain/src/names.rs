//! Domain names and mail addresses, checked once and then carried as types.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A registrable or deeper domain name: lower-case ASCII (punycode for others), no `www.`, no
/// trailing dot, at least two labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DomainName(String);

/// Why a text is not a domain name we can order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainFault {
    /// Has letters beyond ASCII; `ascii` is how to write it, where that can be told.
    NotAscii {
        ascii: Option<String>,
    },
    UpperCase,
    TrailingDot,
    Www,
    Malformed,
}

impl DomainName {
    /// # Errors
    /// The first thing wrong with it, as a [`DomainFault`].
    pub fn parse(text: &str) -> Result<DomainName, DomainFault> {
        if !text.is_ascii() {
            let ascii = idna::domain_to_ascii_strict(text).ok();
            return Err(DomainFault::NotAscii { ascii });
        }
        if text.ends_with('.') {
            return Err(DomainFault::TrailingDot);
        }
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(DomainFault::UpperCase);
        }
        if text.starts_with("www.") {
            return Err(DomainFault::Www);
        }
        let labels: Vec<&str> = text.split('.').collect();
        let top_is_number =
            labels.last().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit()));
        let well_formed = text.len() <= 253
            && labels.len() >= 2
            && labels.iter().all(|label| is_label(label))
            && !top_is_number
            && idna::domain_to_ascii_strict(text).is_ok_and(|ascii| ascii == text);
        if well_formed { Ok(DomainName(text.to_owned())) } else { Err(DomainFault::Malformed) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a mail address lies on this domain or below it.
    #[must_use]
    pub fn holds(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        domain == self.0
            || domain.strip_suffix(self.0.as_str()).is_some_and(|rest| rest.ends_with('.'))
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail address, ASCII only, its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// `None` when the text is no plain `local@domain` address of at most 254 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<EmailAddress> {
        let plain = text.is_ascii() && text.len() <= 254 && !text.contains(['<', '>', '"', ' ']);
        if !plain || !email_address::EmailAddress::is_valid(text) {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        let domain = DomainName::parse(&domain.to_ascii_lowercase()).ok()?;
        Some(EmailAddress(format!("{local}@{domain}")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{DomainFault, DomainName, EmailAddress};

    #[track_caller]
    fn refused(text: &str, fault: &DomainFault) {
        assert_eq!(DomainName::parse(text).as_ref(), Err(fault), "{text}");
    }

    #[test]
    fn domain_names_are_lower_case_ascii_without_www() {
        for good in ["acme.example", "a.b.co.uk", "xn--bcher-kva.example", "1and1.example"] {
            assert!(DomainName::parse(good).is_ok(), "{good}");
        }
        let ascii = Some("xn--bcher-kva.example".to_owned());
        refused("bücher.example", &DomainFault::NotAscii { ascii });
        refused("Acme.example", &DomainFault::UpperCase);
        refused("acme.example.", &DomainFault::TrailingDot);
        refused("www.acme.example", &DomainFault::Www);
        for bad in ["", "acme", "-a.example", "a..example", "a_b.example", "1.2.3.4", "a b.c"] {
            refused(bad, &DomainFault::Malformed);
        }
        refused(&format!("{}.example", "a".repeat(64)), &DomainFault::Malformed);
    }

    #[test]
    fn a_domain_holds_addresses_on_it_and_below_it() {
        let acme = DomainName::parse("acme.example").unwrap();
        for (address, expected) in [
            ("ada@acme.example", true),
            ("ada@ACME.example", true),
            ("ada@mail.acme.example", true),
            ("ada@notacme.example", false),
            ("ada@other.example", false),
        ] {
            assert_eq!(acme.holds(&EmailAddress::parse(address).unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in
            ["", "ada", "@x.example", "ada@", "ada@x", "Ada <ada@x.example>", "a b@x.example"]
        {
            assert_eq!(EmailAddress::parse(bad), None, "{bad}");
        }
    }
}
