//! The sandbox as a value that others hold: its settings, clock and world behind one lock.
//! Never: rules of an API.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::Router;

use crate::clock::Clock;
use crate::faults::FaultRule;
use crate::settings::{SandboxClock, Settings, Switches};
use crate::world::World;
use crate::{door, life, seed, snapshot};

/// A Google of one's own. Clones share one world.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Clock,
    /// Those of the settings until somebody turns one.
    switches: RwLock<Arc<Switches>>,
    world: Mutex<World>,
}

impl Sandbox {
    /// Opens the snapshot if there is one, then adds the clients and accounts of `settings` that it doesn't know.
    ///
    /// A snapshot that can't be read is put aside under the extension `unreadable`, with an error in the log.
    pub fn new(settings: Settings) -> Sandbox {
        let kept = settings.snapshot.as_deref().and_then(snapshot::load);
        let moved_ms = kept.as_ref().map_or(0, |found| found.clock_moved_ms);
        let clock = Clock::new(settings.clock, moved_ms);
        let world = seed::plant(kept.map(|found| found.world), &settings, clock.now_ms());
        let switches = RwLock::new(Arc::new(settings.switches.clone()));
        Sandbox(Arc::new(Inner { settings, clock, switches, world: Mutex::new(world) }))
    }

    /// All of Google's paths below one base address, the control API below `/sandbox/v1`, and a page at `/`.
    ///
    /// An answer with the header `DROP_HEADER` stands for a connection that closed without one. `serve` does that;
    /// whoever calls the router in process has to treat such an answer as "no answer".
    pub fn router(&self) -> Router {
        door::router(self)
    }

    /// Sets the sandbox's time, in ms since the epoch. On the real clock it goes on from there. What is due by then
    /// (trials, renewals, old suspensions) happens with the next call or look.
    pub fn set_now_ms(&self, now_ms: i64) {
        self.0.clock.set_now_ms(now_ms);
    }

    pub(crate) fn advance_ms(&self, by_ms: i64) {
        self.0.clock.advance_ms(by_ms);
        let world = self.settled();
        self.keep(&world);
    }

    /// The world after everything that is due by now has happened.
    pub(crate) fn settled(&self) -> MutexGuard<'_, World> {
        let mut world = self.world();
        life::settle(&mut world, &self.switches(), self.now_ms());
        world
    }

    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Looks at the world. `f` must not call the sandbox.
    pub fn inspect<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        f(&self.settled())
    }

    /// Changes the world as no API would, and writes the snapshot. `f` must not call the sandbox.
    pub fn alter<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.settled();
        world.distrust();
        let result = f(&mut world);
        self.keep(&world);
        result
    }

    /// The same for our own hands, which keep the index up.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut World, i64) -> T) -> T {
        let mut world = self.settled();
        let result = f(&mut world, self.now_ms());
        self.keep(&world);
        result
    }

    pub fn add_fault(&self, rule: FaultRule) {
        self.world().faults.push(rule);
    }

    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }

    /// Which way the points go on which Google's sources contradict each other or say nothing.
    pub fn switches(&self) -> Arc<Switches> {
        self.0.switches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Turns switches while the sandbox runs. Not kept in snapshots: the next run begins with those of its settings.
    pub fn set_switches(&self, switches: Switches) {
        *self.0.switches.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(switches);
        // What falls due may be something else by now.
        self.world().distrust();
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn clock_kind(&self) -> SandboxClock {
        self.0.clock.kind()
    }

    /// Never held across an await. A panic in one call leaves the world as it was found, so the next may go on.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the snapshot, if one is wanted. With the world locked, so that snapshots keep the order of the calls.
    pub(crate) fn keep(&self, world: &World) {
        if let Some(path) = &self.0.settings.snapshot {
            snapshot::save(path, world, self.0.clock.moved_ms());
        }
    }
}
