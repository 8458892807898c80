//! What `restic prune` prints since restic 0.20.

use serde::{Deserialize, Deserializer, Serialize};

use crate::message::{self, Line, Message, UnknownMessage};

/// A line of `restic prune --json`. JSON since restic 0.20.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum PruneMessage {
    /// What is to be pruned. Printed before anything is removed.
    Summary(PruneSummary),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for PruneMessage {
    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "summary" => line.body().map_or_else(Self::Unknown, Self::Summary),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for PruneMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// What restic is about to prune, by `prune` and by `forget --prune`. Since restic 0.20.0.
///
/// It is a plan: restic prints it before it removes anything. How restic ends says whether that was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "summary")]
#[non_exhaustive]
pub struct PruneSummary {
    /// Numbers of blobs.
    pub blobs: PruneBlobs,
    /// Sizes in bytes, in the repository.
    pub bytes: PruneBytes,
    /// Numbers of packs.
    pub packfiles: PrunePacks,
}

/// The blobs of a [`PruneSummary`], which are pieces of files and directories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PruneBlobs {
    /// Those that snapshots need.
    pub used: u64,
    /// Those that are there more than once.
    pub duplicate: u64,
    /// Those that no snapshot needs.
    pub unused: u64,
    /// All of them.
    pub total: u64,
    /// Those in packs to repack.
    pub repack: u64,
    /// Those of them that repacking removes.
    pub repack_remove: u64,
    /// Those in packs to remove as a whole.
    pub remove: u64,
    /// All that are to be removed.
    pub remove_total: u64,
    /// All that are left.
    pub remaining: u64,
}

/// The sizes of a [`PruneSummary`], in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PruneBytes {
    /// What snapshots need.
    pub used: u64,
    /// What is there more than once.
    pub duplicate: u64,
    /// What no snapshot needs.
    pub unused: u64,
    /// Packs that no index knows, left by an interrupted backup for example.
    pub unreferenced: u64,
    /// What is not compressed.
    pub uncompressed: u64,
    /// All of it.
    pub total: u64,
    /// What is in packs to repack.
    pub repack: u64,
    /// What of it repacking removes.
    pub repack_remove: u64,
    /// What is in packs to remove as a whole.
    pub remove: u64,
    /// All that is to be removed.
    pub remove_total: u64,
    /// All that is left.
    pub remaining: u64,
    /// What of it is unused.
    pub remaining_unused: u64,
}

/// The packs of a [`PruneSummary`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PrunePacks {
    /// Those in which everything is used.
    pub used: u64,
    /// Those in which nothing is used.
    pub unused: u64,
    /// Those in which something is used.
    pub partly_used: u64,
    /// Those that no index knows.
    pub unreferenced: u64,
    /// All of them.
    pub total: u64,
    /// Those to keep as they are.
    pub keep: u64,
    /// Those to repack.
    pub repack: u64,
    /// Those to remove that an index knows.
    pub remove: u64,
    /// All to remove.
    pub remove_total: u64,
}
