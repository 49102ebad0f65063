//! The Site Verification API, and the DNS that it looks into: the world's own. Source: google-semantics.md §6

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::call::{Answer, Call};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::reseller::notify::{Event, announce};
use crate::reseller::rules;
use crate::settings::Api;
use crate::shape::text;
use crate::world::{CustomerType, Subscription, SuspensionReason, WebResource, World, sha256_hex};

/// A site as a request names it, in one spelling.
struct Site {
    kind: &'static str,
    identifier: String,
    /// Where its records are looked for.
    host: String,
}

fn bad(name: &str) -> ApiError {
    ApiError::invalid_value(name, format!("Invalid value for: {name}"))
}

fn site_of(body: &Value) -> Result<Site, ApiError> {
    let identifier = text(body, "/site/identifier").ok_or_else(|| bad("site.identifier"))?;
    match text(body, "/site/type") {
        Some("INET_DOMAIN") => {
            let domain = rules::domain(identifier).map_err(|_| bad("site.identifier"))?;
            Ok(Site { kind: "INET_DOMAIN", identifier: domain.clone(), host: domain })
        }
        Some("SITE") => {
            let url = Url::parse(identifier)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .ok_or_else(|| bad("site.identifier"))?;
            let host = url.host_str().unwrap_or_default().to_owned();
            Ok(Site { kind: "SITE", identifier: url.into(), host })
        }
        Some("ANDROID_APP") => Ok(Site {
            kind: "ANDROID_APP",
            identifier: identifier.to_owned(),
            host: identifier.to_owned(),
        }),
        _ => Err(bad("site.type")),
    }
}

/// The method in one spelling, if it goes with this kind of site. Source: google-semantics.md §6 [X] {DISC-SV}{SV-START}
fn method_of(kind: &str, given: &str) -> Result<&'static str, ApiError> {
    match (kind, given) {
        ("INET_DOMAIN", "DNS_TXT" | "DNS") => Ok("DNS_TXT"),
        ("INET_DOMAIN", "DNS_CNAME") => Ok("DNS_CNAME"),
        ("SITE", "FILE") => Ok("FILE"),
        ("SITE", "META") => Ok("META"),
        ("SITE", "ANALYTICS") => Ok("ANALYTICS"),
        ("SITE", "TAG_MANAGER") => Ok("TAG_MANAGER"),
        _ => Err(bad("verificationMethod")),
    }
}

/// Belongs to the user and the site. Source: google-semantics.md §6 "Tokens" {SV-START}{DISC-SV}
fn token(email: &str, site: &Site, method: &str) -> String {
    let mark = sha256_hex(&format!("{email} {}", site.identifier));
    match method {
        "DNS_TXT" => format!("google-site-verification={}", &mark[..43]),
        "DNS_CNAME" => {
            format!("{}.{} gv-{}.dv.googlehosted.com", &mark[..12], site.identifier, &mark[12..26])
        }
        "FILE" => format!("google{}.html", &mark[..16]),
        "META" => {
            format!("<meta name=\"google-site-verification\" content=\"{}\" />", &mark[..43])
        }
        other => other.to_owned(),
    }
}

/// The record, as `World::dns` holds it, that proves this token: host name and text.
fn record_of(site: &Site, method: &str, token: &str) -> (String, String) {
    match (method, token.split_once(' ')) {
        ("DNS_TXT", _) => (site.host.clone(), format!("TXT {token}")),
        ("DNS_CNAME", Some((label, target))) => (label.to_owned(), format!("CNAME {target}")),
        _ => (site.host.clone(), format!("{method} {token}")),
    }
}

pub(crate) fn get_token(call: &mut Call<'_>) -> Answer {
    let site = site_of(&call.body)?;
    let given = text(&call.body, "/verificationMethod").unwrap_or_default();
    let method = method_of(site.kind, given)?;
    let token = token(&call.caller.email, &site, method);
    Ok(Reply::json(json!({"method": given, "token": token})))
}

fn id_of(site: &Site) -> String {
    let plain = match site.kind {
        "INET_DOMAIN" => format!("dns://{}", site.identifier),
        "ANDROID_APP" => format!("android-app://{}", site.identifier),
        _ => site.identifier.clone(),
    };
    form_urlencoded::byte_serialize(plain.as_bytes()).collect()
}

fn shown(resource: &WebResource) -> Value {
    json!({
        "id": resource.id,
        "site": {"type": resource.kind, "identifier": resource.identifier},
        "owners": resource.owners,
    })
}

fn owners_of(body: &Value) -> Result<BTreeSet<String>, ApiError> {
    let given = body.get("owners").and_then(Value::as_array);
    let owners = given.into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase);
    let owners: BTreeSet<String> = owners.collect();
    if owners.iter().all(|owner| rules::is_address(owner)) {
        Ok(owners)
    } else {
        Err(bad("owners"))
    }
}

/// Looks for the record now; 400 `badRequest` while it isn't there, `invalidParameter` when another one is.
/// Source: google-semantics.md §6 {R-SVERR}
fn verify(
    world: &World,
    now_ms: i64,
    site: &Site,
    method: &str,
    token: &str,
) -> Result<(), ApiError> {
    let (host, record) = record_of(site, method, token);
    // Records take a while until Google finds them.
    let found = |record: &&String| {
        let since = world.dns_since_ms.get(&format!("{host} {record}"));
        since.is_none_or(|since| now_ms >= since + world.lag_ms.dns_ms)
    };
    let known: BTreeSet<&String> =
        world.dns.get(&host).into_iter().flatten().filter(found).collect();
    if known.contains(&record) {
        return Ok(());
    }
    let kind = format!("{} ", record.split(' ').next().unwrap_or_default());
    let other = known.into_iter().any(|it| {
        it.starts_with(&kind) && (kind != "TXT " || it.contains("google-site-verification="))
    });
    if other {
        Err(ApiError::invalid_value("verificationMethod", "The verification token is not yours."))
    } else {
        Err(ApiError::bad_request(
            "The necessary verification token could not be found on your site.",
        ))
    }
}

