use std::ffi::OsString;

use crate::cli::{Command, Flag};

/// One flag of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParsedFlag {
    /// Which flag it is.
    pub flag: &'static Flag,
    /// Whether it is one that every command takes.
    pub global: bool,
    /// Its value as given. Absent when a [`Switch`](crate::cli::Value::Switch) or [`Count`](crate::cli::Value::Count) came without `=`.
    pub value: Option<OsString>,
}

/// What was read of a command line that could not be taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The command. Absent when none was found.
    pub command: Option<&'static Command>,
    /// The flags up to the wrong one.
    pub flags: Vec<ParsedFlag>,
    /// The operands up to the wrong word.
    pub operands: Vec<OsString>,
}
