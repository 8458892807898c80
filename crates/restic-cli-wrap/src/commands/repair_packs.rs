use std::ffi::OsString;

use restic_types::{BlobId, Counter};
use serde::{Deserialize, Serialize};

use crate::ErrorKind;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};

/// Saves what is intact in damaged packs, and removes them.
///
/// `restic repair packs`, since restic 0.16.1. Which packs are damaged is reported by
/// [`Check`](crate::commands::Check) with `read_data`. What could not be saved is then missing:
/// [`RepairSnapshots`](crate::commands::RepairSnapshots) comes next.
///
/// restic copies the packs, as `pack-` and the id, into its working directory before it does
/// anything: [`ResticBuilder::current_dir`](crate::ResticBuilder::current_dir), or the directory of your
/// program. Such a file that is there already is an error,
/// [`AlreadyExists`](crate::ErrorKind::AlreadyExists), and a pack that is not there is
/// [`NotFound`](crate::ErrorKind::NotFound); nothing is done then.
///
/// restic prints text, from which the [`SalvageReport`] is read; its counters are events.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairPacks {
    arguments: Arguments,
}

/// What was saved of damaged packs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SalvageReport {
    /// What could not be saved. Empty when everything was.
    pub lost: Vec<LostBlob>,
    /// All that restic printed of this, without counters and empty lines.
    pub text: Vec<String>,
}

/// A blob, which is a piece of a file or a directory, that cannot be read any longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LostBlob {
    /// The blob.
    pub id: BlobId,
    /// Why it cannot be read, in restic's words.
    pub error: String,
}

impl RepairPacks {
    /// Repairs these packs: whole ids.
    pub fn new<I>(packs: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut arguments = Arguments::new("repair packs");
        packs.into_iter().for_each(|id| arguments.operand(id));
        Self { arguments }
    }
}

setters! { RepairPacks: }

impl Command for RepairPacks {
    type Event = Counter;
    type Output = SalvageReport;
    type Decoder = ReportDecoder<SalvageReport>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ReportDecoder<SalvageReport> {
        ReportDecoder::default()
    }
}

impl TextReport for SalvageReport {
    fn stdout(&mut self, line: &str) {
        self.text.push(line.to_owned());
    }

    fn stderr(&mut self, line: &str) -> bool {
        if let Some([id, error]) = fields(line, "failed to load blob ", [": ", ""]) {
            self.lost.push(LostBlob {
                id: id.into(),
                error: error.to_owned(),
            });
        } else if !line.starts_with(ADVICE) {
            return false;
        }
        self.text.push(line.to_owned());
        true
    }

    /// A pack that is not there cannot be copied.
    fn kind_of(words: &str) -> Option<ErrorKind> {
        let is_gone = ["no such file or directory", "does not exist"];
        let is_gone = is_gone.iter().any(|end| words.ends_with(end));
        is_gone.then_some(ErrorKind::NotFound)
    }

    fn missing(&self) -> Option<&'static str> {
        let is_done = self.text.iter().any(|line| line.starts_with(ADVICE));
        (!is_done).then_some("it did not say that the packs are done")
    }
}

/// What restic says at its end.
const ADVICE: &str = "Use `restic repair snapshots";
