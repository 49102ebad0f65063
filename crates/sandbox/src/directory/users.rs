//! directory.users: list, insert, get, update, patch, delete, makeAdmin. Source: google-semantics.md §3.2, §3.3, §3.6

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::clock::rfc3339;
use crate::directory::customer_by_key;
use crate::envelope::ApiError;
use crate::licensing;
use crate::oauth::scopes;
use crate::paging::{Bounds, page};
use crate::reply::Reply;
use crate::settings::Api;
use crate::shape::text;
use crate::world::{Customer, Lag, User, World, licence_key, sha256_hex};

/// Source: google-quotas.json `directory.users_list.maxResults`
const PAGE: Bounds = Bounds { default: 100, max: 500 };

/// Kept and shown as they came, replaced as a whole. Source: google-semantics.md §3.2
const FREE_MEMBERS: [&str; 17] = [
    "addresses",
    "customSchemas",
    "externalIds",
    "gender",
    "ims",
    "includeInGlobalAddressList",
    "keywords",
    "languages",
    "locations",
    "notes",
    "organizations",
    "phones",
    "posixAccounts",
    "recoveryEmail",
    "recoveryPhone",
    "relations",
    "websites",
];

fn shown(world: &World, user: &User) -> Value {
    let mailbox = licensing::has_mailbox(world, user);
    let mut shown = json!({
        "kind": "admin#directory#user",
        "id": user.id,
        "etag": format!("\"{}\"", &sha256_hex(&format!("{} {}", user.id, user.version))[..27]),
        "primaryEmail": user.primary_email,
        "name": {
            "givenName": user.given_name,
            "familyName": user.family_name,
            "fullName": format!("{} {}", user.given_name, user.family_name),
        },
        "isAdmin": user.is_admin,
        "isDelegatedAdmin": false,
        // Nobody signs in to a Workspace of this sandbox. Source: §3.2
        "lastLoginTime": "1970-01-01T00:00:00.000Z",
        "creationTime": rfc3339(user.created_at_ms),
        "agreedToTerms": user.agreed_to_terms,
        "suspended": user.suspended,
        "archived": false,
        "changePasswordAtNextLogin": user.change_password_at_next_login,
        "ipWhitelisted": false,
        "emails": [{"address": user.primary_email, "primary": true}],
        "customerId": user.customer_id,
        "orgUnitPath": "/",
        "isMailboxSetup": mailbox,
        "isEnrolledIn2Sv": false,
        "isEnforcedIn2Sv": false,
        "includeInGlobalAddressList": true,
    });
    if user.suspended {
        shown["suspensionReason"] = "ADMIN".into();
    }
    for (name, value) in &user.extra {
        shown[name] = value.clone();
    }
    shown
}

fn is_visible(user: &User, lag_ms: Lag, now_ms: i64) -> bool {
    now_ms >= user.created_at_ms + lag_ms.users_ms
}

/// The user with this address or id, whether reads show it or not.
/// Source: google-semantics.md §3.6: a foreign domain is 403, an unknown user 404
fn find(call: &Call<'_>) -> Result<User, ApiError> {
    let key = call.part("userKey");
    let not_found = || ApiError::not_found("Resource Not Found: userKey");
    let key = if key == "me" { call.caller.email.as_str() } else { key };
    if key.contains('@') {
        call.customer_of_address(Api::Directory, key)?;
    }
    let user = call.world.user(key).ok_or_else(not_found)?;
    let home = call.world.customers.get(&user.customer_id).ok_or_else(not_found)?;
    if call.administers(home) { Ok(user.clone()) } else { Err(ApiError::forbidden(Api::Directory)) }
}

/// A user that may be changed. Source: google-semantics.md §3.3 "User creation is not complete" {DISC-DIR}{F-TF}
fn find_settled(call: &Call<'_>) -> Result<User, ApiError> {
    let user = find(call)?;
    if is_visible(&user, call.world.lag_ms, call.now_ms) {
        Ok(user)
    } else {
        Err(ApiError::condition_not_met("User creation is not complete."))
    }
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let user = find(call)?;
    if !is_visible(&user, call.world.lag_ms, call.now_ms) {
        return Err(ApiError::not_found("Resource Not Found: userKey"));
    }
    Ok(Reply::json(shown(call.world, &user)))
}

