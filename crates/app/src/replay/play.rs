//! Plays a recording: one exchange after the other, each as it was recorded but for ids and secrets,
//! which are the sandbox's own. Never: how differences are told.

use super::compare::{Difference, compare};
use super::history::{Call, Fact, counts_as_done, facts};
use super::names::Names;
use super::recording::Recording;
use super::scenery::{self, Told};
use super::stage::{CLIENT_SECRET, Stage, field, granted};
use crate::failure::{Failure, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use google::record::{self, Body, Outcome, REMOVED, Reply, Request, endpoint};
use http::header;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const PASSWORD: &str = "Replayed-password-1";
const BOUNDARY: &str = "seatwright_replay";

/// What became of one call.
pub struct Played {
    /// Of its exchange.
    pub sequence: u64,
    /// Google's id of the method, or its verb and path.
    pub method: String,
    pub result: Compared,
}

pub enum Compared {
    Same,
    Different(Vec<Difference>),
    /// Why it was not played, or not compared.
    Left(&'static str),
}

/// Everything that a replay shows.
#[derive(Default)]
pub struct Shown {
    pub played: Vec<Played>,
    /// What was put there because the recording shows it: sequence and words.
    pub assumed: Vec<(u64, String)>,
    /// What could not be put there.
    pub missing: Vec<(u64, String)>,
}

/// Plays all of it; `tell` hears after each exchange how many are done.
///
/// # Errors
/// When the sandbox can't be played to at all.
pub async fn play(recording: &Recording, tell: impl Fn(usize)) -> Result<Shown> {
    let exchanges = &recording.exchanges;
    let stage = Stage::set(&recording.head, exchanges);
    let mut names = Names::default();
    for (recorded, played) in stage.homes() {
        names.learn(recorded, played);
    }
    let (shown, facts, site_tokens) = (Shown::default(), facts(exchanges), BTreeMap::new());
    let mut player = Player { stage, names, shown, facts, site_tokens };
    for index in 0..exchanges.len() {
        player.exchange(recording, index).await?;
        tell(index + 1);
    }
    Ok(player.shown)
}

struct Player {
    stage: Stage,
    names: Names,
    shown: Shown,
    /// Those that are not there yet, in order.
    facts: Vec<Fact>,
    /// What the sandbox asked to be published for a site, by site: method and token.
    site_tokens: BTreeMap<String, (String, String)>,
}

impl Player {
    async fn exchange(&mut self, recording: &Recording, index: usize) -> Result<()> {
        let exchange = &recording.exchanges[index];
        let sequence = exchange.sequence;
        self.stage.pass_time(exchange.at_ms);
        let later = self.facts.iter().position(|fact| fact.before > index);
        let later = later.unwrap_or(self.facts.len());
        for fact in self.facts.drain(..later).collect::<Vec<_>>() {
            let told = scenery::set(&self.stage, &mut self.names, &fact);
            self.told(sequence, told);
        }
        let calls = Call::all(index, exchange);
        for call in &calls {
            let mut told = scenery::meanwhile(&self.stage, &self.names, call);
            told.extend(self.published(call));
            self.told(sequence, told);
        }
        let caller = exchange.caller.as_deref().unwrap_or_default();
        let recorded = match &exchange.outcome {
            Outcome::Answer(reply) => Some(reply),
            Outcome::NoAnswer(_) => None,
        };
        let why_left = left(&exchange.request, recorded);
        if why_left.is_some() && !counts_as_done(&recording.exchanges, index) {
            self.leave(sequence, &calls, why_left.unwrap_or_default());
            return Ok(());
        }
        let recorded = recorded.filter(|_| why_left.is_none());
        let played = self.send(caller, &calls, &exchange.request, recorded).await?;
        match (recorded, played) {
            (None, _) => self.leave(sequence, &calls, "done unseen: Google's answer was lost"),
            (Some(_), None) => self.leave(sequence, &calls, "the sandbox gave no answer"),
            (Some(recorded), Some(played)) => {
                self.judge(sequence, &exchange.request, &calls, recorded, &played);
            }
        }
        Ok(())
    }

    /// The owner published what was asked for, or Google would not have verified the site.
    fn published(&mut self, call: &Call<'_>) -> Option<Told> {
        let verified = call.method == "siteVerification.webResource.insert" && call.succeeded();
        let site = call.asked().pointer("/site/identifier")?.as_str().filter(|_| verified)?;
        let (method, token) = self.site_tokens.remove(site)?;
        scenery::publish(&self.stage, site, &method, &token)
    }

    fn told(&mut self, sequence: u64, told: Vec<Told>) {
        for told in told {
            match told {
                Ok(words) => self.shown.assumed.push((sequence, words)),
                Err(words) => self.shown.missing.push((sequence, words)),
            }
        }
    }

    fn leave(&mut self, sequence: u64, calls: &[Call<'_>], why: &'static str) {
        for call in calls {
            let method = title(call.request);
            self.shown.played.push(Played { sequence, method, result: Compared::Left(why) });
        }
    }

    fn judge(
        &mut self,
        sequence: u64,
        request: &Request,
        calls: &[Call<'_>],
        recorded: &Reply,
        played: &Reply,
    ) {
        let (Some(Body::Answers(google)), Some(Body::Answers(sandbox))) =
            (&recorded.body, &played.body)
        else {
            let result = self.compared(recorded, played);
            self.shown.played.push(Played { sequence, method: title(request), result });
            return;
        };
        for (at, call) in calls.iter().enumerate() {
            let pair =
                (google.get(at).and_then(Option::as_ref), sandbox.get(at).and_then(Option::as_ref));
            let result = match pair {
                (Some(google), Some(sandbox)) => self.compared(google, sandbox),
                _ => Compared::Left("a part of the batch has no answer"),
            };
            self.shown.played.push(Played { sequence, method: title(call.request), result });
        }
    }

    fn compared(&mut self, recorded: &Reply, played: &Reply) -> Compared {
        match compare(recorded, played, &mut self.names) {
            found if found.is_empty() => Compared::Same,
            found => Compared::Different(found),
        }
    }

    async fn send(
        &mut self,
        caller: &str,
        calls: &[Call<'_>],
        request: &Request,
        recorded: Option<&Reply>,
    ) -> Result<Option<Reply>> {
        let method = request.method.as_deref().unwrap_or_default();
        let (body, content_type) = match &request.body {
            _ if method == "oauth.token" => (self.token_form(caller, calls, recorded).await?, FORM),
            Some(Body::Calls(inner)) => (self.batch(caller, inner), MULTIPART),
            _ => (self.json(caller, request), "application/json"),
        };
        let (path, query) = self.address(caller, request);
        let mut sent = http::Request::builder()
            .method(request.verb.as_str())
            .uri(format!("{path}{query}"))
            .header(header::CONTENT_TYPE, content_type)
            // As our own client has it, so that the same is compressed: nothing.
            .header(header::ACCEPT, "application/json");
        if method != "oauth.token" {
            let token = match recorded.is_some_and(is_bad_token) {
                true => "a-token-that-is-none".to_owned(),
                false => self.stage.access_token(caller).await?,
            };
            sent = sent.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let sent = sent
            .body(Bytes::from(body))
            .map_err(|error| Failure::internal("a recorded request can't be sent", &error))?;
        let Some(answer) = self.stage.send(sent).await? else { return Ok(None) };
        if method == "oauth.token" {
            let given = serde_json::from_slice(answer.body()).unwrap_or_default();
            self.stage.take_tokens(caller, &given);
        }
        if method == "siteVerification.webResource.getToken" {
            self.note_site_token(&calls[0], answer.body());
        }
        let parts = match &request.body {
            Some(Body::Calls(inner)) => Some(inner.len()),
            _ => None,
        };
        Ok(Some(record::reply(&answer, parts)))
    }

    fn note_site_token(&mut self, call: &Call<'_>, answer: &[u8]) {
        let given: Value = serde_json::from_slice(answer).unwrap_or_default();
        let site = call.asked().pointer("/site/identifier").and_then(Value::as_str);
        let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(site), Some(method), Some(token)) = (site, text("method"), text("token")) {
            self.site_tokens.insert(site.to_owned(), (method, token));
        }
    }

    /// The form that makes the sandbox say what Google said.
    async fn token_form(
        &mut self,
        caller: &str,
        calls: &[Call<'_>],
        recorded: Option<&Reply>,
    ) -> Result<String> {
        let call = &calls[0];
        if let Some(scopes) = granted(call) {
            self.stage.grant(caller, scopes);
        }
        // Makes sure that there is a refresh token.
        self.stage.access_token(caller).await?;
        let error = call.said().get("error").and_then(Value::as_str).unwrap_or_default();
        let bad = recorded.is_some() && error == "invalid_grant";
        let mut form =
            if field(call.request.body.as_ref(), "grant_type") == Some("authorization_code") {
                let scopes = granted(call).unwrap_or_default();
                let code = match bad {
                    true => "a-code-that-is-none".to_owned(),
                    false => self.stage.code(caller, &scopes).unwrap_or_default(),
                };
                self.stage.code_form(caller, &code)
            } else {
                let token = match bad {
                    true => "a-token-that-is-none",
                    false => self.stage.refresh_token_of(caller).unwrap_or_default(),
                };
                let client = self.stage.client_of(caller).unwrap_or_default();
                let pairs = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token),
                    ("client_id", client),
                    ("client_secret", CLIENT_SECRET),
                ];
                pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
            };
        if error == "invalid_client" {
            form.retain(|(name, _)| name != "client_secret");
            form.push(("client_secret".to_owned(), "a-wrong-one".to_owned()));
        }
        Ok(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
    }

    fn address(&self, caller: &str, request: &Request) -> (String, String) {
        let path = match endpoint(&request.verb, &request.path) {
            None => request.path.clone(),
            Some(found) => {
                let values = found.parameters.iter().map(|(_, value)| self.names.played(value));
                found.path_with(&values.collect::<Vec<_>>())
            }
        };
        if request.query.is_empty() {
            return (path, String::new());
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &request.query {
            let value = match name.as_str() {
                "customerAuthToken" if value == REMOVED => self.transfer_token(caller, request),
                _ => self.names.played(value),
            };
            query.append_pair(name, &value);
        }
        (path, format!("?{}", query.finish()))
    }

    /// One that the customer made for this reseller.
    fn transfer_token(&self, caller: &str, request: &Request) -> String {
        let in_path = endpoint(&request.verb, &request.path)
            .and_then(|found| found.parameters.into_iter().find(|(name, _)| name == "customerId"));
        let in_query = request.query.iter().find(|(name, _)| name == "customerId").cloned();
        let in_body = match &request.body {
            Some(Body::Json(body)) => body.get("customerDomain").and_then(Value::as_str),
            _ => None,
        };
        let in_body = in_body.map(|domain| (String::new(), domain.to_owned()));
        let customer = in_path.or(in_query).or(in_body).map(|(_, value)| self.names.played(&value));
        let reseller = self.stage.reseller_of(caller).unwrap_or_default();
        let token =
            self.stage.sandbox.make_transfer_token(&customer.unwrap_or_default(), &reseller);
        token.unwrap_or_else(|_| REMOVED.to_owned())
    }

    fn json(&self, caller: &str, request: &Request) -> String {
        let Some(Body::Json(body)) = &request.body else { return String::new() };
        let mut body = self.names.played_body(body);
        if body.get("password") == Some(&json!(REMOVED)) {
            body["password"] = json!(PASSWORD);
        }
        if body.get("raw") == Some(&json!(REMOVED)) {
            let from = self.stage.email_of(caller).unwrap_or_default();
            let mail = format!(
                "From: {from}\r\nTo: someone@replay.example\r\nSubject: Replayed\r\n\r\nReplayed.\r\n"
            );
            body["raw"] = json!(URL_SAFE.encode(mail));
        }
        body.to_string()
    }

    fn batch(&self, caller: &str, calls: &[Request]) -> String {
        let mut text = String::new();
        for (at, call) in calls.iter().enumerate() {
            let (path, query) = self.address(caller, call);
            let body = self.json(caller, call);
            let _written = write!(
                text,
                "--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <{at}>\r\n\r\n\
                 {} {path}{query} HTTP/1.1\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{body}\r\n",
                call.verb,
                body.len(),
            );
        }
        text + &format!("--{BOUNDARY}--\r\n")
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/mixed; boundary=seatwright_replay";

/// Why an exchange can't be compared.
fn left(request: &Request, recorded: Option<&Reply>) -> Option<&'static str> {
    if request.method.as_deref() == Some("oauth.revoke") {
        return Some("it would end the replay's own access");
    }
    let Some(reply) = recorded else { return Some("no answer was recorded") };
    let quota =
        ["quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"];
    let busy = matches!(reply.status, 429 | 500..)
        || (reply.status == 403 && quota.contains(&reason(reply).as_str()));
    busy.then_some("Google was busy or out of order")
}

fn reason(reply: &Reply) -> String {
    let Some(Body::Json(body)) = &reply.body else { return String::new() };
    let reason = body.pointer("/error/errors/0/reason").and_then(Value::as_str);
    reason.unwrap_or_default().to_owned()
}

/// Google did not take the access token.
fn is_bad_token(reply: &Reply) -> bool {
    reply.status == 401 && !matches!(reason(reply).as_str(), "failedPrecondition")
}

fn title(request: &Request) -> String {
    match &request.method {
        Some(method) => method.clone(),
        None => format!("{} {}", request.verb, request.path),
    }
}
