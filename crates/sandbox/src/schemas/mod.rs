//! The messages that methods take and answer, member by member, as the discovery documents have them. Never: a rule.
//! Source: discovery documents, reseller 20250511, admin directory_v1 20261104, licensing 20251108, gmail 20261005,
//! siteVerification 20191119

mod directory;
mod gmail;
mod reseller;
mod users;

use crate::shape::Shape;

pub(crate) use directory::{
    ALIAS_SHAPE, ALIASES_SHAPE, DIRECTORY_CUSTOMER_SHAPE, DOMAIN_ALIAS_SHAPE, DOMAIN_ALIASES_SHAPE,
    DOMAIN_SHAPE, DOMAINS_SHAPE, GROUP_SHAPE, GROUPS_SHAPE, HAS_MEMBER_SHAPE, MEMBER_SHAPE,
    MEMBERS_SHAPE, ORG_UNIT_SHAPE, ORG_UNITS_SHAPE,
};
pub(crate) use gmail::{MESSAGE_SHAPE, PROFILE_SHAPE};
pub(crate) use reseller::{
    CHANGE_PLAN_SHAPE, CUSTOMER_SHAPE, RENEWAL_SHAPE, SEATS_SHAPE, SUBSCRIPTION_SHAPE,
    SUBSCRIPTIONS_SHAPE, WATCH_DETAILS_SHAPE, WATCH_SHAPE,
};
pub(crate) use users::{MAKE_ADMIN_SHAPE, UNDELETE_SHAPE, USER_SHAPE, USERS_SHAPE};

pub(crate) const LICENCE_INSERT_SHAPE: Shape = Shape::Object(&[("userId", Shape::Text)]);

pub(crate) const LICENCE_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etags", Shape::Text),
    ("selfLink", Shape::Text),
    ("userId", Shape::Text),
    ("productId", Shape::Text),
    ("productName", Shape::Text),
    ("skuId", Shape::Text),
    ("skuName", Shape::Text),
]);

pub(crate) const LICENCES_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("items", Shape::List(&LICENCE_SHAPE)),
    ("nextPageToken", Shape::Text),
]);

/// An object without members.
pub(crate) const EMPTY_SHAPE: Shape = Shape::Object(&[]);

const SITE: Shape = Shape::Object(&[("type", Shape::Text), ("identifier", Shape::Text)]);

pub(crate) const SITE_TOKEN_REQUEST_SHAPE: Shape =
    Shape::Object(&[("site", SITE), ("verificationMethod", Shape::Text)]);

pub(crate) const SITE_TOKEN_SHAPE: Shape =
    Shape::Object(&[("method", Shape::Text), ("token", Shape::Text)]);

pub(crate) const WEB_RESOURCE_SHAPE: Shape =
    Shape::Object(&[("id", Shape::Text), ("site", SITE), ("owners", Shape::List(&Shape::Text))]);

pub(crate) const WEB_RESOURCES_SHAPE: Shape =
    Shape::Object(&[("items", Shape::List(&WEB_RESOURCE_SHAPE))]);
