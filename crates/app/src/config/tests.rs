//! Precedence and faults of the configuration, one line per case.

use super::{Config, File, Given, Source};
use std::collections::BTreeMap;
use std::io::Write as _;

type Pairs<'a> = &'a [(&'static str, &'a str)];

fn load(flags: Pairs<'_>, environment: Pairs<'_>, file: &str) -> Result<Config, String> {
    let mut kept = tempfile::NamedTempFile::new().unwrap();
    kept.write_all(file.as_bytes()).unwrap();
    let flags: BTreeMap<_, _> = flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let environment = |name: &str| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
    };
    let given = Given { flags: &flags, environment: &environment, file: File::Named(kept.path()) };
    Config::load(&given).map_err(|failure| failure.message)
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_the_default() {
    let flag: Pairs<'_> = &[("listen", "127.0.0.1:1")];
    let env: Pairs<'_> = &[("SEATWRIGHT_LISTEN", "127.0.0.1:2")];
    let file = "listen = \"127.0.0.1:3\"\nworkers = 3\n";
    for (flags, environment, file, port, source) in [
        (flag, env, file, 1, "flag"),
        (&[], env, file, 2, "environment"),
        (&[], &[], file, 3, "file"),
        (&[], &[], "", 8080, "default"),
    ] {
        let config = load(flags, environment, file).unwrap();
        assert_eq!(config.listen.port(), port);
        assert_eq!(config.source("listen").name(), source);
        assert_eq!(config.public_base(), format!("http://127.0.0.1:{port}"));
        assert_eq!(config.source("public_url"), &Source::Default);
    }
    assert_eq!(load(&[], &[], file).unwrap().workers, 3);
}

#[test]
fn every_default_is_what_the_engine_would_take() {
    let config = load(&[], &[], "").unwrap();
    assert_eq!(config.timing, engine::Timing::default());
    assert!(config.google_url.is_none() && config.master_keys.is_empty());
}

#[track_caller]
fn check(environment: Pairs<'_>, file: &str, words: &[&str]) {
    let message = load(&[], environment, file).map(|_| ()).unwrap_err();
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

#[test]
fn a_wrong_value_is_named_with_its_source_and_what_is_expected() {
    check(&[("SEATWRIGHT_LISTEN", "8080")], "", &["SEATWRIGHT_LISTEN", "`8080`", "IP address"]);
    check(&[("SEATWRIGHT_LISTEN", "127.0.0.1:0")], "", &["from environment SEATWRIGHT_LISTEN"]);
    check(&[], "workers = 0\n", &["SEATWRIGHT_WORKERS", "`0`", "from file", "1 to 256"]);
    check(&[("SEATWRIGHT_PUBLIC_URL", "https://a.example/b")], "", &["no path"]);
    check(&[("SEATWRIGHT_GOOGLE_URL", "sandbox")], "", &["SEATWRIGHT_GOOGLE_URL", "http"]);
    check(&[("SEATWRIGHT_DATABASE_URL", "mysql://a")], "", &["postgres://"]);
    check(&[("SEATWRIGHT_LOG_FORMAT", "xml")], "", &["text or json"]);
    check(&[("SEATWRIGHT_GOOGLE_SETTLE_MS", "soon")], "", &["whole number"]);
    check(&[("SEATWRIGHT_GOOGLE_RECORD_BYTES_MAX", "0")], "", &["whole number of bytes"]);
    check(&[], "port = 1\n", &["`port`"]);
    check(&[], "listen = \n", &["line 1"]);
    check(&[("SEATWRIGHT_MASTER_KEY_FILE", "/nowhere/key")], "", &["/nowhere/key"]);
}

#[test]
fn a_secret_is_never_shown() {
    let config = load(&[], &[("SEATWRIGHT_MASTER_KEY", "hush, hush-too")], "").unwrap();
    assert_eq!(config.master_keys.len(), 2);
    let shown = config.settings.iter().find(|s| s.value.key == "master_key").unwrap().shown();
    assert_eq!(shown.as_deref(), Some("set"));
    let url = "postgres://ada:hush@db.example/seatwright";
    let config = load(&[], &[("SEATWRIGHT_DATABASE_URL", url)], "").unwrap();
    let shown = config.settings[0].shown().unwrap();
    assert_eq!(shown, "postgres://ada:***@db.example/seatwright");
}

#[test]
fn a_database_file_is_told_from_other_databases() {
    let file = |url: &str| {
        let config = load(&[], &[("SEATWRIGHT_DATABASE_URL", url)], "").unwrap();
        config.sqlite_file().map(|path| path.display().to_string())
    };
    assert_eq!(file("sqlite:a/b.db"), Some("a/b.db".to_owned()));
    assert_eq!(file("sqlite:///a/b.db?mode=rwc"), Some("/a/b.db".to_owned()));
    assert_eq!(file("sqlite::memory:"), None);
    assert_eq!(file("postgres://a@b/c"), None);
}
