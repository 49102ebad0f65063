//! The table from Google's answers to meaning, one documented answer per line.

use bytes::Bytes;
use domain::observed::Reason;
use domain::time::Timestamp;
use google::{Answer, CallError, RETRY_AFTER_MS_MAX, classify, enable_url, row_of, rows};
use std::collections::BTreeSet;

const INSERT: &str = "reseller.customers.insert";
const BUY: &str = "reseller.subscriptions.insert";
const USER: &str = "directory.users.insert";
const ADMIN: &str = "directory.users.makeAdmin";
const SEND: &str = "gmail.users.messages.send";
const GET: &str = "reseller.customers.get";
const LIST: &str = "reseller.subscriptions.list";
const GET_USER: &str = "directory.users.get";
const LICENSE: &str = "licensing.licenseAssignments.insert";
const SWITCH: &str = "licensing.licenseAssignments.update";
const SWITCH_PATCH: &str = "licensing.licenseAssignments.patch";
const UNLICENSE: &str = "licensing.licenseAssignments.delete";
const GET_LICENSE: &str = "licensing.licenseAssignments.get";
const SEATS: &str = "reseller.subscriptions.changeSeats";
const PLAN: &str = "reseller.subscriptions.changePlan";
const RENEWAL: &str = "reseller.subscriptions.changeRenewalSettings";
const RESUME: &str = "reseller.subscriptions.activate";
const TO_DIRECT: &str = "reseller.subscriptions.delete";
const GET_SUBSCRIPTION: &str = "reseller.subscriptions.get";
const LANGUAGE: &str = "directory.customers.patch";
const UNDELETE: &str = "directory.users.undelete";
const UPDATE_USER: &str = "directory.users.update";
const DELETE_USER: &str = "directory.users.delete";
const ALIAS: &str = "directory.users.aliases.insert";
const DELETE_ALIAS: &str = "directory.users.aliases.delete";
const DOMAIN: &str = "directory.domains.insert";
const DELETE_DOMAIN: &str = "directory.domains.delete";
const DELETE_DOMAIN_ALIAS: &str = "directory.domainAliases.delete";
const ORG_UNIT: &str = "directory.orgunits.insert";
const DELETE_ORG_UNIT: &str = "directory.orgunits.delete";
const GROUP: &str = "directory.groups.insert";
const DELETE_GROUP: &str = "directory.groups.delete";
const MEMBER: &str = "directory.members.insert";
const DELETE_MEMBER: &str = "directory.members.delete";
const VERIFY: &str = "siteVerification.webResource.insert";
const TOKEN_INFO: &str = "oauth.tokeninfo";
const TOKEN: &str = "oauth.token";
const REVOKE: &str = "oauth.revoke";
const BATCH: &str = "reseller.batch";
const READS: &[&str] = &[GET, LIST, GET_USER, GET_LICENSE, GET_SUBSCRIPTION, TOKEN_INFO];