/// Verifying again is harmless. Source: google-semantics.md §6 {R-LAB}
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let site = site_of(&call.body)?;
    let given = call.query.get("verificationMethod").unwrap_or_default();
    let method = method_of(site.kind, given)?;
    let token = token(&call.caller.email, &site, method);
    let mut owners = owners_of(&call.body)?;
    verify(call.world, call.now_ms, &site, method, &token)?;
    owners.insert(call.caller.email.clone());
    let id = id_of(&site);
    if let Some(before) = call.world.web_resources.get(&id) {
        owners.extend(before.owners.iter().cloned());
    }
    let resource = WebResource {
        id: id.clone(),
        kind: site.kind.to_owned(),
        identifier: site.identifier.clone(),
        owners,
        token,
        method: method.to_owned(),
    };
    let reply = Reply::json(shown(&resource));
    if site.kind == "INET_DOMAIN" {
        prove(call, &site.identifier, &resource.owners);
    }
    call.world.web_resources.insert(id, resource);
    Ok(reply)
}

/// Who verifies a domain verifies it for Workspace, where it is the reseller or an administrator.
/// Source: google-semantics.md §6 {R-LAB} [I]
fn prove(call: &mut Call<'_>, domain: &str, owners: &BTreeSet<String>) {
    let owned = |id: &str| {
        owners.iter().any(|owner| {
            call.world.user(owner).is_some_and(|user| user.is_admin && user.customer_id == id)
        })
    };
    let id = call
        .world
        .customers_on(domain)
        .into_iter()
        .find(|it| call.resells(it) || owned(&it.id))
        .map(|customer| customer.id.clone());
    if let Some(id) = id {
        mark_verified(call.world, &id, domain, call.now_ms);
    }
}

/// The domain counts as verified from now on; a team becomes a whole customer by it.
/// Source: google-semantics.md §2.2 `customerType`, §2.12 "unverified", §3.4
pub(crate) fn mark_verified(world: &mut World, id: &str, domain: &str, now_ms: i64) {
    let Some(mut customer) = world.customers.get(id).cloned() else { return };
    let proves_all = customer.domain == domain;
    if proves_all {
        customer.domain_verified = true;
        customer.customer_type = CustomerType::Domain;
    }
    if let Some(secondary) = customer.domains.get_mut(domain) {
        secondary.verified = true;
    }
    if let Some(alias) = customer.domain_aliases.get_mut(domain) {
        alias.verified = true;
    }
    world.put_customer(customer);
    let held: Vec<Subscription> = world.subscriptions_of(id).cloned().collect();
    for mut subscription in held.into_iter().filter(|_| proves_all) {
        let note = world.subscription_notes.get_mut(&subscription.key());
        // What Google holds for another reason stays so.
        if !note.is_some_and(|note| std::mem::take(&mut note.unverified) && !note.held) {
            continue;
        }
        subscription.suspension_reasons.remove(&SuspensionReason::Other);
        if subscription.suspension_reasons.is_empty() {
            subscription.suspended_at_ms = None;
            announce(world, &subscription, Event::Resumed, now_ms);
        }
        world.put_subscription(subscription);
    }
}

/// The resource of the path, if the caller owns it. Its id may come encoded once or twice.
/// Source: google-semantics.md §6 "must be encoded again" [I]
fn find(call: &Call<'_>) -> Result<WebResource, ApiError> {
    let id = call.part("id");
    let encoded: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let known = call.world.web_resources.get(id);
    let known = known.or_else(|| call.world.web_resources.get(&encoded));
    match known {
        Some(resource) if resource.owners.contains(&call.caller.email) => Ok(resource.clone()),
        Some(_) => Err(ApiError::forbidden(Api::SiteVerification)),
        None => Err(ApiError::not_found("Not Found")),
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let mine = |resource: &&WebResource| resource.owners.contains(&call.caller.email);
    let items: Vec<Value> = call.world.web_resources.values().filter(mine).map(shown).collect();
    Ok(Reply::json(if items.is_empty() { json!({}) } else { json!({"items": items}) }))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let resource = find(call)?;
    Ok(Reply::json(shown(&resource)))
}

/// PUT and PATCH alike set the owners; the caller stays one.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let mut resource = find(call)?;
    if call.body.get("owners").is_some() {
        resource.owners = owners_of(&call.body)?;
        if !resource.owners.contains(&call.caller.email) {
            return Err(bad("owners"));
        }
    }
    let reply = Reply::json(shown(&resource));
    call.world.web_resources.insert(resource.id.clone(), resource);
    Ok(reply)
}

/// Gives ownership up; whether the record has to be gone first is a switch. Source: google-semantics.md §6 [I]
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let mut resource = find(call)?;
    let body = json!({"site": {"type": resource.kind, "identifier": resource.identifier}});
    let site = site_of(&body)?;
    let token = token(&call.caller.email, &site, &resource.method);
    let stands = verify(call.world, call.now_ms, &site, &resource.method, &token).is_ok();
    if stands && call.switches().unverify_needs_record_gone {
        return Err(ApiError::bad_request(
            "The verification token is still there. Remove it before you give the site up.",
        ));
    }
    resource.owners.remove(&call.caller.email);
    if resource.owners.is_empty() {
        call.world.web_resources.remove(&resource.id);
    } else {
        call.world.web_resources.insert(resource.id.clone(), resource);
    }
    Ok(Reply::empty(204))
}
