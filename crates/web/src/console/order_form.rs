//! The order form. A field's name is the JSON pointer of what it stands for, so that a form and a BSS
//! send the same body and faults find their fields.

use super::form::{Choice, ChoiceGroup, FaultLine, Field, OperatorForm, Sent};
use super::page::{Failure, Frame, go, html, html_with};
use super::session::Operator;
use crate::app::App;
use crate::intake;
use crate::problem::Problem;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::catalog::{Catalog, PaymentPlan};
use domain::fields::Fault;
use domain::ids::token;
use domain::place::countries;
use serde_json::{Value, json};
use store::{Instance, Source};

const SEATS: &str = "/subscription/seats";

/// Fields that belong together.
struct Group {
    title: &'static str,
    text: &'static str,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "order_new.html")]
struct OrderFormPage {
    frame: Frame,
    faults: Vec<FaultLine>,
    any_instance: bool,
    idempotency_key: String,
    groups: Vec<Group>,
}

impl OrderFormPage {
    async fn new(
        app: &App,
        operator: &Operator,
        sent: Option<&Sent>,
        faults: &[Fault],
        idempotency_key: String,
    ) -> Result<OrderFormPage, Failure> {
        let instances = operator.door.instances().await?;
        let mut groups = groups(&app.catalog, &instances);
        for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
            if let Some(sent) = sent {
                field.value = sent.text(field.name).to_owned();
            }
            let own = faults.iter().filter(|fault| fault.pointer == field.name);
            field.faults = own.map(|fault| fault.detail.clone()).collect();
        }
        let known: Vec<_> = groups.iter().flat_map(|group| &group.fields).collect();
        let elsewhere = faults
            .iter()
            .filter(|fault| known.iter().all(|field| field.name != fault.pointer))
            .map(|fault| FaultLine { text: fault.detail.clone(), href: String::new() });
        let faults = known.iter().flat_map(|field| field.fault_lines()).chain(elsewhere).collect();
        let frame = Frame::of(operator, "orders", "New order").under(&[("Orders", "/orders")]);
        let any_instance = !instances.is_empty();
        Ok(OrderFormPage { frame, faults, any_instance, idempotency_key, groups })
    }
}

fn groups(catalog: &Catalog, instances: &[Instance]) -> Vec<Group> {
    vec![
        Group {
            title: "Order",
            text: "What you call it, and which reseller account it goes through.",
            fields: vec![
                Field::new("/reference", "Reference")
                    .max(80)
                    .hint("Your own id of this order. Unique within your distributor."),
                instance_field(instances),
            ],
        },
        Group { title: "Customer", text: "Whom it is for.", fields: customer_fields() },
        Group { title: "Address", text: "Where the customer is.", fields: address_fields() },
        Group {
            title: "First admin",
            text: "Is made at Google; the password goes to the alternate e-mail by a one-time link.",
            fields: vec![
                Field::new("/customer/admin/user_name", "Admin user name")
                    .max(64)
                    .value("admin")
                    .hint("The part before @ of the sign-in address.")
                    .plain(),
            ],
        },
        Group {
            title: "Subscription",
            text: "What is bought at Google.",
            fields: subscription_fields(catalog),
        },
    ]
}

fn customer_fields() -> Vec<Field> {
    vec![
        Field::new("/customer/domain", "Domain")
            .max(253)
            .hint("Such as acme.example, without www.")
            .plain(),
        Field::new("/customer/organization", "Organization").max(255),
        Field::new("/customer/contact/given_name", "Given name").max(40),
        Field::new("/customer/contact/family_name", "Family name").max(40),
        Field::new("/customer/contact/phone", "Phone")
            .kind("tel", "off")
            .max(20)
            .hint("With + and country code, digits only, such as +442071234567.")
            .optional(),
        Field::new("/customer/alternate_email", "Alternate e-mail")
            .kind("email", "off")
            .max(254)
            .hint("Outside the ordered domain: the welcome mail goes there.")
            .plain(),
    ]
}

fn address_fields() -> Vec<Field> {
    let country = countries().map(|code| Choice { value: code.into(), title: code.into() });
    let countries = ChoiceGroup { title: "", choices: country.collect() };
    vec![
        Field::new("/customer/address/line1", "Address line 1").max(255).optional().full(),
        Field::new("/customer/address/locality", "City").max(255).optional(),
        Field::new("/customer/address/region", "Region").max(255).optional(),
        Field::new("/customer/address/postal_code", "Postal code").max(255).plain(),
        Field::new("/customer/address/country_code", "Country").choices(vec![countries]),
    ]
}

