use restic_types::{VersionInfo, documents};

use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Reads what [`Version`](crate::commands::Version) prints.
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
