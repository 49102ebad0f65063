//! What a caller may ask for, and the only function that turns a wish into the next wish.

use crate::catalog::Catalog;
use crate::desired::{Desired, DesiredAdmin, DesiredSubscription};
use crate::event::Event;
use crate::ids::{InstanceId, OrderId, SecretId, SubscriptionId};
use crate::order::Order;

/// What a caller may ask for. REST, console and BSS adapters all end here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A new customer with its first subscription. The ids are given out by the intake.
    Order {
        id: OrderId,
        order: Box<Order>,
        instance: InstanceId,
        subscription: SubscriptionId,
        secret: SecretId,
    },
}

/// An accepted command: the next wish and what happened by accepting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub desired: Desired,
    pub events: Vec<Event>,
}

/// Why a command was not accepted: the caller's fault. One variant, one stable code, one page in
/// `docs/errors/`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{domain} is already a customer of yours. This order would buy it a second time.")]
    CustomerExists { domain: String },
    #[error("SKU {sku} is not one this installation sells")]
    UnknownSku { sku: String },
}

impl Refusal {
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::CustomerExists { .. } => "customer_exists",
            Refusal::UnknownSku { .. } => "sku_unknown",
        }
    }
}

/// Applies a command to the wish, `None` when there is none yet.
///
/// # Errors
/// [`Refusal`] when the command can't be wished for; the wish stays as it was.
pub fn accept(
    desired: Option<&Desired>,
    command: &Command,
    catalog: &Catalog,
) -> Result<Change, Refusal> {
    match command {
        Command::Order { id, order, instance, subscription, secret } => {
            if desired.is_some() {
                let domain = order.customer.domain.to_string();
                return Err(Refusal::CustomerExists { domain });
            }
            if catalog.sku(&order.sku).is_none() {
                return Err(Refusal::UnknownSku { sku: order.sku.clone() });
            }
            let wanted = DesiredSubscription {
                sku: order.sku.clone(),
                payment_plan: order.payment_plan,
                seats: order.seats,
            };
            let desired = Desired {
                generation: 1,
                instance: instance.clone(),
                customer: order.customer.clone(),
                admin: DesiredAdmin {
                    user_name: order.admin_user_name.clone(),
                    secret: secret.clone(),
                },
                subscriptions: [(subscription.clone(), wanted)].into(),
            };
            let event = Event::OrderAccepted {
                order: id.clone(),
                reference: order.reference.clone(),
                generation: desired.generation,
            };
            Ok(Change { desired, events: vec![event] })
        }
    }
}
