//! The Directory API.

use super::{Calls, empty, nothing};
use google::directory::{
    Below, CustomerChange, GroupChange, NewExternalId, NewGroup, NewName, NewOrgUnit, NewUser,
    OrgUnitChange, Role, UserChange, delete_alias, delete_domain, delete_domain_alias,
    delete_group, delete_member, delete_org_unit, delete_user, get_customer, get_domain,
    get_domain_alias, get_group, get_member, get_org_unit, get_user, insert_alias, insert_domain,
    insert_domain_alias, insert_group, insert_member, insert_org_unit, insert_user, list_aliases,
    list_deleted_users, list_domain_aliases, list_domains, list_groups, list_groups_of_domain,
    list_groups_of_user, list_members, list_org_units, list_users, list_users_of_domain,
    make_admin, patch_customer, search_users, undelete_user, update_group, update_member,
    update_org_unit, update_user,
};
use google::{Int64, Secret};
use serde_json::{Value, json};

const BASE: &str = "/admin/directory/v1";

fn user() -> Value {
    json!({"kind": "admin#directory#user", "id": "117922", "etag": "\"x\"",
        "primaryEmail": "ada@acme.example", "name": {"givenName": "Ada", "familyName": "Byron"},
        "isAdmin": true, "suspended": true, "suspensionReason": "ADMIN", "archived": false,
        "orgUnitPath": "/", "aliases": ["a@acme.example"], "customerId": "C04k2m9zq",
        "creationTime": "2026-11-23T10:00:00.000Z", "lastLoginTime": "1970-01-01T00:00:00.000Z",
        "externalIds": [{"value": "usr_1", "type": "custom", "customType": "seatwright"}]})
}

fn secret(text: &str) -> Secret {
    Secret::from(&text.to_owned().into())
}

pub async fn users(on: &mut Calls) {
    let page = json!({"kind": "admin#directory#users", "users": [user(), user()],
        "nextPageToken": "t"});
    let line = format!("GET {BASE}/users?customer=C04k2m9zq&maxResults=500");
    let shown = on.page(list_users("C04k2m9zq"), &line, page.clone()).await;
    assert_eq!((shown.users.len(), shown.next_page_token.as_str()), (2, "t"));
    let line =
        format!("GET {BASE}/users?customer=C1&query=email%3Aa*+isAdmin%3Dtrue&maxResults=500");
    on.page(search_users("C1", "email:a* isAdmin=true"), &line, page.clone()).await;
    let line = format!("GET {BASE}/users?domain=acme.example&maxResults=500");
    on.page(list_users_of_domain("acme.example"), &line, page).await;
    let line = format!("GET {BASE}/users?customer=C1&showDeleted=true&maxResults=500");
    let deleted = json!({"users": [{"id": "1", "deletionTime": "2026-11-20T10:00:00.000Z"}]});
    let shown = on.page(list_deleted_users("C1"), &line, deleted).await;
    assert_eq!(shown.users[0].deletion_time, "2026-11-20T10:00:00.000Z");

    let line = format!("GET {BASE}/users/ada+1@acme.example");
    let shown = on.read(get_user("ada+1@acme.example"), &line, user()).await;
    assert!(shown.is_admin && shown.suspended && !shown.archived);
    assert!(shown.carries("usr_1") && !shown.carries("usr_2"));
    assert_eq!(shown.name.given_name, "Ada");
}

pub async fn changes_of_users(on: &mut Calls) {
    let new = NewUser {
        primary_email: "ada@Acme.example".into(),
        name: NewName { given_name: "Ada".into(), family_name: "Byron".into() },
        password: secret("first-password"),
        change_password_at_next_login: true,
        org_unit_path: Some("/sales".into()),
        recovery_email: None,
        external_ids: vec![NewExternalId::ours("usr_1")],
    };
    assert!(!format!("{new:?}").contains("first-password"), "{new:?}");
    let body = json!({"primaryEmail": "ada@Acme.example", "password": "first-password",
        "name": {"givenName": "Ada", "familyName": "Byron"}, "changePasswordAtNextLogin": true,
        "orgUnitPath": "/sales",
        "externalIds": [{"value": "usr_1", "type": "custom", "customType": "seatwright"}]});
    let shown = on.change(insert_user(&new), &format!("POST {BASE}/users"), body, user()).await;
    assert_eq!(shown.id, "117922");

    let change = UserChange {
        primary_email: Some("lovelace@acme.example".into()),
        name: None,
        password: Some(secret("second-password")),
        change_password_at_next_login: Some(false),
        suspended: Some(true),
        archived: None,
        org_unit_path: None,
        recovery_email: None,
        recovery_phone: Some("+442071234567".into()),
    };
    let body = json!({"primaryEmail": "lovelace@acme.example", "password": "second-password",
        "changePasswordAtNextLogin": false, "suspended": true, "recoveryPhone": "+442071234567"});
    let line = |verb: &str, rest: &str| format!("{verb} {BASE}/users/117922{rest}");
    on.change(update_user("117922", &change), &line("PUT", ""), body, user()).await;
    on.change(delete_user("117922"), &line("DELETE", ""), nothing(), nothing()).await;
    let body = json!({"orgUnitPath": "/"});
    on.change(undelete_user("117922", "/"), &line("POST", "/undelete"), body, nothing()).await;
    for status in [true, false] {
        let (line, body) = (line("POST", "/makeAdmin"), json!({"status": status}));
        on.change(make_admin("117922", status), &line, body, nothing()).await;
    }
}

