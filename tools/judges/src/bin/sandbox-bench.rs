//! How many simple requests a second the sandbox answers, beside a server of the same kind that only says hello, over
//! the same connections from the same process. Rounds alternate, and medians are told, so that a busy machine is seen
//! in both.
#![expect(clippy::print_stdout, reason = "a command line tool speaks there")]

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use judges::{Load, measure, settings};
use sandbox::{ConsentAnswer, Sandbox};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 32;
/// What the sandbox must reach so that it is never what limits us, in requests a second.
const GOAL: f64 = 10_000.0;

#[tokio::main]
async fn main() -> Result<()> {
    let mut servers = JoinSet::new();
    let hello = TcpListener::bind(("127.0.0.1", 0)).await?;
    let hello_address = hello.local_addr()?;
    let router = Router::new().route("/", get(|| async { "hello" }));
    servers.spawn(async move { axum::serve(hello, router).await });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let sandbox = Sandbox::new(settings(&format!("http://{address}")));
    servers.spawn(sandbox::serve(sandbox.clone(), listener, std::future::pending()));

    let (token, path) = furnish(&sandbox, address).await?;
    let simple = [
        ("hello", load(hello_address, get_request("/", ""))),
        ("sandbox, GET subscription", load(address, get_request(&path, &token))),
    ];
    println!("{CONNECTIONS} connections, {ROUNDS} rounds of {} s each", ROUND.as_secs());
    let mut rates = [Vec::new(), Vec::new()];
    for round in 1..=ROUNDS {
        for ((name, load), rates) in simple.iter().zip(&mut rates) {
            let rate = measure(load).await?;
            println!(
                "round {round}  {name:<26} {:>9.0}/s  {:>8} answers",
                rate.per_second, rate.answers
            );
            rates.push(rate.per_second);
        }
    }
    let [hello, sandbox] = rates.map(median);
    println!("median   hello {hello:.0}/s, sandbox {sandbox:.0}/s, ratio {:.2}", sandbox / hello);
    let word = if sandbox >= GOAL { "reached" } else { "NOT reached" };
    println!("goal     {GOAL:.0}/s {word}");
    Ok(())
}

fn load(address: SocketAddr, request: String) -> Load {
    Load { address, request, connections: CONNECTIONS, duration: ROUND }
}

fn get_request(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// A customer with a subscription: an access token and the subscription's path.
async fn furnish(sandbox: &Sandbox, address: SocketAddr) -> Result<(String, String)> {
    let settings = settings("");
    let (client, account) = (&settings.clients[0], &settings.accounts[0]);
    let redirect_uri = &client.redirect_uris[0];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("response_type", "code")
        .append_pair("scope", "https://www.googleapis.com/auth/apps.order")
        .finish();
    let link = format!("http://{address}/o/oauth2/v2/auth?{query}");
    let back = sandbox.consent(&link, &account.email, &ConsentAnswer::AllowAll);
    let back = url::Url::parse(&back.context("consent")?)?;
    let code = back.query_pairs().find(|(name, _)| name == "code").context("a code")?.1;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", &client.id)
        .append_pair("client_secret", &client.secret)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code", &code)
        .finish();
    let tokens = post(address, "/token", "application/x-www-form-urlencoded", "", &form).await?;
    let token = tokens["access_token"].as_str().context("an access token")?.to_owned();
    let json = "application/json";
    let customer = json!({
        "customerDomain": "bench.example",
        "alternateEmail": "ada@mailbox.example",
        "postalAddress": {
            "contactName": "Ada Byron", "organizationName": "Acme Ltd",
            "postalCode": "EC1A 1BB", "countryCode": "GB",
        },
    });
    let path = "/apps/reseller/v1/customers";
    let customer = post(address, path, json, &token, &customer.to_string()).await?;
    let customer = customer["customerId"].as_str().context("a customer id")?;
    let path = format!("{path}/{customer}/subscriptions");
    let body = json!({
        "skuId": "1010020027",
        "plan": { "planName": "FLEXIBLE" },
        "seats": { "maximumNumberOfSeats": 10 },
    });
    let made = post(address, &path, json, &token, &body.to_string()).await?;
    let id = made["subscriptionId"].as_str().context("a subscription id")?;
    Ok((token, format!("{path}/{id}")))
}

/// One POST on a connection of its own.
async fn post(
    address: SocketAddr,
    path: &str,
    content_type: &str,
    token: &str,
    body: &str,
) -> Result<Value> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {content_type}\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").context("an answer")?;
    serde_json::from_str(body).with_context(|| format!("POST {path}: {answer}"))
}
