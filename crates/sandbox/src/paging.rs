//! Pages of a list: bounds of `maxResults`, and page tokens that are opaque and tied to the same query.
//! Source: google-semantics.md §2.15, §7.3 [I]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::call::Query;
use crate::envelope::ApiError;
use crate::world::sha256_hex;

const HOUR_MS: i64 = 3_600_000;
/// Source: google-quotas.json `directory.page_token_lifetime` {DISC-DIR}
const TOKEN_MS_MAX: i64 = 72 * HOUR_MS;
/// Source: google-quotas.json `directory.list_walk_max` {DIR-503}
const WALK_MS_MAX: i64 = HOUR_MS;

/// What `maxResults` may be.
pub(crate) struct Bounds {
    pub(crate) default: u32,
    pub(crate) max: u32,
}

/// One page of what comes `after` a key, in a stable order, and the token of the next.
///
/// The token holds the key of the last item shown, so that items that come and go between two pages shift nothing.
pub(crate) fn page<T, I: Iterator<Item = T>>(
    after: impl FnOnce(Option<&str>) -> I,
    key_of: impl Fn(&T) -> String,
    query: &Query,
    bounds: &Bounds,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    page_from(after, key_of, query, bounds, None)
}

/// The same for lists of the Directory API, whose walks end after a while: after an hour with 503, after three days
/// the token is worth nothing. Source: google-semantics.md §3.3 list
pub(crate) fn page_of_walk<T, I: Iterator<Item = T>>(
    after: impl FnOnce(Option<&str>) -> I,
    key_of: impl Fn(&T) -> String,
    query: &Query,
    bounds: &Bounds,
    now_ms: i64,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    page_from(after, key_of, query, bounds, Some(now_ms))
}

/// Items in the order of their keys behind one of them, for lists that are made anew for each page.
pub(crate) fn sorted<T>(
    mut items: Vec<(String, T)>,
    descending: bool,
) -> impl FnOnce(Option<&str>) -> std::vec::IntoIter<(String, T)> {
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    if descending {
        items.reverse();
    }
    move |after: Option<&str>| {
        let passed = |key: &str, after: &str| if descending { key >= after } else { key <= after };
        let from = after.map_or(0, |after| items.partition_point(|(key, _)| passed(key, after)));
        items.split_off(from).into_iter()
    }
}

fn page_from<T, I: Iterator<Item = T>>(
    after: impl FnOnce(Option<&str>) -> I,
    key_of: impl Fn(&T) -> String,
    query: &Query,
    bounds: &Bounds,
    now_ms: Option<i64>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let size = size(query, bounds)?;
    let opened = query.get("pageToken").map(|token| open(token, query)).transpose()?;
    let (began_ms, key) =
        opened.map_or((now_ms.unwrap_or_default(), None), |(began_ms, key)| (began_ms, Some(key)));
    if let Some(now_ms) = now_ms {
        check_age(now_ms - began_ms)?;
    }
    let mut items = after(key.as_deref()).peekable();
    let shown: Vec<T> = items.by_ref().take(size).collect();
    let next = match (shown.last(), items.peek()) {
        (Some(last), Some(_)) => Some(seal(began_ms, &key_of(last), query)),
        _ => None,
    };
    Ok((shown, next))
}

fn check_age(age_ms: i64) -> Result<(), ApiError> {
    if age_ms > TOKEN_MS_MAX {
        return Err(bad_token());
    }
    if age_ms > WALK_MS_MAX { Err(ApiError::unavailable()) } else { Ok(()) }
}

fn bad_token() -> ApiError {
    ApiError::invalid_parameter("pageToken", "Invalid value for: pageToken")
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
        .filter(|(name, _)| {
            !matches!(*name, "pageToken" | "maxResults" | "access_token" | "fields")
        })
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    sha256_hex(&rest.join("&"))[..12].to_owned()
}

fn seal(began_ms: i64, key: &str, query: &Query) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{began_ms}|{key}", mark(query)))
}

fn open(token: &str, query: &Query) -> Result<(i64, String), ApiError> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            let (began_ms, key) = text.strip_prefix(&mark(query))?.split_once('|')?;
            Some((began_ms.parse().ok()?, key.to_owned()))
        })
        .ok_or_else(bad_token)
}
