//! Time-lines: what is in them, in which order, and that nothing is lost when several write at once.

use crate::base::{Base, NOW, later, on_both};
use domain::event::Event;
use domain::observed::Observed;
use domain::step::{Call, Outcome, Shown, Step};
use store::{Entry, Origin};
use tokio::task::JoinSet;

on_both! {
    a_timeline_is_newest_first_and_complete,
    a_timeline_has_an_end,
    instance_events_are_newest_first,
    events_of_one_instance_written_at_once_are_all_kept,
}

/// A time-line as one word per line.
fn words(entries: &[Entry]) -> Vec<String> {
    let word = |entry: &Entry| match entry {
        Entry::Event { seq, event, .. } => format!("event {seq}: {}", event.sentence()),
        Entry::Attempt(attempt) => {
            let step = attempt.step.as_ref().map_or("look", Step::name);
            let outcome = attempt.outcome.as_ref().map_or("-", Outcome::name);
            format!("attempt {}: {step} {outcome} {}", attempt.seq, attempt.calls.len())
        }
    };
    entries.iter().map(word).collect()
}

fn call(ms: i64) -> Call {
    Call {
        method: "reseller.customers.get".into(),
        status: 404,
        reason: "notFound".into(),
        started_at: later(ms),
        duration_ms: 7,
    }
}

async fn a_timeline_is_newest_first_and_complete(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    let known = Observed::default();
    base.store.looked(&lease, Some(&known), &[call(1)], &[], later(2)).await.unwrap();
    let step = Step::MakeAdmin { email: "admin@acme.test".into() };
    let seq = base.store.begin_attempt(&lease, &step, later(3)).await.unwrap();
    let done = Outcome::Done { shown: Shown::Nothing };
    let events = [
        Event::AdminRoleGiven { email: "admin@acme.test".into() },
        Event::WelcomeMailSent { to: "ada@other.test".into() },
    ];
    let ended = Some((seq, &done, &[call(3)][..]));
    base.store.learn(&lease, &known, ended, &events, later(4)).await.unwrap();
    base.store.begin_attempt(&lease, &step, later(5)).await.unwrap();
    let converged = [Event::Converged { generation: 1 }];
    base.store.release(&lease, later(9), Some(1), None, &converged, later(5)).await.unwrap();

    let timeline = nord.timeline(&customer).await.unwrap();
    let expected = [
        "event 4: Everything asked for is done (generation 1)",
        "attempt 3: make_admin - 0",
        "event 3: Welcome mail sent to ada@other.test",
        "event 2: admin@acme.test is super admin",
        "attempt 2: make_admin done 1",
        "attempt 1: look - 1",
        "event 1: Order BSS-acme.test accepted",
    ];
    assert_eq!(words(&timeline), expected);
    let Entry::Attempt(made) = &timeline[4] else { panic!("{:?}", timeline[4]) };
    assert_eq!((made.started_at, made.ended_at), (later(3), Some(later(4))));
    assert_eq!((&made.step, made.calls.as_slice()), (&Some(step), &[call(3)][..]));
}

async fn a_timeline_has_an_end(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    let events = vec![Event::LookRequested; 600];
    base.store.learn(&lease, &Observed::default(), None, &events, later(1)).await.unwrap();
    let timeline = nord.timeline(&customer).await.unwrap();
    assert_eq!(timeline.len(), 500);
    assert!(matches!(timeline[0], Entry::Event { seq: 601, .. }), "{:?}", timeline[0]);
}

async fn instance_events_are_newest_first(base: Base) {
    let (nord, instance) = base.nord().await;
    base.authenticate(&nord, &instance).await;
    let events = nord.instance_events(&instance).await.unwrap();
    let expected = [
        "event 3: Authenticated as reseller@nord.example",
        "event 2: Authentication started",
        "event 1: Instance Workspace added",
    ];
    assert_eq!(words(&events), expected);
}

async fn events_of_one_instance_written_at_once_are_all_kept(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut writers = JoinSet::new();
    for _ in 0..12 {
        let (nord, instance) = (nord.clone(), instance.clone());
        let id = base.id(domain::ids::ActivationId::fresh);
        writers.spawn(async move {
            let uri = "https://seatwright.example/back";
            nord.start_activation(&id, &instance, Origin::Console, None, uri, NOW, later(9)).await
        });
    }
    for written in writers.join_all().await {
        written.unwrap();
    }
    let events = nord.instance_events(&instance).await.unwrap();
    let numbers: Vec<i64> = events
        .iter()
        .map(|entry| if let Entry::Event { seq, .. } = entry { *seq } else { 0 })
        .collect();
    assert_eq!(numbers, (1..=13).rev().collect::<Vec<_>>());
}
