pub(super) mod after_forget;

use std::ffi::OsString;

use restic_types::{ByteCount, Counter, Message as _, PruneMessage, PruneSummary};
use serde::{Deserialize, Serialize};

use crate::arguments::pruning::pruning_setters;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};
use crate::{ErrorKind, failure};

/// Removes data that no snapshot needs any longer.
///
/// `restic prune`. Data stays in the repository when snapshots are removed; this removes it,
/// and repacks what is left in packs that are partly unused.
///
/// restic prints text, from which the [`PruneReport`] is read; its counters are events. A
/// repository that lacks data is not pruned: the error is
/// [`Damaged`](crate::ErrorKind::Damaged). Packs that cannot be removed, which restic calls a
/// success, are an error too. Up to restic 0.16 they may stay without a word: it keeps the
/// warning to itself when it is asked for JSON.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prune {
    arguments: Arguments,
}

/// What was pruned; with [`dry_run`](Self::dry_run), what would be.
///
/// The numbers are those of the plan that restic makes before it removes anything: in the
/// [partial](crate::Error::partial) result of a failure, it was not carried out to its end.
/// Up to 0.19 restic prints sizes as rounded texts, such as `41.508 KiB`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PruneReport {
    /// Whether this is a plan, so that nothing was changed: what the command asked for.
    pub dry_run: bool,
    /// How many snapshots there are, whose data is kept. Absent with
    /// [`ResticBuilder::quiet`](crate::ResticBuilder::quiet), like everything that follows.
    pub snapshots: Option<u64>,
    /// What is in the packs that are repacked. Since restic 0.12.0, like everything else but
    /// [`old`](Self::old).
    pub to_repack: Option<BlobTotal>,
    /// What repacking removes.
    pub repack_removes: Option<BlobTotal>,
    /// What is in the packs that are removed as a whole.
    pub to_delete: Option<BlobTotal>,
    /// All that is removed.
    pub total_prune: Option<BlobTotal>,
    /// All that is left.
    pub remaining: Option<BlobTotal>,
    /// The part of it that is not compressed. Absent when there is none, and in restic 0.14.
    pub not_yet_compressed: Option<ByteCount>,
    /// How much of what is left is unused.
    pub unused_after: Option<ByteCount>,
    /// The same as a part of what is left, from 0 to 100. Absent when nothing is left, and since restic 0.20.0,
    /// which prints no percentages.
    pub unused_after_percent: Option<f64>,
    /// More about the repository before. Absent unless
    /// [`ResticBuilder::verbose`](crate::ResticBuilder::verbose) is set.
    pub details: Option<PruneDetails>,
    /// What restic 0.11 reports instead. Absent since restic 0.12.0.
    pub old: Option<OldPrune>,
    /// The files that were removed from the repository, such as `data/358def0b…` and `index
    /// c148de2f…`. Empty unless [`ResticBuilder::verbose`](crate::ResticBuilder::verbose) is 2; not in
    /// restic 0.11 and 0.14.
    pub removed_files: Vec<String>,
    /// What restic says in JSON, from which the numbers above are. Since restic 0.20.0.
    pub summary: Option<PruneSummary>,
    /// Everything that restic printed, without counters and empty lines.
    pub text: Vec<String>,
}

/// A number of blobs, which are pieces of files and directories, and how large they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlobTotal {
    /// How many.
    pub blobs: u64,
    /// Their size in the repository.
    pub size: ByteCount,
}

