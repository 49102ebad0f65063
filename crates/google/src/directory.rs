//! The Directory API: a customer's users, domains, org units and groups.

mod wire;

use crate::Nothing;
use crate::client::{CallError, Google, Grant, Probe, StepSecrets, missing};
use crate::methods;
use crate::pages::Pages;
use crate::request::{Change, Read};
use crate::wire::Secret;
use domain::observed::ObservedAdmin;
use domain::step::{Call, Shown, Step};
use domain::time::Timestamp;
pub use wire::{
    Alias, Aliases, Below, Customer, CustomerChange, Domain, DomainAlias, DomainAliases, Domains,
    Group, GroupChange, Groups, MakeAdmin, Member, MemberChange, Members, Name, NewAlias,
    NewDomain, NewDomainAlias, NewExternalId, NewGroup, NewMember, NewName, NewOrgUnit, NewUser,
    OrgUnit, OrgUnitChange, OrgUnits, Role, Undelete, User, UserChange, Users,
};

/// Most users of one page. Source: google-quotas.json directory.users_list.maxResults.
pub const USERS_PAGE: u32 = 500;
/// Most groups or members of one page. Source: google-quotas.json directory.groups_list.maxResults.
pub const GROUPS_PAGE: u32 = 200;

/// Of one customer, by Google's id only.
#[must_use]
pub fn list_users(customer: &str) -> Pages<Users> {
    Pages::of(methods::USERS_LIST.read(&[]).query("customer", customer), USERS_PAGE)
}

/// Those of a customer that match a search, such as `isAdmin=true`.
/// Source: google-semantics.md §3.3 "query".
#[must_use]
pub fn search_users(customer: &str, search: &str) -> Pages<Users> {
    let read = methods::USERS_LIST.read(&[]).query("customer", customer).query("query", search);
    Pages::of(read, USERS_PAGE)
}

/// Of one domain among those of a customer.
#[must_use]
pub fn list_users_of_domain(domain: &str) -> Pages<Users> {
    Pages::of(methods::USERS_LIST.read(&[]).query("domain", domain), USERS_PAGE)
}

/// Those deleted in the last 20 days, who can be brought back.
#[must_use]
pub fn list_deleted_users(customer: &str) -> Pages<Users> {
    let read = methods::USERS_LIST.read(&[]).query("customer", customer);
    Pages::of(read.query("showDeleted", "true"), USERS_PAGE)
}

/// `user` is Google's id, the primary address or an alias, here and below.
#[must_use]
pub fn get_user(user: &str) -> Read<User> {
    methods::USERS_GET.read(&[user])
}

#[must_use]
pub fn insert_user(user: &NewUser) -> Change<User> {
    let domain = user.primary_email.rsplit_once('@').map_or("", |(_, domain)| domain);
    methods::USERS_INSERT.change(&[], user).target(domain).hides(user.password.text())
}

/// By PUT, which changes only what is sent, and can do more than PATCH.
/// Source: google-semantics.md §3.3.
#[must_use]
pub fn update_user(user: &str, change: &UserChange) -> Change<User> {
    let update = methods::USERS_UPDATE.change(&[user], change);
    match &change.password {
        Some(password) => update.hides(password.text()),
        None => update,
    }
}

/// Can be undone for 20 days.
#[must_use]
pub fn delete_user(user: &str) -> Change<Nothing> {
    methods::USERS_DELETE.order(&[user])
}

/// By Google's id only.
#[must_use]
pub fn undelete_user(id: &str, org_unit_path: &str) -> Change<Nothing> {
    let body = Undelete { org_unit_path: org_unit_path.to_owned() };
    methods::USERS_UNDELETE.change(&[id], &body)
}

#[must_use]
pub fn make_admin(user: &str, status: bool) -> Change<Nothing> {
    methods::USERS_MAKE_ADMIN.change(&[user], &MakeAdmin { status })
}

#[must_use]
pub fn list_aliases(user: &str) -> Read<Aliases> {
    methods::USERS_ALIASES_LIST.read(&[user])
}

