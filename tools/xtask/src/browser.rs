//! The stand for the walk in a real browser: the real program twice, as Google's sandbox and as the server, on
//! loopback and embedded SQLite, with one distributor and one operator made on the command line.
//!
//! Never: what is clicked and expected (tools/browser/activation.mjs).

use crate::process::Running;
use crate::scratch;
use crate::setup::Browser;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long a server may take to answer its first request.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long one answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);
const OPERATOR_EMAIL: &str = "operator@nord.example";
const OPERATOR_PASSWORD: &str = "a long walk in the park";
const RESELLER_EMAIL: &str = "admin@reseller.example";
const RESELLER_PASSWORD: &str = "a reseller's password";
const CLIENT_ID: &str = "walk.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "GOCSPX-walk";

/// Running servers, ready for a visitor. Dropping it stops them and removes their data.
pub struct Stand {
    // In this order: the servers end before their data goes.
    _serve: Running,
    _sandbox: Running,
    _home: TempDir,
    tools: PathBuf,
    facts: Value,
}

impl Stand {
    /// Starts both servers; returns once both answer.
    pub fn start(workspace: &Workspace, program: &Path, log: &Path) -> Result<Self> {
        let home = scratch::make(&workspace.target.join("test-run"), "browser")?;
        let (sandbox, serve) = (free_address()?, free_address()?);
        let seatwright = Seatwright { program, home: home.path(), sandbox, serve };

        let mut running_sandbox = Running::start(seatwright.sandbox(), log, "TERM")?;
        running_sandbox.wait_until("the sandbox", START_LIMIT, || answers(sandbox, "/"))?;
        let distributor = seatwright.tell(&["distributor", "add", "Nord", "--json"], "")?;
        let distributor = distributor["id"].as_str().context("distributor add names no id")?;
        let operator =
            ["--distributor", distributor, "--email", OPERATOR_EMAIL, "--password-stdin", "--json"];
        seatwright.tell(&[&["operator", "add"], &operator[..]].concat(), OPERATOR_PASSWORD)?;
        let mut running_serve = Running::start(seatwright.command(&["serve"]), log, "TERM")?;
        running_serve.wait_until("seatwright serve", START_LIMIT, || answers(serve, "/healthz"))?;

        let facts = json!({
            "base": format!("http://{serve}"),
            "sandbox": format!("http://{sandbox}"),
            "operator": { "email": OPERATOR_EMAIL, "password": OPERATOR_PASSWORD },
            "google": {
                "email": RESELLER_EMAIL,
                "password": RESELLER_PASSWORD,
                "clientId": CLIENT_ID,
                "clientSecret": CLIENT_SECRET,
            },
            "screenshots": workspace.target.join("screenshots"),
        });
        let tools = workspace.root.join("tools/browser");
        Ok(Self { _serve: running_serve, _sandbox: running_sandbox, _home: home, tools, facts })
    }

    /// The walk itself. It prints a `test result:` line and fails on the first thing that isn't as expected.
    pub fn walk(&self, browser: &Browser) -> Command {
        let mut facts = self.facts.clone();
        facts["chromium"] = json!(browser.chromium);
        let mut command = Command::new(&browser.node);
        command.current_dir(&self.tools).args(["activation.mjs", &facts.to_string()]);
        command
    }
}

/// How the program is called on this stand.
struct Seatwright<'a> {
    program: &'a Path,
    home: &'a Path,
    sandbox: SocketAddr,
    serve: SocketAddr,
}

impl Seatwright<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        let database = format!("sqlite:{}", self.home.join("seatwright.db").display());
        command
            .args(arguments)
            .current_dir(self.home)
            .env("SEATWRIGHT_DATABASE_URL", database)
            .env("SEATWRIGHT_LISTEN", self.serve.to_string())
            .env("SEATWRIGHT_PUBLIC_URL", format!("http://{}", self.serve))
            .env(
                "SEATWRIGHT_MASTER_KEY",
                "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            )
            .env("SEATWRIGHT_GOOGLE_URL", format!("http://{}", self.sandbox));
        command
    }

    fn sandbox(&self) -> Command {
        let listen = self.sandbox.to_string();
        let mut command = self.command(&["sandbox", "--listen", &listen]);
        command.args(["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET]).args([
            "--email",
            RESELLER_EMAIL,
            "--password",
            RESELLER_PASSWORD,
        ]);
        command
    }

    /// Runs a command that answers in JSON, with `input` on its standard input.
    fn tell(&self, arguments: &[&str], input: &str) -> Result<Value> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("its standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("seatwright {}: {}\n{complaint}", arguments.join(" "), output.status);
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// A port on loopback that is free at this moment.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Does a server answer a GET there with 200?
fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.split(' ').nth(1) == Some("200"))
}
