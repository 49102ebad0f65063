//! The wish as it is shown: everything that was ordered, nothing that is secret.

use domain::catalog::Catalog;
use domain::desired::{Address, Desired, DesiredSubscription};
use domain::ids::SubscriptionId;
use serde::Serialize;
use utoipa::ToSchema;

/// What is wished for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Desired)]
pub struct DesiredView {
    pub domain: String,
    pub organization: String,
    pub contact: ContactView,
    pub alternate_email: String,
    pub address: AddressView,
    pub admin: DesiredAdminView,
    pub subscriptions: Vec<DesiredSubscriptionView>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    pub given_name: String,
    pub family_name: String,
    /// E.164.
    pub phone: Option<String>,
}

/// A postal address; empty texts are "not given".
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressView {
    pub line1: String,
    pub line2: String,
    pub line3: String,
    pub locality: String,
    pub region: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DesiredAdmin)]
pub struct DesiredAdminView {
    pub user_name: String,
    /// The first administrator's sign-in address.
    pub email: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DesiredSubscription)]
pub struct DesiredSubscriptionView {
    pub id: String,
    pub sku: String,
    pub sku_name: String,
    #[schema(example = "FLEXIBLE")]
    pub payment_plan: &'static str,
    pub payment_plan_title: &'static str,
    pub seats: u32,
}

impl DesiredView {
    #[must_use]
    pub fn new(desired: &Desired, catalog: &Catalog) -> DesiredView {
        let customer = &desired.customer;
        DesiredView {
            domain: customer.domain.to_string(),
            organization: customer.organization.clone(),
            contact: ContactView {
                given_name: customer.contact.given_name.clone(),
                family_name: customer.contact.family_name.clone(),
                phone: customer.contact.phone.clone(),
            },
            alternate_email: customer.alternate_email.to_string(),
            address: AddressView::new(&customer.address),
            admin: DesiredAdminView {
                user_name: desired.admin.user_name.clone(),
                email: desired.admin_email(),
            },
            subscriptions: desired
                .subscriptions
                .iter()
                .map(|(id, wanted)| DesiredSubscriptionView::new(id, wanted, catalog))
                .collect(),
        }
    }
}

impl AddressView {
    fn new(address: &Address) -> AddressView {
        AddressView {
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            line3: address.line3.clone(),
            locality: address.locality.clone(),
            region: address.region.clone(),
            postal_code: address.postal_code.clone(),
            country_code: address.country_code.clone(),
        }
    }
}

impl DesiredSubscriptionView {
    #[must_use]
    pub fn new(id: &SubscriptionId, wanted: &DesiredSubscription, catalog: &Catalog) -> Self {
        DesiredSubscriptionView {
            id: id.to_string(),
            sku: wanted.sku.clone(),
            sku_name: catalog.sku(&wanted.sku).map_or(wanted.sku.as_str(), |sku| sku.name).into(),
            payment_plan: wanted.payment_plan.name(),
            payment_plan_title: wanted.payment_plan.title(),
            seats: wanted.seats,
        }
    }
}
