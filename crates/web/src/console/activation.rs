//! The consent dialogue as the browser goes through it: to Google, back, and the page that shows one
//! line per check. The engine does the checks.

use super::consent;
use super::cookies::Jar;
use super::form::{OperatorForm, is_same};
use super::looks;
use super::page::{Failure, Frame, go, html, html_with};
use super::path::Id;
use super::session::Operator;
use crate::app::{App, Settings};
use crate::problem::Problem;
use askama::Template;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::activation::{ActivationFault, ActivationStatus, CONSENT_MS_MAX, Check, CheckResult};
use domain::ids::{ActivationId, InstanceId, token_hash};
use domain::secret::{Place, SecretString};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use store::{Activation, Origin};
use url::Url;

const GOOGLE: &str = "https://accounts.google.com";
/// Longer codes and words than these Google does not send, in characters.
const CODE_MAX: usize = 2_000;
const ERROR_MAX: usize = 100;

/// What went wrong, for people.
#[derive(Debug, Clone, Serialize)]
pub struct FaultView {
    pub code: &'static str,
    pub sentence: String,
    pub action: String,
    /// Where to enable an API, when that is what is missing.
    pub href: Option<String>,
}

impl FaultView {
    pub fn new(fault: &ActivationFault) -> FaultView {
        let href = match fault {
            ActivationFault::ApiNotEnabled { enable_url: Some(url), .. } => Some(url.clone()),
            _ => None,
        };
        FaultView {
            code: fault.code(),
            sentence: fault.sentence(),
            action: fault.action(),
            href: href.filter(|href| Url::parse(href).is_ok_and(|url| url.scheme() == "https")),
        }
    }
}

/// One line of the pop-up.
#[derive(Debug, Clone, Serialize)]
pub struct CheckLine {
    pub title: &'static str,
    /// `pending`, `passed`, `failed`, or `skipped` when an earlier one failed.
    pub result: &'static str,
    #[serde(skip)]
    pub tone: &'static str,
    #[serde(skip)]
    pub icon: &'static str,
    pub detail: String,
}

impl CheckLine {
    fn new(check: &Check, is_over: bool) -> CheckLine {
        let (result, tone, icon) = looks::of_check(&check.result, is_over);
        let detail = match &check.result {
            CheckResult::Pending => String::new(),
            CheckResult::Passed { detail } => detail.clone(),
            CheckResult::Failed { fault } => fault.sentence(),
        };
        CheckLine { title: check.name.title(), result, tone, icon, detail }
    }
}

/// A dialogue as pages and scripts see it.
#[derive(Debug, Clone, Serialize)]
pub struct ActivationView {
    pub id: String,
    pub status: &'static str,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub headline: &'static str,
    pub checks: Vec<CheckLine>,
    pub fault: Option<FaultView>,
    /// Google has answered, so that there are checks to show.
    #[serde(skip)]
    pub shows_checks: bool,
    #[serde(skip)]
    pub afterwards: &'static str,
    /// The settings page, for a dialogue that was started there.
    #[serde(skip)]
    pub settings: Option<String>,
}

impl ActivationView {
    pub fn new(activation: &Activation) -> ActivationView {
        let status = activation.status;
        let line = |check| CheckLine::new(check, status.is_final());
        let checks: Vec<_> = activation.checks.iter().map(line).collect();
        let (afterwards, settings) = match activation.origin {
            Origin::Console => {
                ("You can close this window.", Some(format!("/instances/{}", activation.instance)))
            }
            Origin::Link => {
                ("You can close this window and go back to where the link came from.", None)
            }
        };
        ActivationView {
            id: activation.id.to_string(),
            status: status.name(),
            is_final: status.is_final(),
            headline: match status {
                ActivationStatus::Invited | ActivationStatus::AtGoogle => "Waiting for Google.",
                ActivationStatus::Checking => "Checking what Google granted.",
                ActivationStatus::Passed => "Everything is there. The instance is authenticated.",
                ActivationStatus::Failed => "The instance was not authenticated.",
            },
            shows_checks: status == ActivationStatus::Checking || status.is_final(),
            checks,
            fault: activation.fault.as_ref().map(FaultView::new),
            afterwards,
            settings,
        }
    }
}

