use std::ffi::OsString;

use restic_types::ResticVersion;
use restic_types::cli::Span;
use restic_types::{ItemError, Message, RestoreMessage, RestoreSummary};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::ignored_error::{IgnoredError, IgnoredErrors};
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd, message, message_among_text};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::outcome::{FailedItems, Outcome};
use crate::values::{Pattern, SnapshotRef};

/// Writes the files and directories of a snapshot to a directory.
///
/// `restic restore`. While it runs it yields [`RestoreMessage`]s: `status` several times a
/// second and errors as they happen, and with
/// [`ResticBuilder::verbose(2)`](crate::ResticBuilder::verbose) every file (since restic 0.17.0). The
/// summary comes last, and again as the result. Before restic 0.16.0 there is only text,
/// from which the errors are read.
///
/// A restore in which items failed is [`Outcome::Incomplete`] on every version, although the
/// exit code is 1 since restic 0.12 and 0 in 0.11. A restic that gave up before the end is an
/// error, with what failed until then as [`partial`](crate::Error::partial) result.
///
/// A restore that [includes](Self::include) something, where nothing in the snapshot matches
/// it, is [`Outcome::Incomplete`] without errors, although restic calls it a success: a name
/// such as `a[1].txt` is a pattern, and [`Pattern::literal`] the name itself. Before restic
/// 0.16.0 that is known only with [`verify`](Self::verify); a [`Notice`](crate::Notice) of this
/// library says so.
///
/// restic before 0.17.0 follows symbolic links that are in the target already: what the
/// snapshot has below such a path is then written where the link leads, out of the target.
/// Restore into an empty directory with them. A [`Notice`](crate::Notice) of this library says
/// so whenever such a restic restores something.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    arguments: Arguments,
}

/// The result of a [`Restore`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Restored {
    /// Whether this is a plan, so that nothing was written: what the command asked for.
    pub dry_run: bool,
    /// The numbers. Absent before restic 0.16.0, which prints none, and when restic gave up.
    pub summary: Option<RestoreSummary>,
    /// What restic printed besides messages: everything before restic 0.16.0.
    pub text: Vec<String>,
}

impl Restore {
    /// Restores this snapshot: an id or the beginning of one, or `latest`; with
    /// `:` and a path behind it (since restic 0.16.0) that directory of it only. It needs a
    /// [`target`](Self::target).
    pub fn new(snapshot: impl Into<SnapshotRef>) -> Self {
        let mut arguments = Arguments::new("restore");
        arguments.operand(snapshot.into());
        // Before 0.16 restic prints text, and the decoder knows it by that.
        let printing_json = Span {
            since: ResticVersion::new(0, 16, 0),
            until: Some(ResticVersion::new(0, 16, 5)),
        };
        arguments.own().old_warning = Some((printing_json, FOLLOWS_LINKS));
        Self { arguments }
    }
}

