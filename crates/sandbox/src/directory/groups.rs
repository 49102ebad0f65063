//! directory.groups: list, insert, get, update, patch, delete. Source: google-semantics.md §3.5 {DISC-DIR}{DIR-GRP}

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::query::Search;
use crate::directory::{created, customer_by_key, page_list};
use crate::envelope::ApiError;
use crate::paging::{Bounds, page_of_walk, sorted};
use crate::reply::Reply;
use crate::reseller::rules::is_address;
use crate::settings::Api;
use crate::shape::{sent, text};
use crate::world::{Group, User, etag};

/// Source: google-quotas.json `directory.groups_list.maxResults`
pub(super) const PAGE: Bounds = Bounds { default: 200, max: 200 };
const FIELDS: [&str; 3] = ["email", "name", "memberKey"];

fn shown(group: &Group) -> Value {
    let mut shown = json!({
        "kind": "admin#directory#group",
        "id": group.id,
        "etag": etag(&format!("{} {} {}", group.id, group.version, group.members.len())),
        "email": group.email,
        "name": group.name,
        "description": group.description,
        "adminCreated": true,
        "directMembersCount": group.members.len().to_string(),
    });
    if !group.aliases.is_empty() {
        shown["aliases"] = json!(group.aliases);
    }
    shown
}

/// Reads show a new group, and a new alias of one, late.
fn is_visible(call: &Call<'_>, group: &Group, key: &str) -> bool {
    let lag = call.world.lag_ms;
    let alias = group.aliases_since_ms.get(&key.to_lowercase());
    call.now_ms >= group.created_at_ms + lag.groups_ms
        && alias.is_none_or(|since| call.now_ms >= since + lag.aliases_ms)
}

/// What a group's rules may be used on: one that reads show. Which error before that: [I], as for members.
pub(super) fn find_visible(call: &Call<'_>) -> Result<Group, ApiError> {
    let group = find(call)?;
    if is_visible(call, &group, call.part("groupKey")) {
        Ok(group)
    } else {
        Err(ApiError::not_found("Resource Not Found: groupKey"))
    }
}

/// The group with this address, alias or id. A foreign domain is 403, an unknown group 404.
/// Source: google-semantics.md §3.6
pub(super) fn find(call: &Call<'_>) -> Result<Group, ApiError> {
    let key = call.part("groupKey");
    let not_found = || ApiError::not_found("Resource Not Found: groupKey");
    if key.contains('@') {
        call.customer_of_address(Api::Directory, key)?;
    }
    let group = call.world.group(key).ok_or_else(not_found)?;
    let home = call.world.customers.get(&group.customer_id).ok_or_else(not_found)?;
    call.check_admin(Api::Directory, home)?;
    Ok(group.clone())
}

/// Whose groups are wanted: those of a customer, of a domain, or those that somebody is in.
enum Scope {
    Customer(String),
    Domain(String, String),
    Member(String, String),
}

