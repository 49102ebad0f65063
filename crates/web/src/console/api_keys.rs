//! API keys: what there is, a new one (shown once), and revoking.

use super::form::{FaultLine, Field, OperatorForm};
use super::looks::Look;
use super::page::{Failure, Frame, go, html, html_with};
use super::path::{Asked, Id};
use super::session::Operator;
use crate::app::App;
use crate::auth::new_api_key;
use crate::problem::Problem;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::ApiKeyId;
use domain::secret::ExposeSecret;
use http::StatusCode;
use store::ApiKey;

const NAME_MAX: usize = 100;

struct Row {
    id: String,
    name: String,
    hint: String,
    created_at: String,
    revoked_at: Option<String>,
    look: Look,
}

impl Row {
    fn new(key: &ApiKey) -> Row {
        let revoked_at = key.revoked_at.map(domain::time::Timestamp::rfc3339);
        Row {
            id: key.id.to_string(),
            name: key.name.clone(),
            hint: key.hint.clone(),
            created_at: key.created_at.rfc3339(),
            look: match revoked_at {
                None => Look::new("ok", "check", "In force"),
                Some(_) => Look::new("", "dash", "Revoked"),
            },
            revoked_at,
        }
    }
}

/// A key that was just made. The only time it is shown.
struct Fresh {
    name: String,
    secret: String,
}

#[derive(Template)]
#[template(path = "api_keys.html")]
struct KeysPage {
    frame: Frame,
    fresh: Option<Fresh>,
    faults: Vec<FaultLine>,
    name: Field,
    keys: Vec<Row>,
}

impl KeysPage {
    async fn read(operator: &Operator) -> Result<KeysPage, Failure> {
        let name = Field::new("name", "Name").max(NAME_MAX).full();
        Ok(KeysPage {
            frame: Frame::of(operator, "setup", "API keys").under(&[("Setup", "/configuration")]),
            fresh: None,
            faults: Vec::new(),
            name: name.hint("Which system uses it, such as the BSS's name."),
            keys: operator.door.api_keys().await?.iter().map(Row::new).collect(),
        })
    }
}

pub async fn list(operator: Operator, asked: Asked) -> Result<Response, Failure> {
    let mut page = KeysPage::read(&operator).await?;
    page.frame = page.frame.done(asked.done());
    html(&page)
}

pub async fn add(
    State(app): State<App>,
    OperatorForm(operator, sent): OperatorForm,
) -> Result<Response, Failure> {
    let name = sent.text("name").trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        let mut page = KeysPage::read(&operator).await?;
        page.name = page.name.value(name).faults(vec!["Give 1 to 100 characters.".to_owned()]);
        page.faults = page.name.fault_lines().collect();
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let now = app.clock.now();
    let key = new_api_key(&*app.chance);
    let id = ApiKeyId::fresh(&*app.chance, now);
    operator.door.add_api_key(&id, name, &key.hash, &key.hint, now).await?;
    let mut page = KeysPage::read(&operator).await?;
    let secret = key.secret.expose_secret().to_owned();
    page.fresh = Some(Fresh { name: name.to_owned(), secret });
    html(&page)
}

#[derive(Template)]
#[template(path = "revoke.html")]
struct RevokePage {
    frame: Frame,
    id: String,
    hint: String,
}

/// Asks before a key is taken out of force.
pub async fn confirm(operator: Operator, Id(id): Id<ApiKeyId>) -> Result<Response, Failure> {
    let keys = operator.door.api_keys().await?;
    let key = keys.iter().find(|key| key.id == id).ok_or(Problem::NotFound)?;
    let way = [("Setup", "/configuration"), ("API keys", "/api-keys")];
    let frame = Frame::of(&operator, "setup", &format!("Revoke {}?", key.name)).under(&way);
    html(&RevokePage { frame, id: id.to_string(), hint: key.hint.clone() })
}

pub async fn revoke(
    State(app): State<App>,
    Id(id): Id<ApiKeyId>,
    OperatorForm(operator, _): OperatorForm,
) -> Result<Response, Failure> {
    if !operator.door.revoke_api_key(&id, app.clock.now()).await? {
        return Err(Failure(Problem::NotFound));
    }
    Ok(go("/api-keys?done=revoked"))
}
