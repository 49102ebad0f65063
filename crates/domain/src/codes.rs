//! Every stable code a caller can meet, in one list. Each has a page in `docs/errors/`.

/// Problems, field faults, blockers and activation faults, sorted.
pub const CODES: &[&str] = &[
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

/// Whether this is one of ours.
#[must_use]
pub fn is_known(code: &str) -> bool {
    CODES.binary_search(&code).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_sorted_and_has_no_doubles() {
        assert!(super::CODES.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
