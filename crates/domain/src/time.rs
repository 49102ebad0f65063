//! Moments. The only way any of our code learns the time is [`Clock`]; nothing here reads one.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, UTC.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than everything: work due then is parked until something wakes it.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);

    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }

    /// How many ms lie between `earlier` and this moment; negative when it lies after.
    #[must_use]
    pub fn ms_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with seconds, as people and JSON see it; `never` for [`Timestamp::NEVER`].
    #[must_use]
    pub fn rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Err(_) => "never".to_owned(),
        }
    }
}

/// Gives the current time. The only way any of our code learns it.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn a_moment_reads_as_rfc_3339() {
        assert_eq!(Timestamp(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp(1_790_000_000_999).rfc3339(), "2026-09-21T14:13:20Z");
        assert_eq!(Timestamp::NEVER.rfc3339(), "never");
    }
}
