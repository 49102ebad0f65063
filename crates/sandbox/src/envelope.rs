//! What refusals look like on the wire: both error envelopes of the APIs, and the flat form of OAuth.
//! Never: when to refuse.
//! Source: google-semantics.md §7.2 {GM-ERR}{DIR-503}{F-ERRSAMPLE}{ERR-REG}

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::settings::{Api, ErrorFormat};

/// A refusal by one of the APIs.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    /// Always worn in the newer form.
    newer: bool,
    domain: &'static str,
    reason: Cow<'static, str>,
    message: Box<str>,
    /// A parameter's name, or a header's.
    location: Option<Box<str>>,
    details: Box<[Value]>,
    pub(crate) headers: Box<[(&'static str, String)]>,
}

fn error(
    status: u16,
    reason: impl Into<Cow<'static, str>>,
    message: impl Into<String>,
) -> ApiError {
    ApiError {
        status,
        newer: false,
        domain: "global",
        reason: reason.into(),
        message: message.into().into_boxed_str(),
        location: None,
        details: Box::default(),
        headers: Box::default(),
    }
}

impl ApiError {
    /// 400 `invalid`. Source: google-semantics.md §2.14 {R-ERR}
    pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
        error(400, "invalid", message)
    }

    /// 400 `invalid` for a parameter. Source: google-semantics.md §7.2 `location`, `locationType`
    pub(crate) fn invalid_parameter(name: &str, message: impl Into<String>) -> ApiError {
        ApiError { location: Some(name.into()), ..ApiError::invalid(message) }
    }

    /// 400 `invalidParameter`. Source: google-semantics.md §6 {R-SVERR}, §7.3 {DIR-PERF}
    pub(crate) fn invalid_value(name: &str, message: impl Into<String>) -> ApiError {
        ApiError { location: Some(name.into()), ..error(400, "invalidParameter", message) }
    }

    /// 400 for JSON that doesn't fit the schema, with the field. Source: google-semantics.md §11 [F], §7.2 `BadRequest`
    pub(crate) fn payload(field: &str, message: impl Into<String>) -> ApiError {
        let message = message.into();
        let violation = json!({"@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": field, "description": message}]});
        ApiError { details: Box::new([violation]), newer: true, ..ApiError::invalid(message) }
    }

    /// 400 `badRequest`. Source: google-semantics.md §2.14 {R-ERR}
    pub(crate) fn bad_request(message: impl Into<String>) -> ApiError {
        error(400, "badRequest", message)
    }

    /// 400 `failedPrecondition`. Source: google-semantics.md §5.3 {F-GAM}
    pub(crate) fn failed_precondition(message: impl Into<String>) -> ApiError {
        error(400, "failedPrecondition", message)
    }

    /// 401. Source: google-semantics.md §5.3 "Invalid Credentials" {GM-ERR}, §7.2 {ERR-REG}
    pub(crate) fn unauthenticated() -> ApiError {
        ApiError {
            location: Some("Authorization".into()),
            newer: true,
            headers: Box::new([(
                "www-authenticate",
                "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"".to_owned(),
            )]),
            ..error(
                401,
                "authError",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or \
                 other valid authentication credential.",
            )
        }
    }

    /// 403 for a scope that is missing. Source: google-semantics.md §7.2 {F-ERRSAMPLE}
    pub(crate) fn scope_missing(api: Api, method: &str, scopes: &str) -> ApiError {
        let info = error_info(
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            json!({"service": api.service(), "method": method}),
        );
        ApiError {
            details: Box::new([info]),
            newer: true,
            headers: Box::new([(
                "www-authenticate",
                format!(
                    "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{scopes}\""
                ),
            )]),
            ..error(
                403,
                "insufficientPermissions",
                "Request had insufficient authentication scopes.",
            )
        }
    }

    /// 403 for an API that isn't enabled. Source: google-semantics.md §2.14, §3.6, §7.2 {ERR-REG}
    pub(crate) fn api_disabled(api: Api, project: &str) -> ApiError {
        let url = format!(
            "https://console.developers.google.com/apis/api/{}/overview?project={project}",
            api.service()
        );
        let message = format!(
            "{} has not been used in project {project} before or it is disabled. Enable it by visiting {url} then \
             retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems \
             and retry.",
            api.title()
        );
        let help = json!({"@type": "type.googleapis.com/google.rpc.Help", "links": [
            {"description": "Google developers console API activation", "url": url}]});
        let info = error_info(
            "SERVICE_DISABLED",
            json!({"service": api.service(), "consumer": format!("projects/{project}"), "activationUrl": url}),
        );
        ApiError {
            domain: "usageLimits",
            details: Box::new([help, info]),
            newer: true,
            ..error(403, "accessNotConfigured", message)
        }
    }

    /// 403 for a project that the caller may not use. Source: google-semantics.md §7.3 {ERR-REG}
    pub(crate) fn user_project_denied(project: &str) -> ApiError {
        let info =
            error_info("USER_PROJECT_DENIED", json!({"consumer": format!("projects/{project}")}));
        let message = format!(
            "Caller does not have required permission to use project {project}. Grant the caller the \
             roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use \
             permission."
        );
        ApiError { details: Box::new([info]), newer: true, ..error(403, "forbidden", message) }
    }

    /// 403 `forbidden`. Source: google-semantics.md §2.14 (Reseller: "Forbidden"), §3.6 (Directory)
    pub(crate) fn forbidden(api: Api) -> ApiError {
        match api {
            Api::Reseller => error(403, "forbidden", "Forbidden"),
            _ => error(403, "forbidden", "Not Authorized to access this resource/api"),
        }
    }

    /// 403 of any reason that Google's pages name, in the domain and words that go with it.
    /// Source: google-semantics.md §2.14, §3.6, §5.3, §6
    pub(crate) fn forbidden_because(api: Api, reason: &str) -> ApiError {
        let (domain, message) = match reason {
            "forbidden" => return ApiError::forbidden(api),
            "domainCannotUseApis" => return ApiError::domain_cannot_use_apis(),
            "insufficientPermissions" => return ApiError::scope_missing(api, "", ""),
            "accessNotConfigured" => return ApiError::api_disabled(api, "0"),
            "dailyLimitExceeded" => ("usageLimits", "Daily Limit Exceeded"),
            "quotaExceeded" => ("usageLimits", "Quota exceeded."),
            "rateLimitExceeded" => ("usageLimits", "Rate Limit Exceeded"),
            "userRateLimitExceeded" => ("usageLimits", "User Rate Limit Exceeded"),
            "domainPolicy" => ("global", "The domain administrators have disabled Gmail apps."),
            other => ("global", other),
        };
        let message = message.to_owned();
        ApiError { domain, ..error(403, reason.to_owned(), message) }
    }

    /// 403 `domainCannotUseApis`. Source: google-semantics.md §1.11, §3.6 {R-DERR}
    pub(crate) fn domain_cannot_use_apis() -> ApiError {
        error(403, "domainCannotUseApis", "Domain cannot use apis.")
    }

    /// 404 `notFound`. Source: google-semantics.md §2.14, §3.6
    pub(crate) fn not_found(message: impl Into<String>) -> ApiError {
        error(404, "notFound", message)
    }

    /// 409 `duplicate`. Source: google-semantics.md §2.4 [I], §3.6
    pub(crate) fn duplicate() -> ApiError {
        ApiError::duplicate_text("Entity already exists.")
    }

    pub(crate) fn duplicate_text(message: &str) -> ApiError {
        error(409, "duplicate", message)
    }

    /// 412 `conditionNotMet`. Source: google-semantics.md §2.14, §3.6, §13
    pub(crate) fn condition_not_met(message: impl Into<String>) -> ApiError {
        ApiError { location: Some("If-Match".into()), ..error(412, "conditionNotMet", message) }
    }

    /// 412 `limitExceeded`. Source: google-semantics.md §3.6 {R-DERR}
    pub(crate) fn limit_exceeded(message: impl Into<String>) -> ApiError {
        error(412, "limitExceeded", message)
    }

    /// 413 for a body beyond what is read. Source: google-semantics.md §7.2 [I]
    pub(crate) fn too_large() -> ApiError {
        error(413, "uploadTooLarge", "Request payload size exceeds the limit.")
    }

    /// 429 of domain `usageLimits`. Source: google-semantics.md §2.14, §3.6, §5.3
    pub(crate) fn too_many_requests(api: Api, retry_after_s: Option<u32>) -> ApiError {
        let (reason, message) = match api {
            Api::Reseller | Api::Licensing => ("quotaExceeded", "Quota exceeded."),
            Api::Gmail => ("rateLimitExceeded", "User-rate limit exceeded"),
            Api::Directory | Api::SiteVerification => ("rateLimitExceeded", "Rate Limit Exceeded"),
        };
        let headers = retry_after_s.map(|s| ("retry-after", s.to_string())).into_iter().collect();
        ApiError { domain: "usageLimits", headers, newer: true, ..error(429, reason, message) }
    }

    /// 429 of the mailbox's daily sending limit. Source: google-semantics.md §5.3, §5.4 {GM-ERR}{H-SEND}
    pub(crate) fn sending_limit(until: &str) -> ApiError {
        let message = format!("User-rate limit exceeded.  Retry after {until} (Mail sending)");
        ApiError { domain: "usageLimits", newer: true, ..error(429, "rateLimitExceeded", message) }
    }

    /// 403 of domain `usageLimits`. Source: google-semantics.md §2.14, §3.6, §5.3
    pub(crate) fn quota_forbidden(api: Api) -> ApiError {
        let (reason, message) = match api {
            Api::Reseller | Api::SiteVerification => ("dailyLimitExceeded", "Daily Limit Exceeded"),
            Api::Licensing => ("quotaExceeded", "Quota exceeded."),
            Api::Directory | Api::Gmail => (
                "userRateLimitExceeded",
                "User Rate Limit Exceeded. Rate of requests for user exceed configured \
                  project quota, you may consider re-evaluating expected per-user traffic to the API and adjust \
                  project quota limits accordingly.",
            ),
        };
        ApiError { domain: "usageLimits", ..error(403, reason, message) }
    }

    /// 500, 502 or 504 `backendError`; 503 in its own words. Source: google-semantics.md §5.3, §7.2
    pub(crate) fn backend(status: u16) -> ApiError {
        match status {
            503 => ApiError::unavailable(),
            status => error(status, "backendError", "Backend Error"),
        }
    }

    /// 503 `backendError`. Source: google-semantics.md §3.3, §3.6 {DIR-503}
    pub(crate) fn unavailable() -> ApiError {
        error(503, "backendError", "Service unavailable. Please try again")
    }

    /// The body in the form that applies.
    pub(crate) fn body(&self, format: ErrorFormat) -> Value {
        let mut entry = Map::new();
        entry.insert("message".into(), self.entry_message().into());
        entry.insert("domain".into(), self.domain.into());
        entry.insert("reason".into(), self.reason.as_ref().into());
        if let Some(name) = &self.location {
            let kind = match &**name {
                "Authorization" | "If-Match" => "header",
                _ => "parameter",
            };
            entry.insert("location".into(), (**name).into());
            entry.insert("locationType".into(), kind.into());
        }
        let mut body = Map::new();
        body.insert("code".into(), self.status.into());
        body.insert("message".into(), (*self.message).into());
        body.insert("errors".into(), json!([entry]));
        if self.newer || format == ErrorFormat::Newer {
            body.insert("status".into(), self.canonical().into());
            if !self.details.is_empty() {
                body.insert("details".into(), self.details.to_vec().into());
            }
        }
        json!({"error": body})
    }

    /// Text of the entry in `errors[]`, which differs from the message for two reasons.
    /// Source: google-semantics.md §5.3, §7.2 {F-ERRSAMPLE}
    fn entry_message(&self) -> &str {
        match self.reason.as_ref() {
            "authError" => "Invalid Credentials",
            "insufficientPermissions" => "Insufficient Permission",
            _ => &self.message,
        }
    }

    /// Source: google-semantics.md §7.2 "HTTP ↔ status" {AIP193}
    fn canonical(&self) -> &'static str {
        match (self.status, self.reason.as_ref()) {
            (400, "failedPrecondition") | (412, _) => "FAILED_PRECONDITION",
            (400 | 413, _) => "INVALID_ARGUMENT",
            (401, _) => "UNAUTHENTICATED",
            (403, _) => "PERMISSION_DENIED",
            (404, _) => "NOT_FOUND",
            (409, _) => "ALREADY_EXISTS",
            (429, _) => "RESOURCE_EXHAUSTED",
            (503, _) => "UNAVAILABLE",
            (504, _) => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        }
    }
}

