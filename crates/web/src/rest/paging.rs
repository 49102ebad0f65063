//! Lists in pages, newest first: `?limit=` and `?before=` the last id of the page before.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::ToSchema;

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 100;

/// Which page is asked for.
pub(super) struct PageOf<T> {
    /// 1 to 100.
    limit: usize,
    pub before: Option<T>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    pub items: Vec<T>,
    /// The path of the next page; none on the last one.
    #[schema(example = "/v1/orders?limit=50&before=ord_01jzq3k5v8x9y2m4n6p7r8s9t0")]
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Parameters {
    limit: Option<String>,
    before: Option<String>,
}

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PageOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PageOf<T>, Problem> {
        let query = Query::<Parameters>::from_request_parts(parts, state).await;
        let Ok(Query(Parameters { limit, before })) = query else {
            return Err(Problem::Parameter("Give limit and before at most once each.".into()));
        };
        let limit = match limit.as_deref().map(str::parse) {
            None => LIMIT_DEFAULT,
            Some(Ok(limit)) if (1..=LIMIT_MAX).contains(&limit) => limit,
            Some(_) => {
                let detail = format!("limit is a whole number from 1 to {LIMIT_MAX}.");
                return Err(Problem::Parameter(detail));
            }
        };
        let before = before.map(|text| text.parse()).transpose().map_err(|_| {
            Problem::Parameter("before is the last id of the page before this one.".into())
        })?;
        Ok(PageOf { limit, before })
    }
}

impl<T> PageOf<T> {
    /// How many rows to read: one more than shown tells whether there is a next page.
    pub(super) fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// Cuts the rows read to the page, and says where the next one begins.
    pub(super) fn cut<R>(
        &self,
        mut rows: Vec<R>,
        path: &str,
        id: impl Fn(&R) -> String,
    ) -> (Vec<R>, Option<String>) {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| format!("{path}?limit={}&before={}", self.limit, id(row)));
        (rows, next)
    }
}
