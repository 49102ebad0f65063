//! A recorder over a scripted wire, and the lines it wrote. Never: what is expected of them.

use bytes::Bytes;
use domain::ids::{Chance, Stream};
use domain::time::{Clock, Timestamp};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use google::record::{Recorder, RecordingTransport};
use google::{Hosts, Transport, TransportError};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use url::Url;

pub type Reply = Result<http::Response<Bytes>, TransportError>;

/// Gives the one answer it was told, to whatever is asked.
struct Wire(Mutex<Reply>);

impl Transport for Wire {
    fn send(&self, _: http::Request<Bytes>) -> BoxFuture<'_, Reply> {
        let reply = self.0.lock().unwrap().clone();
        Box::pin(std::future::ready(reply))
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(1_790_000_000_000)
    }
}

struct Sevens;

impl Chance for Sevens {
    fn fill(&self, _: Stream, out: &mut [u8]) {
        out.fill(7);
    }
}

pub struct Stage {
    pub home: TempDir,
    pub recorder: Arc<Recorder>,
    wire: Arc<Wire>,
    transport: RecordingTransport,
}

impl Stage {
    pub fn new() -> Stage {
        Stage::bounded(1024 * 1024)
    }

    pub fn bounded(bytes_max: u64) -> Stage {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("google.jsonl");
        let recorder = Recorder::start(&path, bytes_max, true, &Still, &Sevens).unwrap();
        let recorder = Arc::new(recorder);
        let wire = Arc::new(Wire(Mutex::new(answer(204, &[], ""))));
        let hosts = Hosts::at(&Url::parse("http://google.test/base").unwrap());
        let transport =
            RecordingTransport::new(wire.clone(), recorder.clone(), hosts, Arc::new(Still));
        Stage { home, recorder, wire, transport }
    }

    /// Another recorder on the same path.
    pub fn again(&self) -> Recorder {
        let path = self.home.path().join("google.jsonl");
        Recorder::start(&path, 1024, true, &Still, &Sevens).unwrap()
    }

    /// Sends a request that is answered so, and gives what the caller got.
    pub fn exchange(&self, request: http::Request<Bytes>, reply: Reply) -> Reply {
        *self.wire.0.lock().unwrap() = reply;
        self.transport.send(request).now_or_never().expect("the wire answers at once")
    }

    pub fn path(&self) -> PathBuf {
        self.recorder.path().to_owned()
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    /// All exchanges, without the head.
    pub fn lines(&self) -> Vec<Value> {
        self.text().lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub fn ask(verb: &str, path: &str, headers: &[(&str, &str)], body: &str) -> http::Request<Bytes> {
    let mut request =
        http::Request::builder().method(verb).uri(format!("http://google.test/base{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from(body.to_owned())).unwrap()
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Bytes::from(body.to_owned())).unwrap())
}
