use std::ffi::OsString;

use crate::ErrorKind;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::PlainText;
use crate::decode::TextDecoder;
use crate::decode::{DecodeFailure, Decoder, Line, NoEvents, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Replaces the restic program by the newest release.
///
/// `restic self-update`. The builds of Linux distributions do not have it; the error is then
/// [`Unsupported`](ErrorKind::Unsupported).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfUpdate {
    arguments: Arguments,
}

impl SelfUpdate {
    /// Replaces the very program that runs, unless [`output`](Self::output) is set.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("self-update"),
        }
    }
}

setters! { SelfUpdate:
    /// Writes the new program to this file instead.
    value output: "--output" = OsString;
}

impl Default for SelfUpdate {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for SelfUpdate {
    type Event = NoEvents;
    type Output = PlainText;
    type Decoder = SelfUpdateDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> SelfUpdateDecoder {
        SelfUpdateDecoder(TextDecoder::of(NoticeSource::Stdout))
    }
}

/// Reads what [`SelfUpdate`] prints.
#[derive(Debug)]
pub struct SelfUpdateDecoder(TextDecoder);

impl Decoder for SelfUpdateDecoder {
    type Event = NoEvents;
    type Output = PlainText;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.stdout(line, diagnostics)
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.stderr(line, diagnostics)
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<PlainText, DecodeFailure<PlainText>> {
        self.0.finish(end).map_err(|fault| match fault.kind {
            ErrorKind::Unsupported => {
                DecodeFailure::new(fault.kind, "this build of restic has no self-update")
            }
            _ => fault,
        })
    }
}
