//! What the forms do, as the APIs see it, and what they refuse.

use axum::body::Body;
use http::Request;
use serde_json::json;

use crate::house::{self, Answer, DAY_MS, House, RESELLER, START_MS, annual, flexible};
use crate::{page, play, refused};

async fn from(house: &House, headers: &[(&str, &str)]) -> Answer {
    let mut request =
        Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::from("do=advance&count=1&unit=days");
    house.send(request.body(body).expect("a request")).await
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let house = House::new().await;
    let host = ("host", "127.0.0.1:8081");
    let foreign: [&[(&str, &str)]; 4] = [
        &[host, ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[host, ("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:9")],
        &[host, ("origin", "https://evil.example")],
        &[host, ("origin", "null")],
    ];
    for headers in foreign {
        let answer = from(&house, headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.text.contains("Nothing was done") && answer.text.contains("not Google"));
    }
    assert_eq!(house.sandbox.now_ms(), START_MS);
    let own: [&[(&str, &str)]; 2] = [
        &[host, ("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8081")],
        &[host, ("origin", "http://127.0.0.1:8081")],
    ];
    for headers in own {
        assert_eq!(from(&house, headers).await.status, 303, "{headers:?}");
    }
    assert_eq!(house.sandbox.now_ms(), START_MS + 2 * DAY_MS);
}

/// A call without a body is nothing that a page of another site couldn't send.
#[tokio::test]
async fn pages_of_other_sites_cant_use_the_control_api() {
    let house = House::new().await;
    let call = async |site: &str| {
        let request = Request::post("/sandbox/v1/quotas/google").header("host", "127.0.0.1:8081");
        let request = request.header("sec-fetch-site", site).body(Body::empty());
        house.send(request.expect("a request")).await
    };
    let refused = call("cross-site").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("another site"), "{}", refused.text);
    assert_eq!(call("same-origin").await.status, 200);
}

#[tokio::test]
async fn the_clock_goes_on_and_never_back() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let trial = json!({"skuId": "1010020027", "plan": {"planName": "TRIAL"}, "seats": {"maximumNumberOfSeats": 10}});
    house.subscription(&id, trial).await;
    play(&house, "/", &[("do", "advance"), ("of", "+1 hour"), ("count", "1"), ("unit", "hours")])
        .await;
    assert_eq!(house.sandbox.now_ms(), START_MS + DAY_MS / 24);
    let end = (START_MS + 30 * DAY_MS).to_string();
    assert!(page(&house, "/").await.contains(&format!("value=\"{end}\"")));
    play(&house, "/", &[("do", "advance_to"), ("of", &end)]).await;
    let customer = page(&house, &format!("/sandbox/customers/{id}")).await;
    assert!(customer.contains("its trial ended without a plan"), "{customer}");
    refused(&house, "/", &[("do", "advance_to"), ("of", &end.replace('9', "1"))], 400).await;
    refused(&house, "/", &[("do", "advance_to"), ("of", "soon")], 400).await;
    let text =
        refused(&house, "/", &[("do", "advance"), ("count", "-3"), ("unit", "days")], 400).await;
    assert!(
        text.contains("value=\"-3\"") && text.contains("Give a whole number from 1 to 100000.")
    );
    assert!(text.contains("aria-invalid=\"true\""));
    let far = [("do", "advance"), ("count", "100000"), ("unit", "days")];
    for _ in 0..29 {
        play(&house, "/", &far).await;
    }
    assert!(refused(&house, "/", &far, 400).await.contains("too far"));
}

