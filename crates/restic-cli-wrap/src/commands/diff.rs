use restic_types::{DiffChange, DiffMessage, DiffStatistics, Message as _};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd, message};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::SnapshotRef;

/// Compares two snapshots.
///
/// `restic diff`. It yields every change and then the statistics as [`DiffMessage`]s while
/// restic goes on; changes that are taken that way are not in the [`Difference`] as well.
///
/// Before restic 0.13.0 this is read from text: its numbers of bytes are rounded, and of a
/// name with a line end in it only the first line is known.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    arguments: Arguments,
}

/// What [`Diff`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The changes that nobody has taken while it ran, in restic's order.
    pub changes: Vec<DiffChange>,
    /// The statistics of all changes.
    pub statistics: DiffStatistics,
}

impl Diff {
    /// Compares these snapshots: ids or the beginnings of some, and since restic 0.16.0 also
    /// directories in them, `id:/directory`. restic takes no `latest` here.
    pub fn new(first: impl Into<SnapshotRef>, second: impl Into<SnapshotRef>) -> Self {
        let mut arguments = Arguments::new("diff");
        arguments.operand(first.into());
        arguments.operand(second.into());
        Self { arguments }
    }
}

setters! { Diff:
    /// Also reports changes of only the metadata, such as times.
    switch metadata: "--metadata";
}

impl Command for Diff {
    type Event = DiffMessage;
    type Output = Difference;
    type Decoder = DiffDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> DiffDecoder {
        DiffDecoder::default()
    }
}

/// Reads what [`Diff`] prints.
#[derive(Debug, Default)]
pub struct DiffDecoder {
    changes: Vec<DiffChange>,
    /// Present at the end.
    statistics: Option<DiffStatistics>,
    /// What restic before 0.13.0 prints line by line.
    text: DiffStatistics,
}

impl Decoder for DiffDecoder {
    type Event = DiffMessage;
    type Output = Difference;

    fn is_data(line: &str) -> bool {
        line.starts_with('{') || DiffChange::read(line).is_some()
    }

    fn row(&mut self, text: &str) -> Option<DiffMessage> {
        DiffMessage::read_row(text)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<DiffMessage> {
        let is_json = DiffMessage::read(line.text).is_some();
        if !is_json && line.is_whole {
            if let Some(change) = DiffChange::read(line.text) {
                return Some(DiffMessage::Change(change));
            }
            if self.text.read_text(line.text) {
                diagnostics.notice(NoticeSource::Stdout, line.text);
                self.statistics = Some(self.text.clone());
                return Some(DiffMessage::Statistics(self.text.clone()));
            }
        }
        let message = message(line, NoticeSource::Stdout, diagnostics)?;
        if let DiffMessage::Statistics(statistics) = &message {
            self.statistics = Some(statistics.clone());
        }
        Some(message)
    }

    fn keep(&mut self, event: DiffMessage) {
        if let DiffMessage::Change(change) = event {
            self.changes.push(change);
        }
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Difference, DecodeFailure<Difference>> {
        let is_empty = self.changes.is_empty() && self.statistics.is_none();
        let is_closed = self.statistics.is_some();
        let difference = Difference {
            changes: self.changes,
            statistics: self.statistics.unwrap_or_default(),
        };
        if !end.is_success() {
            return Err(end.failure().with((!is_empty).then_some(difference)));
        }
        if !is_closed {
            let fault = end.incomplete_output("it gave no statistics");
            return Err(fault.with(Some(difference)));
        }
        Ok(difference)
    }
}
