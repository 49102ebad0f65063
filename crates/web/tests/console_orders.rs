//! Orders, customers, keys, settings and first passwords through the console's forms.

mod console;
mod house;

use console::{Browser, Doors, EMAIL, hidden, leads_to, order_fields};
use domain::ids::CustomerId;
use domain::secret::{ExposeSecret, Place, Sealed};
use domain::step::{Call, Outcome, Step};
use domain::time::Timestamp;
use house::House;
use http::StatusCode;

async fn only_customer(house: &House) -> CustomerId {
    house.nord.door.customers(None, 2).await.unwrap().remove(0).id
}

#[tokio::test]
async fn all_faults_are_shown_at_their_fields_and_what_was_typed_stays() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let mut fields = order_fields("Nord", "");
    for (name, value) in &mut fields {
        match *name {
            "/customer/domain" => *value = "Acme.example",
            "/customer/alternate_email" => *value = "ada",
            "/subscription/seats" => *value = "many",
            _ => {}
        }
    }
    let page = browser.post("/orders", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("4 things have to be corrected."), "{}", page.text);
    for (id, fault) in [
        ("f-reference", "This field is required."),
        ("f-customer-domain", "Write the domain in lower case: acme.example"),
        ("f-customer-alternate-email", "Give an address such as ada@other.example."),
        ("f-subscription-seats", "This must be a whole number."),
    ] {
        assert!(page.text.contains(&format!("href=\"#{id}\"")), "{id}");
        let field = page.text.split(&format!("id=\"{id}-fault\"")).nth(1).unwrap();
        assert!(field.split("</div>").next().unwrap().contains(fault), "{id}");
    }
    assert!(page.text.contains("value=\"Acme &#38; Söhne &#60;Ltd&#62;\""), "{}", page.text);
    assert!(page.text.contains("<option value=\"GB\" selected>"));
    assert!(house.is_empty().await);
}

#[tokio::test]
async fn a_form_sent_twice_is_one_order() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let form = browser.get("/orders/new").await;
    let key = hidden(&form.text, "idempotency_key").unwrap();
    let mut fields = order_fields(house.nord.instance.as_str(), "BSS-1001");
    fields.push(("idempotency_key", &key));
    let first = browser.post("/orders", &fields).await;
    let customer = only_customer(&house).await;
    leads_to(&first, &format!("/customers/{customer}?done=ordered"));
    let second = browser.post("/orders", &fields).await;
    leads_to(&second, &format!("/customers/{customer}?done=seen"));

    fields[0].1 = "BSS-1002";
    let other = browser.post("/orders", &fields).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text.contains("sent before with other contents"), "{}", other.text);
    assert_ne!(hidden(&other.text, "idempotency_key").unwrap(), key);
    let fields = order_fields("Nord", "BSS-1002");
    let twice = browser.post("/orders", &fields).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text.contains("href=\"#f-customer-domain\""), "{}", twice.text);
    assert_eq!(house.nord.door.orders(None, 10).await.unwrap().len(), 1);
}

async fn ordered(house: &House, browser: &Browser<'_>) -> CustomerId {
    let placed = browser.post("/orders", &order_fields("Nord", "BSS-1001")).await;
    assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
    only_customer(house).await
}

