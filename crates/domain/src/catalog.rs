//! What can be sold: SKUs and payment plans, as data. Rules about changing them live in the planner.

use serde::{Deserialize, Serialize};

/// How a subscription is paid, in Google's words for sending.
/// Source: google-semantics.md §2.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentPlan {
    Flexible,
    AnnualMonthlyPay,
    AnnualYearlyPay,
    Trial,
    Free,
}

impl PaymentPlan {
    pub const ALL: [PaymentPlan; 5] = [
        PaymentPlan::Flexible,
        PaymentPlan::AnnualMonthlyPay,
        PaymentPlan::AnnualYearlyPay,
        PaymentPlan::Trial,
        PaymentPlan::Free,
    ];

    /// Google's name when sending, ours everywhere.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PaymentPlan::Flexible => "FLEXIBLE",
            PaymentPlan::AnnualMonthlyPay => "ANNUAL_MONTHLY_PAY",
            PaymentPlan::AnnualYearlyPay => "ANNUAL_YEARLY_PAY",
            PaymentPlan::Trial => "TRIAL",
            PaymentPlan::Free => "FREE",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            PaymentPlan::Flexible => "Flexible",
            PaymentPlan::AnnualMonthlyPay => "Annual, paid monthly",
            PaymentPlan::AnnualYearlyPay => "Annual, paid yearly",
            PaymentPlan::Trial => "Trial",
            PaymentPlan::Free => "Free",
        }
    }

    /// Reads Google's answer, where `ANNUAL` stands for `ANNUAL_MONTHLY_PAY`.
    /// Source: google-semantics.md §2.7 {DISC-RES}.
    #[must_use]
    pub fn from_name(name: &str) -> Option<PaymentPlan> {
        if name == "ANNUAL" {
            return Some(PaymentPlan::AnnualMonthlyPay);
        }
        PaymentPlan::ALL.into_iter().find(|plan| plan.name() == name)
    }

    /// A year's commitment: seats are `numberOfSeats` and only grow until renewal. The other plans
    /// have a cap, `maximumNumberOfSeats`.
    #[must_use]
    pub fn is_annual(self) -> bool {
        matches!(self, PaymentPlan::AnnualMonthlyPay | PaymentPlan::AnnualYearlyPay)
    }
}

/// One thing the Reseller API sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sku {
    /// Google's `skuId`.
    pub id: &'static str,
    /// Google's `productId`: a user has at most one SKU of each.
    pub product: &'static str,
    pub name: &'static str,
    pub payment_plans: &'static [PaymentPlan],
    /// Most seats one subscription may have, by payment plan where that is tighter.
    pub seats_max: u32,
    /// Needs something else first, so a new customer can't start with it.
    pub needs: Option<&'static str>,
}

/// Most seats of any subscription unless the reseller contract says otherwise.
/// Source: google-semantics.md §2.16 {R-LIM}.
pub const SEATS_MAX: u32 = 50_000;
/// Most seats of a trial. Source: google-semantics.md §2.9 {R-ERR}.
pub const TRIAL_SEATS_MAX: u32 = 10;

use PaymentPlan::{AnnualMonthlyPay, AnnualYearlyPay, Flexible, Free, Trial};

const USUAL: &[PaymentPlan] = &[Flexible, AnnualMonthlyPay, AnnualYearlyPay, Trial];
const VAULT: &[PaymentPlan] = &[Flexible, Trial];
const FLEXIBLE_ONLY: &[PaymentPlan] = &[Flexible];
const MONTHLY_ONLY: &[PaymentPlan] = &[AnnualMonthlyPay];
const CHROME: &[PaymentPlan] = &[AnnualMonthlyPay, Trial];
const FREE_ONLY: &[PaymentPlan] = &[Free];

const fn sku(
    id: &'static str,
    product: &'static str,
    name: &'static str,
    payment_plans: &'static [PaymentPlan],
) -> Sku {
    Sku { id, product, name, payment_plans, seats_max: SEATS_MAX, needs: None }
}

const fn add_on(sku: Sku, needs: &'static str) -> Sku {
    Sku { needs: Some(needs), ..sku }
}

const WORKSPACE: &str = "Google-Apps";
const A_SUBSCRIPTION: &str = "a Google Workspace subscription";
const MATCHING: &str = "the matching Google Workspace subscription";

