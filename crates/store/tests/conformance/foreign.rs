//! A distributor can't see, count, change or guess another's anything: every method of its store,
//! called with another distributor's ids.

use crate::base::{Base, NOW, accepting, later, on_both, place};
use domain::ids::{ActivationId, ApiKeyId, OperatorId};
use domain::secret::Sealed;
use store::{NewOrder, Origin, Placed};

on_both! {
    a_foreign_distributor_reads_nothing,
    a_foreign_distributor_changes_nothing,
    the_same_words_mean_each_distributors_own,
}

struct Victim {
    order: NewOrder,
    key: ApiKeyId,
    activation: ActivationId,
}

/// Everything one distributor can have.
async fn victim(base: &Base) -> (store::DistributorStore, Victim) {
    let (nord, instance) = base.nord().await;
    base.authenticate(&nord, &instance).await;
    let activation = base.at_google(&nord, &instance).await.id;
    let operator = base.id(OperatorId::fresh);
    nord.add_operator(&operator, "ada@nord.example", "hash", NOW).await.unwrap();
    let key = base.id(ApiKeyId::fresh);
    nord.add_api_key(&key, "BSS", "hash", "swk_", NOW).await.unwrap();
    let mut order = base.new_order(&instance, "acme.test");
    order.idempotency_key = Some("key".into());
    place(&nord, &order).await;
    (nord, Victim { order, key, activation })
}

async fn a_foreign_distributor_reads_nothing(base: Base) {
    let (_, Victim { order, activation, .. }) = victim(&base).await;
    let sued = base.distributor("Süd").await;
    let instance = &order.instance;
    assert_eq!(sued.profile().await.unwrap().unwrap().name, "Süd");
    assert_eq!(sued.operators().await.unwrap(), []);
    assert_eq!(sued.api_keys().await.unwrap(), []);
    assert_eq!(sued.instances().await.unwrap(), []);
    assert_eq!(sued.instance(instance).await.unwrap(), None);
    assert_eq!(sued.find_instance(instance.as_str()).await.unwrap(), None);
    assert_eq!(sued.find_instance("Workspace").await.unwrap(), None);
    assert_eq!(sued.instance_events(instance).await.unwrap(), []);
    assert_eq!(sued.activation(&activation).await.unwrap(), None);
    assert_eq!(sued.latest_activation(instance).await.unwrap(), None);
    assert_eq!(sued.customers(None, 100).await.unwrap(), []);
    assert_eq!(sued.customer(&order.customer).await.unwrap(), None);
    assert_eq!(sued.customer_of(&order.subscription).await.unwrap(), None);
    assert_eq!(sued.timeline(&order.customer).await.unwrap(), []);
    assert_eq!(sued.orders(None, 100).await.unwrap(), []);
    assert_eq!(sued.order(&order.id).await.unwrap(), None);
    assert_eq!(sued.orders_of(&order.customer).await.unwrap(), []);
}

async fn a_foreign_distributor_changes_nothing(base: Base) {
    let (nord, Victim { order, key, activation }) = victim(&base).await;
    let sued = base.distributor("Süd").await;
    let before = (
        nord.instances().await.unwrap(),
        nord.api_keys().await.unwrap(),
        nord.customers(None, 9).await.unwrap(),
        nord.timeline(&order.customer).await.unwrap(),
        nord.instance_events(&order.instance).await.unwrap(),
        nord.latest_activation(&order.instance).await.unwrap(),
    );
    let rows = base.rows().await;
    let (instance, secret) = (&order.instance, Sealed("k.evil".into()));
    assert!(!sued.change_instance(instance, "Evil", "evil", Some(&secret), NOW).await.unwrap());
    assert!(!sued.disconnect(instance, later(1)).await.unwrap());
    assert!(!sued.look_again(&order.customer, later(1)).await.unwrap());
    assert!(!sued.revoke_api_key(&key, later(1)).await.unwrap());
    assert_eq!(base.rows().await, rows);
    let id = base.id(ActivationId::fresh);
    let uri = "https://seatwright.example/back";
    let origin = Origin::Console;
    let started = sued.start_activation(&id, instance, origin, None, uri, later(9), later(99));
    assert!(started.await.is_err());
    let evil = base.new_order(instance, "evil.test");
    assert!(sued.place_order(&evil, NOW, accepting(&evil)).await.is_err());
    assert_eq!(base.rows().await, rows);

    let after = (
        nord.instances().await.unwrap(),
        nord.api_keys().await.unwrap(),
        nord.customers(None, 9).await.unwrap(),
        nord.timeline(&order.customer).await.unwrap(),
        nord.instance_events(&order.instance).await.unwrap(),
        nord.latest_activation(&order.instance).await.unwrap(),
    );
    assert_eq!(after, before);
    assert!(nord.activation(&activation).await.unwrap().is_some());
}

async fn the_same_words_mean_each_distributors_own(base: Base) {
    let (nord, Victim { order, .. }) = victim(&base).await;
    let sued = base.distributor("Süd").await;
    // Same domain, reference, key and System Name.
    let mut theirs = base.new_order(&base.instance(&sued, "Workspace").await, "acme.test");
    theirs.idempotency_key = Some("key".into());
    assert_eq!(place(&sued, &theirs).await, Placed::New(theirs.id.clone()));
    assert_eq!(nord.orders(None, 9).await.unwrap().len(), 1);
    assert_eq!(nord.orders(None, 9).await.unwrap()[0].id, order.id);
    assert_eq!(sued.orders(None, 9).await.unwrap()[0].id, theirs.id);
}
