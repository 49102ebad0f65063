//! Answers as Google's documents and the sandbox have them, by what a call reads.
//! Source: google-semantics.md §2-§7, §13.

/// Bodies of a success of this method; the first is a whole one.
#[rustfmt::skip]
pub fn of(id: &str) -> &'static [&'static str] {
    match id {
        "reseller.customers.get" | "reseller.customers.insert" | "reseller.customers.patch"
        | "reseller.customers.update" => CUSTOMER,
        "reseller.subscriptions.list" => SUBSCRIPTIONS,
        id if id.starts_with("reseller.subscriptions.") && !id.ends_with("delete") => SUBSCRIPTION,
        id if id.starts_with("reseller.resellernotify") => WATCH,
        "directory.users.list" => USERS,
        "directory.users.get" | "directory.users.insert" | "directory.users.update" => USER,
        "directory.users.aliases.list" | "directory.users.aliases.insert" => ALIAS,
        "directory.customers.get" | "directory.customers.patch" => DIRECTORY_CUSTOMER,
        "directory.domains.list" | "directory.domains.get" | "directory.domains.insert" => DOMAIN,
        "directory.domainAliases.list" | "directory.domainAliases.get"
        | "directory.domainAliases.insert" => DOMAIN_ALIAS,
        "directory.orgunits.list" | "directory.orgunits.get" | "directory.orgunits.insert"
        | "directory.orgunits.update" => ORG_UNIT,
        "directory.groups.list" | "directory.groups.get" | "directory.groups.insert"
        | "directory.groups.update" => GROUP,
        "directory.members.list" | "directory.members.get" | "directory.members.insert"
        | "directory.members.update" => MEMBER,
        "licensing.licenseAssignments.delete" => EMPTY,
        id if id.starts_with("licensing.") => LICENSE,
        "gmail.users.getProfile" | "probe gmail" => PROFILE,
        "gmail.users.messages.send" | "step SendWelcomeMail" => MESSAGE,
        "siteVerification.webResource.getToken" => SITE_TOKEN,
        "siteVerification.webResource.insert" | "siteVerification.webResource.get" => WEB_RESOURCE,
        "oauth.token refresh" | "oauth.token code" => TOKEN,
        "oauth.tokeninfo" => TOKEN_INFO,
        "look" | "probe reseller" => CUSTOMER,
        _ => EMPTY,
    }
}

