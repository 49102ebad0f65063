//! 200 orders through the real program while it is killed again and again and Google's answers get
//! lost: in the end everything asked for is there, once. The auditor knows the promise only.

#[expect(dead_code, reason = "the other end-to-end tests use the rest of it")]
mod stand;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sandbox::world::Owner;
use sandbox::{Api, Fault, FaultRule, OAuthClient, ResellerAccount, Sandbox, Settings};
use serde_json::{Value, json};
use stand::{Running, Stand, client, eventually, order, variable, word};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::task::JoinSet;

const ORDERS: usize = 200;
const KILLS: usize = 10;
const LOST_PERCENT: u8 = 5;
/// No kill comes later than after this many calls; the whole story takes more.
const CALLS_BETWEEN_KILLS_MAX: u64 = 180;
/// Everything together. On two busy cores it takes about a minute.
const DEADLINE: Duration = Duration::from_secs(300);
const RESELLER: &str = "C0reseller";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_orders_survive_kill_9_and_lost_answers() {
    let seed = variable("SEED").map_or(1, |text| text.parse().expect("SEED is a number"));
    let mut stand = Stand::new(None);
    for name in ["SEATWRIGHT_GOOGLE_CALL_MS_MAX", "SEATWRIGHT_GOOGLE_SETTLE_MS"] {
        stand.environment.insert(name, "1500".to_owned());
    }
    let (sandbox, google) = google(&stand, seed);
    let mut tasks = JoinSet::new();
    let listener = tokio::net::TcpListener::bind(stand.google).await.unwrap();
    tasks.spawn({
        let sandbox = sandbox.clone();
        async move { sandbox::serve(sandbox, listener, std::future::pending()).await.unwrap() }
    });
    let server = stand.serve().await;
    let (key, instance) = stand.set_up(&google).await;
    let (last, exit) = stand.authenticate(&instance, &google).await;
    assert_eq!(exit, 0, "{last}");
    // Any call to Google from here on, the token's refresh too.
    sandbox.add_fault(FaultRule {
        method: None,
        customer: None,
        percent: LOST_PERCENT,
        times: None,
        fault: Fault::AnswerLost,
    });

    let began = sandbox.now_ms();
    let story = async {
        let placing = place_all(stand.base(), key.clone());
        let killing = kill_again_and_again(&stand, server, &sandbox, seed);
        let (placed, server) = tokio::join!(placing, killing);
        let killed = sandbox.now_ms();
        let customers = all_converged(&stand, &key, placed).await;
        drop(server);
        (customers, killed)
    };
    let told = tokio::time::timeout(DEADLINE, story).await;
    let (wished, killed) =
        told.unwrap_or_else(|_| panic!("seed {seed}: not in time\n{}", tail(&stand)));
    let ended = sandbox.now_ms();
    let mails = audit(&sandbox, &wished, seed);
    let (calls, lost) = calls(&sandbox);
    report(&format!(
        "seed {seed}: {ORDERS} orders, {KILLS} kills, {calls} calls, {lost} answers lost, \
         {} mails sent twice, {} s until the last kill, {} s in all",
        mails - ORDERS,
        (killed - began) / 1_000,
        (ended - began) / 1_000,
    ));
    assert!(lost > 0, "no answer was lost");
    // Faults and crashes are daily business; only what a person must see is an error.
    let log = stand.log();
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).take(5).collect();
    assert!(errors.is_empty(), "seed {seed}: {errors:#?}");
}

/// A sandbox whose world the test can look at, and what its actors are called.
fn google(stand: &Stand, seed: u64) -> (Sandbox, Value) {
    let redirect_uri = format!("{}{}", stand.base(), domain::activation::CALLBACK_PATH);
    let (email, password) = ("admin@reseller.example", "sandbox-password");
    let (id, secret) = ("kill9.apps.sandbox.example", "sandbox-client-secret");
    let sandbox = Sandbox::new(Settings {
        public_url: stand.google_base(),
        clients: vec![OAuthClient {
            id: id.to_owned(),
            secret: secret.to_owned(),
            redirect_uris: vec![redirect_uri.clone()],
            project_number: "1".to_owned(),
            apis: Api::ALL.into(),
        }],
        accounts: vec![ResellerAccount::new(email, password, "101010101010101010101", RESELLER)],
        seed,
        ..Settings::default()
    });
    let actors = json!({
        "client_id": id, "client_secret": secret, "redirect_uris": [redirect_uri],
        "email": email, "password": password,
    });
    (sandbox, actors)
}

