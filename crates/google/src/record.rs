//! Recordings: what this client exchanged with Google, written down without secrets and personal data,
//! so that others can see where the sandbox is wrong.
//!
//! What stays is on a list: words of Google's own, ids of products, counts, times. All else is replaced
//! by a pseudonym or removed. Never here: sending, judging an answer, playing a recording back.

mod endpoint;
mod exchange;
mod file;
mod members;
mod pseudonyms;
mod read;
mod redact;
mod scrub;
mod transport;
mod vocabulary;

pub use endpoint::{Endpoint, endpoint};
pub use exchange::{Body, Exchange, Head, Lost, Outcome, REMOVED, Reply, Request, VERSION};
pub use file::{Recorder, RecordingError};
pub use members::{Nature, nature};
pub use read::{reply, request};
pub use redact::Redactor;
pub use transport::RecordingTransport;
