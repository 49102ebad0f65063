//! The only loop, sleep and spawn of the engine. Everything else says when it is due.

use crate::{Engine, Turn};
use std::time::Duration;
use store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often to ask for work that other processes made due, in ms.
const ASK_MS: i64 = 500;
/// How long to wait after the database failed, in ms.
const TROUBLE_MS: u64 = 2_000;

/// Runs turns until it is told to stop.
pub struct Driver {
    engine: Engine,
    workers: usize,
}

/// Tells a [`Driver`] to finish its turns and end.
#[derive(Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Stop(watch::Sender::new(false))
    }
}

impl Stop {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Resolves once somebody stopped.
    pub async fn stopped(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives as long as `self`, so waiting can't fail.
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }
}

impl Driver {
    /// `workers` turns run at the same time, each for another customer.
    #[must_use]
    pub fn new(engine: Engine, workers: usize) -> Driver {
        Driver { engine, workers }
    }

    /// Runs until `stop`; the turns under way are finished first.
    pub async fn run(self, stop: Stop) {
        let mut workers = JoinSet::new();
        for _ in 0..self.workers.max(1) {
            let (engine, stop) = (self.engine.clone(), stop.clone());
            workers.spawn(work(engine, stop));
        }
        while workers.join_next().await.is_some() {}
    }
}

async fn work(engine: Engine, stop: Stop) {
    let stopped = stop.stopped();
    tokio::pin!(stopped);
    loop {
        let pause = match engine.turn().await {
            Ok(Turn::Idle) => until_due(&engine).await,
            Ok(_) => None,
            Err(crate::TurnError::Store(StoreError::LeaseLost { key })) => {
                tracing::warn!(key, "a turn outlived its lease; the next one goes on");
                None
            }
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, source, "a turn was given up");
                Some(Duration::from_millis(TROUBLE_MS))
            }
        };
        let store = engine.store.clone();
        let wait = async move {
            if let Some(pause) = pause {
                tokio::select! {
                    () = store.woken() => {}
                    () = pause_for(pause) => {}
                }
            }
        };
        tokio::select! {
            biased;
            () = &mut stopped => return,
            () = wait => {}
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the engine's one place that waits")]
async fn pause_for(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// How long nothing of this process can be due.
async fn until_due(engine: &Engine) -> Option<Duration> {
    let due_ms = match engine.store.next_due().await {
        Ok(Some(due)) => due.ms_since(engine.clock.now()),
        Ok(None) | Err(_) => ASK_MS,
    };
    let ms = due_ms.clamp(5, ASK_MS);
    Some(Duration::from_millis(u64::try_from(ms).unwrap_or(TROUBLE_MS)))
}
