//! reseller.subscriptions: what is shown of them, list and get. Source: google-semantics.md §2.6, §2.15

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::paging::{Bounds, page};
use crate::reply::Reply;
use crate::reseller::customers::{check_reseller, find_ours};
use crate::reseller::terms::{seats_field, shown_plan};
use crate::reseller::{skus, transfer};
use crate::world::{Owner, Status, Subscription, subscription_key};

/// Source: google-semantics.md §2.1, §2.16 {R-LIM}
const PAGE: Bounds = Bounds { default: 20, max: 100 };

/// Source: google-semantics.md §2.6, §13
pub(crate) fn shown(call: &Call<'_>, subscription: &Subscription) -> Value {
    let plan = subscription.plan;
    let billing = if subscription.offline { "OFFLINE" } else { "ONLINE" };
    let mut shown = json!({
        "kind": "reseller#subscription",
        "customerId": subscription.customer_id,
        "subscriptionId": subscription.id,
        "skuId": subscription.sku_id,
        "billingMethod": billing,
        "creationTime": subscription.created_at_ms.to_string(),
        "plan": {"planName": shown_plan(plan), "isCommitmentPlan": plan.is_annual()},
        "seats": {
            "kind": "subscriptions#seats",
            seats_field(plan): subscription.seats,
            "licensedNumberOfSeats": licensing::licensed(call.world, subscription),
        },
        "trialSettings": {"isInTrial": false},
        "status": subscription.status(),
        "resourceUiUrl": format!("{}/sandbox/v1/customers/{}", call.settings.public_url, subscription.customer_id),
    });
    if let Some(customer) = call.world.customers.get(&subscription.customer_id) {
        shown["customerDomain"] = customer.domain.as_str().into();
    }
    if let Some(sku) = skus::find(&subscription.sku_id) {
        shown["skuName"] = sku.name.into();
    }
    // Left out when billed offline. Source: §2.6 `billingMethod`
    if let Some((start, end)) = subscription.commitment_ms.filter(|_| !subscription.offline) {
        shown["plan"]["commitmentInterval"] =
            json!({"startTime": start.to_string(), "endTime": end.to_string()});
    }
    if let Some(end) = subscription.trial_end_ms {
        let in_trial = subscription.is_in_trial(call.now_ms);
        shown["trialSettings"] = json!({"isInTrial": in_trial, "trialEndTime": end.to_string()});
    }
    // Source: §2.8 "Samples of flexible subscriptions carry AUTO_RENEW" [X] {R-MS}
    let shown_without = call.switches().renewal_shown_without_term && !plan.is_annual();
    let sample = shown_without.then(|| "AUTO_RENEW".to_owned());
    if let Some(renewal_type) = subscription.renewal_type.as_ref().or(sample.as_ref()) {
        shown["renewalSettings"] =
            json!({"kind": "subscriptions#renewalSettings", "renewalType": renewal_type});
    }
    if let Some(order) = &subscription.purchase_order_id {
        shown["purchaseOrderId"] = order.as_str().into();
    }
    if let Some(deal) = &subscription.deal_code {
        shown["dealCode"] = deal.as_str().into();
    }
    if subscription.status() == Status::Suspended {
        shown["suspensionReasons"] = json!(subscription.suspension_reasons);
    }
    shown
}

fn is_visible(call: &Call<'_>, subscription: &Subscription) -> bool {
    call.now_ms >= subscription.created_at_ms + call.world.lag_ms.subscriptions_ms
}

/// Whether the caller's reseller sold it.
pub(crate) fn is_ours(call: &Call<'_>, subscription: &Subscription) -> bool {
    let customer = call.world.customers.get(&subscription.customer_id);
    let seller = subscription.sold_by.as_ref().or(customer.map(|customer| &customer.owner));
    call.caller.is_reseller
        && matches!(seller, Some(Owner::Reseller { customer_id }) if *customer_id == call.caller.customer_id)
}

/// Source: google-semantics.md §2.1, §2.15
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    if call.query.get("customerAuthToken").is_some() {
        return transfer::list(call);
    }
    let only = match call.query.get("customerId") {
        Some(key) => Some(find_ours(call, key)?.id),
        None => None,
    };
    let prefix = call.query.get("customerNamePrefix").map(str::to_lowercase);
    let below = only.map(|id| format!("{id}/")).unwrap_or_default();
    let wanted = |subscription: &&Subscription| {
        let customer = call.world.customers.get(&subscription.customer_id);
        let named = prefix.as_ref().is_none_or(|prefix| {
            customer.is_some_and(|customer| customer.domain.starts_with(prefix))
        });
        !subscription.cancelled
            && named
            && is_ours(call, subscription)
            && is_visible(call, subscription)
    };
    let from = |after: Option<&str>| {
        let start = match after {
            Some(after) => std::ops::Bound::Excluded(after.to_owned()),
            None => std::ops::Bound::Included(below.clone()),
        };
        call.world
            .subscriptions
            .range((start, std::ops::Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(&below))
            .map(|(_, subscription)| subscription)
            .filter(wanted)
    };
    let (items, next) = page(from, |subscription| subscription.key(), call.query, &PAGE)?;
    let items = items.into_iter().map(|subscription| shown(call, subscription)).collect();
    Ok(listed(call, items, next))
}

/// The list as it is answered.
pub(crate) fn listed(call: &Call<'_>, mut items: Vec<Value>, next: Option<String>) -> Reply {
    if call.switches().list_item_kind_differs {
        for item in &mut items {
            item["kind"] = "subscriptions#subscription".into();
        }
    }
    let mut body = json!({"kind": "reseller#subscriptions"});
    if !items.is_empty() {
        body["subscriptions"] = items.into();
    }
    if let Some(next) = next {
        body["nextPageToken"] = next.into();
    }
    Reply::json(body)
}

/// A subscription of one of our customers; `late` hides it for as long as reads are behind.
pub(crate) fn find(call: &Call<'_>, late: bool) -> Result<Subscription, ApiError> {
    check_reseller(call)?;
    let customer = find_ours(call, call.part("customerId"))?;
    let key = subscription_key(&customer.id, call.part("subscriptionId"));
    call.world
        .subscriptions
        .get(&key)
        .filter(|it| is_ours(call, it) && (!late || is_visible(call, it)))
        .cloned()
        .ok_or_else(|| ApiError::not_found("Resource Not Found: subscriptionId"))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let subscription = find(call, true)?;
    Ok(Reply::json(shown(call, &subscription)))
}

/// Writes a changed subscription and answers with it.
pub(crate) fn keep(call: &mut Call<'_>, subscription: Subscription) -> Answer {
    let body = shown(call, &subscription);
    call.world.put_subscription(subscription);
    Ok(Reply::json(body))
}

/// The same for a change that some of Google's pages answer with 201. Source: google-semantics.md §2.1 [X] {R-MS}
pub(crate) fn keep_change(call: &mut Call<'_>, subscription: Subscription) -> Answer {
    let status = if call.switches().created_status_for_changes { 201 } else { 200 };
    let reply = keep(call, subscription)?;
    Ok(Reply { status, ..reply })
}

/// A decimal string, unique within the customer. Source: google-semantics.md §2.6, §11 "Ids"
pub(crate) fn new_id(call: &mut Call<'_>, customer_id: &str) -> String {
    loop {
        let id = call.world.chance.digits("subscription", 7);
        if !call.world.subscriptions.contains_key(&subscription_key(customer_id, &id)) {
            return id;
        }
    }
}
