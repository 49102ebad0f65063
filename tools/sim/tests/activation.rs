//! Activation: every way it can fail has its own fault at its own check, the credential from before
//! stays in force, and dying anywhere leaves a clear end.

use domain::activation::{ActivationFault, ActivationStatus, Api, CheckName, CheckResult};
use domain::ids::ActivationId;
use sim::house::{ACCOUNT, CLERK, CLIENT_ID, CLIENT_SECRET, OTHER_ACCOUNT};
use sim::{Consent, House, NetworkFault};
use store::Activation;

const MINUTE_MS: i64 = 60_000;

async fn finished(house: &House, id: &ActivationId) -> Activation {
    assert!(house.run(&house.start(), 60, 10 * MINUTE_MS).await);
    let door = house.store().of(house.distributor.clone());
    let activation = door.activation(id).await.unwrap().unwrap();
    assert!(activation.status.is_final(), "{activation:?}");
    assert!(activation.code.is_none() && activation.verifier.is_none(), "used up");
    activation
}

/// The consent fails with this code at this check; the credential from before stays in force.
#[track_caller]
fn check(activation: &Activation, at: CheckName, code: &str) {
    assert_eq!(activation.status, ActivationStatus::Failed);
    let fault = activation.fault.as_ref().unwrap();
    assert_eq!(fault.code(), code, "{fault:?}");
    assert!(!fault.sentence().is_empty() && !fault.action().is_empty());
    for check in &activation.checks {
        let expected = if check.name == at { "failed" } else { "not failed" };
        let failed = matches!(check.result, CheckResult::Failed { .. });
        assert_eq!(failed, expected == "failed", "{check:?}");
    }
}

#[tokio::test]
async fn every_fault_has_its_check_and_the_old_credential_stays() {
    let consent = Consent::default;
    let cases = [
        (Consent { code_known: false, ..consent() }, CheckName::CodeExchanged, "code_expired"),
        (Consent { offline: false, ..consent() }, CheckName::CodeExchanged, "no_refresh_token"),
        (
            Consent { redirect_uri: "https://elsewhere.example/", ..consent() },
            CheckName::CodeExchanged,
            "redirect_mismatch",
        ),
        (
            Consent { without: Some(Api::Licensing), ..consent() },
            CheckName::ScopesGranted,
            "scopes_missing",
        ),
        (Consent { account: CLERK, ..consent() }, CheckName::ResellerApi, "api_forbidden"),
        (Consent { account: OTHER_ACCOUNT, ..consent() }, CheckName::Account, "other_account"),
    ];
    let house = House::new(1).await;
    for (consent, at, code) in cases {
        let id = house.consent_with(&consent).await;
        check(&finished(&house, &id).await, at, code);
        assert!(house.authenticated().await, "after {code}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_mended() {
    let house = House::new(2).await;
    house.change_secret("wrong").await;
    let id = house.consent().await;
    check(&finished(&house, &id).await, CheckName::CodeExchanged, "wrong_secret");
    house.change_secret(CLIENT_SECRET).await;
    let id = house.consent().await;
    assert_eq!(finished(&house, &id).await.status, ActivationStatus::Passed);
}

#[tokio::test]
async fn an_api_that_is_not_enabled_is_named() {
    let house = House::new(3).await;
    for (theirs, ours, at) in [
        (sandbox::Api::Reseller, Api::Reseller, CheckName::ResellerApi),
        (sandbox::Api::Directory, Api::Directory, CheckName::Directory),
        (sandbox::Api::Licensing, Api::Licensing, CheckName::Licensing),
        (sandbox::Api::Gmail, Api::Gmail, CheckName::Gmail),
    ] {
        house.sandbox.set_api(CLIENT_ID, theirs, false).unwrap();
        let id = house.consent().await;
        let activation = finished(&house, &id).await;
        check(&activation, at, "api_not_enabled");
        let fault = activation.fault.unwrap();
        assert!(matches!(fault, ActivationFault::ApiNotEnabled { api, .. } if api == ours));
        house.sandbox.set_api(CLIENT_ID, theirs, true).unwrap();
    }
    assert!(house.authenticated().await);
}

#[tokio::test]
async fn a_google_that_is_down_for_a_moment_is_asked_again() {
    let house = House::new(4).await;
    // The code goes through; the first two probes do not leave.
    house.wire.set_faults(vec![NetworkFault::NotSent, NetworkFault::NotSent, NetworkFault::None]);
    let id = house.consent().await;
    assert_eq!(finished(&house, &id).await.status, ActivationStatus::Passed);

    house.wire.set_faults(vec![NetworkFault::NotSent; 40]);
    let id = house.consent().await;
    check(&finished(&house, &id).await, CheckName::CodeExchanged, "google_unreachable");
}

#[tokio::test]
async fn disconnecting_revokes_at_google_and_lets_another_account_in() {
    let house = House::new(5).await;
    let door = house.store().of(house.distributor.clone());
    let now = domain::time::Clock::now(&house.clock);
    assert!(door.disconnect(&house.instance, now).await.unwrap());
    assert!(!house.authenticated().await, "out of force at once");
    assert!(house.run(&house.start(), 20, MINUTE_MS).await);
    let left =
        house.sandbox.inspect(|world| world.grants.values().filter(|g| g.email == ACCOUNT).count());
    assert_eq!(left, 0, "nothing is left at Google");

    let id = house.consent_with(&Consent { account: OTHER_ACCOUNT, ..Consent::default() }).await;
    assert_eq!(finished(&house, &id).await.status, ActivationStatus::Passed);
    assert!(house.authenticated().await);
}

#[tokio::test]
async fn dying_anywhere_in_an_activation_leaves_a_clear_end() {
    let mut interrupted = 0;
    for point in 1.. {
        let house = House::new(6).await;
        let id = house.consent().await;
        let doomed = house.start();
        doomed.peril.die_in(point);
        let died = !house.run(&doomed, 60, 10 * MINUTE_MS).await;
        if died {
            house.advance(house.timing.lease_ms + 1).await;
        }
        let activation = finished(&house, &id).await;
        assert!(house.authenticated().await, "the old or the new credential, at point {point}");
        if let Some(fault) = activation.fault {
            assert_eq!(fault, ActivationFault::Interrupted, "at point {point}");
            interrupted += 1;
        }
        house.close().await;
        if !died {
            break;
        }
    }
    // Only between noting that the code is sent and noting what it brought.
    assert!((1..=6).contains(&interrupted), "{interrupted}");
}
