//! Budgets under a clock of the test's own: what one bucket never does, and who gets what of it.

use super::bucket::Bucket;
use super::budgets::{BUDGETS, Budget, Per};
use super::{Lane, Load, Priority, Quota, Short};
use crate::answer::{Answer, RETRY_AFTER_MS_MAX};
use crate::client::{Grant, OAuthClient};
use crate::hosts::Service;
use domain::time::Timestamp;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::{prop_assert, prop_assert_eq, proptest};

const START: Timestamp = Timestamp(1_790_000_000_000);
const LIST: &str = "reseller.subscriptions.list";

/// A credential in a project.
fn grant(project: u32, credential: u8) -> Grant {
    Grant {
        credential: format!("crd_{credential:026}").parse().unwrap(),
        client: OAuthClient {
            id: format!("{project}-abc{credential}.apps.googleusercontent.com"),
            secret: "hush".to_owned().into(),
        },
        refresh_token: "rt".to_owned().into(),
    }
}

fn lane(priority: Priority, key: &str) -> Lane {
    Lane { priority, key: Some(key.into()) }
}

fn people(key: &str) -> Lane {
    lane(Priority::Interactive, key)
}

fn sweep(key: &str) -> Lane {
    lane(Priority::Sweep, key)
}

fn load(service: Service, method: &'static str, target: Option<&'static str>) -> Load<'static> {
    Load { service, calls: vec![(method, target)] }
}

fn list() -> Load<'static> {
    load(Service::Reseller, LIST, None)
}

/// Takes until it is refused; gives how often that went well.
fn drain(quota: &Quota, grant: &Grant, lane: &Lane, load: &Load<'_>, now: Timestamp) -> i64 {
    (0..).take_while(|_| quota.take(grant, lane, load, now).is_ok()).count().try_into().unwrap()
}

fn said(method: &'static str, status: u16, reason: &str, retry_after: &str) -> Answer {
    let body = format!(
        r#"{{"error":{{"code":{status},"errors":[{{"domain":"usageLimits","reason":"{reason}"}}]}}}}"#
    );
    let mut answer = http::Response::builder().status(status);
    if !retry_after.is_empty() {
        answer = answer.header("retry-after", retry_after);
    }
    Answer::read(method, false, answer.body(body.into()).unwrap(), START)
}

fn reseller_budget() -> &'static Budget {
    BUDGETS.iter().find(|budget| budget.service == Service::Reseller).unwrap()
}

#[derive(Debug, Clone)]
enum Event {
    Passes { ms: i64 },
    Asks { key: u8, sweep: bool, cost: i64 },
    Complaint { retry_after_ms: Option<i64> },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => prop_oneof![0..50_i64, 0..5_000_i64, 0..200_000_i64].prop_map(|ms| Event::Passes { ms }),
        8 => (0..4_u8, any::<bool>(), 1..200_i64)
            .prop_map(|(key, sweep, cost)| Event::Asks { key, sweep, cost }),
        1 => prop_oneof![Just(None), (0..RETRY_AFTER_MS_MAX).prop_map(Some)]
            .prop_map(|retry_after_ms| Event::Complaint { retry_after_ms }),
    ]
}