const EMPTY: &[&str] = &["", "{}"];
const CUSTOMER: &[&str] = &[
    r#"{"kind":"reseller#customer","customerId":"C04k2m9zq","customerDomain":"acme.example","customerDomainVerified":true,"customerType":"domain","alternateEmail":"ada@other.example","phoneNumber":"+442071234567","postalAddress":{"kind":"customers#address","contactName":"Ada Byron","organizationName":"Acme Ltd","postalCode":"EC1A 1BB","countryCode":"GB"},"resourceUiUrl":"https://admin.example/"}"#,
    r#"{"kind":"reseller#customer","customerId":"C01a2b3c4","customerDomain":"other.example","customerType":"domain"}"#,
];
const SUBSCRIPTION: &[&str] = &[
    r#"{"kind":"reseller#subscription","customerId":"C04k2m9zq","customerDomain":"acme-gmbh.example","subscriptionId":"7120045","skuId":"1010020028","skuName":"Google Workspace Business Standard","billingMethod":"ONLINE","creationTime":"1790000000000","plan":{"planName":"ANNUAL","isCommitmentPlan":true,"commitmentInterval":{"startTime":"1790000000000","endTime":"1821536000000"}},"seats":{"kind":"subscriptions#seats","numberOfSeats":12,"licensedNumberOfSeats":1},"trialSettings":{"isInTrial":false},"renewalSettings":{"kind":"subscriptions#renewalSettings","renewalType":"RENEW_CURRENT_USERS_MONTHLY_PAY"},"purchaseOrderId":"wsm-01J9-000042","status":"SUSPENDED","suspensionReasons":["PENDING_TOS_ACCEPTANCE"],"resourceUiUrl":"https://admin.example/"}"#,
    r#"{"subscriptionId":"1","plan":{"planName":"TRIAL","isCommitmentPlan":false},"seats":{"maximumNumberOfSeats":"10"},"trialSettings":{"isInTrial":true,"trialEndTime":"1792592000000"},"transferInfo":{"transferabilityExpirationTime":"1790100000000","minimumTransferableSeats":"4"},"status":"ACTIVE"}"#,
];
const SUBSCRIPTIONS: &[&str] = &[
    r#"{"kind":"reseller#subscriptions","subscriptions":[{"kind":"reseller#subscription","subscriptionId":"7","skuId":"1010020027","plan":{"planName":"FLEXIBLE"},"seats":{"maximumNumberOfSeats":5},"status":"ACTIVE"}],"nextPageToken":"a/b="}"#,
    r#"{"kind":"reseller#subscriptions"}"#,
];
const WATCH: &[&str] =
    &[r#"{"topicName":"projects/p/topics/t","serviceAccountEmailAddresses":["a@p.iam.example"]}"#];
const USER: &[&str] = &[
    r#"{"kind":"admin#directory#user","id":"117922","etag":"\"x\"","primaryEmail":"ada@acme.example","name":{"givenName":"Ada","familyName":"Byron","fullName":"Ada Byron"},"isAdmin":true,"isDelegatedAdmin":false,"suspended":false,"agreedToTerms":true,"isMailboxSetup":true,"orgUnitPath":"/","aliases":["a@acme.example"],"customerId":"C04k2m9zq","creationTime":"2026-11-23T10:00:00.000Z","lastLoginTime":"1970-01-01T00:00:00.000Z","externalIds":[{"value":"cus_01","type":"custom","customType":"seatwright"}]}"#,
];
const USERS: &[&str] = &[
    r#"{"kind":"admin#directory#users","etag":"\"x\"","users":[{"id":"1","primaryEmail":"a@b.example"}],"nextPageToken":"t"}"#,
];
const ALIAS: &[&str] = &[
    r#"{"kind":"admin#directory#alias","id":"1","alias":"a@acme.example","primaryEmail":"ada@acme.example","aliases":[{"alias":"a@acme.example"}]}"#,
];
const DIRECTORY_CUSTOMER: &[&str] = &[
    r#"{"kind":"admin#directory#customer","id":"C04k2m9zq","customerDomain":"acme.example","language":"de","customerCreationTime":"2026-11-23T10:00:00.000Z"}"#,
];
const DOMAIN: &[&str] = &[
    r#"{"kind":"admin#directory#domain","domainName":"acme.example","isPrimary":true,"verified":true,"creationTime":"1790000000000","domains":[{"domainName":"b.example"}],"domainAliases":[{"domainAliasName":"c.example"}]}"#,
];
const DOMAIN_ALIAS: &[&str] = &[
    r#"{"domainAliasName":"c.example","parentDomainName":"acme.example","verified":false,"creationTime":"1790000000000","domainAliases":[{"domainAliasName":"d.example"}]}"#,
];
const ORG_UNIT: &[&str] = &[
    r#"{"kind":"admin#directory#orgUnit","orgUnitId":"id:03","name":"north","orgUnitPath":"/sales/north","parentOrgUnitPath":"/sales","organizationUnits":[{"orgUnitPath":"/a"}]}"#,
];
const GROUP: &[&str] = &[
    r#"{"kind":"admin#directory#group","id":"g1","email":"all@acme.example","name":"All","directMembersCount":"7","adminCreated":true,"groups":[{"id":"g2","directMembersCount":8}]}"#,
];
const MEMBER: &[&str] = &[
    r#"{"kind":"admin#directory#member","id":"m1","email":"ada@acme.example","role":"MEMBER","type":"USER","status":"ACTIVE","members":[{"id":"C1","type":"CUSTOMER"}]}"#,
];
const LICENSE: &[&str] = &[
    r#"{"kind":"licensing#licenseAssignment","etags":"\"x\"","userId":"a@acme.example","productId":"Google-Apps","skuId":"1010020028","skuName":"Google Workspace Business Standard","items":[{"skuId":"1"}],"nextPageToken":"t"}"#,
];
const MESSAGE: &[&str] = &[r#"{"id":"18c2","threadId":"18c2","labelIds":["SENT"]}"#];
const PROFILE: &[&str] =
    &[r#"{"emailAddress":"a@b.example","messagesTotal":3,"threadsTotal":2,"historyId":"1"}"#];
const SITE_TOKEN: &[&str] = &[r#"{"method":"DNS_TXT","token":"google-site-verification=abc"}"#];
const WEB_RESOURCE: &[&str] = &[
    r#"{"id":"dns%3A%2F%2Facme.example","site":{"type":"INET_DOMAIN","identifier":"acme.example"},"owners":["a@acme.example"]}"#,
];
const TOKEN: &[&str] = &[
    r#"{"access_token":"ya29.x","expires_in":3599,"refresh_token":"1//0x","scope":"openid https://www.googleapis.com/auth/apps.order","token_type":"Bearer","id_token":"e30.eyJhdWQiOiJjbGllbnQtMSJ9.c2ln"}"#,
];
const TOKEN_INFO: &[&str] = &[
    r#"{"aud":"client-1","azp":"client-1","sub":"117","scope":"openid","expires_in":"3599","email":"a@b.example"}"#,
];

/// Reasons, canonical names and codes of every kind, and one nobody has heard of.
pub const REASONS: &[&str] = &[
    "badRequest",
    "invalid",
    "failedPrecondition",
    "authError",
    "forbidden",
    "accessNotConfigured",
    "insufficientPermissions",
    "domainCannotUseApis",
    "domainPolicy",
    "dailyLimitExceeded",
    "quotaExceeded",
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "notFound",
    "duplicate",
    "conflict",
    "conditionNotMet",
    "limitExceeded",
    "invalidParameter",
    "backendError",
    "internalError",
    "somethingNew",
    "INVALID_ARGUMENT",
    "FAILED_PRECONDITION",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "ABORTED",
    "RESOURCE_EXHAUSTED",
    "CANCELLED",
    "INTERNAL",
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "SERVICE_DISABLED",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "CONSUMER_INVALID",
    "CONSUMER_SUSPENDED",
    "USER_PROJECT_DENIED",
    "ACCOUNT_STATE_INVALID",
    "SECURITY_POLICY_VIOLATED",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_QUOTA_EXCEEDED",
    "invalid_grant",
    "invalid_client",
    "invalid_request",
    "invalid_token",
    "invalid_scope",
    "unauthorized_client",
    "deleted_client",
    "admin_policy_enforced",
    "org_internal",
    "access_denied",
    "internal_failure",
    "temporarily_unavailable",
    "redirect_uri_mismatch",
    "",
];

pub const MESSAGES: &[&str] = &[
    "",
    "Forbidden",
    "Not Authorized to access this resource/api",
    "User creation is not complete.",
    "User already has a license for the specified product and SKU",
    "Request rate higher than configured",
    "User-rate limit exceeded.  Retry after 2026-09-21T14:23:20.000Z (Mail sending)",
    "Too many concurrent requests for user",
    "Resource Not Found: userKey",
    "Resource Not Found: memberKey",
    "Entity already exists.",
    "Mail service not enabled",
    "Retry after",
    "Retry after 9999-99-99",
    "API has not been used. Enable it by visiting https://console.developers.google.com/apis?project=7 then retry.",
    "The requested URL /apps/reseller/v1/subscriptions?customerAuthToken=%SECRET% was not found.",
    "Invalid value: %SECRET%",
    "%SECRET%",
];
