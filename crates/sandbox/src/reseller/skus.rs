//! Products and SKUs, and the plans each is sold with, as data. Never: a rule.
//! Source: google-semantics.md §2.13 {R-PROD}, plans §2.12 {R-PROD}; SKUs that only licences know: §4.1 {LIC-PROD}{F-GAM}

use crate::world::PlanName::{self, AnnualMonthlyPay, AnnualYearlyPay, Flexible, Free, Trial};

pub(crate) const WORKSPACE: &str = "Google-Apps";
pub(crate) const VAULT: &str = "Google-Vault";
pub(crate) const DRIVE: &str = "Google-Drive-storage";
pub(crate) const CHROME: &str = "Google-Chrome-Device-Management";
/// G Suite Basic.
pub(crate) const BASIC: &str = "Google-Apps-For-Business";

/// Archived users' SKUs with the Workspace SKU that each belongs to. Source: google-semantics.md §2.13
const ARCHIVED: &[(&str, &str)] = &[
    ("1010340004", "1010020026"),
    ("1010340001", "1010020020"),
    ("1010340005", "1010020027"),
    ("1010340006", "1010020028"),
    ("1010340003", "1010020025"),
    ("1010340002", "Google-Apps-Unlimited"),
];

/// What email-verified teams may buy. Source: google-semantics.md §2.2, §2.12 {R-CS}
const FOR_TEAMS: &[&str] = &["1010060001", "1010060003", "1010060005"];

/// Workspace SKUs that Vault belongs to, so that an upgrade to one ends the add-on. Source: google-semantics.md §2.18
/// `PURCHASE_OF_SUBSUMING_SKU`; which ones [I]
const WITH_VAULT: &[&str] = &["Google-Apps-Unlimited", "1010020025", "1010020026", "1010020020"];

/// What has to be bought in a transfer for what can't be bought any more. Source: google-semantics.md §2.11 (6); pairs [I]
const LEGACY: &[(&str, &str)] =
    &[("Google-Apps-For-Postini", "1010020027"), ("Google-Apps-Lite", "1010020027")];

pub(crate) struct Sku {
    pub(crate) product: &'static str,
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) plans: &'static [PlanName],
    /// Where the SKU has its own; else what the reseller's contract says. Trials are capped to 10 besides.
    pub(crate) seats_max: Option<i32>,
    /// `false`: only the Licensing API knows it.
    pub(crate) resold: bool,
}

const ALL: &[PlanName] = &[AnnualMonthlyPay, AnnualYearlyPay, Flexible, Trial];
const PAID: &[PlanName] = &[AnnualMonthlyPay, AnnualYearlyPay, Flexible];
const NONE: &[PlanName] = &[];

const fn sku(
    product: &'static str,
    id: &'static str,
    name: &'static str,
    plans: &'static [PlanName],
) -> Sku {
    Sku { product, id, name, plans, seats_max: None, resold: true }
}

