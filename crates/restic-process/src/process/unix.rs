use std::fmt;
use std::io::{self, PipeReader};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use self::exit_watch::ExitWatch;
use self::pacing::Pacing;
use self::session::Session;
use self::wake::Wake;
use super::common::{self, CHUNK, Drain};
use super::descendants::Descendants;
use super::input::{Fed, Feed};
use super::prepared::Prepared;
use super::secret_file::{self, SecretFile};
use super::settings::RunnerSettings;
use super::wrapping::Wrapped;
use crate::clock::earliest;
use crate::{Control, Event, Invocation, Process, StartError, StartErrorKind, thread};

pub(super) mod exit_watch;
mod orphans;
mod pacing;
pub(super) mod session;
mod sigchld;
pub(super) mod spawn;
mod wake;

pub(super) fn start(
    program: &Path,
    invocation: &Invocation,
    settings: &RunnerSettings,
) -> Result<Box<dyn Process>, StartError> {
    refuse_to_lose_it()?;
    start_watched(program, invocation, settings, ExitWatch::new)
}

/// As on systems without process descriptors.
#[cfg(test)]
pub(super) fn start_with_thread(
    program: &Path,
    invocation: &Invocation,
) -> Result<Box<dyn Process>, StartError> {
    start_watched(
        program,
        invocation,
        &RunnerSettings::default(),
        ExitWatch::by_thread,
    )
}

/// Makes what becomes readable when a process ends.
type WatchExit = fn(Pid) -> io::Result<ExitWatch>;

fn start_watched(
    program: &Path,
    invocation: &Invocation,
    settings: &RunnerSettings,
    watch: WatchExit,
) -> Result<Box<dyn Process>, StartError> {
    let mut prepared = Prepared::new(program, invocation)?;
    // Made before the start: what there is no room for is better not started.
    let wake = Wake::new().map_err(common::unwatchable)?;
    let session = match settings.terminal {
        true => Session::Shared,
        false => Session::Own,
    };
    let child = spawn::spawn(&mut prepared, session)
        .map_err(|error| common::explain(program, &prepared.line, error, reason))?;
    let wrapper = settings.wrapper.as_ref();
    let wrapped = wrapper.map(|wrapper| wrapper.restic(&prepared.line.words));
    let (exit, failed) = match watch(child.pid) {
        Ok(exit) => (exit, None),
        Err(error) => (ExitWatch::Unwatched, Some(error)),
    };
    let handle = Handle::new(child.pid, session, exit, wake, wrapped);
    // From here on its drop ends the process: better none than a stray one.
    let mut process = UnixProcess::new(handle, child.stdout, child.stderr, prepared.secrets);
    let fed = match (failed, child.stdin) {
        (Some(error), _) => Err(error),
        (None, Some((socket, feed))) => process.feed_by(socket, feed),
        (None, None) => Ok(()),
    };
    fed.map_err(common::unwatchable)?;
    Ok(Box::new(process))
}

/// Without a process descriptor, and with a system that waits for every child by itself, nobody
/// could say to whom the id of restic belongs.
fn refuse_to_lose_it() -> Result<(), StartError> {
    if sigchld::is_ignored() && !ExitWatch::is_certain() {
        return Err(StartError::new(
            StartErrorKind::Other,
            "this program ignores SIGCHLD, and on this system a restic that is started so could \
             not be stopped without the risk of signalling another process: set SIGCHLD to its \
             default",
        ));
    }
    Ok(())
}

/// Why the system did not start a program in a directory that is there.
fn reason(program: &Path, error: &io::Error) -> (StartErrorKind, &'static str) {
    const NOEXEC: i32 = Errno::NOEXEC.raw_os_error();

    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::NotFound, _) if program.exists() => (
            StartErrorKind::NotAProgram,
            "cannot be started: its interpreter is missing",
        ),
        (io::ErrorKind::NotFound, _) => (StartErrorKind::NotFound, "does not exist any more"),
        (io::ErrorKind::PermissionDenied, _) => (
            StartErrorKind::PermissionDenied,
            "may not be executed by this user",
        ),
        (_, Some(NOEXEC)) => (StartErrorKind::NotAProgram, "is no program for this system"),
        _ => (StartErrorKind::Other, "could not be started"),
    }
}

