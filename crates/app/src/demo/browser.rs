//! A browser as far as consent needs one: it keeps cookies, follows redirects and sends forms as they
//! stand on the page. Never: anything that knows what is behind the pages.

use anyhow::{Context as _, Result, bail};
use html5gum::{StartTag, Token, Tokenizer};
use std::collections::BTreeMap;
use url::Url;

/// More pages than this is going round in circles.
const PAGES_MAX: usize = 8;

/// One page as it came.
pub struct Page {
    pub url: Url,
    pub html: String,
}

/// A form of a page: where it is sent, and its fields as they stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    /// Hidden and other fields with their values.
    pub fields: Vec<(String, String)>,
    /// Boxes to tick, ticked or not: name and value.
    pub boxes: Vec<(String, String)>,
}

impl Form {
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }
}

/// Who gives the consent.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    pub email: &'a str,
    pub password: &'a str,
}

/// Opens a one-time link and goes all the way: signs in, ticks every box, allows. Gives the page that
/// the way ends at. `client` keeps cookies and follows redirects.
pub async fn consent(client: &reqwest::Client, link: &str, person: Person<'_>) -> Result<Page> {
    let mut page = send(client.get(link)).await?;
    for _ in 0..PAGES_MAX {
        let Some(form) =
            forms(&page.html).into_iter().find(|f| f.has("password") || f.has("ticket"))
        else {
            return Ok(page);
        };
        let mut fields = form.fields.clone();
        if form.has("password") {
            put(&mut fields, "email", person.email);
            put(&mut fields, "password", person.password);
            put(&mut fields, "action", "next");
        } else {
            fields.extend(form.boxes.iter().cloned());
            put(&mut fields, "action", "allow");
        }
        let to = page.url.join(&form.action).context("a form leads nowhere")?;
        page = send(client.post(to).form(&fields)).await?;
    }
    bail!("the way through the consent pages does not end");
}

fn put(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(field, _)| field != name);
    fields.push((name.to_owned(), value.to_owned()));
}

/// An error never holds an address: a one-time link is one.
async fn send(request: reqwest::RequestBuilder) -> Result<Page> {
    let answer = request.send().await.map_err(reqwest::Error::without_url)?;
    let (status, url) = (answer.status(), answer.url().clone());
    let html = answer.text().await.map_err(reqwest::Error::without_url)?;
    if !status.is_success() {
        bail!("{} answered {status}: {}", url.path(), words(&html));
    }
    Ok(Page { url, html })
}

/// All forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) if *tag.name == b"form" => {
                open = true;
                let action = attributes(&tag).remove("action").unwrap_or_default();
                forms.push(Form { action, ..Form::default() });
            }
            Token::EndTag(tag) if *tag.name == b"form" => open = false,
            Token::StartTag(tag) if open && *tag.name == b"input" => {
                if let Some(form) = forms.last_mut() {
                    take_input(form, &attributes(&tag));
                }
            }
            _ => {}
        }
    }
    forms
}

fn take_input(form: &mut Form, attributes: &BTreeMap<String, String>) {
    let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
    if get("name").is_empty() {
        return;
    }
    let field = (get("name"), get("value"));
    match get("type").as_str() {
        "checkbox" => form.boxes.push(field),
        "submit" | "button" => {}
        _ => form.fields.push(field),
    }
}

fn attributes(tag: &StartTag<()>) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect()
}

/// What a page says, without its markup, cut to a line or two.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut unread = false;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => unread = matches!(&**tag.name, b"style" | b"script" | b"title"),
            Token::EndTag(_) => unread = false,
            Token::String(words) if !unread => text.push_str(&String::from_utf8_lossy(&words)),
            _ => {}
        }
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
