use std::ffi::OsStr;

use restic_types::{SnapshotGroup, documents};

use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::{LineDocumentDecoder, NoEvents};
use crate::values::GroupBy;

/// Lists snapshots in groups that have something in common.
///
/// `restic snapshots --group-by`. The order of the groups is random. To have all snapshots
/// in one list, use [`Snapshots`](crate::commands::Snapshots).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotGroups {
    arguments: Arguments,
}

impl SnapshotGroups {
    /// Lists all snapshots, grouped by a list of `host`, `paths`, `tags`.
    #[doc(alias = "--group-by")]
    pub fn new(group_by: impl Into<GroupBy>) -> Self {
        let mut arguments = Arguments::ungated("snapshots");
        arguments.own().set("--group-by", group_by.into());
        Self { arguments }
    }
}

snapshot_operands! { SnapshotGroups:
    /// Lists this snapshot only, and others that are named: an id or the beginning of one,
    /// or `latest`.
}

filtering_setters! { SnapshotGroups:
    /// Lists only the newest of each host and set of paths: the old name of `latest(1)`.
    switch last: "--last";
    /// Lists only the newest snapshots of each host and set of paths, up to this many. restic
    /// 0.19.0, and no other, lists up to this many in all. Since restic 0.12.1.
    number latest: "--latest";
    /// Prints less as text; the typed result is the same.
    switch compact: "--compact";
}

impl Command for SnapshotGroups {
    type Event = NoEvents;
    type Output = Vec<SnapshotGroup>;
    type Decoder = LineDocumentDecoder<Vec<SnapshotGroup>>;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        let ungrouped = arguments.given().values("--group-by").all(OsStr::is_empty);
        if ungrouped {
            arguments.refuse("grouped by nothing there are no groups: use Snapshots");
        }
        arguments
    }

    fn decoder(&self) -> Self::Decoder {
        LineDocumentDecoder::new(documents::snapshot_groups)
    }
}
