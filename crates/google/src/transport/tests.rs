//! TLS with a server of the test's own: HTTP/2 where it is offered, HTTP/1.1 where it is not, and
//! nothing for a server nobody vouches for.

use super::{HttpTransport, Transport as _, TransportError};
use bytes::Bytes;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a client of HTTP/2 says first. Source: RFC 9113 §3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// What became of one call: agreed protocol, first bytes the server read, and the answer.
struct Seen {
    protocol: Option<Vec<u8>>,
    read: Vec<u8>,
    answer: Result<http::Response<Bytes>, TransportError>,
}

/// One GET to a TLS server that speaks `protocols`; `known`: its certificate is vouched for.
async fn get(protocols: &[&[u8]], known: bool) -> Seen {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());

    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = acceptor.accept(stream).await else { return (None, Vec::new()) };
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        let mut read = vec![0; PREFACE.len()];
        stream.read_exact(&mut read).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        let _hung_up = stream.write_all(answer).await;
        let _hung_up = stream.shutdown().await;
        (protocol, read)
    };
    let mut builder = HttpTransport::builder(5_000).unwrap();
    if known {
        let root = reqwest::Certificate::from_der(made.cert.der()).unwrap();
        builder = builder.tls_certs_merge([root]);
    }
    let transport = HttpTransport { client: builder.build().unwrap() };
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let ((protocol, read), answer) = tokio::join!(serve, transport.send(request));
    Seen { protocol, read, answer }
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it() {
    let seen = get(&[b"h2", b"http/1.1"], true).await;
    assert_eq!(seen.protocol.as_deref(), Some(b"h2".as_ref()));
    assert_eq!(seen.read, PREFACE);
    // This server is none, in truth.
    assert!(matches!(seen.answer, Err(TransportError::NoAnswer { .. })), "{:?}", seen.answer);
}

#[tokio::test]
async fn http_1_1_is_spoken_where_it_does_not() {
    for protocols in [[b"http/1.1".as_ref()].as_ref(), &[]] {
        let seen = get(protocols, true).await;
        assert_eq!(seen.protocol.as_deref(), protocols.first().copied());
        assert!(seen.read.starts_with(b"GET / HTTP/1.1\r\n"));
        assert_eq!(seen.answer.unwrap().body().as_ref(), b"{}");
    }
}

#[tokio::test]
async fn a_server_nobody_vouches_for_is_told_nothing() {
    let seen = get(&[b"h2"], false).await;
    assert_eq!(seen.read, b"");
    assert!(matches!(seen.answer, Err(TransportError::NotSent { .. })), "{:?}", seen.answer);
}
