//! Customers: the list, and one customer with its wish, what Google shows, what waits and why, and
//! everything that happened, live.

use super::form::OperatorForm;
use super::looks::{self, Look};
use super::orders::{PAGE_ROWS, instance_of};
use super::page::{Failure, Frame, go, html};
use super::path::{Asked, Id};
use super::session::Operator;
use super::timeline::{Line, lines};
use crate::app::App;
use crate::problem::Problem;
use crate::views::{BlockerView, CustomerSummary, CustomerView, SightView, WelcomeView};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::CustomerId;
use domain::time::Timestamp;
use store::{Customer, OrderRecord, WorkState};

/// How often a page asks while something goes on, in ms.
const EVERY_MS: i64 = 1_000;
/// How often it asks while nothing is due, in ms.
const EVERY_MS_QUIET: i64 = 10_000;
/// Work that is due within this time counts as going on, in ms.
const SOON_MS: i64 = 60_000;

struct Row {
    id: String,
    domain: String,
    organization: String,
    sku_name: String,
    payment_plan: &'static str,
    seats: u32,
    look: Look,
    created_at: String,
}

impl Row {
    fn new(app: &App, customer: &Customer) -> Row {
        let summary = CustomerSummary::new(app, customer);
        let wanted = customer.desired.subscriptions.values().next();
        let sku = wanted.map_or("", |wanted| wanted.sku.as_str());
        Row {
            id: summary.id,
            domain: summary.domain,
            organization: summary.organization,
            sku_name: app.catalog.sku(sku).map_or(sku, |sku| sku.name).to_owned(),
            payment_plan: wanted.map_or("", |wanted| wanted.payment_plan.title()),
            seats: wanted.map_or(0, |wanted| wanted.seats),
            look: looks::of_standing(summary.standing, summary.standing_title),
            created_at: summary.created_at,
        }
    }
}

#[derive(Template)]
#[template(path = "customers.html")]
struct ListPage {
    frame: Frame,
    customers: Vec<Row>,
    older: Option<String>,
}

pub async fn list(
    State(app): State<App>,
    operator: Operator,
    asked: Asked,
) -> Result<Response, Failure> {
    let before = asked.before::<CustomerId>();
    let limit = i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX);
    let mut customers = operator.door.customers(before.as_ref(), limit).await?;
    let more = customers.len() > PAGE_ROWS;
    customers.truncate(PAGE_ROWS);
    let last = customers.last().filter(|_| more);
    let older = last.map(|last| format!("/customers?before={}", last.id));
    let frame = Frame::of(&operator, "customers", "Customers");
    let frame = match before {
        Some(_) => frame.under(&[("Customers", "/customers")]),
        None => frame,
    };
    let customers = customers.iter().map(|customer| Row::new(&app, customer)).collect();
    html(&ListPage { frame, customers, older })
}

/// A step that is to come.
struct Next {
    sentence: String,
    /// It is the very next one.
    now: bool,
    /// It can't be taken back.
    is_final: bool,
}

/// Wish beside observation, each a line or several.
struct Compared {
    what: String,
    wanted: String,
    seen: String,
    missing: bool,
}

/// Everything of a customer's page that changes while one looks.
struct Live {
    view: CustomerView,
    look: Look,
    doing: &'static str,
    next_turn_at: Option<String>,
    entries: Vec<Line>,
    next: Vec<Next>,
    rows: Vec<Compared>,
    address: Vec<String>,
    orders: Vec<OrderLink>,
    every_ms: i64,
    /// The newest thing that happened, for screen readers.
    news: String,
}

struct OrderLink {
    id: String,
    reference: String,
}

impl Live {
    async fn read(app: &App, operator: &Operator, id: &CustomerId) -> Result<Live, Failure> {
        let door = &operator.door;
        let customer = door.customer(id).await?.ok_or(Problem::NotFound)?;
        let instance = instance_of(operator, &customer).await?;
        let (entries, orders) = (door.timeline(id).await?, door.orders_of(id).await?);
        let now = app.clock.now();
        let view = CustomerView::new(app, &customer, &instance);
        let entries = lines(&entries, &customer.work, now);
        let (doing, tells_when) = doing(&view, &customer.work, now);
        let link = |order: &OrderRecord| OrderLink {
            id: order.id.to_string(),
            reference: order.reference.clone(),
        };
        Ok(Live {
            look: looks::of_standing(view.standing, view.standing_title),
            doing,
            next_turn_at: view.next_turn_at.clone().filter(|_| tells_when),
            news: entries.first().map(|line| line.sentence.clone()).unwrap_or_default(),
            entries,
            next: next(&view),
            rows: compare(&view),
            address: address(&view),
            orders: orders.iter().map(link).collect(),
            every_ms: if is_going_on(&customer.work, now) { EVERY_MS } else { EVERY_MS_QUIET },
            view,
        })
    }

    /// Something of ours is undone because of what stands in the way.
    fn is_held_back(&self) -> bool {
        self.view.blockers.iter().any(|blocker| blocker.holds_back)
    }

    /// How much a blocker matters: what only somebody outside can settle is no fault of ours.
    fn tone_of(&self, blocker: &BlockerView) -> &'static str {
        match (blocker.waiting_helps, blocker.holds_back) {
            (true, _) => "",
            (false, true) => "bad",
            (false, false) => "warn",
        }
    }
}

fn is_going_on(work: &WorkState, now: Timestamp) -> bool {
    work.lease_until > now || work.due_at <= now.plus_ms(SOON_MS)
}

