//! From verb and path back to the method that was called, with the values in its path. Never: what a
//! value means.

use crate::hosts::Service;
use crate::methods;

/// One method, found by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Google's id, or `oauth.token` and its like, or `batch`.
    pub method: &'static str,
    pub service: &'static str,
    /// With `{name}` for one segment and `{+name}` for the rest; begins with a slash.
    pub template: String,
    pub mutates: bool,
    /// Names and values, decoded, in the order of the path.
    pub parameters: Vec<(String, String)>,
}

/// What we call beside the methods of the table.
const OAUTH: [(&str, &str); 3] =
    [("/token", "oauth.token"), ("/revoke", "oauth.revoke"), ("/tokeninfo", "oauth.tokeninfo")];

/// The method at this address, if it is one of ours; `path` as at Google, percent-encoded.
#[must_use]
pub fn endpoint(verb: &str, path: &str) -> Option<Endpoint> {
    let fixed = |method, service, mutates| Endpoint {
        method,
        service,
        template: path.to_owned(),
        mutates,
        parameters: Vec::new(),
    };
    if let Some((_, method)) = OAUTH.iter().find(|(known, _)| *known == path) {
        return Some(fixed(method, "oauth", *method != "oauth.tokeninfo"));
    }
    let batch =
        Service::ALL.iter().any(|service| path[1.min(path.len())..] == *service.batch_path());
    if batch && verb == "POST" {
        return Some(fixed("batch", "other", true));
    }
    methods::all().iter().map(|entry| entry.line).find_map(|line| {
        let template = format!("/{}{}", line.service.path(), line.path);
        let parameters = (line.verb.text() == verb).then(|| cut(&template, path)).flatten()?;
        Some(Endpoint {
            method: line.id,
            service: line.service.name(),
            template,
            mutates: line.mutates,
            parameters,
        })
    })
}

fn cut(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut parts = path.split('/');
    for wanted in template.split('/') {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => (parts.next()? == wanted).then_some(())?,
            Some(name) => match name.strip_prefix('+') {
                Some(name) => {
                    let rest: Vec<&str> = parts.by_ref().collect();
                    let rest = rest.join("/");
                    (!rest.is_empty()).then_some(())?;
                    found.push((name.to_owned(), decoded(&rest)));
                }
                None => {
                    let part = parts.next().filter(|part| !part.is_empty())?;
                    found.push((name.to_owned(), decoded(part)));
                }
            },
        }
    }
    parts.next().is_none().then_some(found)
}

/// A part of a path as it was before it was percent-encoded. A plus sign is a plus sign there.
pub(super) fn decoded(text: &str) -> String {
    let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

impl Endpoint {
    /// The path with other values in place of those it was found with, in the same order.
    #[must_use]
    pub fn path_with(&self, values: &[String]) -> String {
        let mut values = values.iter();
        let parts = self.template.split('/').map(|part| {
            let Some(name) = part.strip_prefix('{') else { return part.to_owned() };
            let value = values.next().map(String::as_str).unwrap_or_default();
            match name.starts_with('+') {
                true => value.split('/').map(encoded).collect::<Vec<_>>().join("/"),
                false => encoded(value),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// As our own requests write a segment.
pub(super) fn encoded(segment: &str) -> String {
    let mut url = url::Url::parse("http://host.example").expect("a well-formed address");
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(segment);
    }
    url.path().trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[track_caller]
    fn check(verb: &str, path: &str, method: &str, values: &[&str]) {
        let found = endpoint(verb, path);
        assert_eq!(found.as_ref().map_or("", |found| found.method), method, "{path}");
        let Some(found) = found else { return };
        let got: Vec<String> = found.parameters.iter().map(|(_, value)| value.clone()).collect();
        assert_eq!(got, values, "{path}");
        assert_eq!(found.path_with(&got), path);
    }

    #[test]
    fn an_address_leads_back_to_its_method() {
        let reseller = "/apps/reseller/v1/customers";
        check("GET", &format!("{reseller}/C01"), "reseller.customers.get", &["C01"]);
        check("POST", reseller, "reseller.customers.insert", &[]);
        check("GET", &format!("{reseller}/"), "", &[]);
        check("DELETE", reseller, "", &[]);
        let users = "/admin/directory/v1/users";
        check("GET", &format!("{users}/a+b@x.example"), "directory.users.get", &["a+b@x.example"]);
        let units = "/admin/directory/v1/customer/C1/orgunits/Sales/North%20Sea";
        check("GET", units, "directory.orgunits.get", &["C1", "Sales/North Sea"]);
        check("POST", "/token", "oauth.token", &[]);
        check("POST", "/batch", "batch", &[]);
        check("POST", "/batch/siteVerification/v1", "batch", &[]);
        check("GET", "/sandbox/v1/state", "", &[]);
        check("GET", "", "", &[]);
    }
}
