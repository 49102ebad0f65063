//! Where a process can die or freeze: around every commit and every call. Dying is a future that
//! never goes on and is then dropped, which leaves exactly what a killed process leaves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// The perils of one process.
#[derive(Clone, Default)]
pub struct Peril(Arc<Inner>);

struct Inner {
    /// Points left until the process dies; below zero: never.
    death_in: AtomicI64,
    /// Points left until it freezes; below zero: never.
    freeze_in: AtomicI64,
    died: Notify,
    frozen: Notify,
    thaw: Notify,
    passed: AtomicI64,
    last: Mutex<&'static str>,
}

impl Default for Inner {
    fn default() -> Self {
        Inner {
            death_in: AtomicI64::new(-1),
            freeze_in: AtomicI64::new(-1),
            died: Notify::new(),
            frozen: Notify::new(),
            thaw: Notify::new(),
            passed: AtomicI64::new(0),
            last: Mutex::new(""),
        }
    }
}

impl Peril {
    /// The process dies at the `points`-th point from here, the first being 1.
    pub fn die_in(&self, points: i64) {
        self.0.death_in.store(points, Ordering::SeqCst);
    }

    /// The process freezes at the `points`-th point at which it holds no lock of the database.
    pub fn freeze_in(&self, points: i64) {
        self.0.freeze_in.store(points, Ordering::SeqCst);
    }

    pub fn thaw(&self) {
        self.0.thaw.notify_one();
    }

    pub async fn died(&self) {
        self.0.died.notified().await;
    }

    pub async fn frozen(&self) {
        self.0.frozen.notified().await;
    }

    /// How many points this process has passed, and the name of the last one.
    #[must_use]
    pub fn passed(&self) -> (i64, &'static str) {
        let last = *self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        (self.0.passed.load(Ordering::SeqCst), last)
    }

    /// One point. `freezable`: no transaction and no request is open here.
    pub async fn point(&self, name: &'static str, freezable: bool) {
        self.0.passed.fetch_add(1, Ordering::SeqCst);
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = name;
        if counts_down(&self.0.death_in) {
            self.0.died.notify_one();
            std::future::pending::<()>().await;
        }
        if freezable && counts_down(&self.0.freeze_in) {
            self.0.frozen.notify_one();
            self.0.thaw.notified().await;
        }
    }
}

/// True when this was the last one.
fn counts_down(counter: &AtomicI64) -> bool {
    let left = counter.load(Ordering::SeqCst);
    if left < 0 {
        return false;
    }
    counter.store(left - 1, Ordering::SeqCst);
    left == 1
}
