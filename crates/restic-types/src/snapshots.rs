//! What `restic snapshots` prints.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{SnapshotId, TreeId};
use crate::serde_help::{is_default, null_as_default};
use crate::time::Time;

/// A snapshot, as `snapshots`, `ls` and `forget` print it.
///
/// See restic's documentation, [snapshots](https://restic.readthedocs.io/en/stable/075_scripting.html#snapshots).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SnapshotData")]
#[non_exhaustive]
pub struct Snapshot {
    /// When the backup began, or what `--time` said.
    pub time: Time,
    /// The snapshot this one was compared with. Absent when there was none.
    #[serde(skip_serializing_if = "is_default")]
    pub parent: Option<SnapshotId>,
    /// The root directory.
    pub tree: TreeId,
    /// What was backed up, as absolute paths.
    pub paths: Vec<String>,
    /// The machine. Empty when restic did not know.
    #[serde(skip_serializing_if = "is_default")]
    pub hostname: String,
    /// The user who ran restic. Empty when restic did not know.
    #[serde(skip_serializing_if = "is_default")]
    pub username: String,
    /// That user's number; 0 for root, and on Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub uid: u32,
    /// That user's group's number; 0 for root, and on Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub gid: u32,
    /// What `--exclude` and its kin said.
    #[serde(skip_serializing_if = "is_default")]
    pub excludes: Vec<String>,
    /// The tags. restic 0.11 made a single one of `--tag a,b`.
    #[serde(skip_serializing_if = "is_default")]
    pub tags: Vec<String>,
    /// The snapshot that this one was made from by `tag`, `rewrite` or `copy`. Absent in all others.
    #[serde(skip_serializing_if = "is_default")]
    pub original: Option<SnapshotId>,
    /// What made the snapshot, such as `restic 0.19.1`. Absent in snapshots made before restic 0.16.0.
    #[serde(skip_serializing_if = "is_default")]
    pub program_version: Option<String>,
    /// The numbers of the backup. Absent in snapshots made before restic 0.17.0, and by `recover`.
    #[serde(skip_serializing_if = "is_default")]
    pub summary: Option<Box<SnapshotSummary>>,
    /// The id.
    pub id: SnapshotId,
    /// The first eight digits of the id, which restic takes as well while they are unique. restic calls this field
    /// deprecated; should it be missing, it is made from the id.
    pub short_id: SnapshotId,
}

impl Snapshot {
    /// A snapshot of this id from this moment, made of nothing on no machine by nobody, for tests. Assign what
    /// else matters.
    ///
    /// ```
    /// use restic_types::{Snapshot, Time};
    ///
    /// let mut snapshot = Snapshot::new("5e0bb0c6", Time::from_unix(1_790_000_000, 0)?);
    /// snapshot.paths = vec!["/data".to_owned()];
    /// # Ok::<(), restic_types::TimeError>(())
    /// ```
    #[must_use]
    pub fn new(id: impl Into<SnapshotId>, time: Time) -> Self {
        let id = id.into();
        Self {
            time,
            parent: None,
            tree: "0".repeat(64).into(),
            paths: Vec::new(),
            hostname: String::new(),
            username: String::new(),
            uid: 0,
            gid: 0,
            excludes: Vec::new(),
            tags: Vec::new(),
            original: None,
            program_version: None,
            summary: None,
            short_id: id.short().into(),
            id,
        }
    }
}

/// A snapshot whose id may be missing.
///
/// Every version's repository file, which `cat snapshot` prints, has no id in it, and before restic 0.17.0 neither
/// have the snapshots in [`KeepReason`](crate::KeepReason). All other fields are as in [`Snapshot`], which this
/// becomes by `try_from` when it has an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotData {
    /// See [`Snapshot::time`].
    pub time: Time,
    /// See [`Snapshot::parent`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub parent: Option<SnapshotId>,
    /// See [`Snapshot::tree`].
    pub tree: TreeId,
    /// See [`Snapshot::paths`].
    #[serde(default, deserialize_with = "null_as_default")]
    pub paths: Vec<String>,
    /// See [`Snapshot::hostname`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub hostname: String,
    /// See [`Snapshot::username`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub username: String,
    /// See [`Snapshot::uid`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub uid: u32,
    /// See [`Snapshot::gid`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub gid: u32,
    /// See [`Snapshot::excludes`].
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_default"
    )]
    pub excludes: Vec<String>,
    /// See [`Snapshot::tags`].
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "is_default"
    )]
    pub tags: Vec<String>,
    /// See [`Snapshot::original`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub original: Option<SnapshotId>,
    /// See [`Snapshot::program_version`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub program_version: Option<String>,
    /// See [`Snapshot::summary`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub summary: Option<Box<SnapshotSummary>>,
    /// The id. Absent as said above.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: Option<SnapshotId>,
    /// The first eight digits of the id. Absent when the id is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub short_id: Option<SnapshotId>,
}

/// Snapshot data without an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingSnapshotId;

impl fmt::Display for MissingSnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("missing field `id`")
    }
}

impl std::error::Error for MissingSnapshotId {}

impl TryFrom<SnapshotData> for Snapshot {
    type Error = MissingSnapshotId;

    fn try_from(data: SnapshotData) -> Result<Self, MissingSnapshotId> {
        let id = data.id.ok_or(MissingSnapshotId)?;
        Ok(Self {
            time: data.time,
            parent: data.parent,
            tree: data.tree,
            paths: data.paths,
            hostname: data.hostname,
            username: data.username,
            uid: data.uid,
            gid: data.gid,
            excludes: data.excludes,
            tags: data.tags,
            original: data.original,
            program_version: data.program_version,
            summary: data.summary,
            short_id: data.short_id.unwrap_or_else(|| id.short().into()),
            id,
        })
    }
}

/// The numbers of the backup that made a snapshot, kept in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotSummary {
    /// When the backup began.
    pub backup_start: Time,
    /// When the backup ended.
    pub backup_end: Time,
    /// Files that were not in the parent snapshot.
    pub files_new: u64,
    /// Files that differ from the parent snapshot.
    pub files_changed: u64,
    /// Files as in the parent snapshot.
    pub files_unmodified: u64,
    /// Directories that were not in the parent snapshot.
    pub dirs_new: u64,
    /// Directories that differ from the parent snapshot.
    pub dirs_changed: u64,
    /// Directories as in the parent snapshot.
    pub dirs_unmodified: u64,
    /// Pieces of files added to the repository.
    pub data_blobs: u64,
    /// Directories' contents added to the repository.
    pub tree_blobs: u64,
    /// Bytes added to the repository, before compression.
    pub data_added: u64,
    /// Bytes added to the repository, as stored.
    pub data_added_packed: u64,
    /// Files read or found unchanged.
    pub total_files_processed: u64,
    /// Bytes of these files.
    pub total_bytes_processed: u64,
}

/// The snapshots that have something in common, with `--group-by`. The order of groups is random.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotGroup {
    /// What they have in common.
    pub group_key: GroupKey,
    /// The snapshots.
    pub snapshots: Vec<Snapshot>,
}

/// What the snapshots of a group have in common; empty where the grouping does not look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupKey {
    /// The machine.
    #[serde(default)]
    pub hostname: String,
    /// What was backed up.
    #[serde(default, deserialize_with = "null_as_default")]
    pub paths: Vec<String>,
    /// The tags; empty also for snapshots without tags.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<String>,
}
