//! The outside: Seatwright's client of Google. Knows Google's wire and what its answers mean.
//!
//! Here live the requests (one file per API), access tokens, the one table from answers to meaning
//! (`classify`) and the welcome mail's text. Never here: deciding what to do next, waiting, the
//! database, retries of anything that changes something.

mod answer;
mod classify;
mod client;
mod directory;
mod gmail;
mod hosts;
mod licensing;
mod look;
mod mail;
mod oauth;
mod reseller;
mod tokens;
mod transport;

pub use answer::{Answer, RETRY_AFTER_MS_MAX, enable_url};
pub use classify::classify;
pub use client::{CallError, Google, Grant, Look, OAuthClient, Probe, START_MS_MAX, StepSecrets};
pub use hosts::Hosts;
pub use mail::{MailError, Welcome, compose};
pub use oauth::{AccountIdentity, TokenAnswer, TokenError};
pub use transport::{ANSWER_BYTES_MAX, HttpTransport, Transport, TransportError, TransportSetup};
