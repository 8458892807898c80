use std::fmt::{self, Debug};
use std::io;
use std::sync::Arc;
use std::time::Instant;

use crate::{Invocation, StartError};

/// Starts restic, or something that answers like it.
///
/// The real runner, replayed recordings, scripted processes and mocks are all executors.
/// The trait is small on purpose, has no default methods and is not sealed: a fake of
/// your own takes a few lines, and so does a mockall mock (feature `mock`).
///
/// Executors only start, report and signal. Deadlines and the stopping of a run are
/// added around every process by [`Supervised`](crate::Supervised).
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Executor: Debug + Send + Sync {
    /// Starts one run of restic.
    ///
    /// # Errors
    ///
    /// When nothing could be started: there is no such program, it may not be executed, or a
    /// recording has no such call. What happens after the start is reported as [`Event`]s.
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError>;
}

/// One run of restic: something to wait for.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Process: Send {
    /// Waits for the next event, no longer than until `deadline`, and no longer than until
    /// somebody [wakes](Control::wake) it.
    ///
    /// Both output streams are drained together, so a full pipe never blocks restic while
    /// somebody waits here. Without a deadline it waits as long as it takes. At the
    /// deadline, and when woken, it returns [`Event::Woken`].
    ///
    /// # Errors
    ///
    /// When the process cannot be read or waited for, and when called again after
    /// [`Event::Exited`].
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event>;

    /// A handle that signals this process, usable from any thread and for any length of time:
    /// after the end of the process it does nothing.
    fn control(&self) -> Arc<dyn Control>;
}

/// No process has to say anything of itself, so that a fake of your own need not.
impl Debug for dyn Process + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Process")
    }
}

/// Signals a [`Process`] from any thread.
///
/// After the process has ended every method does nothing and returns `Ok`: there is nothing
/// to signal, and a process id that has been reused is never signalled.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Control: Send + Sync {
    /// Asks restic to clean up and end (SIGINT), without its helpers. What that is on
    /// Windows is described at [`Runner`](crate::Runner#systems).
    ///
    /// # Errors
    ///
    /// When the system refuses to signal the process.
    fn interrupt(&self) -> io::Result<()>;

    /// Asks more firmly (SIGTERM): restic before 0.17 dies of it and leaves its lock.
    ///
    /// # Errors
    ///
    /// When the system refuses to signal the process.
    fn terminate(&self) -> io::Result<()>;

    /// Ends restic and what it has started, at once (SIGKILL). A lock stays behind.
    ///
    /// # Errors
    ///
    /// When the system refuses to signal the process.
    fn kill(&self) -> io::Result<()>;

    /// Makes a [`Process::next_event`] that waits now, or the next one, return
    /// [`Event::Woken`].
    fn wake(&self);
}

impl Debug for dyn Control + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Control")
    }
}

/// What a running process reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Bytes of standard output, cut anywhere.
    Stdout(Vec<u8>),
    /// Bytes of standard error, cut anywhere.
    Stderr(Vec<u8>),
    /// A remark of the executor, such as that a private file could not be removed. Never
    /// something that restic printed.
    Notice(String),
    /// Nothing happened: the deadline has come, or somebody woke the process.
    Woken,
    /// The process has ended and its output is complete. Comes last, and exactly once.
    Exited(Exit),
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// It ended by itself with this code; what the codes of restic mean is in
    /// [`restic_types::ExitCode`].
    Code(i32),
    /// It was ended by this signal (Unix only).
    Signal(i32),
    /// It ended, but how is not known: this program ignores SIGCHLD, or waits for all of its
    /// children elsewhere, so that the exit status was lost (Unix only).
    Lost,
}

impl Exit {
    /// Whether the process ended by itself with code 0.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Code(0))
    }

    /// The exit code. Absent when a signal ended the process.
    #[must_use]
    pub const fn code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            Self::Signal(_) | Self::Lost => None,
        }
    }

    /// The signal that ended the process. Absent when it ended by itself.
    #[must_use]
    pub const fn signal(self) -> Option<i32> {
        match self {
            Self::Code(_) | Self::Lost => None,
            Self::Signal(signal) => Some(signal),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => f.pad(&format!("exit code {code}")),
            Self::Signal(signal) => f.pad(&format!("signal {signal}")),
            Self::Lost => f.pad("unknown exit status"),
        }
    }
}
