//! What happened, told from what we knew before and after.

use domain::desired::Desired;
use domain::event::Event;
use domain::observed::{Observed, Sight, Status, Subject, SuspensionReason, Welcome};
use domain::step::{Blocker, Plan};

/// The events between two observations. `by_look`: found by looking, not shown in answer to a step.
#[must_use]
pub fn changes(
    desired: &Desired,
    before: &Observed,
    after: &Observed,
    by_look: bool,
) -> Vec<Event> {
    let mut events = Vec::new();
    let found = |subject: &Subject| Event::FoundAtGoogle { subject: subject.clone().into() };
    if let Some(customer) = appeared(&before.customer, &after.customer) {
        events.push(if by_look {
            found(&Subject::Customer)
        } else {
            Event::CustomerCreated { google_id: customer.google_id.clone() }
        });
    }
    if let Some(admin) = appeared(&before.admin, &after.admin) {
        events.push(if by_look {
            found(&Subject::Admin)
        } else {
            Event::AdminCreated { email: admin.email.clone() }
        });
    }
    let role = |observed: &Observed| observed.admin.present().is_some_and(|admin| admin.is_admin);
    if let Some(admin) = after.admin.present()
        && role(after)
        && !role(before)
    {
        events.push(Event::AdminRoleGiven { email: admin.email.clone() });
    }
    subscription_changes(before, after, by_look, &mut events);
    if let (Welcome::NotSent | Welcome::Unsure { .. }, Welcome::Sent { .. }) =
        (&before.welcome, &after.welcome)
    {
        let to = desired.customer.alternate_email.to_string();
        events.push(Event::WelcomeMailSent { to });
    }
    events
}

fn subscription_changes(
    before: &Observed,
    after: &Observed,
    by_look: bool,
    events: &mut Vec<Event>,
) {
    for (id, sight) in &after.subscriptions {
        let Some(is) = sight.present() else { continue };
        let Some(was) = before.subscriptions.get(id).and_then(Sight::present) else {
            let subject = Subject::Subscription(id.clone());
            events.push(if by_look {
                Event::FoundAtGoogle { subject: subject.into() }
            } else {
                let google_id = is.google_id.clone();
                Event::SubscriptionCreated { subscription: id.clone(), google_id }
            });
            continue;
        };
        let pending = SuspensionReason::PendingTosAcceptance;
        if was.suspension_reasons.contains(&pending) && !is.suspension_reasons.contains(&pending) {
            events.push(Event::TermsAccepted { subscription: id.clone() });
        }
        if was.status != is.status {
            let subscription = id.clone();
            let status = status_word(is.status).to_owned();
            events.push(Event::SubscriptionStatusChanged { subscription, status });
        }
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Suspended => "suspended",
        Status::Cancelled => "cancelled",
        Status::Pending => "pending",
        Status::Other => "in a state we do not know",
    }
}

fn appeared<'a, T>(before: &Sight<T>, after: &'a Sight<T>) -> Option<&'a T> {
    if before.present().is_some() { None } else { after.present() }
}

/// What came to wait and what does so no longer. Settling is left out: it comes and goes by itself.
#[must_use]
pub fn blocker_changes(before: &Plan, after: &Plan) -> Vec<Event> {
    let told = |blocker: &&Blocker| !matches!(blocker, Blocker::NotYetSeen { .. });
    let has = |plan: &Plan, one: &Blocker| plan.blocked.iter().any(|other| is_same(one, other));
    let gone = before
        .blocked
        .iter()
        .filter(told)
        .filter(|blocker| !has(after, blocker))
        .map(|blocker| Event::Unblocked { code: blocker.code().to_owned() });
    let come = after
        .blocked
        .iter()
        .filter(told)
        .filter(|blocker| !has(before, blocker))
        .map(|blocker| Event::Blocked { blocker: blocker.clone() });
    gone.chain(come).collect()
}

/// The same thing waits for the same reason, whatever words Google finds for it this time.
fn is_same(one: &Blocker, other: &Blocker) -> bool {
    let about = |blocker: &Blocker| match blocker {
        Blocker::Refused { subject, .. } | Blocker::VanishedAtGoogle { subject, .. } => {
            Some(subject.clone())
        }
        Blocker::SubscriptionElsewhere { subscription, .. }
        | Blocker::TermsNotAccepted { subscription, .. }
        | Blocker::SuspendedAtGoogle { subscription, .. } => {
            Some(Subject::Subscription(subscription.clone()))
        }
        Blocker::NotYetSeen { .. }
        | Blocker::CustomerElsewhere { .. }
        | Blocker::CustomerExists { .. }
        | Blocker::AdminExists { .. }
        | Blocker::InstanceNotAuthenticated { .. } => None,
    };
    one.code() == other.code() && about(one) == about(other)
}
