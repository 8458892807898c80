use std::path::PathBuf;
use std::{fmt, io};

/// Why a scenario cannot be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScenarioError {
    /// The file or directory it is about.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub problem: String,
    source: Option<io::Error>,
}

impl ScenarioError {
    pub(crate) fn new(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
            source: None,
        }
    }

    /// Whether there is no such file.
    pub(crate) fn is_missing(&self) -> bool {
        let kind = self.source.as_ref().map(io::Error::kind);
        kind == Some(io::ErrorKind::NotFound)
    }

    pub(crate) fn io(path: impl Into<PathBuf>, problem: &str, source: io::Error) -> Self {
        Self {
            path: path.into(),
            problem: problem.into(),
            source: Some(source),
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ScenarioError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
