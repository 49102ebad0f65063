//! directory.users: get, insert, update, patch, makeAdmin, signOut. Source: google-semantics.md §3.2, §3.3, §3.6

use serde_json::{Value, json};

use crate::call::{Answer, Call, Query};
use crate::clock::rfc3339;
use crate::directory::user_values::{check_local_part, name_of, password_of, take_over};
use crate::envelope::ApiError;
use crate::licensing;
use crate::oauth::{forget_mail_tokens, rename_user};
use crate::reply::Reply;
use crate::reseller::skus;
use crate::settings::{Api, ConflictAccount};
use crate::shape::text;
use crate::world::{Customer, Lag, User, World, etag};

/// Shown to colleagues too. Source: discovery document, `viewType` domain_public
const PUBLIC_MEMBERS: [&str; 6] = ["kind", "id", "etag", "primaryEmail", "name", "emails"];

/// As `projection`, `customFieldMask` and `viewType` ask for it.
pub(super) fn shown_as(world: &World, user: &User, query: &Query, now_ms: i64) -> Value {
    let mut shown = shown(world, user, now_ms);
    let Some(members) = shown.as_object_mut() else { return shown };
    match query.get("projection").unwrap_or("basic") {
        "full" => {}
        "custom" => {
            let mask: Vec<&str> =
                query.get("customFieldMask").unwrap_or_default().split(',').collect();
            if let Some(Value::Object(schemas)) = members.get_mut("customSchemas") {
                schemas.retain(|name, _| mask.contains(&name.as_str()));
            }
        }
        _ => {
            members.remove("customSchemas");
        }
    }
    if query.get("viewType") == Some("domain_public") {
        members.retain(|name, _| PUBLIC_MEMBERS.contains(&name.as_str()));
    }
    shown
}

pub(super) fn shown(world: &World, user: &User, now_ms: i64) -> Value {
    let other_names = non_editable_aliases(world, user);
    let mut emails = vec![json!({"address": user.primary_email, "primary": true})];
    emails.extend(user.aliases.iter().chain(&other_names).map(|it| json!({"address": it})));
    let mut shown = json!({
        "kind": "admin#directory#user",
        "id": user.id,
        "etag": etag(&format!("{} {}", user.id, user.version)),
        "primaryEmail": user.primary_email,
        "name": {
            "givenName": user.given_name,
            "familyName": user.family_name,
            "fullName": format!("{} {}", user.given_name, user.family_name),
        },
        "isAdmin": user.is_admin,
        "isDelegatedAdmin": false,
        // Never signed in: the epoch. Source: §3.2
        "lastLoginTime": rfc3339(user.last_login_ms.unwrap_or_default()),
        "creationTime": rfc3339(user.created_at_ms),
        "agreedToTerms": user.agreed_to_terms,
        "suspended": user.suspended,
        "archived": user.archived,
        "changePasswordAtNextLogin": user.change_password_at_next_login,
        "ipWhitelisted": false,
        "emails": emails,
        "customerId": user.customer_id,
        "orgUnitPath": user.org_unit_path,
        "isMailboxSetup": licensing::has_mailbox(world, user, now_ms),
        "isEnrolledIn2Sv": false,
        "isEnforcedIn2Sv": false,
        "includeInGlobalAddressList": true,
    });
    if user.suspended {
        shown["suspensionReason"] = "ADMIN".into();
    }
    if !user.aliases.is_empty() {
        shown["aliases"] = json!(user.aliases);
    }
    if !other_names.is_empty() {
        shown["nonEditableAliases"] = json!(other_names);
    }
    for (name, value) in &user.extra {
        shown[name] = value.clone();
    }
    shown
}

/// The same name at every domain alias. Source: google-semantics.md §3.2 `nonEditableAliases`
fn non_editable_aliases(world: &World, user: &User) -> Vec<String> {
    let Some((local, domain)) = user.primary_email.rsplit_once('@') else { return Vec::new() };
    let Some(home) = world.customers.get(&user.customer_id) else { return Vec::new() };
    home.domain_aliases
        .iter()
        .filter(|(_, alias)| alias.parent == domain)
        .map(|(name, _)| format!("{local}@{name}"))
        .collect()
}