filtering_setters! { Restore:
    /// Writes to this directory, which is created when it does not exist.
    value target: "--target" = OsString;
    /// Leaves out what matches this pattern.
    each exclude excludes: "--exclude" = Pattern;
    /// Leaves out what matches this pattern, ignoring case.
    each iexclude iexcludes: "--iexclude" = Pattern;
    /// Leaves out what matches a pattern in this file. Since restic 0.17.0.
    each exclude_file exclude_files: "--exclude-file" = OsString;
    /// Leaves out what matches a pattern in this file, ignoring case. Since restic 0.17.0.
    each iexclude_file iexclude_files: "--iexclude-file" = OsString;
    /// Leaves out extended attributes whose name matches this pattern. Since restic 0.18.0.
    each exclude_xattr exclude_xattrs: "--exclude-xattr" = OsString;
    /// Restores only what matches this pattern, or another one that is given.
    each include includes: "--include" = Pattern;
    /// Restores only what matches this pattern, ignoring case, or another one that is given.
    each iinclude iincludes: "--iinclude" = Pattern;
    /// Restores only what matches a pattern in this file. Since restic 0.17.0.
    each include_file include_files: "--include-file" = OsString;
    /// Restores only what matches a pattern in this file, ignoring case. Since restic 0.17.0.
    each iinclude_file iinclude_files: "--iinclude-file" = OsString;
    /// Restores only extended attributes whose name matches this pattern. Since restic 0.18.0.
    each include_xattr include_xattrs: "--include-xattr" = OsString;
    /// Removes from the target what is not in the snapshot. Since restic 0.17.0.
    switch delete: "--delete";
    /// Writes nothing, and reports what would be written. Since restic 0.17.0.
    switch dry_run: "--dry-run";
    /// Replaces files in the target `always`, `if-changed`, `if-newer` or `never`. Since
    /// restic 0.17.0, `always` before.
    value overwrite: "--overwrite" = OsString;
    /// Gives files to the users and groups of the same name instead of the same number.
    /// Since restic 0.19.0.
    switch ownership_by_name: "--ownership-by-name";
    /// Leaves holes in files where the snapshot has long runs of zeros. Since restic 0.15.0.
    switch sparse: "--sparse";
    /// Reads the restored files again and compares them.
    switch verify: "--verify";
}

impl Command for Restore {
    type Event = RestoreMessage;
    type Output = Outcome<Restored>;
    type Decoder = RestoreDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> RestoreDecoder {
        RestoreDecoder {
            restored: Restored {
                dry_run: self.arguments.given().is_dry_run(),
                ..Restored::default()
            },
            includes: includes(&self.arguments),
            ..RestoreDecoder::default()
        }
    }
}

/// Reads what [`Restore`] prints.
#[derive(Debug, Default)]
pub struct RestoreDecoder {
    restored: Restored,
    failed: FailedItems,
    /// An old restic, which prints text, has begun.
    is_text: bool,
    /// Errors that an old restic prints as text.
    ignored: IgnoredErrors,
    /// Only what matches is to be restored.
    includes: bool,
}

impl Decoder for RestoreDecoder {
    type Event = RestoreMessage;
    type Output = Outcome<Restored>;