/// Starts a dialogue for a signed-in operator and sends the browser to Google.
pub async fn start(
    State(app): State<App>,
    Id(instance): Id<InstanceId>,
    headers: HeaderMap,
    OperatorForm(operator, _): OperatorForm,
) -> Result<Response, Failure> {
    let door = &operator.door;
    let instance = door.instance(&instance).await?.ok_or(Problem::NotFound)?;
    let now = app.clock.now();
    let id = ActivationId::fresh(&*app.chance, now);
    let redirect_uri = consent::redirect_uri(&app.settings);
    let expires_at = now.plus_ms(CONSENT_MS_MAX);
    door.start_activation(&id, &instance.id, Origin::Console, None, &redirect_uri, now, expires_at)
        .await?;
    let activation = door.activation(&id).await?.ok_or(Problem::Internal)?;
    consent::leave(&app, &headers, &activation, &instance).await
}

/// The newest dialogue of an instance, for the page that opened the pop-up; null before the first.
pub async fn latest(
    State(app): State<App>,
    operator: Operator,
    Id(instance): Id<InstanceId>,
) -> Result<Json<Option<ActivationView>>, Failure> {
    operator.door.instance(&instance).await?.ok_or(Problem::NotFound)?;
    let latest = operator.door.latest_activation(&instance).await?;
    let latest = match latest {
        Some(activation) => Some(ended_in_time(&app, activation).await?),
        None => None,
    };
    Ok(Json(latest.as_ref().map(ActivationView::new)))
}

/// Ends a dialogue whose time is over, and gives it as it stands.
pub async fn ended_in_time(app: &App, activation: Activation) -> Result<Activation, Failure> {
    let now = app.clock.now();
    let fault = match activation.status {
        ActivationStatus::AtGoogle => ActivationFault::NeverCameBack,
        ActivationStatus::Invited => ActivationFault::LinkExpired,
        _ => return Ok(activation),
    };
    if activation.expires_at > now {
        return Ok(activation);
    }
    app.store.fail_activation(&activation, &fault, now).await?;
    let found = app.store.find_activation(&activation.id).await?;
    Ok(found.ok_or(Problem::NotFound)?)
}

/// Opens a one-time link from the command line: binds this browser and sends it to Google.
pub async fn open_link(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let opened = app.store.open_activation_link(&token_hash(&token), now).await?;
    let Some(activation) = opened else {
        return refused(&app.settings, &ActivationFault::LinkExpired);
    };
    let door = app.store.of(activation.distributor.clone());
    let instance = door.instance(&activation.instance).await?.ok_or(Problem::NotFound)?;
    consent::leave(&app, &headers, &activation, &instance).await
}

/// What Google's redirect brings.
#[derive(Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// The browser comes back from Google. Nothing is believed before the `state` is known, unused, in
/// time and of this browser; the code never shows in an address of ours.
pub async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Failure> {
    let settings = &app.settings;
    let unknown = || refused(settings, &ActivationFault::StateUnknown);
    let Ok(Query(answer)) = answer else { return unknown() };
    let Some(state) = &answer.state else { return unknown() };
    let Some(found) = app.store.find_activation_by_state(&token_hash(state)).await? else {
        return unknown();
    };
    if !answer.iss.as_deref().is_none_or(|iss| is_issuer(settings, iss)) {
        return unknown();
    }
    let activation = ended_in_time(&app, found).await?;
    match (activation.status, &activation.fault) {
        (ActivationStatus::AtGoogle, _) => {}
        (_, Some(late @ ActivationFault::NeverCameBack)) => return refused(settings, late),
        _ => return refused(settings, &ActivationFault::StateReplayed),
    }
    if !is_browser_of(settings, &headers, &activation) {
        let fault = ActivationFault::OtherBrowser;
        app.store.fail_activation(&activation, &fault, app.clock.now()).await?;
        return refused(settings, &fault);
    }
    let code = match consent_of(answer) {
        Ok(code) => code,
        Err(fault) => {
            app.store.fail_activation(&activation, &fault, app.clock.now()).await?;
            return Ok(go(&format!("/activation/{}", activation.id)));
        }
    };
    let place = Place { table: "activation", column: "code", row: activation.id.as_str() };
    let sealed = app.sealer.seal(&*app.chance, place, &code);
    if !app.store.receive_code(&activation, &sealed, app.clock.now()).await? {
        return refused(settings, &ActivationFault::StateReplayed);
    }
    Ok(go(&format!("/activation/{}", activation.id)))
}

