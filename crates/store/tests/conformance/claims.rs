//! Who may work on what, and when: claims, leases, fairness, wake-ups.

use crate::base::{Base, LEASE_MS, NOW, later, on_both, place, rest};
use domain::secret::Sealed;
use domain::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::{StoreError, WorkKind};
use tokio::task::JoinSet;

on_both! {
    no_work_is_given_to_two_workers,
    a_claim_takes_one_piece_of_work,
    an_idle_store_gives_nothing,
    a_lease_that_ran_out_is_claimed_again,
    a_new_wish_during_a_turn_keeps_its_due_at,
    a_turn_without_news_is_due_when_it_says,
    tries_count_turns_that_did_not_get_on,
    a_node_that_starts_alone_takes_all_leases_back,
    a_backlog_does_not_starve_others,
    an_activation_does_not_wait_behind_orders,
    a_new_order_wakes_the_engine_of_this_process,
}

async fn no_work_is_given_to_two_workers(base: Base) {
    let (nord, instance) = base.nord().await;
    for number in 0..100 {
        base.customer(&nord, &instance, &format!("c{number}.test")).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = base.store.clone();
        workers.spawn(async move {
            let mut claimed = Vec::new();
            while let Some(lease) = store.claim(NOW, LEASE_MS).await.unwrap() {
                claimed.push(lease.key);
            }
            claimed
        });
    }
    let claimed: Vec<String> = workers.join_all().await.into_iter().flatten().collect();
    let different: BTreeSet<&String> = claimed.iter().collect();
    // A worker that meets only rows others are taking at that moment goes home early.
    let rest = rest_of(&base).await;
    assert_eq!((different.len() + rest.len(), claimed.len() + rest.len()), (100, 100));
    assert!(rest.iter().all(|key| !different.contains(key)));
}

async fn rest_of(base: &Base) -> Vec<String> {
    let mut rest = Vec::new();
    while let Some(lease) = base.store.claim(NOW, LEASE_MS).await.unwrap() {
        rest.push(lease.key);
    }
    rest
}

async fn a_claim_takes_one_piece_of_work(base: Base) {
    let (nord, instance) = base.nord().await;
    for number in 0..40 {
        base.customer(&nord, &instance, &format!("c{number}.test")).await;
    }
    base.claim(NOW).await;
    let still_due = rest_of(&base).await;
    assert_eq!(still_due.len(), 39);
}

async fn an_idle_store_gives_nothing(base: Base) {
    assert_eq!(base.store.claim(NOW, LEASE_MS).await.unwrap(), None);
    assert_eq!(base.store.next_due().await.unwrap(), None);
    let (nord, instance) = base.nord().await;
    assert_eq!(base.store.next_due().await.unwrap(), None);
    let customer = base.customer(&nord, &instance, "acme.test").await;
    assert_eq!(base.store.next_due().await.unwrap(), Some(NOW));
    assert_eq!(base.store.claim(later(-1), LEASE_MS).await.unwrap(), None);

    let lease = base.claim(NOW).await;
    assert_eq!((lease.kind, lease.key.as_str()), (WorkKind::Customer, customer.as_str()));
    assert_eq!((&lease.distributor, lease.until), (nord.distributor(), later(LEASE_MS)));
    assert_eq!((lease.tries, lease.converged, lease.look_from), (0, 0, Timestamp(0)));
    assert_eq!(base.store.next_due().await.unwrap(), Some(later(LEASE_MS)));

    rest(&base.store, &lease).await;
    assert_eq!(base.store.next_due().await.unwrap(), None);
}

async fn a_lease_that_ran_out_is_claimed_again(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "acme.test").await;
    let dead = base.claim(NOW).await;
    let just_before = later(LEASE_MS - 1);
    assert_eq!(base.store.claim(just_before, LEASE_MS).await.unwrap(), None);
    let next = base.claim(later(LEASE_MS)).await;
    assert_eq!((&next.key, next.epoch), (&dead.key, dead.epoch + 1));
}

async fn a_new_wish_during_a_turn_keeps_its_due_at(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    assert!(nord.look_again(&customer, later(10)).await.unwrap());
    base.store.release(&lease, later(5_000), Some(1), None, &[], later(20)).await.unwrap();
    assert_eq!(base.store.next_due().await.unwrap(), Some(later(10)));
    let lease = base.claim(later(20)).await;
    assert_eq!((lease.converged, lease.look_from), (1, later(10)));
}

