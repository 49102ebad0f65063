//! What happens by itself as time passes: trials end, terms renew, suspensions grow old, deleted users vanish. Each at
//! its own time and in that order, however far the clock was moved. Never: what somebody asks for.
//! Source: google-semantics.md §2.8, §2.9, §2.12, §3.3

use std::collections::BTreeSet;

use crate::licensing;
use crate::reseller::notify::{self, Event};
use crate::reseller::{leave, skus};
use crate::settings::Switches;
use crate::world::{
    ClientState, Customer, CustomerType, Owner, PlanName, Status, Subscription, SuspensionReason,
    World,
};

const DAY_MS: i64 = 86_400_000;
/// One year. Source: google-semantics.md §2.6 `commitmentInterval`
pub(crate) const YEAR_MS: i64 = 365 * DAY_MS;
/// Source: google-quotas.json `reseller.suspension_window` {H-AUTOX}
pub(crate) const SUSPENDED_MS_MAX: i64 = 60 * DAY_MS;
/// Source: google-semantics.md §2.12 {R-LAB}
const UNVERIFIED_MS_MAX: i64 = 21 * DAY_MS;
/// Source: google-quotas.json `directory.undelete_window` {DIR-USERS}
pub(crate) const UNDELETE_MS_MAX: i64 = 20 * DAY_MS;

/// Six months without a token. Source: google-semantics.md §1.2 `deleted_client` {O-WEB}
const UNUSED_CLIENT_MS_MAX: i64 = 183 * DAY_MS;
/// Source: google-quotas.json `reseller.test_domain` {F-CB}
const TEST_CUSTOMER_MS_MAX: i64 = 3 * DAY_MS;

/// When something happens next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Due {
    #[default]
    Unknown,
    /// Not before this time.
    At(i64),
    Never,
}

/// What something may happen to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// By key.
    Subscription(String),
    Customer(String),
    /// By id.
    DeletedUser(String),
    /// An OAuth client, by id.
    Client(String),
}

/// Lets everything happen that is due by now.
pub(crate) fn settle(world: &mut World, switches: &Switches, now_ms: i64) {
    world.reindex();
    match world.due {
        Due::Never => return,
        Due::At(due) if now_ms < due => return,
        Due::At(_) | Due::Unknown => {}
    }
    let mut agenda = agenda(world, switches);
    while let Some((due, item)) = agenda.pop_first() {
        if due > now_ms {
            agenda.insert((due, item));
            break;
        }
        if next(world, switches, &item) == Some(due) {
            for changed in happen(world, switches, &item, due) {
                agenda.extend(next(world, switches, &changed).map(|due| (due, changed)));
            }
        }
    }
    world.due = agenda.first().map_or(Due::Never, |(due, _)| Due::At(*due));
}

fn agenda(world: &World, switches: &Switches) -> BTreeSet<(i64, Item)> {
    let items = world
        .subscriptions
        .keys()
        .map(|key| Item::Subscription(key.clone()))
        .chain(world.customers.keys().map(|id| Item::Customer(id.clone())))
        .chain(world.deleted_users.keys().map(|id| Item::DeletedUser(id.clone())))
        .chain(world.clients.keys().map(|id| Item::Client(id.clone())));
    items.filter_map(|item| next(world, switches, &item).map(|due| (due, item))).collect()
}

fn next(world: &World, switches: &Switches, item: &Item) -> Option<i64> {
    match item {
        Item::Subscription(key) => next_of_subscription(world, key),
        Item::Customer(id) => {
            let late = unverified_until(world, id).filter(|_| switches.unverified_suspended);
            let test = test_until(world, id).filter(|_| switches.test_reseller);
            [late, test, resold_until(world, id)].into_iter().flatten().min()
        }
        Item::Client(id) => {
            let client = world.clients.get(id).filter(|_| switches.unused_clients_deleted)?;
            unused_until(client)
        }
        Item::DeletedUser(id) => {
            world.deleted_users.get(id).map(|gone| gone.deleted_at_ms + UNDELETE_MS_MAX)
        }
    }
}

fn unused_until(client: &ClientState) -> Option<i64> {
    client.used_at_ms.filter(|_| !client.deleted).map(|used| used + UNUSED_CLIENT_MS_MAX)
}

/// Source: google-semantics.md §2.12 "marked for deletion after 3 days" {CC-QUOTA}{F-CB}
fn test_until(world: &World, id: &str) -> Option<i64> {
    let is_test = |customer: &&Customer| {
        matches!(customer.owner, Owner::Reseller { .. }) && customer.domain.starts_with("goog-test")
    };
    let customer = world.customers.get(id).filter(is_test)?;
    Some(customer.created_at_ms + TEST_CUSTOMER_MS_MAX)
}

