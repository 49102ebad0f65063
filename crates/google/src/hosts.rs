//! Where Google is: its hosts, or one base address that stands in for all of them. Paths are always
//! as at Google.

use url::Url;

/// The addresses of everything we call or send a browser to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    consent_page: Url,
    token: Url,
    revoke: Url,
    reseller: Url,
    directory: Url,
    licensing: Url,
    gmail: Url,
}

impl Hosts {
    /// Google itself. Source: google-semantics.md §0.
    #[must_use]
    pub fn google() -> Hosts {
        let host = |name: &str| {
            Url::parse(&format!("https://{name}.googleapis.com/")).expect("a well-formed address")
        };
        let accounts = Url::parse("https://accounts.google.com/").expect("a well-formed address");
        let oauth = host("oauth2");
        Hosts {
            consent_page: below(&accounts, CONSENT_PAGE),
            token: below(&oauth, &["token"]),
            revoke: below(&oauth, &["revoke"]),
            reseller: below(&host("reseller"), RESELLER),
            directory: below(&host("admin"), DIRECTORY),
            licensing: below(&host("licensing"), LICENSING),
            gmail: below(&host("gmail"), GMAIL),
        }
    }

    /// A stand-in of Google at one base address, such as the sandbox.
    #[must_use]
    pub fn at(base: &Url) -> Hosts {
        Hosts {
            consent_page: below(base, CONSENT_PAGE),
            token: below(base, &["token"]),
            revoke: below(base, &["revoke"]),
            reseller: below(base, RESELLER),
            directory: below(base, DIRECTORY),
            licensing: below(base, LICENSING),
            gmail: below(base, GMAIL),
        }
    }

    /// The consent page, for a browser to be sent to.
    #[must_use]
    pub fn consent_page(&self) -> &Url {
        &self.consent_page
    }

    pub(crate) fn token(&self) -> &Url {
        &self.token
    }

    pub(crate) fn revoke(&self) -> &Url {
        &self.revoke
    }

    pub(crate) fn reseller(&self, segments: &[&str]) -> Url {
        below(&self.reseller, segments)
    }

    pub(crate) fn directory(&self, segments: &[&str]) -> Url {
        below(&self.directory, segments)
    }

    pub(crate) fn licensing(&self, segments: &[&str]) -> Url {
        below(&self.licensing, segments)
    }

    pub(crate) fn gmail(&self, segments: &[&str]) -> Url {
        below(&self.gmail, segments)
    }
}

const CONSENT_PAGE: &[&str] = &["o", "oauth2", "v2", "auth"];
const RESELLER: &[&str] = &["apps", "reseller", "v1"];
const DIRECTORY: &[&str] = &["admin", "directory", "v1"];
const LICENSING: &[&str] = &["apps", "licensing", "v1"];
const GMAIL: &[&str] = &["gmail", "v1"];

/// Appends path segments, percent-encoding each: the only place where values enter a path.
fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::Hosts;
    use url::Url;

    #[test]
    fn paths_are_as_at_google() {
        let google = Hosts::google();
        let sandbox = Hosts::at(&Url::parse("http://127.0.0.1:9/base/?x#y").unwrap());
        for (url, expected) in [
            (google.consent_page(), "https://accounts.google.com/o/oauth2/v2/auth"),
            (google.token(), "https://oauth2.googleapis.com/token"),
            (google.revoke(), "https://oauth2.googleapis.com/revoke"),
            (&google.reseller(&["a"]), "https://reseller.googleapis.com/apps/reseller/v1/a"),
            (&google.directory(&["a"]), "https://admin.googleapis.com/admin/directory/v1/a"),
            (&google.licensing(&["a"]), "https://licensing.googleapis.com/apps/licensing/v1/a"),
            (&google.gmail(&["a"]), "https://gmail.googleapis.com/gmail/v1/a"),
            (sandbox.consent_page(), "http://127.0.0.1:9/base/o/oauth2/v2/auth"),
            (sandbox.token(), "http://127.0.0.1:9/base/token"),
            (&sandbox.gmail(&["users", "me"]), "http://127.0.0.1:9/base/gmail/v1/users/me"),
        ] {
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn a_value_stays_within_its_segment() {
        let hosts = Hosts::google();
        let url = hosts.directory(&["users", "a/../b?c#d %2F@x.example", "makeAdmin"]);
        assert_eq!(
            url.path(),
            "/admin/directory/v1/users/a%2F..%2Fb%3Fc%23d%20%252F@x.example/makeAdmin"
        );
        assert_eq!(url.query(), None);
    }
}
