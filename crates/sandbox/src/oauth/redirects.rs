//! Which redirect URIs Google would register. Whether the sandbox minds is a switch. That the host's last label stands
//! on the public-suffix list isn't looked at: the sandbox has no such list, and reserved names are for trying things.
//! Source: google-semantics.md §1.7 {O-WEB}

use std::net::IpAddr;

use url::{Host, Url};

/// What Google would say against it.
pub(super) fn fault(text: &str) -> Option<&'static str> {
    if text.contains('*') || !text.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
        return Some("it has a character that isn't allowed");
    }
    if !is_well_encoded(text) {
        return Some("it has a bad percent sign");
    }
    if goes_up(text) {
        return Some("its path leads up");
    }
    let Ok(url) = Url::parse(text) else { return Some("it is no URL") };
    if url.fragment().is_some() {
        return Some("it has a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it has a user's name");
    }
    if url.query_pairs().any(|(_, value)| leads_on(&value)) {
        return Some("its query redirects to elsewhere");
    }
    of_host(&url)
}

fn of_host(url: &Url) -> Option<&'static str> {
    let here = match url.host() {
        None => return Some("it has no host"),
        Some(Host::Domain("localhost")) => true,
        Some(Host::Domain("googleusercontent.com")) => return Some("the host isn't allowed"),
        Some(Host::Domain(name)) if name.ends_with(".googleusercontent.com") => {
            return Some("the host isn't allowed");
        }
        Some(Host::Domain(_)) => false,
        Some(Host::Ipv4(address)) if IpAddr::V4(address).is_loopback() => true,
        Some(Host::Ipv6(address)) if IpAddr::V6(address).is_loopback() => true,
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Some("the host is a raw address"),
    };
    match url.scheme() {
        "https" => None,
        "http" if here => None,
        _ => Some("it isn't https"),
    }
}

fn leads_on(value: &str) -> bool {
    value.starts_with("http://") || value.starts_with("https://") || value.starts_with("//")
}

fn is_well_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|behind| {
        let code = behind.as_bytes().get(..2);
        code.is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit) && code != b"00")
    })
}

fn goes_up(text: &str) -> bool {
    let plain =
        text.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
    plain.contains("/..") || plain.contains("\\..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, good: bool) {
        assert_eq!(fault(text).is_none(), good, "{text}: {:?}", fault(text));
    }

    #[test]
    fn redirect_uris_are_as_google_registers_them() {
        check("https://console.acme.example/back?keep=1", true);
        check("http://localhost:8080/back", true);
        check("http://127.0.0.1:8080/back", true);
        check("http://[::1]/back", true);
        check("http://console.acme.example/back", false);
        check("https://192.168.1.7/back", false);
        check("https://x.googleusercontent.com/back", false);
        check("https://ada@acme.example/back", false);
        check("https://acme.example/back#part", false);
        check("https://acme.example/a/../back", false);
        check("https://acme.example/a/%2e%2E/back", false);
        check("https://acme.example/a\\..\\back", false);
        check("https://acme.example/back?next=https://evil.example", false);
        check("https://*.acme.example/back", false);
        check("https://acme.example/ü", false);
        check("https://acme.example/%zz", false);
        check("https://acme.example/%00", false);
        check("back", false);
        check("myapp:/back", false);
    }
}
