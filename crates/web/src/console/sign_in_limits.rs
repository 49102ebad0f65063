//! How often one may try to sign in: per address it comes from and per e-mail it is for, so that
//! neither one password against all nor all against one gets far. In memory, per node.

use crate::problem::Problem;
use domain::ids::token_hash;
use domain::time::Clock;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// Attempts for one e-mail before each further one has to wait: enough for a person who tries all the
/// passwords they know.
const PER_EMAIL: NonZeroU32 = NonZeroU32::new(8).unwrap();
const PER_EMAIL_EVERY: Duration = Duration::from_secs(60);
/// Attempts from one address: an office behind one address signs in in the morning.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(40).unwrap();
const PER_ADDRESS_EVERY: Duration = Duration::from_secs(10);
/// Keys that are remembered before those that may try again anyway are forgotten.
const KEYS_MAX: usize = 10_000;

/// Our clock, as the limiter asks for it.
#[derive(Clone)]
struct OurClock(Arc<dyn Clock>);

impl governor::clock::Clock for OurClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.now().0.unsigned_abs().saturating_mul(1_000_000))
    }
}

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, OurClock, NoOpMiddleware<Nanos>>;

/// What is left of everybody's attempts.
pub struct SignInLimits {
    by_email: Limiter<String>,
    by_address: Limiter<Option<IpAddr>>,
    set_up: Mutex<()>,
}

impl SignInLimits {
    pub fn new(clock: Arc<dyn Clock>) -> SignInLimits {
        let clock = OurClock(clock);
        SignInLimits {
            by_email: limiter(PER_EMAIL, PER_EMAIL_EVERY, clock.clone()),
            by_address: limiter(PER_ADDRESS, PER_ADDRESS_EVERY, clock),
            set_up: Mutex::default(),
        }
    }

    /// Held while the first operator is made, so that there is one first operator.
    pub async fn set_up_alone(&self) -> MutexGuard<'_, ()> {
        self.set_up.lock().await
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// [`Problem::TooManyAttempts`] with the wait; the attempt must not be carried out then.
    pub fn attempt(&self, email: &str, address: Option<IpAddr>) -> Result<(), Problem> {
        check(&self.by_address, &address.map(network))?;
        // Hashed, so that what is typed can't fill the memory.
        check(&self.by_email, &token_hash(&email.to_lowercase()))
    }
}

/// An address as far as one subscriber has it: of IPv6 everybody gets 64 bits to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

fn limiter<K: Hash + Eq + Clone>(
    burst: NonZeroU32,
    every: Duration,
    clock: OurClock,
) -> Limiter<K> {
    let quota = Quota::with_period(every).expect("a period is not zero").allow_burst(burst);
    RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock)
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<(), Problem> {
    if limiter.len() > KEYS_MAX {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(limiter.clock().now());
        Problem::TooManyAttempts { retry_after_s: wait.as_secs() + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::SignInLimits;
    use crate::problem::Problem;
    use domain::time::{Clock, Timestamp};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hand(AtomicI64);
    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn one_email_is_tried_so_often_and_then_once_a_minute() {
        let hand = Arc::new(Hand::default());
        let limits = SignInLimits::new(hand.clone());
        for _ in 0..8 {
            assert_eq!(limits.attempt("Ada@acme.example", None), Ok(()));
        }
        let refused = limits.attempt("ada@ACME.example", None);
        let Err(Problem::TooManyAttempts { retry_after_s }) = refused else {
            panic!("{refused:?}")
        };
        assert!((60..=61).contains(&retry_after_s), "{retry_after_s}");
        assert_eq!(limits.attempt("bob@acme.example", None), Ok(()));
        hand.0.store(61_000, Ordering::Relaxed);
        assert_eq!(limits.attempt("ada@acme.example", None), Ok(()));
        assert!(limits.attempt("ada@acme.example", None).is_err());
    }

    #[test]
    fn one_address_is_limited_over_all_emails() {
        let limits = SignInLimits::new(Arc::new(Hand::default()));
        let home = Some([127, 0, 0, 1].into());
        let tried = (0..60).filter(|at| limits.attempt(&format!("{at}@x.example"), home).is_ok());
        assert_eq!(tried.count(), 40);
        assert_eq!(limits.attempt("ada@x.example", Some([127, 0, 0, 2].into())), Ok(()));
        let one_network = |host: u16| Some([0x2001, 0xdb8, 0, 7, host, 0, 0, 1].into());
        let tried = (0..60)
            .filter(|at| limits.attempt(&format!("{at}@y.example"), one_network(*at)).is_ok());
        assert_eq!(tried.count(), 40);
    }
}
