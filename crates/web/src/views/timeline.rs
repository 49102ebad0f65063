//! A time-line as it is shown: events and attempts, newest first, each with its calls to Google.
//! Steps are named and told, never copied, so that nothing they carry gets out.

use domain::step::Outcome;
use serde::Serialize;
use store::Entry;
use utoipa::ToSchema;

/// What happened to one customer, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub struct TimelineView {
    pub entries: Vec<TimelineLine>,
}

/// One line.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = TimelineEntry)]
pub enum TimelineLine {
    Event {
        at: String,
        #[schema(example = "order_accepted")]
        name: String,
        sentence: String,
    },
    /// One journalled step.
    Attempt {
        at: String,
        ended_at: Option<String>,
        /// The step's name.
        name: &'static str,
        sentence: String,
        /// `done`, `refused`, `unsure` or `not_applied`; none while it runs, or when its answer was
        /// never written down.
        outcome: Option<&'static str>,
        /// Why, unless it is done.
        reason: Option<String>,
        calls: Vec<CallView>,
    },
    /// A look at Google.
    Look { at: String, ended_at: Option<String>, calls: Vec<CallView> },
}

/// One exchange with Google; bodies are never kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallView {
    #[schema(example = "reseller.customers.insert")]
    pub method: String,
    /// HTTP status; 0 when no answer came.
    pub status: u16,
    /// Google's `reason`, or ours when no answer came; empty when all went well.
    pub reason: String,
    pub started_at: String,
    pub duration_ms: i64,
}

impl TimelineView {
    #[must_use]
    pub fn new(entries: &[Entry]) -> TimelineView {
        TimelineView { entries: entries.iter().map(TimelineLine::new).collect() }
    }
}

impl TimelineLine {
    #[must_use]
    pub fn new(entry: &Entry) -> TimelineLine {
        let attempt = match entry {
            Entry::Event { at, event, .. } => {
                return TimelineLine::Event {
                    at: at.rfc3339(),
                    name: event_name(event),
                    sentence: event.sentence(),
                };
            }
            Entry::Attempt(attempt) => attempt,
        };
        let at = attempt.started_at.rfc3339();
        let ended_at = attempt.ended_at.map(domain::time::Timestamp::rfc3339);
        let calls = attempt.calls.iter().map(CallView::new).collect();
        match &attempt.step {
            None => TimelineLine::Look { at, ended_at, calls },
            Some(step) => TimelineLine::Attempt {
                at,
                ended_at,
                name: step.name(),
                sentence: step.sentence(),
                outcome: attempt.outcome.as_ref().map(Outcome::name),
                reason: attempt.outcome.as_ref().and_then(reason),
                calls,
            },
        }
    }
}

impl CallView {
    fn new(call: &domain::step::Call) -> CallView {
        CallView {
            method: call.method.clone(),
            status: call.status,
            reason: call.reason.clone(),
            started_at: call.started_at.rfc3339(),
            duration_ms: call.duration_ms,
        }
    }
}

/// The event's name in JSON.
fn event_name(event: &domain::event::Event) -> String {
    let json = serde_json::to_value(event).unwrap_or_default();
    json["event"].as_str().unwrap_or_default().to_owned()
}

fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Done { .. } => None,
        Outcome::Refused { reason } => {
            let words = [reason.code.as_str(), reason.message.as_str()];
            Some(words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(": "))
        }
        Outcome::Unsure { why } | Outcome::NotApplied { why, .. } => Some(why.clone()),
    }
}
