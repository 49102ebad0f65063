//! Names of our own things, and chance, which they are made of. Google's ids are not here: they are
//! only ever observed.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a random draw is for. One sub-stream each, so that one more draw in one place does not move
/// every other number of a seeded run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    Id,
    Nonce,
    Password,
    Token,
    Jitter,
}

/// Chance: cryptographically strong in production, seeded per stream in tests.
pub trait Chance: Send + Sync {
    fn fill(&self, stream: Stream, out: &mut [u8]);
}

/// 256 random bits as base64url without padding (43 characters): API keys, `state`, links.
#[must_use]
pub fn token(chance: &dyn Chance) -> String {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    chance.fill(Stream::Token, &mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a token: hex SHA-256. 256 random bits need no salt and no slow hash.
#[must_use]
pub fn token_hash(token: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number of 48 bits time and 80 bits chance: sorts by age, cannot be guessed.
fn ulid(chance: &dyn Chance, now: Timestamp) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 16];
    chance.fill(Stream::Id, &mut bytes);
    let time = u128::from(now.0.unsigned_abs() & 0xFFFF_FFFF_FFFF);
    let number = (time << 80) | (u128::from_be_bytes(bytes) & ((1 << 80) - 1));
    (0..26_u32)
        .rev()
        .map(|digit| {
            let index = (number >> (digit * 5)) & 31;
            char::from(ALPHABET[usize::try_from(index).unwrap_or_default()])
        })
        .collect()
}

/// The text is not one of our ids of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id")]
pub struct NotAnId {
    pub kind: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id, never given out before.
            #[must_use]
            pub fn fresh(chance: &dyn Chance, now: Timestamp) -> Self {
                $name(format!("{}_{}", $prefix, ulid(chance, now)))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;

            /// Takes `prefix_` and 26 lower-case characters; anything else is [`NotAnId`].
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let rest = text.strip_prefix(concat!($prefix, "_"));
                match rest {
                    Some(rest)
                        if rest.len() == 26
                            && rest
                                .bytes()
                                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) =>
                    {
                        Ok($name(text.to_owned()))
                    }
                    _ => Err(NotAnId { kind: stringify!($name) }),
                }
            }
        }
    };
}

id!(
    /// Who runs resellers' business with us. Every row belongs to one.
    DistributorId,
    "dis"
);
id!(
    /// A person who may sign in to the console for one distributor.
    OperatorId,
    "opr"
);
id!(
    /// One API key of a distributor; the key itself is stored as a hash only.
    ApiKeyId,
    "key"
);
id!(
    /// One configured connection between a distributor and a Google reseller account.
    InstanceId,
    "ins"
);
id!(
    /// One OAuth credential of an instance.
    CredentialId,
    "crd"
);
id!(
    /// One run of the consent dialogue.
    ActivationId,
    "act"
);
id!(
    /// An end customer of the distributor.
    CustomerId,
    "cus"
);
id!(
    /// Our stable subscription. Google carries it for us as `purchaseOrderId` (30 characters of 80).
    SubscriptionId,
    "sub"
);
id!(
    /// What a BSS sent, once.
    OrderId,
    "ord"
);
id!(
    /// A sealed first password and the one-time link to it.
    SecretId,
    "sec"
);

#[cfg(test)]
mod tests {
    use super::{Chance, CustomerId, OrderId, Stream};
    use crate::time::Timestamp;

    struct Fixed(u8);
    impl Chance for Fixed {
        fn fill(&self, _: Stream, out: &mut [u8]) {
            out.fill(self.0);
        }
    }

    #[test]
    fn ids_sort_by_age_and_read_back() {
        let old = CustomerId::fresh(&Fixed(0xFF), Timestamp(1_000));
        let young = CustomerId::fresh(&Fixed(0x00), Timestamp(1_001));
        assert!(old < young, "{old} {young}");
        assert_eq!(old.as_str().parse::<CustomerId>(), Ok(old.clone()));
        assert!(old.as_str().parse::<OrderId>().is_err());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "cus_", "cus_ABC", "cus_0123456789abcdefghijklmno/", "ord"] {
            assert!(text.parse::<CustomerId>().is_err(), "{text}");
        }
    }
}
