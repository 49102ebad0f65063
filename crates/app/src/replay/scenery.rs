//! The sandbox's world as the recording found it: customers, subscriptions and users that others made,
//! terms that were accepted meanwhile, APIs that were off. Never: what a recorded call does.

use super::history::{Call, Fact, Thing};
use super::names::Names;
use super::stage::Stage;
use sandbox::{Api, NewCustomer};
use serde_json::{Value, json};

/// Who has a customer that isn't the caller's.
const ELSEWHERE: &str = "C0elsewhere";

/// What was put there, or could not be, in words.
pub type Told = Result<String, String>;

/// Puts something there that the recording shows.
pub fn set(stage: &Stage, names: &mut Names, fact: &Fact) -> Vec<Told> {
    match &fact.thing {
        Thing::Customer(shown) => vec![customer(stage, names, shown, &fact.caller)],
        Thing::Subscription(shown) => vec![subscription(stage, names, shown)],
        Thing::User(shown) => user(stage, names, shown, &fact.caller),
        Thing::Domain(customer, shown) => vec![domain(stage, names, customer, shown)],
        Thing::Licence(shown) => vec![licence(stage, shown)],
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_on(value: &Value, name: &str) -> Option<bool> {
    value.get(name).and_then(Value::as_bool)
}

fn ms(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer)?.as_str()?.parse().ok()
}

fn customer(stage: &Stage, names: &mut Names, shown: &Value, caller: &str) -> Told {
    let domain = text(shown, "customerDomain");
    if domain.is_empty() {
        return Err("a customer whose domain the recording never shows".to_owned());
    }
    // Another's shows id, domain and type only. Source: google-semantics.md §2.3 {R-RC}
    let ours = ["alternateEmail", "postalAddress", "subscriptionId", "customerCreationTime"];
    let ours = ours.iter().any(|name| shown.get(*name).is_some());
    let transferable = shown.get("transferInfo").is_some();
    let reseller = match (transferable, ours) {
        (true, _) => None,
        (false, true) => stage.reseller_of(caller),
        (false, false) => Some(ELSEWHERE.to_owned()),
    };
    let words = match (transferable, ours) {
        (true, _) => " of Google's",
        (false, true) => "",
        (false, false) => " of another reseller",
    };
    let new = NewCustomer {
        domain: domain.to_owned(),
        reseller,
        organization: shown
            .pointer("/postalAddress/organizationName")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        team: text(shown, "customerType") == "team",
        ..NewCustomer::default()
    };
    let id =
        stage.sandbox.add_customer(&new).map_err(|error| format!("customer {domain}: {error}"))?;
    let recorded = match text(shown, "customerId") {
        "" => text(shown, "id"),
        id => id,
    };
    names.learn(recorded, &id);
    stage.sandbox.alter(|world| {
        let Some(customer) = world.customers.get_mut(&id) else { return };
        customer.alternate_email = text(shown, "alternateEmail").to_owned();
        customer.phone_number = text(shown, "phoneNumber").to_owned();
        customer.domain_verified =
            is_on(shown, "customerDomainVerified").unwrap_or(customer.domain_verified);
        if let Some(address) = shown.get("postalAddress")
            && let Ok(address) = serde_json::from_value(without_kind(address))
        {
            customer.address = address;
        }
    });
    Ok(format!("customer {domain}{words}"))
}

fn without_kind(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.remove("kind");
    }
    value
}

