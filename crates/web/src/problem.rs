//! Everything that can be wrong with a request, as RFC 9457 tells it. 4xx says what to do next; 5xx
//! says nothing of the inside, which goes to the log, once, here.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use domain::command::Refusal;
use domain::fields::Fault;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// Most bytes a request body may have.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// What is wrong with a request, or with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Unauthenticated,
    /// It does not exist, or belongs to somebody else: the two can't be told apart.
    NotFound,
    MethodNotAllowed,
    /// A parameter in the address is not what it should be; says what it should be.
    Parameter(String),
    MalformedJson(String),
    UnsupportedMediaType,
    BodyTooLarge,
    InvalidOrder(Vec<Fault>),
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    ReferenceReused {
        reference: String,
    },
    CustomerExists {
        domain: String,
    },
    CrossOrigin,
    TooManyAttempts {
        retry_after_s: u64,
    },
    /// Took longer than we wait.
    TimedOut,
    /// Our own fault; the log says more.
    Internal,
}

/// The body of a problem (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The page that explains this code, relative to this server.
    #[serde(rename = "type")]
    #[schema(example = "/errors/invalid_order")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    /// What is wrong here and what to do.
    pub detail: String,
    /// Stable, for programs.
    #[schema(example = "invalid_order")]
    pub code: &'static str,
    /// Everything that is wrong with the body, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultView>,
}

/// One thing wrong with the body.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultView {
    /// JSON pointer (RFC 6901) to the field.
    #[schema(example = "/customer/domain")]
    pub pointer: String,
    #[schema(example = "domain_upper_case")]
    pub code: &'static str,
    /// What to do about it.
    pub detail: String,
}

