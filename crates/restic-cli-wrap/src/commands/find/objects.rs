use std::ffi::OsString;

use restic_types::{BlobLocation, FoundObject};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::found_list::FoundList;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::framing::Framing;
use crate::values::SnapshotRef;

/// Looks for where blobs, trees or packs are used in all snapshots, by their ids.
///
/// `restic find --blob`, `--tree` and `--pack`. It yields every place as a
/// [`FoundObject`] while restic goes on; what is taken that way is not repeated in the output.
/// Nothing found is an empty output. A directory that restic could not load is an error, as for
/// [`Find`](crate::commands::Find).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindObjects {
    arguments: Arguments,
}

/// What [`FindObjects`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundObjects {
    /// Where they are used, as far as nobody has taken that while it ran.
    pub objects: Vec<FoundObject>,
    /// In which packs they are, with [`show_pack_id`](FindObjects::show_pack_id).
    pub locations: Vec<BlobLocation>,
}

impl FindObjects {
    /// Looks for these blobs, pieces of files: ids or the beginnings of some.
    #[doc(alias = "--blob")]
    pub fn blobs<I>(ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        Self::of("--blob", ids)
    }

    /// Looks for these trees, contents of directories: ids or the beginnings of some.
    #[doc(alias = "--tree")]
    pub fn trees<I>(ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        Self::of("--tree", ids)
    }

    /// Looks for everything in these packs: ids or the beginnings of some. One that is not
    /// there is an error since restic 0.14.0; 0.11 finds nothing.
    #[doc(alias = "--pack")]
    pub fn packs<I>(ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        Self::of("--pack", ids)
    }

    fn of<I>(kind: &'static str, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut arguments = Arguments::ungated("find");
        arguments.own().switch(kind, true);
        for id in ids {
            arguments.operand(id);
        }
        Self { arguments }
    }
}

filtering_setters! { FindObjects:
    /// Looks at the oldest snapshot first. Since restic 0.18.0.
    switch reverse: "--reverse";
    /// Reports also in which pack each of them is.
    switch show_pack_id: "--show-pack-id";
    /// Looks in this snapshot only, and in others that are given: ids or the beginnings of
    /// some, or `latest`.
    each snapshot snapshots: "--snapshot" = SnapshotRef;
}

impl Command for FindObjects {
    type Event = FoundObject;
    type Output = FoundObjects;
    type Decoder = FindObjectsDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> FindObjectsDecoder {
        FindObjectsDecoder::default()
    }
}

/// Reads what [`FindObjects`] prints.
#[derive(Debug, Default)]
pub struct FindObjectsDecoder {
    list: FoundList,
    found: FoundObjects,
    /// The line before, which names the pack.
    pack: String,
}

impl Decoder for FindObjectsDecoder {
    type Event = FoundObject;
    type Output = FoundObjects;

    const STDOUT: Framing = Framing::Items;

    fn is_data(line: &str) -> bool {
        let is_location = |begin| line.starts_with(begin);
        line.starts_with(['{', '[']) || [PACK, PLACE].into_iter().any(is_location)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<FoundObject> {
        let object = self.list.read(line, diagnostics);
        if line.is_whole {
            let location = BlobLocation::read(&self.pack, line.text);
            self.found.locations.extend(location);
            self.pack.clear();
            if line.text.starts_with(PACK) {
                self.pack.push_str(line.text);
            }
        }
        object
    }

    fn keep(&mut self, object: FoundObject) {
        self.found.objects.push(object);
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<FoundObjects, DecodeFailure<FoundObjects>> {
        self.list.finish(self.found, end)
    }
}

/// How the two lines about a place begin.
const PACK: &str = "Object belongs to pack ";
const PLACE: &str = " ... Pack ";
