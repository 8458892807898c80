#![expect(
    clippy::should_implement_trait,
    reason = "a setter has the name of its flag"
)]

use restic_types::cli::Span;
use restic_types::{ResticVersion, TagChanged, TagMessage};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters, snapshot_operands};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd, message};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::second_look::{Look, Silence};
use crate::values::TagList;
use crate::{ErrorKind, failure};

/// Changes the tags of snapshots.
///
/// `restic tag`. A snapshot with other tags has another id. Without a snapshot or a filter
/// restic changes all of them. Since restic 0.18.0 it yields each change as it is made;
/// before there is only text, from which the report is read.
///
/// When a snapshot that is named is not there, this fails with
/// [`NotFound`](crate::ErrorKind::NotFound); others that were named are changed nevertheless.
/// So are others when the tags of one cannot be changed, which fails with the kind that
/// restic's words have: on an append-only server with
/// [`AccessDenied`](crate::ErrorKind::AccessDenied). What was changed is in
/// [`Error::partial`](crate::Error::partial).
///
/// restic 0.17.0 and 0.17.1 end well and say nothing when the repository is locked, or cannot be
/// opened. The client then runs `restic migrate` without a name, which changes nothing, for the
/// reason, and fails with that. With these two it leaves out
/// [`ResticBuilder::quiet`](crate::ResticBuilder::quiet), with which they say nothing of a success
/// either.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    arguments: Arguments,
}

/// What [`Tag`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagReport {
    /// The snapshots that have other tags now, and with them another id. Empty before restic
    /// 0.18.0, which only counts them.
    pub changed: Vec<TagChanged>,
    /// How many have other tags now. Absent when a restic before 0.18.0 was asked to be quiet.
    pub changed_snapshots: Option<u64>,
    /// Everything on standard output that is no message.
    pub text: Vec<String>,
}

impl Tag {
    /// Changes tags. restic wants to know which.
    pub fn new() -> Self {
        let mut arguments = Arguments::new("tag");
        arguments.own().silent = Some(SILENCE);
        Self { arguments }
    }
}

snapshot_operands! { Tag:
    /// Changes this snapshot, and all others that are given: an id, the beginning of one, or
    /// `latest`.
}

filtering_setters! { Tag:
    /// Adds this tag, or all of a list `a,b`.
    each add add_all: "--add" = TagList;
    /// Removes this tag, or all of a list `a,b`.
    each remove remove_all: "--remove" = TagList;
    /// Sets this tag, or all of a list `a,b`, in the place of all there are.
    each set set_all: "--set" = TagList;
}

impl Default for Tag {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Tag {
    type Event = TagMessage;
    type Output = TagReport;
    type Decoder = TagDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> TagDecoder {
        TagDecoder::default()
    }
}

/// restic 0.17.0 and 0.17.1 call it a success when they cannot open the repository, or are given
/// no lock. `migrate` without a name wants the same lock.
const SILENCE: Silence = Silence {
    releases: Span {
        since: ResticVersion::new(0, 17, 0),
        until: Some(ResticVersion::new(0, 17, 1)),
    },
    ends: &["modified tags on ", "no snapshots were modified"],
    other: "migrate",
    look: Look::SECOND,
};

/// How restic begins to wait for a lock, for no time perhaps, when it prints text.
const WAITS: &str = "repo already locked, waiting up to ";

/// Reads what [`Tag`] prints.
#[derive(Debug, Default)]
pub struct TagDecoder {
    report: TagReport,
}

impl Decoder for TagDecoder {
    type Event = TagMessage;
    type Output = TagReport;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<TagMessage> {
        if !line.text.starts_with('{') {
            if line.is_whole {
                self.report.changed_snapshots =
                    changed(line.text).or(self.report.changed_snapshots);
                self.report.text.push(line.text.to_owned());
            }
            // A run that fails may have no report to keep it in.
            diagnostics.notice(NoticeSource::Stdout, line.text);
            return None;
        }
        let message = message(line, NoticeSource::Stdout, diagnostics)?;
        match &message {
            TagMessage::Changed(changed) => self.report.changed.push(changed.clone()),
            TagMessage::Summary(summary) => {
                self.report.changed_snapshots = Some(summary.changed_snapshots);
            }
            _ => {}
        }
        Some(message)
    }

    fn decides(line: &str) -> Option<ErrorKind> {
        // Every restic goes on to the next snapshot, and calls that a success.
        let is_left = line.starts_with("unable to modify the tags for snapshot ");
        let left = is_left.then(|| failure::kind_of(line));
        left.or_else(|| failure::left_out(line))
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<TagReport, DecodeFailure<TagReport>> {
        let mut report = self.report;
        if !end.is_success() {
            if !report.changed.is_empty() {
                let changed = report.changed.len() as u64;
                report.changed_snapshots.get_or_insert(changed);
            }
            return Err(end.failure().with(Some(report)));
        }
        if let Err(fault) = end.nothing_ignored() {
            return Err(fault.with(Some(report)));
        }
        // Half of the messages of a new restic are no text of a quiet old one.
        let is_reported = report.changed_snapshots.is_some();
        let has_failed = || end.known_failure::<TagReport>().is_some();
        if is_reported || end.quiet && report.changed.is_empty() && !has_failed() {
            return Ok(report);
        }
        let what = "it did not report how many snapshots it changed";
        let failure = match end.known_failure() {
            Some(failure) => failure,
            None if report.text.iter().any(|line| line.starts_with(WAITS)) => {
                DecodeFailure::new(ErrorKind::Locked, "the repository is already locked")
            }
            None => end.incomplete_output(what),
        };
        Err(failure.with(Some(report)))
    }
}

/// `modified tags on 1 snapshots`, in a newer restic `modified 1 snapshots`, or
/// `no snapshots were modified`.
fn changed(line: &str) -> Option<u64> {
    if line == "no snapshots were modified" {
        return Some(0);
    }
    let words = line.strip_prefix("modified ")?.strip_suffix(" snapshots")?;
    words.strip_prefix("tags on ").unwrap_or(words).parse().ok()
}
