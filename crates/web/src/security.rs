//! What holds for every answer, whoever gives it: headers, limits, time-outs, panics, the log. Never
//! a query string, a token in a path, or a body in a log line.

use crate::app::Settings;
use crate::problem::{BODY_BYTES_MAX, Problem};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::uri::PathAndQuery;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use url::{Origin, Url};

/// How long a request may take until its answer begins, in ms. Nothing here waits for Google.
const REQUEST_MS_MAX: u64 = 30_000;
/// A year, as browsers expect it.
const HSTS: &str = "max-age=31536000";

/// Wraps all routes.
pub(crate) fn wrap<S>(router: Router<S>, settings: &Settings) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    wrap_within(router, settings, Duration::from_millis(REQUEST_MS_MAX))
}

/// The outermost layer comes last, so that the headers stand on the answers of all others.
fn wrap_within<S>(router: Router<S>, settings: &Settings, limit: Duration) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let mut router = router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(move |request, next| in_time(limit, request, next)))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked; the panic is on standard error");
            Problem::Internal.into_response()
        }));
    for (name, value) in headers(settings) {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    // The route, not the path: one-time links carry their token in the path.
    let span = |request: &Request| {
        let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
        tracing::info_span!("request", method = %request.method(), route)
    };
    // What failed is logged where it was decided, so not once more here.
    router.layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
}

/// Refuses forms that another site sends with our cookie. Requests without a browser pass: they carry
/// no cookie, but a key.
pub(crate) fn same_site_only<S>(router: Router<S>, settings: &Settings) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let layer = CsrfLayer::new();
    // Behind a proxy that changes Host the public address is the one to compare with.
    let layer = match settings.public_url.origin() {
        origin @ Origin::Tuple(..) => {
            layer.clone().add_trusted_origin(origin.ascii_serialization()).unwrap_or_else(|error| {
                tracing::warn!(%error, "the public URL can't be trusted as an origin");
                layer
            })
        }
        Origin::Opaque(_) => layer,
    };
    router
        .layer(middleware::from_fn(show_path))
        .layer(layer.with_rejection_response(|_| Problem::CrossOrigin.into_response()))
        .layer(middleware::from_fn(hide_path))
}

/// What was asked for, while it is hidden.
#[derive(Clone)]
struct HiddenUri(Uri);

/// The layer between [`hide_path`] and [`show_path`] logs paths, and one-time links carry their token
/// there. It decides by headers alone.
async fn hide_path(mut request: Request, next: Next) -> Response {
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::from_static("/"));
    let hidden = Uri::from_parts(parts).unwrap_or_default();
    let uri = std::mem::replace(request.uri_mut(), hidden);
    request.extensions_mut().insert(HiddenUri(uri));
    next.run(request).await
}

async fn show_path(mut request: Request, next: Next) -> Response {
    if let Some(HiddenUri(uri)) = request.extensions_mut().remove() {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

async fn in_time(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request took too long");
            Problem::TimedOut.into_response()
        }
    }
}

fn headers(settings: &Settings) -> Vec<(HeaderName, HeaderValue)> {
    let fixed = |text| HeaderValue::from_static(text);
    let mut headers = vec![
        (CONTENT_SECURITY_POLICY, content_security_policy(&settings.consent_page)),
        (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        // Not no-referrer: forms would then carry `Origin: null`.
        (REFERRER_POLICY, fixed("same-origin")),
        (CACHE_CONTROL, fixed("no-store")),
        (HeaderName::from_static("permissions-policy"), fixed(PERMISSIONS)),
        // Google's consent page opens in a pop-up.
        (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin-allow-popups")),
        (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
    ];
    if settings.public_url.scheme() == "https" {
        headers.push((STRICT_TRANSPORT_SECURITY, fixed(HSTS)));
    }
    headers
}

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Everything from here only; forms may also lead to Google's consent page, where the pop-up's form
/// is redirected to.
fn content_security_policy(consent_page: &Url) -> HeaderValue {
    let consent = match consent_page.origin() {
        origin @ Origin::Tuple(..) => format!(" {}", origin.ascii_serialization()),
        Origin::Opaque(_) => String::new(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'{consent}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).expect("an origin in ASCII is a header value")
}

#[cfg(test)]
mod tests {
    use super::{BODY_BYTES_MAX, same_site_only, wrap, wrap_within};
    use crate::app::Settings;
    use axum::Router;
    use axum::body::Body;
    use axum::response::Response;
    use axum::routing::{get, post};
    use http::{Request, StatusCode, Uri};
    use std::time::Duration;
    use tower::ServiceExt;

    fn settings() -> Settings {
        Settings {
            public_url: "https://seatwright.test".parse().unwrap(),
            consent_page: "https://accounts.google.test/o/oauth2/v2/auth".parse().unwrap(),
            setup_code: "setup".into(),
            sandbox_notice: None,
        }
    }

    async fn send(router: Router, request: Request<Body>) -> Response {
        router.oneshot(request).await.unwrap()
    }

    fn request(method: &str, headers: &[(&str, &str)]) -> Request<Body> {
        let request = Request::builder().method(method).uri("/");
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .body(Body::empty())
            .unwrap()
    }

    #[track_caller]
    fn is_a_problem_with_headers(response: &Response, status: StatusCode) {
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!(response.headers().contains_key("content-security-policy"));
    }

    #[tokio::test]
    async fn a_panic_is_our_failure_and_nothing_more() {
        async fn panics() {
            panic!("this handler has a bug");
        }
        let router = wrap(Router::new().route("/", get(panics)), &settings());
        let response = send(router, request("GET", &[])).await;
        is_a_problem_with_headers(&response, StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), BODY_BYTES_MAX).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("bug"));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let hangs = Router::new().route("/", get(std::future::pending::<()>));
        let router = wrap_within(hangs, &settings(), Duration::ZERO);
        let response = send(router, request("GET", &[])).await;
        is_a_problem_with_headers(&response, StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn forms_of_other_sites_are_refused_and_nothing_else() {
        let page = async |uri: Uri| uri.to_string();
        let forms = Router::new().route("/{token}", post(async || "done").get(page));
        let router = wrap(same_site_only(forms, &settings()), &settings());
        let here = ("origin", "https://seatwright.test");
        let evil = ("origin", "https://evil.example");
        for (method, headers, passes) in [
            ("POST", &[][..], true),
            ("POST", &[("sec-fetch-site", "same-origin")], true),
            ("POST", &[here], true),
            ("POST", &[("sec-fetch-site", "cross-site"), evil], false),
            ("POST", &[("sec-fetch-site", "same-site"), ("origin", "https://x.test")], false),
            ("POST", &[evil], false),
            ("POST", &[("origin", "null")], false),
            ("GET", &[("sec-fetch-site", "cross-site")], true),
        ] {
            let mut request = request(method, headers);
            *request.uri_mut() = Uri::from_static("/token?code=1");
            let response = send(router.clone(), request).await;
            if passes {
                assert_eq!(response.status(), StatusCode::OK, "{method} {headers:?}");
            } else {
                is_a_problem_with_headers(&response, StatusCode::FORBIDDEN);
            }
        }
        let request = Request::builder().uri("/token?code=1").body(Body::empty()).unwrap();
        let response = send(router, request).await;
        let body = axum::body::to_bytes(response.into_body(), BODY_BYTES_MAX).await.unwrap();
        assert_eq!(body, "/token?code=1", "handlers see the address as it was");
    }
}
