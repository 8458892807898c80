mod partial;

use std::any::Any;
use std::fmt;
use std::io;
use std::sync::Arc;

use restic_process::{Exit, Invocation, StartError, StartErrorKind};

use crate::diagnostics::Notice;
use crate::error_kind::ErrorKind;
use crate::held::Held;
use crate::lock_holder::LockHolder;
use crate::shortened;

/// Why a call of restic did not do what was asked.
///
/// [`kind`](Self::kind) is for programs, [`message`](Self::message) has restic's own words
/// for people. `Display` shows both the call and the message, neither with secrets. If an error of
/// the operating system is the cause, it is the [`source`](std::error::Error::source), an
/// [`io::Error`](std::io::Error), and is not repeated in `Display`.
pub struct Error(Held<Facts>);

/// All that is known of a failure.
pub(crate) struct Facts {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) exit: Option<Exit>,
    pub(crate) stderr_tail: String,
    pub(crate) notices: Vec<Notice>,
    pub(crate) invocation: Option<Arc<Invocation>>,
    pub(crate) partial: Option<Partial>,
    pub(crate) lock_may_remain: bool,
    pub(crate) lock: Option<LockHolder>,
    pub(crate) waited_for_network: bool,
    pub(crate) source: Option<Source>,
}

/// What there is of a result after a failure.
pub(crate) type Partial = Box<dyn Any + Send + Sync>;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// The result of most calls here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Errors made by hand, for tests of what a program does with them.
///
/// ```
/// use restic_cli_wrap::{Error, ErrorKind, LockHolder};
///
/// let error = Error::new(ErrorKind::Locked, "repository is already locked")
///     .with_lock(LockHolder::new(4711, "srv1", "alice"));
/// assert_eq!(error.lock().map(|holder| holder.pid), Some(4711));
/// ```
///
/// [`Scripted`](crate::Scripted) lets the client make them, from what restic prints.
impl Error {
    /// An error of this kind, with a message such as restic would print.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::plain(kind, message.into())
    }

    /// The same, after restic ended in this way.
    #[must_use]
    pub fn with_exit(mut self, exit: Exit) -> Self {
        self.0.exit = Some(exit);
        self
    }

    /// The same, with the holder of the lock that was in the way.
    #[must_use]
    pub fn with_lock(mut self, holder: LockHolder) -> Self {
        self.0.lock = Some(holder);
        self
    }

    /// The same, with whether restic may have left a lock behind.
    #[must_use]
    pub fn with_lock_may_remain(mut self, may_remain: bool) -> Self {
        self.0.lock_may_remain = may_remain;
        self
    }
}

impl Error {
    /// The error of which this is known.
    pub(crate) fn of(facts: Facts) -> Self {
        Self(Held::new(facts))
    }

    #[cold]
    fn plain(kind: ErrorKind, message: String) -> Self {
        Self::of(Facts {
            kind,
            message,
            exit: None,
            stderr_tail: String::new(),
            notices: Vec::new(),
            invocation: None,
            partial: None,
            lock_may_remain: false,
            lock: None,
            waited_for_network: false,
            source: None,
        })
    }

