//! Licences that come and go without the Licensing API: given by themselves, moved with a subscription, taken with it,
//! and those of archived users. Never: a method.
//! Source: google-semantics.md §4 "Automatic licensing" {H-AUTOLIC}{LIC-USE}{DISC-RES}

use crate::envelope::ApiError;
use crate::licensing::{licensed, workspace_subscriptions};
use crate::reseller::notify::{self, Event};
use crate::reseller::skus;
use crate::world::{Customer, Licence, Subscription, User, World, licence_key};

/// The nearest unit at or above the user's that something is set for.
fn set_for_unit<'a>(home: &'a Customer, path: &str) -> Option<&'a str> {
    let mut path = path;
    loop {
        if let Some(sku) = home.auto_licensing_units.get(path) {
            return Some(sku);
        }
        path = match path.rsplit_once('/') {
            Some(("", "")) | None => return None,
            Some(("", _)) => "/",
            Some((above, _)) => above,
        };
    }
}

/// The Workspace subscription that gives this user a licence: the one set for its organisational unit, else the only
/// one there is. `None` when automatic licensing is off.
pub(super) fn automatic(world: &World, user: &User) -> Option<Subscription> {
    let home = world.customers.get(&user.customer_id).filter(|home| home.auto_licensing)?;
    if let Some(sku) = set_for_unit(home, &user.org_unit_path) {
        return workspace_subscriptions(world, &home.id).find(|it| it.sku_id == sku).cloned();
    }
    let mut bought = workspace_subscriptions(world, &home.id);
    match (bought.next(), bought.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

/// Gives every user without a Workspace licence one, as long as there are seats.
pub(crate) fn assign_automatically(world: &mut World, customer_id: &str, now_ms: i64) {
    let without: Vec<User> = world
        .users_of(customer_id)
        .filter(|user| {
            let key = licence_key(customer_id, skus::WORKSPACE, &user.primary_email);
            !user.archived && !world.licences.contains_key(&key)
        })
        .cloned()
        .collect();
    for user in without {
        assign_to(world, &user, now_ms);
    }
}

/// The same for one user, who just came.
pub(crate) fn assign_to(world: &mut World, user: &User, now_ms: i64) {
    let key = licence_key(&user.customer_id, skus::WORKSPACE, &user.primary_email);
    if user.archived || world.licences.contains_key(&key) {
        return;
    }
    let Some(subscription) = automatic(world, user) else { return };
    if subscription.seats > licensed(world, &subscription) {
        give(world, &user.customer_id, &subscription.sku_id, user.primary_email.clone(), now_ms);
        notify::announce(world, &subscription, Event::LicencesChanged, now_ms);
    }
}

/// Takes all of a user who goes.
pub(crate) fn take_all(world: &mut World, user: &User, now_ms: i64) {
    for licence in world.licences_of_user(&user.customer_id, &user.primary_email) {
        world.take_licence(&licence_key(&licence.customer_id, &licence.product_id, &licence.user));
        announce(world, &licence.customer_id, &licence.sku_id, now_ms);
    }
}

/// Tells the reseller that licences of this SKU were given or taken. Source: google-semantics.md §2.18
pub(crate) fn announce(world: &mut World, customer_id: &str, sku_id: &str, now_ms: i64) {
    let about = world
        .subscriptions_of(customer_id)
        .find(|it| !it.cancelled && it.sku_id == sku_id)
        .cloned();
    if let Some(about) = about {
        notify::announce(world, &about, Event::LicencesChanged, now_ms);
    }
}

pub(crate) fn give(
    world: &mut World,
    customer_id: &str,
    sku_id: &str,
    user: String,
    since_ms: i64,
) {
    let Some(product) = skus::product_of(sku_id) else { return };
    world.put_licence(Licence {
        customer_id: customer_id.to_owned(),
        product_id: product.to_owned(),
        sku_id: sku_id.to_owned(),
        user,
        since_ms,
    });
}

/// Licences follow a subscription that goes on under another SKU. Source: google-semantics.md §9.8
pub(crate) fn move_licences(world: &mut World, customer_id: &str, from: &str, to: &str) {
    if from == to {
        return;
    }
    for licence in of_sku(world, customer_id, from) {
        world.take_licence(&licence_key(customer_id, &licence.product_id, &licence.user));
        give(world, customer_id, to, licence.user, licence.since_ms);
    }
}

/// Licences end with the last subscription that they are of.
pub(crate) fn release(world: &mut World, ended: &Subscription) {
    let left = world
        .subscriptions_of(&ended.customer_id)
        .any(|it| !it.cancelled && it.id != ended.id && it.sku_id == ended.sku_id);
    if left {
        return;
    }
    for licence in of_sku(world, &ended.customer_id, &ended.sku_id) {
        world.take_licence(&licence_key(&licence.customer_id, &licence.product_id, &licence.user));
    }
}

/// Storage of every size belongs to the one subscription of storage.
fn of_sku(world: &World, customer_id: &str, sku_id: &str) -> Vec<Licence> {
    let product = skus::product_of(sku_id).unwrap_or_default();
    let all = world.licences_of(customer_id, product);
    all.filter(|it| it.sku_id == sku_id || product == skus::DRIVE).cloned().collect()
}

fn no_archive() -> ApiError {
    ApiError::condition_not_met("Insufficient Archived User licenses.")
}

/// The user's Workspace licence becomes one of the archived users that belong to it.
/// Source: google-semantics.md §3.2 `archived`, §3.6 "missing archived licences", §2.13
pub(crate) fn archive(world: &mut World, user: &mut User, now_ms: i64) -> Result<(), ApiError> {
    let key = licence_key(&user.customer_id, skus::WORKSPACE, &user.primary_email);
    let held = world.licences.get(&key).map(|licence| licence.sku_id.clone()).unwrap_or_default();
    let seat = world
        .subscriptions_of(&user.customer_id)
        .filter(|it| !it.cancelled && skus::needed_for(&it.sku_id) == Some(held.as_str()))
        .find(|it| it.seats > licensed(world, it))
        .map(|it| it.sku_id.clone())
        .ok_or_else(no_archive)?;
    world.take_licence(&key);
    give(world, &user.customer_id, &seat, user.primary_email.clone(), now_ms);
    user.archived = true;
    Ok(())
}

/// The way back, if there is a seat.
pub(crate) fn unarchive(world: &mut World, user: &mut User, now_ms: i64) -> Result<(), ApiError> {
    let archives = world.licences_of_user(&user.customer_id, &user.primary_email);
    let held = archives.iter().find(|licence| skus::needed_for(&licence.sku_id).is_some());
    let held = held.ok_or_else(no_archive)?;
    let wanted = skus::needed_for(&held.sku_id).unwrap_or_default();
    let seat = workspace_subscriptions(world, &user.customer_id)
        .any(|it| it.sku_id == wanted && it.seats > licensed(world, it));
    if !seat {
        return Err(ApiError::limit_exceeded("Domain user limit reached."));
    }
    world.take_licence(&licence_key(&user.customer_id, &held.product_id, &user.primary_email));
    give(world, &user.customer_id, wanted, user.primary_email.clone(), now_ms);
    user.archived = false;
    Ok(())
}
