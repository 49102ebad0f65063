//! What exists at Google in the end, read from the sandbox itself, and where to look at it.

use super::order::Placed;
use crate::failure::{Exit, Failure, Result};
use sandbox::{Sandbox, World};
use serde_json::{Value, json};

/// What the sandbox holds of one customer.
pub struct AtGoogle(Value);

/// Reads it.
///
/// # Errors
/// `demo_incomplete`, naming what is missing.
pub fn at_google(sandbox: &Sandbox, placed: &Placed) -> Result<AtGoogle> {
    sandbox.inspect(|world| read(world, &placed.domain)).map(AtGoogle).map_err(|missing| {
        Failure::new(
            Exit::Failed,
            "demo_incomplete",
            format!("Missing at Google in the end: {missing}."),
            "Read seatwright.log in the demo's directory.",
        )
    })
}

fn read(world: &World, domain: &str) -> std::result::Result<Value, &'static str> {
    let customer = world.customer(domain).ok_or("the customer")?;
    let admin = world.users_of(&customer.id).next().ok_or("the first admin")?;
    if !admin.is_admin {
        return Err("the admin role");
    }
    let subscription = world.subscriptions_of(&customer.id).next().ok_or("the subscription")?;
    let link_to = |mail: &&sandbox::world::Mail| mail.text.contains(domain);
    let mail = world.mails.iter().rev().find(link_to).ok_or("the welcome mail")?;
    let link = mail.text.split_whitespace().find(|word| word.contains("/welcome/"));
    Ok(json!({
        "customer": {"id": customer.id, "domain": customer.domain},
        "admin": {"email": admin.primary_email, "super_admin": admin.is_admin},
        "subscription": {
            "id": subscription.id, "sku": subscription.sku_id, "plan": subscription.plan,
            "seats": subscription.seats, "status": subscription.status(),
            "purchase_order_id": subscription.purchase_order_id,
        },
        "mail": {
            "from": mail.from, "to": mail.recipients, "subject": mail.subject,
            "link": link.ok_or("the one-time link in the mail")?,
        },
    }))
}

impl AtGoogle {
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// For people.
    pub fn words(&self) -> String {
        let text = |pointer: &str| {
            let value = self.0.pointer(pointer).unwrap_or(&Value::Null);
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        format!(
            "At Google there is now\n  \
             Customer      {} ({})\n  \
             Admin         {}, super admin\n  \
             Subscription  {}: SKU {}, {} seats, {}, {}\n  \
             Mail          \"{}\" to {}\n  \
             Password      open once: {}",
            text("/customer/domain"),
            text("/customer/id"),
            text("/admin/email"),
            text("/subscription/id"),
            text("/subscription/sku"),
            text("/subscription/seats"),
            text("/subscription/plan"),
            text("/subscription/status"),
            text("/mail/subject"),
            text("/mail/to/0"),
            text("/mail/link"),
        )
    }
}
