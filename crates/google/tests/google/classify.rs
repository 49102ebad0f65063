//! The table from Google's answers to meaning, one documented answer per line.

use bytes::Bytes;
use domain::observed::Reason;
use domain::time::Timestamp;
use google::{Answer, CallError, RETRY_AFTER_MS_MAX, classify, enable_url};

const INSERT: &str = "reseller.customers.insert";
const BUY: &str = "reseller.subscriptions.insert";
const USER: &str = "directory.users.insert";
const ADMIN: &str = "directory.users.makeAdmin";
const SEND: &str = "gmail.users.messages.send";
const GET: &str = "reseller.customers.get";
const LIST: &str = "reseller.subscriptions.list";
const GET_USER: &str = "directory.users.get";

fn answer(method: &'static str, status: u16, retry_after: &str, body: &str) -> Answer {
    let mutates = ![GET, LIST, GET_USER].contains(&method);
    let mut response = http::Response::builder().status(status);
    if !retry_after.is_empty() {
        response = response.header("retry-after", retry_after);
    }
    let response = response.body(Bytes::from(body.to_owned())).unwrap();
    Answer::read(method, mutates, response, Timestamp(1_790_000_000_000))
}

fn word(error: &CallError) -> &'static str {
    match error {
        CallError::Refused { .. } => "refused",
        CallError::Exists { .. } => "exists",
        CallError::NotApplied { .. } => "not_applied",
        CallError::Quota { .. } => "quota",
        CallError::Unsure { .. } => "unsure",
        CallError::Reconsent { .. } => "reconsent",
    }
}

/// Legacy envelope: `domain/reason message`.
#[track_caller]
fn legacy(method: &'static str, status: u16, reason: &str, message: &str, expected: &str) {
    let (domain, reason) = reason.split_once('/').unwrap_or(("global", reason));
    let body = serde_json::json!({"error": {"code": status, "message": message,
        "errors": [{"message": message, "domain": domain, "reason": reason}]}});
    let error = classify(&answer(method, status, "", &body.to_string()));
    assert_eq!(word(&error), expected, "{method} {status} {reason} {message}");
}

/// Newer envelope: canonical name and ErrorInfo reason, without the legacy list.
#[track_caller]
fn newer(method: &'static str, status: u16, name: &str, info: &str, expected: &str) {
    let details = match info {
        "" => serde_json::json!([]),
        info => serde_json::json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": info, "domain": "googleapis.com"}]),
    };
    let body = serde_json::json!({"error": {"code": status, "message": "No.", "status": name,
        "details": details}});
    let error = classify(&answer(method, status, "", &body.to_string()));
    assert_eq!(word(&error), expected, "{method} {status} {name} {info}");
}

/// Anything else as a body.
#[track_caller]
fn raw(method: &'static str, status: u16, body: &str, expected: &str) {
    assert_eq!(word(&classify(&answer(method, status, "", body))), expected, "{method} {status}");
}