fn subscription_fields(catalog: &Catalog) -> Vec<Field> {
    let sku = |sku: &domain::catalog::Sku| Choice {
        value: sku.id.to_owned(),
        title: format!("{} ({})", sku.name, sku.id),
    };
    let plan = |plan: PaymentPlan| Choice { value: plan.name().into(), title: plan.title().into() };
    let skus = ChoiceGroup { title: "", choices: catalog.first_skus().map(sku).collect() };
    let plans = ChoiceGroup { title: "", choices: PaymentPlan::ALL.map(plan).into() };
    vec![
        Field::new("/subscription/sku", "SKU").choices(vec![skus]).third(),
        Field::new("/subscription/payment_plan", "Payment plan").choices(vec![plans]).third(),
        Field::new(SEATS, "Seats").kind("number", "off").third(),
    ]
}

/// The instances, those that can order at once first.
fn instance_field(instances: &[Instance]) -> Field {
    let choices = |ready: bool| {
        let of = instances.iter().filter(|instance| instance.state.credential().is_some() == ready);
        let choice = |instance: &Instance| Choice {
            value: instance.id.to_string(),
            title: instance.system_name.clone(),
        };
        of.map(choice).collect::<Vec<_>>()
    };
    let groups = [
        ChoiceGroup { title: "Authenticated", choices: choices(true) },
        ChoiceGroup { title: "Not authenticated: orders wait", choices: choices(false) },
    ];
    let mut groups: Vec<_> = groups.into_iter().filter(|group| !group.choices.is_empty()).collect();
    let only = match &groups[..] {
        [only] if only.choices.len() == 1 => only.choices[0].value.clone(),
        _ => String::new(),
    };
    if groups.is_empty() {
        groups.push(ChoiceGroup { title: "", choices: Vec::new() });
    }
    Field::new("/instance", "Instance").value(only).choices(groups)
}

pub async fn show(State(app): State<App>, operator: Operator) -> Result<Response, Failure> {
    let key = token(&*app.chance);
    html(&OrderFormPage::new(&app, &operator, None, &[], key).await?)
}

/// Takes the form through the same intake as the API. Sent twice, it is one order.
pub async fn place(
    State(app): State<App>,
    OperatorForm(operator, sent): OperatorForm,
) -> Result<Response, Failure> {
    let body = body(&sent);
    let key = sent.text("idempotency_key");
    let is_key = key.len() == 43 && key.bytes().all(|b| b.is_ascii_graphic());
    let key = if is_key { key.to_owned() } else { token(&*app.chance) };
    let door = &operator.door;
    let problem = match intake::place(&app, door, &body, Some(&key), Source::Console).await {
        Ok(placement) => {
            let order = door.order(&placement.order).await?.ok_or(Problem::Internal)?;
            let done = if placement.created { "ordered" } else { "seen" };
            return Ok(go(&format!("/customers/{}?done={done}", order.customer)));
        }
        Err(problem) => problem,
    };
    let status = problem.status();
    if status.is_server_error() {
        return Err(Failure(problem));
    }
    let again = if problem == Problem::IdempotencyKeyReused { token(&*app.chance) } else { key };
    let faults = faults(&problem);
    let page = OrderFormPage::new(&app, &operator, Some(&sent), &faults, again).await?;
    html_with(status, &page)
}

/// What is wrong, each at the field it is about.
fn faults(problem: &Problem) -> Vec<Fault> {
    let pointer = match problem {
        Problem::InvalidOrder(faults) => return faults.clone(),
        Problem::ReferenceReused { .. } => "/reference",
        Problem::CustomerExists { .. } => "/customer/domain",
        Problem::IdempotencyKeyReused => {
            let detail = "This form was sent before with other contents, and that order is in. \
                          Place it again only if this is to be one more order.";
            return vec![fault("", problem.code(), detail.to_owned())];
        }
        _ => "",
    };
    vec![fault(pointer, problem.code(), problem.detail())]
}

fn fault(pointer: &str, code: &'static str, detail: String) -> Fault {
    Fault { pointer: pointer.to_owned(), code, detail }
}

/// The same body a BSS sends.
fn body(sent: &Sent) -> Value {
    let text = |pointer: &str| Value::from(sent.text(pointer));
    let seats = sent.text(SEATS).trim();
    let seats = match seats.parse::<i64>() {
        Ok(number) => Value::from(number),
        Err(_) if seats.is_empty() => Value::Null,
        Err(_) => Value::from(seats),
    };
    json!({
        "reference": text("/reference"),
        "instance": text("/instance"),
        "customer": {
            "domain": text("/customer/domain"),
            "organization": text("/customer/organization"),
            "contact": {
                "given_name": text("/customer/contact/given_name"),
                "family_name": text("/customer/contact/family_name"),
                "phone": text("/customer/contact/phone"),
            },
            "alternate_email": text("/customer/alternate_email"),
            "address": {
                "line1": text("/customer/address/line1"),
                "locality": text("/customer/address/locality"),
                "region": text("/customer/address/region"),
                "postal_code": text("/customer/address/postal_code"),
                "country_code": text("/customer/address/country_code"),
            },
            "admin": {"user_name": text("/customer/admin/user_name")},
        },
        "subscription": {
            "sku": text("/subscription/sku"),
            "payment_plan": text("/subscription/payment_plan"),
            "seats": seats,
        },
    })
}
