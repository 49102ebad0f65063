//! One HTTP answer of Google, read without judging it: both error envelopes, and what it says about
//! when to come back. What it means is `classify`'s business.

use crate::CallError;
use crate::classify::why;
use crate::hidden::Hidden;
use bytes::Bytes;
use domain::observed::Reason;
use domain::time::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_json::error::Category;
use std::fmt;

/// Longest wait Google may ask for that we follow, in ms: a wrong clock or a slip must not park work
/// for days.
pub const RETRY_AFTER_MS_MAX: i64 = 60 * 60 * 1000;

/// An answer to one call.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Google's method name, such as `reseller.customers.insert`.
    pub method: &'static str,
    /// The call was to change something.
    pub mutates: bool,
    pub status: u16,
    pub body: Bytes,
    /// As the answer says it.
    pub content_type: Option<String>,
    /// `reason` of the first entry of the legacy `errors[]`.
    pub legacy: String,
    /// `domain` of that entry, such as `usageLimits`.
    pub domain: String,
    /// `reason` of the ErrorInfo detail, such as `SERVICE_DISABLED`.
    pub info: String,
    /// Canonical status name, such as `PERMISSION_DENIED`.
    pub name: String,
    /// Google's words; for an answer that is no envelope, the title or start of what it is.
    pub message: String,
    /// What Google asks us to wait, in ms, at most [`RETRY_AFTER_MS_MAX`].
    pub retry_after_ms: Option<i64>,
}

/// Without the body: a token endpoint's holds secrets.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("method", &self.method)
            .field("status", &self.status)
            .field("code", &self.code())
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Reads an answer received at `now`. Never fails: what can't be read stays empty.
    #[must_use]
    pub fn read(
        method: &'static str,
        mutates: bool,
        response: http::Response<Bytes>,
        now: Timestamp,
    ) -> Answer {
        Answer::read_hiding(method, mutates, response, now, &Hidden::default())
    }

    /// As [`Answer::read`], for a request with secrets: of those nothing shows but in the body.
    pub(crate) fn read_hiding(
        method: &'static str,
        mutates: bool,
        response: http::Response<Bytes>,
        now: Timestamp,
        hidden: &Hidden,
    ) -> Answer {
        let (head, body) = response.into_parts();
        let mut answer = Answer {
            method,
            mutates,
            status: head.status.as_u16(),
            body,
            content_type: text_of(&head.headers, http::header::CONTENT_TYPE),
            legacy: String::new(),
            domain: String::new(),
            info: String::new(),
            name: String::new(),
            message: String::new(),
            retry_after_ms: None,
        };
        if answer.is_success() {
            return answer;
        }
        let delay = answer.read_envelope(hidden);
        answer.retry_after_ms = text_of(&head.headers, http::header::RETRY_AFTER)
            .and_then(|text| retry_after(&text, now))
            .or(delay)
            .or_else(|| told_in(&answer.message, now))
            .map(|ms| ms.clamp(0, RETRY_AFTER_MS_MAX));
        answer
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The most telling of the reasons; empty when there was none.
    #[must_use]
    pub fn code(&self) -> &str {
        let vague = matches!(self.legacy.as_str(), "" | "forbidden" | "badRequest" | "invalid");
        match (vague, self.info.as_str(), self.legacy.as_str()) {
            (true, "", "") => &self.name,
            (true, info, _) if !info.is_empty() => info,
            (_, _, legacy) => legacy,
        }
    }

    #[must_use]
    pub fn reason(&self) -> Reason {
        let message = self.message.chars().take(Reason::MESSAGE_MAX).collect();
        Reason { status: self.status, code: self.code().to_owned(), message }
    }

    /// Reads the body of a success, which is always an object.
    ///
    /// # Errors
    /// When it can't be read: [`CallError::Unsure`] for a call that changes something, else
    /// [`CallError::NotApplied`]. The text says where, and nothing of what the body holds.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        let text = self.text()?;
        // Else a list would be read as the members in their order.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(self.unreadable(format!("{}: the answer is no object", self.method)));
        }
        serde_json::from_str(text).map_err(|error| self.misread(&error))
    }

    /// Of a success that has nothing to tell: an empty body, or JSON of whatever kind. A page of
    /// something in between is no success.
    ///
    /// # Errors
    /// As [`Answer::parse`].
    pub(crate) fn parse_nothing(&self) -> Result<(), CallError> {
        if self.body.trim_ascii().is_empty() {
            return Ok(());
        }
        let ignored: Result<IgnoredAny, _> = serde_json::from_str(self.text()?);
        ignored.map(drop).map_err(|error| self.misread(&error))
    }

    /// Bytes that are no text are an answer spoilt on its way, even where they stand in a member
    /// nobody reads.
    fn text(&self) -> Result<&str, CallError> {
        let spoilt = |_| self.unreadable(format!("{}: the answer is no text", self.method));
        std::str::from_utf8(&self.body).map_err(spoilt)
    }

    fn misread(&self, error: &serde_json::Error) -> CallError {
        let what = match error.classify() {
            Category::Eof => "is cut short",
            Category::Data => "has a member of another type",
            Category::Syntax | Category::Io => "is no JSON",
        };
        let (line, column) = (error.line(), error.column());
        let why = format!("{}: the answer {what}, line {line} column {column}", self.method);
        self.unreadable(why)
    }

    /// A success that does not say what it must.
    pub(crate) fn lacks(&self, member: &str) -> CallError {
        self.unreadable(format!("{}: the answer has no {member}", self.method))
    }

    fn unreadable(&self, why: String) -> CallError {
        if self.mutates {
            CallError::Unsure { why }
        } else {
            CallError::NotApplied { why, retry_after_ms: None }
        }
    }

    /// Fills in what the envelope says; returns the delay of a RetryInfo detail, in ms.
    fn read_envelope(&mut self, hidden: &Hidden) -> Option<i64> {
        let value: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let text = |pointer: &str| {
            hidden.out_of(value.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
        };
        if value.get("error").is_some_and(Value::is_string) {
            // The flat form of the OAuth endpoints.
            self.legacy = text("/error");
            self.message = text("/error_description");
            return None;
        }
        self.legacy = text("/error/errors/0/reason");
        self.domain = text("/error/errors/0/domain");
        self.name = text("/error/status");
        self.message = text("/error/message");
        if !value.get("error").is_some_and(Value::is_object) {
            self.message = page_title(&self.body, hidden);
        }
        let mut delay = None;
        let details = value.pointer("/error/details").and_then(Value::as_array);
        for detail in details.into_iter().flatten() {
            let member = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default();
            let kind = member("@type");
            if kind.ends_with("google.rpc.ErrorInfo") && self.info.is_empty() {
                self.info = hidden.out_of(member("reason"));
                let url = detail.pointer("/metadata/activationUrl").and_then(Value::as_str);
                let url = url.map(|url| hidden.out_of(url));
                if let Some(url) = url.filter(|url| !self.message.contains(url.as_str())) {
                    self.message = format!("{} Enable it by visiting {url} .", self.message);
                }
            } else if kind.ends_with("google.rpc.RetryInfo") {
                delay = duration_ms(member("retryDelay"));
            }
        }
        delay
    }
}

