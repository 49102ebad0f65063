//! The sandbox as the clients find it: two OAuth clients of two projects, two reseller accounts. Never: customers;
//! the stories make theirs.

use sandbox::{Api, OAuthClient, ResellerAccount, Settings};
use serde_json::{Value, json};

const REDIRECT_URI: &str = "http://127.0.0.1/back";

/// What a judge has to know, as JSON: `base`, `clients[]` with `id`, `secret` and `redirect_uri`, `accounts[]` with
/// `email` and `password`.
pub struct Facts(pub Value);

impl Facts {
    /// Those of a sandbox with these settings at its `public_url`.
    pub fn of(settings: &Settings) -> Facts {
        let client = |client: &OAuthClient| {
            let redirect_uri = client.redirect_uris.first();
            json!({ "id": client.id, "secret": client.secret, "redirect_uri": redirect_uri })
        };
        let account = |account: &ResellerAccount| {
            json!({
                "email": account.email,
                "password": account.password,
                "customer_id": account.customer_id,
            })
        };
        Facts(json!({
            "base": settings.public_url,
            "clients": settings.clients.iter().map(client).collect::<Vec<_>>(),
            "accounts": settings.accounts.iter().map(account).collect::<Vec<_>>(),
        }))
    }
}

/// A sandbox at this address, without a trailing slash.
pub fn settings(public_url: &str) -> Settings {
    Settings {
        public_url: public_url.to_owned(),
        clients: vec![client("judge-1", "100000000001"), client("judge-2", "100000000002")],
        accounts: vec![
            ResellerAccount::new(
                "ada@reseller.example",
                "correct horse",
                "100000000000000000001",
                "C0reseller",
            ),
            ResellerAccount::new(
                "bob@rival.example",
                "battery staple",
                "100000000000000000002",
                "C0rival00",
            ),
        ],
        ..Settings::default()
    }
}

fn client(id: &str, project_number: &str) -> OAuthClient {
    OAuthClient {
        id: id.to_owned(),
        secret: format!("secret-of-{id}"),
        redirect_uris: vec![REDIRECT_URI.to_owned()],
        project_number: project_number.to_owned(),
        apis: Api::ALL.into_iter().collect(),
    }
}
