use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::forget::is_not_removed;
use crate::decode::{Decoder, End, Fault, Line, NoEvents};
use crate::notes::{Notes, Stream};
use crate::values::{MaxUnused, Size, SnapshotRef, TagList};

/// Removes these snapshots.
///
/// `restic forget` with ids. To remove snapshots by a policy, use
/// [`Forget`](crate::commands::Forget).
///
/// When there is no such snapshot, this fails with
/// [`NotFound`](crate::ErrorKind::NotFound); others that were named are removed all the same.
/// A snapshot that could not be removed is an error on every version.
#[must_use]
#[derive(Clone, Debug)]
pub struct ForgetSnapshots {
    arguments: Arguments,
}

/// What [`ForgetSnapshots`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Forgotten {
    /// What pruning says, for people. Empty without [`prune`](ForgetSnapshots::prune): restic
    /// then says nothing.
    pub text: Vec<String>,
}

impl ForgetSnapshots {
    /// Removes these snapshots: ids or the beginnings of some, or `latest`.
    pub fn new<I>(snapshots: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<SnapshotRef>,
    {
        let mut arguments = Arguments::new("forget");
        snapshots
            .into_iter()
            .for_each(|id| arguments.operand(id.into()));
        Self { arguments }
    }
}

setters! { ForgetSnapshots:
    /// Takes for `latest` the newest snapshot made on this host, or on others that are given.
    each host hosts: "--host" = OsString;
    /// Takes for `latest` the newest snapshot with this tag, or with all of a list `a,b`.
    /// Given several times, one of them is enough.
    each tag tags: "--tag" = TagList;
    /// Takes for `latest` the newest snapshot that contains this path, and all others that
    /// are given.
    each path paths: "--path" = OsString;
    /// Removes nothing.
    switch dry_run: "--dry-run";
    /// Removes data that no snapshot needs any longer, too.
    switch prune: "--prune";
    /// Leaves so much unused data when it prunes: bytes such as `10M`, a part such as `5%`,
    /// or `unlimited`. Since restic 0.12.0.
    value max_unused: "--max-unused" = MaxUnused;
    /// Stops packing anew after so many bytes, such as `10G`, when it prunes. Since restic
    /// 0.12.0.
    value max_repack_size: "--max-repack-size" = Size;
    /// Packs only anew what is in the cache when it prunes. Since restic 0.12.0.
    switch repack_cacheable_only: "--repack-cacheable-only";
    /// Packs small packs anew when it prunes, which restic since 0.19.0 does anyway. Since
    /// restic 0.14.0.
    switch repack_small: "--repack-small";
    /// Packs packs smaller than this anew when it prunes, such as `8M`. Since restic 0.18.0.
    value repack_smaller_than: "--repack-smaller-than" = Size;
    /// Packs uncompressed data anew when it prunes. Since restic 0.14.0.
    switch repack_uncompressed: "--repack-uncompressed";
}

impl Command for ForgetSnapshots {
    type Event = NoEvents;
    type Output = Forgotten;
    type Decoder = ForgetSnapshotsDecoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        if arguments.operands.is_empty() {
            arguments.refuse("no snapshot is named, and restic would look for a policy");
        }
        arguments
    }

    fn decoder(&self) -> ForgetSnapshotsDecoder {
        ForgetSnapshotsDecoder::default()
    }
}

/// Reads what [`ForgetSnapshots`] prints.
#[derive(Debug, Default)]
pub struct ForgetSnapshotsDecoder {
    forgotten: Forgotten,
    not_removed: bool,
}

impl Decoder for ForgetSnapshotsDecoder {
    type Event = NoEvents;
    type Output = Forgotten;

    fn stdout(&mut self, line: &Line<'_>, _notes: &mut Notes) -> Option<NoEvents> {
        self.forgotten.text.push(line.text.to_owned());
        None
    }

    fn stderr(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.not_removed |= is_not_removed(line.text);
        notes.notice(Stream::Stderr, line.text);
        None
    }

    fn finish(self, end: &End<'_>) -> Result<Forgotten, Fault<Forgotten>> {
        if self.not_removed || !end.is_success() {
            return Err(end.failure().with(Some(self.forgotten)));
        }
        match end.nothing_ignored() {
            Ok(()) => Ok(self.forgotten),
            Err(fault) => Err(fault.with(Some(self.forgotten))),
        }
    }
}
