//! The real transport against a listener of its own on the loopback interface: what never left is
//! told from what may have been processed.

use bytes::Bytes;
use google::{ANSWER_BYTES_MAX, HttpTransport, Transport, TransportError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

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