#[must_use]
pub fn insert_alias(user: &str, alias: &str) -> Change<Alias> {
    methods::USERS_ALIASES_INSERT.change(&[user], &NewAlias { alias: alias.to_owned() })
}

#[must_use]
pub fn delete_alias(user: &str, alias: &str) -> Change<Nothing> {
    methods::USERS_ALIASES_DELETE.order(&[user, alias])
}

/// `customer` is Google's id, here and below.
#[must_use]
pub fn get_customer(customer: &str) -> Read<Customer> {
    methods::DIRECTORY_CUSTOMERS_GET.read(&[customer])
}

#[must_use]
pub fn patch_customer(customer: &str, change: &CustomerChange) -> Change<Customer> {
    methods::DIRECTORY_CUSTOMERS_PATCH.change(&[customer], change)
}

#[must_use]
pub fn list_domains(customer: &str) -> Read<Domains> {
    methods::DOMAINS_LIST.read(&[customer])
}

#[must_use]
pub fn get_domain(customer: &str, domain: &str) -> Read<Domain> {
    methods::DOMAINS_GET.read(&[customer, domain])
}

/// A secondary domain, unverified.
#[must_use]
pub fn insert_domain(customer: &str, domain: &str) -> Change<Domain> {
    methods::DOMAINS_INSERT.change(&[customer], &NewDomain { domain_name: domain.to_owned() })
}

#[must_use]
pub fn delete_domain(customer: &str, domain: &str) -> Change<Nothing> {
    methods::DOMAINS_DELETE.order(&[customer, domain])
}

/// Of one domain, or of all.
#[must_use]
pub fn list_domain_aliases(customer: &str, parent: Option<&str>) -> Read<DomainAliases> {
    methods::DOMAIN_ALIASES_LIST.read(&[customer]).query_if("parentDomainName", parent)
}

#[must_use]
pub fn get_domain_alias(customer: &str, alias: &str) -> Read<DomainAlias> {
    methods::DOMAIN_ALIASES_GET.read(&[customer, alias])
}

#[must_use]
pub fn insert_domain_alias(customer: &str, alias: &str, parent: &str) -> Change<DomainAlias> {
    let body = NewDomainAlias {
        domain_alias_name: alias.to_owned(),
        parent_domain_name: parent.to_owned(),
    };
    methods::DOMAIN_ALIASES_INSERT.change(&[customer], &body)
}

#[must_use]
pub fn delete_domain_alias(customer: &str, alias: &str) -> Change<Nothing> {
    methods::DOMAIN_ALIASES_DELETE.order(&[customer, alias])
}

/// Below a path, which starts with a slash.
#[must_use]
pub fn list_org_units(customer: &str, path: &str, below: Below) -> Read<OrgUnits> {
    methods::ORGUNITS_LIST.read(&[customer]).query("orgUnitPath", path).query("type", below.text())
}

#[must_use]
pub fn get_org_unit(customer: &str, path: &str) -> Read<OrgUnit> {
    methods::ORGUNITS_GET.read(&[customer, path])
}

#[must_use]
pub fn insert_org_unit(customer: &str, unit: &NewOrgUnit) -> Change<OrgUnit> {
    methods::ORGUNITS_INSERT.change(&[customer], unit).target(customer)
}

#[must_use]
pub fn update_org_unit(customer: &str, path: &str, change: &OrgUnitChange) -> Change<OrgUnit> {
    methods::ORGUNITS_UPDATE.change(&[customer, path], change).target(customer)
}

/// Only when it is empty.
#[must_use]
pub fn delete_org_unit(customer: &str, path: &str) -> Change<Nothing> {
    methods::ORGUNITS_DELETE.order(&[customer, path])
}

#[must_use]
pub fn list_groups(customer: &str) -> Pages<Groups> {
    Pages::of(methods::GROUPS_LIST.read(&[]).query("customer", customer), GROUPS_PAGE)
}

/// Of one domain among those of a customer.
#[must_use]
pub fn list_groups_of_domain(domain: &str) -> Pages<Groups> {
    Pages::of(methods::GROUPS_LIST.read(&[]).query("domain", domain), GROUPS_PAGE)
}

