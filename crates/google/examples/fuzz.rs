//! Plays made-up answers of Google against every call of the client for a while, and says how many.
//!
//! `cargo run -p google --example fuzz -- <seconds> <seed>`; 600 seconds and seed 1 unless said otherwise.
//! Ends with an error at the first answer that is taken for more than it says, cut down to the least
//! that shows it; the same seed plays the same answers.

#[path = "../tests/google/fuzz/mod.rs"]
mod fuzz;

use fuzz::{SHAPES, Tally, cases, check, methods, targets};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Of one shape before it is the next one's turn.
const ROUND: u32 = 2_000;
const SECONDS_MAX: u64 = 24 * 60 * 60;
const REPORT_EVERY: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(600), |text| text.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let end = Duration::from_secs(seconds.min(SECONDS_MAX));
    let started = now();
    let (by_call, mut by_shape) = (Tally::default(), BTreeMap::<&str, u64>::new());
    let (mut played, mut reported) = (0_u64, Duration::ZERO);
    for round in 0_u64.. {
        for (index, (shape, name)) in SHAPES.iter().enumerate() {
            let config = Config { cases: ROUND, failure_persistence: None, ..Config::default() };
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed_of(seed, round, index));
            TestRunner::new_with_rng(config, rng)
                .run(&cases(*shape), |case| {
                    by_call.count(case.method());
                    check(&case).map_err(TestCaseError::fail)
                })
                .map_err(|error| format!("{name}, seed {seed}, round {round}: {error}"))?;
            played += u64::from(ROUND);
            *by_shape.entry(name).or_default() += u64::from(ROUND);
        }
        let passed = started.elapsed();
        if passed >= end || passed - reported >= REPORT_EVERY {
            reported = passed;
            let per_minute = played * 60_000 / u64::try_from(passed.as_millis().max(1))?;
            say(&format!("{played} answers in {} s, {per_minute} a minute", passed.as_secs()))?;
        }
        if passed >= end {
            break;
        }
    }
    for (name, count) in by_shape {
        say(&format!("  {name}: {count}"))?;
    }
    let counts = by_call.counts();
    let least = counts.iter().min_by_key(|(_, count)| count).ok_or("nothing was played")?;
    let (calls, all, of_google) = (counts.len(), targets(), methods().len());
    say(&format!(
        "  {calls} of {all} calls, {of_google} methods; the rarest: {} {}",
        least.0, least.1
    ))?;
    say(&format!("seed {seed}: nothing was taken for more than it says"))
}

#[expect(clippy::disallowed_methods, reason = "runs for as long as a person wants")]
fn now() -> Instant {
    Instant::now()
}

fn seed_of(seed: u64, round: u64, shape: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&round.to_le_bytes());
    bytes[16..24].copy_from_slice(&shape.to_le_bytes());
    bytes
}

fn say(line: &str) -> Result<(), Box<dyn Error>> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
