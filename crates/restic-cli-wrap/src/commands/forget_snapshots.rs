use restic_types::Counter;
use serde::{Deserialize, Serialize};

use crate::arguments::pruning::pruning_setters;
use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::commands::forget::is_not_removed;
use crate::commands::prune::PruneReport;
use crate::commands::prune::after_forget::Pruning;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::SnapshotRef;
use crate::{ErrorKind, failure};

/// Removes these snapshots.
///
/// `restic forget` with ids. To remove snapshots by a policy, use
/// [`Forget`](crate::commands::Forget).
///
/// When there is no such snapshot, this fails with
/// [`NotFound`](crate::ErrorKind::NotFound); others that were named are removed nevertheless.
/// A snapshot that could not be removed is an error on every version.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetSnapshots {
    arguments: Arguments,
}

/// What [`ForgetSnapshots`] did: the snapshots that were named are gone, about which restic
/// says nothing. With [`dry_run`](Self::dry_run) nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Forgotten {
    /// Whether this is a plan, so that nothing was changed: what the command asked for.
    pub dry_run: bool,
    /// What was pruned. Absent without [`prune`](ForgetSnapshots::prune), and since restic
    /// 0.19, which prunes and does not report what.
    pub pruned: Option<PruneReport>,
}

impl ForgetSnapshots {
    /// Removes these snapshots: ids or the beginnings of some, or `latest`.
    pub fn new<I>(snapshots: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<SnapshotRef>,
    {
        let mut arguments = Arguments::ungated("forget");
        snapshots
            .into_iter()
            .for_each(|id| arguments.operand(id.into()));
        Self { arguments }
    }
}

pruning_setters! { ForgetSnapshots by filtering_setters:
    /// Removes nothing.
    switch dry_run: "--dry-run";
    /// Removes data that no snapshot needs any longer, too.
    switch prune: "--prune";
}

impl Command for ForgetSnapshots {
    type Event = Counter;
    type Output = Forgotten;
    type Decoder = ForgetSnapshotsDecoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        if arguments.given().operands.is_empty() {
            arguments.refuse("no snapshot is named, and restic would look for a policy");
        }
        arguments
    }

    fn decoder(&self) -> ForgetSnapshotsDecoder {
        ForgetSnapshotsDecoder {
            pruning: Pruning::of(&self.arguments),
            dry_run: self.arguments.given().is_dry_run(),
            not_removed: false,
        }
    }
}

/// Reads what [`ForgetSnapshots`] prints.
#[derive(Debug)]
pub struct ForgetSnapshotsDecoder {
    pruning: Pruning,
    dry_run: bool,
    not_removed: bool,
}

impl Decoder for ForgetSnapshotsDecoder {
    type Event = Counter;
    type Output = Forgotten;

    fn decides(line: &str) -> Option<ErrorKind> {
        failure::pack_left(line).or_else(|| failure::left_out(line))
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        self.pruning.stdout(line, diagnostics)
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        self.not_removed |= is_not_removed(line.text);
        diagnostics.notice(NoticeSource::Stderr, line.text);
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Forgotten, DecodeFailure<Forgotten>> {
        let missing = self.pruning.missing(end);
        let forgotten = Forgotten {
            dry_run: self.dry_run,
            pruned: self.pruning.into_report(),
        };
        let fault = if self.not_removed || !end.is_success() {
            end.failure()
        } else if let Err(fault) = end.nothing_ignored() {
            fault
        } else if let Some(what) = missing {
            end.incomplete_output(what)
        } else {
            return Ok(forgotten);
        };
        Err(fault.with(Some(forgotten)))
    }
}
