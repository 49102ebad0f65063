//! Every step's one request, to the letter, and what is read from its answer.

use crate::fake::{House, Reply, START, error, grant, no_answer, not_sent, reply};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use domain::catalog::PaymentPlan;
use domain::desired::{Address, Contact, DesiredCustomer};
use domain::names::{DomainName, EmailAddress};
use domain::observed::{
    ObservedAdmin, ObservedCustomer, ObservedSubscription, Status, SuspensionReason,
};
use domain::step::{Shown, Step};
use domain::time::Timestamp;
use google::{CallError, StepSecrets};
use serde_json::{Value, json};

fn mail(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn create_customer(phone: Option<&str>, line2: &str) -> Step {
    let text = str::to_owned;
    Step::CreateCustomer {
        customer: DesiredCustomer {
            domain: DomainName::parse("acme.example").unwrap(),
            organization: text("Acme Ltd"),
            contact: Contact {
                given_name: text("Ada"),
                family_name: text("Byron"),
                phone: phone.map(text),
            },
            alternate_email: mail("ada@other.example"),
            address: Address {
                line1: text("1 Main St"),
                line2: text(line2),
                line3: String::new(),
                locality: text("London"),
                region: String::new(),
                postal_code: text("EC1A 1BB"),
                country_code: text("GB"),
            },
        },
    }
}

fn create_admin() -> Step {
    Step::CreateAdmin {
        google_customer: "C04k2m9zq".into(),
        email: "admin@acme.example".into(),
        given_name: "Ada".into(),
        family_name: "Byron".into(),
        recovery_email: mail("ada@other.example"),
        secret: "sec_00000000000000000000000000".parse().unwrap(),
        external_id: "cus_00000000000000000000000000".parse().unwrap(),
    }
}

fn create_subscription(payment_plan: PaymentPlan) -> Step {
    Step::CreateSubscription {
        google_customer: "C04k2m9zq".into(),
        subscription: "sub_00000000000000000000000000".parse().unwrap(),
        sku: "1010020028".into(),
        payment_plan,
        seats: 12,
    }
}

fn send_welcome() -> Step {
    Step::SendWelcomeMail {
        to: mail("ada@other.example"),
        recipient_name: "Ada Byron".into(),
        organization: "Acme Ltd".into(),
        domain: "acme.example".into(),
        admin_email: "admin@acme.example".into(),
        secret: "sec_00000000000000000000000000".parse().unwrap(),
        message_id: "<sec_0@seatwright.example>".into(),
    }
}

fn make_admin() -> Step {
    Step::MakeAdmin { email: "admin@acme.example".into() }
}

/// Runs one step against one answer; checks the request line and body.
async fn check(step: &Step, answer: Reply, line: &str, body: &Value) -> Result<Shown, CallError> {
    let mut house = House::with_token(vec![answer]);
    let shown = house.execute(step).await;
    let sent = &house.sent()[0];
    assert_eq!(sent.line, line);
    assert_eq!(&serde_json::from_str::<Value>(&sent.body).unwrap(), body);
    assert_eq!(sent.header("content-type"), "application/json");
    assert_eq!(sent.header("authorization"), "Bearer at-0");
    assert_eq!(house.log.len(), 1);
    shown
}

#[tokio::test]
async fn a_customer_is_created_without_empty_members() {
    let answer = r#"{"kind":"reseller#customer","customerId":"C04k2m9zq",
        "customerDomain":"acme.example","customerDomainVerified":false,"customerType":"domain",
        "alternateEmail":"ada@other.example","resourceUiUrl":"https://admin.example/",
        "postalAddress":{"kind":"customers#address","organizationName":"Acme Ltd"}}"#;
    let mut body = json!({
        "customerDomain": "acme.example",
        "alternateEmail": "ada@other.example",
        "postalAddress": {
            "contactName": "Ada Byron", "organizationName": "Acme Ltd",
            "addressLine1": "1 Main St", "locality": "London", "postalCode": "EC1A 1BB",
            "countryCode": "GB",
        },
    });
    let line = "POST /apps/reseller/v1/customers";
    let shown = check(&create_customer(None, ""), reply(200, answer), line, &body).await;
    let expected = ObservedCustomer {
        google_id: "C04k2m9zq".into(),
        domain: "acme.example".into(),
        managed: true,
        organization: "Acme Ltd".into(),
        alternate_email: "ada@other.example".into(),
        domain_verified: false,
        made_by_us: true,
    };
    assert_eq!(shown, Ok(Shown::Customer(expected)));

    body["phoneNumber"] = "+442071234567".into();
    body["postalAddress"]["addressLine2"] = "Floor 2".into();
    let step = create_customer(Some("+442071234567"), "Floor 2");
    check(&step, reply(201, answer), line, &body).await.unwrap();
}

