//! Products and SKUs that can be bought, and the plans each is sold with, as data. Never: a rule.
//! Source: google-semantics.md §2.13 {R-PROD}, plans §2.12 {R-PROD}

use crate::world::PlanName::{self, AnnualMonthlyPay, AnnualYearlyPay, Flexible, Free, Trial};

pub(crate) const WORKSPACE: &str = "Google-Apps";

pub(crate) struct Sku {
    pub(crate) product: &'static str,
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) plans: &'static [PlanName],
    /// Trial seats are capped to 10 wherever a trial is sold; this is the cap of all other plans.
    pub(crate) seats_max: i32,
}

/// Source: google-semantics.md §2.16 {R-LIM}
const SEATS_MAX: i32 = 50_000;
const ALL: &[PlanName] = &[AnnualMonthlyPay, AnnualYearlyPay, Flexible, Trial];
const PAID: &[PlanName] = &[AnnualMonthlyPay, AnnualYearlyPay, Flexible];
const NONE: &[PlanName] = &[];

const fn sku(
    product: &'static str,
    id: &'static str,
    name: &'static str,
    plans: &'static [PlanName],
) -> Sku {
    Sku { product, id, name, plans, seats_max: SEATS_MAX }
}

pub(crate) const SKUS: &[Sku] = &[
    sku(WORKSPACE, "1010020027", "Google Workspace Business Starter", ALL),
    sku(WORKSPACE, "1010020028", "Google Workspace Business Standard", ALL),
    sku(WORKSPACE, "1010020025", "Google Workspace Business Plus", ALL),
    // Only annual-monthly. Source: §2.12
    sku(WORKSPACE, "1010060003", "Google Workspace Enterprise Essentials", &[AnnualMonthlyPay]),
    sku(WORKSPACE, "1010020029", "Google Workspace Enterprise Starter", ALL),
    sku(WORKSPACE, "1010020026", "Google Workspace Enterprise Standard", ALL),
    sku(WORKSPACE, "1010020020", "Google Workspace Enterprise Plus", ALL),
    // Only flexible. Source: §2.12
    sku(WORKSPACE, "1010060001", "Google Workspace Essentials", &[Flexible]),
    sku(WORKSPACE, "1010060005", "Google Workspace Enterprise Essentials Plus", PAID),
    sku(WORKSPACE, "1010020030", "Google Workspace Frontline Starter", ALL),
    sku(WORKSPACE, "1010020031", "Google Workspace Frontline Standard", ALL),
    sku(WORKSPACE, "1010020034", "Google Workspace Frontline Plus", ALL),
    sku(WORKSPACE, "1010020035", "Google Workspace Business Continuity", PAID),
    sku(WORKSPACE, "1010020036", "Google Workspace Business Continuity Plus", PAID),
    sku(WORKSPACE, "Google-Apps-Unlimited", "G Suite Business", ALL),
    sku(WORKSPACE, "Google-Apps-For-Business", "G Suite Basic", ALL),
    sku(WORKSPACE, "Google-Apps-Lite", "G Suite Lite", ALL),
    sku(WORKSPACE, "Google-Apps-For-Postini", "Google Apps Message Security", NONE),
    sku("101047", "1010470001", "Gemini Enterprise", PAID),
    sku("101047", "1010470002", "Gemini Labs", PAID),
    sku("101047", "1010470003", "Gemini Business", PAID),
    sku("101047", "1010470006", "Gemini Security", PAID),
    sku("101047", "1010470007", "Gemini Meet", PAID),
    sku("101047", "1010470008", "AI Ultra Access", PAID),
    sku("101047", "1010470009", "AI Expanded Access", PAID),
    sku("101034", "1010340004", "Google Workspace Enterprise Standard - Archived User", PAID),
    sku("101034", "1010340001", "Google Workspace Enterprise Plus - Archived User", PAID),
    sku("101034", "1010340005", "Google Workspace Business Starter - Archived User", PAID),
    sku("101034", "1010340006", "Google Workspace Business Standard - Archived User", PAID),
    sku("101034", "1010340003", "Google Workspace Business Plus - Archived User", PAID),
    sku("101034", "1010340002", "G Suite Business - Archived User", PAID),
    sku("101038", "1010380001", "AppSheet Core", PAID),
    sku("101038", "1010380002", "AppSheet Enterprise Standard", PAID),
    sku("101038", "1010380003", "AppSheet Enterprise Plus", PAID),
    sku("101054", "1010540001", "AppSheet User Pass", PAID),
    // Add-ons of storage aren't sold by the year. Source: §2.11 (8) {H-XFER}
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-20GB",
        "Google Drive Storage 20 GB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-50GB",
        "Google Drive Storage 50 GB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-200GB",
        "Google Drive Storage 200 GB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-400GB",
        "Google Drive Storage 400 GB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-1TB",
        "Google Drive Storage 1 TB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-2TB",
        "Google Drive Storage 2 TB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-4TB",
        "Google Drive Storage 4 TB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-8TB",
        "Google Drive Storage 8 TB",
        &[Flexible],
    ),
    sku(
        "Google-Drive-storage",
        "Google-Drive-storage-16TB",
        "Google Drive Storage 16 TB",
        &[Flexible],
    ),
    // Flexible or trial only. Source: §2.12
    sku("Google-Vault", "Google-Vault", "Google Vault", &[Flexible, Trial]),
    sku("Google-Vault", "Google-Vault-Former-Employee", "Google Vault - Former Employee", NONE),
    // Source: §2.12
    sku(
        "Google-Chrome-Device-Management",
        "Google-Chrome-Device-Management",
        "Chrome Enterprise",
        &[AnnualMonthlyPay, Trial],
    ),
    // Plan FREE, at most 50. Source: §2.12
    Sku {
        product: "101001",
        id: "1010010001",
        name: "Cloud Identity Free",
        plans: &[Free],
        seats_max: 50,
    },
    sku("101005", "1010050001", "Cloud Identity Premium", ALL),
    sku("101050", "1010500001", "Colab Pro", PAID),
    sku("101050", "1010500002", "Colab Pro+", PAID),
];

pub(crate) fn find(id: &str) -> Option<&'static Sku> {
    SKUS.iter().find(|sku| sku.id == id)
}

/// Google's name of a product, as in licence assignments. Source: google-semantics.md §13
pub(crate) fn product_name(product: &str) -> Option<&'static str> {
    Some(match product {
        WORKSPACE => "Google Workspace",
        "101047" => "Gemini",
        "101034" => "Google Workspace Archived User",
        "101038" | "101054" => "AppSheet",
        "Google-Drive-storage" => "Google Drive Storage",
        "Google-Vault" => "Google Vault",
        "Google-Chrome-Device-Management" => "Chrome Enterprise",
        "101001" => "Cloud Identity Free",
        "101005" => "Cloud Identity Premium",
        "101050" => "Colab",
        _ => return None,
    })
}
