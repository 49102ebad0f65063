//! What is committed when a process dies at a commit: nothing just before it, all just after it.

use crate::base::{Base, LEASE_MS, NOW, accepting, later, on_both, place};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{CommitHook, Placed};

on_both! {
    death_before_a_commit_leaves_nothing,
    death_after_a_commit_leaves_everything,
    a_hook_that_returns_is_asked_twice_per_commit,
}

/// Never returns the `point`th time it is asked, counted from 1. Tells when it got there.
fn die_at(point: usize) -> (CommitHook, Arc<tokio::sync::Notify>) {
    let (asked, died) = (AtomicUsize::new(0), Arc::new(tokio::sync::Notify::new()));
    let bell = Arc::clone(&died);
    let hook: CommitHook = Arc::new(move || {
        let dies = asked.fetch_add(1, Ordering::SeqCst) + 1 == point;
        if dies {
            bell.notify_one();
            Box::pin(std::future::pending())
        } else {
            Box::pin(async {})
        }
    });
    (hook, died)
}

/// Places an order on a process that dies at this point; gives the order.
async fn die_placing(base: &Base, point: usize) -> (store::DistributorStore, store::NewOrder) {
    let (nord, instance) = base.nord().await;
    let new = base.new_order(&instance, "acme.test");
    let (hook, died) = die_at(point);
    let dying = base.store.with_commit_hook(hook).of(nord.distributor().clone());
    tokio::select! {
        placed = dying.place_order(&new, NOW, accepting(&new)) => panic!("lived: {placed:?}"),
        () = died.notified() => {}
    }
    (nord, new)
}

async fn death_before_a_commit_leaves_nothing(base: Base) {
    let (nord, new) = die_placing(&base, 1).await;
    assert_eq!(nord.order(&new.id).await.unwrap(), None);
    assert_eq!(nord.customer(&new.customer).await.unwrap(), None);
    assert_eq!(base.store.claim(later(1), LEASE_MS).await.unwrap(), None);
    // What died is not in anybody's way.
    assert_eq!(place(&nord, &new).await, Placed::New(new.id.clone()));
}

async fn death_after_a_commit_leaves_everything(base: Base) {
    let (nord, new) = die_placing(&base, 2).await;
    assert!(nord.order(&new.id).await.unwrap().is_some());
    assert_eq!(base.claim(later(1)).await.key, new.customer.as_str());
    assert_eq!(place(&nord, &new).await, Placed::Same(new.id.clone()));
}

async fn a_hook_that_returns_is_asked_twice_per_commit(base: Base) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let store = base.store.with_commit_hook(Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {})
    }));
    store.put_setting_once("a", "1").await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // Reading commits nothing.
    store.setting("a").await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
