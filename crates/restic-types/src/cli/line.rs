//! Reading a command line the way restic does.
//!
//! restic uses the Go libraries cobra, which looks for the command, and pflag, which then reads the flags. They do not
//! quite agree with each other, and this module follows both: see [`CommandLine::parse`].

mod error;
mod find;
mod read;
mod seen;
mod word;

use super::Command;
use std::ffi::{OsStr, OsString};

pub use error::{ParseError, ParseErrorKind};
pub use seen::{ParsedFlag, Seen};

/// A command line of restic, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandLine {
    /// The command: the longest one that the words name, such as `key add`.
    pub command: &'static Command,
    /// The flags, in the order in which they came, wherever they stood.
    pub flags: Vec<ParsedFlag>,
    /// The words that are neither command, flag, nor value, in order. Those after a `--` belong here too, whatever
    /// they look like.
    pub operands: Vec<OsString>,
}

impl CommandLine {
    /// Takes apart the arguments of restic, the program's name not among them.
    ///
    /// The table of all releases is the measure: what a release of its own lacks is not looked at here, and values
    /// are not checked. Two things follow restic where it may surprise:
    ///
    /// * A flag with a value takes the next word whatever it looks like, also another flag or `--`.
    /// * In front of the command only separate flags work: in `-qr REPO snapshots` restic, too, finds the command `REPO`.
    ///
    /// # Errors
    ///
    /// When no command is named, when command or flag are unknown, and when a flag lacks its value.
    pub fn parse<I>(arguments: I) -> Result<Self, ParseError>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let words: Vec<OsString> = arguments
            .into_iter()
            .map(|word| word.as_ref().to_owned())
            .collect();
        let mut seen = Seen::default();
        match find::command(words).and_then(|(command, rest)| {
            seen.command = command;
            read::flags(rest, &mut seen)
        }) {
            Ok(()) => seen.try_into(),
            Err(kind) => Err(ParseError::new(kind, seen)),
        }
    }

    /// Whether a switch such as `dry-run` is on: as its last occurrence says, which may be `--dry-run=false`.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        let last = self.all(name).last();
        last.is_some_and(|parsed| match parsed.value.as_deref() {
            None => true,
            Some(value) => ["1", "t", "T", "true", "TRUE", "True"]
                .iter()
                .any(|yes| value == *yes),
        })
    }

    /// All occurrences of the flag with this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ParsedFlag> {
        self.flags
            .iter()
            .filter(move |parsed| parsed.flag.name == name)
    }
}

impl TryFrom<Seen> for CommandLine {
    type Error = ParseError;

    fn try_from(seen: Seen) -> Result<Self, ParseError> {
        match seen.command {
            Some(command) => Ok(Self {
                command,
                flags: seen.flags,
                operands: seen.operands,
            }),
            None => Err(ParseError::new(ParseErrorKind::NoCommand, seen)),
        }
    }
}