pub async fn aliases_and_customers(on: &mut Calls) {
    let line = |verb: &str| format!("{verb} {BASE}/users/ada@acme.example/aliases");
    let aliases = json!({"kind": "admin#directory#aliases",
        "aliases": [{"alias": "a@acme.example", "id": "1"}, "odd"]});
    let shown = on.read(list_aliases("ada@acme.example"), &line("GET"), aliases).await;
    assert_eq!(shown.aliases[0]["alias"], "a@acme.example");
    let body = json!({"alias": "a@acme.example"});
    let insert = insert_alias("ada@acme.example", "a@acme.example");
    let shown = on.change(insert, &line("POST"), body.clone(), body).await;
    assert_eq!(shown.alias, "a@acme.example");
    let delete = delete_alias("ada@acme.example", "a/b@acme.example");
    let line = format!("{}/a%2Fb@acme.example", line("DELETE"));
    on.change(delete, &line, nothing(), nothing()).await;

    let customer = json!({"kind": "admin#directory#customer", "id": "C04k2m9zq",
        "customerDomain": "acme.example", "language": "de"});
    let line = |verb: &str| format!("{verb} {BASE}/customers/C04k2m9zq");
    let shown = on.read(get_customer("C04k2m9zq"), &line("GET"), customer.clone()).await;
    assert_eq!(shown.language, "de");
    let change = CustomerChange {
        language: Some("de".into()),
        alternate_email: None,
        phone_number: None,
        customer_domain: None,
    };
    let patch = patch_customer("C04k2m9zq", &change);
    on.change(patch, &line("PATCH"), json!({"language": "de"}), customer).await;
}

pub async fn domains(on: &mut Calls) {
    let domain = json!({"kind": "admin#directory#domain", "domainName": "acme.example",
        "isPrimary": true, "verified": true, "creationTime": "1790000000000",
        "domainAliases": [{"domainAliasName": "alias.example"}]});
    let line = |verb: &str, rest: &str| format!("{verb} {BASE}/customer/C1/domains{rest}");
    let all = json!({"domains": [domain.clone(), {"domainName": "b.example", "creationTime": 5}]});
    let shown = on.read(list_domains("C1"), &line("GET", ""), all).await;
    assert!(shown.domains[0].is_primary && !shown.domains[1].verified);
    let times = (shown.domains[0].creation_time, shown.domains[1].creation_time);
    assert_eq!(times, (Int64(1_790_000_000_000), Int64(5)));
    let get = get_domain("C1", "acme.example");
    let shown = on.read(get, &line("GET", "/acme.example"), domain.clone()).await;
    assert_eq!(shown.domain_aliases[0].domain_alias_name, "alias.example");
    let body = json!({"domainName": "b.example"});
    on.change(insert_domain("C1", "b.example"), &line("POST", ""), body, domain).await;
    let delete = delete_domain("C1", "b.example");
    on.change(delete, &line("DELETE", "/b.example"), nothing(), nothing()).await;

    let alias = json!({"domainAliasName": "alias.example", "parentDomainName": "acme.example",
        "verified": false, "creationTime": "1790000000000"});
    let line = |verb: &str, rest: &str| format!("{verb} {BASE}/customer/C1/domainaliases{rest}");
    let all = json!({"domainAliases": [alias.clone()]});
    let list = list_domain_aliases("C1", None);
    assert_eq!(on.read(list, &line("GET", ""), all.clone()).await.domain_aliases.len(), 1);
    let of = list_domain_aliases("C1", Some("acme.example"));
    on.read(of, &line("GET", "?parentDomainName=acme.example"), all).await;
    let get = get_domain_alias("C1", "alias.example");
    on.read(get, &line("GET", "/alias.example"), alias.clone()).await;
    let body = json!({"domainAliasName": "alias.example", "parentDomainName": "acme.example"});
    let insert = insert_domain_alias("C1", "alias.example", "acme.example");
    let shown = on.change(insert, &line("POST", ""), body, alias).await;
    assert_eq!(shown.parent_domain_name, "acme.example");
    let delete = delete_domain_alias("C1", "alias.example");
    on.change(delete, &line("DELETE", "/alias.example"), nothing(), nothing()).await;
}

