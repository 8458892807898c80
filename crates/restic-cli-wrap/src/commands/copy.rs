use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::Repository;
use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::report::{Asked, fields};
use crate::decode::snapshot_heading::SnapshotHeading;
use crate::decode::{ReportDecoder, TextReport};

/// Copies snapshots from another repository into the client's.
///
/// `restic copy`. The direction is the same with every version: before restic 0.14.0 the two
/// repositories change places on the command line, and in the
/// [environment](crate::ResticBuilder::env) that the client sets.
///
/// Without a snapshot or a filter it copies all that are not there yet. When a snapshot that
/// is named is not there, this fails with [`NotFound`](crate::ErrorKind::NotFound); others
/// that were named are copied nevertheless.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    arguments: Arguments,
}

/// What [`Copy`](struct@Copy) did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyReport {
    /// One entry per snapshot that restic mentions. Since 0.15.0 it mentions those that are
    /// there already only when [verbose](crate::ResticBuilder::verbose); a
    /// [quiet](crate::ResticBuilder::quiet) one mentions none.
    pub snapshots: Vec<CopiedSnapshot>,
    /// A name that restic prints looks like a part of its report, so that nobody knows which
    /// snapshot a line is about: [`snapshots`](Self::snapshots) is empty then, although some
    /// may have been copied. [`Snapshots`](crate::commands::Snapshots) knows what there is. Paths,
    /// users and hosts may have newlines in them, which restic prints as they are. (Where every
    /// snapshot is named by its id, none can be taken for another one. Otherwise a path that
    /// was made to look like two whole entries cannot be distinguished from them.)
    #[serde(default)]
    pub garbled: bool,
    /// What restic printed, without the counters.
    pub text: Vec<String>,
}

/// A snapshot and its copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopiedSnapshot {
    /// The snapshot in the repository that was copied from.
    pub source: SnapshotHeading,
    /// The first eight digits of the copy's id. Absent when the copy was not finished.
    pub new_id: Option<SnapshotId>,
    /// The copy was there already, and nothing was done.
    pub already_there: bool,
}

impl Copy {
    /// Copies from this repository.
    #[doc(alias = "--from-repo")]
    #[doc(alias = "--from-repository-file")]
    #[doc(alias = "--from-password-file")]
    #[doc(alias = "--from-password-command")]
    #[doc(alias = "--from-insecure-no-password")]
    #[doc(alias = "--from-key-hint")]
    #[doc(alias = "--repo2")]
    #[doc(alias = "--repository-file2")]
    #[doc(alias = "--password-file2")]
    #[doc(alias = "--password-command2")]
    #[doc(alias = "--key-hint2")]
    pub fn from(repository: impl Into<Repository>) -> Self {
        let mut arguments = Arguments::new("copy");
        arguments.source_of_copy(repository.into());
        Self { arguments }
    }
}

snapshot_operands! { Copy:
    /// Copies this snapshot, and all others that are given: an id, the beginning of one, or
    /// `latest`.
}

filtering_setters! { Copy:
}

impl Command for Copy {
    type Event = Counter;
    type Output = CopyReport;
    type Decoder = ReportDecoder<CopyReport>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<CopyReport> {
        ReportDecoder::new(CopyReport::default()).asked(&self.arguments)
    }
}

impl TextReport for CopyReport {
    fn stdout(&mut self, line: &str) {
        self.text.push(line.to_owned());
    }

    fn may_continue(line: &str) -> bool {
        SnapshotHeading::begins(line)
    }

    fn continues(begun: &str, _: &str) -> bool {
        SnapshotHeading::is_open(begun)
    }

    fn close(&mut self, asked: &Asked) {
        let snapshots = Entries::read(&self.text).filter(|snapshots| {
            let ids = snapshots.iter().map(|entry| &entry.source.id);
            asked.are(ids)
        });
        self.garbled = snapshots.is_none();
        self.snapshots = snapshots.unwrap_or_default();
    }

    fn missing(&self) -> Option<&'static str> {
        let is_open = |snapshot: &CopiedSnapshot| snapshot.new_id.is_none();
        let is_open = self.snapshots.iter().any(is_open);
        is_open.then_some("it did not report the id of a copy")
    }
}

/// Reads the lines of a report.
#[derive(Default)]
struct Entries {
    entries: Vec<CopiedSnapshot>,
    /// The line before was a heading.
    is_begun: bool,
}

impl Entries {
    /// Returns `None` if they cannot be what restic says alone.
    fn read(lines: &[String]) -> Option<Vec<CopiedSnapshot>> {
        let mut entries = Self::default();
        lines.iter().try_for_each(|line| entries.line(line))?;
        Some(entries.entries)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let is_below_heading = std::mem::take(&mut self.is_begun);
        if let Some(source) = SnapshotHeading::read(line) {
            self.entries.push(CopiedSnapshot {
                source,
                new_id: None,
                already_there: false,
            });
            self.is_begun = true;
            Some(())
        } else if SnapshotHeading::begins(line) || SnapshotHeading::is_rest(line) {
            None
        } else if let Some([source, copy]) = fields(line, SKIPS, [ALREADY_COPIED, ""]) {
            let is_it = |entry: &&mut CopiedSnapshot| entry.source.id.as_str() == source;
            match self.entries.iter_mut().rev().find(is_it) {
                Some(entry) => {
                    entry.already_there = true;
                    entry.set_copy(copy)
                }
                // A verbose restic since 0.15 does not say before which one it looks at.
                None => Some(()),
            }
        } else if let Some((copy, rest)) = saved(line) {
            // restic 0.19 copies several before it saves them.
            match rest.strip_prefix(", copied from source snapshot ") {
                Some(source) => {
                    let is_it = |entry: &&mut CopiedSnapshot| entry.source.id.as_str() == source;
                    self.entries.iter_mut().find(is_it)?.set_copy(copy)
                }
                None => {
                    let (last, before) = self.entries.split_last_mut()?;
                    let is_open = |entry: &CopiedSnapshot| entry.new_id.is_none();
                    (!before.iter().any(is_open)).then_some(())?;
                    last.set_copy(copy)
                }
            }
        } else {
            if is_below_heading
                && line != STARTED
                && let Some(entry) = self.entries.last_mut()
            {
                entry.source.lose_maker();
            }
            Some(())
        }
    }
}

const SKIPS: &str = "skipping source snapshot ";
const ALREADY_COPIED: &str = ", was already copied to snapshot ";
const STARTED: &str = "  copy started, this may take a while...";

/// `snapshot 59435271 saved`, and what is behind it.
fn saved(line: &str) -> Option<(&str, &str)> {
    let (copy, rest) = line.strip_prefix("snapshot ")?.split_once(" saved")?;
    (!copy.contains(' ')).then_some((copy, rest))
}

impl CopiedSnapshot {
    /// A snapshot has one copy.
    fn set_copy(&mut self, copy: &str) -> Option<()> {
        self.new_id.is_none().then_some(())?;
        self.new_id = Some(copy.into());
        Some(())
    }
}
