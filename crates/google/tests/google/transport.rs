//! The real transport against a listener of its own on the loopback interface: what never left is
//! told from what may have been processed.

use crate::fake::{START, Wire, grant};
use bytes::Bytes;
use domain::time::{Clock, Timestamp};
use flate2::Compression;
use flate2::write::GzEncoder;
use google::{
    ANSWER_BYTES_MAX, CallError, Google, Hosts, HttpTransport, TokenAnswer, Transport,
    TransportError, directory, reseller,
};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

type Answer = Result<http::Response<Bytes>, TransportError>;

/// Sends one POST to a listener that reads it, writes `answer` and closes. Gives what it read too.
async fn exchange(answer: Vec<u8>) -> (String, Answer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a/b?c=d", listener.local_addr().unwrap());
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"body!") {
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
        }
        // The client may hang up early on an answer that is too large.
        let _hung_up = stream.write_all(&answer).await;
        let _hung_up = stream.shutdown().await;
        String::from_utf8(read).unwrap()
    };
    let request = http::Request::post(url).body(Bytes::from_static(b"body!")).unwrap();
    let transport = HttpTransport::new(5_000).unwrap();
    tokio::join!(serve, transport.send(request))
}

fn no_answer(answer: &Answer) -> bool {
    matches!(answer, Err(TransportError::NoAnswer { .. }))
}

#[tokio::test]
async fn plain_http_works_and_says_who_asks() {
    let answer = b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}";
    let (read, answer) = exchange(answer.to_vec()).await;
    assert!(read.starts_with("POST /a/b?c=d HTTP/1.1\r\n"), "{read}");
    let agent = format!("user-agent: seatwright/{} (gzip)\r\n", env!("CARGO_PKG_VERSION"));
    assert!(read.contains(&agent), "{read}");
    assert!(read.contains("accept-encoding: gzip\r\n"), "{read}");
    let answer = answer.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (429, b"{}".as_ref()));
    assert_eq!(answer.headers()["retry-after"], "7");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let answer =
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let (_, answer) = exchange(answer.to_vec()).await;
    assert_eq!(answer.unwrap().status(), 302);
}

#[tokio::test]
async fn an_answer_cut_short_or_too_large_is_none() {
    let (_, nothing) = exchange(Vec::new()).await;
    assert!(no_answer(&nothing), "{nothing:?}");
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec();
    let (_, cut) = exchange(cut).await;
    assert!(no_answer(&cut), "{cut:?}");
    let mut large = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    large.resize(large.len() + ANSWER_BYTES_MAX + 1, b' ');
    let (_, large) = exchange(large).await;
    assert!(matches!(&large, Err(TransportError::NoAnswer { why }) if why.contains("larger")));
}

#[tokio::test]
async fn what_cannot_connect_was_never_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let transport = HttpTransport::new(5_000).unwrap();
    for url in [format!("http://{closed}/"), "http://127.0.0.1:1/".into(), "nowhere".into()] {
        let request = http::Request::get(url.as_str()).body(Bytes::new()).unwrap();
        let answer = transport.send(request).await;
        assert!(matches!(answer, Err(TransportError::NotSent { .. })), "{url} {answer:?}");
    }
}

#[tokio::test]
async fn silence_ends_at_the_deadline_as_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let transport = HttpTransport::new(200).unwrap();
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let answer = transport.send(request).await;
    assert!(no_answer(&answer), "{answer:?}");
}

#[test]
fn a_call_must_be_given_time() {
    assert!(HttpTransport::new(0).is_err());
    assert!(HttpTransport::new(-1).is_err());
}

fn zipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn encoded(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_compressed_answer_is_inflated_and_bounded_by_what_comes_out() {
    let (_, answer) = exchange(encoded(&zipped(b"{\"id\":\"7\"}"))).await;
    assert_eq!(answer.unwrap().body().as_ref(), b"{\"id\":\"7\"}");

    let just_fits = zipped(&vec![b' '; ANSWER_BYTES_MAX]);
    let (_, answer) = exchange(encoded(&just_fits)).await;
    assert_eq!(answer.unwrap().body().len(), ANSWER_BYTES_MAX);

    // 64 MB that are 64 kB on the wire.
    let bomb = zipped(&vec![0; 16 * ANSWER_BYTES_MAX]);
    assert!(bomb.len() < ANSWER_BYTES_MAX / 32);
    let (_, answer) = exchange(encoded(&bomb)).await;
    assert!(matches!(&answer, Err(TransportError::NoAnswer { why }) if why.contains("larger")));

    let whole = zipped(b"{\"id\":\"7\"}");
    for broken in [b"{}".as_ref(), &whole[..whole.len() - 9], &whole[..12]] {
        let (_, answer) = exchange(encoded(broken)).await;
        assert!(no_answer(&answer), "{answer:?}");
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut read).await.unwrap() == 0 {
            return None;
        }
    }
    Some(String::from_utf8(read).unwrap())
}

