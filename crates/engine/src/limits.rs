//! Every duration the engine lives by, with its reason and source. All in ms.

/// How long one Google call may take at most; the transport enforces it.
///
/// Google's slowest documented call is well under it; more would only keep customers waiting longer
/// after a lost answer.
pub const CALL_MS_MAX: i64 = 20_000;

/// How late Google may show something it has just made. To be calibrated against the live API.
///
/// Source: google-semantics.md §3.3 {F-TF}: clients poll for a minute and more; §10 trap 13.
pub const SETTLE_MS: i64 = 120_000;

/// A lease outlives any call by far, so that two holders never talk to Google at once.
pub const LEASE_MS: i64 = 180_000;

const _: () = assert!(LEASE_MS > 3 * (CALL_MS_MAX + google::START_MS_MAX));

/// First wait after a turn that did not get on; doubles with each one.
/// Source: google-semantics.md §3.6 {DIR-LIM}: 2^n seconds and up to a second of chance.
pub const RETRY_MS: i64 = 1_000;
/// Longest wait between two turns that do not get on.
pub const RETRY_MS_MAX: i64 = 300_000;

/// How soon to look again for something Google has not shown yet.
pub const LOOK_AGAIN_MS: i64 = 10_000;

/// How long a refusal holds before it is tried again: what a person puts right at Google is found
/// without anybody telling us.
pub const REFUSED_RETRY_MS: i64 = 3_600_000;

/// Shortest and longest wait between two looks whether the customer's admin has accepted the terms.
pub const TERMS_LOOK_MS_MIN: i64 = 60_000;
pub const TERMS_LOOK_MS_MAX: i64 = 6 * 3_600_000;

/// How often a customer with nothing to do is looked at, for what people change at Google.
pub const DRIFT_LOOK_MS: i64 = 24 * 3_600_000;

/// Steps and looks in one turn before others get their chance.
pub const CALLS_PER_TURN_MAX: u32 = 20;

/// How old a look may be when something is to be made. What is older may be a restored backup's.
pub const LOOK_AGE_MS_MAX: i64 = 10 * 60_000;

/// Turns in a row without progress before we look at Google even though a step is planned.
pub const TRIES_BEFORE_LOOK: i64 = 4;

/// Turns in a row in which Google says "not yet" (a thing not visible, a customer not ready) before
/// it is taken as a refusal: about eight minutes, four times the settling time.
pub const NOT_YET_TRIES_MAX: i64 = 8;

/// Tries of one activation check before it counts as failed.
pub const CHECK_TRIES_MAX: i64 = 4;

/// The durations an installation may set, for a Google that is faster or slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub call_ms_max: i64,
    pub settle_ms: i64,
    pub lease_ms: i64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { call_ms_max: CALL_MS_MAX, settle_ms: SETTLE_MS, lease_ms: LEASE_MS }
    }
}

impl Timing {
    /// A timing whose lease fits its calls.
    #[must_use]
    pub fn new(call_ms_max: i64, settle_ms: i64) -> Timing {
        let lease_ms = LEASE_MS.max(6 * (call_ms_max + google::START_MS_MAX));
        Timing { call_ms_max, settle_ms, lease_ms }
    }

    /// After an intent was written down, its request may be running at Google for this long.
    #[must_use]
    pub fn attempt_ms_max(&self) -> i64 {
        self.call_ms_max.saturating_add(google::START_MS_MAX)
    }
}
