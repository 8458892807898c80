use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{
    Clock as _, Control, Event, Executor, Exit, Invocation, ManualClock, Process, StartError,
    StartErrorKind, SystemClock,
};

/// A process written by hand: what it prints, when, and how it ends.
///
/// ```
/// use restic_core::{Executor, Invocation, Scripted};
///
/// let restic = Scripted::executor([Scripted::new().stdout("[]\n"), Scripted::new().exit(1)]);
/// let process = restic.start(&Invocation::new(["snapshots"]))?;
/// assert_eq!(restic.calls()[0].to_string(), "restic snapshots");
/// # drop(process);
/// # Ok::<(), restic_core::StartError>(())
/// ```
///
/// When it is interrupted it leaves out what is left of the script, says what restic says
/// and ends with exit code 130, unless [`on_interrupt`](Self::on_interrupt) says otherwise.
#[derive(Clone)]
pub struct Scripted {
    steps: Vec<Step>,
    exit: Exit,
    on_interrupt: Option<Box<Scripted>>,
    ignores: bool,
    clock: Option<ManualClock>,
}

#[derive(Clone)]
enum Step {
    Stdout(Arc<[u8]>),
    Stderr(Arc<[u8]>),
    Pause(Duration),
    Forever,
}

impl Default for Scripted {
    fn default() -> Self {
        Self::new()
    }
}

impl Scripted {
    /// A process that prints nothing and ends with exit code 0.
    #[must_use]
    pub fn new() -> Self {
        Self {
            steps: Vec::new(),
            exit: Exit::Code(0),
            on_interrupt: None,
            ignores: false,
            clock: None,
        }
    }

    /// Prints this to standard output, as one chunk.
    #[must_use]
    pub fn stdout(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Stdout(bytes.as_ref().into()))
    }

    /// Prints this to standard error, as one chunk.
    #[must_use]
    pub fn stderr(self, bytes: impl AsRef<[u8]>) -> Self {
        self.then(Step::Stderr(bytes.as_ref().into()))
    }

    /// Does nothing for so long.
    #[must_use]
    pub fn pause(self, time: Duration) -> Self {
        self.then(Step::Pause(time))
    }

    /// Does nothing more, until it is signalled.
    #[must_use]
    pub fn hang(self) -> Self {
        self.then(Step::Forever)
    }

    /// Ends with this exit code.
    #[must_use]
    pub fn exit(self, code: i32) -> Self {
        self.exits(Exit::Code(code))
    }

    /// Ends in this way.
    #[must_use]
    pub fn exits(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Goes on like this when it is interrupted.
    #[must_use]
    pub fn on_interrupt(mut self, then: Scripted) -> Self {
        self.on_interrupt = Some(Box::new(then));
        self
    }

    /// Ignores every signal but the last, SIGKILL.
    #[must_use]
    pub fn ignore_signals(mut self) -> Self {
        self.ignores = true;
        self
    }

    /// Lives by this clock, and moves it instead of waiting.
    #[must_use]
    pub fn clock(mut self, clock: &ManualClock) -> Self {
        self.clock = Some(clock.clone());
        self
    }

    /// Prints in chunks of so many bytes, however the script was written.
    #[must_use]
    pub fn in_chunks_of(mut self, size: usize) -> Self {
        let cut = |step: Step| -> Vec<Step> {
            let size = size.max(1);
            match step {
                Step::Stdout(bytes) => bytes
                    .chunks(size)
                    .map(|chunk| Step::Stdout(chunk.into()))
                    .collect(),
                Step::Stderr(bytes) => bytes
                    .chunks(size)
                    .map(|chunk| Step::Stderr(chunk.into()))
                    .collect(),
                other => vec![other],
            }
        };
        self.steps = self.steps.into_iter().flat_map(cut).collect();
        self
    }

    /// An executor that plays these processes, one a call.
    pub fn executor(scripts: impl IntoIterator<Item = Scripted>) -> Arc<ScriptedExecutor> {
        let scripts = scripts.into_iter().collect();
        Arc::new(ScriptedExecutor {
            scripts: Mutex::new(scripts),
            calls: Mutex::default(),
        })
    }

    /// Starts it.
    #[must_use]
    pub fn start(&self) -> Box<dyn Process> {
        Box::new(ScriptedProcess {
            steps: self.steps.clone().into(),
            exit: self.exit,
            on_interrupt: self.on_interrupt.as_deref().cloned(),
            ignores: self.ignores,
            clock: self.clock.clone(),
            pause_ends: None,
            finished: false,
            signals: Arc::default(),
        })
    }

    fn then(mut self, step: Step) -> Self {
        // A chunk without bytes is nothing that a process could print.
        let nothing =
            matches!(&step, Step::Stdout(bytes) | Step::Stderr(bytes) if bytes.is_empty());
        if !nothing {
            self.steps.push(step);
        }
        self
    }

    /// What restic does when it is interrupted, as all tested versions do but for the code.
    fn interrupted() -> Self {
        Self::new()
            .stderr("signal interrupt received, cleaning up\n")
            .exit(130)
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("steps", &self.steps.len())
            .field("exit", &self.exit)
            .finish_non_exhaustive()
    }
}

