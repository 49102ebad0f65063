//! Changes of subscriptions: plans, renewal, paid service, what time does to them.
//! Source: google-semantics.md §2.7-§2.9

mod house;

use house::{DAY_MS, House, START_MS, annual, flexible, settings, with};
use sandbox::{Settings, Switches};
use serde_json::{Value, json};

const CUSTOMERS: &str = "/apps/reseller/v1/customers";

struct Sub {
    house: House,
    path: String,
}

impl Sub {
    /// A subscription of a customer that has accepted the terms.
    async fn new(body: Value) -> Sub {
        Sub::with(body, Switches::default()).await
    }

    async fn with(body: Value, switches: Switches) -> Sub {
        let house = House::with(Settings { switches, ..settings() }).await;
        let customer_id = house.ready_customer("acme.example").await;
        let id = house.subscription(&customer_id, body).await;
        Sub { house, path: format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}") }
    }

    #[track_caller]
    fn post(&self, verb: &str, body: Value, gist: &str) -> impl Future<Output = Value> {
        let path = format!("{}/{verb}", self.path);
        let place = std::panic::Location::caller();
        async move {
            let answer = self.house.call("POST", &path, body.clone()).await;
            assert_eq!(answer.gist(), gist, "{place}: {path} {body}: {}", answer.text);
            answer.json()
        }
    }

    async fn shown(&self) -> Value {
        self.house.expect("GET", &self.path, Value::Null, "200").await
    }
}

fn trial(seats: i32) -> Value {
    with(flexible(seats), "/plan/planName", json!("TRIAL"))
}

fn plan(name: &str, field: &str, seats: i32) -> Value {
    json!({"planName": name, "seats": {field: seats}})
}

const MAX: &str = "maximumNumberOfSeats";
const NUMBER: &str = "numberOfSeats";

#[tokio::test]
async fn a_flexible_plan_becomes_annual_and_stays_so() {
    let sub = Sub::new(flexible(5)).await;
    sub.post("changePlan", plan("FLEXIBLE", MAX, 5), "412 conditionNotMet").await;
    sub.post("changePlan", plan("TRIAL", MAX, 5), "412 conditionNotMet").await;
    sub.post("changePlan", plan("ANNUAL", NUMBER, 5), "400 invalid").await;
    sub.post("changePlan", plan("ANNUAL_MONTHLY_PAY", MAX, 5), "400 invalid").await;
    let order = with(plan("ANNUAL_MONTHLY_PAY", NUMBER, 7), "/purchaseOrderId", json!("po-2"));
    let shown = sub.post("changePlan", order, "200").await;
    assert_eq!(shown["plan"]["planName"], "ANNUAL");
    assert_eq!(shown["plan"]["commitmentInterval"]["startTime"], START_MS.to_string());
    assert_eq!((&shown["seats"][NUMBER], &shown["purchaseOrderId"]), (&json!(7), &json!("po-2")));
    assert_eq!(shown["renewalSettings"]["renewalType"], "RENEW_CURRENT_USERS_MONTHLY_PAY");
    sub.post("changePlan", plan("FLEXIBLE", MAX, 5), "412 conditionNotMet").await;
    sub.post("changePlan", plan("ANNUAL_YEARLY_PAY", NUMBER, 7), "412 conditionNotMet").await;
}

#[tokio::test]
async fn a_trial_takes_a_plan_and_goes_on() {
    let sub = Sub::new(trial(5)).await;
    sub.post("startPaidService", Value::Null, "412 conditionNotMet").await;
    sub.post("suspend", Value::Null, "412 conditionNotMet").await;
    sub.post("changeSeats", json!({MAX: 11}), "400 invalid").await;
    sub.post("changePlan", plan("FLEXIBLE", MAX, 11), "400 invalid").await;
    sub.post("changePlan", plan("ANNUAL_YEARLY_PAY", NUMBER, 9), "200").await;
    sub.post("changePlan", plan("TRIAL", MAX, 9), "200").await;
    let shown = sub.post("changePlan", plan("ANNUAL_MONTHLY_PAY", NUMBER, 9), "200").await;
    assert_eq!(shown["plan"], json!({"planName": "ANNUAL", "isCommitmentPlan": true}));
    assert_eq!(shown["trialSettings"]["isInTrial"], true);
    sub.post("suspend", Value::Null, "412 conditionNotMet").await;
    // Nothing is committed to yet, so seats may go down.
    sub.post("changeSeats", json!({NUMBER: 8}), "200").await;
    let shown = sub.post("startPaidService", Value::Null, "200").await;
    assert_eq!(
        shown["trialSettings"],
        json!({"isInTrial": false, "trialEndTime": START_MS.to_string()})
    );
    assert_eq!(shown["plan"]["commitmentInterval"]["startTime"], START_MS.to_string());
    sub.post("changeSeats", json!({NUMBER: 20}), "200").await;
    sub.post("changeSeats", json!({NUMBER: 19}), "400 invalid").await;
    sub.post("startPaidService", Value::Null, "412 conditionNotMet").await;

    let switches = Switches { trial_cap_with_plan: false, ..Switches::default() };
    let sub = Sub::with(trial(5), switches).await;
    sub.post("changePlan", plan("FLEXIBLE", MAX, 11), "200").await;
    sub.post("changeSeats", json!({MAX: 30}), "200").await;
}

