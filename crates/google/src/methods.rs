//! Every method of Google's this client may call, one line each: id, verb, path, query, scope, what
//! goes in and what comes out. Nothing else in this crate writes down a path or a scope.

use crate::contract::{FieldShape, JsonShape};
use crate::hosts::Service;
use crate::request::{Ask, Change, Read};
use crate::wire::{Nothing, Shaped};
use crate::{directory, gmail, licensing, reseller, site_verification};
use serde::Serialize;
use std::marker::PhantomData;

/// One method, as data.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) id: &'static str,
    pub(crate) service: Service,
    pub(crate) verb: Verb,
    /// Below the service's own path. `{name}` is one segment, `{+name}` may be several.
    pub(crate) path: &'static str,
    pub(crate) query: &'static [Query],
    pub(crate) scope: &'static str,
    pub(crate) mutates: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }
}

/// One query parameter.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) name: &'static str,
    kind: Kind,
    required: bool,
}

#[derive(Debug)]
enum Kind {
    Text,
    /// A text that is a secret. Google forces it into the address.
    Secret,
    Number,
    Words(&'static [&'static str]),
}

const fn text(name: &'static str) -> Query {
    Query { name, kind: Kind::Text, required: false }
}

const fn secret(name: &'static str) -> Query {
    Query { name, kind: Kind::Secret, required: false }
}

const fn number(name: &'static str) -> Query {
    Query { name, kind: Kind::Number, required: false }
}

const fn words(name: &'static str, words: &'static [&'static str]) -> Query {
    Query { name, kind: Kind::Words(words), required: false }
}

impl Query {
    const fn always(self) -> Query {
        Query { name: self.name, kind: self.kind, required: true }
    }

    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret)
    }

    pub(crate) fn shape(&self) -> FieldShape {
        let json = match self.kind {
            Kind::Text | Kind::Secret => JsonShape::Text,
            Kind::Number => JsonShape::Integer,
            Kind::Words(words) => JsonShape::Word(words.to_vec()),
        };
        FieldShape { name: self.name, json, always: self.required }
    }
}

/// A line with the types of its bodies.
pub(crate) struct Method<Q, A> {
    pub(crate) line: &'static Line,
    types: PhantomData<fn(Q) -> A>,
}

impl<Q: Serialize + Shaped, A> Method<Q, A> {
    const fn of(line: &'static Line) -> Method<Q, A> {
        Method { line, types: PhantomData }
    }

    /// A request that changes something. `path` are the values of the template, in order.
    pub(crate) fn change(&self, path: &[&str], body: &Q) -> Change<A> {
        debug_assert!(self.line.mutates);
        Change::of(Ask::of(self.line, path, body))
    }

    /// A request with a body that changes nothing: by its nature, or because Google must refuse it.
    pub(crate) fn harmless(&self, path: &[&str], body: &Q) -> Read<A> {
        Read::of(Ask::of(self.line, path, body))
    }
}

impl<A> Method<Nothing, A> {
    /// A request that changes nothing.
    pub(crate) fn read(&self, path: &[&str]) -> Read<A> {
        debug_assert!(!self.line.mutates);
        Read::of(Ask::of(self.line, path, &Nothing))
    }

    /// A request that changes something by its address alone.
    pub(crate) fn order(&self, path: &[&str]) -> Change<A> {
        self.change(path, &Nothing)
    }
}

/// What `contract` and the recorder read.
pub(crate) struct Entry {
    pub(crate) line: &'static Line,
    pub(crate) request: fn() -> Option<Vec<FieldShape>>,
    pub(crate) response: fn() -> Option<Vec<FieldShape>>,
}

fn members<T: Shaped>() -> Option<Vec<FieldShape>> {
    match T::shape() {
        JsonShape::Object(members) if !T::NOTHING => Some(members),
        _ => None,
    }
}

macro_rules! methods {
    ($($name:ident: $request:ty => $response:ty,
        $does:ident $id:literal $service:ident $verb:ident $path:literal [$($query:expr),*] $scope:ident;)*) => {
        $(pub(crate) const $name: Method<$request, $response> = Method::of(&Line {
            id: $id,
            service: Service::$service,
            verb: Verb::$verb,
            path: $path,
            query: const { &[$($query),*] },
            scope: $scope,
            mutates: methods!($does),
        });)*

        /// Every method, in the order of the table.
        pub(crate) fn all() -> &'static [Entry] {
            const ALL: &[Entry] = &[$(Entry {
                line: $name.line,
                request: members::<$request>,
                response: members::<$response>,
            }),*];
            ALL
        }
    };
    (reads) => { false };
    (changes) => { true };
}

