//! Who lost the lease can't write: every write of the engine, tried with a lease that another worker
//! took over.

use crate::base::{Base, LEASE_MS, NOW, later, on_both};
use domain::activation::ActivationFault;
use domain::event::Event;
use domain::observed::Observed;
use domain::step::{Outcome, Step};
use store::{StoreError, WorkKind};

on_both! {
    a_lost_lease_on_a_customer_writes_nothing,
    a_lost_lease_on_an_instance_writes_nothing,
    a_lease_that_was_given_back_writes_nothing,
}

#[track_caller]
fn lost<T: std::fmt::Debug>(written: Result<T, StoreError>) {
    assert!(matches!(written, Err(StoreError::LeaseLost { .. })), "{written:?}");
}

async fn a_lost_lease_on_a_customer_writes_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    let credential = base.authenticate(&nord, &instance).await;
    base.customer(&nord, &instance, "acme.test").await;
    let old = base.claim(NOW).await;
    let new = base.claim(later(LEASE_MS)).await;
    assert_eq!((old.kind, &old.key), (WorkKind::Customer, &new.key));
    let before = (base.rows().await, nord.instance(&instance).await.unwrap());

    let store = &base.store;
    let (now, step) = (later(LEASE_MS), Step::MakeAdmin { email: "admin@acme.test".into() });
    let (observed, event) = (Observed::default(), [Event::LookRequested]);
    let outcome = Outcome::Unsure { why: "no answer".into() };
    lost(store.begin_attempt(&old, &step, now).await);
    lost(store.learn(&old, &observed, None, &event, now).await);
    lost(store.learn(&old, &observed, Some((1, &outcome, &[])), &event, now).await);
    lost(store.looked(&old, Some(&observed), &[], &event, now).await);
    lost(store.lose_credential(&old, &instance, &credential.id, "revoked", now).await);
    lost(store.release(&old, now, Some(1), None, &event, now).await);
    lost(store.put_off(&old, now, "quota", now).await);

    assert_eq!((base.rows().await, nord.instance(&instance).await.unwrap()), before);
    // The new holder is not disturbed.
    store.release(&new, now, Some(1), None, &[], now).await.unwrap();
}

async fn a_lost_lease_on_an_instance_writes_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    let (activation, old) = base.checking(&nord, &instance).await;
    let new = base.claim(later(LEASE_MS)).await;
    assert_eq!((old.kind, &old.key), (WorkKind::Instance, &new.key));
    let before = (base.rows().await, nord.activation(&activation.id).await.unwrap());

    let (store, now) = (&base.store, later(LEASE_MS));
    let credential = base.candidate(&instance);
    let fault = ActivationFault::CodeExpired;
    let account = ("reseller@nord.example", "1234");
    lost(store.begin_exchange(&old, &activation, now).await);
    lost(store.put_candidate(&old, &activation, &credential, &[]).await);
    lost(store.put_checks(&old, &activation, &[]).await);
    lost(store.pass_activation(&old, &activation, &credential.id, account, &[], now).await);
    lost(store.end_failed_activation(&old, &activation, &[], &fault, now).await);
    lost(store.revoked(&old, &credential, now).await);

    let after = (base.rows().await, nord.activation(&activation.id).await.unwrap());
    assert_eq!(after, before);
    store.put_candidate(&new, &activation, &credential, &[]).await.unwrap();
}

async fn a_lease_that_was_given_back_writes_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    base.store.release(&lease, NOW, None, None, &[], NOW).await.unwrap();
    lost(base.store.learn(&lease, &Observed::default(), None, &[], NOW).await);
    lost(base.store.release(&lease, NOW, None, None, &[], NOW).await);
}
