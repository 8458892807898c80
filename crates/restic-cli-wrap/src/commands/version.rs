use restic_types::{VersionInfo, documents};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Reports which restic this is.
///
/// `restic version`. Every version has it; before 0.17.0 it prints text, which is read into
/// the same type.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    arguments: Arguments,
}

impl Version {
    /// Asks for the version.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("version"),
        }
    }
}

setters! { Version: }

impl Default for Version {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Version {
    type Event = NoEvents;
    type Output = VersionInfo;
    type Decoder = VersionDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> VersionDecoder {
        VersionDecoder::default()
    }
}

/// Reads what [`Version`] prints.
#[derive(Debug, Default)]
pub struct VersionDecoder {
    version: Option<VersionInfo>,
}

impl Decoder for VersionDecoder {
    type Event = NoEvents;
    type Output = VersionInfo;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        let read = if line.text.starts_with('{') {
            documents::version(line.text).map_err(|error| error.to_string())
        } else {
            VersionInfo::from_text(line.text)
                .filter(|_| line.is_whole)
                .ok_or_else(|| "no version".to_owned())
        };
        match read {
            Ok(version) => self.version = Some(version),
            Err(problem) if line.text.starts_with('{') => {
                diagnostics.malformed(NoticeSource::Stdout, line.number, &problem, line.text);
            }
            Err(_) => diagnostics.notice(NoticeSource::Stdout, line.text),
        }
        None
    }

    fn has_seen_end(&self) -> bool {
        self.version.is_some()
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<VersionInfo, DecodeFailure<VersionInfo>> {
        end.complete(self.version, "it did not report its version")
    }
}