async fn a_turn_without_news_is_due_when_it_says(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    let lease = base.claim(NOW).await;
    base.store.release(&lease, later(5_000), Some(1), None, &[], later(20)).await.unwrap();
    assert_eq!(base.store.claim(later(4_999), LEASE_MS).await.unwrap(), None);
    let work = nord.customer(&customer).await.unwrap().unwrap().work;
    assert_eq!((work.due_at, work.lease_until), (later(5_000), Timestamp(0)));
    assert_eq!((work.converged, work.error), (1, None));
    // Without a word about the generation, what was reached stays reached.
    let lease = base.claim(later(5_000)).await;
    rest(&base.store, &lease).await;
    assert_eq!(nord.customer(&customer).await.unwrap().unwrap().work.converged, 1);
}

async fn tries_count_turns_that_did_not_get_on(base: Base) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    for tries in 0..3 {
        let lease = base.claim(NOW).await;
        assert_eq!(lease.tries, tries);
        base.store.release(&lease, NOW, None, Some("no answer"), &[], NOW).await.unwrap();
    }
    let work = nord.customer(&customer).await.unwrap().unwrap().work;
    assert_eq!((work.tries, work.error.as_deref()), (3, Some("no answer")));
    // A budget that is used up is nobody's failure.
    let lease = base.claim(NOW).await;
    base.store.put_off(&lease, NOW, "quota", NOW).await.unwrap();
    let work = nord.customer(&customer).await.unwrap().unwrap().work;
    assert_eq!((work.tries, work.error.as_deref(), work.due_at), (3, Some("quota"), NOW));
    let lease = base.claim(NOW).await;
    base.store.release(&lease, NOW, None, None, &[], NOW).await.unwrap();
    let work = nord.customer(&customer).await.unwrap().unwrap().work;
    assert_eq!((work.tries, work.error), (0, None));
}

async fn a_node_that_starts_alone_takes_all_leases_back(base: Base) {
    let (nord, instance) = base.nord().await;
    for domain in ["a.test", "b.test", "c.test"] {
        base.customer(&nord, &instance, domain).await;
    }
    let dead = [base.claim(NOW).await, base.claim(NOW).await];
    let waiting = base.claim(NOW).await;
    base.store.release(&waiting, later(900), None, None, &[], NOW).await.unwrap();

    assert_eq!(base.store.release_all(later(5)).await.unwrap(), 2);
    for lease in &dead {
        let late = base.store.release(lease, NOW, None, None, &[], NOW).await.unwrap_err();
        assert!(matches!(&late, StoreError::LeaseLost { key } if *key == lease.key), "{late}");
    }
    let again = [base.claim(later(5)).await.key, base.claim(later(5)).await.key];
    assert_eq!(BTreeSet::from(again), dead.map(|lease| lease.key).into());
    assert_eq!(base.store.claim(later(5), LEASE_MS).await.unwrap(), None);
    assert_eq!(base.store.release_all(later(5)).await.unwrap(), 2);
}

async fn a_backlog_does_not_starve_others(base: Base) {
    let big = base.distributor("Big").await;
    let due: Vec<String> = (0..1_000)
        .map(|number| format!("('{}', 'customer', 'c{number}', {})", big.distributor(), NOW.0))
        .collect();
    let sql = format!("insert into work (distributor, kind, key, due_at) values {}", due.join(","));
    base.past_the_store(&sql).await;
    let small = base.distributor("Small").await;
    let small_instance = base.instance(&small, "Workspace").await;
    // The whole backlog is older, and the big one has been served all the while.
    for at in 1..=5 {
        base.claim(later(at)).await;
    }
    let new = base.new_order(&small_instance, "acme.test");
    place(&small, &new).await;
    let mut served: BTreeMap<_, usize> = BTreeMap::new();
    for at in 6..=7 {
        *served.entry(base.claim(later(at)).await.distributor).or_default() += 1;
    }
    assert_eq!(served.get(small.distributor()), Some(&1), "{served:?}");
}

async fn an_activation_does_not_wait_behind_orders(base: Base) {
    let (nord, instance) = base.nord().await;
    for domain in ["a.test", "b.test", "c.test"] {
        base.customer(&nord, &instance, domain).await;
    }
    let sent = base.at_google(&nord, &instance).await;
    let code = Sealed("k.code".into());
    assert!(base.store.receive_code(&sent, &code, later(5)).await.unwrap());
    let lease = base.claim(later(5)).await;
    assert_eq!((lease.kind, lease.key.as_str()), (WorkKind::Instance, instance.as_str()));
}

async fn a_new_order_wakes_the_engine_of_this_process(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "acme.test").await;
    // Resolves at once: the bell was rung by the order.
    base.store.woken().await;
}
