//! The API methods as data: id, path, scopes, parameters and body as the discovery documents have them, and the
//! function that holds the rules. Never: a rule.
//! Source: discovery documents, reseller 20250511, admin directory_v1 20261104, licensing 20251108, gmail 20261005

use http::Method as Verb;

use crate::call::{Answer, Call};
use crate::directory::{customers as directory_customers, users};
use crate::gmail;
use crate::licensing;
use crate::reseller::{customers, subscriptions};
use crate::schemas::{
    CUSTOMER_SHAPE, DIRECTORY_CUSTOMER_SHAPE, LICENCE_INSERT_SHAPE, LICENCE_SHAPE,
    MAKE_ADMIN_SHAPE, MESSAGE_SHAPE, SEATS_SHAPE, SUBSCRIPTION_SHAPE, USER_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;

/// One method of one API.
pub(crate) struct Method {
    pub(crate) id: &'static str,
    pub(crate) api: Api,
    pub(crate) verb: Verb,
    /// With `{name}` for path parameters.
    pub(crate) path: &'static str,
    /// One of them is needed; without the prefix `https://www.googleapis.com/auth/` where they have it.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) query: &'static [&'static str],
    /// Name of the message in refusals, and its shape. `None`: the method takes no body.
    pub(crate) body: Option<(&'static str, Shape)>,
    pub(crate) run: fn(&mut Call<'_>) -> Answer,
}

impl Method {
    pub(crate) fn mutates(&self) -> bool {
        self.verb != Verb::GET
    }
}

const ORDER: &[&str] = &["apps.order"];
const ORDER_READ: &[&str] = &["apps.order", "apps.order.readonly"];
const USER: &[&str] = &["admin.directory.user"];
const USER_READ: &[&str] = &["admin.directory.user", "admin.directory.user.readonly"];
const CUSTOMER: &[&str] = &["admin.directory.customer"];
const CUSTOMER_READ: &[&str] = &["admin.directory.customer", "admin.directory.customer.readonly"];
const LICENSING: &[&str] = &["apps.licensing"];
/// gmail.send isn't among them.
const GMAIL_PROFILE: &[&str] = &[
    "https://mail.google.com/",
    "gmail.compose",
    "gmail.metadata",
    "gmail.modify",
    "gmail.readonly",
];
const GMAIL_SEND: &[&str] =
    &["https://mail.google.com/", "gmail.compose", "gmail.modify", "gmail.send"];

const CUSTOMER_PATH: &str = "/apps/reseller/v1/customers/{customerId}";
const SUBSCRIPTION_PATH: &str =
    "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}";
const USER_PATH: &str = "/admin/directory/v1/users/{userKey}";
const LICENCE_PATH: &str = "/apps/licensing/v1/product/{productId}/sku/{skuId}/user/{userId}";

fn reseller(
    id: &'static str,
    verb: Verb,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    let scopes = if verb == Verb::GET { ORDER_READ } else { ORDER };
    Method { id, api: Api::Reseller, verb, path, scopes, query: &[], body: None, run }
}

fn directory(
    id: &'static str,
    verb: Verb,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    let scopes = if verb == Verb::GET { USER_READ } else { USER };
    Method { id, api: Api::Directory, verb, path, scopes, query: &[], body: None, run }
}

fn licences(
    id: &'static str,
    verb: Verb,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    Method { id, api: Api::Licensing, verb, path, scopes: LICENSING, query: &[], body: None, run }
}

impl Method {
    fn query(mut self, names: &'static [&'static str]) -> Method {
        self.query = names;
        self
    }

    fn body(mut self, root: &'static str, shape: Shape) -> Method {
        self.body = Some((root, shape));
        self
    }

    fn scopes(mut self, scopes: &'static [&'static str]) -> Method {
        self.scopes = scopes;
        self
    }
}

/// All methods that the sandbox has.
pub(crate) fn table() -> Vec<Method> {
    let mut all = reseller_methods();
    all.extend(directory_methods());
    all.extend(licensing_methods());
    all.extend(gmail_methods());
    all
}

fn reseller_methods() -> Vec<Method> {
    vec![
        reseller("reseller.customers.get", Verb::GET, CUSTOMER_PATH, customers::get),
        reseller(
            "reseller.customers.insert",
            Verb::POST,
            "/apps/reseller/v1/customers",
            customers::insert,
        )
        .query(&["customerAuthToken"])
        .body("customer", CUSTOMER_SHAPE),
        reseller("reseller.customers.patch", Verb::PATCH, CUSTOMER_PATH, customers::patch)
            .body("customer", CUSTOMER_SHAPE),
        reseller("reseller.customers.update", Verb::PUT, CUSTOMER_PATH, customers::update)
            .body("customer", CUSTOMER_SHAPE),
        reseller(
            "reseller.subscriptions.list",
            Verb::GET,
            "/apps/reseller/v1/subscriptions",
            subscriptions::list,
        )
        .query(&[
            "customerId",
            "customerAuthToken",
            "customerNamePrefix",
            "maxResults",
            "pageToken",
        ]),
        reseller("reseller.subscriptions.get", Verb::GET, SUBSCRIPTION_PATH, subscriptions::get),
        reseller(
            "reseller.subscriptions.insert",
            Verb::POST,
            "/apps/reseller/v1/customers/{customerId}/subscriptions",
            subscriptions::insert,
        )
        .query(&["customerAuthToken", "action", "sourceSkuId"])
        .body("subscription", SUBSCRIPTION_SHAPE),
        reseller(
            "reseller.subscriptions.changeSeats",
            Verb::POST,
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/changeSeats",
            subscriptions::change_seats,
        )
        .body("seats", SEATS_SHAPE),
        reseller(
            "reseller.subscriptions.suspend",
            Verb::POST,
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/suspend",
            subscriptions::suspend,
        ),
        reseller(
            "reseller.subscriptions.activate",
            Verb::POST,
            "/apps/reseller/v1/customers/{customerId}/subscriptions/{subscriptionId}/activate",
            subscriptions::activate,
        ),
    ]
}

fn directory_methods() -> Vec<Method> {
    const CUSTOMER_PATH: &str = "/admin/directory/v1/customers/{customerKey}";
    vec![
        directory("directory.users.list", Verb::GET, "/admin/directory/v1/users", users::list)
            .query(&[
                "customer",
                "domain",
                "maxResults",
                "pageToken",
                "projection",
                "viewType",
                "customFieldMask",
                "orderBy",
                "sortOrder",
                "query",
                "showDeleted",
                "event",
            ]),
        directory("directory.users.insert", Verb::POST, "/admin/directory/v1/users", users::insert)
            .query(&["resolveConflictAccount"])
            .body("user", USER_SHAPE),
        directory("directory.users.get", Verb::GET, USER_PATH, users::get).query(&[
            "projection",
            "viewType",
            "customFieldMask",
        ]),
        directory("directory.users.update", Verb::PUT, USER_PATH, users::update)
            .body("user", USER_SHAPE),
        directory("directory.users.patch", Verb::PATCH, USER_PATH, users::update)
            .body("user", USER_SHAPE),
        directory("directory.users.delete", Verb::DELETE, USER_PATH, users::delete),
        directory(
            "directory.users.makeAdmin",
            Verb::POST,
            "/admin/directory/v1/users/{userKey}/makeAdmin",
            users::make_admin,
        )
        .body("user_make_admin", MAKE_ADMIN_SHAPE),
        directory("directory.customers.get", Verb::GET, CUSTOMER_PATH, directory_customers::get)
            .scopes(CUSTOMER_READ),
        directory(
            "directory.customers.patch",
            Verb::PATCH,
            CUSTOMER_PATH,
            directory_customers::patch,
        )
        .scopes(CUSTOMER)
        .body("customer", DIRECTORY_CUSTOMER_SHAPE),
        directory(
            "directory.customers.update",
            Verb::PUT,
            CUSTOMER_PATH,
            directory_customers::patch,
        )
        .scopes(CUSTOMER)
        .body("customer", DIRECTORY_CUSTOMER_SHAPE),
    ]
}

fn licensing_methods() -> Vec<Method> {
    const LIST: &[&str] = &["customerId", "maxResults", "pageToken"];
    vec![
        licences(
            "licensing.licenseAssignments.listForProduct",
            Verb::GET,
            "/apps/licensing/v1/product/{productId}/users",
            licensing::list_for_product,
        )
        .query(LIST),
        licences(
            "licensing.licenseAssignments.listForProductAndSku",
            Verb::GET,
            "/apps/licensing/v1/product/{productId}/sku/{skuId}/users",
            licensing::list_for_product_and_sku,
        )
        .query(LIST),
        licences(
            "licensing.licenseAssignments.insert",
            Verb::POST,
            "/apps/licensing/v1/product/{productId}/sku/{skuId}/user",
            licensing::insert,
        )
        .body("license_assignment_insert", LICENCE_INSERT_SHAPE),
        licences("licensing.licenseAssignments.get", Verb::GET, LICENCE_PATH, licensing::get),
        licences("licensing.licenseAssignments.update", Verb::PUT, LICENCE_PATH, licensing::update)
            .body("license_assignment", LICENCE_SHAPE),
        licences(
            "licensing.licenseAssignments.patch",
            Verb::PATCH,
            LICENCE_PATH,
            licensing::update,
        )
        .body("license_assignment", LICENCE_SHAPE),
        licences(
            "licensing.licenseAssignments.delete",
            Verb::DELETE,
            LICENCE_PATH,
            licensing::delete,
        ),
    ]
}

fn gmail_methods() -> Vec<Method> {
    vec![
        Method {
            id: "gmail.users.getProfile",
            api: Api::Gmail,
            verb: Verb::GET,
            path: "/gmail/v1/users/{userId}/profile",
            scopes: GMAIL_PROFILE,
            query: &[],
            body: None,
            run: gmail::profile,
        },
        Method {
            id: "gmail.users.messages.send",
            api: Api::Gmail,
            verb: Verb::POST,
            path: "/gmail/v1/users/{userId}/messages/send",
            scopes: GMAIL_SEND,
            query: &[],
            body: Some(("message", MESSAGE_SHAPE)),
            run: gmail::send,
        },
    ]
}
