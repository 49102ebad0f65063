//! The API methods as data: id, path, scopes, parameters, body and answer as the discovery documents have them, and
//! the function that holds the rules. Never: a rule.
//! Source: discovery documents, reseller 20250511, admin directory_v1 20261104, licensing 20251108, gmail 20261005,
//! siteVerification 20191119

mod directory;
mod groups;
mod licensing;
mod mail;
mod reseller;
mod site_verification;
mod users;

use http::Method as Verb;

use crate::call::{Answer, Call};
use crate::settings::Api;
use crate::shape::Shape;

/// One method of one API.
pub(crate) struct Method {
    pub(crate) id: &'static str,
    pub(crate) api: Api,
    pub(crate) verb: Verb,
    /// With `{name}` for path parameters and `{+name}` for one that takes the rest of the path.
    pub(crate) path: &'static str,
    /// Where the same message may be sent as media.
    pub(crate) upload: Option<&'static str>,
    /// One of them is needed; without the prefix `https://www.googleapis.com/auth/` where they have it.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) query: &'static [Parameter],
    /// Name of the message in refusals, and its shape. `None`: the method takes no body.
    pub(crate) body: Option<(&'static str, Shape)>,
    /// Members of the body without which the rules refuse it, as paths with dots.
    pub(crate) needs: &'static [&'static str],
    /// `None`: a success has no body.
    pub(crate) response: Option<Shape>,
    pub(crate) run: fn(&mut Call<'_>) -> Answer,
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

pub(crate) const fn optional(name: &'static str, shape: Shape) -> Parameter {
    Parameter { name, shape, required: false }
}

pub(crate) const fn required(name: &'static str, shape: Shape) -> Parameter {
    Parameter { name, shape, required: true }
}

/// How a method is filled in: what isn't said is none.
impl Method {
    fn new(
        api: Api,
        verb: Verb,
        id: &'static str,
        path: &'static str,
        run: fn(&mut Call<'_>) -> Answer,
    ) -> Method {
        Method {
            id,
            api,
            verb,
            path,
            upload: None,
            scopes: &[],
            query: &[],
            body: None,
            needs: &[],
            response: None,
            run,
        }
    }

    pub(crate) fn mutates(&self) -> bool {
        self.verb != Verb::GET
    }

    fn scopes(mut self, scopes: &'static [&'static str]) -> Method {
        self.scopes = scopes;
        self
    }

    fn query(mut self, parameters: &'static [Parameter]) -> Method {
        self.query = parameters;
        self
    }

    fn body(mut self, root: &'static str, shape: Shape) -> Method {
        self.body = Some((root, shape));
        self
    }

    fn needs(mut self, paths: &'static [&'static str]) -> Method {
        self.needs = paths;
        self
    }

    fn answers(mut self, shape: Shape) -> Method {
        self.response = Some(shape);
        self
    }
}

/// All methods that the sandbox has.
pub(crate) fn table() -> Vec<Method> {
    let mut all = reseller::methods();
    all.extend(users::methods());
    all.extend(directory::methods());
    all.extend(groups::methods());
    all.extend(licensing::methods());
    all.extend(mail::methods());
    all.extend(site_verification::methods());
    all
}
