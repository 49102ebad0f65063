//! All that reselling needs, said by the real client to the sandbox, recorded, and played back: among
//! it customers, users and subscriptions that were there before, and things that people did meanwhile.

use crate::client::Ours;
use crate::stand::{Stand, read};
use domain::catalog::PaymentPlan;
use domain::secret::SecretString;
use google::directory::{
    self, NewExternalId, NewGroup, NewName, NewOrgUnit, NewUser, Role, UserChange,
};
use google::reseller::{
    self, DeletionType, NewAddress, NewCustomer, NewSeats, NewSubscription, PlanChange, PlanName,
    Purchase, RenewalType,
};
use google::site_verification::{self, SiteType, VerificationMethod};
use google::{Look, gmail, licensing};
use serde_json::{Value, json};

const STARTER: &str = "1010020027";
const WORKSPACE: &str = "Google-Apps";

fn customer(domain: &str) -> NewCustomer {
    NewCustomer {
        customer_domain: domain.to_owned(),
        customer_type: None,
        alternate_email: Some("owner@elsewhere.example".to_owned()),
        phone_number: Some("+442071234567".to_owned()),
        postal_address: NewAddress {
            contact_name: "Grace Hopper".to_owned(),
            organization_name: "Zauberberg GmbH".to_owned(),
            address_line1: Some("Hauptstrasse 1".to_owned()),
            address_line2: None,
            address_line3: None,
            locality: Some("Davos".to_owned()),
            region: None,
            postal_code: "7270".to_owned(),
            country_code: "CH".to_owned(),
        },
        primary_admin: None,
    }
}

fn user(email: &str) -> NewUser {
    NewUser {
        primary_email: email.to_owned(),
        name: NewName { given_name: "Grace".to_owned(), family_name: "Hopper".to_owned() },
        password: (&SecretString::from("Tr0ub4dor-and-3")).into(),
        change_password_at_next_login: true,
        org_unit_path: None,
        recovery_email: Some("owner@elsewhere.example".to_owned()),
        external_ids: vec![NewExternalId::ours("cus_01")],
    }
}

fn order(payment_plan: PaymentPlan, seats: u32) -> NewSubscription {
    NewSubscription::of(STARTER, payment_plan, seats, "order-of-ours-77")
}

/// What was there before anybody recorded: a customer of ours, and one of Google's with a token for us.
async fn before(ours: &Ours) -> String {
    let made = ours.hidden(reseller::insert_customer(&customer("altbau.example"), None)).await;
    ours.hidden(directory::insert_user(&user("chef@altbau.example"))).await;
    ours.hidden(directory::make_admin("chef@altbau.example", true)).await;
    let order = order(PaymentPlan::AnnualMonthlyPay, 7);
    let purchase = Purchase::Unspecified;
    ours.hidden(reseller::insert_subscription(&made.customer_id, &order, purchase)).await;
    ours.sandbox.accept_terms("altbau.example").unwrap();
    let direct =
        json!({"domain": "direktkunde.example", "organization": "Direkt AG", "country": "CH"});
    ours.sandbox.add_customer(&serde_json::from_value(direct).unwrap()).unwrap();
    let bought = json!({"sku_id": STARTER, "plan": "FLEXIBLE", "seats": 4});
    let bought = serde_json::from_value(bought).unwrap();
    ours.sandbox.add_subscription("direktkunde.example", &bought).unwrap();
    ours.sandbox.make_transfer_token("direktkunde.example", "nordlicht.example").unwrap()
}

