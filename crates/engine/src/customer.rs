//! One turn for one customer: resolve what is open, look where we do not know, plan, do, and say why
//! when nothing can be done.

use crate::attempt::Ended;
use crate::{Engine, Turn, TurnError, limits};
use domain::desired::Desired;
use domain::event::Event;
use domain::ids::CustomerId;
use domain::observed::{Observed, Seen, Welcome};
use domain::secret::SealError;
use domain::step::{Blocker, Outcome, Plan};
use domain::time::Timestamp;
use google::{CallError, Google, Grant, Look, Priority};
use planner::{absorb, blocker_changes, changes, forget_refusals, look, plan};
use store::{Credential, Instance, Lease, Loaded};

/// What a turn knows while it runs.
pub(crate) struct Work<'a> {
    pub lease: &'a Lease,
    pub customer: CustomerId,
    pub desired: Desired,
    pub observed: Observed,
    pub instance: Instance,
    pub credential: Credential,
    pub grant: Grant,
    /// In the lane of this distributor, and of this turn's haste.
    pub google: Google,
    /// The plan this turn started from.
    before: Plan,
}

impl Work<'_> {
    fn plan(&self, engine: &Engine) -> Plan {
        let plan = plan(&self.customer, &self.desired, &self.observed, &engine.catalog);
        debug_assert_eq!(planner::lint(&plan, &self.desired, &self.observed), []);
        plan
    }
}

impl Engine {
    pub(crate) async fn customer_turn(&self, lease: &Lease) -> Result<Turn, TurnError> {
        let Loaded { customer, desired, mut observed, instance, open } =
            self.store.load(lease).await?;
        let before = plan(&customer, &desired, &observed, &self.catalog);
        if let Some(open) = open {
            let outcome = Outcome::Unsure { why: "stopped before the answer was noted".into() };
            observed.quiet_until = open.started_at.plus_ms(self.timing.attempt_ms_max());
            let absent_from = observed.quiet_until.plus_ms(self.timing.settle_ms);
            let now = self.clock.now();
            absorb(&mut observed, &desired, &open.step, &outcome, absent_from, now);
            let ended = Some((open.seq, &outcome, &[][..]));
            self.store.learn(lease, &observed, ended, &[], now).await?;
        }
        let Some(credential) = instance.state.credential().cloned() else {
            return self.park(lease, "the instance is not authenticated").await;
        };
        let grant = match self.grant(&instance, &credential) {
            Ok(grant) => grant,
            Err(error) => return self.unreadable(lease, &error).await,
        };
        let now = self.clock.now();
        let too_old = now.plus_ms(-limits::REFUSED_RETRY_MS).max(lease.look_from);
        forget_refusals(&mut observed, too_old);
        if now < observed.quiet_until {
            let why = "an earlier request may still be running at Google";
            let quiet_until = observed.quiet_until;
            self.store.release(lease, quiet_until, None, Some(why), &[], now).await?;
            return Ok(Turn::Waiting);
        }
        let google = self.lane(lease, &desired, &observed);
        let mut work = Work {
            lease,
            customer,
            desired,
            observed,
            instance,
            credential,
            grant,
            google,
            before,
        };
        self.work(&mut work).await
    }

    /// Looking after what is done already comes behind what somebody waits for.
    fn lane(&self, lease: &Lease, desired: &Desired, observed: &Observed) -> Google {
        let asked = lease.look_from > observed.looked_at;
        let priority = match lease.converged >= desired.generation && !asked {
            true => Priority::Sweep,
            false => Priority::Interactive,
        };
        self.google.on_behalf_of(lease.distributor.as_str()).at(priority)
    }

    async fn work(&self, work: &mut Work<'_>) -> Result<Turn, TurnError> {
        let mut looked = false;
        let mut look_owed = self.owes_look(work);
        for _ in 0..limits::CALLS_PER_TURN_MAX {
            if !self.has_time(work.lease) {
                break;
            }
            let plan = work.plan(self);
            let unseen = plan.blocked.iter().any(|b| matches!(b, Blocker::NotYetSeen { .. }));
            if !looked && (look_owed || unseen) {
                looked = true;
                look_owed = false;
                if let Some(turn) = self.look(work).await? {
                    return Ok(turn);
                }
                continue;
            }
            let Some(step) = plan.steps.first() else {
                return self.settle(work, &plan).await;
            };
            match self.attempt(work, step).await? {
                // What the answer left open can be seen at once.
                Ended::Looked { look_again } => looked &= !look_again,
                Ended::Turn(turn) => return Ok(turn),
            }
        }
        let now = self.clock.now();
        self.store.release(work.lease, now, None, None, &[], now).await?;
        Ok(Turn::Worked)
    }