#[tokio::test]
async fn outside_customers_come_into_being() {
    let house = House::new().await;
    let fields = [
        ("do", "add_customer"),
        ("domain", "Evergreen.example"),
        ("organization", "Evergreen Foods"),
        ("country", "us"),
        ("seller", ""),
    ];
    let path = play(&house, "/sandbox/customers", &fields).await;
    let found = page(&house, &path).await;
    assert!(found.contains("Evergreen Foods") && found.contains("Google, directly"));
    let rival = [
        ("do", "add_customer"),
        ("domain", "fjord.example"),
        ("seller", "other"),
        ("other", "C0x"),
    ];
    let path = play(&house, "/sandbox/customers", &rival).await;
    assert!(page(&house, &path).await.contains("another reseller, C0x"));
    let text = refused(&house, "/sandbox/customers", &fields, 409).await;
    assert!(text.contains("Somebody has the domain evergreen.example already."));
    let bad = [
        (&[("do", "add_customer"), ("domain", "no domain")][..], "That isn&#39;t a domain."),
        (&[("do", "add_customer"), ("domain", "a.example"), ("country", "Germany")], "two letters"),
        (&[("do", "add_customer"), ("domain", "a.example"), ("seller", "other")], "customer id"),
        (&[("do", "add_customer")], "Give a domain"),
    ];
    for (fields, words) in bad {
        assert!(
            refused(&house, "/sandbox/customers", fields, 400).await.contains(words),
            "{words}"
        );
    }
}

#[tokio::test]
async fn terms_are_accepted_by_an_administrator() {
    let house = House::new().await;
    let id = house.customer("acme.example").await;
    let subscription = house.subscription(&id, flexible(5)).await;
    let path = format!("/sandbox/customers/{id}");
    assert!(page(&house, &path).await.contains("Nobody can accept the terms yet"));
    let text = refused(&house, &path, &[("do", "accept_terms")], 409).await;
    assert!(text.contains("has no administrator"));
    let user = [("do", "add_user"), ("local", "boss"), ("domain", "acme.example"), ("admin", "on")];
    play(&house, &path, &user).await;
    play(&house, &path, &[("do", "accept_terms")]).await;
    let api = format!("/apps/reseller/v1/customers/{id}/subscriptions/{subscription}");
    let shown = house.expect("GET", &api, json!(null), "200").await;
    assert_eq!(shown["status"], "ACTIVE");
}

#[tokio::test]
async fn subscriptions_change_behind_the_back_of_the_api() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let subscription = house.subscription(&id, annual(10)).await;
    let path = format!("/sandbox/customers/{id}");
    let api = format!("/apps/reseller/v1/customers/{id}/subscriptions/{subscription}");
    let of = ("of", subscription.as_str());
    let see = || house.expect("GET", &api, json!(null), "200");
    play(&house, &path, &[("do", "change_seats"), of, ("seats", "17")]).await;
    assert_eq!(see().await["seats"]["numberOfSeats"], 17);
    play(&house, &path, &[("do", "suspend"), of, ("on", "on")]).await;
    assert_eq!(see().await["suspensionReasons"], json!(["OTHER"]));
    play(&house, &path, &[("do", "suspend"), of, ("on", "off")]).await;
    assert_eq!(see().await["status"], "ACTIVE");
    play(&house, &path, &[("do", "change_plan"), of, ("plan", "FLEXIBLE")]).await;
    assert_eq!(see().await["plan"]["planName"], "FLEXIBLE");
    for seats in ["0", "50001", "ten", ""] {
        let text =
            refused(&house, &path, &[("do", "change_seats"), of, ("seats", seats)], 400).await;
        assert!(text.contains("Give a whole number from 1 to 50000."));
        assert!(text.contains(&format!("value=\"{seats}\"")), "{seats}");
    }
    refused(&house, &path, &[("do", "change_plan"), of, ("plan", "GRATIS")], 400).await;
    refused(&house, &path, &[("do", "change_seats"), ("of", "none"), ("seats", "3")], 404).await;
    play(&house, &path, &[("do", "cancel"), of]).await;
    assert_eq!(see().await["status"], "CANCELLED");
    let buy = [
        ("do", "add_subscription"),
        ("sku", "1010020026"),
        ("plan", "ANNUAL_YEARLY_PAY"),
        ("seats", "40"),
    ];
    play(&house, &path, &[&buy[..], &[("age_days", "100")]].concat()).await;
    let bought = page(&house, &path).await;
    assert!(bought.contains("Enterprise Standard") && bought.contains("(in 265 days)"));
    refused(
        &house,
        &path,
        &[("do", "add_subscription"), ("sku", "x"), ("plan", "TRIAL"), ("seats", "4")],
        404,
    )
    .await;
}

