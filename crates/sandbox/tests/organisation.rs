//! Domains, org units, groups and their members. Source: google-semantics.md §3.4, §3.5

mod house;

use house::{House, settings};
use sandbox::{Settings, Switches};
use serde_json::{Value, json};

const BASE: &str = "/admin/directory/v1";

async fn acme() -> (House, String, String) {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    let base = format!("{BASE}/customer/{id}");
    (house, id, base)
}

#[tokio::test]
async fn domains_are_added_verified_and_swapped() {
    let (house, id, base) = acme().await;
    let domains = format!("{base}/domains");
    let add = |name: &str| json!({"domainName": name});
    let made = house.expect("POST", &domains, add("Second.example"), "200").await;
    assert_eq!((&made["domainName"], &made["verified"]), (&json!("second.example"), &json!(false)));
    assert!(made["creationTime"].is_string());
    house.expect("POST", &domains, add("second.example"), "409 duplicate").await;
    house.expect("POST", &domains, add("rival.example"), "409 duplicate").await;
    house.expect("POST", &domains, add("nonsense"), "400 invalid").await;
    house.expect("POST", &domains, json!({}), "400 invalid").await;
    let listed = house.expect("GET", &domains, Value::Null, "200").await;
    assert_eq!(listed["domains"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["domains"][0]["isPrimary"], true);
    house.expect("GET", &format!("{domains}/none.example"), Value::Null, "404 notFound").await;

    let record = format!("{BASE}/customers/{id}");
    let swap = json!({"customerDomain": "second.example"});
    let refused = house.expect("PATCH", &record, swap.clone(), "400 invalid").await;
    let message = "New domain name is not a verified secondary domain";
    assert_eq!(refused["error"]["message"], message);
    let verify = json!({"domain": "second.example"});
    house.play(&format!("customers/{id}/domains/verify"), verify).await;
    let shown = house.expect("PATCH", &record, swap, "200").await;
    assert_eq!(shown["customerDomain"], "second.example");
    let customer = "/apps/reseller/v1/customers";
    let shown =
        house.expect("GET", &format!("{customer}/second.example"), Value::Null, "200").await;
    assert_eq!(shown["customerDomainVerified"], true);
    let old = format!("{domains}/acme.example");
    let shown = house.expect("GET", &old, Value::Null, "200").await;
    assert_eq!(shown["isPrimary"], false);
    house.user("a@acme.example").await;
    house.expect("DELETE", &old, Value::Null, "412 conditionNotMet").await;
    house
        .expect("DELETE", &format!("{domains}/second.example"), Value::Null, "412 conditionNotMet")
        .await;
    house.play("users/remove", json!({"email": "a@acme.example"})).await;
    house.expect("DELETE", &old, Value::Null, "204").await;
    house.customer("acme.example").await;
}

#[tokio::test]
async fn domain_aliases_give_everybody_another_address() {
    let (house, _, base) = acme().await;
    house.user("a@acme.example").await;
    let aliases = format!("{base}/domainaliases");
    let add =
        |name: &str, parent: &str| json!({"domainAliasName": name, "parentDomainName": parent});
    house.expect("POST", &aliases, add("acme-too.example", "other.example"), "400 invalid").await;
    house.expect("POST", &aliases, add("acme.example", "acme.example"), "409 duplicate").await;
    house.expect("POST", &aliases, add("acme-too.example", "acme.example"), "200").await;
    let path = format!("{BASE}/users/a@acme-too.example");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(shown["nonEditableAliases"], json!(["a@acme-too.example"]));
    let query = format!("{aliases}?parentDomainName=acme.example");
    let listed = house.expect("GET", &query, Value::Null, "200").await;
    assert_eq!(listed["domainAliases"][0]["domainAliasName"], "acme-too.example");
    let domain =
        house.expect("GET", &format!("{base}/domains/acme.example"), Value::Null, "200").await;
    assert_eq!(domain["domainAliases"][0]["parentDomainName"], "acme.example");
    for n in 1..20 {
        let body = add(&format!("acme{n}.example"), "acme.example");
        house.expect("POST", &aliases, body, "200").await;
    }
    let body = add("acme20.example", "acme.example");
    house.expect("POST", &aliases, body, "412 limitExceeded").await;
    let one = format!("{aliases}/acme-too.example");
    house.expect("GET", &one, Value::Null, "200").await;
    house.expect("DELETE", &one, Value::Null, "204").await;
    house.expect("GET", &one, Value::Null, "404 notFound").await;
    house.expect("GET", &path, Value::Null, "403 forbidden").await;
}

#[tokio::test]
async fn org_units_form_a_tree() {
    let (house, _, base) = acme().await;
    let units = format!("{base}/orgunits");
    let unit = |name: &str, parent: &str| json!({"name": name, "parentOrgUnitPath": parent});
    let made = house.expect("POST", &units, unit("Sales", "/"), "200").await;
    assert_eq!(made["orgUnitPath"], "/Sales");
    let id = made["orgUnitId"].as_str().expect("an id").to_owned();
    house.expect("POST", &units, unit("Sales", "/"), "409 duplicate").await;
    house.expect("POST", &units, unit("X", "/none"), "400 invalid").await;
    house.expect("POST", &units, json!({"name": "X"}), "400 invalid").await;
    house.expect("POST", &units, json!({"parentOrgUnitPath": "/"}), "400 invalid").await;
    let by_id = json!({"name": "North & South", "parentOrgUnitId": id});
    let made = house.expect("POST", &units, by_id, "200").await;
    assert_eq!(made["orgUnitPath"], "/Sales/North & South");
    let count = async |query: &str| {
        let listed = house.expect("GET", &format!("{units}?{query}"), Value::Null, "200").await;
        listed["organizationUnits"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count("").await, 1);
    assert_eq!(count("type=all").await, 2);
    assert_eq!(count("type=allIncludingParent").await, 3);
    assert_eq!(count("type=children&orgUnitPath=/Sales").await, 1);
    assert_eq!(count("type=allIncludingParent&orgUnitPath=/Sales").await, 2);

    let user = json!({"orgUnitPath": "/Sales/North & South"});
    house.user("a@acme.example").await;
    house.expect("PATCH", &format!("{BASE}/users/a@acme.example"), user, "200").await;
    let renamed =
        house.expect("PUT", &format!("{units}/Sales"), json!({"name": "Trade"}), "200").await;
    assert_eq!(renamed["orgUnitPath"], "/Trade");
    let shown =
        house.expect("GET", &format!("{BASE}/users/a@acme.example"), Value::Null, "200").await;
    assert_eq!(shown["orgUnitPath"], "/Trade/North & South");
    let inner = format!("{units}/Trade/North%20%26%20South");
    house.expect("GET", &inner, Value::Null, "200").await;
    house.expect("GET", &format!("{units}/{id}"), Value::Null, "200").await;
    let circle = json!({"parentOrgUnitPath": "/Trade/North & South"});
    house.expect("PATCH", &format!("{units}/Trade"), circle, "400 invalid").await;
    house.expect("DELETE", &format!("{units}/Trade"), Value::Null, "412 conditionNotMet").await;
    house.expect("DELETE", &inner, Value::Null, "412 conditionNotMet").await;
    let home = json!({"orgUnitPath": "/"});
    house.expect("PATCH", &format!("{BASE}/users/a@acme.example"), home, "200").await;
    house.expect("DELETE", &inner, Value::Null, "204").await;
    house.expect("GET", &inner, Value::Null, "404 notFound").await;
}

#[tokio::test]
async fn org_units_go_so_deep_and_no_deeper() {
    let (house, _, base) = acme().await;
    let units = format!("{base}/orgunits");
    let mut parent = "/".to_owned();
    for level in 1..=35 {
        let body = json!({"name": level.to_string(), "parentOrgUnitPath": parent});
        let made = house.expect("POST", &units, body, "200").await;
        parent = made["orgUnitPath"].as_str().expect("a path").to_owned();
    }
    let body = json!({"name": "36", "parentOrgUnitPath": parent});
    house.expect("POST", &units, body, "400 invalid").await;
}

#[tokio::test]
async fn groups_have_members_of_every_kind() {
    let (house, id, _) = acme().await;
    let groups = format!("{BASE}/groups");
    house.user("a@acme.example").await;
    let team = json!({"email": "Team@acme.example", "name": "The team"});
    let made = house.expect("POST", &groups, team.clone(), "200").await;
    assert_eq!(
        (&made["email"], &made["directMembersCount"]),
        (&json!("team@acme.example"), &json!("0"))
    );
    house.expect("POST", &groups, team, "409 duplicate").await;
    house.expect("POST", &groups, json!({"email": "a@acme.example"}), "409 duplicate").await;
    house.expect("POST", &groups, json!({"email": "x@rival.example"}), "403 forbidden").await;
    house.expect("POST", &groups, json!({}), "400 invalid").await;
    house.expect("POST", &groups, json!({"email": "all@acme.example"}), "200").await;

    let members = format!("{groups}/team@acme.example/members");
    let add = async |body: Value, gist: &str| house.expect("POST", &members, body, gist).await;
    let member = add(json!({"email": "a@acme.example", "role": "MANAGER"}), "200").await;
    assert_eq!((&member["type"], &member["role"]), (&json!("USER"), &json!("MANAGER")));
    add(json!({"email": "a@acme.example"}), "409 duplicate").await;
    add(json!({"email": "z@acme.example"}), "404 notFound").await;
    add(json!({"email": "a@acme.example", "role": "KING"}), "400 invalid").await;
    add(json!({}), "400 invalid").await;
    assert_eq!(add(json!({"email": "o@else.example"}), "200").await["type"], "EXTERNAL");
    assert_eq!(add(json!({"type": "CUSTOMER"}), "200").await["id"], id.as_str());
    assert_eq!(add(json!({"email": "all@acme.example"}), "200").await["type"], "GROUP");
    let inner = format!("{groups}/all@acme.example/members");
    let circle = json!({"email": "team@acme.example"});
    let refused = house.expect("POST", &inner, circle, "412 conditionNotMet").await;
    assert_eq!(refused["error"]["message"], "Cyclic memberships not allowed");
    house.user("b@acme.example").await;
    house.expect("POST", &inner, json!({"email": "b@acme.example"}), "200").await;

    let has = async |key: &str, gist: &str| {
        let path = format!("{groups}/team@acme.example/hasMember/{key}");
        house.expect("GET", &path, Value::Null, gist).await["isMember"].clone()
    };
    assert_eq!(has("b@acme.example", "200").await, true, "through the inner group");
    assert_eq!(has("o@else.example", "404 notFound").await, Value::Null);
    let count = async |query: &str| {
        let listed = house.expect("GET", &format!("{members}?{query}"), Value::Null, "200").await;
        listed["members"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count("").await, 4);
    assert_eq!(count("roles=MANAGER,OWNER").await, 1);
    assert_eq!(count("includeDerivedMembership=true").await, 5);
    assert_eq!(count("maxResults=3").await, 3);

    let one = format!("{members}/a@acme.example");
    let shown = house.expect("PATCH", &one, json!({"role": "OWNER"}), "200").await;
    assert_eq!(shown["role"], "OWNER");
    let shown = house.expect("GET", &one, Value::Null, "200").await;
    assert_eq!(
        (&shown["status"], &shown["delivery_settings"]),
        (&json!("ACTIVE"), &json!("ALL_MAIL"))
    );
    house.expect("DELETE", &one, Value::Null, "204").await;
    house.expect("GET", &one, Value::Null, "404 notFound").await;
}

#[tokio::test]
async fn groups_are_found_by_customer_domain_member_and_name() {
    let (house, id, _) = acme().await;
    let groups = format!("{BASE}/groups");
    house.user("a@acme.example").await;
    for (email, name) in [("one@acme.example", "First"), ("two@acme.example", "Second")] {
        house.expect("POST", &groups, json!({"email": email, "name": name}), "200").await;
    }
    let body = json!({"email": "a@acme.example"});
    house.expect("POST", &format!("{groups}/two@acme.example/members"), body, "200").await;
    let found = async |query: &str, gist: &str| {
        let listed = house.expect("GET", &format!("{groups}?{query}"), Value::Null, gist).await;
        let all = listed["groups"].as_array().cloned().unwrap_or_default();
        all.iter().map(|it| it["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&format!("customer={id}"), "200").await, ["First", "Second"]);
    let down = format!("customer={id}&orderBy=email&sortOrder=DESCENDING");
    assert_eq!(found(&down, "200").await, ["Second", "First"]);
    assert_eq!(found("domain=acme.example", "200").await, ["First", "Second"]);
    assert_eq!(found("userKey=a@acme.example", "200").await, ["Second"]);
    assert_eq!(found(&format!("customer={id}&query=name:First"), "200").await, ["First"]);
    assert_eq!(found(&format!("customer={id}&query=email:tw*"), "200").await, ["Second"]);
    found("", "400 badRequest").await;
    found("customer=C0rival00", "403 forbidden").await;
    found("userKey=nobody@acme.example", "404 notFound").await;

    let one = format!("{groups}/one@acme.example");
    let aliases = format!("{one}/aliases");
    house.expect("POST", &aliases, json!({"alias": "uno@acme.example"}), "200").await;
    let shown =
        house.expect("GET", &format!("{groups}/uno@acme.example"), Value::Null, "200").await;
    assert_eq!(shown["aliases"], json!(["uno@acme.example"]));
    let renamed = json!({"email": "prime@acme.example", "description": "The first"});
    let shown = house.expect("PUT", &one, renamed, "200").await;
    assert_eq!(shown["email"], "prime@acme.example");
    house.expect("GET", &one, Value::Null, "200").await;
    let aliases = format!("{groups}/prime@acme.example/aliases");
    let listed = house.expect("GET", &aliases, Value::Null, "200").await;
    assert_eq!(listed["aliases"].as_array().map(Vec::len), Some(2));
    house.expect("DELETE", &format!("{aliases}/uno@acme.example"), Value::Null, "204").await;
    house.expect("DELETE", &one, Value::Null, "204").await;
    house.expect("GET", &one, Value::Null, "404 notFound").await;
}

#[tokio::test]
async fn some_of_googles_pages_promise_201() {
    let switches = Switches { created_status_in_directory: true, ..Switches::default() };
    let house = House::with(Settings { switches, ..settings() }).await;
    let id = house.customer("acme.example").await;
    house.user("a@acme.example").await;
    let unit = json!({"name": "Sales", "parentOrgUnitPath": "/"});
    house.expect("POST", &format!("{BASE}/customer/{id}/orgunits"), unit, "201").await;
    house
        .expect("POST", &format!("{BASE}/groups"), json!({"email": "g@acme.example"}), "201")
        .await;
    let alias = json!({"alias": "b@acme.example"});
    house.expect("POST", &format!("{BASE}/users/a@acme.example/aliases"), alias, "201").await;
}
