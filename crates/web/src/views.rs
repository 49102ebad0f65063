//! What callers and pages are shown of orders, customers, subscriptions and instances: plain structs,
//! computed once from what is stored. Never a secret, never the id of one, never a database.

mod observed;
mod summary;
mod timeline;
mod wish;

pub use observed::{
    AdminView, GoogleCustomerView, GoogleSubscriptionView, ObservedView, SightView, WelcomeView,
};
pub use summary::{CustomerSummary, OrderSummary};
pub use timeline::{CallView, TimelineLine, TimelineView};
pub use wish::{AddressView, ContactView, DesiredAdminView, DesiredSubscriptionView, DesiredView};

use crate::app::App;
use domain::ids::SubscriptionId;
use domain::step::{Blocker, Plan, Step};
use domain::time::Timestamp;
use serde::Serialize;
use store::{Customer, Instance, InstanceState, OrderRecord};
use utoipa::ToSchema;

/// One end customer: what is wished for, what Google showed, what comes next and what it waits for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerView {
    #[schema(example = "cus_01jzq3k5v8x9y2m4n6p7r8s9t0")]
    pub id: String,
    #[schema(example = "acme.example")]
    pub domain: String,
    pub organization: String,
    pub instance: InstanceRef,
    /// `provisioning`, `blocked`, `awaiting_terms`, `suspended` or `active`.
    #[schema(example = "active")]
    pub standing: &'static str,
    /// The same for people.
    pub standing_title: &'static str,
    /// Counts the accepted commands of this customer; the first order makes it 1.
    pub generation: i64,
    /// The generation that was last fully reached at Google; 0 before the first.
    pub converged_generation: i64,
    pub desired: DesiredView,
    pub observed: ObservedView,
    pub plan: PlanView,
    /// Why something waits. Those with `holds_back` false only tell that a person outside has to act.
    pub blockers: Vec<BlockerView>,
    /// When the customer is taken up next (RFC 3339, UTC); none while it is being worked on, and when
    /// only a change wakes it.
    pub next_turn_at: Option<String>,
    /// Why the last turn did not get on.
    pub last_error: Option<String>,
    pub created_at: String,
    pub links: Links,
}

/// The reseller account a customer is served through.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstanceRef {
    pub id: String,
    pub system_name: String,
    /// `not_authenticated`, `authenticated`, `consent_lost` or `disconnected`.
    pub state: &'static str,
}

impl InstanceRef {
    #[must_use]
    pub fn new(instance: &Instance) -> InstanceRef {
        InstanceRef {
            id: instance.id.to_string(),
            system_name: instance.system_name.clone(),
            state: instance.state.name(),
        }
    }
}

/// What would be done now, in order, and what follows.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    pub steps: Vec<StepView>,
    /// Names of the steps that follow once those above are done.
    pub later: Vec<String>,
}

/// One call to Google.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepView {
    #[schema(example = "create_customer")]
    pub name: &'static str,
    pub sentence: String,
    /// False means money or data: it can't be taken back.
    pub reversible: bool,
}

impl StepView {
    fn new(step: &Step) -> StepView {
        StepView { name: step.name(), sentence: step.sentence(), reversible: step.reversible() }
    }
}

/// Why something waits, who can do something about it, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerView {
    /// Stable; `/errors/{code}` explains it.
    #[schema(example = "terms_not_accepted")]
    pub code: &'static str,
    pub sentence: String,
    /// What to do next.
    pub action: String,
    /// Who can do it: `operator`, `customer_admin`, `google` or `nobody`.
    #[schema(example = "customer_admin")]
    pub who: &'static str,
    /// The same for people.
    pub who_title: &'static str,
    /// Whether it may pass without anybody doing anything.
    pub waiting_helps: bool,
    /// Whether something of ours is still undone because of it.
    pub holds_back: bool,
}

