//! What makes calls go other than at a good day: faults by rule, lag, quotas. Added, listed and taken away.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::form::{Choice, Deed, Done, Field, Form, Refusal, Sent, Tried, notice, play};
use super::frame::{Asking, Frame, asked, back, show};
use crate::faults::{Fault, FaultRule, Latency};
use crate::methods;
use crate::quotas::Quotas;
use crate::sandbox::Sandbox;
use crate::world::{Lag, World};

const PATH: &str = "/sandbox/faults";
const DELAY_MS_MAX: i64 = 600_000;
const DAY_MS: i64 = 86_400_000;
const COUNT_MAX: i64 = 1_000_000_000;

/// What isn't in the method table, and may still be played a fault.
const OTHERS: [&str; 5] = ["batch", "oauth.auth", "oauth.token", "oauth.revoke", "oauth.tokeninfo"];

/// The word in the form, and what it means.
const KINDS: [(&str, &str); 14] = [
    ("answer_lost", "Carried out, but the answer gets lost"),
    ("refused_before", "Connection closes, nothing is done"),
    ("error_before", "503, nothing is done"),
    ("error_after_apply", "Carried out, then 500"),
    ("too_many_requests", "429, nothing is done"),
    ("quota_forbidden", "403 of a quota, nothing is done"),
    ("forbidden", "403 of another reason, nothing is done"),
    ("unauthorized", "401, nothing is done"),
    ("html_error", "502 with an HTML page, nothing is done"),
    ("malformed_body", "Carried out, half of the body is sent"),
    ("truncated_at", "Carried out, the first bytes of the body are sent"),
    ("slow_fixed", "Slow: always the same time"),
    ("slow_uniform", "Slow: any time between two"),
    ("slow_exponential", "Slow: mostly short, seldom long"),
];

/// The quota's name, its label, and what is counted.
const QUOTAS: [(&str, &str, &str); 9] = [
    ("reseller_per_minute", "Reseller, a minute", "Calls per project"),
    ("reseller_per_day", "Reseller, a day", "Calls per project"),
    ("directory_per_minute_per_user", "Directory, a minute", "Calls per user"),
    ("users_created_per_second", "Users created, a second", "Per customer"),
    ("org_unit_writes_per_second", "Units changed, a second", "Per customer"),
    ("licensing_per_second", "Licensing, a second", "Calls per project"),
    ("gmail_units_per_minute", "Gmail, a minute", "Units per project; a mail has 100"),
    ("gmail_units_per_minute_per_user", "Gmail, a minute and user", "Units; a mail has 100"),
    ("site_verification_per_day", "Site Verification, a day", "Calls per project"),
];

/// The name of a lag, and what comes late by it.
const LAGS: [(&str, &str); 12] = [
    ("customers_ms", "Customers"),
    ("users_ms", "Users"),
    ("subscriptions_ms", "Subscriptions"),
    ("aliases_ms", "Further addresses"),
    ("groups_ms", "Groups"),
    ("members_ms", "Members of groups"),
    ("org_units_ms", "Organisational units"),
    ("domains_ms", "Domains"),
    ("licences_ms", "Licences"),
    ("mailboxes_ms", "Mailboxes of new users"),
    ("dns_ms", "DNS records"),
    ("revocations_ms", "Revocation of access tokens"),
];

