use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Read, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use self::exit_watch::ExitWatch;
use self::pacing::Pacing;
use super::common::{self, CHUNK, Drain, earliest};
use super::descendants::Descendants;
use super::input::{Feed, Input};
use super::prepared::Prepared;
use super::secret_file::{self, SecretFile};
use crate::{Control, Event, Invocation, Process, StartError, StartErrorKind};

pub(super) mod exit_watch;
mod pacing;

pub(super) fn start(
    program: &Path,
    invocation: &Invocation,
) -> Result<Box<dyn Process>, StartError> {
    let process = UnixProcess::start(program, invocation, ExitWatch::new)?;
    Ok(Box::new(process))
}

/// As on systems without process descriptors.
#[cfg(test)]
pub(super) fn start_with_thread(
    program: &Path,
    invocation: &Invocation,
) -> Result<Box<dyn Process>, StartError> {
    let process = UnixProcess::start(program, invocation, ExitWatch::by_thread)?;
    Ok(Box::new(process))
}

/// Why the system did not start a program in a directory that is there.
fn reason(program: &Path, error: &io::Error) -> (StartErrorKind, &'static str) {
    use rustix::io::Errno;

    match Errno::from_io_error(error) {
        Some(Errno::NOENT) if program.exists() => (
            StartErrorKind::NotAProgram,
            "cannot be started: its interpreter is missing",
        ),
        Some(Errno::NOENT) => (StartErrorKind::NotFound, "does not exist any more"),
        Some(Errno::ACCESS | Errno::PERM) => (
            StartErrorKind::PermissionDenied,
            "may not be executed by this user",
        ),
        Some(Errno::NOEXEC) => (StartErrorKind::NotAProgram, "is no program for this system"),
        Some(Errno::TOOBIG) => (
            StartErrorKind::Other,
            "was given more arguments than the system allows: name paths in a file instead",
        ),
        _ => (StartErrorKind::Other, "could not be started"),
    }
}

/// A running restic, watched from one place: both pipes, its end, its input and the wish of
/// somebody else to be heard.
struct UnixProcess {
    child: Child,
    handle: Arc<Handle>,
    wakes: PipeReader,
    exit: ExitWatch,
    stdin: Option<(ChildStdin, Input)>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
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
}

/// Makes what becomes readable when a process ends.
type WatchExit = fn(&Child) -> io::Result<ExitWatch>;

impl UnixProcess {
    fn start(
        program: &Path,
        invocation: &Invocation,
        watch: WatchExit,
    ) -> Result<Self, StartError> {
        let mut prepared = Prepared::new(program, invocation)?;
        // Its own group: a Ctrl-C of the terminal must reach the host alone, since restic and
        // its helpers signalled at once leave a lock.
        prepared.command.process_group(0);
        let mut child = prepared.command.spawn().map_err(|error| {
            common::explain(program, invocation, error, |error| reason(program, error))
        })?;
        let made = io::pipe().and_then(|pipes| Ok((pipes, watch(&child)?)));
        let ((wakes, waker), exit) = made.map_err(|error| common::give_up(&mut child, error))?;
        Self::new(child, prepared, wakes, waker, exit).map_err(common::unwatchable)
    }

    fn new(
        mut child: Child,
        prepared: Prepared,
        wakes: PipeReader,
        waker: PipeWriter,
        exit: ExitWatch,
    ) -> io::Result<Self> {
        let input = child.stdin.take();
        // From here on its drop ends the process.
        let mut process = Self {
            handle: Arc::new(Handle::new(&child, waker)),
            wakes,
            exit,
            stdin: None,
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            stdout_next: true,
            pacing: Pacing::default(),
            buffer: Vec::new(),
            drain: Drain::new(),
            finished: false,
            secrets: prepared.secrets,
            notices: Vec::new(),
            child,
        };
        rustix::io::ioctl_fionbio(&process.wakes, true)?;
        rustix::io::ioctl_fionbio(&process.handle.waker, true)?;
        process.stdin = input
            .zip(prepared.feed)
            .map(|(pipe, feed)| process.input(pipe, feed))
            .transpose()?;
        Ok(process)
    }

