//! From verb and path to a method of the table. Path parameters are cut out of the path as it came and decoded then, so
//! that an encoded slash stays inside its parameter. Never: a path.

use std::collections::BTreeMap;

use http::Method as Verb;
use url::form_urlencoded;

use crate::methods::{Method, table};

enum Segment {
    Fixed(&'static str),
    One(&'static str),
    /// All that is left, slashes included.
    Rest(&'static str),
}

struct Route {
    segments: Vec<Segment>,
    method: usize,
    /// Takes media instead of JSON.
    uploads: bool,
}

/// The method table with its paths made ready.
pub(crate) struct Routes {
    methods: Vec<Method>,
    routes: Vec<Route>,
}

/// A method that a request is for.
pub(crate) struct Match<'a> {
    pub(crate) method: &'a Method,
    /// Path parameters by name.
    pub(crate) path: BTreeMap<String, String>,
    pub(crate) uploads: bool,
}

fn segments(path: &'static str) -> Vec<Segment> {
    path.split('/')
        .skip(1)
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => match name.strip_prefix('+') {
                Some(name) => Segment::Rest(name),
                None => Segment::One(name),
            },
            None => Segment::Fixed(part),
        })
        .collect()
}

/// Plus signs are plus signs in a path.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let text = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

impl Routes {
    pub(crate) fn new() -> Routes {
        let methods = table();
        let of = |at: usize, path, uploads| Route { segments: segments(path), method: at, uploads };
        let plain = methods.iter().enumerate().map(|(at, method)| of(at, method.path, false));
        let media = methods
            .iter()
            .enumerate()
            .filter_map(|(at, method)| Some(of(at, method.upload?, true)));
        let routes = plain.chain(media).collect();
        Routes { methods, routes }
    }

    pub(crate) fn find(&self, verb: &Verb, path: &str) -> Option<Match<'_>> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        self.routes.iter().find_map(|route| {
            let method = &self.methods[route.method];
            if method.verb != *verb {
                return None;
            }
            let path = cut(&route.segments, &parts)?;
            Some(Match { method, path, uploads: route.uploads })
        })
    }

    /// The method that shows what this one changes.
    pub(crate) fn reader_of(&self, method: &Method) -> Option<&Method> {
        self.methods.iter().find(|other| other.verb == Verb::GET && other.path == method.path)
    }
}

fn cut(segments: &[Segment], parts: &[&str]) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (at, segment) in segments.iter().enumerate() {
        let part = parts.get(at)?;
        match segment {
            Segment::Fixed(text) if part == text => {}
            Segment::Fixed(_) => return None,
            Segment::One(_) if part.is_empty() => return None,
            Segment::One(name) => {
                found.insert((*name).to_owned(), decoded(part));
            }
            Segment::Rest(name) => {
                let rest = parts[at..].join("/");
                found.insert((*name).to_owned(), decoded(&rest));
                return (!rest.is_empty()).then_some(found);
            }
        }
    }
    (segments.len() == parts.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(verb: &str, path: &str, method: &str, parts: &[(&str, &str)]) {
        let routes = Routes::new();
        let verb = Verb::from_bytes(verb.as_bytes()).expect("a verb");
        let found = routes.find(&verb, path);
        assert_eq!(found.as_ref().map_or("", |found| found.method.id), method, "{path}");
        for (name, value) in parts {
            let path = &found.as_ref().expect("a method").path;
            assert_eq!(path.get(*name).map(String::as_str), Some(*value), "{path:?}");
        }
    }

    #[test]
    fn paths_lead_to_methods() {
        let users = "/admin/directory/v1/users";
        check("GET", users, "directory.users.list", &[]);
        let key = [("userKey", "a+b@x.example")];
        check("GET", &format!("{users}/a+b%40x.example"), "directory.users.get", &key);
        check("GET", &format!("{users}/"), "", &[]);
        check("GET", &format!("{users}/a/b/c"), "", &[]);
        let units = "/admin/directory/v1/customer/C1/orgunits";
        check("GET", units, "directory.orgunits.list", &[]);
        let path = [("customerId", "C1"), ("orgUnitPath", "Sales/North & South")];
        check(
            "GET",
            &format!("{units}/Sales/North%20%26%20South"),
            "directory.orgunits.get",
            &path,
        );
        let id = [("id", "dns%3A%2F%2Fx.example")];
        let sites = "/siteVerification/v1/webResource";
        check(
            "GET",
            &format!("{sites}/dns%253A%252F%252Fx.example"),
            "siteVerification.webResource.get",
            &id,
        );
        check("POST", "/upload/gmail/v1/users/me/messages/send", "gmail.users.messages.send", &[]);
    }
}