proptest! {
    #[test]
    fn no_window_is_overdrawn_and_a_closed_door_stays_closed(
        budget in select((0..BUDGETS.len()).collect::<Vec<_>>()).prop_map(|index| &BUDGETS[index]),
        events in proptest::collection::vec(event(), 1..200),
    ) {
        let mut now = START;
        let mut bucket = Bucket::full(budget, now);
        let mut spent: Vec<(Timestamp, i64)> = Vec::new();
        let mut closed_until = START;
        for event in events {
            match event {
                Event::Passes { ms } => now = now.plus_ms(ms),
                Event::Complaint { retry_after_ms } => {
                    bucket.complain(budget, retry_after_ms, now);
                    closed_until = closed_until.max(now.plus_ms(retry_after_ms.unwrap_or(0)));
                    prop_assert!((1..=1000).contains(&bucket.rate()));
                }
                Event::Asks { key, sweep: is_sweep, cost } => {
                    let cost = cost.min(budget.burst());
                    let key = key.to_string();
                    let lane = if is_sweep { sweep(&key) } else { people(&key) };
                    let wait_ms = bucket.wait_ms(budget, &lane, &key, cost, now);
                    prop_assert!(wait_ms >= 0);
                    if wait_ms == 0 {
                        prop_assert!(now >= closed_until);
                        bucket.spend(budget, &lane, &key, cost);
                        spent.push((now, cost));
                    }
                }
            }
        }
        for (start, _) in &spent {
            let within = |(at, _): &&(Timestamp, i64)| (0..budget.window_ms).contains(&at.ms_since(*start));
            let sum: i64 = spent.iter().filter(within).map(|(_, cost)| cost).sum();
            prop_assert!(sum <= budget.limit.max(2), "{sum} of {budget:?}");
        }
    }

    #[test]
    fn whoever_waits_as_long_as_told_gets_it_and_not_a_moment_sooner(
        costs in proptest::collection::vec(1..300_i64, 1..20),
        is_sweep in any::<bool>(),
    ) {
        let budget = reseller_budget();
        let mut now = START;
        let mut bucket = Bucket::full(budget, now);
        let lane = if is_sweep { sweep("a") } else { people("a") };
        for cost in costs {
            let wait_ms = bucket.wait_ms(budget, &lane, "a", cost, now);
            if wait_ms > 1 {
                let early = now.plus_ms(wait_ms - 1);
                prop_assert_eq!(bucket.wait_ms(budget, &lane, "a", cost, early), 1);
            }
            now = now.plus_ms(wait_ms);
            prop_assert_eq!(bucket.wait_ms(budget, &lane, "a", cost, now), 0);
            bucket.spend(budget, &lane, "a", cost);
        }
    }

    #[test]
    fn a_clock_set_back_parks_nobody(back_ms in 1..100_000_000_000_i64) {
        let budget = reseller_budget();
        let mut bucket = Bucket::full(budget, START);
        bucket.complain(budget, Some(30_000), START);
        let now = Timestamp(START.0 - back_ms);
        let wait_ms = bucket.wait_ms(budget, &people("a"), "a", 1, now);
        prop_assert!(wait_ms <= RETRY_AFTER_MS_MAX, "{wait_ms}");
        let rested = now.plus_ms(RETRY_AFTER_MS_MAX);
        prop_assert_eq!(bucket.wait_ms(budget, &people("a"), "a", 1, rested), 0);
        prop_assert_eq!(bucket.rate(), 1000);
    }
}

#[test]
fn projects_accounts_and_targets_are_counted_apart() {
    let quota = Quota::new();
    let a = people("a");
    // Reseller: two credentials of one project share, another project does not.
    assert_eq!(drain(&quota, &grant(1, 1), &a, &list(), START), 150);
    assert_eq!(drain(&quota, &grant(1, 2), &a, &list(), START), 0);
    assert_eq!(drain(&quota, &grant(2, 3), &a, &list(), START), 150);
    // Directory: each account has its own.
    let get = load(Service::Directory, "directory.users.get", None);
    assert_eq!(drain(&quota, &grant(1, 1), &a, &get, START), 600);
    assert_eq!(drain(&quota, &grant(1, 2), &a, &get, START), 600);
    // New users: ten a second of one domain, of which two at once.
    let create = |domain| load(Service::Directory, "directory.users.insert", Some(domain));
    assert_eq!(drain(&quota, &grant(3, 3), &a, &create("acme.example"), START), 2);
    assert_eq!(drain(&quota, &grant(3, 3), &a, &create("other.example"), START), 2);
    let short = quota.take(&grant(3, 3), &a, &create("acme.example"), START).unwrap_err();
    assert_eq!(short, Short { wait_ms: 125, budget: "directory.user_creation_rate, per domain" });
    // Licensing: one request a second, however much is in it.
    let batch = Load {
        service: Service::Licensing,
        calls: vec![("licensing.licenseAssignments.insert", None); 1000],
    };
    assert_eq!(drain(&quota, &grant(1, 1), &a, &batch, START), 1);
    assert_eq!(drain(&quota, &grant(1, 1), &a, &batch, START.plus_ms(1000)), 1);
    // Mail: a hundred units each, 15,000 a minute of one mailbox, a quarter at once.
    let send = load(Service::Gmail, "gmail.users.messages.send", None);
    assert_eq!(drain(&quota, &grant(1, 1), &a, &send, START), 37);
    let nothing = Load::NOTHING;
    assert_eq!(quota.take(&grant(1, 1), &a, &nothing, START), Ok(()));
}

