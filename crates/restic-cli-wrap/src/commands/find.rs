use std::ffi::OsString;

use restic_types::{FoundNode, SnapshotMatches};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::found_list::FoundList;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::framing::Framing;
use crate::values::SnapshotRef;

mod objects;

pub use objects::{FindObjects, FoundObjects};

/// Looks for files and directories in all snapshots by their names.
///
/// `restic find`. It yields every match as a [`FindEvent`] while restic goes on, and after
/// the matches in a snapshot, that snapshot; what is taken that way is not in the output as
/// well, so that any number of matches takes no memory. Nothing found is an empty output.
///
/// A directory that restic could not load is an error of the kind
/// [`Damaged`](crate::ErrorKind::Damaged), with what was found elsewhere as its
/// [partial](crate::Error::partial) result, although restic calls that a success.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    arguments: Arguments,
}

/// What [`Find`] hands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FindEvent {
    /// A file or directory that matches. The snapshot that it is in comes after all of its matches.
    Match(Box<FoundNode>),
    /// All matches in this snapshot have come. Its own list of them is empty.
    Snapshot(SnapshotMatches),
}

impl Find {
    /// Looks for names that match one of these patterns, such as `*.txt`; a pattern that begins
    /// with `/` must match the whole path.
    pub fn new<I>(patterns: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut arguments = Arguments::ungated("find");
        for pattern in patterns {
            arguments.operand(pattern);
        }
        Self { arguments }
    }
}

filtering_setters! { Find:
    /// Ignores case.
    switch ignore_case: "--ignore-case";
    /// Finds only what was changed before this time, such as `2012-11-01 22:08:41`.
    value newest: "--newest" = OsString;
    /// Finds only what was changed after this time.
    value oldest: "--oldest" = OsString;
    /// Looks at the oldest snapshot first. Since restic 0.18.0.
    switch reverse: "--reverse";
    /// Looks in this snapshot only, and in others that are given: ids or the beginnings of
    /// some, or `latest`.
    each snapshot snapshots: "--snapshot" = SnapshotRef;
    /// Prints more as text; the typed result is the same.
    switch long: "--long";
    /// Prints sizes as text in units; the typed result is the same. Since restic 0.16.0.
    switch human_readable: "--human-readable";
}

impl Command for Find {
    type Event = FindEvent;
    type Output = Vec<SnapshotMatches>;
    type Decoder = FindDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> FindDecoder {
        FindDecoder::default()
    }
}

/// Reads what [`Find`] prints.
#[derive(Debug, Default)]
pub struct FindDecoder {
    list: FoundList,
    found: Vec<SnapshotMatches>,
    /// Matches whose snapshot has not come yet.
    matches: Vec<FoundNode>,
    /// How many have come, also those that are not kept here.
    hits: u64,
}

impl Decoder for FindDecoder {
    type Event = FindEvent;
    type Output = Vec<SnapshotMatches>;

    const STDOUT: Framing = Framing::Items;

    fn row(&mut self, text: &str) -> Option<FindEvent> {
        let node = FoundNode::read_row(text)?;
        self.hits += 1;
        Some(FindEvent::Match(Box::new(node)))
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<FindEvent> {
        if is_group(line.text) {
            let snapshot = self.list.read(line, diagnostics)?;
            self.check_hits(&snapshot, line, diagnostics);
            return Some(FindEvent::Snapshot(snapshot));
        }
        let node = self.list.read(line, diagnostics)?;
        self.hits += 1;
        Some(FindEvent::Match(node))
    }

    fn keep(&mut self, event: FindEvent) {
        match event {
            FindEvent::Match(node) => self.matches.push(*node),
            FindEvent::Snapshot(mut snapshot) => {
                snapshot.matches.append(&mut self.matches);
                self.found.push(snapshot);
            }
        }
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Self::Output, DecodeFailure<Self::Output>> {
        self.list.finish(self.found, end)
    }
}

/// Whether this is what is left of a snapshot's matches when they were taken out, and not a
/// match.
fn is_group(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Keys {
        #[serde(default)]
        matches: Option<IgnoredAny>,
        #[serde(default)]
        snapshot: Option<IgnoredAny>,
    }
    // A look that is cheap for all the matches; in a name the quotes would be escaped.
    text.contains(r#""matches":[]"#)
        && serde_json::from_str::<Keys>(text)
            .is_ok_and(|keys| keys.matches.is_some() && keys.snapshot.is_some())
}

impl FindDecoder {
    /// A match that stands behind some text without a line end is lost in it.
    fn check_hits(
        &mut self,
        snapshot: &SnapshotMatches,
        line: &Line<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let hits = std::mem::take(&mut self.hits);
        if hits != snapshot.hits {
            let problem = format!("{hits} matches have come");
            diagnostics.malformed(NoticeSource::Stdout, line.number, &problem, line.text);
        }
    }
}
