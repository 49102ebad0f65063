//! Methods about groups, their aliases and members. Source: discovery document admin directory_v1 20261104

use http::Method as Verb;

use super::{Method, Parameter, optional};
use crate::call::{Answer, Call};
use crate::directory::{group_aliases, groups, members};
use crate::schemas::{
    ALIAS_SHAPE, ALIASES_SHAPE, GROUP_SHAPE, GROUPS_SHAPE, HAS_MEMBER_SHAPE, MEMBER_SHAPE,
    MEMBERS_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;

const GROUP: &[&str] = &["admin.directory.group"];
const GROUP_READ: &[&str] = &["admin.directory.group", "admin.directory.group.readonly"];
const MEMBER: &[&str] = &["admin.directory.group", "admin.directory.group.member"];
const MEMBER_READ: &[&str] = &[
    "admin.directory.group",
    "admin.directory.group.member",
    "admin.directory.group.member.readonly",
    "admin.directory.group.readonly",
];

const GROUPS_PATH: &str = "/admin/directory/v1/groups";
const GROUP_PATH: &str = "/admin/directory/v1/groups/{groupKey}";
const ALIASES_PATH: &str = "/admin/directory/v1/groups/{groupKey}/aliases";
const MEMBERS_PATH: &str = "/admin/directory/v1/groups/{groupKey}/members";
const MEMBER_PATH: &str = "/admin/directory/v1/groups/{groupKey}/members/{memberKey}";

const GROUP_LIST: &[Parameter] = &[
    optional("customer", Shape::Text),
    optional("domain", Shape::Text),
    optional("maxResults", Shape::Int32),
    optional("orderBy", Shape::Enum(&["email"])),
    optional("pageToken", Shape::Text),
    optional("query", Shape::Text),
    optional("sortOrder", Shape::Enum(&["ASCENDING", "DESCENDING"])),
    optional("userKey", Shape::Text),
];
const MEMBER_LIST: &[Parameter] = &[
    optional("includeDerivedMembership", Shape::Bool),
    optional("maxResults", Shape::Int32),
    optional("pageToken", Shape::Text),
    optional("roles", Shape::Text),
];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    let scopes = if verb == Verb::GET { GROUP_READ } else { GROUP };
    Method::new(Api::Directory, verb, id, path, run).scopes(scopes)
}

pub(super) fn methods() -> Vec<Method> {
    let mut all = vec![
        of(Verb::GET, "directory.groups.list", GROUPS_PATH, groups::list)
            .query(GROUP_LIST)
            .answers(GROUPS_SHAPE),
        of(Verb::POST, "directory.groups.insert", GROUPS_PATH, groups::insert)
            .body("group", GROUP_SHAPE)
            .needs(&["email"])
            .answers(GROUP_SHAPE),
        of(Verb::GET, "directory.groups.get", GROUP_PATH, groups::get).answers(GROUP_SHAPE),
        of(Verb::PUT, "directory.groups.update", GROUP_PATH, groups::update)
            .body("group", GROUP_SHAPE)
            .answers(GROUP_SHAPE),
        of(Verb::PATCH, "directory.groups.patch", GROUP_PATH, groups::update)
            .body("group", GROUP_SHAPE)
            .answers(GROUP_SHAPE),
        of(Verb::DELETE, "directory.groups.delete", GROUP_PATH, groups::delete),
        of(Verb::GET, "directory.groups.aliases.list", ALIASES_PATH, group_aliases::list)
            .answers(ALIASES_SHAPE),
        of(Verb::POST, "directory.groups.aliases.insert", ALIASES_PATH, group_aliases::insert)
            .body("alias", ALIAS_SHAPE)
            .answers(ALIAS_SHAPE),
        of(
            Verb::DELETE,
            "directory.groups.aliases.delete",
            "/admin/directory/v1/groups/{groupKey}/aliases/{alias}",
            group_aliases::delete,
        ),
    ];
    all.extend(member_methods());
    all
}

fn member_methods() -> Vec<Method> {
    vec![
        of(Verb::GET, "directory.members.list", MEMBERS_PATH, members::list)
            .scopes(MEMBER_READ)
            .query(MEMBER_LIST)
            .answers(MEMBERS_SHAPE),
        of(Verb::POST, "directory.members.insert", MEMBERS_PATH, members::insert)
            .scopes(MEMBER)
            .body("member", MEMBER_SHAPE)
            .answers(MEMBER_SHAPE),
        of(Verb::GET, "directory.members.get", MEMBER_PATH, members::get)
            .scopes(MEMBER_READ)
            .answers(MEMBER_SHAPE),
        of(Verb::PUT, "directory.members.update", MEMBER_PATH, members::update)
            .scopes(MEMBER)
            .body("member", MEMBER_SHAPE)
            .answers(MEMBER_SHAPE),
        of(Verb::PATCH, "directory.members.patch", MEMBER_PATH, members::update)
            .scopes(MEMBER)
            .body("member", MEMBER_SHAPE)
            .answers(MEMBER_SHAPE),
        of(Verb::DELETE, "directory.members.delete", MEMBER_PATH, members::delete).scopes(MEMBER),
        of(
            Verb::GET,
            "directory.members.hasMember",
            "/admin/directory/v1/groups/{groupKey}/hasMember/{memberKey}",
            members::has_member,
        )
        .scopes(MEMBER_READ)
        .answers(HAS_MEMBER_SHAPE),
    ]
}
