//! What the demo plays on: the sandbox and Seatwright, each on a port of its own, in one process, with
//! a distributor, an operator, an API key and an instance. Found again by a second run.

use super::keepsakes::Keepsakes;
use crate::commands::{Link, invite, setup};
use crate::config::{Config, File, Given, environment};
use crate::failure::{Failure, Result};
use crate::stand_in::{self, Actors};
use crate::telemetry;
use crate::wire::{House, Server, bind};
use domain::activation::CALLBACK_PATH;
use domain::ids::{DistributorId, InstanceId, token_hash};
use domain::secret::{ExposeSecret as _, SecretString};
use sandbox::Sandbox;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use store::DistributorStore;
use tokio::net::TcpListener;

pub const DISTRIBUTOR: &str = "Demo Distributor";
pub const OPERATOR: &str = "demo@seatwright.example";
pub const INSTANCE: &str = "Google Workspace";
const RESELLER: &str = "admin@reseller.example";
const CLIENT_ID: &str = "demo.apps.sandbox.example";
/// Where Seatwright listens unless told otherwise, or unless that is taken.
const LISTEN: &str = "127.0.0.1:8080";

/// Google's stand-in, not serving yet.
pub struct StandIn {
    pub sandbox: Sandbox,
    pub listener: TcpListener,
    pub url: String,
    pub reseller: SecretPerson,
}

/// An account and its password.
pub struct SecretPerson {
    pub email: String,
    pub password: SecretString,
}

/// Whose orders the demo places.
pub struct Tenant {
    pub distributor: DistributorId,
    pub instance: InstanceId,
    pub api_key: SecretString,
}

/// Takes both ports, opens the sandbox's world and starts Seatwright.
pub async fn set(keepsakes: &Keepsakes, listen: Option<&str>) -> Result<(Server, StandIn)> {
    let doors = match listen {
        Some(listen) => bind(address(listen)?).await?,
        None => bind_near(LISTEN).await?,
    };
    let google = bind_near(stand_in::LISTEN).await?;
    let (listen, google_listen) = (local(&doors)?, local(&google)?);
    let url = format!("http://{google_listen}");
    let config = config(keepsakes, listen, &url)?;
    start_log(keepsakes, &config)?;
    let actors = Actors {
        client_id: CLIENT_ID.to_owned(),
        client_secret: keepsakes.kept.client_secret.clone(),
        redirect_uris: vec![format!("{}{CALLBACK_PATH}", config.public_base())],
        email: RESELLER.to_owned(),
        password: keepsakes.kept.reseller_password.clone(),
    };
    let notice = "This is the demo: it works with the built-in sandbox, not with Google.";
    let server = Server::start(config, doors, Some(notice.to_owned())).await?;
    let sandbox = stand_in::sandbox(&url, &actors, Some(keepsakes.sandbox_file()), 1);
    let reseller =
        SecretPerson { email: actors.email, password: SecretString::from(actors.password) };
    Ok((server, StandIn { sandbox, listener: google, url, reseller }))
}

fn address(text: &str) -> Result<SocketAddr> {
    text.parse().map_err(|_| {
        Failure::usage(format!("`{text}` is no address."), format!("Give one such as {LISTEN}."))
    })
}

fn local(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| Failure::internal("a listener has no address", &error))
}

/// The usual address, or a free port when something else listens there.
async fn bind_near(usual: &str) -> Result<TcpListener> {
    match bind(address(usual)?).await {
        Ok(listener) => Ok(listener),
        Err(_) => bind((Ipv4Addr::LOCALHOST, 0).into()).await,
    }
}

/// The demo decides everything but how it logs, so that it runs the same everywhere.
fn config(keepsakes: &Keepsakes, listen: SocketAddr, google_url: &str) -> Result<Config> {
    let flags = BTreeMap::from([
        ("database_url", keepsakes.database_url()),
        ("listen", listen.to_string()),
        ("public_url", format!("http://{listen}")),
        ("master_key_file", keepsakes.master_key_file().display().to_string()),
        ("google_url", google_url.to_owned()),
    ]);
    let log_only =
        |name: &str| name.starts_with("SEATWRIGHT_LOG").then(|| environment(name)).flatten();
    Config::load(&Given { flags: &flags, environment: &log_only, file: File::None })
}

fn start_log(keepsakes: &Keepsakes, config: &Config) -> Result<()> {
    let path = keepsakes.log_file();
    let file = std::fs::File::options().create(true).append(true).open(&path);
    let file = file.map_err(|error| {
        Failure::internal(&format!("{} can't be written", path.display()), &error)
    })?;
    telemetry::init_file(config, file);
    Ok(())
}

/// Distributor, operator, API key and instance: those of the first run, or new ones.
pub async fn tenant(house: &House, keepsakes: &mut Keepsakes) -> Result<Tenant> {
    let known = house.store.distributors().await?;
    let distributor = match known.into_iter().find(|known| known.name == DISTRIBUTOR) {
        Some(known) => known.id,
        None => setup::add_distributor(house, DISTRIBUTOR).await?,
    };
    if house.store.find_operator(OPERATOR).await?.is_none() {
        let password = SecretString::from(keepsakes.kept.operator_password.clone());
        setup::add_operator(house, &distributor, OPERATOR, &password).await?;
    }
    let api_key = api_key(house, &distributor, keepsakes).await?;
    let door = house.store.of(distributor.clone());
    let instance = match door.find_instance(INSTANCE).await? {
        Some(instance) => instance.id,
        None => {
            let secret = SecretString::from(keepsakes.kept.client_secret.clone());
            setup::add_instance(house, &distributor, INSTANCE, CLIENT_ID, &secret).await?
        }
    };
    Ok(Tenant { distributor, instance, api_key })
}

async fn api_key(
    house: &House,
    distributor: &DistributorId,
    keepsakes: &mut Keepsakes,
) -> Result<SecretString> {
    if let Some(key) = &keepsakes.kept.api_key
        && house.store.find_api_key(&token_hash(key)).await?.is_some()
    {
        return Ok(SecretString::from(key.clone()));
    }
    let (_, key) = setup::add_api_key(house, distributor, "Demo").await?;
    keepsakes.kept.api_key = Some(key.expose_secret().to_owned());
    keepsakes.save()?;
    Ok(key)
}

/// The account that is connected already, if Google still knows of the consent.
pub async fn connected(
    door: &DistributorStore,
    tenant: &Tenant,
    sandbox: &Sandbox,
) -> Result<Option<String>> {
    let instance = door.instance(&tenant.instance).await?;
    let account = instance.and_then(|instance| {
        instance.state.credential().map(|credential| credential.account_email.clone())
    });
    let known = |account: &String| {
        sandbox.inspect(|world| world.grants.values().any(|grant| &grant.email == account))
    };
    Ok(account.filter(known))
}

/// A one-time link for the demo's own browser.
pub async fn link(house: &House, tenant: &Tenant) -> Result<Link> {
    invite(house, &house.store.of(tenant.distributor.clone()), &tenant.instance).await
}
