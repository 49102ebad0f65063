//! One subscription as a card on its customer's page: what it is, what lies before it, and what others can do to it.

use super::form::{Choice, Field, Form, Tried};
use super::overview::coming;
use super::words::{self, Pill, When};
use crate::licensing;
use crate::reseller::skus;
use crate::reseller::terms::RENEWAL_TYPES;
use crate::world::{Customer, Owner, PlanName, Subscription, SuspensionReason, World};

pub(super) struct Card<'a> {
    pub(super) place: String,
    pub(super) title: String,
    pub(super) status: Pill,
    /// The id and the SKU's.
    pub(super) ids: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) forms: Vec<Form<'a>>,
}

/// Its id in the page.
pub(super) fn place_of(id: &str) -> String {
    let letters = id.chars().filter(|letter| letter.is_ascii_alphanumeric());
    format!("s-{}", letters.collect::<String>())
}

fn told(ms: i64, now_ms: i64) -> String {
    let when = When::of(ms, now_ms);
    format!("{} ({})", when.text, when.distance)
}

fn facts(world: &World, it: &Subscription, now_ms: i64) -> Vec<(&'static str, String)> {
    let in_use = licensing::licensed(world, it);
    let seats = if it.plan.is_annual() { "bought" } else { "at most" };
    let mut facts = vec![
        ("Plan", words::plan(it.plan).to_owned()),
        ("Seats", format!("{} {seats}, {in_use} in use", it.seats)),
    ];
    if !it.suspension_reasons.is_empty() {
        let reasons: Vec<&str> =
            it.suspension_reasons.iter().map(|reason| words::reason(*reason)).collect();
        facts.push(("Suspended", reasons.join("; ")));
    }
    if let Some(since) = it.suspended_at_ms {
        facts.push(("Suspended since", told(since, now_ms)));
    }
    if let Some(end) = it.trial_end_ms {
        let word = if it.is_in_trial(now_ms) { "Trial ends" } else { "Trial ended" };
        facts.push((word, told(end, now_ms)));
    }
    if let Some((from, until)) = it.commitment_ms {
        facts.push(("Term", format!("{} to {}", When::of(from, now_ms).text, told(until, now_ms))));
    }
    if let Some(renewal_type) = &it.renewal_type {
        facts.push(("At the end of the term", words::renewal(renewal_type).to_owned()));
    }
    if let Some(note) = world.subscription_notes.get(&it.key()) {
        facts.extend(note.proposed_seats.map(|seats| ("Seats proposed", seats.to_string())));
        facts.extend(note.grace_until_ms.map(|until| ("Runs unpaid until", told(until, now_ms))));
    }
    let texts = [
        ("Purchase order", it.purchase_order_id.clone()),
        ("Deal code", it.deal_code.clone()),
        ("Cancelled because", it.cancelled_because.clone()),
        ("Billed", it.offline.then(|| "by contract, offline".to_owned())),
        ("Sold by", it.sold_by.as_ref().map(|owner| seller(world, owner))),
    ];
    facts.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text?))));
    facts.push(("Began", told(it.created_at_ms, now_ms)));
    facts
}

/// Who sold it, where the customer has gone on since.
fn seller(world: &World, owner: &Owner) -> String {
    let who = match owner {
        Owner::Reseller { customer_id } => {
            world.customers.get(customer_id).map_or(customer_id, |it| &it.domain).clone()
        }
        Owner::Google | Owner::Itself => "Google, directly".to_owned(),
    };
    format!("{who}; waits to be transferred")
}

/// The plans that are sold with this SKU; all of them for one that isn't sold any more.
pub(super) fn plans(sku_id: &str) -> Vec<Choice> {
    let sold = skus::find(sku_id).map_or(&[][..], |sku| sku.plans);
    let all = words::PLANS.into_iter().filter(|plan| sold.is_empty() || sold.contains(plan));
    all.map(|plan| Choice::new(words::plan_code(plan), words::plan(plan))).collect()
}

