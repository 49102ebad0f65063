//! Methods of the Site Verification API. Source: discovery document siteVerification 20191119

use http::Method as Verb;

use super::{Method, Parameter, required};
use crate::call::{Answer, Call};
use crate::schemas::{
    SITE_TOKEN_REQUEST_SHAPE, SITE_TOKEN_SHAPE, WEB_RESOURCE_SHAPE, WEB_RESOURCES_SHAPE,
};
use crate::settings::Api;
use crate::shape::Shape;
use crate::site_verification as rules;

const ALL: &[&str] = &["siteverification"];
const VERIFY: &[&str] = &["siteverification", "siteverification.verify_only"];

const RESOURCES: &str = "/siteVerification/v1/webResource";
const RESOURCE: &str = "/siteVerification/v1/webResource/{id}";

const INSERT: &[Parameter] = &[required("verificationMethod", Shape::Text)];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    Method::new(Api::SiteVerification, verb, id, path, run).scopes(ALL)
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        of(
            Verb::POST,
            "siteVerification.webResource.getToken",
            "/siteVerification/v1/token",
            rules::get_token,
        )
        .scopes(VERIFY)
        .body("site_verification_web_resource_gettoken_request", SITE_TOKEN_REQUEST_SHAPE)
        .answers(SITE_TOKEN_SHAPE),
        of(Verb::POST, "siteVerification.webResource.insert", RESOURCES, rules::insert)
            .scopes(VERIFY)
            .query(INSERT)
            .body("site_verification_web_resource_resource", WEB_RESOURCE_SHAPE)
            .answers(WEB_RESOURCE_SHAPE),
        of(Verb::GET, "siteVerification.webResource.list", RESOURCES, rules::list)
            .answers(WEB_RESOURCES_SHAPE),
        of(Verb::GET, "siteVerification.webResource.get", RESOURCE, rules::get)
            .answers(WEB_RESOURCE_SHAPE),
        of(Verb::PUT, "siteVerification.webResource.update", RESOURCE, rules::update)
            .body("site_verification_web_resource_resource", WEB_RESOURCE_SHAPE)
            .answers(WEB_RESOURCE_SHAPE),
        of(Verb::PATCH, "siteVerification.webResource.patch", RESOURCE, rules::update)
            .body("site_verification_web_resource_resource", WEB_RESOURCE_SHAPE)
            .answers(WEB_RESOURCE_SHAPE),
        of(Verb::DELETE, "siteVerification.webResource.delete", RESOURCE, rules::delete),
    ]
}
