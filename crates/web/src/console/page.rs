//! What all pages share: the frame around them, and what is shown when something is not right.

use super::assets;
use super::session::{Guest, Login, Operator};
use crate::app::{App, Settings};
use crate::problem::Problem;
use askama::Template;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::{HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use store::StoreError;
use tower_sessions::Session;

/// A place on the way to a page. Without `href` it is the page itself.
pub struct Crumb {
    pub title: String,
    pub href: String,
}

/// Who is signed in, as the bar shows it.
pub struct Badge {
    pub email: String,
    pub distributor: String,
}

/// What surrounds a page.
pub struct Frame {
    pub title: String,
    /// `orders`, `customers`, `setup`, or empty outside all of them.
    pub section: &'static str,
    pub crumbs: Vec<Crumb>,
    pub operator: Option<Badge>,
    /// Goes into every form.
    pub token: String,
    /// About the installation as a whole.
    pub notice: Option<String>,
    /// What has just been done.
    pub done: Option<&'static str>,
    pub assets: &'static str,
    /// One narrow column.
    pub slim: bool,
}

impl Frame {
    fn bare(settings: &Settings, title: &str) -> Frame {
        Frame {
            title: title.to_owned(),
            section: "",
            crumbs: Vec::new(),
            operator: None,
            token: String::new(),
            notice: settings.sandbox_notice.clone(),
            done: None,
            assets: assets::base(),
            slim: true,
        }
    }

    pub fn of_guest(guest: &Guest, title: &str) -> Frame {
        Frame { token: guest.token.clone(), ..Frame::bare(&guest.settings, title) }
    }

    /// For pages that have no form, or one that is bound by its address.
    pub fn of_anybody(settings: &Settings, title: &str) -> Frame {
        Frame::bare(settings, title)
    }

    pub fn of(operator: &Operator, section: &'static str, title: &str) -> Frame {
        let frame = Frame::bare(&operator.settings, title);
        Frame { section, slim: false, ..frame.signed_in(&operator.login) }
    }

    fn signed_in(self, login: &Login) -> Frame {
        let (email, distributor) = (login.email.clone(), login.distributor_name.clone());
        Frame {
            operator: Some(Badge { email, distributor }),
            token: login.form_token.clone(),
            ..self
        }
    }

    /// The way here, each with its address; the page itself comes last by its title.
    pub fn under(mut self, way: &[(&str, &str)]) -> Frame {
        let crumb = |title: &str, href: &str| Crumb { title: title.into(), href: href.into() };
        self.crumbs = way.iter().map(|(title, href)| crumb(title, href)).collect();
        self.crumbs.push(crumb(&self.title, ""));
        self
    }

    /// Says what the `done` parameter of the address stands for; unknown words say nothing.
    pub fn done(self, word: Option<&str>) -> Frame {
        let done = match word {
            Some("saved") => Some("Saved."),
            Some("client-changed") => Some(
                "Saved. The consent belongs to the OAuth client from before: press Authenticate \
                 Instance to renew it.",
            ),
            Some("disconnected") => {
                Some("Disconnected. The consent is being revoked at Google; orders wait.")
            }
            Some("ordered") => Some("The order is in. This page follows what happens to it."),
            Some("seen") => Some("This order was here already; nothing was ordered twice."),
            Some("looking") => Some("Google is being looked at; what is found appears here."),
            Some("revoked") => Some("The key was revoked."),
            Some("set-up") => Some("Seatwright is set up. Connect a Google reseller account next."),
            _ => None,
        };
        Frame { done, ..self }
    }
}

pub fn html(page: &impl Template) -> Result<Response, Failure> {
    html_with(StatusCode::OK, page)
}

pub fn html_with(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    match page.render() {
        Ok(text) => Ok((status, Html(text)).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Err(Failure(Problem::Internal))
        }
    }
}

/// Sends the browser on with GET.
pub fn go(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Why there is no page. Becomes one in [`show_failures`].
#[derive(Debug, Clone)]
pub struct Failure(pub Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure(problem)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        if let Problem::TooManyAttempts { retry_after_s } = self.0 {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct FailurePage {
    frame: Frame,
    status: u16,
    detail: String,
    back: &'static str,
    href: &'static str,
}

/// Gives every [`Failure`] its page, with the bar of whoever is signed in.
pub async fn show_failures(
    State(app): State<App>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let Some(Failure(problem)) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    let login = Login::find(&session).await.ok().flatten();
    let (title, detail) = words(&problem);
    let frame = Frame::bare(&app.settings, title);
    let (frame, back, href) = match &login {
        Some(login) => (frame.signed_in(login), "Go to the orders", "/orders"),
        None => (frame, "Go to the start", "/"),
    };
    let status = problem.status();
    let page = FailurePage { frame, status: status.as_u16(), detail, back, href };
    match page.render() {
        Ok(text) => with_headers(response.headers(), (status, Html(text)).into_response()),
        Err(_) => response,
    }
}

fn with_headers(old: &HeaderMap, mut response: Response) -> Response {
    for (name, value) in old {
        if name == RETRY_AFTER || name == http::header::ALLOW {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// A problem's title and what to do, in the words of a page rather than of an API.
fn words(problem: &Problem) -> (&'static str, String) {
    match problem {
        Problem::NotFound => (
            "There is no such page",
            "Check the address. What belongs to another distributor is not shown.".to_owned(),
        ),
        Problem::CrossOrigin => (
            "This form can't be used any more",
            "It is too old, or it was not sent from this console. Go back, reload the page and send \
             it again. Nothing was changed."
                .to_owned(),
        ),
        Problem::MethodNotAllowed => {
            ("This address can't be used like that", "Go on from one of our pages.".to_owned())
        }
        Problem::TooManyAttempts { retry_after_s } => {
            ("Too many attempts", format!("Try again in {}.", wait_words(*retry_after_s)))
        }
        Problem::Internal | Problem::TimedOut => (
            "Seatwright failed",
            "This is our fault, and it is in the server's log. Try again; nothing is lost.".into(),
        ),
        other => (other.title(), other.detail()),
    }
}

fn wait_words(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        more => format!("{} minutes", more.div_ceil(60)),
    }
}
