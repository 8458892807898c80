use std::ffi::OsString;

use restic_types::ResticVersion;
use restic_types::cli::Span;
use restic_types::{BlobId, Counter, PackId};
use serde::{Deserialize, Serialize};

use crate::ErrorKind;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::report::{ReportDecoder, TextReport, fields};

/// Salvages what is intact in damaged packs, and removes the packs.
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
/// Up to restic 0.16.5 this is an experiment, which is enabled by `RESTIC_FEATURES` for the
/// call.
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
    /// Packs of which nothing could be read at all, and which are removed for that. Empty before
    /// restic 0.20.0, which fails with [`NotFound`](crate::ErrorKind::NotFound) for a pack that
    /// is not there.
    #[serde(default)]
    pub lost_packs: Vec<LostPack>,
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

/// A pack that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LostPack {
    /// The pack.
    pub id: PackId,
    /// Why it cannot be read, in restic's words.
    pub error: String,
    /// The repository's index does not know the pack either: the id may be of none.
    pub is_unknown: bool,
    /// Why its file could not be removed, in restic's words. Absent when it was removed; what
    /// is not there at all cannot be removed either.
    pub not_removed: Option<String>,
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
        let experimental = Span {
            since: ResticVersion::new(0, 16, 1),
            until: Some(ResticVersion::new(0, 16, 5)),
        };
        arguments.own().experiment = Some((experimental, "repair-packs-v1"));
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
        let is_read = self.read(line).is_some() || line.starts_with(ADVICE);
        if is_read {
            self.text.push(line.to_owned());
        }
        is_read
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

impl SalvageReport {
    /// A line that says what is lost.
    fn read(&mut self, line: &str) -> Option<()> {
        if let Some([id, error]) = fields(line, "failed to load blob ", [": ", ""]) {
            self.lost.push(LostBlob {
                id: id.into(),
                error: error.to_owned(),
            });
        } else if let Some([id, error]) = fields(line, REMOVES, [" due to failed download: ", ""]) {
            self.lost_packs.push(LostPack {
                id: id.into(),
                error: error.to_owned(),
                is_unknown: false,
                not_removed: None,
            });
        } else if let Some(id) = line.strip_prefix("no blobs found for pack ") {
            self.pack(id)?.is_unknown = true;
        } else {
            let [id, error] = fields(line, "failed to delete pack file ", [": ", ""])?;
            self.pack(id)?.not_removed = Some(error.to_owned());
        }
        Some(())
    }

    fn pack(&mut self, id: &str) -> Option<&mut LostPack> {
        let mut packs = self.lost_packs.iter_mut();
        packs.find(|pack| pack.id.as_str() == id)
    }
}

/// What restic says of a pack that it cannot read.
const REMOVES: &str = "will remove packfile ";

/// What restic says at its end.
const ADVICE: &str = "Use `restic repair snapshots";
