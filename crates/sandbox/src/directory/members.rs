//! directory.members: list, insert, get, update, patch, delete, hasMember. Source: google-semantics.md §3.5 {DISC-DIR}

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::groups::{PAGE, find_visible as find, is_settled};
use crate::directory::page_list;
use crate::envelope::ApiError;
use crate::paging::{page_of_walk, sorted};
use crate::reply::Reply;
use crate::reseller::rules::is_address;
use crate::shape::text;
use crate::world::{Group, MemberRole, Membership, World, etag, sha256_hex};

const DELIVERY: [&str; 5] = ["ALL_MAIL", "DAILY", "DIGEST", "DISABLED", "NONE"];

fn not_found() -> ApiError {
    ApiError::not_found("Resource Not Found: memberKey")
}

/// The address as it is now.
fn address(world: &World, member: &Membership) -> String {
    let user = world.user(&member.id).map(|user| user.primary_email.clone());
    let group = || world.group(&member.id).map(|group| group.email.clone());
    user.or_else(group).unwrap_or_else(|| member.email.clone())
}

fn shown(world: &World, member: &Membership) -> Value {
    let mut shown = json!({
        "kind": "admin#directory#member",
        "id": member.id,
        "role": member.role,
        "type": member.kind,
    });
    if member.kind != "CUSTOMER" {
        shown["email"] = address(world, member).into();
        let suspended = world.user(&member.id).is_some_and(|user| user.suspended);
        shown["status"] = if suspended { "SUSPENDED" } else { "ACTIVE" }.into();
    }
    shown["etag"] = etag(&format!("{shown} {}", member.delivery_settings)).into();
    shown
}

fn role_of(body: &Value) -> Result<Option<MemberRole>, ApiError> {
    Ok(match text(body, "/role") {
        None => None,
        Some("OWNER") => Some(MemberRole::Owner),
        Some("MANAGER") => Some(MemberRole::Manager),
        Some("MEMBER") => Some(MemberRole::Member),
        Some(_) => return Err(ApiError::invalid("Invalid Input: role")),
    })
}

fn delivery_of(body: &Value) -> Result<Option<String>, ApiError> {
    match text(body, "/delivery_settings") {
        Some(given) if DELIVERY.contains(&given) => Ok(Some(given.to_owned())),
        Some(_) => Err(ApiError::invalid("Invalid Input: delivery_settings")),
        None => Ok(None),
    }
}

/// The member of the path: by id, or by an address of it.
fn member_of<'a>(world: &World, group: &'a Group, key: &str) -> Option<&'a Membership> {
    if let Some(member) = group.members.get(key) {
        return Some(member);
    }
    let known = world.user(key).map(|user| &user.id).or_else(|| world.group(key).map(|it| &it.id));
    match known {
        Some(id) => group.members.get(id),
        None => group.members.values().find(|member| member.email.eq_ignore_ascii_case(key)),
    }
}

/// Reads show a new member late. Source: google-quotas.json `latency.nested_group_membership`
fn is_shown(call: &Call<'_>, member: &Membership) -> bool {
    call.now_ms >= member.since_ms + call.world.lag_ms.members_ms
}

/// Every member of a group and of the groups in it.
fn all_members(world: &World, group: &Group) -> Vec<Membership> {
    let mut seen = BTreeSet::from([group.id.clone()]);
    let mut waiting = vec![group.clone()];
    let mut all = Vec::new();
    while let Some(group) = waiting.pop() {
        for member in group.members.values() {
            if !seen.insert(member.id.clone()) {
                continue;
            }
            waiting.extend(world.group(&member.id).cloned());
            all.push(member.clone());
        }
    }
    all
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let group = find(call)?;
    let roles: Vec<String> = call
        .query
        .get("roles")
        .unwrap_or_default()
        .split(',')
        .filter(|role| !role.is_empty())
        .map(str::to_uppercase)
        .collect();
    let members = if call.query.get("includeDerivedMembership") == Some("true") {
        all_members(call.world, &group)
    } else {
        group.members.values().cloned().collect()
    };
    let wanted = |member: &Membership| {
        if !is_shown(call, member) {
            return false;
        }
        let role = json!(member.role);
        roles.is_empty() || roles.iter().any(|wanted| role == wanted.as_str())
    };
    let keyed =
        members.into_iter().filter(wanted).map(|member| (member.id.clone(), member)).collect();
    let (page, next) =
        page_of_walk(sorted(keyed, false), |(key, _)| key.clone(), call.query, &PAGE, call.now_ms)?;
    let items = page.into_iter().map(|(_, member)| shown(call.world, &member)).collect();
    Ok(page_list("admin#directory#members", "members", items, next))
}