/// What is going on, and whether the time of the next turn belongs to it.
fn doing(view: &CustomerView, work: &WorkState, now: Timestamp) -> (&'static str, bool) {
    let done = view.plan.steps.is_empty() && view.converged_generation == view.generation;
    match (done, work.due_at) {
        _ if work.lease_until > now => ("Being worked on now", false),
        (_, due_at) if due_at <= now => ("Work is due now", false),
        (true, Timestamp::NEVER) => ("Everything asked for is done", false),
        (true, _) => ("Everything asked for is done; the next look at Google is due", true),
        (false, Timestamp::NEVER) => ("Nothing goes on until something changes", false),
        (false, _) => ("It goes on", true),
    }
}

fn next(view: &CustomerView) -> Vec<Next> {
    let steps = view.plan.steps.iter().enumerate().map(|(at, step)| Next {
        sentence: step.sentence.clone(),
        now: at == 0,
        is_final: !step.reversible,
    });
    let later = view.plan.later.iter().map(|name| Next {
        sentence: later_words(name),
        now: false,
        is_final: false,
    });
    steps.chain(later).collect()
}

/// A step that can't be told in full yet, by its name.
fn later_words(name: &str) -> String {
    match name {
        "create_customer" => "Create the customer".to_owned(),
        "create_admin" => "Create the first admin".to_owned(),
        "make_admin" => "Give the first admin the super admin role".to_owned(),
        "create_subscription" => "Buy the subscription".to_owned(),
        "send_welcome_mail" => "Send the welcome mail".to_owned(),
        other => other.replace('_', " "),
    }
}

fn compare(view: &CustomerView) -> Vec<Compared> {
    let (wanted, seen) = (&view.desired, &view.observed);
    let mut rows = vec![
        compared("Organization", wanted.organization.clone(), &seen.customer, |customer| {
            format!("{}\n{}", customer.organization, customer.google_id)
        }),
        compared("Domain", wanted.domain.clone(), &seen.customer, |customer| {
            let verified = if customer.verified { "verified" } else { "not verified" };
            format!("{}\n{verified}", customer.domain)
        }),
        compared("Alternate e-mail", wanted.alternate_email.clone(), &seen.customer, |customer| {
            customer.alternate_email.clone()
        }),
        compared("First admin", wanted.admin.email.clone(), &seen.admin, |admin| {
            let role = if admin.is_admin { "super admin" } else { "no admin role yet" };
            let terms = if admin.agreed_to_terms { "terms accepted" } else { "terms not accepted" };
            format!("{}\n{role}\n{terms}", admin.email)
        }),
    ];
    for subscription in &wanted.subscriptions {
        let asked = format!(
            "{}\n{}\n{} seats",
            subscription.sku_name, subscription.payment_plan_title, subscription.seats
        );
        let sight = seen.subscriptions.iter().find(|s| s.id.as_deref() == Some(&subscription.id));
        let never = SightView { id: None, seen: "unknown", shown: None };
        rows.push(compared("Subscription", asked, sight.unwrap_or(&never), |shown| {
            let name = if shown.sku_name.is_empty() { &shown.sku } else { &shown.sku_name };
            let status = shown.status.to_lowercase();
            format!("{name}\n{status}\n{} seats\n{}", shown.seats, shown.google_id)
        }));
    }
    rows.push(welcome_mail(&seen.welcome_mail, &wanted.alternate_email));
    rows
}

fn compared<T>(
    what: &str,
    wanted: String,
    sight: &SightView<T>,
    tell: impl Fn(&T) -> String,
) -> Compared {
    let seen = match (&sight.shown, sight.seen) {
        (Some(shown), _) => tell(shown),
        (None, "absent") => "not there".to_owned(),
        (None, _) => "not known yet".to_owned(),
    };
    Compared { what: what.to_owned(), wanted, seen, missing: sight.shown.is_none() }
}

fn welcome_mail(welcome: &WelcomeView, to: &str) -> Compared {
    let seen = match welcome.state {
        "sent" => "sent",
        "unsure" => "answer lost; is sent once more",
        _ => "not sent yet",
    };
    Compared {
        what: "Welcome mail".to_owned(),
        wanted: format!("to {to}"),
        seen: seen.to_owned(),
        missing: welcome.state != "sent",
    }
}

fn address(view: &CustomerView) -> Vec<String> {
    let address = &view.desired.address;
    let town = format!("{} {}", address.postal_code, address.locality);
    let parts = [&address.line1, &address.line2, &address.line3, &town, &address.region];
    let parts = parts.into_iter().chain([&address.country_code]);
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerPage {
    frame: Frame,
    live: Live,
}

#[derive(Template)]
#[template(path = "customer_fragment.html")]
struct Fragment {
    live: Live,
}

pub async fn show(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<CustomerId>,
    asked: Asked,
) -> Result<Response, Failure> {
    let live = Live::read(&app, &operator, &id).await?;
    let frame = Frame::of(&operator, "customers", &live.view.domain);
    let frame = frame.under(&[("Customers", "/customers")]).done(asked.done());
    html(&CustomerPage { frame, live })
}

/// The part of the page that changes.
pub async fn live(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<CustomerId>,
) -> Result<Response, Failure> {
    html(&Fragment { live: Live::read(&app, &operator, &id).await? })
}

/// Asks the engine to look at Google again.
pub async fn look_again(
    State(app): State<App>,
    Id(id): Id<CustomerId>,
    OperatorForm(operator, _): OperatorForm,
) -> Result<Response, Failure> {
    if !operator.door.look_again(&id, app.clock.now()).await? {
        return Err(Failure(Problem::NotFound));
    }
    Ok(go(&format!("/customers/{id}?done=looking")))
}
