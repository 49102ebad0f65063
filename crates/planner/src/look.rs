//! Merges a fresh look at Google into what we knew.

use domain::desired::Desired;
use domain::observed::{
    Found, Looked, Observed, PurchasedSubscription, Reason, Refused, Seen, Sight, Subject,
};
use domain::time::Timestamp;
use std::collections::BTreeMap;

/// What we know after a look that was started at `now`.
#[must_use]
pub fn look(known: &Observed, looked: &Looked, desired: &Desired, now: Timestamp) -> Observed {
    let mut next = Observed { looked_at: now, ..known.clone() };
    let mut merge = Merge { next: &mut next, generation: desired.generation, now };
    if let Some(mut customer) = merge.one(Subject::Customer, &known.customer, &looked.customer) {
        let made = known.customer.present();
        if let Seen::Present(customer) = &mut customer.seen {
            customer.made_by_us |=
                made.is_some_and(|made| made.made_by_us && made.google_id == customer.google_id);
        }
        merge.next.customer = customer;
    }
    if let Some(found) = &looked.admin
        && let Some(admin) = merge.one(Subject::Admin, &known.admin, found)
    {
        merge.next.admin = admin;
    }
    if let Some(found) = &looked.subscriptions {
        merge.subscriptions(known, found, desired);
    }
    if next.customer.seen == Seen::Absent {
        // Nobody has users or subscriptions without a customer.
        next.admin.seen = absent_unless_awaited(&next.admin, now);
        for id in desired.subscriptions.keys() {
            let sight = next.subscriptions.entry(id.clone()).or_default();
            sight.seen = absent_unless_awaited(sight, now);
        }
    }
    next
}

fn absent_unless_awaited<T: Clone>(sight: &Sight<T>, now: Timestamp) -> Seen<T> {
    if now < sight.absent_from { sight.seen.clone() } else { Seen::Absent }
}

struct Merge<'a> {
    next: &'a mut Observed,
    generation: i64,
    now: Timestamp,
}

impl Merge<'_> {
    /// The new sight of one thing; `None` when Google would not show it.
    fn one<T: Clone>(
        &mut self,
        subject: Subject,
        before: &Sight<T>,
        found: &Found<T>,
    ) -> Option<Sight<T>> {
        let seen = match found {
            Found::Refused(reason) => {
                self.refuse(subject, reason);
                return None;
            }
            Found::Present(thing) => Seen::Present(thing.clone()),
            Found::Absent => Seen::Absent,
        };
        if self.next.refusals.get(&subject).is_some_and(|refused| refused.of_look) {
            self.next.refusals.remove(&subject);
        }
        Some(self.settle(subject, before, seen))
    }

    /// Not finding a thing is believed only once Google has had time to show it; a thing that was
    /// there and is not any more is kept, and marked.
    fn settle<T: Clone>(
        &mut self,
        subject: Subject,
        before: &Sight<T>,
        found: Seen<T>,
    ) -> Sight<T> {
        let absent_from = before.absent_from;
        match found {
            Seen::Absent if self.now < absent_from => before.clone(),
            Seen::Absent if before.present().is_some() => {
                self.next.vanished.entry(subject).or_insert(self.now);
                before.clone()
            }
            found => {
                self.next.vanished.remove(&subject);
                Sight { seen: found, absent_from }
            }
        }
    }

    fn subscriptions(
        &mut self,
        known: &Observed,
        found: &Found<Vec<PurchasedSubscription>>,
        desired: &Desired,
    ) {
        let subject_of = |id: &domain::ids::SubscriptionId| Subject::Subscription(id.clone());
        let bought = match found {
            Found::Refused(reason) => {
                for id in desired.subscriptions.keys() {
                    self.refuse(subject_of(id), reason);
                }
                return;
            }
            Found::Absent => &Vec::new(),
            Found::Present(bought) => bought,
        };
        let mut ours = BTreeMap::new();
        let mut strangers = Vec::new();
        for PurchasedSubscription { purchase_order_id, subscription } in bought {
            let wanted = desired.subscriptions.keys().find(|id| id.as_str() == purchase_order_id);
            match wanted {
                Some(id) if !ours.contains_key(id) => drop(ours.insert(id, subscription)),
                _ => strangers.push(subscription.clone()),
            }
        }
        self.next.strangers = strangers;
        for id in desired.subscriptions.keys() {
            let before = known.subscriptions.get(id).cloned().unwrap_or_default();
            let found = ours.get(id).map_or(Found::Absent, |&s| Found::Present(s.clone()));
            if let Some(sight) = self.one(subject_of(id), &before, &found) {
                self.next.subscriptions.insert(id.clone(), sight);
            }
        }
    }

    fn refuse(&mut self, subject: Subject, reason: &Reason) {
        let (generation, at) = (self.generation, self.now);
        let refused = Refused { reason: reason.clone(), at, generation, of_look: true };
        self.next.refusals.insert(subject, refused);
    }
}
