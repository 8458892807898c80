use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{Exit, ManualClock, StartErrorKind};

mod answers;
mod executor;
mod pacing;
mod process;
mod stepper;

pub use executor::ScriptedExecutor;
pub use pacing::Pacing;
pub use stepper::Stepper;

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
/// When it is interrupted it skips the rest of the script, prints what restic prints, and
/// ends with exit code 130, unless [`on_interrupt`](Self::on_interrupt) says otherwise.
/// The other signals end it at once, SIGTERM unless [`on_terminate`](Self::on_terminate)
/// says otherwise.
#[derive(Clone)]
pub struct Scripted {
    steps: Vec<Step>,
    exit: Exit,
    // Shared by clones, as what is printed is: a replay answers any number of times.
    on_interrupt: Option<Arc<Scripted>>,
    on_terminate: Option<Arc<Scripted>>,
    ignores: bool,
    chunks: Chunking,
    clock: Option<ManualClock>,
    start_error: Option<(StartErrorKind, String)>,
}

#[derive(Clone)]
enum Step {
    // An `Arc<[u8]>` would copy what a replay has read.
    Print(Stream, Arc<Vec<u8>>),
    Pause(Duration),
    Forever,
    /// A message of this type has been printed, and the stepper may hold what comes next.
    After(Stepper, String),
    /// What comes next was not known when the process started.
    Later(Later),
}

/// A script that is found out while a process is held. Clones are one and the same.
#[derive(Clone, Default)]
pub(crate) struct Later(Arc<Mutex<Option<Scripted>>>);

impl Later {
    pub(crate) fn set(&self, script: Scripted) {
        *lock(&self.0) = Some(script);
    }

    fn take(&self) -> Option<Scripted> {
        lock(&self.0).take()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// Where output is cut into the chunks that are read.
///
/// A pipe cuts anywhere, and differently each time, so recordings do not keep it: a test
/// chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chunking {
    /// Nowhere: a stream is one chunk, or as many as a script has steps.
    Whole,
    /// After each line.
    Lines,
    /// After this many bytes.
    Bytes(usize),
    /// After 64 KiB, as much as a pipe holds.
    #[default]
    Pipe,
    /// At places that this number chooses, between 1 and 16 bytes apart: inside of lines,
    /// characters and escapes.
    Torn(u64),
}

impl Default for Scripted {
    fn default() -> Self {
        Self::new()
    }
}

impl Scripted {
    /// A process that prints nothing and ends with exit code 0. The methods below add to the end of
    /// what it does.
    #[must_use]
    pub fn new() -> Self {
        Self {
            steps: Vec::new(),
            exit: Exit::Code(0),
            on_interrupt: None,
            on_terminate: None,
            ignores: false,
            chunks: Chunking::Whole,
            clock: None,
            start_error: None,
        }
    }

    /// Prints this to standard output, as one chunk unless [`in_chunks_of`] or [`in_lines`]
    /// says otherwise.
    ///
    /// [`in_chunks_of`]: Self::in_chunks_of
    /// [`in_lines`]: Self::in_lines
    #[must_use]
    pub fn stdout(self, bytes: impl AsRef<[u8]>) -> Self {
        self.prints(Stream::Stdout, bytes.as_ref().to_vec())
    }

    /// Prints this to standard error, as one chunk like [`stdout`](Self::stdout). Both streams
    /// come in the order in which the script was written.
    #[must_use]
    pub fn stderr(self, bytes: impl AsRef<[u8]>) -> Self {
        self.prints(Stream::Stderr, bytes.as_ref().to_vec())
    }

    /// Prints nothing for this long, and then goes on. Signals and deadlines are heeded
    /// meanwhile. With a [`clock`](Self::clock) it takes no real time.
    #[must_use]
    pub fn pause(self, time: Duration) -> Self {
        self.then(Step::Pause(time))
    }

