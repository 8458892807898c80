//! What `restic diff` prints.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::byte_count::{self, ByteCount};
use crate::message::{self, Line, Message, UnknownMessage};
use crate::row::Row;

/// A line of `restic diff --json`: the changes, then what they come to. JSON since restic 0.13.0.
///
/// See restic's documentation, [diff](https://restic.readthedocs.io/en/stable/075_scripting.html#diff).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum DiffMessage {
    /// A file or directory that differs.
    Change(DiffChange),
    /// The end.
    Statistics(DiffStatistics),
    /// A message this crate could not read.
    #[serde(serialize_with = "message::serialize_raw")]
    Unknown(UnknownMessage),
}

impl Message for DiffMessage {
    fn read_any(line: &str) -> Option<Self> {
        let line = Line::new(line)?;
        Some(match line.tag() {
            "change" => line.body().map_or_else(Self::Unknown, Self::Change),
            "statistics" => line.body().map_or_else(Self::Unknown, Self::Statistics),
            _ => Self::Unknown(line.unknown()),
        })
    }

    fn read_row(line: &str) -> Option<Self> {
        const KEYS: &[&str] = &["message_type", "path", "modifier"];
        let mut row = Row::new(line);
        row.expect(r#"{"message_type":"change","path":"#)?;
        let path = row.string()?.into_owned();
        row.expect(r#","modifier":"#)?;
        let modifier = row.word()?;
        row.added(KEYS)?;
        row.expect("}")?;
        row.end()?;
        Some(Self::Change(DiffChange { path, modifier }))
    }

    fn unknown(&self) -> Option<&UnknownMessage> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for DiffMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        message::deserialize(deserializer)
    }
}

/// A file or directory that differs between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "change")]
#[non_exhaustive]
pub struct DiffChange {
    /// The path; that of a directory ends in `/`. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: String,
    /// What is different.
    pub modifier: DiffModifier,
}

impl DiffChange {
    /// Reads a line of restic before 0.13.0, such as `MU   /data/a.txt`.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        // The column of the letters is five wide.
        let (letters, path) = line.split_at_checked(5)?;
        let letters = letters.trim_end_matches(' ');
        let all_known = letters.chars().all(|letter| "+-MUT?".contains(letter));
        (all_known && !letters.is_empty() && path.starts_with('/')).then(|| Self {
            path: path.to_owned(),
            modifier: DiffModifier(letters.to_owned()),
        })
    }
}

/// How a file or directory differs, in restic's letters: one or more of `+ - M U T ?`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiffModifier(String);

impl DiffModifier {
    /// restic's letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `+`: it is only in the second snapshot.
    #[must_use]
    pub fn is_added(&self) -> bool {
        self.0.contains('+')
    }

    /// `-`: it is only in the first snapshot.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.0.contains('-')
    }

    /// `M`: a file's content differs.
    #[must_use]
    pub fn is_modified(&self) -> bool {
        self.0.contains('M')
    }

    /// `U`: the metadata differs, such as times or permissions. Only with `--metadata`.
    #[must_use]
    pub fn has_new_metadata(&self) -> bool {
        self.0.contains('U')
    }

    /// `T`: the kind differs, such as a link where a file was.
    #[must_use]
    pub fn has_new_type(&self) -> bool {
        self.0.contains('T')
    }

    /// `?`: a file's content differs, but nothing of its metadata does: it may be damaged. Since restic 0.17.0.
    #[must_use]
    pub fn may_be_damaged(&self) -> bool {
        self.0.contains('?')
    }
}

impl From<&str> for DiffModifier {
    fn from(letters: &str) -> Self {
        Self(letters.to_owned())
    }
}

impl fmt::Display for DiffModifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DiffModifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DiffModifier").field(&self.0).finish()
    }
}

/// What the changes between two snapshots come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "statistics")]
#[non_exhaustive]
pub struct DiffStatistics {
    /// The first snapshot, in the words of the call; its short id before restic 0.13.0.
    pub source_snapshot: String,
    /// The second snapshot, in the same way.
    pub target_snapshot: String,
    /// Files whose content differs.
    pub changed_files: i64,
    /// What is only in the second snapshot.
    pub added: DiffCounts,
    /// What is only in the first snapshot.
    pub removed: DiffCounts,
}

/// What is only in one of two snapshots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiffCounts {
    /// Files.
    pub files: i64,
    /// Directories.
    pub dirs: i64,
    /// Anything else, such as links.
    pub others: i64,
    /// Pieces of files.
    pub data_blobs: i64,
    /// Directories' contents.
    pub tree_blobs: i64,
    /// Bytes of these pieces and contents. Rounded before restic 0.13.0.
    #[serde(with = "byte_count::number")]
    pub bytes: ByteCount,
}

impl DiffStatistics {
    /// Takes in a line of the statistics of restic before 0.13.0. Says whether it is the last one of them.
    ///
    /// ```
    /// use restic_types::DiffStatistics;
    ///
    /// let mut statistics = DiffStatistics::default();
    /// assert!(!statistics.read_text("Files:           1 new,     2 removed,     3 changed"));
    /// assert!(statistics.read_text("  Removed: 6.144 KiB"));
    /// assert_eq!((statistics.changed_files, statistics.removed.files), (3, 2));
    /// assert_eq!((statistics.removed.bytes.bytes, statistics.removed.bytes.rounded), (6291, true));
    /// ```
    pub fn read_text(&mut self, line: &str) -> bool {
        if let Some(snapshots) = line.strip_prefix("comparing snapshot ") {
            if let Some((source, target)) = snapshots.trim_end_matches(':').split_once(" to ") {
                self.source_snapshot = source.to_owned();
                self.target_snapshot = target.to_owned();
            }
            return false;
        }
        let Some((what, numbers)) = line.split_once(':') else {
            return false;
        };
        let (added, removed) = (&mut self.added, &mut self.removed);
        let (new, gone) = match what.trim() {
            "Files" => (&mut added.files, &mut removed.files),
            "Dirs" => (&mut added.dirs, &mut removed.dirs),
            "Others" => (&mut added.others, &mut removed.others),
            "Data Blobs" => (&mut added.data_blobs, &mut removed.data_blobs),
            "Tree Blobs" => (&mut added.tree_blobs, &mut removed.tree_blobs),
            "Added" => {
                added.bytes = ByteCount::read(numbers).unwrap_or_default();
                return false;
            }
            "Removed" => {
                let bytes = ByteCount::read(numbers);
                removed.bytes = bytes.unwrap_or_default();
                return bytes.is_some();
            }
            _ => return false,
        };
        for part in numbers.split(',') {
            match part.trim().split_once(' ') {
                Some((number, "new")) => *new = number.parse().unwrap_or_default(),
                Some((number, "removed")) => *gone = number.parse().unwrap_or_default(),
                Some((number, "changed")) => {
                    self.changed_files = number.parse().unwrap_or_default();
                }
                _ => {}
            }
        }
        false
    }
}