async fn sell(ours: &Ours) -> (String, String) {
    let domain = "zauberberg.example";
    assert!(ours.read(reseller::get_customer(domain)).await.is_none());
    let made = ours.change(reseller::insert_customer(&customer(domain), None)).await.unwrap();
    assert!(ours.change(reseller::insert_customer(&customer(domain), None)).await.is_none());
    let id = made.customer_id;
    ours.change(directory::insert_user(&user("grace@zauberberg.example"))).await.unwrap();
    assert!(ours.change(directory::insert_user(&user("grace@zauberberg.example"))).await.is_none());
    ours.change(directory::make_admin("grace@zauberberg.example", true)).await.unwrap();
    let change =
        reseller::insert_subscription(&id, &order(PaymentPlan::Flexible, 5), Purchase::Unspecified);
    let subscription = ours.change(change).await.unwrap().subscription_id;
    let seats = |seats| NewSeats::of(PaymentPlan::Flexible, seats);
    // Refused while the terms are not accepted.
    assert!(ours.change(reseller::change_seats(&id, &subscription, &seats(6))).await.is_none());
    ours.sandbox.accept_terms(domain).unwrap();
    ours.sleep();
    ours.read(reseller::get_subscription(&id, &subscription)).await.unwrap();
    ours.change(reseller::change_seats(&id, &subscription, &seats(8))).await.unwrap();
    ours.change(reseller::suspend(&id, &subscription)).await.unwrap();
    assert!(ours.change(reseller::change_seats(&id, &subscription, &seats(9))).await.is_none());
    ours.change(reseller::activate(&id, &subscription)).await.unwrap();
    let cancel = reseller::delete_subscription(&id, &subscription, DeletionType::Cancel);
    assert!(ours.change(cancel).await.is_none());
    let plan = PlanChange {
        plan_name: PlanName(PaymentPlan::AnnualYearlyPay),
        seats: NewSeats::of(PaymentPlan::AnnualYearlyPay, 9),
        purchase_order_id: Some("order-of-ours-78".to_owned()),
        deal_code: None,
    };
    let changed = ours.change(reseller::change_plan(&id, &subscription, &plan)).await.unwrap();
    let subscription = changed.subscription_id;
    let renewal = RenewalType::SwitchToPayAsYouGo;
    ours.change(reseller::change_renewal_settings(&id, &subscription, renewal)).await.unwrap();
    ours.page(reseller::list_subscriptions_of(&id, None)).await;
    (id, subscription)
}

async fn people(ours: &Ours, id: &str) {
    let second =
        ours.change(directory::insert_user(&user("alan@zauberberg.example"))).await.unwrap();
    ours.change(directory::insert_alias("alan@zauberberg.example", "info@zauberberg.example"))
        .await
        .unwrap();
    ours.read(directory::list_aliases("alan@zauberberg.example")).await.unwrap();
    let change = UserChange {
        primary_email: Some("al@zauberberg.example".to_owned()),
        name: None,
        password: None,
        change_password_at_next_login: None,
        suspended: Some(true),
        archived: None,
        org_unit_path: None,
        recovery_email: None,
        recovery_phone: Some("+41791234567".to_owned()),
    };
    ours.change(directory::update_user(&second.id, &change)).await.unwrap();
    ours.page(directory::list_users(id)).await;
    ours.page(directory::search_users(id, "isAdmin=true")).await;
    assert!(ours.read(directory::get_user("nobody@zauberberg.example")).await.is_none());
    ours.change(directory::delete_user("al@zauberberg.example")).await.unwrap();
    ours.page(directory::list_deleted_users(id)).await;
    ours.change(directory::undelete_user(&second.id, "/")).await.unwrap();
    let grace = "grace@zauberberg.example";
    ours.page(licensing::list_for_product(WORKSPACE, id)).await;
    ours.read(licensing::get(WORKSPACE, STARTER, grace)).await;
    ours.change(licensing::insert(WORKSPACE, STARTER, grace)).await;
    ours.change(licensing::delete(WORKSPACE, STARTER, grace)).await;
    ours.change(licensing::insert(WORKSPACE, STARTER, grace)).await;
    ours.read(gmail::get_profile()).await.unwrap();
    let mail = "From: ada@nordlicht.example\r\nTo: owner@elsewhere.example\r\nSubject: Willkommen\r\n\r\nHallo.\r\n";
    ours.change(gmail::send(mail.as_bytes())).await.unwrap();
}