#[tokio::test]
async fn customers_come_and_go_between_sellers() {
    let house = House::new().await;
    let fields = [("do", "add_customer"), ("domain", "evergreen.example"), ("seller", "")];
    let path = play(&house, "/sandbox/customers", &fields).await;
    let buy =
        [("do", "add_subscription"), ("sku", "1010020027"), ("plan", "FLEXIBLE"), ("seats", "5")];
    play(&house, &path, &buy).await;
    play(&house, &path, &[("do", "make_token"), ("reseller", "C0reseller")]).await;
    let token = house.sandbox.inspect(|world| world.transfer_tokens.keys().next().cloned());
    let token = token.expect("a token");
    assert!(page(&house, &path).await.contains(&token));
    let id = path.rsplit('/').next().expect("an id");
    let order = format!("/apps/reseller/v1/customers/{id}/subscriptions?customerAuthToken={token}");
    let got = house.call("POST", &order, flexible(5)).await;
    assert_eq!(got.status, 200, "{}", got.text);
    assert!(page(&house, &path).await.contains("reseller.example"));
    play(&house, &path, &[("do", "hand_over"), ("seller", "other"), ("other", "C0rival01")]).await;
    let gone = house
        .call("GET", &format!("/apps/reseller/v1/subscriptions?customerId={id}"), json!(null))
        .await;
    assert_ne!(gone.status, 200, "{}", gone.text);
    refused(&house, &path, &[("do", "hand_over"), ("seller", "other")], 400).await;
    refused(&house, &path, &[("do", "make_token")], 400).await;
    refused(&house, &path, &[("do", "make_token"), ("reseller", "C0nobody")], 404).await;
}

#[tokio::test]
async fn people_are_made_changed_and_deleted() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("/sandbox/customers/{id}");
    let new =
        [("do", "add_user"), ("local", "mina"), ("domain", "acme.example"), ("given_name", "Mina")];
    play(&house, &path, &[&new[..], &[("password", "pass word 1")]].concat()).await;
    let text =
        refused(&house, &path, &[&new[..], &[("password", "typed again")]].concat(), 409).await;
    assert!(text.contains("value=\"Mina\"") && !text.contains("typed again"));
    refused(&house, &path, &[("do", "add_user"), ("local", "x"), ("domain", "rival.example")], 400)
        .await;
    let api = "/admin/directory/v1/users/mina@acme.example";
    let see = || house.expect("GET", api, json!(null), "200");
    let user = format!("/sandbox/users/{}", see().await["id"].as_str().expect("an id"));
    play(&house, &user, &[("do", "suspend_user"), ("on", "on")]).await;
    play(&house, &user, &[("do", "make_admin"), ("on", "on")]).await;
    assert_eq!(
        (see().await["suspended"].clone(), see().await["isAdmin"].clone()),
        (json!(true), json!(true))
    );
    play(&house, &user, &[("do", "suspend_user"), ("on", "off")]).await;
    play(&house, &user, &[("do", "sign_in")]).await;
    assert_eq!(see().await["lastLoginTime"], "2026-09-21T14:13:20.000Z");
    play(&house, &user, &[("do", "password"), ("password", "another password")]).await;
    let knows = house.sandbox.inspect(|world| {
        world.user("mina@acme.example").is_some_and(|user| user.has_password("another password"))
    });
    assert!(knows);
    let text = refused(&house, &user, &[("do", "password"), ("password", "shorty")], 400).await;
    assert!(text.contains("8 to 100 ASCII characters") && !text.contains("shorty"));
    let back = play(&house, &user, &[("do", "remove_user")]).await;
    assert_eq!(back, path);
    house.expect("GET", api, json!(null), "404 notFound").await;
    assert_eq!(house.open(&user).await.status, 404);
    play(&house, &path, &[("do", "add_consumer"), ("email", "rose@acme.example")]).await;
    assert!(house.sandbox.inspect(|world| world.unmanaged.contains("rose@acme.example")));
    refused(&house, &path, &[("do", "add_consumer"), ("email", "rose")], 400).await;
}

