use restic_types::{Counter, Message as _, PruneMessage};

use crate::arguments::Arguments;
use crate::commands::prune::PruneReport;
use crate::decode::report::{ReportDecoder, TextReport as _, visible};
use crate::decode::{Decoder as _, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// The pruning that a `forget` may go on with, on standard output behind what it says itself.
#[derive(Debug)]
pub(in crate::commands) struct Pruning {
    decoder: ReportDecoder<PruneReport>,
    has_begun: bool,
}

impl Pruning {
    pub(in crate::commands) fn of(arguments: &Arguments) -> Self {
        Self {
            decoder: ReportDecoder::new(PruneReport::of(arguments)),
            has_begun: false,
        }
    }

    /// Takes a line that is not `forget`'s own.
    pub(in crate::commands) fn stdout(
        &mut self,
        line: &Line<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Counter> {
        let text = visible(line.text);
        // The half of a beginning is one, too: the rest of it is missing.
        let is_beginning = |begin: &&str| match line.is_whole {
            true => text == *begin,
            false => !text.is_empty() && begin.starts_with(text),
        };
        let is_message = match line.is_whole {
            true => is_summary(text),
            false => text.starts_with('{'),
        };
        self.has_begun |= is_message || BEGINNINGS.iter().any(is_beginning);
        if self.has_begun {
            return self.decoder.stdout(line, diagnostics);
        }
        let counter = Counter::read(text).filter(|_| line.is_whole);
        if counter.is_none() {
            diagnostics.notice(NoticeSource::Stdout, line.text);
        }
        counter
    }

    /// What is missing of a pruning that has begun.
    pub(in crate::commands) fn missing(&self, end: &RunEnd<'_>) -> Option<&'static str> {
        let is_judged = self.has_begun && !end.quiet;
        self.decoder.report().missing().filter(|_| is_judged)
    }

    /// The report. `None` when nothing was pruned, or restic does not report it.
    pub(in crate::commands) fn into_report(self) -> Option<PruneReport> {
        self.has_begun.then(|| self.decoder.into_report())
    }
}

/// Whether a line is all that restic says of pruning in JSON. Since restic 0.20.0.
pub(in crate::commands) fn is_summary(line: &str) -> bool {
    matches!(PruneMessage::read(line), Some(PruneMessage::Summary(_)))
}

/// How pruning begins: in 0.11, from 0.12 to 0.18, and, should it report it, in 0.19.
const BEGINNINGS: &[&str] = &[
    "counting files in repo",
    "loading indexes...",
    "loading all snapshots...",
];
