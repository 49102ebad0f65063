//! One user's page: what it is, what it has allowed, and what it or its administrator does in Google's console.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;

use super::customer::{address_of, licences, pills};
use super::form::{Choice, Deed, Done, Field, Form, Kind, Refusal, Sent, Tried, notice, play};
use super::frame::{Asked, Asking, Frame, asked, back, show, unknown};
use super::words::{self, Pill, When};
use crate::reseller::skus;
use crate::sandbox::Sandbox;
use crate::world::{User, World, below};

/// Source: google-semantics.md §3.2 `password` "8 to 100 ASCII characters"
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=100;

/// A user of this sandbox, by primary address.
struct On {
    sandbox: Sandbox,
    email: String,
}

/// What is said on the customer's page, since the user's is gone.
pub(super) const REMOVED: &str = "remove_user";

const DEEDS: &[Deed<On>] = &[
    Deed {
        name: "sign_in",
        play: |on, _| Ok(on.sandbox.sign_in(&on.email)?),
        done: "The user has signed in.",
    },
    Deed {
        name: "suspend_user",
        play: |on, sent| Ok(on.sandbox.suspend_user(&on.email, sent.is_on("on"))?),
        done: "The administrator has done that in the console.",
    },
    Deed {
        name: "make_admin",
        play: |on, sent| Ok(on.sandbox.make_admin(&on.email, sent.is_on("on"))?),
        done: "The administrator has done that in the console.",
    },
    Deed {
        name: "rename",
        play: |on, sent| {
            let email = sent.needed("email", "an e-mail address")?;
            on.sandbox.rename_user(&on.email, email).map_err(Refusal::of("email"))
        },
        done: "The user has another address; the old one leads here too.",
    },
    Deed { name: "name", play: name, done: "The user has another name." },
    Deed {
        name: "move",
        play: |on, sent| {
            on.sandbox.move_user(&on.email, sent.text("unit")).map_err(Refusal::of("unit"))
        },
        done: "The user was moved to that organisational unit.",
    },
    Deed {
        name: "give_licence",
        play: |on, sent| {
            on.sandbox.give_licence(&on.email, sent.text("sku")).map_err(Refusal::of("sku"))
        },
        done: "The administrator has given the licence.",
    },
    Deed {
        name: "take_licence",
        play: |on, sent| Ok(on.sandbox.take_licence(&on.email, sent.of())?),
        done: "The administrator has taken the licence away.",
    },
    Deed {
        name: "password",
        play: change_password,
        done: "The password is another one; refresh tokens with Gmail scopes are dead.",
    },
    Deed {
        name: "revoke",
        play: |on, _| Ok(on.sandbox.revoke_consent(&on.email, None)?),
        done: "Consent is taken back; all tokens of this user are dead.",
    },
    Deed {
        name: REMOVED,
        play: |on, _| Ok(on.sandbox.remove_user(&on.email)?),
        done: "The user is deleted.",
    },
];

fn name(on: &On, sent: &Sent) -> Done {
    let given_name = sent.needed("given_name", "a given name")?;
    let family_name = sent.needed("family_name", "a family name")?;
    Ok(on.sandbox.name_user(&on.email, given_name, family_name)?)
}

fn change_password(on: &On, sent: &Sent) -> Done {
    let password = sent.raw("password");
    if !PASSWORD_CHARS.contains(&password.len()) || !password.is_ascii() {
        return Err(Refusal::at("password", "A password has 8 to 100 ASCII characters."));
    }
    Ok(on.sandbox.change_password(&on.email, password)?)
}

/// What the user is called, where it stands, and what it may use.
fn record_forms<'a>(world: &World, user: &User, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let new = |deed, word: &str| Form::new(tried, deed, "", word);
    let units = below(&world.org_units, &format!("{}/", user.customer_id));
    let mut units: Vec<Choice> = units.map(|it| Choice::new(&it.path, &it.path)).collect();
    units.insert(0, Choice::new("/", "/ (the root)"));
    let skus = skus::SKUS.iter().map(|sku| Choice::new(sku.id, sku.name)).collect();
    let mut forms = vec![
        new("name", "Change the name")
            .folded("Another name…")
            .field(Field::text("given_name", "Given name").value(&user.given_name))
            .field(Field::text("family_name", "Family name").value(&user.family_name)),
        new("rename", "Change the address")
            .folded("Another address…")
            .field(Field::new(Kind::Email, "email", "E-mail address").value(&user.primary_email)),
        new("move", "Move the user")
            .folded("Another organisational unit…")
            .field(Field::select("unit", "Unit", units).value(&user.org_unit_path)),
        new("give_licence", "Give the licence")
            .folded("Give a licence…")
            .field(Field::select("sku", "Of what", skus).wide()),
    ];
    forms.extend(world.licences_of_user(&user.customer_id, &user.primary_email).iter().map(|it| {
        let word = format!("Take {} away", words::sku(&it.sku_id));
        Form::new(tried, "take_licence", &it.sku_id, word)
    }));
    forms
}

