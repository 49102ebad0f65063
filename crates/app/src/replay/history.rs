//! What a recording tells of the world before and around it: things that answers show and that no
//! recorded call made. Never: how the sandbox is told.

use google::record::{Body, Exchange, Lost, Outcome, Reply, Request, endpoint};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One call, alone or out of a batch.
pub struct Call<'a> {
    /// Of its exchange.
    pub index: usize,
    pub caller: &'a str,
    pub request: &'a Request,
    /// None: there was no answer.
    pub reply: Option<&'a Reply>,
    /// Empty where it is unknown.
    pub method: &'a str,
    pub parameters: BTreeMap<String, String>,
}

impl<'a> Call<'a> {
    /// All calls of an exchange.
    pub fn all(index: usize, exchange: &'a Exchange) -> Vec<Call<'a>> {
        let caller = exchange.caller.as_deref().unwrap_or_default();
        let reply = match &exchange.outcome {
            Outcome::Answer(reply) => Some(reply),
            Outcome::NoAnswer(_) => None,
        };
        let call = |request: &'a Request, reply| Call {
            index,
            caller,
            request,
            reply,
            method: request.method.as_deref().unwrap_or_default(),
            parameters: endpoint(&request.verb, &request.path)
                .map(|found| found.parameters.into_iter().collect())
                .unwrap_or_default(),
        };
        let Some(Body::Calls(calls)) = &exchange.request.body else {
            return vec![call(&exchange.request, reply)];
        };
        let answers = match reply.and_then(|reply| reply.body.as_ref()) {
            Some(Body::Answers(answers)) => answers.as_slice(),
            _ => &[],
        };
        let answer = |at: usize| answers.get(at).and_then(Option::as_ref);
        calls.iter().enumerate().map(|(at, request)| call(request, answer(at))).collect()
    }

    pub fn succeeded(&self) -> bool {
        self.reply.is_some_and(|reply| (200..300).contains(&reply.status))
    }

    /// The answer's JSON, or null.
    pub fn said(&self) -> &'a Value {
        static NOTHING: Value = Value::Null;
        match self.reply.and_then(|reply| reply.body.as_ref()) {
            Some(Body::Json(value)) => value,
            _ => &NOTHING,
        }
    }

    /// The request's JSON, or null.
    pub fn asked(&self) -> &'a Value {
        static NOTHING: Value = Value::Null;
        match &self.request.body {
            Some(Body::Json(value)) => value,
            _ => &NOTHING,
        }
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.request.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Things of the answer under this name: one, or a page of them.
    fn things(&self, list: &str) -> Vec<&'a Value> {
        match self.said().get(list).and_then(Value::as_array) {
            Some(items) => items.iter().collect(),
            None if self.said().is_object() && self.said().get("nextPageToken").is_none() => {
                vec![self.said()]
            }
            None => Vec::new(),
        }
    }
}

/// Something that is there without any call of the recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The first exchange that shows it comes right after it appeared; 0: it was there before all.
    pub before: usize,
    pub caller: String,
    pub thing: Thing,
}

/// As an answer showed it.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    Customer(Value),
    Subscription(Value),
    User(Value),
    /// A further domain of a customer, by that customer's id.
    Domain(String, Value),
    Licence(Value),
}

/// The request was to change something, nobody knows what became of it, and nobody sent it again with
/// success: it counts as carried out.
pub fn counts_as_done(exchanges: &[Exchange], index: usize) -> bool {
    let exchange = &exchanges[index];
    let mutates = endpoint(&exchange.request.verb, &exchange.request.path)
        .is_some_and(|found| found.mutates && found.service != "oauth");
    let unknown = match &exchange.outcome {
        Outcome::NoAnswer(lost) => *lost != Lost::Connect,
        Outcome::Answer(reply) => reply.status >= 500,
    };
    let is_it_again = |later: &Exchange| {
        let done = matches!(&later.outcome, Outcome::Answer(reply) if reply.status < 300);
        done && later.request == exchange.request
    };
    unknown && mutates && !exchanges[index + 1..].iter().any(is_it_again)
}

/// All facts, in the order in which they are needed.
pub fn facts(exchanges: &[Exchange]) -> Vec<Fact> {
    let mut history = History::default();
    for (index, exchange) in exchanges.iter().enumerate() {
        let done = counts_as_done(exchanges, index);
        for call in Call::all(index, exchange) {
            if call.succeeded() || done {
                history.made(&call);
            }
            if call.succeeded() {
                history.shown(&call);
            } else if let Some(reply) = call.reply {
                history.refused(&call, reply.status);
            }
        }
    }
    history.facts.sort_by_key(|fact| fact.before);
    history.facts
}

