//! An order as a BSS or the console sends it: read from JSON, checked by Google's own rules, every
//! fault at once. Stores nothing.

use crate::catalog::{Catalog, PaymentPlan, TRIAL_SEATS_MAX};
use crate::desired::{Address, Contact, DesiredCustomer};
use crate::fields::{Fault, Fields};
use crate::names::{DomainFault, DomainName, EmailAddress};
use crate::place::{is_country, is_postal_code};
use serde_json::Value;

/// A checked order for a new customer with one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The caller's own id of this order, 1 to 80 characters, unique within the distributor.
    pub reference: String,
    /// An instance's id or System Name, not looked up yet.
    pub instance: String,
    pub customer: DesiredCustomer,
    pub admin_user_name: String,
    pub sku: String,
    pub payment_plan: PaymentPlan,
    pub seats: u32,
}

/// Google's limit for every address field, in characters. Source: google-semantics.md §2.2.
const ADDRESS_FIELD_MAX: usize = 255;
/// The stricter of two documented limits. Source: google-semantics.md §3.2 [X].
const NAME_MAX: usize = 40;
const REFERENCE_MAX: usize = 80;
/// A mailbox name's limit by RFC 5321.
const USER_NAME_MAX: usize = 64;

/// Reads and checks an order.
///
/// # Errors
/// Everything wrong with it, each with a JSON pointer and a stable code, in the order of the body.
pub fn read(body: &Value, catalog: &Catalog) -> Result<Order, Vec<Fault>> {
    let mut fields = Fields::root(body);
    let reference = fields.text("reference", 1, REFERENCE_MAX);
    let instance = fields.text("instance", 1, 100);
    let (customer, admin_user_name) = read_customer(&mut fields.object("customer"));
    let subscription = read_subscription(&mut fields.object("subscription"), catalog);
    fields.nothing_else();
    let faults = fields.into_faults();
    match (customer, subscription) {
        (Some(customer), Some((sku, payment_plan, seats))) if faults.is_empty() => {
            Ok(Order { reference, instance, customer, admin_user_name, sku, payment_plan, seats })
        }
        _ => Err(faults),
    }
}

fn read_customer(fields: &mut Fields<'_>) -> (Option<DesiredCustomer>, String) {
    let domain = read_domain(fields);
    let organization = fields.text("organization", 1, ADDRESS_FIELD_MAX);
    let contact = read_contact(&mut fields.object("contact"));
    let alternate_email = read_alternate_email(fields, domain.as_ref());
    let address = read_address(&mut fields.object("address"));
    let mut admin = fields.object("admin");
    let user_name = admin.text("user_name", 1, USER_NAME_MAX).to_ascii_lowercase();
    if !user_name.is_empty() && !is_user_name(&user_name) {
        admin.fault(
            "user_name",
            "user_name_invalid",
            "Use letters, digits, '-', '_' and '.', not starting or ending with a dot and with no \
             two dots in a row.",
        );
    }
    admin.nothing_else();
    drop(admin);
    fields.nothing_else();
    let customer = domain.zip(alternate_email).map(|(domain, alternate_email)| DesiredCustomer {
        domain,
        organization,
        contact,
        alternate_email,
        address,
    });
    (customer, user_name)
}

fn read_domain(fields: &mut Fields<'_>) -> Option<DomainName> {
    let text = fields.text("domain", 1, 253);
    if text.is_empty() {
        return None;
    }
    let fault = match DomainName::parse(&text) {
        Ok(domain) => return Some(domain),
        Err(fault) => fault,
    };
    let (code, detail) = match fault {
        DomainFault::NotAscii { ascii: Some(ascii) } => {
            ("domain_not_ascii", format!("Write the domain in its ASCII form: {ascii}"))
        }
        DomainFault::NotAscii { ascii: None } => {
            ("domain_not_ascii", "Write the domain in its ASCII form (xn--…).".to_owned())
        }
        DomainFault::UpperCase => (
            "domain_upper_case",
            format!("Write the domain in lower case: {}", text.to_ascii_lowercase()),
        ),
        DomainFault::TrailingDot => {
            ("domain_trailing_dot", "Leave out the dot at the end.".to_owned())
        }
        DomainFault::Www => {
            ("domain_with_www", format!("Leave out www: {}", text.trim_start_matches("www.")))
        }
        DomainFault::Malformed => {
            ("domain_invalid", "Give a domain name such as acme.example.".to_owned())
        }
    };
    fields.fault("domain", code, detail);
    None
}

