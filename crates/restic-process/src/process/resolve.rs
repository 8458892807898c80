//! Which program a name or a path means.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::{StartError, StartErrorKind};

/// cmd.exe, which would run it, parses the arguments again: a path in them could become a
/// command. The system ignores spaces and dots at the end of a name.
pub(super) fn is_batch_file(program: &OsStr) -> bool {
    let name = program.to_string_lossy().to_ascii_lowercase();
    let name = name.trim_end_matches([' ', '.']);
    name.ends_with(".bat") || name.ends_with(".cmd")
}

/// A program by its path or name, which is looked up once.
#[derive(Debug)]
pub(super) struct Program {
    name: OsString,
    path: OnceLock<PathBuf>,
}

impl Program {
    pub(super) fn new(name: OsString) -> Self {
        Self {
            name,
            path: OnceLock::new(),
        }
    }

    /// As it was named.
    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Its absolute path. Without one the error has this advice.
    pub(super) fn path(&self, advice: &str) -> Result<&Path, StartError> {
        if let Some(path) = self.path.get() {
            return Ok(path);
        }
        let path = resolve(&self.name, advice)?;
        Ok(self.path.get_or_init(|| path))
    }
}

/// Finds the program without ever looking into the current directory by accident: a bare name
/// is looked up in the absolute directories of `PATH` only.
fn resolve(program: &OsStr, advice: &str) -> Result<PathBuf, StartError> {
    if cfg!(windows) && is_batch_file(program) {
        let message = format!(
            "{} is a batch file, which could take a path for a command: name restic.exe itself",
            program.display()
        );
        return Err(StartError::new(StartErrorKind::NotAProgram, message));
    }
    if let Some(path) = absolute(program)? {
        return check_program(&path).map(|()| path);
    }
    let directories = std::env::var_os("PATH").unwrap_or_default();
    for directory in std::env::split_paths(&directories) {
        let candidate = directory.join(with_suffix(program));
        if directory.is_absolute() && check_program(&candidate).is_ok() {
            return Ok(candidate);
        }
    }
    let program = program.display();
    let message = format!("there is no program {program} in PATH: {advice}");
    Err(StartError::new(StartErrorKind::NotFound, message))
}

/// The absolute path that a path means. Absent for a name.
pub(super) fn absolute(program: &OsStr) -> Result<Option<PathBuf>, StartError> {
    let path = Path::new(program);
    if path.components().count() <= 1 && !path.is_absolute() {
        return Ok(None);
    }
    std::path::absolute(path).map(Some).map_err(|error| {
        StartError::new(StartErrorKind::Other, "the current directory is gone").with_source(error)
    })
}

fn with_suffix(program: &OsStr) -> OsString {
    let mut name = program.to_owned();
    if cfg!(windows) && Path::new(program).extension().is_none() {
        name.push(".exe");
    }
    name
}

/// Distinguishes the ways in which a path is not a program.
fn check_program(path: &Path) -> Result<(), StartError> {
    let fail = |kind, what: &str| StartError::new(kind, format!("{} {what}", path.display()));
    let metadata = fs::metadata(path).map_err(|error| {
        let (kind, what) = match error.kind() {
            std::io::ErrorKind::NotFound if path.is_symlink() => {
                (StartErrorKind::NotFound, "is a dangling symlink")
            }
            std::io::ErrorKind::PermissionDenied => (
                StartErrorKind::PermissionDenied,
                "cannot be reached by this user",
            ),
            _ => (StartErrorKind::NotFound, "does not exist"),
        };
        fail(kind, what).with_source(error)
    })?;
    if metadata.is_dir() {
        return Err(fail(
            StartErrorKind::NotAProgram,
            "is a directory, not a program",
        ));
    }
    #[cfg(unix)]
    if let Err(error) = rustix::fs::access(path, rustix::fs::Access::EXEC_OK) {
        let error = std::io::Error::from(error);
        return Err(fail(
            StartErrorKind::PermissionDenied,
            "is not executable by this user",
        )
        .with_source(error));
    }
    if metadata.is_file() && metadata.len() == 0 {
        return Err(fail(StartErrorKind::NotAProgram, "is empty, not a program"));
    }
    Ok(())
}

#[cfg(test)]
mod batch_files {
    use super::*;

    #[test]
    fn are_known_by_any_spelling_of_their_name() {
        for name in ["restic.bat", r"C:\tools\RESTIC.Cmd", "restic.cmd. ."] {
            assert!(is_batch_file(OsStr::new(name)), "{name}");
        }
        for name in ["restic", "restic.exe", "cmd", r"C:\a.cmd\restic.exe"] {
            assert!(!is_batch_file(OsStr::new(name)), "{name}");
        }
    }
}
