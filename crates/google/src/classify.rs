//! What Google's answers mean, as one table. Answers one question: may the call have been applied?
//! Nothing else in this crate judges a status or a reason.

use crate::CallError;
use crate::answer::Answer;
use Meaning::{Exists, NotApplied, Quota, Refused, Unsure};
use Whom::{Any, Of, Read, Write};

/// Which calls a row speaks of.
#[derive(Debug, Clone, Copy)]
enum Whom {
    Any,
    Read,
    Write,
    /// Methods whose name starts so.
    Of(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Meaning {
    Refused,
    Exists,
    NotApplied,
    Quota,
    Unsure,
}

/// One line of the table. Empty lists and texts fit everything.
struct Row {
    whom: Whom,
    status: (u16, u16),
    /// Any of them as legacy reason, ErrorInfo reason, canonical name, or `domain:` and the domain.
    reasons: &'static [&'static str],
    /// Somewhere in the message, in any case: it is English text, so it is matched loosely.
    text: &'static str,
    meaning: Meaning,
    source: &'static str,
}

const fn row(
    whom: Whom,
    status: u16,
    reasons: &'static [&'static str],
    text: &'static str,
    meaning: Meaning,
    source: &'static str,
) -> Row {
    Row { whom, status: (status, status), reasons, text, meaning, source }
}

const fn rows(whom: Whom, status: (u16, u16), meaning: Meaning, source: &'static str) -> Row {
    Row { whom, status, reasons: &[], text: "", meaning, source }
}

/// The first row that fits counts. Sections are of google-semantics.md.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    // The token was refreshed and the call repeated once before this is asked.
    row(Any, 401, &[], "", NotApplied, "§2.14, §3.6 401 authError: refresh once"),

    // 403: switched off or not allowed, before quota, because `accessNotConfigured` has the domain
    // `usageLimits` too.
    row(Any, 403, &["accessNotConfigured", "SERVICE_DISABLED"], "", Refused, "§2.14, §3.6 {R-ERR}{ERR-REG}"),
    row(Any, 403, &["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"], "", Refused, "§3.6, §7.2 {ERR-REG}"),
    row(Any, 403, &["domainCannotUseApis"], "", Refused, "§1.11, §3.6 {R-DERR}"),
    row(Any, 403, &["CONSUMER_INVALID", "CONSUMER_SUSPENDED", "USER_PROJECT_DENIED", "ACCOUNT_STATE_INVALID", "SECURITY_POLICY_VIOLATED"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["domainPolicy"], "", Refused, "§5.3 {GM-ERR}"),
    row(Any, 403, &["quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"], "", Quota, "§2.14, §3.6, §5.3, §7.2"),
    row(Any, 403, &["domain:usageLimits"], "", Quota, "§2.16: 403 with a usageLimits domain is retryable"),
    row(Any, 403, &[], "Request rate higher than configured", Quota, "§3.6 {F-GAM}"),
    // Directory answers so until it has heard of a customer made a moment ago.
    row(Of("directory.users.insert"), 403, &["forbidden"], "", NotApplied, "§9.1 row 5: customer not yet visible, retry"),
    row(Any, 403, &[], "", Refused, "§2.14 forbidden; §10 trap 30: the other reasons are above"),

    row(Any, 429, &[], "", Quota, "§2.14, §3.6, §5.3: back off"),

    // 412: settling, or a condition that will not come by waiting.
    row(Any, 412, &[], "User creation is not complete", NotApplied, "§3.3, §3.6 {DISC-DIR}{F-TF}"),
    row(Any, 412, &[], "", Refused, "§2.14, §3.6 conditionNotMet, limitExceeded: fix first"),

    // The customer and the user were there when the step was planned: not visible yet.
    row(Of("directory.users.makeAdmin"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§3.3 propagation {F-TF}, §9.1 row 6"),
    row(Of("directory.users.insert"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§9.1 row 5: customer not yet visible"),
    row(Of("reseller.subscriptions.insert"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§9.1 row 7, §10 trap 13"),
    // Only Google's own word makes a thing absent; a front end's page about a wrong path does not.
    row(Read, 404, &["notFound", "NOT_FOUND"], "", Refused, "§2.3, §2.14, §3.6"),
    row(Read, 404, &[], "", NotApplied, "§7.2: HTML pages on 404 of a wrong path"),
    row(Write, 404, &[], "", Refused, "§2.14, §7.2: nothing there to change"),

    row(Write, 409, &[], "", Exists, "§2.4, §3.6, §10 trap 2: maybe our own lost success"),

    row(Any, 400, &[], "", Refused, "§2.14, §3.6, §5.3 badRequest, invalid, failedPrecondition"),
    // By HTTP's own definition never processed. Source: RFC 9110 §15.5, RFC 6585.
    row(Any, 405, &[], "", Refused, "RFC 9110 §15.5.6"),
    row(Any, 411, &[], "", Refused, "RFC 9110 §15.5.12"),
    row(Any, 413, &[], "", Refused, "§7.2 413 from the front end"),
    row(Any, 414, &[], "", Refused, "RFC 9110 §15.5.15"),
    row(Any, 415, &[], "", Refused, "RFC 9110 §15.5.16"),
    row(Any, 431, &[], "", Refused, "RFC 6585 §5"),

    // 503 is documented as quota, but also comes from a front end that lost a backend's answer.
    rows(Write, (500, 599), Unsure, "§2.14, §3.6, §10 trap 1: never repeat blindly"),
    rows(Read, (500, 599), NotApplied, "§2.14, §3.6, §5.3: back off"),
];

/// Says what a failed answer means. Anything unforeseen is [`CallError::Unsure`] for a call that
/// changes something, and [`CallError::NotApplied`] for one that only reads.
#[must_use]
pub fn classify(answer: &Answer) -> CallError {
    let unforeseen = if answer.mutates { Unsure } else { NotApplied };
    let row = TABLE.iter().find(|row| fits(row, answer));
    let why = why(answer);
    let retry_after_ms = answer.retry_after_ms;
    match row.map_or(unforeseen, |row| row.meaning) {
        Refused => CallError::Refused { reason: answer.reason() },
        Exists => CallError::Exists { reason: answer.reason() },
        NotApplied => CallError::NotApplied { why, retry_after_ms },
        Quota => CallError::Quota { why, retry_after_ms },
        Unsure => CallError::Unsure { why },
    }
}

fn fits(row: &Row, answer: &Answer) -> bool {
    debug_assert!(!row.source.is_empty());
    let whom = match row.whom {
        Any => true,
        Read => !answer.mutates,
        Write => answer.mutates,
        Of(method) => answer.method.starts_with(method),
    };
    let given = [&answer.legacy, &answer.info, &answer.name];
    let reason = |reason: &&str| match reason.strip_prefix("domain:") {
        Some(domain) => answer.domain == domain,
        None => given.iter().any(|given| given == reason),
    };
    let message = answer.message.to_ascii_lowercase();
    whom && (row.status.0..=row.status.1).contains(&answer.status)
        && (row.reasons.is_empty() || row.reasons.iter().any(reason))
        && message.contains(&row.text.to_ascii_lowercase())
}

/// One line for people: who answered what.
pub(crate) fn why(answer: &Answer) -> String {
    let reason = answer.reason();
    let said = [reason.code, reason.message].into_iter().filter(|text| !text.is_empty());
    let said: Vec<String> = said.collect();
    match said.is_empty() {
        true => format!("{} answered {}", answer.method, answer.status),
        false => format!("{} answered {}: {}", answer.method, answer.status, said.join(", ")),
    }
}
