//! The loop: claims work, looks, plans, does one thing at a time, writes it down. The only caller of
//! Google. Decides nothing itself: that is the planner's.

mod activate;
mod attempt;
mod customer;
mod driver;
pub mod limits;
mod secrets;

pub use driver::{Driver, Stop};
pub use limits::Timing;

use domain::catalog::Catalog;
use domain::ids::{Chance, Stream};
use domain::secret::{SealError, Sealer};
use domain::time::{Clock, Timestamp};
use google::Google;
use std::sync::Arc;
use store::{Store, StoreError, WorkKind};

/// Everything a turn works with.
#[derive(Clone)]
pub struct Engine {
    pub store: Store,
    pub google: Google,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub sealer: Sealer,
    pub catalog: Catalog,
    pub timing: Timing,
    /// Where one-time links lead: our public address, without a slash at its end.
    pub public_url: String,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is due.
    Idle,
    /// Something was done and more is to do.
    Worked,
    /// Nothing of ours is left to do.
    Converged,
    /// Something must be waited for.
    Waiting,
    /// The instance can't act; its work waits for a consent.
    Parked,
}

/// The turn was given up. Nothing is lost: the lease runs out and the next turn starts from what is
/// written down.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Engine {
    /// One pass over the most overdue customer or instance.
    pub async fn turn(&self) -> Result<Turn, TurnError> {
        let Some(lease) = self.store.claim(self.clock.now(), self.timing.lease_ms).await? else {
            return Ok(Turn::Idle);
        };
        match lease.kind {
            WorkKind::Customer => self.customer_turn(&lease).await,
            WorkKind::Instance => self.instance_turn(&lease).await,
        }
    }

    /// When to try again after `tries` turns in a row that did not get on.
    fn retry_at(&self, tries: i64, after_ms: Option<i64>) -> Timestamp {
        let doubled = limits::RETRY_MS << tries.clamp(0, 9);
        let wait_ms = doubled.min(limits::RETRY_MS_MAX).max(after_ms.unwrap_or(0));
        self.clock.now().plus_ms(wait_ms + self.jitter_ms())
    }

    /// When a used-up budget has room again: no later, or others would take our turn.
    fn room_at(&self, after_ms: Option<i64>) -> Timestamp {
        let wait_ms = after_ms.unwrap_or(limits::RETRY_MS);
        self.clock.now().plus_ms(wait_ms + self.jitter_ms())
    }

    /// Up to a second, so that many waiting customers do not come back at once.
    fn jitter_ms(&self) -> i64 {
        let mut bytes = [0; 2];
        self.chance.fill(Stream::Jitter, &mut bytes);
        i64::from(u16::from_le_bytes(bytes)) % 1_000
    }

    /// Whether another call could still end within the lease.
    fn has_time(&self, lease: &store::Lease) -> bool {
        self.clock.now().plus_ms(2 * self.timing.attempt_ms_max()) <= lease.until
    }
}
