//! Who uses the sandbox as Google: reseller accounts, what they have allowed, OAuth clients and their projects; and
//! what administrators, users and project owners do about it. Never: a token, a secret, or a password that isn't shown
//! on the sign-in page too.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::customers::resellers;
use super::form::{Choice, Deed, Done, Field, Form, Kind, Refusal, Sent, Tried, notice, play};
use super::frame::{Asking, Frame, asked, back, show};
use super::words::{Pill, When};
use crate::methods;
use crate::oauth::scopes;
use crate::reseller::rules::is_address;
use crate::reseller::skus;
use crate::sandbox::Sandbox;
use crate::settings::Api;
use crate::world::{ClientState, Customer, Grant, World, grant_key};

const PATH: &str = "/sandbox/accounts";

const DAY_MS: i64 = 86_400_000;

const DEEDS: &[Deed<Sandbox>] = &[
    Deed {
        name: "revoke",
        play: revoke,
        done: "Consent is taken back; the tokens that came of it are dead.",
    },
    Deed { name: "api", play: set_api, done: "The project's owner has switched the API." },
    Deed { name: "testing", play: set_testing, done: "The project has another publishing status." },
    Deed {
        name: "unverified",
        play: set_unverified,
        done: "Google has decided about the app's verification.",
    },
    Deed {
        name: "internal",
        play: set_internal,
        done: "The project is open to others than before.",
    },
    Deed {
        name: "test_users",
        play: set_test_users,
        done: "These may consent while it is in Testing.",
    },
    Deed { name: "deleted", play: set_deleted, done: "The project's owner has done that." },
    Deed { name: "limit", play: limit, done: "The next consent holds for as long as that." },
    Deed {
        name: "trust",
        play: trust,
        done: "The administrator trusts these clients, and only these.",
    },
    Deed {
        name: "sessions",
        play: sessions,
        done: "Sessions of the organisation's people last as long as that.",
    },
    Deed {
        name: "restrict",
        play: restrict,
        done: "The administrator has restricted these scopes, and only these.",
    },
    Deed {
        name: "not_entitled",
        play: not_entitled,
        done: "The reseller's contract covers everything but these.",
    },
];

fn revoke(sandbox: &Sandbox, sent: &Sent) -> Done {
    let client = sent.needed("client", "a client")?;
    Ok(sandbox.revoke_consent(sent.of(), Some(client))?)
}

/// The word that forms send.
fn api_code(api: Api) -> &'static str {
    match api {
        Api::Reseller => "reseller",
        Api::Directory => "directory",
        Api::Licensing => "licensing",
        Api::Gmail => "gmail",
        Api::SiteVerification => "site_verification",
    }
}

fn set_api(sandbox: &Sandbox, sent: &Sent) -> Done {
    let wanted = sent.text("api");
    let api = Api::ALL.into_iter().find(|api| api_code(*api) == wanted);
    let api = api.ok_or_else(|| Refusal::at("", "There is no such API."))?;
    Ok(sandbox.set_api(sent.of(), api, sent.is_on("on"))?)
}

fn set_testing(sandbox: &Sandbox, sent: &Sent) -> Done {
    Ok(sandbox.alter_client(sent.of(), |client| client.testing = sent.is_on("on"))?)
}

fn set_internal(sandbox: &Sandbox, sent: &Sent) -> Done {
    let id = sent.text("customer");
    let known = id.is_empty() || sandbox.inspect(|world| world.customers.contains_key(id));
    if !known {
        return Err(Refusal::at("customer", "Choose one of the list."));
    }
    let internal_to = (!id.is_empty()).then(|| id.to_owned());
    Ok(sandbox.alter_client(sent.of(), |client| client.internal_to = internal_to)?)
}

fn set_deleted(sandbox: &Sandbox, sent: &Sent) -> Done {
    let done = if sent.is_on("on") {
        sandbox.delete_client(sent.of())
    } else {
        sandbox.restore_client(sent.of())
    };
    Ok(done?)
}

fn set_test_users(sandbox: &Sandbox, sent: &Sent) -> Done {
    let emails = listed(sent.text("emails"));
    if let Some(wrong) = emails.iter().find(|it| !is_address(it)) {
        return Err(Refusal::at("emails", format!("{wrong} is no e-mail address.")));
    }
    sandbox.set_test_users(sent.of(), &emails).map_err(Refusal::of("emails"))
}

