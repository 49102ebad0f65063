//! Methods about the customer record, domains and organisational units.
//! Source: discovery document admin directory_v1 20261104

use http::Method as Verb;

use super::{Method, Parameter, optional};
use crate::call::{Answer, Call};
use crate::directory::{customers, domain_aliases, domains, org_units};
use crate::schemas::{
    DIRECTORY_CUSTOMER_SHAPE, DOMAIN_ALIAS_SHAPE, DOMAIN_ALIASES_SHAPE, DOMAIN_SHAPE,
    DOMAINS_SHAPE, ORG_UNIT_SHAPE, ORG_UNITS_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;

const CUSTOMER: &[&str] = &["admin.directory.customer"];
const CUSTOMER_READ: &[&str] = &["admin.directory.customer", "admin.directory.customer.readonly"];
const DOMAIN: &[&str] = &["admin.directory.domain"];
const DOMAIN_READ: &[&str] = &["admin.directory.domain", "admin.directory.domain.readonly"];
const ORG_UNIT: &[&str] = &["admin.directory.orgunit"];
const ORG_UNIT_READ: &[&str] = &["admin.directory.orgunit", "admin.directory.orgunit.readonly"];

const CUSTOMER_PATH: &str = "/admin/directory/v1/customers/{customerKey}";
const DOMAINS_PATH: &str = "/admin/directory/v1/customer/{customer}/domains";
const DOMAIN_PATH: &str = "/admin/directory/v1/customer/{customer}/domains/{domainName}";
const ALIASES_PATH: &str = "/admin/directory/v1/customer/{customer}/domainaliases";
const ALIAS_PATH: &str = "/admin/directory/v1/customer/{customer}/domainaliases/{domainAliasName}";
const UNITS_PATH: &str = "/admin/directory/v1/customer/{customerId}/orgunits";
const UNIT_PATH: &str = "/admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}";

const ALIAS_LIST: &[Parameter] = &[optional("parentDomainName", Shape::Text)];
const UNIT_LIST: &[Parameter] = &[
    optional("orgUnitPath", Shape::Text),
    optional("type", Shape::Enum(&["all", "children", "allIncludingParent"])),
];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    Method::new(Api::Directory, verb, id, path, run)
}

pub(super) fn methods() -> Vec<Method> {
    let mut all = vec![
        of(Verb::GET, "directory.customers.get", CUSTOMER_PATH, customers::get)
            .scopes(CUSTOMER_READ)
            .answers(DIRECTORY_CUSTOMER_SHAPE),
        of(Verb::PATCH, "directory.customers.patch", CUSTOMER_PATH, customers::patch)
            .scopes(CUSTOMER)
            .body("customer", DIRECTORY_CUSTOMER_SHAPE)
            .answers(DIRECTORY_CUSTOMER_SHAPE),
        of(Verb::PUT, "directory.customers.update", CUSTOMER_PATH, customers::patch)
            .scopes(CUSTOMER)
            .body("customer", DIRECTORY_CUSTOMER_SHAPE)
            .answers(DIRECTORY_CUSTOMER_SHAPE),
    ];
    all.extend(domain_methods());
    all.extend(org_unit_methods());
    all
}

fn domain_methods() -> Vec<Method> {
    vec![
        of(Verb::GET, "directory.domains.list", DOMAINS_PATH, domains::list)
            .scopes(DOMAIN_READ)
            .answers(DOMAINS_SHAPE),
        of(Verb::POST, "directory.domains.insert", DOMAINS_PATH, domains::insert)
            .scopes(DOMAIN)
            .body("domains", DOMAIN_SHAPE)
            .needs(&["domainName", "domainAliases.parentDomainName"])
            .answers(DOMAIN_SHAPE),
        of(Verb::GET, "directory.domains.get", DOMAIN_PATH, domains::get)
            .scopes(DOMAIN_READ)
            .answers(DOMAIN_SHAPE),
        of(Verb::DELETE, "directory.domains.delete", DOMAIN_PATH, domains::delete).scopes(DOMAIN),
        of(Verb::GET, "directory.domainAliases.list", ALIASES_PATH, domain_aliases::list)
            .scopes(DOMAIN_READ)
            .query(ALIAS_LIST)
            .answers(DOMAIN_ALIASES_SHAPE),
        of(Verb::POST, "directory.domainAliases.insert", ALIASES_PATH, domain_aliases::insert)
            .scopes(DOMAIN)
            .body("domain_alias", DOMAIN_ALIAS_SHAPE)
            .answers(DOMAIN_ALIAS_SHAPE),
        of(Verb::GET, "directory.domainAliases.get", ALIAS_PATH, domain_aliases::get)
            .scopes(DOMAIN_READ)
            .answers(DOMAIN_ALIAS_SHAPE),
        of(Verb::DELETE, "directory.domainAliases.delete", ALIAS_PATH, domain_aliases::delete)
            .scopes(DOMAIN),
    ]
}

fn org_unit_methods() -> Vec<Method> {
    vec![
        of(Verb::GET, "directory.orgunits.list", UNITS_PATH, org_units::list)
            .scopes(ORG_UNIT_READ)
            .query(UNIT_LIST)
            .answers(ORG_UNITS_SHAPE),
        of(Verb::POST, "directory.orgunits.insert", UNITS_PATH, org_units::insert)
            .scopes(ORG_UNIT)
            .body("org_unit", ORG_UNIT_SHAPE)
            .needs(&["name"])
            .answers(ORG_UNIT_SHAPE),
        of(Verb::GET, "directory.orgunits.get", UNIT_PATH, org_units::get)
            .scopes(ORG_UNIT_READ)
            .answers(ORG_UNIT_SHAPE),
        of(Verb::PUT, "directory.orgunits.update", UNIT_PATH, org_units::update)
            .scopes(ORG_UNIT)
            .body("org_unit", ORG_UNIT_SHAPE)
            .answers(ORG_UNIT_SHAPE),
        of(Verb::PATCH, "directory.orgunits.patch", UNIT_PATH, org_units::update)
            .scopes(ORG_UNIT)
            .body("org_unit", ORG_UNIT_SHAPE)
            .answers(ORG_UNIT_SHAPE),
        of(Verb::DELETE, "directory.orgunits.delete", UNIT_PATH, org_units::delete)
            .scopes(ORG_UNIT),
    ]
}
