use std::ffi::OsString;

use super::seen::Seen;
use super::word;
use crate::cli::Flag;

/// Why a command line could not be taken apart, and how far it went.
///
/// The text never holds a value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
#[non_exhaustive]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// What was read before it went wrong.
    pub seen: Box<Seen>,
}

impl ParseError {
    pub(super) fn new(kind: ParseErrorKind, seen: Seen) -> Self {
        Self {
            kind,
            seen: Box::new(seen),
        }
    }
}

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// No word names a command.
    #[error("no command given")]
    NoCommand,
    /// This word stands where the command should be. Shown only when it looks like a command.
    #[error("unknown command{}", word::shown(.0))]
    UnknownCommand(OsString),
    /// Neither the command nor restic itself has this flag. The value is left off: `--nope` for `--nope=x`, `-z` for `-qzx`.
    #[error("unknown flag `{0}`")]
    UnknownFlag(String),
    /// This flag takes a value, and the line ends after it.
    #[error("`--{}` needs a value", .0.name)]
    MissingValue(&'static Flag),
}
