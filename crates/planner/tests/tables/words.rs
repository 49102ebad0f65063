//! A small language for what is known of one customer, so that a case fits on a line.
//!
//! `-` is absent, a bare name is there, nothing said is unknown: `customer admin-` knows the customer,
//! and that there is no admin. Never a check.

use crate::samples::{
    GENERATION, NOW, admin, awaiting_terms, customer, later, refused, subscription,
    subscription_id, subscription_subject,
};
use domain::observed::{
    Observed, ObservedAdmin, ObservedSubscription, Seen, Sight, Status, Subject, SuspensionReason,
    Welcome,
};
use domain::step::{Blocker, Plan, Step};

/// Until when `awaited` things are awaited, in ms after [`NOW`].
pub const AWAITED_MS: i64 = 100;

/// What is known, from words.
#[track_caller]
pub fn known(words: &str) -> Observed {
    let mut known = Observed::default();
    for word in words.split_whitespace() {
        put(&mut known, word);
    }
    known
}

fn put(known: &mut Observed, word: &str) {
    if let Some(subject) = word.strip_prefix("refused:") {
        known.refusals.insert(subject_of(subject), refused(GENERATION));
        return;
    }
    if let Some(subject) = word.strip_prefix("refused-before:") {
        known.refusals.insert(subject_of(subject), refused(GENERATION - 1));
        return;
    }
    if let Some(subject) = word.strip_prefix("vanished:") {
        known.vanished.insert(subject_of(subject), NOW);
        return;
    }
    let mut other = customer();
    other.made_by_us = false;
    match word {
        "customer-" => known.customer.seen = Seen::Absent,
        "customer" => known.customer.seen = Seen::Present(customer()),
        "customer:alike" => known.customer.seen = Seen::Present(other),
        "customer:different" => {
            other.organization = "Somebody Else".into();
            known.customer.seen = Seen::Present(other);
        }
        "customer:unmanaged" => {
            other.managed = false;
            known.customer.seen = Seen::Present(other);
        }
        "admin-" => known.admin.seen = Seen::Absent,
        "admin" => known.admin.seen = Seen::Present(admin()),
        "admin+role" => {
            known.admin.seen = Seen::Present(ObservedAdmin { is_admin: true, ..admin() });
        }
        "admin:theirs" => {
            known.admin.seen = Seen::Present(ObservedAdmin { ours: false, ..admin() });
        }
        "subscription-" => subscribe(known, Seen::Absent),
        "mail?" => known.welcome = Welcome::Unsure { tries: 1 },
        "mail??" => known.welcome = Welcome::Unsure { tries: 2 },
        "mail" => known.welcome = Welcome::Sent { google_id: "M1".into(), at: NOW },
        "awaited" => {
            known.customer.absent_from = later(AWAITED_MS);
            known.admin.absent_from = later(AWAITED_MS);
            known.subscriptions.entry(subscription_id()).or_default().absent_from =
                later(AWAITED_MS);
        }
        word => match word.strip_prefix("stranger") {
            Some(kind) => known.strangers.push(stranger(kind)),
            None => subscribe(known, Seen::Present(bought(word))),
        },
    }
}

fn subscribe(known: &mut Observed, seen: Seen<ObservedSubscription>) {
    known.subscriptions.entry(subscription_id()).or_default().seen = seen;
}

/// A subscription, from a word.
#[track_caller]
pub fn bought(word: &str) -> ObservedSubscription {
    let held = |reasons: &[SuspensionReason]| ObservedSubscription {
        status: Status::Suspended,
        suspension_reasons: reasons.to_vec(),
        ..subscription()
    };
    match word {
        "subscription" => subscription(),
        "subscription:terms" => awaiting_terms(),
        "subscription:held" => held(&[SuspensionReason::ResellerInitiated]),
        "subscription:held+terms" => {
            held(&[SuspensionReason::TrialEnded, SuspensionReason::PendingTosAcceptance])
        }
        "subscription:cancelled" => {
            ObservedSubscription { status: Status::Cancelled, ..subscription() }
        }
        _ => panic!("no such word: {word}"),
    }
}

/// A subscription that is not ours, from what follows `stranger`.
#[track_caller]
pub fn stranger(kind: &str) -> ObservedSubscription {
    let google_id = "S9".to_owned();
    match kind {
        // Another SKU of the same product: a user can't have both.
        "" => ObservedSubscription { google_id, sku: "1010020028".into(), ..subscription() },
        ":cancelled" => {
            ObservedSubscription { google_id, status: Status::Cancelled, ..subscription() }
        }
        ":vault" => {
            ObservedSubscription { google_id, sku: "Google-Vault".into(), ..subscription() }
        }
        _ => panic!("no such stranger: {kind}"),
    }
}