fn text_of(headers: &http::HeaderMap, name: http::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The page at which a person switches an API on, when the refusal was that it is off.
///
/// Only addresses of Google's own console are given out: they become links in ours.
#[must_use]
pub fn enable_url(reason: &Reason) -> Option<String> {
    let start = reason.message.find("https://console.")?;
    let word = reason.message[start..].split_whitespace().next()?;
    let url = url::Url::parse(word.trim_end_matches(['.', ',', ')', '"'])).ok()?;
    let ours = ["console.developers.google.com", "console.cloud.google.com"];
    url.host_str().is_some_and(|host| ours.contains(&host)).then(|| url.into())
}

/// `Retry-After`: seconds, or a date. Source: RFC 9110 §10.2.3.
fn retry_after(text: &str, now: Timestamp) -> Option<i64> {
    if let Ok(seconds) = text.trim().parse::<i64>() {
        return Some(seconds.saturating_mul(1000));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(Timestamp(date.as_millisecond()).ms_since(now))
}

/// Gmail puts the time into the message, as "Retry after 2026-11-23T10:00:00.000Z".
/// Source: google-semantics.md §5.3, §7.3 {GM-ERR}.
fn told_in(message: &str, now: Timestamp) -> Option<i64> {
    let (_, rest) = message.split_once("etry after ")?;
    let moment: jiff::Timestamp = rest.split_whitespace().next()?.parse().ok()?;
    Some(Timestamp(moment.as_millisecond()).ms_since(now))
}

/// A JSON duration such as `3.5s`, in ms rounded up to the next second.
fn duration_ms(text: &str) -> Option<i64> {
    let text = text.strip_suffix('s')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let more = i64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(seconds.saturating_add(more).saturating_mul(1000))
}

/// What a page that is no JSON says of itself, in one line of at most 200 characters.
fn page_title(body: &[u8], hidden: &Hidden) -> String {
    // Before anything is cut off: half a secret would not be found.
    let text = hidden.out_of(&String::from_utf8_lossy(body));
    let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let shown = title.map_or(text.as_str(), |(title, _)| title);
    let words: Vec<&str> = shown.split_whitespace().take(200).collect();
    words.join(" ").chars().take(200).collect()
}

/// What the journal keeps of a failure.
pub(crate) fn log_reason(answer: &Answer) -> String {
    match (answer.is_success(), answer.code()) {
        (true, _) => String::new(),
        (false, "") => why(answer),
        (false, code) => code.to_owned(),
    }
}
