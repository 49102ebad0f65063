//! One authenticated call of an API method, as the method's rules see it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use url::form_urlencoded;

use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::settings::{Api, Settings, Switches};
use crate::world::{Customer, Owner, World};

/// Query parameters; of one given twice the last counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    pub(crate) fn parse(text: &str) -> Query {
        Query(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The parameter, unless absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Whose access token it is.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) email: String,
    /// The customer that the caller is a user of.
    pub(crate) customer_id: String,
    pub(crate) is_admin: bool,
    pub(crate) is_reseller: bool,
}

pub(crate) type Answer = Result<Reply, ApiError>;

pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) settings: &'a Settings,
    pub(crate) now_ms: i64,
    pub(crate) caller: Caller,
    pub(crate) path: &'a BTreeMap<String, String>,
    pub(crate) query: &'a Query,
    /// Fits the method's shape; `{}` when none was sent.
    pub(crate) body: Value,
}

impl Call<'_> {
    pub(crate) fn switches(&self) -> &Switches {
        &self.settings.switches
    }

    /// A path parameter.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether the caller's reseller sells to this customer.
    pub(crate) fn resells(&self, customer: &Customer) -> bool {
        self.caller.is_reseller
            && matches!(&customer.owner, Owner::Reseller { customer_id } if *customer_id == self.caller.customer_id)
    }

    /// Whether the caller may use the Directory and Licensing APIs for this customer: its own as an administrator, or
    /// a resold one whose reseller access is on. Source: google-semantics.md §1.11 {DIR-PRE}{R-DERR}
    pub(crate) fn administers(&self, customer: &Customer) -> bool {
        self.caller.is_admin
            && (customer.id == self.caller.customer_id
                || (self.resells(customer) && customer.reseller_access))
    }

    /// The customer that holds the domain of an address, if the caller administers it; else 403.
    /// Source: google-semantics.md §3.6 `forbidden`, §3.7 {R-DERR}
    pub(crate) fn customer_of_address(
        &self,
        api: Api,
        address: &str,
    ) -> Result<Customer, ApiError> {
        let domain = address.rsplit('@').next().unwrap_or_default();
        match self.world.customer(domain).filter(|_| address.contains('@')) {
            Some(customer) if self.administers(customer) => Ok(customer.clone()),
            _ => Err(ApiError::forbidden(api)),
        }
    }
}

/// The parameters that every method takes. Source: google-semantics.md §7.3 {DISC-RES}
const STANDARD: &[&str] = &[
    "alt",
    "fields",
    "prettyPrint",
    "key",
    "quotaUser",
    "access_token",
    "oauth_token",
    "callback",
    "uploadType",
    "upload_protocol",
    "$.xgafv",
];

/// Refuses parameters that the method doesn't have. Source: google-semantics.md §11 [F]
pub(crate) fn check_query(query: &Query, known: &[&str]) -> Result<(), ApiError> {
    let known: BTreeSet<&str> = known.iter().chain(STANDARD).copied().collect();
    match query.iter().find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => Err(ApiError::payload(
            name,
            format!(
                "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' \
                 could not be found in request message."
            ),
        )),
    }
}
