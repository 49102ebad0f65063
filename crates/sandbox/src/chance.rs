//! Ids, tokens and chances: drawn from a seed, one counted stream per name, so that a draw in one place never shifts
//! those of another and a stored world goes on where it stopped. Never: randomness from the machine.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A seed and how often each stream was drawn from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Chance {
    seed: u64,
    draws: BTreeMap<String, u64>,
}

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance { seed, draws: BTreeMap::new() }
    }

    fn bytes(&mut self, stream: &str) -> [u8; 32] {
        let draw = self.draws.entry(stream.to_owned()).or_default();
        *draw += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(draw.to_be_bytes());
        hash.update(stream.as_bytes());
        hash.finalize().into()
    }

    pub(crate) fn thirty_two(&mut self, stream: &str) -> u32 {
        let [a, b, c, d, ..] = self.bytes(stream);
        u32::from_be_bytes([a, b, c, d])
    }

    /// 0 to 99.
    pub(crate) fn percent(&mut self, stream: &str) -> u8 {
        u8::try_from(self.thirty_two(stream) % 100).unwrap_or_default()
    }

    /// 0 to `bound` - 1; 0 when that is 0.
    pub(crate) fn below(&mut self, stream: &str, bound: u64) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes(stream);
        u64::from_be_bytes([a, b, c, d, e, f, g, h]).checked_rem(bound).unwrap_or_default()
    }

    /// The numbers 0 to `count` - 1 in some order.
    pub(crate) fn shuffled(&mut self, stream: &str, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            let bound = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
            let other = usize::try_from(self.below(stream, bound)).unwrap_or_default();
            order.swap(at, other);
        }
        order
    }

    /// At most 32 characters of 0-9 and a-z.
    pub(crate) fn base36(&mut self, stream: &str, chars: usize) -> String {
        self.bytes(stream)
            .iter()
            .take(chars)
            .map(|byte| char::from(BASE36[usize::from(*byte) % 36]))
            .collect()
    }

    /// At most 32 digits, the first never 0.
    pub(crate) fn digits(&mut self, stream: &str, chars: usize) -> String {
        self.bytes(stream)
            .iter()
            .take(chars)
            .enumerate()
            .map(|(at, byte)| {
                let digit = if at == 0 { 1 + byte % 9 } else { byte % 10 };
                char::from(b'0' + digit)
            })
            .collect()
    }

    /// 43 characters that are safe in a URL.
    pub(crate) fn token(&mut self, stream: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes(stream))
    }
}
