//! A scripted stand-in for the wire: gives prepared answers in order and keeps what was sent.

use bytes::Bytes;
use domain::activation::Api;
use domain::ids::CredentialId;
use domain::step::{Call, Shown, Step};
use domain::time::{Clock, Timestamp};
use futures_util::future::BoxFuture;
use google::{
    CallError, Google, Grant, Hosts, Look, OAuthClient, Probe, StepSecrets, TokenAnswer, Transport,
    TransportError,
};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use url::Url;

pub type Reply = Result<http::Response<Bytes>, TransportError>;

pub fn reply(status: u16, body: &str) -> Reply {
    let body = Bytes::from(body.to_owned());
    Ok(http::Response::builder().status(status).body(body).unwrap())
}

pub fn error(status: u16, reason: &str, message: &str) -> Reply {
    reply(
        status,
        &format!(
            r#"{{"error":{{"code":{status},"message":"{message}","errors":[{{"message":"{message}","domain":"global","reason":"{reason}"}}]}}}}"#
        ),
    )
}

pub fn no_answer() -> Reply {
    Err(TransportError::NoAnswer { why: "connection reset".into() })
}

pub fn not_sent() -> Reply {
    Err(TransportError::NotSent { why: "connection refused".into() })
}

/// What was sent: `VERB path?query`, the headers and the body.
#[derive(Debug, Clone)]
pub struct Sent {
    pub line: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Sent {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Default)]
pub struct Wire {
    replies: Mutex<VecDeque<Reply>>,
    sent: Mutex<Vec<Sent>>,
    now: AtomicI64,
    /// How long every exchange takes, in ms of the fake clock.
    pub takes_ms: AtomicI64,
}

impl Wire {
    pub fn set(&self, now: i64) {
        self.now.store(now, Ordering::Relaxed);
    }
}

impl Transport for Wire {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Reply> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let line = format!("{} {}", head.method, head.uri.path_and_query().unwrap());
            let body = String::from_utf8(body.to_vec()).unwrap();
            let line_sent = line.clone();
            self.sent.lock().unwrap().push(Sent { line, headers: head.headers, body });
            // Lets everybody else run while this exchange is out.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            self.now.fetch_add(self.takes_ms.load(Ordering::Relaxed), Ordering::Relaxed);
            let reply = self.replies.lock().unwrap().pop_front();
            reply.unwrap_or_else(|| panic!("no answer prepared for {line_sent}"))
        })
    }
}

impl Clock for Wire {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Relaxed))
    }
}

/// The one door of these tests to the crate.
pub struct House {
    pub google: Google,
    pub wire: Arc<Wire>,
    pub log: Vec<Call>,
}

pub const START: i64 = 1_790_000_000_000;

impl House {
    /// With an access token `at-0` at hand, good for an hour.
    pub fn with_token(replies: Vec<Reply>) -> House {
        let house = House::without_token(replies);
        let answer = TokenAnswer {
            access_token: "at-0".to_owned().into(),
            refresh_token: None,
            expires_at: Timestamp(START + 3_600_000),
            scopes: BTreeSet::new(),
            account: None,
        };
        house.google.remember(&grant().credential, &answer);
        house
    }

    pub fn without_token(replies: Vec<Reply>) -> House {
        let wire = Arc::new(Wire { replies: Mutex::new(replies.into()), ..Wire::default() });
        wire.set(START);
        let hosts = Hosts::at(&Url::parse("http://google.test").unwrap());
        let google = Google::new(wire.clone(), hosts, wire.clone());
        House { google, wire, log: Vec::new() }
    }

    pub fn advance(&self, ms: i64) {
        self.wire.now.fetch_add(ms, Ordering::Relaxed);
    }

    pub async fn execute(&mut self, step: &Step) -> Result<Shown, CallError> {
        let secrets = StepSecrets {
            password: Some("first-password".to_owned().into()),
            link: Some("https://seatwright.example/first-password/abc".to_owned().into()),
            from: Some("sales@reseller.example".into()),
        };
        let intended_at = Clock::now(&*self.wire);
        self.google.execute(&grant(), step, &secrets, intended_at, &mut self.log).await
    }

    pub async fn probe(&mut self, api: Api) -> Result<Probe, CallError> {
        let account = Some("sales@reseller.example");
        self.google.probe(&grant(), api, account, &mut self.log).await
    }

    pub async fn look(
        &mut self,
        google_customer: Option<&str>,
    ) -> Result<domain::observed::Looked, CallError> {
        let wanted = Look {
            domain: "acme.example".into(),
            google_customer: google_customer.map(str::to_owned),
            admin_email: "admin@acme.example".into(),
            external_id: "cus_01".into(),
        };
        self.google.look(&grant(), &wanted, &mut self.log).await
    }

    /// More answers were prepared than could be needed; gives how many are left.
    pub fn discard_rest(&self) -> usize {
        std::mem::take(&mut *self.wire.replies.lock().unwrap()).len()
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.wire.sent.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.line).collect()
    }

    /// The journal, as `method status reason`.
    pub fn logged(&self) -> Vec<String> {
        let line = |call: &Call| format!("{} {} {}", call.method, call.status, call.reason);
        self.log.iter().map(line).map(|line| line.trim_end().to_owned()).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.wire.replies.lock().unwrap().is_empty(), "answers are left over");
        }
    }
}

pub fn grant() -> Grant {
    Grant {
        credential: "crd_00000000000000000000000000".parse::<CredentialId>().unwrap(),
        client: client(),
        refresh_token: "rt-1".to_owned().into(),
    }
}

pub fn client() -> OAuthClient {
    OAuthClient { id: "client-1".into(), secret: "hush & hush".to_owned().into() }
}
