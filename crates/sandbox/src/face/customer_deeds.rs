//! What can be done about one customer, from its form to the sandbox: the customer's own people, its seller, Google.
//! Never: how a page shows it.

use std::collections::BTreeSet;

use super::form::{Deed, Done, Refusal, Sent};
use super::overview::advance_to;
use super::words;
use crate::outside::{CustomerDetails, NewSubscription, NewUser};
use crate::reseller::rules::is_address;
use crate::sandbox::Sandbox;
use crate::world::PlanName;

/// Source: google-semantics.md §2.16 {R-LIM}
const SEATS_MAX: i64 = 50_000;
/// A begin further back would lie before Google Workspace.
const AGE_DAYS_MAX: i64 = 3650;

/// A customer of this sandbox, by id.
pub(super) struct On {
    pub(super) sandbox: Sandbox,
    pub(super) id: String,
}

/// Where on the page one is taken afterwards.
pub(super) fn place_after(deed: &str, sent: &Sent) -> String {
    match deed {
        "change_seats" | "change_plan" | "change_renewal" | "propose" | "suspend" | "cancel" => {
            super::subscription::place_of(sent.of())
        }
        "add_subscription" | "advance_to" => "subscriptions".to_owned(),
        "make_token" | "hand_over" | "billing" => "transfer".to_owned(),
        "add_user" | "add_consumer" | "restore_user" => "users".to_owned(),
        "add_domain" | "add_alias" | "verify_domain" | "make_primary" | "remove_domain"
        | "publish" | "withdraw" => "domains".to_owned(),
        "reseller_access" | "api_access" | "auto_licensing" | "gmail_apps" => "switches".to_owned(),
        _ => String::new(),
    }
}

pub(super) const DEEDS: &[Deed<On>] = &[
    Deed {
        name: super::customer::MADE,
        play: |_, _| Err(Refusal::at("", "That is done on the page of all customers.")),
        done: "The customer exists. Give it subscriptions and an administrator here.",
    },
    Deed {
        name: super::user::REMOVED,
        play: |_, _| Err(Refusal::at("", "That is done on the user's page.")),
        done: "The user is deleted. A client may bring it back for 20 days.",
    },
    Deed {
        name: "accept_terms",
        play: |on, _| Ok(on.sandbox.accept_terms(&on.id)?),
        done: "The customer's administrator has accepted Google's terms; what waited for that is active.",
    },
    Deed {
        name: "add_subscription",
        play: add_subscription,
        done: "The customer has bought that from whoever has it.",
    },
    Deed {
        name: "change_seats",
        play: change_seats,
        done: "Somebody has changed the seats, behind the API's back.",
    },
    Deed {
        name: "change_plan",
        play: change_plan,
        done: "Somebody has changed the plan, behind the API's back.",
    },
    Deed {
        name: "change_renewal",
        play: |on, sent| {
            let to = sent.text("renewal");
            on.sandbox.change_renewal(&on.id, sent.of(), to).map_err(Refusal::of("renewal"))
        },
        done: "Somebody has changed what happens at the end of the term.",
    },
    Deed {
        name: "propose",
        play: |on, sent| {
            let seats = seats(sent)?;
            on.sandbox.propose_seats(&on.id, sent.of(), seats).map_err(Refusal::of("seats"))
        },
        done: "The reseller has proposed that for the next term.",
    },
    Deed {
        name: "suspend",
        play: |on, sent| Ok(on.sandbox.suspend_by_google(&on.id, sent.of(), sent.is_on("on"))?),
        done: "Google has done as it pleased.",
    },
    Deed {
        name: "cancel",
        play: |on, sent| Ok(on.sandbox.cancel_subscription(&on.id, sent.of())?),
        done: "The subscription was cancelled, behind the API's back.",
    },
    Deed {
        name: "advance_to",
        play: |on, sent| advance_to(&on.sandbox, sent),
        done: "The clock was advanced to that moment; what was due by then has happened.",
    },
    Deed {
        name: "make_token",
        play: make_token,
        done: "The customer has made a transfer token. It stands below, to be handed to that reseller.",
    },
    Deed { name: "hand_over", play: hand_over, done: "The customer has gone, with all it has." },
    Deed {
        name: "billing",
        play: |on, _| Ok(on.sandbox.set_up_billing(&on.id)?),
        done: "The customer pays Google; nothing ends for want of it.",
    },
    Deed {
        name: super::customer::DELETED,
        play: |on, _| Ok(on.sandbox.delete_account(&on.id)?),
        done: "The account is deleted.",
    },
    Deed {
        name: "change_details",
        play: change_details,
        done: "Somebody has changed the customer's record in the console.",
    },
    Deed {
        name: super::customers::RESTORED,
        play: |_, _| Err(Refusal::at("", "That is done on the page of all customers.")),
        done: "The account is back, with all it had, under this new id.",
    },
    Deed {
        name: "restore_user",
        play: |on, sent| Ok(on.sandbox.restore_user(sent.of())?),
        done: "The administrator has brought the user back.",
    },
    Deed { name: "add_alias", play: add_alias, done: "The domain has another name now." },
    Deed {
        name: "remove_domain",
        play: |on, sent| Ok(on.sandbox.remove_domain(&on.id, sent.of())?),
        done: "The domain is gone.",
    },
    Deed {
        name: "gmail_apps",
        play: |on, sent| Ok(on.sandbox.set_gmail_apps(&on.id, sent.is_on("on"))?),
        done: "The administrator has switched Gmail apps.",
    },
    Deed { name: "add_user", play: add_user, done: "The user was made in the console." },
    Deed {
        name: "add_consumer",
        play: |on, sent| {
            let email = sent.needed("email", "an e-mail address")?;
            on.sandbox.add_consumer_account(email).map_err(Refusal::of("email"))
        },
        done: "A consumer has an account of their own with this address now.",
    },
    Deed { name: "add_domain", play: add_domain, done: "The domain was added in the console." },
    Deed {
        name: "verify_domain",
        play: |on, sent| Ok(on.sandbox.verify_domain(&on.id, sent.of())?),
        done: "The customer has proven that the domain is its own.",
    },
    Deed {
        name: "make_primary",
        play: |on, sent| Ok(on.sandbox.swap_primary_domain(&on.id, sent.of())?),
        done: "That is the primary domain now.",
    },
    Deed { name: "publish", play: publish, done: "The record is published." },
    Deed { name: "withdraw", play: withdraw, done: "The record is gone." },
    Deed {
        name: "reseller_access",
        play: |on, sent| Ok(on.sandbox.set_reseller_access(&on.id, sent.is_on("on"))?),
        done: "The customer has switched its reseller's access.",
    },
    Deed {
        name: "api_access",
        play: |on, sent| Ok(on.sandbox.set_api_access(&on.id, sent.is_on("on"))?),
        done: "The customer has switched API access.",
    },
    Deed {
        name: "auto_licensing",
        play: |on, sent| Ok(on.sandbox.set_auto_licensing(&on.id, sent.is_on("on"))?),
        done: "The customer has switched automatic licensing.",
    },
];

