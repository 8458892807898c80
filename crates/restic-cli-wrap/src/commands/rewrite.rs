use std::ffi::OsString;

use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::commands::{ReportDecoder, TextReport};
use crate::decode::snapshot_heading::SnapshotHeading;
use crate::values::{Pattern, SnapshotRef};

/// Rewrites snapshots, without some of their files or with another host or time.
///
/// `restic rewrite`, since restic 0.15.0. Without a snapshot or a filter it does that with
/// all of them. The old ones stay, unless [`forget`](Self::forget) is set; their data stays
/// until it is pruned in any case.
///
/// When a snapshot that is named is not there, this fails with
/// [`NotFound`](crate::ErrorKind::NotFound); others that were named are rewritten all the
/// same.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    arguments: Arguments,
}

/// What [`Rewrite`] did, or after a [dry run](Rewrite::dry_run) what it would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RewriteReport {
    /// This is a plan: nothing was changed.
    pub dry_run: bool,
    /// One entry a snapshot that was looked at. Empty when restic was asked to be quiet.
    pub snapshots: Vec<RewrittenSnapshot>,
    /// How many were rewritten, or would be. Absent when restic was asked to be quiet. restic
    /// that fails on its way does not report it: those in [`snapshots`](Self::snapshots) are
    /// counted then.
    pub modified: Option<u64>,
    /// What restic printed, without the counters.
    pub text: Vec<String>,
}

/// A snapshot that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RewrittenSnapshot {
    /// The snapshot as it was.
    pub snapshot: SnapshotHeading,
    /// It was rewritten, or would be; otherwise there was nothing to change.
    pub modified: bool,
    /// The first eight digits of the new one's id. Absent when there is none: in a plan, and
    /// when nothing was changed.
    pub new_id: Option<SnapshotId>,
    /// The old one was removed, or would be.
    pub removed: bool,
    /// The files and directories that were left out. Empty in restic 0.19, which does not report them.
    pub excluded: Vec<String>,
}

impl Rewrite {
    /// Rewrites snapshots. restic wants to know what to leave out, or what to set.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("rewrite"),
        }
    }

    /// Rewrites this snapshot, and all others that are given: an id, the beginning of one,
    /// or `latest`.
    pub fn snapshot(mut self, snapshot: impl Into<SnapshotRef>) -> Self {
        self.arguments.operand(snapshot.into());
        self
    }
}

filtering_setters! { Rewrite:
    /// Changes nothing, and reports what would be done.
    switch dry_run: "--dry-run";
    /// Leaves out what matches this pattern.
    each exclude excludes: "--exclude" = Pattern;
    /// Leaves out what matches a pattern in this file.
    each exclude_file exclude_files: "--exclude-file" = OsString;
    /// Leaves out what matches this pattern, in whatever case.
    each iexclude iexcludes: "--iexclude" = Pattern;
    /// Leaves out what matches a pattern in this file, in whatever case.
    each iexclude_file iexclude_files: "--iexclude-file" = OsString;
    /// Keeps only what matches this pattern. Since restic 0.19.0.
    each include includes: "--include" = Pattern;
    /// Keeps only what matches a pattern in this file. Since restic 0.19.0.
    each include_file include_files: "--include-file" = OsString;
    /// Keeps only what matches this pattern, in whatever case. Since restic 0.19.0.
    each iinclude iincludes: "--iinclude" = Pattern;
    /// Keeps only what matches a pattern in this file, in whatever case. Since restic 0.19.0.
    each iinclude_file iinclude_files: "--iinclude-file" = OsString;
    /// Removes the old snapshots.
    switch forget: "--forget";
    /// Says that the snapshots were made on this machine. Since restic 0.17.0.
    value new_host: "--new-host" = OsString;
    /// Says that the snapshots were made at this time, such as `2012-11-01 22:08:41`. Since
    /// restic 0.17.0.
    value new_time: "--new-time" = OsString;
    /// Adds the numbers of files and bytes to snapshots that lack them. Since restic 0.18.0.
    switch snapshot_summary: "--snapshot-summary";
}

impl Default for Rewrite {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Rewrite {
    type Event = Counter;
    type Output = RewriteReport;
    type Decoder = ReportDecoder<RewriteReport>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<RewriteReport> {
        ReportDecoder::new(RewriteReport {
            dry_run: self.arguments.is_dry_run(),
            ..RewriteReport::default()
        })
    }
}

impl TextReport for RewriteReport {
    fn stdout(&mut self, line: &str) {
        self.read(line);
        self.text.push(line.to_owned());
    }

    /// restic counts only at its end, and it goes through the snapshots until one is not there.
    fn failed(&mut self) {
        let modified = self.snapshots.iter().filter(|entry| entry.modified).count();
        if !self.snapshots.is_empty() {
            self.modified.get_or_insert(modified as u64);
        }
    }

    fn missing(&self) -> Option<&'static str> {
        let is_told = self.modified.is_some();
        (!is_told).then_some("it did not report how many snapshots it changed")
    }
}

impl RewriteReport {
    fn read(&mut self, line: &str) -> Option<()> {
        if let Some(snapshot) = SnapshotHeading::read(line) {
            self.snapshots.push(RewrittenSnapshot {
                snapshot,
                modified: false,
                new_id: None,
                removed: false,
                excluded: Vec::new(),
            });
            return Some(());
        }
        if let Some(modified) = modified(line) {
            self.modified = Some(modified);
            return Some(());
        }
        let entry = self.snapshots.last_mut()?;
        if let Some(path) = line.strip_prefix("excluding ") {
            entry.excluded.push(path.to_owned());
        } else if let Some(id) = line.strip_prefix("saved new snapshot ") {
            entry.new_id = Some(id.into());
            entry.modified = true;
        } else if line == "would save new snapshot" {
            entry.modified = true;
        } else if is_removal(line) {
            entry.modified = true;
            entry.removed = true;
        }
        Some(())
    }
}

/// `modified 3 snapshots`, `would modify 3 snapshots`, `no snapshots were modified`.
fn modified(line: &str) -> Option<u64> {
    if [
        "no snapshots were modified",
        "no snapshots would be modified",
    ]
    .contains(&line)
    {
        return Some(0);
    }
    let words = line
        .strip_prefix("modified ")
        .or_else(|| line.strip_prefix("would modify "))?;
    words.strip_suffix(" snapshots")?.parse().ok()
}

/// Of an old snapshot, or of one of which nothing would be left.
fn is_removal(line: &str) -> bool {
    line.starts_with("removed old snapshot ")
        || line.starts_with("removed empty snapshot ")
        || line == "would remove old snapshot"
        || line == "would delete empty snapshot"
}
