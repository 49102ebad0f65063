//! One customer's page: what it is and has, and everybody who can do something about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use url::form_urlencoded::byte_serialize;

use super::customer_deeds::{DEEDS, On, place_after};
use super::customers::resellers;
use super::form::{Choice, Field, Form, Kind, Sent, Tried, notice, play};
use super::frame::{Asked, Asking, Frame, Pages, asked, back, show, unknown};
use super::words::{self, Pill, Seller, When};
use super::{domains, subscription};
use crate::sandbox::Sandbox;
use crate::world::{Customer, CustomerType, User, World, below};

/// Takes one back to the page of all customers, since this one is gone.
pub(super) const DELETED: &str = "delete_account";
/// The notice of the page that makes customers.
pub(super) const MADE: &str = "add_customer";

/// Seen from the base address.
pub(super) fn address_of(id: &str) -> String {
    format!("sandbox/customers/{}", byte_serialize(id.as_bytes()).collect::<String>())
}

/// A user as lists show it.
pub(super) struct UserRow {
    id: String,
    email: String,
    name: String,
    pills: Vec<Pill>,
    licences: String,
    last_login: Option<When>,
}

pub(super) fn pills(user: &User) -> Vec<Pill> {
    let all = [
        (user.is_admin, Pill::new("good", "Administrator")),
        (user.suspended, Pill::new("bad", "Suspended")),
        (user.archived, Pill::new("", "Archived")),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, pill)| pill).collect()
}

/// Names of what this user has a licence of.
pub(super) fn licences(world: &World, user: &User) -> String {
    let all = world.licences_of_user(&user.customer_id, &user.primary_email);
    all.iter().map(|it| words::sku(&it.sku_id)).collect::<Vec<_>>().join(", ")
}

fn user_row(world: &World, user: &User, now_ms: i64) -> UserRow {
    UserRow {
        id: user.id.clone(),
        email: user.primary_email.clone(),
        name: format!("{} {}", user.given_name, user.family_name).trim().to_owned(),
        pills: pills(user),
        licences: licences(world, user),
        last_login: user.last_login_ms.map(|ms| When::of(ms, now_ms)),
    }
}

/// A transfer token, as the customer's own console shows it.
struct Token {
    text: String,
    reseller: String,
    expires: When,
}

fn tokens(world: &World, id: &str, now_ms: i64) -> Vec<Token> {
    let own = world
        .transfer_tokens
        .iter()
        .filter(|(_, token)| token.customer_id == id && token.expires_at_ms > now_ms);
    own.map(|(text, token)| Token {
        text: text.clone(),
        reseller: world
            .customers
            .get(&token.reseller)
            .map_or(&token.reseller, |it| &it.domain)
            .clone(),
        expires: When::of(token.expires_at_ms, now_ms),
    })
    .collect()
}

/// Something the customer's administrator switches on and off.
struct Switch<'a> {
    what: &'static str,
    state: Pill,
    form: Form<'a>,
}

fn switches<'a>(home: &Customer, tried: Option<&'a Tried>) -> Vec<Switch<'a>> {
    let switch = |deed, what, on: bool| {
        let (state, word, next) = if on {
            (Pill::new("good", "On"), "Switch off", "off")
        } else {
            (Pill::new("warn", "Off"), "Switch on", "on")
        };
        Switch { what, state, form: Form::new(tried, deed, "", word).with("on", next) }
    };
    vec![
        switch("reseller_access", "The reseller may look into the directory", home.reseller_access),
        switch("api_access", "API access, for everybody", home.api_access),
        switch("gmail_apps", "Gmail apps are allowed", home.gmail_apps),
        switch("auto_licensing", "New users get a licence by themselves", home.auto_licensing),
    ]
}