fn set_unverified(sandbox: &Sandbox, sent: &Sent) -> Done {
    Ok(sandbox.alter_client(sent.of(), |client| client.unverified = sent.is_on("on"))?)
}

/// The words of a text, whatever stands between them.
fn listed(text: &str) -> BTreeSet<String> {
    let words = text.split([',', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn limit(sandbox: &Sandbox, sent: &Sent) -> Done {
    let (email, client) = sent.of().split_once(' ').unwrap_or_default();
    let days = sent.whole_or_none("days", 1..=3650)?;
    sandbox.limit_access(email, client, days.map(|days| days * DAY_MS)).map_err(Refusal::of("days"))
}

fn trust(sandbox: &Sandbox, sent: &Sent) -> Done {
    let clients: Vec<String> = sandbox.inspect(|world| world.clients.keys().cloned().collect());
    let trusted: BTreeSet<&str> = sent.all("client").collect();
    if let Some(wrong) = trusted.iter().find(|id| !clients.iter().any(|it| it == *id)) {
        return Err(Refusal::at("client", format!("There is no client {wrong}.")));
    }
    for client in &clients {
        sandbox.trust_client(sent.of(), client, trusted.contains(client.as_str()))?;
    }
    Ok(())
}

fn sessions(sandbox: &Sandbox, sent: &Sent) -> Done {
    let hours = sent.whole_or_none("hours", 1..=24 * 365)?;
    let length_ms = hours.map(|hours| hours * DAY_MS / 24);
    sandbox.set_session_length(sent.of(), length_ms).map_err(Refusal::of("hours"))
}

fn restrict(sandbox: &Sandbox, sent: &Sent) -> Done {
    let scopes: BTreeSet<String> = sent.all("scope").map(str::to_owned).collect();
    if let Some(wrong) = scopes.iter().find(|scope| scopes::description(scope).is_none()) {
        return Err(Refusal::at("scope", format!("There is no scope {wrong}.")));
    }
    Ok(sandbox.restrict_scopes(sent.of(), scopes)?)
}

fn not_entitled(sandbox: &Sandbox, sent: &Sent) -> Done {
    let closed = listed(sent.text("closed"));
    let wrong = closed.iter().find(|word| {
        let country = word.len() == 2 && word.bytes().all(|letter| letter.is_ascii_uppercase());
        !country && skus::find(word).is_none()
    });
    if let Some(wrong) = wrong {
        let text =
            format!("{wrong} is neither the id of an SKU nor a country of two capital letters.");
        return Err(Refusal::at("closed", text));
    }
    Ok(sandbox.set_not_entitled(sent.of(), closed)?)
}

/// Somebody who may sign in at the consent page, by the settings.
struct Account {
    email: String,
    user_id: Option<String>,
    customer_id: String,
    domain: String,
    may_resell: bool,
    password: Option<String>,
}

fn accounts(sandbox: &Sandbox, world: &World) -> Vec<Account> {
    let settings = sandbox.settings();
    let account = |it: &crate::settings::ResellerAccount| {
        let user = world.user(&it.email);
        // Only while it is still the one that was planted.
        let password = user.is_some_and(|user| user.has_password(&it.password));
        Account {
            email: it.email.clone(),
            user_id: user.map(|user| user.id.clone()),
            customer_id: it.customer_id.clone(),
            domain: it.domain.clone(),
            may_resell: it.may_resell,
            password: (settings.show_passwords && password).then(|| it.password.clone()),
        }
    };
    settings.accounts.iter().map(account).collect()
}

struct Consent<'a> {
    email: String,
    client: String,
    granted: When,
    scopes: Vec<String>,
    tokens: usize,
    forms: Vec<Form<'a>>,
}

fn consent<'a>(world: &World, grant: &Grant, now_ms: i64, tried: Option<&'a Tried>) -> Consent<'a> {
    let own = |email: &str, client: &str| email == grant.email && client == grant.client_id;
    let key = grant_key(&grant.email, &grant.client_id);
    let limit_ms = world.access_limits_ms.get(&key);
    let days = limit_ms.map(|ms| (ms / DAY_MS).to_string()).unwrap_or_default();
    let tokens = world.refresh_tokens.values().filter(|it| own(&it.email, &it.client_id)).count();
    Consent {
        email: grant.email.clone(),
        client: grant.client_id.clone(),
        granted: When::of(grant.granted_at_ms, now_ms),
        scopes: grant
            .scopes
            .iter()
            .map(|scope| scope.strip_prefix(scopes::PREFIX).unwrap_or(scope).to_owned())
            .collect(),
        tokens,
        forms: vec![
            Form::new(tried, "limit", &key, "Set the limit")
                .folded("Limit the next consent…")
                .field(
                    Field::number("days", "Days it holds").value(days).hint("Empty: without end"),
                ),
            Form::new(tried, "revoke", &grant.email, "Take consent back")
                .with("client", &grant.client_id)
                .sure(
                    "Take it back…",
                    "The user's tokens for this client's whole project die at once.",
                ),
        ],
    }
}

