//! The sandbox on a TCP port. The only place that turns a dropped answer into a closed connection.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::reply::DROP_HEADER;
use crate::sandbox::Sandbox;

/// How long a client may take to send its head, so that a silent one doesn't hold a connection for ever.
const HEAD_MS_MAX: u64 = 30_000;

/// The error that makes the connection close without a status line.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the sandbox drops this connection on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Serves until `shutdown` resolves, then closes all connections at once.
///
/// Errors of single connections are the client's affair and only traced; the result is an error only when the
/// listener itself gives up.
pub async fn serve(
    sandbox: Sandbox,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let router = sandbox.router();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(carry(router.clone(), stream));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => return Err(error),
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

async fn carry(router: axum::Router, stream: TcpStream) {
    let nodelay = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(HEAD_MS_MAX))
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::trace!(%error, ?nodelay, "a connection ended early");
    }
}

async fn answer(router: axum::Router, request: Request<Incoming>) -> Result<Response, Dropped> {
    let response = match router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.headers().contains_key(DROP_HEADER) { Err(Dropped) } else { Ok(response) }
}