/// Somebody of this Google, or an outsider.
fn new_member(call: &Call<'_>, group: &Group) -> Result<Membership, ApiError> {
    let role = role_of(&call.body)?.unwrap_or(MemberRole::Member);
    let delivery = delivery_of(&call.body)?.unwrap_or_else(|| "ALL_MAIL".to_owned());
    let member = |id: String, email: String, kind: &str| Membership {
        id,
        email,
        role,
        kind: kind.to_owned(),
        delivery_settings: delivery.clone(),
        since_ms: call.now_ms,
    };
    if text(&call.body, "/type") == Some("CUSTOMER") {
        return Ok(member(group.customer_id.clone(), String::new(), "CUSTOMER"));
    }
    let key = text(&call.body, "/email")
        .or_else(|| text(&call.body, "/id"))
        .ok_or_else(|| ApiError::invalid("Missing required field: member"))?;
    if let Some(user) = call.world.user(key) {
        if !is_settled(call, user) {
            return Err(not_found());
        }
        let kind = if user.customer_id == group.customer_id { "USER" } else { "EXTERNAL" };
        return Ok(member(user.id.clone(), user.primary_email.clone(), kind));
    }
    if let Some(inner) = call.world.group(key) {
        let circle = inner.id == group.id
            || all_members(call.world, inner).iter().any(|member| member.id == group.id);
        // Source: §3.5 `GROUP_CANNOT_CONTAIN_CYCLE` {F-GAM}; status [I]
        return if circle {
            Err(ApiError::condition_not_met("Cyclic memberships not allowed"))
        } else {
            Ok(member(inner.id.clone(), inner.email.clone(), "GROUP"))
        };
    }
    let domain = key.rsplit('@').next().unwrap_or_default();
    let home = call.world.customers.get(&group.customer_id);
    if !is_address(key) || home.is_some_and(|home| home.has_domain(domain)) {
        return Err(not_found());
    }
    let email = key.to_lowercase();
    Ok(member(sha256_hex(&email)[..21].to_owned(), email, "EXTERNAL"))
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    let member = new_member(call, &group)?;
    if group.members.contains_key(&member.id) {
        return Err(ApiError::duplicate_text("Member already exists."));
    }
    let reply = Reply::json(shown(call.world, &member));
    group.members.insert(member.id.clone(), member);
    call.world.put_group(group);
    Ok(reply)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let group = find(call)?;
    let member = member_of(call.world, &group, call.part("memberKey"))
        .filter(|member| is_shown(call, member))
        .ok_or_else(not_found)?;
    let mut body = shown(call.world, member);
    body["delivery_settings"] = member.delivery_settings.as_str().into();
    Ok(Reply::json(body))
}

/// PUT and PATCH alike change role and delivery.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    let member = member_of(call.world, &group, call.part("memberKey")).ok_or_else(not_found)?;
    let mut member = member.clone();
    if let Some(role) = role_of(&call.body)? {
        member.role = role;
    }
    if let Some(delivery) = delivery_of(&call.body)? {
        member.delivery_settings = delivery;
    }
    let reply = Reply::json(shown(call.world, &member));
    group.members.insert(member.id.clone(), member);
    call.world.put_group(group);
    Ok(reply)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    let member = member_of(call.world, &group, call.part("memberKey")).ok_or_else(not_found)?;
    let id = member.id.clone();
    group.members.remove(&id);
    call.world.put_group(group);
    Ok(Reply::empty(204))
}

/// Whether directly or through a group in the group; an outsider can't be asked for.
/// Source: discovery document, members.hasMember
pub(crate) fn has_member(call: &mut Call<'_>) -> Answer {
    let group = find(call)?;
    let key = call.part("memberKey");
    let user = call.world.user(key).map(|it| (it.id.clone(), it.customer_id.clone()));
    let inner = || call.world.group(key).map(|it| (it.id.clone(), it.customer_id.clone()));
    let (id, customer_id) = user.or_else(inner).ok_or_else(not_found)?;
    if customer_id != group.customer_id {
        return Err(ApiError::invalid("Invalid Input: memberKey"));
    }
    let is_member = all_members(call.world, &group)
        .iter()
        .any(|member| member.id == id && is_shown(call, member));
    Ok(Reply::json(json!({"isMember": is_member})))
}
