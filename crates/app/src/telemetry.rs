//! Where log lines go and how they look. What is logged holds no secrets: that is up to those who
//! log, and none of them is handed one in a form that can be printed.

use crate::config::{Config, LogFormat, Source};
use std::fs::File;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What a command that answers at once logs unless the configuration says otherwise.
const QUIET: &str = "warn";

/// Starts logging to standard error. `serving` is false for commands that answer at once: they are
/// quiet by default.
pub fn init(config: &Config, serving: bool) {
    let asked_for = config.source("log") != &Source::Default;
    let filter = if serving || asked_for { config.log.as_str() } else { QUIET };
    start(filter, config.log_format, std::io::stderr().is_terminal(), std::io::stderr);
}

/// Starts logging to a file, for a command whose standard output and error a person watches.
pub fn init_file(config: &Config, file: File) {
    start(&config.log, config.log_format, false, Mutex::new(file));
}

fn start<W>(filter: &str, format: LogFormat, colours: bool, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Read once before; a filter that could not be read never came this far.
    let filter = filter.parse::<EnvFilter>().unwrap_or_default();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(writer);
    // A second start within one process changes nothing.
    let _started = match format {
        LogFormat::Text => builder.finish().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init(),
    };
}
