//! The rules as tables: one `check` per file, one line per case. No database, no runtime, no clock.

mod absorb;
mod events;
mod explain;
mod lint;
mod look;
mod plan;
mod samples;
mod standing;
mod sweep;
mod words;
