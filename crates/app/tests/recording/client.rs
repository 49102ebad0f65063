//! The client against a sandbox on loopback, with and without a recorder around it. Never: what it says.

use domain::ids::{Chance, CredentialId, Stream};
use domain::time::{Clock, Timestamp};
use google::record::{Recorder, RecordingTransport};
use google::{
    Answered, Change, Google, Grant, Hosts, HttpTransport, OAuthClient, Page, Pages, Read,
    Transport,
};
use sandbox::{Api, ConsentAnswer, ResellerAccount, Sandbox, Settings};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

const REDIRECT_URI: &str = "http://127.0.0.1/back";

/// Goes on by a minute with each look, from the sandbox's present.
struct Minutes(AtomicI64);

impl Clock for Minutes {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

struct Nines;

impl Chance for Nines {
    fn fill(&self, _: Stream, out: &mut [u8]) {
        out.fill(9);
    }
}

/// One reseller's client.
pub struct Ours {
    pub sandbox: Sandbox,
    pub google: Google,
    /// The same without a recorder.
    pub unseen: Google,
    pub grant: Grant,
    clock: Arc<Minutes>,
    _serving: JoinSet<std::io::Result<()>>,
}

impl Ours {
    /// Connected to a sandbox of its own; what it says from then on is recorded in `file`.
    pub async fn new(file: &Path) -> Ours {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let client = sandbox::OAuthClient {
            id: "ours".to_owned(),
            secret: "hush-hush".to_owned(),
            redirect_uris: vec![REDIRECT_URI.to_owned()],
            project_number: "112233445566".to_owned(),
            apis: Api::ALL.into(),
        };
        let account = ResellerAccount::new(
            "ada@nordlicht.example",
            "pass",
            "101010101010101010101",
            "C0nordlicht",
        );
        let sandbox = Sandbox::new(Settings {
            public_url: base.clone(),
            clients: vec![client],
            accounts: vec![account],
            ..Settings::default()
        });
        let mut serving = JoinSet::new();
        serving.spawn(sandbox::serve(sandbox.clone(), listener, std::future::pending()));
        let clock = Arc::new(Minutes(AtomicI64::new(sandbox.now_ms())));
        let hosts = Hosts::at(&Url::parse(&base).unwrap());
        let wire: Arc<dyn Transport> = Arc::new(HttpTransport::new(20_000).unwrap());
        let recorder = Recorder::start(file, 10_000_000, true, &*clock, &Nines).unwrap();
        let recording =
            RecordingTransport::new(wire.clone(), Arc::new(recorder), hosts.clone(), clock.clone());
        let google = Google::new(Arc::new(recording), hosts.clone(), clock.clone());
        let unseen = Google::new(wire, hosts, clock.clone());
        let grant = connect(&sandbox, &base, &google).await;
        Ours { sandbox, google, unseen, grant, clock, _serving: serving }
    }

    /// Lets a day go by, here and at the sandbox.
    pub fn sleep(&self) {
        let now_ms = self.sandbox.now_ms() + 86_400_000;
        self.sandbox.set_now_ms(now_ms);
        self.clock.0.store(now_ms, Ordering::Relaxed);
    }

    pub async fn read<A: Answered>(&self, read: Read<A>) -> Option<A> {
        self.google.read(&self.grant, &read, &mut Vec::new()).await.ok()
    }

    pub async fn change<A: Answered>(&self, change: Change<A>) -> Option<A> {
        let now = self.clock.now();
        self.google.change(&self.grant, &change, now, &mut Vec::new()).await.ok()
    }

    /// A change that the recording does not show.
    pub async fn hidden<A: Answered>(&self, change: Change<A>) -> A {
        let now = self.clock.now();
        self.unseen.change(&self.grant, &change, now, &mut Vec::new()).await.expect("it is done")
    }

    pub async fn together<A: Answered>(&self, changes: &[Change<A>]) -> usize {
        let now = self.clock.now();
        let done = self.google.change_batch(&self.grant, changes, now, &mut Vec::new()).await;
        done.expect("the batch arrives").into_iter().filter(Result::is_ok).count()
    }

    pub async fn page<P: Page>(&self, mut pages: Pages<P>) -> Vec<P::Item> {
        let page = self.google.next_page(&self.grant, &mut pages, &mut Vec::new()).await;
        page.ok().flatten().map(Page::into_items).unwrap_or_default()
    }
}

async fn connect(sandbox: &Sandbox, base: &str, google: &Google) -> Grant {
    let scopes = google::contract::contract();
    let scopes: std::collections::BTreeSet<&str> =
        scopes.iter().map(|method| method.scope).chain(["openid", "email"]).collect();
    let mut link = Url::parse(&format!("{base}/o/oauth2/v2/auth")).unwrap();
    link.query_pairs_mut().extend_pairs([
        ("client_id", "ours"),
        ("redirect_uri", REDIRECT_URI),
        ("response_type", "code"),
        ("scope", &scopes.into_iter().collect::<Vec<_>>().join(" ")),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ]);
    let back = sandbox.consent(link.as_str(), "ada@nordlicht.example", &ConsentAnswer::AllowAll);
    let back = Url::parse(&back.expect("a way back")).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let client = OAuthClient { id: "ours".to_owned(), secret: "hush-hush".to_owned().into() };
    let (code, verifier) = (code.into(), "v".repeat(43).into());
    let given =
        google.exchange_code(&client, &code, &verifier, REDIRECT_URI, &mut Vec::new()).await;
    let credential = "crd_00000000000000000000000000".parse::<CredentialId>().unwrap();
    let refresh_token = given.unwrap().refresh_token.expect("offline was asked for");
    Grant { credential, client, refresh_token }
}