fn facts(world: &World, home: &Customer, now_ms: i64) -> Vec<(&'static str, String)> {
    let address = &home.address;
    let lines = [
        &address.address_line1,
        &address.address_line2,
        &address.address_line3,
        &address.postal_code,
        &address.locality,
        &address.region,
        &address.country_code,
    ];
    let lines: Vec<&str> =
        lines.into_iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    let licences = below(&world.licences, &format!("{}/", home.id)).count();
    let units = below(&world.org_units, &format!("{}/", home.id)).count();
    let groups = world.groups.values().filter(|group| group.customer_id == home.id).count();
    let team = home.customer_type == CustomerType::Team;
    let created = When::of(home.created_at_ms, now_ms);
    let all = [
        ("Customer id", home.id.clone()),
        (
            "Kind",
            if team { "A team: only its addresses are verified" } else { "A domain" }.to_owned(),
        ),
        ("Organisation", address.organization_name.clone()),
        ("Contact", address.contact_name.clone()),
        ("Address", lines.join(", ")),
        ("Telephone", home.phone_number.clone()),
        ("Other e-mail", home.alternate_email.clone()),
        ("Language", home.language.clone()),
        ("Transfer", if home.never_transferable { "never possible" } else { "" }.to_owned()),
        (
            "Has",
            format!(
                "{} users, {licences} licences, {groups} groups, {units} organisational units",
                world.user_count(&home.id)
            ),
        ),
        ("Since", format!("{} ({})", created.text, created.distance)),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

fn details_forms<'a>(home: &Customer, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let details = Form::new(tried, "change_details", "", "Change the record")
        .folded("Somebody changes the record…")
        .field(Field::text("organization", "Organisation").value(&home.address.organization_name))
        .field(Field::text("contact", "Contact").value(&home.address.contact_name))
        .field(
            Field::new(Kind::Email, "alternate_email", "Other e-mail").value(&home.alternate_email),
        )
        .field(Field::text("phone_number", "Telephone").value(&home.phone_number))
        .field(Field::text("language", "Language").value(&home.language));
    let delete = Form::new(tried, DELETED, "", "Delete the account").sure(
        "The account is deleted…",
        "With all its users and subscriptions. It can come back, under a new customer id.",
    );
    vec![details, delete]
}

/// Users who were deleted and may be brought back, each with the button for it.
struct Gone<'a> {
    email: String,
    deleted: When,
    restore: Form<'a>,
}

fn gone<'a>(world: &World, id: &str, now_ms: i64, tried: Option<&'a Tried>) -> Vec<Gone<'a>> {
    let own = world.deleted_users.values().filter(|gone| gone.user.customer_id == id);
    own.map(|gone| Gone {
        email: gone.user.primary_email.clone(),
        deleted: When::of(gone.deleted_at_ms, now_ms),
        restore: Form::new(tried, "restore_user", &gone.user.id, "Bring back"),
    })
    .collect()
}

fn transfer_forms<'a>(world: &World, home: &Customer, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let of_here = resellers(world);
    let mut sellers = vec![Choice::new("", "Google, directly")];
    sellers.extend(of_here.clone());
    sellers.push(Choice::new("other", "Another reseller, without an account here"));
    let hand_over = Form::new(tried, "hand_over", "", "Hand the customer over")
        .field(Field::select("seller", "To whom", sellers))
        .field(Field::text("other", "Customer id of the other reseller").hint("Such as C0rival01"));
    let unpaid = world.subscriptions_of(&home.id).any(|it| {
        let note = world.subscription_notes.get(&it.key());
        note.is_some_and(|note| note.grace_until_ms.is_some())
    });
    let billing = Form::new(tried, "billing", "", "The customer sets up billing at Google");
    let mut forms: Vec<Form<'a>> = unpaid.then_some(billing).into_iter().collect();
    forms.extend([
        Form::new(tried, "make_token", "", "Make the token")
            .folded("The customer makes a transfer token…")
            .field(Field::select("reseller", "For which reseller", of_here)),
        hand_over.sure(
            "The customer goes elsewhere…",
            "It goes with all its subscriptions; who has it now may not change it any more.",
        ),
    ]);
    forms
}

fn user_forms<'a>(home: &Customer, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let names = [&home.domain].into_iter().chain(home.domains.keys());
    let names = names.map(|name| Choice::new(name, name)).collect();
    vec![
        Form::new(tried, "add_user", "", "Make the user")
            .folded("Make a user…")
            .field(Field::text("local", "Address, before the @"))
            .field(Field::select("domain", "Domain", names).value(&home.domain))
            .field(Field::text("given_name", "Given name"))
            .field(Field::text("family_name", "Family name"))
            .field(
                Field::new(Kind::Password, "password", "Password")
                    .hint("Empty: nobody can sign in"),
            )
            .field(Field::tick("admin", "Super administrator")),
        Form::new(tried, "add_consumer", "", "Open the account")
            .folded("A consumer takes an address…")
            .field(
                Field::new(Kind::Email, "email", "E-mail address")
                    .hint("Making this user later meets a conflicting account"),
            ),
    ]
}

