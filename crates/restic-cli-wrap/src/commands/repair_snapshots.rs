use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::ErrorKind;
use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::go_quote::unquoted;
use crate::decode::modified_count::modified;
use crate::decode::report::{Asked, ReportDecoder, TextReport, fields};
use crate::decode::snapshot_heading::SnapshotHeading;

/// Makes new snapshots of damaged ones, without what is lost.
///
/// `restic repair snapshots`, since restic 0.16.0. It looks into all snapshots, or into those
/// that are named. The new ones have the tag `repaired`; the damaged ones stay unless
/// [`forget`](Self::forget) is set. The index has to be right:
/// [`RepairIndex`](crate::commands::RepairIndex) comes first.
///
/// restic prints text, from which [`SnapshotRepairs`] are read; its counters are events.
/// When a snapshot that is named is not there, this fails with
/// [`NotFound`](crate::ErrorKind::NotFound); others are repaired nevertheless.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairSnapshots {
    arguments: Arguments,
}

/// What was done to snapshots; with [`dry_run`](Self::dry_run), what would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotRepairs {
    /// Whether this is a plan, so that nothing was changed: what the command asked for.
    pub dry_run: bool,
    /// The snapshots that restic looked into, in its order.
    pub snapshots: Vec<SnapshotRepair>,
    /// How many of them were damaged. Absent with [`ResticBuilder::quiet`](crate::ResticBuilder::quiet).
    pub modified: Option<u64>,
    /// A name that restic prints looks like a part of its report, so that nobody knows which
    /// snapshot a line is about: [`snapshots`](Self::snapshots) is empty then, although some
    /// may have been repaired. [`Snapshots`](crate::commands::Snapshots) knows what there is. Paths,
    /// users and hosts may have newlines in them, which restic prints as they are. (Where every
    /// snapshot is named by its id, none can be taken for another one. Otherwise a path that
    /// was made to look like two whole entries cannot be distinguished from them.)
    #[serde(default)]
    pub garbled: bool,
    /// Everything that restic printed, without counters and empty lines.
    pub text: Vec<String>,
}

/// What was done to a snapshot, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnapshotRepair {
    /// The snapshot, in the short form.
    pub id: SnapshotId,
    /// What it is of, in restic's words: `of [/data] at 2026-11-25 08:58:01 +0000 UTC by
    /// alice@srv1`.
    pub description: String,
    /// What was damaged in it. Empty when nothing is.
    pub damage: Vec<DamagedItem>,
    /// The snapshot that was made instead, in the short form. Absent when none was, and in a
    /// dry run.
    pub new_id: Option<SnapshotId>,
    /// It was removed, or would be: because of [`forget`](RepairSnapshots::forget).
    pub removed: bool,
    /// Nothing is left in it, so that it was removed and none made instead, or would be.
    pub empty: bool,
    /// Its file cannot be read, so that it was removed, or would be, and nothing else is known
    /// of it: [`id`](Self::id) is the whole id, and the description is empty. Since restic
    /// 0.20.0, and only because of [`forget`](RepairSnapshots::forget).
    #[serde(default)]
    pub unreadable: bool,
}

/// A file or directory that lost something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DamagedItem {
    /// The path inside the snapshot, from its root `/`. Bytes that are not UTF-8 are U+FFFD
    /// in it.
    pub path: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// What was done, in restic's words: `removed missing content`, `replaced with empty
    /// directory`.
    pub action: String,
}

impl RepairSnapshots {
    /// Looks into all snapshots.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("repair snapshots"),
        }
    }
}

snapshot_operands! { RepairSnapshots:
    /// Looks into this snapshot only, and others that are named: an id or the beginning of
    /// one, or `latest`.
}

filtering_setters! { RepairSnapshots:
    /// Changes nothing, and reports what would be changed.
    switch dry_run: "--dry-run";
    /// Removes damaged snapshots when new ones were made of them.
    switch forget: "--forget";
}

impl Default for RepairSnapshots {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for RepairSnapshots {
    type Event = Counter;
    type Output = SnapshotRepairs;
    type Decoder = ReportDecoder<SnapshotRepairs>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<SnapshotRepairs> {
        ReportDecoder::new(SnapshotRepairs {
            dry_run: self.arguments.given().is_dry_run(),
            ..SnapshotRepairs::default()
        })
        .asked(&self.arguments)
    }
}

impl TextReport for SnapshotRepairs {
    fn stdout(&mut self, line: &str) {
        // restic says it at its end: what comes before is a name.
        self.modified = modified(line);
        self.text.push(line.to_owned());
    }

    fn may_continue(line: &str) -> bool {
        SnapshotHeading::begins(line)
    }

    fn continues(begun: &str, _: &str) -> bool {
        SnapshotHeading::is_open(begun)
    }