#[test]
fn nothing_is_taken_of_one_budget_where_another_is_short() {
    let quota = Quota::new();
    let (a, grant) = (people("a"), grant(1, 1));
    let create = |domain| load(Service::Directory, "directory.users.insert", Some(domain));
    assert_eq!(drain(&quota, &grant, &a, &create("acme.example"), START), 2);
    for _ in 0..10_000 {
        quota.take(&grant, &a, &create("acme.example"), START).unwrap_err();
    }
    let get = load(Service::Directory, "directory.users.get", None);
    assert_eq!(drain(&quota, &grant, &a, &get, START), 598);
}

#[test]
fn sweeps_leave_a_quarter_for_people_and_stand_behind_them() {
    let (quota, grant) = (Quota::new(), grant(1, 1));
    assert_eq!(drain(&quota, &grant, &sweep("a"), &list(), START), 113);
    assert_eq!(drain(&quota, &grant, &people("b"), &list(), START), 37);
    // Both wait; the sweep came first and is served last, though it never stops asking.
    let mut now = START;
    let (mut swept, mut served) = (0, 0);
    while now < START.plus_ms(60_000) {
        now = now.plus_ms(20);
        swept += drain(&quota, &grant, &sweep("a"), &list(), now);
        served += drain(&quota, &grant, &people("b"), &list(), now);
    }
    assert!((440..=450).contains(&served), "{served}");
    assert_eq!(swept, 0);
    // Once people are content, the sweep goes on.
    let rested = now.plus_ms(30_000);
    assert!(drain(&quota, &grant, &sweep("a"), &list(), rested) > 100);
}

/// `greedy` distributors ask without end for a minute; one asks every two seconds and comes back when
/// it is told to. Gives its longest wait, and what each of the greedy got.
fn crowd(greedy: usize) -> (i64, Vec<i64>) {
    let (quota, modest) = (Quota::new(), people("modest"));
    let lanes: Vec<Lane> = (0..greedy).map(|n| people(&format!("greedy {n}"))).collect();
    let mut got = vec![0; greedy];
    let (mut due, mut asked_at, mut longest_ms) = (START.plus_ms(30_000), None, 0);
    for step in 0..9_000 {
        let now = START.plus_ms(step * 10);
        for (lane, got) in lanes.iter().zip(&mut got) {
            *got += drain(&quota, &grant(1, 1), lane, &list(), now);
        }
        if now < due {
            continue;
        }
        let first_asked = *asked_at.get_or_insert(now);
        match quota.take(&grant(1, 2), &modest, &list(), now) {
            Ok(()) => {
                longest_ms = longest_ms.max(now.ms_since(first_asked));
                (due, asked_at) = (now.plus_ms(2_000), None);
            }
            Err(short) => due = now.plus_ms(short.wait_ms),
        }
    }
    (longest_ms, got)
}

