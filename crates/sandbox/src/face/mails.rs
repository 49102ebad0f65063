//! Mails sent through the Gmail API: the list, one mail, and its HTML as a page of its own that may do nothing at all.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::frame::{Asking, Frame, Pages, asked, show, unknown};
use super::words::When;
use crate::reply::Reply;
use crate::sandbox::Sandbox;
use crate::world::{Mail, World};

/// What a mail may do in a browser: look as its author made it, out of itself alone.
const MAIL_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'self'";
/// Longest source shown, in bytes.
const SOURCE_BYTES_MAX: usize = 200_000;

struct Line {
    id: String,
    subject: String,
    from: String,
    to: String,
    sent: When,
}

fn subject_of(mail: &Mail) -> String {
    if mail.subject.trim().is_empty() { "(no subject)".to_owned() } else { mail.subject.clone() }
}

fn line(mail: &Mail, now_ms: i64) -> Line {
    let more = mail.recipients.len().saturating_sub(2);
    let shown = mail.recipients.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(", ");
    Line {
        id: mail.id.clone(),
        subject: subject_of(mail),
        from: mail.from.clone(),
        to: if more > 0 { format!("{shown} and {more} more") } else { shown },
        sent: When::of(mail.sent_at_ms, now_ms),
    }
}

fn fits(mail: &Mail, q: &str) -> bool {
    let mut texts = mail.recipients.iter().chain([&mail.from, &mail.subject]);
    texts.any(|text| text.to_lowercase().contains(q))
}

#[derive(Template)]
#[template(path = "face/mails.html")]
struct ListPage {
    frame: Frame,
    q: String,
    mails: Vec<Line>,
    pages: Pages,
}

pub(super) async fn list(State(sandbox): State<Sandbox>, asking: Asking) -> Response {
    let asked = asked(asking);
    let q = asked.q.trim();
    let frame = Frame::of(&sandbox, "/sandbox/mails", "mails", "Mails sent");
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let wanted = q.to_lowercase();
        let fitting: Vec<&Mail> =
            world.mails.iter().rev().filter(|it| q.is_empty() || fits(it, &wanted)).collect();
        let pages = Pages::of(fitting.len(), &asked, &[("q", q)]);
        ListPage {
            frame,
            q: q.to_owned(),
            mails: pages.cut(fitting.into_iter().map(|it| line(it, now_ms))),
            pages,
        }
    });
    show(200, &page)
}

struct Attachment {
    name: String,
    kind: String,
    bytes: usize,
}

#[derive(Template)]
#[template(path = "face/mail.html")]
struct MailPage {
    frame: Frame,
    id: String,
    subject: String,
    facts: Vec<(&'static str, String)>,
    text: String,
    has_html: bool,
    attachments: Vec<Attachment>,
    source: String,
    cut: bool,
}

fn find<'a>(world: &'a World, id: &str) -> Option<&'a Mail> {
    world.mails.iter().rev().find(|mail| mail.id == id)
}

fn kind_of(part: &mail_parser::MessagePart<'_>) -> String {
    let kind = part.content_type();
    kind.map_or_else(
        || "unknown kind".to_owned(),
        |it| match it.subtype() {
            Some(subtype) => format!("{}/{subtype}", it.ctype()),
            None => it.ctype().to_owned(),
        },
    )
}

/// The HTML part, if there is one. Pictures that come with the mail stand in it.
fn html_of(message: &Message<'_>) -> Option<String> {
    let mut html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })?;
    for part in &message.parts {
        let kind = kind_of(part);
        if let (Some(id), true) = (part.content_id(), kind.starts_with("image/")) {
            let data = format!("data:{kind};base64,{}", STANDARD.encode(part.contents()));
            html = html.replace(&format!("cid:{id}"), &data);
        }
    }
    Some(html)
}

fn attachments_of(message: &Message<'_>) -> Vec<Attachment> {
    let attachment = |part: &mail_parser::MessagePart<'_>| Attachment {
        name: part.attachment_name().unwrap_or("(no name)").to_owned(),
        kind: kind_of(part),
        bytes: part.contents().len(),
    };
    message.attachments().map(attachment).collect()
}

fn view(mail: &Mail, frame: Frame, now_ms: i64) -> MailPage {
    let message = MessageParser::default().parse(mail.raw.as_bytes());
    let sent = When::of(mail.sent_at_ms, now_ms);
    let facts = [
        ("From", mail.from.clone()),
        ("To", mail.recipients.join(", ")),
        ("Sent", format!("{} ({})", sent.text, sent.distance)),
        ("From the mailbox", mail.mailbox.clone()),
        ("Message-ID", mail.message_id.clone()),
    ];
    let end = mail.raw.floor_char_boundary(SOURCE_BYTES_MAX);
    MailPage {
        frame,
        id: mail.id.clone(),
        subject: subject_of(mail),
        facts: facts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
        text: mail.text.clone(),
        has_html: message.as_ref().and_then(html_of).is_some(),
        attachments: message.as_ref().map(attachments_of).unwrap_or_default(),
        source: mail.raw[..end].to_owned(),
        cut: end < mail.raw.len(),
    }
}

pub(super) async fn page(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    uri: Uri,
) -> Response {
    let now_ms = sandbox.now_ms();
    let page = sandbox.inspect(|world| {
        let mail = find(world, &id)?;
        let frame = Frame::of(&sandbox, uri.path(), "mails", &subject_of(mail));
        Some(view(mail, frame, now_ms))
    });
    match page {
        Some(page) => show(200, &page),
        None => unknown(uri.path(), "such mail"),
    }
}

/// The rendering alone, to be held in a frame of the mail's page.
pub(super) async fn html(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    uri: Uri,
) -> Response {
    let html = sandbox.inspect(|world| {
        let message = MessageParser::default().parse(find(world, &id)?.raw.as_bytes())?;
        html_of(&message)
    });
    let Some(html) = html else {
        return unknown(uri.path(), "such mail with an HTML part");
    };
    Reply::html(200, html)
        .with_header("content-security-policy", MAIL_POLICY)
        .with_header("x-frame-options", "SAMEORIGIN")
        .with_header("cache-control", "no-store")
        .into_response()
}
