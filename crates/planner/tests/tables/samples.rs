//! One of everything the planner works with. Never a check.

use domain::catalog::PaymentPlan;
use domain::desired::{
    Address, Contact, Desired, DesiredAdmin, DesiredCustomer, DesiredSubscription,
};
use domain::ids::{CustomerId, SubscriptionId};
use domain::names::{DomainName, EmailAddress};
use domain::observed::{
    ObservedAdmin, ObservedCustomer, ObservedSubscription, Reason, Refused, Status, Subject,
    SuspensionReason,
};
use domain::step::{Blocker, Shown, Step};
use domain::time::Timestamp;

pub const NOW: Timestamp = Timestamp(1_790_000_000_000);
/// The generation that was ordered.
pub const GENERATION: i64 = 3;

#[must_use]
pub fn later(ms: i64) -> Timestamp {
    NOW.plus_ms(ms)
}

pub fn customer_id() -> CustomerId {
    "cus_00000000000000000000000001".parse().unwrap()
}

pub fn subscription_id() -> SubscriptionId {
    "sub_00000000000000000000000001".parse().unwrap()
}

pub fn subscription_subject() -> Subject {
    Subject::Subscription(subscription_id())
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// Acme's first order: five seats of Business Starter, flexible.
pub fn desired() -> Desired {
    let address = Address {
        line1: "1 Main St".into(),
        line2: String::new(),
        line3: String::new(),
        locality: "London".into(),
        region: String::new(),
        postal_code: "EC1A 1BB".into(),
        country_code: "GB".into(),
    };
    let contact = Contact { given_name: "Ada".into(), family_name: "Byron".into(), phone: None };
    let wanted = DesiredSubscription {
        sku: "1010020027".into(),
        payment_plan: PaymentPlan::Flexible,
        seats: 5,
    };
    Desired {
        generation: GENERATION,
        instance: "ins_00000000000000000000000001".parse().unwrap(),
        customer: DesiredCustomer {
            domain: DomainName::parse("acme.example").unwrap(),
            organization: "Acme Ltd".into(),
            contact,
            alternate_email: email("ada@other.example"),
            address,
        },
        admin: DesiredAdmin {
            user_name: "admin".into(),
            secret: "sec_00000000000000000000000001".parse().unwrap(),
        },
        subscriptions: [(subscription_id(), wanted)].into(),
    }
}

/// Acme as Google shows it after our own create.
pub fn customer() -> ObservedCustomer {
    ObservedCustomer {
        google_id: "C1".into(),
        domain: "acme.example".into(),
        managed: true,
        organization: "Acme Ltd".into(),
        alternate_email: "ada@other.example".into(),
        domain_verified: false,
        made_by_us: true,
    }
}

/// The first admin as Google shows it after our own create, still without the role.
pub fn admin() -> ObservedAdmin {
    ObservedAdmin {
        google_id: "U1".into(),
        email: "admin@acme.example".into(),
        is_admin: false,
        suspended: false,
        agreed_to_terms: false,
        ours: true,
    }
}

/// What was ordered, active.
pub fn subscription() -> ObservedSubscription {
    ObservedSubscription {
        google_id: "S1".into(),
        sku: "1010020027".into(),
        sku_name: "Business Starter".into(),
        payment_plan: Some(PaymentPlan::Flexible),
        seats: 5,
        licensed_seats: 0,
        status: Status::Active,
        suspension_reasons: Vec::new(),
    }
}

/// What was ordered, as Google shows it until the terms are accepted.
pub fn awaiting_terms() -> ObservedSubscription {
    let suspension_reasons = vec![SuspensionReason::PendingTosAcceptance];
    ObservedSubscription { status: Status::Suspended, suspension_reasons, ..subscription() }
}

pub fn reason() -> Reason {
    Reason { status: 412, code: "conditionNotMet".into(), message: "No.".into() }
}

pub fn refused(generation: i64) -> Refused {
    Refused { reason: reason(), at: NOW, generation, of_look: false }
}

pub fn create_customer() -> Step {
    Step::CreateCustomer { customer: desired().customer }
}

pub fn create_admin() -> Step {
    Step::CreateAdmin {
        google_customer: "C1".into(),
        email: "admin@acme.example".into(),
        given_name: "Ada".into(),
        family_name: "Byron".into(),
        recovery_email: email("ada@other.example"),
        secret: desired().admin.secret,
        external_id: customer_id(),
    }
}

pub fn make_admin() -> Step {
    Step::MakeAdmin { email: "admin@acme.example".into() }
}

pub fn create_subscription() -> Step {
    Step::CreateSubscription {
        google_customer: "C1".into(),
        subscription: subscription_id(),
        sku: "1010020027".into(),
        payment_plan: PaymentPlan::Flexible,
        seats: 5,
    }
}

pub fn send_mail() -> Step {
    Step::SendWelcomeMail {
        to: email("ada@other.example"),
        recipient_name: "Ada Byron".into(),
        organization: "Acme Ltd".into(),
        domain: "acme.example".into(),
        admin_email: "admin@acme.example".into(),
        secret: desired().admin.secret,
        message_id: format!("<welcome.{}@acme.example>", customer_id()),
    }
}

pub fn steps() -> [Step; 5] {
    [create_customer(), create_admin(), make_admin(), create_subscription(), send_mail()]
}

/// What Google shows when a step was carried out.
pub fn shown(step: &Step) -> Shown {
    match step {
        Step::CreateCustomer { .. } => Shown::Customer(customer()),
        Step::CreateAdmin { .. } => Shown::Admin(admin()),
        Step::MakeAdmin { .. } => Shown::Nothing,
        Step::CreateSubscription { .. } => Shown::Subscription(awaiting_terms()),
        Step::SendWelcomeMail { .. } => Shown::Mail { google_id: "M1".into() },
    }
}

/// One of each blocker. The match makes a new variant show up here.
pub fn blockers() -> Vec<Blocker> {
    let subscription = subscription_id();
    let subject = Subject::Admin;
    let all = vec![
        Blocker::NotYetSeen { subject: subject.clone(), absent_from: later(1) },
        Blocker::CustomerElsewhere { domain: "acme.example".into() },
        Blocker::CustomerExists { domain: "acme.example".into(), organization: "B".into() },
        Blocker::AdminExists { email: "admin@acme.example".into() },
        Blocker::SubscriptionElsewhere { subscription: subscription.clone(), sku: "1".into() },
        Blocker::VanishedAtGoogle { subject: subject.clone(), since: NOW },
        Blocker::Refused { subject, reason: reason(), at: NOW },
        Blocker::TermsNotAccepted {
            subscription: subscription.clone(),
            admin_email: "admin@acme.example".into(),
        },
        Blocker::SuspendedAtGoogle { subscription, reasons: Vec::new() },
        Blocker::InstanceNotAuthenticated { instance: desired().instance },
    ];
    for blocker in &all {
        match blocker {
            Blocker::NotYetSeen { .. }
            | Blocker::CustomerElsewhere { .. }
            | Blocker::CustomerExists { .. }
            | Blocker::AdminExists { .. }
            | Blocker::SubscriptionElsewhere { .. }
            | Blocker::VanishedAtGoogle { .. }
            | Blocker::Refused { .. }
            | Blocker::TermsNotAccepted { .. }
            | Blocker::SuspendedAtGoogle { .. }
            | Blocker::InstanceNotAuthenticated { .. } => {}
        }
    }
    all
}
