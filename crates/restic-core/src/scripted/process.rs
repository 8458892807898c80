use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use restic_process::for_core::advance_to;

use super::{Chunking, Scripted, Step, Stream, lock};
use crate::{Clock as _, Control, Event, Exit, ManualClock, Process, SystemClock};

/// A scripted process on its way.
pub(super) struct ScriptedProcess {
    steps: VecDeque<Step>,
    /// How much of the first step has been printed.
    printed: usize,
    /// Since when the first step has been a pause or held. Absent when it has not begun.
    paused_at: Option<Instant>,
    exit: Exit,
    reactions: Reactions,
    chunks: Chunking,
    clock: Option<ManualClock>,
    finished: bool,
    signals: Arc<Signals>,
}

struct Reactions {
    on_interrupt: Option<Arc<Scripted>>,
    on_terminate: Option<Arc<Scripted>>,
    ignores: bool,
}

impl ScriptedProcess {
    pub(super) fn new(script: Scripted) -> Self {
        Self {
            steps: script.steps.into(),
            printed: 0,
            paused_at: None,
            exit: script.exit,
            reactions: Reactions {
                on_interrupt: script.on_interrupt,
                on_terminate: script.on_terminate,
                ignores: script.ignores,
            },
            chunks: script.chunks,
            clock: script.clock,
            finished: false,
            signals: Arc::default(),
        }
    }
}

impl Process for ScriptedProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        if self.finished {
            return Err(io::Error::other(
                "the script has ended: there is nothing to wait for",
            ));
        }
        loop {
            if let Some(event) = self.heed_signals() {
                return Ok(event);
            }
            if let Some(Step::Later(script)) = self.steps.front() {
                let script = script.take();
                self.go_on(script.unwrap_or_else(|| Scripted::new().exit(1)));
            }
            let now = match self.steps.front() {
                None => return Ok(self.end(self.exit)),
                Some(Step::Print(stream, bytes)) => {
                    let (stream, bytes) = (*stream, Arc::clone(bytes));
                    return Ok(self.print(stream, &bytes));
                }
                // Only what waits looks at the clock.
                Some(_) => self.now(),
            };
            let until = match self.steps.front() {
                Some(Step::Pause(time)) => {
                    // A pause that ends beyond the range of the clock has no end.
                    self.paused_at.get_or_insert(now).checked_add(*time)
                }
                Some(Step::After(stepper, message_type)) => {
                    let is_new = self.paused_at.replace(now).is_none();
                    let passes = stepper.passes(message_type, is_new, &self.control());
                    passes.then_some(now)
                }
                _ => None,
            };
            if until.is_some_and(|until| now >= until) {
                self.next_step();
            } else if deadline.is_some_and(|deadline| now >= deadline) {
                return Ok(Event::Woken);
            } else {
                self.wait(until.into_iter().chain(deadline).min());
            }
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.signals) as Arc<dyn Control>
    }
}

impl ScriptedProcess {
    fn now(&self) -> Instant {
        match &self.clock {
            Some(clock) => clock.now(),
            None => SystemClock.now(),
        }
    }

    fn wait(&self, until: Option<Instant>) {
        let (Some(clock), Some(until)) = (&self.clock, until) else {
            self.signals.wait(until);
            return;
        };
        if self.waits_for_thread() {
            // Real time, of which the clock knows nothing: it is as late as the clock says only
            // when so much of it has passed.
            let left = until.saturating_duration_since(clock.now());
            if self.signals.wait(Instant::now().checked_add(left)) {
                return;
            }
        }
        advance_to(clock, until);
    }

    /// Whether what comes next depends on a thread, and not on time.
    fn waits_for_thread(&self) -> bool {
        matches!(self.steps.front(), Some(Step::After(stepper, _)) if stepper.holds_for_thread())
    }