    fn input(&self, pipe: ChildStdin, feed: Feed) -> io::Result<(ChildStdin, Input)> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let handle = Arc::downgrade(&self.handle);
        let wake = move || {
            if let Some(handle) = handle.upgrade() {
                handle.wake();
            }
        };
        let input = Input::new(feed, wake)?;
        Ok((pipe, input))
    }

    /// What is ready, waiting until `deadline` at most.
    fn wait(&self, deadline: Option<Instant>) -> io::Result<Ready> {
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
    fn poll(&self, reads_stdout: bool, deadline: Option<Instant>) -> io::Result<Ready> {
        let mut set = PollSet::default();
        let wake = set.add(Some(self.wakes.as_fd()), PollFlags::IN);
        let stdout = self.stdout.as_ref().filter(|_| reads_stdout);
        let stdout = set.add(stdout.map(AsFd::as_fd), PollFlags::IN);
        let stderr = set.add(self.stderr.as_ref().map(AsFd::as_fd), PollFlags::IN);
        let wanting = self
            .stdin
            .as_ref()
            .filter(|(_, input)| !input.pending().is_empty());
        let stdin = set.add(wanting.map(|(pipe, _)| pipe.as_fd()), PollFlags::OUT);
        let running = self.drain.until().is_none();
        let exit = set.add(running.then(|| self.exit.as_fd()), PollFlags::IN);
        set.wait(deadline)?;
        Ok(Ready {
            wake: set.is_ready(wake),
            stdout: set.is_ready(stdout),
            stderr: set.is_ready(stderr),
            stdin: set.is_ready(stdin),
            exit: set.is_ready(exit),
        })
    }

    /// Reads one chunk. `None` when nothing was there, or a pipe has just ended.
    fn read(&mut self, ready: &Ready) -> io::Result<Option<Event>> {
        let stdout_first = ready.stdout && (self.stdout_next || !ready.stderr);
        if stdout_first {
            self.stdout_next = false;
            let chunk = read_chunk(&mut self.stdout, &mut self.buffer)?;
            let count = chunk.as_ref().map_or(0, Vec::len);
            self.pacing.read(self.stdout.as_ref(), count);
            return Ok(chunk.map(Event::Stdout));
        }
        if ready.stderr {
            self.stdout_next = true;
            let chunk = read_chunk(&mut self.stderr, &mut self.buffer)?;
            return Ok(chunk.map(Event::Stderr));
        }
        Ok(None)
    }

    /// Writes as much to restic as the pipe takes without blocking. When restic does not
    /// want it, that is restic's business: its exit code says so.
    fn feed(&mut self) {
        let Some((pipe, input)) = &mut self.stdin else {
            return;
        };
        match pipe.write(input.pending()) {
            Ok(count) => input.advance(count),
            Err(error) if is_temporary(&error) => {}
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

    fn is_drained(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Takes the exit status; from here on the process id belongs to nobody.
    fn reap(&mut self) -> io::Result<Event> {
        let mut alive = self.handle.alive();
        let status = self.child.wait()?;
        *alive = false;
        drop(alive);
        *self.handle.helpers() = Descendants::default();
        self.finished = true;
        self.stdout = None;
        self.stderr = None;
        Ok(Event::Exited(common::exit_of(status)))
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
            let has_ended = self.drain.until().is_some();
            if has_ended && (self.is_drained() || self.drain.is_over()) {
                self.notices.extend(secret_file::remove(&mut self.secrets));
                return match self.notices.pop() {
                    Some(notice) => Ok(Event::Notice(notice)),
                    None => self.reap(),
                };
            }
            self.refill()?;
            let ready = self.wait(earliest(deadline, self.drain.until()))?;
            if ready.exit {
                self.drain.begin();
                if self.handle.stopped.load(Ordering::SeqCst) {
                    // Its helpers have nobody to help any more: a password command that
                    // sleeps would outlive it. Before it is reaped, its group cannot be
                    // another's.
                    kill_process_group_if_any(self.handle.pid);
                    self.handle.helpers().kill();
                }
            }
            // restic from 0.18 on waits for the end of its input before it ends.
            if ready.exit || self.handle.signalled.load(Ordering::SeqCst) {
                self.stdin = None;
            }
            if ready.wake {
                self.forget_wakes();
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

    fn forget_wakes(&mut self) {
        let mut bytes = [0; 64];
        while self.wakes.read(&mut bytes).is_ok_and(|count| count > 0) {}
    }
}

impl Drop for UnixProcess {
    fn drop(&mut self) {
        if !self.finished {
            // Only somebody who never asked for `Exited` gets here.
            let _ = self.handle.kill();
            let _ = self.reap();
        }
    }
}

impl fmt::Debug for UnixProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnixProcess")
            .field("pid", &self.child.id())
            .finish_non_exhaustive()
    }
}

/// Reads what is there; drops the pipe at its end.
///
/// A big chunk is handed over as it is, and a small one copied, so that no event holds much
/// more memory than it has bytes.
fn read_chunk<P: AsFd>(pipe: &mut Option<P>, buffer: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
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
        Err(error) => match io::Error::from(error) {
            error if is_temporary(&error) => Ok(None),
            error => Err(error),
        },
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
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

/// The descriptors of one poll(2).
#[derive(Default)]
struct PollSet<'a>(Vec<PollFd<'a>>);

impl<'a> PollSet<'a> {
    /// Watches a descriptor if there is one, and returns its place.
    fn add(&mut self, descriptor: Option<BorrowedFd<'a>>, flags: PollFlags) -> Option<usize> {
        self.0.push(PollFd::from_borrowed_fd(descriptor?, flags));
        Some(self.0.len() - 1)
    }

    fn is_ready(&self, place: Option<usize>) -> bool {
        place.is_some_and(|place| !self.0[place].revents().is_empty())
    }

    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        loop {
            let timeout = deadline.map(remaining);
            match poll(&mut self.0, timeout.as_ref()) {
                Err(rustix::io::Errno::INTR) => {}
                result => return result.map(drop).map_err(io::Error::from),
            }
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

/// Kills what is left of a process group. That nobody is left is no failure.
fn kill_process_group_if_any(group: Pid) {
    let _ = kill_process_group(group, Signal::KILL);
}

/// Signals the process from anywhere.
#[derive(Debug)]
struct Handle {
    pid: Pid,
    /// False once the process is reaped. Held while signalling, so that a signal never
    /// reaches a stranger with the same id.
    alive: Mutex<bool>,
    /// Somebody asked it to end.
    stopped: AtomicBool,
    /// It has been signalled. Only now may its input end: before, it would take what it has for all.
    signalled: AtomicBool,
    /// What it had started when somebody asked it to end. Those with a group of their own
    /// cannot be found any more when it is gone.
    helpers: Mutex<Descendants>,
    waker: PipeWriter,
}

impl Handle {
    fn new(child: &Child, waker: PipeWriter) -> Self {
        Self {
            pid: Pid::from_child(child),
            alive: Mutex::new(true),
            stopped: AtomicBool::new(false),
            signalled: AtomicBool::new(false),
            helpers: Mutex::default(),
            waker,
        }
    }

    fn alive(&self) -> MutexGuard<'_, bool> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn helpers(&self) -> MutexGuard<'_, Descendants> {
        self.helpers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self, send: impl FnOnce(Pid) -> rustix::io::Result<()>) -> io::Result<()> {
        self.stopped.store(true, Ordering::SeqCst);
        let alive = self.alive();
        let sent = if *alive {
            send(self.pid).map_err(io::Error::from)
        } else {
            Ok(())
        };
        self.signalled.store(true, Ordering::SeqCst);
        sent
    }
}

impl Control for Handle {
    fn interrupt(&self) -> io::Result<()> {
        let sent = self.signal(|pid| {
            *self.helpers() = Descendants::of(pid);
            kill_process(pid, Signal::INT)
        });
        self.wake();
        sent
    }

    fn terminate(&self) -> io::Result<()> {
        self.signal(|pid| kill_process(pid, Signal::TERM))
    }

    fn kill(&self) -> io::Result<()> {
        self.signal(|pid| {
            // Helpers that have a group of their own, as rclone has since restic 0.19, are
            // found by their parents, as long as these live.
            Descendants::of(pid).kill();
            kill_process_group_if_any(pid);
            kill_process(pid, Signal::KILL)
        })
    }

    fn wake(&self) {
        // A full pipe wakes just as well.
        let _ = (&self.waker).write(&[0]);
    }
}