/// Source: google-semantics.md §2.12, §2.13 {R-PROD}.
const SKUS: &[Sku] = &[
    sku("1010020027", WORKSPACE, "Business Starter", USUAL),
    sku("1010020028", WORKSPACE, "Business Standard", USUAL),
    sku("1010020025", WORKSPACE, "Business Plus", USUAL),
    sku("1010060003", WORKSPACE, "Enterprise Essentials", MONTHLY_ONLY),
    sku("1010020029", WORKSPACE, "Enterprise Starter", USUAL),
    sku("1010020026", WORKSPACE, "Enterprise Standard", USUAL),
    sku("1010020020", WORKSPACE, "Enterprise Plus", USUAL),
    sku("1010060001", WORKSPACE, "Essentials", FLEXIBLE_ONLY),
    sku("1010060005", WORKSPACE, "Enterprise Essentials Plus", USUAL),
    sku("1010020030", WORKSPACE, "Frontline Starter", USUAL),
    sku("1010020031", WORKSPACE, "Frontline Standard", USUAL),
    sku("1010020034", WORKSPACE, "Frontline Plus", USUAL),
    sku("Google-Apps-Unlimited", WORKSPACE, "G Suite Business", USUAL),
    sku("Google-Apps-For-Business", WORKSPACE, "G Suite Basic", USUAL),
    Sku { seats_max: 50, ..sku("1010010001", "101001", "Cloud Identity Free", FREE_ONLY) },
    add_on(sku("1010050001", "101005", "Cloud Identity Premium", USUAL), "Cloud Identity Free"),
    sku(
        "Google-Chrome-Device-Management",
        "Google-Chrome-Device-Management",
        "Chrome Enterprise",
        CHROME,
    ),
    add_on(sku("Google-Vault", "Google-Vault", "Vault", VAULT), "an active G Suite Basic"),
    add_on(
        sku(
            "Google-Drive-storage-20GB",
            "Google-Drive-storage",
            "Drive storage 20 GB",
            FLEXIBLE_ONLY,
        ),
        A_SUBSCRIPTION,
    ),
    add_on(sku("1010470001", "101047", "Gemini Enterprise", USUAL), A_SUBSCRIPTION),
    add_on(sku("1010470003", "101047", "Gemini Business", USUAL), A_SUBSCRIPTION),
    add_on(sku("1010340005", "101034", "Archived User, Business Starter", USUAL), MATCHING),
    add_on(sku("1010340006", "101034", "Archived User, Business Standard", USUAL), MATCHING),
    add_on(sku("1010340003", "101034", "Archived User, Business Plus", USUAL), MATCHING),
    add_on(sku("1010340004", "101034", "Archived User, Enterprise Standard", USUAL), MATCHING),
    add_on(sku("1010340001", "101034", "Archived User, Enterprise Plus", USUAL), MATCHING),
    add_on(sku("1010380001", "101038", "AppSheet Core", USUAL), A_SUBSCRIPTION),
];

/// Every SKU we know. A value, so that a distributor's own selection can take its place.
#[derive(Debug, Clone, Copy)]
pub struct Catalog {
    skus: &'static [Sku],
}

impl Default for Catalog {
    fn default() -> Self {
        Catalog { skus: SKUS }
    }
}

impl Catalog {
    #[must_use]
    pub fn sku(&self, id: &str) -> Option<&Sku> {
        self.skus.iter().find(|sku| sku.id == id)
    }

    /// What a new customer may be given first: everything that needs nothing else.
    pub fn first_skus(&self) -> impl Iterator<Item = &Sku> {
        self.skus.iter().filter(|sku| sku.needs.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalog, PaymentPlan};

    #[test]
    fn googles_annual_is_our_annual_monthly() {
        assert_eq!(PaymentPlan::from_name("ANNUAL"), Some(PaymentPlan::AnnualMonthlyPay));
        assert_eq!(PaymentPlan::from_name("NEW"), None);
        for plan in PaymentPlan::ALL {
            assert_eq!(PaymentPlan::from_name(plan.name()), Some(plan));
        }
    }

    #[test]
    fn every_sku_is_listed_once() {
        let catalog = Catalog::default();
        for sku in catalog.skus {
            assert_eq!(catalog.skus.iter().filter(|other| other.id == sku.id).count(), 1);
            assert!(!sku.payment_plans.is_empty() && sku.seats_max > 0, "{}", sku.id);
        }
    }
}
