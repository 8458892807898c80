//! What `restic tag` prints.

use serde::{Deserialize, Deserializer, Serialize};

use crate::id::SnapshotId;
use crate::message::{self, Line, Message, UnknownMessage};

/// A line of `restic tag --json`. JSON since restic 0.18.0.
///
/// See restic's documentation, [tag](https://restic.readthedocs.io/en/stable/075_scripting.html#tag).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum TagMessage {
    /// A snapshot has other tags now.
    Changed(TagChanged),
    /// The end.
    Summary(TagSummary),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for TagMessage {
    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "changed" => line.body().map_or_else(Self::Unknown, Self::Changed),
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

impl<'de> Deserialize<'de> for TagMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// A snapshot that got other tags, and with them another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "changed")]
#[non_exhaustive]
pub struct TagChanged {
    /// The snapshot before, which is gone.
    pub old_snapshot_id: SnapshotId,
    /// The snapshot with its new tags.
    pub new_snapshot_id: SnapshotId,
}

/// The end of a change of tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "summary")]
#[non_exhaustive]
pub struct TagSummary {
    /// How many snapshots got other tags.
    pub changed_snapshots: u64,
}
