//! `cargo x test`: carries out the stages, each with a log, a line of progress and a verdict.
//!
//! Never: which stages there are (`stages`).

use crate::artifacts::{Artifacts, TestBinary};
use crate::postgres::{self, Cluster};
use crate::process::{self, End};
use crate::report::{self, Counts, Verdict};
use crate::stages::{self, STAGES, Stage, Target, Work};
use crate::workspace::Workspace;
use crate::{browser, generated, judges, licences, setup, tidy};
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long one program of a stage may take: a cold build on two slow cores is the longest.
const LIMIT: Duration = Duration::from_mins(30);
/// How much of a log is shown when a stage fails.
const TAIL_LINES: usize = 60;
/// How often a run that nobody watches on a terminal says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);
#[derive(clap::Args)]
pub struct Options {
    /// Run these stages alone, and what they build on
    #[arg(long, value_delimiter = ',', value_name = "STAGE")]
    only: Vec<String>,
    /// List the stages and stop
    #[arg(long)]
    list: bool,
    /// How many seeds the simulation runs
    #[arg(long, default_value_t = 60)]
    seeds: u32,
    /// Also run cargo-deny, installing it if need be (takes minutes)
    #[arg(long)]
    deny: bool,
}

/// Runs the stages and prints the summary. `Ok(false)` if anything failed; an error if it couldn't go on.
pub fn test(workspace: &Workspace, options: &Options) -> Result<bool> {
    if options.list {
        for stage in STAGES {
            println!("{:<13} {}", stage.name, stage.about);
        }
        return Ok(true);
    }
    let chosen = choose(options)?;
    process::catch_interrupts()?;
    let mut run = Run::new(workspace, options, &chosen)?;
    let started = Instant::now();
    let mut results = Vec::new();
    for (index, stage) in chosen.iter().enumerate() {
        let place = format!("{:>2}/{}", index + 1, chosen.len());
        results.push(run.stage(stage, &place)?);
        if matches!(stage.work, Work::Setup) && !results.iter().all(report::Result::good) {
            break;
        }
    }
    println!("\n{}", report::summary(&results));
    let logs = run.logs.strip_prefix(&workspace.root).unwrap_or(&run.logs);
    println!("in {}; logs in {}", report::seconds(started.elapsed()), logs.display());
    Ok(results.iter().all(report::Result::good))
}

/// The stages that were asked for, and the set-up and the build if one of them needs it.
fn choose(options: &Options) -> Result<Vec<&'static Stage>> {
    let named = |stage: &Stage| options.only.iter().any(|name| name == stage.name);
    if let Some(unknown) = options.only.iter().find(|name| STAGES.iter().all(|s| s.name != *name)) {
        bail!("there is no stage `{unknown}`; `cargo x test --list` shows them");
    }
    let asked = |stage: &Stage| match stage.work {
        Work::Deny => options.deny || named(stage),
        _ => options.only.is_empty() || named(stage),
    };
    let anyone =
        |needs: fn(&Stage) -> bool| STAGES.iter().any(|stage| asked(stage) && needs(stage));
    let setup = [stages::needs_postgres, stages::needs_browser, stages::needs_judges];
    let setup = setup.into_iter().any(anyone);
    let build = anyone(stages::needs_build);
    let chosen = STAGES.iter().filter(|stage| {
        asked(stage)
            || (setup && matches!(stage.work, Work::Setup))
            || (build && matches!(stage.work, Work::Build))
    });
    Ok(chosen.collect())
}

/// What the stages of one run share.
struct Run<'a> {
    workspace: &'a Workspace,
    seeds: u32,
    /// Whether a PostgreSQL server of our own is needed.
    own_postgres: bool,
    /// Whether a browser is needed.
    browser: bool,
    /// Whether Google's own clients are needed.
    judges: bool,
    logs: PathBuf,
    artifacts: Option<Artifacts>,
    postgres: Option<Cluster>,
}

impl<'a> Run<'a> {
    fn new(workspace: &'a Workspace, options: &Options, chosen: &[&Stage]) -> Result<Self> {
        let logs = workspace.target.join("test-logs");
        let _none_yet = std::fs::remove_dir_all(&logs);
        std::fs::create_dir_all(&logs)?;
        let any = |needs: fn(&Stage) -> bool| chosen.iter().any(|stage| needs(stage));
        Ok(Self {
            workspace,
            seeds: options.seeds,
            own_postgres: any(stages::needs_postgres)
                && std::env::var_os(postgres::URL_VARIABLE).is_none(),
            browser: any(stages::needs_browser),
            judges: any(stages::needs_judges),
            logs,
            artifacts: None,
            postgres: None,
        })
    }

