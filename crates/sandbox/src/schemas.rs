//! The messages that methods take, member by member, as the discovery documents have them. Never: a rule.
//! Source: discovery documents, reseller 20250511, admin directory_v1 20261104, licensing 20251108, gmail 20261005

use crate::shape::Shape;

pub(crate) const CUSTOMER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("customerId", Shape::Text),
    ("customerDomain", Shape::Text),
    ("customerDomainVerified", Shape::Bool),
    ("customerType", Shape::Text),
    ("alternateEmail", Shape::Text),
    ("phoneNumber", Shape::Text),
    ("postalAddress", ADDRESS_SHAPE),
    ("primaryAdmin", Shape::Object(&[("primaryEmail", Shape::Text)])),
    ("resourceUiUrl", Shape::Text),
]);

const ADDRESS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("contactName", Shape::Text),
    ("organizationName", Shape::Text),
    ("addressLine1", Shape::Text),
    ("addressLine2", Shape::Text),
    ("addressLine3", Shape::Text),
    ("locality", Shape::Text),
    ("region", Shape::Text),
    ("postalCode", Shape::Text),
    ("countryCode", Shape::Text),
]);

pub(crate) const SEATS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("numberOfSeats", Shape::Int32),
    ("maximumNumberOfSeats", Shape::Int32),
    ("licensedNumberOfSeats", Shape::Int32),
]);

const RENEWAL_SHAPE: Shape = Shape::Object(&[("kind", Shape::Text), ("renewalType", Shape::Text)]);

pub(crate) const SUBSCRIPTION_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("customerId", Shape::Text),
    ("customerDomain", Shape::Text),
    ("subscriptionId", Shape::Text),
    ("skuId", Shape::Text),
    ("skuName", Shape::Text),
    ("billingMethod", Shape::Text),
    ("creationTime", Shape::Int64),
    (
        "plan",
        Shape::Object(&[
            ("planName", Shape::Text),
            ("isCommitmentPlan", Shape::Bool),
            (
                "commitmentInterval",
                Shape::Object(&[("startTime", Shape::Int64), ("endTime", Shape::Int64)]),
            ),
        ]),
    ),
    ("seats", SEATS_SHAPE),
    ("trialSettings", Shape::Object(&[("isInTrial", Shape::Bool), ("trialEndTime", Shape::Int64)])),
    ("renewalSettings", RENEWAL_SHAPE),
    (
        "transferInfo",
        Shape::Object(&[
            ("transferabilityExpirationTime", Shape::Int64),
            ("minimumTransferableSeats", Shape::Int32),
            ("currentLegacySkuId", Shape::Text),
        ]),
    ),
    ("purchaseOrderId", Shape::Text),
    ("dealCode", Shape::Text),
    ("status", Shape::Text),
    ("suspensionReasons", Shape::List(&Shape::Text)),
    ("resourceUiUrl", Shape::Text),
]);

pub(crate) const USER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("id", Shape::Text),
    ("etag", Shape::Text),
    ("primaryEmail", Shape::Text),
    (
        "name",
        Shape::Object(&[
            ("givenName", Shape::Text),
            ("familyName", Shape::Text),
            ("fullName", Shape::Text),
            ("displayName", Shape::Text),
        ]),
    ),
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
    ("guestAccountInfo", Shape::Any),
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

pub(crate) const MAKE_ADMIN_SHAPE: Shape = Shape::Object(&[("status", Shape::Bool)]);

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

pub(crate) const MESSAGE_SHAPE: Shape = Shape::Object(&[
    ("id", Shape::Text),
    ("threadId", Shape::Text),
    ("labelIds", Shape::List(&Shape::Text)),
    ("snippet", Shape::Text),
    ("historyId", Shape::Int64),
    ("internalDate", Shape::Int64),
    ("sizeEstimate", Shape::Int32),
    ("raw", Shape::Text),
    ("payload", Shape::Any),
    ("classificationLabelValues", Shape::Any),
]);