    /// Whether to look before doing anything: woken with nothing to do, what we know may have changed
    /// at Google; getting nowhere, it may be wrong; long ago, it may be a restored backup's.
    fn owes_look(&self, work: &Work<'_>) -> bool {
        let age_ms = self.clock.now().ms_since(work.observed.looked_at);
        work.plan(self).steps.is_empty()
            || work.lease.tries >= limits::TRIES_BEFORE_LOOK
            || age_ms > limits::LOOK_AGE_MS_MAX
    }

    /// Looks at Google. Some turn when it has to end because of what came back.
    async fn look(&self, work: &mut Work<'_>) -> Result<Option<Turn>, TurnError> {
        let google_customer = match &work.observed.customer.seen {
            Seen::Present(customer) => Some(customer.google_id.clone()),
            Seen::Unknown | Seen::Absent => None,
        };
        let wanted = Look {
            domain: work.desired.customer.domain.to_string(),
            google_customer,
            admin_email: work.desired.admin_email(),
            external_id: work.customer.to_string(),
        };
        let started_at = self.clock.now();
        let mut calls = Vec::new();
        let found = work.google.look(&work.grant, &wanted, &mut calls).await;
        let now = self.clock.now();
        match found {
            Ok(found) => {
                let fresh = look(&work.observed, &found, &work.desired, started_at);
                let events = changes(&work.desired, &work.observed, &fresh, true);
                self.store.looked(work.lease, Some(&fresh), &calls, &events, now).await?;
                work.observed = fresh;
                Ok(None)
            }
            Err(error) => {
                self.store.looked(work.lease, None, &calls, &[], now).await?;
                self.give_back(work, &error).await.map(Some)
            }
        }
    }

    /// Ends a turn because of a call that brought nothing.
    pub(crate) async fn give_back(
        &self,
        work: &Work<'_>,
        error: &CallError,
    ) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        let after_ms = match error {
            CallError::Reconsent { reason } => {
                let (instance, credential) = (&work.instance.id, &work.credential.id);
                self.google.forget(credential);
                self.store.lose_credential(work.lease, instance, credential, reason, now).await?;
                return self.park(work.lease, reason).await;
            }
            CallError::Quota { retry_after_ms, .. } => {
                let (due_at, why) = (self.room_at(*retry_after_ms), error.to_string());
                self.store.put_off(work.lease, due_at, &why, now).await?;
                return Ok(Turn::Waiting);
            }
            CallError::NotApplied { retry_after_ms, .. } => *retry_after_ms,
            CallError::Refused { .. } | CallError::Exists { .. } | CallError::Unsure { .. } => None,
        };
        let due_at = self.retry_at(work.lease.tries, after_ms);
        let why = error.to_string();
        self.store.release(work.lease, due_at, None, Some(&why), &[], now).await?;
        Ok(Turn::Waiting)
    }

    /// Nothing can be done now: all is done, or something has to be waited for.
    async fn settle(&self, work: &Work<'_>, plan: &Plan) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        let mut events = blocker_changes(&work.before, plan);
        let generation = work.desired.generation;
        let converged = plan.is_done().then_some(generation);
        if converged.is_some() && work.lease.converged < generation {
            events.push(Event::Converged { generation });
        }
        let due_at = wake_at(plan, &work.observed, now).plus_ms(self.jitter_ms());
        self.store.release(work.lease, due_at, converged, None, &events, now).await?;
        Ok(if converged.is_some() { Turn::Converged } else { Turn::Waiting })
    }

    /// Waits for a new consent, which wakes every customer of the instance.
    pub(crate) async fn park(&self, lease: &Lease, why: &str) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        self.store.release(lease, Timestamp::NEVER, None, Some(why), &[], now).await?;
        Ok(Turn::Parked)
    }

    async fn unreadable(&self, lease: &Lease, error: &SealError) -> Result<Turn, TurnError> {
        let now = self.clock.now();
        let due_at = self.retry_at(lease.tries, None);
        let why = error.to_string();
        self.store.release(lease, due_at, None, Some(&why), &[], now).await?;
        Ok(Turn::Waiting)
    }
}

/// When the next look can bring something new.
fn wake_at(plan: &Plan, observed: &Observed, now: Timestamp) -> Timestamp {
    let drift = now.plus_ms(limits::DRIFT_LOOK_MS);
    let waits = plan.blocked.iter().map(|blocker| match blocker {
        Blocker::NotYetSeen { absent_from, .. } => {
            let soon = now.plus_ms(limits::LOOK_AGAIN_MS);
            if *absent_from > now { soon.min(*absent_from) } else { soon }
        }
        Blocker::TermsNotAccepted { .. } => {
            let since = match observed.welcome {
                Welcome::Sent { at, .. } => at,
                Welcome::NotSent | Welcome::Unsure { .. } => now,
            };
            let wait_ms = (now.ms_since(since) / 4)
                .clamp(limits::TERMS_LOOK_MS_MIN, limits::TERMS_LOOK_MS_MAX);
            now.plus_ms(wait_ms)
        }
        _ => now.plus_ms(limits::REFUSED_RETRY_MS),
    });
    waits.min().unwrap_or(drift).min(drift)
}