#[tokio::test]
async fn a_customers_page_shows_every_call_and_what_it_waits_for() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let id = ordered(&house, &browser).await;
    let (store, now) = (&house.app.store, house.app.clock.now());
    let lease = store.claim(now, 60_000).await.unwrap().unwrap();
    let loaded = store.load(&lease).await.unwrap();
    let step = Step::CreateCustomer { customer: loaded.desired.customer.clone() };
    let seq = store.begin_attempt(&lease, &step, now).await.unwrap();
    let running = browser.get(&format!("/customers/{id}/live")).await;
    assert!(running.text.contains("Running"), "{}", running.text);
    assert!(running.text.contains("data-every=\"1000\""));
    let outcome = Outcome::Unsure { why: "the answer was lost".into() };
    let call = Call {
        method: "reseller.customers.insert".into(),
        status: 0,
        reason: "timeout".into(),
        started_at: now,
        duration_ms: 10_321,
    };
    let ended = Some((seq, &outcome, &[call][..]));
    store.learn(&lease, &loaded.observed, ended, &[], now).await.unwrap();
    let later = Timestamp(now.0 + 600_000);
    store.release(&lease, later, None, None, &[], now).await.unwrap();

    for path in [format!("/customers/{id}"), format!("/customers/{id}/live")] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in [
            "Create the customer acme.example (Acme &#38; Söhne &#60;Ltd&#62;)",
            "Answer lost",
            "the answer was lost",
            "reseller.customers.insert",
            "no answer timeout",
            "10.3 s",
            "Order BSS-1001 accepted",
            "The Google reseller account of this instance is not connected.",
            "data-every=\"10000\"",
        ] {
            assert!(page.text.contains(part), "{path}: {part}\n{}", page.text);
        }
    }
    let fragment = browser.get(&format!("/customers/{id}/live")).await;
    assert!(!fragment.text.contains("<html"), "a fragment only");
}

#[tokio::test]
async fn google_is_looked_at_again_when_asked() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let id = ordered(&house, &browser).await;
    let answer = browser.post(&format!("/customers/{id}/look"), &[]).await;
    leads_to(&answer, &format!("/customers/{id}?done=looking"));
    let page = browser.get(answer.header("location")).await;
    assert!(page.text.contains("An operator asked to look at Google again"), "{}", page.text);
}

#[tokio::test]
async fn lists_lead_to_orders_and_customers() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    assert!(browser.get("/orders").await.text.contains("No orders yet"));
    assert!(browser.get("/customers").await.text.contains("No customers yet"));
    let id = ordered(&house, &browser).await;
    let order = house.nord.door.orders(None, 1).await.unwrap().remove(0).id;
    let list = browser.get("/orders").await.text;
    for part in [&format!("/orders/{order}"), &format!("/customers/{id}"), "BSS-1001"] {
        assert!(list.contains(part), "{part}");
    }
    assert!(list.contains("Business Starter") && list.contains("Needs attention"), "{list}");
    let page = browser.get(&format!("/orders/{order}")).await.text;
    assert!(page.contains(&format!("/customers/{id}")) && page.contains("this console"));
    assert!(browser.get("/customers").await.text.contains("acme.example"));
}

