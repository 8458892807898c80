//! What `restic restore` prints.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::exact_fraction::exact;
use crate::item_error::ItemError;
use crate::message::{self, Line, Message, UnknownMessage};
use crate::open_enum::open_enum;
use crate::row::Row;
use crate::serde_help::is_default;

/// A line of `restic restore --json`. JSON since restic 0.16.0.
///
/// See restic's documentation, [restore](https://restic.readthedocs.io/en/stable/075_scripting.html#restore).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RestoreMessage {
    /// Progress.
    Status(RestoreStatus),
    /// A file or directory is done. With `--verbose` given twice; since restic 0.17.0.
    VerboseStatus(RestoreVerboseStatus),
    /// A file or directory could not be restored. On standard error; since restic 0.17.1, plain text before.
    Error(ItemError),
    /// The end.
    Summary(RestoreSummary),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for RestoreMessage {
    const PROGRESS: &'static [&'static str] = &["status", "verbose_status"];

    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "status" => line.body().map_or_else(Self::Unknown, Self::Status),
            "verbose_status" => line.body().map_or_else(Self::Unknown, Self::VerboseStatus),
            "error" => line.body().map_or_else(Self::Unknown, Self::Error),
            "summary" => line.body().map_or_else(Self::Unknown, Self::Summary),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn read_row(line: &str) -> Option<Self> {
        const KEYS: &[&str] = &["message_type", "action", "item", "size"];
        let mut row = Row::new(line);
        row.expect(r#"{"message_type":"verbose_status","action":"#)?;
        let action = row.word()?;
        row.expect(r#","item":"#)?;
        let item = row.string()?.into_owned();
        row.expect(r#","size":"#)?;
        let size = row.number()?;
        row.added(KEYS)?;
        row.expect("}")?;
        row.end()?;
        let item = RestoreVerboseStatus { action, item, size };
        Some(Self::VerboseStatus(item))
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for RestoreMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// Progress of a restore. restic prints up to 60 a second, since 0.19 up to ten.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "status")]
#[non_exhaustive]
pub struct RestoreStatus {
    /// Seconds since the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seconds_elapsed: u64,
    /// The part of the bytes that is done, 0 to 1. Not a percentage.
    #[serde(deserialize_with = "exact")]
    pub percent_done: f64,
    /// Files and directories to restore.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_files: u64,
    /// Files and directories restored.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_restored: u64,
    /// Files left as they were, because of `--overwrite`. Since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_skipped: u64,
    /// Files removed from the target, because of `--delete`. Since restic 0.18.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_deleted: u64,
    /// Bytes to restore.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_bytes: u64,
    /// Bytes restored.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_restored: u64,
    /// Bytes of the files left as they were. Since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_skipped: u64,
}

impl RestoreStatus {
    /// The time since the start.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        Duration::from_secs(self.seconds_elapsed)
    }
}

/// A file or directory that is done; with `--dry-run`, that would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "verbose_status")]
#[non_exhaustive]
pub struct RestoreVerboseStatus {
    /// What happened.
    pub action: RestoreAction,
    /// The path inside the snapshot, from its root `/`.
    pub item: String,
    /// Bytes of the file; 0 for anything else.
    pub size: u64,
}

open_enum! {
    /// What happened to a file or directory in a restore.
    pub enum RestoreAction {
        /// It was created.
        Restored = "restored",
        /// It was there and differed.
        Updated = "updated",
        /// It was there and left as it was.
        Unchanged = "unchanged",
        /// It was there, is not in the snapshot, and was removed.
        Deleted = "deleted",
    }
}

/// The end of a restore.
///
/// The counters don't show whether everything was restored: `files_restored` may equal `total_files` although files
/// failed. Only the exit status and the [errors](RestoreMessage::Error) can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "summary")]
#[non_exhaustive]
pub struct RestoreSummary {
    /// Seconds from start to end; 0 for less than one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seconds_elapsed: u64,
    /// Files and directories to restore.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_files: u64,
    /// Files and directories restored.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_restored: u64,
    /// Files left as they were, because of `--overwrite`. Since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_skipped: u64,
    /// Files removed from the target, because of `--delete`. Since restic 0.18.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_deleted: u64,
    /// Bytes to restore.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_bytes: u64,
    /// Bytes restored.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_restored: u64,
    /// Bytes of the files left as they were. Since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_skipped: u64,
}

impl RestoreSummary {
    /// The time from start to end, in whole seconds.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        Duration::from_secs(self.seconds_elapsed)
    }
}
