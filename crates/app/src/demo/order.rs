//! An order as a BSS places it, through the REST API with an API key, and its way to Google step by
//! step.

use super::progress::{Progress, Step};
use crate::clock::{SystemClock, until};
use crate::failure::{Exit, Failure, Result};
use crate::http_client::unanswered;
use domain::secret::{ExposeSecret as _, SecretString};
use reqwest::Method;
use serde_json::{Value, json};

/// How long the whole order may take, in ms: the sandbox answers at once.
const ORDER_MS_MAX: i64 = 120_000;
/// How long it may take to see that the terms were accepted, in ms.
const LOOK_MS_MAX: i64 = 60_000;

/// What an order must lead to, each with the sign that it is there in a customer's JSON.
type Sign = fn(&Value) -> Option<String>;
const STEPS: [(&str, Sign); 5] = [
    ("Customer created", |customer| {
        let shown = &customer["observed"]["customer"]["shown"];
        Some(format!("{} is {}", text(&shown["domain"])?, text(&shown["google_id"])?))
    }),
    ("First admin created", |customer| text(&customer["observed"]["admin"]["shown"]["email"])),
    ("Admin role given", |customer| {
        let admin = &customer["observed"]["admin"]["shown"];
        (admin["is_admin"] == true).then(|| "super admin".to_owned())
    }),
    ("Subscription bought", |customer| {
        let shown = &customer["observed"]["subscriptions"][0]["shown"];
        Some(format!("{}, {} seats", text(&shown["sku_name"])?, shown["seats"]))
    }),
    ("Welcome mail sent", |customer| {
        let mail = &customer["observed"]["welcome_mail"];
        let to = text(&customer["desired"]["alternate_email"]);
        (mail["state"] == "sent").then(|| to.map_or(String::new(), |to| format!("to {to}")))
    }),
];

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The REST API as a BSS sees it.
pub struct Api {
    pub client: reqwest::Client,
    pub base: String,
    pub key: SecretString,
}

/// An order that was taken in.
pub struct Placed {
    pub id: String,
    pub customer: String,
    pub domain: String,
}

impl Api {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        idempotency_key: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(self.key.expose_secret());
        if let Some(body) = body {
            request = request.header("Idempotency-Key", idempotency_key).json(body);
        }
        let failed = |error| unanswered("Seatwright's own API", error);
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let body: Value = answer.json().await.map_err(failed)?;
        if status.is_success() {
            return Ok(body);
        }
        let message = format!("{path} answered {status}: {}", body["detail"]);
        Err(Failure::new(Exit::Failed, "demo_refused", message, "Start afresh with --data DIR."))
    }

    /// Places the order number `number` of this demo.
    pub async fn place(&self, instance: &str, number: u64) -> Result<Placed> {
        let domain = format!("acme-{number}.example");
        let reference = format!("DEMO-{number}");
        let body = json!({
            "reference": reference,
            "instance": instance,
            "customer": {
                "domain": domain,
                "organization": format!("Acme {number} Ltd"),
                "contact": {"given_name": "Ada", "family_name": "Byron", "phone": "+442071234567"},
                "alternate_email": "ada@other.example",
                "address": {
                    "line1": "1 Main St", "locality": "London", "region": "",
                    "postal_code": "EC1A 1BB", "country_code": "GB",
                },
                "admin": {"user_name": "admin"},
            },
            "subscription": {"sku": "1010020027", "payment_plan": "FLEXIBLE", "seats": 5},
        });
        let order = self.ask(Method::POST, "/v1/orders", &reference, Some(&body)).await?;
        Ok(Placed {
            id: text(&order["id"]).unwrap_or_default(),
            customer: text(&order["customer"]["id"]).unwrap_or_default(),
            domain,
        })
    }

    async fn customer(&self, id: &str) -> Result<Value> {
        self.ask(Method::GET, &format!("/v1/customers/{id}"), "", None).await
    }

    /// Follows an order until everything of it is at Google.
    ///
    /// # Errors
    /// `demo_incomplete`, naming what is missing, when the time is over.
    pub async fn follow(&self, placed: &Placed, progress: &Progress) -> Result<()> {
        let mut steps: Vec<Step> = STEPS.iter().map(|(title, _)| progress.begin(title)).collect();
        let mut waits_for = String::new();
        let done = until(&SystemClock, ORDER_MS_MAX, async || {
            let customer = self.customer(&placed.customer).await?;
            for (step, (_, sign)) in steps.iter_mut().zip(STEPS) {
                if let Some(detail) = sign(&customer) {
                    step.done(&detail);
                }
            }
            waits_for = obstacles(&customer);
            if let Some(next) = steps.iter().find(|step| !step.is_ended()) {
                next.note(&waits_for);
            }
            let converged = customer["converged_generation"] == customer["generation"];
            Ok((converged && steps.iter().all(Step::is_ended)).then_some(()))
        });
        if done.await?.is_some() {
            return Ok(());
        }
        let mut missing = Vec::new();
        for (step, (title, _)) in steps.iter_mut().zip(STEPS) {
            if !step.is_ended() {
                step.failed("missing");
                missing.push(title);
            }
        }
        if missing.is_empty() {
            missing.push("convergence");
        }
        Err(incomplete(&missing.join(", "), &waits_for))
    }

    /// Has Seatwright look at Google again, and waits until it shows the subscription as active.
    pub async fn see_active(&self, placed: &Placed, progress: &Progress) -> Result<()> {
        let mut step = progress.begin("Subscription active");
        let path = format!("/v1/customers/{}/look", placed.customer);
        self.ask(Method::POST, &path, "", None).await?;
        let active = until(&SystemClock, LOOK_MS_MAX, async || {
            let customer = self.customer(&placed.customer).await?;
            let status = &customer["observed"]["subscriptions"][0]["shown"]["status"];
            Ok((status == "ACTIVE").then_some(()))
        });
        if active.await?.is_some() {
            step.done("Seatwright looked again");
            return Ok(());
        }
        step.failed("missing");
        Err(incomplete("the active subscription", ""))
    }
}

fn obstacles(customer: &Value) -> String {
    let sentences = customer["blockers"].as_array().into_iter().flatten();
    let sentences: Vec<&str> =
        sentences.filter_map(|blocker| blocker["sentence"].as_str()).collect();
    sentences.join(" ")
}

fn incomplete(missing: &str, why: &str) -> Failure {
    let message = format!("Missing at the end of the demo: {missing}. {why}");
    let action = "Read seatwright.log in the demo's directory.";
    Failure::new(Exit::Failed, "demo_incomplete", message.trim(), action)
}
