//! Instances as a distributor sets them up and finds them again.

use crate::base::{Base, NOW, later, on_both};
use domain::event::Event;
use domain::ids::InstanceId;
use domain::secret::Sealed;
use store::{Entry, InstanceState, StoreError};

on_both! {
    an_instance_is_found_by_its_id_and_its_name,
    an_id_is_never_taken_for_a_name,
    a_system_name_belongs_to_one_instance,
    a_change_keeps_the_secret_unless_given,
}

async fn an_instance_is_found_by_its_id_and_its_name(base: Base) {
    let nord = base.distributor("Nord").await;
    let (second, first) = (base.instance(&nord, "B").await, base.instance(&nord, "A").await);
    let instance = nord.instance(&first).await.unwrap().unwrap();
    assert_eq!((&instance.id, &instance.distributor), (&first, nord.distributor()));
    assert_eq!((instance.system_name.as_str(), instance.client_id.as_str()), ("A", "client"));
    assert_eq!((instance.created_at, &instance.state), (NOW, &InstanceState::NotAuthenticated));
    assert_eq!(nord.find_instance(first.as_str()).await.unwrap(), Some(instance.clone()));
    assert_eq!(nord.find_instance("A").await.unwrap(), Some(instance));
    assert_eq!(nord.find_instance("C").await.unwrap(), None);
    assert_eq!(nord.instance(&base.id(InstanceId::fresh)).await.unwrap(), None);
    let all: Vec<_> = nord.instances().await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(all, [first, second]);
}

async fn an_id_is_never_taken_for_a_name(base: Base) {
    let nord = base.distributor("Nord").await;
    let first = base.instance(&nord, "A").await;
    // A name that looks like another instance's id, on either side of it.
    for _ in 0..2 {
        let named = base.id(InstanceId::fresh);
        let (name, secret) = (first.as_str(), Sealed("k.secret".into()));
        match nord.add_instance(&named, name, "client", &secret, NOW).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => continue,
            Err(error) => panic!("{error}"),
        }
    }
    let found = nord.find_instance(first.as_str()).await.unwrap().unwrap();
    assert_eq!(found.id, first);
}

async fn a_system_name_belongs_to_one_instance(base: Base) {
    let (nord, first) = base.nord().await;
    let other = base.instance(&nord, "Other").await;
    let (id, secret) = (base.id(InstanceId::fresh), Sealed("k.secret".into()));
    let before = base.rows().await;
    let taken = nord.add_instance(&id, "Workspace", "client", &secret, NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "{taken:?}");
    let taken = nord.change_instance(&other, "Workspace", "client", None, NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "{taken:?}");
    assert_eq!(base.rows().await, before);
    // Another distributor may use the same name.
    let sued = base.distributor("Süd").await;
    assert_ne!(base.instance(&sued, "Workspace").await, first);
}

async fn a_change_keeps_the_secret_unless_given(base: Base) {
    let (nord, id) = base.nord().await;
    assert!(nord.change_instance(&id, "New name", "client 2", None, later(1)).await.unwrap());
    let kept = nord.instance(&id).await.unwrap().unwrap();
    assert_eq!((kept.system_name.as_str(), kept.client_id.as_str()), ("New name", "client 2"));
    assert_eq!((kept.client_secret, kept.updated_at), (Sealed("k.secret".into()), later(1)));
    let secret = Sealed("k.new".into());
    nord.change_instance(&id, "New name", "client 2", Some(&secret), later(2)).await.unwrap();
    assert_eq!(nord.instance(&id).await.unwrap().unwrap().client_secret, secret);
    let event = Event::InstanceChanged { system_name: "New name".into() };
    let newest = nord.instance_events(&id).await.unwrap().remove(0);
    assert_eq!(newest, Entry::Event { at: later(2), seq: 3, event });
    let unknown = base.id(InstanceId::fresh);
    assert!(!nord.change_instance(&unknown, "X", "c", None, later(3)).await.unwrap());
}