pub async fn org_units(on: &mut Calls) {
    let unit = json!({"kind": "admin#directory#orgUnit", "orgUnitId": "id:03", "name": "north",
        "orgUnitPath": "/sales team/north", "parentOrgUnitPath": "/sales team"});
    let line = |verb: &str, rest: &str| format!("{verb} {BASE}/customer/C1/orgunits{rest}");
    let all = json!({"organizationUnits": [unit.clone()]});
    for (below, word) in [(Below::All, "all"), (Below::Children, "children")] {
        let list = list_org_units("C1", "/sales team", below);
        let line = line("GET", &format!("?orgUnitPath=%2Fsales+team&type={word}"));
        let shown = on.read(list, &line, all.clone()).await;
        assert_eq!(shown.organization_units[0].org_unit_path, "/sales team/north");
    }
    // A path's slashes stay, the one it starts with does not. Source: google-semantics.md §3.5.
    for (path, sent) in [
        ("/sales team/north", "/sales%20team/north"),
        ("sales/a?b#c%2F", "/sales/a%3Fb%23c%252F"),
        ("id:03ph8a2z", "/id:03ph8a2z"),
        ("/Köln", "/K%C3%B6ln"),
    ] {
        on.read(get_org_unit("C1", path), &line("GET", sent), unit.clone()).await;
    }
    let new = NewOrgUnit {
        name: "north".into(),
        parent_org_unit_path: "/sales team".into(),
        description: None,
    };
    let body = json!({"name": "north", "parentOrgUnitPath": "/sales team"});
    on.change(insert_org_unit("C1", &new), &line("POST", ""), body, unit.clone()).await;
    let change =
        OrgUnitChange { name: Some("n".into()), parent_org_unit_path: None, description: None };
    let update = update_org_unit("C1", "/sales team/north", &change);
    let line_update = line("PUT", "/sales%20team/north");
    on.change(update, &line_update, json!({"name": "n"}), unit).await;
    let delete = delete_org_unit("C1", "/sales team/north");
    on.change(delete, &line("DELETE", "/sales%20team/north"), nothing(), empty()).await;
}

pub async fn groups(on: &mut Calls) {
    let group = json!({"kind": "admin#directory#group", "id": "g1", "email": "all@acme.example",
        "name": "All", "directMembersCount": "7", "adminCreated": true, "aliases": ["x@y.example"]});
    let page = json!({"groups": [group.clone(), {"id": "g2", "directMembersCount": 8}]});
    for (pages, query) in [
        (list_groups("C1"), "customer=C1"),
        (list_groups_of_domain("acme.example"), "domain=acme.example"),
        (list_groups_of_user("a@acme.example"), "userKey=a%40acme.example"),
    ] {
        let line = format!("GET {BASE}/groups?{query}&maxResults=200");
        let shown = on.page(pages, &line, page.clone()).await;
        let counts: Vec<Int64> =
            shown.groups.iter().map(|group| group.direct_members_count).collect();
        assert_eq!(counts, [Int64(7), Int64(8)]);
    }
    let line = |verb: &str| format!("{verb} {BASE}/groups/all@acme.example");
    let shown = on.read(get_group("all@acme.example"), &line("GET"), group.clone()).await;
    assert!(shown.admin_created);
    let new = NewGroup { email: "all@acme.example".into(), name: None, description: None };
    let body = json!({"email": "all@acme.example"});
    let insert = insert_group(&new);
    on.change(insert, &format!("POST {BASE}/groups"), body, group.clone()).await;
    let change = GroupChange { email: None, name: Some("All".into()), description: None };
    let update = update_group("all@acme.example", &change);
    on.change(update, &line("PUT"), json!({"name": "All"}), group).await;
    let delete = delete_group("all@acme.example");
    on.change(delete, &line("DELETE"), nothing(), nothing()).await;
}

pub async fn members(on: &mut Calls) {
    let member = json!({"kind": "admin#directory#member", "id": "m1", "email": "ada@acme.example",
        "role": "MANAGER", "type": "USER", "status": "ACTIVE"});
    let line = |verb: &str, rest: &str| format!("{verb} {BASE}/groups/g1/members{rest}");
    // A member that is a whole customer has no address.
    let page = json!({"members": [member.clone(), {"id": "C1", "type": "CUSTOMER"}]});
    let shown = on.page(list_members("g1"), &line("GET", "?maxResults=200"), page).await;
    assert_eq!((shown.members[0].kind.as_str(), shown.members[1].email.as_str()), ("USER", ""));
    let get = get_member("g1", "ada@acme.example");
    on.read(get, &line("GET", "/ada@acme.example"), member.clone()).await;
    for (role, word) in
        [(Role::Owner, "OWNER"), (Role::Manager, "MANAGER"), (Role::Member, "MEMBER")]
    {
        let body = json!({"email": "ada@acme.example", "role": word});
        let insert = insert_member("g1", "ada@acme.example", role);
        on.change(insert, &line("POST", ""), body, member.clone()).await;
        let update = update_member("g1", "m1", role);
        on.change(update, &line("PUT", "/m1"), json!({"role": word}), member.clone()).await;
    }
    let delete = delete_member("g1", "m1");
    on.change(delete, &line("DELETE", "/m1"), nothing(), nothing()).await;
}
