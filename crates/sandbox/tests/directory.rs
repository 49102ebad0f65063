//! Users, the customer record, licences. Source: google-semantics.md §3, §4

mod house;

use house::{House, START_MS, annual, customer, flexible, settings, user, with};
use sandbox::{Settings, Switches};
use serde_json::{Value, json};

const USERS: &str = "/admin/directory/v1/users";

#[tokio::test]
async fn a_user_is_made_and_becomes_admin_by_a_call_of_its_own() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    let made = house.call("POST", USERS, user("Admin@acme.example")).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let shown = made.json();
    assert_eq!(shown["kind"], "admin#directory#user");
    assert_eq!(shown["primaryEmail"], "admin@acme.example");
    assert_eq!(shown["customerId"], customer_id);
    assert_eq!(shown["isAdmin"], false, "isAdmin is ignored without a word");
    assert_eq!(shown["name"]["fullName"], "Ada Byron");
    assert_eq!(shown["externalIds"][0]["value"], "u-1");
    assert_eq!(shown["creationTime"], "2026-09-21T14:13:20.000Z");
    assert_eq!(shown["id"].as_str().map(str::len), Some(21));
    assert_eq!(shown.get("password"), None);
    assert_eq!(house.call("POST", USERS, user("admin@acme.example")).await.gist(), "409 duplicate");

    let path = format!("{USERS}/admin@acme.example");
    let made = house.call("POST", &format!("{path}/makeAdmin"), json!({"status": true})).await;
    assert_eq!((made.status, made.text.as_str()), (200, ""));
    let by_id = format!("{USERS}/{}", shown["id"].as_str().expect("an id"));
    let after = house.call("GET", &by_id, Value::Null).await.json();
    assert_eq!(after["isAdmin"], true);
    assert_ne!(after["etag"], shown["etag"]);
    let nothing = house.call("POST", &format!("{path}/makeAdmin"), json!({})).await;
    assert_eq!(nothing.gist(), "400 invalid");

    let update = json!({"suspended": true, "password": "another password", "externalIds": null});
    let after = house.call("PUT", &path, update).await.json();
    assert_eq!((&after["suspended"], after.get("externalIds")), (&json!(true), None));
    assert_eq!(house.call("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(house.call("GET", &path, Value::Null).await.gist(), "404 notFound");
}

#[tokio::test]
async fn a_user_is_refused_by_googles_rules() {
    let house = House::new().await;
    house.customer("acme.example").await;
    let check = async |pointer: &str, value: Value, gist: &str| {
        let body = with(user("admin@acme.example"), pointer, value.clone());
        let answer = house.call("POST", USERS, body).await;
        assert_eq!(answer.gist(), gist, "{pointer} {value}: {}", answer.text);
    };
    let invalid = "400 invalid";
    check("/primaryEmail", json!("admin"), invalid).await;
    check("/primaryEmail", json!("a..b@acme.example"), invalid).await;
    check("/primaryEmail", json!("a=b@acme.example"), invalid).await;
    check("/primaryEmail", json!("admin@nobody.example"), "403 forbidden").await;
    check("/primaryEmail", json!("admin@rival.example"), "403 forbidden").await;
    check("/name/givenName", json!(""), invalid).await;
    check("/name/familyName", json!("x".repeat(61)), invalid).await;
    check("/name", json!(null), invalid).await;
    check("/password", json!(null), invalid).await;
    check("/password", json!("1234567"), invalid).await;
    check("/password", json!("x".repeat(101)), invalid).await;
    check("/password", json!("pässword-long"), invalid).await;
    check("/hashFunction", json!("MD5"), invalid).await;
    check("/hashFunction", json!("ROT13"), invalid).await;
    check("/orgUnitPath", json!("/Sales"), invalid).await;
    check("/archived", json!(true), "412 conditionNotMet").await;
    check("/surprise", json!(1), invalid).await;
    check("/isAdmin", json!("yes"), invalid).await;
    let hash = "5f4dcc3b5aa765d61d8327deb882cf99";
    let hashed = with(user("admin@acme.example"), "/password", json!(hash));
    let made = house.call("POST", USERS, with(hashed, "/hashFunction", json!("MD5"))).await;
    assert_eq!(made.status, 200, "{}", made.text);
}

#[tokio::test]
async fn a_new_user_takes_its_time() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    house.control("lag", json!({"users_ms": 5000})).await;
    house.user("admin@acme.example").await;
    let path = format!("{USERS}/admin@acme.example");
    let check = async |at_ms: i64, get: &str, make_admin: &str, listed: usize| {
        house.sandbox.set_now_ms(START_MS + at_ms);
        assert_eq!(house.call("GET", &path, Value::Null).await.gist(), get);
        let made = house.call("POST", &format!("{path}/makeAdmin"), json!({"status": true})).await;
        assert_eq!(made.gist(), make_admin);
        let list = format!("{USERS}?customer={customer_id}");
        let page = house.call("GET", &list, Value::Null).await.json();
        assert_eq!(page["users"].as_array().map_or(0, Vec::len), listed);
    };
    check(4999, "404 notFound", "412 conditionNotMet", 0).await;
    let again = house.call("POST", USERS, user("admin@acme.example")).await;
    assert_eq!(again.gist(), "409 duplicate");
    check(5000, "200", "200", 1).await;
}

