//! The sandbox that a recording is played to, in this process, with an account for each who acted in
//! it. Never: what is compared.

use super::history::Call;
use crate::failure::{Failure, Result};
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use google::record::{Body as Recorded, Exchange, Head};
use http::header;
use sandbox::{
    Api, ConsentAnswer, DROP_HEADER, OAuthClient, ResellerAccount, Sandbox, SandboxClock, Settings,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

const REDIRECT_URI: &str = "https://seatwright.example/callback";
const PASSWORD: &str = "a-password-of-the-replay";
pub const CLIENT_SECRET: &str = "a-secret-of-the-replay";
/// An access token is renewed this long before it ends, in ms.
const RENEW_MS: i64 = 60_000;

/// Everybody who acted, in the recording's words.
struct Actor {
    email: String,
    /// The reseller's own customer.
    customer: String,
    /// The same in the recording, where it shows it.
    recorded_customer: Option<String>,
    client: String,
    scopes: BTreeSet<String>,
    access: String,
    refresh: String,
    ends_at_ms: i64,
}

pub struct Stage {
    pub sandbox: Sandbox,
    router: axum::Router,
    began_at_ms: i64,
    actors: BTreeMap<String, Actor>,
}

impl Stage {
    /// An empty world with everybody who acts in the recording.
    pub fn set(head: &Head, exchanges: &[Exchange]) -> Stage {
        let actors = actors(exchanges);
        let clients = actors.values().enumerate().map(|(number, actor)| OAuthClient {
            id: actor.client.clone(),
            secret: CLIENT_SECRET.to_owned(),
            redirect_uris: vec![REDIRECT_URI.to_owned()],
            project_number: format!("1000000000{number:02}"),
            apis: Api::ALL.into(),
        });
        let accounts = actors.values().enumerate().map(|(number, actor)| {
            let sub = format!("1{number:020}");
            ResellerAccount::new(&actor.email, PASSWORD, &sub, &actor.customer)
        });
        let sandbox = Sandbox::new(Settings {
            public_url: "https://google.example".to_owned(),
            clients: clients.collect(),
            accounts: accounts.collect(),
            clock: SandboxClock::Virtual,
            ..Settings::default()
        });
        sandbox.set_now_ms(head.began_at_ms);
        let router = sandbox.router();
        Stage { sandbox, router, began_at_ms: head.began_at_ms, actors }
    }

    /// The ids of the callers' own organisations: in the recording, and here.
    pub fn homes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.actors.values().filter_map(|actor| {
            Some((actor.recorded_customer.as_deref()?, actor.customer.as_str()))
        })
    }

    /// The time goes on to that of an exchange.
    pub fn pass_time(&self, at_ms: i64) {
        self.sandbox.set_now_ms(self.sandbox.now_ms().max(self.began_at_ms.saturating_add(at_ms)));
    }

    /// The customer id of a caller's own organisation.
    pub fn reseller_of(&self, caller: &str) -> Option<String> {
        self.actors.get(caller).map(|actor| actor.customer.clone())
    }

    pub fn email_of(&self, caller: &str) -> Option<&str> {
        self.actors.get(caller).map(|actor| actor.email.as_str())
    }

    pub fn client_of(&self, caller: &str) -> Option<&str> {
        self.actors.get(caller).map(|actor| actor.client.as_str())
    }

    pub fn refresh_token_of(&self, caller: &str) -> Option<&str> {
        self.actors.get(caller).map(|actor| actor.refresh.as_str())
    }

    /// The customer who has this domain.
    pub fn customer_on(&self, domain: &str) -> Option<String> {
        self.sandbox.inspect(|world| {
            let mut customers = world.customers.values();
            customers
                .find(|customer| customer.has_domain(domain))
                .map(|customer| customer.id.clone())
        })
    }

    /// Whether that changed anything.
    pub fn set_api(&self, caller: &str, api: Api, on: bool) -> bool {
        let Some(actor) = self.actors.get(caller) else { return false };
        let is_on = self.sandbox.inspect(|world| {
            world.clients.get(&actor.client).is_some_and(|client| client.apis.contains(&api))
        });
        is_on != on && self.sandbox.set_api(&actor.client, api, on).is_ok()
    }

    /// A one-time code for these scopes, as after a consent; `None` when the sandbox would not give one.
    pub fn code(&self, caller: &str, scopes: &BTreeSet<String>) -> Option<String> {
        let actor = self.actors.get(caller)?;
        let scope = scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let query = Serializer::new(String::new())
            .append_pair("client_id", &actor.client)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("response_type", "code")
            .append_pair("scope", &scope)
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .finish();
        let link = format!("https://google.example/o/oauth2/v2/auth?{query}");
        let back = self.sandbox.consent(&link, &actor.email, &ConsentAnswer::AllowAll)?;
        let back = url::Url::parse(&back).ok()?;
        back.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
    }

    /// The form that exchanges a code.
    pub fn code_form(&self, caller: &str, code: &str) -> Vec<(String, String)> {
        let client = self.client_of(caller).unwrap_or_default();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("client_id", client),
            ("client_secret", CLIENT_SECRET),
        ];
        form.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// An access token that is good now. The first time, and when the scopes change, by a consent.
    ///
    /// # Errors
    /// When the sandbox gives none.
    pub async fn access_token(&mut self, caller: &str) -> Result<String> {
        let now_ms = self.sandbox.now_ms();
        let Some(actor) = self.actors.get(caller) else { return Ok("nobody".to_owned()) };
        if !actor.access.is_empty() && now_ms + RENEW_MS < actor.ends_at_ms {
            return Ok(actor.access.clone());
        }
        let scopes = actor.scopes.clone();
        let code = self.code(caller, &scopes).unwrap_or_default();
        let form = self.code_form(caller, &code);
        let given = self.post_form("/token", &form).await?;
        self.take_tokens(caller, &given);
        let actor = self.actors.get(caller).map(|actor| actor.access.clone()).unwrap_or_default();
        if actor.is_empty() {
            return Err(no_token(caller, &given));
        }
        Ok(actor)
    }

    /// The scopes a caller has from now on.
    pub fn grant(&mut self, caller: &str, scopes: BTreeSet<String>) {
        if let Some(actor) = self.actors.get_mut(caller)
            && actor.scopes != scopes
        {
            actor.scopes = scopes;
            actor.access.clear();
        }
    }

    pub fn take_tokens(&mut self, caller: &str, given: &Value) {
        let now_ms = self.sandbox.now_ms();
        let Some(actor) = self.actors.get_mut(caller) else { return };
        let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(token) = text("access_token") {
            let seconds = given.get("expires_in").and_then(Value::as_i64).unwrap_or(3600);
            (actor.access, actor.ends_at_ms) = (token, now_ms + seconds * 1000);
        }
        if let Some(token) = text("refresh_token") {
            actor.refresh = token;
        }
    }

    async fn post_form(&self, path: &str, form: &[(String, String)]) -> Result<Value> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let request = http::Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(body))
            .map_err(|error| Failure::internal("a request can't be written", &error))?;
        let answer = self.send(request).await?;
        let body = answer.map(|answer| answer.into_body()).unwrap_or_default();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Sends one request to the sandbox; `None` where it gives no answer.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<Option<http::Response<Bytes>>> {
        let answer = match self.router.clone().oneshot(request.map(Body::from)).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        if answer.headers().contains_key(DROP_HEADER) {
            return Ok(None);
        }
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .map_err(|error| Failure::internal("the sandbox's answer breaks off", &error))?;
        Ok(Some(http::Response::from_parts(head, body)))
    }
}