    /// Carries one stage out. An error ends the run; everything else is a verdict.
    fn stage(&mut self, stage: &'static Stage, place: &str) -> Result<report::Result> {
        let log = self.log(stage.name);
        std::fs::write(&log, "")?;
        println!("{place}  {:<13} {}", stage.name, stage.about);
        let started = Instant::now();
        let verdict =
            self.carry_out(stage).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")));
        if process::interrupted() {
            bail!("interrupted");
        }
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        if let Verdict::Failed(why) = &verdict {
            println!("{}\n       {} failed: {why}\n", report::tail(&text, TAIL_LINES), stage.name);
        }
        for line in report::told(&text) {
            println!("       {line}");
        }
        let counts = Counts::in_log(&text);
        let result = report::Result::new(stage.name, verdict, counts, started.elapsed());
        println!("       {} in {}", describe(&result), report::seconds(result.took));
        Ok(result)
    }

    fn carry_out(&mut self, stage: &'static Stage) -> Result<Verdict> {
        if stages::needs_build(stage)
            && !matches!(stage.work, Work::Build)
            && self.artifacts.is_none()
        {
            return Ok(Verdict::NotRun("the build failed".to_owned()));
        }
        match stage.work {
            Work::Setup => self.set_up(stage),
            Work::Cargo(arguments) => self.cargo(stage, arguments),
            Work::Tidy => self.faults(stage, &tidy::faults(self.workspace)?),
            Work::Licences => self.faults(stage, &licences::faults(self.workspace)?),
            Work::Deny => self.deny(stage),
            Work::Build => self.build(stage),
            Work::Tests(targets) => self.tests(stage, targets),
            Work::Generated => {
                let fresh = self.workspace.target.join("generated");
                let program = self.built()?.program()?.to_owned();
                self.faults(stage, &generated::faults(self.workspace, &program, &fresh)?)
            }
            Work::Judges(targets) => self.judges(stage, targets),
            Work::Browser => self.browser(stage),
        }
    }

    fn log(&self, stage: &str) -> PathBuf {
        self.logs.join(format!("{stage}.log"))
    }

    fn built(&self) -> Result<&Artifacts> {
        self.artifacts.as_ref().context("nothing has been built")
    }

    /// Runs one program of a stage, with progress.
    fn run(&self, stage: &Stage, command: Command) -> Result<End> {
        let mut progress = Progress::new(stage.name);
        let log = self.log(stage.name);
        process::run(command, &log, LIMIT, &mut || progress.glance(&log))
    }

    fn set_up(&self, stage: &Stage) -> Result<Verdict> {
        let log = self.log(stage.name);
        let databases = if self.own_postgres { setup::DATABASES } else { &[] };
        let walk = if self.browser { setup::BROWSER } else { &[] };
        let judges = if self.judges { setup::JUDGES } else { &[] };
        setup::provide(&[databases, walk, judges].concat(), &log)?;
        if self.browser {
            setup::browser(self.workspace, &log)?;
        }
        if self.judges {
            setup::judges(self.workspace, &log)?;
        }
        Ok(Verdict::Passed)
    }

    fn cargo(&self, stage: &Stage, arguments: &[&str]) -> Result<Verdict> {
        let mut command = cargo();
        command.current_dir(&self.workspace.root).args(arguments);
        Ok(verdict(self.run(stage, command)?))
    }

    fn faults(&self, stage: &Stage, faults: &[String]) -> Result<Verdict> {
        std::fs::write(self.log(stage.name), faults.join("\n"))?;
        Ok(match faults.len() {
            0 => Verdict::Passed,
            number => Verdict::Failed(report::counted(number, "fault")),
        })
    }

    fn deny(&self, stage: &Stage) -> Result<Verdict> {
        if setup::on_path("cargo-deny").is_none() {
            self.cargo(stage, &["install", "cargo-deny", "--locked"])?;
        }
        // The advisory database lies outside the package registries.
        self.cargo(stage, &["deny", "check", "licenses", "bans", "sources"])
    }

    /// One build for everything after it; cargo's messages go beside the log, its progress into the log.
    fn build(&mut self, stage: &Stage) -> Result<Verdict> {
        let messages = self.logs.join("build.json");
        let mut command = Command::new("sh");
        let build = "exec \"$0\" test --workspace --no-run --locked --message-format=json-render-diagnostics > \"$1\"";
        command.args(["-c", build]).arg(cargo().get_program()).arg(&messages);
        command.current_dir(&self.workspace.root);
        let end = self.run(stage, command)?;
        if end != End::Success {
            return Ok(verdict(end));
        }
        let artifacts = Artifacts::read(&messages, &self.workspace.metadata)?;
        let left_out: Vec<String> = artifacts
            .left_out()
            .iter()
            .map(|test| format!("no stage runs {} of {}", test.name, test.package))
            .collect();
        self.artifacts = Some(artifacts);
        if left_out.is_empty() { Ok(Verdict::Passed) } else { self.faults(stage, &left_out) }
    }

