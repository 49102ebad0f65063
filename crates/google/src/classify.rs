//! What Google's answers mean, as one table. Answers one question: may the call have been applied?
//! Nothing else in this crate judges an answer to a change; what a look or a probe makes of a
//! refusal to show something stands beside its question.
//!
//! Time is no column of it. Whether a 404 is "not yet" or "not at all" depends on how long ago the
//! thing was made, and only the engine knows that: where a thing was there when the call was planned,
//! the table says "not applied, come back", and the engine loses patience after its settling time.

use crate::CallError;
use crate::answer::Answer;
use Meaning::{Exists, NotApplied, Quota, Reconsent, Refused, Unsure};
use Whom::{Any, Batch, Of, Read, Write};

/// Which calls a row speaks of.
#[derive(Debug, Clone, Copy)]
enum Whom {
    Any,
    Read,
    Write,
    /// A batch as a whole, which Google answers before it looks at any of its calls.
    Batch,
    /// The method of this name; with a dot at its end, all whose names start so.
    Of(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Meaning {
    Refused,
    Exists,
    NotApplied,
    Quota,
    Unsure,
    Reconsent,
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

const fn span(whom: Whom, status: (u16, u16), meaning: Meaning, source: &'static str) -> Row {
    Row { whom, status, reasons: &[], text: "", meaning, source }
}

/// An answer of the token endpoint in the flat form; statuses are observed only, so any 4xx will do.
const fn token(reasons: &'static [&'static str], meaning: Meaning, source: &'static str) -> Row {
    let (whom, status) = (Of("oauth.token"), (400, 499));
    Row { whom, status, reasons, text: "", meaning, source }
}

/// The first row that fits counts. Sections are of google-semantics.md.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    // The token endpoint. Terminal: only a person can help. Down: try again.
    row(Of("oauth.token"), 429, &[], "", NotApplied, "RFC 6585 §4"),
    token(&["internal_failure"], Unsure, "§1.4 observed: Backend Error {F-GAM}"),
    token(&["server_error", "temporarily_unavailable"], Unsure, "RFC 6749 §4.1.2.1, by analogy"),
    token(&["invalid_grant"], Reconsent, "§1.3, §1.4: terminal for this token {O-WEB}{O-2}"),
    token(&["invalid_client"], Reconsent, "§1.3: a bad client secret {F-GAM}"),
    token(&["deleted_client", "disabled_client"], Reconsent, "§1.2: the client was deleted {O-WEB}"),
    token(&["admin_policy_enforced"], Reconsent, "§1.2, §1.4: restricted by an administrator {O-2}"),
    token(&["org_internal", "access_denied"], Reconsent, "§1.2 {O-WEB}"),
    token(&["invalid_account"], Reconsent, "§1.4 observed: Forbidden {F-GAM}"),
    token(&["invalid_scope", "unauthorized_client"], Reconsent, "§1.10; RFC 6749 §5.2"),
    row(Of("oauth.token"), 401, &[], "", Refused, "RFC 6749 §5.2"),
    row(Of("oauth.revoke"), 400, &["invalid_token"], "", Exists, "§1.6: 400 with an error code; withdrawn already"),
    row(Of("oauth.revoke"), 401, &[], "", Refused, "RFC 7009 §2.2.1"),
    row(Of("oauth.token"), 409, &[], "", Unsure, "§1.3: no such answer is documented"),
    row(Of("oauth.token"), 412, &[], "", Unsure, "§1.3: no such answer is documented"),
    row(Of("oauth.revoke"), 409, &[], "", Unsure, "§1.6: no such answer is documented"),
    row(Of("oauth.revoke"), 412, &[], "", Unsure, "§1.6: no such answer is documented"),

    // The token was refreshed and the call repeated once before this is asked.
    row(Any, 401, &[], "", NotApplied, "§2.14, §3.6 401 authError: refresh once"),

    // 403: switched off or not allowed, before quota, because `accessNotConfigured` has the domain
    // `usageLimits` too.
    row(Any, 403, &["accessNotConfigured"], "", Refused, "§2.14, §3.6 {R-ERR}"),
    row(Any, 403, &["SERVICE_DISABLED"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["insufficientPermissions"], "", Refused, "§3.6, §5.3"),
    row(Any, 403, &["ACCESS_TOKEN_SCOPE_INSUFFICIENT"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["domainCannotUseApis"], "", Refused, "§1.11, §3.6 {R-DERR}"),
    row(Any, 403, &["CONSUMER_INVALID"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["CONSUMER_SUSPENDED"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["USER_PROJECT_DENIED"], "", Refused, "§7.2, §7.3 {ERR-REG}"),
    row(Any, 403, &["ACCOUNT_STATE_INVALID"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["SECURITY_POLICY_VIOLATED"], "", Refused, "§7.2 {ERR-REG}"),
    row(Any, 403, &["domainPolicy"], "", Refused, "§5.3 {GM-ERR}"),
    row(Any, 403, &["dailyLimitExceeded"], "", Quota, "§2.14, §5.3, §6 {R-ERR}{R-SVERR}"),
    row(Any, 403, &["quotaExceeded"], "", Quota, "§3.6: concurrent operations"),
    row(Any, 403, &["rateLimitExceeded"], "", Quota, "§5.3 {GM-ERR}"),
    row(Any, 403, &["userRateLimitExceeded"], "", Quota, "§3.6 {DIR-LIM}, §5.3 {GM-ERR}"),
    row(Any, 403, &["RATE_LIMIT_EXCEEDED"], "", Quota, "§7.2 {ERR-REG}"),
    row(Any, 403, &["RESOURCE_QUOTA_EXCEEDED"], "", Quota, "§7.2 {ERR-REG}"),
    row(Any, 403, &["RESOURCE_EXHAUSTED"], "", Quota, "§7.2 {AIP193}"),
    row(Any, 403, &["domain:usageLimits"], "", Quota, "§2.16: 403 with a usageLimits domain is retryable"),
    row(Any, 403, &[], "Request rate higher than configured", Quota, "§3.6 {F-GAM}"),
    // Directory answers so until it has heard of a customer made a moment ago.
    row(Of("directory.users.insert"), 403, &["forbidden"], "", NotApplied, "§9.1 row 5: customer not yet visible, retry"),
    row(Of("directory.customers.patch"), 403, &["forbidden"], "", NotApplied, "§9.1 row 4: right after creation, retry"),
    row(Any, 403, &[], "", Refused, "§2.14 forbidden; §10 trap 30: the other reasons are above"),

    row(Any, 429, &["quotaExceeded"], "", Quota, "§2.14: queries per second {R-ERR}"),
    row(Any, 429, &["rateLimitExceeded"], "", Quota, "§3.6: limit per Workspace account"),
    row(Any, 429, &[], "User-rate limit exceeded", Quota, "§5.3 {GM-ERR}"),
    row(Any, 429, &[], "Too many concurrent requests", Quota, "§5.3 {GM-ERR}"),
    row(Any, 429, &[], "", Quota, "§7.2 RESOURCE_EXHAUSTED; RFC 6585 §4"),

    // Of the single call these say something; of a whole batch nothing of the kind is documented.
    row(Batch, 404, &[], "", Refused, "§7.1, §7.2: a wrong path, nothing was taken in"),
    row(Batch, 409, &[], "", Unsure, "§7.1 [I]: answered as a whole with 401, 403 or 5xx only"),
    row(Batch, 412, &[], "", Unsure, "§7.1 [I]: answered as a whole with 401, 403 or 5xx only"),

    // 412: so already, settling, or a condition that will not come by waiting.
    row(Of("licensing.licenseAssignments.insert"), 412, &[], "already has a license for the specified product and SKU", Exists, "§4: success for us {R-LERR}{F-GAM}"),
    row(Of("licensing.licenseAssignments.update"), 412, &[], "already has a license for the specified product and SKU", Exists, "§4: success for us {R-LERR}{F-GAM}"),
    row(Of("licensing.licenseAssignments.patch"), 412, &[], "already has a license for the specified product and SKU", Exists, "§4: success for us {R-LERR}{F-GAM}"),
    row(Of("licensing."), 412, &[], "", Refused, "§4 412: no seats left, auto-licensing, another SKU of the product"),
    row(Any, 412, &[], "User creation is not complete", NotApplied, "§3.3, §3.6 {DISC-DIR}{F-TF}"),
    row(Of("directory.users.undelete"), 412, &[], "", Refused, "§3.6 conditionNotMet: undelete not possible"),
    row(Any, 412, &["limitExceeded"], "", Refused, "§3.6: seat limit reached, changeSeats first"),
    row(Any, 412, &["conditionNotMet"], "", Refused, "§2.14: renewal settings, no admin, SKU or market not allowed"),
    row(Any, 412, &[], "", Refused, "§7.2: the legacy family only; fix first"),

    // The customer and the user were there when the step was planned: not visible yet.
    row(Of("directory.users.makeAdmin"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§3.3 propagation {F-TF}, §9.1 row 6"),
    row(Of("directory.users.insert"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§9.1 row 5: customer not yet visible"),
    row(Of("directory.customers.patch"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§9.1 row 4: right after creation, retry"),
    row(Of("directory.members.insert"), 404, &["notFound", "NOT_FOUND"], "memberKey", NotApplied, "§3.3: adding the new user to a group may 404 {F-TF}"),
    row(Of("reseller.subscriptions.insert"), 404, &["notFound", "NOT_FOUND"], "", NotApplied, "§9.1 row 7, §10 trap 13"),
    // What is to go is gone: by an earlier try of ours, or by somebody else.
    row(Of("reseller.subscriptions.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§2.9: transfer_to_direct leaves our list at once"),
    row(Of("licensing.licenseAssignments.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§4 404: user doesn't have this licence"),
    row(Of("directory.users.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.3 delete, §3.6 notFound"),
    row(Of("directory.users.aliases.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.3: a deleted alias is free immediately"),
    row(Of("directory.domains.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.4, §3.6 notFound"),
    row(Of("directory.domainAliases.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.4, §3.6 notFound"),
    row(Of("directory.orgunits.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.5, §3.6 Org unit not found"),
    row(Of("directory.groups.delete"), 404, &["notFound", "NOT_FOUND"], "", Exists, "§3.5, §3.6 notFound"),
    row(Of("directory.members.delete"), 404, &["notFound", "NOT_FOUND"], "memberKey", Exists, "§3.5, §3.6 notFound"),
    // Only Google's own word makes a thing absent; a front end's page about a wrong path does not.
    row(Read, 404, &["notFound", "NOT_FOUND"], "", Refused, "§2.3, §2.14, §3.6"),
    row(Read, 404, &[], "", NotApplied, "§7.2: HTML pages on 404 of a wrong path"),
    row(Write, 404, &[], "", Refused, "§2.14, §7.2: nothing there to change"),

    row(Of("reseller.customers.insert"), 409, &[], "", Exists, "§2.4, §9.1 row 3, §9.2 row 5: look, maybe our own"),
    row(Of("directory.users.insert"), 409, &[], "", Exists, "§3.7: look, compare externalIds"),
    row(Write, 409, &[], "", Exists, "§3.6, §4, §10 trap 2: maybe our own lost success"),

    // The record in the DNS can't be seen yet; a wrong token is `invalidParameter`.
    row(Of("siteVerification.webResource.insert"), 400, &["badRequest"], "", NotApplied, "§6 {R-SVERR}: keep the record, retry"),
    row(Of("oauth.tokeninfo"), 400, &["invalid_token"], "", Refused, "§1.6: the token is not good"),
    row(Any, 400, &["invalid"], "", Refused, "§2.14, §3.6: fix the data"),
    row(Any, 400, &["badRequest"], "", Refused, "§2.14, §3.6: suspended, or the wrong kind of key"),
    row(Any, 400, &["failedPrecondition", "FAILED_PRECONDITION"], "", Refused, "§5.3 {F-GAM}, §7.2 {AIP193}"),
    row(Any, 400, &[], "", Refused, "§7.2 INVALID_ARGUMENT {AIP193}"),
    // By HTTP's own definition never processed.
    row(Any, 405, &[], "", Refused, "RFC 9110 §15.5.6"),
    row(Any, 411, &[], "", Refused, "RFC 9110 §15.5.12"),
    row(Any, 413, &[], "", Refused, "§7.2 413 from the front end"),
    row(Any, 414, &[], "", Refused, "RFC 9110 §15.5.15"),
    row(Any, 415, &[], "", Refused, "RFC 9110 §15.5.16"),
    row(Any, 421, &[], "", NotApplied, "RFC 9110 §15.5.20: another connection may do"),
    row(Any, 428, &[], "", Refused, "RFC 6585 §3"),
    row(Any, 431, &[], "", Refused, "RFC 6585 §5"),

    // 503 is documented as quota, but also comes from a front end that lost a backend's answer.
    row(Write, 503, &[], "", Unsure, "§2.14, §2.16 [X], §10 trap 1: never repeat blindly"),
    span(Write, (500, 599), Unsure, "§7.2, §10 trap 1: never repeat blindly"),
    row(Read, 503, &[], "", NotApplied, "§2.14, §3.6 backendError: back off"),
    span(Read, (500, 599), NotApplied, "§5.3, §7.2: back off"),
];

/// How many rows the table has.
#[must_use]
pub fn rows() -> usize {
    TABLE.len()
}

/// Which row of the table judges a failed answer, and where it is known from; `None` when the answer
/// was not foreseen.
#[must_use]
pub fn row_of(answer: &Answer) -> Option<(usize, &'static str)> {
    let index = TABLE.iter().position(|row| fits(row, answer))?;
    Some((index, TABLE[index].source))
}

/// Says what a failed answer means. Anything unforeseen is [`CallError::Unsure`] for a call that
/// changes something, and [`CallError::NotApplied`] for one that only reads.
#[must_use]
pub fn classify(answer: &Answer) -> CallError {
    let unforeseen = if answer.mutates { Unsure } else { NotApplied };
    let row = row_of(answer).map(|(index, _)| &TABLE[index]);
    let why = why(answer);
    let retry_after_ms = answer.retry_after_ms;
    match row.map_or(unforeseen, |row| row.meaning) {
        Refused => CallError::Refused { reason: answer.reason() },
        Exists => CallError::Exists { reason: answer.reason() },
        NotApplied => CallError::NotApplied { why, retry_after_ms },
        Quota => CallError::Quota { why, retry_after_ms },
        Unsure => CallError::Unsure { why },
        Reconsent => CallError::Reconsent { reason: consent_gone(answer) },
    }
}

/// Google's code first.
fn consent_gone(answer: &Answer) -> String {
    let reason = answer.reason();
    match (reason.code.as_str(), reason.message.as_str()) {
        (code, "") | (code @ "invalid_client", _) => code.to_owned(),
        (code, message) => format!("{code}: {message}"),
    }
}

fn fits(row: &Row, answer: &Answer) -> bool {
    let whom = match row.whom {
        Any => true,
        Read => !answer.mutates,
        Write => answer.mutates,
        Batch => answer.mutates && answer.method.ends_with(".batch"),
        Of(start) if start.ends_with('.') => answer.method.starts_with(start),
        Of(method) => answer.method == method,
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
