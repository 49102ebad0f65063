//! The consent page: sign in, tick what may be done, allow or cancel. Works without JavaScript and without cookies:
//! the sign-in form carries the request, the consent form a ticket.
//! Source: google-semantics.md §1.1, §1.2, §1.5 {O-WEB}{O-GRAN}

use std::collections::BTreeSet;

use askama::Template;
use url::Url;

use crate::call::Query;
use crate::door::Arrived;
use crate::oauth::admission::{admit, check_browser, is_trusted};
use crate::oauth::request::{AuthRequest, PageError};
use crate::oauth::{Form, Terms, field, query_of_link, scopes};
use crate::page::{STYLE, render};
use crate::partial::header;
use crate::reply::Reply;
use crate::sandbox::Sandbox;
use crate::settings::Settings;
use crate::world::{Code, Grant, SignIn, User, World, grant_key};

/// One-use and this long. Source: google-quotas.json `oauth.authorization_code_lifetime` [I]
const CODE_MS: i64 = 600_000;
/// How long a consent page waits for its answer [I].
const SIGN_IN_MS: i64 = 1_800_000;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    style: &'static str,
    client: &'a str,
    hidden: Vec<(&'a str, &'a str)>,
    email: &'a str,
    fault: Option<&'static str>,
    accounts: Vec<(&'a str, Option<&'a str>)>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    style: &'static str,
    client: &'a str,
    email: &'a str,
    ticket: &'a str,
    sign_in: bool,
    /// One scope alone has no box. Source: google-semantics.md §1.5 {O-GRAN}
    boxes: bool,
    ticked: bool,
    scopes: Vec<(&'a str, &'static str)>,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    style: &'static str,
    status: u16,
    error: &'a str,
    text: &'a str,
}

/// What a person does with the consent page, for tests that don't read HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Ticks every box and allows.
    AllowAll,
    /// Ticks only these scopes and allows.
    Allow(BTreeSet<String>),
    Cancel,
}

impl Sandbox {
    /// Opens a link to the consent page, signs in as this user and answers. Returns where the browser is sent.
    ///
    /// `None` when Google would show an error page instead, which never leads back.
    pub fn consent(&self, link: &str, email: &str, answer: &ConsentAnswer) -> Option<String> {
        self.change(|world, now_ms| {
            let switches = self.switches();
            let terms = Terms { settings: self.settings(), switches: &switches };
            let request = AuthRequest::read(&query_of_link(link), world, terms).ok()?;
            let user = world.users.get(&email.to_lowercase())?.clone();
            admit(world, &user, &request).ok()?;
            Some(match answer {
                ConsentAnswer::Cancel => denied(&request),
                _ if !asks(world, &user, &request) => pass_on(world, &user, request, now_ms),
                ConsentAnswer::AllowAll => {
                    let all = request.scopes.clone();
                    allow(world, &user.primary_email, request, &all, now_ms)
                }
                ConsentAnswer::Allow(ticked) => {
                    allow(world, &user.primary_email, request, ticked, now_ms)
                }
            })
        })
    }
}

pub(crate) fn show(world: &World, terms: Terms<'_>, arrived: &Arrived) -> Reply {
    let query = &arrived.query;
    let request = browser_of(arrived).and_then(|()| AuthRequest::read(query, world, terms));
    match request {
        Err(error) => error_page(&error),
        // Nobody is ever signed in already. Source: OpenID Connect Core §3.1.2.6
        Ok(request) if request.prompt.contains("none") => {
            Reply::redirect(&back(&request, &[("error", "interaction_required")]))
        }
        Ok(request) => {
            let hidden = query.iter().collect();
            let email = hinted(world, &request);
            sign_in_page(terms.settings, &request, hidden, &email, None)
        }
    }
}

fn browser_of(arrived: &Arrived) -> Result<(), PageError> {
    check_browser(header(&arrived.headers, http::header::USER_AGENT))
}

/// An e-mail address, or the stable id of somebody's account. Source: google-semantics.md §1.1 `login_hint`
fn hinted(world: &World, request: &AuthRequest) -> String {
    let hint = request.login_hint.clone().unwrap_or_default();
    match world.user(&hint) {
        Some(user) if user.id == hint => user.primary_email.clone(),
        _ => hint,
    }
}

pub(crate) fn answer(
    world: &mut World,
    terms: Terms<'_>,
    now_ms: i64,
    arrived: &Arrived,
    form: &Form,
) -> Reply {
    if field(form, "ticket").is_some() {
        return decide(world, terms, now_ms, form);
    }
    browser_of(arrived)
        .and_then(|()| sign_in(world, terms, now_ms, form))
        .unwrap_or_else(|error| error_page(&error))
}

