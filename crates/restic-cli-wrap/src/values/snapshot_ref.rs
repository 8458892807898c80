use std::ffi::OsStr;

use restic_types::SnapshotId;

use crate::values::value;

value! {
    /// A snapshot, as it is named to restic: its id or the beginning of one, or `latest`.
    SnapshotRef
}

impl SnapshotRef {
    /// The newest snapshot: of those that the command's filters by host, tag and path let
    /// pass, where it has some.
    #[must_use]
    pub fn latest() -> Self {
        Self("latest".into())
    }

    /// Only this directory of the snapshot, an absolute path, as if it were all of it. `diff`,
    /// `dump`, `ls` and `restore` take one, since restic 0.16.0.
    #[must_use]
    pub fn directory(mut self, path: impl AsRef<OsStr>) -> Self {
        self.0.push(":");
        self.0.push(path);
        self
    }
}

impl From<&SnapshotId> for SnapshotRef {
    fn from(id: &SnapshotId) -> Self {
        Self(id.into())
    }
}

impl From<SnapshotId> for SnapshotRef {
    fn from(id: SnapshotId) -> Self {
        Self(id.into())
    }
}