/// What a verbose restic says about a repository that it prunes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PruneDetails {
    /// What snapshots need.
    pub used: BlobTotal,
    /// What is there more than once.
    pub duplicates: BlobTotal,
    /// What no snapshot needs.
    pub unused: BlobTotal,
    /// The size of packs that no index knows, left by an interrupted backup for example.
    pub unreferenced: ByteCount,
    /// All of it.
    pub total: BlobTotal,
    /// The unused part of it, from 0 to 100. Absent when there is nothing, and since restic
    /// 0.20.0, which prints no percentages.
    pub unused_percent: Option<f64>,
    /// Packs in which everything is used.
    pub totally_used_packs: u64,
    /// Packs in which something is used.
    pub partly_used_packs: u64,
    /// Packs in which nothing is used.
    pub unused_packs: u64,
    /// Packs to keep as they are.
    pub packs_to_keep: u64,
    /// Packs to repack.
    pub packs_to_repack: u64,
    /// Packs to remove.
    pub packs_to_delete: u64,
    /// Packs to remove that no index knows.
    pub unreferenced_packs_to_delete: u64,
}

/// What restic 0.11 says when it prunes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OldPrune {
    /// Packs in the repository.
    pub packs: u64,
    /// Blobs in them.
    pub blobs: u64,
    /// Their size.
    pub size: ByteCount,
    /// Blobs that are there more than once.
    pub duplicate_blobs: u64,
    /// Their size.
    pub duplicate_size: ByteCount,
    /// Blobs that snapshots need.
    pub used_blobs: u64,
    /// Blobs that are removed.
    pub removed_blobs: u64,
    /// Files that are no packs, and removed.
    pub invalid_files: u64,
    /// Packs to remove.
    pub packs_to_delete: u64,
    /// Packs to repack.
    pub packs_to_rewrite: u64,
    /// How much is removed.
    pub frees: ByteCount,
}

impl Prune {
    /// Prunes with restic's defaults: since restic 0.12.0 up to 5 % of unused data may stay.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("prune"),
        }
    }
}

pruning_setters! { Prune by setters:
    /// Removes nothing, and reports what would be removed. Since restic 0.12.0.
    switch dry_run: "--dry-run";
    /// Prunes the repository with this id even if there is no free space at all. A failure in the
    /// middle can damage it: try [`max_repack_size("0")`](Self::max_repack_size) first.
    /// Since restic 0.14.0.
    value unsafe_recover_no_free_space: "--unsafe-recover-no-free-space" = OsString;
}

impl Default for Prune {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Prune {
    type Event = Counter;
    type Output = PruneReport;
    type Decoder = ReportDecoder<PruneReport>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<PruneReport> {
        ReportDecoder::new(PruneReport::of(&self.arguments))
    }
}

impl PruneReport {
    /// The report of a command with these arguments, of which restic has said nothing yet.
    pub(super) fn of(arguments: &Arguments) -> Self {
        Self {
            dry_run: arguments.given().is_dry_run(),
            ..Self::default()
        }
    }

    /// How many blobs are removed, on every version. Absent when restic did not say.
    #[must_use]
    pub fn removed_blobs(&self) -> Option<u64> {
        let old = || Some(self.old?.removed_blobs);
        self.total_prune.map(|total| total.blobs).or_else(old)
    }

    /// How much is removed, on every version. Absent when restic did not say.
    #[must_use]
    pub fn removed_size(&self) -> Option<ByteCount> {
        let old = || Some(self.old?.frees);
        self.total_prune.map(|total| total.size).or_else(old)
    }

