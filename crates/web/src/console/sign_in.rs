//! Coming in and going out: set-up of the first operator, sign-in, sign-out.

use super::cookies::Jar;
use super::form::{FaultLine, Field, GuestForm, OperatorForm, Sent, is_same};
use super::page::{Failure, Frame, go, html, html_with};
use super::session::{Guest, Login, failed};
use super::sign_in_limits::SignInLimits;
use crate::app::App;
use crate::auth::{hash_password, verify_password};
use crate::problem::Problem;
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Query, State};
use axum::response::{AppendHeaders, IntoResponse, Response};
use domain::ids::{DistributorId, OperatorId};
use domain::names::EmailAddress;
use domain::secret::{ExposeSecret, SecretString};
use http::StatusCode;
use http::header::SET_COOKIE;
use http::request::Parts;
use serde::Deserialize;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tower_sessions::Session;

const PASSWORD_MIN: usize = 12;
/// Longer ones would only keep the hash function busy.
const PASSWORD_MAX: usize = 200;
const NAME_MAX: usize = 100;

/// Where a request came from, when the server was told.
pub struct Peer(Option<IpAddr>);

impl FromRequestParts<App> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Peer, Infallible> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Peer(info.map(|ConnectInfo(address)| address.ip())))
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    fields: [Field; 2],
    next: String,
    fault: &'static str,
}

impl SignInPage {
    fn new(guest: &Guest, email: &str, next: &str, fault: &'static str) -> SignInPage {
        let email = Field::new("email", "E-mail").kind("email", "username").value(email).max(254);
        let password = Field::new("password", "Password").kind("password", "current-password");
        let fields = [email.full().plain(), password.full().max(PASSWORD_MAX)];
        SignInPage { frame: Frame::of_guest(guest, "Sign in"), fields, next: next.into(), fault }
    }
}

#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// The sign-in page; the set-up page's address while nobody can sign in.
pub async fn show(
    State(app): State<App>,
    Query(Next { next }): Query<Next>,
    session: Session,
    guest: Guest,
) -> Result<Response, Failure> {
    if !app.store.has_operator().await? {
        return Ok(go("/setup"));
    }
    if Login::find(&session).await?.is_some() {
        return Ok(go(&own_path(&next)));
    }
    let page = html(&SignInPage::new(&guest, "", &next, ""))?;
    Ok((guest, page).into_response())
}

