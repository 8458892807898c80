use restic_types::ResticVersion;
use restic_types::Tree;

use crate::arguments::Arguments;
use crate::values::SnapshotRef;

/// Shows what is in a directory of a snapshot, with everything that restic keeps about it. This
/// is where names keep bytes that are not UTF-8.
///
/// `restic cat tree`, since restic 0.16.0. Before, [`CatBlob`](crate::commands::CatBlob) shows
/// the same of a tree's id.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatTree {
    arguments: Arguments,
}

impl CatTree {
    /// Shows the root of this snapshot, `1cfe4abd`, or a directory in it, `1cfe4abd:/data`.
    /// restic takes an id here only, no `latest`.
    pub fn new(snapshot: impl Into<SnapshotRef>) -> Self {
        let mut arguments = super::one("tree", snapshot.into());
        arguments.needs("cat tree", ResticVersion::new(0, 16, 0));
        Self { arguments }
    }
}

super::cat! { CatTree => Tree }
