//! Where Google is: its hosts, or one base address that stands in for all of them. Paths are always
//! as at Google.

use url::Url;

/// One of Google's APIs, as it is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Reseller,
    Directory,
    Licensing,
    Gmail,
    SiteVerification,
}

impl Service {
    pub const ALL: [Service; 5] = [
        Service::Reseller,
        Service::Directory,
        Service::Licensing,
        Service::Gmail,
        Service::SiteVerification,
    ];

    /// Where it lives. Source: google-semantics.md §0.
    #[must_use]
    pub fn host(self) -> &'static str {
        match self {
            Service::Reseller => "reseller.googleapis.com",
            Service::Directory => "admin.googleapis.com",
            Service::Licensing => "licensing.googleapis.com",
            Service::Gmail => "gmail.googleapis.com",
            Service::SiteVerification => "www.googleapis.com",
        }
    }

    /// The path all its methods start with, without a leading slash. Source: google-semantics.md §0.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Service::Reseller => "apps/reseller/v1",
            Service::Directory => "admin/directory/v1",
            Service::Licensing => "apps/licensing/v1",
            Service::Gmail => "gmail/v1",
            Service::SiteVerification => "siteVerification/v1",
        }
    }

    /// Where many of its calls may be sent in one, without a leading slash.
    /// Source: google-semantics.md §0.
    #[must_use]
    pub fn batch_path(self) -> &'static str {
        match self {
            Service::SiteVerification => "batch/siteVerification/v1",
            _ => "batch",
        }
    }

    /// Google's name of its description, as in the file `reseller.v1.json`.
    #[must_use]
    pub fn discovery(self) -> &'static str {
        match self {
            Service::Reseller => "reseller.v1",
            Service::Directory => "admin.directory_v1",
            Service::Licensing => "licensing.v1",
            Service::Gmail => "gmail.v1",
            Service::SiteVerification => "siteVerification.v1",
        }
    }

    /// For the journal and for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Service::Reseller => "reseller",
            Service::Directory => "directory",
            Service::Licensing => "licensing",
            Service::Gmail => "gmail",
            Service::SiteVerification => "siteVerification",
        }
    }
}

/// The addresses of everything we call or send a browser to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    consent_page: Url,
    /// Below it are `token`, `revoke` and `tokeninfo`.
    oauth: Url,
    /// One base address that stands in for all services; `None` is Google itself.
    base: Option<Url>,
}

impl Hosts {
    /// Google itself. Source: google-semantics.md §0.
    #[must_use]
    pub fn google() -> Hosts {
        Hosts {
            consent_page: below(&https("accounts.google.com"), CONSENT_PAGE),
            oauth: https("oauth2.googleapis.com"),
            base: None,
        }
    }

    /// A stand-in of Google at one base address, such as the sandbox. Paths are as at Google, so most
    /// services share one for batches there; every part of a batch names its own service's path.
    #[must_use]
    pub fn at(base: &Url) -> Hosts {
        Hosts {
            consent_page: below(base, CONSENT_PAGE),
            oauth: base.clone(),
            base: Some(base.clone()),
        }
    }

    /// The consent page, for a browser to be sent to.
    #[must_use]
    pub fn consent_page(&self) -> &Url {
        &self.consent_page
    }

    pub(crate) fn token(&self) -> Url {
        below(&self.oauth, &["token"])
    }

    pub(crate) fn revoke(&self) -> Url {
        below(&self.oauth, &["revoke"])
    }

    pub(crate) fn token_info(&self) -> Url {
        below(&self.oauth, &["tokeninfo"])
    }

    /// An address of a service: its path and `segments`.
    pub(crate) fn below(&self, service: Service, segments: &[&str]) -> Url {
        let path: Vec<&str> = service.path().split('/').chain(segments.iter().copied()).collect();
        below(&self.of(service), &path)
    }

    pub(crate) fn batch(&self, service: Service) -> Url {
        let path: Vec<&str> = service.batch_path().split('/').collect();
        below(&self.of(service), &path)
    }

    /// The path of an address of ours as Google has it: without that of the base it stands below.
    pub(crate) fn path_at_google<'a>(&self, url: &'a Url) -> &'a str {
        let below = self.base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        url.path().strip_prefix(below).unwrap_or(url.path())
    }

    fn of(&self, service: Service) -> Url {
        self.base.clone().unwrap_or_else(|| https(service.host()))
    }
}

const CONSENT_PAGE: &[&str] = &["o", "oauth2", "v2", "auth"];

fn https(host: &str) -> Url {
    Url::parse(&format!("https://{host}/")).expect("a well-formed address")
}

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
    use super::{Hosts, Service};
    use url::Url;

    #[test]
    fn paths_are_as_at_google() {
        let google = Hosts::google();
        let sandbox = Hosts::at(&Url::parse("http://127.0.0.1:9/base/?x#y").unwrap());
        let a = |service| google.below(service, &["a"]);
        for (url, expected) in [
            (google.consent_page().clone(), "https://accounts.google.com/o/oauth2/v2/auth"),
            (google.token(), "https://oauth2.googleapis.com/token"),
            (google.revoke(), "https://oauth2.googleapis.com/revoke"),
            (google.token_info(), "https://oauth2.googleapis.com/tokeninfo"),
            (a(Service::Reseller), "https://reseller.googleapis.com/apps/reseller/v1/a"),
            (a(Service::Directory), "https://admin.googleapis.com/admin/directory/v1/a"),
            (a(Service::Licensing), "https://licensing.googleapis.com/apps/licensing/v1/a"),
            (a(Service::Gmail), "https://gmail.googleapis.com/gmail/v1/a"),
            (a(Service::SiteVerification), "https://www.googleapis.com/siteVerification/v1/a"),
            (google.batch(Service::Reseller), "https://reseller.googleapis.com/batch"),
            (
                google.batch(Service::SiteVerification),
                "https://www.googleapis.com/batch/siteVerification/v1",
            ),
            (sandbox.consent_page().clone(), "http://127.0.0.1:9/base/o/oauth2/v2/auth"),
            (sandbox.token(), "http://127.0.0.1:9/base/token"),
            (sandbox.batch(Service::Licensing), "http://127.0.0.1:9/base/batch"),
            (
                sandbox.below(Service::Gmail, &["users", "me"]),
                "http://127.0.0.1:9/base/gmail/v1/users/me",
            ),
        ] {
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn a_value_stays_within_its_segment() {
        let hosts = Hosts::google();
        let url =
            hosts.below(Service::Directory, &["users", "a/../b?c#d %2F@x.example", "makeAdmin"]);
        assert_eq!(
            url.path(),
            "/admin/directory/v1/users/a%2F..%2Fb%3Fc%23d%20%252F@x.example/makeAdmin"
        );
        assert_eq!(url.query(), None);
    }
}
