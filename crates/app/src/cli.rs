//! The command line as data. Never: what a command does.

use crate::config::VALUES;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand};
use std::collections::BTreeMap;
use std::path::PathBuf;

const AFTER: &str = "\
Exit codes: 0 done; 1 it was tried and failed; 2 wrong command line or configuration; 3 not found;
4 there is one already; 5 master key missing or wrong; 6 database; 7 address or database in use;
70 ours to put right.";

/// With what the flags can't explain: the values that have none.
fn after_long() -> String {
    let without_flag = VALUES
        .iter()
        .filter(|value| value.secret)
        .map(|value| format!("  {}\n          {}\n", value.env, value.about));
    let without_flag: String = without_flag.collect();
    format!("Configuration by environment and file only:\n{without_flag}\n{AFTER}")
}

/// Sells Google Workspace for a distributor's resellers: takes orders, provisions them, shows each step.
#[derive(Debug, Parser)]
#[command(name = "seatwright", version, after_help = AFTER, after_long_help = after_long())]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// One JSON object per line on standard output; errors as JSON on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// The configuration file [default: ./seatwright.toml if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub values: Values,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the server: REST API, console and engine
    Serve,
    /// Show the whole main job on embedded SQLite and the built-in Google sandbox
    Demo(Demo),
    /// Serve the built-in stand-in for Google alone, on 127.0.0.1:8081 unless --listen says otherwise
    Sandbox(Sandbox),
    /// Play a recording of traffic with Google to the built-in sandbox and show where they differ
    Replay(Replay),
    /// Check configuration, database, clock, master key and instances, and say what to do
    Doctor,
    /// Show each value of the configuration and where it came from
    Config,
    /// Distributors: who owns customers, instances, operators and API keys
    #[command(subcommand)]
    Distributor(Distributor),
    /// Operators: who may sign in to the console
    #[command(subcommand)]
    Operator(Operator),
    /// API keys: what a BSS calls the REST API with
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Instances: connections to Google reseller accounts
    #[command(subcommand)]
    Instance(Instance),
    /// Bring the database schema up to date (serve does it too)
    Migrate,
    /// Write a new master key to standard output
    GenerateMasterKey,
    /// Write the generated documents into a directory
    #[command(hide = true)]
    Docs { directory: PathBuf },
}

#[derive(Debug, Args)]
pub struct Demo {
    /// End when everything is shown, with exit code 1 if something is missing
    #[arg(long)]
    pub once: bool,
    /// Where the demo keeps its database, key and sandbox
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    pub data: PathBuf,
}

#[derive(Debug, Args)]
pub struct Sandbox {
    /// How clients reach it [default: http://<listen>]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Keep what exists in this file, so that a second run finds it again
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// The OAuth client it knows
    #[arg(long, value_name = "ID", default_value = "seatwright.apps.sandbox.example")]
    pub client_id: String,
    #[arg(long, value_name = "SECRET", default_value = "sandbox-client-secret")]
    pub client_secret: String,
    /// Redirect URIs of the client [default: the callback below the public address]
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Vec<String>,
    /// The reseller account that can sign in
    #[arg(long, value_name = "E-MAIL", default_value = "admin@reseller.example")]
    pub email: String,
    #[arg(long, value_name = "PASSWORD", default_value = "sandbox-password")]
    pub password: String,
    /// Ids, tokens and chances are drawn from it
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub struct Replay {
    /// What SEATWRIGHT_GOOGLE_RECORD wrote
    pub file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Distributor {
    /// Add a distributor
    Add { name: String },
    /// List all distributors
    List,
}

/// Whose it is.
#[derive(Debug, Args)]
pub struct Owner {
    /// Whose it is; not needed when there is exactly one distributor
    #[arg(long, value_name = "ID")]
    pub distributor: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Add an operator; the password is asked for, or made up and shown once
    Add {
        #[command(flatten)]
        owner: Owner,
        /// What they sign in with
        #[arg(long, value_name = "E-MAIL")]
        email: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List operators
    List(Owner),
}

#[derive(Debug, Subcommand)]
pub enum ApiKey {
    /// Add a key; it is shown once
    Add {
        #[command(flatten)]
        owner: Owner,
        /// To tell keys apart
        #[arg(long, default_value = "API key")]
        name: String,
    },
    /// List keys, revoked ones too
    List(Owner),
    /// Revoke a key at once
    Revoke { id: String },
}

#[derive(Debug, Subcommand)]
pub enum Instance {
    /// Add an instance; the Client Secret is read from standard input
    Add {
        #[command(flatten)]
        owner: Owner,
        /// How people and orders call it
        #[arg(long, value_name = "NAME")]
        system_name: String,
        /// Of the OAuth client in the Google project
        #[arg(long, value_name = "ID")]
        client_id: String,
    },
    /// List instances and whether they can act
    List(Owner),
    /// Print a one-time link to Google's consent, and wait until the checks have passed or failed
    Authenticate {
        /// Id or System Name
        id: String,
        /// How long to wait, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 1800,
              value_parser = clap::value_parser!(i64).range(1..=1800))]
        timeout: i64,
    },
    /// Take the consent out of force; the server revokes it at Google
    Disconnect {
        /// Id or System Name
        id: String,
    },
}

/// The values of the configuration that were given as flags, by key.
#[derive(Debug, Clone, Default)]
pub struct Values(pub BTreeMap<&'static str, String>);

impl Args for Values {
    fn augment_args(command: Command) -> Command {
        VALUES.iter().filter(|value| !value.secret).fold(command, |command, value| {
            let help = format!(
                "{} [env: {}] [default: {}]",
                value.about,
                value.env,
                value.default_shown()
            );
            let arg = Arg::new(value.key)
                .long(value.key.replace('_', "-"))
                .value_name("VALUE")
                .help(help)
                .help_heading("Configuration")
                .hide_short_help(true)
                .global(true);
            command.arg(arg)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Values::augment_args(command)
    }
}

impl FromArgMatches for Values {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Values, clap::Error> {
        let mut values = Values::default();
        values.update_from_arg_matches(matches)?;
        Ok(values)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for value in VALUES.iter().filter(|value| !value.secret) {
            if let Some(text) = matches.get_one::<String>(value.key) {
                self.0.insert(value.key, text.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{CommandFactory as _, Parser as _};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn values_are_flags_before_and_after_the_verb() {
        for line in [["seatwright", "--workers=3", "serve"], ["seatwright", "serve", "--workers=3"]]
        {
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(cli.values.0["workers"], "3");
        }
        assert!(Cli::try_parse_from(["seatwright", "serve", "--master-key=x"]).is_err());
    }
}