fn next_of_subscription(world: &World, key: &str) -> Option<i64> {
    let subscription = world.subscriptions.get(key)?;
    if subscription.cancelled {
        return None;
    }
    let trial = subscription.trial_end_ms.filter(|_| !subscription.trial_over);
    let term = subscription
        .commitment_ms
        .map(|(_, end)| end)
        .filter(|_| subscription.plan.is_annual() && subscription.status() == Status::Active);
    // Suspended for more than a year: cancelled. Source: §2.9 {H-AUTOX}
    let old = subscription.suspended_at_ms.map(|since| since + YEAR_MS);
    [trial, term, old, grace_of(world, key)].into_iter().flatten().min()
}

fn grace_of(world: &World, key: &str) -> Option<i64> {
    world.subscription_notes.get(key).and_then(|note| note.grace_until_ms)
}

/// Until when a customer stays with its reseller, all of whose Workspace subscriptions there are suspended.
/// Source: google-semantics.md §2.9 {H-AUTOX}
fn resold_until(world: &World, id: &str) -> Option<i64> {
    let customer = world.customers.get(id)?;
    if !matches!(customer.owner, Owner::Reseller { .. }) {
        return None;
    }
    let all: Vec<&Subscription> =
        world.subscriptions_of(id).filter(|it| !it.cancelled && it.sold_by.is_none()).collect();
    let stays = all.iter().any(|subscription| {
        let reasons = &subscription.suspension_reasons;
        subscription.status() == Status::Active
            || skus::product_of(&subscription.sku_id) == Some(skus::VAULT)
            || reasons.contains(&SuspensionReason::PendingTosAcceptance)
            || reasons.contains(&SuspensionReason::Other)
    });
    if stays {
        return None;
    }
    let since = |subscription: &Subscription| {
        let suspended = subscription.suspended_at_ms.unwrap_or_default();
        subscription.commitment_ms.map_or(suspended, |(_, end)| suspended.max(end))
    };
    all.into_iter()
        .filter(|it| skus::product_of(&it.sku_id) == Some(skus::WORKSPACE))
        .map(since)
        .max()
        .map(|since| since + SUSPENDED_MS_MAX + 1)
}

/// Source: google-semantics.md §2.12 "may be suspended 21 days after creation" {R-LAB}
fn unverified_until(world: &World, id: &str) -> Option<i64> {
    let customer = world.customers.get(id)?;
    let open = customer.customer_type == CustomerType::Domain
        && !customer.domain_verified
        && world.subscriptions_of(id).any(|subscription| {
            !subscription.cancelled
                && !subscription.suspension_reasons.contains(&SuspensionReason::Other)
        });
    open.then_some(customer.created_at_ms + UNVERIFIED_MS_MAX)
}

/// Returns what may have something new on its agenda.
fn happen(world: &mut World, switches: &Switches, item: &Item, due: i64) -> Vec<Item> {
    match item {
        Item::Subscription(key) => {
            let Some(subscription) = world.subscriptions.get(key).cloned() else {
                return Vec::new();
            };
            let customer = Item::Customer(subscription.customer_id.clone());
            grow_older(world, subscription, due);
            vec![item.clone(), customer]
        }
        Item::Customer(id) => {
            if switches.test_reseller && test_until(world, id) == Some(due) {
                world.delete_account(id, due);
            } else if switches.unverified_suspended && unverified_until(world, id) == Some(due) {
                suspend_unverified(world, id, due);
            } else {
                leave::to_direct(world, id, switches, due);
            }
            let keys: Vec<String> = world.subscriptions_of(id).map(Subscription::key).collect();
            keys.into_iter().map(Item::Subscription).chain([item.clone()]).collect()
        }
        Item::DeletedUser(id) => {
            world.deleted_users.remove(id);
            Vec::new()
        }
        Item::Client(id) => {
            if let Some(client) = world.clients.get_mut(id) {
                client.deleted = true;
                client.deleted_at_ms = Some(due);
            }
            Vec::new()
        }
    }
}