#[tokio::test]
async fn an_admin_is_created_with_our_mark() {
    let body = json!({
        "primaryEmail": "admin@acme.example",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "password": "first-password",
        "changePasswordAtNextLogin": true,
        "recoveryEmail": "ada@other.example",
        "externalIds": [{
            "value": "cus_00000000000000000000000000",
            "type": "custom",
            "customType": "seatwright",
        }],
    });
    let answer = r#"{"kind":"admin#directory#user","id":"117922","etag":"\"x\"",
        "primaryEmail":"admin@acme.example","isAdmin":false,"customerId":"C04k2m9zq"}"#;
    let line = "POST /admin/directory/v1/users";
    let shown = check(&create_admin(), reply(200, answer), line, &body).await;
    let expected = ObservedAdmin {
        google_id: "117922".into(),
        email: "admin@acme.example".into(),
        is_admin: false,
        suspended: false,
        agreed_to_terms: false,
        ours: true,
    };
    assert_eq!(shown, Ok(Shown::Admin(expected)));
}

#[tokio::test]
async fn a_role_is_given() {
    let line = "POST /admin/directory/v1/users/admin@acme.example/makeAdmin";
    for answer in [reply(200, ""), reply(204, ""), reply(200, "{}")] {
        let shown = check(&make_admin(), answer, line, &json!({"status": true})).await;
        assert_eq!(shown, Ok(Shown::Nothing));
    }
}

const ANNUAL: &str = r#"{"kind":"reseller#subscription","customerId":"C04k2m9zq",
    "customerDomain":"acme-gmbh.example","subscriptionId":"7120045","skuId":"1010020028",
    "skuName":"Google Workspace Business Standard","billingMethod":"ONLINE",
    "creationTime":"1790000000000","plan":{"planName":"ANNUAL","isCommitmentPlan":true,
    "commitmentInterval":{"startTime":"1790000000000","endTime":"1821536000000"}},
    "seats":{"kind":"subscriptions#seats","numberOfSeats":12,"licensedNumberOfSeats":1},
    "trialSettings":{"isInTrial":false},"renewalSettings":{"kind":"subscriptions#renewalSettings",
    "renewalType":"RENEW_CURRENT_USERS_MONTHLY_PAY"},"purchaseOrderId":"wsm-01J9-000042",
    "status":"SUSPENDED","suspensionReasons":["PENDING_TOS_ACCEPTANCE"],
    "resourceUiUrl":"https://admin.example/"}"#;

#[tokio::test]
async fn an_annual_subscription_says_seats_and_renewal() {
    let line = "POST /apps/reseller/v1/customers/C04k2m9zq/subscriptions";
    for (plan, name, renewal) in [
        (PaymentPlan::AnnualMonthlyPay, "ANNUAL_MONTHLY_PAY", "AUTO_RENEW_MONTHLY_PAY"),
        (PaymentPlan::AnnualYearlyPay, "ANNUAL_YEARLY_PAY", "AUTO_RENEW_YEARLY_PAY"),
    ] {
        let body = json!({
            "skuId": "1010020028",
            "plan": {"planName": name},
            "seats": {"numberOfSeats": 12},
            "purchaseOrderId": "sub_00000000000000000000000000",
            "renewalSettings": {"renewalType": renewal},
        });
        let shown = check(&create_subscription(plan), reply(200, ANNUAL), line, &body).await;
        let expected = ObservedSubscription {
            google_id: "7120045".into(),
            sku: "1010020028".into(),
            sku_name: "Google Workspace Business Standard".into(),
            payment_plan: Some(PaymentPlan::AnnualMonthlyPay),
            seats: 12,
            licensed_seats: 1,
            status: Status::Suspended,
            suspension_reasons: vec![SuspensionReason::PendingTosAcceptance],
        };
        assert_eq!(shown, Ok(Shown::Subscription(expected)));
    }
}