const DEEDS: &[Deed<Sandbox>] = &[
    Deed { name: "add_fault", play: add, done: "The rule holds from the next call on." },
    Deed { name: "remove_fault", play: remove, done: "The rule is gone." },
    Deed { name: "clear_faults", play: clear, done: "All rules are gone." },
    Deed { name: "set_lag", play: set_lag, done: "The lag holds for what is made from now on." },
    Deed { name: "set_quotas", play: set_quotas, done: "The quotas hold from the next call on." },
    Deed { name: "google_quotas", play: google_quotas, done: "Google's own quotas hold." },
    Deed { name: "no_quotas", play: no_quotas, done: "Clients may ask as much as they like." },
];

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn fault_of(sent: &Sent) -> Result<Fault, Refusal> {
    let ms = |name| sent.whole(name, 1..=DELAY_MS_MAX).map(unsigned);
    let up_to = |ms: u64| match sent.whole("max_ms", 1..=DELAY_MS_MAX).map(unsigned)? {
        max_ms if max_ms < ms => Err(Refusal::at("max_ms", "That is less than the other time.")),
        max_ms => Ok(max_ms),
    };
    Ok(match sent.text("kind") {
        "answer_lost" => Fault::AnswerLost,
        "refused_before" => Fault::RefusedBefore,
        "error_before" => Fault::ErrorBefore,
        "error_after_apply" => Fault::ErrorAfterApply,
        "too_many_requests" => {
            let seconds = sent.whole_or_none("seconds", 0..=86_400)?;
            Fault::TooManyRequests { retry_after_s: seconds.map(small) }
        }
        "quota_forbidden" => Fault::QuotaForbidden,
        "forbidden" => {
            let reason = sent.needed("reason", "a reason, such as domainCannotUseApis")?;
            Fault::Forbidden { reason: reason.to_owned() }
        }
        "unauthorized" => Fault::Unauthorized,
        "html_error" => Fault::HtmlError,
        "malformed_body" => Fault::MalformedBody,
        "truncated_at" => {
            let bytes = sent.whole("bytes", 0..=COUNT_MAX)?;
            Fault::TruncatedAt(usize::try_from(bytes).unwrap_or_default())
        }
        "slow_fixed" => Fault::Latency(Latency::Fixed { ms: ms("ms")? }),
        "slow_uniform" => {
            let min_ms = ms("ms")?;
            Fault::Latency(Latency::Uniform { min_ms, max_ms: up_to(min_ms)? })
        }
        "slow_exponential" => {
            let mean_ms = ms("ms")?;
            Fault::Latency(Latency::Exponential { mean_ms, max_ms: up_to(mean_ms)? })
        }
        _ => return Err(Refusal::at("kind", "Choose what happens.")),
    })
}

fn add(sandbox: &Sandbox, sent: &Sent) -> Done {
    let method = sent.text("method");
    if !method.is_empty() && !method_ids().iter().any(|known| known == method) {
        let text = "The sandbox has no such method; choose one of the list.";
        return Err(Refusal::at("method", text));
    }
    let fault = fault_of(sent)?;
    let percent = sent.whole("percent", 0..=100)?;
    let times = sent.whole_or_none("times", 1..=COUNT_MAX)?;
    let after = small(sent.whole_or_none("after", 0..=COUNT_MAX)?.unwrap_or_default());
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    sandbox.add_fault(FaultRule {
        method: given(method),
        customer: given(sent.text("customer")),
        percent: u8::try_from(percent).unwrap_or(100),
        times: times.map(small),
        fault: if after > 0 { Fault::Later { after, fault: Box::new(fault) } } else { fault },
    });
    Ok(())
}

/// What of a rule stays the same while calls use it up.
fn mark_of(rule: &FaultRule) -> String {
    let about = [&rule.method, &rule.customer].map(|it| it.clone().unwrap_or_default());
    format!("{} {} {} {}", about[0], about[1], rule.percent, rule.fault.name())
}

fn remove(sandbox: &Sandbox, sent: &Sent) -> Done {
    let at = sent.of().parse::<usize>().unwrap_or(usize::MAX);
    let mut world = sandbox.world();
    if world.faults.get(at).is_none_or(|rule| mark_of(rule) != sent.raw("was")) {
        return Err(Refusal::at("", "The rules have changed meanwhile; this is how they are now."));
    }
    world.faults.remove(at);
    Ok(())
}

fn clear(sandbox: &Sandbox, _: &Sent) -> Done {
    sandbox.clear_faults();
    Ok(())
}

