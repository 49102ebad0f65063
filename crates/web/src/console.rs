//! The operators' pages: sign-in, settings, activation, orders, customers, API keys. Server-rendered;
//! scripts only add what a page can't do by itself. Nothing here talks to Google or writes SQL.

mod activation;
mod api_keys;
mod assets;
mod consent;
mod cookies;
mod customers;
mod form;
mod instance_form;
mod instance_status;
mod instances;
mod looks;
mod menu;
mod order_form;
mod orders;
mod page;
mod path;
mod routes;
mod session;
mod sign_in;
mod sign_in_limits;
mod timeline;
mod welcome;

pub use routes::{Door, Route, router, routes};
