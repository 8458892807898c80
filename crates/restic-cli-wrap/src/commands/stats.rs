use std::ffi::{OsStr, OsString};

use crate::arguments::{Arguments, FlagValue, filtering_setters, setters, snapshot_operands};
use crate::command::Command;
use crate::decode::{LineDocumentDecoder, NoEvents, PlainText, TextDecoder};
use crate::diagnostics::NoticeSource;
use crate::types::{self, documents};

/// Reports the sizes of snapshots or of the repository.
///
/// `restic stats`. What is counted depends on the [`mode`](Self::mode).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    arguments: Arguments,
}

/// What [`Stats`] counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatsMode {
    /// Files, with the size that they have when restored, once for each snapshot that contains them.
    RestoreSize,
    /// Files with different contents.
    FilesByContents,
    /// The blobs of files, counted as often as files refer to them.
    BlobsPerFile,
    /// What is stored in the repository.
    RawData,
    /// A mode that is newer than this library.
    Other(OsString),
}

impl Stats {
    /// Counts all snapshots.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("stats"),
        }
    }
}

snapshot_operands! { Stats:
    /// Counts this snapshot only, and others that are named: an id or the beginning of one,
    /// or `latest`.
}

filtering_setters! { Stats:
    /// What to count; [`StatsMode::RestoreSize`] unless set.
    value mode: "--mode" = StatsMode;
}

impl Default for Stats {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Stats {
    type Event = NoEvents;
    type Output = types::Stats;
    type Decoder = LineDocumentDecoder<types::Stats>;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        let text = arguments.given().values("--mode").any(|mode| mode == DEBUG);
        if text {
            arguments.refuse("the mode debug prints text: use StatsDebug");
        }
        arguments
    }

    fn decoder(&self) -> Self::Decoder {
        LineDocumentDecoder::new(documents::stats)
    }
}

/// Reports the sizes of the files in the repository, as tables for people.
///
/// `restic stats --mode debug`, which restic's help does not list. Since restic 0.16.0;
/// older ones refuse it.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsDebug {
    arguments: Arguments,
}

const DEBUG: &str = "debug";

impl StatsDebug {
    /// Looks at the whole repository.
    pub fn new() -> Self {
        let mut arguments = Arguments::new("stats");
        arguments.set("--mode", OsString::from(DEBUG));
        Self { arguments }
    }
}

setters! { StatsDebug: }

impl Default for StatsDebug {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for StatsDebug {
    type Event = NoEvents;
    type Output = PlainText;
    type Decoder = TextDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> TextDecoder {
        TextDecoder::of(NoticeSource::Stderr)
    }
}

impl From<&str> for StatsMode {
    fn from(mode: &str) -> Self {
        [
            Self::RestoreSize,
            Self::FilesByContents,
            Self::BlobsPerFile,
            Self::RawData,
        ]
        .into_iter()
        .find(|known| known.word() == mode)
        .unwrap_or_else(|| Self::Other(mode.into()))
    }
}

impl StatsMode {
    fn word(&self) -> &OsStr {
        match self {
            Self::RestoreSize => "restore-size".as_ref(),
            Self::FilesByContents => "files-by-contents".as_ref(),
            Self::BlobsPerFile => "blobs-per-file".as_ref(),
            Self::RawData => "raw-data".as_ref(),
            Self::Other(word) => word,
        }
    }
}

impl FlagValue for StatsMode {
    fn render(self) -> OsString {
        self.word().to_owned()
    }
}
