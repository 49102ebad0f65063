//! Running other programs: each in a group of its own, with a log, a time limit, and an end that leaves nothing behind.
//!
//! Never: what is run and why (`run`, `setup`, `browser`, `judges`, `bench`).

use anyhow::{Context, Result, bail};
use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a running program is asked whether it has ended.
const TICK: Duration = Duration::from_millis(20);
/// How long a program may take to end once it has been told to.
const PATIENCE: Duration = Duration::from_secs(5);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Has Ctrl-C been pressed, or have we been told to end?
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// From here on Ctrl-C and SIGTERM end the programs we started, and we end the ordinary way, cleaning up. A second
/// one kills them.
pub fn catch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        let signal = if INTERRUPTED.swap(true, Ordering::SeqCst) { "KILL" } else { "TERM" };
        for group in groups().iter() {
            signal_group(*group, signal);
        }
    })
    .context("catch Ctrl-C")
}

/// A program that is running, alone in its process group. Dropping it ends the whole group.
pub struct Running {
    child: Child,
    /// What the program takes for a polite request to end.
    farewell: &'static str,
    log: PathBuf,
}

impl Running {
    /// Starts `command` with both outputs appended to `log`. `farewell` is the signal that ends it, without "SIG".
    pub fn start(mut command: Command, log: &Path, farewell: &'static str) -> Result<Self> {
        if interrupted() {
            bail!("interrupted");
        }
        let file = OpenOptions::new().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("start {name}"))?;
        groups().push(child.id());
        Ok(Self { child, farewell, log: log.to_owned() })
    }

    /// The exit status, if the program has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until the program has ended, or we are interrupted.
    pub fn wait_until_ended(&mut self) -> Result<()> {
        while self.ended()?.is_none() && !interrupted() {
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    /// Waits until `ready`, which is asked again and again. An error if the program, called `name`, ends before, or
    /// takes longer than `limit`.
    pub fn wait_until(
        &mut self,
        name: &str,
        limit: Duration,
        ready: impl Fn() -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.ended()? {
                bail!("{name} ended at once ({status}), see {}", self.log.display());
            }
            if Instant::now() > deadline {
                bail!("{name} was not ready in {limit:?}, see {}", self.log.display());
            }
            std::thread::sleep(TICK);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.child.id();
        if matches!(self.child.try_wait(), Ok(None)) {
            signal_group(group, self.farewell);
            let deadline = Instant::now() + PATIENCE;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(TICK);
            }
        }
        // Whatever the program itself left running is in its group too.
        signal_group(group, "KILL");
        let _ended = self.child.wait();
        groups().retain(|known| *known != group);
    }
}

/// What became of a program that ran to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    Success,
    Failure(Option<i32>),
    TimedOut,
}

/// Runs `command` to its end, its outputs appended to `log`; `glance` is called many times a second.
pub fn run(command: Command, log: &Path, limit: Duration, glance: &mut dyn FnMut()) -> Result<End> {
    let mut running = Running::start(command, log, "TERM")?;
    let deadline = Instant::now() + limit;
    loop {
        if interrupted() {
            bail!("interrupted");
        }
        if let Some(status) = running.ended()? {
            return Ok(if status.success() { End::Success } else { End::Failure(status.code()) });
        }
        if Instant::now() > deadline {
            return Ok(End::TimedOut);
        }
        std::thread::sleep(TICK);
        glance();
    }
}

/// The standard output of a short program that must succeed.
pub fn read(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("start {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn groups() -> MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn signal_group(group: u32, signal: &str) {
    // The shell's own `kill`: the program of that name is a package that may be missing.
    let _gone_already = Command::new("sh")
        .args(["-c", &format!("kill -s {signal} -- -{group}")])
        .stderr(Stdio::null())
        .status();
}
