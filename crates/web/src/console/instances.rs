//! Google Workspace SM > Settings: the instances of a distributor, each with its form, its connection
//! to Google and its history.

use super::activation::ended_in_time;
use super::consent::redirect_uri;
use super::form::{FaultLine, Field, OperatorForm};
use super::instance_form::{Fault, InstanceForm};
use super::instance_status::{Past, StatusView, history, of_any_time};
use super::looks::{self, Look};
use super::menu::WAY;
use super::page::{Failure, Frame, go, html, html_with};
use super::path::{Asked, Id};
use super::session::Operator;
use crate::app::App;
use crate::problem::Problem;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::activation::Api;
use domain::ids::InstanceId;
use domain::secret::{Place, Sealed, SecretString};
use http::StatusCode;
use store::{Instance, StoreError};

struct Row {
    id: String,
    system_name: String,
    look: Look,
    account: Option<String>,
    since: String,
}

impl Row {
    fn new(instance: &Instance) -> Row {
        let credential = of_any_time(&instance.state);
        let since = credential.map_or(instance.created_at, |credential| credential.granted_at);
        Row {
            id: instance.id.to_string(),
            system_name: instance.system_name.clone(),
            look: looks::of_instance(&instance.state),
            account: credential.map(|credential| credential.account_email.clone()),
            since: since.rfc3339(),
        }
    }
}

#[derive(Template)]
#[template(path = "instances.html")]
struct ListPage {
    frame: Frame,
    instances: Vec<Row>,
}

pub async fn list(operator: Operator, asked: Asked) -> Result<Response, Failure> {
    let instances = operator.door.instances().await?.iter().map(Row::new).collect();
    let frame = Frame::of(&operator, "setup", "Settings").under(&WAY).done(asked.done());
    html(&ListPage { frame, instances })
}

#[derive(Template)]
#[template(path = "instance.html")]
struct InstancePage {
    frame: Frame,
    action: String,
    faults: Vec<FaultLine>,
    fields: [Field; 3],
    redirect_uri: String,
    apis: [Api; 4],
    status: StatusView,
    history: Vec<Past>,
}

/// The way to one instance.
fn frame(operator: &Operator, title: &str) -> Frame {
    let settings = ("Settings", "/instances");
    let way: Vec<_> = WAY.into_iter().chain([settings]).collect();
    Frame::of(operator, "setup", title).under(&way)
}

/// A page for an instance that is not saved yet.
fn new_page(operator: &Operator, form: &InstanceForm, faults: &[Fault]) -> InstancePage {
    let fields = form.fields(false, faults);
    InstancePage {
        frame: frame(operator, "New instance"),
        action: "/instances".to_owned(),
        faults: fields.iter().flat_map(Field::fault_lines).collect(),
        fields,
        redirect_uri: redirect_uri(&operator.settings),
        apis: Api::ALL,
        status: StatusView::unsaved(),
        history: Vec::new(),
    }
}

async fn saved_page(
    app: &App,
    operator: &Operator,
    instance: &Instance,
    form: &InstanceForm,
    faults: &[Fault],
) -> Result<InstancePage, Failure> {
    let latest = match operator.door.latest_activation(&instance.id).await? {
        Some(activation) => Some(ended_in_time(app, activation).await?),
        None => None,
    };
    let events = operator.door.instance_events(&instance.id).await?;
    let fields = form.fields(true, faults);
    Ok(InstancePage {
        frame: frame(operator, &instance.system_name),
        action: format!("/instances/{}", instance.id),
        faults: fields.iter().flat_map(Field::fault_lines).collect(),
        fields,
        redirect_uri: redirect_uri(&operator.settings),
        apis: Api::ALL,
        status: StatusView::new(instance, latest.as_ref()),
        history: history(&events),
    })
}

pub async fn new(operator: Operator) -> Result<Response, Failure> {
    let empty =
        InstanceForm { system_name: String::new(), client_id: String::new(), client_secret: None };
    html(&new_page(&operator, &empty, &[]))
}

const NAME_TAKEN: &str = "Another instance of yours has this System Name.";

