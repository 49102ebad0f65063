//! Users over their whole life: lists and queries, rename, aliases, deletion, archives.
//! Source: google-semantics.md §3.2, §3.3

mod house;

use house::{House, START_MS, flexible, user, with};
use sandbox::{ConflictAccount, Settings, Switches};
use serde_json::{Value, json};

const USERS: &str = "/admin/directory/v1/users";

fn named(email: &str, given: &str, family: &str) -> Value {
    let body = with(user(email), "/name", json!({"givenName": given, "familyName": family}));
    with(body, "/externalIds", json!([{"type": "custom", "value": format!("x-{given}")}]))
}

async fn staffed() -> (House, String) {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    for (local, given, family) in
        [("d", "Ada", "Byron"), ("c", "Bob", "Cole"), ("b", "Cid", "Byrne"), ("a", "Dot", "Abel")]
    {
        let body = named(&format!("{local}@acme.example"), given, family);
        house.expect("POST", USERS, body, "200").await;
    }
    (house, id)
}

fn emails(page: &Value) -> String {
    let users = page["users"].as_array().cloned().unwrap_or_default();
    let local = |user: &Value| {
        user["primaryEmail"].as_str().and_then(|it| it.split('@').next().map(str::to_owned))
    };
    users.iter().filter_map(local).collect::<Vec<_>>().join("")
}

#[tokio::test]
async fn lists_are_ordered_and_searched() {
    let (house, id) = staffed().await;
    let patch = json!({"suspended": true, "orgUnitPath": "/"});
    house.expect("PATCH", &format!("{USERS}/b@acme.example"), patch, "200").await;
    house.play("users/alter", json!({"email": "c@acme.example", "admin": true})).await;
    let check = async |query: &str, wanted: &str| {
        let path = format!("{USERS}?customer={id}&{query}");
        assert_eq!(
            emails(&house.expect("GET", &path, Value::Null, "200").await),
            wanted,
            "{query}"
        );
    };
    check("", "abcd").await;
    check("orderBy=email&sortOrder=DESCENDING", "dcba").await;
    check("orderBy=givenName", "dcba").await;
    check("orderBy=familyName", "abdc").await;
    check("orderBy=familyName&sortOrder=DESCENDING", "cdba").await;
    check("query=isAdmin%3Dtrue", "c").await;
    check("query=isSuspended=true", "b").await;
    check("query=familyName:Byr*", "bd").await;
    check("query=givenName%3DAda%20familyName%3DByron", "d").await;
    check("query=name:'Ada%20Byron'", "d").await;
    check("query=email:a@acme.example", "a").await;
    check("query=cole", "c").await;
    check("query=externalId:x-Cid", "b").await;
    check("query=orgUnitPath=/", "abcd").await;
    check("query=isArchived=true", "").await;
    let refused = async |query: &str| {
        house
            .expect("GET", &format!("{USERS}?customer={id}&{query}"), Value::Null, "400 invalid")
            .await;
    };
    refused("query=shoeSize=43").await;
    refused("orderBy=shoeSize").await;
    refused("maxResults=501").await;
    refused("maxResults=many").await;
}

#[tokio::test]
async fn pages_go_on_where_they_stopped_and_not_for_ever() {
    let (mut house, id) = staffed().await;
    for order in ["", "&orderBy=familyName&sortOrder=DESCENDING"] {
        let path = format!("{USERS}?customer={id}&maxResults=3{order}");
        let first = house.expect("GET", &path, Value::Null, "200").await;
        let token = first["nextPageToken"].as_str().expect("a token");
        let next = format!("{path}&pageToken={token}");
        let second = house.expect("GET", &next, Value::Null, "200").await;
        assert_eq!(emails(&first).len() + emails(&second).len(), 4);
        assert_eq!(second.get("nextPageToken"), None);
        let other = format!("{USERS}?customer={id}&maxResults=3&query=byr*&pageToken={token}");
        house.expect("GET", &other, Value::Null, "400 invalid").await;
        let later = house.sandbox.now_ms() + 3_600_001;
        house.sandbox.set_now_ms(later);
        house.sign_in().await;
        house.expect("GET", &next, Value::Null, "503 backendError").await;
        house.wait_days(3).await;
        house.expect("GET", &next, Value::Null, "400 invalid").await;
    }
}

