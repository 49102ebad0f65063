//! The journal of a customer: intents, outcomes, looks, and what a turn starts from.

use crate::base::{Base, NOW, later, on_both};
use domain::event::Event;
use domain::observed::{Observed, ObservedCustomer, Seen, Sight};
use domain::step::{Call, Outcome, Shown, Step};
use domain::time::Timestamp;
use store::Lease;

on_both! {
    a_turn_starts_from_everything_that_is_known,
    an_intent_stays_open_until_its_outcome_is_written,
    an_outcome_is_written_once,
    a_look_leaves_no_open_attempt,
    a_look_that_failed_keeps_what_was_known,
}

fn step() -> Step {
    Step::MakeAdmin { email: "admin@acme.test".into() }
}

fn call() -> Call {
    Call {
        method: "admin.directory.users.makeAdmin".into(),
        status: 200,
        reason: String::new(),
        started_at: later(1),
        duration_ms: 40,
    }
}

fn seen() -> Observed {
    let customer = ObservedCustomer {
        google_id: "C1".into(),
        domain: "acme.test".into(),
        managed: true,
        organization: "Acme Ltd".into(),
        alternate_email: "ada@other.test".into(),
        domain_verified: false,
        made_by_us: true,
    };
    let customer = Sight { seen: Seen::Present(customer), absent_from: later(9) };
    Observed { customer, looked_at: NOW, ..Observed::default() }
}

async fn open(base: &Base, lease: &Lease) -> Option<(i64, Timestamp)> {
    let open = base.store.load(lease).await.unwrap().open?;
    assert_eq!(open.step, step());
    Some((open.seq, open.started_at))
}

async fn a_turn_starts_from_everything_that_is_known(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    let loaded = base.store.load(&lease).await.unwrap();
    assert_eq!((loaded.customer, loaded.observed), (customer.clone(), Observed::default()));
    assert_eq!((loaded.instance.id, loaded.open.is_none()), (instance, true));
    assert_eq!(loaded.desired, nord.customer(&customer).await.unwrap().unwrap().desired);
    base.store.learn(&lease, &seen(), None, &[], NOW).await.unwrap();
    assert_eq!(base.store.load(&lease).await.unwrap().observed, seen());
}

async fn an_intent_stays_open_until_its_outcome_is_written(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    let seq = base.store.begin_attempt(&lease, &step(), later(1)).await.unwrap();
    assert_eq!(open(&base, &lease).await, Some((seq, later(1))));
    let outcome = Outcome::Done { shown: Shown::Nothing };
    let event = Event::AdminRoleGiven { email: "admin@acme.test".into() };
    let ended = Some((seq, &outcome, &[call()][..]));
    base.store.learn(&lease, &seen(), ended, &[event], later(2)).await.unwrap();
    assert_eq!(open(&base, &lease).await, None);
    // All of it in one transaction.
    assert_eq!(nord.customer(&customer).await.unwrap().unwrap().observed, seen());
    assert_eq!(nord.timeline(&customer).await.unwrap().len(), 3);
    assert_eq!(base.store.begin_attempt(&lease, &step(), later(3)).await.unwrap(), seq + 1);
}

async fn an_outcome_is_written_once(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    let seq = base.store.begin_attempt(&lease, &step(), later(1)).await.unwrap();
    let first = Outcome::Unsure { why: "no answer".into() };
    let second = Outcome::Done { shown: Shown::Nothing };
    for outcome in [&first, &second] {
        let ended = Some((seq, outcome, &[][..]));
        base.store.learn(&lease, &seen(), ended, &[], later(2)).await.unwrap();
    }
    let timeline = nord.timeline(&customer).await.unwrap();
    let outcomes: Vec<_> = timeline
        .iter()
        .filter_map(|entry| match entry {
            store::Entry::Attempt(attempt) => attempt.outcome.clone(),
            store::Entry::Event { .. } => None,
        })
        .collect();
    assert_eq!(outcomes, [first]);
}

async fn a_look_leaves_no_open_attempt(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    base.store.looked(&lease, Some(&seen()), &[call()], &[], later(2)).await.unwrap();
    assert_eq!(open(&base, &lease).await, None);
    assert_eq!(base.store.load(&lease).await.unwrap().observed, seen());
    let seq = base.store.begin_attempt(&lease, &step(), later(3)).await.unwrap();
    assert_eq!((seq, open(&base, &lease).await), (2, Some((2, later(3)))));
}

async fn a_look_that_failed_keeps_what_was_known(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    base.store.learn(&lease, &seen(), None, &[], NOW).await.unwrap();
    base.store.looked(&lease, None, &[call()], &[], later(2)).await.unwrap();
    assert_eq!(base.store.load(&lease).await.unwrap().observed, seen());
    assert_eq!(nord.timeline(&customer).await.unwrap().len(), 2);
}