fn forms<'a>(user: &User, consents: usize, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let new = |deed, word: &str| Form::new(tried, deed, "", word);
    let switch = |deed, on: bool, give: &str, take: &str| {
        new(deed, if on { take } else { give }).with("on", if on { "off" } else { "on" })
    };
    let mut forms = vec![
        new("sign_in", "Signs in"),
        switch("suspend_user", user.suspended, "Suspend", "Bring back"),
        switch("make_admin", user.is_admin, "Make a super administrator", "Make an ordinary user"),
        new("password", "Change the password").folded("Change the password…").field(
            Field::new(Kind::Password, "password", "New password").hint("8 to 100 characters"),
        ),
    ];
    if consents > 0 {
        forms.push(new("revoke", "Take all consent back").sure(
            "Take all consent back…",
            "Every client's tokens of this user die at once; it has to ask for consent again.",
        ));
    }
    forms.push(new(REMOVED, "Delete the user").sure(
        "Delete the user…",
        "Its licences go at once. A client may bring the user back for 20 days.",
    ));
    forms
}

fn facts(world: &World, user: &User, now_ms: i64) -> Vec<(&'static str, String)> {
    let told = |ms: i64| {
        let when = When::of(ms, now_ms);
        format!("{} ({})", when.text, when.distance)
    };
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let aliases: Vec<&str> = user.aliases.iter().map(String::as_str).collect();
    let all = [
        ("Name", format!("{} {}", user.given_name, user.family_name).trim().to_owned()),
        ("User id", user.id.clone()),
        ("Other addresses", aliases.join(", ")),
        ("Organisational unit", user.org_unit_path.clone()),
        ("Licences", licences(world, user)),
        ("Agreed to the terms", yes(user.agreed_to_terms)),
        ("Has to change the password", yes(user.change_password_at_next_login)),
        ("Last signed in", user.last_login_ms.map_or_else(|| "never".to_owned(), told)),
        ("Made", told(user.created_at_ms)),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

#[derive(Template)]
#[template(path = "face/user.html")]
struct Page<'a> {
    frame: Frame,
    email: String,
    customer: (String, String),
    pills: Vec<Pill>,
    facts: Vec<(&'static str, String)>,
    consents: usize,
    forms: Vec<Form<'a>>,
    record: Vec<Form<'a>>,
}

fn view(sandbox: &Sandbox, uri: &Uri, key: &str, asked: &Asked, tried: Option<&Tried>) -> Response {
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let user = world.user(key)?;
        let consents = world.grants.values().filter(|it| it.email == user.primary_email).count();
        let home = world.customers.get(&user.customer_id);
        let domain = home.map_or(&user.customer_id, |home| &home.domain).clone();
        let frame = Frame::of(sandbox, uri.path(), "customers", &user.primary_email)
            .notice(notice(DEEDS, asked.done.as_deref()))
            .refused(tried);
        Some(Page {
            frame,
            email: user.primary_email.clone(),
            customer: (user.customer_id.clone(), domain),
            pills: pills(user),
            facts: facts(world, user, now_ms),
            consents,
            forms: forms(user, consents, tried),
            record: record_forms(world, user, tried),
        })
    });
    match page {
        Some(page) => show(tried.map_or(200, Tried::status), &page),
        None => unknown(uri.path(), "such user"),
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
    let found = sandbox.inspect(|world| {
        let user = world.user(&key)?;
        Some((user.primary_email.clone(), user.customer_id.clone(), user.id.clone()))
    });
    let Some((email, customer_id, id)) = found else {
        return unknown(uri.path(), "such user");
    };
    let on = On { sandbox, email };
    match play(DEEDS, &on, &sent) {
        Ok(REMOVED) => back(uri.path(), &address_of(&customer_id), REMOVED, "users"),
        Ok(done) => back(uri.path(), &format!("sandbox/users/{id}"), done, ""),
        Err(refusal) => {
            view(&on.sandbox, &uri, &key, &Asked::default(), Some(&Tried::new(sent, refusal)))
        }
    }
}
