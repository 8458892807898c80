use std::{fmt, io};

/// Why nothing was started.
#[derive(Debug)]
pub struct StartError {
    kind: StartErrorKind,
    message: String,
    source: Option<io::Error>,
}

impl StartError {
    /// An error of this kind, with words for people that say what to do.
    pub fn new(kind: StartErrorKind, message: impl Into<String>) -> Self {
        Self::of(kind, message.into())
    }

    #[cold] // What leads here is kept small, and out of the way of what does not fail.
    #[inline(never)]
    fn of(kind: StartErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            source: None,
        }
    }

    /// Adds the error of the system behind it.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn with_source(mut self, source: io::Error) -> Self {
        self.source = Some(source);
        self
    }

    /// The error of the system behind it, for an error that says the rest by itself.
    #[must_use]
    pub fn into_source(self) -> Option<io::Error> {
        self.source
    }

    /// What kind of failure it is.
    #[must_use]
    pub const fn kind(&self) -> StartErrorKind {
        self.kind
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// The kinds of a [`StartError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// There is no such program: a path that does not exist, or a name that is in no
    /// directory of `PATH`.
    NotFound,
    /// The program exists and may not be executed by this user.
    PermissionDenied,
    /// The path is there and is no program: a directory, an empty file, a file for another
    /// system.
    NotAProgram,
    /// The working directory does not exist or cannot be entered.
    CurrentDir,
    /// An argument or variable cannot be passed to any program: it holds a NUL byte.
    InvalidArgument,
    /// A file with a secret could not be made.
    SecretFile,
    /// Standard input could not be opened.
    Stdin,
    /// A replayed scenario has no recording of this call, or not now.
    NotRecorded,
    /// Anything else the system says.
    Other,
}