fn scope(call: &Call<'_>, search: &Search) -> Result<Scope, ApiError> {
    let member = call.query.get("userKey").or_else(|| search.exact("memberKey"));
    if let Some(key) = member {
        if key.contains('@') {
            call.customer_of_address(Api::Directory, key)?;
        }
        let user = call.world.user(key).map(|user| (user.customer_id.clone(), user.id.clone()));
        let group = || call.world.group(key).map(|it| (it.customer_id.clone(), it.id.clone()));
        let (customer_id, id) = user
            .or_else(group)
            .ok_or_else(|| ApiError::not_found("Resource Not Found: userKey"))?;
        let home = call.world.customers.get(&customer_id);
        let home = home.ok_or_else(|| ApiError::forbidden(Api::Directory))?;
        call.check_admin(Api::Directory, home)?;
        return Ok(Scope::Member(customer_id, id));
    }
    match (call.query.get("customer"), call.query.get("domain")) {
        (Some(key), _) => Ok(Scope::Customer(customer_by_key(call, key)?.id)),
        (None, Some(domain)) if domain.contains('.') => {
            let home = call.customer_of_address(Api::Directory, &format!("any@{domain}"))?;
            Ok(Scope::Domain(home.id, domain.to_lowercase()))
        }
        _ => Err(ApiError::bad_request("Bad Request")),
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let search = Search::read(call.query.get("query").unwrap_or_default(), &FIELDS)?;
    let scope = scope(call, &search)?;
    let inside = |group: &&Group| match &scope {
        Scope::Customer(id) => group.customer_id == *id,
        Scope::Domain(id, domain) => {
            group.customer_id == *id && group.email.rsplit('@').next() == Some(domain.as_str())
        }
        Scope::Member(id, member) => group.customer_id == *id && group.members.contains_key(member),
    };
    let named = |group: &&Group| {
        search.holds(|field| match field {
            "email" => vec![group.email.clone()],
            "name" => vec![group.name.clone()],
            "memberKey" => search.exact(field).map(str::to_owned).into_iter().collect(),
            _ => vec![group.email.clone(), group.name.clone()],
        })
    };
    let shows = |group: &&Group| is_visible(call, group, "");
    let all = call.world.groups.values().filter(inside).filter(named).filter(shows);
    let keyed = all.map(|group| (group.email.clone(), group)).collect();
    let descending = call.query.get("sortOrder") == Some("DESCENDING");
    let from = sorted(keyed, descending);
    let (page, next) = page_of_walk(from, |(key, _)| key.clone(), call.query, &PAGE, call.now_ms)?;
    let items = page.into_iter().map(|(_, group)| shown(group)).collect();
    Ok(page_list("admin#directory#groups", "groups", items, next))
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let email = text(&call.body, "/email").unwrap_or_default().to_lowercase();
    if !is_address(&email) {
        return Err(ApiError::invalid("Invalid Input: email"));
    }
    let home = call.customer_of_address(Api::Directory, &email)?;
    if call.world.is_taken(&email) {
        return Err(ApiError::duplicate());
    }
    let local = email.split('@').next().unwrap_or_default().to_owned();
    let group = Group {
        id: call.world.chance.base36("group", 15),
        customer_id: home.id,
        name: text(&call.body, "/name").map_or(local, str::to_owned),
        description: text(&call.body, "/description").unwrap_or_default().to_owned(),
        email,
        aliases: BTreeSet::new(),
        aliases_since_ms: BTreeMap::new(),
        members: BTreeMap::new(),
        created_at_ms: call.now_ms,
        version: 1,
    };
    let reply = created(call, shown(&group));
    call.world.put_group(group);
    Ok(reply)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let group = find_visible(call)?;
    Ok(Reply::json(shown(&group)))
}

/// PUT and PATCH alike change what was sent; a renamed group keeps its old address as an alias.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    if let Some(name) = text(&call.body, "/name") {
        group.name = name.to_owned();
    }
    if sent(&call.body, "description") {
        group.description = text(&call.body, "/description").unwrap_or_default().to_owned();
    }
    let email = text(&call.body, "/email").map(str::to_lowercase);
    if let Some(email) = email.filter(|email| *email != group.email) {
        let home = call.customer_of_address(Api::Directory, &email)?;
        if !is_address(&email) || home.id != group.customer_id {
            return Err(ApiError::invalid("Invalid Input: email"));
        }
        group.aliases_since_ms.remove(&email);
        if !group.aliases.remove(&email) && call.world.is_taken(&email) {
            return Err(ApiError::duplicate());
        }
        let before = std::mem::replace(&mut group.email, email);
        group.aliases.insert(before);
    }
    group.version += 1;
    let reply = created(call, shown(&group));
    call.world.put_group(group);
    Ok(reply)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let group = find(call)?;
    call.world.take_group(&group.email);
    let holders: Vec<Group> = call
        .world
        .groups
        .values()
        .filter(|other| other.members.contains_key(&group.id))
        .cloned()
        .collect();
    for mut holder in holders {
        holder.members.remove(&group.id);
        call.world.put_group(holder);
    }
    Ok(Reply::empty(204))
}

/// Whether a new user can be found yet. Source: google-semantics.md §3.3 "adding the new user to a group may 404" {F-TF}
pub(super) fn is_settled(call: &Call<'_>, user: &User) -> bool {
    call.now_ms >= user.created_at_ms + call.world.lag_ms.users_ms
}
