//! A consent dialogue from its start to the engine's verdict.

use crate::base::{Base, NOW, later, on_both};
use domain::activation::{
    ActivationFault, ActivationStatus, Check, CheckName, CheckResult, pending_checks,
};
use domain::event::Event;
use domain::ids::ActivationId;
use domain::secret::Sealed;
use domain::time::Timestamp;
use store::{Activation, DistributorStore, Entry, Origin, StoreError};

on_both! {
    a_link_opens_once,
    a_link_that_is_too_old_does_not_open,
    a_dialogue_goes_to_google_once,
    a_code_is_taken_once,
    a_state_leads_to_its_dialogue_used_or_not,
    a_dialogue_that_failed_before_the_engine_says_why,
    a_dialogue_with_the_engine_can_not_be_failed_from_outside,
    the_latest_dialogue_is_the_newest,
    the_engine_finds_the_dialogue_to_work_on,
    an_exchange_that_was_begun_can_be_told,
    checks_can_be_watched,
}

const URI: &str = "https://seatwright.example/back";

async fn invite(base: &Base, nord: &DistributorStore, link: &str, until: Timestamp) -> Activation {
    let instance = base.instance(nord, link).await;
    let id = base.id(ActivationId::fresh);
    let link = Some(link);
    nord.start_activation(&id, &instance, Origin::Link, link, URI, NOW, until).await.unwrap();
    nord.activation(&id).await.unwrap().unwrap()
}

async fn a_link_opens_once(base: Base) {
    let nord = base.distributor("Nord").await;
    let invited = invite(&base, &nord, "link", later(100)).await;
    assert_eq!((invited.origin, invited.status), (Origin::Link, ActivationStatus::Invited));
    assert_eq!((invited.redirect_uri.as_str(), invited.expires_at), (URI, later(100)));
    assert_eq!((invited.started_at, &invited.checks), (NOW, &pending_checks()));
    assert_eq!(base.store.open_activation_link("other", later(1)).await.unwrap(), None);
    let (one, two) = tokio::join!(
        base.store.open_activation_link("link", later(1)),
        base.store.open_activation_link("link", later(1)),
    );
    let opened: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(opened, [invited]);
    assert_eq!(base.store.open_activation_link("link", later(2)).await.unwrap(), None);
}

async fn a_link_that_is_too_old_does_not_open(base: Base) {
    let nord = base.distributor("Nord").await;
    invite(&base, &nord, "link", later(100)).await;
    assert_eq!(base.store.open_activation_link("link", later(100)).await.unwrap(), None);
    assert!(base.store.open_activation_link("link", later(99)).await.unwrap().is_some());
}

async fn a_dialogue_goes_to_google_once(base: Base) {
    let nord = base.distributor("Nord").await;
    let invited = invite(&base, &nord, "link", later(100)).await;
    let verifier = Sealed("k.verifier".into());
    let store = &base.store;
    store.send_to_google(&invited, "state", "browser", &verifier, later(500)).await.unwrap();
    let sent = nord.activation(&invited.id).await.unwrap().unwrap();
    assert_eq!((sent.status, sent.expires_at), (ActivationStatus::AtGoogle, later(500)));
    assert_eq!((sent.browser_hash.as_deref(), sent.verifier), (Some("browser"), Some(verifier)));
    let again = store.send_to_google(&invited, "state2", "b2", &Sealed("v".into()), NOW).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    assert_eq!(store.find_activation_by_state("state2").await.unwrap(), None);
}

async fn a_code_is_taken_once(base: Base) {
    let (nord, instance) = base.nord().await;
    let sent = base.at_google(&nord, &instance).await;
    let (code, replay) = (Sealed("k.code".into()), Sealed("k.replay".into()));
    assert!(base.store.receive_code(&sent, &code, later(1)).await.unwrap());
    assert!(!base.store.receive_code(&sent, &replay, later(2)).await.unwrap());
    let checking = nord.activation(&sent.id).await.unwrap().unwrap();
    assert_eq!((checking.status, checking.code), (ActivationStatus::Checking, Some(code)));
    // The engine is woken by the first, and not again by the replay.
    assert_eq!(base.store.next_due().await.unwrap(), Some(later(1)));
}

