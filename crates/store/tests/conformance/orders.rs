//! Orders: taken in once, whole or not at all, and read back.

use crate::base::{Base, NOW, accepting, later, on_both, place};
use domain::command::Refusal;
use domain::event::Event;
use store::{Entry, Placed, Source, StoreError};
use tokio::task::JoinSet;

on_both! {
    a_new_order_stores_everything_about_it,
    the_same_order_again_is_the_same_order,
    a_key_means_one_body_for_ever,
    a_key_that_came_late_means_its_order_too,
    a_reference_means_one_body,
    two_identical_orders_at_once_are_one,
    a_refused_order_stores_nothing,
    an_order_that_fails_half_way_stores_nothing,
    two_orders_of_one_domain_at_once_make_one_customer,
    orders_are_listed_newest_first,
    customers_are_listed_newest_first,
}

async fn a_new_order_stores_everything_about_it(base: Base) {
    let (nord, instance) = base.nord().await;
    let new = base.new_order(&instance, "acme.test");
    assert_eq!(place(&nord, &new).await, Placed::New(new.id.clone()));

    let order = nord.order(&new.id).await.unwrap().unwrap();
    assert_eq!((&order.reference, order.source), (&new.reference, Source::Api));
    assert_eq!((&order.customer, &order.subscription), (&new.customer, &new.subscription));
    assert_eq!((&order.instance, order.created_at), (&instance, NOW));

    let customer = nord.customer(&new.customer).await.unwrap().unwrap();
    assert_eq!((&customer.id, customer.created_at), (&new.customer, NOW));
    assert_eq!(customer.desired.generation, 1);
    assert_eq!(customer.desired.customer.domain.as_str(), "acme.test");
    assert_eq!(customer.desired.subscriptions[&new.subscription].seats, 5);
    assert_eq!(customer.observed, Default::default());
    assert_eq!((customer.work.due_at, customer.work.converged), (NOW, 0));

    let owner = nord.customer_of(&new.subscription).await.unwrap();
    assert_eq!(owner.as_ref(), Some(&new.customer));
    let secret = base.store.find_secret_by_link(&new.secret.link_hash).await.unwrap().unwrap();
    assert_eq!((&secret.id, &secret.customer), (&new.secret.id, &new.customer));
    let timeline = nord.timeline(&new.customer).await.unwrap();
    let reference = new.reference.clone();
    let event = Event::OrderAccepted { order: new.id.clone(), reference, generation: 1 };
    assert_eq!(timeline, [Entry::Event { at: NOW, seq: 1, event }]);
}

async fn the_same_order_again_is_the_same_order(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut first = base.new_order(&instance, "acme.test");
    first.idempotency_key = Some("key".into());
    place(&nord, &first).await;
    let before = base.rows().await;
    let mut again = base.new_order(&instance, "acme.test");
    again.idempotency_key = Some("key".into());
    assert_eq!(place(&nord, &again).await, Placed::Same(first.id.clone()));
    // Without the key, the reference tells.
    again.idempotency_key = None;
    assert_eq!(place(&nord, &again).await, Placed::Same(first.id));
    assert_eq!(base.rows().await, before);
}

async fn a_key_means_one_body_for_ever(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut first = base.new_order(&instance, "acme.test");
    first.idempotency_key = Some("key".into());
    place(&nord, &first).await;
    let before = base.rows().await;
    let mut other = base.new_order(&instance, "other.test");
    other.idempotency_key = Some("key".into());
    assert_eq!(place(&nord, &other).await, Placed::KeyReused);
    assert_eq!(base.rows().await, before);
    // The same key of another distributor is another key.
    let sued = base.distributor("Süd").await;
    let mut theirs = base.new_order(&base.instance(&sued, "Workspace").await, "acme.test");
    theirs.idempotency_key = Some("key".into());
    assert_eq!(place(&sued, &theirs).await, Placed::New(theirs.id.clone()));
}

async fn a_key_that_came_late_means_its_order_too(base: Base) {
    let (nord, instance) = base.nord().await;
    let first = base.new_order(&instance, "acme.test");
    place(&nord, &first).await;
    let mut again = base.new_order(&instance, "acme.test");
    again.idempotency_key = Some("late".into());
    assert_eq!(place(&nord, &again).await, Placed::Same(first.id.clone()));
    assert_eq!(place(&nord, &again).await, Placed::Same(first.id));
    let mut other = base.new_order(&instance, "other.test");
    other.idempotency_key = Some("late".into());
    assert_eq!(place(&nord, &other).await, Placed::KeyReused);
}

async fn a_reference_means_one_body(base: Base) {
    let (nord, instance) = base.nord().await;
    let first = base.new_order(&instance, "acme.test");
    place(&nord, &first).await;
    let before = base.rows().await;
    let mut other = base.new_order(&instance, "other.test");
    other.reference.clone_from(&first.reference);
    other.idempotency_key = Some("key".into());
    assert_eq!(place(&nord, &other).await, Placed::ReferenceReused(first.id));
    assert_eq!(base.rows().await, before);
}

