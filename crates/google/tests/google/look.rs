//! What a look asks for, in which order, and what it makes of the answers.

use crate::fake::{House, error, no_answer, reply};
use domain::catalog::PaymentPlan;
use domain::observed::{Found, ObservedAdmin, Status, SuspensionReason};
use google::CallError;

const FULL: &str = r#"{"kind":"reseller#customer","customerId":"C04k2m9zq",
    "customerDomain":"acme.example","customerDomainVerified":true,"customerType":"domain",
    "alternateEmail":"ada@other.example","postalAddress":{"organizationName":"Acme Ltd"}}"#;
const MINIMAL: &str = r#"{"kind":"reseller#customer","customerId":"C01a2b3c4",
    "customerDomain":"other.example","customerType":"domain"}"#;
const USER: &str = r#"{"kind":"admin#directory#user","id":"117","primaryEmail":"admin@acme.example",
    "isAdmin":true,"agreedToTerms":true,"name":{"fullName":"Ada"},
    "externalIds":[{"value":"x","type":"organization"},
    {"value":"cus_01","type":"custom","customType":"seatwright"}]}"#;
const NONE: &str = r#"{"kind":"reseller#subscriptions"}"#;

const GET: &str = "GET /apps/reseller/v1/customers/acme.example";
const GET_USER: &str = "GET /admin/directory/v1/users/admin@acme.example";
const LIST: &str = "GET /apps/reseller/v1/subscriptions?customerId=C04k2m9zq&maxResults=100";

