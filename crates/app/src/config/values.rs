//! The one table of configuration: parsing, `--help`, `seatwright config` and docs/generated/config.md
//! are all driven by it.

/// One value an installation can set.
#[derive(Debug)]
pub struct Value {
    /// In the file; with dashes, the flag.
    pub key: &'static str,
    pub env: &'static str,
    pub default: Option<&'static str>,
    /// What holds when there is no default.
    pub unset: &'static str,
    pub about: &'static str,
    /// What a value must look like, ending a sentence that begins with "expected is".
    pub expects: &'static str,
    /// A secret is never shown, and has no flag: command lines are visible to everybody.
    pub secret: bool,
}

impl Value {
    /// With the two dashes.
    pub fn flag_name(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    /// What holds when nothing is set, for people.
    pub fn default_shown(&self) -> &'static str {
        self.default.unwrap_or(self.unset)
    }
}

pub static VALUES: [Value; 13] = [
    Value {
        key: "database_url",
        env: "SEATWRIGHT_DATABASE_URL",
        default: Some("sqlite:seatwright.db"),
        unset: "",
        about: "Where everything is kept: a file, or a PostgreSQL server",
        expects: "sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        secret: false,
    },
    Value {
        key: "listen",
        env: "SEATWRIGHT_LISTEN",
        default: Some("127.0.0.1:8080"),
        unset: "",
        about: "The address and port to listen on",
        expects: "an IP address with a port, such as 127.0.0.1:8080 or [::]:8080",
        secret: false,
    },
    Value {
        key: "public_url",
        env: "SEATWRIGHT_PUBLIC_URL",
        default: None,
        unset: "http://<listen>",
        about: "How browsers and links reach this server, through a proxy or not",
        expects: "an address with http or https and no path, such as https://seatwright.example",
        secret: false,
    },
    Value {
        key: "master_key",
        env: "SEATWRIGHT_MASTER_KEY",
        default: None,
        unset: "none",
        about: "The key that seals all stored secrets; several separated by commas: the first seals, all open",
        expects: "32 bytes as base64 or 64 hex digits, as `seatwright generate-master-key` writes it",
        secret: true,
    },
    Value {
        key: "master_key_file",
        env: "SEATWRIGHT_MASTER_KEY_FILE",
        default: None,
        unset: "none",
        about: "A file with the master key instead, one key per line",
        expects: "the path of a readable file",
        secret: false,
    },
    Value {
        key: "google_url",
        env: "SEATWRIGHT_GOOGLE_URL",
        default: None,
        unset: "Google itself",
        about: "One base address that stands in for all of Google's hosts, such as a sandbox's",
        expects: "an http or https address, such as http://127.0.0.1:8081",
        secret: false,
    },
    Value {
        key: "workers",
        env: "SEATWRIGHT_WORKERS",
        default: Some("8"),
        unset: "",
        about: "How many customers are worked on at the same time",
        expects: "a whole number from 1 to 256",
        secret: false,
    },
    Value {
        key: "google_call_ms_max",
        env: "SEATWRIGHT_GOOGLE_CALL_MS_MAX",
        default: Some("20000"),
        unset: "",
        about: "How long one call to Google may take, in ms",
        expects: "a whole number of ms above 0",
        secret: false,
    },
    Value {
        key: "google_settle_ms",
        env: "SEATWRIGHT_GOOGLE_SETTLE_MS",
        default: Some("120000"),
        unset: "",
        about: "How late Google may show something it has just made, in ms; until then, not finding it proves nothing",
        expects: "a whole number of ms above 0",
        secret: false,
    },
    Value {
        key: "google_record",
        env: "SEATWRIGHT_GOOGLE_RECORD",
        default: None,
        unset: "nothing is recorded",
        about: "A file to record the traffic with Google in, without secrets and personal data; where there is one already, a number is added to the name",
        expects: "the path of a file that can be made, such as google.jsonl",
        secret: false,
    },
    Value {
        key: "google_record_bytes_max",
        env: "SEATWRIGHT_GOOGLE_RECORD_BYTES_MAX",
        default: Some("104857600"),
        unset: "",
        about: "How big a recording may get, in bytes; then it ends, and the server works on",
        expects: "a whole number of bytes above 0",
        secret: false,
    },
    Value {
        key: "log",
        env: "SEATWRIGHT_LOG",
        default: Some("info"),
        unset: "",
        about: "What is logged: a level, or a filter such as info,engine=debug",
        expects: "error, warn, info, debug, trace or a filter of them by module",
        secret: false,
    },
    Value {
        key: "log_format",
        env: "SEATWRIGHT_LOG_FORMAT",
        default: Some("text"),
        unset: "",
        about: "How log lines look",
        expects: "text or json",
        secret: false,
    },
];
