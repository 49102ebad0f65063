//! A fresh database per test, on either kind of server, and the things every test needs in it. Never
//! a check of its own.

use domain::catalog::Catalog;
use domain::command::{Change, Command, Refusal, accept};
use domain::desired::Desired;
use domain::ids::{
    ActivationId, Chance, CredentialId, CustomerId, DistributorId, InstanceId, OrderId, SecretId,
    Stream, SubscriptionId,
};
use domain::order::{self, Order};
use domain::secret::Sealed;
use domain::time::Timestamp;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use std::io::Write;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    Activation, Credential, DistributorStore, Lease, NewOrder, NewSecret, Origin, Placed, Source,
    Store, WorkKind,
};
use tempfile::TempDir;

/// Some moment of the year 2026; tests count from it.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);
/// How long the leases of these tests last, in ms.
pub const LEASE_MS: i64 = 1_000;

#[must_use]
pub fn later(ms: i64) -> Timestamp {
    NOW.plus_ms(ms)
}

/// One database with the current schema.
#[derive(Clone)]
pub struct Base {
    pub store: Store,
    /// The address it was opened by.
    pub url: String,
    /// The address of a database in which nothing is yet.
    pub empty_url: String,
    raw: Raw,
    chance: Arc<Counting>,
}

/// The same database behind the store's back, to damage it and to count what is in it.
#[derive(Clone)]
enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Never the same twice, and the same in every run.
#[derive(Default)]
struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, _: Stream, out: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        for (byte, value) in out.iter_mut().rev().zip(number.to_le_bytes()) {
            *byte = value;
        }
    }
}

/// Makes `name::sqlite` and `name::postgres` of each `async fn name(base: Base)`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                crate::base::on_sqlite(|base| Box::pin(super::$name(base)));
            }

            #[test]
            fn postgres() {
                crate::base::on_postgres(|base| Box::pin(super::$name(base)));
            }
        }
    )*};
}
pub(crate) use on_both;

type Test = fn(Base) -> BoxFuture<'static, ()>;

pub fn on_sqlite(test: Test) {
    let home = TempDir::new().expect("a temporary directory");
    let url = |name: &str| format!("sqlite:{}", home.path().join(name).display());
    let (url, empty_url) = (url("store.db"), url("empty.db"));
    run(async move {
        let raw = Raw::Sqlite(SqlitePool::connect_lazy(&url).unwrap());
        with_base(url, empty_url, raw, test).await;
        drop(home);
    });
}

/// # Panics
/// When nobody said which server to use, so that leaving PostgreSQL out is always a choice.
pub fn on_postgres(test: Test) {
    static SCHEMAS: AtomicU64 = AtomicU64::new(0);
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration to come in through")]
    let server = std::env::var("SEATWRIGHT_TEST_POSTGRES").unwrap_or_default();
    match server.as_str() {
        "none" => {
            // Past the test runner's capture: what was left out has to be seen.
            std::io::stderr().write_all(b"left out on PostgreSQL, as asked for\n").unwrap();
            return;
        }
        "" => panic!(
            "set SEATWRIGHT_TEST_POSTGRES to the address of a PostgreSQL server for tests, such as \
             postgres://user@127.0.0.1:5432/postgres (`cargo x postgres` runs one and prints it), or \
             to \"none\" to leave PostgreSQL out"
        ),
        _ => {}
    }
    let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
    let schema = format!("conformance_{}_{number}", std::process::id());
    let mark = if server.contains('?') { '&' } else { '?' };
    run(async move {
        let admin = PgPool::connect(&server).await.expect("the PostgreSQL server for tests");
        let drop_schema = format!("drop schema if exists {schema}, {schema}_empty cascade");
        sqlx::raw_sql(AssertSqlSafe(drop_schema.clone())).execute(&admin).await.unwrap();
        let search_path = format!("options[search_path]={schema}");
        let raw = PgPool::connect_lazy(&format!("{server}{mark}{search_path}")).unwrap();
        let url = format!("{server}{mark}schema={schema}");
        let base = with_base(url.clone(), format!("{url}_empty"), Raw::Postgres(raw), test);
        let done = AssertUnwindSafe(base).catch_unwind().await;
        sqlx::raw_sql(AssertSqlSafe(drop_schema)).execute(&admin).await.unwrap();
        done.unwrap_or_else(|panic| resume_unwind(panic));
    });
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(test);
}