    fn close(&mut self, asked: &Asked) {
        let snapshots = entries(&self.text, asked).filter(|snapshots| {
            let ids = snapshots.iter().map(|entry| &entry.id);
            let changed = |entry: &&SnapshotRepair| entry.new_id.is_some() || entry.removed;
            let changed = snapshots.iter().filter(changed).count();
            let is_count = |reported: u64| reported == changed as u64;
            asked.are(ids) && (self.dry_run || self.modified.is_none_or(is_count))
        });
        self.garbled = snapshots.is_none();
        self.snapshots = snapshots.unwrap_or_default();
    }

    /// restic counts only at its end, and it goes through the snapshots until one is not there.
    fn failed(&mut self) {
        let is_modified = |entry: &&SnapshotRepair| entry.removed || !entry.damage.is_empty();
        let modified = self.snapshots.iter().filter(is_modified).count();
        if !self.snapshots.is_empty() {
            self.modified.get_or_insert(modified as u64);
        }
    }

    /// `Fatal: snapshot file 4b1caf77… is unreadable, use …` (since 0.20).
    fn kind_of(words: &str) -> Option<ErrorKind> {
        let words = words.strip_prefix("Fatal: ").unwrap_or(words);
        let is_it = words.starts_with("snapshot file ") && words.contains(" is unreadable");
        is_it.then_some(ErrorKind::Damaged)
    }

    fn missing(&self) -> Option<&'static str> {
        let is_reported = self.modified.is_some();
        (!is_reported).then_some("it did not say how many snapshots are modified")
    }
}

/// Reads the lines of a report. Returns `None` if they cannot be what restic says alone.
fn entries(lines: &[String], asked: &Asked) -> Option<Vec<SnapshotRepair>> {
    let mut entries: Vec<SnapshotRepair> = Vec::new();
    let mut is_begun = false;
    for (place, line) in lines.iter().enumerate() {
        let is_below_heading = std::mem::take(&mut is_begun);
        if SnapshotHeading::begins(line) {
            (!SnapshotHeading::is_open(line)).then_some(())?;
            let [id, description] = fields(line, "snapshot ", [" ", ""])?;
            let description = SnapshotHeading::balanced(description);
            entries.push(SnapshotRepair::begin(id, description));
            is_begun = true;
        } else if SnapshotHeading::is_rest(line) {
            return None;
        } else if let Some(id) = unreadable(line) {
            asked.forget.then_some(())?;
            entries.push(SnapshotRepair {
                removed: true,
                unreadable: true,
                ..SnapshotRepair::begin(id, "")
            });
        } else if modified(line).is_some() {
            (place + 1 == lines.len()).then_some(())?;
        } else if let Some(entry) = entries.last_mut() {
            let is_read = entry.read(line, asked)?;
            if is_below_heading && !is_read {
                entry.description.push('\n');
                entry.description.push_str(line);
            }
        }
    }
    Some(entries)
}

/// `removed unreadable snapshot 4b1caf77…`, with the whole id.
fn unreadable(line: &str) -> Option<&str> {
    line.strip_prefix("removed unreadable snapshot ")
        .or_else(|| line.strip_prefix("would remove unreadable snapshot "))
}

impl SnapshotRepair {
    /// A snapshot of which nothing else has been said yet.
    fn begin(id: &str, description: &str) -> Self {
        Self {
            id: id.into(),
            description: description.to_owned(),
            damage: Vec::new(),
            new_id: None,
            removed: false,
            empty: false,
            unreadable: false,
        }
    }

    /// A line that stands below a snapshot, and whether it says something of it. Returns
    /// `None` if it cannot be about this snapshot.
    fn read(&mut self, line: &str, asked: &Asked) -> Option<bool> {
        let begins = |begins: [&str; 2]| begins.iter().any(|begin| line.starts_with(begin));
        let is_empty = begins(["removed empty snapshot", "would delete empty snapshot"]);
        let is_removal = is_empty || begins(["removed old snapshot", "would remove old snapshot"]);
        if let Some(item) = DamagedItem::read(line) {
            self.damage.push(item);
        } else if let Some(id) = line.strip_prefix("saved new snapshot ") {
            self.new_id.is_none().then_some(())?;
            self.new_id = Some(id.into());
        } else if is_removal {
            let is_other = line
                .split_once("snapshot ")
                .is_some_and(|(_, id)| id != self.id.as_str());
            (!is_other && !self.removed && (asked.forget || is_empty || !self.damage.is_empty()))
                .then_some(())?;
            self.empty = is_empty;
            self.removed = true;
        } else {
            return Some(line == "would save new snapshot");
        }
        Some(true)
    }
}

impl DamagedItem {
    /// `  file "/data/a": removed missing content`.
    fn read(line: &str) -> Option<Self> {
        let (kind, rest) = line.strip_prefix("  ")?.split_once(" \"")?;
        let (path, action) = rest.rsplit_once("\": ")?;
        Some(Self {
            path: unquoted(path),
            is_dir: kind == "dir",
            action: action.to_owned(),
        })
    }
}