const OWN_FIELDS: [&str; 4] = ["email", "password", "action", "pick"];

fn sign_in(
    world: &mut World,
    terms: Terms<'_>,
    now_ms: i64,
    form: &Form,
) -> Result<Reply, PageError> {
    let hidden: Vec<(&str, &str)> = form
        .iter()
        .filter(|(name, _)| !OWN_FIELDS.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let encoded =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&hidden).finish();
    let settings = terms.settings;
    let request = AuthRequest::read(&Query::parse(&encoded), world, terms)?;
    if field(form, "action") == Some("cancel") {
        return Ok(Reply::redirect(&denied(&request)));
    }
    if let Some(email) = field(form, "pick") {
        return Ok(sign_in_page(settings, &request, hidden, email, None));
    }
    let email = field(form, "email").unwrap_or_default().trim().to_lowercase();
    let password = field(form, "password").unwrap_or_default();
    let known = world.users.get(&email).filter(|user| user.has_password(password)).cloned();
    let Some(user) = known else {
        let fault = "This e-mail address and password don't belong together here. Try again.";
        return Ok(sign_in_page(settings, &request, hidden, &email, Some(fault)));
    };
    admit(world, &user, &request)?;
    if !asks(world, &user, &request) {
        return Ok(Reply::redirect(&pass_on(world, &user, request, now_ms)));
    }
    world.sign_ins.retain(|_, sign_in| sign_in.expires_at_ms > now_ms);
    let ticket = world.chance.token("sign_in");
    let sign_in = SignIn { email, request, expires_at_ms: now_ms + SIGN_IN_MS };
    let page = consent_page(world, &sign_in, &ticket, terms.switches.consent_boxes_ticked);
    world.sign_ins.insert(ticket, sign_in);
    Ok(page)
}

/// Without `prompt`, the user is asked only the first time. Source: google-semantics.md §1.1 {O-WEB}
fn asks(world: &World, user: &User, request: &AuthRequest) -> bool {
    let granted = world.grants.get(&grant_key(&user.primary_email, &request.client_id));
    request.prompt.contains("consent")
        || granted.is_none_or(|grant| !request.scopes.is_subset(&grant.scopes))
}

fn pass_on(world: &mut World, user: &User, request: AuthRequest, now_ms: i64) -> String {
    let scopes = request.scopes.clone();
    issue_code(world, &user.primary_email, request, scopes, false, now_ms)
}

fn decide(world: &mut World, terms: Terms<'_>, now_ms: i64, form: &Form) -> Reply {
    let ticket = field(form, "ticket").unwrap_or_default();
    let waiting = world.sign_ins.get(ticket).filter(|it| it.expires_at_ms > now_ms).cloned();
    let Some(sign_in) = waiting else {
        return error_page(&PageError::new(
            "invalid_request",
            "This page has grown old or was answered before. Start again where you came from.",
        ));
    };
    match field(form, "action") {
        Some("cancel") => {
            world.sign_ins.remove(ticket);
            Reply::redirect(&denied(&sign_in.request))
        }
        Some("allow") => {
            world.sign_ins.remove(ticket);
            let ticked: BTreeSet<String> = form
                .iter()
                .filter(|(name, _)| name == "scope")
                .map(|(_, scope)| scope.clone())
                .collect();
            let SignIn { email, request, .. } = sign_in;
            Reply::redirect(&allow(world, &email, request, &ticked, now_ms))
        }
        Some("select_all") => consent_page(world, &sign_in, ticket, true),
        _ => consent_page(world, &sign_in, ticket, terms.switches.consent_boxes_ticked),
    }
}

/// The granted scopes are the sign-in ones and those ticked; one scope alone has no box and is granted whole, and so
/// is everything to a client that is trusted.
fn allow(
    world: &mut World,
    email: &str,
    request: AuthRequest,
    ticked: &BTreeSet<String>,
    now_ms: i64,
) -> String {
    let whole = boxed(&request).count() == 1 || is_trusted(world, email, &request.client_id);
    let granted: BTreeSet<String> = request
        .scopes
        .iter()
        .filter(|scope| whole || scopes::is_sign_in(scope) || ticked.contains(*scope))
        .cloned()
        .collect();
    if granted.is_empty() {
        return denied(&request);
    }
    let grant = world.grants.entry(grant_key(email, &request.client_id)).or_insert_with(|| Grant {
        email: email.to_owned(),
        client_id: request.client_id.clone(),
        scopes: BTreeSet::new(),
        granted_at_ms: now_ms,
    });
    grant.scopes.extend(granted.iter().cloned());
    grant.granted_at_ms = now_ms;
    if let Some(client) = world.clients.get_mut(&request.client_id) {
        client.consented.insert(email.to_owned());
    }
    issue_code(world, email, request, granted, true, now_ms)
}

