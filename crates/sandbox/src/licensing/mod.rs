//! The Licensing API. Source: google-semantics.md §4

mod automatic;

use std::ops::Bound;

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
    Customer, Licence, Owner, PlanName, Status, Subscription, SuspensionReason, User, World, etag,
    licence_key,
};

pub(crate) use automatic::{
    announce, archive, assign_automatically, assign_to, give, move_licences, release, take_all,
    unarchive,
};

/// The customer's Workspace subscriptions that are not cancelled.
pub(crate) fn workspace_subscriptions<'a>(
    world: &'a World,
    customer_id: &str,
) -> impl Iterator<Item = &'a Subscription> + use<'a> {
    world.subscriptions_of(customer_id).filter(|subscription| {
        !subscription.cancelled && skus::product_of(&subscription.sku_id) == Some(skus::WORKSPACE)
    })
}

/// Assigned licences of a subscription's SKU. Source: google-semantics.md §2.6 `licensedNumberOfSeats`
pub(crate) fn licensed(world: &World, subscription: &Subscription) -> i32 {
    // No per-user licence is visible for it. Source: §2.12
    if subscription.plan == PlanName::Free || subscription.cancelled {
        return 0;
    }
    let Subscription { customer_id, sku_id, .. } = subscription;
    let product = skus::product_of(sku_id).unwrap_or_default();
    let count = if product == skus::DRIVE {
        // One subscription covers storage of every size. Source: §2.12 {R-PROD}
        world.licences_of(customer_id, product).count()
    } else {
        world.licence_count(customer_id, product, sku_id)
    };
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A mailbox comes with a Workspace licence that Gmail belongs to, some time after the user; a reseller's own people
/// have one. Source: google-semantics.md §3.2 `isMailboxSetup`, §3.3 "within minutes"
pub(crate) fn has_mailbox(world: &World, user: &User, now_ms: i64) -> bool {
    let own = world
        .customers
        .get(&user.customer_id)
        .is_some_and(|customer| customer.owner == Owner::Itself);
    let key = licence_key(&user.customer_id, skus::WORKSPACE, &user.primary_email);
    let licence = world.licences.get(&key).filter(|licence| skus::has_gmail(&licence.sku_id));
    own || licence.is_some_and(|licence| {
        let since_ms = licence.since_ms.max(user.created_at_ms);
        now_ms >= since_ms + world.lag_ms.mailboxes_ms
    })
}

/// Source: google-semantics.md §4, §13
fn shown(call: &Call<'_>, licence: &Licence) -> Value {
    let Licence { product_id, sku_id, user, .. } = licence;
    json!({
        "kind": "licensing#licenseAssignment",
        "etags": etag(&format!("{product_id} {sku_id} {user}")),
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
        .customers
        .get(key)
        .or_else(|| call.world.customers_at(key).into_iter().next())
        .ok_or_else(|| ApiError::forbidden(Api::Licensing))?
        .clone();
    call.check_admin(Api::Licensing, &customer)?;
    check_awake(call, &customer)?;
    let bounds = Bounds { default: 100, max: call.switches().licensing_page_max };
    let below = format!("{}/{product}/", customer.id);
    let from = |after: Option<&str>| {
        let start = match after {
            Some(after) => Bound::Excluded(format!("{below}{after}")),
            None => Bound::Included(below.clone()),
        };
        call.world
            .licences
            .range((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(&below))
            .map(|(_, licence)| licence)
            .filter(|licence| sku.is_none_or(|sku| sku.id == licence.sku_id))
            .filter(|licence| is_visible(call, licence))
    };
    let (items, next) = page(from, |licence| licence.user.clone(), call.query, &bounds)?;
    let items: Vec<Value> = items.into_iter().map(|licence| shown(call, licence)).collect();
    let etag = etag(&json!(items).to_string());
    let mut body = json!({"kind": "licensing#licenseAssignmentList", "etag": etag});
    if !items.is_empty() {
        body["items"] = items.into();
    }
    if let Some(next) = next {
        body["nextPageToken"] = next.into();
    }
    Ok(Reply::json(body))
}

/// Reads show a new licence late. Source: google-quotas.json `latency.auto_licensing`
fn is_visible(call: &Call<'_>, licence: &Licence) -> bool {
    call.now_ms >= licence.since_ms + call.world.lag_ms.licences_ms
}

/// All that runs is suspended, and not only until the terms are accepted, as a reseller provisions before that.
/// Source: google-semantics.md §4 "A suspended customer gives an error" {DISC-LIC}; which error [I]; §2.12 {H-TOS}
fn check_awake(call: &Call<'_>, customer: &Customer) -> Result<(), ApiError> {
    if !call.switches().licences_refused_while_suspended {
        return Ok(());
    }
    let mut all = call.world.subscriptions_of(&customer.id).filter(|it| !it.cancelled).peekable();
    let terms =
        |it: &Subscription| it.suspension_reasons.contains(&SuspensionReason::PendingTosAcceptance);
    if all.peek().is_some() && all.all(|it| it.status() == Status::Suspended && !terms(it)) {
        return Err(ApiError::condition_not_met("The customer is suspended."));
    }
    Ok(())
}

/// The user of a licence and its customer. Source: google-semantics.md §4 errors 400, 403
fn user_of(call: &Call<'_>, address: &str) -> Result<(User, Customer), ApiError> {
    if !is_address(address) {
        return Err(ApiError::invalid("Invalid value for: userId"));
    }
    let customer = call.customer_of_address(Api::Licensing, address)?;
    check_awake(call, &customer)?;
    let user = call
        .world
        .users
        .get(&address.to_lowercase())
        .ok_or_else(|| ApiError::invalid("Invalid value for: userId"))?;
    Ok((user.clone(), customer))
}

/// The licence that the path names, or 404. Source: google-semantics.md §4 "user doesn't have this licence"
fn find(call: &Call<'_>, late: bool) -> Result<Licence, ApiError> {
    let sku = sku(call, call.part("skuId"))?;
    let (user, customer) = user_of(call, call.part("userId"))?;
    call.world
        .licences
        .get(&licence_key(&customer.id, sku.product, &user.primary_email))
        .filter(|licence| licence.sku_id == sku.id && (!late || is_visible(call, licence)))
        .cloned()
        .ok_or_else(|| {
            ApiError::not_found("User does not have a license for the specified SKU and product.")
        })
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let licence = find(call, true)?;
    Ok(Reply::json(shown(call, &licence)))
}

/// Storage of one size is storage of all. Source: google-semantics.md §2.12 Drive {R-PROD}
fn covers(subscription: &Subscription, sku: &Sku) -> bool {
    subscription.sku_id == sku.id
        || (sku.product == skus::DRIVE
            && skus::product_of(&subscription.sku_id) == Some(skus::DRIVE))
}

/// A subscription of this SKU with a free seat. Source: google-semantics.md §4 "not enough available licences"
fn check_free_seat(call: &Call<'_>, customer: &Customer, sku: &Sku) -> Result<(), ApiError> {
    let of_sku: Vec<&Subscription> = call
        .world
        .subscriptions_of(&customer.id)
        .filter(|it| !it.cancelled && covers(it, sku))
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
    let customer_id = customer.id.clone();
    let licence = Licence {
        customer_id: customer.id,
        product_id: sku.product.to_owned(),
        sku_id: sku.id.to_owned(),
        user: user.primary_email,
        since_ms: call.now_ms,
    };
    let reply = Reply::json(shown(call, &licence));
    call.world.put_licence(licence);
    announce(call.world, &customer_id, sku.id, call.now_ms);
    Ok(reply)
}

/// PUT needs the whole licence. Source: discovery document, annotations of licenseAssignments.update
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    for name in ["productId", "skuId", "userId"] {
        if text(&call.body, &format!("/{name}")).is_none() {
            return Err(ApiError::invalid(format!("Invalid value for: {name}")));
        }
    }
    patch(call)
}

/// The old SKU in the path, the new one in the body. Source: google-semantics.md §4 "Rules"
pub(crate) fn patch(call: &mut Call<'_>) -> Answer {
    let mut licence = find(call, false)?;
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
    call.world.put_licence(licence);
    announce(call.world, &customer.id, sku.id, call.now_ms);
    Ok(reply)
}

/// While licences are given by themselves, nobody takes one away. Source: google-semantics.md §4 {H-AUTOLIC}{LIC-USE}
fn refuse_if_automatic(call: &Call<'_>, licence: &Licence, message: &str) -> Result<(), ApiError> {
    let automatic = licence.product_id == skus::WORKSPACE
        && call
            .world
            .users
            .get(&licence.user)
            .is_some_and(|user| automatic::automatic(call.world, user).is_some());
    if automatic { Err(ApiError::condition_not_met(message)) } else { Ok(()) }
}

/// Answers an empty object. Source: google-semantics.md §4 {LIC-USE}
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let licence = find(call, false)?;
    refuse_if_automatic(call, &licence, "Auto un-assignment is not allowed.")?;
    let key = licence_key(&licence.customer_id, &licence.product_id, &licence.user);
    call.world.take_licence(&key);
    announce(call.world, &licence.customer_id, &licence.sku_id, call.now_ms);
    Ok(Reply::json(json!({})))
}
