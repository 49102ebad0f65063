//! Credentials: which one is in force, what replaces it, how it is lost and how it leaves.

use crate::base::{Base, NOW, later, on_both, rest};
use domain::activation::{ActivationFault, ActivationStatus, pending_checks};
use domain::event::Event;
use domain::ids::InstanceId;
use domain::time::Timestamp;
use store::{Credential, CredentialState, DistributorStore, Entry, InstanceState, WorkKind};
use tokio::task::JoinSet;

on_both! {
    a_candidate_is_not_in_force,
    a_candidate_that_passed_replaces_the_current_one,
    a_failure_keeps_the_current_one,
    a_lost_consent_parks_and_a_new_one_wakes_every_customer,
    a_consent_is_lost_once,
    a_new_consent_while_a_turn_runs_keeps_the_customer_due,
    a_disconnected_credential_is_revoked,
    disconnecting_without_a_credential_changes_nothing,
    a_lost_credential_can_be_disconnected,
    a_consent_that_comes_and_goes_at_once_is_never_torn,
}

const ACCOUNT: (&str, &str) = ("reseller@nord.example", "1234");

async fn state(nord: &DistributorStore, instance: &InstanceId) -> InstanceState {
    nord.instance(instance).await.unwrap().unwrap().state
}

async fn in_force(nord: &DistributorStore, instance: &InstanceId) -> Option<Credential> {
    state(nord, instance).await.credential().cloned()
}

async fn newest_event(nord: &DistributorStore, instance: &InstanceId) -> Event {
    match nord.instance_events(instance).await.unwrap().remove(0) {
        Entry::Event { event, .. } => event,
        Entry::Attempt(attempt) => panic!("{attempt:?}"),
    }
}

async fn a_candidate_is_not_in_force(base: Base) {
    let (nord, instance) = base.nord().await;
    let (activation, lease) = base.checking(&nord, &instance).await;
    let candidate = base.candidate(&instance);
    let checks = pending_checks();
    base.store.put_candidate(&lease, &activation, &candidate, &checks).await.unwrap();
    assert_eq!(state(&nord, &instance).await, InstanceState::NotAuthenticated);
    let activation = nord.activation(&activation.id).await.unwrap().unwrap();
    assert_eq!(activation.credential.as_ref(), Some(&candidate.id));
    assert_eq!((activation.code, activation.verifier), (None, None));
    let read = base.store.credential(&lease, &candidate.id).await.unwrap();
    assert_eq!(read, Some(candidate));
    let other = base.candidate(&instance);
    assert_eq!(base.store.credential(&lease, &other.id).await.unwrap(), None);
}

async fn a_candidate_that_passed_replaces_the_current_one(base: Base) {
    let (nord, instance) = base.nord().await;
    let first = base.authenticate(&nord, &instance).await;
    let (activation, lease) = base.checking(&nord, &instance).await;
    let second = base.candidate(&instance);
    base.store.put_candidate(&lease, &activation, &second, &[]).await.unwrap();
    assert_eq!(in_force(&nord, &instance).await.unwrap().id, first.id);
    let (account, checks) = (("new@nord.example", "77"), pending_checks());
    let (store, at) = (&base.store, later(5));
    let passed = store.pass_activation(&lease, &activation, &second.id, account, &checks, at);
    passed.await.unwrap();

    let current = in_force(&nord, &instance).await.unwrap();
    assert_eq!((&current.id, current.state), (&second.id, CredentialState::Current));
    assert_eq!((current.account_email.as_str(), current.account_subject.as_str()), account);
    assert_eq!(current.refresh_token, second.refresh_token);
    let replaced = base.store.credential(&lease, &first.id).await.unwrap().unwrap();
    assert_eq!(
        (replaced.state, replaced.refresh_token.0.as_str()),
        (CredentialState::Replaced, "")
    );
    assert_eq!(replaced.ended_at, Some(later(5)));
    let ended = nord.activation(&activation.id).await.unwrap().unwrap();
    assert_eq!((ended.status, ended.ended_at), (ActivationStatus::Passed, Some(later(5))));
    assert_eq!((ended.fault, ended.checks), (None, pending_checks()));
    let event = Event::ActivationPassed { account: "new@nord.example".into() };
    assert_eq!(newest_event(&nord, &instance).await, event);
}

