//! The Site Verification API: proof that a domain is the customer's.

use crate::Nothing;
use crate::methods;
use crate::request::{Change, Read};
use crate::wire::wire;

// Source: google-semantics.md §6 {DISC-SV}{SV-START}. The discovery document of 2019 knows fewer
// methods than the guides, and describes them as plain texts.
wire! {
    sends TokenRequest {
        "site" site: NewSite,
        "verificationMethod" verification_method: VerificationMethod,
    }

    sends NewSite {
        "type" kind: SiteType,
        /// A bare domain, or for a site an address with its scheme.
        "identifier" identifier: String,
    }

    words SiteType {
        InetDomain = "INET_DOMAIN",
        Site = "SITE",
    }

    words VerificationMethod {
        DnsTxt = "DNS_TXT",
        DnsCname = "DNS_CNAME",
        File = "FILE",
        Meta = "META",
    }

    sends NewWebResource {
        "site" site: NewSite,
        /// Further owners, by address; empty for the caller alone.
        "owners" owners: Option<Vec<String>>,
    }

    reads Token needs "token" token {
        "method" method: String,
        /// What is to be published.
        "token" token: String,
    }

    reads WebResource needs "id" id {
        /// Percent-encoded already, and encoded once more in a path.
        "id" id: String,
        "site" site: Site,
        "owners" owners: Vec<String>,
    }

    reads Site {
        "type" kind: String,
        "identifier" identifier: String,
    }
}

/// What a domain's owner has to publish. Changes nothing at Google, so it may be asked again.
#[must_use]
pub fn get_token(kind: SiteType, identifier: &str, method: VerificationMethod) -> Read<Token> {
    let site = NewSite { kind, identifier: identifier.to_owned() };
    let body = TokenRequest { site, verification_method: method };
    methods::WEB_RESOURCE_GET_TOKEN.harmless(&[], &body)
}

/// Verifies now; [`crate::CallError::NotApplied`] while the token can't be seen yet. Doing it again
/// is harmless.
#[must_use]
pub fn insert(
    kind: SiteType,
    identifier: &str,
    owners: &[String],
    method: VerificationMethod,
) -> Change<WebResource> {
    let body = NewWebResource {
        site: NewSite { kind, identifier: identifier.to_owned() },
        owners: Some(owners.to_vec()).filter(|owners| !owners.is_empty()),
    };
    methods::WEB_RESOURCE_INSERT.change(&[], &body).query("verificationMethod", method.text())
}

#[must_use]
pub fn get(id: &str) -> Read<WebResource> {
    methods::WEB_RESOURCE_GET.read(&[id])
}

/// Gives up the ownership.
#[must_use]
pub fn delete(id: &str) -> Change<Nothing> {
    methods::WEB_RESOURCE_DELETE.order(&[id])
}
