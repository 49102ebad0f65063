//! The first page: how much there is, the clock and what it will bring, what is in force, the last calls.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::calls::Line;
use super::faults;
use super::form::{Choice, Deed, Done, Field, Form, Refusal, Sent, Tried, notice, play};
use super::frame::{Asking, Frame, asked, back, show};
use super::words::{self, When};
use crate::life::{Due, YEAR_MS};
use crate::quotas::Quotas;
use crate::sandbox::Sandbox;
use crate::settings::SandboxClock;
use crate::world::{Status, Subscription, World};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Calls and coming events shown here.
const SHOWN: usize = 8;

pub(super) const DEEDS: &[Deed<Sandbox>] = &[
    Deed {
        name: "advance",
        play: advance,
        done: "The clock was advanced; what was due by now has happened.",
    },
    Deed {
        name: "advance_to",
        play: advance_to,
        done: "The clock was advanced to that moment; what was due by then has happened.",
    },
];

fn advance(sandbox: &Sandbox, sent: &Sent) -> Done {
    let unit_ms = match sent.text("unit") {
        "minutes" => 60_000,
        "hours" => HOUR_MS,
        "days" => DAY_MS,
        _ => return Err(Refusal::at("unit", "Choose minutes, hours or days.")),
    };
    let count = sent.whole("count", 1..=100_000)?;
    on_to(sandbox, sandbox.now_ms().saturating_add(count * unit_ms), "count")
}

/// Moves the clock to a moment that a page showed.
pub(super) fn advance_to(sandbox: &Sandbox, sent: &Sent) -> Done {
    let to = sent.of().parse::<i64>().map_err(|_| Refusal::at("", "That isn't a moment."))?;
    on_to(sandbox, to, "")
}

fn on_to(sandbox: &Sandbox, to_ms: i64, field: &'static str) -> Done {
    let by_ms = to_ms.saturating_sub(sandbox.now_ms());
    if by_ms < 0 {
        return Err(Refusal::at(
            field,
            "The clock has passed that moment already; it never goes back.",
        ));
    }
    if to_ms > crate::clock::LATEST_MS {
        return Err(Refusal::at(field, "That is too far: the calendar ends with the year 9998."));
    }
    sandbox.advance_ms(by_ms);
    Ok(())
}

/// Something that happens by itself when its time comes.
struct Event<'a> {
    /// Id and domain of the customer, and the place on its page.
    about: Option<(String, String, String)>,
    what: String,
    when: When,
    form: Form<'a>,
}

/// What a subscription has before it, with its time.
pub(super) fn coming(subscription: &Subscription) -> Vec<(i64, &'static str)> {
    if subscription.cancelled {
        return Vec::new();
    }
    let trial = subscription.trial_end_ms.filter(|_| !subscription.trial_over);
    let runs = subscription.plan.is_annual() && subscription.status() == Status::Active;
    let term = subscription.commitment_ms.map(|(_, end)| end).filter(|_| runs);
    let old = subscription.suspended_at_ms.map(|since| since + YEAR_MS);
    let all = [
        (trial, "the trial ends"),
        (term, "the term ends"),
        (old, "suspended for a year, it is cancelled"),
    ];
    all.into_iter().filter_map(|(at, what)| Some((at?, what))).collect()
}

fn events<'a>(world: &World, now_ms: i64, tried: Option<&'a Tried>) -> Vec<Event<'a>> {
    let mut all: Vec<(i64, &'static str, &Subscription)> = world
        .subscriptions
        .values()
        .flat_map(|it| coming(it).into_iter().map(move |(at, what)| (at, what, it)))
        .collect();
    all.sort_by_key(|(at, what, it)| (*at, *what, it.key()));
    let event = |at: i64, about, what| Event {
        about,
        what,
        when: When::of(at, now_ms),
        form: Form::new(tried, "advance_to", &at.to_string(), "Advance to then"),
    };
    let of_one = |(at, what, it): &(i64, &str, &Subscription)| {
        let domain = world.customers.get(&it.customer_id).map(|home| home.domain.clone());
        let domain = domain.unwrap_or_else(|| it.customer_id.clone());
        let about = (it.customer_id.clone(), domain, super::subscription::place_of(&it.id));
        event(*at, Some(about), format!("{what} ({})", words::sku(&it.sku_id)))
    };
    let known = all.iter().filter(|(at, ..)| *at > now_ms).take(SHOWN);
    let mut events: Vec<Event<'a>> = known.map(of_one).collect();
    if let Due::At(at) = world.due
        && at > now_ms
        && all.first().is_none_or(|(first, ..)| at < *first)
    {
        let what = "Something else falls due, such as a customer that leaves its reseller, or a deleted user \
                    that vanishes";
        events.insert(0, event(at, None, what.to_owned()));
    }
    events
}

