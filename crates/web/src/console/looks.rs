//! How states look: a tone, an icon and a word each, so that colour is never the only sign.

use domain::activation::CheckResult;
use store::InstanceState;

/// A state as a pill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub tone: &'static str,
    pub icon: &'static str,
    pub title: String,
    /// Something is going on.
    pub turning: bool,
}

impl Look {
    pub fn new(tone: &'static str, icon: &'static str, title: &str) -> Look {
        Look { tone, icon, title: title.to_owned(), turning: false }
    }
}

pub fn of_instance(state: &InstanceState) -> Look {
    match state {
        InstanceState::Authenticated(_) => Look::new("ok", "check", "Authenticated"),
        InstanceState::NotAuthenticated => Look::new("", "dash", "Not authenticated"),
        InstanceState::ConsentLost(_) => Look::new("bad", "alert", "Consent lost"),
        InstanceState::Disconnected(_) => Look::new("", "pause", "Disconnected"),
    }
}

/// By the name and title of a standing.
pub fn of_standing(name: &str, title: &str) -> Look {
    match name {
        "active" => Look::new("ok", "check", title),
        "provisioning" => Look { turning: true, ..Look::new("info", "turn", title) },
        "awaiting_terms" => Look::new("warn", "wait", title),
        "suspended" => Look::new("warn", "pause", title),
        _ => Look::new("bad", "alert", title),
    }
}

/// By the name of an outcome; none when nothing is on record.
pub fn of_outcome(outcome: Option<&str>, running: bool) -> Look {
    match outcome {
        Some("done") => Look::new("ok", "check", "Done"),
        Some("refused") => Look::new("bad", "cross", "Refused"),
        Some("unsure") => Look::new("warn", "alert", "Answer lost"),
        Some("not_applied") => Look::new("warn", "wait", "Not applied"),
        _ if running => Look { turning: true, ..Look::new("info", "turn", "Running") },
        _ => Look::new("warn", "alert", "No answer on record"),
    }
}

/// A check's word in JSON, tone and icon. What is pending when all is over will not be made.
pub fn of_check(result: &CheckResult, is_over: bool) -> (&'static str, &'static str, &'static str) {
    match result {
        CheckResult::Pending if is_over => ("skipped", "", "dash"),
        CheckResult::Pending => ("pending", "", "wait"),
        CheckResult::Passed { .. } => ("passed", "ok", "check"),
        CheckResult::Failed { .. } => ("failed", "bad", "cross"),
    }
}
