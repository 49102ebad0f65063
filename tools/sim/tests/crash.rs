//! Kills the process at every point where it could die, once each, and demands the same end; then
//! freezes it there past its lease while another goes on.

#![expect(clippy::print_stdout, reason = "the figures of a run")]

use engine::Turn;
use sim::auditor::order_body;
use sim::{Auditor, House, Ran};

const TEN_MINUTES_MS: i64 = 600_000;

async fn ordered(house: &House) -> Auditor {
    let mut auditor = Auditor::default();
    let body = order_body(1, 5);
    let (status, answer) = house.order(&body).await;
    assert_eq!(status, 201, "{answer}");
    auditor.accepted(&body, &answer);
    auditor
}

/// What is at Google and what the API says, without anything that time or chance decides.
async fn end(house: &House, auditor: &Auditor) -> String {
    auditor.check_safety(&house.sandbox).unwrap();
    auditor.check_liveness(&house.sandbox).unwrap();
    let id = auditor.order_ids().next().unwrap();
    let (_, view) = house.get(&format!("/v1/orders/{id}")).await;
    let google = house.sandbox.inspect(|world| {
        let subscriptions: Vec<_> =
            world.subscriptions.values().map(|s| (s.seats, s.sku_id.clone())).collect();
        let users = world.users.values().filter(|user| user.is_admin).count();
        let mails: std::collections::BTreeSet<_> =
            world.mails.iter().map(|mail| mail.subject.clone()).collect();
        format!("{subscriptions:?} {users} {mails:?} {}", world.customers.len())
    });
    format!("{google} {} {}", view["standing"], view["converged_generation"])
}

/// Google shows new things a minute late.
fn slow_google(house: &House) {
    house.sandbox.alter(|world| {
        world.lag_ms.customers_ms = 60_000;
        world.lag_ms.users_ms = 60_000;
        world.lag_ms.subscriptions_ms = 60_000;
    });
}

async fn matrix(postgres: bool) {
    let mut expected = None;
    let mut point = 0;
    loop {
        let house = House::on(postgres, 1).await;
        slow_google(&house);
        let auditor = ordered(&house).await;
        let doomed = house.start();
        // Point 0 is the story without a death.
        if point > 0 {
            doomed.peril.die_in(point);
        }
        let died = !house.run(&doomed, 300, TEN_MINUTES_MS).await;
        let (_, place) = doomed.peril.passed();
        if died {
            house.advance(house.timing.lease_ms + 1).await;
            assert!(house.run(&house.start(), 300, TEN_MINUTES_MS).await);
        }
        let found = end(&house, &auditor).await;
        let expected = expected.get_or_insert_with(|| found.clone());
        assert_eq!(&found, expected, "died at point {point}, {place}");
        house.close().await;
        if point > 0 && !died {
            break;
        }
        point += 1;
    }
    println!("{} crash points", point - 1);
    assert!(point > 25, "the crash points must really be reached");
}

#[tokio::test]
async fn the_end_is_the_same_wherever_the_process_dies_sqlite() {
    matrix(false).await;
}

#[tokio::test]
async fn the_end_is_the_same_wherever_the_process_dies_postgres() {
    matrix(true).await;
}

async fn zombies(postgres: bool) {
    let mut frozen_points = 0;
    for point in 1.. {
        let house = House::on(postgres, 1).await;
        let auditor = ordered(&house).await;
        let zombie = house.start();
        zombie.peril.freeze_in(point);
        let turn = zombie.turn();
        tokio::pin!(turn);
        let froze = tokio::select! {
            () = zombie.peril.frozen() => true,
            ran = &mut turn => {
                assert!(matches!(ran, Ran::Turn(Turn::Converged)), "{ran:?}");
                false
            }
        };
        if !froze {
            break;
        }
        frozen_points += 1;
        house.advance(house.timing.lease_ms + 1).await;
        assert!(house.run(&house.start(), 300, TEN_MINUTES_MS).await);
        zombie.peril.thaw();
        // It finds that its lease is gone, or had nothing left to write.
        let woken = turn.await;
        assert!(!matches!(woken, Ran::Died), "{woken:?}");
        house.keep_time().await;
        end(&house, &auditor).await;
        let calls = house.wire.calls();
        assert!(house.run(&house.start(), 50, 30_000).await);
        assert_eq!(house.wire.calls(), calls, "nothing is left to do after point {point}");
        house.close().await;
    }
    println!("{frozen_points} points to freeze at");
    assert!(frozen_points > 15, "the points must really be reached");
}

#[tokio::test]
async fn a_frozen_process_that_wakes_too_late_changes_nothing_sqlite() {
    zombies(false).await;
}

#[tokio::test]
async fn a_frozen_process_that_wakes_too_late_changes_nothing_postgres() {
    zombies(true).await;
}
