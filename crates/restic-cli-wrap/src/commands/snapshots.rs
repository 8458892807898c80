use restic_types::Snapshot;

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Document, Line, NoEvents, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::values::SnapshotRef;

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
            arguments: Arguments::new("snapshots"),
        }
    }

    /// Lists this snapshot only, and others that are named: an id or the beginning of one,
    /// or `latest`.
    pub fn snapshot(mut self, id: impl Into<SnapshotRef>) -> Self {
        self.arguments.operand(id.into());
        self
    }
}

filtering_setters! { Snapshots:
    /// Lists only the newest of each host and set of paths: the old name of `latest(1)`.
    switch last: "--last";
    /// Lists only the newest snapshots of each host and set of paths, up to this many. Since
    /// restic 0.12.1.
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
    type Decoder = SnapshotsDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> SnapshotsDecoder {
        SnapshotsDecoder(Document::required())
    }
}

/// Reads what [`Snapshots`] prints.
#[derive(Debug)]
pub struct SnapshotsDecoder(Document<Vec<Snapshot>>);

impl Decoder for SnapshotsDecoder {
    type Event = NoEvents;
    type Output = Vec<Snapshot>;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.push(line, diagnostics);
        None
    }

    /// A document that is not whole is found out in the end.
    fn has_seen_end(&self) -> bool {
        true
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Vec<Snapshot>, DecodeFailure<Vec<Snapshot>>> {
        self.0.finish(end)
    }
}
