//! The whole system in one process, under one clock and one seed: web, engine, database and sandbox.
//! Tests start here. Never part of what is shipped.

pub mod auditor;
pub mod chance;
pub mod house;
pub mod peril;
pub mod transport;

pub use auditor::Auditor;
pub use chance::{Rng, SeededChance};
pub use house::{Consent, House, Process, Ran, SimClock};
pub use peril::Peril;
pub use transport::NetworkFault;
