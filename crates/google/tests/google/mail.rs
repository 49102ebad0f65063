//! The welcome mail reads back as what was put in, whatever was put in.

use domain::time::Timestamp;
use google::{MailError, Welcome, compose};
use mail_parser::{Address, Message, MessageParser, PartType};

const LINK: &str = "https://seatwright.example/first-password/AbC-_123?x=1&y=2";

fn welcome() -> Welcome<'static> {
    Welcome {
        from: "sales@reseller.example",
        to: "ada@other.example",
        recipient_name: "Ada Byron",
        organization: "Bücher & <Söhne>",
        domain: "acme.example",
        admin_email: "admin@acme.example",
        link: LINK,
        message_id: "<sec_0@seatwright.example>",
    }
}

fn write(welcome: &Welcome<'_>) -> Vec<u8> {
    compose(welcome, Timestamp(1_790_000_000_000)).unwrap()
}

fn read(raw: &[u8]) -> Message<'_> {
    MessageParser::default().parse(raw).unwrap()
}

fn only<'a>(address: Option<&'a Address<'a>>) -> (String, String) {
    let list = address.unwrap().as_list().unwrap();
    assert_eq!(list.len(), 1);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(list[0].name.as_deref()), text(list[0].address.as_deref()))
}

#[test]
fn it_reads_back() {
    let raw = write(&welcome());
    let mail = read(&raw);
    assert_eq!(only(mail.from()), (String::new(), "sales@reseller.example".into()));
    assert_eq!(only(mail.to()), ("Ada Byron".into(), "ada@other.example".into()));
    assert_eq!(mail.subject(), Some("Your Google Workspace for acme.example is ready"));
    assert_eq!(mail.message_id(), Some("sec_0@seatwright.example"));
    assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-09-21T14:13:20Z");
    assert!(mail.content_type_is_alternative(), "{}", String::from_utf8_lossy(&raw));

    let text = mail.body_text(0).unwrap();
    let html = mail.body_html(0).unwrap();
    for word in ["https://admin.google.com", "admin@acme.example", "acme.example", "terms"] {
        assert!(text.contains(word) && html.contains(word), "{word}");
    }
    assert!(text.contains(LINK), "{text}");
    assert!(text.contains("Hello Ada Byron,") && text.contains("(Bücher & <Söhne>)"), "{text}");
    assert!(html.contains("Bücher &#38; &#60;Söhne&#62;"), "{html}");
    assert!(
        html.contains("href=\"https://seatwright.example/first-password/AbC-_123?x=1&#38;y=2\"")
    );
}

trait Kind {
    fn content_type_is_alternative(&self) -> bool;
}

impl Kind for Message<'_> {
    fn content_type_is_alternative(&self) -> bool {
        let texts = |part: &PartType<'_>| matches!(part, PartType::Text(_) | PartType::Html(_));
        matches!(&self.parts[0].body, PartType::Multipart(parts) if parts.len() == 2)
            && self.parts[1..].iter().all(|part| texts(&part.body))
    }
}

#[test]
fn the_same_mail_is_the_same_bytes_and_lines_are_short() {
    let raw = write(&welcome());
    assert_eq!(raw, write(&welcome()));
    let text = String::from_utf8(raw).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains('\n')));
}

#[test]
fn names_cannot_bring_in_headers_or_parts() {
    let evil = "Eve\r\nBcc: all@x.example\r\n\r\n--=_seatwright-sec0seatwrightexample\r\nboo\u{0}";
    let raw =
        write(&Welcome { recipient_name: evil, organization: evil, domain: evil, ..welcome() });
    let mail = read(&raw);
    assert!(mail.bcc().is_none());
    assert_eq!(only(mail.to()).1, "ada@other.example");
    assert!(mail.content_type_is_alternative());
    assert!(mail.subject().unwrap().starts_with("Your Google Workspace for Eve Bcc:"));
    let marked = write(&Welcome { recipient_name: "<b>\"A\", <x@y.example>", ..welcome() });
    let marked = read(&marked);
    assert_eq!(only(marked.to()), ("<b>\"A\", <x@y.example>".into(), "ada@other.example".into()));
    assert!(!marked.body_html(0).unwrap().contains("<b>\"A\""));
}

#[test]
fn a_recipient_without_a_name_is_still_greeted() {
    let raw = write(&Welcome { recipient_name: " ", ..welcome() });
    let mail = read(&raw);
    assert_eq!(only(mail.to()), (String::new(), "ada@other.example".into()));
    assert!(
        mail.body_text(0).unwrap().starts_with("Hello,\r\n")
            || mail.body_text(0).unwrap().starts_with("Hello,\n")
    );
}

#[test]
fn what_cannot_stand_in_a_mail_is_refused() {
    let fault = |welcome: Welcome<'_>| compose(&welcome, Timestamp(0)).unwrap_err();
    for from in ["", "sales", "a@b.example\r\nBcc: x@y.example", "Sales <a@b.example>"] {
        let error = fault(Welcome { from, ..welcome() });
        assert!(matches!(error, MailError::Address(_)), "{from}: {error}");
    }
    for message_id in ["", "x", "<a@b>\r\nBcc: x@y.example", "a b@c", "a@b@c", "<>", "@b"] {
        assert_eq!(fault(Welcome { message_id, ..welcome() }), MailError::MessageId);
    }
    for link in
        ["", "javascript:alert(1)", "/relative", "https://x.example/a b", "https://x.example/\n"]
    {
        assert_eq!(fault(Welcome { link, ..welcome() }), MailError::Link, "{link}");
    }
}

#[test]
fn any_clock_gives_a_date() {
    for now in [Timestamp(-5), Timestamp(0), Timestamp::NEVER] {
        assert!(compose(&welcome(), now).is_ok());
    }
}
