//! The installation's own things: opening, migrating, distributors, sign-in, keys, sessions, settings.

use crate::base::{Base, NOW, later, on_both};
use domain::ids::{ApiKeyId, DistributorId, OperatorId};
use store::{Store, StoreError};
use tokio::task::JoinSet;

on_both! {
    migrating_again_changes_nothing,
    several_nodes_may_migrate_at_once,
    a_closed_store_answers_nothing,
    distributors_are_listed_oldest_first,
    an_operator_signs_in_by_an_address_in_any_case,
    an_address_signs_in_at_one_place_only,
    an_api_key_is_found_by_its_hash_until_it_is_revoked,
    sessions_end_when_they_expire,
    a_setting_is_written_once,
    a_setting_written_at_once_by_many_has_one_value,
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused() {
    for url in ["", "mysql://x", "file.db", "sqlite", "postgresq://x"] {
        let opened = Store::open(url).await.map(drop);
        assert!(matches!(opened, Err(StoreError::UnknownDatabase)), "{url}: {opened:?}");
    }
    for schema in ["", "1a", "A", "a-b", "a;drop", "a\"b"] {
        let opened = Store::open(&format!("postgres://u@127.0.0.1/d?schema={schema}")).await;
        let opened = opened.map(drop);
        assert!(matches!(opened, Err(StoreError::BadSchema)), "{schema}: {opened:?}");
    }
}

#[tokio::test]
async fn a_database_in_memory_is_one_database() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    store.put_setting_once("a", "1").await.unwrap();
    assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("1"));
}

async fn migrating_again_changes_nothing(base: Base) {
    base.distributor("Nord").await;
    base.store.migrate().await.unwrap();
    let again = Store::open(&base.url).await.unwrap();
    again.migrate().await.unwrap();
    assert_eq!(again.distributors().await.unwrap().len(), 1);
    again.close().await;
}

async fn several_nodes_may_migrate_at_once(base: Base) {
    let mut nodes = JoinSet::new();
    for _ in 0..4 {
        let url = base.empty_url.clone();
        nodes.spawn(async move {
            let node = Store::open(&url).await?;
            node.migrate().await?;
            node.ping().await?;
            node.close().await;
            Ok::<_, StoreError>(())
        });
    }
    for node in nodes.join_all().await {
        node.unwrap();
    }
}

async fn a_closed_store_answers_nothing(base: Base) {
    let other = Store::open(&base.url).await.unwrap();
    other.ping().await.unwrap();
    other.close().await;
    assert!(matches!(other.ping().await, Err(StoreError::Database(_))));
    base.store.ping().await.unwrap();
}

async fn distributors_are_listed_oldest_first(base: Base) {
    let (old, young) = (base.id(DistributorId::fresh), base.id(DistributorId::fresh));
    base.store.add_distributor(&young, "Young", later(1)).await.unwrap();
    base.store.add_distributor(&old, "Old", NOW).await.unwrap();
    let all = base.store.distributors().await.unwrap();
    let names: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.created_at)).collect();
    assert_eq!(names, [("Old", NOW), ("Young", later(1))]);
    assert_eq!(base.store.of(old.clone()).profile().await.unwrap(), Some(all[0].clone()));
    assert_eq!(base.store.of(old.clone()).distributor(), &old);
    assert_eq!(base.store.of(base.id(DistributorId::fresh)).profile().await.unwrap(), None);
}

async fn an_operator_signs_in_by_an_address_in_any_case(base: Base) {
    let nord = base.distributor("Nord").await;
    assert!(!base.store.has_operator().await.unwrap());
    let id = base.id(OperatorId::fresh);
    nord.add_operator(&id, "Ada@Nord.example", "$argon2id$", NOW).await.unwrap();
    assert!(base.store.has_operator().await.unwrap());
    let ada = base.store.find_operator("aDA@nord.example").await.unwrap().unwrap();
    assert_eq!((&ada.id, ada.email.as_str()), (&id, "ada@nord.example"));
    assert_eq!((&ada.distributor, ada.password_hash.as_str()), (nord.distributor(), "$argon2id$"));
    assert_eq!(nord.operators().await.unwrap(), [ada]);
    assert_eq!(base.store.find_operator("bob@nord.example").await.unwrap(), None);
}

