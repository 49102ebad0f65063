//! Every method this client knows: the request to the letter, and what is read from its answer.

mod directory;
mod others;
mod reseller;

use crate::fake::{House, START, grant, reply};
use domain::time::Timestamp;
use google::{Answered, Change, Page, Pages, Read};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Sends calls one by one and remembers which methods that were.
#[derive(Default)]
struct Calls {
    methods: BTreeSet<String>,
}

impl Calls {
    /// Sends a read; checks its line and that it has no body; gives what was read from `answer`.
    async fn read<A: Answered>(&mut self, read: Read<A>, line: &str, answer: Value) -> A {
        self.asked(read, line, Value::Null, answer).await
    }

    /// Sends a read that has a body.
    async fn asked<A: Answered>(
        &mut self,
        read: Read<A>,
        line: &str,
        body: Value,
        answer: Value,
    ) -> A {
        let mut house = House::with_token(vec![reply(200, &answer.to_string())]);
        let shown = house.google.read(&grant(), &read, &mut house.log).await.unwrap();
        self.sent(&house, line, &body);
        shown
    }

    /// Sends the first page's request.
    async fn page<P: Page>(&mut self, mut pages: Pages<P>, line: &str, answer: Value) -> P {
        let mut house = House::with_token(vec![reply(200, &answer.to_string())]);
        let page = house.google.next_page(&grant(), &mut pages, &mut house.log).await.unwrap();
        self.sent(&house, line, &Value::Null);
        page.unwrap()
    }

    /// Sends a change; `body` is null where there must be none.
    async fn change<A: Answered>(
        &mut self,
        change: Change<A>,
        line: &str,
        body: Value,
        answer: Value,
    ) -> A {
        let answer = if answer.is_null() { String::new() } else { answer.to_string() };
        let mut house = House::with_token(vec![reply(200, &answer)]);
        let (google, log) = (house.google.clone(), &mut house.log);
        let shown = google.change(&grant(), &change, Timestamp(START), log).await.unwrap();
        self.sent(&house, line, &body);
        shown
    }

    fn sent(&mut self, house: &House, line: &str, body: &Value) {
        let sent = &house.sent()[0];
        assert_eq!(sent.line, line);
        assert_eq!(sent.header("authorization"), "Bearer at-0");
        match body {
            Value::Null => {
                assert_eq!((sent.body.as_str(), sent.header("content-type")), ("", ""), "{line}");
            }
            body => {
                assert_eq!(&serde_json::from_str::<Value>(&sent.body).unwrap(), body, "{line}");
                assert_eq!(sent.header("content-type"), "application/json");
            }
        }
        assert_eq!(house.log.len(), 1);
        self.methods.insert(house.log[0].method.clone());
    }
}

#[tokio::test]
async fn every_method_is_sent_to_the_letter() {
    let mut calls = Calls::default();
    reseller::customers(&mut calls).await;
    reseller::subscriptions(&mut calls).await;
    reseller::changes_of_a_subscription(&mut calls).await;
    reseller::notifications(&mut calls).await;
    directory::users(&mut calls).await;
    directory::changes_of_users(&mut calls).await;
    directory::aliases_and_customers(&mut calls).await;
    directory::domains(&mut calls).await;
    directory::org_units(&mut calls).await;
    directory::groups(&mut calls).await;
    directory::members(&mut calls).await;
    others::licences(&mut calls).await;
    others::mail(&mut calls).await;
    others::site_verification(&mut calls).await;
    let known: BTreeSet<String> =
        google::contract::contract().iter().map(|method| method.id.to_owned()).collect();
    assert_eq!(calls.methods, known);
    assert!(known.len() >= 60, "{}", known.len());
}

fn nothing() -> Value {
    Value::Null
}

fn empty() -> Value {
    json!({})
}
