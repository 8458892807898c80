use std::any::Any;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use restic_process::Runner;
use restic_types::{ResticVersion, VersionInfo};

use crate::{Error, ErrorKind, Result};

/// What is known of the version of the restic that a client starts: asked for once as long as
/// the program stays the same.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// The version that the client was given, to trust it.
    trusted: Option<String>,
    /// What starts the program, when it is a real one.
    runner: Option<Arc<Runner>>,
    known: Mutex<Option<(Option<Program>, ResticVersion)>>,
}

impl Versions {
    pub(crate) fn new(trusted: Option<String>, runner: Option<Arc<Runner>>) -> Self {
        Self {
            trusted,
            runner,
            known: Mutex::default(),
        }
    }

    /// The version that is trusted, if one is.
    pub(crate) fn trusted(&self) -> Option<&str> {
        self.trusted.as_deref()
    }

    /// Whether the program that is started is a real one.
    pub(crate) fn are_of_a_program(&self) -> bool {
        self.runner.is_some()
    }

    /// The version as far as it is known without asking restic.
    pub(crate) fn known(&self) -> Result<Option<ResticVersion>> {
        if let Some(text) = &self.trusted {
            return parse(text, ErrorKind::Usage).map(Some);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |of: &Option<Program>| *of == self.program();
        Ok(known
            .as_ref()
            .filter(|(of, _)| is_it(of))
            .map(|(_, version)| *version))
    }

    /// Keeps what restic has answered.
    pub(crate) fn learn(&self, answer: &str) -> Result<ResticVersion> {
        let version = parse(answer, ErrorKind::BadOutput)?;
        let known = Some((self.program(), version));
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(version)
    }

    /// Keeps what restic has answered, should this be the answer.
    #[inline] // For any other output, nothing is left of it.
    pub(crate) fn learn_from<T: 'static>(&self, output: &T) {
        let output: &dyn Any = output;
        if let Some(info) = output.downcast_ref::<VersionInfo>() {
            // One that cannot be read says nothing.
            let _: Result<ResticVersion> = self.learn(&info.version);
        }
    }

    fn program(&self) -> Option<Program> {
        Program::at(self.runner.as_ref()?.program().ok()?)
    }
}

/// Reads a version that the user has set, or that restic has answered.
fn parse(text: &str, kind: ErrorKind) -> Result<ResticVersion> {
    text.parse().map_err(|_| {
        let message = format!("{text:?} is not a version of restic such as 0.19.1");
        Error::new(kind, message)
    })
}

/// What distinguishes one program from the next one at the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
    /// Which file it is, and when anything of it was changed last, which nobody can set.
    #[cfg(unix)]
    file: (u64, u64, i64, i64),
}

impl Program {
    fn at(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let (size, modified) = (metadata.len(), metadata.modified().ok());
        Some(Self {
            path: path.to_owned(),
            size,
            modified,
            #[cfg(unix)]
            file: {
                use std::os::unix::fs::MetadataExt as _;

                let changed = (metadata.ctime(), metadata.ctime_nsec());
                (metadata.dev(), metadata.ino(), changed.0, changed.1)
            },
        })
    }
}