    /// Prints nothing more and does not end until it is signalled. What the script has after this
    /// is never printed.
    #[must_use]
    pub fn hang(self) -> Self {
        self.then(Step::Forever)
    }

    /// Ends with this exit code after the last step. The default is 0.
    #[must_use]
    pub fn exit(self, code: i32) -> Self {
        self.exits(Exit::Code(code))
    }

    /// Ends in this way after the last step: [`Exit::Signal`] is a process that somebody else has
    /// killed.
    #[must_use]
    pub fn exits(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// When it is interrupted (SIGINT), leaves out the rest of the script and goes on with this one,
    /// whose own reactions hold from then on. The default prints what restic prints and ends with
    /// exit code 130.
    #[must_use]
    pub fn on_interrupt(mut self, then: Scripted) -> Self {
        self.on_interrupt = Some(Arc::new(then));
        self
    }

    /// When it is terminated (SIGTERM), leaves out the rest of the script and goes on with this one,
    /// whose own reactions hold from then on. The default is to die of the signal, as restic
    /// before 0.17 does.
    #[must_use]
    pub fn on_terminate(mut self, then: Scripted) -> Self {
        self.on_terminate = Some(Arc::new(then));
        self
    }

    /// Ignores SIGINT and SIGTERM, like a restic that hangs in the kernel: only SIGKILL ends it.
    #[must_use]
    pub fn ignore_signals(mut self) -> Self {
        self.ignores = true;
        self
    }

    /// Measures its pauses by this clock, and advances it instead of waiting. Give the client the
    /// same clock, and its deadlines pass in no time.
    #[must_use]
    pub fn clock(mut self, clock: &ManualClock) -> Self {
        self.clock = Some(clock.clone());
        self
    }

    /// Prints in chunks of up to this many bytes, at least 1, however the script was written.
    #[must_use]
    pub fn in_chunks_of(self, size: usize) -> Self {
        self.chunked(Chunking::Bytes(size))
    }

    /// Prints line by line, however the script was written.
    #[must_use]
    pub fn in_lines(self) -> Self {
        self.chunked(Chunking::Lines)
    }

    /// Prints in these chunks, however the script was written.
    #[must_use]
    pub fn chunked(mut self, chunking: Chunking) -> Self {
        self.chunks = chunking;
        self
    }

    /// Makes an [`executor`](Self::executor) return this error instead of starting the script, as
    /// if there were no restic, for example. The last one counts.
    #[must_use]
    pub fn start_error(mut self, kind: StartErrorKind, message: impl Into<String>) -> Self {
        self.start_error = Some((kind, message.into()));
        self
    }

    /// Prints what a replay has read, in chunks like a pipe's.
    pub(crate) fn printed(stdout: Vec<u8>, stderr: Vec<u8>) -> Self {
        Self::new()
            .prints(Stream::Stdout, stdout)
            .prints(Stream::Stderr, stderr)
            .chunked(Chunking::Pipe)
    }

    /// Goes on with a script that is found out before it gets here. When none is, it ends
    /// with exit code 1.
    pub(crate) fn later(self, script: &Later) -> Self {
        self.then(Step::Later(script.clone()))
    }

    /// How many bytes it prints when nobody signals it.
    pub(crate) fn printed_bytes(&self) -> usize {
        let bytes = self.steps.iter().map(|step| match step {
            Step::Print(_, bytes) => bytes.len(),
            _ => 0,
        });
        bytes.sum()
    }

    fn prints(self, stream: Stream, bytes: Vec<u8>) -> Self {
        if bytes.is_empty() {
            // A chunk without bytes is nothing that a process could print.
            self
        } else {
            self.then(Step::Print(stream, Arc::new(bytes)))
        }
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// What restic does when it is interrupted, as all tested versions do but for the code.
    /// A second time changes nothing.
    fn interrupted() -> Self {
        let mut then = Self::new()
            .stderr("signal interrupt received, cleaning up\n")
            .exit(130);
        then.ignores = true;
        then
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