impl BlockerView {
    #[must_use]
    pub fn new(blocker: &Blocker) -> BlockerView {
        let explanation = planner::explain(blocker);
        BlockerView {
            code: explanation.code,
            sentence: explanation.sentence,
            action: explanation.action,
            who: explanation.who.name(),
            who_title: explanation.who.title(),
            waiting_helps: explanation.waiting_helps,
            holds_back: blocker.holds_back(),
        }
    }
}

/// Where to read on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Links {
    #[serde(rename = "self")]
    pub itself: String,
    pub customer: String,
    pub timeline: String,
    pub instance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
}

impl Links {
    fn new(itself: String, customer: &Customer) -> Links {
        let path = format!("/v1/customers/{}", customer.id);
        Links {
            itself,
            timeline: format!("{path}/timeline"),
            customer: path,
            instance: format!("/v1/instances/{}", customer.desired.instance),
            subscription: None,
        }
    }
}

impl CustomerView {
    #[must_use]
    pub fn new(app: &App, customer: &Customer, instance: &Instance) -> CustomerView {
        let plan = plan_of(app, customer);
        let converged = customer.work.converged;
        let standing = planner::standing(&customer.desired, &plan, converged);
        let wanted = &customer.desired.customer;
        let links = Links::new(format!("/v1/customers/{}", customer.id), customer);
        CustomerView {
            id: customer.id.to_string(),
            domain: wanted.domain.to_string(),
            organization: wanted.organization.clone(),
            instance: InstanceRef::new(instance),
            standing: standing.name(),
            standing_title: standing.title(),
            generation: customer.desired.generation,
            converged_generation: converged,
            desired: DesiredView::new(&customer.desired, &app.catalog),
            observed: ObservedView::new(&customer.observed),
            blockers: plan.blocked.iter().map(BlockerView::new).collect(),
            plan: PlanView {
                steps: plan.steps.iter().map(StepView::new).collect(),
                later: plan.later,
            },
            next_turn_at: next_turn_at(customer.work.due_at),
            last_error: customer.work.error.clone(),
            created_at: customer.created_at.rfc3339(),
            links,
        }
    }
}

/// What is to be done, and what waits: without a credential of its instance, all that is left.
pub(crate) fn plan_of(app: &App, customer: &Customer) -> Plan {
    let Customer { id, desired, observed, .. } = customer;
    let mut plan = planner::plan(id, desired, observed, &app.catalog);
    if !customer.connected && !plan.is_done() {
        let instance = desired.instance.clone();
        plan.blocked.insert(0, Blocker::InstanceNotAuthenticated { instance });
    }
    plan
}

fn next_turn_at(due_at: Timestamp) -> Option<String> {
    (due_at < Timestamp::NEVER).then(|| due_at.rfc3339())
}

/// One order and where its customer stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    #[schema(example = "ord_01jzq3k5v8x9y2m4n6p7r8s9t0")]
    pub id: String,
    /// The caller's own id of this order.
    pub reference: String,
    pub created_at: String,
    /// Through which door it came: `api` or `console`.
    pub source: &'static str,
    pub standing: &'static str,
    pub standing_title: &'static str,
    pub customer: CustomerRef,
    /// The id of the subscription that was ordered.
    pub subscription: String,
    pub instance: InstanceRef,
    pub generation: i64,
    pub converged_generation: i64,
    pub desired: DesiredView,
    pub observed: ObservedView,
    pub plan: PlanView,
    pub blockers: Vec<BlockerView>,
    pub links: Links,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerRef {
    pub id: String,
    pub domain: String,
    pub organization: String,
}

impl OrderView {
    #[must_use]
    pub fn new(app: &App, order: &OrderRecord, customer: &Customer, instance: &Instance) -> Self {
        let view = CustomerView::new(app, customer, instance);
        let links = Links::new(format!("/v1/orders/{}", order.id), customer);
        let subscription = Some(format!("/v1/subscriptions/{}", order.subscription));
        OrderView {
            id: order.id.to_string(),
            reference: order.reference.clone(),
            created_at: order.created_at.rfc3339(),
            source: order.source.name(),
            standing: view.standing,
            standing_title: view.standing_title,
            customer: CustomerRef {
                id: view.id,
                domain: view.domain,
                organization: view.organization,
            },
            subscription: order.subscription.to_string(),
            instance: view.instance,
            generation: view.generation,
            converged_generation: view.converged_generation,
            desired: view.desired,
            observed: view.observed,
            plan: view.plan,
            blockers: view.blockers,
            links: Links { subscription, ..links },
        }
    }
}