/// Those a user is in.
#[must_use]
pub fn list_groups_of_user(user: &str) -> Pages<Groups> {
    Pages::of(methods::GROUPS_LIST.read(&[]).query("userKey", user), GROUPS_PAGE)
}

/// `group` is Google's id or the address, here and below.
#[must_use]
pub fn get_group(group: &str) -> Read<Group> {
    methods::GROUPS_GET.read(&[group])
}

#[must_use]
pub fn insert_group(group: &NewGroup) -> Change<Group> {
    methods::GROUPS_INSERT.change(&[], group)
}

#[must_use]
pub fn update_group(group: &str, change: &GroupChange) -> Change<Group> {
    methods::GROUPS_UPDATE.change(&[group], change)
}

#[must_use]
pub fn delete_group(group: &str) -> Change<Nothing> {
    methods::GROUPS_DELETE.order(&[group])
}

#[must_use]
pub fn list_members(group: &str) -> Pages<Members> {
    Pages::of(methods::MEMBERS_LIST.read(&[group]), GROUPS_PAGE)
}

#[must_use]
pub fn get_member(group: &str, member: &str) -> Read<Member> {
    methods::MEMBERS_GET.read(&[group, member])
}

#[must_use]
pub fn insert_member(group: &str, email: &str, role: Role) -> Change<Member> {
    methods::MEMBERS_INSERT.change(&[group], &NewMember { email: email.to_owned(), role })
}

#[must_use]
pub fn update_member(group: &str, member: &str, role: Role) -> Change<Member> {
    methods::MEMBERS_UPDATE.change(&[group, member], &MemberChange { role })
}

#[must_use]
pub fn delete_member(group: &str, member: &str) -> Change<Nothing> {
    methods::MEMBERS_DELETE.order(&[group, member])
}

impl Google {
    pub(crate) async fn first_admin(
        &self,
        grant: &Grant,
        email: &str,
        external_id: &str,
        log: &mut Vec<Call>,
    ) -> Result<ObservedAdmin, CallError> {
        Ok(self.read(grant, &get_user(email), log).await?.observed(external_id))
    }

    pub(crate) async fn create_admin(
        &self,
        grant: &Grant,
        step: &Step,
        secrets: &StepSecrets,
        intended_at: Timestamp,
        log: &mut Vec<Call>,
    ) -> Result<Shown, CallError> {
        let Step::CreateAdmin {
            email, given_name, family_name, recovery_email, external_id, ..
        } = step
        else {
            unreachable!("only called for this step");
        };
        let password = secrets.password.as_ref().ok_or_else(|| missing("the first password"))?;
        let user = insert_user(&NewUser {
            primary_email: email.clone(),
            name: NewName { given_name: given_name.clone(), family_name: family_name.clone() },
            password: Secret::from(password),
            change_password_at_next_login: true,
            org_unit_path: None,
            recovery_email: Some(recovery_email.as_str().to_owned()),
            external_ids: vec![NewExternalId::ours(external_id.as_str())],
        });
        let shown = self.change(grant, &user, intended_at, log).await?;
        // Google's echo may leave members out for a while. Source: google-semantics.md §3.3 {F-TF}.
        let made = ObservedAdmin { ours: true, email: email.clone(), ..shown.observed("") };
        Ok(Shown::Admin(made))
    }

    /// Asks for the reseller's own users: `my_customer` is the caller's account.
    pub(crate) async fn probe_directory(
        &self,
        grant: &Grant,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let read = methods::USERS_LIST.read(&[]);
        let read = read.query("customer", "my_customer").query("maxResults", "1");
        let detail = match self.read(grant, &read, log).await {
            Ok(_) => "This account may list users.".to_owned(),
            // Whoever gets as far as this has passed token, scope and enabled API.
            // Source: google-semantics.md §11 [I] "Validation order".
            Err(CallError::Refused { reason })
                if matches!(reason.status, 400 | 404) && !reason.code.is_empty() =>
            {
                format!("The API answers ({}).", reason.message)
            }
            Err(error) => return Err(error),
        };
        Ok(Probe { detail, account_email: None })
    }
}
