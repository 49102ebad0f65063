//! Ids in the address. What is no id at all is answered like an id of somebody else's: not found.

use super::page::Failure;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use serde::Deserialize;
use std::str::FromStr;

/// The one id in a route's path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Ok(Path(text)) = path else { return Err(Failure(Problem::NotFound)) };
        text.parse().map(Id).map_err(|_| Failure(Problem::NotFound))
    }
}

/// What a page may be asked besides its address. Anything else there is left alone.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The last id of the page before.
    before: Option<String>,
    /// What has just been done.
    done: Option<String>,
}

impl Asked {
    /// The last id of the page before; none when there is none, or it is no id.
    pub fn before<T: FromStr>(&self) -> Option<T> {
        self.before.as_deref().and_then(|text| text.parse().ok())
    }

    pub fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked, Failure> {
        let query = Query::<Asked>::from_request_parts(parts, state).await;
        Ok(query.map(|Query(asked)| asked).unwrap_or_default())
    }
}
