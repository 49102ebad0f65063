//! Access tokens: remembered per credential, refreshed ahead of time, once for all who wait. Never
//! stored anywhere but in memory.

use crate::client::{CallError, Google, Grant};
use crate::oauth::TokenAnswer;
use domain::ids::CredentialId;
use domain::secret::{ExposeSecret, SecretString};
use domain::step::Call;
use domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long before its end a token is no longer used, in ms: longer than any call takes, and room
/// for a clock that is a little off.
const AHEAD_MS: i64 = 5 * 60 * 1000;

#[derive(Default)]
pub(crate) struct Tokens {
    slots: Mutex<BTreeMap<CredentialId, Arc<Slot>>>,
}

/// One credential's token.
#[derive(Default)]
struct Slot {
    /// Held by the one who refreshes.
    gate: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Grows with every refresh, so that those who waited can tell that one was made for them.
    refreshes: u64,
    /// Why the last refresh failed; shared by those who waited for it, so that a dead Google is
    /// not asked once for each of them.
    failure: Option<CallError>,
}

#[derive(Clone)]
struct Token {
    text: SecretString,
    expires_at: Timestamp,
}

impl Tokens {
    fn slot(&self, credential: &CredentialId) -> Arc<Slot> {
        Arc::clone(locked(&self.slots).entry(credential.clone()).or_default())
    }

    /// Forgets a token Google did not take, unless another is in its place already.
    pub(crate) fn drop_token(&self, credential: &CredentialId, refused: &SecretString) {
        let slot = self.slot(credential);
        let mut state = locked(&slot.state);
        let same = |token: &Token| token.text.expose_secret() == refused.expose_secret();
        if state.token.as_ref().is_some_and(same) {
            state.token = None;
        }
    }
}

impl Slot {
    fn token(&self, now: Timestamp) -> Option<SecretString> {
        let state = locked(&self.state);
        let good = |token: &&Token| now.plus_ms(AHEAD_MS) < token.expires_at;
        state.token.as_ref().filter(good).map(|token| token.text.clone())
    }

    fn refreshes(&self) -> u64 {
        locked(&self.state).refreshes
    }
}

impl Google {
    /// Puts a token that Google has just given where the next call finds it.
    pub fn remember(&self, credential: &CredentialId, answer: &TokenAnswer) {
        let slot = self.inner.tokens.slot(credential);
        let token = Token { text: answer.access_token.clone(), expires_at: answer.expires_at };
        locked(&slot.state).token = Some(token);
    }

    /// Forgets a credential's token. Calls under way keep theirs.
    pub fn forget(&self, credential: &CredentialId) {
        locked(&self.inner.tokens.slots).remove(credential);
    }

    /// A token good for at least [`AHEAD_MS`], or fresh from Google.
    pub(crate) async fn access_token(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<SecretString, CallError> {
        let slot = self.inner.tokens.slot(&grant.credential);
        if let Some(token) = slot.token(self.now()) {
            return Ok(token);
        }
        let before = slot.refreshes();
        let _gate = slot.gate.lock().await;
        if slot.refreshes() != before {
            let state = locked(&slot.state);
            if let Some(token) = &state.token {
                return Ok(token.text.clone());
            }
            if let Some(failure) = &state.failure {
                return Err(failure.clone());
            }
        }
        // One may have been put there in the meantime, by a new consent.
        if let Some(token) = slot.token(self.now()) {
            return Ok(token);
        }
        let refreshed = self.refresh(grant, log).await;
        let mut state = locked(&slot.state);
        state.refreshes += 1;
        match refreshed {
            Ok(answer) => {
                let text = answer.access_token;
                state.token = Some(Token { text: text.clone(), expires_at: answer.expires_at });
                state.failure = None;
                Ok(text)
            }
            Err(error) => {
                state.token = None;
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }
}

/// What is behind these locks is whole at every moment, so a panic elsewhere spoils nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
