//! The stages of `cargo x test`, as data, in the order in which they run.
//!
//! Never: how a stage is carried out (`run`).

/// One stage.
pub struct Stage {
    pub name: &'static str,
    pub about: &'static str,
    pub work: Work,
}

/// What a stage does.
pub enum Work {
    /// Finds or installs what the other stages call. Nothing goes on without it.
    Setup,
    /// One cargo command that succeeds or fails.
    Cargo(&'static [&'static str]),
    /// The house rules.
    Tidy,
    /// deny.toml.
    Licences,
    /// cargo-deny, only on demand: installing it takes minutes.
    Deny,
    /// Every test binary and the program, once; the stages after it only run them.
    Build,
    /// Runs test binaries.
    Tests(&'static [Target]),
    /// Holds docs/generated against what the program writes.
    Generated,
    /// Google's own documents and clients hold the sandbox to their word; then test binaries compare notes.
    Judges(&'static [Target]),
    /// The walk in a real browser.
    Browser,
}

impl Work {
    /// The test binaries that it runs.
    pub fn targets(&self) -> &'static [Target] {
        match self {
            Work::Tests(targets) | Work::Judges(targets) => targets,
            _ => &[],
        }
    }
}

/// Test binaries of one package.
pub struct Target {
    pub package: &'static str,
    pub which: Which,
}

pub enum Which {
    /// The one of this name under `tests/`.
    Named(&'static str),
    /// All of the package that no stage names.
    Rest,
}

const fn rest(package: &'static str) -> Target {
    Target { package, which: Which::Rest }
}

const fn named(package: &'static str, test: &'static str) -> Target {
    Target { package, which: Which::Named(test) }
}

const fn stage(name: &'static str, about: &'static str, work: Work) -> Stage {
    Stage { name, about, work }
}

pub static STAGES: &[Stage] = &[
    stage("setup", "PostgreSQL, Chromium, its driver and Google's clients are here", Work::Setup),
    stage("format", "rustfmt changes nothing", Work::Cargo(&["fmt", "--all", "--check"])),
    stage("tidy", "the house rules hold", Work::Tidy),
    stage("licences", "licences, bans and sources of all dependencies", Work::Licences),
    stage("deny", "the same with cargo-deny (with --deny)", Work::Deny),
    stage(
        "clippy",
        "no warning in any target",
        Work::Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    ),
    stage("build", "the program and every test binary", Work::Build),
    stage("generated", "docs/generated is what the program writes", Work::Generated),
    stage(
        "tables",
        "domain, planner, google: pure functions, one line per case",
        Work::Tests(&[rest("domain"), rest("planner"), rest("google"), rest("xtask")]),
    ),
    stage("sandbox", "the built-in Google", Work::Tests(&[rest("sandbox")])),
    stage(
        "judges",
        "Google's documents and clients, for Python and Node.js, against it",
        Work::Judges(&[rest("judges")]),
    ),
    stage(
        "conformance",
        "every store function on SQLite and PostgreSQL",
        Work::Tests(&[rest("store")]),
    ),
    stage(
        "activation",
        "every way a consent can fail, and dying in it",
        Work::Tests(&[rest("engine"), named("sim", "activation")]),
    ),
    stage("web", "REST, console, sessions", Work::Tests(&[rest("web")])),
    stage(
        "slices",
        "one request through everything",
        Work::Tests(&[rest("sim"), named("sim", "slices")]),
    ),
    stage("crash", "death at every commit and every call", Work::Tests(&[named("sim", "crash")])),
    stage(
        "simulation",
        "chance: faults, crashes, lag, by seed",
        Work::Tests(&[named("sim", "simulation")]),
    ),
    stage(
        "end-to-end",
        "the real binary, kill -9 included",
        Work::Tests(&[rest("seatwright"), named("seatwright", "end_to_end")]),
    ),
    stage(
        "examples",
        "the examples in the docstrings",
        Work::Cargo(&["test", "--doc", "--workspace", "--locked"]),
    ),
    stage("browser", "activation and an order in a real Chromium", Work::Browser),
];

/// Is this test of this package named by a stage?
pub fn is_named(package: &str, test: &str) -> bool {
    let mut targets = STAGES.iter().flat_map(|stage| stage.work.targets());
    targets.any(|target| {
        target.package == package && matches!(target.which, Which::Named(name) if name == test)
    })
}

/// Does this stage need a PostgreSQL server?
pub fn needs_postgres(stage: &Stage) -> bool {
    matches!(stage.work, Work::Tests(_))
}

/// Does this stage need a browser?
pub fn needs_browser(stage: &Stage) -> bool {
    matches!(stage.work, Work::Browser)
}

/// Does this stage need Google's own clients?
pub fn needs_judges(stage: &Stage) -> bool {
    matches!(stage.work, Work::Judges(_))
}

/// Does this stage need what the stage `build` makes?
pub fn needs_build(stage: &Stage) -> bool {
    matches!(
        stage.work,
        Work::Build | Work::Tests(_) | Work::Generated | Work::Judges(_) | Work::Browser
    )
}
