use restic_types::{Counter, SnapshotId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};

/// Makes a snapshot of the directories that are in the repository and in no snapshot.
///
/// `restic recover`, for when a snapshot was removed by mistake and nothing was pruned since.
/// The new snapshot has the path `/recover` and a directory in it for each one that was found;
/// since restic 0.13 also the tag `recovered`. restic 0.11 looks no further than the index,
/// and makes a snapshot of what others have in them, too.
///
/// restic prints text, from which [`Recovered`] is read; its counters are events.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recover {
    arguments: Arguments,
}

/// What [`Recover`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recovered {
    /// The new snapshot, in the short form. Absent when there was nothing to recover.
    pub snapshot_id: Option<SnapshotId>,
    /// How many directories were found that no other directory has in it. Absent with
    /// [`ResticBuilder::quiet`](crate::ResticBuilder::quiet) in restic 0.11.
    pub roots: Option<u64>,
    /// Everything that restic printed, without counters and empty lines.
    pub text: Vec<String>,
}

impl Recover {
    /// Recovers all there is.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("recover"),
        }
    }
}

setters! { Recover: }

impl Default for Recover {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Recover {
    type Event = Counter;
    type Output = Recovered;
    type Decoder = ReportDecoder<Recovered>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<Recovered> {
        ReportDecoder::default()
    }
}

impl TextReport for Recovered {
    fn stdout(&mut self, line: &str) {
        if let Some(id) = line.strip_prefix("saved new snapshot ") {
            self.snapshot_id = Some(id.into());
        }
        // restic 0.11 does not look whether they are referenced.
        let [roots] = fields(line, "found ", [" unreferenced roots"])
            .or_else(|| fields(line, "found ", [" roots"]))
            .unwrap_or_default();
        self.roots = roots.parse().ok().or(self.roots);
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        let is_reported = self.snapshot_id.is_some() || self.roots == Some(0);
        (!is_reported).then_some("it did not say whether it saved a snapshot")
    }
}
