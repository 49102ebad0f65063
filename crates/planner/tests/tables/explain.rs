//! Every blocker in words a person can act on.

use crate::samples::{NOW, blockers, subscription_id};
use domain::codes::CODES;
use domain::observed::{Reason, Subject, SuspensionReason};
use domain::step::Blocker;
use planner::{Who, explain};

/// Who has to act on a refusal, and words that its explanation must hold.
#[track_caller]
fn check(status: u16, code: &str, who: Who, words: &[&str]) {
    let reason = Reason { status, code: code.into(), message: "Google's own words".into() };
    let explained = explain(&Blocker::Refused { subject: Subject::Admin, reason, at: NOW });
    let text = format!("{} {}", explained.sentence, explained.action);
    for word in words.iter().chain(&["the first admin", "Google's own words", &status.to_string()])
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!((explained.who, explained.waiting_helps), (who, false), "{status} {code}");
}

#[test]
fn every_blocker_has_a_sentence_an_action_and_a_code_of_ours() {
    for blocker in blockers() {
        let explained = explain(&blocker);
        assert_eq!(explained.code, blocker.code());
        assert!(CODES.contains(&explained.code), "{}", explained.code);
        for text in [&explained.sentence, &explained.action] {
            assert!(text.len() > 20 && text.ends_with('.'), "{}: {text}", explained.code);
            assert!(
                text.starts_with(char::is_uppercase)
                    || text.contains('@')
                    || text.starts_with("acme.example"),
                "{text}"
            );
        }
        assert!(!explained.who.name().is_empty() && !explained.who.title().is_empty());
    }
}

/// The sentence for whatever is not known would tell nobody what to do.
#[test]
fn no_blocker_falls_through() {
    for blocker in blockers() {
        assert_ne!(explain(&blocker).action, "Look at the time-line.", "{}", blocker.code());
    }
}

#[test]
fn only_settling_passes_by_itself() {
    for blocker in blockers() {
        let explained = explain(&blocker);
        let settles = blocker.code() == "not_yet_seen";
        assert_eq!(explained.waiting_helps, settles, "{}", explained.code);
        assert_eq!(explained.who == Who::Nobody, settles, "{}", explained.code);
    }
}

/// Source: google-semantics.md §2.14, §3.6.
#[test]
fn refusals_say_who_can_put_them_right() {
    check(403, "accessNotConfigured", Who::Operator, &["Enable the API"]);
    check(403, "SERVICE_DISABLED", Who::Operator, &["Enable the API"]);
    check(403, "insufficientPermissions", Who::Operator, &["tick every box"]);
    check(403, "domainCannotUseApis", Who::CustomerAdmin, &["API access"]);
    check(403, "forbidden", Who::Operator, &["Partner Sales Console"]);
    check(412, "limitExceeded", Who::Operator, &["seats"]);
    check(412, "conditionNotMet", Who::Operator, &["terms"]);
    check(400, "invalid", Who::Operator, &["Compare the order"]);
    check(404, "notFound", Who::Google, &["tried again"]);
    check(418, "", Who::Google, &["tried again"]);
}

#[test]
fn a_refusal_without_a_message_shows_its_code() {
    let reason = Reason { status: 400, code: "invalid".into(), message: String::new() };
    let explained = explain(&Blocker::Refused { subject: Subject::Customer, reason, at: NOW });
    assert!(explained.sentence.contains("\"invalid\""), "{}", explained.sentence);
}

#[test]
fn a_suspension_names_every_reason() {
    let sentence = |reasons: &[SuspensionReason]| {
        let (subscription, reasons) = (subscription_id(), reasons.to_vec());
        explain(&Blocker::SuspendedAtGoogle { subscription, reasons }).sentence
    };
    let both = [SuspensionReason::TrialEnded, SuspensionReason::ResellerInitiated];
    let told = "Google holds the subscription: the trial has ended, suspended by the reseller.";
    assert_eq!(sentence(&both), told);
    assert_eq!(sentence(&[]), "Google holds the subscription: no reason given.");
}

#[test]
fn who_acts_has_words_of_its_own() {
    let all = [Who::Operator, Who::CustomerAdmin, Who::Google, Who::Nobody];
    assert_eq!(all.map(Who::name), ["operator", "customer_admin", "google", "nobody"]);
    for who in all {
        assert_eq!(all.iter().filter(|other| other.title() == who.title()).count(), 1);
    }
}
