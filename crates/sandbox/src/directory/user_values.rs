//! Values of users that several methods read: addresses, names, passwords, and what is kept as it came.
//! Source: google-semantics.md §3.2

use serde_json::Value;

use crate::call::Call;
use crate::directory::org_units;
use crate::envelope::ApiError;
use crate::licensing;
use crate::reseller::rules::is_address;
use crate::shape::text;
use crate::world::{User, sha256_hex};

/// Kept and shown as they came, replaced as a whole. Source: google-semantics.md §3.2
pub(super) const FREE_MEMBERS: [&str; 18] = [
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
    "sshPublicKeys",
    "websites",
];

/// The most that Google allows any of them.
const MEMBER_BYTES_MAX: usize = 10 * 1024;

/// Letters, digits, `-`, `_`, `.`; no two dots in a row. Source: google-semantics.md §3.2
pub(super) fn check_local_part(email: &str) -> Result<(), ApiError> {
    let local = email.rsplit_once('@').map(|(local, _)| local).unwrap_or_default();
    let good = (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '\''))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    if good { Ok(()) } else { Err(ApiError::invalid("Invalid Input: primary_user_email")) }
}

pub(super) fn name_of(call: &Call<'_>, part: &'static str) -> Result<Option<String>, ApiError> {
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
pub(super) fn password_of(body: &Value) -> Result<Option<String>, ApiError> {
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
        Some("crypt") if is_crypt(password) => Ok(Some(String::new())),
        Some("MD5" | "SHA-1" | "crypt") => Err(ApiError::invalid("Invalid Password")),
        Some(_) => Err(ApiError::invalid("Invalid Input: hashFunction")),
    }
}

/// DES, or `$1$`, `$5$`, `$6$` with at most 10,000 rounds.
/// Source: google-semantics.md §3.2, google-quotas.json `directory.crypt_rounds_max`
fn is_crypt(hash: &str) -> bool {
    let Some(rest) = hash.strip_prefix('$') else {
        return hash.len() == 13;
    };
    let mut parts = rest.split('$');
    let known = matches!(parts.next(), Some("1" | "5" | "6"));
    let rounds = parts.next().and_then(|part| part.strip_prefix("rounds="));
    known
        && hash.len() > 13
        && rounds.is_none_or(|rounds| rounds.parse().is_ok_and(|n: u32| n <= 10_000))
}

/// Members that insert and update share. `clears`: `null` takes a list away, as PUT does and PATCH doesn't.
pub(super) fn take_over(
    call: &mut Call<'_>,
    user: &mut User,
    clears: bool,
) -> Result<(), ApiError> {
    if let Some(path) = text(&call.body, "/orgUnitPath") {
        user.org_unit_path = org_units::known_path(call, &user.customer_id, path)?;
    }
    check_recovery(&call.body)?;
    if let Some(suspended) = call.body.get("suspended").and_then(Value::as_bool) {
        user.suspended = suspended;
    }
    if let Some(change) = call.body.get("changePasswordAtNextLogin").and_then(Value::as_bool) {
        user.change_password_at_next_login = change;
    }
    for name in FREE_MEMBERS {
        match call.body.get(name) {
            None => {}
            Some(Value::Null) if clears || !is_list(user, name) => {
                user.extra.remove(name);
            }
            Some(Value::Null) => {}
            // Source: §3.2 "1-10 KB each" {DISC-DIR}; which error [I]
            Some(value) if value.to_string().len() > MEMBER_BYTES_MAX => {
                return Err(ApiError::invalid(format!("Invalid Input: {name}")));
            }
            Some(value) => {
                user.extra.insert(name.to_owned(), value.clone());
            }
        }
    }
    let archived = call.body.get("archived").and_then(Value::as_bool);
    match archived.filter(|archived| *archived != user.archived) {
        Some(true) => licensing::archive(call.world, user, call.now_ms),
        Some(false) => licensing::unarchive(call.world, user, call.now_ms),
        None => Ok(()),
    }
}

fn is_list(user: &User, name: &str) -> bool {
    user.extra.get(name).is_some_and(Value::is_array)
}

/// Source: google-semantics.md §3.2 `recoveryPhone` in E.164
fn check_recovery(body: &Value) -> Result<(), ApiError> {
    if text(body, "/recoveryEmail").is_some_and(|email| !is_address(email)) {
        return Err(ApiError::invalid("Invalid Input: recoveryEmail"));
    }
    let e164 = |phone: &str| {
        phone.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if text(body, "/recoveryPhone").is_some_and(|phone| !e164(phone)) {
        return Err(ApiError::invalid("Invalid Input: recoveryPhone"));
    }
    Ok(())
}
