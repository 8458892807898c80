use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What went wrong, as far as a program can act on it.
///
/// Its name is a label for metrics and logs, and what it is serialised as:
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
    /// The restic program may not be executed, or is no program.
    BinaryNotExecutable,
    /// The call could not be made for another reason: a missing working folder, a NUL byte
    /// in an argument, no descriptors left.
    CannotStart,
    /// The restic at hand has no such command or flag, or was built without it; or the system
    /// lacks what it needs, such as FUSE.
    Unsupported,
    /// A replayed scenario has no recording of this call.
    NotRecorded,
    /// restic refuses the arguments, or this library refuses to pass them on because an
    /// old restic would destroy data.
    Usage,
    /// There is no repository at that place (exit code 10 since restic 0.17.0).
    NoRepository,
    /// Somebody else holds a lock (exit code 11 since restic 0.17.0).
    Locked,
    /// No key of the repository fits the password (exit code 12 since restic 0.17.1).
    WrongPassword,
    /// restic was given no password, or could not read it.
    NoPassword,
    /// What was asked for by its name is not there: a snapshot, every source of a backup.
    /// restic itself may call that a success.
    NotFound,
    /// There is a repository already where one was to be made, or a file where `repair packs`
    /// would save a copy.
    AlreadyExists,
    /// The repository's server cannot be reached.
    Network,
    /// The repository, or a file, may not be read or written: no permission, a refused
    /// login, an append-only server.
    AccessDenied,
    /// Data of the repository is damaged, or missing.
    Damaged,
    /// A disk is full.
    NoSpace,
    /// The run was stopped from here.
    Cancelled,
    /// The run took longer than a deadline allows.
    TimedOut,
    /// Somebody else interrupted restic (exit code 130, or 1 of a backup of restic 0.18).
    Interrupted,
    /// A signal from somebody else ended restic.
    Killed,
    /// restic's output is cut short, or cannot be read.
    BadOutput,
    /// What was to take restic's output has failed, such as a full disk or a closed
    /// connection. restic was stopped.
    CannotWrite,
    /// The run could not be watched any longer: the system failed.
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

/// A text that names no [`ErrorKind`] of this version.
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