#[tokio::test]
async fn a_client_secret_is_never_shown_and_kept_when_left_empty() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let new = browser.get("/instances/new").await;
    assert!(new.text.contains("AuthenticateGoogleWorkspace") && new.text.contains("disabled"));
    let fields = |name: &'static str, secret: &'static str| {
        [
            ("system_name", name),
            ("client_id", " 1.apps.googleusercontent.com "),
            ("client_secret", secret),
        ]
    };
    let refused = browser.post("/instances", &fields("Nord", "s3cret-one")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Another instance of yours has this System Name."));
    assert!(!refused.text.contains("s3cret-one"));

    let saved = browser.post("/instances", &fields("Nord two", "s3cret-one")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let path = saved.header("location").trim_end_matches("?done=saved").to_owned();
    let id = path.trim_start_matches("/instances/").parse().unwrap();
    let secret = async || {
        let instance = house.nord.door.instance(&id).await.unwrap().unwrap();
        assert_eq!(instance.client_id, "1.apps.googleusercontent.com");
        open(&house, "instance", "client_secret", id.as_str(), &instance.client_secret)
    };
    assert_eq!(secret().await, "s3cret-one");
    let page = browser.get(&path).await;
    assert!(!page.text.contains("s3cret-one") && page.text.contains("leave empty to keep"));
    browser.post(&path, &fields("Nord three", "")).await;
    assert_eq!(secret().await, "s3cret-one");
    browser.post(&path, &fields("Nord three", "s3cret-two")).await;
    assert_eq!(secret().await, "s3cret-two");
    let page = browser.get(&path).await;
    assert!(page.text.contains("Instance Nord three changed"), "{}", page.text);
}

fn open(
    house: &House,
    table: &'static str,
    column: &'static str,
    row: &str,
    sealed: &Sealed,
) -> String {
    let opened = house.app.sealer.open(Place { table, column, row }, sealed).unwrap();
    opened.expose_secret().to_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_until_it_is_revoked() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let browser = doors.signed_in(&house.nord, EMAIL).await;
    let empty = browser.post("/api-keys", &[("name", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = browser.post("/api-keys", &[("name", "BSS <one>")]).await;
    let (_, rest) = made.text.split_once("<code>swk_").unwrap();
    let key = format!("swk_{}", rest.split_once('<').unwrap().0);
    assert!(!browser.get("/api-keys").await.text.contains(&key));
    let works =
        async || house.app.store.find_api_key(&domain::ids::token_hash(&key)).await.unwrap();
    let (_, id) = works().await.unwrap();
    let asks = browser.get(&format!("/api-keys/{id}/revoke")).await;
    assert!(asks.text.contains("Revoke BSS &#60;one&#62;?"), "{}", asks.text);
    assert!(works().await.is_some(), "asking revokes nothing");
    leads_to(&browser.post(&format!("/api-keys/{id}/revoke"), &[]).await, "/api-keys?done=revoked");
    assert!(works().await.is_none());
}

/// The link in the welcome mail of the only customer.
async fn welcome_link(house: &House, id: &CustomerId) -> (String, String) {
    let secret = house.nord.door.customer(id).await.unwrap().unwrap().desired.admin.secret;
    let now = house.app.clock.now();
    let lease = house.app.store.claim(now, 1).await.unwrap().unwrap();
    let stored = house.app.store.secret(&lease, &secret).await.unwrap().unwrap();
    let link = open(house, "secret", "link", secret.as_str(), &stored.link);
    let password = open(house, "secret", "password", secret.as_str(), &stored.password);
    (format!("/welcome/{link}"), password)
}

#[tokio::test]
async fn a_first_password_is_shown_once_and_looking_at_the_page_does_not_burn_it() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let id = ordered(&house, &doors.signed_in(&house.nord, EMAIL).await).await;
    let (path, password) = welcome_link(&house, &id).await;
    let visitor = doors.browser();
    for _ in 0..2 {
        let page = visitor.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Show the password") && !page.text.contains(&password));
    }
    let cross = visitor.post_from(&path, &[], "cross-site").await;
    assert_eq!(cross.status, StatusCode::FORBIDDEN);
    let shown = visitor.post_bare(&path, &[]).await;
    assert!(shown.text.contains(&password) && shown.text.contains("admin@acme.example"));
    assert_eq!(shown.header("cache-control"), "no-store");
    for again in [visitor.get(&path).await, visitor.post_bare(&path, &[]).await] {
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.text.contains("was opened already") && !again.text.contains(&password));
    }
}

#[tokio::test]
async fn an_old_or_unknown_link_opens_nothing() {
    let house = House::new().await;
    let doors = Doors::of(&house);
    let id = ordered(&house, &doors.signed_in(&house.nord, EMAIL).await).await;
    let (path, password) = welcome_link(&house, &id).await;
    let visitor = doors.browser();
    let unknown = visitor.post_bare(&format!("/welcome/{}", "x".repeat(43)), &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("This link is not one of ours."));
    doors.advance(web::intake::PASSWORD_LINK_MS_MAX + 1_000);
    for old in [visitor.get(&path).await, visitor.post_bare(&path, &[]).await] {
        assert_eq!(old.status, StatusCode::GONE);
        assert!(old.text.contains("This link is too old.") && !old.text.contains(&password));
    }
}