#[tokio::test]
async fn a_renamed_user_keeps_the_old_address_and_the_licence() {
    let (house, id) = staffed().await;
    house.subscription(&id, flexible(10)).await;
    let path = format!("{USERS}/a@acme.example");
    let rename = |email: &str| json!({"primaryEmail": email});
    house.expect("PATCH", &path, rename("b@acme.example"), "409 duplicate").await;
    house.expect("PATCH", &path, rename("a@rival.example"), "403 forbidden").await;
    house.expect("PATCH", &path, rename("a..b@acme.example"), "400 invalid").await;
    let shown = house.expect("PATCH", &path, rename("Anna@acme.example"), "200").await;
    assert_eq!(shown["primaryEmail"], "anna@acme.example");
    assert_eq!(shown["aliases"], json!(["a@acme.example"]));
    let by_alias = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(by_alias["id"], shown["id"]);
    house.expect("POST", USERS, user("a@acme.example"), "409 duplicate").await;
    let licence = "/apps/licensing/v1/product/Google-Apps/sku/1010020027/user";
    house.expect("GET", &format!("{licence}/anna@acme.example"), Value::Null, "200").await;
    house.expect("GET", &format!("{licence}/a@acme.example"), Value::Null, "400 invalid").await;
    let back = house.expect("PATCH", &path, rename("a@acme.example"), "200").await;
    assert_eq!(back["aliases"], json!(["anna@acme.example"]));
}

#[tokio::test]
async fn aliases_come_and_go() {
    let (house, _) = staffed().await;
    let path = format!("{USERS}/a@acme.example/aliases");
    let alias = |text: &str| json!({"alias": text});
    let made = house.expect("POST", &path, alias("ann@acme.example"), "200").await;
    assert_eq!(made["primaryEmail"], "a@acme.example");
    house.expect("POST", &path, alias("ann@acme.example"), "409 duplicate").await;
    house.expect("POST", &path, alias("b@acme.example"), "409 duplicate").await;
    house.expect("POST", &path, alias("b@rival.example"), "403 forbidden").await;
    house.expect("POST", &path, alias("ann"), "400 invalid").await;
    let listed = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(listed["aliases"][0]["alias"], "ann@acme.example");
    let one = format!("{path}/ann@acme.example");
    house.expect("DELETE", &one, Value::Null, "204").await;
    house.expect("DELETE", &one, Value::Null, "404 notFound").await;
    house.expect("POST", USERS, user("ann@acme.example"), "200").await;
    for n in 0..30 {
        house.expect("POST", &path, alias(&format!("a{n}@acme.example")), "200").await;
    }
    house.expect("POST", &path, alias("a30@acme.example"), "412 limitExceeded").await;
}

#[tokio::test]
async fn a_deleted_user_comes_back_within_twenty_days() {
    let (mut house, id) = staffed().await;
    let path = format!("{USERS}/a@acme.example");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    let user_id = shown["id"].as_str().expect("an id").to_owned();
    let undelete = format!("{USERS}/{user_id}/undelete");
    house.expect("POST", &undelete, json!({}), "412 conditionNotMet").await;
    house.expect("DELETE", &path, Value::Null, "204").await;
    house.expect("GET", &path, Value::Null, "404 notFound").await;
    let gone = format!("{USERS}?customer={id}&showDeleted=true");
    let listed = house.expect("GET", &gone, Value::Null, "200").await;
    assert_eq!(listed["users"][0]["deletionTime"], "2026-09-21T14:13:20.000Z");
    house.expect("POST", &format!("{path}/undelete"), json!({}), "404 notFound").await;
    house.wait_days(19).await;
    house.expect("POST", &undelete, json!({"orgUnitPath": "/none"}), "400 invalid").await;
    house.expect("POST", &undelete, json!({"orgUnitPath": "/"}), "204").await;
    assert_eq!(house.expect("GET", &path, Value::Null, "200").await["id"], user_id.as_str());

    house.expect("DELETE", &path, Value::Null, "204").await;
    house.expect("POST", USERS, user("a@acme.example"), "200").await;
    house.expect("POST", &undelete, json!({}), "409 duplicate").await;
    house.wait_days(20).await;
    house.expect("POST", &undelete, json!({}), "404 notFound").await;
    let listed = house.expect("GET", &gone, Value::Null, "200").await;
    assert_eq!(listed.get("users"), None);
}