    /// The error for a process that cannot be read any longer.
    pub(crate) fn broken(invocation: &Arc<Invocation>, error: io::Error) -> Self {
        let message = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                "restic cannot be stopped: it runs as a user whom this program may not signal, and \
                 goes on until it ends by itself"
            }
            _ => {
                "restic can no longer be read or waited for, and was asked to end: run the command \
                 again, after `unlock` if it reports a lock"
            }
        };
        Self::new(ErrorKind::Io, message)
            .with_invocation(Arc::clone(invocation))
            .with_lock_may_remain(true)
            .with_source(error.into())
    }

    /// The same, with what a run brought although it failed.
    pub(crate) fn with_all_the_same(
        mut self,
        partial: Option<Partial>,
        notices: Vec<Notice>,
    ) -> Self {
        self.0.partial = partial;
        self.0.notices = notices;
        self
    }

    pub(crate) fn with_invocation(mut self, invocation: Arc<Invocation>) -> Self {
        self.0.invocation = Some(invocation);
        self
    }

    pub(crate) fn with_source(mut self, source: Source) -> Self {
        self.0.source = Some(source);
        self
    }

    /// The same failure, reported as another kind.
    pub(crate) fn instead(mut self, kind: ErrorKind, message: &str) -> Self {
        self.0.kind = kind;
        self.0.message = message.to_owned();
        self
    }

    /// What went wrong, as far as a program can act on it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, in restic's own words where it had some.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How restic ended: its exit code, or the signal that ended it. Absent when it was not started,
    /// or could not be waited for.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        self.0.exit
    }

    /// The last lines of restic's standard error, at most 16 KiB.
    #[must_use]
    pub fn stderr_tail(&self) -> &str {
        &self.0.stderr_tail
    }

    /// The lines that were not part of restic's messages, such as warnings and what helper programs
    /// print, in the order in which they came.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.0.notices
    }

    /// The call that failed; printing it is safe. Absent when it could not be built.
    #[must_use]
    pub fn invocation(&self) -> Option<&Invocation> {
        self.0.invocation.as_deref()
    }

    /// Who holds the lock that was in the way. Absent unless the kind is
    /// [`Locked`](ErrorKind::Locked), and when restic did not say.
    #[must_use]
    pub fn lock(&self) -> Option<&LockHolder> {
        self.0.lock.as_ref()
    }

    /// Whether restic may have left a lock in the repository, because it was ended without
    /// time to remove it, or, before restic 0.17, just after it had created it. This library never
    /// removes a lock by itself: use [`Unlock`](crate::commands::Unlock).
    #[must_use]
    pub fn lock_may_remain(&self) -> bool {
        self.0.lock_may_remain
    }

    /// Whether the same call may succeed later without any change: the repository was locked, its
    /// lock was lost, its server could not be reached, or this machine ran out of processes,
    /// descriptors or memory. restic since 0.17.0 keeps trying to reach a server for a quarter of
    /// an hour, so a deadline that ended it in that time counts as well.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Locked | ErrorKind::LockLost | ErrorKind::Network => true,
            ErrorKind::TimedOut => self.0.waited_for_network,
            ErrorKind::CannotStart => self.is_exhausted(),
            _ => false,
        }
    }
}

impl Error {
    /// Whether this program or the system has no more descriptors, processes or memory, for
    /// now.
    fn is_exhausted(&self) -> bool {
        /// `ENFILE` and `EMFILE`, which have these numbers on all Unix systems.
        const NO_DESCRIPTORS: [i32; 2] = [23, 24];
        let source = self.0.source.as_ref();
        let Some(error) = source.and_then(|source| source.downcast_ref::<io::Error>()) else {
            return false;
        };
        let by_number = |number| cfg!(unix) && NO_DESCRIPTORS.contains(&number);
        matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory
        ) || error.raw_os_error().is_some_and(by_number)
    }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        let kind = match error.kind() {
            StartErrorKind::NotFound => ErrorKind::BinaryNotFound,
            StartErrorKind::PermissionDenied | StartErrorKind::NotAProgram => {
                ErrorKind::BinaryNotExecutable
            }
            StartErrorKind::NotRecorded => ErrorKind::NotRecorded,
            _ => ErrorKind::CannotStart,
        };
        let new = Self::new(kind, error.to_string());
        match error.into_source() {
            Some(source) => new.with_source(source.into()),
            None => new,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.invocation {
            Some(invocation) => {
                let call = shortened::call(invocation.to_string());
                write!(f, "`{call}` failed: {}", self.0.message)?;
            }
            None => f.write_str(&self.0.message)?,
        }
        match self.0.exit {
            Some(exit) => write!(f, " ({exit})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &*self.0;
        let invocation = facts.invocation.as_ref();
        let invocation = invocation.map(|call| shortened::call(call.to_string()));
        f.debug_struct("Error")
            .field("kind", &facts.kind)
            .field("message", &facts.message)
            .field("exit", &facts.exit)
            .field("stderr_tail", &facts.stderr_tail)
            .field("notices", &facts.notices)
            .field("invocation", &invocation)
            .field("partial", &facts.partial.is_some())
            .field("lock_may_remain", &facts.lock_may_remain)
            .field("lock", &facts.lock.as_ref().map(LockHolder::summary))
            .field("source", &facts.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}
