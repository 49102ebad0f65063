//! reseller.subscriptions.insert: a purchase, and the way to a switch or a transfer.
//! Source: google-semantics.md §2.6-§2.12

use std::collections::BTreeSet;

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::licensing;
use crate::life::YEAR_MS;
use crate::reply::Reply;
use crate::reseller::customers::{check_reseller, find_ours};
use crate::reseller::notify::{Event, announce};
use crate::reseller::skus::{self, Sku};
use crate::reseller::subscriptions::{new_id, shown};
use crate::reseller::terms::{
    self, Cap, bad_seats, check_customer, check_order, plan_of, seats_of,
};
use crate::reseller::{matrix, switching, transfer};
use crate::settings::{OtherSku, SameSku};
use crate::shape::text;
use crate::world::{Customer, CustomerType, PlanName, Status, Subscription, SuspensionReason};

const DAY_MS: i64 = 86_400_000;
/// Source: google-quotas.json `reseller.trial_length`
const TRIAL_DAYS: i64 = 30;
/// Source: google-semantics.md §2.12 Chrome Enterprise {R-PROD}
const CHROME_TRIAL_DAYS: i64 = 60;

/// What is asked for, read and bounded.
pub(super) struct Order {
    pub(super) plan: PlanName,
    pub(super) seats: i32,
    renewal_type: Option<String>,
    purchase_order_id: Option<String>,
    pub(super) deal_code: Option<String>,
    pub(super) trial_end_ms: Option<i64>,
}

impl Order {
    /// `in_trial`: it follows a subscription whose trial goes on.
    pub(super) fn read(
        call: &Call<'_>,
        customer: &Customer,
        sku: &Sku,
        in_trial: bool,
    ) -> Result<Order, ApiError> {
        let plan = plan_of(&call.body, "/plan/planName", sku)?;
        let trial = plan == PlanName::Trial;
        let cap = Cap {
            in_trial: trial || (in_trial && call.switches().trial_cap_with_plan),
            seats_max: call.switches().most_seats(),
        };
        let seats = seats_of(&call.body, "/seats", plan, sku, cap)?;
        check_order(&call.body)?;
        check_customer(&call.body, customer)?;
        let renewal_type = terms::renewal_type(&call.body, "/renewalSettings/renewalType")?;
        Ok(Order {
            plan,
            seats,
            renewal_type: terms::renewal_of(renewal_type, plan),
            purchase_order_id: text(&call.body, "/purchaseOrderId").map(str::to_owned),
            deal_code: text(&call.body, "/dealCode").map(str::to_owned),
            trial_end_ms: trial.then(|| call.now_ms + trial_days(call, sku) * DAY_MS),
        })
    }
}

fn trial_days(call: &Call<'_>, sku: &Sku) -> i64 {
    match sku.product {
        // Source: §2.12 "1-day trials" {CC-QUOTA}
        _ if call.switches().test_reseller => 1,
        skus::CHROME => CHROME_TRIAL_DAYS,
        _ => TRIAL_DAYS,
    }
}