#[tokio::test]
async fn a_trial_ends_with_or_without_a_plan() {
    let mut sub = Sub::new(trial(5)).await;
    sub.house.wait_days(29).await;
    assert_eq!(sub.shown().await["status"], "ACTIVE");
    sub.house.wait_days(1).await;
    let shown = sub.shown().await;
    assert_eq!(shown["status"], "SUSPENDED");
    assert_eq!(shown["suspensionReasons"], json!(["TRIAL_ENDED"]));
    assert_eq!(shown["trialSettings"]["isInTrial"], false);
    sub.post("activate", Value::Null, "412 conditionNotMet").await;
    let shown = sub.post("changePlan", plan("FLEXIBLE", MAX, 5), "200").await;
    assert_eq!(shown["status"], "ACTIVE");

    let mut sub = Sub::new(trial(5)).await;
    sub.post("changePlan", plan("ANNUAL_MONTHLY_PAY", NUMBER, 5), "200").await;
    sub.house.wait_days(400).await;
    let shown = sub.shown().await;
    assert_eq!(shown["status"], "ACTIVE");
    let end = START_MS + 30 * DAY_MS;
    let again = (end + 365 * DAY_MS).to_string();
    assert_eq!(
        shown["trialSettings"],
        json!({"isInTrial": false, "trialEndTime": end.to_string()})
    );
    assert_eq!(shown["plan"]["commitmentInterval"]["startTime"], again, "renewed, at its own time");

    let switches = Switches { change_plan_revives_ended_trial: false, ..Switches::default() };
    let mut sub = Sub::with(trial(5), switches).await;
    sub.house.wait_days(31).await;
    sub.post("changePlan", plan("FLEXIBLE", MAX, 5), "400 badRequest").await;
}

#[tokio::test]
async fn renewal_types_decide_the_next_year() {
    let check = async |renewal: &str, plan: &str, seats: i64, status: &str| {
        let mut sub = Sub::new(annual(12)).await;
        sub.post("changeRenewalSettings", json!({"renewalType": renewal}), "200").await;
        sub.house.wait_days(365).await;
        let shown = sub.shown().await;
        assert_eq!(shown["plan"]["planName"], plan, "{renewal}");
        let field = if plan == "FLEXIBLE" { MAX } else { NUMBER };
        assert_eq!((&shown["seats"][field], &shown["status"]), (&json!(seats), &json!(status)));
        shown
    };
    check("AUTO_RENEW_MONTHLY_PAY", "ANNUAL", 12, "ACTIVE").await;
    check("AUTO_RENEW_YEARLY_PAY", "ANNUAL_YEARLY_PAY", 12, "ACTIVE").await;
    check("RENEW_CURRENT_USERS_MONTHLY_PAY", "ANNUAL", 1, "ACTIVE").await;
    check("RENEW_CURRENT_USERS_YEARLY_PAY", "ANNUAL_YEARLY_PAY", 1, "ACTIVE").await;
    check("RENEW_ON_PROPOSED_OFFER", "ANNUAL", 12, "ACTIVE").await;
    let switched = check("SWITCH_TO_PAY_AS_YOU_GO", "FLEXIBLE", 12, "ACTIVE").await;
    assert_eq!(switched["plan"].get("commitmentInterval"), None);
    let cancelled = check("CANCEL", "ANNUAL", 12, "SUSPENDED").await;
    assert_eq!(cancelled["suspensionReasons"], json!(["RENEWAL_WITH_TYPE_CANCEL"]));

    let sub = Sub::new(annual(12)).await;
    sub.post("changeRenewalSettings", json!({"renewalType": "NEVER"}), "400 invalid").await;
    sub.post("changeRenewalSettings", json!({}), "400 invalid").await;
    let sub = Sub::new(flexible(5)).await;
    let cancel = json!({"renewalType": "CANCEL"});
    sub.post("changeRenewalSettings", cancel, "412 conditionNotMet").await;
}

#[tokio::test]
async fn a_suspended_year_is_not_renewed_until_it_is_activated() {
    let mut sub = Sub::new(annual(12)).await;
    sub.house.wait_days(360).await;
    sub.post("suspend", Value::Null, "200").await;
    sub.house.wait_days(10).await;
    let end = (START_MS + 365 * DAY_MS).to_string();
    assert_eq!(sub.shown().await["plan"]["commitmentInterval"]["endTime"], end);
    let shown = sub.post("activate", Value::Null, "200").await;
    let begins = (START_MS + 370 * DAY_MS).to_string();
    assert_eq!(shown["plan"]["commitmentInterval"]["startTime"], begins);
}