async fn a_failure_keeps_the_current_one(base: Base) {
    let (nord, instance) = base.nord().await;
    let current = base.authenticate(&nord, &instance).await;
    let (activation, lease) = base.checking(&nord, &instance).await;
    let candidate = base.candidate(&instance);
    base.store.put_candidate(&lease, &activation, &candidate, &[]).await.unwrap();
    let fault = ActivationFault::ScopesMissing { scopes: vec!["email".into()] };
    let failed = base.store.end_failed_activation(&lease, &activation, &[], &fault, later(5));
    failed.await.unwrap();

    let kept = in_force(&nord, &instance).await.unwrap();
    assert_eq!((kept.id, kept.refresh_token), (current.id, current.refresh_token));
    let gone = base.store.credential(&lease, &candidate.id).await.unwrap().unwrap();
    assert_eq!((gone.state, gone.refresh_token.0.as_str()), (CredentialState::Replaced, ""));
    assert_eq!(gone.end_reason.as_deref(), Some("scopes_missing"));
    let ended = nord.activation(&activation.id).await.unwrap().unwrap();
    assert_eq!((ended.status, ended.fault), (ActivationStatus::Failed, Some(fault)));
    let event = Event::ActivationFailed { code: "scopes_missing".into() };
    assert_eq!(newest_event(&nord, &instance).await, event);
}

async fn a_lost_consent_parks_and_a_new_one_wakes_every_customer(base: Base) {
    let (nord, instance) = base.nord().await;
    let credential = base.authenticate(&nord, &instance).await;
    let elsewhere = base.instance(&nord, "Elsewhere").await;
    for domain in ["a.test", "b.test"] {
        base.customer(&nord, &instance, domain).await;
    }
    base.customer(&nord, &elsewhere, "c.test").await;
    for _ in 0..3 {
        let lease = base.claim(NOW).await;
        let lost = base.store.lose_credential(&lease, &instance, &credential.id, "gone", NOW);
        lost.await.unwrap();
        rest(&base.store, &lease).await;
    }
    let InstanceState::ConsentLost(lost) = state(&nord, &instance).await else {
        panic!("{:?}", state(&nord, &instance).await)
    };
    assert_eq!((lost.id, lost.end_reason.as_deref()), (credential.id, Some("gone")));
    assert_eq!(base.store.next_due().await.unwrap(), None);

    base.authenticate(&nord, &instance).await;
    assert!(matches!(state(&nord, &instance).await, InstanceState::Authenticated(_)));
    // Both customers of this instance, and not the other's.
    let mut woken = 0;
    while let Some(lease) = base.store.claim(NOW, 1_000).await.unwrap() {
        assert_eq!(lease.kind, WorkKind::Customer);
        assert_eq!(base.store.load(&lease).await.unwrap().instance.id, instance);
        woken += 1;
    }
    assert_eq!(woken, 2);
}

async fn a_consent_is_lost_once(base: Base) {
    let (nord, instance) = base.nord().await;
    let credential = base.authenticate(&nord, &instance).await;
    base.customer(&nord, &instance, "a.test").await;
    let lease = base.claim(NOW).await;
    for (reason, at) in [("first", later(1)), ("second", later(2))] {
        let lost = base.store.lose_credential(&lease, &instance, &credential.id, reason, at);
        lost.await.unwrap();
    }
    assert_eq!(newest_event(&nord, &instance).await, Event::ConsentLost { reason: "first".into() });
    let InstanceState::ConsentLost(lost) = state(&nord, &instance).await else { panic!() };
    assert_eq!(lost.ended_at, Some(later(1)));
}

async fn a_new_consent_while_a_turn_runs_keeps_the_customer_due(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "a.test").await;
    let lease = base.claim(NOW).await;
    // The turn read "not authenticated", then the consent comes, then the turn parks the customer.
    base.authenticate(&nord, &instance).await;
    rest(&base.store, &lease).await;
    assert_eq!(base.store.next_due().await.unwrap(), Some(NOW));
}

