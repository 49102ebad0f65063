//! Bodies of several parts (`multipart/mixed`, `multipart/related`), read and written. Never: what a part means.
//! Source: RFC 2046 §5.1; google-semantics.md §7.1

/// One part: its headers, names in lower case, and its body.
pub(crate) struct Part {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Part {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The boundary that a content type names, if it is of several parts.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let mut parts = content_type.split(';');
    if !parts.next()?.trim().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))
        .map(|(_, value)| value.trim().trim_matches('"'))
        .filter(|value| !value.is_empty())
}

fn find(text: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let behind = text.get(from..)?;
    behind.windows(what.len()).position(|some| some == what).map(|at| from + at)
}

/// The parts between the boundary's lines; `None` when there are none or the last line is missing.
pub(crate) fn parts(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let line = format!("--{boundary}").into_bytes();
    let mut at = find(body, &line, 0)? + line.len();
    let mut all = Vec::new();
    loop {
        if body.get(at..).is_some_and(|rest| rest.starts_with(b"--")) {
            return Some(all);
        }
        let end = find(body, &line, at)?;
        all.push(part(body.get(at..end)?));
        at = end + line.len();
    }
}

fn part(text: &[u8]) -> Part {
    let text = without_first_line(text);
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let (headers, body) = head_and_body(text);
    Part { headers, body: body.to_vec() }
}

fn without_first_line(text: &[u8]) -> &[u8] {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => &text[end + 1..],
        None => &[],
    }
}

/// Headers until the first empty line, and what comes behind it.
pub(crate) fn head_and_body(text: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut headers = Vec::new();
    let mut rest = text;
    loop {
        let (line, behind) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches('\r');
        rest = behind;
        if line.is_empty() {
            return (headers, rest);
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        if rest.is_empty() {
            return (headers, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_its_parts() {
        let body =
            b"preamble\r\n--b\r\nContent-ID: <1>\r\n\r\none\r\ntwo\r\n--b\r\n\r\n\r\n--b--\r\n";
        let all = parts(body, "b").expect("parts");
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].header("content-id"), all[0].body.as_slice()),
            (Some("<1>"), &b"one\r\ntwo"[..])
        );
        assert_eq!(all[1].body, b"");
        assert!(parts(b"--b\r\n\r\nno end", "b").is_none());
        assert_eq!(boundary("multipart/mixed; boundary=\"x y\""), Some("x y"));
        assert_eq!(boundary("Multipart/Related; charset=x; boundary=z"), Some("z"));
        assert_eq!(boundary("application/json; boundary=z"), None);
    }
}
