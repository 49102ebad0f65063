//! What may be made of an answer, written from Google's documents and HTTP's own definition, without a
//! look at the client's table. An upper bound: where it allows several, the table's tests say which.

use super::Outcome;
use super::calls::{Endpoint, Target};
use super::shapes::{Answer, Kind, Said};
use serde_json::Value;

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    Done,
    Refused,
    Exists,
    NotApplied,
    Quota,
    Unsure,
    Reconsent,
}

use Word::{Done, Exists, NotApplied, Quota, Reconsent, Refused, Unsure};

const RETRY_AFTER_MS_MAX: i64 = 3_600_000;

/// # Errors
/// When the outcome is none the answer allows.
pub fn judge(target: &Target, index: usize, said: &Said, outcome: &Outcome) -> Result<(), String> {
    if outcome.retry_after_ms.is_some_and(|ms| !(0..=RETRY_AFTER_MS_MAX).contains(&ms)) {
        return Err(format!("waits {:?} ms", outcome.retry_after_ms));
    }
    let allowed = allowed(target, index, said);
    if allowed.contains(&outcome.word) {
        return Ok(());
    }
    Err(format!("came to {:?} of {allowed:?}: {}", outcome.word, outcome.said))
}

fn allowed(target: &Target, index: usize, said: &Said) -> Vec<Word> {
    let answer = match (&said.kind, target.endpoint) {
        (Kind::NotSent, _) => return vec![NotApplied],
        (Kind::NoAnswer, Endpoint::Api { mutates: true, .. } | Endpoint::Revoke)
        | (Kind::NoAnswer, Endpoint::Batch { mutates: true, .. }) => return vec![Unsure],
        (Kind::NoAnswer, Endpoint::Token) if target.id.ends_with("code") => return vec![Unsure],
        (Kind::NoAnswer, _) => return vec![NotApplied],
        (Kind::Answer(answer), _) => answer,
    };
    match target.endpoint {
        Endpoint::Api { mutates, needs } => api(target.id, mutates, needs, answer),
        Endpoint::TokenInfo => api(target.id, false, "aud", answer),
        Endpoint::Batch { mutates, parts } => batch(target.id, mutates, parts, index, answer),
        Endpoint::Token if target.id.ends_with("code") => code(answer),
        Endpoint::Token => refresh(answer),
        Endpoint::Revoke => revoke(answer),
        Endpoint::Finding => finding(answer),
    }
}

fn api(id: &str, mutates: bool, needs: &str, answer: &Answer) -> Vec<Word> {
    let unreadable = if mutates { Unsure } else { NotApplied };
    if answer.exact && answer.status == 200 {
        return vec![Done];
    }
    match answer.status {
        200..=299 if fits(needs, &answer.body) => vec![Done, unreadable],
        200..=299 => vec![unreadable],
        _ if mutates => refused_change(id, answer),
        _ => refused_read(answer),
    }
}

/// A body that can mean success: an object with the member that says what was done.
fn fits(needs: &str, body: &[u8]) -> bool {
    if needs == "-" && body.trim_ascii().is_empty() {
        return true;
    }
    let value = match serde_json::from_slice::<Value>(body) {
        Ok(value) => value,
        // What is not read may be nested deeper than this reader follows.
        Err(error) => return error.to_string().contains("recursion limit"),
    };
    match needs {
        "-" => true,
        "" => value.is_object(),
        needs => value.get(needs).and_then(Value::as_str).is_some_and(|text| !text.is_empty()),
    }
}

