//! Forms: reading what was sent once its token is found right, and fields as pages show them.

use super::page::Failure;
use super::session::{Guest, Operator};
use crate::app::App;
use crate::problem::Problem;
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use subtle::ConstantTimeEq;

/// The name of the hidden field with the form's token.
const FORM_TOKEN: &str = "form_token";

/// What a form was sent with.
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// A field's text; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text.as_str())
    }

    async fn read(request: Request, state: &App, token: &str) -> Result<Sent, Failure> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let Form(fields) = form.map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure(Problem::BodyTooLarge),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure(Problem::UnsupportedMediaType),
            _ => Failure(Problem::Parameter("The form could not be read; send it again.".into())),
        })?;
        let sent = Sent(fields);
        let same = is_same(sent.text(FORM_TOKEN), token);
        if same { Ok(sent) } else { Err(Failure(Problem::CrossOrigin)) }
    }
}

/// Compares in a time that does not depend on where they differ. Empty is never the same.
pub fn is_same(given: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
}

/// A form of a signed-in operator whose token was right.
pub struct OperatorForm(pub Operator, pub Sent);

impl FromRequest<App> for OperatorForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<OperatorForm, Response> {
        let (mut parts, body) = request.into_parts();
        let operator = Operator::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let sent = Sent::read(request, app, &operator.login.form_token).await;
        sent.map(|sent| OperatorForm(operator, sent)).map_err(IntoResponse::into_response)
    }
}

/// A form of a visitor who is not signed in, whose token was that of this browser.
pub struct GuestForm(pub Guest, pub Sent);

impl FromRequest<App> for GuestForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<GuestForm, Response> {
        let brought = Guest::token_of(app, request.headers()).unwrap_or_default();
        let (mut parts, body) = request.into_parts();
        let Ok(guest) = Guest::from_request_parts(&mut parts, app).await;
        let sent = Sent::read(Request::from_parts(parts, body), app, &brought).await;
        sent.map(|sent| GuestForm(guest, sent)).map_err(IntoResponse::into_response)
    }
}

/// One thing that has to be corrected, for the summary above a form.
pub struct FaultLine {
    pub text: String,
    /// The id of the field, empty when it is about no single one.
    pub href: String,
}

/// One choice of a select.
pub struct Choice {
    pub value: String,
    pub title: String,
}

/// Choices under a title, or under none.
pub struct ChoiceGroup {
    pub title: &'static str,
    pub choices: Vec<Choice>,
}

impl<'a> IntoIterator for &'a ChoiceGroup {
    type Item = &'a Choice;
    type IntoIter = std::slice::Iter<'a, Choice>;

    fn into_iter(self) -> Self::IntoIter {
        self.choices.iter()
    }
}

/// A field as a page shows it.
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    /// The `type` of an input.
    pub kind: &'static str,
    pub value: String,
    pub hint: String,
    pub faults: Vec<String>,
    /// What looks odd, but may be right.
    pub warning: String,
    pub required: bool,
    /// Most characters; 0 for no limit.
    pub max: usize,
    pub min: Option<usize>,
    pub autocomplete: &'static str,
    /// `third`, `full`, or empty for half of the form.
    pub width: &'static str,
    /// Not language: no capitals, no spelling.
    pub plain: bool,
    /// Makes it a select.
    pub choices: Vec<ChoiceGroup>,
}

impl Field {
    pub fn new(name: &'static str, label: &'static str) -> Field {
        Field {
            name,
            label,
            kind: "text",
            value: String::new(),
            hint: String::new(),
            faults: Vec::new(),
            warning: String::new(),
            required: true,
            max: 0,
            min: None,
            autocomplete: "off",
            width: "",
            plain: false,
            choices: Vec::new(),
        }
    }

    pub fn kind(self, kind: &'static str, autocomplete: &'static str) -> Field {
        Field { kind, autocomplete, ..self }
    }

    pub fn hint(self, hint: impl Into<String>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    pub fn max(self, max: usize) -> Field {
        Field { max, ..self }
    }

    pub fn min(self, min: usize) -> Field {
        Field { min: Some(min), ..self }
    }

    pub fn value(self, value: impl Into<String>) -> Field {
        Field { value: value.into(), ..self }
    }

    pub fn optional(self) -> Field {
        Field { required: false, ..self }
    }

    pub fn plain(self) -> Field {
        Field { plain: true, ..self }
    }

    pub fn full(self) -> Field {
        Field { width: "full", ..self }
    }

    pub fn third(self) -> Field {
        Field { width: "third", ..self }
    }

    pub fn choices(self, choices: Vec<ChoiceGroup>) -> Field {
        Field { choices, ..self }
    }

    pub fn faults(self, faults: Vec<String>) -> Field {
        Field { faults, ..self }
    }

    /// Its id in the page.
    pub fn id(&self) -> String {
        format!("f-{}", self.name.trim_start_matches('/').replace(['/', '_'], "-"))
    }

    pub fn is_described(&self) -> bool {
        !self.hint.is_empty() || !self.faults.is_empty()
    }

    pub fn described_by(&self) -> String {
        let parts = [(!self.faults.is_empty(), "fault"), (!self.hint.is_empty(), "hint")];
        let ids = parts.iter().filter(|(there, _)| *there);
        ids.map(|(_, part)| format!("{}-{part}", self.id())).collect::<Vec<_>>().join(" ")
    }

    /// Whether its value is one of the choices.
    pub fn has_choice(&self) -> bool {
        self.choices.iter().flatten().any(|choice| choice.value == self.value)
    }

    /// Its faults, for the summary.
    pub fn fault_lines(&self) -> impl Iterator<Item = FaultLine> {
        self.faults
            .iter()
            .map(|fault| FaultLine { text: format!("{}: {fault}", self.label), href: self.id() })
    }
}