struct Counts {
    customers: usize,
    active: usize,
    suspended: usize,
    cancelled: usize,
    users: usize,
    licences: usize,
    mails: usize,
    calls: u64,
}

fn counts(world: &World) -> Counts {
    let with = |status| world.subscriptions.values().filter(|it| it.status() == status).count();
    Counts {
        customers: world.customers.len(),
        active: with(Status::Active),
        suspended: with(Status::Suspended),
        cancelled: with(Status::Cancelled),
        users: world.users.len(),
        licences: world.licences.len(),
        mails: world.mails.len(),
        calls: world.call_counts.values().sum(),
    }
}

/// Everything that makes calls go other than at a good day, in sentences.
fn trouble(world: &World) -> Vec<String> {
    let live = world.faults.iter().filter(|rule| rule.times != Some(0));
    let mut lines: Vec<String> = live.map(faults::words).collect();
    lines.extend(faults::lag_words(world.lag_ms));
    if world.quotas == Quotas::google() {
        lines.push("Google's own quotas hold.".to_owned());
    } else if world.quotas != Quotas::default() {
        lines.push("Quotas hold.".to_owned());
    }
    lines
}

#[derive(Template)]
#[template(path = "face/overview.html")]
struct Page<'a> {
    frame: Frame,
    base: &'a str,
    counts: Counts,
    clock: &'static str,
    leaps: Vec<Form<'a>>,
    advance: Form<'a>,
    next: Vec<Event<'a>>,
    trouble: Vec<String>,
    calls: Vec<Line>,
}

fn leaps(tried: Option<&Tried>) -> Vec<Form<'_>> {
    let leap = |title: &str, count: &str, unit: &str| {
        // A key of its own: what is typed into the form for any time isn't about this button.
        Form::new(tried, "advance", title, title).with("count", count).with("unit", unit)
    };
    vec![
        leap("+1 hour", "1", "hours"),
        leap("+1 day", "1", "days"),
        leap("+30 days", "30", "days"),
        leap("+1 year", "365", "days"),
    ]
}

fn view(sandbox: &Sandbox, word: Option<&str>, tried: Option<&Tried>) -> Response {
    let now_ms = sandbox.now_ms();
    let frame = Frame::of(sandbox, "/", "overview", "Overview");
    let units = ["minutes", "hours", "days"].map(|unit| Choice::new(unit, unit));
    let advance = Form::new(tried, "advance", "", "Advance the clock")
        .field(Field::number("count", "How far"))
        .field(Field::select("unit", "Unit", units.into()).value("days"));
    let page = sandbox.inspect(|world| Page {
        frame: frame.notice(notice(DEEDS, word)).refused(tried),
        base: &sandbox.settings().public_url,
        counts: counts(world),
        clock: match sandbox.clock_kind() {
            SandboxClock::Real => "on by itself, as fast as the machine's",
            SandboxClock::Virtual => "only when it is moved",
        },
        leaps: leaps(tried),
        advance,
        next: events(world, now_ms, tried),
        trouble: trouble(world),
        calls: world.calls.iter().rev().take(SHOWN).map(|it| Line::of(world, it, now_ms)).collect(),
    });
    show(tried.map_or(200, Tried::status), &page)
}

pub(super) async fn page(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    view(&sandbox, asked(asking).done.as_deref(), None)
}

pub(super) async fn post(State(sandbox): State<Sandbox>, sent: Sent) -> Response {
    match play(DEEDS, &sandbox, &sent) {
        Ok(done) => back("/", "", done, ""),
        Err(refusal) => view(&sandbox, None, Some(&Tried::new(sent, refusal))),
    }
}