async fn an_address_signs_in_at_one_place_only(base: Base) {
    let (nord, sued) = (base.distributor("Nord").await, base.distributor("Süd").await);
    let (first, second) = (base.id(OperatorId::fresh), base.id(OperatorId::fresh));
    nord.add_operator(&first, "ada@nord.example", "hash", NOW).await.unwrap();
    let taken = sued.add_operator(&second, "ADA@nord.example", "hash", NOW).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "{taken:?}");
    assert_eq!(sued.operators().await.unwrap(), []);
}

async fn an_api_key_is_found_by_its_hash_until_it_is_revoked(base: Base) {
    let nord = base.distributor("Nord").await;
    let (old, young) = (base.id(ApiKeyId::fresh), base.id(ApiKeyId::fresh));
    nord.add_api_key(&old, "BSS", "hash 1", "swk_aaaa", NOW).await.unwrap();
    nord.add_api_key(&young, "Portal", "hash 2", "swk_bbbb", later(1)).await.unwrap();
    let owner = base.store.find_api_key("hash 1").await.unwrap();
    assert_eq!(owner, Some((nord.distributor().clone(), old.clone())));
    assert_eq!(base.store.find_api_key("hash 3").await.unwrap(), None);

    assert!(nord.revoke_api_key(&old, later(2)).await.unwrap());
    assert!(nord.revoke_api_key(&old, later(3)).await.unwrap());
    assert!(!nord.revoke_api_key(&base.id(ApiKeyId::fresh), later(3)).await.unwrap());
    assert_eq!(base.store.find_api_key("hash 1").await.unwrap(), None);
    assert!(base.store.find_api_key("hash 2").await.unwrap().is_some());
    let keys = nord.api_keys().await.unwrap();
    let shown: Vec<_> = keys.iter().map(|key| (key.name.as_str(), key.revoked_at)).collect();
    assert_eq!(shown, [("Portal", None), ("BSS", Some(later(2)))]);
    assert_eq!((keys[0].hint.as_str(), keys[0].created_at), ("swk_bbbb", later(1)));
}

async fn sessions_end_when_they_expire(base: Base) {
    let store = &base.store;
    store.put_session("one", "a", later(100)).await.unwrap();
    store.put_session("two", "b", later(200)).await.unwrap();
    assert_eq!(store.session("one", later(99)).await.unwrap().as_deref(), Some("a"));
    assert_eq!(store.session("one", later(100)).await.unwrap(), None);
    store.put_session("one", "c", later(300)).await.unwrap();
    assert_eq!(store.session("one", later(100)).await.unwrap().as_deref(), Some("c"));
    store.delete_session("one", NOW).await.unwrap();
    assert_eq!(store.session("one", NOW).await.unwrap(), None);
    assert_eq!(base.count("session").await, 1);
    // Ending any session sweeps out the ones that ran out.
    store.delete_session("no such session", later(200)).await.unwrap();
    assert_eq!(base.count("session").await, 0);
}

async fn a_setting_is_written_once(base: Base) {
    let store = &base.store;
    assert_eq!(store.setting("canary").await.unwrap(), None);
    assert_eq!(store.put_setting_once("canary", "first").await.unwrap(), "first");
    assert_eq!(store.put_setting_once("canary", "second").await.unwrap(), "first");
    assert_eq!(store.setting("canary").await.unwrap().as_deref(), Some("first"));
}

async fn a_setting_written_at_once_by_many_has_one_value(base: Base) {
    let mut writers = JoinSet::new();
    for number in 0..6 {
        let store = base.store.clone();
        writers.spawn(async move { store.put_setting_once("a", &number.to_string()).await });
    }
    let kept = base.store.put_setting_once("a", "6").await.unwrap();
    for written in writers.join_all().await {
        assert_eq!(written.unwrap(), kept);
    }
}
