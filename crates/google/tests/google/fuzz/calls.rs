//! Every call there is, ready to be played.

use super::{CODE, LINK, Log, NOW, Outcome, PASSWORD, TRANSFER, Word, at_once, play};
use domain::activation::Api;
use domain::catalog::PaymentPlan;
use domain::step::Step;
use google::directory::{
    Below, CustomerChange, GroupChange, NewExternalId, NewGroup, NewName, NewOrgUnit, NewUser,
    OrgUnitChange, Role, UserChange,
};
use google::reseller::{
    DeletionType, NewSeats, NewSubscription, PlanChange, PlanName, Purchase, RenewalType,
};
use google::site_verification::{SiteType, VerificationMethod};
use google::{
    CallError, Google, Grant, Look, Secret, StepSecrets, TokenError, directory, gmail, licensing,
    reseller, site_verification,
};

/// Whose answers are made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// A method of the discovery documents; the body of a success has `needs`, or is any object where
    /// that is empty, or may be nothing where it is `-`.
    Api {
        mutates: bool,
        needs: &'static str,
    },
    /// `multipart/mixed`, of this many calls.
    Batch {
        mutates: bool,
        parts: usize,
    },
    /// The token endpoint.
    Token,
    Revoke,
    TokenInfo,
    /// Several reads or one, of which something is made; never a change.
    Finding,
}

type Run = fn(&Google, &Grant, &mut Log) -> Vec<Outcome>;

