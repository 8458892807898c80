use std::fmt;

use serde::Serialize;

/// How much a difference may matter to programs that read restic's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Something is new; programs that ignore what they do not know go on.
    Info,
    /// Something is missing, which a program may wait for.
    Warning,
    /// Something means something else: a type, an exit code, the form of a stream, an unknown
    /// sentence.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}
