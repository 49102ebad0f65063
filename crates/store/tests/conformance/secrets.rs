//! First passwords behind one-time links.

use crate::base::{Base, NOW, later, on_both, place};
use domain::event::Event;
use store::{Entry, NewOrder};
use tokio::task::JoinSet;

on_both! {
    a_password_opens_once,
    of_many_openers_one_is_first,
    a_link_that_is_too_old_opens_nothing,
    a_step_reads_the_password_it_needs,
}

async fn ordered(base: &Base) -> (store::DistributorStore, NewOrder) {
    let (nord, instance) = base.nord().await;
    let new = base.new_order(&instance, "acme.test");
    place(&nord, &new).await;
    (nord, new)
}

async fn a_password_opens_once(base: Base) {
    let (nord, new) = ordered(&base).await;
    let found =
        async || base.store.find_secret_by_link(&new.secret.link_hash).await.unwrap().unwrap();
    let sealed = found().await;
    assert_eq!((&sealed.password, &sealed.link), (&new.secret.password, &new.secret.link));
    assert_eq!((sealed.opened_at, sealed.expires_at), (None, new.secret.expires_at));
    assert!(base.store.open_secret(&sealed, later(1)).await.unwrap());
    assert!(!base.store.open_secret(&sealed, later(2)).await.unwrap());
    let opened = found().await;
    assert_eq!((opened.password.0.as_str(), opened.opened_at), ("", Some(later(1))));
    let newest = nord.timeline(&new.customer).await.unwrap().remove(0);
    assert_eq!(newest, Entry::Event { at: later(1), seq: 2, event: Event::PasswordLinkOpened });
    assert_eq!(base.store.find_secret_by_link("no such link").await.unwrap(), None);
}

async fn of_many_openers_one_is_first(base: Base) {
    let (_, new) = ordered(&base).await;
    let secret = base.store.find_secret_by_link(&new.secret.link_hash).await.unwrap().unwrap();
    let mut openers = JoinSet::new();
    for _ in 0..6 {
        let (store, secret) = (base.store.clone(), secret.clone());
        openers.spawn(async move { store.open_secret(&secret, later(1)).await.unwrap() });
    }
    let opened = openers.join_all().await;
    assert_eq!(opened.iter().filter(|opened| **opened).count(), 1);
}

async fn a_link_that_is_too_old_opens_nothing(base: Base) {
    let (nord, new) = ordered(&base).await;
    let secret = base.store.find_secret_by_link(&new.secret.link_hash).await.unwrap().unwrap();
    assert!(!base.store.open_secret(&secret, new.secret.expires_at).await.unwrap());
    let kept = base.store.find_secret_by_link(&new.secret.link_hash).await.unwrap();
    assert_eq!(kept, Some(secret));
    assert_eq!(nord.timeline(&new.customer).await.unwrap().len(), 1);
}

async fn a_step_reads_the_password_it_needs(base: Base) {
    let (_, new) = ordered(&base).await;
    let lease = base.claim(NOW).await;
    let secret = base.store.secret(&lease, &new.secret.id).await.unwrap().unwrap();
    assert_eq!((&secret.password, &secret.link), (&new.secret.password, &new.secret.link));
    let unknown = base.id(domain::ids::SecretId::fresh);
    assert_eq!(base.store.secret(&lease, &unknown).await.unwrap(), None);
}
