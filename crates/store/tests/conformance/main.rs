//! Every function of the store, on SQLite and on PostgreSQL, from one text. Never anything that holds
//! on one database only.
//!
//! SQLite runs on a file, so that its reading and writing pools are two. PostgreSQL is the server that
//! `SEATWRIGHT_TEST_POSTGRES` names; each test has a schema of its own there, dropped at its end.

mod activations;
mod base;
mod claims;
mod commits;
mod corrupt;
mod credentials;
mod fences;
mod foreign;
mod installation;
mod instances;
mod journal;
mod orders;
mod secrets;
mod timeline;
