use restic_types::Counter;

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::repair_index::IndexReport;
use crate::decode::report::ReportDecoder;

/// Rebuilds the index so that it matches the packs in the repository.
///
/// `restic rebuild-index`, which every restic has; since 0.16.0 it says that it is deprecated,
/// and is called [`RepairIndex`](crate::commands::RepairIndex).
///
/// restic prints text, from which the [`IndexReport`] is read; its counters are events.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuildIndex {
    arguments: Arguments,
}

impl RebuildIndex {
    /// Reads those packs only that the index does not have, or has with another size; every
    /// pack in restic 0.11.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("rebuild-index"),
        }
    }
}

setters! { RebuildIndex:
    /// Reads every pack, and ignores the old index. Since restic 0.12.0.
    switch read_all_packs: "--read-all-packs";
}

impl Default for RebuildIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for RebuildIndex {
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
