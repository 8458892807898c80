use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What went wrong, as far as a program can act on it.
///
/// The kind follows from facts, in this order: restic could not be started; it was stopped by your
/// program; its exit code, where that is specific; restic's own last words. What it printed
/// earlier, and what other programs printed through it, is in
/// [`Error::notices`](crate::Error::notices) and decides nothing.
///
/// | kind | what to do | [retryable](crate::Error::is_retryable) |
/// |---|---|---|
/// | [`BinaryNotFound`](Self::BinaryNotFound), [`BinaryNotExecutable`](Self::BinaryNotExecutable) | install restic, or name the right program | no |
/// | [`CannotStart`](Self::CannotStart) | read the message: the working directory, an argument, or the limits of the process | when processes, descriptors or memory ran out |
/// | [`Unsupported`](Self::Unsupported) | install a newer restic, or the program that it needs: ssh, rclone, FUSE | no |
/// | [`NotRecorded`](Self::NotRecorded) | record the call, or fix the test | no |
/// | [`Usage`](Self::Usage) | change the call or the settings: flags, operands, the location, missing credentials, a backend's region, the clock of this host | no |
/// | [`NoRepository`](Self::NoRepository) | run [`Init`](crate::commands::Init) if there has never been one | no |
/// | [`Locked`](Self::Locked) | wait, or [`Unlock`](crate::commands::Unlock) when the holder is gone | yes |
/// | [`LockLost`](Self::LockLost) | run the call again | yes |
/// | [`WrongPassword`](Self::WrongPassword), [`NoPassword`](Self::NoPassword) | ask for the password | no |
/// | [`NotFound`](Self::NotFound) | list what exists, and ask for that; check the name of a bucket | no |
/// | [`AlreadyExists`](Self::AlreadyExists) | use what is there, or choose another place | no |
/// | [`Network`](Self::Network) | run the call again later | yes |
/// | [`AccessDenied`](Self::AccessDenied) | change the credentials or permissions | no |
/// | [`Damaged`](Self::Damaged) | run [`Check`](crate::commands::Check), then repair; do not delete the sources | no |
/// | [`NoSpace`](Self::NoSpace) | make room or raise the quota | no |
/// | [`Cancelled`](Self::Cancelled) | nothing: it was asked for | no |
/// | [`TimedOut`](Self::TimedOut) | allow more time | when restic was waiting for a server |
/// | [`Interrupted`](Self::Interrupted), [`Killed`](Self::Killed) | find out who stopped it; [a lock may remain](crate::Error::lock_may_remain) | no |
/// | [`BadOutput`](Self::BadOutput) | check whether the work was done, then report a bug in this library | no |
/// | [`CannotWrite`](Self::CannotWrite) | discard what was written, fix the writer | no |
/// | [`Io`](Self::Io) | check whether restic still runs | no |
/// | [`Failed`](Self::Failed) | show the message to a person | no |
///
/// The name of a kind serves as a label in metrics and logs, and serde uses it as well:
///
/// ```
/// use restic_cli_wrap::ErrorKind;
///
/// assert_eq!(ErrorKind::WrongPassword.as_str(), "wrong_password");
/// assert_eq!("wrong_password".parse(), Ok(ErrorKind::WrongPassword));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such restic program.
    BinaryNotFound,
    /// The restic program may not be executed, or is not a program.
    BinaryNotExecutable,
    /// restic could not be started for another reason: a missing working directory, a NUL byte
    /// in an argument, no descriptors left.
    CannotStart,
    /// The installed restic has no such command or flag, or was built without it; or the system
    /// lacks what it needs, such as FUSE.
    Unsupported,
    /// A replayed scenario has no recording of this call.
    NotRecorded,
    /// restic refuses the arguments, or this library refuses to pass them on because an
    /// old restic would destroy data. Also a server's refusal that local settings cause: the wrong
    /// region, a wrong clock.
    Usage,
    /// There is no repository at that place (exit code 10 since restic 0.17.0; before that,
    /// recognised by restic's message that there is no config file). When the bucket or container
    /// itself is missing, the kind is [`NotFound`](Self::NotFound), because its name may be
    /// mistyped.
    NoRepository,
    /// Somebody else holds a lock (exit code 11 since restic 0.17.0).
    Locked,
    /// restic could not refresh its lock during the run and gave up, as it does since 0.15.0: its
    /// host was asleep, or the repository could not be reached for too long.
    LockLost,
    /// No key of the repository fits the password (exit code 12 since restic 0.17.1).
    WrongPassword,
    /// restic was given no password, or could not read it.
    NoPassword,
    /// What the call names does not exist: a snapshot, a bucket, all sources of a backup.
    /// restic itself may report that as a success.
    NotFound,
    /// A repository already exists where one was to be created, or a file where `repair packs`
    /// would save a copy.
    AlreadyExists,
    /// The repository's server cannot be reached, has an error of its own, or limits the rate of
    /// requests.
    Network,
    /// The repository, or a file, may not be read or written: no permission, a refused
    /// login, an append-only server, a read-only file system.
    AccessDenied,
    /// Data of the repository is damaged, or missing.
    Damaged,
    /// A disk is full, or a quota is used up.
    NoSpace,
    /// The run was stopped by this program.
    Cancelled,
    /// The run took longer than a deadline allows.
    TimedOut,
    /// Somebody else interrupted restic (exit code 130, or 1 of a backup of restic 0.17 and 0.18).
    Interrupted,
    /// A signal from somebody else ended restic.
    Killed,
    /// restic's output is truncated, cannot be read, or has a line or a JSON document of more than
    /// 128 MiB.
    BadOutput,
    /// The writer for restic's output failed, such as because of a full disk or a closed
    /// connection. restic was stopped.
    CannotWrite,
    /// The run could not be watched any longer because of a system error, or restic could not be
    /// stopped because it runs as another user.
    Io,
    /// Any other failure; [`Error::message`](crate::Error::message) has restic's words.
    Failed,
}

