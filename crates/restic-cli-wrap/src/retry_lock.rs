use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use restic_process::{Control, Event, Executor, Exit, Invocation, Process, StartError, Stdin};

/// The first pause between two tries, and the longest: those of restic's own `--retry-lock`.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How much a try may print before it counts as one that has its lock.
const HELD: usize = 64 * 1024;

/// How long a lock is waited for, and what does that for a restic that does not by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) limit: Duration,
    /// Named here and not where a call is made: programs that never ask for it do without its
    /// code.
    start: Start,
}

type Start = fn(Arc<dyn Executor>, &Invocation, Duration) -> Result<Box<dyn Process>, StartError>;

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            start: RetryLock::start,
        }
    }

    /// Starts restic again and again while the repository is locked.
    pub(crate) fn start(
        self,
        executor: &Arc<dyn Executor>,
        invocation: &Invocation,
    ) -> Result<Box<dyn Process>, StartError> {
        (self.start)(Arc::clone(executor), invocation, self.limit)
    }
}

/// Starts restic again and again while the repository is locked, as `--retry-lock` does
/// since restic 0.16.0. From outside it is one process: the tries that failed leave no trace
/// in its output, but for the last.
///
/// What a try prints is held back until it prints JSON, which it does only when it has its
/// lock, or until it has ended.
struct RetryLock {
    executor: Arc<dyn Executor>,
    invocation: Invocation,
    process: Box<dyn Process>,
    control: Arc<RetryControl>,
    give_up: Instant,
    pause: Duration,
    held: VecDeque<Event>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It is not known yet whether this try gets its lock.
    Trying,
    /// It has: what was held back is given out, and then all that comes.
    Running,
    /// The repository was locked. The next try comes at this time.
    Waiting(Instant),
    /// This try was the last, and has ended.
    Ended,
}

impl RetryLock {
    fn start(
        executor: Arc<dyn Executor>,
        invocation: &Invocation,
        patience: Duration,
    ) -> Result<Box<dyn Process>, StartError> {
        let process = executor.start(invocation)?;
        let now = Instant::now();
        Ok(Box::new(Self {
            executor,
            invocation: invocation.clone(),
            control: Arc::new(RetryControl::new(process.control())),
            process,
            give_up: now.checked_add(patience).unwrap_or(now),
            pause: FIRST_PAUSE,
            held: VecDeque::new(),
            phase: Phase::Trying,
        }))
    }

    /// Takes the result of an attempt, and decides what becomes of it.
    fn take(&mut self, event: Event) {
        let exit = match event {
            Event::Exited(exit) => Some(exit),
            _ => None,
        };
        let has_lock = self.shows_lock(&event);
        self.held.push_back(event);
        self.phase = match exit {
            Some(exit) if self.is_locked(exit) => match self.next_try() {
                Some(at) => Phase::Waiting(at),
                None => Phase::Ended,
            },
            Some(_) => Phase::Ended,
            None if has_lock => Phase::Running,
            None => Phase::Trying,
        };
    }

    /// Whether a try that prints this has its lock.
    fn shows_lock(&self, event: &Event) -> bool {
        let held: usize = self.held.iter().map(|event| bytes(event).len()).sum();
        let json = |line: &[u8]| line.starts_with(b"{") || line.starts_with(b"[");
        let stdout = matches!(event, Event::Stdout(_));
        stdout && bytes(event).split(|byte| *byte == b'\n').any(json) || held > HELD
    }

    fn is_locked(&self, exit: Exit) -> bool {
        let stderr: Vec<u8> = self
            .held
            .iter()
            .filter(|event| matches!(event, Event::Stderr(_)))
            .flat_map(|event| bytes(event).iter().copied())
            .collect();
        exit == Exit::Code(1)
            && String::from_utf8_lossy(&stderr).contains("repository is already locked")
    }