#[test]
#[rustfmt::skip]
fn changes() {
    legacy(INSERT, 400, "badRequest", "Customer is suspended", "refused");
    legacy(INSERT, 400, "invalid", "Invalid Input: postalCode", "refused");
    legacy(INSERT, 401, "authError", "Invalid Credentials", "not_applied");
    legacy(INSERT, 403, "forbidden", "Forbidden", "refused");
    legacy(INSERT, 403, "usageLimits/accessNotConfigured", "API has not been used", "refused");
    legacy(INSERT, 403, "usageLimits/dailyLimitExceeded", "Daily Limit Exceeded", "quota");
    legacy(INSERT, 403, "usageLimits/somethingNew", "Slow down", "quota");
    legacy(INSERT, 403, "somethingNew", "No", "refused");
    legacy(INSERT, 404, "notFound", "Not Found", "refused");
    legacy(INSERT, 409, "duplicate", "Entity already exists.", "exists");
    legacy(INSERT, 409, "somethingNew", "", "exists");
    legacy(INSERT, 429, "usageLimits/quotaExceeded", "Quota exceeded", "quota");
    legacy(INSERT, 500, "internalError", "Internal", "unsure");
    legacy(INSERT, 501, "notImplemented", "", "unsure");
    legacy(INSERT, 503, "backendError", "Service unavailable. Please try again", "unsure");
    legacy(BUY, 404, "notFound", "Resource Not Found: customerId", "not_applied");
    legacy(BUY, 412, "conditionNotMet", "Terms not accepted for this SKU", "refused");
    legacy(BUY, 400, "badRequest", "Subscription is suspended", "refused");
    legacy(BUY, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    legacy(USER, 403, "forbidden", "Not Authorized to access this resource/api", "not_applied");
    legacy(USER, 403, "domainCannotUseApis", "Domain cannot use apis.", "refused");
    legacy(USER, 403, "insufficientPermissions", "Insufficient Permission", "refused");
    legacy(USER, 403, "usageLimits/userRateLimitExceeded", "User Rate Limit Exceeded", "quota");
    legacy(USER, 403, "quotaExceeded", "Concurrent operations", "quota");
    legacy(USER, 403, "forbidden", "Request rate higher than configured", "quota");
    legacy(USER, 404, "notFound", "Domain not found", "not_applied");
    legacy(USER, 409, "duplicate", "Entity already exists.", "exists");
    legacy(USER, 412, "limitExceeded", "Domain user limit reached", "refused");
    legacy(USER, 412, "conditionNotMet", "User creation is not complete.", "not_applied");
    legacy(USER, 429, "rateLimitExceeded", "Rate Limit Exceeded", "quota");
    legacy(USER, 503, "backendError", "", "unsure");
    legacy(ADMIN, 404, "notFound", "Resource Not Found: userKey", "not_applied");
    legacy(ADMIN, 412, "conditionNotMet", "USER CREATION IS NOT COMPLETE", "not_applied");
    legacy(ADMIN, 412, "conditionNotMet", "No more admins", "refused");
    legacy(ADMIN, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    legacy(SEND, 400, "failedPrecondition", "Mail service not enabled", "refused");
    legacy(SEND, 403, "domainPolicy", "The domain administrators have disabled Gmail apps.", "refused");
    legacy(SEND, 403, "usageLimits/rateLimitExceeded", "Rate Limit Exceeded", "quota");
    legacy(SEND, 429, "usageLimits/rateLimitExceeded", "User-rate limit exceeded (Mail sending)", "quota");
    legacy(SEND, 504, "gatewayTimeout", "", "unsure");
    newer(INSERT, 400, "INVALID_ARGUMENT", "", "refused");
    newer(INSERT, 400, "FAILED_PRECONDITION", "", "refused");
    newer(INSERT, 403, "PERMISSION_DENIED", "SERVICE_DISABLED", "refused");
    newer(INSERT, 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "refused");
    newer(INSERT, 403, "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED", "quota");
    newer(USER, 403, "PERMISSION_DENIED", "CONSUMER_SUSPENDED", "refused");
    newer(USER, 403, "PERMISSION_DENIED", "USER_PROJECT_DENIED", "refused");
    newer(ADMIN, 404, "NOT_FOUND", "", "not_applied");
    newer(INSERT, 409, "ABORTED", "", "exists");
    newer(INSERT, 429, "RESOURCE_EXHAUSTED", "RESOURCE_QUOTA_EXCEEDED", "quota");
    newer(INSERT, 499, "CANCELLED", "", "unsure");
    newer(INSERT, 504, "DEADLINE_EXCEEDED", "", "unsure");
    raw(INSERT, 502, "<html><title>Error 502 (Server Error)!!1</title></html>", "unsure");
    raw(INSERT, 413, "<html>too large</html>", "refused");
    raw(INSERT, 404, "<html>The requested URL was not found</html>", "refused");
    raw(ADMIN, 404, "<html>The requested URL was not found</html>", "refused");
    raw(INSERT, 400, "", "refused");
    raw(INSERT, 429, "{\"error\":", "quota");
    raw(INSERT, 408, "", "unsure");
    raw(INSERT, 302, "", "unsure");
    raw(INSERT, 418, "{}", "unsure");
}

#[test]
#[rustfmt::skip]
fn reads() {
    legacy(GET, 404, "notFound", "Not Found", "refused");
    newer(GET, 404, "NOT_FOUND", "", "refused");
    raw(GET, 404, "<html>The requested URL was not found</html>", "not_applied");
    raw(GET, 404, "", "not_applied");
    legacy(GET, 400, "invalid", "Customer domain [x] is linked to one or more email verified customers, please provide a customer id.", "refused");
    legacy(GET, 401, "authError", "Invalid Credentials", "not_applied");
    legacy(GET, 403, "forbidden", "Forbidden", "refused");
    legacy(GET_USER, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    legacy(GET_USER, 412, "conditionNotMet", "User creation is not complete.", "not_applied");
    legacy(LIST, 403, "usageLimits/quotaExceeded", "Quota", "quota");
    legacy(LIST, 429, "usageLimits/quotaExceeded", "Quota", "quota");
    legacy(LIST, 409, "conflict", "", "not_applied");
    legacy(LIST, 503, "backendError", "", "not_applied");
    raw(LIST, 502, "<html>", "not_applied");
    raw(LIST, 302, "", "not_applied");
}

#[track_caller]
fn waits(retry_after: &str, body: &str, expected: Option<i64>) {
    let CallError::Quota { retry_after_ms, .. } = classify(&answer(SEND, 429, retry_after, body))
    else {
        panic!("429 is a quota");
    };
    assert_eq!(retry_after_ms, expected, "{retry_after} {body}");
}

#[test]
fn google_says_when_to_come_back_in_four_ways() {
    let info = |delay: &str| {
        format!(
            r#"{{"error":{{"code":429,"details":[{{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{delay}"}}]}}}}"#
        )
    };
    let said = |text: &str| format!(r#"{{"error":{{"code":429,"message":"{text}"}}}}"#);
    waits("", "", None);
    waits("17", "", Some(17_000));
    waits(" 17 ", "", Some(17_000));
    waits("86400", "", Some(RETRY_AFTER_MS_MAX));
    waits("-5", "", Some(0));
    waits("99999999999999999999", "", None);
    waits("soon", "", None);
    waits("Mon, 21 Sep 2026 14:14:20 GMT", "", Some(60_000));
    waits("Mon, 21 Sep 2020 14:14:20 GMT", "", Some(0));
    waits("", &info("30s"), Some(30_000));
    waits("", &info("1.5s"), Some(2_000));
    waits("", &info("1.000s"), Some(1_000));
    waits("", &info("soon"), None);
    waits("3", &info("30s"), Some(3_000));
    let text = "User-rate limit exceeded.  Retry after 2026-09-21T14:23:20.000Z (Mail sending)";
    waits("", &said(text), Some(600_000));
    waits("", &said("Retry after lunch"), None);
}

fn reason(method: &'static str, status: u16, body: &str) -> Reason {
    match classify(&answer(method, status, "", body)) {
        CallError::Refused { reason } | CallError::Exists { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_most_telling_reason_is_kept() {
    let body = r#"{"error":{"code":403,"message":"Denied.","status":"PERMISSION_DENIED",
        "errors":[{"domain":"global","reason":"forbidden"}],
        "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED",
        "metadata":{"activationUrl":"https://console.developers.google.com/apis/api/admin.googleapis.com/overview?project=7"}}]}}"#;
    let denied = reason(INSERT, 403, body);
    assert_eq!((denied.status, denied.code.as_str()), (403, "SERVICE_DISABLED"));
    assert_eq!(
        enable_url(&denied).as_deref(),
        Some(
            "https://console.developers.google.com/apis/api/admin.googleapis.com/overview?project=7"
        )
    );
    let name_only = r#"{"error":{"code":400,"message":"Bad.","status":"INVALID_ARGUMENT"}}"#;
    assert_eq!(reason(INSERT, 400, name_only).code, "INVALID_ARGUMENT");
    let flat = r#"{"error":"invalid_request","error_description":"Bad."}"#;
    let flat = reason(INSERT, 400, flat);
    assert_eq!((flat.code.as_str(), flat.message.as_str()), ("invalid_request", "Bad."));
    let page = "<html><head><title>Error 413\n (Too Large)</title></head></html>";
    let page = reason(INSERT, 413, page);
    assert_eq!((page.code.as_str(), page.message.as_str()), ("", "Error 413 (Too Large)"));
}

#[test]
fn a_long_message_is_cut_and_odd_bodies_do_no_harm() {
    let long = "ä".repeat(2_000);
    let body = format!(r#"{{"error":{{"code":400,"message":"{long}"}}}}"#);
    assert_eq!(reason(INSERT, 400, &body).message.chars().count(), Reason::MESSAGE_MAX);
    for body in [r#"{"error":7}"#, r#"{"error":{"errors":{}}}"#, "[]", "null", "\u{0}", "\""] {
        assert_eq!(reason(INSERT, 400, body).code, "", "{body}");
    }
}

#[test]
fn only_googles_own_console_becomes_a_link() {
    let told = |message: &str| {
        enable_url(&Reason { status: 403, code: String::new(), message: message.into() })
    };
    let there =
        "Enable it by visiting https://console.cloud.google.com/apis/x?project=7. Then retry.";
    assert_eq!(told(there).as_deref(), Some("https://console.cloud.google.com/apis/x?project=7"));
    assert_eq!(told("Visit https://console.evil.example/apis"), None);
    assert_eq!(told("Forbidden"), None);
}
