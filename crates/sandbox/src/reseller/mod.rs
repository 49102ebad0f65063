//! The Reseller API: customers, subscriptions, notifications. Source: google-semantics.md §2

pub(crate) mod changes;
pub(crate) mod customers;
pub(crate) mod leave;
mod matrix;
pub(crate) mod notify;
pub(crate) mod purchase;
pub(crate) mod rules;
pub(crate) mod skus;
pub(crate) mod subscriptions;
mod switching;
pub(crate) mod terms;
pub(crate) mod transfer;