/// Known to the Licensing API alone.
const fn other(product: &'static str, id: &'static str, name: &'static str) -> Sku {
    Sku { product, id, name, plans: NONE, seats_max: None, resold: false }
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
    sku(DRIVE, "Google-Drive-storage-20GB", "Google Drive Storage 20 GB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-50GB", "Google Drive Storage 50 GB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-200GB", "Google Drive Storage 200 GB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-400GB", "Google Drive Storage 400 GB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-1TB", "Google Drive Storage 1 TB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-2TB", "Google Drive Storage 2 TB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-4TB", "Google Drive Storage 4 TB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-8TB", "Google Drive Storage 8 TB", &[Flexible]),
    sku(DRIVE, "Google-Drive-storage-16TB", "Google Drive Storage 16 TB", &[Flexible]),
    // Flexible or trial only. Source: §2.12
    sku(VAULT, "Google-Vault", "Google Vault", &[Flexible, Trial]),
    sku(VAULT, "Google-Vault-Former-Employee", "Google Vault - Former Employee", NONE),
    // Source: §2.12
    sku(CHROME, "Google-Chrome-Device-Management", "Chrome Enterprise", &[AnnualMonthlyPay, Trial]),
    // Plan FREE, at most 50. Source: §2.12
    Sku {
        product: "101001",
        id: "1010010001",
        name: "Cloud Identity Free",
        plans: &[Free],
        seats_max: Some(50),
        resold: true,
    },
    sku("101005", "1010050001", "Cloud Identity Premium", ALL),
    sku("101050", "1010500001", "Colab Pro", PAID),
    sku("101050", "1010500002", "Colab Pro+", PAID),
    other(WORKSPACE, "Google-Apps-For-Education", "G Suite for Education"),
    other(WORKSPACE, "1010070001", "Google Workspace for Education Fundamentals"),
    other(WORKSPACE, "1010070004", "Google Workspace for Education Gmail Only"),
    other(WORKSPACE, "Google-Apps-For-Nonprofits", "G Suite for Nonprofits"),
    other(WORKSPACE, "Google-Apps-For-Government", "G Suite for Government"),
    other("101031", "1010310005", "Google Workspace for Education Standard"),
    other("101031", "1010310006", "Google Workspace for Education Standard (Staff)"),
    other("101031", "1010310007", "Google Workspace for Education Standard (Extra Student)"),
    other("101031", "1010310008", "Google Workspace for Education Plus"),
    other("101031", "1010310009", "Google Workspace for Education Plus (Staff)"),
    other("101031", "1010310010", "Google Workspace for Education Plus (Extra Student)"),
    other("101031", "1010310002", "Google Workspace for Education Plus - Legacy"),
    other("101031", "1010310003", "Google Workspace for Education Plus - Legacy (Student)"),
    other("101034", "1010340007", "Google Workspace for Education Fundamentals - Archived User"),
    other("101037", "1010370001", "Google Workspace for Education: Teaching and Learning Upgrade"),
    other("101047", "1010470004", "Google AI Pro for Education"),
    other("101047", "1010470005", "Gemini Education Premium"),
    other("101052", "1010520001", "Chat Interoperability"),
    other("101033", "1010330003", "Google Voice Starter"),
    other("101033", "1010330004", "Google Voice Standard"),
    other("101033", "1010330002", "Google Voice Premier"),
    other("101033", "1010330005", "Google Voice SIP Link Standard"),
    other("101033", "1010330006", "Google Voice SIP Link Premier"),
    other("101039", "1010390001", "Assured Controls"),
    other("101039", "1010390002", "Assured Controls Plus"),
    other("101040", "1010400001", "Chrome Enterprise Premium"),
    other("101035", "1010350001", "Cloud Search"),
    other("101036", "1010360001", "Google Meet Global Dialing"),
    other("101043", "1010430001", "Google Workspace Additional Storage"),
    other("101049", "1010490001", "Endpoint Education Upgrade"),
];

pub(crate) fn find(id: &str) -> Option<&'static Sku> {
    SKUS.iter().find(|sku| sku.id == id)
}

pub(crate) fn product_of(sku_id: &str) -> Option<&'static str> {
    find(sku_id).map(|sku| sku.product)
}

/// The Workspace SKU without which this one, of archived users, isn't sold.
pub(crate) fn needed_for(sku_id: &str) -> Option<&'static str> {
    ARCHIVED.iter().find(|(archived, _)| *archived == sku_id).map(|(_, needed)| *needed)
}

pub(crate) fn is_for_teams(sku_id: &str) -> bool {
    FOR_TEAMS.contains(&sku_id)
}

/// Essentials editions have no Gmail. Source: google-semantics.md §2.2 "`domain` customers own their domain and get Gmail"
pub(crate) fn has_gmail(sku_id: &str) -> bool {
    !FOR_TEAMS.contains(&sku_id)
}

pub(crate) fn has_vault(sku_id: &str) -> bool {
    WITH_VAULT.contains(&sku_id)
}

/// What a transfer buys for this SKU, where that is another one.
pub(crate) fn successor(sku_id: &str) -> Option<&'static str> {
    LEGACY.iter().find(|(legacy, _)| *legacy == sku_id).map(|(_, bought)| *bought)
}

/// Ids and Google's names of all products, as in licence assignments. Source: google-semantics.md §13
const PRODUCTS: &[(&str, &str)] = &[
    (WORKSPACE, "Google Workspace"),
    ("101047", "Gemini"),
    ("101034", "Google Workspace Archived User"),
    ("101038", "AppSheet"),
    ("101054", "AppSheet User Pass"),
    (DRIVE, "Google Drive Storage"),
    (VAULT, "Google Vault"),
    (CHROME, "Chrome Enterprise"),
    ("101001", "Cloud Identity Free"),
    ("101005", "Cloud Identity Premium"),
    ("101050", "Colab"),
    ("101031", "Google Workspace for Education"),
    ("101037", "Google Workspace for Education: Teaching and Learning Upgrade"),
    ("101052", "Chat Interoperability"),
    ("101033", "Google Voice"),
    ("101039", "Assured Controls"),
    ("101040", "Chrome Enterprise Premium"),
    ("101035", "Cloud Search"),
    ("101036", "Google Meet Global Dialing"),
    ("101043", "Additional Storage"),
    ("101049", "Endpoint Education Upgrade"),
];

pub(crate) fn products() -> impl Iterator<Item = &'static str> {
    PRODUCTS.iter().map(|(id, _)| *id)
}

pub(crate) fn product_name(product: &str) -> Option<&'static str> {
    PRODUCTS.iter().find(|(id, _)| *id == product).map(|(_, name)| *name)
}
