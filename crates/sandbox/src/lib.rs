//! A stand-in for Google: the OAuth endpoints and the Reseller, Directory, Licensing, Gmail and Site Verification methods
//! that reselling needs, in memory, over HTTP, with lag and faults on demand.
//!
//! Never: anything of ours. Client and sandbox share no code, or a shared mistake would hide. Each rule names its
//! source; where Google's sources contradict each other or are silent, it is a field of [`Switches`].
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! let sandbox = sandbox::Sandbox::new(sandbox::Settings::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! sandbox::serve(sandbox, listener, std::future::pending()).await
//! # }
//! ```

mod accounts;
mod batch;
mod call;
mod chance;
mod clock;
mod contract;
mod control;
mod directory;
mod door;
mod envelope;
mod face;
mod faults;
mod gmail;
mod index;
mod licensing;
mod life;
mod methods;
mod multipart;
mod oauth;
mod outside;
mod page;
mod paging;
mod partial;
mod quotas;
#[cfg(test)]
mod readme;
mod reply;
mod reseller;
mod routes;
mod sandbox;
mod schemas;
mod seed;
mod serve;
mod settings;
mod shape;
mod site_verification;
mod snapshot;
mod switches;
mod things;
mod upload;
pub mod world;

pub use chance::Chance;
pub use contract::{FieldShape, JsonKind, MessageShape, MethodShape, ParameterShape, contract};
pub use faults::{Fault, FaultRule, Latency};
pub use oauth::{AuthRequest, ConsentAnswer};
pub use outside::{CannotPlay, CustomerDetails, NewCustomer, NewSubscription, NewUser};
pub use reply::{DELAY_HEADER, DROP_HEADER};
pub use sandbox::Sandbox;
pub use serve::serve;
pub use settings::{
    Api, ConflictAccount, ErrorFormat, ForeignCustomer, OAuthClient, OtherSku, Quotas,
    ResellerAccount, SameSku, SandboxClock, Settings, Switches,
};
pub use world::World;
