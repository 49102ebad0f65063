//! The Reseller API. Answers are shaped as google-semantics.md §13 has them.

use super::{Calls, empty, nothing};
use domain::catalog::PaymentPlan;
use google::reseller::{
    CustomerChange, CustomerType, DeletionType, NewAddress, NewCustomer, NewPlan, NewPrimaryAdmin,
    NewSeats, NewSubscription, PlanChange, PlanName, Purchase, RenewalType, activate, change_plan,
    change_renewal_settings, change_seats, delete_subscription, get_customer, get_subscription,
    get_watch_details, insert_customer, insert_subscription, list_subscriptions,
    list_subscriptions_by_prefix, list_subscriptions_of, patch_customer, register_watch,
    start_paid_service, suspend, unregister_watch, update_customer,
};
use google::{Count, Int64};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";
const LIST: &str = "GET /apps/reseller/v1/subscriptions";

fn customer() -> Value {
    json!({"kind": "reseller#customer", "customerId": "C04k2m9zq", "customerDomain": "acme.example",
        "customerDomainVerified": true, "customerType": "team", "alternateEmail": "a@b.example",
        "phoneNumber": "+442071234567", "postalAddress": {"kind": "customers#address",
        "contactName": "Ada", "addressLine3": "c", "countryCode": "GB"},
        "primaryAdmin": {"primaryEmail": "a@acme.example"}, "resourceUiUrl": "https://admin.example/"})
}

fn address() -> NewAddress {
    NewAddress {
        contact_name: "Ada".into(),
        organization_name: "Acme".into(),
        address_line1: None,
        address_line2: None,
        address_line3: Some("c".into()),
        locality: None,
        region: None,
        postal_code: "EC1A 1BB".into(),
        country_code: "GB".into(),
    }
}

pub async fn customers(on: &mut Calls) {
    let line = format!("GET {CUSTOMERS}/acme.example");
    let shown = on.read(get_customer("acme.example"), &line, customer()).await;
    assert_eq!((shown.customer_id.as_str(), shown.customer_type.as_str()), ("C04k2m9zq", "team"));
    assert_eq!(shown.primary_admin.unwrap().primary_email, "a@acme.example");
    assert_eq!(shown.postal_address.unwrap().address_line3, "c");

    let team = NewCustomer {
        customer_domain: "acme.example".into(),
        customer_type: Some(CustomerType::Team),
        alternate_email: None,
        phone_number: None,
        postal_address: address(),
        primary_admin: Some(NewPrimaryAdmin { primary_email: "a@acme.example".into() }),
    };
    let postal = json!({"contactName": "Ada", "organizationName": "Acme", "addressLine3": "c",
        "postalCode": "EC1A 1BB", "countryCode": "GB"});
    let body = json!({"customerDomain": "acme.example", "customerType": "team",
        "postalAddress": postal, "primaryAdmin": {"primaryEmail": "a@acme.example"}});
    let line = format!("POST {CUSTOMERS}");
    on.change(insert_customer(&team, None), &line, body.clone(), customer()).await;
    let line = format!("POST {CUSTOMERS}?customerAuthToken=tok%2F1%3D%2B");
    on.change(insert_customer(&team, Some("tok/1=+")), &line, body, customer()).await;

    let change = CustomerChange {
        customer_domain: None,
        alternate_email: Some("x@y.example".into()),
        phone_number: None,
        postal_address: Some(address()),
    };
    let body = json!({"alternateEmail": "x@y.example", "postalAddress": postal});
    let line = |verb: &str| format!("{verb} {CUSTOMERS}/C04k2m9zq");
    let patch = patch_customer("C04k2m9zq", &change);
    on.change(patch, &line("PATCH"), body.clone(), customer()).await;
    let update = update_customer("C04k2m9zq", &change);
    on.change(update, &line("PUT"), body, customer()).await;
}

