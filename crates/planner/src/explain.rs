//! Says in words why something waits, who has to act and what helps.

use domain::observed::{Reason, Subject, SuspensionReason};
use domain::step::Blocker;

/// Who can put it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Operator,
    CustomerAdmin,
    Google,
    /// It passes by itself.
    Nobody,
}

impl Who {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Who::Operator => "operator",
            Who::CustomerAdmin => "customer_admin",
            Who::Google => "google",
            Who::Nobody => "nobody",
        }
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Who::Operator => "You",
            Who::CustomerAdmin => "The customer's admin",
            Who::Google => "Google",
            Who::Nobody => "Nobody: it passes by itself",
        }
    }
}

/// A blocker for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub code: &'static str,
    pub sentence: String,
    pub action: String,
    pub who: Who,
    /// Whether it may get on without anybody doing anything.
    pub waiting_helps: bool,
}

/// Why something waits and what helps.
#[must_use]
pub fn explain(blocker: &Blocker) -> Explanation {
    let (sentence, action, who, waiting_helps) = match blocker {
        Blocker::NotYetSeen { subject, .. } => (
            format!("We do not know yet whether {} is at Google.", subject_words(subject)),
            "Nothing to do: we look again as soon as looking can tell.".to_owned(),
            Who::Nobody,
            true,
        ),
        Blocker::CustomerElsewhere { domain } => (
            format!(
                "{domain} has a Google account that another reseller or Google itself manages."
            ),
            "Ask the customer for a transfer token, or order another domain.".to_owned(),
            Who::CustomerAdmin,
            false,
        ),
        Blocker::Refused { subject, reason, .. } => return refused(subject, reason),
        Blocker::TermsNotAccepted { admin_email, .. } => (
            "The customer's admin has not accepted Google's terms; until then the service is \
             suspended. Billing has started."
                .to_owned(),
            format!(
                "{admin_email} signs in at admin.google.com once with the password from the welcome \
                 mail and accepts the terms. A reseller may not do that."
            ),
            Who::CustomerAdmin,
            false,
        ),
        other => {
            let (sentence, action) = operator_decides(other);
            (sentence, action.to_owned(), Who::Operator, false)
        }
    };
    Explanation { code: blocker.code(), sentence, action, who, waiting_helps }
}

/// What only the distributor's operator can put right.
fn operator_decides(blocker: &Blocker) -> (String, &'static str) {
    match blocker {
        Blocker::CustomerExists { domain, organization } => (
            format!(
                "{domain} is a customer of this reseller account already, as {organization}, with \
                 other details than ordered."
            ),
            "Compare both. If it is the same customer, correct the organisation and the alternate \
             e-mail at Google to what was ordered, then press Check Google now.",
        ),
        Blocker::AdminExists { email } => (
            format!("{email} belongs to a user that was not made by this order."),
            "Rename or delete that user at Google, then press Check Google now; or order with \
             another admin user name.",
        ),
        Blocker::SubscriptionElsewhere { sku, .. } => (
            format!("The customer holds SKU {sku} already; it was bought past this order."),
            "Buying it again would bill twice. Cancel the other subscription at Google, then press \
             Check Google now.",
        ),
        Blocker::VanishedAtGoogle { subject, .. } => (
            format!("Google showed {} before and does not any more.", subject_words(subject)),
            "Somebody removed it at Google or moved it away. We never buy it again by ourselves: \
             restore it there, then press Check Google now.",
        ),
        Blocker::SuspendedAtGoogle { reasons, .. } => (
            format!("Google holds the subscription: {}.", reason_words(reasons)),
            "Look at the subscription in the Partner Sales Console for what Google asks for.",
        ),
        Blocker::InstanceNotAuthenticated { .. } => (
            "The Google reseller account of this instance is not connected.".to_owned(),
            "Open the instance's settings and press Authenticate Instance. The order goes on by \
             itself then.",
        ),
        other => (other.code().replace('_', " "), "Look at the time-line."),
    }
}

fn refused(subject: &Subject, reason: &Reason) -> Explanation {
    let what = subject_words(subject);
    let (why, action, who) = match (reason.status, reason.code.as_str()) {
        (403, "accessNotConfigured" | "SERVICE_DISABLED") => (
            "an API is not enabled in the Google project".to_owned(),
            "Enable the API that Google names below in Google Cloud console. It is tried again \
             within the hour.",
            Who::Operator,
        ),
        (403, "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => (
            "the consent does not cover it".to_owned(),
            "Authenticate the instance again and tick every box.",
            Who::Operator,
        ),
        (403, "domainCannotUseApis") => (
            "the customer has switched API access off".to_owned(),
            "The customer's admin switches API access on in the Admin console.",
            Who::CustomerAdmin,
        ),
        (403, _) => (
            "this reseller account may not do it".to_owned(),
            "Check in the Partner Sales Console that the customer is yours and that reseller access \
             is on.",
            Who::Operator,
        ),
        (412, "limitExceeded") => {
            ("all seats are taken".to_owned(), "Order more seats first.", Who::Operator)
        }
        (412, _) => (
            "a condition of Google's is not met".to_owned(),
            "Often the reseller has not accepted Google's terms for this SKU or market: see the \
             Partner Sales Console.",
            Who::Operator,
        ),
        (400, _) => (
            "Google does not accept what was ordered".to_owned(),
            "Compare the order with Google's words below.",
            Who::Operator,
        ),
        _ => (
            "Google would not do it".to_owned(),
            "Read Google's words below; it is tried again within the hour.",
            Who::Google,
        ),
    };
    let said = if reason.message.is_empty() { &reason.code } else { &reason.message };
    Explanation {
        code: "refused_by_google",
        sentence: format!(
            "Google refused {what}: {why}. Google's words: \"{said}\" (HTTP {}).",
            reason.status
        ),
        action: action.to_owned(),
        who,
        waiting_helps: false,
    }
}

fn subject_words(subject: &Subject) -> &'static str {
    match subject {
        Subject::Customer => "the customer",
        Subject::Admin => "the first admin",
        Subject::AdminRole => "the admin role",
        Subject::Subscription(_) => "the subscription",
        Subject::WelcomeMail => "the welcome mail",
    }
}

fn reason_words(reasons: &[SuspensionReason]) -> String {
    if reasons.is_empty() {
        return "no reason given".to_owned();
    }
    let words: Vec<_> = reasons
        .iter()
        .map(|reason| match reason {
            SuspensionReason::PendingTosAcceptance => "terms not accepted",
            SuspensionReason::RenewalWithTypeCancel => "not renewed at the end of its term",
            SuspensionReason::ResellerInitiated => "suspended by the reseller",
            SuspensionReason::TrialEnded => "the trial has ended",
            SuspensionReason::Other => "for a reason of Google's own",
        })
        .collect();
    words.join(", ")
}