async fn organisation(ours: &Ours, id: &str) {
    ours.change(directory::insert_domain(id, "bergzauber.example")).await.unwrap();
    ours.read(directory::list_domains(id)).await.unwrap();
    let (kind, method) = (SiteType::InetDomain, VerificationMethod::DnsTxt);
    let site = "zauberberg.example";
    let token = ours.read(site_verification::get_token(kind, site, method)).await.unwrap();
    assert!(ours.change(site_verification::insert(kind, site, &[], method)).await.is_none());
    ours.sandbox.publish_record(site, &format!("TXT {}", token.token));
    ours.sleep();
    let resource = ours.change(site_verification::insert(kind, site, &[], method)).await.unwrap();
    ours.read(site_verification::get(&resource.id)).await.unwrap();
    let unit = NewOrgUnit {
        name: "Bergwacht".to_owned(),
        parent_org_unit_path: "/".to_owned(),
        description: None,
    };
    ours.change(directory::insert_org_unit(id, &unit)).await.unwrap();
    ours.read(directory::get_org_unit(id, "Bergwacht")).await.unwrap();
    let group = NewGroup {
        email: "alle@zauberberg.example".to_owned(),
        name: Some("Alle".to_owned()),
        description: None,
    };
    let group = ours.change(directory::insert_group(&group)).await.unwrap();
    ours.change(directory::insert_member(&group.id, "grace@zauberberg.example", Role::Owner))
        .await
        .unwrap();
    ours.page(directory::list_members("alle@zauberberg.example")).await;
    ours.change(directory::delete_group(&group.id)).await.unwrap();
}

async fn others(ours: &Ours, token: &str) {
    let look = Look {
        domain: "altbau.example".to_owned(),
        google_customer: None,
        admin_email: "chef@altbau.example".to_owned(),
        external_id: "cus_01".to_owned(),
    };
    ours.google.look(&ours.grant, &look, &mut Vec::new()).await.unwrap();
    let read = reseller::get_customer("altbau.example");
    let id = ours.read(read.clone()).await.unwrap().customer_id;
    let reads = [read, reseller::get_customer("niemand.example")];
    ours.google.read_batch(&ours.grant, &reads, &mut Vec::new()).await.unwrap();
    let theirs = ours.page(reseller::list_subscriptions_of(&id, None)).await;
    let seats = NewSeats::of(PaymentPlan::AnnualMonthlyPay, 9);
    ours.change(reseller::change_seats(&id, &theirs[0].subscription_id, &seats)).await.unwrap();
    let direct =
        ours.page(reseller::list_subscriptions_of("direktkunde.example", Some(token))).await;
    assert_eq!(direct.len(), 1);
    let taken = NewSubscription::of(STARTER, PaymentPlan::Flexible, 4, "order-of-ours-79");
    let purchase = Purchase::Transfer { token };
    let made =
        ours.change(reseller::insert_customer(&customer("direktkunde.example"), Some(token))).await;
    let home = made.map_or_else(|| direct[0].customer_id.clone(), |made| made.customer_id);
    let done = ours.together(&[reseller::insert_subscription(&home, &taken, purchase)]).await;
    assert_eq!(done, 1, "the transfer is done");
    ours.page(reseller::list_subscriptions_of(&home, None)).await;
}

/// A fault of the next call of this method.
fn fault(ours: &Ours, method: &str, fault: Value) {
    let rule = json!({"method": method, "times": 1, "fault": fault});
    ours.sandbox.add_fault(serde_json::from_value(rule).unwrap());
}