/// Who may answer: Google, or its stand-in where the installation has one.
fn is_issuer(settings: &Settings, iss: &str) -> bool {
    let consent_page = settings.consent_page.origin().ascii_serialization();
    iss == GOOGLE || (consent_page != GOOGLE && iss.trim_end_matches('/') == consent_page)
}

/// The code, or why there is none.
fn consent_of(answer: Answer) -> Result<SecretString, ActivationFault> {
    match (answer.error, answer.code) {
        (Some(error), _) if error == "access_denied" => Err(ActivationFault::ConsentCancelled),
        (Some(error), _) => {
            let known = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
            let error = error.chars().filter(known).take(ERROR_MAX).collect();
            Err(ActivationFault::ConsentRefused { error })
        }
        (None, Some(code)) if !code.is_empty() && code.len() <= CODE_MAX => Ok(code.into()),
        (None, _) => {
            Err(ActivationFault::ConsentRefused { error: "neither a code nor why".into() })
        }
    }
}

/// Whether this browser is the one that was sent to Google.
fn is_browser_of(settings: &Settings, headers: &HeaderMap, activation: &Activation) -> bool {
    let brought = Jar::Activation.read(settings, headers);
    match (brought, &activation.browser_hash) {
        (Some(token), Some(hash)) => is_same(&token_hash(&token), hash),
        _ => false,
    }
}

#[derive(Template)]
#[template(path = "activation_fault.html")]
struct FaultPage {
    frame: Frame,
    sentence: String,
    action: String,
}

/// The page for an answer or a link that can't be taken.
fn refused(settings: &Settings, fault: &ActivationFault) -> Result<Response, Failure> {
    let frame = Frame::of_anybody(settings, "This did not work");
    let page = FaultPage { frame, sentence: fault.sentence(), action: fault.action() };
    html_with(StatusCode::BAD_REQUEST, &page)
}

#[derive(Template)]
#[template(path = "activation.html")]
struct ActivationPage {
    frame: Frame,
    view: ActivationView,
}

/// The dialogue, for the browser that went through it and nobody else.
async fn of_this_browser(
    app: &App,
    headers: &HeaderMap,
    id: &ActivationId,
) -> Result<ActivationView, Failure> {
    let activation = app.store.find_activation(id).await?.ok_or(Problem::NotFound)?;
    if !is_browser_of(&app.settings, headers, &activation) {
        return Err(Failure(Problem::NotFound));
    }
    Ok(ActivationView::new(&ended_in_time(app, activation).await?))
}

/// One line per check; follows them until all are made.
pub async fn show(
    State(app): State<App>,
    Id(id): Id<ActivationId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let view = of_this_browser(&app, &headers, &id).await?;
    html(&ActivationPage { frame: Frame::of_anybody(&app.settings, "Connecting to Google"), view })
}

/// The same for the page's script.
pub async fn state(
    State(app): State<App>,
    Id(id): Id<ActivationId>,
    headers: HeaderMap,
) -> Result<Json<ActivationView>, Failure> {
    Ok(Json(of_this_browser(&app, &headers, &id).await?))
}