/// Needs `customer` (an id) or `domain` (a real domain); the wrong kind is 400. Source: google-semantics.md §3.3
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    if call.query.get("query").is_some() || call.query.get("showDeleted") == Some("true") {
        return Err(ApiError::unsupported("users.list with query or showDeleted"));
    }
    let (customer, domain) = match (call.query.get("customer"), call.query.get("domain")) {
        (Some(key), _) => (customer_by_key(call, key)?, None),
        (None, Some(domain)) if domain.contains('.') => {
            let customer = call.world.customer(domain).filter(|found| call.administers(found));
            let customer = customer.ok_or_else(|| ApiError::forbidden(Api::Directory))?;
            (customer.clone(), Some(domain.to_lowercase()))
        }
        _ => return Err(ApiError::bad_request("Bad Request")),
    };
    let (now_ms, lag_ms) = (call.now_ms, call.world.lag_ms);
    let users = call.world.users_of(&customer.id).filter(|user| {
        is_visible(user, lag_ms, now_ms)
            && domain
                .as_ref()
                .is_none_or(|domain| user.primary_email.rsplit('@').next() == Some(domain.as_str()))
    });
    let (users, next) = page(users, |user| user.primary_email.clone(), call.query, &PAGE)?;
    let users: Vec<Value> = users.into_iter().map(|user| shown(call.world, user)).collect();
    let etag = format!("\"{}\"", &sha256_hex(&json!(users).to_string())[..27]);
    let mut body = json!({"kind": "admin#directory#users", "etag": etag});
    if !users.is_empty() {
        body["users"] = users.into();
    }
    if let Some(next) = next {
        body["nextPageToken"] = next.into();
    }
    Ok(Reply::json(body))
}

/// Order: ownership, precondition, values, conflict. Source: google-semantics.md §11; `isAdmin` is ignored: §3.2
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let email = text(&call.body, "/primaryEmail").unwrap_or_default().to_lowercase();
    if !email.contains('@') {
        return Err(ApiError::invalid("Invalid Input: primary_user_email"));
    }
    let customer = call.customer_of_address(Api::Directory, &email)?;
    check_room(call, &customer)?;
    check_local_part(&email)?;
    let mut user = User {
        id: call.world.chance.digits("user", 21),
        customer_id: customer.id.clone(),
        primary_email: email.clone(),
        given_name: name_of(call, "givenName")?
            .ok_or_else(|| ApiError::invalid("Invalid Given/Family Name: GivenName"))?,
        family_name: name_of(call, "familyName")?
            .ok_or_else(|| ApiError::invalid("Invalid Given/Family Name: FamilyName"))?,
        password_sha256: password_of(&call.body)?
            .ok_or_else(|| ApiError::invalid("Invalid Password"))?,
        is_admin: false,
        suspended: false,
        agreed_to_terms: false,
        change_password_at_next_login: false,
        extra: BTreeMap::new(),
        created_at_ms: call.now_ms,
        version: 1,
    };
    take_over(&call.body, &mut user)?;
    if call.world.users.contains_key(&email) {
        return Err(ApiError::duplicate());
    }
    call.world.users.insert(email, user.clone());
    licensing::assign_automatically(call.world, &customer.id);
    Ok(Reply::json(shown(call.world, &user)))
}

/// Source: google-semantics.md §3.6 `limitExceeded` "Domain user limit reached", §11 "users.insert before subscription"
fn check_room(call: &Call<'_>, customer: &Customer) -> Result<(), ApiError> {
    if customer.id == call.caller.customer_id {
        return Ok(());
    }
    let mut bought = licensing::workspace_subscriptions(call.world, &customer.id).peekable();
    if bought.peek().is_none() {
        return if call.switches().users_before_subscription {
            Ok(())
        } else {
            Err(ApiError::condition_not_met("The customer has no subscription."))
        };
    }
    let seats: i64 = bought.map(|subscription| i64::from(subscription.seats)).sum();
    let users = call.world.users_of(&customer.id).count();
    if i64::try_from(users).unwrap_or(i64::MAX) >= seats {
        return Err(ApiError::limit_exceeded("Domain user limit reached."));
    }
    Ok(())
}

/// Letters, digits, `-`, `_`, `.`; no two dots in a row. Source: google-semantics.md §3.2
fn check_local_part(email: &str) -> Result<(), ApiError> {
    let local = email.rsplit_once('@').map(|(local, _)| local).unwrap_or_default();
    let good = (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '\''))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    if good { Ok(()) } else { Err(ApiError::invalid("Invalid Input: primary_user_email")) }
}

fn name_of(call: &Call<'_>, part: &'static str) -> Result<Option<String>, ApiError> {
    let Some(name) = text(&call.body, &format!("/name/{part}")) else {
        return Ok(None);
    };
    let fits = name.chars().count() <= call.switches().name_chars_max
        && !name.contains(['<', '>', '='])
        && !name.trim().is_empty();
    if !fits {
        return Err(ApiError::invalid(format!("Invalid Given/Family Name: {part}")));
    }
    Ok(Some(name.to_owned()))
}

