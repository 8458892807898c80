//! The program of the example `first_backup`, for its tests and its recordings.

use std::fmt;
use std::path::Path;

use restic_cli_wrap::types::BackupStatus;
use restic_cli_wrap::{Error, Restic};

/// It stays with the example, whose package has to be whole.
#[path = "../../restic-cli-wrap/examples/first_backup/program.rs"]
#[allow(dead_code, reason = "most of the report is read by its Debug only")]
mod program;

/// What the program has learned; its `Debug` shows all of it.
pub struct Report(program::Report);

impl Report {
    /// How many snapshots it listed, and how many groups it forgot from.
    pub fn counts(&self) -> (usize, usize) {
        (self.0.snapshots.len(), self.0.forgotten.len())
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Runs the program, with a change between its two backups.
pub fn run(
    restic: &Restic,
    source: &Path,
    target: &Path,
    progress: impl FnMut(&BackupStatus),
    change: impl FnOnce(),
) -> Result<Report, Error> {
    program::run(restic, source, target, progress, change).map(Report)
}
