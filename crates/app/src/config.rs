//! What an installation decides, where each value comes from, and what is wrong with it. Flags win
//! over the environment, the environment over the file, the file over the default. The only place
//! that reads the environment.

mod values;

pub use values::{VALUES, Value};

use crate::failure::Failure;
use domain::secret::{ExposeSecret as _, SecretString};
use engine::Timing;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// Read when there is one and no other file was named.
pub const DEFAULT_FILE: &str = "seatwright.toml";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Environment(&'static str),
    Flag(String),
}

impl Source {
    pub fn name(&self) -> &'static str {
        match self {
            Source::Default => "default",
            Source::File(_) => "file",
            Source::Environment(_) => "environment",
            Source::Flag(_) => "flag",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File(path) => write!(f, "file {}", path.display()),
            Source::Environment(name) => write!(f, "environment {name}"),
            Source::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// One value as it stands; `text` is none when there is neither a value nor a default.
#[derive(Clone)]
pub struct Setting {
    pub value: &'static Value,
    pub text: Option<String>,
    pub source: Source,
}

impl Setting {
    /// As it may be shown: a secret is only `set`, a password within an address is left out.
    pub fn shown(&self) -> Option<String> {
        let text = self.text.as_deref()?;
        Some(if self.value.secret { "set".to_owned() } else { without_password(text) })
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The configuration of one run, read and checked.
#[derive(Clone)]
pub struct Config {
    pub database_url: String,
    pub listen: SocketAddr,
    /// How browsers reach us: scheme and host, no path.
    pub public_url: Url,
    /// The first one seals. Empty when none was given.
    pub master_keys: Vec<SecretString>,
    /// None for Google itself.
    pub google_url: Option<Url>,
    /// Where the traffic with Google is recorded; none: it is not.
    pub google_record: Option<PathBuf>,
    pub google_record_bytes_max: u64,
    pub workers: usize,
    pub timing: Timing,
    pub log: String,
    pub log_format: LogFormat,
    /// In the order of [`VALUES`].
    pub settings: Vec<Setting>,
}

/// The outside of the configuration, so that tests need no environment of their own.
pub struct Given<'a> {
    /// By key.
    pub flags: &'a BTreeMap<&'static str, String>,
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    pub file: File<'a>,
}

/// Which file is read.
#[derive(Debug, Clone, Copy)]
pub enum File<'a> {
    None,
    /// [`DEFAULT_FILE`], if it is there.
    Default,
    Named(&'a Path),
}

/// The environment of this process. An empty variable is one that is not set.
#[expect(clippy::disallowed_methods, reason = "configuration is what reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

impl Config {
    /// # Errors
    /// [`Failure`] with one sentence that names the value, its source and what is expected.
    pub fn load(given: &Given<'_>) -> Result<Config, Failure> {
        let (path, file) = read_file(given.file)?;
        let settings: Vec<Setting> =
            VALUES.iter().map(|value| settle(value, given, &path, &file)).collect();
        Config::read(settings)
    }

    fn read(mut settings: Vec<Setting>) -> Result<Config, Failure> {
        let found = |key: &str| {
            settings.iter().find(|setting| setting.value.key == key).expect("every key has a value")
        };
        let listen: SocketAddr = parse(found("listen"), |text| {
            text.parse().ok().filter(|address: &SocketAddr| address.port() != 0)
        })?;
        let default_public = format!("http://{listen}");
        let public = found("public_url").clone();
        let public = Setting { text: public.text.or(Some(default_public.clone())), ..public };
        let public_url = parse(&public, |text| http_url(text).filter(is_origin))?;
        let google_url = optional(found("google_url"), http_url)?;
        let ms = |key: &str| parse(found(key), |text| text.parse().ok().filter(|ms| *ms > 0));
        let timing = Timing::new(ms("google_call_ms_max")?, ms("google_settle_ms")?);
        let log_format = parse(found("log_format"), |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        })?;
        let config = Config {
            database_url: parse(found("database_url"), database_url)?,
            listen,
            public_url,
            master_keys: master_keys(found("master_key"), found("master_key_file"))?,
            google_url,
            google_record: found("google_record").text.as_ref().map(PathBuf::from),
            google_record_bytes_max: parse(found("google_record_bytes_max"), |text| {
                text.parse().ok().filter(|bytes| *bytes > 0)
            })?,
            workers: parse(found("workers"), |text| {
                text.parse().ok().filter(|workers| (1..=256).contains(workers))
            })?,
            timing,
            log: parse(found("log"), |text| {
                text.parse::<tracing_subscriber::EnvFilter>().ok().map(|_| text.to_owned())
            })?,
            log_format,
            settings: Vec::new(),
        };
        for setting in &mut settings {
            if setting.value.key == "public_url" && setting.text.is_none() {
                setting.text = Some(default_public.clone());
            }
        }
        Ok(Config { settings, ..config })
    }

    /// Where this value came from.
    pub fn source(&self, key: &str) -> &Source {
        let setting = self.settings.iter().find(|setting| setting.value.key == key);
        &setting.expect("every key has a value").source
    }

    /// The public address without a slash at its end.
    pub fn public_base(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }

    /// The file of an SQLite database; none for a database in memory or a server.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.database_url.strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = rest.split('?').next().unwrap_or_default();
        (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
    }
}

/// The first of flag, environment, file and default that says something.
fn settle(value: &'static Value, given: &Given<'_>, path: &Path, file: &toml::Table) -> Setting {
    let setting = |text: Option<String>, source| Setting { value, text, source };
    if let Some(text) = given.flags.get(value.key) {
        return setting(Some(text.clone()), Source::Flag(value.flag_name()));
    }
    if let Some(text) = (given.environment)(value.env) {
        return setting(Some(text), Source::Environment(value.env));
    }
    if let Some(found) = file.get(value.key) {
        let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        return setting(Some(text), Source::File(path.to_owned()));
    }
    setting(value.default.map(str::to_owned), Source::Default)
}

/// The file that was named, or the default one if it is there.
fn read_file(file: File<'_>) -> Result<(PathBuf, toml::Table), Failure> {
    let (path, optional) = match file {
        File::None => return Ok(Default::default()),
        File::Default => (PathBuf::from(DEFAULT_FILE), true),
        File::Named(path) => (path.to_owned(), false),
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if optional && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((path, toml::Table::new()));
        }
        Err(error) => {
            return Err(wrong(
                format!("The configuration file {} can't be read: {error}.", path.display()),
                "Name another file with --config, or put it where it can be read.",
            ));
        }
    };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let place = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        wrong(
            format!("{}, line {place}: {}", path.display(), error.message()),
            "Write it as TOML, such as: listen = \"127.0.0.1:8080\".",
        )
    })?;
    if let Some(unknown) = table.keys().find(|key| !VALUES.iter().any(|v| v.key == key.as_str())) {
        return Err(wrong(
            format!("{} has `{unknown}`, which is no value of the configuration.", path.display()),
            "`seatwright config` lists all values.",
        ));
    }
    Ok((path, table))
}