/// One call.
pub struct Target {
    pub id: &'static str,
    pub endpoint: Endpoint,
    pub run: Run,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! reads {
    ($id:literal, $needs:literal, $call:expr) => {
        Target {
            id: $id,
            endpoint: Endpoint::Api { mutates: false, needs: $needs },
            run: |google, grant, log| play(google.read(grant, &$call, log)),
        }
    };
}

macro_rules! lists {
    ($id:literal, $call:expr) => {
        Target {
            id: $id,
            endpoint: Endpoint::Api { mutates: false, needs: "" },
            run: |google, grant, log| play(google.next_page(grant, &mut $call, log)),
        }
    };
}

macro_rules! changes {
    ($id:literal, $needs:literal, $call:expr) => {
        Target {
            id: $id,
            endpoint: Endpoint::Api { mutates: true, needs: $needs },
            run: |google, grant, log| play(google.change(grant, &$call, NOW, log)),
        }
    };
}

macro_rules! finds {
    ($id:literal, $run:expr) => {
        Target { id: $id, endpoint: Endpoint::Finding, run: $run }
    };
}

const C: &str = "C04k2m9zq";
const S: &str = "7120045";
const U: &str = "ada@acme.example";
const P: &str = "Google-Apps";
const SKU: &str = "1010020028";

#[rustfmt::skip]
pub static TARGETS: &[Target] = &[
    reads!("reseller.customers.get", "customerId", reseller::get_customer(C)),
    changes!("reseller.customers.insert", "customerId", reseller::insert_customer(&customer(), Some(TRANSFER))),
    changes!("reseller.customers.patch", "customerId", reseller::patch_customer(C, &customer_change())),
    changes!("reseller.customers.update", "customerId", reseller::update_customer(C, &customer_change())),
    lists!("reseller.subscriptions.list", reseller::list_subscriptions_of(C, Some(TRANSFER))),
    reads!("reseller.subscriptions.get", "subscriptionId", reseller::get_subscription(C, S)),
    changes!("reseller.subscriptions.insert", "subscriptionId",
        reseller::insert_subscription(C, &subscription(), Purchase::Transfer { token: TRANSFER })),
    changes!("reseller.subscriptions.changeSeats", "subscriptionId",
        reseller::change_seats(C, S, &NewSeats::of(PaymentPlan::Flexible, 5))),
    changes!("reseller.subscriptions.changePlan", "subscriptionId", reseller::change_plan(C, S, &plan())),
    changes!("reseller.subscriptions.changeRenewalSettings", "subscriptionId",
        reseller::change_renewal_settings(C, S, RenewalType::Cancel)),
    changes!("reseller.subscriptions.startPaidService", "subscriptionId", reseller::start_paid_service(C, S)),
    changes!("reseller.subscriptions.suspend", "subscriptionId", reseller::suspend(C, S)),
    changes!("reseller.subscriptions.activate", "subscriptionId", reseller::activate(C, S)),
    changes!("reseller.subscriptions.delete", "-",
        reseller::delete_subscription(C, S, DeletionType::TransferToDirect)),
    reads!("reseller.resellernotify.getwatchdetails", "", reseller::get_watch_details()),
    changes!("reseller.resellernotify.register", "", reseller::register_watch("a@p.example")),
    changes!("reseller.resellernotify.unregister", "", reseller::unregister_watch("a@p.example")),

    lists!("directory.users.list", directory::search_users(C, "isAdmin=true")),
    reads!("directory.users.get", "id", directory::get_user(U)),
    changes!("directory.users.insert", "id", directory::insert_user(&user())),
    changes!("directory.users.update", "id", directory::update_user(U, &user_change())),
    changes!("directory.users.delete", "-", directory::delete_user(U)),
    changes!("directory.users.undelete", "-", directory::undelete_user("117", "/")),
    changes!("directory.users.makeAdmin", "-", directory::make_admin(U, true)),
    reads!("directory.users.aliases.list", "", directory::list_aliases(U)),
    changes!("directory.users.aliases.insert", "alias", directory::insert_alias(U, "a@acme.example")),
    changes!("directory.users.aliases.delete", "-", directory::delete_alias(U, "a@acme.example")),
    reads!("directory.customers.get", "id", directory::get_customer(C)),
    changes!("directory.customers.patch", "id", directory::patch_customer(C, &language())),
    reads!("directory.domains.list", "", directory::list_domains(C)),
    reads!("directory.domains.get", "domainName", directory::get_domain(C, "acme.example")),
    changes!("directory.domains.insert", "domainName", directory::insert_domain(C, "b.example")),
    changes!("directory.domains.delete", "-", directory::delete_domain(C, "b.example")),
    reads!("directory.domainAliases.list", "", directory::list_domain_aliases(C, None)),
    reads!("directory.domainAliases.get", "domainAliasName", directory::get_domain_alias(C, "a.example")),
    changes!("directory.domainAliases.insert", "domainAliasName",
        directory::insert_domain_alias(C, "a.example", "b.example")),
    changes!("directory.domainAliases.delete", "-", directory::delete_domain_alias(C, "a.example")),
    reads!("directory.orgunits.list", "", directory::list_org_units(C, "/a", Below::All)),
    reads!("directory.orgunits.get", "orgUnitPath", directory::get_org_unit(C, "/a/b")),
    changes!("directory.orgunits.insert", "orgUnitPath", directory::insert_org_unit(C, &org_unit())),
    changes!("directory.orgunits.update", "orgUnitPath",
        directory::update_org_unit(C, "/a", &OrgUnitChange { name: None, parent_org_unit_path: None, description: None })),
    changes!("directory.orgunits.delete", "-", directory::delete_org_unit(C, "/a")),
    lists!("directory.groups.list", directory::list_groups(C)),
    reads!("directory.groups.get", "id", directory::get_group("g1")),
    changes!("directory.groups.insert", "id", directory::insert_group(&group())),
    changes!("directory.groups.update", "id",
        directory::update_group("g1", &GroupChange { email: None, name: None, description: None })),
    changes!("directory.groups.delete", "-", directory::delete_group("g1")),
    lists!("directory.members.list", directory::list_members("g1")),
    reads!("directory.members.get", "id", directory::get_member("g1", "m1")),
    changes!("directory.members.insert", "id", directory::insert_member("g1", U, Role::Member)),
    changes!("directory.members.update", "id", directory::update_member("g1", "m1", Role::Owner)),
    changes!("directory.members.delete", "-", directory::delete_member("g1", "m1")),

    lists!("licensing.licenseAssignments.listForProduct", licensing::list_for_product(P, C)),
    lists!("licensing.licenseAssignments.listForProductAndSku", licensing::list_for_sku(P, SKU, C)),
    reads!("licensing.licenseAssignments.get", "skuId", licensing::get(P, SKU, U)),
    changes!("licensing.licenseAssignments.insert", "skuId", licensing::insert(P, SKU, U)),
    changes!("licensing.licenseAssignments.update", "skuId", licensing::update(P, SKU, U, "x")),
    changes!("licensing.licenseAssignments.patch", "skuId", licensing::patch(P, SKU, U, "x")),
    changes!("licensing.licenseAssignments.delete", "-", licensing::delete(P, SKU, U)),

    changes!("gmail.users.messages.send", "id", gmail::send(b"From: a@b.example\r\n\r\nHello")),
    reads!("gmail.users.getProfile", "", gmail::get_profile()),

    reads!("siteVerification.webResource.getToken", "token",
        site_verification::get_token(SiteType::InetDomain, "acme.example", VerificationMethod::DnsTxt)),
    changes!("siteVerification.webResource.insert", "id",
        site_verification::insert(SiteType::InetDomain, "acme.example", &[], VerificationMethod::DnsTxt)),
    reads!("siteVerification.webResource.get", "id", site_verification::get("dns%3A%2F%2Fa")),
    changes!("siteVerification.webResource.delete", "-", site_verification::delete("dns%3A%2F%2Fa")),

    Target { id: "reseller.batch", endpoint: Endpoint::Batch { mutates: true, parts: 3 }, run: change_batch },
    Target { id: "directory.batch", endpoint: Endpoint::Batch { mutates: false, parts: 3 }, run: read_batch },
    Target { id: "oauth.token refresh", endpoint: Endpoint::Token, run: refresh },
    Target { id: "oauth.token code", endpoint: Endpoint::Token, run: exchange },
    Target { id: "oauth.revoke", endpoint: Endpoint::Revoke, run: revoke },
    Target { id: "oauth.tokeninfo", endpoint: Endpoint::TokenInfo,
        run: |google, grant, log| play(google.token_info(grant, log)) },
    finds!("probe reseller", |google, grant, log| play(google.probe(grant, Api::Reseller, None, log))),
    finds!("probe directory", |google, grant, log| play(google.probe(grant, Api::Directory, None, log))),
    finds!("probe licensing", |google, grant, log| play(google.probe(grant, Api::Licensing, Some(U), log))),
    finds!("probe gmail", |google, grant, log| play(google.probe(grant, Api::Gmail, None, log))),
    finds!("look", |google, grant, log| play(google.look(grant, &wanted(), log))),
    Target {
        id: "step MakeAdmin",
        endpoint: Endpoint::Api { mutates: true, needs: "-" },
        run: |google, grant, log| step(google, grant, log, &Step::MakeAdmin { email: U.into() }),
    },
    Target {
        id: "step SendWelcomeMail",
        endpoint: Endpoint::Api { mutates: true, needs: "id" },
        run: |google, grant, log| step(google, grant, log, &welcome()),
    },
];

fn change_batch(google: &Google, grant: &Grant, log: &mut Log) -> Vec<Outcome> {
    let insert = || {
        reseller::insert_subscription(C, &subscription(), Purchase::Transfer { token: TRANSFER })
    };
    let all = [insert(), insert(), insert()];
    each(at_once(google.change_batch(grant, &all, NOW, log)))
}

fn read_batch(google: &Google, grant: &Grant, log: &mut Log) -> Vec<Outcome> {
    let all = [directory::get_user("1"), directory::get_user("2"), directory::get_user("3")];
    each(at_once(google.read_batch(grant, &all, log)))
}

fn each<A>(results: Result<Vec<Result<A, CallError>>, CallError>) -> Vec<Outcome> {
    match results {
        Ok(results) => results.iter().map(Outcome::of).collect(),
        // What befell the whole befell each.
        Err(error) => vec![Outcome::of(&Err::<(), _>(error)); 3],
    }
}

/// Any call will do: the token comes first.
fn refresh(google: &Google, grant: &Grant, log: &mut Log) -> Vec<Outcome> {
    play(google.change(grant, &reseller::suspend(C, S), NOW, log))
}

fn exchange(google: &Google, grant: &Grant, log: &mut Log) -> Vec<Outcome> {
    let (code, verifier) = (CODE.to_owned().into(), "v".repeat(43).into());
    let back = "https://seatwright.example/callback";
    let call = google.exchange_code(&grant.client, &code, &verifier, back, log);
    vec![of_token(&at_once(call))]
}

fn revoke(google: &Google, grant: &Grant, log: &mut Log) -> Vec<Outcome> {
    vec![of_token(&at_once(google.revoke(&grant.refresh_token, log)))]
}

fn of_token<A: std::fmt::Debug>(result: &Result<A, TokenError>) -> Outcome {
    let word = match result {
        Ok(_) => Word::Done,
        Err(TokenError::WrongSecret | TokenError::InvalidGrant { .. }) => Word::Reconsent,
        Err(TokenError::RedirectMismatch | TokenError::Refused { .. }) => Word::Refused,
        Err(TokenError::NotApplied { .. }) => Word::NotApplied,
        Err(TokenError::Unsure { .. }) => Word::Unsure,
    };
    Outcome { word, said: format!("{result:?}"), retry_after_ms: None }
}

fn step(google: &Google, grant: &Grant, log: &mut Log, step: &Step) -> Vec<Outcome> {
    let secrets = StepSecrets {
        password: Some(PASSWORD.to_owned().into()),
        link: Some(format!("https://seatwright.example/{LINK}").into()),
        from: Some("sales@reseller.example".into()),
    };
    play(google.execute(grant, step, &secrets, NOW, log))
}

fn welcome() -> Step {
    Step::SendWelcomeMail {
        to: domain::names::EmailAddress::parse("ada@other.example").unwrap(),
        recipient_name: "Ada Byron".into(),
        organization: "Acme Ltd".into(),
        domain: "acme.example".into(),
        admin_email: "admin@acme.example".into(),
        secret: "sec_00000000000000000000000000".parse().unwrap(),
        message_id: "<sec_0@seatwright.example>".into(),
    }
}

fn wanted() -> Look {
    Look {
        domain: "acme.example".into(),
        google_customer: None,
        admin_email: U.into(),
        external_id: "cus_01".into(),
    }
}

fn customer() -> reseller::NewCustomer {
    reseller::NewCustomer {
        customer_domain: "acme.example".into(),
        customer_type: None,
        alternate_email: Some("a@b.example".into()),
        phone_number: None,
        postal_address: reseller::NewAddress {
            contact_name: "Ada".into(),
            organization_name: "Acme".into(),
            address_line1: None,
            address_line2: None,
            address_line3: None,
            locality: None,
            region: None,
            postal_code: "1".into(),
            country_code: "GB".into(),
        },
        primary_admin: None,
    }
}

fn customer_change() -> reseller::CustomerChange {
    reseller::CustomerChange {
        customer_domain: None,
        alternate_email: None,
        phone_number: Some("+44".into()),
        postal_address: None,
    }
}

fn subscription() -> NewSubscription {
    NewSubscription::of(SKU, PaymentPlan::Flexible, 5, "po")
}

fn plan() -> PlanChange {
    PlanChange {
        plan_name: PlanName(PaymentPlan::AnnualMonthlyPay),
        seats: NewSeats::of(PaymentPlan::AnnualMonthlyPay, 5),
        purchase_order_id: None,
        deal_code: None,
    }
}

fn user() -> NewUser {
    NewUser {
        primary_email: U.into(),
        name: NewName { given_name: "Ada".into(), family_name: "Byron".into() },
        password: Secret::from(&PASSWORD.to_owned().into()),
        change_password_at_next_login: true,
        org_unit_path: None,
        recovery_email: None,
        external_ids: vec![NewExternalId::ours("usr_1")],
    }
}

fn user_change() -> UserChange {
    UserChange {
        primary_email: None,
        name: None,
        password: Some(Secret::from(&PASSWORD.to_owned().into())),
        change_password_at_next_login: None,
        suspended: None,
        archived: None,
        org_unit_path: None,
        recovery_email: None,
        recovery_phone: None,
    }
}

fn language() -> CustomerChange {
    CustomerChange {
        language: Some("de".into()),
        alternate_email: None,
        phone_number: None,
        customer_domain: None,
    }
}

fn org_unit() -> NewOrgUnit {
    NewOrgUnit { name: "a".into(), parent_org_unit_path: "/".into(), description: None }
}

fn group() -> NewGroup {
    NewGroup { email: "g@acme.example".into(), name: None, description: None }
}