/// In a customer's trial by transfer token: every member that may be there.
fn subscription() -> Value {
    json!({"kind": "reseller#subscription", "customerId": "C04k2m9zq", "subscriptionId": "7120045",
        "skuId": "1010020028", "creationTime": "1790000000000", "billingMethod": "ONLINE",
        "plan": {"planName": "TRIAL", "isCommitmentPlan": false,
            "commitmentInterval": {"startTime": 1_790_000_000_000_i64, "endTime": "1821536000000"}},
        "seats": {"maximumNumberOfSeats": "10", "numberOfSeats": 3, "licensedNumberOfSeats": 2},
        "trialSettings": {"isInTrial": true, "trialEndTime": "1792592000000"},
        "renewalSettings": {"renewalType": "SOMETHING_NEW"},
        "transferInfo": {"transferabilityExpirationTime": "1790100000000",
            "minimumTransferableSeats": "4", "currentLegacySkuId": "Google-Apps-For-Business"},
        "purchaseOrderId": "po", "dealCode": "deal", "status": "ACTIVE", "suspensionReasons": []})
}

pub async fn subscriptions(on: &mut Calls) {
    let line = format!("GET {CUSTOMERS}/C04k2m9zq/subscriptions/7120045");
    let shown = on.read(get_subscription("C04k2m9zq", "7120045"), &line, subscription()).await;
    assert_eq!(shown.creation_time, Int64(1_790_000_000_000));
    let interval = shown.plan.commitment_interval.unwrap();
    let times = (interval.start_time, interval.end_time);
    assert_eq!(times, (Int64(1_790_000_000_000), Int64(1_821_536_000_000)));
    let seats = (shown.seats.maximum_number_of_seats, shown.seats.number_of_seats);
    assert_eq!(seats, (Count(10), Count(3)));
    assert!(shown.trial_settings.is_in_trial);
    assert_eq!(shown.trial_settings.trial_end_time, Int64(1_792_592_000_000));
    let transfer = shown.transfer_info.unwrap();
    assert_eq!(transfer.minimum_transferable_seats, Count(4));
    assert_eq!(transfer.transferability_expiration_time, Int64(1_790_100_000_000));
    assert_eq!((shown.deal_code.as_str(), shown.purchase_order_id.as_str()), ("deal", "po"));

    let page = json!({"kind": "reseller#subscriptions", "subscriptions": [subscription()]});
    let line = format!("{LIST}?maxResults=100");
    let shown = on.page(list_subscriptions(), &line, page.clone()).await;
    assert_eq!(shown.subscriptions.len(), 1);
    let line = format!("{LIST}?customerNamePrefix=ac+%26&maxResults=100");
    on.page(list_subscriptions_by_prefix("ac &"), &line, page.clone()).await;
    let line = format!("{LIST}?customerId=C04k2m9zq&customerAuthToken=tok%2F1&maxResults=100");
    on.page(list_subscriptions_of("C04k2m9zq", Some("tok/1")), &line, page).await;
    let from = list_subscriptions().from_token("p/2=");
    on.page(from, &format!("{LIST}?maxResults=100&pageToken=p%2F2%3D"), empty()).await;

    let body = json!({"skuId": "1010020028", "plan": {"planName": "ANNUAL_MONTHLY_PAY"},
        "seats": {"numberOfSeats": 12}, "purchaseOrderId": "po",
        "renewalSettings": {"renewalType": "AUTO_RENEW_MONTHLY_PAY"}});
    let new = NewSubscription::of("1010020028", PaymentPlan::AnnualMonthlyPay, 12, "po");
    for (purchase, query) in [
        (Purchase::Unspecified, ""),
        (Purchase::Buy, "?action=buy"),
        (Purchase::SwitchFrom { sku: "10100 20027" }, "?action=switch&sourceSkuId=10100+20027"),
        (Purchase::Transfer { token: "tok/1=+" }, "?customerAuthToken=tok%2F1%3D%2B"),
    ] {
        let line = format!("POST {CUSTOMERS}/C04k2m9zq/subscriptions{query}");
        let insert = insert_subscription("C04k2m9zq", &new, purchase);
        let shown = on.change(insert, &line, body.clone(), subscription()).await;
        assert_eq!(shown.subscription_id, "7120045");
    }
    let bare = NewSubscription {
        purchase_order_id: None,
        deal_code: Some("deal".into()),
        renewal_settings: None,
        plan: NewPlan { plan_name: PlanName(PaymentPlan::Flexible) },
        seats: NewSeats::of(PaymentPlan::Flexible, 5),
        sku_id: "1010020027".into(),
    };
    let body = json!({"skuId": "1010020027", "plan": {"planName": "FLEXIBLE"},
        "seats": {"maximumNumberOfSeats": 5}, "dealCode": "deal"});
    let line = format!("POST {CUSTOMERS}/acme.example/subscriptions");
    let insert = insert_subscription("acme.example", &bare, Purchase::Unspecified);
    on.change(insert, &line, body, subscription()).await;
}