// Source: google-semantics.md §1.8.
const ORDER: &str = "https://www.googleapis.com/auth/apps.order";
const USER: &str = "https://www.googleapis.com/auth/admin.directory.user";
const CUSTOMER: &str = "https://www.googleapis.com/auth/admin.directory.customer";
const DOMAIN: &str = "https://www.googleapis.com/auth/admin.directory.domain";
const ORGUNIT: &str = "https://www.googleapis.com/auth/admin.directory.orgunit";
const GROUP: &str = "https://www.googleapis.com/auth/admin.directory.group";
const LICENSING: &str = "https://www.googleapis.com/auth/apps.licensing";
const SEND: &str = "https://www.googleapis.com/auth/gmail.send";
const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
const VERIFY: &str = "https://www.googleapis.com/auth/siteverification";

// Sources: google-semantics.md §2.1 {DISC-RES}, §3.1 {DISC-DIR}, §4 {DISC-LIC}, §5.1 {DISC-GM}, §6 {DISC-SV}.
methods! {
    CUSTOMERS_GET: Nothing => reseller::Customer,
        reads "reseller.customers.get" Reseller Get "/customers/{customerId}" [] ORDER;
    CUSTOMERS_INSERT: reseller::NewCustomer => reseller::Customer,
        changes "reseller.customers.insert" Reseller Post "/customers" [secret("customerAuthToken")] ORDER;
    CUSTOMERS_PATCH: reseller::CustomerChange => reseller::Customer,
        changes "reseller.customers.patch" Reseller Patch "/customers/{customerId}" [] ORDER;
    CUSTOMERS_UPDATE: reseller::CustomerChange => reseller::Customer,
        changes "reseller.customers.update" Reseller Put "/customers/{customerId}" [] ORDER;
    SUBSCRIPTIONS_LIST: Nothing => reseller::Subscriptions,
        reads "reseller.subscriptions.list" Reseller Get "/subscriptions" [text("customerId"),
            secret("customerAuthToken"), text("customerNamePrefix"), number("maxResults"), text("pageToken")] ORDER;
    SUBSCRIPTIONS_GET: Nothing => reseller::Subscription,
        reads "reseller.subscriptions.get" Reseller Get
            "/customers/{customerId}/subscriptions/{subscriptionId}" [] ORDER;
    SUBSCRIPTIONS_INSERT: reseller::NewSubscription => reseller::Subscription,
        changes "reseller.subscriptions.insert" Reseller Post "/customers/{customerId}/subscriptions"
            [words("action", reseller::Action::WORDS), secret("customerAuthToken"), text("sourceSkuId")] ORDER;
    SUBSCRIPTIONS_CHANGE_SEATS: reseller::NewSeats => reseller::Subscription,
        changes "reseller.subscriptions.changeSeats" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/changeSeats" [] ORDER;
    SUBSCRIPTIONS_CHANGE_PLAN: reseller::PlanChange => reseller::Subscription,
        changes "reseller.subscriptions.changePlan" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/changePlan" [] ORDER;
    SUBSCRIPTIONS_CHANGE_RENEWAL_SETTINGS: reseller::NewRenewal => reseller::Subscription,
        changes "reseller.subscriptions.changeRenewalSettings" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/changeRenewalSettings" [] ORDER;
    SUBSCRIPTIONS_START_PAID_SERVICE: Nothing => reseller::Subscription,
        changes "reseller.subscriptions.startPaidService" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/startPaidService" [] ORDER;
    SUBSCRIPTIONS_SUSPEND: Nothing => reseller::Subscription,
        changes "reseller.subscriptions.suspend" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/suspend" [] ORDER;
    SUBSCRIPTIONS_ACTIVATE: Nothing => reseller::Subscription,
        changes "reseller.subscriptions.activate" Reseller Post
            "/customers/{customerId}/subscriptions/{subscriptionId}/activate" [] ORDER;
    SUBSCRIPTIONS_DELETE: Nothing => Nothing,
        changes "reseller.subscriptions.delete" Reseller Delete
            "/customers/{customerId}/subscriptions/{subscriptionId}"
            [words("deletionType", reseller::DeletionType::WORDS).always()] ORDER;
    NOTIFY_GET_WATCH_DETAILS: Nothing => reseller::WatchDetails,
        reads "reseller.resellernotify.getwatchdetails" Reseller Get "/resellernotify/getwatchdetails" [] ORDER;
    NOTIFY_REGISTER: Nothing => reseller::Watched,
        changes "reseller.resellernotify.register" Reseller Post "/resellernotify/register"
            [text("serviceAccountEmailAddress").always()] ORDER;
    NOTIFY_UNREGISTER: Nothing => reseller::Watched,
        changes "reseller.resellernotify.unregister" Reseller Post "/resellernotify/unregister"
            [text("serviceAccountEmailAddress").always()] ORDER;

    USERS_LIST: Nothing => directory::Users,
        reads "directory.users.list" Directory Get "/users" [text("customer"), text("domain"), text("query"),
            text("showDeleted"), number("maxResults"), text("pageToken")] USER;
    USERS_GET: Nothing => directory::User,
        reads "directory.users.get" Directory Get "/users/{userKey}" [] USER;
    USERS_INSERT: directory::NewUser => directory::User,
        changes "directory.users.insert" Directory Post "/users" [] USER;
    USERS_UPDATE: directory::UserChange => directory::User,
        changes "directory.users.update" Directory Put "/users/{userKey}" [] USER;
    USERS_DELETE: Nothing => Nothing,
        changes "directory.users.delete" Directory Delete "/users/{userKey}" [] USER;
    USERS_UNDELETE: directory::Undelete => Nothing,
        changes "directory.users.undelete" Directory Post "/users/{userKey}/undelete" [] USER;
    USERS_MAKE_ADMIN: directory::MakeAdmin => Nothing,
        changes "directory.users.makeAdmin" Directory Post "/users/{userKey}/makeAdmin" [] USER;
    USERS_ALIASES_LIST: Nothing => directory::Aliases,
        reads "directory.users.aliases.list" Directory Get "/users/{userKey}/aliases" [] USER;
    USERS_ALIASES_INSERT: directory::NewAlias => directory::Alias,
        changes "directory.users.aliases.insert" Directory Post "/users/{userKey}/aliases" [] USER;
    USERS_ALIASES_DELETE: Nothing => Nothing,
        changes "directory.users.aliases.delete" Directory Delete "/users/{userKey}/aliases/{alias}" [] USER;
    DIRECTORY_CUSTOMERS_GET: Nothing => directory::Customer,
        reads "directory.customers.get" Directory Get "/customers/{customerKey}" [] CUSTOMER;
    DIRECTORY_CUSTOMERS_PATCH: directory::CustomerChange => directory::Customer,
        changes "directory.customers.patch" Directory Patch "/customers/{customerKey}" [] CUSTOMER;
    DOMAINS_LIST: Nothing => directory::Domains,
        reads "directory.domains.list" Directory Get "/customer/{customer}/domains" [] DOMAIN;
    DOMAINS_GET: Nothing => directory::Domain,
        reads "directory.domains.get" Directory Get "/customer/{customer}/domains/{domainName}" [] DOMAIN;
    DOMAINS_INSERT: directory::NewDomain => directory::Domain,
        changes "directory.domains.insert" Directory Post "/customer/{customer}/domains" [] DOMAIN;
    DOMAINS_DELETE: Nothing => Nothing,
        changes "directory.domains.delete" Directory Delete "/customer/{customer}/domains/{domainName}" [] DOMAIN;
    DOMAIN_ALIASES_LIST: Nothing => directory::DomainAliases,
        reads "directory.domainAliases.list" Directory Get "/customer/{customer}/domainaliases"
            [text("parentDomainName")] DOMAIN;
    DOMAIN_ALIASES_GET: Nothing => directory::DomainAlias,
        reads "directory.domainAliases.get" Directory Get
            "/customer/{customer}/domainaliases/{domainAliasName}" [] DOMAIN;
    DOMAIN_ALIASES_INSERT: directory::NewDomainAlias => directory::DomainAlias,
        changes "directory.domainAliases.insert" Directory Post "/customer/{customer}/domainaliases" [] DOMAIN;
    DOMAIN_ALIASES_DELETE: Nothing => Nothing,
        changes "directory.domainAliases.delete" Directory Delete
            "/customer/{customer}/domainaliases/{domainAliasName}" [] DOMAIN;
    ORGUNITS_LIST: Nothing => directory::OrgUnits,
        reads "directory.orgunits.list" Directory Get "/customer/{customerId}/orgunits"
            [text("orgUnitPath"), words("type", directory::Below::WORDS)] ORGUNIT;
    ORGUNITS_GET: Nothing => directory::OrgUnit,
        reads "directory.orgunits.get" Directory Get "/customer/{customerId}/orgunits/{+orgUnitPath}" [] ORGUNIT;
    ORGUNITS_INSERT: directory::NewOrgUnit => directory::OrgUnit,
        changes "directory.orgunits.insert" Directory Post "/customer/{customerId}/orgunits" [] ORGUNIT;
    ORGUNITS_UPDATE: directory::OrgUnitChange => directory::OrgUnit,
        changes "directory.orgunits.update" Directory Put
            "/customer/{customerId}/orgunits/{+orgUnitPath}" [] ORGUNIT;
    ORGUNITS_DELETE: Nothing => Nothing,
        changes "directory.orgunits.delete" Directory Delete
            "/customer/{customerId}/orgunits/{+orgUnitPath}" [] ORGUNIT;
    GROUPS_LIST: Nothing => directory::Groups,
        reads "directory.groups.list" Directory Get "/groups" [text("customer"), text("domain"),
            text("userKey"), number("maxResults"), text("pageToken")] GROUP;
    GROUPS_GET: Nothing => directory::Group,
        reads "directory.groups.get" Directory Get "/groups/{groupKey}" [] GROUP;
    GROUPS_INSERT: directory::NewGroup => directory::Group,
        changes "directory.groups.insert" Directory Post "/groups" [] GROUP;
    GROUPS_UPDATE: directory::GroupChange => directory::Group,
        changes "directory.groups.update" Directory Put "/groups/{groupKey}" [] GROUP;
    GROUPS_DELETE: Nothing => Nothing,
        changes "directory.groups.delete" Directory Delete "/groups/{groupKey}" [] GROUP;
    MEMBERS_LIST: Nothing => directory::Members,
        reads "directory.members.list" Directory Get "/groups/{groupKey}/members"
            [number("maxResults"), text("pageToken")] GROUP;
    MEMBERS_GET: Nothing => directory::Member,
        reads "directory.members.get" Directory Get "/groups/{groupKey}/members/{memberKey}" [] GROUP;
    MEMBERS_INSERT: directory::NewMember => directory::Member,
        changes "directory.members.insert" Directory Post "/groups/{groupKey}/members" [] GROUP;
    MEMBERS_UPDATE: directory::MemberChange => directory::Member,
        changes "directory.members.update" Directory Put "/groups/{groupKey}/members/{memberKey}" [] GROUP;
    MEMBERS_DELETE: Nothing => Nothing,
        changes "directory.members.delete" Directory Delete "/groups/{groupKey}/members/{memberKey}" [] GROUP;

    LICENSES_LIST_FOR_PRODUCT: Nothing => licensing::LicenseAssignments,
        reads "licensing.licenseAssignments.listForProduct" Licensing Get "/product/{productId}/users"
            [text("customerId").always(), number("maxResults"), text("pageToken")] LICENSING;
    LICENSES_LIST_FOR_PRODUCT_AND_SKU: Nothing => licensing::LicenseAssignments,
        reads "licensing.licenseAssignments.listForProductAndSku" Licensing Get
            "/product/{productId}/sku/{skuId}/users"
            [text("customerId").always(), number("maxResults"), text("pageToken")] LICENSING;
    LICENSES_GET: Nothing => licensing::LicenseAssignment,
        reads "licensing.licenseAssignments.get" Licensing Get
            "/product/{productId}/sku/{skuId}/user/{userId}" [] LICENSING;
    LICENSES_INSERT: licensing::NewLicenseAssignment => licensing::LicenseAssignment,
        changes "licensing.licenseAssignments.insert" Licensing Post
            "/product/{productId}/sku/{skuId}/user" [] LICENSING;
    LICENSES_UPDATE: licensing::LicenseUpdate => licensing::LicenseAssignment,
        changes "licensing.licenseAssignments.update" Licensing Put
            "/product/{productId}/sku/{skuId}/user/{userId}" [] LICENSING;
    LICENSES_PATCH: licensing::LicensePatch => licensing::LicenseAssignment,
        changes "licensing.licenseAssignments.patch" Licensing Patch
            "/product/{productId}/sku/{skuId}/user/{userId}" [] LICENSING;
    LICENSES_DELETE: Nothing => Nothing,
        changes "licensing.licenseAssignments.delete" Licensing Delete
            "/product/{productId}/sku/{skuId}/user/{userId}" [] LICENSING;

    MESSAGES_SEND: gmail::NewMessage => gmail::Message,
        changes "gmail.users.messages.send" Gmail Post "/users/{userId}/messages/send" [] SEND;
    GET_PROFILE: Nothing => gmail::Profile,
        reads "gmail.users.getProfile" Gmail Get "/users/{userId}/profile" [] READONLY;

    WEB_RESOURCE_GET_TOKEN: site_verification::TokenRequest => site_verification::Token,
        reads "siteVerification.webResource.getToken" SiteVerification Post "/token" [] VERIFY;
    WEB_RESOURCE_INSERT: site_verification::NewWebResource => site_verification::WebResource,
        changes "siteVerification.webResource.insert" SiteVerification Post "/webResource"
            [text("verificationMethod").always()] VERIFY;
    WEB_RESOURCE_GET: Nothing => site_verification::WebResource,
        reads "siteVerification.webResource.get" SiteVerification Get "/webResource/{id}" [] VERIFY;
    WEB_RESOURCE_DELETE: Nothing => Nothing,
        changes "siteVerification.webResource.delete" SiteVerification Delete "/webResource/{id}" [] VERIFY;
}
