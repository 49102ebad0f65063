//! The only place where everything is put together: database, master key, client of Google, engine
//! and doors. Never: what any of them does.

use crate::chance::{SystemChance, code};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::{Exit, Failure, Result, chain};
use crate::lock::Lock;
use crate::master_key;
use axum::serve::ListenerExt as _;
use domain::catalog::Catalog;
use domain::ids::Chance;
use domain::secret::{Sealer, SecretString};
use domain::time::Clock;
use engine::{Driver, Engine, Stop};
use google::record::{Recorder, RecordingTransport};
use google::{Google, Hosts, HttpTransport, Transport};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How long open connections may take to end after a stop, in ms. What a browser keeps open to
/// follow progress never ends by itself.
const CONNECTIONS_MS_MAX: u64 = 3_000;
/// Beyond the longest call to Google: how long turns under way may take to end, in ms.
const TURNS_MS_MAX: i64 = 5_000;

/// What every command with a database works with.
#[derive(Clone)]
pub struct House {
    pub config: Config,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
}

impl House {
    /// Opens the database and brings its schema up to date. Works beside a running server.
    pub async fn open(config: Config) -> Result<House> {
        let house = House::open_as_it_is(config).await?;
        house.store.migrate().await?;
        Ok(house)
    }

    /// Opens the database and changes nothing.
    pub async fn open_as_it_is(config: Config) -> Result<House> {
        let store = Store::open(&config.database_url).await?;
        Ok(House { config, store, clock: Arc::new(SystemClock), chance: Arc::new(SystemChance) })
    }

    /// The sealer, proven to be the one this database knows.
    pub async fn sealer(&self) -> Result<Sealer> {
        let sealer = master_key::sealer(&self.config)?;
        master_key::prove(&self.store, &sealer, &*self.chance).await?;
        Ok(sealer)
    }

    /// Where Google is.
    pub fn hosts(&self) -> Hosts {
        self.config.google_url.as_ref().map_or_else(Hosts::google, Hosts::at)
    }
}

/// Takes an address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(
            Exit::InUse,
            "address_in_use",
            format!("{address} can't be listened on: {error}."),
            "Stop what listens there, or choose another address with SEATWRIGHT_LISTEN.",
        )
    })
}

/// A server that answers and works.
pub struct Server {
    pub house: House,
    /// Only while nobody can sign in.
    pub setup_code: Option<String>,
    stop: Stop,
    doors: JoinSet<std::io::Result<()>>,
    driver: JoinSet<()>,
    _lock: Option<Lock>,
}

impl Server {
    /// Starts doors and engine. `notice` is shown in the console.
    pub async fn start(
        config: Config,
        listener: TcpListener,
        notice: Option<String>,
    ) -> Result<Server> {
        // Before the database is made: without a key there is nothing to start.
        master_key::sealer(&config)?;
        let lock = config.sqlite_file().as_deref().map(Lock::take).transpose()?;
        let house = House::open(config).await?;
        let sealer = house.sealer().await?;
        if lock.is_some() {
            let released = house.store.release_all(house.clock.now()).await?;
            tracing::debug!(released, "leases of an earlier run are given back");
        }
        let new_here = !house.store.has_operator().await?;
        let setup_code = code(&*house.chance);
        let stop = Stop::default();
        let mut driver = JoinSet::new();
        driver.spawn(Driver::new(engine(&house, &sealer)?, house.config.workers).run(stop.clone()));
        let mut doors = JoinSet::new();
        let app = app(&house, sealer, &setup_code, notice);
        doors.spawn(open_doors(listener, web::router(app), stop.clone()));
        let setup_code = new_here.then_some(setup_code);
        Ok(Server { house, setup_code, stop, doors, driver, _lock: lock })
    }

