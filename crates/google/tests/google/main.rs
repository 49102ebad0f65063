//! The client of Google without a network: what it sends, what it reads, and what it makes of it.

mod answers;
mod batch;
mod calls;
mod classify;
mod fake;
mod fuzz;
mod look;
mod mail;
mod oauth;
mod pages;
mod probes;
mod quota;
mod steps;
mod tokens;
mod transport;