async fn two_identical_orders_at_once_are_one(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut tries = JoinSet::new();
    for _ in 0..4 {
        let mut new = base.new_order(&instance, "acme.test");
        new.idempotency_key = Some("key".into());
        let nord = nord.clone();
        tries.spawn(async move {
            match nord.place_order(&new, NOW, accepting(&new)).await {
                // Asking again gives the answer.
                Err(StoreError::Conflict) => place(&nord, &new).await,
                other => other.unwrap(),
            }
        });
    }
    let placed = tries.join_all().await;
    let new: Vec<_> = placed
        .iter()
        .filter_map(|placed| if let Placed::New(id) = placed { Some(id) } else { None })
        .collect();
    assert_eq!(new.len(), 1, "{placed:?}");
    let same = Placed::Same(new[0].clone());
    assert_eq!(placed.iter().filter(|placed| **placed == same).count(), 3, "{placed:?}");
    assert_eq!(base.count("orders").await, 1);
}

async fn a_refused_order_stores_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    base.customer(&nord, &instance, "acme.test").await;
    let before = base.rows().await;
    let mut second = base.new_order(&instance, "acme.test");
    (second.reference, second.body_hash) = ("BSS-2".into(), "another body".into());
    second.idempotency_key = Some("key".into());
    let refused = Placed::Refused(Refusal::CustomerExists { domain: "acme.test".into() });
    assert_eq!(place(&nord, &second).await, refused);
    assert_eq!(base.rows().await, before);
}

async fn an_order_that_fails_half_way_stores_nothing(base: Base) {
    let (nord, instance) = base.nord().await;
    let first = base.new_order(&instance, "acme.test");
    place(&nord, &first).await;
    let before = base.rows().await;
    // The last row of an order is its secret: by then everything else was written.
    let mut second = base.new_order(&instance, "other.test");
    second.secret.link_hash = first.secret.link_hash;
    let failed = nord.place_order(&second, NOW, accepting(&second)).await;
    assert!(matches!(failed, Err(StoreError::Conflict)), "{failed:?}");
    assert_eq!(base.rows().await, before);
    assert_eq!(nord.customer(&second.customer).await.unwrap(), None);
}

async fn two_orders_of_one_domain_at_once_make_one_customer(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut tries = JoinSet::new();
    for number in 0..4 {
        let mut new = base.new_order(&instance, "acme.test");
        (new.reference, new.body_hash) = (format!("BSS-{number}"), format!("body {number}"));
        let nord = nord.clone();
        tries.spawn(async move {
            match nord.place_order(&new, NOW, accepting(&new)).await {
                Err(StoreError::Conflict) => place(&nord, &new).await,
                other => other.unwrap(),
            }
        });
    }
    let placed = tries.join_all().await;
    let refused = Placed::Refused(Refusal::CustomerExists { domain: "acme.test".into() });
    assert_eq!(placed.iter().filter(|placed| **placed == refused).count(), 3, "{placed:?}");
    assert_eq!(base.count("customer").await, 1);
}

async fn orders_are_listed_newest_first(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut ids = Vec::new();
    for domain in ["a.test", "b.test", "c.test"] {
        let new = base.new_order(&instance, domain);
        place(&nord, &new).await;
        ids.insert(0, new.id);
    }
    let listed = |orders: Vec<store::OrderRecord>| -> Vec<_> {
        orders.into_iter().map(|order| order.id).collect()
    };
    assert_eq!(listed(nord.orders(None, 10).await.unwrap()), ids);
    assert_eq!(listed(nord.orders(None, 2).await.unwrap()), ids[..2]);
    assert_eq!(listed(nord.orders(Some(&ids[1]), 10).await.unwrap()), ids[2..]);
    let first = nord.order(&ids[2]).await.unwrap().unwrap();
    assert_eq!(listed(nord.orders_of(&first.customer).await.unwrap()), ids[2..]);
}

async fn customers_are_listed_newest_first(base: Base) {
    let (nord, instance) = base.nord().await;
    let mut ids = Vec::new();
    for domain in ["a.test", "b.test", "c.test"] {
        ids.insert(0, base.customer(&nord, &instance, domain).await);
    }
    let listed = |customers: Vec<store::Customer>| -> Vec<_> {
        customers.into_iter().map(|customer| customer.id).collect()
    };
    assert_eq!(listed(nord.customers(None, 10).await.unwrap()), ids);
    assert_eq!(listed(nord.customers(None, 1).await.unwrap()), ids[..1]);
    assert_eq!(listed(nord.customers(Some(&ids[0]), 10).await.unwrap()), ids[1..]);
    let unknown = base.new_order(&instance, "d.test");
    assert_eq!(nord.customer(&unknown.customer).await.unwrap(), None);
    assert!(!nord.look_again(&unknown.customer, later(1)).await.unwrap());
}
