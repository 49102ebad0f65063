//! The nouns, and what may be asked of them. No IO, no clock, no chance of its own, no async: time
//! and chance come in as arguments, and nothing here can fail for a reason outside its arguments.

pub mod activation;
pub mod catalog;
pub mod codes;
pub mod command;
pub mod desired;
pub mod event;
pub mod fields;
pub mod ids;
pub mod names;
pub mod observed;
pub mod order;
pub mod place;
pub mod secret;
pub mod step;
pub mod time;