async fn a_state_leads_to_its_dialogue_used_or_not(base: Base) {
    let nord = base.distributor("Nord").await;
    let invited = invite(&base, &nord, "link", later(100)).await;
    let verifier = Sealed("k.verifier".into());
    base.store.send_to_google(&invited, "state", "b", &verifier, later(500)).await.unwrap();
    let found = async || base.store.find_activation_by_state("state").await.unwrap().unwrap();
    assert_eq!(found().await.id, invited.id);
    base.store.receive_code(&found().await, &Sealed("k.code".into()), NOW).await.unwrap();
    assert_eq!(found().await.status, ActivationStatus::Checking);
    assert_eq!(base.store.find_activation_by_state("none").await.unwrap(), None);
    let by_id = base.store.find_activation(&invited.id).await.unwrap();
    assert_eq!(by_id, Some(found().await));
    let unknown = base.id(ActivationId::fresh);
    assert_eq!(base.store.find_activation(&unknown).await.unwrap(), None);
}

async fn a_dialogue_that_failed_before_the_engine_says_why(base: Base) {
    let (nord, instance) = base.nord().await;
    let sent = base.at_google(&nord, &instance).await;
    let fault = ActivationFault::ConsentCancelled;
    assert!(base.store.fail_activation(&sent, &fault, later(1)).await.unwrap());
    let failed = nord.activation(&sent.id).await.unwrap().unwrap();
    assert_eq!((failed.status, &failed.fault), (ActivationStatus::Failed, &Some(fault.clone())));
    assert_eq!((failed.verifier, failed.code, failed.ended_at), (None, None, Some(later(1))));
    let first = CheckResult::Failed { fault };
    assert_eq!(failed.checks[0], Check { name: CheckName::CodeExchanged, result: first });
    let event = Event::ActivationFailed { code: "consent_cancelled".into() };
    let newest = nord.instance_events(&instance).await.unwrap().remove(0);
    assert_eq!(newest, Entry::Event { at: later(1), seq: 3, event });

    let late = ActivationFault::NeverCameBack;
    assert!(!base.store.fail_activation(&sent, &late, later(2)).await.unwrap());
    assert!(!base.store.receive_code(&sent, &Sealed("k.code".into()), later(2)).await.unwrap());
    assert_eq!(nord.instance_events(&instance).await.unwrap().len(), 3);
    assert_eq!(base.store.next_due().await.unwrap(), None);
}

async fn a_dialogue_with_the_engine_can_not_be_failed_from_outside(base: Base) {
    let (nord, instance) = base.nord().await;
    let (checking, _) = base.checking(&nord, &instance).await;
    let fault = ActivationFault::NeverCameBack;
    assert!(!base.store.fail_activation(&checking, &fault, later(1)).await.unwrap());
    assert_eq!(nord.activation(&checking.id).await.unwrap(), Some(checking));
}

async fn the_latest_dialogue_is_the_newest(base: Base) {
    let (nord, instance) = base.nord().await;
    assert_eq!(nord.latest_activation(&instance).await.unwrap(), None);
    base.at_google(&nord, &instance).await;
    let second = base.at_google(&nord, &instance).await;
    assert_eq!(nord.latest_activation(&instance).await.unwrap(), Some(second));
}

async fn the_engine_finds_the_dialogue_to_work_on(base: Base) {
    let (nord, instance) = base.nord().await;
    base.at_google(&nord, &instance).await;
    let (first, lease) = base.checking(&nord, &instance).await;
    let second = base.at_google(&nord, &instance).await;
    base.store.receive_code(&second, &Sealed("k.code".into()), NOW).await.unwrap();
    let (found, activation, leaving) = base.store.load_instance(&lease).await.unwrap();
    assert_eq!((found.id, activation, leaving), (instance, Some(first.clone()), None));

    let fault = ActivationFault::CodeExpired;
    base.store.end_failed_activation(&lease, &first, &[], &fault, later(1)).await.unwrap();
    let (_, activation, _) = base.store.load_instance(&lease).await.unwrap();
    assert_eq!(activation.map(|activation| activation.id), Some(second.id));
}

async fn an_exchange_that_was_begun_can_be_told(base: Base) {
    let (nord, instance) = base.nord().await;
    let (checking, lease) = base.checking(&nord, &instance).await;
    assert_eq!(checking.exchange_at, None);
    base.store.begin_exchange(&lease, &checking, later(7)).await.unwrap();
    let (_, begun, _) = base.store.load_instance(&lease).await.unwrap();
    assert_eq!(begun.unwrap().exchange_at, Some(later(7)));
}

async fn checks_can_be_watched(base: Base) {
    let (nord, instance) = base.nord().await;
    let (checking, lease) = base.checking(&nord, &instance).await;
    let mut checks = pending_checks();
    checks[0].result = CheckResult::Passed { detail: "Google accepted the code".into() };
    base.store.put_checks(&lease, &checking, &checks).await.unwrap();
    assert_eq!(nord.activation(&checking.id).await.unwrap().unwrap().checks, checks);
}