fn subscription(stage: &Stage, names: &mut Names, shown: &Value) -> Told {
    let customer = names.played(text(shown, "customerId"));
    let (sku, recorded) = (text(shown, "skuId"), text(shown, "subscriptionId"));
    let plan = match text(shown.get("plan").unwrap_or(&Value::Null), "planName") {
        // What Google calls it in answers. Source: google-semantics.md §2.7, §13.
        "ANNUAL" => "ANNUAL_MONTHLY_PAY",
        plan => plan,
    };
    let seats = |name: &str| {
        shown
            .pointer(&format!("/seats/{name}"))
            .and_then(|seats| seats.as_i64().or_else(|| seats.as_str()?.parse().ok()))
    };
    let seats =
        seats(if plan.starts_with("ANNUAL") { "numberOfSeats" } else { "maximumNumberOfSeats" });
    let new = json!({"sku_id": sku, "plan": plan, "seats": seats.unwrap_or(1).max(1),
        "suspension_reasons": shown.get("suspensionReasons").cloned().unwrap_or_else(|| json!([])),
        "offline": text(shown, "billingMethod") == "OFFLINE"});
    let failed =
        |error: &dyn std::fmt::Display| format!("subscription {recorded} to {sku}: {error}");
    let new = serde_json::from_value(new).map_err(|error| failed(&error))?;
    let id = stage.sandbox.add_subscription(&customer, &new).map_err(|error| failed(&error))?;
    names.learn(recorded, &id);
    stage.sandbox.alter(|world| {
        let waits = shown.get("suspensionReasons").is_some_and(|reasons| {
            reasons.as_array().is_some_and(|all| all.contains(&json!("PENDING_TOS_ACCEPTANCE")))
        });
        if let Some(home) = world.customers.get_mut(&customer) {
            home.terms_accepted &= !waits;
        }
        let key = sandbox::world::subscription_key(&customer, &id);
        let Some(subscription) = world.subscriptions.get_mut(&key) else { return };
        let own = |name: &str| Some(text(shown, name).to_owned()).filter(|text| !text.is_empty());
        subscription.purchase_order_id = own("purchaseOrderId");
        subscription.deal_code = own("dealCode");
        subscription.cancelled = text(shown, "status") == "CANCELLED";
        if let Some(renewal) = shown.pointer("/renewalSettings/renewalType").and_then(Value::as_str)
        {
            subscription.renewal_type = Some(renewal.to_owned());
        }
        if let Some(began) = ms(shown, "/creationTime") {
            subscription.created_at_ms = began;
        }
        if let (Some(start), Some(end)) = (
            ms(shown, "/plan/commitmentInterval/startTime"),
            ms(shown, "/plan/commitmentInterval/endTime"),
        ) {
            subscription.commitment_ms = Some((start, end));
        }
        subscription.trial_end_ms = ms(shown, "/trialSettings/trialEndTime");
        subscription.trial_over = shown.pointer("/trialSettings/isInTrial") == Some(&json!(false));
    });
    Ok(format!("subscription {recorded} to {sku}"))
}

fn user(stage: &Stage, names: &mut Names, shown: &Value, caller: &str) -> Vec<Told> {
    let email = text(shown, "primaryEmail");
    if stage.sandbox.inspect(|world| world.users.contains_key(email)) {
        return Vec::new();
    }
    let mut told = Vec::new();
    let domain = email.rsplit('@').next().unwrap_or_default().to_owned();
    if stage.customer_on(&domain).is_none() {
        let home = names.played(text(shown, "customerId"));
        if stage.sandbox.inspect(|world| world.customers.contains_key(&home)) {
            let added = stage.sandbox.add_domain(&home, &domain, true);
            told.push(
                added.map(|()| format!("domain {domain}")).map_err(|error| error.to_string()),
            );
        } else {
            let home = json!({"customerDomain": domain, "customerId": text(shown, "customerId"),
                "alternateEmail": ""});
            told.push(customer(stage, names, &home, caller));
        }
    }
    let name = shown.get("name").unwrap_or(&Value::Null);
    let new = json!({"email": email, "given_name": text(name, "givenName"),
        "family_name": text(name, "familyName"), "admin": is_on(shown, "isAdmin").unwrap_or(false)});
    let added = serde_json::from_value(new)
        .map_err(|error| error.to_string())
        .and_then(|new| stage.sandbox.add_user(&new).map_err(|error| error.to_string()));
    let id = match added {
        Ok(id) => id,
        Err(error) => {
            told.push(Err(format!("user {email}: {error}")));
            return told;
        }
    };
    names.learn(text(shown, "id"), &id);
    stage.sandbox.alter(|world| {
        let Some(user) = world.users.get_mut(email) else { return };
        let flag = |name: &str, default| is_on(shown, name).unwrap_or(default);
        user.suspended = flag("suspended", false);
        user.archived = flag("archived", false);
        user.agreed_to_terms = flag("agreedToTerms", false);
        let began = text(shown, "creationTime").parse::<jiff::Timestamp>();
        user.created_at_ms = began.map_or(user.created_at_ms, jiff::Timestamp::as_millisecond);
        user.change_password_at_next_login = flag("changePasswordAtNextLogin", false);
        for name in ["externalIds", "recoveryEmail", "recoveryPhone", "emails", "phones"] {
            if let Some(value) = shown.get(name) {
                user.extra.insert(name.to_owned(), value.clone());
            }
        }
    });
    told.push(Ok(format!("user {email}")));
    told
}

fn domain(stage: &Stage, names: &Names, customer: &str, shown: &Value) -> Told {
    let name = text(shown, "domainName");
    if stage.customer_on(name).is_some() {
        return Ok(format!("domain {name}"));
    }
    let verified = is_on(shown, "verified").unwrap_or(true);
    let added = stage.sandbox.add_domain(&names.played(customer), name, verified);
    added.map(|()| format!("domain {name}")).map_err(|error| format!("domain {name}: {error}"))
}

