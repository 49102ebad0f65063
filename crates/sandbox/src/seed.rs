//! The clients and accounts of the settings, planted into a new or a kept world. Never: a change of what is there.

use std::collections::BTreeMap;

use crate::chance::Chance;
use crate::settings::{ResellerAccount, Settings};
use crate::world::{Address, ClientState, Customer, CustomerType, Owner, User, World, sha256_hex};

/// What is planted has been there for a year, so that no lag hides it.
const AGE_MS: i64 = 365 * 86_400_000;

pub(crate) fn plant(kept: Option<World>, settings: &Settings, now_ms: i64) -> World {
    let mut world =
        kept.unwrap_or_else(|| World { chance: Chance::new(settings.seed), ..World::default() });
    world.quotas = settings.quotas.clone();
    for client in &settings.clients {
        world.clients.entry(client.id.clone()).or_insert_with(|| ClientState {
            project_number: client.project_number.clone(),
            apis: client.apis.clone(),
            used_at_ms: Some(now_ms),
            ..ClientState::default()
        });
    }
    for account in &settings.accounts {
        world
            .customers
            .entry(account.customer_id.clone())
            .or_insert_with(|| home_of(account, now_ms));
        world.users.entry(account.email.to_lowercase()).or_insert_with(|| person(account, now_ms));
    }
    world
}

/// The reseller's own Google customer.
fn home_of(account: &ResellerAccount, now_ms: i64) -> Customer {
    Customer {
        id: account.customer_id.clone(),
        domain: account.domain.to_lowercase(),
        domain_verified: true,
        domains: BTreeMap::new(),
        domain_aliases: BTreeMap::new(),
        customer_type: CustomerType::Domain,
        alternate_email: String::new(),
        phone_number: String::new(),
        address: Address::default(),
        language: "en".to_owned(),
        owner: Owner::Itself,
        is_reseller: account.may_resell,
        reseller_access: false,
        api_access: true,
        auto_licensing: true,
        auto_licensing_units: BTreeMap::new(),
        gmail_apps: true,
        never_transferable: false,
        terms_accepted: true,
        created_at_ms: now_ms - AGE_MS,
    }
}

fn person(account: &ResellerAccount, now_ms: i64) -> User {
    let given_name = account.email.split('@').next().unwrap_or_default();
    User {
        given_name: given_name.to_owned(),
        family_name: account.domain.clone(),
        password_sha256: sha256_hex(&account.password),
        is_admin: true,
        agreed_to_terms: true,
        ..User::new(
            account.sub.clone(),
            &account.customer_id,
            account.email.to_lowercase(),
            now_ms - AGE_MS,
        )
    }
}