/// As a BSS does it: the same order again until it has an answer. Gives the ids of the customers with
/// those of their subscriptions.
async fn place_all(base: String, key: String) -> BTreeMap<String, String> {
    let client = client(false);
    let mut placed = BTreeMap::new();
    for number in 0..ORDERS {
        let body = order(number);
        let answer: Value = eventually(DEADLINE, "an order taken in", async || {
            let request = client.post(format!("{base}/v1/orders")).bearer_auth(&key);
            let request = request.header("Idempotency-Key", number.to_string()).json(&body);
            let answer = request.send().await.map_err(|error| error.to_string())?;
            let status = answer.status();
            let body: Value = answer.json().await.map_err(|error| error.to_string())?;
            if status.is_success() { Ok(body) } else { Err(format!("{status}: {body}")) }
        })
        .await;
        placed.insert(word(&answer["customer"]["id"]), word(&answer["subscription"]));
    }
    placed
}

/// Kills the server after random numbers of calls, so that each kill falls into work under way, and
/// starts it again at once.
async fn kill_again_and_again(
    stand: &Stand,
    mut server: Running,
    sandbox: &Sandbox,
    seed: u64,
) -> Running {
    let mut random = StdRng::seed_from_u64(seed);
    for kill in 1..=KILLS {
        let (calls_before, _) = calls(sandbox);
        let wanted = calls_before + random.random_range(1..=CALLS_BETWEEN_KILLS_MAX);
        eventually(DEADLINE, &format!("at kill {kill}"), async || match calls(sandbox).0 {
            calls if calls >= wanted => Ok(()),
            calls => Err((calls, wanted)),
        })
        .await;
        server.kill_9().await;
        server = stand.serve().await;
    }
    server
}

/// Waits until every order is carried out; gives what was wished for.
async fn all_converged(
    stand: &Stand,
    key: &str,
    placed: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let client = client(false);
    let mut wished = BTreeMap::new();
    for (customer, subscription) in placed {
        let url = format!("{}/v1/customers/{customer}", stand.base());
        let domain = eventually(DEADLINE, "converged", async || {
            let answer = client.get(&url).bearer_auth(key).send().await;
            let body: Value =
                answer.map_err(|e| json!(e.to_string()))?.json().await.unwrap_or_default();
            if body["converged_generation"] == 1 { Ok(word(&body["domain"])) } else { Err(body) }
        })
        .await;
        wished.insert(domain, subscription);
    }
    wished
}

/// Everything that was wished for is at Google, once. Gives how many mails were sent.
fn audit(sandbox: &Sandbox, wished: &BTreeMap<String, String>, seed: u64) -> usize {
    assert_eq!(wished.len(), ORDERS);
    sandbox.inspect(|world| {
        let ours = Owner::Reseller { customer_id: RESELLER.to_owned() };
        let sold: Vec<_> = world.customers.values().filter(|c| c.owner == ours).collect();
        assert_eq!(sold.len(), ORDERS, "seed {seed}: customers");
        for customer in sold {
            let domain = &customer.domain;
            let subscriptions: Vec<_> = world
                .subscriptions_of(&customer.id)
                .map(|subscription| subscription.purchase_order_id.clone().unwrap_or_default())
                .collect();
            assert_eq!(subscriptions, [wished[domain].clone()], "seed {seed}: {domain}");
            let users: Vec<_> = world
                .users_of(&customer.id)
                .map(|user| (user.primary_email.clone(), user.is_admin))
                .collect();
            assert_eq!(users, [(format!("admin@{domain}"), true)], "seed {seed}: {domain}");
        }
        let orders: BTreeSet<_> =
            world.subscriptions.values().map(|s| s.purchase_order_id.clone()).collect();
        assert_eq!(orders.len(), world.subscriptions.len(), "seed {seed}: bought twice");
        let mails: BTreeSet<_> = world.mails.iter().map(|mail| &mail.message_id).collect();
        assert_eq!(mails.len(), ORDERS, "seed {seed}: customers with a welcome mail");
        world.mails.len()
    })
}

/// Calls that Google received, and those among them whose answer was lost.
fn calls(sandbox: &Sandbox) -> (u64, usize) {
    sandbox.inspect(|world| {
        let lost = world.calls.iter().filter(|call| call.fault.as_deref() == Some("answer_lost"));
        (world.call_counts.values().sum(), lost.count())
    })
}

fn tail(stand: &Stand) -> String {
    let log = stand.log();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[expect(clippy::print_stderr, reason = "figures of a run, for whoever reads the test's log")]
fn report(figures: &str) {
    eprintln!("{figures}");
}