#[tokio::test]
async fn domains_switches_and_records_change() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("/sandbox/customers/{id}");
    play(&house, &path, &[("do", "add_domain"), ("domain", "shop.example")]).await;
    play(&house, &path, &[("do", "verify_domain"), ("of", "shop.example")]).await;
    let domains = format!("/admin/directory/v1/customer/{id}/domains/shop.example");
    let shown = house.expect("GET", &domains, json!(null), "200").await;
    assert_eq!(shown["verified"], true);
    play(&house, &path, &[("do", "make_primary"), ("of", "shop.example")]).await;
    let customer = format!("/apps/reseller/v1/customers/{id}");
    let shown = house.expect("GET", &customer, json!(null), "200").await;
    assert_eq!(shown["customerDomain"], "shop.example");
    refused(&house, &path, &[("do", "add_domain"), ("domain", "rival.example")], 409).await;
    let publish =
        [("do", "publish"), ("type", "TXT"), ("host", "acme.example"), ("value", "v=1 x")];
    play(&house, &path, &publish).await;
    let cname = [
        ("do", "publish"),
        ("type", "CNAME"),
        ("host", "acme.example"),
        ("value", "abc.acme.example gv-1.dv.googlehosted.com"),
    ];
    play(&house, &path, &cname).await;
    let dns = || house.sandbox.inspect(|world| world.dns.clone());
    assert!(dns()["acme.example"].contains("TXT v=1 x"));
    assert!(dns()["abc.acme.example"].contains("CNAME gv-1.dv.googlehosted.com"));
    refused(
        &house,
        &path,
        &[("do", "publish"), ("type", "TXT"), ("host", "rival.example"), ("value", "x")],
        400,
    )
    .await;
    play(&house, &path, &[("do", "withdraw"), ("of", "acme.example"), ("record", "TXT v=1 x")])
        .await;
    assert!(dns().get("acme.example").is_none_or(|records| records.is_empty()));
    refused(
        &house,
        &path,
        &[("do", "withdraw"), ("of", "acme.example"), ("record", "TXT v=1 x")],
        400,
    )
    .await;
    play(&house, &path, &[("do", "reseller_access"), ("on", "off")]).await;
    assert_eq!(house.call("GET", &domains, json!(null)).await.status, 403);
    play(&house, &path, &[("do", "reseller_access"), ("on", "on")]).await;
    play(&house, &path, &[("do", "api_access"), ("on", "off")]).await;
    assert_ne!(house.call("GET", &domains, json!(null)).await.status, 200);
    play(&house, &path, &[("do", "auto_licensing"), ("on", "off")]).await;
    assert!(house.sandbox.inspect(|world| !world.customers[&id].auto_licensing));
}

#[tokio::test]
async fn consent_clients_and_contracts_change() {
    let house = House::new().await;
    let path = "/sandbox/accounts";
    let profile = "/gmail/v1/users/me/profile";
    play(&house, path, &[("do", "api"), ("of", "client-1"), ("api", "gmail"), ("on", "off")]).await;
    assert_eq!(house.call("GET", profile, json!(null)).await.gist(), "403 accessNotConfigured");
    play(&house, path, &[("do", "api"), ("of", "client-1"), ("api", "gmail"), ("on", "on")]).await;
    house.expect("GET", profile, json!(null), "200").await;
    for (deed, pill) in [
        ("testing", ">Testing</span>"),
        ("unverified", "not verified</span>"),
        ("deleted", ">Deleted</span>"),
    ] {
        play(&house, path, &[("do", deed), ("of", "client-2"), ("on", "on")]).await;
        assert!(page(&house, path).await.contains(pill), "{deed}");
        play(&house, path, &[("do", deed), ("of", "client-2"), ("on", "off")]).await;
        assert!(!page(&house, path).await.contains(pill), "{deed}");
    }
    play(&house, path, &[("do", "internal"), ("of", "client-2"), ("customer", "C0rival00")]).await;
    play(
        &house,
        path,
        &[("do", "test_users"), ("of", "client-2"), ("emails", "a@b.example\r\nc@d.example")],
    )
    .await;
    let client = house.sandbox.inspect(|world| world.clients["client-2"].clone());
    assert_eq!((client.internal_to.as_deref(), client.test_users.len()), (Some("C0rival00"), 2));
    let restricted =
        [("do", "restrict"), ("of", "C0reseller"), ("scope", house::SEND), ("scope", house::USER)];
    play(&house, path, &restricted).await;
    let kept = house.sandbox.inspect(|world| world.restricted_scopes["C0reseller"].clone());
    assert_eq!(kept, house::set(&[house::SEND, house::USER]));
    play(
        &house,
        path,
        &[("do", "not_entitled"), ("of", "C0reseller"), ("closed", "1010020026, DE")],
    )
    .await;
    assert!(page(&house, path).await.contains("<code>DE</code>"));
    let bad: [&[(&str, &str)]; 4] = [
        &[("do", "not_entitled"), ("of", "C0reseller"), ("closed", "everything")],
        &[("do", "restrict"), ("of", "C0reseller"), ("scope", "all")],
        &[("do", "test_users"), ("of", "client-2"), ("emails", "nobody")],
        &[("do", "internal"), ("of", "client-2"), ("customer", "C0nobody")],
    ];
    for fields in bad {
        refused(&house, path, fields, 400).await;
    }
    refused(&house, path, &[("do", "testing"), ("of", "client-9"), ("on", "on")], 404).await;
    play(&house, path, &[("do", "revoke"), ("of", RESELLER), ("client", "client-1")]).await;
    assert_eq!(house.call("GET", profile, json!(null)).await.status, 401);
    assert!(page(&house, path).await.contains("Nobody has allowed a client anything yet"));
}

