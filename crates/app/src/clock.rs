//! The machine's clock and the pauses of the program's own loops. The only place that reads the one
//! or makes the other.

use crate::failure::Failure;
use domain::time::{Clock, Timestamp};
use std::time::Duration;

/// The machine's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the production Clock")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }
}

/// How often [`until`] asks, in ms.
const ASK_MS: u64 = 100;

/// Asks again and again until there is an answer; `None` when there was none within `ms_max`.
///
/// # Errors
/// The first one of `ask`.
pub async fn until<T>(
    clock: &dyn Clock,
    ms_max: i64,
    mut ask: impl AsyncFnMut() -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let deadline = clock.now().plus_ms(ms_max);
    let mut ticks = ticks();
    loop {
        ticks.tick().await;
        if let Some(answer) = ask().await? {
            return Ok(Some(answer));
        }
        if clock.now() >= deadline {
            return Ok(None);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the commands' one place that waits, always bounded")]
fn ticks() -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(Duration::from_millis(ASK_MS));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}
