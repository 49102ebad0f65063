//! What the members of Google's bodies, parameters and headers are, by name: the one list that redaction
//! goes by, and the replay after it. Never: a value.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What kind of value a member holds, and so what may stay of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// One of Google's own words, such as a status or a reason. Stays.
    Word,
    /// A sentence or name of Google's; words that are not Google's are replaced.
    Prose,
    /// Of a product or SKU. Stays.
    Product,
    /// In ms, seconds or RFC 3339. Stays.
    Time,
    /// Stays, also where it is written as a text.
    Count,
    /// Or a language: two letters, or twice two. Stays.
    Country,
    /// OAuth scopes. Google's own stay.
    Scopes,
    /// A password, a token, a mail. Nothing stays.
    Secret,
    Email,
    Domain,
    Phone,
    /// Letters stay letters and digits digits.
    Postal,
    /// An address on the web.
    Link,
    /// A version of something, in quotes.
    Etag,
    /// Path of an organisational unit.
    UnitPath,
    /// An id or a text of somebody's own; the word for it in a pseudonym.
    Own(&'static str),
    /// Not on the list; replaced by its shape.
    Unknown,
}

use Nature::{
    Count, Country, Domain, Email, Etag, Link, Own, Phone, Postal, Product, Prose, Scopes, Secret,
    Time, UnitPath, Unknown, Word,
};

/// Source: the discovery documents; google-semantics.md §2.2, §2.6, §3.2, §4, §5.1, §6, §7.2.
const MEMBERS: &[(Nature, &str)] = &[
    (
        Word,
        "kind type status role action deletionType reason @type locationType location \
         planName billingMethod renewalType suspensionReasons suspensionReason customerType \
         projection orderBy sortOrder viewType event verificationMethod method delivery_settings \
         quotaType alt prettyPrint $.xgafv uploadType fields labelIds \
         grant_type token_type error error_subtype access_type cancellationReason service \
         protocol preference keywords field operatingSystemType hashFunction \
         showDeleted includeDerivedMembership resolveConflictAccount quota_metric quota_limit \
         quota_unit quota_location consumer",
    ),
    (
        Prose,
        "message query skuName productName error_description title www-authenticate content-type",
    ),
    (Product, "skuId productId sourceSkuId currentLegacySkuId"),
    (
        Time,
        "creationTime startTime endTime trialEndTime transferabilityExpirationTime lastLoginTime \
         deletionTime suspensionTime archivalTime customerCreationTime retryDelay internalDate \
         expirationTimeUsec",
    ),
    (
        Count,
        "numberOfSeats maximumNumberOfSeats licensedNumberOfSeats minimumTransferableSeats \
         directMembersCount maxResults pageSize code expires_in sizeEstimate resultSizeEstimate \
         messagesTotal threadsTotal size retry-after quota_limit_value version",
    ),
    (Country, "countryCode country language languageCode"),
    (Scopes, "scope scopes"),
    (
        Secret,
        "password raw customerAuthToken access_token refresh_token id_token client_secret client_id \
         code_verifier token oauth_token key payload snippet data photoData aud azp sub assertion \
         redirect_uri state error_uri",
    ),
    (
        Email,
        "primaryEmail alternateEmail email recoveryEmail emailAddress alias aliases \
         nonEditableAliases serviceAccountEmailAddress serviceAccountEmailAddresses \
         owners userId userKey groupKey memberKey quotaUser",
    ),
    (Domain, "customerDomain domainName domainAliasName parentDomainName domain"),
    (Phone, "phoneNumber recoveryPhone"),
    (Postal, "postalCode"),
    (Link, "resourceUiUrl selfLink thumbnailPhotoUrl url activationUrl identifier"),
    (Etag, "etag etags thumbnailPhotoEtag"),
    (UnitPath, "orgUnitPath parentOrgUnitPath"),
    (Own("order"), "purchaseOrderId"),
    (Own("deal"), "dealCode"),
    (Own("page"), "pageToken nextPageToken"),
    (Own("organization"), "organizationName"),
    (Own("contact"), "contactName"),
    (Own("line"), "addressLine1 addressLine2 addressLine3 streetAddress formatted"),
    (Own("locality"), "locality"),
    (Own("region"), "region"),
    (Own("given-name"), "givenName"),
    (Own("family-name"), "familyName"),
    (Own("full-name"), "fullName displayName"),
    (Own("name"), "name"),
    (Own("description"), "description"),
    (Own("prefix"), "customerNamePrefix"),
    (Own("value"), "value"),
    (Own("custom-type"), "customType"),
    (Own("topic"), "topicName"),
    (Own("subscription"), "subscriptionId"),
    (Own("unit"), "orgUnitId parentOrgUnitId"),
    (Own("message"), "threadId historyId"),
    (
        Unknown,
        "id customerId customer customerKey requestId request_id ipWhitelisted site seats plan \
         postalAddress primaryAdmin subscriptions renewalSettings trialSettings transferInfo \
         commitmentInterval items users domains domainAliases organizationUnits groups members emails \
         externalIds phones addresses organizations relations ims websites locations languages \
         posixAccounts sshPublicKeys gender notes errors details metadata links fieldViolations \
         customSchemas isAdmin isDelegatedAdmin isMailboxSetup isPrimary isCommitmentPlan isInTrial \
         isEnrolledIn2Sv isEnforcedIn2Sv isGuestUser includeInGlobalAddressList agreedToTerms \
         changePasswordAtNextLogin archived suspended verified customerDomainVerified adminCreated \
         blockInheritance primary systemId",
    ),
];

static BY_NAME: LazyLock<BTreeMap<&'static str, Nature>> = LazyLock::new(|| {
    let of = |(nature, names): &(Nature, &'static str)| {
        let nature = *nature;
        names.split_whitespace().map(move |name| (name, nature)).collect::<Vec<_>>()
    };
    MEMBERS.iter().flat_map(of).collect()
});

/// What a member is by its own name and that of the object it stands in.
///
/// Within `within` `error`, `errors`, `details` or `fieldViolations` Google itself speaks.
#[must_use]
pub fn nature(name: &str, within: &str) -> Nature {
    let refusal = matches!(within, "error" | "errors" | "details" | "fieldViolations" | "links");
    match (name, within) {
        ("domain", _) if refusal => return Word,
        ("description", _) if refusal => return Prose,
        ("address", "emails") => return Email,
        _ => {}
    }
    BY_NAME.get(name).copied().unwrap_or(Unknown)
}

/// Whether a member's own name may stay.
pub(super) fn is_known(name: &str) -> bool {
    BY_NAME.contains_key(name) || super::vocabulary::knows(name)
}

#[cfg(test)]
mod tests {
    use super::{BY_NAME, MEMBERS};

    #[test]
    fn every_member_is_listed_once() {
        let count: usize = MEMBERS.iter().map(|(_, names)| names.split_whitespace().count()).sum();
        assert_eq!(count, BY_NAME.len());
    }
}
