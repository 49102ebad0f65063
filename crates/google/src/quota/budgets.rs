//! How much Google allows of what, as far as it says so.

use crate::hosts::Service;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    /// The Google project the OAuth client belongs to.
    Project,
    /// The account that consented, in its project.
    User,
    /// What the call is about: a customer or a domain.
    Target,
}

/// One limit of Google's.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) service: Service,
    /// Ids of methods that start with one of these; empty for all of the service.
    pub(super) methods: &'static [&'static str],
    pub(super) per: Per,
    /// Units in any window.
    pub(super) limit: i64,
    pub(super) window_ms: i64,
    pub(super) units: Units,
    pub(super) source: &'static str,
}

/// What one call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// One, also as a part of a batch. Source: google-semantics.md §7.1 {BATCH}.
    Call,
    /// One for a whole batch: Google tells to use them in order to stay below this limit.
    /// Source: google-semantics.md §4 "Quota" {LIC-LIM}.
    Request,
    /// By the table of Gmail's methods. Source: google-quotas.json gmail.method_units.
    Gmail,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

const fn budget(
    service: Service,
    per: Per,
    limit: i64,
    window_ms: i64,
    source: &'static str,
) -> Budget {
    Budget { service, methods: &[], per, limit, window_ms, units: Units::Call, source }
}

impl Budget {
    const fn of(self, methods: &'static [&'static str]) -> Budget {
        Budget { methods, ..self }
    }

    const fn in_units(self, units: Units) -> Budget {
        Budget { units, ..self }
    }

    pub(super) fn counts(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|start| method.starts_with(start))
    }

    /// What one call of this method costs.
    pub(super) fn cost(&self, method: &str) -> i64 {
        match (self.units, method) {
            (Units::Gmail, "gmail.users.messages.send") => 100,
            (Units::Call | Units::Request | Units::Gmail, _) => 1,
        }
    }

    /// Units that may be used at once after a rest. Together with [`Budget::refill`] never more than
    /// the limit in any window, unless the limit is too small to be parted.
    pub(super) fn burst(&self) -> i64 {
        (self.limit / 4).max(1)
    }

    /// Units that come back in a window.
    pub(super) fn refill(&self) -> i64 {
        self.limit - self.limit / 4
    }
}

/// Source: google-quotas.json, by the ids given. Where Google publishes no figure ours is a guess, and
/// what it answers corrects it.
pub(super) const BUDGETS: &[Budget] = &[
    budget(
        Service::Reseller,
        Per::Project,
        600,
        MINUTE,
        "reseller.queries_per_minute: not published, inferred",
    ),
    budget(
        Service::Directory,
        Per::User,
        2400,
        MINUTE,
        "directory.queries_per_minute_per_user_per_project",
    ),
    budget(Service::Directory, Per::Target, 10, 1000, "directory.user_creation_rate, per domain")
        .of(&["directory.users.insert"]),
    budget(Service::Directory, Per::Target, 1, 1000, "directory.orgunit_write_rate, per customer")
        .of(&["directory.orgunits.insert", "directory.orgunits.update"]),
    budget(Service::Licensing, Per::Project, 1, 1000, "licensing.qps").in_units(Units::Request),
    budget(Service::Gmail, Per::Project, 1_200_000, MINUTE, "gmail.units_per_minute_per_project")
        .in_units(Units::Gmail),
    budget(Service::Gmail, Per::User, 15_000, MINUTE, "gmail.units_per_minute_per_user")
        .in_units(Units::Gmail),
    budget(Service::Gmail, Per::User, 2000, DAY, "gmail.messages_per_day_per_user")
        .of(&["gmail.users.messages.send"]),
    budget(
        Service::SiteVerification,
        Per::Project,
        600,
        MINUTE,
        "siteverification.daily: not published, ours",
    ),
];

#[cfg(test)]
mod tests {
    use super::{BUDGETS, MINUTE, Per};
    use crate::hosts::Service;

    #[test]
    fn every_service_is_counted_and_no_window_overdrawn() {
        for service in Service::ALL {
            let counted = |budget: &&super::Budget| budget.service == service;
            assert!(BUDGETS.iter().any(|budget| counted(&budget) && budget.methods.is_empty()));
        }
        for budget in BUDGETS {
            assert!(!budget.source.is_empty());
            assert!(budget.burst() + budget.refill() <= budget.limit.max(2), "{budget:?}");
            assert!(budget.per == Per::Target || budget.refill() * MINUTE >= budget.window_ms);
        }
    }
}