/// Gives each kind its name. One without is an error of the compiler.
macro_rules! names {
    ($($kind:ident => $name:literal)*) => {
        impl ErrorKind {
            /// Every kind that this version knows, such as for the labels of a metric.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name of the kind, in lower case with `_` between words. It stays the same
            /// in later versions.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}
names! {
    BinaryNotFound => "binary_not_found"
    BinaryNotExecutable => "binary_not_executable"
    CannotStart => "cannot_start"
    Unsupported => "unsupported"
    NotRecorded => "not_recorded"
    Usage => "usage"
    NoRepository => "no_repository"
    Locked => "locked"
    LockLost => "lock_lost"
    WrongPassword => "wrong_password"
    NoPassword => "no_password"
    NotFound => "not_found"
    AlreadyExists => "already_exists"
    Network => "network"
    AccessDenied => "access_denied"
    Damaged => "damaged"
    NoSpace => "no_space"
    Cancelled => "cancelled"
    TimedOut => "timed_out"
    Interrupted => "interrupted"
    Killed => "killed"
    BadOutput => "bad_output"
    CannotWrite => "cannot_write"
    Io => "io"
    Failed => "failed"
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is not the name of an [`ErrorKind`] of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownErrorKind {
    name: String,
}

impl fmt::Display for UnknownErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not the name of an error kind", self.name)
    }
}

impl std::error::Error for UnknownErrorKind {}

impl FromStr for ErrorKind {
    type Err = UnknownErrorKind;

    fn from_str(name: &str) -> Result<Self, UnknownErrorKind> {
        let mut kinds = Self::ALL.iter().copied();
        let found = kinds.find(|kind| kind.as_str() == name);
        found.ok_or_else(|| UnknownErrorKind {
            name: name.to_owned(),
        })
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}
