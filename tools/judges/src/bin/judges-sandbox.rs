//! A sandbox on a free port of loopback for the judges. Once it listens, it writes `judges::Facts` into the file that
//! its one argument names, and serves until it is killed.

use anyhow::{Context, Result};
use judges::{Facts, settings};
use sandbox::Sandbox;
use std::path::PathBuf;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let facts = std::env::args_os().nth(1).context("usage: judges-sandbox FACTS")?;
    let facts = PathBuf::from(facts);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let settings = settings(&format!("http://{}", listener.local_addr()?));
    // Whoever waits for the file finds it whole.
    let unfinished = facts.with_extension("unfinished");
    std::fs::write(&unfinished, Facts::of(&settings).0.to_string())?;
    std::fs::rename(&unfinished, &facts)?;
    sandbox::serve(Sandbox::new(settings), listener, std::future::pending()).await?;
    Ok(())
}