#[tokio::test]
async fn users_need_seats_once_there_is_a_subscription() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    house.user("a@acme.example").await;
    let id = house.subscription(&customer_id, flexible(2)).await;
    let licensed = async || {
        let path = format!("/apps/reseller/v1/customers/{customer_id}/subscriptions/{id}");
        house.call("GET", &path, Value::Null).await.json()["seats"]["licensedNumberOfSeats"].clone()
    };
    assert_eq!(licensed().await, 1, "those who were there get a licence");
    house.user("b@acme.example").await;
    assert_eq!(licensed().await, 2);
    let third = house.call("POST", USERS, user("c@acme.example")).await;
    assert_eq!(third.gist(), "412 limitExceeded");
    assert_eq!(
        house.call("DELETE", &format!("{USERS}/b@acme.example"), Value::Null).await.status,
        204
    );
    assert_eq!(licensed().await, 1);

    let switches = Switches { users_before_subscription: false, ..Switches::default() };
    let house = House::with(Settings { switches, ..settings() }).await;
    house.customer("acme.example").await;
    let early = house.call("POST", USERS, user("a@acme.example")).await;
    assert_eq!(early.gist(), "412 conditionNotMet");
}

#[tokio::test]
async fn lists_want_the_right_kind_of_key() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    for name in ["a", "b", "c"] {
        house.user(&format!("{name}@acme.example")).await;
    }
    let check = async |query: &str, gist: &str, count: usize| {
        let answer = house.call("GET", &format!("{USERS}?{query}"), Value::Null).await;
        assert_eq!(answer.gist(), gist, "{query}: {}", answer.text);
        assert_eq!(answer.json()["users"].as_array().map_or(0, Vec::len), count, "{query}");
    };
    check(&format!("customer={customer_id}"), "200", 3).await;
    check("domain=acme.example", "200", 3).await;
    check(&format!("customer={customer_id}&maxResults=2"), "200", 2).await;
    check("customer=my_customer", "200", 1).await;
    check("", "400 badRequest", 0).await;
    check("customer=acme.example", "400 badRequest", 0).await;
    check(&format!("domain={customer_id}"), "400 badRequest", 0).await;
    check("customer=C0rival00", "403 forbidden", 0).await;
    check("domain=rival.example", "403 forbidden", 0).await;
    check("query=isAdmin%3Dtrue", "400 badRequest", 0).await;
}

#[tokio::test]
async fn a_customer_can_shut_its_reseller_out() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    house.user("a@acme.example").await;
    house.sandbox.alter(|world| {
        world.customers.get_mut(&customer_id).expect("it").reseller_access = false;
    });
    let get = house.call("GET", &format!("{USERS}/a@acme.example"), Value::Null).await;
    assert_eq!(get.gist(), "403 forbidden");
    let still =
        house.call("GET", &format!("/apps/reseller/v1/customers/{customer_id}"), Value::Null).await;
    assert_eq!(still.status, 200);
}

