//! Saves a directory every night.

use std::path::Path;

use restic_cli_wrap::commands::{Backup, CatConfig, Init, Restore};
use restic_cli_wrap::{Error, ErrorKind, Outcome, Restic};

/// Saves a directory. The answer is a line for a log.
pub fn save(restic: &Restic, source: &Path) -> Result<String, Error> {
    match restic.run(CatConfig::new()) {
        Err(error) if error.kind() == ErrorKind::NoRepository => drop(restic.run(Init::new())?),
        other => drop(other?),
    }
    match restic.run(Backup::new([source]).host("nightly"))? {
        Outcome::Complete(summary) => Ok(format!("new files: {}", summary.files_new)),
        Outcome::Incomplete(partial) => Ok(format!("not saved: {}", partial.errors.len())),
    }
}

/// Restores what was saved last below a directory, and says whether all of it could be.
pub fn restore(restic: &Restic, target: &Path) -> Result<bool, Error> {
    let restored = restic.run(Restore::new("latest").target(target))?;
    Ok(restored.is_complete())
}