#[tokio::test]
async fn a_customer_of_ours_is_seen_whole() {
    let page = |id: &str, next: &str| {
        format!(
            r#"{{"kind":"reseller#subscriptions","subscriptions":[{{"subscriptionId":"{id}",
            "skuId":"1010020027","purchaseOrderId":"po-{id}","plan":{{"planName":"FLEXIBLE"}},
            "seats":{{"maximumNumberOfSeats":5}},"status":"SUSPENDED",
            "suspensionReasons":["RESELLER_INITIATED","NEW"],"newField":{{}}}}]{next}}}"#
        )
    };
    let replies = vec![
        reply(200, FULL),
        reply(200, USER),
        reply(200, &page("1", r#","nextPageToken":"a/b=""#)),
        reply(200, &page("2", "")),
    ];
    let mut house = House::with_token(replies);
    let looked = house.look(None).await.unwrap();
    let next = "GET /apps/reseller/v1/subscriptions?customerId=C04k2m9zq&maxResults=100&pageToken=a%2Fb%3D";
    assert_eq!(house.lines(), [GET, GET_USER, LIST, next]);

    let Found::Present(customer) = looked.customer else { panic!("{:?}", looked.customer) };
    assert!(customer.managed && customer.domain_verified && !customer.made_by_us);
    assert_eq!(
        (customer.google_id.as_str(), customer.organization.as_str()),
        ("C04k2m9zq", "Acme Ltd")
    );
    let admin = ObservedAdmin {
        google_id: "117".into(),
        email: "admin@acme.example".into(),
        is_admin: true,
        suspended: false,
        agreed_to_terms: true,
        ours: true,
    };
    assert_eq!(looked.admin, Some(Found::Present(admin)));
    let Some(Found::Present(all)) = looked.subscriptions else { panic!() };
    let orders: Vec<&str> = all.iter().map(|one| one.purchase_order_id.as_str()).collect();
    assert_eq!(orders, ["po-1", "po-2"]);
    let first = &all[0].subscription;
    assert_eq!((first.payment_plan, first.seats), (Some(PaymentPlan::Flexible), 5));
    assert_eq!(first.status, Status::Suspended);
    let reasons = [SuspensionReason::ResellerInitiated, SuspensionReason::Other];
    assert_eq!(first.suspension_reasons, reasons);
}

#[tokio::test]
async fn a_known_id_is_asked_for_instead_of_the_domain() {
    let mut house = House::with_token(vec![error(404, "notFound", "Not Found")]);
    let looked = house.look(Some("C04k2m9zq")).await.unwrap();
    assert_eq!((looked.customer, looked.admin), (Found::Absent, None));
    assert_eq!(house.lines(), ["GET /apps/reseller/v1/customers/C04k2m9zq"]);
}

#[tokio::test]
async fn somebody_elses_customer_is_not_looked_into() {
    let mut house = House::with_token(vec![reply(200, MINIMAL)]);
    let looked = house.look(None).await.unwrap();
    let Found::Present(customer) = looked.customer else { panic!() };
    assert!(!customer.managed);
    assert_eq!((looked.admin, looked.subscriptions), (None, None));
}

#[tokio::test]
async fn what_google_will_not_show_is_a_finding() {
    let linked = "Customer domain [acme.example] is linked to one or more email verified customers, please provide a customer id.";
    for (answer, status) in
        [(error(403, "forbidden", "Forbidden"), 403), (error(400, "invalid", linked), 400)]
    {
        let mut house = House::with_token(vec![answer]);
        let looked = house.look(None).await.unwrap();
        let Found::Refused(reason) = looked.customer else { panic!() };
        assert_eq!(reason.status, status);
    }
    let replies = vec![
        reply(200, FULL),
        error(403, "domainCannotUseApis", "Domain cannot use apis."),
        error(403, "forbidden", "Forbidden"),
    ];
    let looked = House::with_token(replies).look(None).await.unwrap();
    assert!(
        matches!(looked.admin, Some(Found::Refused(reason)) if reason.code == "domainCannotUseApis")
    );
    assert!(matches!(looked.subscriptions, Some(Found::Refused(_))));
}

#[tokio::test]
async fn an_absent_admin_and_no_subscriptions() {
    let replies = vec![
        reply(200, FULL),
        error(404, "notFound", "Resource Not Found: userKey"),
        reply(200, NONE),
    ];
    let looked = House::with_token(replies).look(None).await.unwrap();
    assert_eq!(looked.admin, Some(Found::Absent));
    assert_eq!(looked.subscriptions, Some(Found::Present(vec![])));
}

#[tokio::test]
async fn somebody_elses_user_is_not_ours() {
    for ids in [
        r#""externalIds":[{"value":"cus_02","type":"custom","customType":"seatwright"}]"#,
        r#""externalIds":[{"value":"cus_01","type":"organization"}]"#,
        r#""externalIds":"odd""#,
        r#""externalIds":[7]"#,
        r#""isAdmin":false"#,
    ] {
        let user = format!(r#"{{"id":"117","primaryEmail":"admin@acme.example",{ids}}}"#);
        let replies = vec![reply(200, FULL), reply(200, &user), reply(200, NONE)];
        let looked = House::with_token(replies).look(None).await.unwrap();
        let Some(Found::Present(admin)) = looked.admin else { panic!("{ids}") };
        assert!(!admin.ours, "{ids}");
    }
}

#[tokio::test]
async fn an_unfinished_look_says_nothing() {
    for answer in [
        no_answer(),
        reply(404, "<html>wrong path</html>"),
        reply(200, "{"),
        reply(200, "{}"),
        reply(503, "<html>"),
    ] {
        let result = House::with_token(vec![answer]).look(None).await;
        assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
    }
    let replies = vec![reply(200, FULL), reply(200, USER), error(429, "quotaExceeded", "Slow")];
    let result = House::with_token(replies).look(None).await;
    assert!(matches!(result, Err(CallError::Quota { .. })), "{result:?}");
}

#[tokio::test]
async fn paging_ends() {
    let page = |token: usize| reply(200, &format!(r#"{{"nextPageToken":"{token}"}}"#));
    for (tokens, calls) in [((0..50).collect::<Vec<usize>>(), 52), (vec![7, 7], 4)] {
        let mut replies = vec![reply(200, FULL), reply(200, USER)];
        replies.extend(tokens.into_iter().map(page));
        let mut house = House::with_token(replies);
        let result = house.look(None).await;
        assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
        assert_eq!(house.log.len(), calls);
    }
}