#[tokio::test]
async fn other_payment_plans_say_a_cap_and_no_renewal() {
    let line = "POST /apps/reseller/v1/customers/C04k2m9zq/subscriptions";
    for (plan, name) in [
        (PaymentPlan::Flexible, "FLEXIBLE"),
        (PaymentPlan::Trial, "TRIAL"),
        (PaymentPlan::Free, "FREE"),
    ] {
        let body = json!({
            "skuId": "1010020028",
            "plan": {"planName": name},
            "seats": {"maximumNumberOfSeats": 12},
            "purchaseOrderId": "sub_00000000000000000000000000",
        });
        let answer = format!(
            r#"{{"subscriptionId":"7","plan":{{"planName":"{name}","isCommitmentPlan":false}},
            "seats":{{"maximumNumberOfSeats":"12","numberOfSeats":3}},"status":"ACTIVE"}}"#
        );
        let shown = check(&create_subscription(plan), reply(200, &answer), line, &body).await;
        let Ok(Shown::Subscription(shown)) = shown else { panic!("{shown:?}") };
        assert_eq!((shown.payment_plan, shown.seats), (Some(plan), 12));
        assert_eq!((shown.status, shown.licensed_seats), (Status::Active, 0));
    }
}

#[tokio::test]
async fn the_welcome_mail_goes_out_as_base64url() {
    let mut house = House::with_token(vec![reply(
        200,
        r#"{"id":"18c2","threadId":"18c2","labelIds":["SENT"]}"#,
    )]);
    let shown = house.execute(&send_welcome()).await;
    assert_eq!(shown, Ok(Shown::Mail { google_id: "18c2".into() }));
    let sent = &house.sent()[0];
    assert_eq!(sent.line, "POST /gmail/v1/users/me/messages/send");
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1);
    let raw = URL_SAFE.decode(body["raw"].as_str().unwrap()).unwrap();
    let text = String::from_utf8(raw).unwrap();
    assert!(text.contains("Message-ID: <sec_0@seatwright.example>\r\n"), "{text}");
    assert!(text.contains("From: sales@reseller.example\r\n"), "{text}");
    assert!(!text.contains("first-password\r\n"), "{text}");
}

#[tokio::test]
async fn nothing_is_sent_when_something_is_missing() {
    for step in [create_admin(), send_welcome()] {
        let mut house = House::with_token(vec![]);
        let (grant, none) = (grant(), StepSecrets::default());
        let result = {
            let now = Timestamp(START);
            house.google.execute(&grant, &step, &none, now, &mut house.log).await
        };
        assert!(matches!(result, Err(CallError::NotApplied { .. })), "{result:?}");
        assert!(house.lines().is_empty());
    }
}

#[tokio::test]
async fn a_lost_or_unreadable_answer_to_a_change_is_unsure() {
    for step in [
        create_customer(None, ""),
        create_admin(),
        create_subscription(PaymentPlan::Flexible),
        send_welcome(),
    ] {
        for answer in [no_answer(), reply(200, "{\"cust"), reply(200, "{}"), reply(503, "<html>")] {
            let mut house = House::with_token(vec![answer]);
            let result = house.execute(&step).await;
            assert!(matches!(result, Err(CallError::Unsure { .. })), "{step:?} {result:?}");
        }
        let mut house = House::with_token(vec![not_sent()]);
        let result = house.execute(&step).await;
        assert!(matches!(result, Err(CallError::NotApplied { .. })), "{step:?} {result:?}");
        assert_eq!(house.log[0].status, 0);
        assert!(house.log[0].reason.contains("connection refused"));
    }
}

#[tokio::test]
async fn a_conflict_is_told_apart_and_journaled() {
    let mut house = House::with_token(vec![error(409, "duplicate", "Entity already exists.")]);
    let result = house.execute(&create_customer(None, "")).await;
    assert!(matches!(result, Err(CallError::Exists { .. })), "{result:?}");
    assert_eq!(house.logged(), ["reseller.customers.insert 409 duplicate"]);
}
