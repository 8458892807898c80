//! What `prune` and `forget --prune` have in common.

use restic_types::Counter;

use crate::arguments::Arguments;
use crate::commands::prune::PruneReport;
use crate::decode::report::{ReportDecoder, TextReport as _, visible};
use crate::decode::{Decoder as _, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// Writes the setters of a command that can prune: its own, and those that say how.
macro_rules! pruning_setters {
    ($command:ident: $($own:tt)*) => {
        $crate::arguments::setters! { $command:
            $($own)*
            /// Leaves so much unused data when it prunes: bytes such as `10M`, a part such as
            /// `5%`, or `unlimited`. Since restic 0.12.0.
            value max_unused: "--max-unused" = $crate::values::MaxUnused;
            /// Stops packing anew after so many bytes, such as `10G`, when it prunes. Since
            /// restic 0.12.0.
            value max_repack_size: "--max-repack-size" = $crate::values::Size;
            /// Packs only anew what is in the cache when it prunes. Since restic 0.12.0.
            switch repack_cacheable_only: "--repack-cacheable-only";
            /// Packs small packs anew when it prunes, which restic since 0.19.0 does anyway.
            /// Since restic 0.14.0.
            switch repack_small: "--repack-small";
            /// Packs packs smaller than this anew when it prunes, such as `8M`. Since restic
            /// 0.18.0.
            value repack_smaller_than: "--repack-smaller-than" = $crate::values::Size;
            /// Packs uncompressed data anew when it prunes. Since restic 0.14.0.
            switch repack_uncompressed: "--repack-uncompressed";
        }
    };
}
pub(super) use pruning_setters;

/// The pruning that a `forget` may go on with, on standard output behind what it says itself.
#[derive(Debug)]
pub(super) struct Pruning {
    decoder: ReportDecoder<PruneReport>,
    has_begun: bool,
}

impl Pruning {
    pub(super) fn of(arguments: &Arguments) -> Self {
        Self {
            decoder: ReportDecoder::new(PruneReport::of(arguments)),
            has_begun: false,
        }
    }

    /// Takes a line that is not `forget`'s own.
    pub(super) fn stdout(
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
        self.has_begun |= BEGINNINGS.iter().any(is_beginning);
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
    pub(super) fn missing(&self, end: &RunEnd<'_>) -> Option<&'static str> {
        let is_judged = self.has_begun && !end.quiet;
        self.decoder.report().missing().filter(|_| is_judged)
    }

    /// The report. Nothing when nothing was pruned, or restic does not tell.
    pub(super) fn into_report(self) -> Option<PruneReport> {
        self.has_begun.then(|| self.decoder.into_report())
    }
}

/// How pruning begins: in 0.11, from 0.12 to 0.18, and, should it tell, in 0.19.
const BEGINNINGS: &[&str] = &[
    "counting files in repo",
    "loading indexes...",
    "loading all snapshots...",
];