pub(super) fn is_visible(user: &User, lag_ms: Lag, now_ms: i64) -> bool {
    now_ms >= user.created_at_ms + lag_ms.users_ms
}

/// An alias takes a while until it works. Source: google-semantics.md §3.3 "up to 24 h to work" {DIR-ALIAS}
fn is_known_as(call: &Call<'_>, user: &User, key: &str) -> bool {
    let since = user.aliases_since_ms.get(&key.to_lowercase());
    since.is_none_or(|since| call.now_ms >= since + call.world.lag_ms.aliases_ms)
}

/// The user with this address, alias or id, whether reads show it or not.
/// Source: google-semantics.md §3.6: a foreign domain is 403, an unknown user 404; §3.7: a consumer's address is 403
pub(super) fn find(call: &Call<'_>) -> Result<User, ApiError> {
    let key = call.part("userKey");
    let not_found = || ApiError::not_found("Resource Not Found: userKey");
    let key = if key == "me" { call.caller.email.as_str() } else { key };
    if key.contains('@') {
        call.customer_of_address(Api::Directory, key)?;
        if call.world.unmanaged.contains(&key.to_lowercase()) {
            return Err(ApiError::forbidden(Api::Directory));
        }
    }
    let user = call.world.user(key).ok_or_else(not_found)?;
    let home = call.world.customers.get(&user.customer_id).ok_or_else(not_found)?;
    call.check_admin(Api::Directory, home)?;
    Ok(user.clone())
}

/// A user that may be changed. Source: google-semantics.md §3.3 "User creation is not complete" {DISC-DIR}{F-TF}
pub(super) fn find_settled(call: &Call<'_>) -> Result<User, ApiError> {
    let user = find(call)?;
    if is_visible(&user, call.world.lag_ms, call.now_ms) {
        Ok(user)
    } else {
        Err(ApiError::condition_not_met("User creation is not complete."))
    }
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let user = find(call)?;
    let known = is_known_as(call, &user, call.part("userKey"));
    if !known || !is_visible(&user, call.world.lag_ms, call.now_ms) {
        return Err(ApiError::not_found("Resource Not Found: userKey"));
    }
    Ok(Reply::json(shown_as(call.world, &user, call.query, call.now_ms)))
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
    let id = call.world.chance.digits("user", 21);
    let mut user = User {
        given_name: name_of(call, "givenName")?
            .ok_or_else(|| ApiError::invalid("Invalid Given/Family Name: GivenName"))?,
        family_name: name_of(call, "familyName")?
            .ok_or_else(|| ApiError::invalid("Invalid Given/Family Name: FamilyName"))?,
        password_sha256: password_of(&call.body)?
            .ok_or_else(|| ApiError::invalid("Invalid Password"))?,
        ..User::new(id, &customer.id, email.clone(), call.now_ms)
    };
    take_over(call, &mut user, true)?;
    if call.world.is_taken(&email) {
        return Err(ApiError::duplicate());
    }
    let status = meet_unmanaged(call, &email)?;
    if status == 202 {
        return Ok(Reply { status, ..Reply::json(shown(call.world, &user, call.now_ms)) });
    }
    call.world.put_user(user.clone());
    licensing::assign_to(call.world, &user, call.now_ms);
    Ok(Reply::json(shown(call.world, &user, call.now_ms)))
}

/// What becomes of a consumer's account with this address: 200 replaced, 202 invited, 409 left as it is.
/// Source: google-semantics.md §3.3 `resolveConflictAccount` {DISC-DIR}
fn meet_unmanaged(call: &mut Call<'_>, email: &str) -> Result<u16, ApiError> {
    if !call.world.unmanaged.contains(email) {
        return Ok(200);
    }
    let resolves = call.query.get("resolveConflictAccount") == Some("true");
    match call.switches().conflict_account {
        ConflictAccount::Replaced if resolves => {
            call.world.unmanaged.remove(email);
            Ok(200)
        }
        ConflictAccount::Invited if resolves => Ok(202),
        _ => Err(ApiError::duplicate()),
    }
}

