//! A customer's domains on its page, and what they show to those who look: records, files, tags.

use std::collections::BTreeSet;

use super::customer_deeds::{RECORDS, owns};
use super::form::{Choice, Field, Form, Tried};
use super::words::Pill;
use crate::world::{Customer, World};

pub(super) struct Row<'a> {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) verified: Pill,
    pub(super) forms: Vec<Form<'a>>,
}

pub(super) struct Record<'a> {
    pub(super) host: String,
    pub(super) text: String,
    pub(super) withdraw: Form<'a>,
}

/// Every domain that leads to the customer.
pub(super) fn all_of(world: &World, customer_id: &str) -> BTreeSet<String> {
    let home = world.customers.get(customer_id).into_iter();
    home.flat_map(|it| {
        [&it.domain].into_iter().chain(it.domains.keys()).chain(it.domain_aliases.keys())
    })
    .cloned()
    .collect()
}

fn verified(is: bool) -> Pill {
    if is { Pill::new("good", "Verified") } else { Pill::new("warn", "Not verified") }
}

pub(super) fn rows<'a>(home: &Customer, tried: Option<&'a Tried>) -> Vec<Row<'a>> {
    let verify = |name: &str, is: bool| {
        let form = Form::new(tried, "verify_domain", name, "The customer verifies it");
        (!is).then_some(form)
    };
    let mut rows = vec![Row {
        name: home.domain.clone(),
        kind: "Primary".to_owned(),
        verified: verified(home.domain_verified),
        forms: verify(&home.domain, home.domain_verified).into_iter().collect(),
    }];
    let remove = |name: &str| {
        Form::new(tried, "remove_domain", name, "Remove the domain")
            .sure("Remove…", "Nobody may have an address there any more.")
    };
    rows.extend(home.domains.iter().map(|(name, further)| {
        let primary = Form::new(tried, "make_primary", name, "Make it the primary domain").sure(
            "Make it primary…",
            "Subscriptions and users stay; who looks the customer up by the old domain still finds it.",
        );
        Row {
            name: name.clone(),
            kind: "Further".to_owned(),
            verified: verified(further.verified),
            forms: verify(name, further.verified).into_iter().chain([primary, remove(name)]).collect(),
        }
    }));
    rows.extend(home.domain_aliases.iter().map(|(name, alias)| Row {
        name: name.clone(),
        kind: format!("Another name of {}", alias.parent),
        verified: verified(alias.verified),
        forms: verify(name, alias.verified).into_iter().chain([remove(name)]).collect(),
    }));
    rows
}

pub(super) fn records<'a>(
    world: &World,
    home: &Customer,
    tried: Option<&'a Tried>,
) -> Vec<Record<'a>> {
    let domains = all_of(world, &home.id);
    let hosts = world.dns.iter().filter(|(host, _)| owns(&domains, host));
    hosts
        .flat_map(|(host, records)| records.iter().map(move |record| (host, record)))
        .map(|(host, record)| Record {
            host: host.clone(),
            text: record.clone(),
            withdraw: Form::new(tried, "withdraw", host, "Withdraw the record")
                .with("record", record)
                .sure("Withdraw…", "Who looks for it won't find it any more."),
        })
        .collect()
}

pub(super) fn forms<'a>(home: &Customer, tried: Option<&'a Tried>) -> Vec<Form<'a>> {
    let own = [&home.domain].into_iter().chain(home.domains.keys());
    let own = own.map(|name| Choice::new(name, name)).collect();
    let kinds = RECORDS.map(|(code, title)| Choice::new(code, title)).into();
    vec![
        Form::new(tried, "add_domain", "", "Add the domain")
            .folded("Add a domain…")
            .field(Field::text("domain", "Domain"))
            .field(Field::tick("verified", "Verified already")),
        Form::new(tried, "add_alias", "", "Add the name")
            .folded("Give a domain another name…")
            .field(Field::text("alias", "The other name"))
            .field(Field::select("parent", "Of which domain", own).value(&home.domain))
            .field(Field::tick("verified", "Verified already")),
        Form::new(tried, "publish", "", "Publish it")
            .folded("Publish a record…")
            .field(Field::select("type", "Kind", kinds))
            .field(Field::text("host", "Host").value(&home.domain))
            .field(
                Field::text("value", "What it says")
                    .hint("The token as the Site Verification API gives it"),
            ),
    ]
}
