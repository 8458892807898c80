use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::earliest;
use crate::stop::Interruptible;
use crate::{Clock, Deadlines, Event, Exit, Process, Stop, SystemClock};

/// Adds deadlines and the stop ladder to any process, a mock's and your own included.
///
/// Stopping is one SIGINT to restic alone; after the grace SIGTERM; half a second later
/// SIGKILL. Meanwhile the pipes stay drained, because restic dies of a closed pipe and
/// leaves its lock. All of this advances inside [`next_event`](Self::next_event), except
/// the SIGINT of a [`Stop`], which is sent at once.
///
/// A `Supervised` that is dropped before the end of its process stops it in the same way
/// and waits for it.
pub struct Supervised {
    process: Box<dyn Process>,
    run: Arc<Interruptible>,
    clock: Arc<dyn Clock>,
    stop_policy: StopPolicy,
    deadline: Option<Instant>,
    idle: Option<Duration>,
    step: Step,
    cause: Option<Cause>,
    stdout_before_stop: u64,
    exit: Option<Exit>,
}

/// How long restic gets at each step of being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StopPolicy {
    /// From SIGINT to SIGTERM: restic finishes its upload and removes its lock.
    pub grace: Duration,
    /// From SIGTERM to SIGKILL.
    pub last_grace: Duration,
}

impl Default for StopPolicy {
    /// 15 s, and then half a second.
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(15),
            last_grace: Duration::from_millis(500),
        }
    }
}

/// Why a process was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Somebody asked for it, through a [`Stop`] or by dropping the run.
    Cancelled,
    /// The whole run took longer than its [total deadline](Deadlines::total).
    TotalDeadline,
    /// restic printed nothing for longer than its [idle deadline](Deadlines::idle).
    IdleDeadline,
}

/// Which step of the stop policy a process is at, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Running,
    Interrupted(Instant),
    Terminated(Instant),
    Killed,
    /// Nothing is left to try: this program may not signal it.
    OutOfReach,
}

impl Supervised {
    /// Supervises a process that has just been started: its deadlines begin now, and are measured by
    /// the system's clock.
    #[must_use]
    pub fn new(process: Box<dyn Process>, deadlines: Deadlines) -> Self {
        Self::with_clock(process, deadlines, Arc::new(SystemClock))
    }

