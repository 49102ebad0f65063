//! Production's chance: the operating system's, for every stream alike. Nothing else in the program
//! draws.

use domain::ids::{Chance, Stream};
use rand::TryRng as _;
use rand::rngs::SysRng;

/// Cryptographically strong and never repeated.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    /// # Panics
    /// When the operating system gives no randomness: a key that can be guessed would be worse.
    fn fill(&self, _: Stream, out: &mut [u8]) {
        SysRng.try_fill_bytes(out).expect("the operating system gives randomness");
    }
}

/// Letters and digits that cannot be misread; 32 of them, so that a byte chooses one fairly.
const READABLE: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code to be typed by a person: `XXXX-XXXX`, 40 bits.
pub fn code(chance: &dyn Chance) -> String {
    let mut bytes = [0; 8];
    chance.fill(Stream::Token, &mut bytes);
    let letters: String =
        bytes.iter().map(|byte| char::from(READABLE[usize::from(byte % 32)])).collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}
