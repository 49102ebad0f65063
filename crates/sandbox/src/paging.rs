//! Pages of a list: bounds of `maxResults`, and page tokens that are opaque and tied to the same query.
//! Source: google-semantics.md §2.15, §7.3 [I]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::call::Query;
use crate::envelope::ApiError;
use crate::world::sha256_hex;

/// What `maxResults` may be.
pub(crate) struct Bounds {
    pub(crate) default: u32,
    pub(crate) max: u32,
}

/// One page of `items`, which are in a stable order, and the token of the next.
///
/// The token holds the key of the last item shown, so that items that come and go between two pages shift nothing.
pub(crate) fn page<T>(
    items: impl Iterator<Item = T>,
    key_of: impl Fn(&T) -> String,
    query: &Query,
    bounds: &Bounds,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let size = size(query, bounds)?;
    let after = match query.get("pageToken") {
        Some(token) => Some(open(token, query)?),
        None => None,
    };
    let mut items = items
        .skip_while(|item| after.as_ref().is_some_and(|after| key_of(item) <= *after))
        .peekable();
    let shown: Vec<T> = items.by_ref().take(size).collect();
    let next = match (shown.last(), items.peek()) {
        (Some(last), Some(_)) => Some(seal(&key_of(last), query)),
        _ => None,
    };
    Ok((shown, next))
}

fn size(query: &Query, bounds: &Bounds) -> Result<usize, ApiError> {
    let wanted = match query.get("maxResults") {
        None => bounds.default,
        Some(text) => {
            text.parse().ok().filter(|n| (1..=bounds.max).contains(n)).ok_or_else(|| {
                let max = bounds.max;
                let message =
                    format!("Invalid value '{text}'. Values must be within the range: [1, {max}]");
                ApiError::invalid_parameter("maxResults", message)
            })?
        }
    };
    Ok(usize::try_from(wanted).unwrap_or(usize::MAX))
}

/// Everything in the query that decides what is listed.
fn mark(query: &Query) -> String {
    let rest: Vec<String> = query
        .iter()
        .filter(|(name, _)| !matches!(*name, "pageToken" | "maxResults" | "access_token"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    sha256_hex(&rest.join("&"))[..12].to_owned()
}

fn seal(key: &str, query: &Query) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{key}", mark(query)))
}

fn open(token: &str, query: &Query) -> Result<String, ApiError> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix(&mark(query)).map(str::to_owned))
        .ok_or_else(|| ApiError::invalid_parameter("pageToken", "Invalid value for: pageToken"))
}