#[tokio::test]
async fn consecutive_calls_use_one_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            read_request(&mut stream).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        }
    };
    let transport = HttpTransport::new(5_000).unwrap();
    let call = async {
        for _ in 0..3 {
            let request = http::Request::get(url.as_str()).body(Bytes::new()).unwrap();
            assert_eq!(transport.send(request).await.unwrap().status(), 200);
        }
    };
    // Would wait for ever, were a second connection needed: nobody accepts it.
    tokio::join!(serve, call);
}

#[tokio::test]
async fn a_connection_closed_while_idle_costs_nothing_and_repeats_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = async {
        let mut seen = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            seen.push(read_request(&mut stream).await.unwrap());
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        }
        seen.len()
    };
    let transport = HttpTransport::new(5_000).unwrap();
    let call = async {
        for _ in 0..2 {
            let request = http::Request::post(url.as_str()).body(Bytes::new()).unwrap();
            assert_eq!(transport.send(request).await.unwrap().status(), 200);
        }
    };
    assert_eq!(tokio::join!(serve, call).0, 2);
}

/// A client of Google at this address, with a token.
fn client(address: std::net::SocketAddr) -> Google {
    let clock = Arc::new(Wire::default());
    clock.set(START);
    let base = Url::parse(&format!("http://{address}")).unwrap();
    let transport = Arc::new(HttpTransport::new(5_000).unwrap());
    let google = Google::new(transport, Hosts::at(&base), clock.clone());
    let answer = TokenAnswer {
        access_token: "at-0".to_owned().into(),
        refresh_token: None,
        expires_at: Clock::now(&*clock).plus_ms(3_600_000),
        scopes: BTreeSet::new(),
        account: None,
    };
    google.remember(&grant().credential, &answer);
    google
}

/// How a change ends on a connection that breaks at this byte of a good answer; none: at once.
async fn change_broken_at(at: Option<usize>) -> Result<(), CallError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let google = client(listener.local_addr().unwrap());
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let Some(at) = at else { return };
        read_request(&mut stream).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"kind\": \"x\" }";
        stream.write_all(&answer[..at.min(answer.len())]).await.unwrap();
    };
    let (grant, mut log) = (grant(), Vec::new());
    let change = directory::delete_user("117");
    let call = google.change(&grant, &change, Timestamp(START), &mut log);
    tokio::join!(serve, call).1.map(drop)
}

#[tokio::test]
async fn a_change_on_a_broken_connection_is_unsure_until_its_last_byte() {
    let at_once = change_broken_at(None).await;
    assert!(matches!(at_once, Err(CallError::Unsure { .. })), "{at_once:?}");
    for at in [0, 5, 20, 38, 41, 52] {
        let broken = change_broken_at(Some(at)).await;
        assert!(matches!(broken, Err(CallError::Unsure { .. })), "{at}: {broken:?}");
    }
    assert_eq!(change_broken_at(Some(usize::MAX)).await, Ok(()));
}

#[tokio::test]
async fn a_call_that_cannot_connect_was_not_applied_and_its_address_stays_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let google = client(listener.local_addr().unwrap());
    drop(listener);
    let (grant, mut log) = (grant(), Vec::new());
    let mut pages = reseller::list_subscriptions_of("C1", Some("transfer-token-1"));
    let read = google.next_page(&grant, &mut pages, &mut log).await;
    let change = directory::delete_user("117");
    let change = google.change(&grant, &change, Timestamp(START), &mut log).await;
    assert!(matches!(&read, Err(CallError::NotApplied { .. })), "{read:?}");
    assert!(matches!(&change, Err(CallError::NotApplied { .. })), "{change:?}");
    let said = format!("{read:?} {log:?} {pages:?}");
    assert!(said.contains("not sent") && !said.contains("transfer-token-1"), "{said}");
}