fn forms<'a>(it: &Subscription, now_ms: i64, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    if it.cancelled {
        return Vec::new();
    }
    let new = |deed, button: &str| Form::new(tried, deed, &it.id, button);
    let by_google = it.suspension_reasons.contains(&SuspensionReason::Other);
    let (word, on) = if by_google {
        ("Google lifts its suspension", "off")
    } else {
        ("Google suspends it", "on")
    };
    let mut forms = vec![
        new("change_seats", "Change the seats")
            .folded("Somebody changes the seats…")
            .field(Field::number("seats", "Seats").value(it.seats)),
        new("change_plan", "Change the plan").folded("Somebody changes the plan…").field(
            Field::select("plan", "Plan", plans_but_free(it)).value(words::plan_code(it.plan)),
        ),
        new("suspend", word).with("on", on),
    ];
    if it.plan.is_annual() {
        let types = RENEWAL_TYPES.map(|code| Choice::new(code, words::renewal(code)));
        let now = it.renewal_type.as_deref().unwrap_or_default();
        forms.push(
            new("change_renewal", "Change the renewal")
                .folded("Somebody changes the renewal…")
                .field(
                    Field::select("renewal", "At the end of the term", types.into())
                        .value(now)
                        .wide(),
                ),
        );
    }
    if it.renewal_type.as_deref() == Some("RENEW_ON_PROPOSED_OFFER") {
        forms.push(
            new("propose", "Propose them")
                .folded("The reseller proposes seats…")
                .field(Field::number("seats", "Seats of the next term").value(it.seats)),
        );
    }
    for (at, what) in coming(it).into_iter().filter(|(at, _)| *at > now_ms) {
        let until = match what {
            "the trial ends" => "Advance the clock to the end of the trial",
            "the term ends" => "Advance the clock to the end of the term",
            _ => "Advance the clock until it has been suspended for a year",
        };
        forms.push(
            Form::new(tried, "advance_to", &at.to_string(), "Advance the clock")
                .folded(format!("{until}…"))
                .warning(format!(
                    "To {}. For the whole sandbox; the clock never goes back.",
                    told(at, now_ms)
                )),
        );
    }
    forms.push(
        new("cancel", "Cancel the subscription").sure(
            "Cancel it…",
            "It ends for good: a cancelled subscription can't be brought back.",
        ),
    );
    forms
}

fn plans_but_free(it: &Subscription) -> Vec<Choice> {
    let mut all = plans(&it.sku_id);
    if !all.iter().any(|choice| choice.value == words::plan_code(it.plan)) {
        all.insert(0, Choice::new(words::plan_code(it.plan), words::plan(it.plan)));
    }
    all
}

pub(super) fn cards<'a>(
    world: &World,
    customer: &Customer,
    now_ms: i64,
    tried: Option<&'a Tried>,
) -> Vec<Card<'a>> {
    let card = |it: &Subscription| Card {
        place: place_of(&it.id),
        title: words::sku(&it.sku_id).to_owned(),
        status: words::status(it),
        ids: format!("Subscription {}, SKU {}", it.id, it.sku_id),
        facts: facts(world, it, now_ms),
        forms: forms(it, now_ms, tried),
    };
    world.subscriptions_of(&customer.id).map(card).collect()
}

/// What the customer buys from whoever has it.
pub(super) fn add_form(tried: Option<&Tried>) -> Form<'_> {
    let all = skus::SKUS.iter().filter(|sku| sku.resold);
    let products = all.map(|sku| Choice::new(sku.id, sku.name)).collect();
    let plans = words::PLANS.map(|plan| Choice::new(words::plan_code(plan), words::plan(plan)));
    let mut reasons = vec![Choice::new("", "Not suspended")];
    let all = words::REASONS.map(|it| Choice::new(words::reason_code(it), words::reason(it)));
    reasons.extend(all);
    Form::new(tried, "add_subscription", "", "Buy it")
        .folded("The customer buys something elsewhere…")
        .field(Field::select("sku", "Product", products).value("1010020028").wide())
        .field(
            Field::select("plan", "Plan", plans.into()).value(words::plan_code(PlanName::Flexible)),
        )
        .field(Field::number("seats", "Seats").value(10))
        .field(Field::number("age_days", "How many days ago it began").value(0))
        .field(Field::select("reason", "Suspended", reasons))
        .field(Field::tick("offline", "Billed by contract, offline"))
}
