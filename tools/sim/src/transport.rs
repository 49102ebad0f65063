//! The network between a process and the sandbox: everything that can happen to a request.

use crate::house::SimClock;
use crate::peril::Peril;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use google::{Transport, TransportError};
use http::{Request, Response};
use http_body_util::BodyExt;
use sandbox::{DROP_HEADER, Sandbox};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt;

/// What the network does to one request; the sandbox has faults of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    None,
    /// The connection is refused.
    NotSent,
    /// The client gives up waiting; the request reaches Google this much later, in ms.
    Late(i64),
}

/// Requests that are still on their way although nobody waits for them any more.
#[derive(Clone, Default)]
pub struct Wire(Arc<Mutex<WireState>>);

#[derive(Default)]
struct WireState {
    /// Used from the end.
    faults: Vec<NetworkFault>,
    late: Vec<(i64, Request<Bytes>)>,
    calls: u64,
}

impl Wire {
    fn state(&self) -> std::sync::MutexGuard<'_, WireState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to the next requests, the last element first.
    pub fn set_faults(&self, faults: Vec<NetworkFault>) {
        self.state().faults = faults;
    }

    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Lets the late requests arrive that are due.
    pub async fn deliver(&self, sandbox: &Sandbox, now_ms: i64) {
        let due: Vec<_> = {
            let mut state = self.state();
            let (due, later) =
                std::mem::take(&mut state.late).into_iter().partition(|l| l.0 <= now_ms);
            state.late = later;
            due
        };
        for (_, request) in due {
            drop(send(sandbox, request).await);
        }
    }
}

/// One process's way to Google.
pub struct InProcess {
    pub sandbox: Sandbox,
    pub wire: Wire,
    pub peril: Peril,
    pub clock: SimClock,
    pub call_ms_max: i64,
}

/// How long an ordinary call takes, in ms.
const CALL_MS: i64 = 40;

impl Transport for InProcess {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            self.peril.point("before a call", false).await;
            let fault = {
                let mut state = self.wire.state();
                state.calls += 1;
                state.faults.pop().unwrap_or(NetworkFault::None)
            };
            match fault {
                NetworkFault::NotSent => {
                    return Err(TransportError::NotSent { why: "connection refused".into() });
                }
                NetworkFault::Late(by_ms) => {
                    let due = self.clock.now_ms() + by_ms.min(self.call_ms_max - 1);
                    self.wire.state().late.push((due, request));
                    self.clock.advance(self.call_ms_max);
                    return Err(TransportError::NoAnswer { why: "no answer in time".into() });
                }
                NetworkFault::None => {}
            }
            let (response, dropped) = send(&self.sandbox, request).await;
            self.clock.advance(CALL_MS);
            self.peril.point("after a call", true).await;
            if dropped {
                return Err(TransportError::NoAnswer { why: "connection closed".into() });
            }
            Ok(response)
        })
    }
}

async fn send(sandbox: &Sandbox, request: Request<Bytes>) -> (Response<Bytes>, bool) {
    let answer = sandbox.router().oneshot(request.map(axum::body::Body::from)).await;
    let response = answer.unwrap_or_else(|never| match never {});
    let dropped = response.headers().contains_key(DROP_HEADER);
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    (Response::from_parts(parts, body), dropped)
}