/// The address that the browser goes back to. Source: google-semantics.md §1.2 {F-CALLBACK}
fn issue_code(
    world: &mut World,
    email: &str,
    request: AuthRequest,
    mut granted: BTreeSet<String>,
    consented: bool,
    now_ms: i64,
) -> String {
    if request.include_granted_scopes {
        granted.extend(granted_to_project(world, email, &request.client_id));
    }
    world.codes.retain(|_, code| code.expires_at_ms > now_ms);
    let code = format!("4/0{}", world.chance.token("code"));
    let domain = email.rsplit('@').next().unwrap_or_default();
    let scope = scopes::joined(&granted, true);
    let to = back(
        &request,
        &[
            ("iss", "https://accounts.google.com"),
            ("code", &code),
            ("scope", &scope),
            ("authuser", "0"),
            ("hd", domain),
            ("prompt", if consented { "consent" } else { "none" }),
        ],
    );
    let kept = Code {
        email: email.to_owned(),
        scopes: granted,
        request,
        consented,
        expires_at_ms: now_ms + CODE_MS,
    };
    world.codes.insert(code, kept);
    to
}

/// Grants are combined over the clients of a project. Source: google-semantics.md §1.5 {O-WEB}
fn granted_to_project(world: &World, email: &str, client_id: &str) -> BTreeSet<String> {
    let project = |id: &str| world.clients.get(id).map(|client| client.project_number.as_str());
    world
        .grants
        .values()
        .filter(|grant| grant.email == email && project(&grant.client_id) == project(client_id))
        .flat_map(|grant| grant.scopes.iter().cloned())
        .collect()
}

fn denied(request: &AuthRequest) -> String {
    back(request, &[("error", "access_denied")])
}

fn back(request: &AuthRequest, pairs: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse(&request.redirect_uri) else {
        return request.redirect_uri.clone();
    };
    {
        let mut query = url.query_pairs_mut();
        if let Some(state) = &request.state {
            query.append_pair("state", state);
        }
        query.extend_pairs(pairs);
    }
    url.into()
}

fn boxed(request: &AuthRequest) -> impl Iterator<Item = &String> {
    request.scopes.iter().filter(|scope| !scopes::is_sign_in(scope))
}

fn sign_in_page(
    settings: &Settings,
    request: &AuthRequest,
    hidden: Vec<(&str, &str)>,
    email: &str,
    fault: Option<&'static str>,
) -> Reply {
    let accounts = settings
        .accounts
        .iter()
        .map(|account| {
            let password = settings.show_passwords.then_some(account.password.as_str());
            (account.email.as_str(), password)
        })
        .collect();
    let client = &request.client_id;
    let page = SignInPage { style: STYLE, client, hidden, email, fault, accounts };
    render(200, &page, origin(request).as_deref())
}

fn consent_page(world: &World, sign_in: &SignIn, ticket: &str, ticked: bool) -> Reply {
    let request = &sign_in.request;
    let scopes: Vec<(&str, &'static str)> = boxed(request)
        .filter_map(|scope| Some((scope.as_str(), scopes::description(scope)?)))
        .collect();
    let page = ConsentPage {
        style: STYLE,
        client: &request.client_id,
        email: &sign_in.email,
        ticket,
        sign_in: request.scopes.iter().any(|scope| scopes::is_sign_in(scope)),
        boxes: scopes.len() > 1 && !is_trusted(world, &sign_in.email, &request.client_id),
        ticked,
        scopes,
    };
    render(200, &page, origin(request).as_deref())
}

fn origin(request: &AuthRequest) -> Option<String> {
    let url = Url::parse(&request.redirect_uri).ok()?;
    Some(url.origin().ascii_serialization())
}

/// Never redirects. Source: google-semantics.md §1.2 "shown on a Google page" {O-WEB}
fn error_page(error: &PageError) -> Reply {
    let page =
        ErrorPage { style: STYLE, status: error.status, error: error.error, text: &error.text };
    render(error.status, &page, None)
}