fn seats(sent: &Sent) -> Result<i32, Refusal> {
    let seats = sent.whole("seats", 1..=SEATS_MAX)?;
    Ok(i32::try_from(seats).unwrap_or(i32::MAX))
}

fn plan(sent: &Sent) -> Result<PlanName, Refusal> {
    let code = sent.text("plan");
    let found = words::PLANS.into_iter().find(|plan| words::plan_code(*plan) == code);
    found.ok_or_else(|| Refusal::at("plan", "Choose a plan."))
}

fn change_seats(on: &On, sent: &Sent) -> Done {
    let seats = seats(sent)?;
    on.sandbox.change_seats(&on.id, sent.of(), seats).map_err(Refusal::of("seats"))
}

fn change_plan(on: &On, sent: &Sent) -> Done {
    let plan = plan(sent)?;
    on.sandbox.change_plan(&on.id, sent.of(), plan).map_err(Refusal::of("plan"))
}

fn add_subscription(on: &On, sent: &Sent) -> Done {
    let age_days = sent.whole_or_none("age_days", 0..=AGE_DAYS_MAX)?.unwrap_or_default();
    let reason = sent.text("reason");
    let reasons: BTreeSet<_> =
        words::REASONS.into_iter().filter(|it| words::reason_code(*it) == reason).collect();
    if reasons.is_empty() && !reason.is_empty() {
        return Err(Refusal::at("reason", "Choose one of the list."));
    }
    let new = NewSubscription {
        sku_id: sent.needed("sku", "a product")?.to_owned(),
        plan: plan(sent)?,
        seats: seats(sent)?,
        age_days: u32::try_from(age_days).unwrap_or_default(),
        suspension_reasons: reasons,
        offline: sent.is_on("offline"),
    };
    on.sandbox.add_subscription(&on.id, &new).map(|_| ()).map_err(Refusal::of("sku"))
}

fn make_token(on: &On, sent: &Sent) -> Done {
    let reseller = sent.needed("reseller", "the reseller it is meant for")?;
    on.sandbox.make_transfer_token(&on.id, reseller).map(|_| ()).map_err(Refusal::of("reseller"))
}