/// Source: google-semantics.md §7.2 "ErrorInfo reasons", domain `googleapis.com`
fn error_info(reason: &str, metadata: Value) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
        "metadata": metadata})
}

/// A refusal by an OAuth endpoint. Source: google-semantics.md §1.3, §7.2 {O-WEB}
#[derive(Debug, Clone)]
pub(crate) struct OAuthError {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: String,
    subtype: Option<&'static str>,
}

impl OAuthError {
    pub(crate) fn new(
        status: u16,
        error: &'static str,
        description: impl Into<String>,
    ) -> OAuthError {
        OAuthError { status, error, description: description.into(), subtype: None }
    }

    /// A wrong, expired, reused or revoked code or token. Source: google-semantics.md §1.3, §1.4 {F-GAM}
    pub(crate) fn invalid_grant(description: &str) -> OAuthError {
        OAuthError::new(400, "invalid_grant", description)
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> OAuthError {
        OAuthError::new(400, "invalid_request", description)
    }

    /// Who signed in has to do so again. Source: google-semantics.md §1.4 (6) {O-2}{F-GAM}
    pub(crate) fn session_over() -> OAuthError {
        OAuthError {
            subtype: Some("invalid_rapt"),
            ..OAuthError::invalid_grant("reauth related error (invalid_rapt)")
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"error": self.error, "error_description": self.description});
        if let Some(subtype) = self.subtype {
            body["error_subtype"] = subtype.into();
        }
        body
    }
}
