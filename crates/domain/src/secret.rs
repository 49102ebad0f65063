//! Sealing: how secrets rest in the database. Pure; chance comes in as an argument.
//!
//! XChaCha20-Poly1305 under a master key. The place a secret belongs to is authenticated with it, so
//! that a sealed value copied to another row or column does not open there.

use crate::ids::{Chance, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
pub use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const NONCE_BYTES: usize = 24;
/// Characters of a master key that is neither base64 nor hex.
const TEXT_KEY_MIN: usize = 32;

/// A sealed secret as text: `<key id>.<base64url of nonce and ciphertext>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub String);

impl Sealed {
    /// The id of the master key this was sealed under; empty when the text is damaged.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.0.split_once('.').map_or("", |(key_id, _)| key_id)
    }
}

/// Why something could not be sealed or opened. Says nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error(
        "a master key is 32 bytes as base64 or as 64 hex digits, or a text of at least 32 characters"
    )]
    BadMasterKey,
    #[error("sealed under master key {key_id}, which this installation was not given")]
    UnknownKey { key_id: String },
    #[error("a sealed secret is damaged or belongs elsewhere")]
    Damaged,
}

/// Where a secret rests: table, column and row. Authenticated, not encrypted.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'static str,
    pub column: &'static str,
    pub row: &'a str,
}

impl Place<'_> {
    fn aad(self) -> Vec<u8> {
        [self.table, self.column, self.row].join("\u{1f}").into_bytes()
    }
}

/// The master keys of this installation: the first seals, all of them open.
#[derive(Clone)]
pub struct Sealer {
    current: String,
    keys: BTreeMap<String, XChaCha20Poly1305>,
}

impl Sealer {
    /// Takes one or more master keys, the current one first.
    ///
    /// # Errors
    /// [`SealError::BadMasterKey`] when one of them is neither 32 bytes in base64 or hex nor a
    /// text of at least 32 characters.
    pub fn new(master_keys: &[SecretString]) -> Result<Sealer, SealError> {
        let mut keys = BTreeMap::new();
        let mut current = None;
        for text in master_keys {
            let bytes = key_bytes(text.expose_secret().trim()).ok_or(SealError::BadMasterKey)?;
            let key_id = key_id(&bytes);
            current.get_or_insert_with(|| key_id.clone());
            keys.insert(key_id, XChaCha20Poly1305::new(&Key::from(bytes)));
        }
        let current = current.ok_or(SealError::BadMasterKey)?;
        Ok(Sealer { current, keys })
    }

    /// The first 8 hex digits of the current key's SHA-256; safe to show.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.current
    }

    #[must_use]
    pub fn seal(&self, chance: &dyn Chance, place: Place<'_>, secret: &SecretString) -> Sealed {
        let mut nonce = [0; NONCE_BYTES];
        chance.fill(Stream::Nonce, &mut nonce);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &place.aad() };
        let sealed = self.keys[&self.current]
            .encrypt(&XNonce::from(nonce), payload)
            .expect("the cipher takes any message shorter than 256 GiB");
        let text = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed[..]].concat());
        Sealed(format!("{}.{text}", self.current))
    }

    /// # Errors
    /// [`SealError::UnknownKey`] when sealed under a key we do not have, [`SealError::Damaged`] when
    /// the text was changed or moved to another place.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<SecretString, SealError> {
        let (key_id, text) = sealed.0.split_once('.').ok_or(SealError::Damaged)?;
        let key = self
            .keys
            .get(key_id)
            .ok_or_else(|| SealError::UnknownKey { key_id: key_id.to_owned() })?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Damaged)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(SealError::Damaged)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| SealError::Damaged)?;
        let payload = Payload { msg: sealed, aad: &place.aad() };
        let opened = key.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Damaged)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| SealError::Damaged)
    }
}

