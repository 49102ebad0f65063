//! The one door for orders: REST, the console's form and every BSS adapter come through here. Checks,
//! seals, stores; Google is the engine's.

use crate::app::App;
use crate::problem::Problem;
use domain::catalog::PaymentPlan;
use domain::command::{Command, accept};
use domain::desired::DesiredCustomer;
use domain::fields::Fault;
use domain::ids::{CustomerId, OrderId, SecretId, SubscriptionId, token, token_hash};
use domain::order::{self, Order};
use domain::secret::{Place, SecretString, password};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{DistributorStore, Instance, NewOrder, NewSecret, Placed, Source, StoreError};

/// How long the one-time link to the first password can be opened, in ms.
pub const PASSWORD_LINK_MS_MAX: i64 = 30 * 24 * 60 * 60 * 1000;

/// An order that is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub order: OrderId,
    /// False when the same order was here before.
    pub created: bool,
}

/// Takes an order in and wakes the engine. The same body again, under the same key or reference, is
/// the same order; nothing is stored unless all of it is.
///
/// # Errors
/// [`Problem::InvalidOrder`] with every fault, or what the order collides with.
pub async fn place(
    app: &App,
    door: &DistributorStore,
    body: &Value,
    idempotency_key: Option<&str>,
    source: Source,
) -> Result<Placement, Problem> {
    let order = order::read(body, &app.catalog).map_err(Problem::InvalidOrder)?;
    let instance = match door.find_instance(&order.instance).await? {
        Some(instance) => instance,
        None => return Err(unknown_instance(door, &order.instance).await?),
    };
    let placed = match store_order(app, door, &order, &instance, idempotency_key, source).await {
        // Somebody was first by a hair; now their order can be seen.
        Err(StoreError::Conflict) => {
            store_order(app, door, &order, &instance, idempotency_key, source).await?
        }
        other => other?,
    };
    match placed {
        Placed::New(order) => Ok(Placement { order, created: true }),
        Placed::Same(order) => Ok(Placement { order, created: false }),
        Placed::KeyReused => Err(Problem::IdempotencyKeyReused),
        Placed::ReferenceReused(_) => {
            Err(Problem::ReferenceReused { reference: order.reference.clone() })
        }
        Placed::Refused(refusal) => Err(refusal.into()),
    }
}

async fn store_order(
    app: &App,
    door: &DistributorStore,
    order: &Order,
    instance: &Instance,
    idempotency_key: Option<&str>,
    source: Source,
) -> Result<Placed, StoreError> {
    let now = app.clock.now();
    let new = NewOrder {
        id: OrderId::fresh(&*app.chance, now),
        reference: order.reference.clone(),
        source,
        instance: instance.id.clone(),
        customer: CustomerId::fresh(&*app.chance, now),
        subscription: SubscriptionId::fresh(&*app.chance, now),
        secret: new_secret(app, now),
        domain: order.customer.domain.to_string(),
        organization: order.customer.organization.clone(),
        body_hash: meaning_hash(order),
        idempotency_key: idempotency_key.map(str::to_owned),
    };
    let command = Command::Order {
        id: new.id.clone(),
        order: Box::new(order.clone()),
        instance: instance.id.clone(),
        subscription: new.subscription.clone(),
        secret: new.secret.id.clone(),
    };
    door.place_order(&new, now, |desired| accept(desired, &command, &app.catalog)).await
}

/// A first password and the one-time link to it. Both leave this function sealed only.
fn new_secret(app: &App, now: Timestamp) -> NewSecret {
    let chance = &*app.chance;
    let id = SecretId::fresh(chance, now);
    let link = token(chance);
    let place = |column| Place { table: "secret", column, row: id.as_str() };
    NewSecret {
        password: app.sealer.seal(chance, place("password"), &password(chance)),
        link_hash: token_hash(&link),
        link: app.sealer.seal(chance, place("link"), &SecretString::from(link)),
        expires_at: now.plus_ms(PASSWORD_LINK_MS_MAX),
        id,
    }
}

/// What an order means: two bodies with the same meaning are the same order, whatever their white
/// space, the order of their members and whether an empty text was written or left out.
fn meaning_hash(order: &Order) -> String {
    #[derive(Serialize)]
    struct Meaning<'a> {
        reference: &'a str,
        instance: &'a str,
        customer: &'a DesiredCustomer,
        admin_user_name: &'a str,
        sku: &'a str,
        payment_plan: PaymentPlan,
        seats: u32,
    }
    let Order { reference, instance, customer, admin_user_name, sku, payment_plan, seats } = order;
    let meaning = Meaning {
        reference,
        instance,
        customer,
        admin_user_name,
        sku,
        payment_plan: *payment_plan,
        seats: *seats,
    };
    let text = serde_json::to_vec(&meaning).expect("our own types serialise");
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn unknown_instance(door: &DistributorStore, named: &str) -> Result<Problem, StoreError> {
    let instances = door.instances().await?;
    let names: Vec<_> = instances.iter().map(|instance| instance.system_name.as_str()).collect();
    let detail = if names.is_empty() {
        "There is no instance yet; add one in the console under Applications Setup.".to_owned()
    } else {
        let shown = names.iter().take(10).copied().collect::<Vec<_>>().join(", ");
        format!(
            "There is no instance {named}. Give an instance's id or System Name, such as: {shown}."
        )
    };
    let fault = Fault { pointer: "/instance".into(), code: "instance_unknown", detail };
    Ok(Problem::InvalidOrder(vec![fault]))
}
