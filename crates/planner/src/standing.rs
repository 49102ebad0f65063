//! One word for where a customer stands.

use domain::desired::Desired;
use domain::step::{Blocker, Plan};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// We are at it, or Google is being waited for.
    Provisioning,
    /// Somebody has to act before we can go on.
    Blocked,
    /// All of ours is done; the customer's admin has to accept Google's terms.
    AwaitingTerms,
    /// All of ours is done; Google holds a subscription.
    Suspended,
    Active,
}

impl Standing {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Standing::Provisioning => "provisioning",
            Standing::Blocked => "blocked",
            Standing::AwaitingTerms => "awaiting_terms",
            Standing::Suspended => "suspended",
            Standing::Active => "active",
        }
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Standing::Provisioning => "Provisioning",
            Standing::Blocked => "Needs attention",
            Standing::AwaitingTerms => "Awaiting terms",
            Standing::Suspended => "Suspended",
            Standing::Active => "Active",
        }
    }
}

/// `converged` is the generation that was last fully reached.
#[must_use]
pub fn standing(desired: &Desired, plan: &Plan, converged: i64) -> Standing {
    let any = |is: fn(&Blocker) -> bool| plan.blocked.iter().any(is);
    let settling = |blocker: &Blocker| matches!(blocker, Blocker::NotYetSeen { .. });
    if any(|blocker| matches!(blocker, Blocker::InstanceNotAuthenticated { .. })) {
        return Standing::Blocked;
    }
    if plan.steps.is_empty() && plan.blocked.iter().any(|b| b.holds_back() && !settling(b)) {
        return Standing::Blocked;
    }
    if !plan.is_done() || converged < desired.generation {
        return Standing::Provisioning;
    }
    if any(|blocker| matches!(blocker, Blocker::TermsNotAccepted { .. })) {
        Standing::AwaitingTerms
    } else if any(|blocker| matches!(blocker, Blocker::SuspendedAtGoogle { .. })) {
        Standing::Suspended
    } else {
        Standing::Active
    }
}