struct Switch<'a> {
    what: &'static str,
    state: Pill,
    form: Form<'a>,
}

struct Client<'a> {
    id: String,
    status: Pill,
    facts: Vec<(&'static str, String)>,
    apis: Vec<Switch<'a>>,
    forms: Vec<Form<'a>>,
}

fn client<'a>(
    id: &str,
    state: &ClientState,
    owners: &[Choice],
    tried: Option<&'a Tried>,
) -> Client<'a> {
    let api = |api: Api| {
        let on = state.apis.contains(&api);
        let (pill, word, next) = if on {
            (Pill::new("good", "Enabled"), "Disable", "off")
        } else {
            (Pill::new("warn", "Disabled"), "Enable", "on")
        };
        let form = Form::new(tried, "api", id, word).with("api", api_code(api)).with("on", next);
        Switch { what: api.title(), state: pill, form }
    };
    let status = match (state.deleted, state.testing, state.unverified) {
        (true, ..) => Pill::new("bad", "Deleted"),
        (_, true, _) => Pill::new("warn", "Testing"),
        (.., true) => Pill::new("warn", "In production, not verified"),
        _ => Pill::new("good", "In production"),
    };
    let open_to = match &state.internal_to {
        Some(customer) => format!("users of {customer} only (internal)"),
        None => "everybody (external)".to_owned(),
    };
    let mut facts = vec![("Project", state.project_number.clone()), ("Open to", open_to)];
    if !state.test_users.is_empty() {
        facts.push(("Test users", lines(&state.test_users).replace('\n', ", ")));
    }
    Client {
        id: id.to_owned(),
        status,
        facts,
        apis: Api::ALL.into_iter().map(api).collect(),
        forms: client_forms(id, state, owners, tried),
    }
}

fn lines(texts: &BTreeSet<String>) -> String {
    texts.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn client_forms<'a>(
    id: &str,
    state: &ClientState,
    owners: &[Choice],
    tried: Option<&'a Tried>,
) -> Vec<Form<'a>> {
    let flip = |deed, is: bool, on: &str, off: &str| {
        Form::new(tried, deed, id, if is { off } else { on })
            .with("on", if is { "off" } else { "on" })
    };
    let mut choices = vec![Choice::new("", "Everybody (external)")];
    choices.extend(owners.to_vec());
    let deleted = flip("deleted", state.deleted, "Delete the client", "Restore the client");
    let sure = "Every call with its id fails. It can be restored for 30 days.";
    vec![
        flip("testing", state.testing, "Put it into Testing", "Publish it"),
        flip(
            "unverified",
            state.unverified,
            "Take Google's verification away",
            "Google verifies it",
        ),
        Form::new(tried, "internal", id, "Set").folded("Who may consent…").field(
            Field::select("customer", "Open to", choices)
                .value(state.internal_to.as_deref().unwrap_or_default()),
        ),
        Form::new(tried, "test_users", id, "Set the list").folded("Test users…").field(
            Field::new(Kind::Lines, "emails", "Who may consent while it is in Testing")
                .value(lines(&state.test_users))
                .hint("One address in a line, at most 100; empty for everybody"),
        ),
        if state.deleted { deleted } else { deleted.sure("Delete the client…", sure) },
    ]
}

/// An organisation whose people sign in here, and what its administrator and Google allow it.
struct House<'a> {
    id: String,
    domain: String,
    restricted: Vec<String>,
    closed: Vec<String>,
    forms: Vec<Form<'a>>,
}