pub async fn changes_of_a_subscription(on: &mut Calls) {
    let (customer, id) = ("C04k2m9zq", "7120045");
    let line = |verb: &str| format!("POST {CUSTOMERS}/C04k2m9zq/subscriptions/7120045/{verb}");
    for (plan, body) in [
        (PaymentPlan::AnnualYearlyPay, json!({"numberOfSeats": 0})),
        (PaymentPlan::Trial, json!({"maximumNumberOfSeats": 0})),
    ] {
        let change = change_seats(customer, id, &NewSeats::of(plan, 0));
        on.change(change, &line("changeSeats"), body, subscription()).await;
    }
    let plan = PlanChange {
        plan_name: PlanName(PaymentPlan::AnnualYearlyPay),
        seats: NewSeats::of(PaymentPlan::AnnualYearlyPay, 7),
        purchase_order_id: Some("po-2".into()),
        deal_code: None,
    };
    let body = json!({"planName": "ANNUAL_YEARLY_PAY", "seats": {"numberOfSeats": 7},
        "purchaseOrderId": "po-2"});
    on.change(change_plan(customer, id, &plan), &line("changePlan"), body, subscription()).await;
    for (renewal, word) in [
        (RenewalType::AutoRenewMonthlyPay, "AUTO_RENEW_MONTHLY_PAY"),
        (RenewalType::AutoRenewYearlyPay, "AUTO_RENEW_YEARLY_PAY"),
        (RenewalType::RenewCurrentUsersMonthlyPay, "RENEW_CURRENT_USERS_MONTHLY_PAY"),
        (RenewalType::RenewCurrentUsersYearlyPay, "RENEW_CURRENT_USERS_YEARLY_PAY"),
        (RenewalType::SwitchToPayAsYouGo, "SWITCH_TO_PAY_AS_YOU_GO"),
        (RenewalType::Cancel, "CANCEL"),
    ] {
        let change = change_renewal_settings(customer, id, renewal);
        let body = json!({"renewalType": word});
        on.change(change, &line("changeRenewalSettings"), body, subscription()).await;
    }
    for (change, verb) in [
        (start_paid_service(customer, id), "startPaidService"),
        (suspend(customer, id), "suspend"),
        (activate(customer, id), "activate"),
    ] {
        let shown = on.change(change, &line(verb), nothing(), subscription()).await;
        assert_eq!(shown.status, "ACTIVE");
    }
    for (kind, word) in
        [(DeletionType::Cancel, "cancel"), (DeletionType::TransferToDirect, "transfer_to_direct")]
    {
        let line =
            format!("DELETE {CUSTOMERS}/C04k2m9zq/subscriptions/7120045?deletionType={word}");
        on.change(delete_subscription(customer, id, kind), &line, nothing(), nothing()).await;
    }
}

pub async fn notifications(on: &mut Calls) {
    let details = json!({"topicName": "projects/p/topics/t",
        "serviceAccountEmailAddresses": ["a@p.iam.example"]});
    let line = "GET /apps/reseller/v1/resellernotify/getwatchdetails";
    let shown = on.read(get_watch_details(), line, details).await;
    assert_eq!(shown.service_account_email_addresses, ["a@p.iam.example"]);
    for (change, verb) in [
        (register_watch("a@p.iam.example"), "register"),
        (unregister_watch("a@p.iam.example"), "unregister"),
    ] {
        let line = format!(
            "POST /apps/reseller/v1/resellernotify/{verb}?serviceAccountEmailAddress=a%40p.iam.example"
        );
        let answer = json!({"topicName": "projects/p/topics/t"});
        let shown = on.change(change, &line, nothing(), answer).await;
        assert_eq!(shown.topic_name, "projects/p/topics/t");
    }
}
