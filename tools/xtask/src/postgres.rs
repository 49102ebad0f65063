//! A throw-away PostgreSQL server for one test run: own directory, own port on loopback, gone at the end.
//!
//! Never: a database that anybody else uses.

use crate::process::{self, Running};
use crate::workspace::Workspace;
use crate::{scratch, setup};
use anyhow::{Result, bail};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take to accept its first connection.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Whom the server runs as when we are root, in the order of preference: Debian's package makes the first.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];
/// Nothing in here has to survive a power failure.
const SETTINGS: [&str; 4] =
    ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"];
const ROLE: &str = "seatwright";

/// The variable that names the PostgreSQL server for tests.
pub const URL_VARIABLE: &str = "SEATWRIGHT_TEST_POSTGRES";

/// Runs a server for tests by hand, until Ctrl-C.
pub fn serve(workspace: &Workspace) -> Result<bool> {
    process::catch_interrupts()?;
    let log = workspace.target.join("postgres.log");
    setup::provide(setup::DATABASES, &log)?;
    let mut cluster = Cluster::start_in(workspace, &log)?;
    println!("export {URL_VARIABLE}={}", cluster.url);
    println!("running until Ctrl-C");
    cluster.server.wait_until_ended()?;
    Ok(true)
}

/// A running server. Dropping it stops the server and removes its data.
pub struct Cluster {
    /// `postgres://…`, with the right to create databases.
    pub url: String,
    /// In this order: the server ends before its data goes.
    server: Running,
    _home: TempDir,
}

impl Cluster {
    /// Starts one under the target directory.
    pub fn start_in(workspace: &Workspace, log: &Path) -> Result<Self> {
        Self::start(&setup::find(&setup::POSTGRES)?, &workspace.target.join("test-run"), log)
    }

    /// Makes and starts a server from the programs in `binaries`; returns once it accepts connections.
    fn start(binaries: &Path, parent: &Path, log: &Path) -> Result<Self> {
        let owner = Owner::choose()?;
        let home = home(parent, &owner)?;
        let data = home.path().join("data");
        let password = initialise(binaries, home.path(), &data, &owner)?;

        // A port that is free at this moment; the server fails, and says so, if another is quicker.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut server = server_command(binaries, &owner);
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", ""]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let mut server = Running::start(server, log, "INT")?;
        server.wait_until("PostgreSQL", START_LIMIT, || is_ready(&data, &owner))?;
        let url = format!("postgres://{ROLE}:{password}@127.0.0.1:{port}/postgres");
        Ok(Self { url, server, _home: home })
    }
}

/// The server writes "ready" as the eighth line of its pid file, which nobody but its user may read.
fn is_ready(data: &Path, owner: &Owner) -> bool {
    let pid_file = process::read(owner.command(Path::new("cat")).arg(data.join("postmaster.pid")));
    pid_file.is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
}

fn initialise(binaries: &Path, home: &Path, data: &Path, owner: &Owner) -> Result<String> {
    let password = random_hex()?;
    let secret = home.join("password");
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&secret)?;
    file.write_all(password.as_bytes())?;
    owner.give(&secret)?;
    let mut initdb = owner.command(&binaries.join("initdb"));
    initdb.arg("-D").arg(data).arg("--pwfile").arg(&secret);
    // The plain password never leaves loopback, and unoptimised test clients are slow at scram.
    initdb.args(["-U", ROLE, "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    process::read(&mut initdb)?;
    Ok(password)
}

/// The server, ended by the kernel should we be killed without a chance to end it.
fn server_command(binaries: &Path, owner: &Owner) -> Command {
    let server = binaries.join("postgres");
    match setup::on_path("setpriv") {
        Some(setpriv) => {
            let mut command = owner.command(&setpriv);
            command.args(["--pdeathsig", "QUIT", "--"]).arg(server);
            command
        }
        None => owner.command(&server),
    }
}

fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Who owns the server's files and runs it.
enum Owner {
    Ourselves,
    Other { uid: u32, gid: u32 },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !setup::is_root()? {
            return Ok(Self::Ourselves);
        }
        let id = |flag: &str, user: &str| -> Result<u32> {
            Ok(process::read(Command::new("id").args([flag, user]))?.trim().parse()?)
        };
        for user in UNPRIVILEGED {
            if let (Ok(uid), Ok(gid)) = (id("-u", user), id("-g", user)) {
                return Ok(Self::Other { uid, gid });
            }
        }
        bail!(
            "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as"
        )
    }

    /// A command that runs as the owner, from a directory that everyone may enter.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    fn can_write(&self, path: &Path) -> bool {
        let mut test = self.command(Path::new("test"));
        test.arg("-w").arg(path).status().is_ok_and(|status| status.success())
    }

    fn give(&self, path: &Path) -> Result<()> {
        if let Self::Other { uid, gid } = self {
            std::os::unix::fs::chown(path, Some(*uid), Some(*gid))?;
        }
        Ok(())
    }
}

/// A directory under `parent`, or under the system's temporary directory if the server's user can't come there.
fn home(parent: &Path, owner: &Owner) -> Result<TempDir> {
    for place in [parent.to_owned(), std::env::temp_dir()] {
        let home = scratch::make(&place, "postgres")?;
        owner.give(home.path())?;
        if owner.can_write(home.path()) {
            return Ok(home);
        }
    }
    bail!("no directory that PostgreSQL's user can write to")
}