pub async fn sign_in(
    State(app): State<App>,
    Extension(limits): Extension<Arc<SignInLimits>>,
    session: Session,
    Peer(address): Peer,
    GuestForm(guest, sent): GuestForm,
) -> Result<Response, Failure> {
    let email = sent.text("email").trim();
    let password = SecretString::from(sent.text("password"));
    limits.attempt(email, address)?;
    let known = match EmailAddress::parse(email) {
        Some(email) => app.store.find_operator(&email.to_string()).await?,
        None => None,
    };
    let fits = password.expose_secret().chars().count() <= PASSWORD_MAX;
    let password = if fits { password } else { SecretString::from("") };
    let hash = known.as_ref().map(|operator| operator.password_hash.as_str());
    let right = verify_password(hash, password).await?;
    match known {
        Some(operator) if right => {
            Login::begin(&app, &session, &operator).await?;
            Ok(go(&own_path(sent.text("next"))))
        }
        _ => {
            let fault = "The e-mail or the password is not right.";
            let page = SignInPage::new(&guest, email, sent.text("next"), fault);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// A path on this server, or the start page.
fn own_path(next: &str) -> String {
    let own = next.starts_with('/')
        && !next[1..].starts_with(['/', '\\'])
        && next.bytes().all(|b| b.is_ascii_graphic());
    if own { next.to_owned() } else { "/orders".to_owned() }
}

pub async fn sign_out(
    State(app): State<App>,
    session: Session,
    _: OperatorForm,
) -> Result<Response, Failure> {
    session.flush().await.map_err(failed)?;
    // Taken away here too: browsers take a `__Host-` cookie away only with all of its attributes.
    let cookie = Jar::Session.write(&app.settings, "", 0);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), go("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetUpPage {
    frame: Frame,
    faults: Vec<FaultLine>,
    code: Field,
    name: Field,
    operator: [Field; 3],
}

/// What the set-up form was sent with.
struct SetUp {
    name: String,
    email: Option<EmailAddress>,
    password: SecretString,
    /// By the name of the field.
    faults: Vec<(&'static str, &'static str)>,
}

impl SetUp {
    fn read(app: &App, sent: &Sent) -> SetUp {
        let mut faults = Vec::new();
        let name = sent.text("name").trim().to_owned();
        let email = EmailAddress::parse(sent.text("email").trim());
        let password = sent.text("password");
        if !is_same(&letters(sent.text("code")), &letters(app.settings.setup_code.expose_secret()))
        {
            faults.push(("code", "This is not the code the server printed when it started."));
        }
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control)
        {
            faults.push(("name", "Give a name of 1 to 100 characters."));
        }
        if email.is_none() {
            faults.push(("email", "Give an address such as ada@acme.example."));
        }
        match password.chars().count() {
            0..PASSWORD_MIN => faults.push(("password", "Use at least 12 characters.")),
            PASSWORD_MIN..=PASSWORD_MAX => {}
            _ => faults.push(("password", "Use at most 200 characters.")),
        }
        if sent.text("password_again") != password {
            faults.push(("password_again", "The two passwords differ."));
        }
        SetUp { name, email, password: password.into(), faults }
    }
}

/// A code as it is meant, however it was typed over.
fn letters(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

impl SetUpPage {
    fn new(guest: &Guest, sent: Option<&Sent>, faults: &[(&str, &str)]) -> SetUpPage {
        let finish = |field: Field| {
            let own = faults.iter().filter(|(name, _)| *name == field.name);
            let faults = own.map(|(_, text)| (*text).to_owned()).collect();
            let secret = field.kind == "password";
            let value =
                sent.filter(|_| !secret).map_or("", |sent| sent.text(field.name)).to_owned();
            field.value(value).faults(faults).full()
        };
        let code = Field::new("code", "Set-up code")
            .hint("The server printed it when it started.")
            .plain();
        let name = Field::new("name", "Distributor's name")
            .kind("text", "organization")
            .hint("Who runs resellers' business with this installation.")
            .max(NAME_MAX);
        let email = Field::new("email", "E-mail").kind("email", "username").max(254).plain();
        let password = Field::new("password", "Password")
            .kind("password", "new-password")
            .hint("At least 12 characters.")
            .min(PASSWORD_MIN)
            .max(PASSWORD_MAX);
        let again = Field::new("password_again", "Password again")
            .kind("password", "new-password")
            .min(PASSWORD_MIN)
            .max(PASSWORD_MAX);
        let (code, name) = (finish(code), finish(name));
        let operator = [email, password, again].map(finish);
        let lines = [&code, &name].into_iter().chain(&operator).flat_map(Field::fault_lines);
        let faults = lines.collect();
        SetUpPage { frame: Frame::of_guest(guest, "Set-up"), faults, code, name, operator }
    }
}

/// There as long as nobody can sign in.
pub async fn show_setup(State(app): State<App>, guest: Guest) -> Result<Response, Failure> {
    if app.store.has_operator().await? {
        return Err(Failure(Problem::NotFound));
    }
    let page = html(&SetUpPage::new(&guest, None, &[]))?;
    Ok((guest, page).into_response())
}

pub async fn set_up(
    State(app): State<App>,
    Extension(limits): Extension<Arc<SignInLimits>>,
    session: Session,
    Peer(address): Peer,
    GuestForm(guest, sent): GuestForm,
) -> Result<Response, Failure> {
    if app.store.has_operator().await? {
        return Err(Failure(Problem::NotFound));
    }
    limits.attempt("", address)?;
    let SetUp { name, email, password, faults } = SetUp::read(&app, &sent);
    let Some(email) = email.filter(|_| faults.is_empty()) else {
        let page = SetUpPage::new(&guest, Some(&sent), &faults);
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let hash = hash_password(&*app.chance, password).await?;
    // Two forms at once: the second finds the first one's operator here.
    let _alone = limits.set_up_alone().await;
    if app.store.has_operator().await? {
        return Err(Failure(Problem::NotFound));
    }
    let now = app.clock.now();
    let distributor = DistributorId::fresh(&*app.chance, now);
    app.store.add_distributor(&distributor, &name, now).await?;
    let operator = OperatorId::fresh(&*app.chance, now);
    let door = app.store.of(distributor);
    door.add_operator(&operator, &email.to_string(), &hash, now).await?;
    let row = app.store.find_operator(&email.to_string()).await?;
    Login::begin(&app, &session, &row.ok_or(Problem::Internal)?).await?;
    Ok(go("/instances?done=set-up"))
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn signing_in_leads_to_this_server_only() {
        assert_eq!(own_path("/customers/cus_1?x=y"), "/customers/cus_1?x=y");
        for next in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\n"]
        {
            assert_eq!(own_path(next), "/orders", "{next}");
        }
    }
}
