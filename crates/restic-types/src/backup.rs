//! What `restic backup` prints.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::exact_fraction::exact;
use crate::id::SnapshotId;
use crate::item_error::ItemError;
use crate::message::{self, Line, Message, UnknownMessage};
use crate::open_enum::open_enum;
use crate::row::Row;
use crate::serde_help::{duration, is_default};
use crate::time::Time;

/// A line of `restic backup --json`.
///
/// See restic's documentation, [backup](https://restic.readthedocs.io/en/stable/075_scripting.html#backup).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum BackupMessage {
    /// Progress.
    Status(BackupStatus),
    /// A file or directory is done, or the scan is. With `--verbose`; up to restic 0.12 only when given twice.
    VerboseStatus(BackupVerboseStatus),
    /// A file or directory is left out, as an exclude pattern says. With `--verbose`, since restic 0.20.0.
    ExcludedItem(BackupExcludedItem),
    /// A file or directory could not be read. On standard error.
    Error(ItemError),
    /// The end. Missing when the backup failed, and up to restic 0.12.0 also after some unreadable files.
    Summary(BackupSummary),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for BackupMessage {
    const PROGRESS: &'static [&'static str] = &["status", "verbose_status", "excluded_item"];

    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "status" => status(&line),
            "verbose_status" => line.body().map_or_else(Self::Unknown, Self::VerboseStatus),
            "excluded_item" => line.body().map_or_else(Self::Unknown, Self::ExcludedItem),
            "error" => line.body().map_or_else(Self::Unknown, Self::Error),
            "summary" => line.body().map_or_else(Self::Unknown, Self::Summary),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn read_row(line: &str) -> Option<Self> {
        const KEYS: &[&str] = &[
            "message_type",
            "action",
            "item",
            "duration",
            "data_size",
            "data_size_in_repo",
            "metadata_size",
            "metadata_size_in_repo",
            "total_files",
        ];
        let mut row = Row::new(line);
        row.expect(r#"{"message_type":"verbose_status","action":"#)?;
        let action = row.word()?;
        row.expect(r#","item":"#)?;
        let item = row.string()?;
        row.expect(r#","duration":"#)?;
        let duration = row.fraction()?;
        row.expect(r#","data_size":"#)?;
        let data_size = row.number()?;
        let data_size_in_repo = row.optional(r#","data_size_in_repo":"#, Row::number)?;
        row.expect(r#","metadata_size":"#)?;
        let metadata_size = row.number()?;
        let metadata_size_in_repo = row.optional(r#","metadata_size_in_repo":"#, Row::number)?;
        row.expect(r#","total_files":"#)?;
        let total_files = row.number()?;
        row.added(KEYS)?;
        row.expect("}")?;
        row.end()?;
        Some(Self::VerboseStatus(BackupVerboseStatus {
            action,
            item: item.into_owned(),
            duration,
            data_size,
            data_size_in_repo,
            metadata_size,
            metadata_size_in_repo,
            total_files,
        }))
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

/// Up to restic 0.15 the end of the scan calls itself a status, but is not one.
fn status(line: &Line<'_>) -> BackupMessage {
    line.body()
        .map(BackupMessage::Status)
        .unwrap_or_else(|no_status| {
            line.body().map_or(
                BackupMessage::Unknown(no_status),
                BackupMessage::VerboseStatus,
            )
        })
}

impl<'de> Deserialize<'de> for BackupMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// Progress of a backup.
///
/// restic 0.11 and 0.14 print one to three a second, later ones 60 and since 0.19 ten; a short backup prints none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "status")]
#[non_exhaustive]
pub struct BackupStatus {
    /// Seconds since the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seconds_elapsed: u64,
    /// Seconds until the end, as restic estimates; 0 when it does not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seconds_remaining: u64,
    /// The part of the bytes that is done, 0 to 1; 0 while the total is unknown.
    ///
    /// Not a percentage. May pass 1 when files grow, and go back while the scan still finds more.
    #[serde(deserialize_with = "exact")]
    pub percent_done: f64,
    /// Files found; grows while the scan runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_files: u64,
    /// Files done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files_done: u64,
    /// Bytes found; grows while the scan runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total_bytes: u64,
    /// Bytes done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_done: u64,
    /// Items that could not be read so far.
    #[serde(default, skip_serializing_if = "is_default")]
    pub error_count: u64,
    /// Paths being read now.
    #[serde(default, skip_serializing_if = "is_default")]
    pub current_files: Vec<String>,
}

impl BackupStatus {
    /// The time since the start.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        Duration::from_secs(self.seconds_elapsed)
    }

    /// The time until the end, when restic has an estimate.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        (self.seconds_remaining > 0).then(|| Duration::from_secs(self.seconds_remaining))
    }
}

/// A file or directory that is done, or the end of the scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "verbose_status")]
#[non_exhaustive]
pub struct BackupVerboseStatus {
    /// What happened.
    pub action: BackupAction,
    /// The path; directories end in `/`. Empty for the end of the scan.
    pub item: String,
    /// Seconds it took; 0 for what is unchanged.
    #[serde(deserialize_with = "exact")]
    pub duration: f64,
    /// Bytes of data added to the repository, before compression; for the end of the scan, bytes found.
    pub data_size: u64,
    /// Bytes of data added to the repository, as stored. Since restic 0.14.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub data_size_in_repo: Option<u64>,
    /// Bytes of metadata added for a directory, before compression.
    pub metadata_size: u64,
    /// Bytes of metadata added for a directory, as stored. Since restic 0.14.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub metadata_size_in_repo: Option<u64>,
    /// Files found, for the end of the scan; else 0.
    pub total_files: u64,
}

/// A file or directory that is left out, as an exclude pattern says. Since restic 0.20.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "excluded_item")]
#[non_exhaustive]
pub struct BackupExcludedItem {
    /// The path.
    pub item: String,
}

impl BackupVerboseStatus {
    /// The time it took.
    #[must_use]
    pub fn took(&self) -> Duration {
        duration(self.duration)
    }
}

open_enum! {
    /// What happened to a file or directory in a backup.
    pub enum BackupAction {
        /// It was not in the parent snapshot.
        New = "new",
        /// It is as in the parent snapshot.
        Unchanged = "unchanged",
        /// It differs from the parent snapshot.
        Modified = "modified",
        /// No item: everything to back up has been counted.
        ScanFinished = "scan_finished",
    }
}

/// The end of a backup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "summary")]
#[non_exhaustive]
pub struct BackupSummary {
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
    /// Bytes added to the repository, as stored. Since restic 0.17.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub data_added_packed: Option<u64>,
    /// Files read or found unchanged.
    pub total_files_processed: u64,
    /// Bytes of these files.
    pub total_bytes_processed: u64,
    /// Seconds from start to end. Far below zero when restic 0.18.0 skips an unchanged snapshot.
    #[serde(deserialize_with = "exact")]
    pub total_duration: f64,
    /// When the backup began. Since restic 0.18.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub backup_start: Option<Time>,
    /// When the backup ended; in the year 1 when restic 0.18.0 skips an unchanged snapshot. Since restic 0.18.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub backup_end: Option<Time>,
    /// The new snapshot; after a dry run, one that is not in the repository.
    ///
    /// The short form up to restic 0.14. Absent when there is no new snapshot, with `--skip-if-unchanged`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub snapshot_id: Option<SnapshotId>,
    /// Whether nothing was written, because of `--dry-run`. Since restic 0.13.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

impl BackupSummary {
    /// The time from start to end; zero where restic printed a negative one.
    #[must_use]
    pub fn took(&self) -> Duration {
        duration(self.total_duration)
    }
}
