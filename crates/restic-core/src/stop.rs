use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Control;

/// Stops runs of restic from any thread.
///
/// Clones are one and the same: give one to a button, a signal handler's thread, another
/// task. [`stop`](Stop::stop) interrupts every run it was given to at once, exactly one
/// SIGINT each; a run that starts later ends before it has begun. A stop is for good: use a
/// new one for what comes after.
///
/// Escalation, when restic does not end by itself, happens where the run is waited for.
///
/// Not for the inside of a raw signal handler, which may not take locks.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    requested: AtomicBool,
    next: AtomicU64,
    running: Mutex<Vec<(u64, Weak<Interruptible>)>>,
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
        let running: Vec<_> = self
            .running()
            .iter()
            .filter_map(|(_, run)| run.upgrade())
            .collect();
        for run in running {
            run.interrupt();
        }
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Lets this stop reach a run for as long as the attachment lives.
    pub(crate) fn attach(&self, run: &Arc<Interruptible>) -> Attachment {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.running().push((id, Arc::downgrade(run)));
        // Asked for between the start of the run and now.
        if self.is_stopped() {
            run.interrupt();
        }
        Attachment {
            stop: self.clone(),
            id,
        }
    }

    fn running(&self) -> MutexGuard<'_, Vec<(u64, Weak<Interruptible>)>> {
        self.0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the reach of a [`Stop`] when dropped.
#[derive(Debug)]
pub(crate) struct Attachment {
    stop: Stop,
    id: u64,
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.stop.running().retain(|(id, _)| *id != self.id);
    }
}

/// A process that is interrupted once, however many ask.
pub(crate) struct Interruptible {
    control: Arc<dyn Control>,
    state: Mutex<RunState>,
}

/// Whether a process still runs, and whether it was asked to end before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunState {
    Running,
    Interrupted,
    Ended { interrupted: bool },
}

impl RunState {
    fn is_interrupted(self) -> bool {
        matches!(self, Self::Interrupted | Self::Ended { interrupted: true })
    }
}

impl fmt::Debug for Interruptible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interruptible")
            .field("state", &*self.state())
            .finish_non_exhaustive()
    }
}

impl Interruptible {
    pub(crate) fn new(control: Arc<dyn Control>) -> Arc<Self> {
        Arc::new(Self {
            control,
            state: Mutex::new(RunState::Running),
        })
    }

    /// Sends the one interrupt, and wakes whoever waits, so that the grace begins now. After
    /// the end it does nothing.
    pub(crate) fn interrupt(&self) {
        {
            let mut state = self.state();
            if *state != RunState::Running {
                return;
            }
            *state = RunState::Interrupted;
        }
        // A process that cannot be signalled is terminated and killed after the grace.
        let _: io::Result<()> = self.control.interrupt();
        self.control.wake();
    }

    /// Notes the end of the process, and returns whether it was interrupted before.
    pub(crate) fn end(&self) -> bool {
        let mut state = self.state();
        let interrupted = state.is_interrupted();
        *state = RunState::Ended { interrupted };
        interrupted
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.state().is_interrupted()
    }

    fn state(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn control(&self) -> &dyn Control {
        &*self.control
    }
}
