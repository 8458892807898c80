use std::fmt::{self, Debug};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Control;

/// Stops runs of restic from any thread.
///
/// Clones are one and the same: give one to a button, a signal handler's thread, another
/// task. [`stop`](Stop::stop) interrupts every run it was given to at once, exactly one
/// SIGINT each; a run that starts later, or waits for its turn, ends before it has begun. A stop
/// is for good: use a new one for what comes after.
///
/// Escalation, when restic does not end by itself, happens where the run is waited for.
///
/// Not for the inside of a raw signal handler, which may not take locks.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    requested: AtomicBool,
    /// Those that are gone stay here until the next one comes.
    reached: Mutex<Vec<Weak<dyn Reached>>>,
}

/// Something that a [`Stop`] reaches.
trait Reached: Send + Sync {
    /// Somebody has asked. May come more than once.
    fn stop(&self);
}

impl Debug for dyn Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reached")
    }
}

impl Stop {
    /// A stop that nobody has asked for yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Interrupts all runs it was given to. Asking again changes nothing.
    pub fn stop(&self) {
        self.0.requested.store(true, Ordering::SeqCst);
        // They are asked without the lock: what one does may be to drop what another is reached by.
        let reached = self.reached().clone();
        for it in reached {
            if let Some(it) = it.upgrade() {
                it.stop();
            }
        }
    }

    /// Whether somebody has asked for it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Calls this when somebody asks, at once if somebody has, for as long as what is returned
    /// lives: for what waits, and is to give up then. It may be called more than once, by the
    /// thread that asks.
    ///
    /// ```
    /// # use restic_process::Stop;
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let stop = Stop::new();
    /// let reach = stop.on_stop(move || drop(sender.send("stopped")));
    /// stop.stop();
    /// assert_eq!(receiver.recv(), Ok("stopped"));
    /// drop(reach);
    /// ```
    pub fn on_stop(&self, act: impl Fn() + Send + Sync + 'static) -> Reach {
        let reached: Arc<dyn Reached> = Arc::new(Act(act));
        self.reach(&reached);
        Reach { _reached: reached }
    }

    /// Lets this stop reach a run for as long as that lives.
    pub(crate) fn attach(&self, run: Arc<Interruptible>) {
        let run: Arc<dyn Reached> = run;
        self.reach(&run);
    }

    fn reach(&self, one: &Arc<dyn Reached>) {
        let mut reached = self.reached();
        reached.retain(|it| it.strong_count() > 0);
        reached.push(Arc::downgrade(one));
        drop(reached);
        // Asked for between the start of a run and now.
        if self.is_stopped() {
            one.stop();
        }
    }

    fn reached(&self) -> MutexGuard<'_, Vec<Weak<dyn Reached>>> {
        self.0
            .reached
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the reach of a [`Stop`] when dropped.
#[derive(Debug)]
#[must_use = "the stop reaches nothing any longer when this is dropped"]
pub struct Reach {
    _reached: Arc<dyn Reached>,
}

/// What is called when somebody asks.
struct Act<F>(F);

impl<F: Fn() + Send + Sync> Reached for Act<F> {
    fn stop(&self) {
        (self.0)();
    }
}

/// A process that is interrupted once, however many ask.
pub(crate) struct Interruptible {
    control: Arc<dyn Control>,
    /// Whether it was [interrupted](INTERRUPTED) and has [ended](ENDED).
    state: AtomicU8,
}

const INTERRUPTED: u8 = 1;
const ENDED: u8 = 2;

impl Reached for Interruptible {
    fn stop(&self) {
        self.interrupt();
    }
}

impl Interruptible {
    pub(crate) fn new(control: Arc<dyn Control>) -> Arc<Self> {
        Arc::new(Self {
            control,
            state: AtomicU8::new(0),
        })
    }

    /// Sends the one interrupt, and wakes whoever waits, so that the grace begins now. After
    /// the end it does nothing.
    pub(crate) fn interrupt(&self) {
        let (was, is) = (0, INTERRUPTED);
        let changed = self
            .state
            .compare_exchange(was, is, Ordering::SeqCst, Ordering::SeqCst);
        if changed.is_err() {
            return;
        }
        // A process that cannot be signalled is terminated and killed after the grace.
        let _: io::Result<()> = self.control.interrupt();
        self.control.wake();
    }

    /// Notes the end of the process, and returns whether it was interrupted before.
    pub(crate) fn end(&self) -> bool {
        self.state.fetch_or(ENDED, Ordering::SeqCst) & INTERRUPTED != 0
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.state.load(Ordering::SeqCst) & INTERRUPTED != 0
    }

    pub(crate) fn control(&self) -> &dyn Control {
        &*self.control
    }
}
