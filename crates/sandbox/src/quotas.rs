//! How much a client may ask at a time, and what it has asked, by the sandbox's own clock. Off unless switched on, so
//! that a run on a virtual clock isn't held up by a clock that stands. Never: what isn't counted by number of calls.
//! Source: google-quotas.json; google-semantics.md §2.16, §3.6, §4, §5.4, §6

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envelope::ApiError;
use crate::methods::Method;
use crate::settings::Api;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const DAY_MS: i64 = 1440 * MINUTE_MS;

/// Most calls, or units, of each kind; `None` is without bound. Windows begin at whole seconds, minutes and days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Per project. Beyond: 429 `quotaExceeded`. Source: google-quotas.json `reseller.queries_per_minute` [I]
    pub reseller_per_minute: Option<u32>,
    /// Per project. Beyond: 403 `dailyLimitExceeded`. Source: google-quotas.json `reseller.queries_per_day`
    pub reseller_per_day: Option<u32>,
    /// Per project and user. Beyond: 403 `userRateLimitExceeded`.
    /// Source: google-quotas.json `directory.queries_per_minute_per_user_per_project`
    pub directory_per_minute_per_user: Option<u32>,
    /// Per customer. Beyond: 429 `rateLimitExceeded`. Source: google-quotas.json `directory.per_account_limit`
    pub directory_per_minute_per_customer: Option<u32>,
    /// Per customer. Beyond: 503. Source: google-quotas.json `directory.user_creation_rate`
    pub users_created_per_second: Option<u32>,
    /// Per customer. Beyond: 429 `rateLimitExceeded`. Source: google-quotas.json `directory.orgunit_write_rate`; error [I]
    pub org_unit_writes_per_second: Option<u32>,
    /// Per project. Beyond: 429 `quotaExceeded`. Source: google-quotas.json `licensing.qps`; error [I]
    pub licensing_per_second: Option<u32>,
    /// Units per project. Beyond: 403 `rateLimitExceeded`. Source: google-quotas.json `gmail.units_per_minute_per_project`
    pub gmail_units_per_minute: Option<u32>,
    /// Units per user. Beyond: 403 `userRateLimitExceeded`. Source: google-quotas.json `gmail.units_per_minute_per_user`
    pub gmail_units_per_minute_per_user: Option<u32>,
    /// Per project. Beyond: 403 `dailyLimitExceeded`. Source: google-quotas.json `siteverification.daily`
    pub site_verification_per_day: Option<u32>,
}

impl Quotas {
    /// What Google's pages say; where they give no number, no bound, but for the Reseller API [I].
    pub fn google() -> Quotas {
        Quotas {
            reseller_per_minute: Some(600),
            reseller_per_day: None,
            directory_per_minute_per_user: Some(2400),
            directory_per_minute_per_customer: None,
            users_created_per_second: Some(10),
            org_unit_writes_per_second: Some(1),
            licensing_per_second: Some(1),
            gmail_units_per_minute: Some(1_200_000),
            gmail_units_per_minute_per_user: Some(15_000),
            site_verification_per_day: None,
        }
    }
}

/// What was spent in the running window of each kind: number of the window, and calls or units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent(BTreeMap<String, (i64, u32)>);

/// Who asks for what. `user` is what `quotaUser` says, else the account. Source: google-semantics.md §7.3
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a Method,
    pub(crate) project: &'a str,
    pub(crate) user: &'a str,
    pub(crate) customer: Option<&'a str>,
    pub(crate) now_ms: i64,
}

struct Rule {
    key: String,
    bound: Option<u32>,
    window_ms: i64,
    cost: u32,
    refusal: ApiError,
}

/// Source: google-quotas.json `gmail.method_units`
fn units(method: &str) -> u32 {
    if method == "gmail.users.messages.send" { 100 } else { 1 }
}

fn rules(quotas: &Quotas, ask: &Ask<'_>) -> Vec<Rule> {
    let Ask { method, project, user, customer, .. } = *ask;
    let rule = |name: &str, whose: &str, bound, window_ms, refusal| Rule {
        key: format!("{name} {whose}"),
        bound,
        window_ms,
        cost: 1,
        refusal,
    };
    let forbidden = |reason| ApiError::forbidden_because(method.api, reason);
    let busy = || ApiError::too_many_requests(method.api, None);
    match method.api {
        Api::Reseller => vec![
            rule(
                "reseller_day",
                project,
                quotas.reseller_per_day,
                DAY_MS,
                forbidden("dailyLimitExceeded"),
            ),
            rule("reseller", project, quotas.reseller_per_minute, MINUTE_MS, busy()),
        ],
        Api::Directory => {
            let bound = quotas.directory_per_minute_per_user;
            let each = format!("{project} {user}");
            let limit = forbidden("userRateLimitExceeded");
            let customer = customer.unwrap_or_default();
            let account = quotas.directory_per_minute_per_customer;
            let mut all = vec![
                rule("directory", &each, bound, MINUTE_MS, limit),
                rule("directory_customer", customer, account, MINUTE_MS, busy()),
            ];
            if method.id == "directory.users.insert" {
                let bound = quotas.users_created_per_second;
                all.push(rule("users", customer, bound, SECOND_MS, ApiError::unavailable()));
            }
            if method.mutates() && method.id.starts_with("directory.orgunits.") {
                let bound = quotas.org_unit_writes_per_second;
                all.push(rule("orgunits", customer, bound, SECOND_MS, busy()));
            }
            all
        }
        Api::Licensing => {
            vec![rule("licensing", project, quotas.licensing_per_second, SECOND_MS, busy())]
        }
        Api::Gmail => {
            let cost = units(method.id);
            let (all, own) =
                (quotas.gmail_units_per_minute, quotas.gmail_units_per_minute_per_user);
            let limit = forbidden("userRateLimitExceeded");
            vec![
                Rule { cost, ..rule("gmail_user", user, own, MINUTE_MS, limit) },
                Rule {
                    cost,
                    ..rule("gmail", project, all, MINUTE_MS, forbidden("rateLimitExceeded"))
                },
            ]
        }
        Api::SiteVerification => {
            let bound = quotas.site_verification_per_day;
            vec![rule("site", project, bound, DAY_MS, forbidden("dailyLimitExceeded"))]
        }
    }
}

/// Counts one call, or refuses it; what is refused costs nothing.
pub(crate) fn spend(quotas: &Quotas, spent: &mut Spent, ask: &Ask<'_>) -> Result<(), ApiError> {
    if *quotas == Quotas::default() {
        return Ok(());
    }
    let rules: Vec<Rule> =
        rules(quotas, ask).into_iter().filter(|rule| rule.bound.is_some()).collect();
    let used = |spent: &Spent, rule: &Rule| match spent.0.get(&rule.key) {
        Some((window, used)) if *window == ask.now_ms.div_euclid(rule.window_ms) => *used,
        _ => 0,
    };
    for rule in &rules {
        if rule.bound.is_some_and(|bound| used(spent, rule).saturating_add(rule.cost) > bound) {
            return Err(rule.refusal.clone());
        }
    }
    for rule in rules {
        let total = used(spent, &rule).saturating_add(rule.cost);
        spent.0.insert(rule.key, (ask.now_ms.div_euclid(rule.window_ms), total));
    }
    Ok(())
}
