//! The stand for tests of the real program: a directory of its own, free ports on loopback, its servers
//! as child processes that end with the test. Never: what is expected of the program.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{Read as _, Seek as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

#[path = "../../src/demo/browser.rs"]
mod browser;

pub use browser::{Person, consent};

/// How long anything may take that is not bounded by the program itself.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// What one installation needs, and how its commands are called.
pub struct Stand {
    pub home: TempDir,
    pub environment: BTreeMap<&'static str, String>,
    pub listen: SocketAddr,
    pub google: SocketAddr,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub said: String,
    pub complained: String,
}

impl Ended {
    /// The one JSON object on standard output, of a command that succeeded.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.said).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The stable code of a command that failed with this exit code.
    #[track_caller]
    pub fn fault(&self, exit: i32) -> String {
        assert_eq!(self.code, exit, "{self:?}");
        let line = self.complained.lines().last().unwrap_or_default();
        let error: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        for part in ["message", "action"] {
            assert!(error["error"][part].as_str().is_some_and(|t| !t.is_empty()), "{self:?}");
        }
        error["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A server; dropping it kills it.
pub struct Running {
    pub child: Child,
    /// The line it began with.
    pub began: Value,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// The next line on its standard output.
    pub async fn line(&mut self) -> Value {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.lines.read_line(&mut line)).await;
        read.expect("a line in time").unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Its exit code, when it ends by itself.
    pub async fn ended(mut self) -> i32 {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.expect("an end in time").unwrap().code().unwrap_or(-1)
    }

    /// Kills it as a power failure would: no signal handler runs.
    pub async fn kill_9(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end, as a service manager does.
    pub async fn terminate(self) -> i32 {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(sent.success());
        self.ended().await
    }
}

/// An address on loopback that is free at this moment.
fn free() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap()
}

impl Stand {
    /// `database` is an address, or none for a file of its own.
    pub fn new(database: Option<String>) -> Stand {
        let home = tempfile::tempdir().unwrap();
        let (listen, google) = (free(), free());
        let database = database
            .unwrap_or_else(|| format!("sqlite:{}", home.path().join("seatwright.db").display()));
        let environment = BTreeMap::from([
            ("SEATWRIGHT_DATABASE_URL", database),
            ("SEATWRIGHT_LISTEN", listen.to_string()),
            ("SEATWRIGHT_PUBLIC_URL", format!("http://{listen}")),
            ("SEATWRIGHT_MASTER_KEY", KEY.to_owned()),
            ("SEATWRIGHT_GOOGLE_URL", format!("http://{google}")),
        ]);
        Stand { home, environment, listen, google }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.listen)
    }

    pub fn google_base(&self) -> String {
        format!("http://{}", self.google)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seatwright"));
        command
            .args(arguments)
            .current_dir(self.home.path())
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // One that ends without reading is none the worse for it.
        let mut stdin = child.stdin.take().unwrap();
        let _unread = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = tokio::time::timeout(2 * PATIENCE, child.wait_with_output()).await;
        let output = output.unwrap_or_else(|_| panic!("{arguments:?} does not end")).unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            said: String::from_utf8(output.stdout).unwrap(),
            complained: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that succeeds, and gives its JSON.
    pub async fn tell(&self, arguments: &[&str], input: &str) -> Value {
        self.run(&[&["--json"], arguments].concat(), input).await.json()
    }

    /// Starts a server or another command that says JSON lines while it runs; returns with its first.
    pub async fn start(&self, arguments: &[&str]) -> Running {
        let log = self.home.path().join("server.log");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut command = self.command(&[&["--json"], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut running = Running { child, began: json!(null), lines };
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, running.lines.read_line(&mut line)).await;
        read.expect("a first line in time").unwrap();
        assert!(!line.is_empty(), "{arguments:?} said nothing: {}", self.log());
        running.began = serde_json::from_str(&line).unwrap();
        running
    }

    pub async fn sandbox(&self) -> Running {
        self.start(&["sandbox", "--listen", &self.google.to_string()]).await
    }

    pub async fn serve(&self) -> Running {
        self.start(&["serve"]).await
    }

    /// What its servers logged.
    pub fn log(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = std::fs::File::open(self.home.path().join("server.log")) {
            file.rewind().and_then(|()| file.read_to_string(&mut text)).unwrap();
        }
        text
    }

    /// A distributor with an operator, an API key and an instance: `(API key, instance)`.
    pub async fn set_up(&self, google: &Value) -> (String, String) {
        let distributor = self.tell(&["distributor", "add", "Nord"], "").await;
        let distributor = word(&distributor["id"]);
        self.tell(
            &["operator", "add", "--email", "ada@nord.example", "--password-stdin"],
            "a long walk in the park\n",
        )
        .await;
        let key = self.tell(&["api-key", "add", "--distributor", &distributor], "").await;
        let client_id = word(&google["client_id"]);
        let add =
            ["instance", "add", "--system-name", "Google Workspace", "--client-id", &client_id];
        let instance = self.tell(&add, &word(&google["client_secret"])).await;
        assert_eq!(instance["redirect_uri"], google["redirect_uris"][0]);
        (word(&key["key"]), word(&instance["id"]))
    }

    /// Gives the consent by a one-time link; returns the last line of `instance authenticate` and its
    /// exit code.
    pub async fn authenticate(&self, instance: &str, google: &Value) -> (Value, i32) {
        let mut waiting = self.start(&["instance", "authenticate", instance]).await;
        let link = word(&waiting.began["link"]);
        let (email, password) = (word(&google["email"]), word(&google["password"]));
        let person = Person { email: &email, password: &password };
        let page = consent(&client(true), &link, person).await.unwrap();
        assert_eq!(page.url.origin().ascii_serialization(), self.base(), "{}", page.html);
        let last = waiting.line().await;
        (last, waiting.ended().await)
    }
}

/// The text of a JSON value that is one.
#[track_caller]
pub fn word(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub fn client(cookies: bool) -> reqwest::Client {
    let _already = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .cookie_store(cookies)
        .timeout(Duration::from_secs(30))
        .no_proxy()
        .build()
        .unwrap()
}

/// An order as a BSS sends it.
pub fn order(number: usize) -> Value {
    json!({
        "reference": format!("BSS-{number}"),
        "instance": "Google Workspace",
        "customer": {
            "domain": format!("acme-{number}.example"),
            "organization": "Acme Ltd",
            "contact": {"given_name": "Ada", "family_name": "Byron", "phone": "+442071234567"},
            "alternate_email": "ada@other.example",
            "address": {
                "line1": "1 Main St", "locality": "London", "region": "",
                "postal_code": "EC1A 1BB", "country_code": "GB",
            },
            "admin": {"user_name": "admin"},
        },
        "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": 5},
    })
}

/// Asks until there is an answer; panics with what was seen last when `limit` is over.
pub async fn eventually<T, S: Debug>(
    limit: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<T, S>,
) -> T {
    let mut seen = None;
    let asked = tokio::time::timeout(limit, async {
        let mut ticks = ticks();
        loop {
            ticks.tick().await;
            match ask().await {
                Ok(answer) => return answer,
                Err(other) => seen = Some(other),
            }
        }
    })
    .await;
    asked.unwrap_or_else(|_| panic!("not {what} within {limit:?}; seen last: {seen:?}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how often a condition is asked for, with a deadline"
)]
fn ticks() -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}

/// A variable of the test's own environment.
#[expect(clippy::disallowed_methods, reason = "how the test runner tells which server to use")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// All text of a file.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
