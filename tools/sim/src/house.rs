//! One installation under test, with everything around it: database, sandbox, clock, network.

use crate::chance::SeededChance;
use crate::peril::Peril;
use crate::transport::{InProcess, Wire};
use axum::body::Body;
use domain::activation::{Api as OurApi, CONSENT_MS_MAX};
use domain::catalog::Catalog;
use domain::ids::{ActivationId, ApiKeyId, Chance, DistributorId, InstanceId, token, token_hash};
use domain::secret::{Place, Sealer, SecretString};
use domain::time::{Clock, Timestamp};
use engine::{Engine, Timing, Turn, TurnError};
use google::{Google, Hosts};
use http::Request;
use http_body_util::BodyExt;
use sandbox::{Api, AuthRequest, OAuthClient, ResellerAccount, Sandbox, SandboxClock, Settings};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use store::{CommitHook, Origin, Store};
use tower::ServiceExt;
use url::Url;

const START_MS: i64 = 1_790_000_000_000;
pub const CLIENT_ID: &str = "sim.apps.googleusercontent.com";
pub const CLIENT_SECRET: &str = "GOCSPX-sim";
const REDIRECT_URI: &str = "https://seatwright.example/callback";
/// Three people: the one who consented, a colleague, and one who may not resell.
pub const ACCOUNT: &str = "admin@reseller.example";
pub const OTHER_ACCOUNT: &str = "other@reseller.example";
pub const CLERK: &str = "clerk@plain.example";

/// A clock that moves only when told to.
#[derive(Clone)]
pub struct SimClock(Arc<AtomicI64>);

impl SimClock {
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms())
    }
}

pub struct House {
    store: Store,
    pub sandbox: Sandbox,
    pub clock: SimClock,
    pub wire: Wire,
    pub timing: Timing,
    chance: Arc<dyn Chance>,
    sealer: Sealer,
    pub distributor: DistributorId,
    pub instance: InstanceId,
    api_key: String,
}

/// A started program: nothing of it survives its death but the database and Google.
pub struct Process {
    pub engine: Engine,
    pub peril: Peril,
}

/// How somebody consented.
pub struct Consent {
    pub account: &'static str,
    /// The box that was left unticked.
    pub without: Option<OurApi>,
    /// Google knows the code; otherwise it has expired.
    pub code_known: bool,
    /// Google gives a refresh token.
    pub offline: bool,
    pub redirect_uri: &'static str,
}

impl Default for Consent {
    fn default() -> Self {
        Consent {
            account: ACCOUNT,
            without: None,
            code_known: true,
            offline: true,
            redirect_uri: REDIRECT_URI,
        }
    }
}

/// How one turn of a process ended.
#[derive(Debug)]
pub enum Ran {
    Turn(Turn),
    GaveUp(TurnError),
    Died,
}

impl House {
    /// A house on embedded SQLite.
    pub async fn new(seed: u64) -> House {
        House::on(false, seed).await
    }

