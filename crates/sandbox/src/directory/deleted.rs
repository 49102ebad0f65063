//! directory.users: delete and undelete. Source: google-semantics.md §3.3 {DIR-USERS}

use crate::call::{Answer, Call};
use crate::directory::users::{check_room, find_settled};
use crate::directory::{org_units, users};
use crate::envelope::ApiError;
use crate::licensing;
use crate::reply::Reply;
use crate::shape::text;
use crate::world::DeletedUser;

/// May be taken back for 20 days. Source: google-semantics.md §3.1 "Real services answer 200 / 204", §3.3
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let user = find_settled(call)?;
    licensing::take_all(call.world, &user, call.now_ms);
    call.world.take_user(&user.primary_email);
    let gone = DeletedUser { user, deleted_at_ms: call.now_ms };
    call.world.expect_deleted(call.now_ms);
    call.world.deleted_users.insert(gone.user.id.clone(), gone);
    Ok(Reply::empty(204))
}

/// By id only, since the address may be somebody else's by now. Answers 204.
/// Source: google-semantics.md §3.3, §3.6 "undelete not possible"
pub(crate) fn undelete(call: &mut Call<'_>) -> Answer {
    let id = call.part("userKey").to_owned();
    let Some(gone) = call.world.deleted_users.get(&id).cloned() else {
        // Somebody who is there can't be brought back.
        users::find(call)?;
        return Err(ApiError::condition_not_met("The user is not deleted."));
    };
    let mut user = gone.user;
    let home = call
        .world
        .customers
        .get(&user.customer_id)
        .cloned()
        .ok_or_else(|| ApiError::not_found("Resource Not Found: userKey"))?;
    call.check_admin(crate::settings::Api::Directory, &home)?;
    check_room(call, &home)?;
    if call.world.is_taken(&user.primary_email) {
        return Err(ApiError::duplicate());
    }
    if let Some(path) = text(&call.body, "/orgUnitPath") {
        user.org_unit_path = org_units::known_path(call, &user.customer_id, path)?;
    } else if org_units::known_path(call, &user.customer_id, &user.org_unit_path).is_err() {
        user.org_unit_path = "/".to_owned();
    }
    user.aliases.retain(|alias| !call.world.is_taken(alias));
    user.version += 1;
    call.world.deleted_users.remove(&id);
    call.world.put_user(user.clone());
    licensing::assign_to(call.world, &user, call.now_ms);
    Ok(Reply::empty(204))
}