    /// Does what the signals ask for, each once. An event is what comes next because of it.
    fn heed_signals(&mut self) -> Option<Event> {
        let mut received = lock(&self.signals.received);
        if mem::take(&mut received.woken) {
            return Some(Event::Woken);
        }
        let Received {
            interrupted,
            terminated,
            killed,
            ..
        } = mem::take(&mut *received);
        drop(received);
        if killed || (terminated || interrupted) && !self.reactions.ignores {
            self.leave_stepper();
        }
        if killed {
            return Some(self.end(Exit::Signal(9)));
        }
        if terminated && !self.reactions.ignores {
            match self.reactions.on_terminate.take() {
                Some(then) => self.go_on(Arc::unwrap_or_clone(then)),
                None => return Some(self.end(Exit::Signal(15))),
            }
        } else if interrupted && !self.reactions.ignores {
            let then = self.reactions.on_interrupt.take();
            self.go_on(then.map_or_else(Scripted::interrupted, Arc::unwrap_or_clone));
        }
        None
    }

    /// Nothing comes any more that a stepper could hold: other processes are not to wait for that.
    fn leave_stepper(&self) {
        for step in &self.steps {
            if let Step::After(stepper, _) = step {
                stepper.finish();
            }
        }
    }

    /// Leaves out what is left, and plays this by the same clock and in the same chunks.
    fn go_on(&mut self, then: Scripted) {
        *self = Self {
            chunks: self.chunks,
            clock: self.clock.take(),
            signals: Arc::clone(&self.signals),
            ..Self::new(then)
        };
    }

    /// The length of the next torn chunk: splitmix64, which needs no more than a number.
    fn tear(&mut self, state: u64) -> usize {
        let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.chunks = Chunking::Torn(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        usize::from((mixed >> 60) as u8) + 1
    }

    fn print(&mut self, stream: Stream, bytes: &[u8]) -> Event {
        let rest = bytes.get(self.printed..).unwrap_or_default();
        let length = match self.chunks {
            Chunking::Whole => rest.len(),
            Chunking::Bytes(size) => rest.len().min(size.max(1)),
            Chunking::Pipe => rest.len().min(64 * 1024),
            Chunking::Torn(state) => rest.len().min(self.tear(state)),
            Chunking::Lines => {
                let newline = rest.iter().position(|byte| *byte == b'\n');
                newline.map_or(rest.len(), |newline| newline + 1)
            }
        };
        let chunk = rest.get(..length).unwrap_or_default().to_vec();
        self.printed += length;
        if self.printed >= bytes.len() {
            self.next_step();
        }
        match stream {
            Stream::Stdout => Event::Stdout(chunk),
            Stream::Stderr => Event::Stderr(chunk),
        }
    }

    fn next_step(&mut self) {
        self.steps.pop_front();
        self.printed = 0;
        self.paused_at = None;
    }

    fn end(&mut self, exit: Exit) -> Event {
        self.finished = true;
        Event::Exited(exit)
    }
}

impl fmt::Debug for ScriptedProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedProcess")
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// What somebody asked for, and a way to wait for it.
#[derive(Debug, Default)]
struct Signals {
    received: Mutex<Received>,
    changed: Condvar,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Received {
    woken: bool,
    interrupted: bool,
    terminated: bool,
    killed: bool,
}

impl Signals {
    fn change(&self, change: impl FnOnce(&mut Received)) -> io::Result<()> {
        change(&mut lock(&self.received));
        self.changed.notify_all();
        Ok(())
    }

    /// Waits for the next signal, or until then. Returns `true` when there was a signal.
    fn wait(&self, until: Option<Instant>) -> bool {
        let received = lock(&self.received);
        let quiet = |received: &mut Received| *received == Received::default();
        // A thread that panicked while it signalled changes nothing here.
        match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                let waited = self.changed.wait_timeout_while(received, left, quiet);
                waited.is_ok_and(|(_, waited)| !waited.timed_out())
            }
            None => self.changed.wait_while(received, quiet).is_ok(),
        }
    }
}

impl Control for Signals {
    fn interrupt(&self) -> io::Result<()> {
        self.change(|received| received.interrupted = true)
    }

    fn terminate(&self) -> io::Result<()> {
        self.change(|received| received.terminated = true)
    }

    fn kill(&self) -> io::Result<()> {
        self.change(|received| received.killed = true)
    }

    fn wake(&self) {
        // Waking cannot fail.
        let _ = self.change(|received| received.woken = true);
    }
}