fn read_contact(fields: &mut Fields<'_>) -> Contact {
    let given_name = fields.text("given_name", 1, NAME_MAX);
    let family_name = fields.text("family_name", 1, NAME_MAX);
    let phone = Some(fields.optional("phone", 20)).filter(|phone| !phone.is_empty());
    if phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
        // Google drops an invalid number without a word. Source: google-semantics.md §2.2.
        fields.fault(
            "phone",
            "phone_invalid",
            "Write the number with + and country code, digits only, such as +442071234567.",
        );
    }
    fields.nothing_else();
    Contact { given_name, family_name, phone }
}

fn read_alternate_email(
    fields: &mut Fields<'_>,
    domain: Option<&DomainName>,
) -> Option<EmailAddress> {
    let text = fields.text("alternate_email", 1, 254);
    if text.is_empty() {
        return None;
    }
    let Some(address) = EmailAddress::parse(&text) else {
        fields.fault(
            "alternate_email",
            "email_invalid",
            "Give an address such as ada@other.example.",
        );
        return None;
    };
    if domain.is_some_and(|domain| domain.holds(&address)) {
        // Source: google-semantics.md §2.4 {R-ERR}.
        fields.fault(
            "alternate_email",
            "alternate_email_on_domain",
            "Give an address outside the ordered domain: mail to the new domain can't arrive yet.",
        );
        return None;
    }
    Some(address)
}

fn read_address(fields: &mut Fields<'_>) -> Address {
    let address = Address {
        line1: fields.optional("line1", ADDRESS_FIELD_MAX),
        line2: fields.optional("line2", ADDRESS_FIELD_MAX),
        line3: fields.optional("line3", ADDRESS_FIELD_MAX),
        locality: fields.optional("locality", ADDRESS_FIELD_MAX),
        region: fields.optional("region", ADDRESS_FIELD_MAX),
        postal_code: fields.text("postal_code", 1, ADDRESS_FIELD_MAX),
        country_code: fields.text("country_code", 1, 2),
    };
    let Address { postal_code, country_code, .. } = &address;
    if country_code.chars().count() == 1
        || (country_code.chars().count() == 2 && !is_country(country_code))
    {
        let detail = if country_code == "UK" {
            "The United Kingdom is GB."
        } else {
            "Give the two-letter ISO 3166 code in capitals, such as GB."
        };
        fields.fault("country_code", "country_code_unknown", detail);
    } else if !postal_code.is_empty()
        && is_country(country_code)
        && !is_postal_code(country_code, postal_code)
    {
        let detail = format!("{postal_code} can't be a postal code in {country_code}.");
        fields.fault("postal_code", "postal_code_invalid", detail);
    }
    fields.nothing_else();
    address
}

fn read_subscription(
    fields: &mut Fields<'_>,
    catalog: &Catalog,
) -> Option<(String, PaymentPlan, u32)> {
    let sku_id = fields.text("sku", 1, 100);
    let plan_name = fields.text("payment_plan", 1, 40);
    let seats = fields.whole_number("seats");
    fields.nothing_else();
    let sku = catalog.sku(&sku_id);
    if !sku_id.is_empty() && sku.is_none() {
        fields.fault("sku", "sku_unknown", "This SKU is not in the catalogue.");
    }
    if let Some(needed) = sku.and_then(|sku| sku.needs) {
        let detail = format!("This is an add-on. A new customer needs {needed} first.");
        fields.fault("sku", "sku_needs_another", detail);
    }
    let plan = PaymentPlan::ALL.into_iter().find(|plan| plan.name() == plan_name);
    if !plan_name.is_empty() && plan.is_none() {
        let names = PaymentPlan::ALL.map(PaymentPlan::name).join(", ");
        fields.fault("payment_plan", "payment_plan_unknown", format!("Give one of {names}."));
    }
    let (sku, plan, seats) = (sku?, plan?, seats?);
    if !sku.payment_plans.contains(&plan) {
        let names: Vec<_> = sku.payment_plans.iter().map(|plan| plan.name()).collect();
        let detail = format!("{} is sold as {}.", sku.name, names.join(", "));
        fields.fault("payment_plan", "payment_plan_not_sold", detail);
    }
    let seats_max =
        if plan == PaymentPlan::Trial { TRIAL_SEATS_MAX.min(sku.seats_max) } else { sku.seats_max };
    match u32::try_from(seats) {
        Ok(seats) if (1..=seats_max).contains(&seats) => Some((sku_id, plan, seats)),
        _ => {
            let detail = format!("Give a number of seats from 1 to {seats_max}.");
            fields.fault("seats", "seats_out_of_range", detail);
            None
        }
    }
}

/// Source: google-semantics.md §3.2 {DIR-USERS}.
fn is_user_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

/// E.164: a plus, then 7 to 15 digits not starting with zero.
fn is_phone(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}
