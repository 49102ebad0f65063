//! One authenticated call of an API method, as the method's rules see it.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use crate::envelope::ApiError;
use crate::methods::Parameter;
use crate::reply::Reply;
use crate::settings::{Api, Settings, Switches};
use crate::shape;
use crate::world::{Customer, Owner, World};

/// Query parameters; of one given twice the last counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    pub(crate) fn parse(text: &str) -> Query {
        Query(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// These parameters, and those of the other query that aren't among them.
    pub(crate) fn over(mut self, other: &Query) -> Query {
        for (name, value) in &other.0 {
            self.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self
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
    pub(crate) switches: &'a Switches,
    pub(crate) now_ms: i64,
    pub(crate) caller: Caller,
    pub(crate) path: &'a BTreeMap<String, String>,
    pub(crate) query: &'a Query,
    /// Fits the method's shape; `{}` when none was sent.
    pub(crate) body: Value,
    /// The calls of one batch that succeed or fail together with this one, itself among them.
    pub(crate) together: &'a [Companion],
}

/// A call that stands for one subscription's way from one owner to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Companion {
    /// As in the path: id or domain.
    pub(crate) customer: String,
    pub(crate) does: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Buys this SKU with a transfer token.
    Buys(String),
    /// Hands the subscription with this id over to Google.
    HandsOver(String),
}

impl Companion {
    fn is_about(&self, customer: &Customer) -> bool {
        self.customer == customer.id || customer.has_domain(&self.customer)
    }

    pub(crate) fn buys(&self, customer: &Customer, sku_id: &str) -> bool {
        self.is_about(customer) && matches!(&self.does, Deed::Buys(sku) if sku == sku_id)
    }

    pub(crate) fn hands_over(&self, customer: &Customer, subscription_id: &str) -> bool {
        self.is_about(customer)
            && matches!(&self.does, Deed::HandsOver(id) if id == subscription_id)
    }
}

impl Call<'_> {
    pub(crate) fn switches(&self) -> &Switches {
        self.switches
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

    /// 403 unless the caller administers the customer and its API access is on.
    /// Source: google-semantics.md §1.11, §3.6 `domainCannotUseApis`
    pub(crate) fn check_admin(&self, api: Api, customer: &Customer) -> Result<(), ApiError> {
        if !self.administers(customer) {
            return Err(ApiError::forbidden(api));
        }
        if customer.api_access { Ok(()) } else { Err(ApiError::domain_cannot_use_apis()) }
    }

    /// The customer that an address belongs to, if the caller administers it; else 403. Of several teams on one
    /// domain, the one that has this user, else one that the caller administers.
    /// Source: google-semantics.md §3.6 `forbidden`, §3.7 {R-DERR}
    pub(crate) fn customer_of_address(
        &self,
        api: Api,
        address: &str,
    ) -> Result<Customer, ApiError> {
        let (_, domain) = address.rsplit_once('@').ok_or_else(|| ApiError::forbidden(api))?;
        let known = self.world.user(address).map(|user| user.customer_id.as_str());
        let all = self.world.customers_on(domain);
        let customer = all
            .iter()
            .find(|customer| known == Some(customer.id.as_str()))
            .or_else(|| all.iter().find(|customer| self.administers(customer)))
            .ok_or_else(|| ApiError::forbidden(api))?;
        self.check_admin(api, customer)?;
        Ok((*customer).clone())
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

/// Parameters by the names of their discovery document; those that the method doesn't have, or whose values aren't of
/// their type, are refused. Source: google-semantics.md §11 [F]
pub(crate) fn check_query(
    query: &Query,
    known: &[Parameter],
    strict: bool,
) -> Result<(), ApiError> {
    for (name, value) in query.iter() {
        let Some(parameter) = known.iter().find(|parameter| parameter.name == name) else {
            if strict && !STANDARD.contains(&name) {
                return Err(unknown_parameter(name));
            }
            continue;
        };
        if !value.is_empty() && !shape::reads(parameter.shape, value) {
            return Err(ApiError::invalid_parameter(
                name,
                format!("Invalid value at '{name}', \"{value}\""),
            ));
        }
    }
    Ok(())
}

fn unknown_parameter(name: &str) -> ApiError {
    ApiError::payload(
        name,
        format!(
            "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' \
             could not be found in request message."
        ),
    )
}