#[tokio::test]
async fn faults_lag_and_quotas_are_switched() {
    let house = House::new().await;
    let path = "/sandbox/faults";
    let profile = "/gmail/v1/users/me/profile";
    let id = ("method", "gmail.users.getProfile");
    let busy = [
        ("do", "add_fault"),
        ("kind", "too_many_requests"),
        id,
        ("percent", "100"),
        ("seconds", "7"),
        ("times", "1"),
    ];
    play(&house, path, &busy).await;
    let answer = house.call("GET", profile, json!(null)).await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().ok()), (429, Some("7")));
    assert!(page(&house, path).await.contains("Used up"));
    let slow = [
        ("do", "add_fault"),
        ("kind", "slow_uniform"),
        ("percent", "50"),
        ("ms", "10"),
        ("max_ms", "20"),
        ("after", "2"),
    ];
    play(&house, path, &slow).await;
    assert!(
        page(&house, path).await.contains(
            "After 2 more such calls: Slow: 10 to 20 ms (any method, 50 % of the calls)."
        )
    );
    let text =
        refused(&house, path, &[("do", "remove_fault"), ("of", "1"), ("was", "other")], 400).await;
    assert!(text.contains("The rules have changed meanwhile"));
    play(&house, path, &[("do", "remove_fault"), ("of", "1"), ("was", "  50 latency")]).await;
    assert_eq!(house.sandbox.inspect(|world| world.faults.len()), 1);
    play(&house, path, &[("do", "clear_faults")]).await;
    house.expect("GET", profile, json!(null), "200").await;
    let base = [("do", "add_fault"), ("percent", "100")];
    let bad: [(&[(&str, &str)], &str); 7] = [
        (&[("kind", "explode")], "Choose what happens."),
        (&[("kind", "answer_lost"), ("method", "no.such.method")], "no such method"),
        (&[("kind", "forbidden")], "Give a reason"),
        (&[("kind", "slow_fixed"), ("ms", "fast")], "Give a whole number"),
        (&[("kind", "slow_uniform"), ("ms", "9"), ("max_ms", "8")], "less than the other time"),
        (&[("kind", "truncated_at")], "Give a whole number"),
        (&[("kind", "answer_lost"), ("times", "0")], "Give a whole number from 1"),
    ];
    for (fields, words) in bad {
        let text = refused(&house, path, &[&base[..], fields].concat(), 400).await;
        assert!(text.contains(words), "{fields:?}");
    }
    assert_eq!(house.sandbox.inspect(|world| world.faults.len()), 0);
    play(&house, path, &[("do", "set_lag"), ("users_ms", "5,000")]).await;
    assert_eq!(house.sandbox.inspect(|world| world.lag_ms.users_ms), 5000);
    assert!(page(&house, "/").await.contains("Users: seen 5000 ms late."));
    play(&house, path, &[("do", "set_quotas"), ("reseller_per_minute", "0")]).await;
    let list = "/apps/reseller/v1/subscriptions";
    assert_eq!(house.call("GET", list, json!(null)).await.status, 429);
    play(&house, path, &[("do", "google_quotas")]).await;
    assert!(page(&house, "/").await.contains("Google&#39;s own quotas hold."));
    play(&house, path, &[("do", "no_quotas")]).await;
    house.expect("GET", list, json!(null), "200").await;
    refused(&house, path, &[("do", "set_lag"), ("users_ms", "late")], 400).await;
}

