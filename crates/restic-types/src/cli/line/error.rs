use std::ffi::OsString;
use std::fmt;

use super::seen::Seen;
use super::word;
use crate::cli::Flag;

/// Why a command line could not be taken apart, and how far it went.
///
/// The text never holds a value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ParseError {}

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// No word names a command.
    NoCommand,
    /// This word stands where the command should be. Shown only when it looks like a command.
    UnknownCommand(OsString),
    /// Neither the command nor restic itself has this flag. The value is left off: `--nope` for `--nope=x`, `-z` for `-qzx`.
    UnknownFlag(String),
    /// This flag takes a value, and the line ends after it.
    MissingValue(&'static Flag),
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => f.write_str("no command given"),
            Self::UnknownCommand(word) => write!(f, "unknown command{}", word::shown(word)),
            Self::UnknownFlag(flag) => write!(f, "unknown flag `{flag}`"),
            Self::MissingValue(flag) => write!(f, "`--{}` needs a value", flag.name),
        }
    }
}

impl std::error::Error for ParseErrorKind {}