pub async fn add(
    State(app): State<App>,
    OperatorForm(operator, sent): OperatorForm,
) -> Result<Response, Failure> {
    let form = InstanceForm::read(&sent);
    let mut faults = form.faults(true);
    if let Some(secret) = form.client_secret.as_ref().filter(|_| faults.is_empty()) {
        let now = app.clock.now();
        let id = InstanceId::fresh(&*app.chance, now);
        let sealed = seal(&app, &id, secret);
        let (name, client) = (&form.system_name, &form.client_id);
        match operator.door.add_instance(&id, name, client, &sealed, now).await {
            Ok(()) => return Ok(go(&format!("/instances/{id}?done=saved"))),
            Err(StoreError::Conflict) => faults.push(("system_name", NAME_TAKEN.into())),
            Err(error) => return Err(error.into()),
        }
    }
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &new_page(&operator, &form, &faults))
}

/// Sealed where the engine will open it.
fn seal(app: &App, id: &InstanceId, secret: &SecretString) -> Sealed {
    let place = Place { table: "instance", column: "client_secret", row: id.as_str() };
    app.sealer.seal(&*app.chance, place, secret)
}

pub async fn show(
    State(app): State<App>,
    operator: Operator,
    Id(id): Id<InstanceId>,
    asked: Asked,
) -> Result<Response, Failure> {
    let instance = operator.door.instance(&id).await?.ok_or(Problem::NotFound)?;
    let stored = InstanceForm {
        system_name: instance.system_name.clone(),
        client_id: instance.client_id.clone(),
        client_secret: None,
    };
    let mut page = saved_page(&app, &operator, &instance, &stored, &[]).await?;
    page.frame = page.frame.done(asked.done());
    html(&page)
}

pub async fn change(
    State(app): State<App>,
    Id(id): Id<InstanceId>,
    OperatorForm(operator, sent): OperatorForm,
) -> Result<Response, Failure> {
    let instance = operator.door.instance(&id).await?.ok_or(Problem::NotFound)?;
    let form = InstanceForm::read(&sent);
    let mut faults = form.faults(false);
    if faults.is_empty() {
        let sealed = form.client_secret.as_ref().map(|secret| seal(&app, &id, secret));
        let (name, client) = (&form.system_name, &form.client_id);
        let now = app.clock.now();
        match operator.door.change_instance(&id, name, client, sealed.as_ref(), now).await {
            Ok(true) => {
                let moved = *client != instance.client_id && instance.state.credential().is_some();
                let done = if moved { "client-changed" } else { "saved" };
                return Ok(go(&format!("/instances/{id}?done={done}")));
            }
            Ok(false) => return Err(Failure(Problem::NotFound)),
            Err(StoreError::Conflict) => faults.push(("system_name", NAME_TAKEN.into())),
            Err(error) => return Err(error.into()),
        }
    }
    let page = saved_page(&app, &operator, &instance, &form, &faults).await?;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[derive(Template)]
#[template(path = "disconnect.html")]
struct DisconnectPage {
    frame: Frame,
    id: String,
    account: String,
}

/// Asks before anything is taken out of force. There is nothing to ask without a consent.
pub async fn confirm_disconnect(
    operator: Operator,
    Id(id): Id<InstanceId>,
) -> Result<Response, Failure> {
    let instance = operator.door.instance(&id).await?.ok_or(Problem::NotFound)?;
    let Some(credential) = of_any_time(&instance.state) else {
        return Ok(go(&format!("/instances/{id}")));
    };
    let title = format!("Disconnect {}?", instance.system_name);
    let account = credential.account_email.clone();
    html(&DisconnectPage { frame: frame(&operator, &title), id: id.to_string(), account })
}

pub async fn disconnect(
    State(app): State<App>,
    Id(id): Id<InstanceId>,
    OperatorForm(operator, _): OperatorForm,
) -> Result<Response, Failure> {
    operator.door.instance(&id).await?.ok_or(Problem::NotFound)?;
    let left = operator.door.disconnect(&id, app.clock.now()).await?;
    let done = if left { "?done=disconnected" } else { "" };
    Ok(go(&format!("/instances/{id}{done}")))
}
