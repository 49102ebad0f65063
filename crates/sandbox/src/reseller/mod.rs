//! The Reseller API: customers and subscriptions. Source: google-semantics.md §2

pub(crate) mod customers;
pub(crate) mod rules;
pub(crate) mod skus;
pub(crate) mod subscriptions;
