//! Messages about users of the Directory API. Source: discovery document admin directory_v1 20261104

use crate::shape::Shape;

const NAME: Shape = Shape::Object(&[
    ("givenName", Shape::Text),
    ("familyName", Shape::Text),
    ("fullName", Shape::Text),
    ("displayName", Shape::Text),
]);

pub(crate) const USER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("primaryEmail", Shape::Text),
    ("name", NAME),
    ("password", Shape::Text),
    ("hashFunction", Shape::Text),
    ("changePasswordAtNextLogin", Shape::Bool),
    ("orgUnitPath", Shape::Text),
    ("suspended", Shape::Bool),
    ("suspensionReason", Shape::Text),
    ("suspensionTime", Shape::Text),
    ("archived", Shape::Bool),
    ("archivalTime", Shape::Text),
    ("isAdmin", Shape::Bool),
    ("isDelegatedAdmin", Shape::Bool),
    ("agreedToTerms", Shape::Bool),
    ("ipWhitelisted", Shape::Bool),
    ("includeInGlobalAddressList", Shape::Bool),
    ("isMailboxSetup", Shape::Bool),
    ("isEnrolledIn2Sv", Shape::Bool),
    ("isEnforcedIn2Sv", Shape::Bool),
    ("isGuestUser", Shape::Bool),
    ("guestAccountInfo", Shape::Object(&[("primaryGuestEmail", Shape::Text)])),
    ("recoveryEmail", Shape::Text),
    ("recoveryPhone", Shape::Text),
    ("customerId", Shape::Text),
    ("creationTime", Shape::Text),
    ("deletionTime", Shape::Text),
    ("lastLoginTime", Shape::Text),
    ("thumbnailPhotoEtag", Shape::Text),
    ("thumbnailPhotoUrl", Shape::Text),
    ("aliases", Shape::List(&Shape::Text)),
    ("nonEditableAliases", Shape::List(&Shape::Text)),
    ("customSchemas", Shape::Any),
    ("addresses", Shape::Any),
    ("emails", Shape::Any),
    ("externalIds", Shape::Any),
    ("gender", Shape::Any),
    ("ims", Shape::Any),
    ("keywords", Shape::Any),
    ("languages", Shape::Any),
    ("locations", Shape::Any),
    ("notes", Shape::Any),
    ("organizations", Shape::Any),
    ("phones", Shape::Any),
    ("posixAccounts", Shape::Any),
    ("relations", Shape::Any),
    ("sshPublicKeys", Shape::Any),
    ("websites", Shape::Any),
]);

pub(crate) const USERS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("etag", Shape::Text),
    ("trigger_event", Shape::Text),
    ("users", Shape::List(&USER_SHAPE)),
    ("nextPageToken", Shape::Text),
]);

pub(crate) const MAKE_ADMIN_SHAPE: Shape = Shape::Object(&[("status", Shape::Bool)]);

pub(crate) const UNDELETE_SHAPE: Shape = Shape::Object(&[("orgUnitPath", Shape::Text)]);
