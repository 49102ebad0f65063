//! What can go wrong with a call on purpose: rules, and which of them fires. Never: what the answer looks like.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::chance::Chance;
use crate::reply::Cut;
use crate::world::World;

/// When a fault is played. Rules are tried in the order in which they were added; the first that fires wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Google's method id, e.g. `reseller.subscriptions.insert` or `oauth.token`. `None`: every method.
    #[serde(default)]
    pub method: Option<String>,
    /// Customer id or domain. `None`: every call.
    #[serde(default)]
    pub customer: Option<String>,
    /// 0 to 100; 100 is always.
    #[serde(default = "always")]
    pub percent: u8,
    /// How often it may still fire. `None`: for ever.
    #[serde(default)]
    pub times: Option<u32>,
    pub fault: Fault,
}

fn always() -> u8 {
    100
}

/// What happens to a call. Source: google-semantics.md §11 "Fault injection", §2.14, §3.6, §5.3
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The connection closes without an answer; nothing was done.
    RefusedBefore,
    /// The call is carried out, then the connection closes without an answer.
    AnswerLost,
    /// 401, as for a token that is not good any more; nothing was done.
    Unauthorized,
    /// 403 of this reason, such as `domainCannotUseApis`; nothing was done.
    Forbidden { reason: String },
    /// 429, nothing was done.
    TooManyRequests { retry_after_s: Option<u32> },
    /// 403 of domain `usageLimits`, nothing was done.
    QuotaForbidden,
    /// The call is carried out, then 500.
    ErrorAfterApply,
    /// 503, nothing was done.
    ErrorBefore,
    /// The call is carried out after this time in ms; goes together with another fault.
    SlowMs(u64),
    /// The same with a time drawn for each call.
    Latency(Latency),
    /// The call is carried out, then half of the body is sent.
    MalformedBody,
    /// The call is carried out, then this many bytes of the body are sent.
    TruncatedAt(usize),
    /// The call is carried out; the head announces the whole body, and the connection closes after so many bytes of it.
    BrokenOff(usize),
    /// 500, 502, 503 or 504, before the call is carried out or after.
    ServerError {
        status: u16,
        #[serde(default)]
        applied: bool,
    },
    /// 502 with an HTML page of the front end, nothing was done.
    HtmlError,
    /// Nothing for the next `after` calls that the rule is about, then this fault for all that follow: with `times`
    /// 1 only for the call right behind them.
    Later { after: u32, fault: Box<Fault> },
}

/// How long answers take, in ms, drawn from the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    Fixed {
        ms: u64,
    },
    /// Between both, each as likely as the other.
    Uniform {
        min_ms: u64,
        max_ms: u64,
    },
    /// Mostly short, seldom long, never longer than `max_ms`.
    Exponential {
        mean_ms: u64,
        max_ms: u64,
    },
}

impl Latency {
    fn draw(self, chance: &mut Chance) -> u64 {
        match self {
            Latency::Fixed { ms } => ms,
            Latency::Uniform { min_ms, max_ms } => {
                min_ms + chance.below("latency", max_ms.saturating_sub(min_ms).saturating_add(1))
            }
            Latency::Exponential { mean_ms, max_ms } => {
                // Between 0 and 1, never 0 itself.
                let drawn = (f64::from(chance.thirty_two("latency")) + 1.0) / 4_294_967_297.0;
                let times = Duration::try_from_secs_f64(-drawn.ln()).unwrap_or_default();
                let micros = times.as_micros().saturating_mul(u128::from(mean_ms)) / 1_000_000;
                u64::try_from(micros).unwrap_or(u64::MAX).min(max_ms)
            }
        }
    }
}

impl Fault {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Fault::RefusedBefore => "refused_before",
            Fault::AnswerLost => "answer_lost",
            Fault::Unauthorized => "unauthorized",
            Fault::Forbidden { .. } => "forbidden",
            Fault::TooManyRequests { .. } => "too_many_requests",
            Fault::QuotaForbidden => "quota_forbidden",
            Fault::ErrorAfterApply => "error_after_apply",
            Fault::ErrorBefore => "error_before",
            Fault::SlowMs(_) => "slow_ms",
            Fault::Latency(_) => "latency",
            Fault::MalformedBody => "malformed_body",
            Fault::TruncatedAt(_) => "truncated_at",
            Fault::BrokenOff(_) => "broken_off",
            Fault::ServerError { .. } => "server_error",
            Fault::HtmlError => "html_error",
            Fault::Later { fault, .. } => fault.name(),
        }
    }

    /// Which part of the body is sent.
    pub(crate) fn cut(&self) -> Option<Cut> {
        match self {
            Fault::MalformedBody => Some(Cut::Half),
            Fault::TruncatedAt(bytes) => Some(Cut::At(*bytes)),
            Fault::BrokenOff(bytes) => Some(Cut::BreaksOffAt(*bytes)),
            _ => None,
        }
    }
}

/// What was drawn for one call.
#[derive(Default)]
pub(crate) struct Drawn {
    pub(crate) slow_ms: u64,
    pub(crate) fault: Option<Fault>,
}

/// Draws for one call and uses the rules up that fire.
pub(crate) fn draw(world: &mut World, method: &str, customer: Option<&str>) -> Drawn {
    let mut drawn = Drawn::default();
    for at in 0..world.faults.len() {
        let rule = &world.faults[at];
        if !applies(world, rule, method, customer) {
            continue;
        }
        if rule.percent < 100 && world.chance.percent("faults") >= world.faults[at].percent {
            continue;
        }
        let Some(fault) = world.faults[at].fire() else { continue };
        match fault {
            Fault::SlowMs(ms) => drawn.slow_ms += ms,
            Fault::Latency(latency) => drawn.slow_ms += latency.draw(&mut world.chance),
            fault => {
                drawn.fault = Some(fault);
                break;
            }
        }
    }
    drawn
}

impl FaultRule {
    /// What isn't right about the rule, for whoever adds it.
    pub(crate) fn fault_in_it(&self) -> Option<&'static str> {
        let fault = match &self.fault {
            Fault::Later { fault, .. } => fault,
            fault => fault,
        };
        match fault {
            _ if self.percent > 100 => Some("percent goes from 0 to 100"),
            Fault::ServerError { status, .. } if !matches!(status, 500 | 502 | 503 | 504) => {
                Some("status is 500, 502, 503 or 504")
            }
            Fault::Later { .. } => Some("later goes around a fault, not around itself"),
            _ => None,
        }
    }

    /// Uses the rule up for one call; `None` when it isn't this call's turn.
    fn fire(&mut self) -> Option<Fault> {
        let fault = match &mut self.fault {
            Fault::Later { after, .. } if *after > 0 => {
                *after -= 1;
                return None;
            }
            Fault::Later { fault, .. } => (**fault).clone(),
            fault => fault.clone(),
        };
        self.times = self.times.map(|times| times - 1);
        Some(fault)
    }
}

fn applies(world: &World, rule: &FaultRule, method: &str, customer: Option<&str>) -> bool {
    rule.times != Some(0)
        && rule.method.as_deref().is_none_or(|wanted| wanted == method)
        && rule.customer.as_deref().is_none_or(|wanted| {
            customer.is_some_and(|about| {
                about.eq_ignore_ascii_case(wanted)
                    || world.customer(about).is_some_and(|customer| {
                        customer.id == wanted || customer.has_domain(wanted)
                    })
            })
        })
}