/// A running restic, watched from one place: both pipes, its end, its input and the wish of
/// somebody else to be heard.
struct UnixProcess {
    handle: Arc<Handle>,
    stdin: Option<(UnixStream, Fed)>,
    stdout: Option<PipeReader>,
    stderr: Option<PipeReader>,
    /// Stdout's turn is next when both pipes have something.
    stdout_next: bool,
    pacing: Pacing,
    buffer: Vec<u8>,
    drain: Drain,
    finished: bool,
    /// Kept for as long as restic may read them.
    secrets: Vec<SecretFile>,
    /// What is to be said before the end.
    notices: Vec<String>,
    wound_up: bool,
    /// It may not be ended from here, and somebody else sees to it, if anybody does.
    is_left: bool,
}

impl UnixProcess {
    fn new(
        handle: Handle,
        stdout: PipeReader,
        stderr: PipeReader,
        secrets: Vec<SecretFile>,
    ) -> Self {
        Self {
            handle: Arc::new(handle),
            stdin: None,
            stdout: Some(stdout),
            stderr: Some(stderr),
            stdout_next: true,
            pacing: Pacing::default(),
            buffer: Vec::new(),
            drain: Drain::new(),
            finished: false,
            secrets,
            notices: Vec::new(),
            wound_up: false,
            is_left: false,
        }
    }

    fn feed_by(&mut self, socket: UnixStream, feed: Feed) -> io::Result<()> {
        let handle = Arc::downgrade(&self.handle);
        let wake = move || {
            if let Some(handle) = handle.upgrade() {
                handle.wake();
            }
        };
        let input = Fed::new(feed, Box::new(wake))?;
        self.stdin = Some((socket, input));
        Ok(())
    }

    /// What is ready, waiting until `deadline` at most.
    fn wait(&self, deadline: Option<Instant>) -> Result<Ready, Errno> {
        let running = self.drain.until().is_none();
        if let Some(rest) = self.pacing.rest().filter(|_| running) {
            let ready = self.poll(false, earliest(deadline, Instant::now().checked_add(rest)))?;
            if ready.is_any() {
                return Ok(ready);
            }
        }
        self.poll(true, deadline)
    }

    /// The same, with or without a look at standard output.
    fn poll(&self, reads_stdout: bool, deadline: Option<Instant>) -> Result<Ready, Errno> {
        let wake = self.handle.wake.as_fd();
        // What is not watched leaves its place to one that is, and asks nothing of it.
        let watch = |descriptor, flags| match descriptor {
            Some(descriptor) => PollFd::from_borrowed_fd(descriptor, flags),
            None => PollFd::from_borrowed_fd(wake, PollFlags::empty()),
        };
        let stdout = self.stdout.as_ref().filter(|_| reads_stdout);
        let stdin = match &self.stdin {
            Some((pipe, input)) if !input.pending().is_empty() => Some(pipe.as_fd()),
            _ => None,
        };
        let stdin = stdin.filter(|_| self.handle.signalled.get().is_none());
        let exit = self.handle.exit.as_fd();
        let mut set = [
            watch(Some(wake), PollFlags::IN),
            watch(stdout.map(AsFd::as_fd), PollFlags::IN),
            watch(self.stderr.as_ref().map(AsFd::as_fd), PollFlags::IN),
            watch(stdin, PollFlags::OUT),
            watch(exit.filter(|_| self.drain.until().is_none()), PollFlags::IN),
        ];
        wait_for(&mut set, deadline)?;
        let [wake, stdout, stderr, stdin, exit] = set.map(|it| !it.revents().is_empty());
        Ok(Ready {
            wake,
            stdout,
            stderr,
            stdin,
            exit,
        })
    }

