//! The judges: Google's own documents and Google's own clients hold the sandbox, and with it our client, to their
//! word.
//!
//! Here: the sandbox that the clients drive, and the load that its speed is measured with. The clients' stories are
//! in `python/` and `node/`. Never: a rule of Google's, nor anything the product needs.

pub mod claim;
pub mod discovery;
mod load;
mod stand;
pub mod verdict;

pub use load::{Load, Rate, measure};
pub use stand::{Facts, settings};
