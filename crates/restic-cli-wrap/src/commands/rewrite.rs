use std::ffi::OsString;

use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::modified_count::modified;
use crate::decode::report::Asked;
use crate::decode::snapshot_heading::SnapshotHeading;
use crate::decode::{ReportDecoder, TextReport};
use crate::values::Pattern;

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
    /// A name that restic prints looks like a part of its report, so that nobody knows which
    /// snapshot a line is about: [`snapshots`](Self::snapshots) is empty then, although some
    /// may have been rewritten. [`Snapshots`](crate::commands::Snapshots) knows what there is. Paths,
    /// users and hosts may have newlines in them, which restic prints as they are. (Where every
    /// snapshot is named by its id, none can be taken for another one. Otherwise a path that
    /// was made to look like two whole entries cannot be distinguished from them.)
    #[serde(default)]
    pub garbled: bool,
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
    /// A name with a newline and `excluding ` in it is two of them.
    pub excluded: Vec<String>,
}

impl Rewrite {
    /// Rewrites snapshots. restic wants to know what to leave out, or what to set.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("rewrite"),
        }
    }
}

snapshot_operands! { Rewrite:
    /// Rewrites this snapshot, and all others that are given: an id, the beginning of one,
    /// or `latest`.
}

filtering_setters! { Rewrite:
    /// Changes nothing, and reports what would be done.
    switch dry_run: "--dry-run";
    /// Leaves out what matches this pattern.
    each exclude excludes: "--exclude" = Pattern;
    /// Leaves out what matches a pattern in this file.
    each exclude_file exclude_files: "--exclude-file" = OsString;
    /// Leaves out what matches this pattern, ignoring case.
    each iexclude iexcludes: "--iexclude" = Pattern;
    /// Leaves out what matches a pattern in this file, ignoring case.
    each iexclude_file iexclude_files: "--iexclude-file" = OsString;
    /// Keeps only what matches this pattern. Since restic 0.19.0.
    each include includes: "--include" = Pattern;
    /// Keeps only what matches a pattern in this file. Since restic 0.19.0.
    each include_file include_files: "--include-file" = OsString;
    /// Keeps only what matches this pattern, ignoring case. Since restic 0.19.0.
    each iinclude iincludes: "--iinclude" = Pattern;
    /// Keeps only what matches a pattern in this file, ignoring case. Since restic 0.19.0.
    each iinclude_file iinclude_files: "--iinclude-file" = OsString;
    /// Removes the old snapshots.
    switch forget: "--forget";
    /// Sets the host of the rewritten snapshots. Since restic 0.17.0.
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
            dry_run: self.arguments.given().is_dry_run(),
            ..RewriteReport::default()
        })
        .asked(&self.arguments)
    }
}

impl TextReport for RewriteReport {
    fn stdout(&mut self, line: &str) {
        // restic says it at its end: what comes before is a name.
        self.modified = modified(line);
        self.text.push(line.to_owned());
    }

    fn may_continue(line: &str) -> bool {
        SnapshotHeading::begins(line) || line.starts_with(EXCLUDES)
    }

    fn continues(begun: &str, line: &str) -> bool {
        if begun.starts_with(EXCLUDES) {
            !is_known(line)
        } else {
            SnapshotHeading::is_open(begun)
        }
    }

    fn close(&mut self, asked: &Asked) {
        let snapshots = Entries::read(&self.text, asked).filter(|snapshots| {
            let modified = snapshots.iter().filter(|entry| entry.modified).count();
            let ids = snapshots.iter().map(|entry| &entry.snapshot.id);
            let is_count = |reported: u64| reported == modified as u64;
            asked.are(ids) && (snapshots.is_empty() || self.modified.is_none_or(is_count))
        });
        self.garbled = snapshots.is_none();
        self.snapshots = snapshots.unwrap_or_default();
    }