fn house<'a>(world: &World, home: &Customer, tried: Option<&'a Tried>) -> House<'a> {
    let texts =
        |of: Option<&BTreeSet<String>>| of.into_iter().flatten().cloned().collect::<Vec<_>>();
    let restricted = texts(world.restricted_scopes.get(&home.id));
    let closed = texts(world.not_entitled.get(&home.id));
    let choices = known_scopes().into_iter().map(|scope| Choice {
        chosen: restricted.contains(&scope),
        title: scopes::description(&scope).unwrap_or_default().to_owned(),
        value: scope,
    });
    let choices = choices.collect();
    let mut forms = vec![
        Form::new(tried, "restrict", &home.id, "Restrict these").folded("Restrict scopes…").field(
            Field {
                choices,
                ..Field::new(Kind::Ticks, "scope", "Scopes that its people may not allow")
            },
        ),
    ];
    let trusted = world.trusted_clients.get(&home.id);
    let clients = world.clients.keys().map(|id| Choice {
        chosen: trusted.is_some_and(|all| all.contains(id)),
        ..Choice::new(id, "")
    });
    let clients =
        Field { choices: clients.collect(), ..Field::new(Kind::Ticks, "client", "Trusted") };
    let session_ms = world.session_lengths_ms.get(&home.id);
    let hours = session_ms.map(|ms| (ms * 24 / DAY_MS).to_string()).unwrap_or_default();
    forms.extend([
        Form::new(tried, "trust", &home.id, "Trust these").folded("Trust clients…").field(clients),
        Form::new(tried, "sessions", &home.id, "Set the length")
            .folded("Length of sessions…")
            .field(
                Field::number("hours", "Hours until people sign in anew")
                    .value(hours)
                    .hint("Empty: never"),
            ),
    ]);
    if home.is_reseller {
        forms.push(
            Form::new(tried, "not_entitled", &home.id, "Close these")
                .folded("What its contract doesn't cover…")
                .field(
                    Field::new(Kind::Lines, "closed", "SKUs and countries it may not sell")
                        .value(closed.join("\n"))
                        .hint("Such as 1010020026 or DE, one in a line; empty for none"),
                ),
        );
    }
    House { id: home.id.clone(), domain: home.domain.clone(), restricted, closed, forms }
}

/// Every scope that a method here asks for.
fn known_scopes() -> BTreeSet<String> {
    let table = methods::table();
    let names = table.iter().flat_map(|method| method.scopes.iter());
    let full = names.map(|name| scopes::full(name));
    full.filter(|scope| scopes::description(scope).is_some()).collect()
}

#[derive(Template)]
#[template(path = "face/accounts.html")]
struct Page<'a> {
    frame: Frame,
    accounts: Vec<Account>,
    consents: Vec<Consent<'a>>,
    clients: Vec<Client<'a>>,
    houses: Vec<House<'a>>,
}

fn view(sandbox: &Sandbox, word: Option<&str>, tried: Option<&Tried>) -> Response {
    let frame = Frame::of(sandbox, PATH, "accounts", "Accounts and clients")
        .notice(notice(DEEDS, word))
        .refused(tried);
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let accounts = accounts(sandbox, world);
        let ids: BTreeSet<&String> = accounts.iter().map(|it| &it.customer_id).collect();
        let houses = ids.iter().filter_map(|id| world.customers.get(*id));
        let houses = houses.map(|home| house(world, home, tried)).collect();
        let owners = resellers(world);
        let consents = world.grants.values().map(|it| consent(world, it, now_ms, tried)).collect();
        let clients = world.clients.iter().map(|(id, it)| client(id, it, &owners, tried)).collect();
        Page { frame, accounts, consents, clients, houses }
    });
    show(tried.map_or(200, Tried::status), &page)
}

pub(super) async fn page(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    view(&sandbox, asked(asking).done.as_deref(), None)
}

pub(super) async fn post(State(sandbox): State<Sandbox>, sent: Sent) -> Response {
    match play(DEEDS, &sandbox, &sent) {
        Ok(done) => back(PATH, "sandbox/accounts", done, ""),
        Err(refusal) => view(&sandbox, None, Some(&Tried::new(sent, refusal))),
    }
}
