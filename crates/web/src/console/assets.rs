//! Style sheets, scripts and pictures: ours, in the binary, under an address that changes with their
//! contents, so that browsers may keep them for ever.

use super::page::Failure;
use crate::problem::Problem;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    body: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const ASSETS: &[Asset] = &[
    Asset { name: "console.css", media_type: CSS, body: include_str!("../../assets/console.css") },
    Asset { name: "parts.css", media_type: CSS, body: include_str!("../../assets/parts.css") },
    Asset { name: "forms.css", media_type: CSS, body: include_str!("../../assets/forms.css") },
    Asset { name: "lists.css", media_type: CSS, body: include_str!("../../assets/lists.css") },
    Asset { name: "phone.css", media_type: CSS, body: include_str!("../../assets/phone.css") },
    Asset { name: "console.js", media_type: JS, body: include_str!("../../assets/console.js") },
    Asset { name: "instance.js", media_type: JS, body: include_str!("../../assets/instance.js") },
    Asset {
        name: "activation.js",
        media_type: JS,
        body: include_str!("../../assets/activation.js"),
    },
    Asset { name: "live.js", media_type: JS, body: include_str!("../../assets/live.js") },
    Asset {
        name: "seatwright.svg",
        media_type: "image/svg+xml",
        body: include_str!("../../assets/seatwright.svg"),
    },
];

static BASE: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for asset in ASSETS {
        all.update(asset.body);
    }
    let hash: String = all.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{hash}")
});

/// Where they are in this build. Scripts and style sheets find each other beside themselves.
pub fn base() -> &'static str {
    &BASE
}

/// An address of another build is not found, so that no cache keeps the wrong contents for ever.
pub async fn serve(Path((version, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let current = base().strip_prefix("/assets/") == Some(version.as_str());
    let asset = ASSETS.iter().find(|asset| current && asset.name == name);
    let asset = asset.ok_or(Failure(Problem::NotFound))?;
    let headers =
        [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.body).into_response())
}