#[tokio::test]
async fn what_got_lost_on_the_way_is_played_as_it_went_on() {
    let stand = Stand::new(None);
    let file = stand.home.path().join("lost.jsonl");
    let ours = Ours::new(&file).await;
    // Done, and found by a look.
    fault(&ours, "reseller.customers.insert", json!("answer_lost"));
    assert!(
        ours.change(reseller::insert_customer(&customer("fund.example"), None)).await.is_none()
    );
    let id = ours.read(reseller::get_customer("fund.example")).await.unwrap().customer_id;
    // Not done, and so done again.
    fault(&ours, "directory.users.insert", json!("refused_before"));
    assert!(ours.change(directory::insert_user(&user("chef@fund.example"))).await.is_none());
    assert!(ours.read(directory::get_user("chef@fund.example")).await.is_none());
    ours.change(directory::insert_user(&user("chef@fund.example"))).await.unwrap();
    // Done with an error.
    fault(&ours, "reseller.subscriptions.insert", json!("error_after_apply"));
    let buy =
        reseller::insert_subscription(&id, &order(PaymentPlan::Flexible, 5), Purchase::Unspecified);
    assert!(ours.change(buy).await.is_none());
    assert_eq!(ours.page(reseller::list_subscriptions_of(&id, None)).await.len(), 1);
    // Not let in any more, switched off, busy.
    fault(&ours, "directory.users.get", json!("unauthorized"));
    ours.read(directory::get_user("chef@fund.example")).await.unwrap();
    ours.sandbox.set_api("ours", sandbox::Api::Licensing, false).unwrap();
    ours.page(licensing::list_for_product(WORKSPACE, &id)).await;
    ours.sandbox.set_api("ours", sandbox::Api::Licensing, true).unwrap();
    ours.page(licensing::list_for_product(WORKSPACE, &id)).await;
    fault(&ours, "gmail.users.getProfile", json!({"too_many_requests": {"retry_after_s": 9}}));
    assert!(ours.read(gmail::get_profile()).await.is_none());
    let ended = stand.run(&["--json", "replay", file.to_str().unwrap()], "").await;
    let words = stand.run(&["replay", file.to_str().unwrap()], "").await;
    assert_eq!(ended.code, 0, "{}\n{}", words.said, read(&file));
    let shown = ended.json();
    assert_eq!((&shown["differences"], &shown["not_prepared"]), (&json!([]), &json!([])));
    let left = json!({"done unseen: Google's answer was lost": 2, "no answer was recorded": 1,
        "Google was busy or out of order": 1});
    assert_eq!(shown["left_out"], left, "{}", words.said);
    assert!(words.said.contains("licensing.googleapis.com switched off"), "{}", words.said);
}

#[tokio::test]
async fn a_reseller_s_whole_day_is_answered_the_same_again() {
    let stand = Stand::new(None);
    let file = stand.home.path().join("day.jsonl");
    let ours = Ours::new(&file).await;
    let token = before(&ours).await;
    let (id, _) = sell(&ours).await;
    people(&ours, &id).await;
    organisation(&ours, &id).await;
    others(&ours, &token).await;
    let text = read(&file);
    let personal = [
        "zauberberg",
        "nordlicht",
        "altbau",
        "direktkunde",
        "Grace",
        "Hopper",
        "Davos",
        "Bergwacht",
        "elsewhere",
        "ours-7",
        "712345",
        "Tr0ub4dor",
        "hush",
        "Willkommen",
        &token,
    ];
    for word in personal {
        assert!(!text.contains(word), "`{word}` is in the recording");
    }
    let shown = stand.run(&["--json", "replay", file.to_str().unwrap()], "").await;
    let words = stand.run(&["replay", file.to_str().unwrap()], "").await;
    assert_eq!(shown.code, 0, "{}\n{text}", words.said);
    let shown = shown.json();
    assert_eq!(shown["differences"], json!([]));
    assert_eq!(shown["not_prepared"], json!([]), "{}", words.said);
    assert!(shown["compared"].as_u64().unwrap() >= 55, "{}", words.said);
}
