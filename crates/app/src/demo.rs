//! `seatwright demo`: the whole main job on one command, through the same doors that everybody uses.
//! A reseller account is connected by the real OAuth code flow, an order is placed over REST, and the
//! customer's admin accepts the terms; what exists in the end is read at the sandbox.

mod browser;
mod keepsakes;
mod order;
mod progress;
mod stage;
mod summary;

use crate::cli;
use crate::commands::{Watch, watch};
use crate::failure::{Exit, Failure, Result};
use crate::http_client::client;
use crate::output::Output;
use crate::wire::{House, Server, interrupted};
use browser::Person;
use domain::activation::{Check, CheckResult};
use domain::secret::ExposeSecret as _;
use keepsakes::Keepsakes;
use order::{Api, Placed};
use progress::Progress;
use serde_json::{Value, json};
use stage::{StandIn, Tenant};
use std::process::ExitCode;

/// How long the checks of an activation may take, in ms.
const CHECKS_MS_MAX: i64 = 60_000;
/// What a shell expects of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

pub async fn run(arguments: cli::Demo, listen: Option<&str>, out: Output) -> Result<ExitCode> {
    let mut keepsakes = Keepsakes::open(&arguments.data)?;
    let (server, stand_in) = stage::set(&keepsakes, listen).await?;
    let StandIn { sandbox, listener, url, reseller } = stand_in;
    let stop = engine::Stop::default();
    let serving = {
        let (sandbox, stop) = (sandbox.clone(), stop.clone());
        async move { sandbox::serve(sandbox, listener, stop.stopped()).await }
    };
    let mut stand_ins = tokio::task::JoinSet::new();
    stand_ins.spawn(serving);
    let scene = Scene { house: server.house.clone(), sandbox, google_url: url, reseller };
    let progress = Progress::new(out);
    let told = tokio::select! {
        told = scene.play(&mut keepsakes, &progress, out) => Some(told),
        () = interrupted() => None,
    };
    let code = match told {
        None => ExitCode::from(INTERRUPTED),
        Some(Err(failure)) => {
            end(server, &stop, std::future::ready(())).await?;
            return Err(failure);
        }
        Some(Ok(())) if arguments.once => ExitCode::SUCCESS,
        Some(Ok(())) => {
            let interrupted = interrupted();
            out.line("\nCtrl-C to stop.");
            end(server, &stop, interrupted).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    end(server, &stop, std::future::ready(())).await?;
    Ok(code)
}

/// Seatwright first: what it still says to the sandbox gets its answer.
async fn end(server: Server, stop: &engine::Stop, when: impl Future<Output = ()>) -> Result<()> {
    let ended = server.run(when).await;
    stop.stop();
    ended
}

/// Everything that plays a part.
struct Scene {
    house: House,
    sandbox: sandbox::Sandbox,
    google_url: String,
    reseller: stage::SecretPerson,
}

impl Scene {
    async fn play(
        &self,
        keepsakes: &mut Keepsakes,
        progress: &Progress,
        out: Output,
    ) -> Result<()> {
        let base = self.house.config.public_base();
        progress.say(&format!(
            "Seatwright answers at {base}, the built-in Google sandbox at {}.\n",
            self.google_url
        ));
        let tenant = stage::tenant(&self.house, keepsakes).await?;
        self.connect(&tenant, progress).await?;
        keepsakes.kept.orders += 1;
        keepsakes.save()?;
        let api =
            Api { client: client(false)?, base: base.to_owned(), key: tenant.api_key.clone() };
        let placed = api.place(stage::INSTANCE, keepsakes.kept.orders).await?;
        progress.say(&format!("\nOrder {} for {}, over REST", placed.id, placed.domain));
        api.follow(&placed, progress).await?;
        self.accept_terms(&placed, progress)?;
        api.see_active(&placed, progress).await?;
        self.sum_up(&placed, keepsakes, progress, out)
    }

    /// Through the consent page, as a person does it.
    async fn connect(&self, tenant: &Tenant, progress: &Progress) -> Result<()> {
        progress.say("Connect the Google reseller account");
        let door = self.house.store.of(tenant.distributor.clone());
        if let Some(account) = stage::connected(&door, tenant, &self.sandbox).await? {
            let mut step = progress.begin("Connected already");
            step.done(&format!("as {account}, by an earlier run"));
            return Ok(());
        }
        let link = stage::link(&self.house, tenant).await?;
        let mut step = progress.begin("Consent given at Google's page");
        let person = Person {
            email: &self.reseller.email,
            password: self.reseller.password.expose_secret(),
        };
        browser::consent(&client(true)?, link.url.expose_secret(), person).await?;
        step.done(&format!("by {}", self.reseller.email));
        let tell = |check: &Check| {
            let mut step = progress.begin(check.name.title());
            match &check.result {
                CheckResult::Passed { detail } => step.done(detail),
                CheckResult::Failed { fault } => step.failed(&fault.sentence()),
                CheckResult::Pending => {}
            }
        };
        let watched = watch(&self.house, &door, &link.activation, CHECKS_MS_MAX, tell).await?;
        match watched {
            Watch::Ended(activation) => match activation.fault {
                None => Ok(()),
                Some(fault) => Err(Failure::new(
                    Exit::Failed,
                    "demo_incomplete",
                    format!("Missing: the connection to Google. {}", fault.sentence()),
                    fault.action(),
                )),
            },
            Watch::TimedOut => Err(Failure::new(
                Exit::Failed,
                "demo_incomplete",
                "Missing: the connection to Google; its checks did not end in time.",
                "Read seatwright.log in the demo's directory.",
            )),
        }
    }

    /// The part of the customer's admin, who signs in at Google for the first time.
    fn accept_terms(&self, placed: &Placed, progress: &Progress) -> Result<()> {
        let mut step = progress.begin("Google's terms accepted");
        self.sandbox.accept_terms(&placed.domain).map_err(|error| {
            Failure::new(
                Exit::Failed,
                "demo_incomplete",
                format!("Missing: the accepted terms. {error}"),
                "Read seatwright.log in the demo's directory.",
            )
        })?;
        step.done("by the customer's admin (played by the demo)");
        Ok(())
    }

    fn sum_up(
        &self,
        placed: &Placed,
        keepsakes: &Keepsakes,
        progress: &Progress,
        out: Output,
    ) -> Result<()> {
        let at_google = summary::at_google(&self.sandbox, placed)?;
        let base = self.house.config.public_base();
        let password = &keepsakes.kept.operator_password;
        if out.json {
            out.result(&self.json(placed, at_google.json(), password), "");
            return Ok(());
        }
        progress.say(&format!(
            "\n{}\n\nLook at it\n  Console       {base}\n  Login         {}  {password}\n  \
             Customer      {base}/customers/{}\n  Sandbox       {}/\n  Data, log     {}",
            at_google.words(),
            stage::OPERATOR,
            placed.customer,
            self.google_url,
            keepsakes.directory().display(),
        ));
        Ok(())
    }

    fn json(&self, placed: &Placed, at_google: &Value, password: &str) -> Value {
        json!({
            "id": placed.id,
            "customer": placed.customer,
            "at_google": at_google,
            "console": self.house.config.public_base(),
            "login": {"email": stage::OPERATOR, "password": password},
            "sandbox": self.google_url,
        })
    }
}