async fn a_disconnected_credential_is_revoked(base: Base) {
    let (nord, instance) = base.nord().await;
    let credential = base.authenticate(&nord, &instance).await;
    assert!(nord.disconnect(&instance, later(1)).await.unwrap());
    let InstanceState::Disconnected(leaving) = state(&nord, &instance).await else { panic!() };
    assert_eq!((&leaving.id, leaving.state), (&credential.id, CredentialState::Leaving));
    assert_eq!(leaving.refresh_token, credential.refresh_token);
    assert!(!nord.disconnect(&instance, later(2)).await.unwrap());

    let lease = base.claim_instance(&instance, later(2)).await;
    let (_, _, found) = base.store.load_instance(&lease).await.unwrap();
    assert_eq!(found, Some(leaving.clone()));
    base.store.revoked(&lease, &leaving, later(3)).await.unwrap();
    let (_, _, found) = base.store.load_instance(&lease).await.unwrap();
    assert_eq!(found, None);
    let InstanceState::Disconnected(gone) = state(&nord, &instance).await else { panic!() };
    assert_eq!((gone.state, gone.refresh_token.0.as_str()), (CredentialState::Revoked, ""));
    let event = Event::InstanceDisconnected { account: ACCOUNT.0.into() };
    assert_eq!(newest_event(&nord, &instance).await, event);

    rest(&base.store, &lease).await;
    base.authenticate(&nord, &instance).await;
    assert!(in_force(&nord, &instance).await.is_some());
}

async fn disconnecting_without_a_credential_changes_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    assert!(!nord.disconnect(&instance, later(1)).await.unwrap());
    assert_eq!(state(&nord, &instance).await, InstanceState::NotAuthenticated);
    assert_eq!(base.store.next_due().await.unwrap(), None);
}

async fn a_lost_credential_can_be_disconnected(base: Base) {
    let (nord, instance) = base.nord().await;
    let credential = base.authenticate(&nord, &instance).await;
    base.customer(&nord, &instance, "a.test").await;
    let lease = base.claim(NOW).await;
    let lost = base.store.lose_credential(&lease, &instance, &credential.id, "gone", NOW);
    lost.await.unwrap();
    assert!(nord.disconnect(&instance, later(1)).await.unwrap());
    assert!(matches!(state(&nord, &instance).await, InstanceState::Disconnected(_)));
}

/// A new consent, its loss seen by customers' turns, and a disconnect all touch the same rows, each
/// from another side.
async fn a_consent_that_comes_and_goes_at_once_is_never_torn(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut leases = Vec::new();
    for number in 0..6 {
        base.customer(&nord, &instance, &format!("c{number}.test")).await;
        leases.push(base.claim(NOW).await);
    }
    for round in 0..30 {
        let current = base.authenticate(&nord, &instance).await;
        let (activation, lease) = base.checking(&nord, &instance).await;
        let next = base.candidate(&instance);
        base.store.put_candidate(&lease, &activation, &next, &[]).await.unwrap();
        let mut actors: JoinSet<Result<(), store::StoreError>> = JoinSet::new();
        for customer in &leases {
            let (store, instance, current) =
                (base.store.clone(), instance.clone(), current.id.clone());
            let customer = customer.clone();
            actors.spawn(async move {
                store.lose_credential(&customer, &instance, &current, "gone", later(round)).await
            });
        }
        let (theirs, at) = (nord.clone(), instance.clone());
        actors.spawn(async move { theirs.disconnect(&at, later(round)).await.map(drop) });
        let (store, passed, id) = (base.store.clone(), lease.clone(), next.id.clone());
        actors.spawn(async move {
            store.pass_activation(&passed, &activation, &id, ACCOUNT, &[], later(round)).await
        });
        for done in actors.join_all().await {
            done.unwrap();
        }
        let settled = state(&nord, &instance).await;
        assert_ne!(settled, InstanceState::NotAuthenticated, "round {round}");
        base.store.release(&lease, Timestamp::NEVER, None, None, &[], NOW).await.unwrap();
    }
}
