//! The client of Google without a network: what it sends, what it reads, and what it makes of it.

mod classify;
mod fake;
mod look;
mod mail;
mod oauth;
mod probes;
mod steps;
mod tokens;
mod transport;