/// The numbers of a form, under the names of their fields; those left out are none.
fn numbers<T: DeserializeOwned>(
    sent: &Sent,
    names: impl Iterator<Item = &'static str>,
    max: i64,
) -> Result<T, Refusal> {
    let mut given = Map::new();
    for name in names {
        if let Some(number) = sent.whole_or_none(name, 0..=max)? {
            given.insert(name.to_owned(), json!(number));
        }
    }
    serde_json::from_value(Value::Object(given)).map_err(|error| Refusal::at("", error.to_string()))
}

fn set_lag(sandbox: &Sandbox, sent: &Sent) -> Done {
    let lag: Lag = numbers(sent, LAGS.iter().map(|(name, _)| *name), 7 * DAY_MS)?;
    sandbox.change(|world, _| world.lag_ms = lag);
    Ok(())
}

fn set_quotas(sandbox: &Sandbox, sent: &Sent) -> Done {
    put_quotas(sandbox, numbers(sent, QUOTAS.iter().map(|(name, ..)| *name), COUNT_MAX)?)
}

fn google_quotas(sandbox: &Sandbox, _: &Sent) -> Done {
    put_quotas(sandbox, Quotas::google())
}

fn no_quotas(sandbox: &Sandbox, _: &Sent) -> Done {
    put_quotas(sandbox, Quotas::default())
}

fn put_quotas(sandbox: &Sandbox, quotas: Quotas) -> Done {
    sandbox.change(|world, _| world.quotas = quotas);
    Ok(())
}

fn method_ids() -> Vec<String> {
    let table = methods::table();
    OTHERS.into_iter().chain(table.iter().map(|method| method.id)).map(str::to_owned).collect()
}

fn fault_words(fault: &Fault) -> String {
    let kind = |word: &str| {
        let found = KINDS.iter().find(|(code, _)| *code == word);
        found.map_or(word, |(_, title)| title).to_owned()
    };
    match fault {
        Fault::Forbidden { reason } => format!("403 {reason}, nothing is done"),
        Fault::TooManyRequests { retry_after_s: Some(seconds) } => {
            format!("429 with Retry-After {seconds} s, nothing is done")
        }
        Fault::SlowMs(ms) | Fault::Latency(Latency::Fixed { ms }) => format!("Slow: {ms} ms"),
        Fault::Latency(Latency::Uniform { min_ms, max_ms }) => {
            format!("Slow: {min_ms} to {max_ms} ms")
        }
        Fault::Latency(Latency::Exponential { mean_ms, max_ms }) => {
            format!("Slow: about {mean_ms} ms, at most {max_ms} ms")
        }
        Fault::TruncatedAt(bytes) => format!("Carried out, {bytes} bytes of the body are sent"),
        Fault::Later { after: 0, fault } => fault_words(fault),
        Fault::Later { after, fault } => {
            format!("After {after} more such calls: {}", fault_words(fault))
        }
        other => kind(other.name()),
    }
}

/// A rule as a sentence.
pub(super) fn words(rule: &FaultRule) -> String {
    let calls = rule.method.as_deref().unwrap_or("any method");
    let about = rule.customer.as_ref().map(|it| format!(" about {it}")).unwrap_or_default();
    let often = if rule.percent < 100 {
        format!(", {} % of the calls", rule.percent)
    } else {
        String::new()
    };
    let left = match rule.times {
        None | Some(0) => String::new(),
        Some(1) => ", once more".to_owned(),
        Some(times) => format!(", {times} more times"),
    };
    format!("{} ({calls}{about}{often}{left}).", fault_words(&rule.fault))
}

struct Rule<'a> {
    words: String,
    is_over: bool,
    remove: Form<'a>,
}

#[derive(Template)]
#[template(path = "face/faults.html")]
struct Page<'a> {
    frame: Frame,
    rules: Vec<Rule<'a>>,
    clear: Form<'a>,
    add: Form<'a>,
    lag: Form<'a>,
    quotas: Form<'a>,
    quota_sets: Vec<Form<'a>>,
}

fn rules<'a>(world: &World, tried: Option<&'a Tried>) -> Vec<Rule<'a>> {
    let rule = |(at, rule): (usize, &FaultRule)| Rule {
        words: words(rule),
        is_over: rule.times == Some(0),
        remove: Form::new(tried, "remove_fault", &at.to_string(), "Remove")
            .with("was", mark_of(rule)),
    };
    world.faults.iter().enumerate().map(rule).collect()
}

