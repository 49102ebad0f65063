//! Forms of the face as data: what is asked, what was sent, and what was wrong with it. Never: what a form does.

use std::ops::RangeInclusive;

use axum::extract::{Form as Body, FromRequest, Request};
use axum::response::{IntoResponse as _, Response};

use super::frame;
use crate::outside::CannotPlay;

/// The name of the field that says what is to be done.
pub(super) const DEED: &str = "do";
/// The name of the field that says with what: the id of a subscription, a domain, a place in a list.
pub(super) const OF: &str = "of";

/// What a form was sent with.
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    /// A field's text without spaces around it; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The same with all its spaces, as passwords have them.
    pub(super) fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text.as_str())
    }

    /// All values of a field that may come several times.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.trim())
    }

    /// Whether a box was ticked, or a switch is to be on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.text(name) == "on"
    }

    pub(super) fn of(&self) -> &str {
        self.text(OF)
    }

    /// A whole number within these bounds. Spaces and commas between digits don't count.
    pub(super) fn whole(
        &self,
        name: &'static str,
        bounds: RangeInclusive<i64>,
    ) -> Result<i64, Refusal> {
        let digits = self.text(name).replace([' ', ','], "");
        match digits.parse::<i64>() {
            Ok(number) if bounds.contains(&number) => Ok(number),
            _ => {
                let (from, to) = (bounds.start(), bounds.end());
                Err(Refusal::at(name, format!("Give a whole number from {from} to {to}.")))
            }
        }
    }

    /// The same, or nothing.
    pub(super) fn whole_or_none(
        &self,
        name: &'static str,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Refusal> {
        if self.text(name).is_empty() { Ok(None) } else { self.whole(name, bounds).map(Some) }
    }

    /// What has to be given.
    pub(super) fn needed(&self, name: &'static str, what: &str) -> Result<&str, Refusal> {
        match self.text(name) {
            "" => Err(Refusal::at(name, format!("Give {what}."))),
            text => Ok(text),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Sent, Response> {
        let path = request.uri().path().to_owned();
        match Body::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Body(fields)) => Ok(Sent(fields)),
            Err(rejection) => {
                let status = rejection.into_response().status().as_u16();
                let text = "This form could not be read. Go back and send it again.";
                Err(frame::trouble(&path, status, "Nothing was done", text))
            }
        }
    }
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The field it is about; empty when it is about no single one.
    field: &'static str,
    text: String,
}

impl Refusal {
    pub(super) fn at(field: &'static str, text: impl Into<String>) -> Refusal {
        Refusal { status: 400, field, text: text.into() }
    }

    /// For `map_err`: what can't be played is the fault of this field.
    pub(super) fn of(field: &'static str) -> impl Fn(CannotPlay) -> Refusal {
        move |error| Refusal {
            status: match error {
                CannotPlay::Unknown(_) => 404,
                CannotPlay::Malformed(_) => 400,
                _ => 409,
            },
            field,
            text: sentence(&error.to_string()),
        }
    }
}

impl From<CannotPlay> for Refusal {
    fn from(error: CannotPlay) -> Refusal {
        Refusal::of("")(error)
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

pub(super) type Done = Result<(), Refusal>;

/// A form that was refused: it is shown once more with what was typed.
pub(super) struct Tried {
    sent: Sent,
    refusal: Refusal,
}

impl Tried {
    pub(super) fn new(sent: Sent, refusal: Refusal) -> Tried {
        Tried { sent, refusal }
    }

    pub(super) fn status(&self) -> u16 {
        self.refusal.status
    }

    pub(super) fn text(&self) -> &str {
        &self.refusal.text
    }

    /// The id of the field that is wrong; empty when it is no single one.
    pub(super) fn place(&self) -> String {
        match self.refusal.field {
            "" => String::new(),
            field => format!("{}-{field}", key_of(self.sent.text(DEED), self.sent.of())),
        }
    }
}

/// One choice of a select, or one box of several.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
    pub(super) chosen: bool,
}

impl Choice {
    pub(super) fn new(value: impl Into<String>, title: impl Into<String>) -> Choice {
        Choice { value: value.into(), title: title.into(), chosen: false }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Email,
    Password,
    Lines,
    Select,
    /// One box.
    Tick,
    /// Several boxes under one name.
    Ticks,
}

/// A field as a page shows it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) hint: String,
    pub(super) fault: String,
    pub(super) choices: Vec<Choice>,
    /// Known values that a text may have.
    pub(super) suggestions: Vec<String>,
    /// Has a line of its own.
    pub(super) wide: bool,
}

impl Field {
    pub(super) fn new(kind: Kind, name: &'static str, label: impl Into<String>) -> Field {
        Field {
            id: String::new(),
            name,
            label: label.into(),
            kind,
            value: String::new(),
            hint: String::new(),
            fault: String::new(),
            choices: Vec::new(),
            suggestions: Vec::new(),
            wide: matches!(kind, Kind::Lines | Kind::Ticks),
        }
    }