    fn row(&mut self, text: &str) -> Option<RestoreMessage> {
        RestoreMessage::read_row(text)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<RestoreMessage> {
        let (text, message) = message_among_text(line, NoticeSource::Stdout, diagnostics);
        if message.is_none() || !text.trim().is_empty() {
            let begins = line.is_whole && text.starts_with("restoring <Snapshot ");
            if begins && !self.is_text {
                diagnostics.notice(NoticeSource::Library, FOLLOWS_LINKS);
                if self.includes {
                    diagnostics.notice(NoticeSource::Library, COUNTS_NOTHING);
                }
            }
            self.is_text |= begins || is_count(text);
            self.restored.text.push(text.to_owned());
        }
        if let Some(RestoreMessage::Summary(summary)) = &message {
            self.restored.summary = Some(summary.clone());
        }
        message
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<RestoreMessage> {
        let error = self.ignored.read(line.text);
        if self.ignored.is_begun() && error.is_none() {
            return None;
        }
        let Some(error) = error.map(|error| self.remember(error)) else {
            let message = message(line, NoticeSource::Stderr, diagnostics)?;
            if let RestoreMessage::Error(error) = &message {
                self.failed.add(&error.item, &error.error.to_string());
            }
            return Some(message);
        };
        if line.text.starts_with("Fatal: ") {
            diagnostics.notice(NoticeSource::Stderr, line.text);
        }
        Some(RestoreMessage::Error(error))
    }

    fn has_seen_end(&self) -> bool {
        self.restored.summary.is_some()
    }

    fn finish(mut self, end: &RunEnd<'_>) -> Result<Self::Output, DecodeFailure<Self::Output>> {
        if let Some(error) = self.ignored.end() {
            self.remember(error);
        }
        let failed = self.count().is_some() || !self.failed.is_empty();
        let at_end = self.restored.summary.is_some() || self.is_text || end.quiet;
        match end.exit.code() {
            Some(0) if !at_end => Err(end.incomplete_output("it gave no summary")),
            Some(0) if failed || self.is_nothing() => Ok(self.incomplete(end)),
            Some(0) => Ok(Outcome::Complete(self.restored)),
            Some(1) if failed && is_count(&end.raw_reason()) => Ok(self.incomplete(end)),
            _ => {
                let fault = end.failure();
                let said = self.restored.summary.is_some() || !self.restored.text.is_empty();
                let has_report = failed || said;
                Err(fault.with(has_report.then(|| self.incomplete(end))))
            }
        }
    }
}

impl RestoreDecoder {
    fn remember(&mut self, error: IgnoredError) -> ItemError {
        self.failed.add(&error.path, &error.words);
        if !error.is_certain {
            self.failed.doubt(&error.path);
        }
        ItemError::of_restore(&error.path, &error.words)
    }

    /// How an old restic counts the errors at its end. Names come before that.
    fn count(&self) -> Option<&String> {
        let is_said_later = |line: &&String| {
            let begins = ["verifying files in ", "finished verifying "];
            line.trim().is_empty() || begins.iter().any(|begin| line.starts_with(begin))
        };
        let mut lines = self.restored.text.iter().rev();
        let last = lines.find(|line| !is_said_later(line));
        last.filter(|line| is_count(line))
    }

    /// Whether nothing matches what was to be included, which restic does not mind.
    fn is_nothing(&self) -> bool {
        let is_empty = |summary: &RestoreSummary| {
            summary.total_files == 0 && summary.files_skipped == 0 && summary.files_restored == 0
        };
        let checked = |line: &String| line.starts_with("finished verifying 0 files ");
        let is_empty = match &self.restored.summary {
            Some(summary) => is_empty(summary),
            None => self.restored.text.last().is_some_and(checked),
        };
        self.includes && is_empty
    }

    fn incomplete(self, end: &RunEnd<'_>) -> Outcome<Restored> {
        let message = match self.count() {
            Some(count) => count.clone(),
            None if end.is_success() && self.failed.is_empty() => NOTHING.to_owned(),
            None => end.reason(),
        };
        self.failed.into_outcome(Some(self.restored), message)
    }
}

/// Whether a restore is to include something, and not all there is.
fn includes(arguments: &Arguments) -> bool {
    let begins = |word: &OsString| {
        let word = word.to_string_lossy();
        ["--include", "--iinclude", "-i"]
            .iter()
            .any(|begin| word.starts_with(begin) && !word.contains("xattr"))
    };
    let mut flags = arguments.given().flags.iter();
    flags.any(|flag| INCLUDES.contains(&flag.name)) || arguments.given().extra.iter().any(begins)
}

/// The flags that choose what to restore.
const INCLUDES: [&str; 4] = [
    "--include",
    "--iinclude",
    "--include-file",
    "--iinclude-file",
];

/// What is said of a restore that had nothing to do.
const NOTHING: &str = "nothing in the snapshot matches what was to be included";

/// What the user of an old restic should know who includes something.
const COUNTS_NOTHING: &str = "this restic is older than 0.16: it does not report whether \
     anything matched what was to be included, unless it verifies";

/// What the user of an old restic should know.
const FOLLOWS_LINKS: &str = "this restic is older than 0.17: it follows symbolic links that \
     were in the target before, and writes to where they lead";

/// Whether restic says at its end that items failed: on standard output in 0.11, as the
/// reason for its exit code since 0.12.
fn is_count(words: &str) -> bool {
    let words = words.strip_prefix("Fatal: ").unwrap_or(words);
    words.starts_with("There were ") && words.trim_end().ends_with(" errors")
}