/// Plays scripted processes, one a call, and remembers the calls.
#[derive(Debug)]
pub struct ScriptedExecutor {
    scripts: Mutex<VecDeque<Scripted>>,
    calls: Mutex<Vec<Invocation>>,
}

impl ScriptedExecutor {
    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Invocation> {
        lock(&self.calls).clone()
    }
}

impl Executor for ScriptedExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        lock(&self.calls).push(invocation.clone());
        let next = lock(&self.scripts).pop_front();
        next.map(|script| script.start()).ok_or_else(|| {
            let message = format!("no script is left for `{invocation}`");
            StartError::new(StartErrorKind::NotRecorded, message)
        })
    }
}

/// A scripted process on its way.
struct ScriptedProcess {
    steps: VecDeque<Step>,
    exit: Exit,
    on_interrupt: Option<Scripted>,
    ignores: bool,
    clock: Option<ManualClock>,
    /// When the pause ends that is the next step. Absent when it has not begun.
    pause_ends: Option<Instant>,
    finished: bool,
    signals: Arc<Signals>,
}

#[derive(Debug, Default)]
struct Signals {
    received: Mutex<Received>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Received {
    woken: bool,
    interrupted: bool,
    /// The signal that ends it.
    ended_by: Option<i32>,
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
            let now = self.now();
            let until = match self.steps.front() {
                None => return Ok(self.end(self.exit)),
                Some(Step::Stdout(_) | Step::Stderr(_)) => return Ok(self.print()),
                Some(Step::Forever) => None,
                Some(Step::Pause(time)) => {
                    Some(*self.pause_ends.get_or_insert_with(|| now + *time))
                }
            };
            if until.is_some_and(|until| self.now() >= until) {
                self.pause_ends = None;
                self.steps.pop_front();
            } else if deadline.is_some_and(|deadline| self.now() >= deadline) {
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
        match (&self.clock, until) {
            (Some(clock), Some(until)) => clock.advance_to(until),
            _ => self.signals.wait(until),
        }
    }

    fn heed_signals(&mut self) -> Option<Event> {
        let mut received = lock(&self.signals.received);
        if std::mem::take(&mut received.woken) {
            return Some(Event::Woken);
        }
        if let Some(signal) = received
            .ended_by
            .filter(|signal| !self.ignores || *signal == 9)
        {
            drop(received);
            return Some(self.end(Exit::Signal(signal)));
        }
        if std::mem::take(&mut received.interrupted) && !self.ignores {
            drop(received);
            let then = self
                .on_interrupt
                .take()
                .unwrap_or_else(Scripted::interrupted);
            self.steps = then.steps.into();
            self.exit = then.exit;
            self.pause_ends = None;
        }
        None
    }

    fn print(&mut self) -> Event {
        match self.steps.pop_front() {
            Some(Step::Stdout(bytes)) => Event::Stdout(bytes.to_vec()),
            Some(Step::Stderr(bytes)) => Event::Stderr(bytes.to_vec()),
            _ => Event::Woken,
        }
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

impl Signals {
    fn change(&self, change: impl FnOnce(&mut Received)) -> io::Result<()> {
        change(&mut lock(&self.received));
        self.changed.notify_all();
        Ok(())
    }

    /// Waits for the next signal, or until then.
    fn wait(&self, until: Option<Instant>) {
        let received = lock(&self.received);
        let quiet = |received: &mut Received| {
            !received.woken && !received.interrupted && received.ended_by.is_none()
        };
        let waited = match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                self.changed
                    .wait_timeout_while(received, left, quiet)
                    .map(|(guard, _)| drop(guard))
                    .is_ok()
            }
            None => self.changed.wait_while(received, quiet).is_ok(),
        };
        // A thread that panicked while it signalled changes nothing here.
        let _ = waited;
    }
}

impl Control for Signals {
    fn interrupt(&self) -> io::Result<()> {
        self.change(|received| received.interrupted = true)
    }

    fn terminate(&self) -> io::Result<()> {
        self.change(|received| received.ended_by = received.ended_by.or(Some(15)))
    }

    fn kill(&self) -> io::Result<()> {
        self.change(|received| received.ended_by = Some(9))
    }

    fn wake(&self) {
        // Waking cannot fail.
        let _ = self.change(|received| received.woken = true);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
