//! The Directory API's bodies, read tolerantly. Source: google-semantics.md §3.2, §3.4, §3.5
//! {DISC-DIR}.

use crate::wire::{Int64, Secret, wire};
use domain::observed::ObservedAdmin;
use serde_json::Value;

/// `customType` of the external id that marks our own users.
const OURS: &str = "seatwright";

wire! {
    sends NewUser {
        "primaryEmail" primary_email: String,
        "name" name: NewName,
        /// 8 to 100 ASCII characters.
        "password" password: Secret,
        "changePasswordAtNextLogin" change_password_at_next_login: bool,
        "orgUnitPath" org_unit_path: Option<String>,
        "recoveryEmail" recovery_email: Option<String>,
        "externalIds" external_ids: Vec<NewExternalId>,
    }

    sends NewName {
        "givenName" given_name: String,
        "familyName" family_name: String,
    }

    sends NewExternalId {
        "value" value: String,
        "type" kind: &'static str,
        "customType" custom_type: &'static str,
    }

    /// What changes; the rest stays, also in a PUT. Source: google-semantics.md §3.3.
    sends UserChange {
        /// The old address stays as an alias.
        "primaryEmail" primary_email: Option<String>,
        "name" name: Option<NewName>,
        "password" password: Option<Secret>,
        "changePasswordAtNextLogin" change_password_at_next_login: Option<bool>,
        "suspended" suspended: Option<bool>,
        "archived" archived: Option<bool>,
        "orgUnitPath" org_unit_path: Option<String>,
        "recoveryEmail" recovery_email: Option<String>,
        /// In E.164.
        "recoveryPhone" recovery_phone: Option<String>,
    }

    sends MakeAdmin {
        "status" status: bool,
    }

    sends Undelete {
        "orgUnitPath" org_unit_path: String,
    }

    sends NewAlias {
        "alias" alias: String,
    }

    sends CustomerChange {
        /// Of users made from then on.
        "language" language: Option<String>,
        "alternateEmail" alternate_email: Option<String>,
        "phoneNumber" phone_number: Option<String>,
        /// Makes a verified secondary domain the primary one.
        "customerDomain" customer_domain: Option<String>,
    }

    sends NewDomain {
        "domainName" domain_name: String,
    }

    sends NewDomainAlias {
        "domainAliasName" domain_alias_name: String,
        "parentDomainName" parent_domain_name: String,
    }

    sends NewOrgUnit {
        "name" name: String,
        "parentOrgUnitPath" parent_org_unit_path: String,
        "description" description: Option<String>,
    }

    sends OrgUnitChange {
        "name" name: Option<String>,
        "parentOrgUnitPath" parent_org_unit_path: Option<String>,
        "description" description: Option<String>,
    }

    /// Which org units a list shows.
    words Below {
        All = "all",
        Children = "children",
    }

    sends NewGroup {
        "email" email: String,
        "name" name: Option<String>,
        "description" description: Option<String>,
    }

    sends GroupChange {
        "email" email: Option<String>,
        "name" name: Option<String>,
        "description" description: Option<String>,
    }

    sends NewMember {
        "email" email: String,
        "role" role: Role,
    }

    sends MemberChange {
        "role" role: Role,
    }

    words Role {
        Owner = "OWNER",
        Manager = "MANAGER",
        Member = "MEMBER",
    }
}

impl NewExternalId {
    /// Marks what we made, by our own id of it.
    #[must_use]
    pub fn ours(value: &str) -> NewExternalId {
        NewExternalId { value: value.to_owned(), kind: "custom", custom_type: OURS }
    }
}