    /// With an instance whose consent was given.
    pub async fn on(postgres: bool, seed: u64) -> House {
        let store = Store::open(&database_url(postgres)).await.expect("the test database opens");
        store.migrate().await.expect("the schema is made");
        let sandbox = Sandbox::new(google_settings(seed));
        sandbox.set_now_ms(START_MS);
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(seed));
        let clock = SimClock(Arc::new(AtomicI64::new(START_MS)));
        let sealer = Sealer::new(&[SecretString::from("5".repeat(64))]).expect("a master key");
        let now = clock.now();
        let house = House {
            distributor: DistributorId::fresh(&*chance, now),
            instance: InstanceId::fresh(&*chance, now),
            api_key: format!("swk_{}", token(&*chance)),
            store,
            sandbox,
            clock,
            wire: Wire::default(),
            timing: Timing::default(),
            chance,
            sealer,
        };
        house.furnish().await;
        house
    }

    async fn furnish(&self) {
        let now = self.clock.now();
        self.store.add_distributor(&self.distributor, "Nord", now).await.expect("a distributor");
        let door = self.store.of(self.distributor.clone());
        let key_id = ApiKeyId::fresh(&*self.chance, now);
        let hash = token_hash(&self.api_key);
        door.add_api_key(&key_id, "sim", &hash, "swk_", now).await.expect("an API key");
        let place =
            Place { table: "instance", column: "client_secret", row: self.instance.as_str() };
        let secret = self.sealer.seal(&*self.chance, place, &CLIENT_SECRET.into());
        door.add_instance(&self.instance, "Google Workspace", CLIENT_ID, &secret, now)
            .await
            .expect("an instance");
        self.consent().await;
        let process = self.start();
        for _ in 0..3 {
            let ran = process.turn().await;
            assert!(matches!(ran, Ran::Turn(_)), "{ran:?}");
        }
        assert!(self.authenticated().await, "the activation passes");
    }

    /// The reseller's admin consents to everything; the engine does the rest.
    pub async fn consent(&self) -> ActivationId {
        self.consent_with(&Consent::default()).await
    }

    /// Somebody comes back from Google with a code. The whole way with browser and forms is walked
    /// by the end-to-end tests.
    pub async fn consent_with(&self, consent: &Consent) -> ActivationId {
        let now = self.clock.now();
        let door = self.store.of(self.distributor.clone());
        let id = ActivationId::fresh(&*self.chance, now);
        let until = now.plus_ms(CONSENT_MS_MAX);
        let to = consent.redirect_uri;
        door.start_activation(&id, &self.instance, Origin::Console, None, to, now, until)
            .await
            .expect("an activation");
        let activation = door.activation(&id).await.expect("readable").expect("there");
        let place = |column| Place { table: "activation", column, row: id.as_str() };
        let verifier = SecretString::from(token(&*self.chance));
        let verifier = self.sealer.seal(&*self.chance, place("verifier"), &verifier);
        let state = token_hash(&token(&*self.chance));
        let browser = token_hash(&token(&*self.chance));
        self.store
            .send_to_google(&activation, &state, &browser, &verifier, until)
            .await
            .expect("sent to Google");
        let code = format!("4/0{}", token(&*self.chance));
        if consent.code_known {
            self.give_code(&code, consent);
        }
        let sealed = self.sealer.seal(&*self.chance, place("code"), &code.into());
        let taken = self.store.receive_code(&activation, &sealed, self.clock.now()).await;
        assert!(taken.expect("stored"), "a first code is taken");
        id
    }

    fn give_code(&self, code: &str, consent: &Consent) {
        let mut scopes: BTreeSet<String> = OurApi::ALL
            .iter()
            .filter(|api| consent.without != Some(**api))
            .map(|api| api.scope().to_owned())
            .collect();
        scopes.insert("openid".into());
        scopes.insert("email".into());
        let request = AuthRequest {
            client_id: CLIENT_ID.into(),
            redirect_uri: REDIRECT_URI.into(),
            scopes: scopes.clone(),
            state: None,
            offline: consent.offline,
            prompt: ["consent".to_owned()].into(),
            include_granted_scopes: false,
            login_hint: None,
            nonce: None,
            challenge: None,
        };
        let expires_at_ms = self.sandbox.now_ms() + 600_000;
        self.sandbox.alter(|world| {
            let code_state = sandbox::world::Code {
                email: consent.account.into(),
                scopes,
                request,
                consented: true,
                expires_at_ms,
            };
            world.codes.insert(code.to_owned(), code_state);
        });
    }

    /// Changes the instance's client secret.
    pub async fn change_secret(&self, secret: &str) {
        let place =
            Place { table: "instance", column: "client_secret", row: self.instance.as_str() };
        let sealed = self.sealer.seal(&*self.chance, place, &secret.to_owned().into());
        let door = self.store.of(self.distributor.clone());
        let (name, now) = ("Google Workspace", self.clock.now());
        let changed =
            door.change_instance(&self.instance, name, CLIENT_ID, Some(&sealed), now).await;
        assert!(changed.expect("stored"), "the instance is there");
    }

    pub async fn authenticated(&self) -> bool {
        let door = self.store.of(self.distributor.clone());
        let instance = door.instance(&self.instance).await.expect("readable").expect("there");
        instance.state.credential().is_some()
    }

    /// Starts the program.
    #[must_use]
    pub fn start(&self) -> Process {
        let peril = Peril::default();
        let transport = InProcess {
            sandbox: self.sandbox.clone(),
            wire: self.wire.clone(),
            peril: peril.clone(),
            clock: self.clock.clone(),
            call_ms_max: self.timing.call_ms_max,
        };
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let base = Url::parse("http://google.example").expect("an address");
        let engine = Engine {
            store: self.store.with_commit_hook(hook(&peril)),
            google: Google::new(Arc::new(transport), Hosts::at(&base), clock.clone()),
            clock,
            chance: self.chance.clone(),
            sealer: self.sealer.clone(),
            catalog: Catalog::default(),
            timing: self.timing,
            public_url: "https://seatwright.example".into(),
        };
        Process { engine, peril }
    }

    /// The doors, in front of the same database.
    pub fn web(&self) -> axum::Router {
        web::router(web::App {
            store: self.store.clone(),
            clock: Arc::new(self.clock.clone()),
            chance: self.chance.clone(),
            sealer: self.sealer.clone(),
            catalog: Catalog::default(),
            settings: Arc::new(web::Settings {
                public_url: Url::parse("https://seatwright.example").expect("an address"),
                consent_page: Url::parse("http://google.example/o/oauth2/v2/auth")
                    .expect("an address"),
                setup_code: SecretString::from("SIM-CODE".to_owned()),
                sandbox_notice: None,
            }),
        })
    }

    /// Places an order as a BSS does. Gives status and body.
    pub async fn order(&self, body: &serde_json::Value) -> (u16, serde_json::Value) {
        self.call("POST", "/v1/orders", Some(body)).await
    }

    pub async fn get(&self, path: &str) -> (u16, serde_json::Value) {
        self.call("GET", path, None).await
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> (u16, serde_json::Value) {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "seatwright.example")
            .header("authorization", format!("Bearer {}", self.api_key))
            .header("content-type", "application/json")
            .body(Body::from(body))
            .expect("a request");
        let response = self.web().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Lets time pass, for us and for Google; late requests arrive on their way.
    pub async fn advance(&self, ms: i64) {
        self.clock.advance(ms);
        self.keep_time().await;
    }

    /// Brings the sandbox to our time.
    pub async fn keep_time(&self) {
        let now_ms = self.clock.now_ms().max(self.sandbox.now_ms());
        self.sandbox.set_now_ms(now_ms);
        self.wire.deliver(&self.sandbox, now_ms).await;
    }

    /// Runs every turn that becomes due within `horizon_ms` from now, jumping over the waiting times
    /// in between. False: the process died.
    pub async fn run(&self, process: &Process, turns_max: u32, horizon_ms: i64) -> bool {
        let end = self.clock.now().plus_ms(horizon_ms);
        for _ in 0..turns_max {
            let ran = process.turn().await;
            self.keep_time().await;
            match ran {
                Ran::Turn(Turn::Idle) => {
                    let due = self.store.next_due().await.expect("readable");
                    match due.filter(|due| *due <= end) {
                        Some(due) => self.advance(due.ms_since(self.clock.now()).max(1)).await,
                        None => return true,
                    }
                }
                Ran::Turn(_) => self.advance(1).await,
                Ran::Died => return false,
                Ran::GaveUp(error) => panic!("{error:?}"),
            }
        }
        let (_, orders) = self.get("/v1/orders").await;
        panic!("nothing settled within {turns_max} turns: {orders:#}");
    }

    /// Closes the database's connections.
    pub async fn close(&self) {
        self.store.close().await;
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl Process {
    /// One turn, unless the process dies in it.
    pub async fn turn(&self) -> Ran {
        tokio::select! {
            biased;
            () = self.peril.died() => Ran::Died,
            turn = self.engine.turn() => match turn {
                Ok(turn) => Ran::Turn(turn),
                Err(error) => Ran::GaveUp(error),
            },
        }
    }
}

fn hook(peril: &Peril) -> CommitHook {
    let peril = peril.clone();
    // Called twice per commit: before it, with the transaction open, and after it.
    let calls = Arc::new(AtomicU64::new(0));
    Arc::new(move || {
        let after = calls.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        let peril = peril.clone();
        Box::pin(async move {
            let name = if after { "after a commit" } else { "before a commit" };
            peril.point(name, after).await;
        })
    })
}

fn google_settings(seed: u64) -> Settings {
    Settings {
        clients: vec![OAuthClient {
            id: CLIENT_ID.into(),
            secret: CLIENT_SECRET.into(),
            redirect_uris: vec![REDIRECT_URI.into()],
            project_number: "1".into(),
            apis: Api::ALL.into_iter().collect(),
        }],
        accounts: vec![
            ResellerAccount::new(ACCOUNT, "pw", "100000000000000000001", "C00reseller"),
            ResellerAccount::new(OTHER_ACCOUNT, "pw", "100000000000000000002", "C00reseller"),
            ResellerAccount {
                may_resell: false,
                ..ResellerAccount::new(CLERK, "pw", "100000000000000000003", "C00plain")
            },
        ],
        seed,
        clock: SandboxClock::Virtual,
        ..Settings::default()
    }
}

/// Every house has a database of its own.
#[expect(clippy::disallowed_methods, reason = "the test runner says where its server is")]
fn database_url(postgres: bool) -> String {
    if !postgres {
        return "sqlite::memory:".to_owned();
    }
    static HOUSES: AtomicU64 = AtomicU64::new(0);
    let number = HOUSES.fetch_add(1, Ordering::SeqCst);
    let server = std::env::var("SEATWRIGHT_TEST_POSTGRES").expect(
        "set SEATWRIGHT_TEST_POSTGRES=postgres://user@host:port/database; cargo x test does",
    );
    let sign = if server.contains('?') { '&' } else { '?' };
    format!("{server}{sign}schema=sim_{}_{number}", std::process::id())
}