#[tokio::test]
async fn the_customer_record_takes_a_language() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    let path = format!("/admin/directory/v1/customers/{customer_id}");
    let shown = house.call("GET", &path, Value::Null).await.json();
    assert_eq!(
        (&shown["kind"], &shown["language"]),
        (&json!("admin#directory#customer"), &json!("en"))
    );
    let shown = house.call("PATCH", &path, json!({"language": "de"})).await.json();
    assert_eq!(shown["language"], "de");
    let check = async |path: &str, body: Value, gist: &str| {
        assert_eq!(house.call("PATCH", path, body.clone()).await.gist(), gist, "{body}");
    };
    check(&path, json!({"language": "German!"}), "400 invalid").await;
    check(&path, json!({"alternateEmail": "x@acme.example"}), "400 invalid").await;
    check(&path, json!({"postalAddress": {"postalCode": "1"}}), "400 invalid").await;
    check("/admin/directory/v1/customers/my_customer", json!({"language": "fr"}), "200").await;
    check("/admin/directory/v1/customers/C0rival00", json!({"language": "fr"}), "403 forbidden")
        .await;
}

#[tokio::test]
async fn licences_follow_automatic_assignment() {
    let house = House::new().await;
    let customer_id = house.customer("acme.example").await;
    for name in ["a", "b", "c"] {
        house.user(&format!("{name}@acme.example")).await;
    }
    house.subscription(&customer_id, flexible(3)).await;
    let product = "/apps/licensing/v1/product/Google-Apps";
    let starter = format!("{product}/sku/1010020027");
    let standard = format!("{product}/sku/1010020028");
    let check = async |verb: &str, path: &str, body: Value, gist: &str| {
        let answer = house.call(verb, path, body).await;
        assert_eq!(answer.gist(), gist, "{verb} {path}: {}", answer.text);
        answer
    };
    let list = format!("{product}/users?customerId={customer_id}&maxResults=2");
    let page = check("GET", &list, Value::Null, "200").await.json();
    assert_eq!(page["kind"], "licensing#licenseAssignmentList");
    assert_eq!(page["items"][0]["userId"], "a@acme.example");
    assert_eq!(page["items"][0]["skuName"], "Google Workspace Business Starter");
    assert!(page["nextPageToken"].is_string());
    check("GET", &format!("{product}/users"), Value::Null, "400 invalid").await;
    check("GET", &format!("{starter}/users?customerId=acme.example"), Value::Null, "200").await;
    check("GET", &format!("{starter}/users?customerId=C0rival00"), Value::Null, "403 forbidden")
        .await;
    check("GET", &format!("{starter}/user/a@acme.example"), Value::Null, "200").await;
    check("GET", &format!("{standard}/user/a@acme.example"), Value::Null, "404 notFound").await;
    check("GET", &format!("{product}/sku/nothing/user/a@acme.example"), Value::Null, "400 invalid")
        .await;
    let a = json!({"userId": "a@acme.example"});
    check("POST", &format!("{starter}/user"), a.clone(), "412 conditionNotMet").await;
    check("POST", &format!("{standard}/user"), a.clone(), "412 conditionNotMet").await;
    check("POST", &format!("{starter}/user"), json!({"userId": "a"}), "400 invalid").await;
    check(
        "POST",
        &format!("{starter}/user"),
        json!({"userId": "z@rival.example"}),
        "403 forbidden",
    )
    .await;
    check("DELETE", &format!("{starter}/user/a@acme.example"), Value::Null, "412 conditionNotMet")
        .await;

    let path = format!("/apps/reseller/v1/customers/{customer_id}/subscriptions?action=buy");
    assert_eq!(house.call("POST", &path, annual(1)).await.status, 200);
    let change = json!({"skuId": "1010020028"});
    let whole =
        |user: &str, sku: &str| json!({"productId": "Google-Apps", "skuId": sku, "userId": user});
    let (a_path, b_path) =
        (format!("{starter}/user/a@acme.example"), format!("{starter}/user/b@acme.example"));
    check("PUT", &a_path, change.clone(), "400 invalid").await;
    check("PUT", &a_path, whole("a@acme.example", "1010020028"), "200").await;
    check("PATCH", &b_path, change, "412 conditionNotMet").await;
    check("PUT", &b_path, whole("b@acme.example", "1010020027"), "412 conditionNotMet").await;
    check("PUT", &b_path, whole("c@acme.example", "1010020028"), "412 conditionNotMet").await;
    check("DELETE", &format!("{standard}/user/a@acme.example"), Value::Null, "200").await;
    check("POST", &format!("{standard}/user"), a, "200").await;
    let free = house.call("POST", "/apps/reseller/v1/customers", customer("free.example")).await;
    assert_eq!(free.status, 200);
}