    /// `to repack:            10 blobs / 41.508 KiB` and what else has a name.
    fn read_named(&mut self, line: &str) -> Option<()> {
        // restic 0.12 forgets a colon.
        let (name, value) = match line.strip_prefix("this removes ") {
            Some(value) => ("this removes", value),
            None => line.split_once(':')?,
        };
        let value = value.trim();
        let (number, what) = value.split_once(' ').unwrap_or((value, ""));
        match (name, what) {
            ("to keep", "packs") => self.detail().packs_to_keep = number.parse().ok()?,
            ("to repack", "packs") => self.detail().packs_to_repack = number.parse().ok()?,
            ("to delete", "packs") => self.detail().packs_to_delete = number.parse().ok()?,
            ("to delete", "unreferenced packs") => {
                self.detail().unreferenced_packs_to_delete = number.parse().ok()?;
            }
            ("totally used packs", _) => self.detail().totally_used_packs = value.parse().ok()?,
            ("partly used packs", _) => self.detail().partly_used_packs = value.parse().ok()?,
            ("unused packs", _) => self.detail().unused_packs = value.parse().ok()?,
            ("used", _) => self.detail().used = BlobTotal::read(value)?,
            ("duplicates", _) => self.detail().duplicates = BlobTotal::read(value)?,
            ("unused", _) => self.detail().unused = BlobTotal::read(value)?,
            ("unreferenced", _) => self.detail().unreferenced = ByteCount::read(value)?,
            ("total", _) => self.detail().total = BlobTotal::read(value)?,
            ("unused size", _) => {
                // There is no part of nothing, and restic then prints none.
                let [percent] = fields(value, "", [" of total size"])
                    .or_else(|| (value == "of total size").then_some([""]))?;
                self.detail().unused_percent = percentage(percent);
            }
            ("to repack", _) => self.to_repack = BlobTotal::read(value),
            ("this removes", _) => self.repack_removes = BlobTotal::read(value),
            ("to delete", _) => self.to_delete = BlobTotal::read(value),
            ("total prune", _) => self.total_prune = BlobTotal::read(value),
            ("remaining", _) => self.remaining = BlobTotal::read(value),
            ("not yet compressed", _) => self.not_yet_compressed = ByteCount::read(value),
            ("unused size after prune", _) => {
                let [size, percent] = fields(value, "", [" (", " of remaining size)"])?;
                self.unused_after = ByteCount::read(size);
                self.unused_after_percent = percentage(percent);
            }
            _ => {}
        }
        Some(())
    }

    /// Whether the last of the details is there. That of unreferenced packs may be left out.
    fn has_all_details(&self) -> bool {
        let details = self.details.unwrap_or_default();
        let is_last = |line: &String| line.starts_with("to delete:") && line.ends_with(" packs");
        let needs_more = details.unreferenced.bytes > 0;
        self.text.iter().any(is_last) && (!needs_more || details.unreferenced_packs_to_delete > 0)
    }

    /// Takes what restic says in JSON.
    fn read_summary(&mut self, summary: PruneSummary) {
        let PruneSummary {
            blobs,
            bytes,
            packfiles,
            ..
        } = summary;
        self.to_repack = Some(BlobTotal::exact(blobs.repack, bytes.repack));
        self.repack_removes = Some(BlobTotal::exact(blobs.repack_remove, bytes.repack_remove));
        self.to_delete = Some(BlobTotal::exact(blobs.remove, bytes.remove));
        self.total_prune = Some(BlobTotal::exact(blobs.remove_total, bytes.remove_total));
        self.remaining = Some(BlobTotal::exact(blobs.remaining, bytes.remaining));
        self.not_yet_compressed =
            (bytes.uncompressed > 0).then(|| ByteCount::exact(bytes.uncompressed));
        self.unused_after = Some(ByteCount::exact(bytes.remaining_unused));
        self.unused_after_percent = None;
        self.details = Some(PruneDetails {
            used: BlobTotal::exact(blobs.used, bytes.used),
            duplicates: BlobTotal::exact(blobs.duplicate, bytes.duplicate),
            unused: BlobTotal::exact(blobs.unused, bytes.unused),
            unreferenced: ByteCount::exact(bytes.unreferenced),
            total: BlobTotal::exact(blobs.total, bytes.total),
            unused_percent: None,
            totally_used_packs: packfiles.used,
            partly_used_packs: packfiles.partly_used,
            unused_packs: packfiles.unused,
            packs_to_keep: packfiles.keep,
            packs_to_repack: packfiles.repack,
            packs_to_delete: packfiles.remove,
            unreferenced_packs_to_delete: packfiles.unreferenced,
        });
        self.summary = Some(summary);
    }