    fn tests(&mut self, stage: &Stage, targets: &[Target]) -> Result<Verdict> {
        let postgres_url = self.postgres_url()?;
        let tests = self.built()?.of(targets)?;
        let commands = tests.iter().map(|test| {
            let mut command = self.test_command(test);
            command.env(postgres::URL_VARIABLE, &postgres_url);
            (test.name.clone(), command)
        });
        self.all(stage, commands)
    }

    /// Runs them all, whatever becomes of each, and says which failed.
    fn all(
        &self,
        stage: &Stage,
        commands: impl Iterator<Item = (String, Command)>,
    ) -> Result<Verdict> {
        let mut failed = Vec::new();
        for (name, command) in commands {
            match self.run(stage, command)? {
                End::Success => {}
                End::Failure(code) => {
                    let code = code.map_or("a signal".to_owned(), |code| code.to_string());
                    failed.push(format!("{name} ended with {code}"));
                }
                End::TimedOut => failed.push(format!("{name} took over {LIMIT:?}")),
            }
        }
        Ok(if failed.is_empty() { Verdict::Passed } else { Verdict::Failed(failed.join(", ")) })
    }

    fn judges(&self, stage: &Stage, targets: &[Target]) -> Result<Verdict> {
        let tools = setup::judges(self.workspace, &self.log(stage.name))?;
        let server = self.built()?.binary(judges::SANDBOX)?;
        let log = self.log("judges-sandbox");
        let stand = judges::Stand::start(self.workspace, server, tools, &log)?;
        let tests = self.built()?.of(targets)?;
        let compare = tests.iter().map(|test| {
            let mut command = self.test_command(test);
            stand.show(&mut command);
            (test.name.clone(), command)
        });
        self.all(stage, stand.clients().into_iter().chain(compare))
    }

    /// As cargo would run it, but deaf to the settings of whoever runs us.
    fn test_command(&self, test: &TestBinary) -> Command {
        let mut command = Command::new(&test.executable);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SEATWRIGHT_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(&test.directory)
            .env("CARGO_MANIFEST_DIR", &test.directory)
            .env("RUST_BACKTRACE", "1")
            .env("SEEDS", self.seeds.to_string());
        command
    }

    /// The server that the caller names, else one of our own, started when it is first needed.
    fn postgres_url(&mut self) -> Result<String> {
        if let Ok(url) = std::env::var(postgres::URL_VARIABLE) {
            return Ok(url);
        }
        if self.postgres.is_none() {
            let log = self.log("postgres");
            self.postgres = Some(Cluster::start_in(self.workspace, &log)?);
        }
        Ok(self.postgres.as_ref().context("PostgreSQL has been started")?.url.clone())
    }

    fn browser(&self, stage: &Stage) -> Result<Verdict> {
        let log = self.log(stage.name);
        let tools = setup::browser(self.workspace, &log)?;
        let servers = self.log("browser-servers");
        let stand = browser::Stand::start(self.workspace, self.built()?.program()?, &servers)?;
        Ok(verdict(self.run(stage, stand.walk(&tools))?))
    }
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn verdict(end: End) -> Verdict {
    match end {
        End::Success => Verdict::Passed,
        End::Failure(Some(code)) => Verdict::Failed(format!("exit code {code}")),
        End::Failure(None) => Verdict::Failed("killed by a signal".to_owned()),
        End::TimedOut => Verdict::Failed(format!("not done in {LIMIT:?}")),
    }
}

fn describe(result: &report::Result) -> String {
    let Counts { passed, failed } = result.counts;
    match result.verdict {
        Verdict::Passed => format!("ok, {passed} passed"),
        Verdict::Failed(_) => format!("FAILED, {passed} passed, {failed} failed"),
        Verdict::NotRun(ref why) => format!("NOT RUN: {why}"),
    }
}

/// Shows that a stage is alive: on a terminal one changing line, elsewhere a line now and then.
struct Progress {
    stage: &'static str,
    line: ProgressBar,
    started: Instant,
    told: Instant,
    looked: Instant,
}

impl Progress {
    fn new(stage: &'static str) -> Self {
        let line = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("       {spinner} {elapsed} {wide_msg}") {
            line.set_style(style);
        }
        let now = Instant::now();
        Self { stage, line, started: now, told: now, looked: now }
    }

    fn glance(&mut self, log: &std::path::Path) {
        if self.looked.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.looked = Instant::now();
        self.line.tick();
        let heartbeat = self.line.is_hidden() && self.told.elapsed() > HEARTBEAT;
        if self.line.is_hidden() && !heartbeat {
            return;
        }
        let text = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        self.line.set_message(last.trim().to_owned());
        if heartbeat {
            self.told = Instant::now();
            println!(
                "       {} is at it for {}: {}",
                self.stage,
                report::seconds(self.started.elapsed()),
                last.trim()
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}
