//! `seatwright serve`.

use crate::config::Config;
use crate::failure::Result;
use crate::output::Output;
use crate::wire::{Server, bind, interrupted, setup_words};
use serde_json::json;

pub async fn run(config: Config, out: Output) -> Result<()> {
    let interrupted = interrupted();
    let listener = bind(config.listen).await?;
    let notice = config
        .google_url
        .as_ref()
        .map(|url| format!("This installation works with a stand-in at {url}, not with Google."));
    let server = Server::start(config, listener, notice).await?;
    let config = &server.house.config;
    let base = config.public_base();
    let mut value = json!({
        "id": "serve", "status": "listening", "listen": config.listen.to_string(), "url": base,
    });
    let mut words = format!("Seatwright listens on {} and is reached at {base}", config.listen);
    if let Some(code) = &server.setup_code {
        value["setup_url"] = json!(format!("{base}/setup"));
        value["setup_code"] = json!(code);
        words.push_str(&format!("\n{}", setup_words(config, code)));
    }
    out.result(&value, &words);
    server.run(interrupted).await
}
