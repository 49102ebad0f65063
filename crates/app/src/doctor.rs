//! `seatwright doctor`: looks at everything an installation needs, changes nothing, and says what to
//! do about each thing that is wrong.

mod instances;
mod outside;

use crate::config::Config;
use crate::failure::{Exit, Failure, Result};
use crate::master_key;
use crate::output::Output;
use crate::wire::House;
use serde_json::json;
use std::process::ExitCode;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Ok,
    Warn,
    Fail,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    pub name: String,
    pub level: Level,
    pub message: String,
    /// Empty when there is nothing to do.
    pub action: String,
}

impl Finding {
    pub fn ok(name: &str, message: impl Into<String>) -> Finding {
        Finding::new(name, Level::Ok, message, "")
    }

    pub fn warn(name: &str, message: impl Into<String>, action: impl Into<String>) -> Finding {
        Finding::new(name, Level::Warn, message, action)
    }

    pub fn fail(name: &str, message: impl Into<String>, action: impl Into<String>) -> Finding {
        Finding::new(name, Level::Fail, message, action)
    }

    fn new(
        name: &str,
        level: Level,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Finding {
        Finding { name: name.to_owned(), level, message: message.into(), action: action.into() }
    }

    fn failure(name: &str, failure: Failure) -> Finding {
        Finding::fail(name, failure.message, failure.action)
    }
}

/// Looks at everything; exit code 1 when something fails.
pub async fn run(config: Config, out: Output) -> Result<ExitCode> {
    let mut findings = vec![configuration(&config)];
    let house = database(&config, &mut findings).await;
    findings.push(master_key(&config, house.as_ref()).await);
    findings.push(outside::clock(&config).await?);
    findings.push(outside::public_url(&config).await?);
    findings.extend(recording(&config));
    if let Some(house) = &house {
        findings.extend(instances::all(house).await?);
        house.store.close().await;
    }
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    let checks: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "name": finding.name,
                "status": finding.level.name(),
                "message": finding.message,
                "action": finding.action,
            })
        })
        .collect();
    let value = json!({"id": "doctor", "status": worst.name(), "checks": checks});
    out.result(&value, &words(&findings));
    Ok(if worst == Level::Fail { Exit::Failed.into() } else { ExitCode::SUCCESS })
}

fn words(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        let Finding { name, level, message, action } = finding;
        let line = format!("{:<5} {name}: {message}", level.name());
        if action.is_empty() { line } else { format!("{line}\n      → {action}") }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// It was read, or nothing of this would run.
fn configuration(config: &Config) -> Finding {
    let set = config.settings.iter().filter(|s| s.source.name() != "default").count();
    let all = config.settings.len();
    Finding::ok("configuration", format!("{set} of {all} values are set, all of them well-formed"))
}

/// Only when it is on: nobody should forget that it is.
fn recording(config: &Config) -> Option<Finding> {
    let path = config.google_record.as_ref()?.display();
    let message = format!("a server that is started now records its traffic with Google in {path}");
    let action = "Unset SEATWRIGHT_GOOGLE_RECORD once there is enough; see docs/recording.md.";
    Some(Finding::warn("recording", message, action))
}

async fn database(config: &Config, findings: &mut Vec<Finding>) -> Option<House> {
    const NAME: &str = "database";
    if let Some(path) = config.sqlite_file()
        && !path.exists()
    {
        findings.push(Finding::warn(
            NAME,
            format!("{} is not there yet", path.display()),
            "`seatwright serve` or `seatwright migrate` makes it.",
        ));
        return None;
    }
    let house = match House::open_as_it_is(config.clone()).await {
        Ok(house) => house,
        Err(failure) => {
            findings.push(Finding::failure(NAME, failure));
            return None;
        }
    };
    // Whatever is asked first shows whether the schema is there.
    match house.store.has_operator().await {
        Ok(true) => findings.push(Finding::ok(NAME, "reachable, and the schema is there")),
        Ok(false) => findings.push(Finding::warn(
            NAME,
            "reachable, but nobody can sign in yet",
            "Add somebody with `seatwright operator add --email E`, or on the set-up page.",
        )),
        Err(error) => {
            let answers = house.store.ping().await.is_ok();
            findings.push(if answers {
                Finding::fail(
                    NAME,
                    "reachable, but without Seatwright's schema",
                    "Run `seatwright migrate`.",
                )
            } else {
                Finding::failure(NAME, error.into())
            });
            return None;
        }
    }
    Some(house)
}

async fn master_key(config: &Config, house: Option<&House>) -> Finding {
    const NAME: &str = "master key";
    let sealer = match master_key::sealer(config) {
        Ok(sealer) => sealer,
        Err(failure) => return Finding::failure(NAME, failure),
    };
    let Some(house) = house else {
        return Finding::ok(
            NAME,
            format!("{} is a key; no database to try it on", sealer.key_id()),
        );
    };
    match master_key::check(&house.store, &sealer).await {
        Ok(Some(())) => Finding::ok(NAME, format!("{} opens what is sealed", sealer.key_id())),
        Ok(None) => Finding::ok(NAME, "a key; nothing is sealed in this database yet"),
        Err(failure) => Finding::failure(NAME, failure),
    }
}