    /// restic counts only at its end, and it goes through the snapshots until one is not there.
    fn failed(&mut self) {
        let modified = self.snapshots.iter().filter(|entry| entry.modified).count();
        if !self.snapshots.is_empty() {
            self.modified.get_or_insert(modified as u64);
        }
    }

    fn missing(&self) -> Option<&'static str> {
        let is_reported = self.modified.is_some();
        (!is_reported).then_some("it did not report how many snapshots it changed")
    }
}

const EXCLUDES: &str = "excluding ";

/// Whether restic says this, and no name.
fn is_known(line: &str) -> bool {
    let begins = [
        EXCLUDES,
        SAVED,
        "removed old snapshot ",
        "removed empty snapshot ",
        "setting host to ",
        "setting time to ",
    ];
    begins.iter().any(|begin| line.starts_with(begin))
        || line == WOULD_SAVE
        || is_removal(line)
        || modified(line).is_some()
        || SnapshotHeading::begins(line)
}

const SAVED: &str = "saved new snapshot ";
const WOULD_SAVE: &str = "would save new snapshot";

/// Reads the lines of a report.
#[derive(Default)]
struct Entries {
    entries: Vec<RewrittenSnapshot>,
    /// The line before was a heading.
    is_begun: bool,
    /// The last of them was reported to be saved.
    is_saved: bool,
}

impl Entries {
    /// Returns `None` if they cannot be what restic says alone.
    fn read(lines: &[String], asked: &Asked) -> Option<Vec<RewrittenSnapshot>> {
        let mut entries = Self::default();
        let last = lines.len().saturating_sub(1);
        for (place, line) in lines.iter().enumerate() {
            if modified(line).is_some() {
                (place == last).then_some(())?;
            } else {
                entries.line(line, asked)?;
            }
        }
        // What is left out of a snapshot modifies it.
        let is_whole = |entry: &RewrittenSnapshot| entry.modified || entry.excluded.is_empty();
        let mut complete = entries.entries.iter();
        complete.all(is_whole).then_some(())?;
        Some(entries.entries)
    }

    fn line(&mut self, line: &str, asked: &Asked) -> Option<()> {
        let is_below_heading = std::mem::take(&mut self.is_begun);
        if let Some(snapshot) = SnapshotHeading::read(line) {
            self.begin(snapshot);
            return Some(());
        }
        if SnapshotHeading::begins(line) || SnapshotHeading::is_rest(line) {
            return None;
        }
        let Some(entry) = self.entries.last_mut() else {
            return Some(());
        };
        if let Some(path) = line.strip_prefix(EXCLUDES) {
            (!entry.modified).then_some(())?;
            entry.excluded.push(path.to_owned());
        } else if line.starts_with(SAVED) || line == WOULD_SAVE {
            (!std::mem::replace(&mut self.is_saved, true)).then_some(())?;
            entry.new_id = line.strip_prefix(SAVED).map(SnapshotId::from);
            entry.modified = true;
        } else if is_removal(line) {
            let is_other = line
                .split_once("snapshot ")
                .is_some_and(|(_, id)| id != entry.snapshot.id.as_str());
            // Without being asked to, restic removes nothing before it has saved something.
            let is_asked = asked.forget || entry.modified || line.contains(" empty ");
            (!is_other && is_asked && !entry.removed).then_some(())?;
            entry.modified = true;
            entry.removed = true;
        } else if is_below_heading && !is_known(line) {
            entry.snapshot.lose_maker();
        }
        Some(())
    }

    fn begin(&mut self, snapshot: SnapshotHeading) {
        self.entries.push(RewrittenSnapshot {
            snapshot,
            modified: false,
            new_id: None,
            removed: false,
            excluded: Vec::new(),
        });
        (self.is_begun, self.is_saved) = (true, false);
    }
}

/// Of an old snapshot, or of one of which nothing would be left.
fn is_removal(line: &str) -> bool {
    line.starts_with("removed old snapshot ")
        || line.starts_with("removed empty snapshot ")
        || line == "would remove old snapshot"
        || line == "would delete empty snapshot"
}
