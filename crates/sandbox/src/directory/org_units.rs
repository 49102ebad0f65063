//! directory.orgunits: list, insert, get, update, patch, delete. Source: google-semantics.md §3.5 {DISC-DIR}{DIR-OU}

use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::directory::{created, customer_by_key, whole_list};
use crate::envelope::ApiError;
use crate::reply::Reply;
use crate::shape::{sent, text};
use crate::world::{Customer, OrgUnit, World, below, etag, org_unit_key, sha256_hex};

/// Source: google-quotas.json `directory.orgunit_max`
const UNITS_MAX: usize = 40_000;
/// Source: google-quotas.json `directory.orgunit_depth`
const LEVELS_MAX: usize = 35;

fn bad_unit() -> ApiError {
    ApiError::invalid("Invalid Input: INVALID_OU_ID")
}

fn not_found() -> ApiError {
    ApiError::not_found("Org unit not found")
}

fn parent_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn joined(parent: &str, name: &str) -> String {
    if parent == "/" { format!("/{name}") } else { format!("{parent}/{name}") }
}

/// The root is there without an entry.
fn root_id(customer_id: &str) -> String {
    format!("id:{}", &sha256_hex(customer_id)[..12])
}

fn id_of(world: &World, customer_id: &str, path: &str) -> String {
    match world.org_units.get(&org_unit_key(customer_id, path)) {
        Some(unit) => unit.id.clone(),
        None => root_id(customer_id),
    }
}

/// A path or an id as somebody wrote it, made a path that exists; else 400.
pub(super) fn known_path(
    call: &Call<'_>,
    customer_id: &str,
    given: &str,
) -> Result<String, ApiError> {
    resolve(call.world, customer_id, given).ok_or_else(bad_unit)
}

fn resolve(world: &World, customer_id: &str, given: &str) -> Option<String> {
    if given == root_id(customer_id) || given == "/" {
        return Some("/".to_owned());
    }
    if given.starts_with("id:") {
        let unit = units(world, customer_id).find(|unit| unit.id == given)?;
        return Some(unit.path.clone());
    }
    let path = format!("/{}", given.trim_matches('/'));
    let unit = world.org_units.get(&org_unit_key(customer_id, &path))?;
    Some(unit.path.clone())
}

fn units<'a>(world: &'a World, customer_id: &str) -> impl Iterator<Item = &'a OrgUnit> {
    below(&world.org_units, &format!("{customer_id}/"))
}

fn shown(world: &World, unit: &OrgUnit) -> Value {
    let parent = parent_of(&unit.path);
    json!({
        "kind": "admin#directory#orgUnit",
        "etag": etag(&format!("{} {}", unit.id, unit.version)),
        "name": name_of(&unit.path),
        "description": unit.description,
        "orgUnitId": unit.id,
        "orgUnitPath": unit.path,
        "parentOrgUnitId": id_of(world, &unit.customer_id, parent),
        "parentOrgUnitPath": parent,
        "blockInheritance": false,
    })
}

fn shown_root(customer: &Customer) -> Value {
    json!({
        "kind": "admin#directory#orgUnit",
        "etag": etag(&customer.id),
        "name": customer.domain,
        "description": customer.domain,
        "orgUnitId": root_id(&customer.id),
        "orgUnitPath": "/",
        "blockInheritance": false,
    })
}

/// Reads show a new unit late.
fn is_visible(call: &Call<'_>, unit: &OrgUnit) -> bool {
    call.now_ms >= unit.created_at_ms + call.world.lag_ms.org_units_ms
}

fn find(call: &Call<'_>) -> Result<(Customer, OrgUnit), ApiError> {
    let customer = customer_by_key(call, call.part("customerId"))?;
    let path = resolve(call.world, &customer.id, call.part("orgUnitPath")).ok_or_else(not_found)?;
    let unit = call.world.org_units.get(&org_unit_key(&customer.id, &path));
    let unit = unit.cloned().ok_or_else(not_found)?;
    Ok((customer, unit))
}

/// `children` (default) are one level below, `all` all of them, `allIncludingParent` with the start itself.
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let customer = customer_by_key(call, call.part("customerId"))?;
    let start = call.query.get("orgUnitPath").unwrap_or("/");
    let start = resolve(call.world, &customer.id, start).ok_or_else(not_found)?;
    let kind = call.query.get("type").unwrap_or("children");
    let inside = |unit: &&OrgUnit| match kind {
        "children" => parent_of(&unit.path) == start && unit.path != start,
        _ => start == "/" || unit.path.starts_with(&format!("{start}/")),
    };
    let mut items: Vec<Value> = units(call.world, &customer.id)
        .filter(inside)
        .filter(|unit| is_visible(call, unit))
        .map(|unit| shown(call.world, unit))
        .collect();
    if kind == "allIncludingParent" {
        let unit = call.world.org_units.get(&org_unit_key(&customer.id, &start));
        items.insert(0, unit.map_or_else(|| shown_root(&customer), |unit| shown(call.world, unit)));
    }
    Ok(whole_list("admin#directory#orgUnits", "organizationUnits", items))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let customer = customer_by_key(call, call.part("customerId"))?;
    let path = call.part("orgUnitPath");
    if resolve(call.world, &customer.id, path).as_deref() == Some("/") {
        return Ok(Reply::json(shown_root(&customer)));
    }
    let (_, unit) = find(call)?;
    if !is_visible(call, &unit) {
        return Err(not_found());
    }
    Ok(Reply::json(shown(call.world, &unit)))
}

