//! Orders and customers as lists show them: where each stands, and where to read on.

use super::CustomerRef;
use crate::app::App;
use serde::Serialize;
use store::{Customer, OrderRecord};
use utoipa::ToSchema;

/// One customer in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerSummary {
    pub id: String,
    pub domain: String,
    pub organization: String,
    /// The id of the instance it is served through.
    pub instance: String,
    pub standing: &'static str,
    pub standing_title: &'static str,
    pub generation: i64,
    pub converged_generation: i64,
    pub created_at: String,
    /// The path of the whole customer.
    pub link: String,
}

impl CustomerSummary {
    #[must_use]
    pub fn new(app: &App, customer: &Customer) -> CustomerSummary {
        let plan = super::plan_of(app, customer);
        let converged = customer.work.converged;
        let standing = planner::standing(&customer.desired, &plan, converged);
        CustomerSummary {
            id: customer.id.to_string(),
            domain: customer.desired.customer.domain.to_string(),
            organization: customer.desired.customer.organization.clone(),
            instance: customer.desired.instance.to_string(),
            standing: standing.name(),
            standing_title: standing.title(),
            generation: customer.desired.generation,
            converged_generation: converged,
            created_at: customer.created_at.rfc3339(),
            link: format!("/v1/customers/{}", customer.id),
        }
    }
}

/// One order in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderSummary {
    pub id: String,
    /// The caller's own id of this order.
    pub reference: String,
    pub created_at: String,
    /// Through which door it came: `api` or `console`.
    pub source: &'static str,
    pub standing: &'static str,
    pub standing_title: &'static str,
    pub customer: CustomerRef,
    pub subscription: String,
    /// The id of the instance it goes through.
    pub instance: String,
    pub generation: i64,
    pub converged_generation: i64,
    /// The path of the whole order.
    pub link: String,
}

impl OrderSummary {
    #[must_use]
    pub fn new(app: &App, order: &OrderRecord, customer: &Customer) -> OrderSummary {
        let customer = CustomerSummary::new(app, customer);
        OrderSummary {
            id: order.id.to_string(),
            reference: order.reference.clone(),
            created_at: order.created_at.rfc3339(),
            source: order.source.name(),
            standing: customer.standing,
            standing_title: customer.standing_title,
            generation: customer.generation,
            converged_generation: customer.converged_generation,
            customer: CustomerRef {
                id: customer.id,
                domain: customer.domain,
                organization: customer.organization,
            },
            subscription: order.subscription.to_string(),
            instance: order.instance.to_string(),
            link: format!("/v1/orders/{}", order.id),
        }
    }
}