    /// Reads one chunk. `None` when nothing was there, or the pipes have just ended: both at once
    /// when restic has, as a rule.
    fn read(&mut self, ready: &Ready) -> Result<Option<Event>, Errno> {
        let stdout_first = ready.stdout && (self.stdout_next || !ready.stderr);
        let turns = if stdout_first {
            [true, false]
        } else {
            [false, true]
        };
        for is_stdout in turns {
            let event = match is_stdout {
                true if ready.stdout => self.read_stdout()?,
                false if ready.stderr => self.read_stderr()?,
                _ => None,
            };
            if event.is_some() {
                self.stdout_next = !is_stdout;
                return Ok(event);
            }
        }
        Ok(None)
    }

    fn read_stdout(&mut self) -> Result<Option<Event>, Errno> {
        let chunk = read_chunk(&mut self.stdout, &mut self.buffer)?;
        let count = chunk.as_ref().map_or(0, Vec::len);
        self.pacing.read(self.stdout.as_ref(), count);
        Ok(chunk.map(Event::Stdout))
    }

    fn read_stderr(&mut self) -> Result<Option<Event>, Errno> {
        let chunk = read_chunk(&mut self.stderr, &mut self.buffer)?;
        Ok(chunk.map(Event::Stderr))
    }

    /// Writes as much to restic as the pipe takes without blocking. When restic does not
    /// want it, that is restic's business: its exit code says so.
    fn feed(&mut self) {
        let Some((pipe, input)) = &mut self.stdin else {
            return;
        };
        match spawn::write(pipe, input.pending()) {
            Ok(count) => input.advance(count),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.stdin = None,
        }
    }

    /// Gets more to write. At the end of the input restic's standard input is closed; when
    /// the input fails it is not, since restic would take what it has for all.
    fn refill(&mut self) -> io::Result<()> {
        let more = self
            .stdin
            .as_mut()
            .map_or(Ok(true), |(_, input)| input.refill())?;
        if !more {
            self.stdin = None;
        }
        Ok(())
    }

    /// When the input ends that restic is not to wait for any longer.
    fn input_until(&self) -> Option<Instant> {
        let since = self.stdin.as_ref().and(self.handle.signalled.get())?;
        Some(*since + common::INPUT)
    }

    /// When there is something to do that nobody says.
    fn next_change(&self) -> Option<Instant> {
        earliest(self.drain.until(), self.input_until())
    }

    fn is_drained(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Takes the exit status; from here on the process id belongs to nobody.
    fn reap(&mut self) -> io::Result<Event> {
        // Found now: its session is its own for as long as it is not reaped.
        let orphans = self.handle.orphans();
        let exit = {
            let mut alive = self.handle.alive();
            // Also when the wait fails: nobody knows then to whom the id belongs.
            *alive = false;
            self.handle.exit.reap(self.handle.pid)?
        };
        orphans.adopt();
        self.finished = true;
        self.stdout = None;
        self.stderr = None;
        Ok(Event::Exited(exit))
    }

    /// What is to be done when its end is seen, and it is not reaped.
    fn see_end(&mut self) {
        self.drain.begin();
        if self.handle.stopped.load(Ordering::SeqCst) {
            // Its helpers have nobody to help any more: a password command that sleeps would
            // outlive it.
            self.handle.kill_helpers();
            self.handle.helpers().kill();
        }
    }

    /// Takes the secrets away, and looks at who keeps the pipes open. Once.
    fn wind_up(&mut self) {
        secret_file::remove(&mut self.secrets, &mut self.notices);
        if !std::mem::replace(&mut self.wound_up, true) && !self.is_drained() {
            self.notices.extend(self.handle.who_holds_the_pipes());
        }
    }
}

impl UnixProcess {
    /// Lets a process go on that may not be ended from here. A thread reads what it prints, so
    /// that it ends in good order, and waits for it.
    fn leave(&mut self) {
        if std::mem::replace(&mut self.is_left, true) {
            return;
        }
        let mut left = Self {
            handle: Arc::clone(&self.handle),
            stdin: self.stdin.take(),
            stdout: self.stdout.take(),
            stderr: self.stderr.take(),
            stdout_next: true,
            pacing: Pacing::default(),
            buffer: Vec::new(),
            drain: Drain::new(),
            finished: false,
            secrets: std::mem::take(&mut self.secrets),
            notices: Vec::new(),
            wound_up: false,
            is_left: true,
        };
        let work = move || while left.next_event(None).is_ok() {};
        // Without a thread nobody reads it, and it ends because of that.
        let _ = thread::spawn("restic-left", Box::new(work));
    }
}

impl Process for UnixProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        if self.finished {
            return Err(common::already_ended());
        }
        self.drain.resume();
        let event = self.advance(deadline);
        self.drain.pause();
        event
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::clone(&self.handle) as Arc<dyn Control>
    }
}

