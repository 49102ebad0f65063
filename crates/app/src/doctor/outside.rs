//! What lies outside this machine: Google's clock, and the way browsers reach us.

use super::Finding;
use crate::clock::SystemClock;
use crate::config::{Config, Source};
use crate::failure::{Result, chain};
use crate::http_client::client;
use domain::time::{Clock as _, Timestamp};
use url::{Host, Url};

/// Beyond it tokens and signatures begin to fail, in ms.
const SKEW_MS_MAX: i64 = 60_000;
/// Where Google's own clock is asked; any answer carries it.
const GOOGLE: &str = "https://oauth2.googleapis.com/";

/// Our clock against the `Date` of an answer from Google or its stand-in, which also shows that it
/// can be reached.
pub async fn clock(config: &Config) -> Result<Finding> {
    const NAME: &str = "clock";
    let url = config.google_url.as_ref().map_or(GOOGLE, Url::as_str);
    let answer = match client(false)?.get(url).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let why = chain(&error.without_url());
            return Ok(Finding::fail(
                NAME,
                format!("{url} can't be reached: {why}"),
                "Check this machine's way there, and SEATWRIGHT_GOOGLE_URL if it is set.",
            ));
        }
    };
    let date = answer.headers().get(reqwest::header::DATE);
    let Some(theirs) = date.and_then(|date| moment(date.to_str().ok()?)) else {
        return Ok(Finding::warn(
            NAME,
            format!("{url} does not tell the time"),
            "Nothing, if it is a stand-in.",
        ));
    };
    Ok(skew(SystemClock.now().ms_since(theirs), url))
}

/// An HTTP date.
fn moment(text: &str) -> Option<Timestamp> {
    let parsed = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp(parsed.timestamp().as_millisecond()))
}

fn skew(ahead_ms: i64, url: &str) -> Finding {
    let seconds = ahead_ms.abs() / 1_000;
    if ahead_ms.abs() <= SKEW_MS_MAX {
        return Finding::ok("clock", format!("within {} s of {url}", seconds + 1));
    }
    let side = if ahead_ms > 0 { "ahead of" } else { "behind" };
    Finding::fail(
        "clock",
        format!("this machine is {seconds} s {side} {url}"),
        "Set the clock and keep it right, for example with systemd-timesyncd or chrony.",
    )
}

/// Whether our public address leads to a server, and whether browsers may trust it.
pub async fn public_url(config: &Config) -> Result<Finding> {
    const NAME: &str = "public URL";
    let base = config.public_base();
    let local = is_loopback(&config.public_url);
    if config.public_url.scheme() != "https" && !local {
        return Ok(Finding::fail(
            NAME,
            format!("{base} is not encrypted, and Google takes no such redirect URI"),
            "Put a proxy with a certificate before Seatwright and set SEATWRIGHT_PUBLIC_URL to its \
             https address.",
        ));
    }
    let answer = client(false)?.get(format!("{base}/healthz")).send().await;
    if !answer.is_ok_and(|answer| answer.status().is_success()) {
        return Ok(Finding::warn(
            NAME,
            format!("nothing answers at {base}/healthz"),
            "Start `seatwright serve`; if it runs, check SEATWRIGHT_PUBLIC_URL and the proxy.",
        ));
    }
    if local && config.google_url.is_none() && config.source("public_url") == &Source::Default {
        return Ok(Finding::warn(
            NAME,
            format!("{base} is answered, and can be reached from this machine only"),
            "Set SEATWRIGHT_PUBLIC_URL to the address that others use.",
        ));
    }
    Ok(Finding::ok(NAME, format!("{base} is answered")))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, moment, skew};
    use crate::doctor::Level;
    use domain::time::Timestamp;
    use url::Url;

    #[test]
    fn a_minute_apart_is_too_much() {
        for (ahead_ms, level, words) in [
            (0, Level::Ok, "within 1 s"),
            (-60_000, Level::Ok, "within 61 s"),
            (60_001, Level::Fail, "60 s ahead of"),
            (-3_600_000, Level::Fail, "3600 s behind"),
        ] {
            let finding = skew(ahead_ms, "http://a.example");
            assert_eq!(finding.level, level);
            assert!(finding.message.contains(words), "{}", finding.message);
        }
        assert_eq!(moment("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Timestamp(784_111_777_000)));
    }

    #[test]
    fn loopback_needs_no_encryption() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]", true),
            ("http://localhost:1", true),
            ("http://10.0.0.1", false),
            ("http://seatwright.example", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