fn key_bytes(text: &str) -> Option<[u8; 32]> {
    let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
        }
        return Some(bytes);
    }
    let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok();
    if let Some(bytes) = decoded.and_then(|bytes| bytes.try_into().ok()) {
        return Some(bytes);
    }
    // What secret stores hand out is often a long text. Long enough, a plain hash of it is a key.
    (text.chars().count() >= TEXT_KEY_MIN).then(|| {
        let mut hash = Sha256::new_with_prefix(b"seatwright master key\n");
        hash.update(text.as_bytes());
        hash.finalize().into()
    })
}

fn key_id(key: &[u8; 32]) -> String {
    Sha256::digest(key)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A first password: 20 characters from 56 that cannot be misread, more than 110 bits.
///
/// Google takes 8 to 100 ASCII characters. Source: google-semantics.md §3.2 {DIR-USERS}.
#[must_use]
pub fn password(chance: &dyn Chance) -> SecretString {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut out = String::with_capacity(20);
    while out.len() < 20 {
        let mut byte = [0];
        chance.fill(Stream::Password, &mut byte);
        // Bytes past the last whole multiple would favour the first letters.
        let fair = (256 / ALPHABET.len()) * ALPHABET.len();
        let index = usize::from(byte[0]);
        if index < fair {
            out.push(char::from(ALPHABET[index % ALPHABET.len()]));
        }
    }
    SecretString::from(out)
}

#[cfg(test)]
mod tests {
    use super::{ExposeSecret, Place, SealError, Sealed, Sealer, SecretString, password};
    use crate::ids::{Chance, Stream};
    use std::sync::atomic::{AtomicU8, Ordering};

    #[derive(Default)]
    struct Counting(AtomicU8);
    impl Chance for Counting {
        fn fill(&self, _: Stream, out: &mut [u8]) {
            for byte in out {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    const HERE: Place<'_> = Place { table: "instance", column: "client_secret", row: "ins_1" };

    fn key(fill: char) -> SecretString {
        SecretString::from(fill.to_string().repeat(64))
    }

    #[test]
    fn what_is_sealed_opens_only_where_it_belongs() {
        let sealer = Sealer::new(&[key('a')]).unwrap();
        let sealed = sealer.seal(&Counting::default(), HERE, &"hush".into());
        assert!(!sealed.0.contains("hush"));
        assert_eq!(sealer.open(HERE, &sealed).unwrap().expose_secret(), "hush");
        let elsewhere = Place { row: "ins_2", ..HERE };
        assert_eq!(sealer.open(elsewhere, &sealed).unwrap_err(), SealError::Damaged);
        let cut = Sealed(sealed.0[..sealed.0.len() - 2].to_owned());
        assert_eq!(sealer.open(HERE, &cut).unwrap_err(), SealError::Damaged);
    }

    #[test]
    fn a_rotated_key_still_opens_what_it_sealed() {
        let old = Sealer::new(&[key('a')]).unwrap();
        let sealed = old.seal(&Counting::default(), HERE, &"hush".into());
        let both = Sealer::new(&[key('b'), key('a')]).unwrap();
        assert_eq!(both.open(HERE, &sealed).unwrap().expose_secret(), "hush");
        assert_ne!(both.key_id(), sealed.key_id());
        let new = Sealer::new(&[key('b')]).unwrap();
        let key_id = sealed.key_id().to_owned();
        assert_eq!(new.open(HERE, &sealed).unwrap_err(), SealError::UnknownKey { key_id });
    }

    #[test]
    fn a_master_key_is_32_bytes_or_a_long_text() {
        let base64 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert!(Sealer::new(&[base64.into()]).is_ok());
        let text = Sealer::new(&["correct horse battery staple, again".into()]).unwrap();
        let other = Sealer::new(&["correct horse battery staple, Again".into()]).unwrap();
        assert_ne!(text.key_id(), other.key_id());
        for bad in ["", "short", "zz", &"a".repeat(31)] {
            assert!(Sealer::new(&[bad.to_owned().into()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_what_google_takes() {
        let password = password(&Counting::default());
        assert_eq!(password.expose_secret().len(), 20);
        assert!(password.expose_secret().bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
