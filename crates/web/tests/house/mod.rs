//! A house of its own for each test: SQLite in memory, a fixed clock, seeded chance, two distributors
//! that must never see each other. Requests go through the whole router.

#![expect(dead_code, reason = "each test file uses its own part")]

use axum::body::Body;
use domain::catalog::Catalog;
use domain::ids::{ApiKeyId, Chance, DistributorId, InstanceId, Stream};
use domain::secret::{ExposeSecret, Place, Sealer};
use domain::time::{Clock, Timestamp};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use store::{DistributorStore, Store};
use tower::ServiceExt;
use web::{App, Settings, router};

pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        // A ms per look, so that ids sort by age.
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A counter per stream, hashed: different for every draw, the same in every run.
#[derive(Default)]
struct Seeded(Mutex<BTreeMap<Stream, u64>>);

impl Chance for Seeded {
    fn fill(&self, stream: Stream, out: &mut [u8]) {
        let mut draws = self.0.lock().unwrap();
        for chunk in out.chunks_mut(32) {
            let draw = draws.entry(stream).or_default();
            *draw += 1;
            let hash = domain::ids::token_hash(&format!("{stream:?} {draw}"));
            chunk.copy_from_slice(&hash.as_bytes()[..chunk.len()]);
        }
    }
}

/// One distributor with a key and an instance that is not authenticated.
pub struct Tenant {
    pub door: DistributorStore,
    pub key: String,
    pub instance: InstanceId,
}

pub struct House {
    pub app: App,
    pub nord: Tenant,
    pub sued: Tenant,
    router: axum::Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("a JSON answer")
    }

    /// Status and code, after holding the answer to the shape every problem has.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        let code = body["code"].as_str().expect("a code").to_owned();
        assert!(domain::codes::is_known(&code), "{code}");
        assert_eq!(body["type"], format!("/errors/{code}"));
        assert_eq!(body["status"], self.status.as_u16());
        assert!(body["title"].is_string() && body["detail"].is_string());
        (self.status.as_u16(), code)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl House {
    pub async fn new() -> House {
        House::with_public_url("http://seatwright.test").await
    }

    pub async fn with_public_url(public_url: &str) -> House {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate().await.unwrap();
        let app = App {
            store,
            clock: Arc::new(TestClock(AtomicI64::new(1_790_000_000_000))),
            chance: Arc::new(Seeded::default()),
            sealer: Sealer::new(&["ab".repeat(32).into()]).unwrap(),
            catalog: Catalog::default(),
            settings: Arc::new(Settings {
                public_url: public_url.parse().unwrap(),
                consent_page: "https://accounts.google.test/o/oauth2/v2/auth".parse().unwrap(),
                setup_code: "setup".into(),
                sandbox_notice: None,
            }),
        };
        let nord = Tenant::new(&app, "Nord").await;
        let sued = Tenant::new(&app, "Sued").await;
        let router = router(app.clone());
        House { app, nord, sued, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub async fn get(&self, tenant: &Tenant, path: &str) -> Answer {
        self.send(tenant.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, tenant: &Tenant, path: &str) -> Answer {
        self.send(tenant.request("POST", path).body(Body::empty()).unwrap()).await
    }

    /// Sends an order as it stands.
    pub async fn order_text(&self, tenant: &Tenant, key: Option<&str>, body: String) -> Answer {
        let mut request =
            tenant.request("POST", "/v1/orders").header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn order(&self, tenant: &Tenant, key: Option<&str>, body: &Value) -> Answer {
        self.order_text(tenant, key, body.to_string()).await
    }

    /// Nothing was stored for anybody.
    #[track_caller]
    pub fn is_empty(&self) -> impl Future<Output = bool> {
        let (nord, sued) = (self.nord.door.clone(), self.sued.door.clone());
        let store = self.app.store.clone();
        async move {
            let mut empty = store.next_due().await.unwrap().is_none();
            for door in [nord, sued] {
                empty &= door.orders(None, 10).await.unwrap().is_empty();
                empty &= door.customers(None, 10).await.unwrap().is_empty();
            }
            empty
        }
    }
}

impl Tenant {
    async fn new(app: &App, name: &str) -> Tenant {
        let now = app.clock.now();
        let id = DistributorId::fresh(&*app.chance, now);
        app.store.add_distributor(&id, name, now).await.unwrap();
        let door = app.store.of(id);
        let key = web::auth::new_api_key(&*app.chance);
        let key_id = ApiKeyId::fresh(&*app.chance, now);
        door.add_api_key(&key_id, "test", &key.hash, &key.hint, now).await.unwrap();
        let instance = InstanceId::fresh(&*app.chance, now);
        let place = Place { table: "instance", column: "client_secret", row: instance.as_str() };
        let secret = app.sealer.seal(&*app.chance, place, &"hush-client-secret".into());
        door.add_instance(&instance, name, "client-id", &secret, now).await.unwrap();
        Tenant { door, key: key.secret.expose_secret().to_owned(), instance }
    }

    pub fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let bearer = format!("Bearer {}", self.key);
        Request::builder().method(method).uri(path).header("authorization", bearer)
    }
}

/// A good order for Nord.
pub fn good_order() -> Value {
    json!({
        "reference": "BSS-1001", "instance": "Nord",
        "customer": {
            "domain": "acme.example", "organization": "Acme Ltd",
            "contact": {"given_name": "Ada", "family_name": "Byron", "phone": "+442071234567"},
            "alternate_email": "ada@other.example",
            "address": {"line1": "1 Main St", "locality": "London", "region": "",
                        "postal_code": "EC1A 1BB", "country_code": "GB"},
            "admin": {"user_name": "admin"},
        },
        "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": 5},
    })
}

/// The good order with one value changed; `pointer` must be there, or be a new member.
pub fn order_with(pointer: &str, value: Value) -> Value {
    let mut order = good_order();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    order.pointer_mut(parent).unwrap()[name] = value;
    order
}