/// The SKU of the body, if resellers sell it. Source: google-semantics.md §2.13, §2.14 "unknown SKU"
pub(super) fn sku_of(call: &Call<'_>) -> Result<&'static Sku, ApiError> {
    text(&call.body, "/skuId")
        .and_then(skus::find)
        .filter(|sku| sku.resold)
        .ok_or_else(|| ApiError::invalid("Invalid Input: skuId"))
}

/// 412 for a SKU or market that the reseller has no contract for. Source: google-semantics.md §2.12, §2.14 {R-ERR}
pub(super) fn check_entitled(
    call: &Call<'_>,
    customer: &Customer,
    sku: &Sku,
) -> Result<(), ApiError> {
    let Some(closed) = call.world.not_entitled.get(&call.caller.customer_id) else {
        return Ok(());
    };
    if closed.contains(sku.id) || closed.contains(&customer.address.country_code) {
        return Err(ApiError::condition_not_met(
            "The reseller has not accepted the terms for this SKU or market.",
        ));
    }
    Ok(())
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    check_reseller(call)?;
    let action = call.query.get("action").unwrap_or("actionUnspecified");
    let switches = action == "switch";
    if let Some(token) = call.query.get("customerAuthToken") {
        if switches || call.query.get("sourceSkuId").is_some() {
            // Source: §2.10 "can't be combined with a transfer"
            return Err(ApiError::invalid("A transfer can't switch the SKU."));
        }
        let token = token.to_owned();
        return transfer::insert(call, &token);
    }
    let customer = find_ours(call, call.part("customerId"))?;
    let sku = sku_of(call)?;
    check_sold(call, &customer, sku)?;
    check_entitled(call, &customer, sku)?;
    if switches {
        let old = switching::source(call, &customer, sku)?;
        return switching::switch(call, &customer, old, sku);
    }
    if action != "buy"
        && let Some(old) = decided(call, &customer, sku)?
    {
        return switching::switch(call, &customer, old, sku);
    }
    check_present(call, &customer, sku)?;
    let order = Order::read(call, &customer, sku, false)?;
    check_seats_suffice(call, &customer, sku, order.seats)?;
    begin(call, &customer, sku, order)
}

/// What Google makes of an order that doesn't say whether it buys or switches: the subscription to switch from.
/// Source: google-semantics.md §2.10 "unspecified lets Google decide" {DISC-RES}, [I]
fn decided(
    call: &Call<'_>,
    customer: &Customer,
    sku: &Sku,
) -> Result<Option<Subscription>, ApiError> {
    let present: Vec<&Subscription> = own(call, customer).collect();
    if present.iter().any(|it| it.sku_id == sku.id)
        || sku.product != skus::WORKSPACE
        || call.switches().other_sku == OtherSku::Buys
    {
        return Ok(None);
    }
    let others: Vec<&&Subscription> =
        present.iter().filter(|it| skus::product_of(&it.sku_id) == Some(sku.product)).collect();
    let switchable = others.iter().find(|it| matrix::way(&it.sku_id, sku.id).is_some());
    match (others.is_empty(), switchable) {
        (true, _) => Ok(None),
        (false, Some(old)) => Ok(Some((**old).clone())),
        (false, None) => Err(ApiError::condition_not_met(
            "The customer has another subscription of this product.",
        )),
    }
}

/// What the caller sold this customer and still runs.
fn own<'a>(call: &'a Call<'_>, customer: &Customer) -> impl Iterator<Item = &'a Subscription> {
    call.world
        .subscriptions_of(&customer.id)
        .filter(|subscription| !subscription.cancelled && subscription.sold_by.is_none())
}

/// Source: google-semantics.md §2.12 {R-CS}{R-PROD}
fn check_sold(call: &Call<'_>, customer: &Customer, sku: &Sku) -> Result<(), ApiError> {
    if sku.plans.is_empty() {
        return Err(ApiError::condition_not_met("This SKU can't be purchased."));
    }
    if customer.customer_type == CustomerType::Team && !skus::is_for_teams(sku.id) {
        return Err(ApiError::condition_not_met(
            "Customer is not eligible to purchase this subscription",
        ));
    }
    let needed = skus::needed_for(sku.id);
    if needed.is_some_and(|needed| !own(call, customer).any(|it| it.sku_id == needed)) {
        return Err(ApiError::condition_not_met(
            "Archived users need the Workspace subscription that they belong to.",
        ));
    }
    Ok(())
}

/// What the customer has already. Source: google-semantics.md §2.9 (one trial), §2.10, §2.12
fn check_present(call: &Call<'_>, customer: &Customer, sku: &Sku) -> Result<(), ApiError> {
    let present: Vec<&Subscription> = own(call, customer).collect();
    let same = present.iter().any(|subscription| subscription.sku_id == sku.id);
    if same && call.switches().same_sku == SameSku::Refused {
        return Err(ApiError::condition_not_met("The customer has this subscription already."));
    }
    let of_product = |it: &Subscription| skus::product_of(&it.sku_id) == Some(sku.product);
    if sku.product == skus::DRIVE && present.iter().any(|it| of_product(it)) {
        // Source: §2.12 "one subscription covers all SKUs" {R-PROD}
        return Err(ApiError::condition_not_met(
            "The customer's storage subscription covers this SKU already.",
        ));
    }
    let trial = text(&call.body, "/plan/planName") == Some("TRIAL");
    let had_trial = call.world.subscriptions_of(&customer.id).any(|it| {
        it.trial_end_ms.is_some()
            && trials_of(skus::product_of(&it.sku_id)) == trials_of(Some(sku.product))
    });
    if trial && had_trial {
        return Err(ApiError::condition_not_met("The customer has had a trial already."));
    }
    if sku.product == skus::VAULT {
        check_vault(call, customer, &present, trial)?;
    }
    Ok(())
}

/// One trial per customer; Vault has its own, and so has Chrome, which stands apart from Workspace.
/// Source: google-semantics.md §2.9 "One trial per customer" {R-CON}{H-TRIAL}, §2.12 {R-PROD}
fn trials_of(product: Option<&'static str>) -> Option<&'static str> {
    product.filter(|product| matches!(*product, skus::VAULT | skus::CHROME))
}

/// Source: google-semantics.md §2.12 {R-PROD}
fn check_vault(
    call: &Call<'_>,
    customer: &Customer,
    present: &[&Subscription],
    trial: bool,
) -> Result<(), ApiError> {
    let basic = present.iter().any(|subscription| {
        subscription.sku_id == skus::BASIC
            && subscription.status() == Status::Active
            && (!trial || subscription.is_in_trial(call.now_ms))
    });
    if basic && customer.terms_accepted && customer.domain_verified {
        Ok(())
    } else {
        Err(ApiError::condition_not_met(
            "Vault needs an active G Suite Basic subscription, accepted terms and a verified domain.",
        ))
    }
}

/// Not fewer seats than users that get one by themselves. Source: google-semantics.md §2.9 "≥ current users"
fn check_seats_suffice(
    call: &Call<'_>,
    customer: &Customer,
    sku: &Sku,
    seats: i32,
) -> Result<(), ApiError> {
    let first = licensing::workspace_subscriptions(call.world, &customer.id).next().is_none();
    if sku.product != skus::WORKSPACE || !first {
        return Ok(());
    }
    let users = i32::try_from(call.world.user_count(&customer.id)).unwrap_or(i32::MAX);
    if seats < users { Err(bad_seats()) } else { Ok(()) }
}

/// Makes the subscription. Nothing can go wrong any more.
pub(super) fn begin(
    call: &mut Call<'_>,
    customer: &Customer,
    sku: &'static Sku,
    order: Order,
) -> Answer {
    let now_ms = call.now_ms;
    let annual = order.plan.is_annual();
    let mut subscription = Subscription {
        customer_id: customer.id.clone(),
        id: new_id(call, &customer.id),
        sku_id: sku.id.to_owned(),
        plan: order.plan,
        commitment_ms: annual.then_some((now_ms, now_ms + YEAR_MS)),
        seats: order.seats,
        renewal_type: order.renewal_type,
        purchase_order_id: order.purchase_order_id,
        deal_code: order.deal_code,
        suspension_reasons: BTreeSet::new(),
        suspended_at_ms: None,
        trial_end_ms: order.trial_end_ms,
        trial_over: false,
        cancelled: false,
        cancelled_because: None,
        offline: false,
        sold_by: None,
        created_at_ms: now_ms,
    };
    if !customer.terms_accepted && !call.switches().new_subscription_active {
        subscription.suspension_reasons.insert(SuspensionReason::PendingTosAcceptance);
        subscription.suspended_at_ms = Some(now_ms);
    }
    call.world.put_subscription(subscription.clone());
    licensing::assign_automatically(call.world, &customer.id, now_ms);
    announce(call.world, &subscription, Event::Created, now_ms);
    Ok(Reply::json(shown(call, &subscription)))
}