fn grow_older(world: &mut World, mut subscription: Subscription, due: i64) {
    if grace_of(world, &subscription.key()) == Some(due) {
        return end_grace(world, subscription, due);
    }
    let event = if subscription.trial_end_ms == Some(due) && !subscription.trial_over {
        end_trial(&mut subscription, due)
    } else if subscription.suspended_at_ms.is_some_and(|since| since + YEAR_MS == due) {
        subscription.cancelled = true;
        subscription.cancelled_because = Some("OTHER".to_owned());
        licensing::release(world, &subscription);
        Event::Cancelled
    } else {
        let users = licensing::licensed(world, &subscription);
        let note = world.subscription_notes.get(&subscription.key());
        let proposed = note.and_then(|note| note.proposed_seats).unwrap_or(subscription.seats);
        end_term(&mut subscription, users, proposed, due)
    };
    notify::announce(world, &subscription, event, due);
    world.subscriptions.insert(subscription.key(), subscription);
}

/// Nobody pays for it at Google. Source: google-semantics.md §2.9 "grace period" {H-TTG}; that it is suspended [I]
fn end_grace(world: &mut World, mut subscription: Subscription, due: i64) {
    if let Some(note) = world.subscription_notes.get_mut(&subscription.key()) {
        note.grace_until_ms = None;
        note.held = true;
    }
    subscription.suspension_reasons.insert(SuspensionReason::Other);
    subscription.suspended_at_ms.get_or_insert(due);
    world.subscriptions.insert(subscription.key(), subscription);
}

/// With a plan it goes on paid, without one it is suspended. Source: google-semantics.md §2.9 {R-MS}
pub(crate) fn end_trial(subscription: &mut Subscription, now_ms: i64) -> Event {
    subscription.trial_over = true;
    match subscription.plan {
        PlanName::Trial => {
            subscription.suspension_reasons.insert(SuspensionReason::TrialEnded);
            subscription.suspended_at_ms.get_or_insert(now_ms);
        }
        plan if plan.is_annual() => {
            subscription.commitment_ms = Some((now_ms, now_ms + YEAR_MS));
        }
        _ => {}
    }
    Event::TrialEnded
}

/// What the renewal type says. Source: google-semantics.md §2.8 {R-MS}
fn end_term(subscription: &mut Subscription, users: i32, proposed: i32, end: i64) -> Event {
    let renewal_type = subscription.renewal_type.clone().unwrap_or_default();
    match renewal_type.as_str() {
        "CANCEL" => {
            subscription.suspension_reasons.insert(SuspensionReason::RenewalWithTypeCancel);
            subscription.suspended_at_ms = Some(end);
            return Event::Suspended;
        }
        "SWITCH_TO_PAY_AS_YOU_GO" => {
            subscription.plan = PlanName::Flexible;
            subscription.commitment_ms = None;
            subscription.renewal_type = None;
            return Event::Renewed;
        }
        "RENEW_CURRENT_USERS_MONTHLY_PAY" | "RENEW_CURRENT_USERS_YEARLY_PAY" => {
            subscription.seats = users.max(1);
        }
        // Without a proposal the present seats stand for it [I].
        "RENEW_ON_PROPOSED_OFFER" => subscription.seats = users.max(proposed),
        _ => {}
    }
    if renewal_type.ends_with("MONTHLY_PAY") {
        subscription.plan = PlanName::AnnualMonthlyPay;
    } else if renewal_type.ends_with("YEARLY_PAY") {
        subscription.plan = PlanName::AnnualYearlyPay;
    }
    subscription.commitment_ms = Some((end, end + YEAR_MS));
    Event::Renewed
}

fn suspend_unverified(world: &mut World, id: &str, due: i64) {
    let all: Vec<Subscription> =
        world.subscriptions_of(id).filter(|it| !it.cancelled).cloned().collect();
    for mut subscription in all {
        subscription.suspension_reasons.insert(SuspensionReason::Other);
        subscription.suspended_at_ms.get_or_insert(due);
        world.subscription_notes.entry(subscription.key()).or_default().unverified = true;
        notify::announce(world, &subscription, Event::Suspended, due);
        world.subscriptions.insert(subscription.key(), subscription);
    }
}

/// Keeping the time of what happens next no later than it is.
impl World {
    fn expect(&mut self, due: Option<i64>) {
        let Some(due) = due else { return };
        self.due = match self.due {
            Due::Unknown => Due::Unknown,
            Due::At(before) => Due::At(before.min(due)),
            Due::Never => Due::At(due),
        };
    }

    pub(crate) fn expect_subscription(&mut self, key: &str) {
        let due = next_of_subscription(self, key);
        self.expect(due);
    }

    pub(crate) fn expect_customer(&mut self, id: &str) {
        let due = [unverified_until(self, id), test_until(self, id), resold_until(self, id)];
        self.expect(due.into_iter().flatten().min());
    }

    pub(crate) fn expect_deleted(&mut self, deleted_at_ms: i64) {
        self.expect(Some(deleted_at_ms + UNDELETE_MS_MAX));
    }
}