impl Problem {
    /// Every variant once, so that a test can hold each to its code and page.
    #[must_use]
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::Unauthenticated,
            Problem::NotFound,
            Problem::MethodNotAllowed,
            Problem::Parameter(String::new()),
            Problem::MalformedJson(String::new()),
            Problem::UnsupportedMediaType,
            Problem::BodyTooLarge,
            Problem::InvalidOrder(Vec::new()),
            Problem::IdempotencyKeyInvalid,
            Problem::IdempotencyKeyReused,
            Problem::ReferenceReused { reference: String::new() },
            Problem::CustomerExists { domain: String::new() },
            Problem::CrossOrigin,
            Problem::TooManyAttempts { retry_after_s: 1 },
            Problem::TimedOut,
            Problem::Internal,
        ]
    }

    /// Status, code and title.
    fn head(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Problem::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "unauthenticated", "No valid API key")
            }
            Problem::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing"),
            Problem::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method")
            }
            Problem::Parameter(_) => (
                StatusCode::BAD_REQUEST,
                "invalid_parameter",
                "A parameter in the address is wrong",
            ),
            Problem::MalformedJson(_) => {
                (StatusCode::BAD_REQUEST, "malformed_json", "The body is not JSON")
            }
            Problem::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is of another type",
            ),
            Problem::BodyTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
            }
            Problem::InvalidOrder(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid_order", "The order has faults")
            }
            Problem::IdempotencyKeyInvalid => (
                StatusCode::BAD_REQUEST,
                "idempotency_key_invalid",
                "The Idempotency-Key can't be used",
            ),
            Problem::IdempotencyKeyReused => (
                StatusCode::CONFLICT,
                "idempotency_key_reused",
                "The Idempotency-Key belongs to another order",
            ),
            Problem::ReferenceReused { .. } => {
                (StatusCode::CONFLICT, "reference_reused", "The reference belongs to another order")
            }
            Problem::CustomerExists { .. } => {
                (StatusCode::CONFLICT, "customer_exists", "The domain is already a customer")
            }
            Problem::CrossOrigin => {
                (StatusCode::FORBIDDEN, "cross_origin", "Sent from another site")
            }
            Problem::TooManyAttempts { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts")
            }
            Problem::TimedOut => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Seatwright took too long")
            }
            Problem::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Seatwright failed")
            }
        }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.head().0
    }

    #[must_use]
    pub fn code(&self) -> &'static str {
        self.head().1
    }

    #[must_use]
    pub fn title(&self) -> &'static str {
        self.head().2
    }

    /// What is wrong here and what to do, for people.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Problem::Unauthenticated => {
                "Send `Authorization: Bearer <API key>` with a key of your distributor that was not \
                 revoked."
                    .into()
            }
            Problem::NotFound => {
                "Check the address and the id. What belongs to another distributor is not shown."
                    .into()
            }
            Problem::MethodNotAllowed => {
                "The header Allow names the methods this address knows.".into()
            }
            Problem::Parameter(detail) | Problem::MalformedJson(detail) => detail.clone(),
            Problem::UnsupportedMediaType => {
                "Send the body as JSON, with `Content-Type: application/json`.".into()
            }
            Problem::BodyTooLarge => {
                format!("A body may have at most {BODY_BYTES_MAX} bytes.")
            }
            Problem::InvalidOrder(faults) => match faults.len() {
                1 => "One field has to be corrected; nothing was stored.".into(),
                number => format!("{number} fields have to be corrected; nothing was stored."),
            },
            Problem::IdempotencyKeyInvalid => {
                "An Idempotency-Key has 1 to 255 printable ASCII characters and is sent once.".into()
            }
            Problem::IdempotencyKeyReused => {
                "Use a new key for a new order, or repeat the old order unchanged.".into()
            }
            Problem::ReferenceReused { reference } => format!(
                "The reference {reference} was used with other contents. Use a new reference for a \
                 new order, or repeat the old order unchanged."
            ),
            Problem::CustomerExists { domain } => {
                Refusal::CustomerExists { domain: domain.clone() }.to_string()
            }
            Problem::CrossOrigin => {
                "Open the page on this server and send the form from there.".into()
            }
            Problem::TooManyAttempts { retry_after_s } => {
                format!("Wait {retry_after_s} seconds, then try again.")
            }
            Problem::TimedOut => {
                "Nothing is lost; repeat the request with the same Idempotency-Key.".into()
            }
            Problem::Internal => {
                "This is our fault, and it is in the server's log. Repeating the request with the \
                 same Idempotency-Key is safe."
                    .into()
            }
        }
    }

    /// What is wrong field by field; empty for everything but an invalid order.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        match self {
            Problem::InvalidOrder(faults) => faults,
            _ => &[],
        }
    }

    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let (status, code, title) = self.head();
        let view = |fault: &Fault| FaultView {
            pointer: fault.pointer.clone(),
            code: fault.code,
            detail: fault.detail.clone(),
        };
        ProblemBody {
            kind: format!("/errors/{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail(),
            code,
            errors: self.faults().iter().map(view).collect(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let json = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = (self.status(), json).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self {
            Problem::Unauthenticated => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Problem::TooManyAttempts { retry_after_s } => {
                headers.insert(RETRY_AFTER, retry_after_s.into());
            }
            _ => {}
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        tracing::error!(error = &error as &dyn std::error::Error, "a request failed in the store");
        Problem::Internal
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        match refusal {
            Refusal::CustomerExists { domain } => Problem::CustomerExists { domain },
            Refusal::UnknownSku { .. } => Problem::InvalidOrder(vec![Fault {
                pointer: "/subscription/sku".into(),
                code: refusal.code(),
                detail: refusal.to_string(),
            }]),
        }
    }
}

/// A JSON body of any shape; what is wrong with it is told as a [`Problem`].
#[derive(Debug)]
pub struct JsonBody(pub serde_json::Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<JsonBody, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::UnsupportedMediaType);
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(unreadable)?;
        // The parser itself stops at 128 levels, long before the stack does.
        serde_json::from_slice(&bytes).map(JsonBody).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Problem::MalformedJson(format!(
                "The body can't be read as JSON from line {line}, column {column}. Nothing was \
                 stored."
            ))
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unreadable(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::BodyTooLarge,
        _ => Problem::MalformedJson("The body broke off; send it again.".into()),
    }
}