impl UnixProcess {
    fn advance(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        loop {
            if self.handle.exit.as_fd().is_none() {
                self.drain.begin();
            }
            let has_ended = self.drain.until().is_some();
            if has_ended && (self.is_drained() || self.drain.is_over()) {
                self.wind_up();
                return match self.notices.pop() {
                    Some(notice) => Ok(Event::Notice(notice)),
                    None => self.reap(),
                };
            }
            self.refill()?;
            let ready = self.wait(earliest(deadline, self.next_change()))?;
            if ready.exit {
                self.see_end();
            }
            // restic from 0.18 on waits for the end of its input before it ends.
            let is_over = self.input_until().is_some_and(|at| Instant::now() >= at);
            if ready.exit || is_over {
                self.stdin = None;
            }
            if ready.wake {
                self.handle.wake.forget();
                return Ok(Event::Woken);
            }
            if ready.stdin {
                self.feed();
            }
            if let Some(event) = self.read(&ready)? {
                return Ok(event);
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(Event::Woken);
            }
        }
    }
}

impl Drop for UnixProcess {
    fn drop(&mut self) {
        if !self.finished {
            // Only somebody who never asked for `Exited` gets here.
            match self.handle.kill() {
                Ok(()) => drop(self.reap()),
                Err(_) => self.leave(),
            }
        }
    }
}

impl fmt::Debug for UnixProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnixProcess")
            .field("pid", &self.handle.pid.as_raw_nonzero())
            .finish_non_exhaustive()
    }
}

