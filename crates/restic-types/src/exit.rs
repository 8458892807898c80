//! How restic says that it failed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::fields::{Field, Values};

/// The status restic exits with.
///
/// Codes get meanings over time; what a newer restic says with 10, an older one says with 1. See restic's
/// documentation, [Exit codes](https://restic.readthedocs.io/en/stable/075_scripting.html#exit-codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExitCode(pub i32);

impl ExitCode {
    /// Done, as far as restic says.
    ///
    /// Some failures end like this too: a `restore` with errors in restic 0.11, an id that matches nothing in most
    /// commands, a `backup` that skips some of the named paths before 0.19.0.
    pub const SUCCESS: Self = Self(0);

    /// Failed in any way that has no code of its own, wrong flags and unknown commands included.
    pub const FAILURE: Self = Self(1);

    /// Crashed. Up to restic 0.14 also a `dump` that failed.
    pub const CRASH: Self = Self(2);

    /// Done in part: a `backup` that made a snapshot but could not read everything. Since restic 0.19.0 also when
    /// some of the named paths do not exist, and for a `forget` that could not remove every snapshot.
    pub const INCOMPLETE: Self = Self(3);

    /// The repository does not exist. Since restic 0.17.0.
    pub const NO_REPOSITORY: Self = Self(10);

    /// The repository is locked. Since restic 0.17.0.
    pub const LOCKED: Self = Self(11);

    /// The password opens no key. Since restic 0.17.1.
    pub const WRONG_PASSWORD: Self = Self(12);

    /// Ended by SIGINT, or by SIGTERM since restic 0.17.0. In 0.18.0 an interrupted `backup` exits with 1 instead.
    pub const INTERRUPTED: Self = Self(130);
}

impl From<i32> for ExitCode {
    fn from(code: i32) -> Self {
        Self(code)
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why restic failed: the last JSON line on standard error of most failing commands. Since restic 0.18.0.
///
/// Not printed after a crash, for an unknown command, and for a wrong flag before `--json`. See restic's
/// documentation, [Exit errors](https://restic.readthedocs.io/en/stable/075_scripting.html#exit-errors).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "message_type", rename = "exit_error")]
#[non_exhaustive]
pub struct ExitError {
    /// The status restic exits with.
    pub code: ExitCode,
    /// What went wrong. May hold several lines, several sentences and a doubled `Fatal: `.
    pub message: String,
}

impl ExitError {
    pub(crate) const TAG: &str = "exit_error";

    const FIELDS: &[Field] = &[Field::number("code"), Field::text("message")];

    /// Reads one that is a text of its own.
    pub(crate) fn from_str(text: &str) -> serde_json::Result<Self> {
        Values::from_str(text, Self::FIELDS).map(Self::from)
    }
}

impl From<Values<'_>> for ExitError {
    fn from(mut values: Values<'_>) -> Self {
        Self {
            code: ExitCode(values.number()),
            message: values.text(),
        }
    }
}

impl<'de> Deserialize<'de> for ExitError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Values::read(deserializer, Self::FIELDS).map(Self::from)
    }
}
