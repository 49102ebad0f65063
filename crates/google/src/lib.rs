//! The outside: Seatwright's client of Google. Knows Google's wire and what its answers mean.
//!
//! Here live the requests (one file per API), access tokens, the one table from answers to meaning
//! (`classify`) and the welcome mail's text. Never here: deciding what to do next, waiting, the
//! database, retries of anything that changes something.

mod answer;
mod batch;
mod classify;
mod client;
pub mod contract;
pub mod directory;
pub mod gmail;
mod hidden;
mod hosts;
pub mod licensing;
mod look;
mod mail;
mod methods;
mod oauth;
mod pages;
mod quota;
pub mod record;
mod request;
pub mod reseller;
pub mod site_verification;
mod tokens;
mod transport;
mod wire;

pub use answer::{Answer, RETRY_AFTER_MS_MAX, enable_url};
pub use batch::{BATCH_MAX, GMAIL_BATCH_MAX};
pub use classify::{classify, row_of, rows};
pub use client::{CallError, Google, Grant, Look, OAuthClient, Probe, START_MS_MAX, StepSecrets};
pub use hosts::{Hosts, Service};
pub use mail::{MailError, Welcome, compose};
pub use oauth::{AccountIdentity, TokenAnswer, TokenError, TokenInfo};
pub use pages::{Page, Pages};
pub use quota::Priority;
pub use request::{Change, Read};
pub use transport::{ANSWER_BYTES_MAX, HttpTransport, Transport, TransportError, TransportSetup};
pub use wire::{Answered, Count, Int64, Nothing, Secret, Shaped};