#[tokio::test]
async fn put_clears_lists_and_patch_does_not() {
    let (house, _) = staffed().await;
    let path = format!("{USERS}/a@acme.example");
    let nothing = json!({"externalIds": null});
    let shown = house.expect("PATCH", &path, nothing.clone(), "200").await;
    assert!(shown.get("externalIds").is_some());
    let shown = house.expect("PUT", &path, nothing, "200").await;
    assert_eq!(shown.get("externalIds"), None);
    house.expect("PUT", &path, json!({"recoveryPhone": "020 7123"}), "400 invalid").await;
    house.expect("PUT", &path, json!({"recoveryEmail": "nobody"}), "400 invalid").await;
    let crypt = |hash: &str| json!({"password": hash, "hashFunction": "crypt"});
    house.expect("PUT", &path, crypt("$6$rounds=10001$salt$hash"), "400 invalid").await;
    house.expect("PUT", &path, crypt("$6$rounds=5000$salt$hash"), "200").await;
    house.expect("POST", &format!("{path}/signOut"), Value::Null, "204").await;
}

#[tokio::test]
async fn views_and_projections_show_less() {
    let (house, _) = staffed().await;
    let path = format!("{USERS}/a@acme.example");
    let schemas = json!({"customSchemas": {"Shoes": {"size": 43}, "Hats": {"size": 58}}});
    house.expect("PUT", &path, schemas, "200").await;
    let members = async |query: &str| {
        house.expect("GET", &format!("{path}?{query}"), Value::Null, "200").await
    };
    assert_eq!(members("").await.get("customSchemas"), None);
    assert_eq!(members("projection=full").await["customSchemas"]["Hats"]["size"], 58);
    let custom = members("projection=custom&customFieldMask=Shoes").await;
    assert_eq!(custom["customSchemas"], json!({"Shoes": {"size": 43}}));
    let public = members("viewType=domain_public").await;
    assert_eq!((public.get("isAdmin"), public["name"]["givenName"].as_str()), (None, Some("Dot")));
}

#[tokio::test]
async fn archives_need_a_licence_of_their_own() {
    let (house, id) = staffed().await;
    house.subscription(&id, flexible(10)).await;
    let path = format!("{USERS}/a@acme.example");
    let archived = |on: bool| json!({"archived": on});
    house.expect("PATCH", &path, archived(true), "412 conditionNotMet").await;
    let seats =
        with(with(flexible(1), "/skuId", json!("1010340005")), "/purchaseOrderId", json!("x"));
    house.subscription(&id, seats).await;
    let shown = house.expect("PATCH", &path, archived(true), "200").await;
    assert_eq!((&shown["archived"], &shown["isMailboxSetup"]), (&json!(true), &json!(false)));
    let other = format!("{USERS}/b@acme.example");
    house.expect("PATCH", &other, archived(true), "412 conditionNotMet").await;
    let licence = "/apps/licensing/v1/product/101034/sku/1010340005/user/a@acme.example";
    house.expect("GET", licence, Value::Null, "200").await;
    let shown = house.expect("PATCH", &path, archived(false), "200").await;
    assert_eq!(shown["isMailboxSetup"], true);
    house.expect("GET", licence, Value::Null, "404 notFound").await;
}

