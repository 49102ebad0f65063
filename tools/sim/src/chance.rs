//! Chance from a seed.

use domain::ids::{Chance, Stream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Seeded chance for the system under test: one stream per purpose.
pub struct SeededChance {
    seed: u64,
    streams: Mutex<BTreeMap<Stream, ChaCha20Rng>>,
}

impl SeededChance {
    #[must_use]
    pub fn new(seed: u64) -> SeededChance {
        SeededChance { seed, streams: Mutex::default() }
    }
}

impl Chance for SeededChance {
    fn fill(&self, stream: Stream, out: &mut [u8]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let rng = streams.entry(stream).or_insert_with(|| {
            let number = match stream {
                Stream::Id => 1,
                Stream::Nonce => 2,
                Stream::Password => 3,
                Stream::Token => 4,
                Stream::Jitter => 5,
            };
            let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
            rng.set_stream(number);
            rng
        });
        rng.fill_bytes(out);
    }
}

/// The test's own dice, apart from those of the system.
pub struct Rng(ChaCha20Rng);

impl Rng {
    #[must_use]
    pub fn new(seed: u64) -> Rng {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(99);
        Rng(rng)
    }

    /// A number from 0 up to, not including, `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0.next_u64() % n
    }

    pub fn ms(&mut self, below: i64) -> i64 {
        i64::try_from(self.below(below.unsigned_abs().max(1))).unwrap_or_default()
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        &all[at]
    }
}
