//! Holds a script after a certain message.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Control;

/// Holds the output of a replay or a script after a certain message, so that a test can do
/// something there, such as cancelling after the third status, without sleeping.
///
/// Clones are one and the same, and it may pace several processes. It holds nothing until
/// [`until`](Self::until) is called. A process that is held still heeds signals, deadlines and
/// [`Control::wake`]; a signal that it does not ignore ends the holding, as
/// [`finish`](Self::finish) does.
#[derive(Clone, Debug, Default)]
pub struct Stepper(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The type of message to hold after, and how many of them are still to come.
    left: Option<(String, usize)>,
    held: bool,
    /// What is held waits for a thread: no time has to pass before it goes on.
    for_thread: bool,
    /// The processes that wait.
    waiting: Vec<Arc<dyn Control>>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stepper {
    /// A stepper that lets everything pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A stepper that holds everything until a thread has done its work.
    pub(crate) fn holding_for_thread() -> Self {
        let stepper = Self::new();
        {
            let mut state = stepper.0.state();
            state.held = true;
            state.for_thread = true;
        }
        stepper
    }

    /// Whether a process that is held waits for a thread, and does not advance its clock.
    pub(super) fn holds_for_thread(&self) -> bool {
        let state = self.0.state();
        state.held && state.for_thread
    }

    /// The thread has failed: what is held stays so, and now time passes.
    pub(crate) fn give_up_thread(&self) {
        self.0.state().for_thread = false;
    }

    /// Lets output pass up to the `count`-th message of this `message_type` from here on, and
    /// holds what comes after it. 0 is the same as 1.
    pub fn until(&self, message_type: &str, count: usize) {
        self.release(Some((message_type.to_owned(), count)));
    }

    /// Lets everything pass from here on.
    pub fn finish(&self) {
        self.release(None);
    }

    /// Waits until a process is held: whoever reads it has been given the message. Returns `false`
    /// when that has not happened within this time.
    #[must_use]
    pub fn wait_until_held(&self, within: Duration) -> bool {
        let waited =
            self.0
                .changed
                .wait_timeout_while(self.0.state(), within, |state: &mut State| !state.held);
        waited.is_ok_and(|(state, _)| state.held)
    }

    fn release(&self, left: Option<(String, usize)>) {
        let waiting = {
            let mut state = self.0.state();
            state.left = left;
            state.held = false;
            std::mem::take(&mut state.waiting)
        };
        for process in waiting {
            process.wake();
        }
    }

    /// Whether a process that has printed such a message may go on. When not, it is woken as soon
    /// as that changes.
    pub(super) fn passes(
        &self,
        message_type: &str,
        is_new: bool,
        process: &Arc<dyn Control>,
    ) -> bool {
        let mut state = self.0.state();
        if let Some((awaited, left)) = &mut state.left
            && is_new
            && awaited == message_type
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                state.left = None;
                state.held = true;
                self.0.changed.notify_all();
            }
        }
        let place = Arc::as_ptr(process).cast::<()>();
        let mut waiting = state.waiting.iter();
        if state.held && !waiting.any(|other| Arc::as_ptr(other).cast::<()>() == place) {
            state.waiting.push(Arc::clone(process));
        }
        !state.held
    }
}
