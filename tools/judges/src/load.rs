//! Load for a benchmark: the same request again and again over a few kept-alive connections, and how many were
//! answered a second. Never: a client for anything else; it understands `content-length` and no more.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What is sent, by how many, for how long.
#[derive(Clone)]
pub struct Load {
    pub address: SocketAddr,
    /// A whole HTTP/1.1 request.
    pub request: String,
    pub connections: usize,
    pub duration: Duration,
}

/// How fast the answers came.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub answers: u64,
    pub per_second: f64,
}

/// Sends the load and counts the answers. An answer other than 200 is an error, so that no refusal passes for speed.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub async fn measure(load: &Load) -> Result<Rate> {
    let started = Instant::now();
    let deadline = started + load.duration;
    let mut visitors = JoinSet::new();
    for _ in 0..load.connections {
        visitors.spawn(visit(load.clone(), deadline));
    }
    let mut answers = 0_u64;
    while let Some(visited) = visitors.join_next().await {
        answers += visited??;
    }
    let per_second = f64::from(u32::try_from(answers)?) / started.elapsed().as_secs_f64();
    Ok(Rate { answers, per_second })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
async fn visit(load: Load, deadline: Instant) -> Result<u64> {
    let mut stream = TcpStream::connect(load.address).await?;
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(16 * 1024);
    let mut answers = 0;
    while Instant::now() < deadline {
        stream.write_all(load.request.as_bytes()).await?;
        read_answer(&mut stream, &mut bytes).await?;
        answers += 1;
    }
    Ok(answers)
}

/// Reads one answer and takes it out of `bytes`.
async fn read_answer(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<()> {
    loop {
        if let Some(length) = whole_answer(bytes)? {
            bytes.drain(..length);
            return Ok(());
        }
        if stream.read_buf(bytes).await? == 0 {
            bail!("the connection was closed");
        }
    }
}

/// The length in bytes of the answer that stands in full at the beginning of `bytes`, if there is one.
fn whole_answer(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes[..head])?;
    if !text.starts_with("HTTP/1.1 200 ") {
        bail!("answered with {}", text.lines().next().unwrap_or_default());
    }
    let body = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without content-length")?
        .1
        .trim()
        .parse::<usize>()?;
    let length = head + 4 + body;
    Ok((bytes.len() >= length).then_some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(whole_answer(answer).unwrap(), Some(answer.len()));
        assert_eq!(whole_answer(&answer[..answer.len() - 1]).unwrap(), None);
        assert_eq!(whole_answer(&answer[..20]).unwrap(), None);
        assert!(whole_answer(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").is_err());
        assert!(whole_answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
