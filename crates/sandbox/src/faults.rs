//! What can go wrong with a call on purpose: rules, and which of them fires. Never: what the answer looks like.

use serde::{Deserialize, Serialize};

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
    /// The call is carried out, then half of the body is sent.
    MalformedBody,
    /// 502 with an HTML page of the front end, nothing was done.
    HtmlError,
}

impl Fault {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Fault::RefusedBefore => "refused_before",
            Fault::AnswerLost => "answer_lost",
            Fault::TooManyRequests { .. } => "too_many_requests",
            Fault::QuotaForbidden => "quota_forbidden",
            Fault::ErrorAfterApply => "error_after_apply",
            Fault::ErrorBefore => "error_before",
            Fault::SlowMs(_) => "slow_ms",
            Fault::MalformedBody => "malformed_body",
            Fault::HtmlError => "html_error",
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
        let rule = &mut world.faults[at];
        rule.times = rule.times.map(|times| times - 1);
        if let Fault::SlowMs(ms) = rule.fault {
            drawn.slow_ms += ms;
        } else {
            drawn.fault = Some(rule.fault.clone());
            break;
        }
    }
    drawn
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