wire! {
    reads User needs "id" id {
        "id" id: String,
        "primaryEmail" primary_email: String,
        "name" name: Name,
        "isAdmin" is_admin: bool,
        "isDelegatedAdmin" is_delegated_admin: bool,
        "suspended" suspended: bool,
        "suspensionReason" suspension_reason: String,
        "archived" archived: bool,
        "agreedToTerms" agreed_to_terms: bool,
        "isMailboxSetup" is_mailbox_setup: bool,
        "orgUnitPath" org_unit_path: String,
        "aliases" aliases: Vec<String>,
        "recoveryEmail" recovery_email: String,
        "customerId" customer_id: String,
        /// RFC 3339.
        "creationTime" creation_time: String,
        /// RFC 3339; 1970 for never.
        "lastLoginTime" last_login_time: String,
        "deletionTime" deletion_time: String,
        /// Of type `any` at Google, so anything may be in it.
        "externalIds" external_ids: Value,
    }

    reads Name {
        "givenName" given_name: String,
        "familyName" family_name: String,
        "fullName" full_name: String,
    }

    /// One page.
    reads Users {
        "users" users: Vec<User>,
        "nextPageToken" next_page_token: String,
    }

    reads Alias needs "alias" alias {
        "alias" alias: String,
        "id" id: String,
        "primaryEmail" primary_email: String,
    }

    /// An entry is of type `any` in the discovery document.
    reads Aliases {
        "aliases" aliases: Vec<Value>,
    }

    reads Customer needs "id" id {
        "id" id: String,
        "customerDomain" customer_domain: String,
        "alternateEmail" alternate_email: String,
        "phoneNumber" phone_number: String,
        "language" language: String,
        /// RFC 3339.
        "customerCreationTime" customer_creation_time: String,
    }

    reads Domains {
        "domains" domains: Vec<Domain>,
    }

    reads Domain needs "domainName" domain_name {
        "domainName" domain_name: String,
        "isPrimary" is_primary: bool,
        "verified" verified: bool,
        /// In ms.
        "creationTime" creation_time: Int64,
        "domainAliases" domain_aliases: Vec<DomainAlias>,
    }

    reads DomainAliases {
        "domainAliases" domain_aliases: Vec<DomainAlias>,
    }

    reads DomainAlias needs "domainAliasName" domain_alias_name {
        "domainAliasName" domain_alias_name: String,
        "parentDomainName" parent_domain_name: String,
        "verified" verified: bool,
        /// In ms.
        "creationTime" creation_time: Int64,
    }

    reads OrgUnits {
        "organizationUnits" organization_units: Vec<OrgUnit>,
    }

    reads OrgUnit needs "orgUnitPath" org_unit_path {
        "orgUnitId" org_unit_id: String,
        "orgUnitPath" org_unit_path: String,
        "name" name: String,
        "description" description: String,
        "parentOrgUnitId" parent_org_unit_id: String,
        "parentOrgUnitPath" parent_org_unit_path: String,
    }

    /// One page.
    reads Groups {
        "groups" groups: Vec<Group>,
        "nextPageToken" next_page_token: String,
    }

    reads Group needs "id" id {
        "id" id: String,
        "email" email: String,
        "name" name: String,
        "description" description: String,
        "directMembersCount" direct_members_count: Int64,
        "adminCreated" admin_created: bool,
        "aliases" aliases: Vec<String>,
    }

    /// One page.
    reads Members {
        "members" members: Vec<Member>,
        "nextPageToken" next_page_token: String,
    }

    reads Member needs "id" id {
        "id" id: String,
        /// Not of a member that is a whole customer.
        "email" email: String,
        "role" role: String,
        "type" kind: String,
        "status" status: String,
    }
}

impl User {
    pub(crate) fn observed(self, external_id: &str) -> ObservedAdmin {
        ObservedAdmin {
            ours: self.carries(external_id),
            google_id: self.id,
            email: self.primary_email,
            is_admin: self.is_admin,
            suspended: self.suspended,
            agreed_to_terms: self.agreed_to_terms,
        }
    }

    /// We made it, under this id of ours.
    #[must_use]
    pub fn carries(&self, external_id: &str) -> bool {
        let is_ours = |id: &Value| {
            id["type"] == "custom" && id["customType"] == OURS && id["value"] == external_id
        };
        self.external_ids.as_array().is_some_and(|ids| ids.iter().any(is_ours))
    }
}
