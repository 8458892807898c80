//! What `restic forget` prints.

use serde::{Deserialize, Serialize};

use crate::serde_help::{is_default, null_as_default};
use crate::snapshots::{Snapshot, SnapshotData};

/// What a policy does to a group of snapshots, in the array of `restic forget --json`.
///
/// restic prints nothing at all, not even an empty array, when no snapshot matched or when it was given ids. See its
/// documentation, [forget](https://restic.readthedocs.io/en/stable/075_scripting.html#forget).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ForgetGroup {
    /// The tags the snapshots have in common. Empty when there are none, or the grouping does not look at them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<String>,
    /// The machine they have in common. Empty when the grouping does not look at it.
    #[serde(default)]
    pub host: String,
    /// The paths they have in common. Empty when the grouping does not look at them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub paths: Vec<String>,
    /// The snapshots to keep.
    #[serde(default, deserialize_with = "null_as_default")]
    pub keep: Vec<Snapshot>,
    /// The snapshots to remove, or with `--dry-run`, that would be.
    #[serde(default, deserialize_with = "null_as_default")]
    pub remove: Vec<Snapshot>,
    /// Why each snapshot is kept.
    #[serde(default, deserialize_with = "null_as_default")]
    pub reasons: Vec<KeepReason>,
}

/// Why a snapshot is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeepReason {
    /// The snapshot. Without its id before restic 0.17.0; [`is_for`](KeepReason::is_for) finds it anyway.
    pub snapshot: SnapshotData,
    /// English texts, such as `last snapshot`, `daily within 1y` or `has tags [a, b]`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub matches: Vec<String>,
    /// What was left of the policy after this snapshot. Absent since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub counters: Option<KeepCounters>,
}

impl KeepReason {
    /// Whether this is about `snapshot`: by id, or where restic printed none, by time and tree.
    #[must_use]
    pub fn is_for(&self, snapshot: &Snapshot) -> bool {
        match &self.snapshot.id {
            Some(id) => *id == snapshot.id,
            None => self.snapshot.time == snapshot.time && self.snapshot.tree == snapshot.tree,
        }
    }
}

/// How many more snapshots a policy keeps; negative means all. Up to restic 0.16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeepCounters {
    /// Of `--keep-last`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last: i64,
    /// Of `--keep-hourly`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hourly: i64,
    /// Of `--keep-daily`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub daily: i64,
    /// Of `--keep-weekly`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub weekly: i64,
    /// Of `--keep-monthly`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub monthly: i64,
    /// Of `--keep-yearly`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub yearly: i64,
}
