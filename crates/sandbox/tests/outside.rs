//! What people around the API do, played over HTTP. Source: google-semantics.md §2.12, §3, §4, §6

mod house;

use house::{House, START_MS, annual, customer, flexible, user, with};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const DIRECTORY: &str = "/admin/directory/v1";
const USERS: &str = "/admin/directory/v1/users";
const STARTER: &str = "/apps/licensing/v1/product/Google-Apps/sku/1010020027/user";
const STANDARD: &str = "/apps/licensing/v1/product/Google-Apps/sku/1010020028/user";

async fn acme() -> (House, String) {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    (house, id)
}

#[tokio::test]
async fn every_call_of_the_control_api_is_there_under_its_verb_alone() {
    let house = House::new().await;
    let readme = include_str!("../README.md");
    let calls = readme.lines().filter_map(|line| {
        let (verb, path) = line.strip_prefix("| `")?.split_once('`')?.0.split_once(' ')?;
        matches!(verb, "GET" | "POST" | "DELETE").then_some((verb, path))
    });
    let mut verbs = std::collections::BTreeMap::<String, Vec<&str>>::new();
    for (verb, path) in calls {
        verbs.entry(path.replace(['{', '}'], "")).or_default().push(verb);
    }
    assert!(verbs.len() > 40, "{}", verbs.len());
    for (path, known) in verbs {
        for verb in ["GET", "POST", "DELETE"] {
            let answer =
                house.call_raw("", verb, &format!("/sandbox/v1/{path}"), "[]".into()).await;
            let html = answer.text.contains("<html");
            assert_eq!(
                !html,
                known.contains(&verb),
                "{verb} {path}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn users_are_renamed_moved_named_and_brought_back() {
    let (house, id) = acme().await;
    house.subscription(&id, flexible(9)).await;
    house.user("a@acme.example").await;
    let unit = json!({"name": "Sales", "parentOrgUnitPath": "/"});
    house.expect("POST", &format!("{DIRECTORY}/customer/{id}/orgunits"), unit, "200").await;
    let alter = async |body: Value, status: u16| {
        assert_eq!(house.control("users/alter", body.clone()).await.status, status, "{body}");
    };
    alter(json!({"email": "a@acme.example", "given_name": "Anna", "org_unit_path": "/Sales"}), 200)
        .await;
    alter(json!({"email": "a@acme.example", "org_unit_path": "/None"}), 404).await;
    alter(json!({"email": "a@acme.example", "new_email": "admin@acme.example"}), 409).await;
    alter(json!({"email": "a@acme.example", "new_email": "a@other.example"}), 400).await;
    alter(json!({"email": "a@acme.example", "new_email": "anna@acme.example"}), 200).await;
    let shown = house.expect("GET", &format!("{USERS}/a@acme.example"), Value::Null, "200").await;
    assert_eq!(shown["primaryEmail"], "anna@acme.example");
    assert_eq!(
        (&shown["orgUnitPath"], &shown["name"]["givenName"]),
        (&json!("/Sales"), &json!("Anna"))
    );
    house.expect("GET", &format!("{STARTER}/anna@acme.example"), Value::Null, "200").await;
    house.play("users/remove", json!({"email": "anna@acme.example"})).await;
    let gone = json!({"id": shown["id"]});
    house.play("users/restore", gone.clone()).await;
    assert_eq!(house.control("users/restore", gone).await.status, 404, "only once");
    house.expect("GET", &format!("{USERS}/anna@acme.example"), Value::Null, "200").await;
}

#[tokio::test]
async fn licences_change_behind_our_back() {
    let (house, id) = acme().await;
    house.subscription(&id, flexible(9)).await;
    let body = |sku: &str, given: bool| json!({"email": "admin@acme.example", "sku_id": sku, "given": given});
    house.play("users/licences", body("1010020028", true)).await;
    house.expect("GET", &format!("{STANDARD}/admin@acme.example"), Value::Null, "200").await;
    house
        .expect("GET", &format!("{STARTER}/admin@acme.example"), Value::Null, "404 notFound")
        .await;
    assert_eq!(house.control("users/licences", body("1010020028", true)).await.status, 409);
    house.play("users/licences", body("1010020028", false)).await;
    assert_eq!(house.control("users/licences", body("1010020028", false)).await.status, 404);
    house
        .expect("GET", &format!("{STANDARD}/admin@acme.example"), Value::Null, "404 notFound")
        .await;
}

#[tokio::test]
async fn automatic_licences_go_by_unit_where_there_are_several() {
    let (house, id) = acme().await;
    house.subscription(&id, flexible(9)).await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions?action=buy");
    house.expect("POST", &path, annual(9), "200").await;
    house.user("none@acme.example").await;
    house.expect("GET", &format!("{STARTER}/none@acme.example"), Value::Null, "404 notFound").await;
    for (name, parent) in [("Sales", "/"), ("North", "/Sales")] {
        let unit = json!({"name": name, "parentOrgUnitPath": parent});
        house.expect("POST", &format!("{DIRECTORY}/customer/{id}/orgunits"), unit, "200").await;
    }
    let automatic = format!("customers/{id}/auto-licensing");
    house.play(&automatic, json!({"sku_id": "1010020027"})).await;
    house.play(&automatic, json!({"unit": "/Sales", "sku_id": "1010020028"})).await;
    house.expect("GET", &format!("{STARTER}/none@acme.example"), Value::Null, "200").await;
    let north = with(user("n@acme.example"), "/orgUnitPath", json!("/Sales/North"));
    house.expect("POST", USERS, north, "200").await;
    house.expect("GET", &format!("{STANDARD}/n@acme.example"), Value::Null, "200").await;
    let one = format!("{STANDARD}/n@acme.example");
    house.expect("DELETE", &one, Value::Null, "412 conditionNotMet").await;
    house.play(&automatic, json!({"unit": "/Sales", "sku_id": null})).await;
    house.play(&format!("customers/{id}/access"), json!({"auto_licensing": false})).await;
    house.expect("DELETE", &one, Value::Null, "200").await;
    let wrong = house.control(&automatic, json!({"sku_id": "Google-Vault"})).await;
    assert_eq!(wrong.status, 404);
    let nowhere = house.control(&automatic, json!({"unit": "/None", "sku_id": "1010020028"})).await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn domains_and_records_change_in_the_console() {
    let (house, id) = acme().await;
    let of = |path: &str| format!("customers/{id}/{path}");
    house.play(&of("domains"), json!({"domain": "two.example"})).await;
    let alias = json!({"alias": "acme-too.example", "parent": "acme.example", "verified": true});
    house.play(&of("domain-aliases"), alias.clone()).await;
    assert_eq!(house.control(&of("domain-aliases"), alias).await.status, 409);
    house.expect("GET", &format!("{USERS}/admin@acme-too.example"), Value::Null, "200").await;
    let removed = async |domain: &str, status: u16| {
        let answer = house.control(&of("domains/remove"), json!({"domain": domain})).await;
        assert_eq!(answer.status, status, "{domain}: {}", answer.text);
    };
    removed("acme.example", 409).await;
    removed("three.example", 404).await;
    removed("two.example", 200).await;
    removed("acme-too.example", 200).await;
    house
        .expect("GET", &format!("{USERS}/admin@acme-too.example"), Value::Null, "403 forbidden")
        .await;
    let details =
        json!({"organization": "Acme AG", "phone_number": "+4930123456", "language": "de"});
    house.play(&of("alter"), details).await;
    let shown = house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "200").await;
    assert_eq!(shown["postalAddress"]["organizationName"], "Acme AG");
    assert_eq!(
        (&shown["phoneNumber"], &shown["postalAddress"]["contactName"]),
        (&json!("+4930123456"), &json!("Ada Byron"))
    );
}

#[tokio::test]
async fn everything_new_may_be_seen_late() {
    let (house, id) = acme().await;
    house.user("a@acme.example").await;
    let lag = json!({"aliases_ms": 9, "groups_ms": 9, "members_ms": 9, "org_units_ms": 9,
        "domains_ms": 9, "licences_ms": 9, "mailboxes_ms": 9, "dns_ms": 9});
    house.play("lag", lag).await;
    let base = format!("{DIRECTORY}/customer/{id}");
    let post = async |path: &str, body: Value| house.expect("POST", path, body, "200").await;
    house.subscription(&id, flexible(9)).await;
    post(&format!("{USERS}/a@acme.example/aliases"), json!({"alias": "ann@acme.example"})).await;
    post(&format!("{DIRECTORY}/groups"), json!({"email": "team@acme.example"})).await;
    post(&format!("{base}/orgunits"), json!({"name": "Sales", "parentOrgUnitPath": "/"})).await;
    post(&format!("{base}/domains"), json!({"domainName": "two.example"})).await;
    post(
        &format!("{base}/domainaliases"),
        json!({"domainAliasName": "three.example", "parentDomainName": "acme.example"}),
    )
    .await;
    let site = json!({"type": "INET_DOMAIN", "identifier": "acme.example"});
    let ask = json!({"site": site, "verificationMethod": "DNS_TXT"});
    let token = post("/siteVerification/v1/token", ask).await["token"].clone();
    let record = format!("TXT {}", token.as_str().expect("text"));
    house.play("dns", json!({"host": "acme.example", "record": record})).await;
    let verify = "/siteVerification/v1/webResource?verificationMethod=DNS_TXT";
    let seen = async |gist: &str| {
        for path in [
            format!("{USERS}/ann@acme.example"),
            format!("{DIRECTORY}/groups/team@acme.example"),
            format!("{base}/orgunits/Sales"),
            format!("{base}/domains/two.example"),
            format!("{base}/domainaliases/three.example"),
            format!("{STARTER}/a@acme.example"),
        ] {
            house.expect("GET", &path, Value::Null, gist).await;
        }
        let count = async |path: &str, member: &str| {
            let listed = house.expect("GET", path, Value::Null, "200").await;
            listed[member].as_array().map_or(0, Vec::len)
        };
        [
            count(&format!("{DIRECTORY}/groups?customer={id}"), "groups").await,
            count(&format!("{base}/orgunits"), "organizationUnits").await,
            count(&format!("{base}/domains"), "domains").await,
            count(&format!("{base}/domainaliases"), "domainAliases").await,
            count(
                &format!("/apps/licensing/v1/product/Google-Apps/users?customerId={id}"),
                "items",
            )
            .await,
        ]
    };
    let mailbox = async || {
        let shown =
            house.expect("GET", &format!("{USERS}/a@acme.example"), Value::Null, "200").await;
        shown["isMailboxSetup"] == true
    };
    assert_eq!((seen("404 notFound").await, mailbox().await), ([0, 0, 1, 0, 0], false));
    house.expect("POST", verify, json!({"site": site}), "400 badRequest").await;
    house.sandbox.set_now_ms(START_MS + 9);
    assert_eq!((seen("200").await, mailbox().await), ([1, 1, 2, 1, 2], true));
    house.expect("POST", verify, json!({"site": site}), "200").await;
    let members = format!("{DIRECTORY}/groups/team@acme.example/members");
    post(&members, json!({"email": "a@acme.example"})).await;
    let one = format!("{members}/a@acme.example");
    house.expect("GET", &one, Value::Null, "404 notFound").await;
    house.sandbox.set_now_ms(START_MS + 18);
    house.expect("GET", &one, Value::Null, "200").await;
}

#[tokio::test]
async fn one_of_several_teams_gets_a_user() {
    let house = House::new().await;
    let team = json!({"domain": "shared.example", "team": true});
    let first = house.play("customers", team.clone()).await["id"].clone();
    let second = house.play("customers", team).await["id"].clone();
    let body = json!({"email": "b@shared.example", "customer": second, "admin": true});
    house.play("users", body).await;
    let homes = house
        .sandbox
        .inspect(|world| world.user("b@shared.example").map(|it| it.customer_id.clone()));
    assert_eq!(homes.as_deref(), second.as_str());
    assert_ne!(first, second);
    let wrong = json!({"email": "c@else.example", "customer": second});
    assert_eq!(house.control("users", wrong).await.status, 400);
}

#[tokio::test]
async fn a_proven_domain_takes_an_address_back_from_a_consumer() {
    let (house, id) = acme().await;
    house.play("consumer-accounts", json!({"email": "ann@acme.example"})).await;
    house.user("temporary@acme.example").await;
    let path = format!("{USERS}/temporary@acme.example");
    let rename = json!({"primaryEmail": "ann@acme.example"});
    house.expect("PATCH", &path, rename.clone(), "409 duplicate").await;
    house.play(&format!("customers/{id}/domains/verify"), json!({"domain": "acme.example"})).await;
    house.expect("PATCH", &path, rename, "200").await;
    house.expect("GET", &format!("{USERS}/ann@acme.example"), Value::Null, "200").await;
}

#[tokio::test]
async fn essentials_have_no_mailbox_and_members_have_a_size() {
    let (house, id) = acme().await;
    let essentials = with(flexible(5), "/skuId", json!("1010060001"));
    house.subscription(&id, essentials).await;
    let path = format!("{USERS}/admin@acme.example");
    let shown = house.expect("GET", &path, Value::Null, "200").await;
    assert_eq!(shown["isMailboxSetup"], false);
    let notes = |bytes: usize| json!({"notes": {"value": "x".repeat(bytes)}});
    house.expect("PATCH", &path, notes(10_000), "200").await;
    house.expect("PATCH", &path, notes(10_240), "400 invalid").await;
    let directory = async |key: &str, gist: &str| {
        house.expect("GET", &format!("{DIRECTORY}/customers/{key}"), Value::Null, gist).await;
    };
    directory("acme.example", "400 badRequest").await;
    directory("nonsense", "400 invalid").await;
    directory("C0nobody0", "404 notFound").await;
}

#[tokio::test]
async fn a_licence_api_may_mind_more_than_licences() {
    let (house, id) = acme().await;
    let subscription = house.subscription(&id, flexible(5)).await;
    let list = format!("/apps/licensing/v1/product/Google-Apps/users?customerId={id}");
    let get = async |gist: &str| house.expect("GET", &list, Value::Null, gist).await;
    house.play("clients/client-1/apis", json!({"disable": ["directory"]})).await;
    get("200").await;
    house.play("switches", json!({"licensing_needs_directory": true})).await;
    get("403 accessNotConfigured").await;
    house.play("clients/client-1/apis", json!({"enable": ["directory"]})).await;
    get("200").await;
    let path = format!("{CUSTOMERS}/{id}/subscriptions/{subscription}");
    house.expect("POST", &format!("{path}/suspend"), Value::Null, "200").await;
    get("412 conditionNotMet").await;
    house.play("switches", json!({"licences_refused_while_suspended": false})).await;
    get("200").await;
    house.play("switches", json!({"licences_refused_while_suspended": true})).await;
    house.expect("POST", &format!("{path}/activate"), Value::Null, "200").await;
    get("200").await;
    let waiting = house.call("POST", CUSTOMERS, customer("new.example")).await.json();
    let waiting = waiting["customerId"].as_str().expect("an id").to_owned();
    house.subscription(&waiting, flexible(5)).await;
    let list = format!("/apps/licensing/v1/product/Google-Apps/users?customerId={waiting}");
    house.expect("GET", &list, Value::Null, "200").await;
}

/// What would wedge the world, turn time back or break a sum is refused, and nothing is half done.
#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let (house, id) = acme().await;
    let before = house.sandbox.now_ms();
    let far = i64::MAX;
    for (path, body) in [
        ("advance", json!({"ms": far})),
        ("advance", json!({"ms": 31_536_000_000_000_000_i64})),
        ("advance", json!({"ms": -1})),
        ("lag", json!({"users_ms": far})),
        ("lag", json!({"users_ms": -1})),
        ("switches", json!({"seats_max": -1})),
        ("switches", json!({"licensing_page_max": 0})),
        (&*format!("customers/{id}/session-length"), json!({"ms": -1})),
    ] {
        let answer = house.control(path, body.clone()).await;
        assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text);
    }
    let long = json!({"host": "h".repeat(100_000), "record": "TXT a"});
    assert_eq!(house.control("dns", long).await.status, 413);
    house.subscription(&id, flexible(9)).await;
    house.user("a@acme.example").await;
    let half = json!({"email": "a@acme.example", "given_name": "After", "admin": true,
        "suspended": true, "org_unit_path": "/nope"});
    assert_eq!(house.control("users/alter", half).await.status, 404);
    let user = house.sandbox.inspect(|world| world.user("a@acme.example").unwrap().clone());
    assert!(!user.is_admin && !user.suspended && user.given_name != "After", "{user:?}");
    assert_eq!(house.sandbox.now_ms(), before);
}