/// Source: google-semantics.md §3.6 `limitExceeded` "Domain user limit reached", §11 "users.insert before subscription"
pub(super) fn check_room(call: &Call<'_>, customer: &Customer) -> Result<(), ApiError> {
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
    let users = call.world.user_count(&customer.id) - archived(call, &customer.id);
    if i64::try_from(users).unwrap_or(i64::MAX) >= seats {
        return Err(ApiError::limit_exceeded("Domain user limit reached."));
    }
    Ok(())
}

/// Those have licences of their own, and no seat of Workspace. Source: google-semantics.md §3.2 `archived`
fn archived(call: &Call<'_>, customer_id: &str) -> usize {
    let mut bought = call.world.subscriptions_of(customer_id);
    if !bought.any(|it| skus::needed_for(&it.sku_id).is_some()) {
        return 0;
    }
    call.world.users_of(customer_id).filter(|user| user.archived).count()
}

/// Only what was sent changes, `null` clears, arrays replace. Source: google-semantics.md §3.3
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    change(call, true)
}

/// The same, but lists can't be cleared. Source: google-semantics.md §3.3
pub(crate) fn patch(call: &mut Call<'_>) -> Answer {
    change(call, false)
}

fn change(call: &mut Call<'_>, clears: bool) -> Answer {
    let mut user = find_settled(call)?;
    if let Some(name) = name_of(call, "givenName")? {
        user.given_name = name;
    }
    if let Some(name) = name_of(call, "familyName")? {
        user.family_name = name;
    }
    let password = password_of(&call.body)?;
    take_over(call, &mut user, clears)?;
    let email = text(&call.body, "/primaryEmail").map(str::to_lowercase);
    if let Some(email) = email.filter(|email| *email != user.primary_email) {
        rename(call, &mut user, email)?;
    }
    if let Some(password) = password {
        user.password_sha256 = password;
        forget_mail_tokens(call.world, &user.primary_email);
    }
    user.version += 1;
    let reply = Reply::json(shown(call.world, &user, call.now_ms));
    call.world.put_user(user);
    Ok(reply)
}

/// The old address stays as an alias and can't be used again. Source: google-semantics.md §3.3 {DIR-LIM}
fn rename(call: &mut Call<'_>, user: &mut User, email: String) -> Result<(), ApiError> {
    if !email.contains('@') {
        return Err(ApiError::invalid("Invalid Input: primary_user_email"));
    }
    check_local_part(&email)?;
    let home = call.customer_of_address(Api::Directory, &email)?;
    if home.id != user.customer_id {
        return Err(ApiError::invalid("Invalid Input: primary_user_email"));
    }
    let own_alias = user.aliases.remove(&email);
    user.aliases_since_ms.remove(&email);
    if !own_alias && call.world.is_taken(&email) {
        return Err(ApiError::duplicate());
    }
    // A consumer loses the address to whoever proves the domain. Source: §3.7 (3) {R-DERR}
    if call.world.unmanaged.contains(&email) && !is_proven(&home, &email) {
        return Err(ApiError::duplicate());
    }
    call.world.unmanaged.remove(&email);
    readdress(call.world, user, email);
    Ok(())
}

/// Licences and grants go along, and the old address stays as an alias.
pub(crate) fn readdress(world: &mut World, user: &mut User, email: String) {
    let before = std::mem::replace(&mut user.primary_email, email);
    for mut licence in world.licences_of_user(&user.customer_id, &before) {
        let key = crate::world::licence_key(&user.customer_id, &licence.product_id, &before);
        world.take_licence(&key);
        licence.user = user.primary_email.clone();
        world.put_licence(licence);
    }
    rename_user(world, &before, &user.primary_email);
    user.aliases.remove(&user.primary_email);
    user.aliases.insert(before);
}

fn is_proven(home: &Customer, email: &str) -> bool {
    let domain = email.rsplit('@').next().unwrap_or_default();
    match home.domains.get(domain) {
        Some(secondary) => secondary.verified,
        None => home.domain == domain && home.domain_verified,
    }
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
    call.world.put_user(user);
    Ok(Reply::empty(200))
}

/// Nobody is signed in to this Workspace, so there is nothing to end. Source: google-semantics.md §3.1
pub(crate) fn sign_out(call: &mut Call<'_>) -> Answer {
    find_settled(call)?;
    Ok(Reply::empty(204))
}