    /// Serves until `shutdown`, then finishes what is under way.
    ///
    /// # Errors
    /// When the doors or the engine ended by themselves, which they never should.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<()> {
        let ended = tokio::select! {
            () = shutdown => None,
            why = self.ended() => Some(why),
        };
        self.finish().await;
        ended.map_or(Ok(()), Err)
    }

    /// Resolves when the server has ended by itself.
    pub async fn ended(&mut self) -> Failure {
        let why = tokio::select! {
            Some(ended) = self.doors.join_next() => match ended {
                Ok(Ok(())) => "the listener ended".to_owned(),
                Ok(Err(error)) => chain(&error),
                Err(error) => chain(&error),
            },
            Some(ended) = self.driver.join_next() => match ended {
                Ok(()) => "the engine ended".to_owned(),
                Err(error) => chain(&error),
            },
            else => "everything ended".to_owned(),
        };
        let message = format!("The server stopped by itself: {why}.");
        Failure::new(Exit::Internal, "internal", message, "Read the log and start it again.")
    }

    async fn finish(mut self) {
        self.stop.stop();
        let wait = Duration::from_millis(CONNECTIONS_MS_MAX);
        if tokio::time::timeout(wait, self.doors.join_next()).await.is_err() {
            self.doors.abort_all();
        }
        let ms = self.house.config.timing.call_ms_max.saturating_add(TURNS_MS_MAX);
        let wait = Duration::from_millis(u64::try_from(ms).unwrap_or(CONNECTIONS_MS_MAX));
        if tokio::time::timeout(wait, self.driver.join_next()).await.is_err() {
            tracing::warn!("turns under way are given up; the next start goes on with them");
        }
        self.house.store.close().await;
    }
}

fn engine(house: &House, sealer: &Sealer) -> Result<Engine> {
    let transport = HttpTransport::new(house.config.timing.call_ms_max)
        .map_err(|error| Failure::internal("the client of Google can't be set up", &error))?;
    let transport = recorded(house, Arc::new(transport))?;
    let google = Google::new(transport, house.hosts(), house.clock.clone());
    Ok(Engine {
        store: house.store.clone(),
        google,
        clock: house.clock.clone(),
        chance: house.chance.clone(),
        sealer: sealer.clone(),
        catalog: Catalog::default(),
        timing: house.config.timing,
        public_url: house.config.public_base().to_owned(),
    })
}

/// The transport, with a recorder around it where the configuration wants one.
fn recorded(house: &House, transport: Arc<dyn Transport>) -> Result<Arc<dyn Transport>> {
    let Some(path) = &house.config.google_record else { return Ok(transport) };
    let stand_in = house.config.google_url.is_some();
    let bytes_max = house.config.google_record_bytes_max;
    let recorder = Recorder::start(path, bytes_max, stand_in, &*house.clock, &*house.chance);
    let recorder = recorder.map_err(|error| {
        Failure::new(
            Exit::Usage,
            "recording_unwritable",
            format!("The recording can't be begun: {error}."),
            "Name a file in a directory that this user can write to with SEATWRIGHT_GOOGLE_RECORD, \
             or unset it.",
        )
    })?;
    let path = recorder.path().display();
    tracing::warn!(
        %path,
        "the traffic with Google is recorded, without secrets and personal data; \
         unset SEATWRIGHT_GOOGLE_RECORD to end that"
    );
    let (hosts, clock) = (house.hosts(), house.clock.clone());
    Ok(Arc::new(RecordingTransport::new(transport, Arc::new(recorder), hosts, clock)))
}

fn app(house: &House, sealer: Sealer, setup_code: &str, notice: Option<String>) -> web::App {
    web::App {
        store: house.store.clone(),
        clock: house.clock.clone(),
        chance: house.chance.clone(),
        sealer,
        catalog: Catalog::default(),
        settings: Arc::new(web::Settings {
            public_url: house.config.public_url.clone(),
            consent_page: house.hosts().consent_page().clone(),
            setup_code: SecretString::from(setup_code),
            sandbox_notice: notice,
        }),
    }
}

async fn open_doors(
    listener: TcpListener,
    router: axum::Router,
    stop: Stop,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // A refusal costs some latency only.
        let _ = stream.set_nodelay(true);
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(async move { stop.stopped().await }).await
}

/// Hears Ctrl-C and requests to terminate from this call on; resolves at the first one. Called
/// before anybody is told that the server listens, so that no signal finds the default handler.
pub fn interrupted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let hear = |kind, name| match signal(kind) {
        Ok(heard) => Some(heard),
        Err(error) => {
            tracing::error!(%error, name, "a signal can't be heard");
            None
        }
    };
    let terminate = hear(SignalKind::terminate(), "SIGTERM");
    let interrupt = hear(SignalKind::interrupt(), "SIGINT");
    async move {
        tokio::select! {
            () = next(terminate) => {}
            () = next(interrupt) => {}
        }
    }
}

async fn next(heard: Option<tokio::signal::unix::Signal>) {
    match heard {
        Some(mut heard) => drop(heard.recv().await),
        None => std::future::pending().await,
    }
}

/// The words for a person who has to set the first operator up.
pub fn setup_words(config: &Config, code: &str) -> String {
    format!("Open {}/setup and enter set-up code {code}", config.public_base())
}