    fn detail(&mut self) -> &mut PruneDetails {
        self.details.get_or_insert_default()
    }
}

impl TextReport for PruneReport {
    fn decides(line: &str) -> Option<ErrorKind> {
        failure::pack_left(line).or_else(|| failure::left_out(line))
    }

    fn stdout(&mut self, line: &str) {
        if let Some(PruneMessage::Summary(summary)) = PruneMessage::read(line) {
            self.read_summary(summary);
        }
        let snapshots = ["finding data", "find data"].iter().find_map(|begin| {
            let [count] = fields(line, begin, [" snapshots"])?;
            count
                .strip_prefix(" that is still in use for ")?
                .parse()
                .ok()
        });
        self.snapshots = snapshots.or(self.snapshots);
        if let Some(file) = line.strip_prefix("removed ") {
            self.removed_files.push(file.to_owned());
        }
        if OldPrune::is_meant_by(line) {
            // A line that cannot be read leaves zeros, and stays in the text.
            let _ = self.old.get_or_insert_default().read(line);
        } else {
            let _ = self.read_named(line);
        }
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        let says = |is_last: fn(&str) -> bool| self.text.iter().any(|line| is_last(line));
        let is_plan = || self.details.is_none_or(|_| self.has_all_details());
        let is_done = match self.dry_run {
            true => self.unused_after.is_some() && is_plan(),
            false => says(|line| line == "done"),
        };
        // In JSON, only restic's exit says that it has carried out the plan.
        let is_done = is_done || self.summary.is_some();
        (!is_done).then_some("it did not say that pruning is done")
    }
}

impl OldPrune {
    fn is_meant_by(line: &str) -> bool {
        let begins = [
            "repository contains ",
            "processed ",
            "found ",
            "will remove ",
            "will delete ",
        ];
        begins.iter().any(|begin| line.starts_with(begin)) && !line.starts_with("will remove pack ")
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let contains = ("repository contains ", [" packs (", " blobs) with ", ""]);
        let processed = (
            "processed ",
            [" blobs: ", " duplicate blobs, ", " duplicate"],
        );
        let found = (
            "found ",
            [" of ", " data blobs still in use, removing ", " blobs"],
        );
        let delete = (
            "will delete ",
            [" packs and rewrite ", " packs, this frees ", ""],
        );
        if let Some([packs, blobs, size]) = fields(line, contains.0, contains.1) {
            self.packs = packs.parse().ok()?;
            self.blobs = blobs.parse().ok()?;
            self.size = ByteCount::read(size)?;
        } else if let Some([_, blobs, size]) = fields(line, processed.0, processed.1) {
            self.duplicate_blobs = blobs.parse().ok()?;
            self.duplicate_size = ByteCount::read(size)?;
        } else if let Some([used, _, removed]) = fields(line, found.0, found.1) {
            self.used_blobs = used.parse().ok()?;
            self.removed_blobs = removed.parse().ok()?;
        } else if let Some([packs, rewritten, size]) = fields(line, delete.0, delete.1) {
            self.packs_to_delete = packs.parse().ok()?;
            self.packs_to_rewrite = rewritten.parse().ok()?;
            self.frees = ByteCount::read(size)?;
        } else if let Some([files]) = fields(line, "will remove ", [" invalid files"]) {
            self.invalid_files = files.parse().ok()?;
        }
        Some(())
    }
}

/// Reads `3.97%`. Returns `None` if the text has no number, as for a part of nothing.
fn percentage(text: &str) -> Option<f64> {
    text.strip_suffix('%')?.parse().ok()
}

impl BlobTotal {
    const fn exact(blobs: u64, bytes: u64) -> Self {
        let size = ByteCount::exact(bytes);
        Self { blobs, size }
    }

    /// Reads `10 blobs / 41.508 KiB`.
    fn read(text: &str) -> Option<Self> {
        let (blobs, size) = text.split_once(" blobs / ")?;
        Some(Self {
            blobs: blobs.parse().ok()?,
            size: ByteCount::read(size)?,
        })
    }
}
