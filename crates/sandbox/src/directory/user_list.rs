//! directory.users.list. Source: google-semantics.md §3.3 list, query {DISC-DIR}{DIR-SEARCH}

use serde_json::Value;

use crate::call::{Answer, Call};
use crate::clock::rfc3339;
use crate::directory::query::Search;
use crate::directory::users::{is_visible, shown_as};
use crate::directory::{customer_by_key, page_list};
use crate::envelope::ApiError;
use crate::paging::{Bounds, page_of_walk, sorted};
use crate::settings::Api;
use crate::world::{DeletedUser, User};

/// Source: google-quotas.json `directory.users_list.maxResults`
const PAGE: Bounds = Bounds { default: 100, max: 500 };

/// Source: google-semantics.md §3.3 "Useful fields" {DIR-SEARCH}
const FIELDS: [&str; 15] = [
    "name",
    "email",
    "givenName",
    "familyName",
    "isAdmin",
    "isDelegatedAdmin",
    "isSuspended",
    "isArchived",
    "isGuest",
    "isEnrolledIn2Sv",
    "orgUnitPath",
    "externalId",
    "phone",
    "directManager",
    "orgName",
];

/// Whose users are wanted: `customer` (an id) or `domain` (a real domain); the wrong kind is 400.
fn scope(call: &Call<'_>) -> Result<(String, Option<String>), ApiError> {
    match (call.query.get("customer"), call.query.get("domain")) {
        (Some(key), _) => Ok((customer_by_key(call, key)?.id, None)),
        (None, Some(domain)) if domain.contains('.') => {
            let all = call.world.customers_on(domain);
            let customer = all
                .iter()
                .find(|found| call.administers(found))
                .ok_or_else(|| ApiError::forbidden(Api::Directory))?;
            call.check_admin(Api::Directory, customer)?;
            Ok((customer.id.clone(), Some(domain.to_lowercase())))
        }
        _ => Err(ApiError::bad_request("Bad Request")),
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let (customer_id, domain) = scope(call)?;
    let search = Search::read(call.query.get("query").unwrap_or_default(), &FIELDS)?;
    let (now_ms, lag_ms) = (call.now_ms, call.world.lag_ms);
    let wanted = |user: &User| {
        is_visible(user, lag_ms, now_ms)
            && domain
                .as_ref()
                .is_none_or(|domain| user.primary_email.rsplit('@').next() == Some(domain.as_str()))
            && search.holds(|field| values_of(user, field))
    };
    if call.query.get("showDeleted") == Some("true") {
        return deleted(call, &customer_id, wanted);
    }
    let by_email = matches!(call.query.get("orderBy"), None | Some("email"))
        && call.query.get("sortOrder") != Some("DESCENDING");
    let (users, next) = if by_email {
        let from = |after: Option<&str>| {
            call.world.users_after(&customer_id, after).filter(|user| wanted(user))
        };
        let key = |user: &&User| user.primary_email.clone();
        page_of_walk(from, key, call.query, &PAGE, now_ms)?
    } else {
        let all = call.world.users_of(&customer_id).filter(|user| wanted(user));
        let keyed = all.map(|user| (sort_key(call, user), user)).collect();
        let descending = call.query.get("sortOrder") == Some("DESCENDING");
        let from = sorted(keyed, descending);
        let (page, next) = page_of_walk(from, |(key, _)| key.clone(), call.query, &PAGE, now_ms)?;
        (page.into_iter().map(|(_, user)| user).collect(), next)
    };
    let items: Vec<Value> =
        users.into_iter().map(|user| shown_as(call.world, user, call.query, now_ms)).collect();
    Ok(page_list("admin#directory#users", "users", items, next))
}

fn sort_key(call: &Call<'_>, user: &User) -> String {
    let name = match call.query.get("orderBy") {
        Some("givenName") => &user.given_name,
        Some("familyName") => &user.family_name,
        _ => &user.primary_email,
    };
    format!("{}\u{1}{}", name.to_lowercase(), user.primary_email)
}

/// Only those that may still be brought back. Source: google-semantics.md §3.3 `showDeleted`
fn deleted(call: &Call<'_>, customer_id: &str, wanted: impl Fn(&User) -> bool) -> Answer {
    let all = call.world.deleted_users.values();
    let keyed = all
        .filter(|gone| gone.user.customer_id == *customer_id && wanted(&gone.user))
        .map(|gone| (format!("{} {}", gone.user.primary_email, gone.user.id), gone))
        .collect();
    let (page, next) =
        page_of_walk(sorted(keyed, false), |(key, _)| key.clone(), call.query, &PAGE, call.now_ms)?;
    let items = page.into_iter().map(|(_, gone)| shown_deleted(call, gone)).collect();
    Ok(page_list("admin#directory#users", "users", items, next))
}

fn shown_deleted(call: &Call<'_>, gone: &DeletedUser) -> Value {
    let mut shown = shown_as(call.world, &gone.user, call.query, call.now_ms);
    shown["deletionTime"] = rfc3339(gone.deleted_at_ms).into();
    shown["isMailboxSetup"] = false.into();
    shown
}

/// What the user has in a field of a query; for bare words its names and addresses.
fn values_of(user: &User, field: &str) -> Vec<String> {
    let full = || format!("{} {}", user.given_name, user.family_name);
    let emails = || user.aliases.iter().chain([&user.primary_email]).cloned();
    match field {
        "" => emails().chain([full()]).collect(),
        "email" => emails().collect(),
        "name" => vec![full(), user.given_name.clone(), user.family_name.clone()],
        "givenName" => vec![user.given_name.clone()],
        "familyName" => vec![user.family_name.clone()],
        "isAdmin" => vec![user.is_admin.to_string()],
        "isSuspended" => vec![user.suspended.to_string()],
        "isArchived" => vec![user.archived.to_string()],
        "isDelegatedAdmin" | "isGuest" | "isEnrolledIn2Sv" => vec![false.to_string()],
        // The whole subtree. Source: §3.3 {DIR-SEARCH}
        "orgUnitPath" => ancestors(&user.org_unit_path),
        "externalId" => inside(user, "externalIds", "value"),
        "phone" => inside(user, "phones", "value"),
        "orgName" => inside(user, "organizations", "name"),
        "directManager" => inside(user, "relations", "value"),
        custom => custom_value(user, custom),
    }
}

fn ancestors(path: &str) -> Vec<String> {
    let cuts = path.match_indices('/').skip(1).map(|(at, _)| path[..at].to_owned());
    cuts.chain([path.to_owned(), "/".to_owned()]).collect()
}

fn inside(user: &User, list: &str, member: &str) -> Vec<String> {
    let items = user.extra.get(list).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get(member)?.as_str().map(str::to_owned))
        .collect()
}

/// `Schema.field`, whose values are texts, numbers or truths.
fn custom_value(user: &User, path: &str) -> Vec<String> {
    let value = path
        .split_once('.')
        .and_then(|(schema, field)| user.extra.get("customSchemas")?.get(schema)?.get(field));
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![other.to_string()],
    }
}