#[tokio::test]
async fn a_consumers_account_stands_in_the_way() {
    let check = async |conflict_account: ConflictAccount, gist: &str| {
        let switches = Switches { conflict_account, ..Switches::default() };
        let house = House::with(Settings { switches, ..house::settings() }).await;
        house.customer("acme.example").await;
        house.play("consumer-accounts", json!({"email": "a@acme.example"})).await;
        house.expect("GET", &format!("{USERS}/a@acme.example"), Value::Null, "403 forbidden").await;
        house.expect("POST", USERS, user("a@acme.example"), "409 duplicate").await;
        let resolve = format!("{USERS}?resolveConflictAccount=true");
        house.expect("POST", &resolve, user("a@acme.example"), gist).await;
        let made = house.sandbox.inspect(|world| world.user("a@acme.example").is_some());
        assert_eq!(made, gist == "200");
    };
    check(ConflictAccount::Replaced, "200").await;
    check(ConflictAccount::Invited, "202").await;
    check(ConflictAccount::Kept, "409 duplicate").await;
}

#[tokio::test]
async fn customers_shut_their_doors() {
    let (house, id) = staffed().await;
    let get = async |path: &str, gist: &str| house.expect("GET", path, Value::Null, gist).await;
    let path = format!("{USERS}/a@acme.example");
    let access = format!("customers/{id}/access");
    house.play(&access, json!({"api_access": false})).await;
    get(&path, "403 domainCannotUseApis").await;
    get(&format!("{USERS}?customer={id}"), "403 domainCannotUseApis").await;
    let licences = format!("/apps/licensing/v1/product/Google-Apps/users?customerId={id}");
    get(&licences, "403 domainCannotUseApis").await;
    house.play(&access, json!({"api_access": true, "reseller_access": false})).await;
    get(&path, "403 forbidden").await;
    get(&format!("/apps/reseller/v1/customers/{id}"), "200").await;
    house.play(&access, json!({"reseller_access": true})).await;
    get(&path, "200").await;
}

#[tokio::test]
async fn people_act_in_the_console() {
    let (house, id) = staffed().await;
    let path = |local: &str| format!("{USERS}/{local}@acme.example");
    house.play("users", json!({"email": "e@acme.example", "given_name": "Eve"})).await;
    house.expect("GET", &path("e"), Value::Null, "200").await;
    house.play("users/sign-in", json!({"email": "e@acme.example"})).await;
    let shown = house.expect("GET", &path("e"), Value::Null, "200").await;
    assert_eq!(shown["lastLoginTime"], "2026-09-21T14:13:20.000Z");
    house.play("users/alter", json!({"email": "e@acme.example", "suspended": true})).await;
    assert_eq!(house.expect("GET", &path("e"), Value::Null, "200").await["suspended"], true);
    house.play("users/remove", json!({"email": "e@acme.example"})).await;
    house.expect("GET", &path("e"), Value::Null, "404 notFound").await;
    let subscription = house.subscription(&id, flexible(9)).await;
    let alter = format!("customers/{id}/subscriptions/{subscription}");
    let shown = async || {
        let path = format!("/apps/reseller/v1/customers/{id}/subscriptions/{subscription}");
        house.expect("GET", &path, Value::Null, "200").await
    };
    house.play(&alter, json!({"seats": 30})).await;
    assert_eq!(shown().await["seats"]["maximumNumberOfSeats"], 30);
    house.play(&alter, json!({"plan": "ANNUAL_YEARLY_PAY"})).await;
    let start = START_MS.to_string();
    assert_eq!(shown().await["plan"]["commitmentInterval"]["startTime"], start);
    house.play(&alter, json!({"suspended": true})).await;
    let reasons = shown().await["suspensionReasons"].clone();
    assert_eq!(reasons, json!(["PENDING_TOS_ACCEPTANCE", "OTHER"]));
    house.play(&alter, json!({"suspended": false})).await;
    house.play(&alter, json!({"cancelled": true})).await;
    assert_eq!(shown().await["status"], "CANCELLED");
    house.play(&format!("customers/{id}/hand-over"), json!({"reseller": "C0rival00"})).await;
    let customer = format!("/apps/reseller/v1/customers/{id}");
    let minimal = house.expect("GET", &customer, Value::Null, "200").await;
    assert_eq!(minimal.get("postalAddress"), None);
}
