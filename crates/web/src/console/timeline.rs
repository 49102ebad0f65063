//! What happened to a customer, as lines: events, steps, looks, and under each the calls to Google.

use super::looks::{self, Look};
use crate::views::{CallView, TimelineLine};
use domain::time::Timestamp;
use store::{Entry, WorkState};

/// One line.
pub struct Line {
    /// The same for the same thing, whatever becomes of it.
    pub key: String,
    pub at: String,
    pub sentence: String,
    pub tone: &'static str,
    pub icon: &'static str,
    pub is_step: bool,
    pub running: bool,
    pub outcome: Option<Look>,
    pub reason: String,
    pub calls: Vec<CallLine>,
}

/// One exchange with Google.
pub struct CallLine {
    pub method: String,
    /// `ok`, `bad`, or `nothing` when Google said that it is not there.
    pub tone: &'static str,
    /// Status and Google's reason, or that there was none.
    pub answer: String,
    pub duration: String,
}

impl CallLine {
    fn new(call: &CallView) -> CallLine {
        let answer = match call.status {
            0 => "no answer".to_owned(),
            status => format!("HTTP {status}"),
        };
        let reason = if call.reason.is_empty() { "" } else { " " };
        CallLine {
            method: call.method.clone(),
            tone: match call.status {
                200..300 => "ok",
                404 => "nothing",
                _ => "bad",
            },
            answer: format!("{answer}{reason}{}", call.reason),
            duration: duration(call.duration_ms),
        }
    }
}

fn duration(ms: i64) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}

pub fn lines(entries: &[Entry], work: &WorkState, now: Timestamp) -> Vec<Line> {
    let held = work.lease_until > now;
    entries.iter().map(|entry| line(entry, held)).collect()
}

fn line(entry: &Entry, held: bool) -> Line {
    let key = match entry {
        Entry::Event { seq, .. } => format!("e{seq}"),
        Entry::Attempt(attempt) => format!("a{}", attempt.seq),
    };
    match TimelineLine::new(entry) {
        TimelineLine::Event { at, name, sentence } => {
            let (tone, icon) = look_of(&name);
            Line { tone, icon, ..plain(key, at, sentence) }
        }
        TimelineLine::Attempt { at, ended_at, sentence, outcome, reason, calls, .. } => {
            let running = outcome.is_none() && ended_at.is_none() && held;
            let look = looks::of_outcome(outcome, running);
            Line {
                tone: look.tone,
                icon: look.icon,
                is_step: true,
                running,
                outcome: Some(look),
                reason: reason.unwrap_or_default(),
                calls: calls.iter().map(CallLine::new).collect(),
                ..plain(key, at, sentence)
            }
        }
        TimelineLine::Look { at, calls, .. } => Line {
            icon: "look",
            calls: calls.iter().map(CallLine::new).collect(),
            ..plain(key, at, "Looked at Google".to_owned())
        },
    }
}

fn plain(key: String, at: String, sentence: String) -> Line {
    Line {
        key,
        at,
        sentence,
        tone: "",
        icon: "note",
        is_step: false,
        running: false,
        outcome: None,
        reason: String::new(),
        calls: Vec::new(),
    }
}

/// Tone and icon of an event, by its name.
fn look_of(name: &str) -> (&'static str, &'static str) {
    match name {
        "blocked" => ("warn", "wait"),
        "consent_lost" => ("bad", "alert"),
        "order_accepted" | "look_requested" | "password_link_opened" => ("", "note"),
        "found_at_google" | "subscription_status_changed" => ("info", "look"),
        _ => ("ok", "check"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(0), "0 ms");
        assert_eq!(duration(999), "999 ms");
        assert_eq!(duration(1_250), "1.2 s");
        assert_eq!(duration(61_000), "61.0 s");
    }
}
