//! The real program on loopback: the demo, and a server beside a sandbox, set up on the command line.
//! Never: what a smaller test can show.

mod stand;

use reqwest::StatusCode;
use serde_json::{Value, json};
use stand::{PATIENCE, Stand, client, eventually, order, read, variable, word};

#[tokio::test]
async fn the_demo_shows_the_main_job_twice_on_one_directory() {
    let mut stand = Stand::new(None);
    stand.environment.clear();
    // As much as can be logged, to see what must not be.
    stand.environment.insert("SEATWRIGHT_LOG", "trace".to_owned());
    let data = stand.home.path().join("demo");
    let data = data.to_str().unwrap();

    let first = stand.run(&["demo", "--once", "--data", data], "").await;
    assert_eq!(first.code, 0, "{first:?}");
    for words in [
        "✓ Code exchanged",
        "✓ Account: ",
        "✓ Customer created",
        "✓ First admin created",
        "✓ Admin role given",
        "✓ Subscription bought",
        "✓ Welcome mail sent",
        "ACTIVE",
        "demo@seatwright.example",
    ] {
        assert!(first.said.contains(words), "no `{words}`: {first:?}");
    }

    let second = stand.tell(&["demo", "--once", "--data", data], "").await;
    assert_eq!(second["at_google"]["customer"]["domain"], "acme-2.example");
    assert_eq!(second["at_google"]["subscription"]["status"], "ACTIVE");
    assert!(first.said.contains(&word(&second["login"]["password"])), "another login: {first:?}");

    let kept: Value =
        serde_json::from_str(&read(&stand.home.path().join("demo/demo.json"))).unwrap();
    let log = read(&stand.home.path().join("demo/seatwright.log"));
    assert!(log.contains("reseller.customers.insert"), "nothing was logged");
    let key = read(&stand.home.path().join("demo/master.key"));
    let secrets = ["operator_password", "client_secret", "reseller_password", "api_key"];
    for secret in secrets.map(|name| word(&kept[name])).into_iter().chain([key.trim().to_owned()]) {
        assert!(!log.contains(&secret), "a secret is in the log");
    }
}

#[tokio::test]
async fn a_server_is_set_up_and_carries_an_order_out_on_sqlite() {
    set_up_and_order(Stand::new(None)).await;
}

#[tokio::test]
async fn a_server_is_set_up_and_carries_an_order_out_on_postgres() {
    let server = variable("SEATWRIGHT_TEST_POSTGRES").expect(
        "set SEATWRIGHT_TEST_POSTGRES=postgres://user@host:port/database; cargo x test does",
    );
    let sign = if server.contains('?') { '&' } else { '?' };
    let database = format!("{server}{sign}schema=app_{}", std::process::id());
    set_up_and_order(Stand::new(Some(database))).await;
}

async fn set_up_and_order(mut stand: Stand) {
    stand.environment.insert("SEATWRIGHT_LOG", "trace".to_owned());
    let google = stand.sandbox().await;
    let server = stand.serve().await;
    let code = word(&server.began["setup_code"]);
    assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
    let page = client(true).get(word(&server.began["setup_url"])).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("Set-up code"), "no set-up page");

    let (key, instance) = stand.set_up(&google.began).await;
    let refused = client(true).get(format!("{}/setup", stand.base())).send().await.unwrap();
    assert!(!refused.text().await.unwrap().contains("Set-up code"), "set-up is still open");

    let (last, exit) = stand.authenticate(&instance, &google.began).await;
    assert_eq!(
        (exit, &last["status"], &last["account"]),
        (0, &json!("passed"), &google.began["email"])
    );
    let checks = last["checks"].as_array().unwrap();
    assert!(checks.len() == 7 && checks.iter().all(|c| c["result"] == "passed"), "{last}");

    let customer = place_and_follow(&stand, &key).await;
    assert_eq!(customer["standing"], "awaiting_terms");
    let state = at_google(&stand).await;
    assert_eq!(counted(&state, "acme-1.example"), (1, 1, 1));

    let doctor = stand.tell(&["doctor"], "").await;
    assert_eq!(doctor["status"], "ok", "{doctor:#}");

    let listed = stand.tell(&["instance", "list"], "").await;
    assert_eq!(listed["items"][0]["state"], "authenticated");
    let left = stand.tell(&["instance", "disconnect", &instance], "").await;
    assert_eq!(left["status"], "disconnected");
    eventually(PATIENCE, "revoked at Google", async || {
        let grants = at_google(&stand).await["grants"].clone();
        if grants == json!([]) { Ok(()) } else { Err(grants) }
    })
    .await;

    assert_eq!(server.terminate().await, 0, "{}", stand.log());
    let secret = word(&google.began["client_secret"]);
    for secret in [stand::KEY, &key, &secret, &word(&google.began["password"])] {
        assert!(!stand.log().contains(secret), "a secret is in the log");
    }
}

