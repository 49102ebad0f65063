//! The Licensing API, and the licences that users get by themselves. Source: google-semantics.md §4

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::paging::{Bounds, page};
use crate::reply::Reply;
use crate::reseller::rules::is_address;
use crate::reseller::skus::{self, Sku};
use crate::settings::Api;
use crate::shape::text;
use crate::world::{
    Customer, Licence, Owner, PlanName, Status, Subscription, User, World, licence_key, sha256_hex,
};

/// The customer's Workspace subscriptions that are not cancelled.
pub(crate) fn workspace_subscriptions<'a>(
    world: &'a World,
    customer_id: &str,
) -> impl Iterator<Item = &'a Subscription> + use<'a> {
    world.subscriptions_of(customer_id).filter(|subscription| {
        !subscription.cancelled
            && skus::find(&subscription.sku_id).is_some_and(|sku| sku.product == skus::WORKSPACE)
    })
}

/// Assigned licences of a subscription's SKU. Source: google-semantics.md §2.6 `licensedNumberOfSeats`
pub(crate) fn licensed(world: &World, subscription: &Subscription) -> i32 {
    // No per-user licence is visible for it. Source: §2.12
    if subscription.plan == PlanName::Free || subscription.cancelled {
        return 0;
    }
    let product = skus::find(&subscription.sku_id).map(|sku| sku.product).unwrap_or_default();
    let count = world
        .licences_of(&subscription.customer_id, product)
        .filter(|licence| licence.sku_id == subscription.sku_id)
        .count();
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The one Workspace subscription that gives every user a licence; `None` with none or several.
/// Source: google-semantics.md §4 "Automatic licensing" {H-AUTOLIC}{LIC-USE}
fn automatic(world: &World, customer_id: &str) -> Option<Subscription> {
    let mut bought = workspace_subscriptions(world, customer_id);
    match (bought.next(), bought.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

/// Gives every user without a Workspace licence one, as long as there are seats.
pub(crate) fn assign_automatically(world: &mut World, customer_id: &str) {
    let Some(subscription) = automatic(world, customer_id) else {
        return;
    };
    let without: Vec<String> = world
        .users_of(customer_id)
        .map(|user| user.primary_email.clone())
        .filter(|email| {
            !world.licences.contains_key(&licence_key(customer_id, skus::WORKSPACE, email))
        })
        .collect();
    let left = subscription.seats - licensed(world, &subscription);
    for user in without.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        let licence = Licence {
            customer_id: customer_id.to_owned(),
            product_id: skus::WORKSPACE.to_owned(),
            sku_id: subscription.sku_id.clone(),
            user: user.clone(),
        };
        world.licences.insert(licence_key(customer_id, skus::WORKSPACE, &user), licence);
    }
}

/// A mailbox comes with a Workspace licence; a reseller's own people have one.
/// Source: google-semantics.md §3.2 `isMailboxSetup`
pub(crate) fn has_mailbox(world: &World, user: &User) -> bool {
    let own = world
        .customers
        .get(&user.customer_id)
        .is_some_and(|customer| customer.owner == Owner::Itself);
    own || world.licences.contains_key(&licence_key(
        &user.customer_id,
        skus::WORKSPACE,
        &user.primary_email,
    ))
}

/// Source: google-semantics.md §4, §13
fn shown(call: &Call<'_>, licence: &Licence) -> Value {
    let Licence { product_id, sku_id, user, .. } = licence;
    let etag = sha256_hex(&format!("{product_id} {sku_id} {user}"));
    json!({
        "kind": "licensing#licenseAssignment",
        "etags": format!("\"{}\"", &etag[..27]),
        "selfLink": format!(
            "{}/apps/licensing/v1/product/{product_id}/sku/{sku_id}/user/{user}",
            call.settings.public_url
        ),
        "userId": user,
        "productId": product_id,
        "productName": skus::product_name(product_id),
        "skuId": sku_id,
        "skuName": skus::find(sku_id).map(|sku| sku.name),
    })
}

fn product<'a>(call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    let product = call.part("productId");
    match skus::product_name(product) {
        Some(_) => Ok(product),
        None => Err(ApiError::invalid("Invalid value for: productId")),
    }
}

/// The SKU of the path. Source: google-semantics.md §4 400 "SKU or product doesn't exist"
fn sku(call: &Call<'_>, id: &str) -> Result<&'static Sku, ApiError> {
    let product = product(call)?;
    skus::find(id)
        .filter(|sku| sku.product == product)
        .ok_or_else(|| ApiError::invalid("Invalid value for: skuId"))
}

pub(crate) fn list_for_product(call: &mut Call<'_>) -> Answer {
    list(call, None)
}

pub(crate) fn list_for_product_and_sku(call: &mut Call<'_>) -> Answer {
    let sku = sku(call, call.part("skuId"))?;
    list(call, Some(sku))
}

/// `customerId` is an id or the primary domain. Source: google-semantics.md §4 [X] {DISC-LIC}{LIC-USE}
fn list(call: &mut Call<'_>, sku: Option<&Sku>) -> Answer {
    let product = product(call)?.to_owned();
    let key = call.query.get("customerId").ok_or_else(|| {
        ApiError::invalid_parameter("customerId", "Required parameter: customerId")
    })?;
    let key = if key == "my_customer" { call.caller.customer_id.as_str() } else { key };
    let customer = call
        .world
        .customer(key)
        .filter(|customer| call.administers(customer))
        .ok_or_else(|| ApiError::forbidden(Api::Licensing))?
        .clone();
    let bounds = Bounds { default: 100, max: call.switches().licensing_page_max };
    let licences = call
        .world
        .licences_of(&customer.id, &product)
        .filter(|licence| sku.is_none_or(|sku| sku.id == licence.sku_id));
    let (items, next) = page(licences, |licence| licence.user.clone(), call.query, &bounds)?;
    let items: Vec<Value> = items.into_iter().map(|licence| shown(call, licence)).collect();
    let etag = format!("\"{}\"", &sha256_hex(&json!(items).to_string())[..27]);
    let mut body = json!({"kind": "licensing#licenseAssignmentList", "etag": etag});
    if !items.is_empty() {
        body["items"] = items.into();
    }
    if let Some(next) = next {
        body["nextPageToken"] = next.into();
    }
    Ok(Reply::json(body))
}

/// The user of a licence and its customer. Source: google-semantics.md §4 errors 400, 403
fn user_of(call: &Call<'_>, address: &str) -> Result<(User, Customer), ApiError> {
    if !is_address(address) {
        return Err(ApiError::invalid("Invalid value for: userId"));
    }
    let customer = call.customer_of_address(Api::Licensing, address)?;
    let user = call
        .world
        .users
        .get(&address.to_lowercase())
        .ok_or_else(|| ApiError::invalid("Invalid value for: userId"))?;
    Ok((user.clone(), customer))
}

/// The licence that the path names, or 404. Source: google-semantics.md §4 "user doesn't have this licence"
fn find(call: &Call<'_>) -> Result<Licence, ApiError> {
    let sku = sku(call, call.part("skuId"))?;
    let (user, customer) = user_of(call, call.part("userId"))?;
    call.world
        .licences
        .get(&licence_key(&customer.id, sku.product, &user.primary_email))
        .filter(|licence| licence.sku_id == sku.id)
        .cloned()
        .ok_or_else(|| {
            ApiError::not_found("User does not have a license for the specified SKU and product.")
        })
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let licence = find(call)?;
    Ok(Reply::json(shown(call, &licence)))
}

/// A subscription of this SKU with a free seat. Source: google-semantics.md §4 "not enough available licences"
fn check_free_seat(call: &Call<'_>, customer: &Customer, sku: &Sku) -> Result<(), ApiError> {
    let of_sku: Vec<&Subscription> = call
        .world
        .subscriptions_of(&customer.id)
        .filter(|subscription| subscription.sku_id == sku.id && !subscription.cancelled)
        .collect();
    let seats: i64 = of_sku.iter().map(|subscription| i64::from(subscription.seats)).sum();
    let taken = of_sku.first().map_or(0, |first| i64::from(licensed(call.world, first)));
    if taken < seats {
        Ok(())
    } else {
        Err(ApiError::condition_not_met(
            "There aren't enough available licenses for the specified \
            product-SKU pair.",
        ))
    }
}

/// Source: google-semantics.md §4 412 texts {LIC-USE}{R-LERR}
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let sku = sku(call, call.part("skuId"))?;
    let address = text(&call.body, "/userId").unwrap_or_default().to_owned();
    let (user, customer) = user_of(call, &address)?;
    let key = licence_key(&customer.id, sku.product, &user.primary_email);
    match call.world.licences.get(&key) {
        Some(present) if present.sku_id == sku.id => {
            return Err(ApiError::condition_not_met(
                "User already has a license for the specified product and SKU.",
            ));
        }
        Some(_) => {
            return Err(ApiError::condition_not_met(
                "User already has a license for another SKU of the specified product. Use update.",
            ));
        }
        None => check_free_seat(call, &customer, sku)?,
    }
    let licence = Licence {
        customer_id: customer.id,
        product_id: sku.product.to_owned(),
        sku_id: sku.id.to_owned(),
        user: user.primary_email,
    };
    let reply = Reply::json(shown(call, &licence));
    call.world.licences.insert(key, licence);
    Ok(reply)
}

/// The old SKU in the path, the new one in the body. Source: google-semantics.md §4 "Rules"
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let mut licence = find(call)?;
    let other = |name: &str, value: &str| {
        text(&call.body, name).is_some_and(|given| !given.eq_ignore_ascii_case(value))
    };
    if other("/productId", &licence.product_id) || other("/userId", &licence.user) {
        return Err(ApiError::condition_not_met("Product and user can't be changed."));
    }
    let wanted = text(&call.body, "/skuId").unwrap_or_default();
    let sku = sku(call, wanted)?;
    if sku.id == licence.sku_id {
        return Err(ApiError::condition_not_met("The new SKU equals the old one."));
    }
    refuse_if_automatic(call, &licence, "Auto switching is not allowed.")?;
    let customer = call.customer_of_address(Api::Licensing, &licence.user)?;
    check_free_seat(call, &customer, sku)?;
    licence.sku_id = sku.id.to_owned();
    let reply = Reply::json(shown(call, &licence));
    let key = licence_key(&licence.customer_id, &licence.product_id, &licence.user);
    call.world.licences.insert(key, licence);
    Ok(reply)
}

/// While licences are given by themselves, nobody takes one away. Source: google-semantics.md §4 {H-AUTOLIC}{LIC-USE}
fn refuse_if_automatic(call: &Call<'_>, licence: &Licence, message: &str) -> Result<(), ApiError> {
    let automatic = licence.product_id == skus::WORKSPACE
        && automatic(call.world, &licence.customer_id)
            .is_some_and(|subscription| subscription.status() != Status::Cancelled);
    if automatic { Err(ApiError::condition_not_met(message)) } else { Ok(()) }
}

/// Answers an empty object. Source: google-semantics.md §4 {LIC-USE}
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let licence = find(call)?;
    refuse_if_automatic(call, &licence, "Auto un-assignment is not allowed.")?;
    let key = licence_key(&licence.customer_id, &licence.product_id, &licence.user);
    call.world.licences.remove(&key);
    Ok(Reply::json(json!({})))
}
