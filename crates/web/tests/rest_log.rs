//! What the log holds of a request: its route, never its query, its body, its key or a token in its
//! path. Alone in its process, since it listens to everything that is logged.

mod house;

use axum::body::Body;
use house::{House, good_order};
use http::Request;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_holds_routes_and_no_secrets() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let house = House::new().await;
    let created = house.order(&house.nord, Some("key-in-header"), &good_order()).await;
    assert_eq!(created.status, http::StatusCode::CREATED);
    for path in [
        "/v1/orders?before=code-in-query",
        "/v1/customers/token-in-path",
        "/activate/token-in-path",
        "/welcome/token-in-path?code=code-in-query",
        "/Setup/SystemOptions/CloudAppsConfiguration.aspx/AuthenticateGoogleWorkspace?code=code-in-query",
    ] {
        house.send(Request::builder().uri(path).body(Body::empty()).unwrap()).await;
        house.get(&house.nord, path).await;
        for site in ["same-origin", "cross-site"] {
            let form = Request::builder().method("POST").uri(path).header("sec-fetch-site", site);
            house.send(form.body(Body::empty()).unwrap()).await;
        }
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/v1/customers/{id}"), "the route is logged");
    let secrets = [
        "code-in-query",
        "token-in-path",
        "key-in-header",
        "ada@other.example",
        "hush-client-secret",
        house.nord.key.as_str(),
    ];
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