fn add_form(tried: Option<&Tried>) -> Form<'_> {
    let kinds = KINDS.map(|(code, title)| Choice::new(code, title)).into();
    Form::new(tried, "add_fault", "", "Add the rule")
        .tone("primary")
        .field(Field::select("kind", "What happens", kinds).wide())
        .field(
            Field::text("method", "Method")
                .hint("Such as reseller.subscriptions.insert; empty for all")
                .suggestions(method_ids()),
        )
        .field(Field::text("customer", "Customer").hint("Id or domain; empty for all calls"))
        .field(Field::number("percent", "Percent of the calls").value(100))
        .field(Field::number("times", "How often at most").hint("Empty for as long as it stands"))
        .field(Field::number("after", "Calls to leave alone first").hint("Empty for none"))
        .field(Field::text("reason", "Reason").hint("For 403 of another reason"))
        .field(Field::number("seconds", "Retry-After, in s").hint("For 429; empty for none"))
        .field(
            Field::number("bytes", "Bytes that are sent")
                .hint("For a body cut after its first bytes"),
        )
        .field(
            Field::number("ms", "Time, in ms").hint("For slow: the time, the least, or the mean"),
        )
        .field(
            Field::number("max_ms", "Longest time, in ms")
                .hint("For slow between two, or seldom long"),
        )
}

fn lag_form(lag: Lag, tried: Option<&Tried>) -> Form<'_> {
    let now = json!(lag);
    let form = Form::new(tried, "set_lag", "", "Set the lag");
    LAGS.into_iter().fold(form, |form, (name, what)| {
        let ms = now[name].as_i64().unwrap_or_default();
        form.field(Field::number(name, format!("{what}, in ms")).value(ms))
    })
}

/// The lag in force, in sentences.
pub(super) fn lag_words(lag: Lag) -> Vec<String> {
    let now = json!(lag);
    let late = LAGS.into_iter().filter_map(|(name, what)| {
        let ms = now[name].as_i64().filter(|ms| *ms > 0)?;
        Some(format!("{what}: seen {ms} ms late."))
    });
    late.collect()
}

fn quota_form<'a>(quotas: &Quotas, tried: Option<&'a Tried>) -> Form<'a> {
    let now = json!(quotas);
    let form = Form::new(tried, "set_quotas", "", "Set the quotas");
    QUOTAS.into_iter().fold(form, |form, (name, label, counted)| {
        let bound = now[name].as_u64().map(|bound| bound.to_string()).unwrap_or_default();
        form.field(Field::number(name, label).value(bound).hint(counted))
    })
}

fn view(sandbox: &Sandbox, word: Option<&str>, tried: Option<&Tried>) -> Response {
    let frame = Frame::of(sandbox, PATH, "faults", "Faults, lag and quotas")
        .notice(notice(DEEDS, word))
        .refused(tried);
    let page = sandbox.inspect(|world| Page {
        frame,
        rules: rules(world, tried),
        clear: Form::new(tried, "clear_faults", "", "Remove all rules")
            .sure("Remove all…", "Calls go well again, but for lag and quotas."),
        add: add_form(tried),
        lag: lag_form(world.lag_ms, tried),
        quotas: quota_form(&world.quotas, tried),
        quota_sets: vec![
            Form::new(tried, "google_quotas", "", "As Google's pages say"),
            Form::new(tried, "no_quotas", "", "No bounds"),
        ],
    });
    show(tried.map_or(200, Tried::status), &page)
}

pub(super) async fn page(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    view(&sandbox, asked(asking).done.as_deref(), None)
}

pub(super) async fn post(State(sandbox): State<Sandbox>, sent: Sent) -> Response {
    match play(DEEDS, &sandbox, &sent) {
        Ok(done) => back(PATH, "sandbox/faults", done, ""),
        Err(refusal) => view(&sandbox, None, Some(&Tried::new(sent, refusal))),
    }
}