    pub(super) fn text(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(Kind::Text, name, label)
    }

    pub(super) fn number(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(Kind::Number, name, label)
    }

    pub(super) fn select(
        name: &'static str,
        label: impl Into<String>,
        choices: Vec<Choice>,
    ) -> Field {
        Field { choices, ..Field::new(Kind::Select, name, label) }
    }

    pub(super) fn tick(name: &'static str, label: impl Into<String>) -> Field {
        Field::new(Kind::Tick, name, label)
    }

    pub(super) fn value(self, value: impl ToString) -> Field {
        Field { value: value.to_string(), ..self }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    pub(super) fn wide(self) -> Field {
        Field { wide: true, ..self }
    }

    pub(super) fn suggestions(self, suggestions: Vec<String>) -> Field {
        Field { suggestions, ..self }
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        match self.kind {
            Kind::Text => kind == "text",
            Kind::Number => kind == "number",
            Kind::Email => kind == "email",
            Kind::Password => kind == "password",
            Kind::Lines => kind == "lines",
            Kind::Select => kind == "select",
            Kind::Tick => kind == "tick",
            Kind::Ticks => kind == "ticks",
        }
    }

    /// The ids of what describes it.
    pub(super) fn described_by(&self) -> String {
        let parts = [(&self.fault, "fault"), (&self.hint, "hint")];
        let there = parts.iter().filter(|(text, _)| !text.is_empty());
        there.map(|(_, part)| format!("{}-{part}", self.id)).collect::<Vec<_>>().join(" ")
    }

    fn refill(&mut self, sent: &Sent) {
        match self.kind {
            Kind::Password => {}
            Kind::Tick => self.value = sent.text(self.name).to_owned(),
            Kind::Ticks => {
                for choice in &mut self.choices {
                    choice.chosen = sent.all(self.name).any(|value| value == choice.value);
                }
            }
            _ => self.value = sent.raw(self.name).to_owned(),
        }
    }
}

/// A form with its one button, or a button alone.
pub(super) struct Form<'a> {
    pub(super) deed: &'static str,
    pub(super) of: String,
    pub(super) key: String,
    /// What the button stands for beside that.
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) button: String,
    /// `primary`, `danger`, or empty.
    pub(super) tone: &'static str,
    /// Folded away under this title until somebody opens it.
    pub(super) folded: String,
    /// What will come of it, said before the button that does it.
    pub(super) warning: String,
    pub(super) open: bool,
    /// About no single field.
    pub(super) fault: String,
    /// How it was sent and refused, if it was.
    tried: Option<&'a Tried>,
}

/// What an id in a page may be made of.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

/// What the ids of a form's fields begin with.
fn key_of(deed: &str, of: &str) -> String {
    plain(&format!("{deed}-{of}"))
}