#[derive(Template)]
#[template(path = "face/customer.html")]
struct Page<'a> {
    frame: Frame,
    id: String,
    domain: String,
    organization: String,
    seller: Seller,
    terms: Pill,
    /// `None` when they are accepted, or nobody could.
    accept: Option<Form<'a>>,
    accepted: bool,
    facts: Vec<(&'static str, String)>,
    details: Vec<Form<'a>>,
    subscriptions: Vec<subscription::Card<'a>>,
    buy: Form<'a>,
    tokens: Vec<Token>,
    transfer: Vec<Form<'a>>,
    users: Vec<UserRow>,
    pages: Pages,
    user_forms: Vec<Form<'a>>,
    gone: Vec<Gone<'a>>,
    licences: Vec<(String, usize)>,
    domains: Vec<domains::Row<'a>>,
    records: Vec<domains::Record<'a>>,
    sites: Vec<(String, String)>,
    domain_forms: Vec<Form<'a>>,
    switches: Vec<Switch<'a>>,
}

fn licence_counts(world: &World, id: &str) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for licence in below(&world.licences, &format!("{id}/")) {
        *counts.entry(words::sku(&licence.sku_id).to_owned()).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn sites(world: &World, id: &str) -> Vec<(String, String)> {
    let domains = domains::all_of(world, id);
    let own = world.web_resources.values().filter(|site| {
        let host = site.identifier.split("://").last().unwrap_or_default();
        super::customer_deeds::owns(&domains, host.split('/').next().unwrap_or_default())
    });
    own.map(|site| {
        let owners: Vec<&str> = site.owners.iter().map(String::as_str).collect();
        (site.identifier.clone(), format!("{}, owned by {}", site.method, owners.join(", ")))
    })
    .collect()
}

fn of<'a>(
    world: &World,
    home: &Customer,
    frame: Frame,
    asked: &Asked,
    tried: Option<&'a Tried>,
    now_ms: i64,
) -> Page<'a> {
    let admin = world.users_of(&home.id).any(|user| user.is_admin);
    let pages = Pages::of(world.user_count(&home.id), asked, &[]);
    Page {
        frame,
        id: home.id.clone(),
        domain: home.domain.clone(),
        organization: home.address.organization_name.clone(),
        seller: words::seller(world, home),
        terms: words::terms(home),
        accept: (admin && !home.terms_accepted)
            .then(|| Form::new(tried, "accept_terms", "", "Accept the terms").tone("primary")),
        accepted: home.terms_accepted,
        facts: facts(world, home, now_ms),
        details: details_forms(home, tried),
        subscriptions: subscription::cards(world, home, now_ms, tried),
        buy: subscription::add_form(tried),
        tokens: tokens(world, &home.id, now_ms),
        transfer: transfer_forms(world, home, tried),
        users: pages.cut(world.users_of(&home.id).map(|user| user_row(world, user, now_ms))),
        pages,
        user_forms: user_forms(home, tried),
        gone: gone(world, &home.id, now_ms, tried),
        licences: licence_counts(world, &home.id),
        domains: domains::rows(home, tried),
        records: domains::records(world, home, tried),
        sites: sites(world, &home.id),
        domain_forms: domains::forms(home, tried),
        switches: switches(home, tried),
    }
}

fn view(sandbox: &Sandbox, uri: &Uri, key: &str, asked: &Asked, tried: Option<&Tried>) -> Response {
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let home = world.customer(key)?;
        let frame = Frame::of(sandbox, uri.path(), "customers", &home.domain)
            .notice(notice(DEEDS, asked.done.as_deref()))
            .refused(tried);
        Some(of(world, home, frame, asked, tried, now_ms))
    });
    match page {
        Some(page) => show(tried.map_or(200, Tried::status), &page),
        None => unknown(uri.path(), "such customer"),
    }
}

pub(super) async fn page(
    State(sandbox): State<Sandbox>,
    Path(key): Path<String>,
    uri: Uri,
    asking: Asking,
) -> Response {
    view(&sandbox, &uri, &key, &asked(asking), None)
}

pub(super) async fn post(
    State(sandbox): State<Sandbox>,
    Path(key): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Response {
    let Some(id) = sandbox.inspect(|world| world.customer(&key).map(|home| home.id.clone())) else {
        return unknown(uri.path(), "such customer");
    };
    let on = On { sandbox, id };
    match play(DEEDS, &on, &sent) {
        Ok(DELETED) => back(uri.path(), "sandbox/customers", DELETED, ""),
        Ok(done) => back(uri.path(), &address_of(&on.id), done, &place_after(done, &sent)),
        Err(refusal) => {
            view(&on.sandbox, &uri, &on.id, &Asked::default(), Some(&Tried::new(sent, refusal)))
        }
    }
}
