//! Messages of the Directory API but users. Source: discovery document admin directory_v1 20261104

use crate::shape::Shape;

pub(crate) const DIRECTORY_CUSTOMER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("customerDomain", Shape::Text),
    ("customerCreationTime", Shape::Text),
    ("alternateEmail", Shape::Text),
    ("language", Shape::Text),
    ("phoneNumber", Shape::Text),
    (
        "postalAddress",
        Shape::Object(&[
            ("contactName", Shape::Text),
            ("organizationName", Shape::Text),
            ("addressLine1", Shape::Text),
            ("addressLine2", Shape::Text),
            ("addressLine3", Shape::Text),
            ("locality", Shape::Text),
            ("region", Shape::Text),
            ("postalCode", Shape::Text),
            ("countryCode", Shape::Text),
        ]),
    ),
]);

pub(crate) const ALIAS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("alias", Shape::Text),
    ("primaryEmail", Shape::Text),
]);

pub(crate) const ALIASES_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("aliases", Shape::List(&Shape::Any)),
]);

pub(crate) const DOMAIN_ALIAS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("domainAliasName", Shape::Text),
    ("parentDomainName", Shape::Text),
    ("verified", Shape::Bool),
    ("creationTime", Shape::Int64),
]);

pub(crate) const DOMAIN_ALIASES_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("domainAliases", Shape::List(&DOMAIN_ALIAS_SHAPE)),
]);

pub(crate) const DOMAIN_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("domainName", Shape::Text),
    ("isPrimary", Shape::Bool),
    ("verified", Shape::Bool),
    ("creationTime", Shape::Int64),
    ("domainAliases", Shape::List(&DOMAIN_ALIAS_SHAPE)),
]);

pub(crate) const DOMAINS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("domains", Shape::List(&DOMAIN_SHAPE)),
]);

pub(crate) const ORG_UNIT_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("name", Shape::Text),
    ("description", Shape::Text),
    ("orgUnitId", Shape::Text),
    ("orgUnitPath", Shape::Text),
    ("parentOrgUnitId", Shape::Text),
    ("parentOrgUnitPath", Shape::Text),
    ("blockInheritance", Shape::Bool),
]);

pub(crate) const ORG_UNITS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("organizationUnits", Shape::List(&ORG_UNIT_SHAPE)),
]);

const EXTERNAL_ID: Shape = Shape::Object(&[("id", Shape::Text), ("namespace", Shape::Text)]);

pub(crate) const GROUP_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("email", Shape::Text),
    ("name", Shape::Text),
    ("description", Shape::Text),
    ("adminCreated", Shape::Bool),
    ("directMembersCount", Shape::Int64),
    ("aliases", Shape::List(&Shape::Text)),
    ("nonEditableAliases", Shape::List(&Shape::Text)),
    ("externalIds", Shape::List(&EXTERNAL_ID)),
]);

pub(crate) const GROUPS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("groups", Shape::List(&GROUP_SHAPE)),
    ("nextPageToken", Shape::Text),
]);

pub(crate) const MEMBER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("email", Shape::Text),
    ("role", Shape::Text),
    ("type", Shape::Text),
    ("status", Shape::Text),
    ("delivery_settings", Shape::Text),
]);

pub(crate) const MEMBERS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("members", Shape::List(&MEMBER_SHAPE)),
    ("nextPageToken", Shape::Text),
]);

pub(crate) const HAS_MEMBER_SHAPE: Shape = Shape::Object(&[("isMember", Shape::Bool)]);
