use std::ffi::OsString;

use restic_types::{LsMessage, Message, Node, NodeRef, Snapshot};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::{BorrowRows, DecodeFailure, Decoder, Line, RunEnd, message};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::SnapshotRef;

/// Lists the files and directories of a snapshot.
///
/// `restic ls`. It yields the snapshot and then every row as [`LsMessage`]s while restic
/// goes on; what is taken that way is not in the [`Listing`] as well, so that a snapshot of
/// any size takes no memory.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ls {
    arguments: Arguments,
}

/// The rows of [`Ls`] that nobody has taken while it ran: all of them, for a plain
/// [`run`](crate::Restic::run).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Listing {
    /// The snapshot. Absent when it was taken as an event.
    pub snapshot: Option<Snapshot>,
    /// Its files and directories, in restic's order.
    pub nodes: Vec<Node>,
}

impl Ls {
    /// Lists everything in this snapshot: an id or the beginning of one, or `latest`.
    pub fn new(snapshot: impl Into<SnapshotRef>) -> Self {
        let mut arguments = Arguments::new("ls");
        arguments.operand(snapshot.into());
        Self { arguments }
    }

    /// Lists what is in this directory of the snapshot only, and in others that are given:
    /// absolute paths. restic lists nothing when there is no such directory.
    pub fn directory(mut self, path: impl Into<OsString>) -> Self {
        self.arguments.operand(path);
        self
    }
}

filtering_setters! { Ls:
    /// Lists what is in the directories of the given [`directory`](Self::directory)s, too.
    switch recursive: "--recursive";
    /// Sorts the rows: `name`, `size`, `time` or `mtime`, `atime`, `ctime`, `extension`. Since
    /// restic 0.18.0.
    value sort: "--sort" = OsString;
    /// Reverses the order of the rows. Since restic 0.18.0.
    switch reverse: "--reverse";
    /// Prints more as text; the typed result is the same.
    switch long: "--long";
    /// Prints sizes as text in units; the typed result is the same. Since restic 0.16.0.
    switch human_readable: "--human-readable";
}

impl Command for Ls {
    type Event = LsMessage;
    type Output = Listing;
    type Decoder = LsDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> LsDecoder {
        LsDecoder::default()
    }
}

/// Reads what [`Ls`] prints.
#[derive(Debug, Default)]
pub struct LsDecoder {
    listing: Listing,
    found: bool,
}

impl BorrowRows for LsDecoder {
    type Row<'a> = NodeRef<'a>;

    fn borrowed_row(text: &str) -> Option<NodeRef<'_>> {
        NodeRef::read_row(text)
    }

    fn row_of(event: &LsMessage) -> Option<NodeRef<'_>> {
        match event {
            LsMessage::Node(node) => Some(node.into()),
            _ => None,
        }
    }
}

impl Decoder for LsDecoder {
    type Event = LsMessage;
    type Output = Listing;

    fn row(&mut self, text: &str) -> Option<LsMessage> {
        LsMessage::read_row(text)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<LsMessage> {
        let message = message(line, NoticeSource::Stdout, diagnostics)?;
        self.found |= matches!(message, LsMessage::Snapshot(_));
        Some(message)
    }

    fn keep(&mut self, event: LsMessage) {
        match event {
            LsMessage::Snapshot(snapshot) => self.listing.snapshot = Some(*snapshot),
            LsMessage::Node(node) => self.listing.nodes.push(node),
            _ => {}
        }
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Listing, DecodeFailure<Listing>> {
        if !end.is_success() {
            return Err(end.failure().with(self.found.then_some(self.listing)));
        }
        if !self.found {
            // restic 0.11 and 0.14 call this a success.
            end.nothing_ignored()?;
            return Err(end.incomplete_output("it named no snapshot"));
        }
        Ok(self.listing)
    }
}
