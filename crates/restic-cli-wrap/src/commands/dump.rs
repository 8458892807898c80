use std::ffi::OsString;

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::BytesDecoder;
use crate::values::SnapshotRef;

/// Prints the content of a file in a snapshot, or of a directory as an archive.
///
/// `restic dump`. [`dump_to`](crate::Restic::dump_to) writes it anywhere, in constant memory.
/// A [`Run`](crate::Run) hands out the bytes as they come, as an
/// [`AsyncRun`](crate::AsyncRun) does; those that nobody has taken are the output, so a plain
/// [`run`](crate::Restic::run) takes the memory of the whole content.
///
/// Whether all of it came is known only at the end, so call `finish`: what was taken before a
/// failure is incomplete, although it may look complete.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    arguments: Arguments,
}

impl Dump {
    /// Prints this file or directory of this snapshot: an id or the beginning of one, or
    /// `latest`, and since restic 0.16.0 also `id:/directory`, to which the path then refers. The
    /// path is absolute in the snapshot; `/` is all of it.
    pub fn new(snapshot: impl Into<SnapshotRef>, path: impl Into<OsString>) -> Self {
        let mut arguments = Arguments::new("dump");
        arguments.operand(snapshot.into());
        arguments.operand(path);
        Self { arguments }
    }
}

filtering_setters! { Dump:
    /// Makes this kind of archive of a directory: `tar`, which is the default, or `zip`. Since
    /// restic 0.12.0.
    value archive: "--archive" = OsString;
    /// Lets restic write into this file. The output is then empty. Since restic 0.17.0.
    value target: "--target" = OsString;
}

impl Command for Dump {
    type Event = Vec<u8>;
    type Output = Vec<u8>;
    type Decoder = BytesDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> BytesDecoder {
        BytesDecoder::default()
    }
}
