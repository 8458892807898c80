use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::{Argument, Executor, Invocation, Process, StartError, StartErrorKind};

#[cfg(any(unix, windows))]
mod common;
#[cfg(unix)]
mod descendants;
mod hand_over;
mod input;
#[cfg(any(unix, windows))]
mod line;
#[cfg(any(unix, windows))]
mod prepared;
mod resolve;
#[cfg(any(unix, windows))]
mod secret_file;
mod settings;
#[cfg(test)]
#[cfg(unix)]
mod tests;
#[cfg(any(unix, windows))]
mod texts;
#[cfg(any(windows, test))]
mod threaded;
#[cfg(any(unix, windows))]
mod too_long;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
mod wrapper;
mod wrapping;

pub use input::{Fed, reader_of, unreadable};

/// The real thing: runs a restic program as a process of its own.
///
/// The child gets a session of its own: a Ctrl-C in a terminal reaches the host program only,
/// and a helper that would ask at the terminal, as ssh does, finds none and fails. Signals that
/// the host blocks are not blocked in it, and SIGINT, SIGTERM, SIGPIPE and SIGCHLD do what they
/// do by default. Its standard input is the null device unless the invocation says otherwise, and
/// every inherited `RESTIC_*` variable is removed unless it is allowed by name.
///
/// # Systems
///
/// Linux is tested. macOS and other Unix systems run the same code, with a small thread beside
/// each process that waits for its end; it compiles for macOS and was not tried there.
///
/// Windows has a runner of its own that compiles for it and was not tried there. Its threads
/// are tested on Linux. What differs:
///
/// * An interrupt is a Ctrl-Break to restic and to those of its helpers that are in its
///   process group. It reaches restic only if this program has a console, which restic then
///   shares. A service or a program with windows has none: there stopping is the grace, in
///   which restic may finish by itself, and then end without a message, which leaves a lock.
/// * [`terminate`](crate::Control::terminate) is the same as
///   [`kill`](crate::Control::kill), and both end restic alone. rclone and ssh end when it
///   has; a password command may not.
/// * A Ctrl-Break at the keyboard, and the closing of the console, reach restic as well.
/// * Batch files are no programs here.
#[derive(Clone)]
pub struct Runner {
    program: Arc<Program>,
    settings: RunnerSettings,
}

impl Runner {
    /// Runs this program: a path, or a name that is looked up in `PATH`.
    ///
    /// Nothing is looked up before the first start. From then on the same absolute path is
    /// used, whatever becomes of `PATH` or the current directory.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: Arc::new(Program::new(program.into())),
            settings: RunnerSettings::default(),
        }
    }

    /// Lets restic and its helpers ask the terminal of this process, as ssh does for a
    /// passphrase. Usually they find none, and fail instead of waiting for an answer that
    /// nobody gives. (Unix only.)
    ///
    /// A Ctrl-C at the terminal then reaches them as well as this process: restic and its
    /// helpers end at once, and may leave a lock. And those of its helpers that outlive restic
    /// are not found any longer.
    #[must_use]
    pub fn terminal(mut self, may_ask: bool) -> Self {
        self.settings.terminal = may_ask;
        self
    }

    /// Runs restic through another program, which is given these words and then the name of
    /// restic and its arguments: `nice -n 10`, `setpriv --reuid backup --clear-groups`,
    /// `sudo -u backup`. Without words there is no wrapper.
    ///
    /// * The wrapper is a path or a name in `PATH`. The name of restic is passed on as it is, and
    ///   looked up by the wrapper; a relative path is made absolute.
    /// * The wrapper may run restic as another user, with other processes in sight or in another
    ///   file system, where private files of this process cannot be read. So the password and a
    ///   repository with a secret in its place go by the environment: `RESTIC_PASSWORD`,
    ///   `RESTIC_REPOSITORY` and their kin. A wrapper that clears it has to be asked to
    ///   let them through. Only the new password of a key, for which restic has no variable, is
    ///   in a private file all the same.
    /// * On Linux an interrupt reaches restic itself wherever it runs below the wrapper, and the
    ///   wrapper ends when it has ended. Where it runs elsewhere, as in a container that a
    ///   daemon looks after, and on other systems, the wrapper is interrupted and has to hand that
    ///   on.
    #[must_use]
    pub fn wrapper<I>(mut self, words: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let words = words.into_iter().map(Into::into).collect();
        self.settings.wrapper = Wrapper::new(words).map(|it| Arc::new(it) as Arc<dyn Wrapping>);
        self
    }

    /// The program that runs restic. Absent without a [wrapper](Self::wrapper).
    #[must_use]
    pub fn wrapper_program(&self) -> Option<&OsStr> {
        self.settings.wrapper.as_ref().map(|it| it.name())
    }

    /// The absolute path of the program, as this process sees it.
    ///
    /// # Errors
    ///
    /// When there is no such program, or it cannot be executed.
    pub fn program(&self) -> Result<&Path, StartError> {
        self.program.path("install restic, or name the binary")
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("program", &self.program.name())
            .field("wrapper", &self.wrapper_program())
            .finish_non_exhaustive()
    }
}

impl Executor for Runner {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        refuse_nul(invocation)?;
        let start =
            |program: &Path, invocation: &Invocation| start(program, invocation, &self.settings);
        match &self.settings.wrapper {
            None => start(self.program()?, invocation),
            Some(wrapper) => wrapper.start(self.program.name(), invocation, &start),
        }
    }
}

#[cfg(unix)]
use unix::start;

use self::resolve::Program;
use self::settings::RunnerSettings;
use self::wrapper::Wrapper;
use self::wrapping::Wrapping;
#[cfg(windows)]
use windows::start;

#[cfg(not(any(unix, windows)))]
fn start(_: &Path, _: &Invocation, _: &RunnerSettings) -> Result<Box<dyn Process>, StartError> {
    Err(StartError::new(
        StartErrorKind::Other,
        "starting restic is not supported on this system; replaying recordings is",
    ))
}

/// A NUL byte would cut an argument or a variable short, or fail the start without a word on
/// which one it was.
fn refuse_nul(invocation: &Invocation) -> Result<(), StartError> {
    let has = |text: &OsStr, byte| memchr::memchr(byte, text.as_encoded_bytes()).is_some();
    for argument in &invocation.arguments {
        let word = match argument {
            Argument::Plain(word) => word,
            // Their files are ours.
            Argument::SecretFile { flag, .. } | Argument::ListFile { flag, .. } => OsStr::new(flag),
        };
        if has(word, 0) {
            return Err(refused("the argument ", word, HOLDS_NUL));
        }
    }
    for (name, value) in &invocation.environment {
        if name.is_empty() || has(name, 0) || has(name, b'=') {
            return Err(refused("", name, " cannot be the name of a variable"));
        }
        if memchr::memchr(0, value.expose()).is_some() {
            return Err(refused("the variable ", name, HOLDS_NUL));
        }
    }
    Ok(())
}

const HOLDS_NUL: &str = " holds a NUL byte, which no program can be given";

#[cold]
fn refused(before: &str, what: &OsStr, after: &str) -> StartError {
    let message = format!("{before}{:?}{after}", what.display());
    StartError::new(StartErrorKind::InvalidArgument, message)
}
