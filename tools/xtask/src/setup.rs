//! Finds the programs that the tests need, and installs what is missing where we may.
//!
//! Where we may not, the error says the one command to type. Never: anything but Debian packages and what is installed
//! by name with npm and pip.

use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long a package manager may take, a slow mirror included.
const INSTALL_LIMIT: Duration = Duration::from_mins(15);
/// The oldest Node.js that the browser driver and Google's client run on. Source: `engines` in their package.json.
const NODE_MAJOR_MIN: u32 = 18;

/// A program that the tests call.
pub struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    find: fn() -> Option<PathBuf>,
}

pub static POSTGRES: Need =
    Need { what: "a PostgreSQL server", packages: &["postgresql"], find: postgres_directory };
static CHROMIUM: Need = Need {
    what: "Chromium",
    packages: &["chromium", "fonts-liberation"],
    find: || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path),
};
static NODE: Need = Need { what: "Node.js", packages: &["nodejs"], find: || on_path("node") };
static NPM: Need = Need { what: "npm", packages: &["npm"], find: || on_path("npm") };
static PYTHON: Need = Need {
    what: "Python with venv",
    packages: &["python3", "python3-venv"],
    find: python_with_venv,
};

/// What the tests of the two databases call.
pub static DATABASES: &[&Need] = &[&POSTGRES];
/// What the walk in a browser calls.
pub static BROWSER: &[&Need] = &[&CHROMIUM, &NODE, &NPM];
/// What Google's own clients run on.
pub static JUDGES: &[&Need] = &[&PYTHON, &NODE, &NPM];

/// What the walk in a browser calls, found.
pub struct Browser {
    pub node: PathBuf,
    pub chromium: PathBuf,
}

/// Google's own clients, installed.
pub struct Judges {
    /// The interpreter that has Google's client.
    pub python: PathBuf,
    pub node: PathBuf,
}

/// Finds or installs all of it, and prints where it is.
pub fn everything(workspace: &Workspace) -> Result<bool> {
    let log = workspace.target.join("setup.log");
    provide(&[DATABASES, BROWSER, JUDGES].concat(), &log)?;
    let browser = browser(workspace, &log)?;
    let judges = judges(workspace, &log)?;
    println!("PostgreSQL  {}", find(&POSTGRES)?.display());
    println!("Chromium    {}", browser.chromium.display());
    println!("Node.js     {}", browser.node.display());
    println!("Python      {}", judges.python.display());
    Ok(true)
}

/// Installs those that can't be found, all at once. Does nothing if there are none.
pub fn provide(needs: &[&Need], log: &Path) -> Result<()> {
    let missing: Vec<_> = needs.iter().filter(|need| (need.find)().is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if let Some(refusal) = refusal(&what, &packages, on_path("apt-get").is_some(), is_root()?) {
        bail!(refusal);
    }
    install("apt-get update", apt_get(&["update"]), log)?;
    let arguments = ["install", "-y", "--no-install-recommends"];
    install(&install_line(&packages), apt_get(&[&arguments, &packages[..]].concat()), log)
}

/// Where a program is that has been provided.
pub fn find(need: &Need) -> Result<PathBuf> {
    (need.find)().with_context(|| format!("{} is not to be found", need.what))
}

/// What the walk calls, with the browser driver as its lock file says.
pub fn browser(workspace: &Workspace, log: &Path) -> Result<Browser> {
    let (chromium, node) = (find(&CHROMIUM)?, node()?);
    npm_packages(&workspace.root.join("tools/browser"), "playwright-core", log)?;
    Ok(Browser { node, chromium })
}

/// Google's own clients, as their lock files say.
pub fn judges(workspace: &Workspace, log: &Path) -> Result<Judges> {
    let node = node()?;
    let directory = workspace.root.join("tools/judges");
    npm_packages(&directory, "Google's client for Node.js (200 MB)", log)?;
    let venv = workspace.target.join("judges/venv");
    python_packages(&directory.join("requirements.txt"), &venv, log)?;
    Ok(Judges { python: venv.join("bin/python"), node })
}

fn node() -> Result<PathBuf> {
    let node = find(&NODE)?;
    let version = process::read(Command::new(&node).arg("--version"))?;
    if node_major(&version).is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("Node.js {} is too old: {NODE_MAJOR_MIN} or newer is needed", version.trim());
    }
    Ok(node)
}

fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// What the lock file of this directory says, by `npm ci`. Does nothing if that is there.
fn npm_packages(directory: &Path, what: &str, log: &Path) -> Result<()> {
    let lock = Lock::read(&directory.join("package-lock.json"), "")?;
    let stamp = directory.join("node_modules/.installed-lock");
    if lock.is_at(&stamp) {
        return Ok(());
    }
    let mut command = Command::new(find(&NPM)?);
    command.current_dir(directory).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    install(&format!("{what} with npm"), command, log)?;
    lock.leave_at(&stamp)
}