/// Sources: google-semantics.md §2.14, §3.6, §4, §5.3, §6, §7.2, §9.1; RFC 9110 §15.5; RFC 6585.
fn refused_change(id: &str, answer: &Answer) -> Vec<Word> {
    let said = said_by(answer);
    let any_of = |ids: &[&str]| ids.contains(&id);
    let mut words = Vec::new();
    match answer.status {
        400 | 403 | 404 | 405 | 411 | 413 | 414 | 415 | 428 | 431 => words.push(Refused),
        412 if !id.ends_with(".batch") => words.push(Refused),
        // The repeat with a fresh token may find the budget of the second used up.
        401 => words.extend([NotApplied, Quota]),
        421 => words.push(NotApplied),
        429 => words.push(Quota),
        409 if !id.ends_with(".batch") => words.push(Exists),
        _ => words.push(Unsure),
    }
    let not_yet = match answer.status {
        400 => id == "siteVerification.webResource.insert" && said.has("badRequest"),
        403 => {
            any_of(&["directory.users.insert", "directory.customers.patch"])
                && said.has("forbidden")
        }
        404 => {
            let later = [
                "directory.users.makeAdmin",
                "step MakeAdmin",
                "directory.users.insert",
                "directory.customers.patch",
                "directory.members.insert",
                "reseller.subscriptions.insert",
            ];
            any_of(&later) && said.is_not_found()
        }
        412 => said.message.contains("user creation is not complete"),
        _ => false,
    };
    let so_already = match answer.status {
        404 => {
            id.ends_with(".delete") && !id.starts_with("siteVerification") && said.is_not_found()
        }
        412 => {
            id.starts_with("licensing.")
                && said.message.contains("already has a license for the specified product and sku")
        }
        _ => false,
    };
    words.extend(not_yet.then_some(NotApplied));
    words.extend(so_already.then_some(Exists));
    words.extend((answer.status == 403 && said.is_quota()).then_some(Quota));
    words
}

fn refused_read(answer: &Answer) -> Vec<Word> {
    let said = said_by(answer);
    match answer.status {
        404 if said.is_not_found() => vec![Refused, NotApplied],
        400 | 405 | 411 | 413 | 414 | 415 | 428 | 431 => vec![Refused],
        412 => vec![Refused, NotApplied],
        403 if said.is_quota() => vec![Refused, Quota],
        403 => vec![Refused],
        429 => vec![Quota],
        401 => vec![NotApplied, Quota],
        _ => vec![NotApplied],
    }
}

fn batch(id: &str, mutates: bool, count: usize, index: usize, answer: &Answer) -> Vec<Word> {
    let missing = if mutates { Unsure } else { NotApplied };
    if !(200..300).contains(&answer.status) {
        return if mutates { refused_change(id, answer) } else { refused_read(answer) };
    }
    let Some(parts) = &answer.parts else {
        // Bytes that were made to look like parts may be some.
        let can_be = answer.body.windows(5).any(|window| window == b"HTTP/");
        return if can_be {
            vec![Done, Refused, Exists, NotApplied, Quota, missing]
        } else {
            vec![missing]
        };
    };
    let mine: Vec<&Answer> = if parts.iter().all(|(id, _)| id.is_some()) {
        parts.iter().filter(|(id, _)| *id == Some(index)).map(|(_, part)| part).collect()
    } else if parts.len() == count {
        vec![&parts[index].1]
    } else {
        Vec::new()
    };
    match (mine.as_slice(), mutates) {
        ([part], true) => api("reseller.subscriptions.insert", true, "subscriptionId", part),
        ([part], false) => api("directory.users.get", false, "id", part),
        _ => vec![missing],
    }
}

/// Source: google-semantics.md §1.2-§1.4.
const CONSENT_GONE: &[&str] = &[
    "invalid_grant",
    "invalid_client",
    "deleted_client",
    "disabled_client",
    "admin_policy_enforced",
    "org_internal",
    "access_denied",
    "invalid_account",
    "invalid_scope",
    "unauthorized_client",
];

const DOWN: &[&str] = &["internal_failure", "server_error", "temporarily_unavailable"];

fn has_token(body: &[u8]) -> bool {
    let value = match serde_json::from_slice::<Value>(body) {
        Ok(value) => value,
        Err(error) => return error.to_string().contains("recursion limit"),
    };
    value["access_token"].is_string() && value["token_type"].is_string()
}

// Words may stand where only this reader finds them, so what the status says alone is always allowed.