/// Every kind of fault that the form offers makes a rule.
#[tokio::test]
async fn every_fault_of_the_form_can_be_added() {
    let house = House::new().await;
    let text = page(&house, "/sandbox/faults").await;
    let select = text.split("name=\"kind\"").nth(1).and_then(|rest| rest.split("</select>").next());
    let kinds: Vec<&str> = select
        .expect("a select")
        .split("value=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    assert_eq!(kinds.len(), 14);
    for kind in &kinds {
        let fields = [
            ("do", "add_fault"),
            ("kind", kind),
            ("percent", "0"),
            ("reason", "r"),
            ("ms", "5"),
            ("max_ms", "9"),
            ("bytes", "3"),
        ];
        play(&house, "/sandbox/faults", &fields).await;
    }
    let names = house.sandbox.inspect(|world| {
        world
            .faults
            .iter()
            .map(|rule| format!("{:?}", rule.fault))
            .collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(names.len(), kinds.len());
}

#[tokio::test]
async fn a_record_changes_and_an_account_goes_and_comes_back() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("/sandbox/customers/{id}");
    let record = [
        ("do", "change_details"),
        ("organization", "Acme & Daughters"),
        ("contact", "Grace Hopper"),
        ("alternate_email", "grace@mail.example"),
        ("language", "de"),
    ];
    play(&house, &path, &record).await;
    let api = format!("/apps/reseller/v1/customers/{id}");
    let shown = house.expect("GET", &api, json!(null), "200").await;
    assert_eq!(shown["postalAddress"]["organizationName"], "Acme & Daughters");
    let text =
        refused(&house, &path, &[&record[..3], &[("alternate_email", "grace")]].concat(), 400)
            .await;
    assert!(text.contains("value=\"Grace Hopper\"") && text.contains("Go to the field"));
    assert_eq!(play(&house, &path, &[("do", "delete_account")]).await, "/sandbox/customers");
    assert_ne!(house.call("GET", &api, json!(null)).await.status, 200);
    assert!(page(&house, "/sandbox/customers").await.contains("Deleted accounts"));
    let back = play(&house, "/sandbox/customers", &[("do", "restore_account"), ("of", &id)]).await;
    assert_ne!(back, path);
    assert!(page(&house, &back).await.contains("Acme &#38; Daughters"));
    refused(&house, "/sandbox/customers", &[("do", "restore_account"), ("of", &id)], 404).await;
}

#[tokio::test]
async fn terms_renew_as_somebody_says() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let subscription = house.subscription(&id, annual(10)).await;
    let path = format!("/sandbox/customers/{id}");
    let of = ("of", subscription.as_str());
    let renewal = |to| [("do", "change_renewal"), of, ("renewal", to)];
    play(&house, &path, &renewal("RENEW_ON_PROPOSED_OFFER")).await;
    play(&house, &path, &[("do", "propose"), of, ("seats", "33")]).await;
    assert!(page(&house, &path).await.contains("Seats proposed"));
    refused(&house, &path, &renewal("FOREVER"), 400).await;
    let end = (START_MS + 365 * DAY_MS).to_string();
    play(&house, &path, &[("do", "advance_to"), ("of", &end)]).await;
    assert!(page(&house, &path).await.contains("33 bought"));
    play(&house, &path, &renewal("CANCEL")).await;
    assert!(page(&house, &path).await.contains("ends, and is suspended"));
}

#[tokio::test]
async fn users_move_and_come_back() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    house.subscription(&id, flexible(5)).await;
    house.user("mina@acme.example").await;
    let unit = json!({"name": "Sales", "parentOrgUnitPath": "/"});
    let units = format!("/admin/directory/v1/customer/{id}/orgunits");
    house.expect("POST", &units, unit, "200").await;
    let see = |email: &'static str| {
        let path = format!("/admin/directory/v1/users/{email}");
        let house = &house;
        async move { house.expect("GET", &path, json!(null), "200").await }
    };
    let mina = see("mina@acme.example").await["id"].as_str().expect("an id").to_owned();
    let user = format!("/sandbox/users/{mina}");
    play(&house, &user, &[("do", "move"), ("unit", "/Sales")]).await;
    play(&house, &user, &[("do", "name"), ("given_name", "Mina"), ("family_name", "Okafor")]).await;
    play(&house, &user, &[("do", "rename"), ("email", "okafor@acme.example")]).await;
    let shown = see("okafor@acme.example").await;
    assert_eq!(shown["orgUnitPath"], "/Sales");
    assert_eq!(shown["name"]["fullName"], "Mina Okafor");
    assert_eq!(shown["id"], json!(mina));
    refused(&house, &user, &[("do", "rename"), ("email", "okafor@rival.example")], 400).await;
    refused(&house, &user, &[("do", "move"), ("unit", "/Nowhere")], 404).await;
    refused(&house, &user, &[("do", "name"), ("given_name", "Mina")], 400).await;
    play(&house, &user, &[("do", "give_licence"), ("sku", "Google-Vault")]).await;
    refused(&house, &user, &[("do", "give_licence"), ("sku", "Google-Vault")], 409).await;
    assert!(page(&house, &user).await.contains("Take Google Vault away"));
    play(&house, &user, &[("do", "take_licence"), ("of", "Google-Vault")]).await;
    let customer = play(&house, &user, &[("do", "remove_user")]).await;
    assert!(page(&house, &customer).await.contains("Deleted, and may come back"));
    play(&house, &customer, &[("do", "restore_user"), ("of", &mina)]).await;
    see("okafor@acme.example").await;
}

