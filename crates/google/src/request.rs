//! A request before it is sent: a method of the table with its values. Knows no host, no token and
//! no grant.

use crate::hidden::Hidden;
use crate::hosts::{Hosts, Service};
use crate::methods::Line;
use crate::wire::Shaped;
use bytes::Bytes;
use domain::secret::SecretString;
use domain::time::Timestamp;
use serde::Serialize;
use std::fmt;
use std::marker::PhantomData;
use url::Url;

/// One request that changes nothing, for [`crate::Google::read`].
pub struct Read<A> {
    pub(crate) ask: Ask,
    answer: PhantomData<fn() -> A>,
}

/// One request that changes something, for [`crate::Google::change`].
pub struct Change<A> {
    pub(crate) ask: Ask,
    answer: PhantomData<fn() -> A>,
}

impl<A> Read<A> {
    pub(crate) fn of(ask: Ask) -> Read<A> {
        Read { ask, answer: PhantomData }
    }

    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Read<A> {
        self.ask.set_query(name, value);
        self
    }

    pub(crate) fn query_if(self, name: &'static str, value: Option<&str>) -> Read<A> {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }
}

impl<A> Change<A> {
    pub(crate) fn of(ask: Ask) -> Change<A> {
        Change { ask, answer: PhantomData }
    }

    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Change<A> {
        self.ask.set_query(name, value);
        self
    }

    pub(crate) fn query_if(self, name: &'static str, value: Option<&str>) -> Change<A> {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Marks a value of the body as one that no answer may make us say.
    pub(crate) fn hides(mut self, secret: &SecretString) -> Change<A> {
        self.ask.hidden.add(secret);
        self
    }

    /// Names what Google limits this call by, beside project and account.
    pub(crate) fn target(mut self, target: &str) -> Change<A> {
        self.ask.target = Some(target.to_ascii_lowercase());
        self
    }
}

/// The method alone: values may be passwords and transfer tokens.
impl<A> fmt::Debug for Read<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Read({})", self.ask.line.id)
    }
}

/// The method alone: values may be passwords and transfer tokens.
impl<A> fmt::Debug for Change<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({})", self.ask.line.id)
    }
}

impl<A> Clone for Read<A> {
    fn clone(&self) -> Read<A> {
        Read::of(self.ask.clone())
    }
}

impl<A> Clone for Change<A> {
    fn clone(&self) -> Change<A> {
        Change::of(self.ask.clone())
    }
}

/// One request, not yet authorised.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) line: &'static Line,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    /// JSON.
    pub(crate) body: Option<Bytes>,
    /// Whom Google's limits count this against, beside project and account: a customer or domain.
    pub(crate) target: Option<String>,
    /// When a change was meant to start; `None`: it changes nothing.
    pub(crate) intended_at: Option<Timestamp>,
    /// What of its values is secret.
    pub(crate) hidden: Hidden,
}

impl Ask {
    pub(crate) fn of<Q: Serialize + Shaped>(line: &'static Line, path: &[&str], body: &Q) -> Ask {
        assert_eq!(path.len(), line.path.matches('{').count(), "the values of {}", line.id);
        let body = (!Q::NOTHING)
            .then(|| serde_json::to_vec(body).expect("our bodies have text keys only").into());
        let path = path.iter().map(|value| (*value).to_owned()).collect();
        let (query, hidden) = (Vec::new(), Hidden::default());
        Ask { line, path, query, body, target: None, intended_at: None, hidden }
    }

    pub(crate) fn set_query(&mut self, name: &'static str, value: &str) {
        let known = self.line.query.iter().find(|query| query.name == name);
        let known = known.unwrap_or_else(|| panic!("{} has no parameter {name}", self.line.id));
        if known.is_secret() {
            self.hidden.add(&value.to_owned().into());
        }
        self.query.retain(|(other, _)| *other != name);
        self.query.push((name, value.to_owned()));
    }

    pub(crate) fn intended(self, at: Timestamp) -> Ask {
        Ask { intended_at: Some(at), ..self }
    }

    pub(crate) fn mutates(&self) -> bool {
        self.intended_at.is_some()
    }

    pub(crate) fn service(&self) -> Service {
        self.line.service
    }

    /// The whole address.
    ///
    /// # Errors
    /// The name of a value that can't be a path segment: an empty one or dots would name another
    /// thing than the one meant.
    pub(crate) fn url(&self, hosts: &Hosts) -> Result<Url, String> {
        let mut segments = Vec::new();
        let mut values = self.path.iter();
        for part in self.line.path.split('/').filter(|part| !part.is_empty()) {
            let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                segments.push(part);
                continue;
            };
            let value = values.next().map(String::as_str).unwrap_or_default();
            let pieces: Vec<&str> = match name.strip_prefix('+') {
                Some(_) => value.trim_matches('/').split('/').collect(),
                None => vec![value],
            };
            if pieces.iter().any(|piece| matches!(*piece, "" | "." | "..")) {
                return Err(name.trim_start_matches('+').to_owned());
            }
            segments.extend(pieces);
        }
        let mut url = hosts.below(self.service(), &segments);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}
