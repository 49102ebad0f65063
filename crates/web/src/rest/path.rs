//! Ids in the address. What is no id at all is answered like an id of somebody else's: not found.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use std::str::FromStr;

/// The one id in a route's path.
pub(super) struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Ok(Path(text)) = path else { return Err(Problem::NotFound) };
        text.parse().map(Id).map_err(|_| Problem::NotFound)
    }
}
