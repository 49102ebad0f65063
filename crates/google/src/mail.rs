//! The welcome mail: its words, and the message around them. Never holds a password: a one-time link
//! leads to it. Source: google-semantics.md §9.11.

use askama::Template;
use domain::time::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, SystemTime};

/// What a welcome mail is made of.
#[derive(Clone, Copy)]
pub struct Welcome<'a> {
    /// The reseller's account: another sender Gmail would replace.
    pub from: &'a str,
    pub to: &'a str,
    pub recipient_name: &'a str,
    pub organization: &'a str,
    pub domain: &'a str,
    pub admin_email: &'a str,
    /// The whole address of the one-time page. Secret.
    pub link: &'a str,
    /// With or without angle brackets; the same for every try.
    pub message_id: &'a str,
}

/// A welcome mail that can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("{0} is no mail address")]
    Address(String),
    #[error("the Message-ID is malformed")]
    MessageId,
    #[error("the one-time link is no web address")]
    Link,
    #[error("{0}")]
    Build(String),
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Html<'a> {
    mail: &'a Words,
}

#[derive(Template)]
#[template(path = "welcome.txt")]
struct Text<'a> {
    mail: &'a Words,
}

struct Words {
    subject: String,
    name: String,
    organization: String,
    domain: String,
    admin_email: String,
    link: String,
}

/// Writes the mail as RFC 5322 text, dated `now`. The same arguments give the same bytes.
///
/// # Errors
/// [`MailError`] when an address, the link or the Message-ID can't stand in a mail.
pub fn compose(welcome: &Welcome<'_>, now: Timestamp) -> Result<Vec<u8>, MailError> {
    let is_web = url::Url::parse(welcome.link)
        .is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if !is_web || welcome.link.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(MailError::Link);
    }
    let domain = one_line(welcome.domain);
    let words = Words {
        subject: format!("Your Google Workspace for {domain} is ready"),
        name: one_line(welcome.recipient_name),
        organization: one_line(welcome.organization),
        domain,
        admin_email: one_line(welcome.admin_email),
        link: welcome.link.to_owned(),
    };
    let build = |error: &dyn std::error::Error| MailError::Build(error.to_string());
    let text = Text { mail: &words }.render().map_err(|error| build(&error))?;
    let html = Html { mail: &words }.render().map_err(|error| build(&error))?;
    let to_name = Some(words.name.clone()).filter(|name| !name.is_empty());
    let message_id = message_id(welcome.message_id)?;
    let body = MultiPart::alternative()
        .boundary(boundary(&message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, text)?)
        .singlepart(part(ContentType::TEXT_HTML, html)?);
    let message = Message::builder()
        .from(Mailbox::new(None, address(welcome.from)?))
        .to(Mailbox::new(to_name, address(welcome.to)?))
        .subject(words.subject.clone())
        .message_id(Some(message_id))
        .date(date(now))
        .multipart(body)
        .map_err(|error| build(&error))?;
    Ok(message.formatted())
}

/// Always quoted-printable, where a `=` is never followed by anything but hex digits or the end of
/// the line: see [`boundary`].
fn part(kind: ContentType, body: String) -> Result<SinglePart, MailError> {
    let body = Body::new_with_encoding(body, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| MailError::Build("the text can't be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

fn address(text: &str) -> Result<Address, MailError> {
    text.parse().map_err(|_| MailError::Address(one_line(text)))
}

/// Names come from outside: whatever could end a header line becomes a space.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn message_id(text: &str) -> Result<String, MailError> {
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>');
    let halves = bare.split_once('@').filter(|(left, right)| {
        !left.is_empty() && !right.is_empty() && !right.contains('@') && bare.chars().all(plain)
    });
    halves.map(|_| format!("<{bare}>")).ok_or(MailError::MessageId)
}

/// The same for every try. `=_` cannot occur in a quoted-printable part, so whatever a name holds, it
/// ends no part. At most 70 characters. Source: RFC 2045 §6.7, RFC 2046 §5.1.1.
fn boundary(message_id: &str) -> String {
    let letters = message_id.chars().filter(char::is_ascii_alphanumeric).take(50);
    format!("=_seatwright-{}", letters.collect::<String>())
}

fn date(now: Timestamp) -> SystemTime {
    // Four-digit years only, whatever the clock says.
    const YEAR_10000_MS: u64 = 253_402_300_800_000;
    let ms = u64::try_from(now.0).unwrap_or(0).min(YEAR_10000_MS - 1);
    SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
}
