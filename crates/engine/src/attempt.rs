//! One step: intent written down, one call, outcome written down. No transaction is open in between.

use crate::customer::Work;
use crate::{Engine, Turn, TurnError, limits};
use domain::observed::Reason;
use domain::step::{Call, Outcome, Shown, Step};
use domain::time::Timestamp;
use google::CallError;
use planner::{absorb, changes};

/// How an attempt left the turn.
pub(crate) enum Ended {
    /// Go on in this turn; with `look_again` only a look can tell what is there.
    Looked {
        look_again: bool,
    },
    Turn(Turn),
}

impl Engine {
    pub(crate) async fn attempt(
        &self,
        work: &mut Work<'_>,
        step: &Step,
    ) -> Result<Ended, TurnError> {
        let secrets = self.step_secrets(work.lease, step, &work.credential).await?;
        let started_at = self.clock.now();
        let seq = self.store.begin_attempt(work.lease, step, started_at).await?;
        let mut calls = Vec::new();
        let result = work.google.execute(&work.grant, step, &secrets, started_at, &mut calls).await;
        let result = lose_patience(result, &calls, work.lease.tries);
        let now = self.clock.now();
        let outcome = self.outcome(&result, work.lease.tries);
        let mut fresh = work.observed.clone();
        let absent_from = match &result {
            Err(CallError::Unsure { .. }) => {
                fresh.quiet_until = started_at.plus_ms(self.timing.attempt_ms_max());
                fresh.quiet_until.plus_ms(self.timing.settle_ms)
            }
            _ => now.plus_ms(self.timing.settle_ms),
        };
        absorb(&mut fresh, &work.desired, step, &outcome, absent_from, now);
        let events = changes(&work.desired, &work.observed, &fresh, false);
        let ended = Some((seq, &outcome, &calls[..]));
        self.store.learn(work.lease, &fresh, ended, &events, now).await?;
        work.observed = fresh;
        match result {
            Ok(_) | Err(CallError::Refused { .. }) => Ok(Ended::Looked { look_again: false }),
            Err(CallError::Exists { .. }) => Ok(Ended::Looked { look_again: true }),
            Err(CallError::Unsure { why }) => {
                let due_at = work.observed.quiet_until;
                self.store.release(work.lease, due_at, None, Some(&why), &[], now).await?;
                Ok(Ended::Turn(Turn::Waiting))
            }
            Err(error) => self.give_back(work, &error).await.map(Ended::Turn),
        }
    }

    fn outcome(&self, result: &Result<Shown, CallError>, tries: i64) -> Outcome {
        let not_applied =
            |why: &str, retry_at: Timestamp| Outcome::NotApplied { why: why.to_owned(), retry_at };
        match result {
            Ok(shown) => Outcome::Done { shown: shown.clone() },
            Err(CallError::Refused { reason }) => Outcome::Refused { reason: reason.clone() },
            Err(CallError::Exists { reason }) => {
                Outcome::Unsure { why: format!("exists already ({})", reason.status) }
            }
            Err(CallError::Unsure { why }) => Outcome::Unsure { why: why.clone() },
            Err(CallError::NotApplied { why, retry_after_ms }) => {
                not_applied(why, self.retry_at(tries, *retry_after_ms))
            }
            Err(CallError::Quota { why, retry_after_ms }) => {
                not_applied(why, self.room_at(*retry_after_ms))
            }
            Err(CallError::Reconsent { reason }) => not_applied(reason, Timestamp::NEVER),
        }
    }
}

/// Google answers "not yet" in the words of a refusal. After a while it is one.
fn lose_patience(
    result: Result<Shown, CallError>,
    calls: &[Call],
    tries: i64,
) -> Result<Shown, CallError> {
    match (result, calls.last()) {
        (Err(CallError::NotApplied { why, .. }), Some(call))
            if tries >= limits::NOT_YET_TRIES_MAX
                && (400..500).contains(&call.status)
                && call.status != 401 =>
        {
            let (status, code) = (call.status, call.reason.clone());
            Err(CallError::Refused { reason: Reason { status, code, message: why } })
        }
        (result, _) => result,
    }
}
