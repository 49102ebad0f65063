//! All customers, found by domain, organisation or id; and customers that come into being without our doing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::customer;
use super::form::{Choice, DEED, Field, Form, Refusal, Sent, Tried};
use super::frame::{Asked, Asking, Frame, Pages, asked, back, show};
use super::words::{self, Pill, Seller, When};
use crate::outside::NewCustomer;
use crate::sandbox::Sandbox;
use crate::world::{Customer, CustomerType, Status, World};

const PATH: &str = "/sandbox/customers";
/// Most characters of an organisation's name. Source: google-semantics.md §2.2 "each ≤ 255 chars"
const ORGANIZATION_CHARS_MAX: usize = 255;

/// The notice of the page of the customer that came back.
pub(super) const RESTORED: &str = "restore_account";

/// Returns the new customer's id.
fn add(sandbox: &Sandbox, sent: &Sent) -> Result<String, Refusal> {
    let country = sent.text("country").to_ascii_uppercase();
    let letters = country.bytes().all(|letter| letter.is_ascii_uppercase());
    if !(country.is_empty() || (country.len() == 2 && letters)) {
        return Err(Refusal::at("country", "Give a country as two letters, such as DE."));
    }
    let organization = sent.text("organization");
    if organization.chars().count() > ORGANIZATION_CHARS_MAX {
        return Err(Refusal::at("organization", "That is longer than 255 characters."));
    }
    let reseller = match sent.text("seller") {
        "" => None,
        "other" => Some(sent.needed("other", "the other reseller's customer id")?.to_owned()),
        id => Some(id.to_owned()),
    };
    sandbox
        .add_customer(&NewCustomer {
            domain: sent.needed("domain", "a domain, such as acme.example")?.to_owned(),
            reseller,
            organization: organization.to_owned(),
            country,
            team: sent.is_on("team"),
            never_transferable: sent.is_on("never_transferable"),
        })
        .map_err(Refusal::of("domain"))
}

/// Google and the resellers of this world, as the ones who may have a customer.
pub(super) fn resellers(world: &World) -> Vec<Choice> {
    let of_here = world.customers.values().filter(|it| it.is_reseller);
    of_here.map(|it| Choice::new(&it.id, format!("{} ({})", it.domain, it.id))).collect()
}

fn form<'a>(world: &World, tried: Option<&'a Tried>) -> Form<'a> {
    let mut sellers = vec![Choice::new("", "Google, directly")];
    sellers.extend(resellers(world));
    sellers.push(Choice::new("other", "Another reseller, without an account here"));
    Form::new(tried, "add_customer", "", "Create the customer")
        .folded("Create an outside customer")
        .tone("primary")
        .field(Field::text("domain", "Domain").hint("Such as acme.example"))
        .field(Field::text("organization", "Organisation, if any"))
        .field(Field::text("country", "Country, if known").hint("Two letters, such as DE"))
        .field(Field::select("seller", "Who has it", sellers))
        .field(Field::text("other", "Customer id of the other reseller").hint("Such as C0rival01"))
        .field(Field::tick("team", "Only its e-mail addresses are verified (a team)"))
        .field(Field::tick(
            "never_transferable",
            "Can never be transferred (nonprofit, or free of old)",
        ))
}

struct Row {
    id: String,
    domain: String,
    organization: String,
    seller: Seller,
    terms: Pill,
    active: usize,
    others: usize,
    users: usize,
    team: bool,
    created: When,
}

fn row(world: &World, customer: &Customer, now_ms: i64) -> Row {
    let all: Vec<Status> = world.subscriptions_of(&customer.id).map(|it| it.status()).collect();
    let active = all.iter().filter(|status| **status == Status::Active).count();
    Row {
        id: customer.id.clone(),
        domain: customer.domain.clone(),
        organization: customer.address.organization_name.clone(),
        seller: words::seller(world, customer),
        terms: words::terms(customer),
        active,
        others: all.len() - active,
        users: world.user_count(&customer.id),
        team: customer.customer_type == CustomerType::Team,
        created: When::of(customer.created_at_ms, now_ms),
    }
}

fn fits(customer: &Customer, q: &str) -> bool {
    let organization = customer.address.organization_name.to_lowercase();
    let domains = customer.domains.keys().chain(customer.domain_aliases.keys());
    customer.id.eq_ignore_ascii_case(q)
        || organization.contains(q)
        || domains.chain([&customer.domain]).any(|domain| domain.contains(q))
}

#[derive(Template)]
#[template(path = "face/customers.html")]
struct Page<'a> {
    frame: Frame,
    q: String,
    rows: Vec<Row>,
    pages: Pages,
    gone: Vec<Gone<'a>>,
    add: Form<'a>,
}

/// An account that was deleted with all it had.
struct Gone<'a> {
    domain: String,
    id: String,
    deleted: When,
    restore: Form<'a>,
}

fn gone<'a>(world: &World, now_ms: i64, tried: Option<&'a Tried>) -> Vec<Gone<'a>> {
    let all = world.deleted_accounts.iter();
    all.map(|(id, gone)| Gone {
        domain: gone.customer.domain.clone(),
        id: id.clone(),
        deleted: When::of(gone.deleted_at_ms, now_ms),
        restore: Form::new(tried, RESTORED, id, "Bring back"),
    })
    .collect()
}

fn view(sandbox: &Sandbox, asked: &Asked, tried: Option<&Tried>) -> Response {
    let frame = Frame::of(sandbox, PATH, "customers", "Customers").refused(tried);
    let deleted = asked.done.as_deref() == Some(customer::DELETED);
    let frame = frame.notice(deleted.then_some("The account is deleted, with all it had."));
    let now_ms = sandbox.now_ms();
    let q = asked.q.trim().to_lowercase();
    let page = sandbox.inspect(|world| {
        let mut fitting: Vec<&Customer> =
            world.customers.values().filter(|it| q.is_empty() || fits(it, &q)).collect();
        fitting.sort_by(|one, other| (&one.domain, &one.id).cmp(&(&other.domain, &other.id)));
        let pages = Pages::of(fitting.len(), asked, &[("q", asked.q.trim())]);
        Page {
            frame,
            q: asked.q.trim().to_owned(),
            rows: pages.cut(fitting.into_iter().map(|it| row(world, it, now_ms))),
            pages,
            gone: gone(world, now_ms, tried),
            add: form(world, tried),
        }
    });
    show(tried.map_or(200, Tried::status), &page)
}

pub(super) async fn page(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    view(&sandbox, &asked(asking), None)
}

pub(super) async fn post(State(sandbox): State<Sandbox>, sent: Sent) -> Response {
    let (made, done) = if sent.text(DEED) == RESTORED {
        (sandbox.restore_account(sent.of()).map_err(Refusal::from), RESTORED)
    } else {
        (add(&sandbox, &sent), customer::MADE)
    };
    match made {
        Ok(id) => back(PATH, &customer::address_of(&id), done, ""),
        Err(refusal) => view(&sandbox, &Asked::default(), Some(&Tried::new(sent, refusal))),
    }
}
