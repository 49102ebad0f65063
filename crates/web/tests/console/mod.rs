//! A browser without a screen: keeps cookies, carries the token of the form it saw last, follows
//! nothing by itself. Its clock can be set forward.

#![expect(dead_code, reason = "each test file uses its own part")]

use crate::house::{Answer, House, Tenant};
use axum::body::Body;
use domain::ids::OperatorId;
use domain::time::{Clock, Timestamp};
use http::{Request, StatusCode};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;
use web::{App, router};

pub const EMAIL: &str = "ada@nord.example";
pub const PASSWORD: &str = "correct horse battery";

/// Time as the house sees it, and what it was set forward by.
pub struct Forward {
    clock: Arc<dyn Clock>,
    ms: AtomicI64,
}

impl Clock for Forward {
    fn now(&self) -> Timestamp {
        self.clock.now().plus_ms(self.ms.load(Ordering::Relaxed))
    }
}

/// The doors of a house whose time can be set forward.
pub struct Doors {
    pub app: App,
    forward: Arc<Forward>,
    router: axum::Router,
}

impl Doors {
    pub fn of(house: &House) -> Doors {
        let clock = house.app.clock.clone();
        let forward = Arc::new(Forward { clock, ms: AtomicI64::new(0) });
        let app = App { clock: forward.clone(), ..house.app.clone() };
        Doors { router: router(app.clone()), app, forward }
    }

    pub fn advance(&self, ms: i64) {
        self.forward.ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { doors: self, cookies: Mutex::default(), token: Mutex::default() }
    }

    /// A browser in which an operator of this distributor is signed in.
    pub async fn signed_in(&self, tenant: &Tenant, email: &str) -> Browser<'_> {
        let app = &self.app;
        let hash = web::auth::hash_password(&*app.chance, PASSWORD.into()).await.unwrap();
        let id = OperatorId::fresh(&*app.chance, app.clock.now());
        tenant.door.add_operator(&id, email, &hash, app.clock.now()).await.unwrap();
        let browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser.get("/orders").await;
        browser
    }
}

pub struct Browser<'a> {
    doors: &'a Doors,
    cookies: Mutex<BTreeMap<String, String>>,
    /// Of the last page with a form.
    token: Mutex<String>,
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.lock().unwrap().clone();
        let with_token: Vec<_> =
            fields.iter().copied().chain([("form_token", token.as_str())]).collect();
        self.post_bare(path, &with_token).await
    }

    /// Sends a form with what is given and nothing else.
    pub async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, fields, "same-origin").await
    }

    pub async fn post_from(&self, path: &str, fields: &[(&str, &str)], site: &str) -> Answer {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.send(request, body.into()).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    async fn send(&self, request: http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<_> =
            self.cookies.lock().unwrap().iter().map(|(name, v)| format!("{name}={v}")).collect();
        let request = request.header("host", "seatwright.test");
        let request = request.header("cookie", cookies.join("; ")).body(body).unwrap();
        let response = self.doors.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if let Some(token) = hidden(&text, "form_token") {
            *self.token.lock().unwrap() = token;
        }
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }
}

/// A hidden field's value.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&marker)?;
    Some(rest.split_once('"')?.0.to_owned())
}

#[track_caller]
pub fn leads_to(answer: &Answer, path: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(answer.header("location"), path);
}

/// A good order as the form sends it, for this instance.
pub fn order_fields<'a>(instance: &'a str, reference: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("/reference", reference),
        ("/instance", instance),
        ("/customer/domain", "acme.example"),
        ("/customer/organization", "Acme & Söhne <Ltd>"),
        ("/customer/contact/given_name", "Ada"),
        ("/customer/contact/family_name", "Byron"),
        ("/customer/contact/phone", "+442071234567"),
        ("/customer/alternate_email", "ada@other.example"),
        ("/customer/address/line1", "1 Main St"),
        ("/customer/address/locality", "London"),
        ("/customer/address/region", ""),
        ("/customer/address/postal_code", "EC1A 1BB"),
        ("/customer/address/country_code", "GB"),
        ("/customer/admin/user_name", "admin"),
        ("/subscription/sku", "1010020027"),
        ("/subscription/payment_plan", "FLEXIBLE"),
        ("/subscription/seats", "5"),
    ]
}
