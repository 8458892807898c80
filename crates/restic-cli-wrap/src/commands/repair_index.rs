use restic_types::{Counter, IndexId, PackId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};

/// Rebuilds the index so that it matches the packs in the repository.
///
/// `restic repair index`, since restic 0.16.0; before, and still, it is
/// [`RebuildIndex`](crate::commands::RebuildIndex).
///
/// restic prints text, from which the [`IndexReport`] is read; its counters are events.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairIndex {
    arguments: Arguments,
}

/// What was done to the index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexReport {
    /// Packs that were there and not in the index. Since restic 0.12.0; all of them when
    /// every pack is read.
    pub added_packs: Vec<PackId>,
    /// Packs that were in the index and not there: their data is lost.
    /// [`RepairSnapshots`](crate::commands::RepairSnapshots) comes next. Since restic 0.12.0.
    pub missing_packs: Vec<PackId>,
    /// The new index files, in the short form. Only restic 0.11 reports them.
    pub new_indexes: Vec<IndexId>,
    /// The index files that were removed. Empty unless
    /// [`ResticBuilder::verbose`](crate::ResticBuilder::verbose) is 2; not in restic 0.11 and 0.14.
    pub removed_indexes: Vec<IndexId>,
    /// How many index files were removed. restic 0.11 reports it, newer ones by a counter.
    pub removed_count: Option<u64>,
    /// All that restic printed of this, without counters and empty lines.
    pub text: Vec<String>,
}

impl RepairIndex {
    /// Reads only packs that the index does not have, or has with another size.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("repair index"),
        }
    }
}

setters! { RepairIndex:
    /// Reads every pack, and ignores the old index.
    switch read_all_packs: "--read-all-packs";
}

impl Default for RepairIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for RepairIndex {
    type Event = Counter;
    type Output = IndexReport;
    type Decoder = ReportDecoder<IndexReport>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<IndexReport> {
        ReportDecoder::default()
    }
}

impl TextReport for IndexReport {
    fn stdout(&mut self, line: &str) {
        if let Some(id) = line.strip_prefix("removed index ") {
            self.removed_indexes.push(id.into());
        } else if let Some([ids]) = fields(line, "saved new indexes as [", ["]"]) {
            self.new_indexes.extend(ids.split(' ').map(IndexId::from));
        } else if let Some([count]) = fields(line, "remove ", [" old index files"]) {
            self.removed_count = count.parse().ok();
        }
        self.text.push(line.to_owned());
    }

    fn stderr(&mut self, line: &str) -> bool {
        if let Some(id) = line.strip_prefix("adding pack file to index ") {
            self.added_packs.push(id.into());
        } else if let Some(id) = line.strip_prefix("removing not found pack file ") {
            self.missing_packs.push(id.into());
        } else {
            return false;
        }
        self.text.push(line.to_owned());
        true
    }

    fn missing(&self) -> Option<&'static str> {
        let is_done = self.removed_count.is_some() || self.text.iter().any(|line| line == "done");
        (!is_done).then_some("it did not say that the index is done")
    }
}
