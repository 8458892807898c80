use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A clock that only goes forward. Tests of scripted processes bring their own.
pub trait Clock: Debug + Send + Sync {
    /// The current instant.
    fn now(&self) -> Instant;
}

/// The system's monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// The earlier of two, if there are any.
pub(crate) fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// A clock that moves only when a test moves it, for tests of deadlines.
///
/// Clones are one and the same. A `Scripted` process of restic-core that was given it
/// moves it instead of waiting, so hours pass in no time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Instant>>);

impl ManualClock {
    /// A clock that shows the time of now.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// Moves it forward.
    pub fn advance(&self, time: Duration) {
        let now = self.now();
        advance_to(self, now.checked_add(time).unwrap_or(now));
    }
}

/// Moves a clock to an instant, unless that has passed already.
pub fn advance_to(clock: &ManualClock, instant: Instant) {
    let mut now = clock.0.lock().unwrap_or_else(PoisonError::into_inner);
    *now = instant.max(*now);
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