/// 8 to 100 ASCII characters, or a hash. Source: google-semantics.md §3.2 {DIR-USERS}
fn password_of(body: &Value) -> Result<Option<String>, ApiError> {
    let Some(password) = text(body, "/password") else {
        return Ok(None);
    };
    let hex = |chars| password.len() == chars && password.bytes().all(|b| b.is_ascii_hexdigit());
    match text(body, "/hashFunction") {
        None if password.is_ascii() && (8..=100).contains(&password.len()) => {
            Ok(Some(sha256_hex(password)))
        }
        None => Err(ApiError::invalid("Invalid Password")),
        Some("MD5") if hex(32) => Ok(Some(String::new())),
        Some("SHA-1") if hex(40) => Ok(Some(String::new())),
        Some("crypt") if password.len() >= 13 => Ok(Some(String::new())),
        Some("MD5" | "SHA-1" | "crypt") => Err(ApiError::invalid("Invalid Password")),
        Some(_) => Err(ApiError::invalid("Invalid Input: hashFunction")),
    }
}

/// Members that insert and update share.
fn take_over(body: &Value, user: &mut User) -> Result<(), ApiError> {
    if text(body, "/orgUnitPath").is_some_and(|path| path != "/") {
        return Err(ApiError::invalid("Invalid Input: INVALID_OU_ID"));
    }
    if body.get("archived") == Some(&Value::Bool(true)) {
        // Source: §3.6 "missing archived licences"
        return Err(ApiError::condition_not_met("Insufficient Archived User licenses."));
    }
    if let Some(suspended) = body.get("suspended").and_then(Value::as_bool) {
        user.suspended = suspended;
    }
    if let Some(change) = body.get("changePasswordAtNextLogin").and_then(Value::as_bool) {
        user.change_password_at_next_login = change;
    }
    for name in FREE_MEMBERS {
        match body.get(name) {
            None => {}
            Some(Value::Null) => {
                user.extra.remove(name);
            }
            Some(value) => {
                user.extra.insert(name.to_owned(), value.clone());
            }
        }
    }
    Ok(())
}

/// PUT and PATCH: only what was sent changes, `null` clears, arrays replace. Source: google-semantics.md §3.3
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let mut user = find_settled(call)?;
    let renamed = text(&call.body, "/primaryEmail")
        .is_some_and(|email| !email.eq_ignore_ascii_case(&user.primary_email));
    if renamed {
        return Err(ApiError::unsupported("renaming a user"));
    }
    if let Some(name) = name_of(call, "givenName")? {
        user.given_name = name;
    }
    if let Some(name) = name_of(call, "familyName")? {
        user.family_name = name;
    }
    if let Some(password) = password_of(&call.body)? {
        user.password_sha256 = password;
        forget_mail_tokens(call.world, &user.primary_email);
    }
    take_over(&call.body, &mut user)?;
    user.version += 1;
    let reply = Reply::json(shown(call.world, &user));
    call.world.users.insert(user.primary_email.clone(), user);
    Ok(reply)
}

/// Tokens with Gmail scopes die with the password. Source: google-semantics.md §1.4 (3) {O-2}
pub(crate) fn forget_mail_tokens(world: &mut World, email: &str) {
    world.refresh_tokens.retain(|_, token| {
        token.email != email || !token.scopes.iter().any(|scope| scopes::is_gmail(scope))
    });
}

/// Answers an empty 200. Source: google-semantics.md §3.3 {DIR-USERS}
pub(crate) fn make_admin(call: &mut Call<'_>) -> Answer {
    let mut user = find_settled(call)?;
    user.is_admin = call
        .body
        .get("status")
        .and_then(Value::as_bool)
        .ok_or_else(|| ApiError::invalid("Invalid Input: status"))?;
    user.version += 1;
    call.world.users.insert(user.primary_email.clone(), user);
    Ok(Reply::empty(200))
}

/// Source: google-semantics.md §3.1 "Real services answer 200 / 204"
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let user = find_settled(call)?;
    call.world.users.remove(&user.primary_email);
    let licences: Vec<String> = call
        .world
        .licences
        .values()
        .filter(|licence| licence.user == user.primary_email)
        .map(|licence| licence_key(&licence.customer_id, &licence.product_id, &licence.user))
        .collect();
    for key in licences {
        call.world.licences.remove(&key);
    }
    Ok(Reply::empty(204))
}