/// Places the first order over REST; gives the customer once everything of it is at Google.
async fn place_and_follow(stand: &Stand, key: &str) -> Value {
    let api = client(false);
    let send = || {
        let request = api.post(format!("{}/v1/orders", stand.base()));
        request.bearer_auth(key).header("Idempotency-Key", "one").json(&order(1)).send()
    };
    let answer = send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let placed: Value = answer.json().await.unwrap();
    let again = send().await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap()["id"], placed["id"]);

    let url = format!("{}{}", stand.base(), word(&placed["links"]["customer"]));
    eventually(PATIENCE, "converged", async || {
        let customer: Value =
            api.get(&url).bearer_auth(key).send().await.unwrap().json().await.unwrap();
        let there = customer["converged_generation"] == 1;
        if there { Ok(customer) } else { Err(customer["blockers"].clone()) }
    })
    .await
}

async fn at_google(stand: &Stand) -> Value {
    let url = format!("{}/sandbox/v1/state", stand.google_base());
    client(false).get(url).send().await.unwrap().json().await.unwrap()
}

/// Customers with this domain, and the users and subscriptions of the first.
fn counted(state: &Value, domain: &str) -> (usize, usize, usize) {
    let all = state["customers"].as_array().unwrap();
    let found: Vec<&Value> = all.iter().filter(|customer| customer["domain"] == domain).collect();
    let count = |what: &str| found.first().and_then(|c| c[what].as_array()).map_or(0, Vec::len);
    (found.len(), count("users"), count("subscriptions"))
}

#[tokio::test]
async fn a_wrong_client_secret_is_told_with_what_to_do() {
    let stand = Stand::new(None);
    let google = stand.sandbox().await;
    let _server = stand.serve().await;
    let mut told_wrong = google.began.clone();
    told_wrong["client_secret"] = json!("not the secret");
    let (_, instance) = stand.set_up(&told_wrong).await;

    let (last, exit) = stand.authenticate(&instance, &google.began).await;
    assert_eq!((exit, &last["status"]), (1, &json!("failed")));
    assert_eq!(last["fault"]["code"], "wrong_secret");
    assert!(word(&last["fault"]["action"]).contains("Credentials"), "{last}");
    let doctor = stand.run(&["doctor"], "").await;
    assert!(doctor.said.contains("does not accept this Client Id"), "{doctor:?}");
}

#[tokio::test]
async fn a_link_that_nobody_opens_ends_in_time() {
    let stand = Stand::new(None);
    let google = json!({
        "client_id": "a", "client_secret": "b",
        "redirect_uris": [format!("{}{}", stand.base(), "/Setup/SystemOptions/CloudAppsConfiguration.aspx/AuthenticateGoogleWorkspace")],
    });
    let (_, instance) = stand.set_up(&google).await;
    let ended =
        stand.run(&["--json", "instance", "authenticate", &instance, "--timeout", "1"], "").await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.complained.contains("server_not_reached"), "{ended:?}");
    let last: Value = serde_json::from_str(ended.said.lines().last().unwrap()).unwrap();
    assert_eq!(last["fault"]["code"], "link_expired");
}

#[tokio::test]
async fn flags_win_over_the_environment_over_the_file_over_the_default() {
    let mut stand = Stand::new(None);
    let file = "listen = \"127.0.0.1:1003\"\nworkers = 3\nlog = \"warn\"\n";
    std::fs::write(stand.home.path().join("seatwright.toml"), file).unwrap();
    stand.environment.insert("SEATWRIGHT_WORKERS", "2".to_owned());
    stand.environment.remove("SEATWRIGHT_LISTEN");
    stand.environment.remove("SEATWRIGHT_PUBLIC_URL");
    let config = stand.tell(&["config", "--log", "error"], "").await;
    let check = |key: &str, value: &str, source: &str| {
        let values = config["values"].as_array().unwrap();
        let found = values.iter().find(|found| found["key"] == key).unwrap();
        assert_eq!((&found["value"], &found["source"]), (&json!(value), &json!(source)), "{key}");
    };
    check("log", "error", "flag");
    check("workers", "2", "environment");
    check("listen", "127.0.0.1:1003", "file");
    check("public_url", "http://127.0.0.1:1003", "default");
    check("google_settle_ms", "120000", "default");
    check("master_key", "set", "environment");

    stand.environment.insert("SEATWRIGHT_WORKERS", "many".to_owned());
    assert_eq!(stand.run(&["--json", "serve"], "").await.fault(2), "configuration");
    assert_eq!(stand.run(&["--json", "serve", "--port", "1"], "").await.fault(2), "usage");
}

