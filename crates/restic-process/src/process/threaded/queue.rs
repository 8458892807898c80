use std::collections::VecDeque;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::Event;
use crate::clock::earliest;
use crate::process::common::{Drain, INPUT};

/// How many chunks of output wait to be taken. A reader that finds no room waits, and so
/// does restic in the end: memory stays bounded.
const LIMIT: usize = 4;

/// Where the threads that watch a process and the one that waits for it meet.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    output: VecDeque<Event>,
    /// How many pipes may still bring output.
    open_pipes: usize,
    /// Why a pipe could not be read.
    error: Option<io::Error>,
    woken: bool,
    /// The process has ended, and may not be reaped yet.
    ended: bool,
    /// A reader for the input has come further.
    input_has_news: bool,
    /// When restic is to see the end of its input.
    input_until: Option<Instant>,
    /// Nobody takes output any more.
    closed: bool,
}

impl Queue {
    pub(super) fn new(pipes: usize) -> Self {
        Self {
            state: Mutex::new(State {
                output: VecDeque::with_capacity(LIMIT),
                open_pipes: pipes,
                error: None,
                woken: false,
                ended: false,
                input_has_news: false,
                input_until: None,
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits for the next event until `deadline`. Absent when the process has ended and its
    /// output is complete, or has been waited for long enough.
    pub(super) fn take(
        &self,
        deadline: Option<Instant>,
        drain: &mut Drain,
    ) -> io::Result<Option<Event>> {
        let mut state = self.lock();
        loop {
            if state.ended {
                drain.begin();
            }
            if state.is_complete() || drain.is_over() {
                return Ok(None);
            }
            if std::mem::take(&mut state.woken) {
                return Ok(Some(Event::Woken));
            }
            if let Some(output) = state.output.pop_front() {
                self.changed.notify_all();
                return Ok(Some(output));
            }
            if let Some(error) = state.error.take() {
                return Err(error);
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(Some(Event::Woken));
            }
            state = self.wait(state, earliest(deadline, drain.until()));
        }
    }

    /// Adds output, and waits for room before. Returns whether anybody still wants more.
    pub(super) fn add(&self, output: Event) -> bool {
        let mut state = self.lock();
        while state.output.len() >= LIMIT && !state.closed {
            state = self.wait(state, None);
        }
        if !state.closed {
            state.output.push_back(output);
            self.changed.notify_all();
        }
        !state.closed
    }

    /// A pipe brings no more, and why when it should have.
    pub(super) fn pipe_ended(&self, result: io::Result<()>) {
        if let Err(error) = result {
            self.fail(error);
        }
        self.change(|state| state.open_pipes -= 1);
    }

    /// Lets whoever waits for the process know that something went wrong beside it.
    pub(super) fn fail(&self, error: io::Error) {
        self.change(|state| {
            state.error.get_or_insert(error);
        });
    }

    /// There is more to write, or the end of it.
    pub(super) fn input_has_news(&self) {
        self.change(|state| state.input_has_news = true);
    }

    /// Waits for news of the input, or until there is nobody to write to any more.
    pub(super) fn wait_for_input(&self) {
        let mut state = self.lock();
        while state.wants_input() && !std::mem::take(&mut state.input_has_news) {
            let until = state.input_until;
            state = self.wait(state, until);
        }
    }

    pub(super) fn process_ended(&self) {
        self.change(|state| state.ended = true);
    }

    pub(super) fn end_input(&self) {
        self.change(|state| {
            state
                .input_until
                .get_or_insert_with(|| Instant::now() + INPUT);
        });
    }

    /// Whether there is anybody to write to.
    pub(super) fn wants_input(&self) -> bool {
        self.lock().wants_input()
    }

    /// Whether restic was asked to end, and is not to be given more.
    pub(super) fn is_ending(&self) -> bool {
        self.lock().input_until.is_some()
    }

    pub(super) fn wake(&self) {
        self.change(|state| state.woken = true);
    }

    /// Lets the readers go: what they still find is for nobody.
    pub(super) fn close(&self) {
        self.change(|state| state.closed = true);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        until: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        let Some(until) = until else {
            return self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        };
        let left = until.saturating_duration_since(Instant::now());
        let waited = self.changed.wait_timeout(state, left);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wants_input(&self) -> bool {
        let is_over = self.input_until.is_some_and(|at| Instant::now() >= at);
        !(is_over || self.ended || self.closed)
    }

    fn is_complete(&self) -> bool {
        self.ended && self.open_pipes == 0 && self.output.is_empty() && self.error.is_none()
    }
}