async fn with_base(url: String, empty_url: String, raw: Raw, test: Test) {
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();

    let base =
        Base { store: store.clone(), url, empty_url, raw: raw.clone(), chance: Arc::default() };
    let done = AssertUnwindSafe(test(base)).catch_unwind().await;
    store.close().await;
    match raw {
        Raw::Sqlite(pool) => pool.close().await,
        Raw::Postgres(pool) => pool.close().await,
    }
    done.unwrap_or_else(|panic| resume_unwind(panic));
}

impl Base {
    /// Runs statements past the store.
    pub async fn past_the_store(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let touched = match &self.raw {
            Raw::Sqlite(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
            Raw::Postgres(pool) => sqlx::query(sql).execute(pool).await.unwrap().rows_affected(),
        };
        assert!(touched > 0, "no row was touched");
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("select count(*) from {table}"));
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// How many rows all tables that a distributor writes have.
    pub async fn rows(&self) -> i64 {
        let mut rows = 0;
        for table in [
            "operator",
            "api_key",
            "instance",
            "credential",
            "activation",
            "customer",
            "desired",
            "subscription",
            "observed",
            "work",
            "orders",
            "idempotency",
            "secret",
            "attempt",
            "event",
        ] {
            rows += self.count(table).await;
        }
        rows
    }

    /// 32 characters that no other call gives.
    pub fn hash(&self) -> String {
        format!("{:032}", self.chance.0.fetch_add(1, Ordering::Relaxed))
    }

    pub fn id<T>(&self, fresh: fn(&dyn Chance, Timestamp) -> T) -> T {
        fresh(&*self.chance, NOW)
    }

    pub async fn distributor(&self, name: &str) -> DistributorStore {
        let id = self.id(DistributorId::fresh);
        self.store.add_distributor(&id, name, NOW).await.unwrap();
        self.store.of(id)
    }

    pub async fn instance(&self, of: &DistributorStore, system_name: &str) -> InstanceId {
        let id = self.id(InstanceId::fresh);
        let secret = Sealed("k.secret".into());
        of.add_instance(&id, system_name, "client", &secret, NOW).await.unwrap();
        id
    }

    /// A distributor with one instance.
    pub async fn nord(&self) -> (DistributorStore, InstanceId) {
        let nord = self.distributor("Nord").await;
        let instance = self.instance(&nord, "Workspace").await;
        (nord, instance)
    }

    /// An order of a new customer with this domain; reference and body follow from the domain.
    pub fn new_order(&self, instance: &InstanceId, domain: &str) -> NewOrder {
        NewOrder {
            id: self.id(OrderId::fresh),
            reference: format!("BSS-{domain}"),
            source: Source::Api,
            instance: instance.clone(),
            customer: self.id(CustomerId::fresh),
            subscription: self.id(SubscriptionId::fresh),
            secret: NewSecret {
                id: self.id(SecretId::fresh),
                password: Sealed("k.password".into()),
                link: Sealed("k.link".into()),
                link_hash: self.hash(),
                expires_at: later(100_000),
            },
            domain: domain.to_owned(),
            organization: "Acme Ltd".into(),
            body_hash: format!("body of {domain}"),
            idempotency_key: None,
        }
    }

    /// Places an order of a new customer, due at once.
    pub async fn customer(
        &self,
        of: &DistributorStore,
        instance: &InstanceId,
        domain: &str,
    ) -> CustomerId {
        let new = self.new_order(instance, domain);
        let placed = place(of, &new).await;
        assert_eq!(placed, Placed::New(new.id));
        new.customer
    }

    /// Takes the one lease that is due.
    pub async fn claim(&self, now: Timestamp) -> Lease {
        self.store.claim(now, LEASE_MS).await.unwrap().expect("something is due")
    }

    /// A lease on an instance, as the engine gets one; whatever else was due is put off for ever.
    pub async fn claim_instance(&self, instance: &InstanceId, now: Timestamp) -> Lease {
        loop {
            let lease = self.claim(now).await;
            if lease.kind == WorkKind::Instance && lease.key == instance.as_str() {
                return lease;
            }
            rest(&self.store, &lease).await;
        }
    }

    /// A dialogue that is at Google, from a browser of its own.
    pub async fn at_google(&self, of: &DistributorStore, instance: &InstanceId) -> Activation {
        let id = self.id(ActivationId::fresh);
        let (uri, until) = ("https://seatwright.example/back", later(10_000));
        of.start_activation(&id, instance, Origin::Console, None, uri, NOW, until).await.unwrap();
        let activation = of.activation(&id).await.unwrap().unwrap();
        let (state, verifier) = (self.hash(), Sealed("k.verifier".into()));
        let sent = self.store.send_to_google(&activation, &state, "browser", &verifier, until);
        sent.await.unwrap();
        of.activation(&id).await.unwrap().unwrap()
    }

    /// A dialogue whose code is here, and the engine's lease to work on it.
    pub async fn checking(
        &self,
        of: &DistributorStore,
        instance: &InstanceId,
    ) -> (Activation, Lease) {
        let activation = self.at_google(of, instance).await;
        let code = Sealed("k.code".into());
        assert!(self.store.receive_code(&activation, &code, NOW).await.unwrap());
        let lease = self.claim_instance(instance, NOW).await;
        (of.activation(&activation.id).await.unwrap().unwrap(), lease)
    }

    pub fn candidate(&self, instance: &InstanceId) -> Credential {
        let token = Sealed("k.token".into());
        let account = ("reseller@nord.example".to_owned(), "1234".to_owned());
        let scopes = vec!["openid".to_owned(), "email".to_owned()];
        let id = self.id(CredentialId::fresh);
        Credential::candidate(id, instance.clone(), token, account, scopes, NOW)
    }

    /// Brings a credential into force the way the engine does.
    pub async fn authenticate(&self, of: &DistributorStore, instance: &InstanceId) -> Credential {
        let (activation, lease) = self.checking(of, instance).await;
        let credential = self.candidate(instance);
        self.store.put_candidate(&lease, &activation, &credential, &[]).await.unwrap();
        let account = ("reseller@nord.example", "1234");
        let passed =
            self.store.pass_activation(&lease, &activation, &credential.id, account, &[], NOW);
        passed.await.unwrap();
        rest(&self.store, &lease).await;
        credential
    }
}

/// Gives a lease back with nothing left to do.
pub async fn rest(store: &Store, lease: &Lease) {
    store.release(lease, Timestamp::NEVER, None, None, &[], NOW).await.unwrap();
}

/// What the intake asks the store to do with an order.
pub async fn place(of: &DistributorStore, new: &NewOrder) -> Placed {
    of.place_order(new, NOW, accepting(new)).await.unwrap()
}

/// The decision about an order, as the intake makes it.
pub fn accepting(
    new: &NewOrder,
) -> impl FnOnce(Option<&Desired>) -> Result<Change, Refusal> + use<> {
    let command = Command::Order {
        id: new.id.clone(),
        order: Box::new(order_of(&new.reference, &new.domain)),
        instance: new.instance.clone(),
        subscription: new.subscription.clone(),
        secret: new.secret.id.clone(),
    };
    move |desired| accept(desired, &command, &Catalog::default())
}

fn order_of(reference: &str, domain: &str) -> Order {
    let body = json!({
        "reference": reference, "instance": "Workspace",
        "customer": {
            "domain": domain, "organization": "Acme Ltd",
            "contact": {"given_name": "Ada", "family_name": "Byron"},
            "alternate_email": "ada@private.example",
            "address": {"postal_code": "EC1A 1BB", "country_code": "GB"},
            "admin": {"user_name": "admin"}},
        "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": 5}
    });
    order::read(&body, &Catalog::default()).expect("a good order")
}