#[track_caller]
fn subject_of(word: &str) -> Subject {
    match word {
        "customer" => Subject::Customer,
        "admin" => Subject::Admin,
        "role" => Subject::AdminRole,
        "subscription" => subscription_subject(),
        "mail" => Subject::WelcomeMail,
        _ => panic!("no such subject: {word}"),
    }
}

fn subject_word(subject: &Subject) -> &'static str {
    match subject {
        Subject::Customer => "customer",
        Subject::Admin => "admin",
        Subject::AdminRole => "role",
        Subject::Subscription(_) => "subscription",
        Subject::WelcomeMail => "mail",
    }
}

/// What is known, as words; the moments are left out.
pub fn words(known: &Observed) -> String {
    let mut words = Vec::new();
    let mut say = |word: &str| words.push(word.to_owned());
    match &known.customer.seen {
        Seen::Unknown => {}
        Seen::Absent => say("customer-"),
        Seen::Present(c) if !c.managed => say("customer:unmanaged"),
        Seen::Present(c) if c.made_by_us => say("customer"),
        Seen::Present(c) if c.organization == customer().organization => say("customer:alike"),
        Seen::Present(_) => say("customer:different"),
    }
    match &known.admin.seen {
        Seen::Unknown => {}
        Seen::Absent => say("admin-"),
        Seen::Present(admin) if !admin.ours => say("admin:theirs"),
        Seen::Present(admin) if admin.is_admin => say("admin+role"),
        Seen::Present(_) => say("admin"),
    }
    for sight in known.subscriptions.values() {
        match &sight.seen {
            Seen::Unknown => {}
            Seen::Absent => say("subscription-"),
            Seen::Present(s) => {
                let kinds = ["", ":terms", ":held", ":held+terms", ":cancelled"];
                let kinds = kinds.map(|kind| format!("subscription{kind}"));
                say(kinds.iter().find(|kind| bought(kind) == *s).expect("a known subscription"));
            }
        }
    }
    for is in &known.strangers {
        let kinds = ["", ":cancelled", ":vault"];
        let kind = kinds.into_iter().find(|kind| stranger(kind) == *is);
        say(&format!("stranger{}", kind.unwrap_or("?")));
    }
    match known.welcome {
        Welcome::NotSent => {}
        Welcome::Unsure { tries: 1 } => say("mail?"),
        Welcome::Unsure { .. } => say("mail??"),
        Welcome::Sent { .. } => say("mail"),
    }
    for (subject, refused) in &known.refusals {
        let now = refused.generation == GENERATION;
        let word = if now { "refused" } else { "refused-before" };
        say(&format!("{word}:{}", subject_word(subject)));
    }
    for subject in known.vanished.keys() {
        say(&format!("vanished:{}", subject_word(subject)));
    }
    words.join(" ")
}

/// A plan as words: steps, then `!`blockers with their subject where they name one, then what is to
/// come after `..`.
pub fn plan_words(plan: &Plan) -> String {
    let mut words: Vec<String> = plan.steps.iter().map(|step| step.name().to_owned()).collect();
    words.extend(plan.blocked.iter().map(|blocker| match blocker {
        Blocker::NotYetSeen { subject, .. }
        | Blocker::VanishedAtGoogle { subject, .. }
        | Blocker::Refused { subject, .. } => {
            format!("!{}:{}", blocker.code(), subject_word(subject))
        }
        other => format!("!{}", other.code()),
    }));
    words.extend(plan.later.iter().map(|name| format!("..{name}")));
    words.join(" ")
}

/// The names of steps that a plan may still owe.
pub fn is_there(known: &Observed, step: &str) -> bool {
    let ours = known.admin.present().filter(|admin| admin.ours);
    match step {
        "create_customer" => known.customer.present().is_some(),
        "create_admin" => ours.is_some(),
        "make_admin" => ours.is_some_and(|admin| admin.is_admin),
        "create_subscription" => {
            known.subscriptions.get(&subscription_id()).and_then(Sight::present).is_some()
        }
        "send_welcome_mail" => matches!(known.welcome, Welcome::Sent { .. }),
        other => panic!("no such step: {other}"),
    }
}

/// Whether a step is one of those that make something that costs money.
pub fn buys(step: &Step) -> bool {
    matches!(step, Step::CreateSubscription { .. })
}