#[tokio::test]
async fn a_server_starts_only_with_the_key_of_its_database_and_alone() {
    let mut stand = Stand::new(None);
    let server = stand.serve().await;
    let mut second = Stand::new(Some(stand.environment["SEATWRIGHT_DATABASE_URL"].clone()));
    assert_eq!(second.run(&["--json", "serve"], "").await.fault(7), "database_in_use");
    second.environment.insert("SEATWRIGHT_LISTEN", stand.listen.to_string());
    assert_eq!(second.run(&["--json", "serve"], "").await.fault(7), "address_in_use");
    server.kill_9().await;

    let key = stand.tell(&["generate-master-key"], "").await;
    let other = word(&key["master_key"]);
    stand.environment.insert("SEATWRIGHT_MASTER_KEY", other.clone());
    let refused = stand.run(&["--json", "serve"], "").await;
    assert_eq!(refused.fault(5), "master_key_wrong");
    assert!(!refused.complained.contains(&other), "the key is told: {refused:?}");
    assert_eq!(stand.run(&["doctor"], "").await.code, 1);

    // Rotation: the new key first, the old one after it.
    stand.environment.insert("SEATWRIGHT_MASTER_KEY", format!("{other},{}", stand::KEY));
    assert_eq!(stand.serve().await.terminate().await, 0);

    stand.environment.remove("SEATWRIGHT_MASTER_KEY");
    let refused = stand.run(&["--json", "serve"], "").await;
    assert_eq!(refused.fault(5), "master_key_missing");
    assert!(refused.complained.contains("generate-master-key"));
    stand.environment.insert("SEATWRIGHT_MASTER_KEY", "short".to_owned());
    assert_eq!(stand.run(&["--json", "serve"], "").await.fault(5), "master_key_invalid");
}

#[tokio::test]
async fn set_up_commands_say_what_is_wrong() {
    let stand = Stand::new(None);
    let run = async |arguments: &[&str], input: &str| {
        stand.run(&[&["--json"], arguments].concat(), input).await
    };
    let email = ["operator", "add", "--email", "ada@nord.example"];
    assert_eq!(run(&email, "").await.fault(3), "not_found");
    let nord = stand.tell(&["distributor", "add", "Nord"], "").await;
    assert_eq!(run(&["distributor", "add", " "], "").await.fault(2), "usage");

    let made_up = run(&email, "").await.json();
    assert!(word(&made_up["password"]).len() >= 12);
    assert_eq!(made_up["distributor"], nord["id"]);
    assert_eq!(run(&email, "").await.fault(4), "operator_exists");
    let short = ["operator", "add", "--email", "bob@nord.example", "--password-stdin"];
    assert_eq!(run(&short, "short").await.fault(2), "usage");
    assert_eq!(run(&["operator", "add", "--email", "bob"], "").await.fault(2), "usage");

    let add = ["instance", "add", "--system-name", "One", "--client-id", "a"];
    assert_eq!(run(&add, "").await.fault(2), "usage");
    assert_eq!(run(&add, "secret\n").await.json()["system_name"], "One");
    assert_eq!(run(&add, "secret\n").await.fault(4), "instance_exists");
    assert_eq!(run(&["instance", "authenticate", "Two"], "").await.fault(3), "not_found");
    assert_eq!(run(&["instance", "disconnect", "One"], "").await.json()["status"], "not_connected");

    let key = stand.tell(&["api-key", "add", "--name", "BSS"], "").await;
    assert_eq!((&key["name"], word(&key["key"]).len()), (&json!("BSS"), 47));
    let id = word(&key["id"]);
    assert_eq!(run(&["api-key", "revoke", &id], "").await.json()["status"], "revoked");
    assert_eq!(run(&["api-key", "revoke", "key_x"], "").await.fault(3), "not_found");
    let listed = stand.tell(&["api-key", "list"], "").await;
    assert!(
        listed["items"][0]["revoked_at"].is_string()
            && !listed.to_string().contains(&word(&key["key"]))
    );

    stand.tell(&["distributor", "add", "South"], "").await;
    assert_eq!(run(&["api-key", "add"], "").await.fault(2), "usage");
    assert_eq!(run(&["api-key", "add", "--distributor", "dis_x"], "").await.fault(3), "not_found");
}

#[tokio::test]
async fn the_doctor_says_what_to_do_before_anything_is_there() {
    let mut stand = Stand::new(None);
    stand.environment.remove("SEATWRIGHT_MASTER_KEY");
    let ended = stand.run(&["--json", "doctor"], "").await;
    assert_eq!(ended.code, 1, "{ended:?}");
    let doctor: Value = serde_json::from_str(&ended.said).unwrap();
    let status = |name: &str| {
        let found = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
        let found = found.unwrap_or_else(|| panic!("no {name}: {doctor:#}"));
        let told = found["status"] == "ok" || !word(&found["action"]).is_empty();
        assert!(told, "nothing to do about {name}");
        word(&found["status"])
    };
    let all = ["configuration", "database", "master key", "clock", "public URL"].map(status);
    assert_eq!(all, ["ok", "warn", "fail", "fail", "warn"]);
    let database = stand.home.path().join("seatwright.db");
    assert!(!database.exists(), "the doctor changes nothing");
}
