//! The way through Setup, as it is documented: pages that only lead on.

use super::page::{Failure, Frame, go, html};
use super::session::{Login, Operator};
use crate::app::App;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

/// One card of a menu. With a `link` text the card leads on by that link, else by its title.
struct Entry {
    title: &'static str,
    href: &'static str,
    text: &'static str,
    link: &'static str,
}

#[derive(Template)]
#[template(path = "menu.html")]
struct Menu {
    frame: Frame,
    lead: &'static str,
    entries: Vec<Entry>,
}

/// The way to the settings of Google Workspace SM, each place with its address.
pub const WAY: [(&str, &str); 4] = [
    ("Setup", "/configuration"),
    ("Administration", "/configuration/administration"),
    ("System Options", "/configuration/system-options"),
    ("Applications Setup", "/configuration/applications"),
];

/// Where everybody's way begins.
pub async fn home(State(app): State<App>, session: Session) -> Result<Response, Failure> {
    if Login::find(&session).await?.is_some() {
        return Ok(go("/orders"));
    }
    let first = !app.store.has_operator().await?;
    Ok(go(if first { "/setup" } else { "/sign-in" }))
}

fn menu(
    operator: &Operator,
    depth: usize,
    lead: &'static str,
    entries: Vec<Entry>,
) -> Result<Response, Failure> {
    let frame = Frame::of(operator, "setup", WAY[depth].0);
    let frame = if depth > 0 { frame.under(&WAY[..depth]) } else { frame };
    html(&Menu { frame, lead, entries })
}

/// A card that leads to the next place on the way.
fn onward(depth: usize, text: &'static str) -> Entry {
    let (title, href) = WAY[depth];
    Entry { title, href, text, link: "" }
}

pub async fn configuration(operator: Operator) -> Result<Response, Failure> {
    let keys =
        Entry { title: "API keys", href: "/api-keys", text: "What a BSS signs in with.", link: "" };
    let entries = vec![onward(1, "Options of the system and its applications."), keys];
    menu(&operator, 0, "What this distributor works with.", entries)
}

pub async fn administration(operator: Operator) -> Result<Response, Failure> {
    let entries = vec![onward(2, "Applications that orders are carried out with.")];
    menu(&operator, 1, "Options of the system and its applications.", entries)
}

pub async fn system_options(operator: Operator) -> Result<Response, Failure> {
    let entries = vec![onward(3, "Connections to the clouds that are sold.")];
    menu(&operator, 2, "Applications that orders are carried out with.", entries)
}

pub async fn applications(operator: Operator) -> Result<Response, Failure> {
    let google = Entry {
        title: "Google Workspace SM",
        href: "/instances",
        text: "Google reseller accounts: OAuth clients, activation, state.",
        link: "Settings",
    };
    menu(&operator, 3, "Connections to the clouds that are sold.", vec![google])
}