    /// Supervises a process with deadlines and graces that are measured by this clock.
    #[must_use]
    pub fn with_clock(
        process: Box<dyn Process>,
        deadlines: Deadlines,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            run: Interruptible::new(process.control()),
            process,
            stop_policy: StopPolicy::default(),
            deadline: deadlines
                .total
                .and_then(|total| clock.now().checked_add(total)),
            idle: deadlines.idle,
            clock,
            step: Step::Running,
            cause: None,
            stdout_before_stop: 0,
            exit: None,
        }
    }

    /// Lets this stop reach the process until it has ended. May be said several times: any of the
    /// stops ends the run. One that was asked before interrupts the process at once.
    #[must_use]
    pub fn stopped_by(self, stop: &Stop) -> Self {
        stop.attach(Arc::clone(&self.run));
        self
    }

    /// Replaces how long the process gets at each step of being stopped.
    #[must_use]
    pub fn stop_policy(mut self, stop_policy: StopPolicy) -> Self {
        self.stop_policy = stop_policy;
        self
    }

    /// Waits for output or the end, and meanwhile keeps the deadlines and climbs the
    /// ladder. Never returns [`Event::Woken`].
    ///
    /// # Errors
    ///
    /// What [`Process::next_event`] returns. And, at the end of the ladder,
    /// [`PermissionDenied`](io::ErrorKind::PermissionDenied) when this program may not signal
    /// the process, which then goes on.
    pub fn next_event(&mut self) -> io::Result<Event> {
        // What was printed until now was a sign of life, and the caller's own time is none
        // of restic's.
        let idle_at = self
            .idle
            .and_then(|idle| self.clock.now().checked_add(idle));
        loop {
            self.climb(idle_at);
            if self.step == Step::OutOfReach {
                return Err(out_of_reach());
            }
            match self.process.next_event(self.next_step_at(idle_at))? {
                Event::Woken => {}
                Event::Exited(exit) => {
                    // A stop that came when the process had all but ended was still a stop;
                    // one that comes later is for other runs.
                    if self.run.end() && self.cause.is_none() {
                        self.cause = Some(Cause::Cancelled);
                    }
                    self.exit = Some(exit);
                    return Ok(Event::Exited(exit));
                }
                event => {
                    self.count(&event);
                    return Ok(event);
                }
            }
        }
    }

    /// Asks the process to end, as a [`Stop`] does, and returns at once: it ends while
    /// [`next_event`](Self::next_event) is called. Asking again changes nothing.
    pub fn stop(&self) {
        self.run.interrupt();
    }

    /// Why the process was stopped: the first reason, if there were several. Absent when it ended,
    /// or still runs, on its own.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
            .or_else(|| self.run.is_interrupted().then_some(Cause::Cancelled))
    }

    /// How many bytes of standard output were read before the process was stopped: all of
    /// them when it was not. Only they show what it had done by then.
    #[must_use]
    pub fn stdout_before_stop(&self) -> u64 {
        self.stdout_before_stop
    }

    /// Whether the process may have left a lock in the repository: it was terminated or killed, by
    /// the ladder or by somebody else, without time to clean up. `false` while it runs undisturbed.
    #[must_use]
    pub fn lock_may_remain(&self) -> bool {
        let forced = matches!(
            self.step,
            Step::Terminated(_) | Step::Killed | Step::OutOfReach
        );
        forced || matches!(self.exit, Some(Exit::Signal(_)))
    }

    fn count(&mut self, event: &Event) {
        if let Event::Stdout(chunk) = event
            && self.cause().is_none()
        {
            self.stdout_before_stop += chunk.len() as u64;
        }
    }

    /// Takes the next step when its time has come.
    fn climb(&mut self, idle_at: Option<Instant>) {
        let is_interrupted = self.step == Step::Running && self.run.is_interrupted();
        // The clock is asked only when something depends on it.
        if !is_interrupted && self.next_step_at(idle_at).is_none() {
            return;
        }
        let now = self.clock.now();
        let control = self.run.control();
        let over = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        match self.step {
            Step::Running if is_interrupted => {
                self.cause = Some(Cause::Cancelled);
                self.step = Step::Interrupted(now);
            }
            Step::Running if over(self.deadline) => self.time_out(Cause::TotalDeadline, now),
            Step::Running if over(idle_at) => self.time_out(Cause::IdleDeadline, now),
            Step::Interrupted(since) if over(since.checked_add(self.stop_policy.grace)) => {
                // A process that cannot be signalled is killed next.
                let _ = control.terminate();
                self.step = Step::Terminated(now);
            }
            Step::Terminated(since) if over(since.checked_add(self.stop_policy.last_grace)) => {
                self.step = match control.kill() {
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                        Step::OutOfReach
                    }
                    // Nothing is left to try after this.
                    _ => Step::Killed,
                };
            }
            _ => {}
        }
    }

    fn time_out(&mut self, cause: Cause, now: Instant) {
        self.cause = Some(cause);
        self.run.interrupt();
        self.step = Step::Interrupted(now);
    }

    fn next_step_at(&self, idle_at: Option<Instant>) -> Option<Instant> {
        match self.step {
            Step::Running => earliest(self.deadline, idle_at),
            Step::Interrupted(since) => since.checked_add(self.stop_policy.grace),
            Step::Terminated(since) => since.checked_add(self.stop_policy.last_grace),
            Step::Killed | Step::OutOfReach => None,
        }
    }
}

fn out_of_reach() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "restic runs as a user whom this program may not signal",
    )
}

impl fmt::Debug for Supervised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervised")
            .field("step", &self.step)
            .field("cause", &self.cause)
            .field("exit", &self.exit)
            .finish_non_exhaustive()
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        if self.exit.is_some() {
            return;
        }
        self.run.interrupt();
        // One error may be of the input, which nobody wants any more. Another means that the
        // process cannot be waited for: its own drop is what is left.
        let mut errors = 0;
        while self.exit.is_none() && errors < 2 {
            errors += u32::from(self.next_event().is_err());
        }
    }
}
