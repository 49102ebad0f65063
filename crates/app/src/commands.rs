//! From a parsed command line to the command: reads the configuration, starts logging and the
//! runtime. Never: what a single command does.

mod activate;
mod api_key;
mod distributor;
mod instance;
mod operator;
mod owner;
mod serve;
mod show_config;

pub use activate::{Link, Watch, invite, watch};

use crate::chance::SystemChance;
use crate::cli::{Cli, Verb};
use crate::config::{Config, File, Given, environment};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::wire::House;
use crate::{demo, doctor, generated, master_key, replay, stand_in, telemetry};
use domain::secret::ExposeSecret as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// What set-up adds, for those who set up without a command line.
pub mod setup {
    pub use super::api_key::add as add_api_key;
    pub use super::distributor::add as add_distributor;
    pub use super::instance::add as add_instance;
    pub use super::operator::add as add_operator;
}

/// Runs one command to its end. A result other than success is told by the command itself.
pub fn run(cli: Cli) -> Result<ExitCode> {
    let out = Output { json: cli.json };
    match &cli.verb {
        Verb::GenerateMasterKey => {
            let key = master_key::generate(&SystemChance);
            let key = key.expose_secret();
            out.result(&json!({"id": "master_key", "master_key": key}), key);
            return Ok(ExitCode::SUCCESS);
        }
        Verb::Docs { directory } => {
            let written = generated::write(directory)?;
            out.result(&json!({"id": "docs", "files": written}), &written.join("\n"));
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal("the runtime can't be started", &error))?;
    runtime.block_on(run_in(cli, out))
}

async fn run_in(cli: Cli, out: Output) -> Result<ExitCode> {
    let Cli { mut values, config: file, verb, .. } = cli;
    // The sandbox and the demo listen beside a server, not in its place.
    let own_listen = match &verb {
        Verb::Sandbox(_) | Verb::Demo(_) => values.0.remove("listen"),
        _ => None,
    };
    if let Verb::Demo(arguments) = verb {
        return demo::run(arguments, own_listen.as_deref(), out).await;
    }
    let config = load(&values.0, file.as_deref())?;
    if let Verb::Doctor = verb {
        telemetry::init(&config, false);
        return doctor::run(config, out).await;
    }
    if let Verb::Replay(arguments) = verb {
        telemetry::init(&config, false);
        return replay::run(arguments, out).await;
    }
    telemetry::init(&config, matches!(verb, Verb::Serve | Verb::Sandbox(_)));
    match verb {
        Verb::Serve => serve::run(config, out).await?,
        Verb::Sandbox(arguments) => {
            stand_in::run(arguments, own_listen.as_deref(), &config, out).await?;
        }
        Verb::Config => show_config::run(&config, out),
        verb => return with_database(verb, config, out).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn load(flags: &BTreeMap<&'static str, String>, file: Option<&Path>) -> Result<Config> {
    let file = file.map_or(File::Default, File::Named);
    Config::load(&Given { flags, environment: &environment, file })
}

async fn with_database(verb: Verb, config: Config, out: Output) -> Result<ExitCode> {
    let house = House::open(config).await?;
    let code = match verb {
        Verb::Distributor(verb) => distributor::run(verb, &house, out).await?,
        Verb::Operator(verb) => operator::run(verb, &house, out).await?,
        Verb::ApiKey(verb) => api_key::run(verb, &house, out).await?,
        Verb::Instance(verb) => instance::run(verb, &house, out).await?,
        // Opening it has done it.
        Verb::Migrate => {
            out.result(
                &json!({"id": "schema", "status": "up_to_date"}),
                "The schema is up to date.",
            );
            ExitCode::SUCCESS
        }
        Verb::Serve
        | Verb::Demo(_)
        | Verb::Sandbox(_)
        | Verb::Replay(_)
        | Verb::Doctor
        | Verb::Config
        | Verb::GenerateMasterKey
        | Verb::Docs { .. } => unreachable!("answered without a database"),
    };
    house.store.close().await;
    Ok(code)
}