    /// When to try again. Absent when patience is at its end, or somebody asked to end, or the
    /// input was a reader, which the last try has read from.
    fn next_try(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let left = self.give_up.saturating_duration_since(now);
        let is_read = matches!(self.invocation.stdin, Stdin::Reader(_));
        if left.is_zero() || is_read || self.control.has_ended() {
            return None;
        }
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Some(now + pause)
    }

    fn try_again(&mut self) -> io::Result<()> {
        self.process = self
            .executor
            .start(&self.invocation)
            .map_err(io::Error::other)?;
        self.control.follow(self.process.control());
        self.held.clear();
        self.phase = Phase::Trying;
        Ok(())
    }
}

impl Process for RetryLock {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        loop {
            match self.phase {
                Phase::Running | Phase::Ended => {
                    if let Some(event) = self.held.pop_front() {
                        return Ok(event);
                    }
                    // After the last event this is the error that everybody gives.
                    return self.process.next_event(deadline);
                }
                Phase::Trying => match self.process.next_event(deadline)? {
                    Event::Woken => return Ok(Event::Woken),
                    event => {
                        self.take(event);
                        if self.phase == Phase::Trying {
                            // Nothing to read yet, but restic is not silent.
                            return Ok(Event::Stderr(Vec::new()));
                        }
                    }
                },
                Phase::Waiting(until) => match self.control.wait(until, deadline) {
                    Waited::Woken => return Ok(Event::Woken),
                    Waited::Ended => self.phase = Phase::Ended,
                    Waited::Over => self.try_again()?,
                },
            }
        }
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.control) as Arc<dyn Control>
    }
}

fn bytes(event: &Event) -> &[u8] {
    match event {
        Event::Stdout(bytes) | Event::Stderr(bytes) => bytes,
        _ => &[],
    }
}

/// Signals the try that runs now, or ends the wait for the next one.
pub(crate) struct RetryControl {
    current: Mutex<Arc<dyn Control>>,
    flags: Mutex<Flags>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Flags {
    woken: bool,
    ended: bool,
}

/// Why a wait is over.
enum Waited {
    Woken,
    Ended,
    Over,
}

impl RetryControl {
    pub(crate) fn new(current: Arc<dyn Control>) -> Self {
        Self {
            current: Mutex::new(current),
            flags: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn flags(&self) -> MutexGuard<'_, Flags> {
        self.flags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Arc<dyn Control> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn follow(&self, control: Arc<dyn Control>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&control);
        // Asked for while the new one was being started.
        if self.flags().ended {
            // It is ended by the stop policy when this fails.
            let _ = control.interrupt();
        }
    }

    /// Whether somebody asked to end.
    pub(crate) fn has_ended(&self) -> bool {
        self.flags().ended
    }

    fn wait(&self, until: Instant, deadline: Option<Instant>) -> Waited {
        let end = deadline.map_or(until, |deadline| deadline.min(until));
        let left = end.saturating_duration_since(Instant::now());
        let quiet = |flags: &mut Flags| !flags.woken && !flags.ended;
        let (mut flags, _) = self
            .changed
            .wait_timeout_while(self.flags(), left, quiet)
            .unwrap_or_else(PoisonError::into_inner);
        if flags.ended {
            Waited::Ended
        } else if std::mem::take(&mut flags.woken) || Instant::now() < until {
            Waited::Woken
        } else {
            Waited::Over
        }
    }

    fn end(&self, signal: impl FnOnce(&dyn Control) -> io::Result<()>) -> io::Result<()> {
        self.flags().ended = true;
        self.changed.notify_all();
        signal(&*self.current())
    }
}

impl Control for RetryControl {
    fn interrupt(&self) -> io::Result<()> {
        self.end(|current| current.interrupt())
    }

    fn terminate(&self) -> io::Result<()> {
        self.end(|current| current.terminate())
    }

    fn kill(&self) -> io::Result<()> {
        self.end(|current| current.kill())
    }

    fn wake(&self) {
        self.flags().woken = true;
        self.changed.notify_all();
        self.current().wake();
    }
}
