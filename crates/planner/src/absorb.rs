//! Folds what an attempt taught us into what we know.

use domain::desired::Desired;
use domain::observed::{Observed, Refused, Seen, Sight, Subject, Welcome};
use domain::step::{Outcome, Shown, Step};
use domain::time::Timestamp;

/// `absent_from` is the moment from which a look that does not find the thing proves that it is not
/// there.
pub fn absorb(
    observed: &mut Observed,
    desired: &Desired,
    step: &Step,
    outcome: &Outcome,
    absent_from: Timestamp,
    now: Timestamp,
) {
    let subject = step.subject();
    match outcome {
        Outcome::NotApplied { .. } => {}
        Outcome::Refused { reason } => {
            let reason = reason.clone();
            let generation = desired.generation;
            let refused = Refused { reason, at: now, generation, of_look: false };
            observed.refusals.insert(subject, refused);
        }
        Outcome::Unsure { .. } => forget(observed, &subject, absent_from),
        Outcome::Done { shown } => {
            observed.refusals.remove(&subject);
            observed.vanished.remove(&subject);
            believe(observed, desired, &subject, shown, absent_from, now);
        }
    }
}

/// An answer was lost: only a look will tell.
fn forget(observed: &mut Observed, subject: &Subject, absent_from: Timestamp) {
    match subject {
        Subject::Customer => observed.customer = Sight { seen: Seen::Unknown, absent_from },
        Subject::Admin => observed.admin = Sight { seen: Seen::Unknown, absent_from },
        // The user was there before the role was given: when it can be missed has not changed.
        Subject::AdminRole => observed.admin.seen = Seen::Unknown,
        Subject::Subscription(id) => {
            let sight = Sight { seen: Seen::Unknown, absent_from };
            observed.subscriptions.insert(id.clone(), sight);
        }
        Subject::WelcomeMail => {
            let tries = match observed.welcome {
                Welcome::Unsure { tries } => tries.saturating_add(1),
                Welcome::NotSent | Welcome::Sent { .. } => 1,
            };
            observed.welcome = Welcome::Unsure { tries };
        }
    }
}

fn believe(
    observed: &mut Observed,
    desired: &Desired,
    subject: &Subject,
    shown: &Shown,
    absent_from: Timestamp,
    now: Timestamp,
) {
    match (subject, shown) {
        (Subject::Customer, Shown::Customer(customer)) => {
            observed.customer = Sight { seen: Seen::Present(customer.clone()), absent_from };
            nothing_below_yet(observed, desired);
        }
        (Subject::Admin, Shown::Admin(admin)) => {
            observed.admin = Sight { seen: Seen::Present(admin.clone()), absent_from };
        }
        (Subject::AdminRole, _) => {
            if let Seen::Present(admin) = &mut observed.admin.seen {
                admin.is_admin = true;
            }
        }
        (Subject::Subscription(id), Shown::Subscription(subscription)) => {
            let sight = Sight { seen: Seen::Present(subscription.clone()), absent_from };
            observed.subscriptions.insert(id.clone(), sight);
        }
        (Subject::WelcomeMail, Shown::Mail { google_id }) => {
            observed.welcome = Welcome::Sent { google_id: google_id.clone(), at: now };
        }
        // Google said yes and showed something else: it is done, and a look will show what.
        (subject, _) => forget(observed, subject, absent_from),
    }
}

/// A customer that did not exist a moment ago has no users and no subscriptions.
fn nothing_below_yet(observed: &mut Observed, desired: &Desired) {
    if observed.admin.is_unknown() {
        observed.admin.seen = Seen::Absent;
    }
    for id in desired.subscriptions.keys() {
        let sight = observed.subscriptions.entry(id.clone()).or_default();
        if sight.is_unknown() {
            sight.seen = Seen::Absent;
        }
    }
}

/// Drops refusals older than `older_than`, so that what may have been put right at Google is tried
/// again.
pub fn forget_refusals(observed: &mut Observed, older_than: Timestamp) {
    observed.refusals.retain(|_, refused| refused.at > older_than);
}