fn wrong(message: String, action: &str) -> Failure {
    Failure { code: "configuration", ..Failure::usage(message, action) }
}

fn expected(setting: &Setting) -> Failure {
    let got = setting.shown().map_or("nothing".to_owned(), |text| format!("`{text}`"));
    let Setting { value, source, .. } = setting;
    let message = format!("{} is {got} (from {source}); expected is {}.", value.env, value.expects);
    wrong(message, "Put it right there; `seatwright config` shows every value and its source.")
}

fn parse<T>(setting: &Setting, read: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
    setting.text.as_deref().and_then(read).ok_or_else(|| expected(setting))
}

fn optional<T>(setting: &Setting, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    match &setting.text {
        None => Ok(None),
        Some(_) => parse(setting, read).map(Some),
    }
}

fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return text.to_owned() };
    if url.password().is_none() || url.set_password(Some("***")).is_err() {
        return text.to_owned();
    }
    url.into()
}

fn http_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let usable = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.query().is_none()
        && url.fragment().is_none();
    usable.then_some(url)
}

fn is_origin(url: &Url) -> bool {
    url.path() == "/"
}

fn database_url(text: &str) -> Option<String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    known.iter().any(|scheme| text.starts_with(scheme)).then(|| text.to_owned())
}

fn master_keys(inline: &Setting, file: &Setting) -> Result<Vec<SecretString>, Failure> {
    let text = match (&inline.text, &file.text) {
        (Some(_), Some(_)) => {
            return Err(wrong(
                format!(
                    "Both {} (from {}) and {} (from {}) are set.",
                    inline.value.env, inline.source, file.value.env, file.source
                ),
                "Set one of them.",
            ));
        }
        (Some(text), None) => SecretString::from(text.clone()),
        (None, Some(path)) => std::fs::read_to_string(path).map(SecretString::from).map_err(
            |error| {
                wrong(
                    format!("The master key file {path} (from {}) can't be read: {error}.", file.source),
                    "Put the key there (`seatwright generate-master-key`), readable by this user alone.",
                )
            },
        )?,
        (None, None) => return Ok(Vec::new()),
    };
    let keys = text.expose_secret().split([',', '\n']).map(str::trim);
    Ok(keys.filter(|key| !key.is_empty()).map(SecretString::from).collect())
}

#[cfg(test)]
mod tests;
