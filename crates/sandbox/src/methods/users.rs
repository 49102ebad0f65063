//! Methods about users and their aliases. Source: discovery document admin directory_v1 20261104

use http::Method as Verb;

use super::{Method, Parameter, optional};
use crate::call::{Answer, Call};
use crate::directory::{aliases, deleted, user_list, users};
use crate::schemas::{
    ALIAS_SHAPE, ALIASES_SHAPE, MAKE_ADMIN_SHAPE, UNDELETE_SHAPE, USER_SHAPE, USERS_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;

const USER: &[&str] = &["admin.directory.user"];
const USER_READ: &[&str] = &["admin.directory.user", "admin.directory.user.readonly"];
const USER_LIST: &[&str] =
    &["admin.directory.user", "admin.directory.user.readonly", "cloud-platform"];
const USER_SECURITY: &[&str] = &["admin.directory.user.security"];
const ALIAS: &[&str] = &["admin.directory.user", "admin.directory.user.alias"];
const ALIAS_READ: &[&str] = &[
    "admin.directory.user",
    "admin.directory.user.alias",
    "admin.directory.user.alias.readonly",
    "admin.directory.user.readonly",
];

const USERS_PATH: &str = "/admin/directory/v1/users";
const USER_PATH: &str = "/admin/directory/v1/users/{userKey}";
const ALIASES_PATH: &str = "/admin/directory/v1/users/{userKey}/aliases";

const PROJECTION: Parameter = optional("projection", Shape::Enum(&["basic", "custom", "full"]));
const VIEW: Parameter = optional("viewType", Shape::Enum(&["admin_view", "domain_public"]));
const FIELD_MASK: Parameter = optional("customFieldMask", Shape::Text);
const GET: &[Parameter] = &[PROJECTION, VIEW, FIELD_MASK];
const LIST: &[Parameter] = &[
    PROJECTION,
    VIEW,
    FIELD_MASK,
    optional("customer", Shape::Text),
    optional("domain", Shape::Text),
    optional("event", Shape::Enum(&["add", "delete", "makeAdmin", "undelete", "update"])),
    optional("maxResults", Shape::Int32),
    optional("orderBy", Shape::Enum(&["email", "familyName", "givenName"])),
    optional("pageToken", Shape::Text),
    optional("query", Shape::Text),
    optional("showDeleted", Shape::Text),
    optional("sortOrder", Shape::Enum(&["ASCENDING", "DESCENDING"])),
];
const INSERT: &[Parameter] = &[optional("resolveConflictAccount", Shape::Bool)];
const ALIAS_LIST: &[Parameter] = &[optional("event", Shape::Enum(&["add", "delete"]))];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    let scopes = if verb == Verb::GET { USER_READ } else { USER };
    Method::new(Api::Directory, verb, id, path, run).scopes(scopes)
}

pub(super) fn methods() -> Vec<Method> {
    let mut all = vec![
        of(Verb::GET, "directory.users.list", USERS_PATH, user_list::list)
            .scopes(USER_LIST)
            .query(LIST)
            .answers(USERS_SHAPE),
        of(Verb::POST, "directory.users.insert", USERS_PATH, users::insert)
            .query(INSERT)
            .body("user", USER_SHAPE)
            .needs(&["primaryEmail", "name", "name.givenName", "name.familyName", "password"])
            .answers(USER_SHAPE),
        of(Verb::GET, "directory.users.get", USER_PATH, users::get).query(GET).answers(USER_SHAPE),
        of(Verb::PUT, "directory.users.update", USER_PATH, users::update)
            .body("user", USER_SHAPE)
            .answers(USER_SHAPE),
        of(Verb::PATCH, "directory.users.patch", USER_PATH, users::patch)
            .body("user", USER_SHAPE)
            .answers(USER_SHAPE),
        of(Verb::DELETE, "directory.users.delete", USER_PATH, deleted::delete),
        of(
            Verb::POST,
            "directory.users.undelete",
            "/admin/directory/v1/users/{userKey}/undelete",
            deleted::undelete,
        )
        .body("user_undelete", UNDELETE_SHAPE),
        of(
            Verb::POST,
            "directory.users.makeAdmin",
            "/admin/directory/v1/users/{userKey}/makeAdmin",
            users::make_admin,
        )
        .body("user_make_admin", MAKE_ADMIN_SHAPE)
        .needs(&["status"]),
        of(
            Verb::POST,
            "directory.users.signOut",
            "/admin/directory/v1/users/{userKey}/signOut",
            users::sign_out,
        )
        .scopes(USER_SECURITY),
    ];
    all.extend(alias_methods());
    all
}

fn alias_methods() -> Vec<Method> {
    vec![
        of(Verb::GET, "directory.users.aliases.list", ALIASES_PATH, aliases::list)
            .scopes(ALIAS_READ)
            .query(ALIAS_LIST)
            .answers(ALIASES_SHAPE),
        of(Verb::POST, "directory.users.aliases.insert", ALIASES_PATH, aliases::insert)
            .scopes(ALIAS)
            .body("alias", ALIAS_SHAPE)
            .answers(ALIAS_SHAPE),
        of(
            Verb::DELETE,
            "directory.users.aliases.delete",
            "/admin/directory/v1/users/{userKey}/aliases/{alias}",
            aliases::delete,
        )
        .scopes(ALIAS),
    ]
}