fn no_token(caller: &str, given: &Value) -> Failure {
    let message = format!("The sandbox gives {caller} no access token: {}", given["error"]);
    Failure::new(
        crate::failure::Exit::Usage,
        "recording_unusable",
        message,
        "Open an issue with the recording: this is the sandbox's fault.",
    )
}

/// Who acts, each with an account of its own; two on one domain belong to one reseller.
fn actors(exchanges: &[Exchange]) -> BTreeMap<String, Actor> {
    let callers: BTreeSet<&str> =
        exchanges.iter().map(|exchange| exchange.caller.as_deref().unwrap_or_default()).collect();
    let mut emails: BTreeMap<&str, String> = BTreeMap::new();
    let calls = || exchanges.iter().enumerate().flat_map(|(index, it)| Call::all(index, it));
    let mut homes: BTreeMap<&str, String> = BTreeMap::new();
    for call in calls() {
        let own_users = call.query("customer") == Some("my_customer");
        let (pointer, home) = match call.method {
            "gmail.users.getProfile" => ("/emailAddress", None),
            "directory.users.list" if own_users => {
                ("/users/0/primaryEmail", Some("/users/0/customerId"))
            }
            _ => continue,
        };
        let text =
            |pointer| call.said().pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if let Some(email) = text(pointer) {
            emails.entry(call.caller).or_insert(email);
        }
        if let Some(home) = home.and_then(text) {
            homes.entry(call.caller).or_insert(home);
        }
    }
    let mut resellers: BTreeMap<String, String> = BTreeMap::new();
    let actor = |(number, caller): (usize, &str)| {
        let email = emails.get(caller).cloned();
        let email = email.unwrap_or_else(|| format!("admin@reseller-{number}.example"));
        let domain = email.rsplit('@').next().unwrap_or_default().to_owned();
        let own = format!("C0reseller{number}");
        let actor = Actor {
            customer: resellers.entry(domain).or_insert(own).clone(),
            client: format!("caller-{number}.apps.replay.example"),
            recorded_customer: homes.get(caller).cloned(),
            scopes: scopes(exchanges, caller),
            email,
            access: String::new(),
            refresh: String::new(),
            ends_at_ms: 0,
        };
        (caller.to_owned(), actor)
    };
    callers.into_iter().enumerate().map(actor).collect()
}

/// The first that Google said it granted this caller; everything where it never said.
fn scopes(exchanges: &[Exchange], caller: &str) -> BTreeSet<String> {
    let mut own = exchanges.iter().filter(|it| it.caller.as_deref().unwrap_or_default() == caller);
    let granted = own.find_map(|exchange| {
        let call = Call::all(0, exchange).pop()?;
        granted(&call)
    });
    granted.unwrap_or_else(|| {
        let of_methods = google::contract::contract();
        let of_methods = of_methods.iter().map(|method| method.scope);
        of_methods.chain(["openid", "email", "profile"]).map(str::to_owned).collect()
    })
}

/// The scopes in a token endpoint's answer.
pub fn granted(call: &Call<'_>) -> Option<BTreeSet<String>> {
    let scope = call.said().get("scope").filter(|_| call.method == "oauth.token")?;
    Some(scope.as_str()?.split(' ').map(str::to_owned).collect())
}

/// The name of a form's field.
pub fn field<'a>(body: Option<&'a Recorded>, name: &str) -> Option<&'a str> {
    let Some(Recorded::Form(pairs)) = body else { return None };
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
