//! The Enterprise License Manager API: which user holds which seat.

use crate::Nothing;
use crate::client::{CallError, Google, Grant, Probe};
use crate::methods;
use crate::pages::Pages;
use crate::request::{Change, Read};
use crate::wire::wire;
use domain::step::Call;

/// Most licence assignments of one page: the limits page says 100, the discovery document 1,000.
/// Source: google-semantics.md §4 [X].
pub const PAGE: u32 = 100;

// Source: google-semantics.md §4 {DISC-LIC}.
wire! {
    sends NewLicenseAssignment {
        "userId" user_id: String,
    }

    /// The new SKU, of the same product and user.
    sends LicenseUpdate {
        "productId" product_id: String,
        "skuId" sku_id: String,
        "userId" user_id: String,
    }

    /// The new SKU, of the same product.
    sends LicensePatch {
        "skuId" sku_id: String,
    }

    /// One page.
    reads LicenseAssignments {
        "items" items: Vec<LicenseAssignment>,
        "nextPageToken" next_page_token: String,
    }

    reads LicenseAssignment needs "skuId" sku_id {
        /// The user's present primary address: changes with it.
        "userId" user_id: String,
        "productId" product_id: String,
        "productName" product_name: String,
        "skuId" sku_id: String,
        "skuName" sku_name: String,
    }
}

/// All of a customer's for one product; `customer` is Google's id.
#[must_use]
pub fn list_for_product(product: &str, customer: &str) -> Pages<LicenseAssignments> {
    let read = methods::LICENSES_LIST_FOR_PRODUCT.read(&[product]);
    Pages::of(read.query("customerId", customer), PAGE)
}

/// All of a customer's for one SKU; `customer` is Google's id.
#[must_use]
pub fn list_for_sku(product: &str, sku: &str, customer: &str) -> Pages<LicenseAssignments> {
    let read = methods::LICENSES_LIST_FOR_PRODUCT_AND_SKU.read(&[product, sku]);
    Pages::of(read.query("customerId", customer), PAGE)
}

/// `user` is the primary address, here and below.
#[must_use]
pub fn get(product: &str, sku: &str, user: &str) -> Read<LicenseAssignment> {
    methods::LICENSES_GET.read(&[product, sku, user])
}

/// [`CallError::Exists`] says that the user has it.
#[must_use]
pub fn insert(product: &str, sku: &str, user: &str) -> Change<LicenseAssignment> {
    let body = NewLicenseAssignment { user_id: user.to_owned() };
    methods::LICENSES_INSERT.change(&[product, sku], &body)
}

/// Gives the user another SKU of the product in place of `sku`.
#[must_use]
pub fn update(product: &str, sku: &str, user: &str, new_sku: &str) -> Change<LicenseAssignment> {
    let body = LicenseUpdate {
        product_id: product.to_owned(),
        sku_id: new_sku.to_owned(),
        user_id: user.to_owned(),
    };
    methods::LICENSES_UPDATE.change(&[product, sku, user], &body)
}

/// As [`update`], by PATCH.
#[must_use]
pub fn patch(product: &str, sku: &str, user: &str, new_sku: &str) -> Change<LicenseAssignment> {
    let body = LicensePatch { sku_id: new_sku.to_owned() };
    methods::LICENSES_PATCH.change(&[product, sku, user], &body)
}

#[must_use]
pub fn delete(product: &str, sku: &str, user: &str) -> Change<Nothing> {
    methods::LICENSES_DELETE.order(&[product, sku, user])
}

impl Google {
    /// Asks for one licence assignment in the reseller's own account.
    ///
    /// That account may hold no Workspace subscription, and then Google says that it doesn't know the
    /// customer or product. It says so only after it has checked token, scope and that the API is
    /// enabled, so this proves what is to be proved.
    /// Source: google-semantics.md §4 errors {R-LERR}; order of checks §11 [I].
    pub(crate) async fn probe_licensing(
        &self,
        grant: &Grant,
        account: Option<&str>,
        log: &mut Vec<Call>,
    ) -> Result<Probe, CallError> {
        let domain = account.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        let read = methods::LICENSES_LIST_FOR_PRODUCT
            .read(&["Google-Apps"])
            .query("customerId", domain.unwrap_or("my_customer"))
            .query("maxResults", "1");
        let detail = match self.read(grant, &read, log).await {
            Ok(_) => "This account may list licence assignments.".to_owned(),
            Err(CallError::Refused { reason })
                if matches!(reason.status, 400 | 404 | 412) && !reason.code.is_empty() =>
            {
                format!("The API answers; this account has no licences ({}).", reason.message)
            }
            Err(error) => return Err(error),
        };
        Ok(Probe { detail, account_email: None })
    }
}