fn refresh(answer: &Answer) -> Vec<Word> {
    let terminal = said_by(answer).has_any(CONSENT_GONE);
    match answer.status {
        200 if answer.exact => vec![Done],
        200..=299 if has_token(&answer.body) => vec![Done, NotApplied],
        400..=499 if answer.status != 429 && terminal => vec![Reconsent, NotApplied],
        _ => vec![NotApplied],
    }
}

fn code(answer: &Answer) -> Vec<Word> {
    let mut words = match answer.status {
        200 if answer.exact => vec![Done],
        200..=299 if has_token(&answer.body) => vec![Done, Unsure],
        421 | 429 => vec![NotApplied],
        400 | 401 | 403 | 404 | 405 | 411 | 413 | 414 | 415 | 428 | 431 => vec![Refused],
        _ => vec![Unsure],
    };
    if (400..=499).contains(&answer.status) && answer.status != 429 {
        let said = said_by(answer);
        words.extend(said.has_any(DOWN).then_some(Unsure));
        words.extend(said.has_any(CONSENT_GONE).then_some(Reconsent));
        words.extend(said.has_any(CONSENT_GONE).then_some(Refused));
        words.extend((answer.status == 403 && said.is_quota()).then_some(NotApplied));
    }
    words
}

fn revoke(answer: &Answer) -> Vec<Word> {
    match answer.status {
        200..=299 if fits("-", &answer.body) => vec![Done, Unsure],
        200..=299 => vec![Unsure],
        400 if said_by(answer).has("invalid_token") => vec![Done, Refused],
        429 | 421 => vec![NotApplied],
        403 if said_by(answer).is_quota() => vec![NotApplied, Refused, Reconsent],
        400 | 401 | 403 | 404 | 405 | 411 | 413 | 414 | 415 | 428 | 431 => vec![Refused, Reconsent],
        _ => vec![Unsure],
    }
}

/// A look or a probe may make a finding of a refusal, never of a failure, and changes nothing.
fn finding(answer: &Answer) -> Vec<Word> {
    match answer.status {
        200 if answer.exact => vec![Done, NotApplied],
        200..=299 => vec![Done, NotApplied],
        429 => vec![Quota],
        400 | 403 | 404 | 405 | 411 | 412 | 413 | 414 | 415 | 428 | 431 => {
            let mut words = refused_read(answer);
            words.extend([Done, NotApplied]);
            words
        }
        401 => vec![NotApplied, Quota],
        _ => vec![NotApplied],
    }
}

/// The words of an envelope, whichever it is.
#[derive(Default)]
struct Words {
    reasons: Vec<String>,
    /// In small letters.
    message: String,
}

impl Words {
    fn has(&self, reason: &str) -> bool {
        self.reasons.iter().any(|said| said == reason)
    }

    fn has_any(&self, reasons: &[&str]) -> bool {
        reasons.iter().any(|reason| self.has(reason))
    }

    fn is_not_found(&self) -> bool {
        self.has("notFound") || self.has("NOT_FOUND")
    }

    fn is_quota(&self) -> bool {
        const QUOTA: &[&str] = &[
            "dailyLimitExceeded",
            "quotaExceeded",
            "rateLimitExceeded",
            "userRateLimitExceeded",
            "RATE_LIMIT_EXCEEDED",
            "RESOURCE_QUOTA_EXCEEDED",
            "RESOURCE_EXHAUSTED",
            "usageLimits",
        ];
        self.has_any(QUOTA) || self.message.contains("request rate higher than configured")
    }
}

fn said_by(answer: &Answer) -> Words {
    let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else {
        let message = String::from_utf8_lossy(&answer.body).to_lowercase();
        // Of a page, lines are joined.
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        return Words { reasons: Vec::new(), message };
    };
    let mut words = Words::default();
    let error = &value["error"];
    let lists = [&error["errors"], &error["details"]];
    let entries = lists.into_iter().filter_map(Value::as_array).flatten();
    let of_entries = entries.flat_map(|entry| [&entry["reason"], &entry["domain"]]);
    let texts = of_entries.chain([&error["status"], error]).filter_map(Value::as_str);
    words.reasons.extend(texts.map(str::to_owned));
    words.message = value.to_string().to_lowercase();
    words
}
