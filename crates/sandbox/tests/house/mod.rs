//! A sandbox in process and short ways to talk to it. Never: assertions.
#![expect(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use sandbox::{Api, ConsentAnswer, OAuthClient, ResellerAccount, Sandbox, SandboxClock, Settings};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::Url;

pub const CALLBACK: &str = "https://console.example/back?keep=1";
pub const RESELLER: &str = "ada@reseller.example";
pub const PASSWORD: &str = "correct horse";
pub const DAY_MS: i64 = 86_400_000;
pub const START_MS: i64 = 1_790_000_000_000;

pub const ORDER: &str = "https://www.googleapis.com/auth/apps.order";
pub const USER: &str = "https://www.googleapis.com/auth/admin.directory.user";
pub const CUSTOMER: &str = "https://www.googleapis.com/auth/admin.directory.customer";
pub const LICENSING: &str = "https://www.googleapis.com/auth/apps.licensing";
pub const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
pub const SITES: &str = "https://www.googleapis.com/auth/siteverification";
pub const DIRECTORY: [&str; 5] = [
    USER,
    CUSTOMER,
    "https://www.googleapis.com/auth/admin.directory.domain",
    "https://www.googleapis.com/auth/admin.directory.orgunit",
    "https://www.googleapis.com/auth/admin.directory.group",
];
pub const SECURITY: &str = "https://www.googleapis.com/auth/admin.directory.user.security";
pub const GMAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";

pub struct House {
    pub sandbox: Sandbox,
    pub token: String,
}

pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// `status reason`, or `status` alone when it isn't a refusal.
    pub fn gist(&self) -> String {
        let reason = serde_json::from_str::<Value>(&self.text).ok().and_then(|body| {
            body.pointer("/error/errors/0/reason")
                .or_else(|| body.get("error"))
                .and_then(Value::as_str)
                .map(str::to_owned)
        });
        match reason {
            Some(reason) => format!("{} {reason}", self.status),
            None => self.status.to_string(),
        }
    }

    pub fn is_dropped(&self) -> bool {
        self.headers.contains_key(sandbox::DROP_HEADER)
    }

    #[track_caller]
    pub fn location(&self) -> Url {
        let location = self.headers.get("location").expect("a redirect");
        Url::parse(location.to_str().expect("text")).expect("a URL")
    }
}

pub fn settings() -> Settings {
    Settings {
        public_url: "http://sandbox.example".to_owned(),
        clients: vec![
            client("client-1", "111"),
            client("client-2", "111"),
            client("client-3", "333"),
        ],
        accounts: vec![
            ResellerAccount::new(RESELLER, PASSWORD, "100000000000000000001", "C0reseller"),
            ResellerAccount::new(
                "bob@rival.example",
                "battery staple",
                "100000000000000000002",
                "C0rival00",
            ),
            ResellerAccount {
                may_resell: false,
                ..ResellerAccount::new(
                    "eve@plain.example",
                    "plain password",
                    "100000000000000000003",
                    "C0plain00",
                )
            },
        ],
        clock: SandboxClock::Virtual,
        ..Settings::default()
    }
}

fn client(id: &str, project: &str) -> OAuthClient {
    OAuthClient {
        id: id.to_owned(),
        secret: format!("secret of {id}"),
        redirect_uris: vec![CALLBACK.to_owned()],
        project_number: project.to_owned(),
        apis: Api::ALL.into_iter().collect(),
    }
}

