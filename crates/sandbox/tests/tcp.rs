//! The sandbox on a port: what a client of the network sees.

mod house;

use house::settings;
use sandbox::{Fault, FaultRule, Sandbox, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// All bytes that come back before the connection closes, or the error it closes with.
async fn exchange(address: &str, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Ok(_) => answer,
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => answer,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_dropped_answer_is_no_answer() {
    let sandbox = Sandbox::new(settings());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let talk = async {
        let body = "token=x";
        let request = format!(
            "POST /revoke HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let plain = exchange(&address, &request).await;
        assert!(plain.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&plain));
        for fault in [Fault::AnswerLost, Fault::RefusedBefore] {
            let rule = FaultRule {
                method: Some("oauth.revoke".to_owned()),
                customer: None,
                percent: 100,
                times: Some(1),
                fault,
            };
            sandbox.add_fault(rule);
            assert_eq!(exchange(&address, &request).await, b"", "not even a status line");
        }
        sandbox.add_fault(FaultRule {
            method: Some("oauth.revoke".to_owned()),
            customer: None,
            percent: 100,
            times: Some(1),
            fault: Fault::BrokenOff(9),
        });
        let broken = String::from_utf8(exchange(&address, &request).await).expect("text");
        let (head, body) = broken.split_once("\r\n\r\n").expect("a whole head");
        let whole =
            plain.len() - plain.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") - 4;
        assert!(head.contains(&format!("content-length: {whole}")), "{head}");
        assert_eq!(body.len(), 9, "less than the head says, and the connection is closed");
        let after = exchange(&address, &request).await;
        assert!(after.starts_with(b"HTTP/1.1 400"));
        assert_eq!(sandbox.inspect(|world| world.call_counts["oauth.revoke"]), 5);
    };
    serve(sandbox.clone(), listener, talk).await.expect("served");
}
