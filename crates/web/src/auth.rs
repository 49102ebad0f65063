//! Who is asking: API keys, and the passwords of operators. Neither is ever stored as it is.

use crate::app::App;
use crate::problem::Problem;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use axum::extract::FromRequestParts;
use domain::ids::{Chance, Stream, token, token_hash};
use domain::secret::{ExposeSecret, SecretString};
use http::header::AUTHORIZATION;
use http::request::Parts;
use store::DistributorStore;

/// What every API key starts with, so that a leaked one can be recognised.
const KEY_PREFIX: &str = "swk_";
/// Base64url characters of 256 random bits.
const TOKEN_LEN: usize = 43;
const HINT_LEN: usize = KEY_PREFIX.len() + 4;
const SALT_BYTES: usize = 16;

/// Proof that a request carries a distributor's API key, and the only handle to that distributor's
/// data.
pub struct Caller(pub DistributorStore);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        let key = bearer(parts).ok_or(Problem::Unauthenticated)?;
        let owner = app.store.find_api_key(&token_hash(key)).await?;
        let (distributor, _) = owner.ok_or(Problem::Unauthenticated)?;
        Ok(Caller(app.store.of(distributor)))
    }
}

/// The API key of a request, when it has the shape of one.
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, key) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    let shaped = key.strip_prefix(KEY_PREFIX).is_some_and(|rest| {
        rest.len() == TOKEN_LEN
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    });
    (scheme.eq_ignore_ascii_case("bearer") && shaped).then_some(key)
}

/// A new API key. The secret is shown once; stored are its hash and the hint.
pub struct NewApiKey {
    /// `swk_` and 43 characters.
    pub secret: SecretString,
    /// What [`store::Store::find_api_key`] looks for.
    pub hash: String,
    /// The first characters, so that a person can tell keys apart.
    pub hint: String,
}

#[must_use]
pub fn new_api_key(chance: &dyn Chance) -> NewApiKey {
    let key = format!("{KEY_PREFIX}{}", token(chance));
    let hint = key.chars().take(HINT_LEN).collect();
    NewApiKey { hash: token_hash(&key), hint, secret: SecretString::from(key) }
}

/// Argon2id in PHC form. Slow on purpose, so it runs beside the server's own threads.
///
/// # Errors
/// [`Problem::Internal`] when the process is ending.
pub async fn hash_password(chance: &dyn Chance, password: SecretString) -> Result<String, Problem> {
    let mut salt = [0; SALT_BYTES];
    chance.fill(Stream::Nonce, &mut salt);
    beside(move || hash_with(&password, &salt)).await
}

/// Whether the password is the one that was hashed. Without a hash (no such operator) it takes as
/// long and says no, so that the answer's timing does not tell who may sign in.
///
/// # Errors
/// [`Problem::Internal`] when the process is ending.
pub async fn verify_password(hash: Option<&str>, password: SecretString) -> Result<bool, Problem> {
    let hash = hash.map(str::to_owned);
    beside(move || {
        let Some(hash) = hash else {
            hash_with(&password, &[0; SALT_BYTES]);
            return false;
        };
        PasswordHash::new(&hash).is_ok_and(|hash| {
            let password = password.expose_secret().as_bytes();
            Argon2::default().verify_password(password, &hash).is_ok()
        })
    })
    .await
}

fn hash_with(password: &SecretString, salt: &[u8]) -> String {
    let password = password.expose_secret().as_bytes();
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password, salt)
        .expect("the default parameters and a salt of 16 bytes are always accepted");
    hash.to_string()
}

async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a password could not be checked"
        );
        Problem::Internal
    })
}
