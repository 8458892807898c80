use restic_types::SnapshotData;

use crate::arguments::Arguments;
use crate::values::SnapshotRef;

/// Shows a snapshot as it is in the repository: without its id.
///
/// `restic cat snapshot`. restic takes an id here only, no `latest`.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatSnapshot {
    arguments: Arguments,
}

impl CatSnapshot {
    /// Shows the one with this id, or the beginning of it.
    pub fn new(id: impl Into<SnapshotRef>) -> Self {
        Self {
            arguments: super::one("snapshot", id.into()),
        }
    }
}

super::cat! { CatSnapshot => SnapshotData }
