use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::Repository;
use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::commands::{ReportDecoder, TextReport, report};
use crate::decode::snapshot_heading::SnapshotHeading;
use crate::values::SnapshotRef;

/// Copies snapshots from another repository into the client's.
///
/// `restic copy`. The direction is the same with every version: before restic 0.14.0 the two
/// repositories change places on the command line, and in the
/// [environment](crate::ResticBuilder::env) that the client sets.
///
/// Without a snapshot or a filter it copies all that are not there yet. When a snapshot that
/// is named is not there, this fails with [`NotFound`](crate::ErrorKind::NotFound); others
/// that were named are copied all the same.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    arguments: Arguments,
}

/// What [`Copy`](struct@Copy) did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyReport {
    /// One entry per snapshot that restic mentions. restic 0.18 and 0.19 mention those that are
    /// there already only when [verbose](crate::ResticBuilder::verbose); a
    /// [quiet](crate::ResticBuilder::quiet) one mentions none.
    pub snapshots: Vec<CopiedSnapshot>,
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

    /// Copies this snapshot, and all others that are given: an id, the beginning of one, or
    /// `latest`.
    pub fn snapshot(mut self, snapshot: impl Into<SnapshotRef>) -> Self {
        self.arguments.operand(snapshot.into());
        self
    }
}

filtering_setters! { Copy:
}

impl TextReport for CopyReport {
    fn stdout(&mut self, line: &str) {
        self.read(line);
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        let is_open = |snapshot: &CopiedSnapshot| snapshot.new_id.is_none();
        let is_open = self.snapshots.iter().any(is_open);
        is_open.then_some("it did not report the id of a copy")
    }
}

impl CopyReport {
    fn read(&mut self, line: &str) -> Option<()> {
        if let Some(source) = SnapshotHeading::read(line) {
            self.snapshots.push(CopiedSnapshot {
                source,
                new_id: None,
                already_there: false,
            });
        } else if let Some(skipped) = line.strip_prefix("skipping source snapshot ") {
            let (source, copy) = skipped.split_once(", was already copied to snapshot ")?;
            let entry = self.of(Some(source))?;
            entry.new_id = Some(copy.into());
            entry.already_there = true;
        } else {
            let (copy, rest) = line.strip_prefix("snapshot ")?.split_once(" saved")?;
            // restic 0.19 copies several before it saves them.
            let source = rest.strip_prefix(", copied from source snapshot ");
            self.of(source)?.new_id = Some(copy.into());
        }
        Some(())
    }

    /// The entry of this snapshot, or the last one.
    fn of(&mut self, source: Option<&str>) -> Option<&mut CopiedSnapshot> {
        let is_it = |entry: &&mut CopiedSnapshot| {
            source.is_none_or(|source| entry.source.id.as_str() == source)
        };
        self.snapshots.iter_mut().rev().find(is_it)
    }
}

report! { Copy: CopyReport }
