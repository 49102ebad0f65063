//! The pages that `type` of a problem leads to: `docs/errors/<code>.md`, compiled in, one per stable
//! code.

use crate::problem::Problem;
use axum::extract::Path;
use axum::response::{Html, IntoResponse};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use std::fmt::Write as _;

macro_rules! pages {
    ($($code:literal,)*) => {
        &[$(($code, include_str!(concat!("../../../../docs/errors/", $code, ".md"))),)*]
    };
}

/// Code and page, sorted by code.
const PAGES: &[(&str, &str)] = pages![
    "account_unknown",
    "activation_interrupted",
    "admin_exists",
    "alternate_email_on_domain",
    "api_forbidden",
    "api_not_enabled",
    "body_too_large",
    "code_expired",
    "consent_cancelled",
    "consent_refused",
    "control_character",
    "country_code_unknown",
    "cross_origin",
    "customer_elsewhere",
    "customer_exists",
    "customer_exists_at_google",
    "domain_invalid",
    "domain_not_ascii",
    "domain_trailing_dot",
    "domain_upper_case",
    "domain_with_www",
    "email_invalid",
    "google_unreachable",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "instance_not_authenticated",
    "instance_unknown",
    "internal",
    "invalid_order",
    "invalid_parameter",
    "link_expired",
    "mailbox_missing",
    "malformed_json",
    "method_not_allowed",
    "never_came_back",
    "no_refresh_token",
    "not_found",
    "not_yet_seen",
    "other_account",
    "other_browser",
    "payment_plan_not_sold",
    "payment_plan_unknown",
    "phone_invalid",
    "postal_code_invalid",
    "redirect_mismatch",
    "reference_reused",
    "refused_by_google",
    "required",
    "scopes_missing",
    "seats_out_of_range",
    "secret_unreadable",
    "sku_needs_another",
    "sku_unknown",
    "state_replayed",
    "state_unknown",
    "subscription_elsewhere",
    "suspended_at_google",
    "terms_not_accepted",
    "too_long",
    "too_many_attempts",
    "unauthenticated",
    "unavailable",
    "unknown_field",
    "unsupported_media_type",
    "user_name_invalid",
    "vanished_at_google",
    "wrong_secret",
    "wrong_type",
];

/// One page for people.
pub(super) async fn page(path: Option<Path<String>>) -> Result<Html<String>, Problem> {
    let Some(Path(wanted)) = path else { return Err(Problem::NotFound) };
    let found = PAGES.iter().find(|(code, _)| *code == wanted);
    let (code, text) = found.ok_or(Problem::NotFound)?;
    let mut body = String::new();
    pulldown_cmark::html::push_html(&mut body, pulldown_cmark::Parser::new(text));
    Ok(document(code, &body))
}

/// All codes.
pub(super) async fn index() -> Html<String> {
    let mut body = "<h1>Error codes</h1>\n<ul>\n".to_owned();
    for (code, text) in PAGES {
        let title = title(text);
        // Writing to a String can't fail.
        let _ =
            writeln!(body, r#"<li><a href="/errors/{code}"><code>{code}</code></a> {title}</li>"#);
    }
    body.push_str("</ul>\n");
    document("Error codes", &body)
}

/// How the pages look. Of their own, so that they can be read without the console.
pub(super) async fn style() -> impl IntoResponse {
    let headers =
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, include_str!("error_pages.css"))
}

fn title(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_start_matches("# ")
}

fn document(title: &str, body: &str) -> Html<String> {
    Html(format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Seatwright</title>
<link rel="stylesheet" href="/errors/page.css">
</head>
<body>
<main>
{body}</main>
<footer><a href="/errors">All error codes</a></footer>
</body>
</html>
"#
    ))
}

#[cfg(test)]
mod tests {
    use super::{PAGES, title};
    use domain::codes::CODES;

    #[test]
    fn every_stable_code_has_its_page_and_no_page_is_left_over() {
        let paged: Vec<_> = PAGES.iter().map(|(code, _)| *code).collect();
        assert_eq!(paged, CODES);
    }

    #[test]
    fn every_page_says_cause_who_next_action_and_whether_waiting_helps() {
        for (code, text) in PAGES {
            assert!(text.starts_with("# ") && !title(text).is_empty(), "{code}");
            assert!(text.contains(&format!("`{code}`")), "{code} does not name itself");
            for heading in ["**Cause.**", "**Who can fix it.**", "**What to do.**", "**Waiting.**"]
            {
                assert!(text.contains(heading), "{code} lacks {heading}");
            }
        }
    }
}