fn licence(stage: &Stage, shown: &Value) -> Told {
    let (user, sku, product) =
        (text(shown, "userId"), text(shown, "skuId"), text(shown, "productId"));
    let domain = user.rsplit('@').next().unwrap_or_default();
    let Some(customer) = stage.customer_on(domain) else {
        return Err(format!("licence of {user}: its customer is not there"));
    };
    let licence =
        json!({"customer_id": customer, "product_id": product, "sku_id": sku, "user": user});
    let licence = serde_json::from_value(licence).map_err(|error| error.to_string())?;
    let key = sandbox::world::licence_key(&customer, product, user);
    stage.sandbox.alter(|world| world.licences.insert(key, licence));
    Ok(format!("licence of {user} for {sku}"))
}

/// The owner of a site publishes what the sandbox asked for.
pub fn publish(stage: &Stage, site: &str, method: &str, token: &str) -> Option<Told> {
    let (host, record) = match method {
        "DNS_TXT" | "DNS" => (site, format!("TXT {token}")),
        "DNS_CNAME" => {
            let (label, target) = token.split_once(' ')?;
            (label, format!("CNAME {target}"))
        }
        method => (site, format!("{method} {token}")),
    };
    stage.sandbox.publish_record(host, &record);
    Some(Ok(format!("{method} record of {site} published")))
}

/// What happened outside right before this call, if its answer tells so beyond doubt.
pub fn meanwhile(stage: &Stage, names: &Names, call: &Call<'_>) -> Vec<Told> {
    let mut told = api(stage, call);
    if !call.succeeded() {
        return told;
    }
    let said = call.said();
    let list = said.get("subscriptions").and_then(Value::as_array);
    let items: Vec<&Value> = list.map_or_else(|| vec![said], |items| items.iter().collect());
    for item in items {
        told.extend(terms(stage, names, item));
        told.extend(verified(stage, names, item));
    }
    told
}

/// The terms were accepted: nothing waits for them where the sandbox still does.
fn terms(stage: &Stage, names: &Names, shown: &Value) -> Option<Told> {
    let agreed = is_on(shown, "agreedToTerms") == Some(true) && shown.get("primaryEmail").is_some();
    let active = text(shown, "status") == "ACTIVE" && shown.get("suspensionReasons").is_none();
    if !agreed && !active {
        return None;
    }
    let recorded = text(shown, "customerId");
    let domain = text(shown, "primaryEmail").rsplit('@').next().unwrap_or_default().to_owned();
    let customer = match recorded {
        "" => stage.customer_on(&domain)?,
        recorded => names.played(recorded),
    };
    let waits = stage.sandbox.inspect(|world| {
        world.customers.get(&customer).is_some_and(|customer| !customer.terms_accepted)
    });
    let name = if domain.is_empty() { recorded.to_owned() } else { domain };
    waits.then(|| {
        let accepted = stage.sandbox.accept_terms(&customer);
        accepted
            .map(|()| format!("terms accepted by {name}"))
            .map_err(|error| format!("terms accepted by {name}: {error}"))
    })
}

fn verified(stage: &Stage, names: &Names, shown: &Value) -> Option<Told> {
    if is_on(shown, "customerDomainVerified") != Some(true) {
        return None;
    }
    let (customer, domain) =
        (names.played(text(shown, "customerId")), text(shown, "customerDomain"));
    let unverified = stage.sandbox.inspect(|world| {
        world.customers.get(&customer).is_some_and(|customer| !customer.domain_verified)
    });
    unverified.then(|| {
        let verified = stage.sandbox.verify_domain(&customer, domain);
        verified.map(|()| format!("domain {domain} verified")).map_err(|error| error.to_string())
    })
}

/// An API of the caller's project was off, or on again.
fn api(stage: &Stage, call: &Call<'_>) -> Vec<Told> {
    let api = match call.request.service.as_str() {
        "reseller" => Api::Reseller,
        "directory" => Api::Directory,
        "licensing" => Api::Licensing,
        "gmail" => Api::Gmail,
        "siteVerification" => Api::SiteVerification,
        _ => return Vec::new(),
    };
    let reason = call.said().pointer("/error/errors/0/reason").and_then(Value::as_str);
    let off = reason == Some("accessNotConfigured")
        || call.said().to_string().contains("SERVICE_DISABLED");
    let changed = stage.set_api(call.caller, api, !off);
    let state = if off { "off" } else { "on" };
    changed.then(|| Ok(format!("{} switched {state}", api.service()))).into_iter().collect()
}