impl<'a> Form<'a> {
    /// `tried` is the form that was just refused on this page, if one was; it may be this one.
    pub(super) fn new(
        tried: Option<&'a Tried>,
        deed: &'static str,
        of: &str,
        button: impl Into<String>,
    ) -> Form<'a> {
        let tried =
            tried.filter(|tried| tried.sent.text(DEED) == deed && tried.sent.text(OF) == of);
        Form {
            deed,
            of: of.to_owned(),
            key: key_of(deed, of),
            hidden: Vec::new(),
            fields: Vec::new(),
            button: button.into(),
            tone: "",
            folded: String::new(),
            warning: String::new(),
            open: tried.is_some(),
            fault: tried.map(|tried| tried.refusal.text.clone()).unwrap_or_default(),
            tried,
        }
    }

    /// Adds a field; with what was typed, and what is wrong with it, when the form was refused.
    pub(super) fn field(mut self, mut field: Field) -> Form<'a> {
        field.id = format!("{}-{}", self.key, field.name);
        if let Some(tried) = self.tried {
            field.refill(&tried.sent);
            if tried.refusal.field == field.name {
                field.fault.clone_from(&tried.refusal.text);
                self.fault.clear();
            }
        }
        let value = field.value.clone();
        if field.kind == Kind::Select {
            field.choices.iter_mut().for_each(|choice| choice.chosen = choice.value == value);
        }
        self.fields.push(field);
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Form<'a> {
        self.hidden.push((name, value.into()));
        self
    }

    pub(super) fn tone(self, tone: &'static str) -> Form<'a> {
        Form { tone, ..self }
    }

    pub(super) fn folded(self, title: impl Into<String>) -> Form<'a> {
        Form { folded: title.into(), ..self }
    }

    pub(super) fn warning(self, warning: impl Into<String>) -> Form<'a> {
        Form { warning: warning.into(), ..self }
    }

    /// Folds it away, and says what will happen before the button that does it.
    pub(super) fn sure(self, title: impl Into<String>, warning: impl Into<String>) -> Form<'a> {
        Form { folded: title.into(), warning: warning.into(), tone: "danger", ..self }
    }
}

impl Form<'_> {
    /// A button alone, or with a field or two beside it.
    pub(super) fn is_small(&self) -> bool {
        self.fields.len() <= 2 && self.warning.is_empty() && self.folded.is_empty()
    }
}

/// What can be done on a page: the word in the form, what it does, and what is said when it is done.
pub(super) struct Deed<T: ?Sized> {
    pub(super) name: &'static str,
    pub(super) play: fn(&T, &Sent) -> Done,
    pub(super) done: &'static str,
}

/// Does what a form asks for; the word for the notice comes back.
pub(super) fn play<T: ?Sized>(
    deeds: &[Deed<T>],
    on: &T,
    sent: &Sent,
) -> Result<&'static str, Refusal> {
    let name = sent.text(DEED);
    let deed = deeds
        .iter()
        .find(|deed| deed.name == name)
        .ok_or_else(|| Refusal::at("", "This page has no such form. Go back and try again."))?;
    (deed.play)(on, sent).map(|()| deed.name)
}

/// What is said after this was done; nothing for words that aren't ours.
pub(super) fn notice<T: ?Sized>(deeds: &[Deed<T>], word: Option<&str>) -> Option<&'static str> {
    let word = word?;
    deeds.iter().find(|deed| deed.name == word).map(|deed| deed.done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        Sent(pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        let sent = sent(&[("seats", text)]);
        assert_eq!(sent.whole("seats", 1..=50_000).ok(), expected, "{text}");
    }

    #[test]
    fn whole_numbers_are_read_as_people_write_them() {
        check("8", Some(8));
        check(" 50,000 ", Some(50_000));
        check("50001", None);
        check("0", None);
        check("-1", None);
        check("1.5", None);
        check("eight", None);
        check("99999999999999999999", None);
        check("", None);
    }

    #[test]
    fn a_refused_form_keeps_what_was_typed_but_passwords() {
        let sent = sent(&[("do", "d"), ("of", "1"), ("seats", "many"), ("password", "p")]);
        let tried = Tried::new(sent, Refusal::at("seats", "No."));
        let tried = Some(&tried);
        let form = Form::new(tried, "d", "1", "Go")
            .field(Field::number("seats", "Seats").value(5))
            .field(Field::new(Kind::Password, "password", "Password"));
        assert!(form.open && form.fault.is_empty());
        assert_eq!((&*form.fields[0].value, &*form.fields[0].fault), ("many", "No."));
        assert_eq!(form.fields[0].described_by(), "d-1-seats-fault");
        assert_eq!(tried.map(Tried::place).as_ref(), Some(&form.fields[0].id));
        assert_eq!(form.fields[1].value, "");
        let other =
            Form::new(tried, "d", "2", "Go").field(Field::number("seats", "Seats").value(5));
        assert!(!other.open);
        assert_eq!((&*other.fields[0].value, &*other.fields[0].fault), ("5", ""));
    }
}