/// What these requirements say, in an environment of its own. Does nothing if that is there.
fn python_packages(requirements: &Path, venv: &Path, log: &Path) -> Result<()> {
    let python = find(&PYTHON)?;
    let version = process::read(Command::new(&python).arg("--version"))?;
    let lock = Lock::read(requirements, &version)?;
    let stamp = venv.join(".installed-lock");
    if lock.is_at(&stamp) {
        return Ok(());
    }
    let mut make = Command::new(&python);
    make.args(["-m", "venv", "--clear"]).arg(venv);
    install("a Python environment", make, log)?;
    let mut pip = Command::new(venv.join("bin/python"));
    // Wheels alone: nothing of a package runs while it is installed.
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]);
    pip.args(["--only-binary", ":all:", "--requirement"]).arg(requirements);
    install("Google's client for Python with pip", pip, log)?;
    lock.leave_at(&stamp)
}

/// What was, or is to be, installed: the text of a lock file, and what else it depends on.
struct Lock(String);

impl Lock {
    fn read(path: &Path, for_version: &str) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Ok(Self(format!("{for_version}{text}")))
    }

    /// Was exactly this installed, to the end?
    fn is_at(&self, stamp: &Path) -> bool {
        std::fs::read_to_string(stamp).is_ok_and(|there| there == self.0)
    }

    fn leave_at(&self, stamp: &Path) -> Result<()> {
        std::fs::write(stamp, &self.0).with_context(|| format!("write {}", stamp.display()))
    }
}

/// Debian has Python without the part that makes environments; only both together serve.
fn python_with_venv() -> Option<PathBuf> {
    let python = on_path("python3")?;
    let mut probe = Command::new(&python);
    probe.args(["-c", "import ensurepip, venv"]).stderr(std::process::Stdio::null());
    probe.status().is_ok_and(|status| status.success()).then_some(python)
}

/// Why we may not install it, with what to type instead.
fn refusal(what: &[&str], packages: &[&str], has_apt_get: bool, is_root: bool) -> Option<String> {
    let what = what.join(", ");
    if !has_apt_get {
        let packages = packages.join(" ");
        return Some(format!(
            "missing: {what}. Install what Debian has as `{packages}`, then run this again"
        ));
    }
    let line = install_line(packages);
    (!is_root).then(|| {
        format!("missing: {what}. As root:\n\n    apt-get update && {line}\n\nThen run this again.")
    })
}

fn install_line(packages: &[&str]) -> String {
    format!("apt-get install -y --no-install-recommends {}", packages.join(" "))
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    command
}

fn install(what: &str, command: Command, log: &Path) -> Result<()> {
    println!("       installing: {what}");
    match process::run(command, log, INSTALL_LIMIT, &mut || ())? {
        process::End::Success => Ok(()),
        process::End::Failure(code) => bail!("{what}: exit code {code:?}, see {}", log.display()),
        process::End::TimedOut => bail!("{what}: not done in {INSTALL_LIMIT:?}"),
    }
}

/// Are we root? Then we may install packages, and PostgreSQL refuses to run as us.
pub fn is_root() -> Result<bool> {
    Ok(process::read(Command::new("id").arg("-u"))?.trim() == "0")
}

/// The newest version under Debian's directory, else wherever the search path has `postgres` and `initdb` together.
fn postgres_directory() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let elsewhere = ["/usr/local/bin", "/usr/local/pgsql/bin"].map(PathBuf::from);
    versions
        .into_iter()
        .rev()
        .map(|(_, directory)| directory)
        .chain(search_path())
        .chain(elsewhere)
        .find(|directory| directory.join("initdb").exists() && directory.join("postgres").exists())
}

/// The file of this name on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    search_path().map(|directory| directory.join(program)).find(|path| path.is_file())
}

fn search_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_says_its_version_with_a_v() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("v18.0.0"), Some(18));
        assert_eq!(node_major("command not found"), None);
    }

    #[test]
    fn what_is_installed_is_known_by_the_whole_lock() {
        let directory = tempfile::tempdir().unwrap();
        let (requirements, stamp) = (directory.path().join("lock"), directory.path().join("stamp"));
        std::fs::write(&requirements, "a==1").unwrap();
        let lock = Lock::read(&requirements, "Python 3.11.2\n").unwrap();
        assert!(!lock.is_at(&stamp));
        lock.leave_at(&stamp).unwrap();
        assert!(lock.is_at(&stamp));
        assert!(!Lock::read(&requirements, "Python 3.13.5\n").unwrap().is_at(&stamp));
        std::fs::write(&requirements, "a==2").unwrap();
        assert!(!Lock::read(&requirements, "Python 3.11.2\n").unwrap().is_at(&stamp));
    }

    #[test]
    fn who_may_not_install_is_told_what_to_type() {
        let told = |apt_get, root| refusal(&["Chromium"], &["chromium", "fonts"], apt_get, root);
        assert_eq!(told(true, true), None);
        let line =
            "    apt-get update && apt-get install -y --no-install-recommends chromium fonts\n";
        assert!(told(true, false).unwrap().contains(line));
        assert!(told(false, true).unwrap().contains("`chromium fonts`"));
    }

    #[test]
    fn what_is_there_is_not_installed() {
        let there = Need { what: "x", packages: &["no-such-package"], find: || Some("/x".into()) };
        assert!(provide(&[&there], Path::new("/dev/null")).is_ok());
        assert_eq!(find(&there).unwrap(), PathBuf::from("/x"));
    }
}
