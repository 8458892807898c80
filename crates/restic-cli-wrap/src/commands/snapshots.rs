use restic_types::{Snapshot, documents};

use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::{LineDocumentDecoder, NoEvents};

/// Lists snapshots, the oldest first.
///
/// `restic snapshots`. To have them in groups, use
/// [`SnapshotGroups`](crate::commands::SnapshotGroups).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots {
    arguments: Arguments,
}

impl Snapshots {
    /// Lists all snapshots.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("snapshots"),
        }
    }
}

snapshot_operands! { Snapshots:
    /// Lists this snapshot only, and others that are named: an id or the beginning of one,
    /// or `latest`.
}

filtering_setters! { Snapshots:
    /// Lists only the newest of each host and set of paths: the old name of `latest(1)`.
    switch last: "--last";
    /// Lists only the newest snapshots of each host and set of paths, up to this many. restic
    /// 0.19.0, and no other, lists up to this many in all. Since restic 0.12.1.
    number latest: "--latest";
    /// Prints less as text; the typed result is the same.
    switch compact: "--compact";
}

impl Default for Snapshots {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Snapshots {
    type Event = NoEvents;
    type Output = Vec<Snapshot>;
    type Decoder = LineDocumentDecoder<Vec<Snapshot>>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> Self::Decoder {
        LineDocumentDecoder::new(documents::snapshots)
    }
}
