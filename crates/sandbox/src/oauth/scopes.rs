//! The scopes this Google knows, as data, in words for the consent page. Never: who needs which (see `methods`).
//! Source: google-semantics.md §1.8

use std::collections::BTreeSet;

pub(crate) const PREFIX: &str = "https://www.googleapis.com/auth/";
pub(crate) const OPENID: &str = "openid";

/// Scopes that only tell who signed in; they have no box on the consent page.
const SIGN_IN: [&str; 5] = ["openid", "email", "profile", "userinfo.email", "userinfo.profile"];

/// What a scope allows, without the prefix where it has it.
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("apps.order", "Manage your customers and their Google Workspace subscriptions as a reseller"),
    ("apps.order.readonly", "See your customers and their subscriptions as a reseller"),
    (
        "admin.directory.user",
        "See, create, change and delete users of your and your customers' domains",
    ),
    ("admin.directory.user.readonly", "See users of your and your customers' domains"),
    ("admin.directory.user.alias", "Manage user aliases"),
    ("admin.directory.user.alias.readonly", "See user aliases"),
    ("admin.directory.user.security", "Manage users' access to applications, and sign users out"),
    ("admin.directory.customer", "See and change customer records (language, address, contact)"),
    ("admin.directory.customer.readonly", "See customer records"),
    ("admin.directory.domain", "Manage the domains of customers"),
    ("admin.directory.domain.readonly", "See the domains of customers"),
    ("admin.directory.orgunit", "Manage organisational units"),
    ("admin.directory.orgunit.readonly", "See organisational units"),
    ("admin.directory.group", "Manage groups"),
    ("admin.directory.group.readonly", "See groups"),
    ("admin.directory.group.member", "Manage who is in a group"),
    ("admin.directory.group.member.readonly", "See who is in a group"),
    ("admin.directory.rolemanagement", "Manage delegated administrator roles"),
    ("apps.licensing", "See and manage Google Workspace licences of users"),
    ("gmail.send", "Send e-mail on your behalf"),
    ("gmail.addons.current.action.compose", "Manage drafts and send e-mail when you use an add-on"),
    ("gmail.readonly", "Read your e-mail and settings"),
    ("gmail.metadata", "See the headers of your e-mail, not its text"),
    ("gmail.compose", "Write drafts and send e-mail on your behalf"),
    ("gmail.modify", "Read, write and send e-mail on your behalf"),
    ("https://mail.google.com/", "Read, write, send and delete all your e-mail"),
    ("gmail.settings.basic", "See and change your e-mail settings and filters"),
    ("gmail.settings.sharing", "Manage who may use your mailbox"),
    ("siteverification", "Manage the sites and domains that you have verified"),
    ("siteverification.verify_only", "Verify sites and domains"),
    ("apps.reports.usage.readonly", "See usage reports"),
    ("cloud-platform", "See, change and delete your Google Cloud data"),
];

/// The scope without its prefix.
pub(crate) fn short(scope: &str) -> &str {
    scope.strip_prefix(PREFIX).unwrap_or(scope)
}

pub(crate) fn is_sign_in(scope: &str) -> bool {
    SIGN_IN.contains(&short(scope))
}

/// `None`: this Google doesn't know the scope.
pub(crate) fn description(scope: &str) -> Option<&'static str> {
    if is_sign_in(scope) {
        return Some("See your e-mail address and basic profile");
    }
    let known = DESCRIPTIONS.iter().find(|(name, _)| full(name) == scope)?;
    Some(known.1)
}

/// The scope as it stands in requests and answers.
pub(crate) fn full(name: &str) -> String {
    if name.contains(':') || matches!(name, "openid" | "email" | "profile") {
        name.to_owned()
    } else {
        format!("{PREFIX}{name}")
    }
}

/// Whether it opens a mailbox; such tokens die with the password. Source: google-semantics.md §1.4 {O-2}
pub(crate) fn is_gmail(scope: &str) -> bool {
    scope == "https://mail.google.com/" || short(scope).starts_with("gmail.")
}

/// Whether an organisation's session control covers it. Source: google-semantics.md §1.4 (6) {O-2}
pub(crate) fn is_cloud(scope: &str) -> bool {
    short(scope) == "cloud-platform"
}

/// The scopes of an answer, in one string.
pub(crate) fn joined(scopes: &BTreeSet<String>, expand: bool) -> String {
    let named: BTreeSet<String> = scopes
        .iter()
        .map(|scope| match (expand, scope.as_str()) {
            (true, "email" | "profile") => format!("{PREFIX}userinfo.{scope}"),
            _ => scope.clone(),
        })
        .collect();
    named.into_iter().collect::<Vec<_>>().join(" ")
}