fn answer(method: &'static str, status: u16, retry_after: &str, body: &str) -> Answer {
    let mutates = !READS.contains(&method);
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

/// The lines below, and the rows of the table they were judged by.
#[derive(Default)]
struct Lines {
    hit: BTreeSet<usize>,
}

impl Lines {
    #[track_caller]
    fn raw(&mut self, method: &'static str, status: u16, body: &str, expected: &str) {
        let answer = answer(method, status, "", body);
        assert_eq!(word(&classify(&answer)), expected, "{method} {status} {body}");
        if let Some((row, source)) = row_of(&answer) {
            assert!(!source.is_empty());
            self.hit.insert(row);
        }
    }

    /// Legacy envelope: `domain/reason message`.
    #[track_caller]
    fn legacy(
        &mut self,
        method: &'static str,
        status: u16,
        reason: &str,
        message: &str,
        expected: &str,
    ) {
        let (domain, reason) = reason.split_once('/').unwrap_or(("global", reason));
        let body = serde_json::json!({"error": {"code": status, "message": message,
            "errors": [{"message": message, "domain": domain, "reason": reason}]}});
        self.raw(method, status, &body.to_string(), expected);
    }

    /// Newer envelope: canonical name and ErrorInfo reason, without the legacy list.
    #[track_caller]
    fn newer(&mut self, method: &'static str, status: u16, name: &str, info: &str, expected: &str) {
        let details = match info {
            "" => serde_json::json!([]),
            info => serde_json::json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": info, "domain": "googleapis.com"}]),
        };
        let body = serde_json::json!({"error": {"code": status, "message": "No.", "status": name,
            "details": details}});
        self.raw(method, status, &body.to_string(), expected);
    }
}

#[test]
fn every_row_has_a_line() {
    let mut on = Lines::default();
    changes_of_the_first_customer(&mut on);
    changes_of_a_customers_life(&mut on);
    reads(&mut on);
    tokens(&mut on);
    batches_and_the_unforeseen(&mut on);
    assert!(rows() >= 60);
    let unheard: Vec<usize> = (0..rows()).filter(|row| !on.hit.contains(row)).collect();
    assert!(unheard.is_empty(), "rows without a line: {unheard:?}");
}

#[rustfmt::skip]
fn changes_of_the_first_customer(on: &mut Lines) {
    on.legacy(INSERT, 400, "badRequest", "Customer is suspended", "refused");
    on.legacy(INSERT, 400, "invalid", "Invalid Input: postalCode", "refused");
    on.legacy(INSERT, 401, "authError", "Invalid Credentials", "not_applied");
    on.legacy(INSERT, 403, "forbidden", "Forbidden", "refused");
    on.legacy(INSERT, 403, "usageLimits/accessNotConfigured", "API has not been used", "refused");
    on.legacy(INSERT, 403, "usageLimits/dailyLimitExceeded", "Daily Limit Exceeded", "quota");
    on.legacy(INSERT, 403, "usageLimits/somethingNew", "Slow down", "quota");
    on.legacy(INSERT, 403, "somethingNew", "No", "refused");
    on.legacy(INSERT, 404, "notFound", "Not Found", "refused");
    on.legacy(INSERT, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(INSERT, 409, "somethingNew", "", "exists");
    on.legacy(INSERT, 429, "usageLimits/quotaExceeded", "Quota exceeded", "quota");
    on.legacy(INSERT, 500, "internalError", "Internal", "unsure");
    on.legacy(INSERT, 501, "notImplemented", "", "unsure");
    on.legacy(INSERT, 503, "backendError", "Service unavailable. Please try again", "unsure");
    on.legacy(BUY, 404, "notFound", "Resource Not Found: customerId", "not_applied");
    on.legacy(BUY, 412, "conditionNotMet", "Terms not accepted for this SKU", "refused");
    on.legacy(BUY, 400, "badRequest", "Subscription is suspended", "refused");
    on.legacy(BUY, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    on.legacy(USER, 403, "forbidden", "Not Authorized to access this resource/api", "not_applied");
    on.legacy(USER, 403, "domainCannotUseApis", "Domain cannot use apis.", "refused");
    on.legacy(USER, 403, "insufficientPermissions", "Insufficient Permission", "refused");
    on.legacy(USER, 403, "usageLimits/userRateLimitExceeded", "User Rate Limit Exceeded", "quota");
    on.legacy(USER, 403, "quotaExceeded", "Concurrent operations", "quota");
    on.legacy(USER, 403, "forbidden", "Request rate higher than configured", "quota");
    on.legacy(USER, 404, "notFound", "Domain not found", "not_applied");
    on.legacy(USER, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(USER, 412, "limitExceeded", "Domain user limit reached", "refused");
    on.legacy(USER, 412, "conditionNotMet", "User creation is not complete.", "not_applied");
    on.legacy(USER, 429, "rateLimitExceeded", "Rate Limit Exceeded", "quota");
    on.legacy(USER, 503, "backendError", "", "unsure");
    on.legacy(ADMIN, 404, "notFound", "Resource Not Found: userKey", "not_applied");
    on.legacy(ADMIN, 412, "conditionNotMet", "USER CREATION IS NOT COMPLETE", "not_applied");
    on.legacy(ADMIN, 412, "conditionNotMet", "No more admins", "refused");
    on.legacy(ADMIN, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    on.legacy(SEND, 400, "failedPrecondition", "Mail service not enabled", "refused");
    on.legacy(SEND, 403, "domainPolicy", "The domain administrators have disabled Gmail apps.", "refused");
    on.legacy(SEND, 403, "usageLimits/rateLimitExceeded", "Rate Limit Exceeded", "quota");
    on.legacy(SEND, 429, "usageLimits/rateLimitExceeded", "User-rate limit exceeded (Mail sending)", "quota");
    on.legacy(SEND, 504, "gatewayTimeout", "", "unsure");
    on.newer(INSERT, 400, "INVALID_ARGUMENT", "", "refused");
    on.newer(INSERT, 400, "FAILED_PRECONDITION", "", "refused");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "SERVICE_DISABLED", "refused");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "refused");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED", "quota");
    on.newer(USER, 403, "PERMISSION_DENIED", "CONSUMER_SUSPENDED", "refused");
    on.newer(USER, 403, "PERMISSION_DENIED", "USER_PROJECT_DENIED", "refused");
    on.newer(ADMIN, 404, "NOT_FOUND", "", "not_applied");
    on.newer(INSERT, 409, "ABORTED", "", "exists");
    on.newer(INSERT, 429, "RESOURCE_EXHAUSTED", "RESOURCE_QUOTA_EXCEEDED", "quota");
    on.newer(INSERT, 499, "CANCELLED", "", "unsure");
    on.newer(INSERT, 504, "DEADLINE_EXCEEDED", "", "unsure");
    on.raw(INSERT, 502, "<html><title>Error 502 (Server Error)!!1</title></html>", "unsure");
    on.raw(INSERT, 413, "<html>too large</html>", "refused");
    on.raw(INSERT, 404, "<html>The requested URL was not found</html>", "refused");
    on.raw(ADMIN, 404, "<html>The requested URL was not found</html>", "refused");
    on.raw(INSERT, 400, "", "refused");
    on.raw(INSERT, 429, "{\"error\":", "quota");
    on.raw(INSERT, 408, "", "unsure");
    on.raw(INSERT, 302, "", "unsure");
    on.raw(INSERT, 418, "{}", "unsure");
}

#[rustfmt::skip]
fn changes_of_a_customers_life(on: &mut Lines) {
    on.legacy(INSERT, 403, "RESOURCE_EXHAUSTED", "Quota", "quota");
    on.legacy(INSERT, 403, "usageLimits/rateLimitExceeded", "Rate", "quota");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "RESOURCE_QUOTA_EXCEEDED", "quota");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "CONSUMER_INVALID", "refused");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "ACCOUNT_STATE_INVALID", "refused");
    on.newer(INSERT, 403, "PERMISSION_DENIED", "SECURITY_POLICY_VIOLATED", "refused");
    on.legacy(SEND, 429, "somethingNew", "User-rate limit exceeded", "quota");
    on.legacy(SEND, 429, "somethingNew", "Too many concurrent requests for user", "quota");
    on.raw(SEND, 412, "{}", "refused");
    on.legacy(SEATS, 400, "invalid", "The seats provided are not valid", "refused");
    on.legacy(SEATS, 404, "notFound", "Not Found", "refused");
    on.legacy(PLAN, 412, "conditionNotMet", "Annual plans can't be changed", "refused");
    on.legacy(RENEWAL, 412, "conditionNotMet", "Not a commitment plan", "refused");
    on.legacy(RESUME, 400, "badRequest", "Subscription was not suspended by the reseller", "refused");
    on.legacy(TO_DIRECT, 404, "notFound", "Resource Not Found: subscriptionId", "exists");
    on.raw(TO_DIRECT, 404, "<html>The requested URL was not found</html>", "refused");
    on.legacy(TO_DIRECT, 403, "forbidden", "Forbidden", "refused");
    on.legacy(TO_DIRECT, 412, "conditionNotMet", "The customer has no admin", "refused");
    on.legacy(TO_DIRECT, 500, "internalError", "", "unsure");
    on.legacy(LICENSE, 412, "conditionNotMet", "User already has a license for the specified product and SKU", "exists");
    on.legacy(LICENSE, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(LICENSE, 412, "conditionNotMet", "There aren't enough available licenses for the specified product-SKU pair", "refused");
    on.legacy(LICENSE, 412, "conditionNotMet", "User already has a license of the product", "refused");
    on.legacy(LICENSE, 400, "invalid", "Invalid userId", "refused");
    on.legacy(LICENSE, 503, "backendError", "", "unsure");
    on.legacy(SWITCH, 412, "conditionNotMet", "User already has a license for the specified product and SKU", "exists");
    on.legacy(SWITCH_PATCH, 412, "conditionNotMet", "USER ALREADY HAS A LICENSE FOR THE SPECIFIED PRODUCT AND SKU", "exists");
    on.legacy(SWITCH, 412, "conditionNotMet", "Auto-switch not allowed", "refused");
    on.legacy(UNLICENSE, 404, "notFound", "Not Found", "exists");
    on.legacy(UNLICENSE, 412, "conditionNotMet", "Auto un-assignment not allowed", "refused");
    on.legacy(LANGUAGE, 403, "forbidden", "Not Authorized to access this resource/api", "not_applied");
    on.legacy(LANGUAGE, 404, "notFound", "Resource Not Found: customerKey", "not_applied");
    on.legacy(UNDELETE, 412, "conditionNotMet", "Undelete not possible", "refused");
    on.legacy(UNDELETE, 404, "notFound", "Resource Not Found: userKey", "refused");
    on.legacy(UPDATE_USER, 412, "conditionNotMet", "User creation is not complete.", "not_applied");
    on.legacy(UPDATE_USER, 412, "limitExceeded", "Archived user limit", "refused");
    on.legacy(DELETE_USER, 404, "notFound", "Resource Not Found: userKey", "exists");
    on.legacy(ALIAS, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(DELETE_ALIAS, 404, "notFound", "Resource Not Found: alias", "exists");
    on.legacy(DOMAIN, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(DELETE_DOMAIN, 404, "notFound", "Domain not found", "exists");
    on.legacy(DELETE_DOMAIN_ALIAS, 404, "notFound", "Domain alias not found", "exists");
    on.legacy(ORG_UNIT, 400, "invalid", "Invalid Ou Id", "refused");
    on.legacy(DELETE_ORG_UNIT, 404, "notFound", "Org unit not found", "exists");
    on.legacy(GROUP, 409, "duplicate", "Entity already exists.", "exists");
    on.legacy(DELETE_GROUP, 404, "notFound", "Resource Not Found: groupKey", "exists");
    on.legacy(MEMBER, 404, "notFound", "Resource Not Found: memberKey", "not_applied");
    on.legacy(MEMBER, 404, "notFound", "Resource Not Found: groupKey", "refused");
    on.legacy(MEMBER, 409, "duplicate", "Member already exists.", "exists");
    on.legacy(DELETE_MEMBER, 404, "notFound", "Resource Not Found: memberKey", "exists");
    on.legacy(DELETE_MEMBER, 404, "notFound", "Resource Not Found: groupKey", "refused");
    on.legacy(VERIFY, 400, "badRequest", "The necessary verification token could not be found on your site.", "not_applied");
    on.legacy(VERIFY, 400, "invalidParameter", "Wrong token", "refused");
    on.legacy(VERIFY, 403, "usageLimits/dailyLimitExceeded", "Daily Limit Exceeded", "quota");
    on.raw(INSERT, 405, "", "refused");
    on.raw(INSERT, 411, "", "refused");
    on.raw(INSERT, 414, "", "refused");
    on.raw(INSERT, 415, "", "refused");
    on.raw(INSERT, 421, "", "not_applied");
    on.raw(INSERT, 428, "", "refused");
    on.raw(INSERT, 431, "", "refused");
}

#[rustfmt::skip]
fn reads(on: &mut Lines) {
    on.legacy(GET, 404, "notFound", "Not Found", "refused");
    on.newer(GET, 404, "NOT_FOUND", "", "refused");
    on.raw(GET, 404, "<html>The requested URL was not found</html>", "not_applied");
    on.raw(GET, 404, "", "not_applied");
    on.legacy(GET, 400, "invalid", "Customer domain [x] is linked to one or more email verified customers, please provide a customer id.", "refused");
    on.legacy(GET, 401, "authError", "Invalid Credentials", "not_applied");
    on.legacy(GET, 403, "forbidden", "Forbidden", "refused");
    on.legacy(GET_USER, 403, "forbidden", "Not Authorized to access this resource/api", "refused");
    on.legacy(GET_USER, 412, "conditionNotMet", "User creation is not complete.", "not_applied");
    on.legacy(LIST, 403, "usageLimits/quotaExceeded", "Quota", "quota");
    on.legacy(LIST, 429, "usageLimits/quotaExceeded", "Quota", "quota");
    on.legacy(LIST, 409, "conflict", "", "not_applied");
    on.legacy(LIST, 503, "backendError", "", "not_applied");
    on.raw(LIST, 502, "<html>", "not_applied");
    on.raw(LIST, 302, "", "not_applied");
    on.legacy(GET_SUBSCRIPTION, 404, "notFound", "Not Found", "refused");
    on.legacy(GET_SUBSCRIPTION, 403, "forbidden", "Forbidden", "refused");
    on.legacy(GET_LICENSE, 404, "notFound", "Not Found", "refused");
    on.legacy(GET_LICENSE, 412, "conditionNotMet", "The customer is suspended", "refused");
    on.raw(TOKEN_INFO, 400, r#"{"error":"invalid_token","error_description":"Invalid Value"}"#, "refused");
    on.raw(TOKEN_INFO, 503, "<html>", "not_applied");
    on.raw(LIST, 421, "", "not_applied");
}

#[rustfmt::skip]
fn tokens(on: &mut Lines) {
    let flat = |error: &str| format!(r#"{{"error":"{error}","error_description":"Bad Request"}}"#);
    for (status, error, expected) in [
        (400, "invalid_grant", "reconsent"),
        (401, "invalid_client", "reconsent"),
        (401, "deleted_client", "reconsent"),
        (401, "disabled_client", "reconsent"),
        (400, "admin_policy_enforced", "reconsent"),
        (403, "org_internal", "reconsent"),
        (403, "access_denied", "reconsent"),
        (400, "invalid_account", "reconsent"),
        (400, "invalid_scope", "reconsent"),
        (401, "unauthorized_client", "reconsent"),
        (400, "internal_failure", "unsure"),
        (400, "temporarily_unavailable", "unsure"),
        (400, "server_error", "unsure"),
        (500, "invalid_grant", "unsure"),
        (503, "backend", "unsure"),
        (429, "rate_limited", "not_applied"),
        (429, "invalid_grant", "not_applied"),
        (400, "invalid_request", "refused"),
        (401, "somethingNew", "refused"),
        (400, "unsupported_grant_type", "refused"),
        (400, "redirect_uri_mismatch", "refused"),
        (302, "invalid_grant", "unsure"),
    ] {
        on.raw(TOKEN, status, &flat(error), expected);
    }
    on.raw(TOKEN, 502, "<html><title>Error 502 (Server Error)!!1</title></html>", "unsure");
    on.raw(REVOKE, 400, &flat("invalid_token"), "exists");
    on.raw(REVOKE, 400, &flat("invalid_request"), "refused");
    on.raw(REVOKE, 401, &flat("invalid_client"), "refused");
    on.raw(REVOKE, 503, "", "unsure");
    on.raw(REVOKE, 409, &flat("invalid_token"), "unsure");
    on.raw(REVOKE, 412, &flat("somethingNew"), "unsure");
    on.raw(TOKEN, 409, &flat("somethingNew"), "unsure");
    on.raw(TOKEN, 412, &flat("somethingNew"), "unsure");
    on.raw(TOKEN_INFO, 409, &flat("somethingNew"), "not_applied");
    on.raw(TOKEN_INFO, 412, &flat("somethingNew"), "refused");
    // Only the token endpoint can say that a consent is gone.
    on.raw(TOKEN_INFO, 400, &flat("invalid_scope"), "refused");
    on.raw(TOKEN_INFO, 429, &flat("invalid_grant"), "quota");
    on.raw(INSERT, 400, &flat("invalid_grant"), "refused");
}

#[rustfmt::skip]
fn batches_and_the_unforeseen(on: &mut Lines) {
    on.raw(BATCH, 404, "<html>The requested URL was not found</html>", "refused");
    on.legacy(BATCH, 409, "duplicate", "Entity already exists.", "unsure");
    on.legacy(BATCH, 412, "conditionNotMet", "?", "unsure");
    on.legacy(BATCH, 400, "badRequest", "Failed to parse batch request.", "refused");
    on.legacy(BATCH, 401, "authError", "Invalid Credentials", "not_applied");
    on.legacy(BATCH, 403, "usageLimits/dailyLimitExceeded", "Daily Limit Exceeded", "quota");
    on.newer(BATCH, 403, "PERMISSION_DENIED", "SERVICE_DISABLED", "refused");
    on.raw(BATCH, 413, "<html>too large</html>", "refused");
    on.raw(BATCH, 503, "", "unsure");
    for status in [100, 101, 103, 300, 301, 302, 303, 304, 307, 308, 402, 406, 407, 408, 410, 416, 417,
        422, 423, 424, 425, 426, 451, 499, 600, 999] {
        for body in ["", "{}", "<html><title>?</title></html>", r#"{"error":{"code":404,"errors":[{"reason":"notFound"}]}}"#] {
            on.raw(INSERT, status, body, "unsure");
            on.raw(GET, status, body, "not_applied");
        }
    }
    for status in [500, 501, 502, 503, 504, 505, 511, 599] {
        on.legacy(TO_DIRECT, status, "notFound", "Resource Not Found", "unsure");
        on.legacy(LIST, status, "notFound", "Resource Not Found", "not_applied");
        on.legacy(INSERT, status, "usageLimits/quotaExceeded", "Quota exceeded", "unsure");
    }
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

#[test]
fn a_read_that_is_told_to_wait_says_how_long() {
    for (status, retry_after) in
        [(503, "9"), (503, "Mon, 21 Sep 2026 14:13:29 GMT"), (500, "9"), (404, "9")]
    {
        let said = classify(&answer(LIST, status, retry_after, "<html>"));
        let CallError::NotApplied { retry_after_ms, .. } = said else { panic!("{said:?}") };
        assert_eq!(retry_after_ms, Some(9_000), "{status} {retry_after}");
    }
    // A change that may have been applied is looked into first, whatever it is told.
    assert_eq!(word(&classify(&answer(INSERT, 503, "9", ""))), "unsure");
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