/// A link to the consent page as our client would make it, with `more` appended.
pub fn link(scopes: &str, more: &[(&str, &str)]) -> String {
    let pairs = [
        ("client_id", "client-1"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", scopes),
        ("state", "s t&te"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .extend_pairs(more)
        .finish();
    format!("/o/oauth2/v2/auth?{query}")
}

pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

impl House {
    /// Signed in as the reseller with all scopes, at `START_MS`.
    pub async fn new() -> House {
        House::with(settings()).await
    }

    pub async fn with(settings: Settings) -> House {
        let sandbox = Sandbox::new(settings);
        sandbox.set_now_ms(START_MS);
        let mut house = House { sandbox, token: String::new() };
        house.sign_in().await;
        house
    }

    /// Takes a new token, since one is good for an hour.
    pub async fn sign_in(&mut self) {
        let scopes = [&[ORDER, LICENSING, SEND, GMAIL, SITES, SECURITY], &DIRECTORY[..]].concat();
        self.token = self.token_of(RESELLER, &scopes).await;
    }

    /// Moves the time on by so many days and signs in again.
    pub async fn wait_days(&mut self, days: i64) {
        self.sandbox.set_now_ms(self.sandbox.now_ms() + days * DAY_MS);
        self.sign_in().await;
    }

    /// Answers 200 or 201 to something that is played at the control API.
    #[track_caller]
    pub fn play(&self, path: &str, body: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.control(path, body.clone()).await;
            let fine = matches!(answer.status, 200 | 201);
            assert!(fine, "{place}: {path} {body}: {} {}", answer.status, answer.text);
            answer.json()
        }
    }

    /// A call that has to end like this: `status reason`, or the status alone.
    #[track_caller]
    pub fn expect(
        &self,
        verb: &str,
        path: &str,
        body: Value,
        gist: &str,
    ) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.call(verb, path, body.clone()).await;
            assert_eq!(answer.gist(), gist, "{place}: {verb} {path} {body}: {}", answer.text);
            serde_json::from_str(&answer.text).unwrap_or(Value::Null)
        }
    }

    /// A customer with an administrator who has accepted the terms; returns its id.
    pub async fn ready_customer(&self, domain: &str) -> String {
        let id = self.customer(domain).await;
        let admin = format!("admin@{domain}");
        self.user(&admin).await;
        self.play("users/alter", json!({"email": admin, "admin": true})).await;
        self.play("accept-terms", json!({"customer": id})).await;
        id
    }

    pub async fn token_of(&self, email: &str, scopes: &[&str]) -> String {
        self.tokens_of(email, scopes).await["access_token"].as_str().expect("a token").to_owned()
    }

    pub async fn tokens_of(&self, email: &str, scopes: &[&str]) -> Value {
        let link = link(&scopes.join(" "), &[("access_type", "offline"), ("prompt", "consent")]);
        let back = self.sandbox.consent(&link, email, &ConsentAnswer::AllowAll).expect("consent");
        let code = parameter(&Url::parse(&back).expect("a URL"), "code").expect("a code");
        let answer = self.form("/token", &code_form(&code, &[])).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.sandbox.router().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).expect("text"),
        }
    }

    pub async fn open(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    /// A call with this token; `Value::Null` sends no body.
    pub async fn call_as(&self, token: &str, verb: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call_raw(token, verb, path, body).await
    }

    pub async fn call_raw(&self, token: &str, verb: &str, path: &str, body: String) -> Answer {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    pub async fn call(&self, verb: &str, path: &str, body: Value) -> Answer {
        self.call_as(&self.token, verb, path, body).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        self.call_as("", "POST", &format!("/sandbox/v1/{path}"), body).await
    }

    /// A new customer; returns its id.
    pub async fn customer(&self, domain: &str) -> String {
        let answer = self.call("POST", "/apps/reseller/v1/customers", customer(domain)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["customerId"].as_str().expect("an id").to_owned()
    }

    /// A new user of that domain.
    pub async fn user(&self, email: &str) {
        let answer = self.call("POST", "/admin/directory/v1/users", user(email)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    /// A new subscription; returns its id.
    pub async fn subscription(&self, customer_id: &str, body: Value) -> String {
        let path = format!("/apps/reseller/v1/customers/{customer_id}/subscriptions");
        let answer = self.call("POST", &path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["subscriptionId"].as_str().expect("an id").to_owned()
    }
}

pub fn code_form<'a>(code: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("client_id", "client-1"),
        ("client_secret", "secret of client-1"),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ];
    form.extend(more);
    form
}

pub fn customer(domain: &str) -> Value {
    json!({
        "customerDomain": domain,
        "alternateEmail": "ada@other.example",
        "phoneNumber": "+442071234567",
        "postalAddress": {
            "contactName": "Ada Byron", "organizationName": "Acme Ltd", "addressLine1": "1 Main St",
            "locality": "London", "postalCode": "EC1A 1BB", "countryCode": "GB",
        },
    })
}

pub fn user(email: &str) -> Value {
    json!({
        "primaryEmail": email,
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "password": "a long password",
        "externalIds": [{"type": "custom", "customType": "seatwright", "value": "u-1"}],
        "isAdmin": true,
    })
}

pub fn flexible(seats: i32) -> Value {
    json!({
        "skuId": "1010020027",
        "plan": {"planName": "FLEXIBLE"},
        "seats": {"maximumNumberOfSeats": seats},
        "purchaseOrderId": "order-1",
    })
}

pub fn annual(seats: i32) -> Value {
    json!({
        "skuId": "1010020028",
        "plan": {"planName": "ANNUAL_MONTHLY_PAY"},
        "seats": {"numberOfSeats": seats},
        "renewalSettings": {"renewalType": "RENEW_CURRENT_USERS_MONTHLY_PAY"},
    })
}

/// The body with the value at this JSON pointer replaced or added.
pub fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("a parent")[name] = value;
    body
}

pub fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// One call of a batch: verb, path, body.
pub type BatchCall<'a> = (&'a str, String, Value);

impl House {
    /// Sends calls as one batch; gives the whole answer.
    pub async fn batch_raw(&self, path: &str, calls: &[BatchCall<'_>]) -> Answer {
        let mut body = String::new();
        for (at, (verb, path, json)) in calls.iter().enumerate() {
            let json = if json.is_null() { String::new() } else { json.to_string() };
            body.push_str(&format!(
                "--part\r\nContent-Type: application/http\r\nContent-ID: <call+{at}>\r\n\r\n{verb} {path} HTTP/1.1\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}\r\n",
                json.len()
            ));
        }
        body.push_str("--part--\r\n");
        let request = Request::post(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "multipart/mixed; boundary=\"part\"")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    /// The parts of the answer, each with its Content-ID where it has one.
    pub async fn batch(
        &self,
        path: &str,
        calls: &[BatchCall<'_>],
    ) -> Vec<(Option<String>, Answer)> {
        let answer = self.batch_raw(path, calls).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let kind = answer.headers["content-type"].to_str().expect("text");
        let boundary = kind.split_once("boundary=").expect("a boundary").1;
        answer
            .text
            .split(&format!("--{boundary}"))
            .filter(|part| part.contains("application/http"))
            .map(part_of)
            .collect()
    }
}

fn part_of(text: &str) -> (Option<String>, Answer) {
    let (outer, inner) = text.split_once("\r\n\r\n").expect("a head");
    let id = outer.lines().find_map(|line| line.strip_prefix("Content-ID: ")).map(str::to_owned);
    let (head, body) = inner.split_once("\r\n\r\n").expect("an inner head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let text = body.trim_end().to_owned();
    (id, Answer { status, headers: http::HeaderMap::new(), text })
}
