//! One budget of one project, account or target: a token bucket whose rate gives way when Google says
//! so, and a queue in which those who were turned away keep their turn.

use super::budgets::{Budget, Per};
use super::{Lane, Priority};
use crate::answer::RETRY_AFTER_MS_MAX;
use domain::time::Timestamp;
use std::collections::VecDeque;

/// The whole rate.
const WHOLE: i64 = 1000;
/// As slow as it gets: one sixteenth.
const SLOWEST: i64 = WHOLE / 16;
/// What comes back of the rate each minute without a complaint of Google's.
const RECOVERY: i64 = WHOLE / 10;
/// Complaints that come closer together are about the same crowd of calls, in ms.
const SAME_CROWD_MS: i64 = 1000;
/// How long after its time somebody who was turned away keeps their turn, in ms.
const TURN_KEPT_MS: i64 = 5000;
/// Most who wait in one queue; who comes then is told to come back all the same.
const QUEUE_MAX: usize = 10_000;
/// Windows of rest after which any bucket is full, whatever its rate.
const REST_WINDOWS: i64 = 32;

#[derive(Debug)]
pub(super) struct Bucket {
    /// In units times [`Bucket::scale`]; below 0 after a batch larger than the burst.
    level: i64,
    /// When `level` and `rate` were true.
    at: Timestamp,
    /// In thousandths of the budget's own.
    rate: i64,
    complained_at: Option<Timestamp>,
    /// Since when the rate has not been raised.
    slow_since: Timestamp,
    /// What Google asked us to wait.
    closed_until: Timestamp,
    queue: VecDeque<Turn>,
}

/// Somebody who was turned away: one entry per key and priority, however many calls wait behind it.
#[derive(Debug)]
struct Turn {
    key: String,
    priority: Priority,
    cost: i64,
    kept_until: Timestamp,
}

impl Bucket {
    pub(super) fn full(budget: &Budget, now: Timestamp) -> Bucket {
        Bucket {
            level: budget.burst() * Bucket::scale(budget),
            at: now,
            rate: WHOLE,
            complained_at: None,
            slow_since: now,
            closed_until: Timestamp(0),
            queue: VecDeque::new(),
        }
    }

    /// Units are counted so finely that no refill is ever rounded away.
    fn scale(budget: &Budget) -> i64 {
        budget.window_ms * WHOLE
    }

    /// As good as new: nothing is lost by forgetting it.
    pub(super) fn is_idle(&mut self, budget: &Budget, now: Timestamp) -> bool {
        self.refill(budget, now);
        self.level == budget.burst() * Bucket::scale(budget)
            && self.rate == WHOLE
            && self.closed_until <= now
            && self.queue.is_empty()
    }

    fn refill(&mut self, budget: &Budget, now: Timestamp) {
        if now < self.at {
            // The clock was set back: no moment on record may keep anybody waiting until it is as late
            // again.
            self.closed_until = self.closed_until.min(now.plus_ms(RETRY_AFTER_MS_MAX));
            self.slow_since = self.slow_since.min(now);
            self.queue.clear();
        }
        // Such a clock gives nothing and takes nothing.
        let elapsed_ms = now.ms_since(self.at).clamp(0, REST_WINDOWS * budget.window_ms);
        let burst = budget.burst() * Bucket::scale(budget);
        self.level = (self.level + elapsed_ms * budget.refill() * self.rate).min(burst);
        let quiet_minutes = now.ms_since(self.slow_since) / 60_000;
        if quiet_minutes > 0 && self.rate < WHOLE {
            self.rate = (self.rate + quiet_minutes * RECOVERY).min(WHOLE);
            self.slow_since = now;
        }
        self.at = now;
        self.queue.retain(|turn| now <= turn.kept_until);
    }

    /// How long to wait before `cost` may be spent, in ms; 0 is now. Keeps a turn for who must wait.
    pub(super) fn wait_ms(
        &mut self,
        budget: &Budget,
        lane: &Lane,
        key: &str,
        cost: i64,
        now: Timestamp,
    ) -> i64 {
        self.refill(budget, now);
        let cost = cost.min(budget.burst());
        let reserve = match lane.priority {
            Priority::Interactive => 0,
            // What only people get to use. A budget of a few units can't be parted.
            Priority::Sweep => (budget.burst() / 4).min(budget.burst() - cost),
        };
        let ahead = self.ahead(lane.priority, key);
        let short = (ahead + reserve + cost) * Bucket::scale(budget) - self.level;
        let speed = budget.refill() * self.rate;
        let refill_ms = if short <= 0 { 0 } else { short.saturating_add(speed - 1) / speed };
        let wait_ms = refill_ms.max(self.closed_until.ms_since(now));
        if wait_ms > 0 && budget.per == Per::Project {
            self.keep_turn(lane.priority, key, cost, now.plus_ms(wait_ms + TURN_KEPT_MS));
        }
        wait_ms.max(0)
    }

    /// What those who are first in line will spend. Interactive work is before any sweep.
    fn ahead(&self, priority: Priority, key: &str) -> i64 {
        let mine = |turn: &Turn| turn.key == key && turn.priority == priority;
        let place = self.queue.iter().position(mine).unwrap_or(self.queue.len());
        let is_ahead = |(index, turn): (usize, &Turn)| {
            let before = match (turn.priority, priority) {
                (Priority::Interactive, Priority::Sweep) => true,
                (Priority::Sweep, Priority::Interactive) => false,
                _ => index < place,
            };
            before.then_some(turn.cost)
        };
        self.queue.iter().enumerate().filter_map(is_ahead).sum()
    }

    fn keep_turn(&mut self, priority: Priority, key: &str, cost: i64, kept_until: Timestamp) {
        let mine = |turn: &&mut Turn| turn.key == key && turn.priority == priority;
        if let Some(turn) = self.queue.iter_mut().find(mine) {
            turn.kept_until = kept_until;
        } else if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(Turn { key: key.to_owned(), priority, cost, kept_until });
        }
    }

    /// Spends what [`Bucket::wait_ms`] found to be there. A turn is used up by it, so that the next
    /// call of the same key stands behind everybody else.
    pub(super) fn spend(&mut self, budget: &Budget, lane: &Lane, key: &str, cost: i64) {
        self.level -= cost * Bucket::scale(budget);
        self.queue.retain(|turn| turn.key != key || turn.priority != lane.priority);
    }

    /// The share of the budget's own rate that is left, in thousandths.
    #[cfg(test)]
    pub(super) fn rate(&self) -> i64 {
        self.rate
    }

    /// Google says that it was too much: half the rate, nothing at hand, and what it asks to wait.
    pub(super) fn complain(
        &mut self,
        budget: &Budget,
        retry_after_ms: Option<i64>,
        now: Timestamp,
    ) {
        self.refill(budget, now);
        let same_crowd = |at: Timestamp| (0..SAME_CROWD_MS).contains(&now.ms_since(at));
        if !self.complained_at.is_some_and(same_crowd) {
            self.rate = (self.rate / 2).max(SLOWEST);
            self.complained_at = Some(now);
            self.slow_since = now;
        }
        self.level = self.level.min(0);
        let until = now.plus_ms(retry_after_ms.unwrap_or(0));
        self.closed_until = self.closed_until.max(until);
    }
}
