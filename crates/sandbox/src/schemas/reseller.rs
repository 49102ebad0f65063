//! Messages of the Reseller API. Source: discovery document reseller 20250511

use crate::shape::Shape;

pub(crate) const CUSTOMER_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("customerId", Shape::Text),
    ("customerDomain", Shape::Text),
    ("customerDomainVerified", Shape::Bool),
    ("customerType", Shape::Enum(&["customerTypeUnspecified", "domain", "team"])),
    ("alternateEmail", Shape::Text),
    ("phoneNumber", Shape::Text),
    ("postalAddress", ADDRESS),
    ("primaryAdmin", Shape::Object(&[("primaryEmail", Shape::Text)])),
    ("resourceUiUrl", Shape::Text),
]);

const ADDRESS: Shape = Shape::Object(&[
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

pub(crate) const RENEWAL_SHAPE: Shape =
    Shape::Object(&[("kind", Shape::Text), ("renewalType", Shape::Text)]);

pub(crate) const CHANGE_PLAN_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("planName", Shape::Text),
    ("seats", SEATS_SHAPE),
    ("purchaseOrderId", Shape::Text),
    ("dealCode", Shape::Text),
]);

const PLAN: Shape = Shape::Object(&[
    ("planName", Shape::Text),
    ("isCommitmentPlan", Shape::Bool),
    (
        "commitmentInterval",
        Shape::Object(&[("startTime", Shape::Int64), ("endTime", Shape::Int64)]),
    ),
]);

pub(crate) const SUBSCRIPTION_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("customerId", Shape::Text),
    ("customerDomain", Shape::Text),
    ("subscriptionId", Shape::Text),
    ("skuId", Shape::Text),
    ("skuName", Shape::Text),
    ("billingMethod", Shape::Text),
    ("creationTime", Shape::Int64),
    ("plan", PLAN),
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

pub(crate) const SUBSCRIPTIONS_SHAPE: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("subscriptions", Shape::List(&SUBSCRIPTION_SHAPE)),
    ("nextPageToken", Shape::Text),
]);

pub(crate) const WATCH_DETAILS_SHAPE: Shape = Shape::Object(&[
    ("serviceAccountEmailAddresses", Shape::List(&Shape::Text)),
    ("topicName", Shape::Text),
]);

pub(crate) const WATCH_SHAPE: Shape = Shape::Object(&[("topicName", Shape::Text)]);
