//! Rows that something else than the store has written: the answer is [`StoreError::Corrupt`] with
//! table, column and key, never a panic and never a guess.

use crate::base::{Base, NOW, on_both};
use domain::ids::CustomerId;
use domain::observed::Observed;
use domain::step::Step;
use store::{DistributorStore, Lease, StoreError};

on_both! {
    a_customer_that_can_not_be_read,
    a_journal_that_can_not_be_read,
    an_instance_that_can_not_be_read,
    a_dialogue_that_can_not_be_read,
    an_order_that_can_not_be_read,
    an_event_that_can_not_be_read,
    work_without_its_customer,
    one_corrupt_customer_does_not_hide_behind_an_empty_answer,
}

#[track_caller]
fn corrupt<T: std::fmt::Debug>(read: Result<T, StoreError>, place: &str) {
    match read {
        Err(StoreError::Corrupt { table, column, .. }) => {
            assert_eq!(format!("{table}.{column}"), place);
        }
        other => panic!("{place}: {other:?}"),
    }
}

async fn customer(base: &Base) -> (DistributorStore, CustomerId, Lease) {
    let (nord, instance) = base.nord().await;
    let customer = base.customer(&nord, &instance, "acme.test").await;
    (nord, customer, base.claim(NOW).await)
}

async fn a_customer_that_can_not_be_read(base: Base) {
    let (nord, customer, lease) = customer(&base).await;
    base.store.learn(&lease, &Observed::default(), None, &[], NOW).await.unwrap();
    base.past_the_store("update observed set body = '{\"customer\": 7}'").await;
    corrupt(nord.customer(&customer).await, "observed.body");
    corrupt(base.store.load(&lease).await, "observed.body");
    base.past_the_store("update desired set body = 'not even JSON'").await;
    corrupt(nord.customer(&customer).await, "desired.body");
    corrupt(base.store.load(&lease).await, "desired.body");
}

async fn a_journal_that_can_not_be_read(base: Base) {
    let (nord, customer, lease) = customer(&base).await;
    let step = Step::MakeAdmin { email: "admin@acme.test".into() };
    base.store.begin_attempt(&lease, &step, NOW).await.unwrap();
    base.past_the_store("update attempt set step = '{\"step\": \"unheard_of\"}'").await;
    corrupt(base.store.load(&lease).await, "attempt.step");
    corrupt(nord.timeline(&customer).await, "attempt.step");
    // An open attempt says what was attempted.
    base.past_the_store("update attempt set step = null").await;
    corrupt(base.store.load(&lease).await, "attempt.step");
    base.past_the_store("update attempt set outcome = '7'").await;
    corrupt(nord.timeline(&customer).await, "attempt.outcome");
    base.past_the_store("update attempt set outcome = null, calls = 'x'").await;
    corrupt(nord.timeline(&customer).await, "attempt.calls");
}

async fn an_instance_that_can_not_be_read(base: Base) {
    let (nord, instance) = base.nord().await;
    base.authenticate(&nord, &instance).await;
    base.past_the_store("update credential set state = 'half'").await;
    corrupt(nord.instance(&instance).await, "credential.state");
    corrupt(nord.instances().await, "credential.state");
    corrupt(nord.find_instance("Workspace").await, "credential.state");
}

async fn a_dialogue_that_can_not_be_read(base: Base) {
    let (nord, instance) = base.nord().await;
    let id = base.at_google(&nord, &instance).await.id;
    for (sql, place) in [
        ("update activation set fault = 'x'", "activation.fault"),
        ("update activation set checks = '{}'", "activation.checks"),
        ("update activation set credential = 'x'", "activation.credential"),
        ("update activation set status = 'x'", "activation.status"),
        ("update activation set origin = 'x'", "activation.origin"),
    ] {
        base.past_the_store(sql).await;
        corrupt(nord.activation(&id).await, place);
        corrupt(base.store.find_activation(&id).await, place);
    }
}

async fn an_order_that_can_not_be_read(base: Base) {
    let (nord, ..) = customer(&base).await;
    base.past_the_store("update orders set source = 'fax'").await;
    corrupt(nord.orders(None, 9).await, "orders.source");
    base.past_the_store("update subscription set customer = 'x'").await;
    base.past_the_store("update orders set subscription = 'x'").await;
    corrupt(nord.orders(None, 9).await, "orders.subscription");
}

async fn an_event_that_can_not_be_read(base: Base) {
    let (nord, customer, _) = customer(&base).await;
    base.past_the_store("update event set body = '{\"event\": \"unheard_of\"}'").await;
    corrupt(nord.timeline(&customer).await, "event.body");
}

async fn work_without_its_customer(base: Base) {
    let (_, _, lease) = customer(&base).await;
    base.past_the_store("update customer set instance = 'ins_00000000000000000000000000'").await;
    corrupt(base.store.load(&lease).await, "instance.key");
    base.past_the_store("delete from desired").await;
    corrupt(base.store.load(&lease).await, "customer.key");
}

async fn one_corrupt_customer_does_not_hide_behind_an_empty_answer(base: Base) {
    let (nord, ..) = customer(&base).await;
    base.past_the_store("update desired set body = '{}'").await;
    corrupt(nord.customers(None, 9).await, "desired.body");
}