fn hand_over(on: &On, sent: &Sent) -> Done {
    let to = match sent.text("seller") {
        "" => None,
        "other" => Some(sent.needed("other", "the other reseller's customer id")?),
        id => Some(id),
    };
    on.sandbox.hand_over(&on.id, to).map_err(Refusal::of("seller"))
}

fn add_user(on: &On, sent: &Sent) -> Done {
    let local = sent.needed("local", "what stands before the @")?;
    let domain = sent.text("domain");
    let own = on
        .sandbox
        .inspect(|world| world.customers.get(&on.id).is_some_and(|it| it.has_domain(domain)));
    if !own {
        return Err(Refusal::at("domain", "Choose one of the customer's domains."));
    }
    let new = NewUser {
        email: format!("{local}@{domain}"),
        given_name: sent.text("given_name").to_owned(),
        family_name: sent.text("family_name").to_owned(),
        password: sent.raw("password").to_owned(),
        admin: sent.is_on("admin"),
        customer: Some(on.id.clone()),
    };
    on.sandbox.add_user(&new).map(|_| ()).map_err(Refusal::of("local"))
}

fn change_details(on: &On, sent: &Sent) -> Done {
    let email = sent.text("alternate_email");
    if !email.is_empty() && !is_address(email) {
        return Err(Refusal::at("alternate_email", "That isn't an e-mail address."));
    }
    let text = |name| Some(sent.text(name).to_owned());
    let new = CustomerDetails {
        organization: text("organization"),
        contact: text("contact"),
        alternate_email: text("alternate_email"),
        phone_number: text("phone_number"),
        language: Some(sent.needed("language", "a language, such as en")?.to_owned()),
    };
    Ok(on.sandbox.change_details(&on.id, &new)?)
}

fn add_alias(on: &On, sent: &Sent) -> Done {
    let alias = sent.needed("alias", "a domain, such as acme-mail.example")?;
    let (parent, verified) = (sent.text("parent"), sent.is_on("verified"));
    on.sandbox.add_domain_alias(&on.id, alias, parent, verified).map_err(Refusal::of("alias"))
}

fn add_domain(on: &On, sent: &Sent) -> Done {
    let domain = sent.needed("domain", "a domain, such as acme.example")?;
    on.sandbox.add_domain(&on.id, domain, sent.is_on("verified")).map_err(Refusal::of("domain"))
}

/// Whether a host is one of the customer's domains, or below one.
pub(super) fn owns(domains: &BTreeSet<String>, host: &str) -> bool {
    let below = |domain: &String| {
        host.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    domains.iter().any(below)
}

fn publish(on: &On, sent: &Sent) -> Done {
    let kind = sent.text("type");
    if !RECORDS.iter().any(|(known, _)| *known == kind) {
        return Err(Refusal::at("type", "Choose one of the list."));
    }
    let value = sent.needed("value", "what it says")?;
    let typed = sent.needed("host", "a host, such as the domain itself")?;
    // The API gives the token of a CNAME as host and target in one; people paste it as it is.
    let (host, value) = match value.split_once(' ') {
        Some((host, target)) if kind == "CNAME" => (host, target.trim()),
        _ => (typed, value),
    };
    let host = host.trim_end_matches('.').to_lowercase();
    let domains = on.sandbox.inspect(|world| super::domains::all_of(world, &on.id));
    if !owns(&domains, &host) {
        let text = "That is none of the customer's domains, nor below one of them.";
        return Err(Refusal::at("host", text));
    }
    on.sandbox.publish_record(&host, &format!("{kind} {value}"));
    Ok(())
}

/// Kinds of records, and of what else a site can show.
pub(super) const RECORDS: [(&str, &str); 4] = [
    ("TXT", "DNS record TXT"),
    ("CNAME", "DNS record CNAME"),
    ("FILE", "A file on the site"),
    ("META", "A meta tag on the site"),
];

fn withdraw(on: &On, sent: &Sent) -> Done {
    let (host, record) = (sent.of(), sent.raw("record"));
    let there = on.sandbox.inspect(|world| {
        world.dns.get(host).is_some_and(|records| records.contains(record))
            && owns(&super::domains::all_of(world, &on.id), host)
    });
    if !there {
        return Err(Refusal::at("", "That record is gone already."));
    }
    on.sandbox.withdraw_record(host, Some(record));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_belong_to_a_domain_by_whole_labels() {
        let domains = BTreeSet::from(["acme.example".to_owned()]);
        assert!(owns(&domains, "acme.example"));
        assert!(owns(&domains, "a.b.acme.example"));
        assert!(!owns(&domains, "notacme.example"));
        assert!(!owns(&domains, "example"));
    }
}
