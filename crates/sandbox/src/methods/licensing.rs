//! Methods of the Licensing API. Source: discovery document licensing 20251108

use http::Method as Verb;

use super::{Method, Parameter, optional, required};
use crate::call::{Answer, Call};
use crate::licensing;
use crate::schemas::{EMPTY_SHAPE, LICENCE_INSERT_SHAPE, LICENCE_SHAPE, LICENCES_SHAPE};
use crate::settings::Api;
use crate::shape::Shape;

const LICENCE_PATH: &str = "/apps/licensing/v1/product/{productId}/sku/{skuId}/user/{userId}";
const LIST: &[Parameter] = &[
    required("customerId", Shape::Text),
    optional("maxResults", Shape::Uint32),
    optional("pageToken", Shape::Text),
];

fn of(
    verb: Verb,
    id: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Answer,
) -> Method {
    Method::new(Api::Licensing, verb, id, path, run).scopes(&["apps.licensing"])
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        of(
            Verb::GET,
            "licensing.licenseAssignments.listForProduct",
            "/apps/licensing/v1/product/{productId}/users",
            licensing::list_for_product,
        )
        .query(LIST)
        .answers(LICENCES_SHAPE),
        of(
            Verb::GET,
            "licensing.licenseAssignments.listForProductAndSku",
            "/apps/licensing/v1/product/{productId}/sku/{skuId}/users",
            licensing::list_for_product_and_sku,
        )
        .query(LIST)
        .answers(LICENCES_SHAPE),
        of(
            Verb::POST,
            "licensing.licenseAssignments.insert",
            "/apps/licensing/v1/product/{productId}/sku/{skuId}/user",
            licensing::insert,
        )
        .body("license_assignment_insert", LICENCE_INSERT_SHAPE)
        .needs(&["userId"])
        .answers(LICENCE_SHAPE),
        of(Verb::GET, "licensing.licenseAssignments.get", LICENCE_PATH, licensing::get)
            .answers(LICENCE_SHAPE),
        of(Verb::PUT, "licensing.licenseAssignments.update", LICENCE_PATH, licensing::update)
            .body("license_assignment", LICENCE_SHAPE)
            .needs(&["productId", "skuId", "userId"])
            .answers(LICENCE_SHAPE),
        of(Verb::PATCH, "licensing.licenseAssignments.patch", LICENCE_PATH, licensing::patch)
            .body("license_assignment", LICENCE_SHAPE)
            .answers(LICENCE_SHAPE),
        of(Verb::DELETE, "licensing.licenseAssignments.delete", LICENCE_PATH, licensing::delete)
            .answers(EMPTY_SHAPE),
    ]
}