/// Reads what is there; drops the pipe at its end.
///
/// A big chunk is handed over as it is, and a small one copied, so that no event holds much
/// more memory than it has bytes.
fn read_chunk(
    pipe: &mut Option<PipeReader>,
    buffer: &mut Vec<u8>,
) -> Result<Option<Vec<u8>>, Errno> {
    let Some(open) = pipe else { return Ok(None) };
    buffer.clear();
    buffer.reserve(CHUNK);
    match rustix::io::read(open, rustix::buffer::spare_capacity(buffer)) {
        Ok(0) => {
            *pipe = None;
            Ok(None)
        }
        Ok(count) if count > CHUNK / 4 => Ok(Some(std::mem::take(buffer))),
        Ok(_) => Ok(Some(buffer.clone())),
        Err(Errno::AGAIN | Errno::INTR) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a wait has found.
struct Ready {
    wake: bool,
    stdout: bool,
    stderr: bool,
    stdin: bool,
    exit: bool,
}

impl Ready {
    fn is_any(&self) -> bool {
        self.wake || self.stdout || self.stderr || self.stdin || self.exit
    }
}

/// Waits for one of them, until `deadline` at most.
fn wait_for(set: &mut [PollFd<'_>], deadline: Option<Instant>) -> Result<(), Errno> {
    loop {
        let timeout = deadline.map(remaining);
        match poll(set, timeout.as_ref()) {
            Err(Errno::INTR) => {}
            result => return result.map(drop),
        }
    }
}

fn remaining(deadline: Instant) -> Timespec {
    let left = deadline.saturating_duration_since(Instant::now());
    // A wait of more seconds than the system can count is as good as without end.
    Timespec::try_from(left).unwrap_or(Timespec {
        tv_sec: i64::from(i32::MAX),
        tv_nsec: 0,
    })
}

/// Signals the process from anywhere.
struct Handle {
    pid: Pid,
    session: Session,
    exit: ExitWatch,
    /// Restic among those that a wrapper has started. Absent when it is the process itself.
    wrapped: Option<Box<dyn Wrapped>>,
    /// False once the process is reaped. Held while signalling, so that a signal never
    /// reaches a stranger with the same id.
    alive: Mutex<bool>,
    /// Somebody asked it to end.
    stopped: AtomicBool,
    /// When it was asked to end. Its input may only end after that: before, it would take what it has
    /// for all.
    signalled: OnceLock<Instant>,
    /// What it had started when somebody asked it to end. Those with a group of their own
    /// cannot be found any more when it is gone.
    helpers: Mutex<Descendants>,
    wake: Wake,
}

impl Handle {
    fn new(
        pid: Pid,
        session: Session,
        exit: ExitWatch,
        wake: Wake,
        wrapped: Option<Box<dyn Wrapped>>,
    ) -> Self {
        Self {
            pid,
            session,
            exit,
            wrapped,
            alive: Mutex::new(true),
            stopped: AtomicBool::new(false),
            signalled: OnceLock::new(),
            helpers: Mutex::default(),
            wake,
        }
    }

    fn alive(&self) -> MutexGuard<'_, bool> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn helpers(&self) -> MutexGuard<'_, Descendants> {
        self.helpers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn descendants(&self) -> Descendants {
        let mut descendants = Descendants::default();
        self.add_descendants(&mut descendants);
        descendants
    }

    fn add_descendants(&self, known: &mut Descendants) {
        let has_session = self.session == Session::Own;
        known.add(self.pid, has_session, &|| self.exit.owns(self.pid));
    }

    /// Kills all that it has started, and that is found by its parent or its session. The
    /// process itself, which may have ended, is not reaped.
    fn kill_helpers(&self) {
        self.descendants().kill();
        // Otherwise its group is the one of this process.
        if self.session == Session::Own {
            self.exit.kill_group(self.pid);
        }
    }

    /// What it leaves to this process, if that is where orphans go.
    fn orphans(&self) -> Descendants {
        let mut known = std::mem::take(&mut *self.helpers());
        let is_stopped = self.stopped.load(Ordering::SeqCst);
        if !orphans::come_here(is_stopped) {
            return Descendants::default();
        }
        self.add_descendants(&mut known);
        known
    }

    /// Helpers of restic's that go on after its end, for people.
    fn who_holds_the_pipes(&self) -> Option<String> {
        let left = self.descendants().alive();
        (!left.is_empty())
            .then(|| format!("restic has ended, and programs it had started still run: {left}"))
    }

    /// Signals restic, which may be behind a wrapper that hands no signal on. Only a kill is for
    /// what it has started as well.
    fn signal(&self, signal: Signal) -> io::Result<()> {
        self.stopped.store(true, Ordering::SeqCst);
        let alive = self.alive();
        let sent = match *alive {
            true => self.send(signal),
            false => Ok(()),
        };
        self.signalled.get_or_init(Instant::now);
        sent
    }

    fn send(&self, signal: Signal) -> io::Result<()> {
        if signal == Signal::KILL {
            // Helpers that have a session of their own are found by their parents, as long as
            // these live.
            self.kill_helpers();
        }
        // Who else there is matters to an interrupt, which keeps them, and to a wrapper.
        if signal == Signal::KILL || signal == Signal::TERM && self.wrapped.is_none() {
            return self.exit.signal(self.pid, signal);
        }
        let descendants = self.descendants();
        let wrapped = self.wrapped.as_ref();
        let restic = wrapped.and_then(|restic| restic.among(&descendants, self.pid));
        let sent = match restic {
            Some(restic) => restic.signal(signal),
            None => self.exit.signal(self.pid, signal),
        };
        if signal == Signal::INT {
            *self.helpers() = descendants;
        }
        sent
    }
}

impl Control for Handle {
    fn interrupt(&self) -> io::Result<()> {
        let sent = self.signal(Signal::INT);
        self.wake();
        sent
    }

    fn terminate(&self) -> io::Result<()> {
        self.signal(Signal::TERM)
    }

    fn kill(&self) -> io::Result<()> {
        self.signal(Signal::KILL)
    }

    fn wake(&self) {
        self.wake.wake();
    }
}