#[derive(Default)]
struct History {
    /// Everything that is accounted for, by any of its names.
    known: BTreeSet<String>,
    /// Addresses of users that recorded calls made.
    made: BTreeSet<String>,
    /// What was looked for and not there.
    missed: BTreeSet<String>,
    facts: Vec<Fact>,
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl History {
    fn knows(&mut self, names: impl IntoIterator<Item = Option<String>>) {
        self.known.extend(names.into_iter().flatten());
    }

    /// A recorded call made something, or gave something we know of another name.
    fn made(&mut self, call: &Call<'_>) {
        let (asked, said) = (call.asked(), call.said());
        match call.method {
            "reseller.customers.insert"
            | "reseller.customers.patch"
            | "reseller.customers.update" => {
                self.knows([text(asked, "customerDomain"), text(said, "customerId")]);
            }
            "directory.users.insert" | "directory.users.update" => {
                self.made.extend(text(asked, "primaryEmail"));
                self.knows([text(asked, "primaryEmail"), text(said, "id")]);
            }
            "reseller.subscriptions.insert" => {
                let order = text(asked, "purchaseOrderId");
                let order = call.parameters.get("customerId").zip(order);
                let order = order.map(|(customer, order)| of_customer(customer, &order));
                self.knows([order, subscription(said)]);
            }
            "directory.domains.insert" => self.knows([text(asked, "domainName")]),
            "licensing.licenseAssignments.insert"
            | "licensing.licenseAssignments.update"
            | "licensing.licenseAssignments.patch" => {
                let licence = licence(said).or_else(|| {
                    let user =
                        text(asked, "userId").or_else(|| call.parameters.get("userId").cloned())?;
                    Some(format!("{user} {}", call.parameters.get("skuId")?))
                });
                self.knows([licence]);
            }
            // A change may give it another id; what was changed is accounted for.
            method if method.starts_with("reseller.subscriptions.") => {
                let before = text(said, "customerId")
                    .zip(call.parameters.get("subscriptionId"))
                    .map(|(customer, id)| of_customer(&customer, id));
                if before.is_some_and(|before| self.known.contains(&before)) {
                    self.knows([subscription(said)]);
                }
            }
            _ => {}
        }
    }

    fn shown(&mut self, call: &Call<'_>) {
        let said = call.said();
        let method = call.method;
        if method.starts_with("reseller.customers.") || method.starts_with("directory.customers.") {
            self.customer(call, said);
        } else if method.starts_with("reseller.subscriptions.") {
            for subscription in call.things("subscriptions") {
                self.subscription(call, subscription);
            }
            if let Some(customer) = call.query("customerId") {
                self.missed.insert(format!("subscriptions of {customer}"));
            }
        } else if matches!(method, "directory.users.get" | "directory.users.list") {
            for user in call.things("users") {
                let names = [text(user, "primaryEmail"), text(user, "id")];
                self.add(call, &names, Thing::User(user.clone()));
            }
        } else if matches!(method, "directory.domains.get" | "directory.domains.list") {
            for domain in call.things("domains") {
                let customer = call.parameters.get("customer").cloned().unwrap_or_default();
                let primary = domain.get("isPrimary") == Some(&Value::Bool(true));
                if !primary {
                    let names = [text(domain, "domainName")];
                    self.add(call, &names, Thing::Domain(customer, domain.clone()));
                }
            }
        } else if method.starts_with("licensing.licenseAssignments.") {
            for item in call.things("items") {
                // The sandbox gives those who are made meanwhile a licence by itself.
                if text(item, "userId").is_some_and(|user| !self.made.contains(&user)) {
                    self.add(call, &[licence(item)], Thing::Licence(item.clone()));
                }
            }
        }
    }

    fn customer(&mut self, call: &Call<'_>, shown: &Value) {
        let id = text(shown, "customerId").or_else(|| text(shown, "id"));
        self.add(call, &[id, text(shown, "customerDomain")], Thing::Customer(shown.clone()));
    }

    fn subscription(&mut self, call: &Call<'_>, shown: &Value) {
        let customer = [text(shown, "customerId"), text(shown, "customerDomain")];
        self.add(call, &customer, Thing::Customer(shown.clone()));
        let order = |name: &str| {
            let customer = text(shown, name)?;
            Some(of_customer(&customer, &text(shown, "purchaseOrderId")?))
        };
        let names = [subscription(shown), order("customerId"), order("customerDomain")];
        let later = customer
            .iter()
            .flatten()
            .any(|name| self.missed.contains(&format!("subscriptions of {name}")));
        let count = self.facts.len();
        self.add(call, &names, Thing::Subscription(shown.clone()));
        if later && self.facts.len() > count {
            self.facts[count].before = call.index;
        }
    }

    /// Adds what none of these names is known of.
    fn add(&mut self, call: &Call<'_>, names: &[Option<String>], thing: Thing) {
        let names: Vec<&String> = names.iter().flatten().collect();
        let known = names.is_empty() || names.iter().any(|name| self.known.contains(*name));
        let later = names.iter().any(|name| self.missed.contains(*name));
        self.known.extend(names.into_iter().cloned());
        if !known {
            let before = if later { call.index } else { 0 };
            self.facts.push(Fact { before, caller: call.caller.to_owned(), thing });
        }
    }

    /// What was not there; and what an insert ran into is there.
    fn refused(&mut self, call: &Call<'_>, status: u16) {
        if status == 404 && call.request.verb == "GET" {
            self.missed.extend(call.parameters.values().cloned());
        }
        let asked = call.asked();
        match (status, call.method) {
            (409, "reseller.customers.insert") => {
                let shown = serde_json::json!({"customerDomain": asked["customerDomain"]});
                self.customer(call, &shown);
            }
            (409, "directory.users.insert") => {
                let names = [text(asked, "primaryEmail")];
                let shown = serde_json::json!({"primaryEmail": asked["primaryEmail"], "name": asked["name"]});
                self.add(call, &names, Thing::User(shown));
            }
            _ => {}
        }
    }
}

/// Ids and orders are unique within their customer only.
fn of_customer(customer: &str, id: &str) -> String {
    format!("{customer} {id}")
}

fn subscription(shown: &Value) -> Option<String> {
    Some(of_customer(&text(shown, "customerId")?, &text(shown, "subscriptionId")?))
}

fn licence(shown: &Value) -> Option<String> {
    Some(format!("{} {}", text(shown, "userId")?, text(shown, "skuId")?))
}