#[tokio::test]
async fn old_suspensions_lose_the_customer() {
    let mut sub = Sub::new(flexible(5)).await;
    sub.post("suspend", Value::Null, "200").await;
    sub.house.wait_days(60).await;
    assert_eq!(sub.shown().await["status"], "SUSPENDED");
    sub.house.wait_days(1).await;
    sub.house.expect("GET", &sub.path, Value::Null, "403 forbidden").await;
    let direct = sub.house.sandbox.inspect(|world| {
        world.customer("acme.example").map(|it| it.owner == sandbox::world::Owner::Google)
    });
    assert_eq!(direct, Some(true));
    sub.house.wait_days(305).await;
    let cancelled =
        sub.house.sandbox.inspect(|world| world.subscriptions.values().all(|it| it.cancelled));
    assert!(cancelled, "suspended for more than a year");

    // An annual one counts from the end of its year.
    let mut sub = Sub::new(annual(5)).await;
    sub.post("suspend", Value::Null, "200").await;
    sub.house.wait_days(364).await;
    assert_eq!(sub.shown().await["status"], "SUSPENDED");
}

#[tokio::test]
async fn terms_that_wait_keep_the_customer_and_unverified_domains_may_be_held() {
    let mut house = House::new().await;
    let id = house.customer("acme.example").await;
    house.subscription(&id, flexible(5)).await;
    house.wait_days(300).await;
    house.expect("GET", &format!("{CUSTOMERS}/{id}"), Value::Null, "200").await;

    let switches = Switches { unverified_suspended: true, ..Switches::default() };
    let mut sub = Sub::with(flexible(5), switches).await;
    sub.house.wait_days(20).await;
    assert_eq!(sub.shown().await["status"], "ACTIVE");
    sub.house.wait_days(1).await;
    assert_eq!(sub.shown().await["suspensionReasons"], json!(["OTHER"]));
    let body = json!({"domain": "acme.example"});
    sub.house.play("customers/acme.example/domains/verify", body).await;
    assert_eq!(sub.shown().await["status"], "ACTIVE");
}

#[tokio::test]
async fn changes_may_answer_201_and_wait_for_terms_no_longer() {
    let switches = Switches {
        created_status_for_changes: true,
        change_seats_while_terms_pending: true,
        ..Switches::default()
    };
    let house = House::with(Settings { switches, ..settings() }).await;
    let customer_id = house.customer("acme.example").await;
    let id = house.subscription(&customer_id, flexible(5)).await;
    let path = format!("{CUSTOMERS}/{customer_id}/subscriptions/{id}");
    house.expect("POST", &format!("{path}/changeSeats"), json!({MAX: 6}), "201").await;
    let annual = plan("ANNUAL_MONTHLY_PAY", NUMBER, 6);
    house.expect("POST", &format!("{path}/changePlan"), annual, "201").await;
    let renewal = json!({"renewalType": "CANCEL"});
    house.expect("POST", &format!("{path}/changeRenewalSettings"), renewal, "201").await;
}

#[tokio::test]
async fn watchers_hear_of_everything() {
    let mut sub = Sub::new(annual(12)).await;
    let watch = "/apps/reseller/v1/resellernotify";
    let house = &sub.house;
    let details = format!("{watch}/getwatchdetails");
    assert_eq!(house.expect("GET", &details, Value::Null, "200").await, json!({}));
    let query = format!("{watch}/register?serviceAccountEmailAddress=a@p.iam.example");
    let topic = json!({"topicName": "projects/partner-watch/topics/C0reseller"});
    assert_eq!(house.expect("POST", &query, Value::Null, "200").await, topic);
    let body = json!({"serviceAccountEmailAddress": "b@p.iam.example"});
    house.expect("POST", &format!("{watch}/register"), body.clone(), "200").await;
    house.expect("POST", &format!("{watch}/register"), json!({}), "400 invalid").await;
    let shown = house.expect("GET", &details, Value::Null, "200").await;
    let accounts = json!(["a@p.iam.example", "b@p.iam.example"]);
    assert_eq!(shown["serviceAccountEmailAddresses"], accounts);
    house.expect("POST", &format!("{watch}/unregister"), body.clone(), "200").await;
    house.expect("POST", &format!("{watch}/unregister"), body, "404 notFound").await;

    sub.post("changeSeats", json!({NUMBER: 13}), "200").await;
    sub.post("suspend", Value::Null, "200").await;
    sub.post("activate", Value::Null, "200").await;
    sub.house.wait_days(365).await;
    sub.shown().await;
    let state = sub.house.open("/sandbox/v1/state").await.json();
    let events: Vec<&Value> = state["notices"]
        .as_array()
        .expect("notices")
        .iter()
        .map(|notice| &notice["event_type"])
        .collect();
    assert_eq!(
        events,
        [
            "COMMITMENT_CHANGED",
            "SUBSCRIPTION_SUSPENDED",
            "SUBSCRIPTION_SUSPENSION_REVOKED",
            "SUBSCRIPTION_RENEWED"
        ]
    );
    assert_eq!(state["notices"][1]["suspension_reasons"], json!(["RESELLER_INITIATED"]));
}