#[tokio::test]
async fn domains_get_other_names_and_go() {
    let house = House::new().await;
    let id = house.ready_customer("acme.example").await;
    let path = format!("/sandbox/customers/{id}");
    let alias = [("do", "add_alias"), ("alias", "acme-mail.example"), ("parent", "acme.example")];
    play(&house, &path, &alias).await;
    assert!(page(&house, &path).await.contains("Another name of acme.example"));
    refused(&house, &path, &alias, 409).await;
    play(&house, &path, &[("do", "remove_domain"), ("of", "acme-mail.example")]).await;
    assert!(!page(&house, &path).await.contains("acme-mail.example"));
    refused(&house, &path, &[("do", "remove_domain"), ("of", "acme-mail.example")], 404).await;
    play(&house, &path, &[("do", "gmail_apps"), ("on", "off")]).await;
    assert!(house.sandbox.inspect(|world| !world.customers[&id].gmail_apps));
}

#[tokio::test]
async fn administrators_trust_clients_and_end_sessions() {
    let house = House::new().await;
    let path = "/sandbox/accounts";
    let of = ("of", "C0reseller");
    play(&house, path, &[("do", "trust"), of, ("client", "client-1"), ("client", "client-3")])
        .await;
    let trusted = || house.sandbox.inspect(|world| world.trusted_clients["C0reseller"].clone());
    assert_eq!(trusted(), house::set(&["client-1", "client-3"]));
    play(&house, path, &[("do", "trust"), of, ("client", "client-3")]).await;
    assert_eq!(trusted(), house::set(&["client-3"]));
    refused(&house, path, &[("do", "trust"), of, ("client", "client-9")], 400).await;
    play(&house, path, &[("do", "sessions"), of, ("hours", "16")]).await;
    let length =
        || house.sandbox.inspect(|world| world.session_lengths_ms.get("C0reseller").copied());
    assert_eq!(length(), Some(16 * DAY_MS / 24));
    play(&house, path, &[("do", "sessions"), of, ("hours", "")]).await;
    assert_eq!(length(), None);
    let grant = format!("{RESELLER} client-1");
    play(&house, path, &[("do", "limit"), ("of", &grant), ("days", "7")]).await;
    assert_eq!(house.sandbox.inspect(|world| world.access_limits_ms[&grant]), 7 * DAY_MS);
    refused(&house, path, &[("do", "limit"), ("of", &grant), ("days", "never")], 400).await;
}