/// One subscription of a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Subscription)]
pub struct SubscriptionView {
    /// Ours, and stable; Google's own id is under `observed` and may change.
    #[schema(example = "sub_01jzq3k5v8x9y2m4n6p7r8s9t0")]
    pub id: String,
    pub customer: CustomerRef,
    pub instance: InstanceRef,
    pub standing: &'static str,
    pub standing_title: &'static str,
    pub generation: i64,
    pub converged_generation: i64,
    pub desired: DesiredSubscriptionView,
    pub observed: SightView<GoogleSubscriptionView>,
    /// What is left to do for the whole customer; a subscription can't be had without the rest.
    pub plan: PlanView,
    pub blockers: Vec<BlockerView>,
    pub links: Links,
}

impl SubscriptionView {
    /// None when the customer has no such subscription.
    #[must_use]
    pub fn new(
        app: &App,
        id: &SubscriptionId,
        customer: &Customer,
        instance: &Instance,
    ) -> Option<SubscriptionView> {
        let wanted = customer.desired.subscriptions.get(id)?;
        let view = CustomerView::new(app, customer, instance);
        Some(SubscriptionView {
            id: id.to_string(),
            customer: CustomerRef {
                id: view.id,
                domain: view.domain,
                organization: view.organization,
            },
            instance: view.instance,
            standing: view.standing,
            standing_title: view.standing_title,
            generation: view.generation,
            converged_generation: view.converged_generation,
            desired: DesiredSubscriptionView::new(id, wanted, &app.catalog),
            observed: GoogleSubscriptionView::sight(customer.observed.subscriptions.get(id)),
            plan: view.plan,
            blockers: view.blockers,
            links: Links::new(format!("/v1/subscriptions/{id}"), customer),
        })
    }
}

/// One configured reseller account. The client secret is write-only and never shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Instance)]
pub struct InstanceView {
    #[schema(example = "ins_01jzq3k5v8x9y2m4n6p7r8s9t0")]
    pub id: String,
    pub system_name: String,
    pub client_id: String,
    /// `not_authenticated`, `authenticated`, `consent_lost` or `disconnected`.
    pub state: &'static str,
    /// The Google account that gave the consent in force, or the last one that did.
    pub account: Option<String>,
    pub scopes: Vec<String>,
    pub authenticated_at: Option<String>,
    /// When and why the consent ended, for an instance that had one.
    pub ended_at: Option<String>,
    pub end_reason: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

impl InstanceView {
    #[must_use]
    pub fn new(instance: &Instance) -> InstanceView {
        let credential = match &instance.state {
            InstanceState::NotAuthenticated => None,
            InstanceState::Authenticated(credential)
            | InstanceState::ConsentLost(credential)
            | InstanceState::Disconnected(credential) => Some(credential),
        };
        InstanceView {
            id: instance.id.to_string(),
            system_name: instance.system_name.clone(),
            client_id: instance.client_id.clone(),
            state: instance.state.name(),
            account: credential.map(|credential| credential.account_email.clone()),
            scopes: credential.map(|credential| credential.scopes.clone()).unwrap_or_default(),
            authenticated_at: credential.map(|credential| credential.granted_at.rfc3339()),
            ended_at: credential.and_then(|credential| credential.ended_at).map(Timestamp::rfc3339),
            end_reason: credential.and_then(|credential| credential.end_reason.clone()),
            created_at: instance.created_at.rfc3339(),
            updated_at: instance.updated_at.rfc3339(),
        }
    }
}
