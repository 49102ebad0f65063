//! directory.groups.aliases: list, insert, delete. Source: google-semantics.md §3.1 {DISC-DIR}

use crate::call::{Answer, Call};
use crate::directory::aliases::{new_alias, shown};
use crate::directory::groups::find;
use crate::directory::{created, whole_list};
use crate::envelope::ApiError;
use crate::reply::Reply;

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let group = find(call)?;
    let items = group.aliases.iter().map(|alias| shown(&group.id, &group.email, alias)).collect();
    Ok(whole_list("admin#directory#aliases", "aliases", items))
}

pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    let alias = new_alias(call, &group.customer_id)?;
    let reply = created(call, shown(&group.id, &group.email, &alias));
    group.aliases_since_ms.insert(alias.clone(), call.now_ms);
    group.aliases.insert(alias);
    group.version += 1;
    call.world.put_group(group);
    Ok(reply)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let mut group = find(call)?;
    let alias = call.part("alias").to_lowercase();
    if !group.aliases.remove(&alias) {
        return Err(ApiError::not_found("Resource Not Found: alias"));
    }
    group.aliases_since_ms.remove(&alias);
    group.version += 1;
    call.world.put_group(group);
    Ok(Reply::empty(204))
}
