//! The sandbox's time. The only place that reads the machine's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::settings::SandboxClock;

/// 9999-01-01, behind which times can't be written down.
pub(crate) const LATEST_MS: i64 = 253_370_764_800_000;

/// `moved_ms` is the time itself when virtual, the distance from the machine's time when real.
pub(crate) struct Clock {
    kind: SandboxClock,
    moved_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn new(kind: SandboxClock, moved_ms: i64) -> Clock {
        Clock { kind, moved_ms: AtomicI64::new(moved_ms) }
    }

    pub(crate) fn kind(&self) -> SandboxClock {
        self.kind
    }

    pub(crate) fn moved_ms(&self) -> i64 {
        self.moved_ms.load(Ordering::SeqCst)
    }

    fn base_ms(&self) -> i64 {
        match self.kind {
            SandboxClock::Real => machine_ms(),
            SandboxClock::Virtual => 0,
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.base_ms().saturating_add(self.moved_ms())
    }

    pub(crate) fn set_now_ms(&self, now_ms: i64) {
        self.moved_ms.store(now_ms.saturating_sub(self.base_ms()), Ordering::SeqCst);
    }

    pub(crate) fn advance_ms(&self, by_ms: i64) {
        let further = |moved_ms: i64| Some(moved_ms.saturating_add(by_ms));
        let _ = self.moved_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, further);
    }
}

#[expect(clippy::disallowed_methods, reason = "the sandbox's one place that reads the time")]
fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// RFC 3339 with milliseconds, as the Directory API writes times. Source: google-semantics.md §0, §3.2 {DISC-DIR}
pub(crate) fn rfc3339(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(at) => format!("{at:.3}"),
        Err(_) => "1970-01-01T00:00:00.000Z".to_owned(),
    }
}