/// The parent that the body names, by path or by id.
fn parent_in(call: &Call<'_>, customer_id: &str) -> Result<Option<String>, ApiError> {
    let given =
        text(&call.body, "/parentOrgUnitPath").or_else(|| text(&call.body, "/parentOrgUnitId"));
    given.map(|given| known_path(call, customer_id, given)).transpose()
}

fn check_path(call: &Call<'_>, customer_id: &str, path: &str) -> Result<(), ApiError> {
    let name = name_of(path);
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Err(ApiError::invalid("Invalid Input: name"));
    }
    if path.matches('/').count() > LEVELS_MAX {
        return Err(ApiError::invalid("Invalid Input: too many levels of org units"));
    }
    if call.world.org_units.contains_key(&org_unit_key(customer_id, path)) {
        return Err(ApiError::duplicate());
    }
    Ok(())
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let customer = customer_by_key(call, call.part("customerId"))?;
    let name = text(&call.body, "/name").filter(|name| !name.contains('/'));
    let name = name.ok_or_else(|| ApiError::invalid("Invalid Input: name"))?;
    let parent = parent_in(call, &customer.id)?.ok_or_else(|| {
        ApiError::invalid("Invalid Input: parentOrgUnitPath or parentOrgUnitId is required")
    })?;
    let path = joined(&parent, name);
    check_path(call, &customer.id, &path)?;
    if units(call.world, &customer.id).count() >= UNITS_MAX {
        return Err(ApiError::limit_exceeded("Too many org units."));
    }
    let unit = OrgUnit {
        id: format!("id:{}", call.world.chance.base36("org_unit", 12)),
        customer_id: customer.id,
        description: text(&call.body, "/description").unwrap_or_default().to_owned(),
        path,
        created_at_ms: call.now_ms,
        version: 1,
    };
    let reply = created(call, shown(call.world, &unit));
    call.world.org_units.insert(org_unit_key(&unit.customer_id, &unit.path), unit);
    Ok(reply)
}

/// PUT and PATCH alike: a new name or parent takes everything below along.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let (customer, mut unit) = find(call)?;
    let name = text(&call.body, "/name").unwrap_or_else(|| name_of(&unit.path));
    if name.contains('/') {
        return Err(ApiError::invalid("Invalid Input: name"));
    }
    let parent = parent_in(call, &customer.id)?;
    let parent = parent.unwrap_or_else(|| parent_of(&unit.path).to_owned());
    let path = joined(&parent, name);
    if path.starts_with(&format!("{}/", unit.path)) {
        return Err(bad_unit());
    }
    if sent(&call.body, "description") {
        unit.description = text(&call.body, "/description").unwrap_or_default().to_owned();
    }
    unit.version += 1;
    if path != unit.path {
        check_path(call, &customer.id, &path)?;
        relocate(call.world, &customer.id, &unit.path, &path);
        unit.path = path;
    }
    let reply = created(call, shown(call.world, &unit));
    call.world.org_units.insert(org_unit_key(&customer.id, &unit.path), unit);
    Ok(reply)
}

fn relocate(world: &mut World, customer_id: &str, from: &str, to: &str) {
    let moved = |path: &str| {
        let rest = path.strip_prefix(from)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
    };
    let inside: Vec<OrgUnit> =
        units(world, customer_id).filter(|it| moved(&it.path).is_some()).cloned().collect();
    for mut unit in inside {
        world.org_units.remove(&org_unit_key(customer_id, &unit.path));
        unit.path = moved(&unit.path).unwrap_or(unit.path);
        world.org_units.insert(org_unit_key(customer_id, &unit.path), unit);
    }
    let emails: Vec<String> = world
        .users_of(customer_id)
        .filter(|user| moved(&user.org_unit_path).is_some())
        .map(|user| user.primary_email.clone())
        .collect();
    for email in emails {
        if let Some(user) = world.users.get_mut(&email) {
            user.org_unit_path = moved(&user.org_unit_path).unwrap_or_default();
        }
    }
}

/// Only when nobody and nothing is in it. Source: google-semantics.md §3.5; status [I]
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let (customer, unit) = find(call)?;
    let inside = format!("{}/", unit.path);
    let peopled = call
        .world
        .users_of(&customer.id)
        .any(|user| user.org_unit_path == unit.path || user.org_unit_path.starts_with(&inside));
    let parted = units(call.world, &customer.id).any(|other| other.path.starts_with(&inside));
    if peopled || parted {
        return Err(ApiError::condition_not_met("The org unit is not empty."));
    }
    call.world.org_units.remove(&org_unit_key(&customer.id, &unit.path));
    Ok(Reply::empty(204))
}