#[test]
fn one_greedy_distributor_cannot_starve_another() {
    // A unit comes back every 133 ms: nobody waits for more than one of each who is before them.
    for greedy in [1, 3, 20] {
        let (longest_ms, got) = crowd(greedy);
        let units = i64::try_from(greedy).unwrap() + 1;
        assert!(longest_ms <= units * 134 + 10, "{greedy}: {longest_ms}");
        // They share alike, but for the burst at the start.
        let (least, most) = (got.iter().min().unwrap(), got.iter().max().unwrap());
        assert!(most - least <= 151, "{got:?}");
    }
}

#[test]
fn a_complaint_halves_the_rate_which_grows_again() {
    let budget = reseller_budget();
    let mut bucket = Bucket::full(budget, START);
    bucket.complain(budget, None, START);
    assert_eq!(bucket.rate(), 500);
    // What was at hand is gone, and it comes back half as fast.
    assert_eq!(bucket.wait_ms(budget, &people("a"), "a", 1, START), 267);
    // Complaints about one crowd of calls are one.
    bucket.complain(budget, None, START.plus_ms(999));
    assert_eq!(bucket.rate(), 500);
    bucket.complain(budget, None, START.plus_ms(1000));
    assert_eq!(bucket.rate(), 250);
    for second in 2..20 {
        bucket.complain(budget, None, START.plus_ms(second * 1000));
    }
    assert_eq!(bucket.rate(), 62);
    let quiet = START.plus_ms(19_000);
    for (minutes, rate) in [(0, 62), (1, 162), (5, 562), (9, 962), (10, 1000), (60, 1000)] {
        bucket.wait_ms(budget, &people("a"), "a", 1, quiet.plus_ms(minutes * 60_000));
        assert_eq!(bucket.rate(), rate, "{minutes}");
    }
}

#[test]
fn what_google_asks_to_wait_is_waited_by_all_who_share() {
    let quota = Quota::new();
    let answer = said(LIST, 429, "quotaExceeded", "7");
    quota.complain(&grant(1, 1), &list(), &answer, START);
    let told = |at: i64, credential: u8| {
        let short = quota.take(&grant(1, credential), &people("a"), &list(), START.plus_ms(at));
        short.map_err(|short| short.wait_ms)
    };
    assert_eq!(told(0, 1), Err(7_000));
    assert_eq!(told(6_999, 2), Err(1));
    assert_eq!(told(7_000, 2), Ok(()));
    assert_eq!(quota.take(&grant(2, 3), &people("a"), &list(), START), Ok(()));
}

#[test]
fn a_complaint_is_laid_on_whom_google_means() {
    let get = load(Service::Gmail, "gmail.users.getProfile", None);
    let whose = |status, reason: &str| {
        let quota = Quota::new();
        let answer = said("gmail.users.getProfile", status, reason, "60");
        quota.complain(&grant(1, 1), &get, &answer, START);
        let closed = |grant: &Grant| quota.take(grant, &people("a"), &get, START).is_err();
        assert!(closed(&grant(1, 1)));
        closed(&grant(1, 2))
    };
    assert!(!whose(403, "userRateLimitExceeded"));
    assert!(!whose(429, "rateLimitExceeded"));
    assert!(whose(403, "rateLimitExceeded"));
    assert!(whose(403, "dailyLimitExceeded"));
    // Directory's budget is per account: a complaint of any kind finds it.
    let get = load(Service::Directory, "directory.users.get", None);
    for (status, reason) in [(403, "quotaExceeded"), (429, "rateLimitExceeded")] {
        let quota = Quota::new();
        quota.complain(
            &grant(1, 1),
            &get,
            &said("directory.users.get", status, reason, "60"),
            START,
        );
        assert!(quota.take(&grant(1, 1), &people("a"), &get, START).is_err());
        assert!(quota.take(&grant(1, 2), &people("a"), &get, START).is_ok());
    }
}

#[test]
fn every_budget_names_its_source() {
    for budget in BUDGETS {
        assert!(budget.source.contains(['.', ':']), "{budget:?}");
        assert!(budget.limit > 0 && budget.window_ms > 0, "{budget:?}");
        assert!(budget.per != Per::Target || !budget.methods.is_empty(), "{budget:?}");
    }
}
