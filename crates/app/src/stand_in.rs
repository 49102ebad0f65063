//! The built-in stand-in for Google, alone or for the demo: which client and account it knows, and
//! where it listens.

use crate::cli;
use crate::config::Config;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::wire::{bind, interrupted};
use domain::activation::CALLBACK_PATH;
use sandbox::{Api, OAuthClient, ResellerAccount, Sandbox, Settings};
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where it listens unless told otherwise.
pub const LISTEN: &str = "127.0.0.1:8081";

/// The one client and the one account of a stand-in.
#[derive(Debug, Clone)]
pub struct Actors {
    pub client_id: String,
    pub client_secret: String,
    pub redirect_uris: Vec<String>,
    pub email: String,
    pub password: String,
}

/// A sandbox with these actors, reached at `url`.
pub fn sandbox(url: &str, actors: &Actors, snapshot: Option<PathBuf>, seed: u64) -> Sandbox {
    Sandbox::new(Settings {
        public_url: url.trim_end_matches('/').to_owned(),
        clients: vec![OAuthClient {
            id: actors.client_id.clone(),
            secret: actors.client_secret.clone(),
            redirect_uris: actors.redirect_uris.clone(),
            project_number: "112233445566".to_owned(),
            apis: Api::ALL.into(),
        }],
        accounts: vec![ResellerAccount::new(
            &actors.email,
            &actors.password,
            "101010101010101010101",
            "C0reseller",
        )],
        seed,
        snapshot,
        show_passwords: true,
        ..Settings::default()
    })
}

/// `seatwright sandbox`.
pub async fn run(
    arguments: cli::Sandbox,
    listen: Option<&str>,
    config: &Config,
    out: Output,
) -> Result<()> {
    let listen: SocketAddr = listen.unwrap_or(LISTEN).parse().map_err(|_| {
        Failure::usage("--listen is no address.", format!("Give one such as {LISTEN}."))
    })?;
    let listener = bind(listen).await?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::internal("the listener has no address", &error))?;
    let url = arguments.url.unwrap_or_else(|| format!("http://{address}"));
    let redirect_uris = if arguments.redirect_uri.is_empty() {
        vec![format!("{}{CALLBACK_PATH}", config.public_base())]
    } else {
        arguments.redirect_uri
    };
    let actors = Actors {
        client_id: arguments.client_id,
        client_secret: arguments.client_secret,
        redirect_uris,
        email: arguments.email,
        password: arguments.password,
    };
    let value = json!({
        "id": "sandbox", "status": "listening", "url": url,
        "client_id": actors.client_id, "client_secret": actors.client_secret,
        "redirect_uris": actors.redirect_uris, "email": actors.email, "password": actors.password,
    });
    let words = format!(
        "A stand-in for Google answers at {url}; set SEATWRIGHT_GOOGLE_URL to it.\n\
         Client Id      {}\nClient Secret  {}\nRedirect URI   {}\nReseller       {}\n\
         Password       {}",
        actors.client_id,
        actors.client_secret,
        actors.redirect_uris.join("\n               "),
        actors.email,
        actors.password,
    );
    let sandbox = sandbox(&url, &actors, arguments.data, arguments.seed);
    let interrupted = interrupted();
    out.result(&value, &words);
    sandbox::serve(sandbox, listener, interrupted)
        .await
        .map_err(|error| Failure::internal("the sandbox stopped by itself", &error))
}
