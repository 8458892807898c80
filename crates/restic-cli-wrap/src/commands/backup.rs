mod left_out;

use std::ffi::OsString;
use std::sync::Arc;

use restic_process::Stdin;
use restic_types::{BackupMessage, BackupSummary, During, ExitCode, ItemError, Message};

use crate::ErrorKind;
use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd, message};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::outcome::{FailedItems, Outcome};
use crate::values::{GroupBy, Pattern, Size, SnapshotRef, TagList};

use left_out::LeftOut;

/// Saves files and directories in a new snapshot.
///
/// `restic backup`. While it runs it yields [`BackupMessage`]s: `status` several times a
/// second, errors as they happen, and with
/// [`ResticBuilder::verbose`](crate::ResticBuilder::verbose) every file. The summary comes last, and
/// again as the result.
///
/// A backup that could not save everything is [`Outcome::Incomplete`] on every version:
/// files that could not be read (exit code 3), and paths that do not exist (exit code 3
/// since restic 0.19.0, 0 before).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    arguments: Arguments,
}

impl Backup {
    /// Saves these paths; relative ones start in the client's
    /// [`current_dir`](crate::ResticBuilder::current_dir).
    ///
    /// There may be any number of them: more than 128 KiB (on Windows 16 KiB) reach restic through a
    /// private file, with `--files-from-raw`, which has the same effect. restic before 0.12.0 cannot
    /// read such a file: with it, paths that are too long for the system's command line fail with
    /// [`CannotStart`](crate::ErrorKind::CannotStart).
    pub fn new<I>(paths: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut arguments = Arguments::new("backup");
        paths.into_iter().for_each(|path| arguments.operand(path));
        Self { arguments }
    }

    /// Saves the files and directories that this file lists, one pattern per line.
    #[doc(alias = "--files-from")]
    pub fn listed_in(file: impl Into<OsString>) -> Self {
        Self::new::<[OsString; 0]>([]).files_from(file)
    }

    /// Saves these bytes as one file, `/stdin` unless
    /// [`stdin_filename`](Self::stdin_filename) names it.
    ///
    /// If the client has no password, restic would read its first line as one: so this fails with
    /// [`NoPassword`](crate::ErrorKind::NoPassword), and restic is not started.
    #[doc(alias = "--stdin")]
    pub fn stdin(bytes: impl Into<Arc<[u8]>>) -> Self {
        let mut arguments = Arguments::new("backup");
        arguments.switch("--stdin", true);
        arguments.stdin(Stdin::Bytes(bytes.into()));
        Self { arguments }
    }

    /// Saves the input of [`start_with_input`](crate::Restic::start_with_input) as one file,
    /// `/stdin` unless [`stdin_filename`](Self::stdin_filename) names it.
    #[doc(alias = "--stdin")]
    pub fn from_input() -> Self {
        Self::stdin([])
    }

    /// Saves what this program prints as one file; the first word is the program. The
    /// backup fails when the program does. Since restic 0.17.0.
    #[doc(alias = "--stdin-from-command")]
    pub fn stdin_from_command<I>(command: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut arguments = Arguments::new("backup");
        arguments.switch("--stdin-from-command", true);
        command.into_iter().for_each(|word| arguments.operand(word));
        Self { arguments }
    }
}

setters! { Backup:
    /// Saves nothing, and reports what would be saved. Since restic 0.13.0.
    switch dry_run: "--dry-run";
    /// Leaves out what matches this pattern.
    each exclude excludes: "--exclude" = Pattern;
    /// Leaves out directories with a `CACHEDIR.TAG` file.
    switch exclude_caches: "--exclude-caches";
    /// Leaves out files that are only placeholders for content in a cloud: on Windows since
    /// restic 0.18.0, on macOS since 0.19.0.
    switch exclude_cloud_files: "--exclude-cloud-files";
    /// Leaves out what matches a pattern in this file.
    each exclude_file exclude_files: "--exclude-file" = OsString;
    /// Leaves out directories with a file of this name, or, as `NAME:HEADER`, with one that
    /// begins with the header.
    each exclude_if_present exclude_if_any_present: "--exclude-if-present" = OsString;
    /// Leaves out files larger than this, such as `10M`.
    value exclude_larger_than: "--exclude-larger-than" = Size;
    /// Also saves what the patterns in this file match.
    each files_from files_from_all: "--files-from" = OsString;
    /// Saves the files named in this file, which are separated by NUL bytes. Since restic 0.12.0.
    each files_from_raw files_from_raw_all: "--files-from-raw" = OsString;
    /// Saves the files named in this file, one per line. Since restic 0.12.0.
    each files_from_verbatim files_from_verbatim_all: "--files-from-verbatim" = OsString;
    /// Reads every file again, whatever its times and size say.
    switch force: "--force";
    /// Looks for the parent snapshot among those with the same values of these: a list of
    /// `host`, `paths`, `tags`. Since restic 0.16.0.
    value group_by: "--group-by" = GroupBy;
    /// Writes this host into the snapshot instead of the machine's name.
    value host: "--host" = OsString;
    /// Writes this host into the snapshot: the old name of [`host`](Self::host).
    value hostname: "--hostname" = OsString;
    /// Leaves out what matches this pattern, ignoring case.
    each iexclude iexcludes: "--iexclude" = Pattern;
    /// Leaves out what matches a pattern in this file, ignoring case.
    each iexclude_file iexclude_files: "--iexclude-file" = OsString;
    /// Ignores the change time (ctime) of files when looking for changed ones.
    /// Since restic 0.12.0.
    switch ignore_ctime: "--ignore-ctime";
    /// Ignores the inode number of files when looking for changed ones.
    switch ignore_inode: "--ignore-inode";
    /// Does not scan first to estimate the progress. Since restic 0.15.0.
    switch no_scan: "--no-scan";
    /// Stays on the file systems of the given paths.
    switch one_file_system: "--one-file-system";
    /// Compares with this snapshot to find out which files changed.
    value parent: "--parent" = SnapshotRef;
    /// Reads this many files at once. Since restic 0.15.0.
    number read_concurrency: "--read-concurrency";
    /// Makes no snapshot when nothing changed: the summary then has no
    /// [`snapshot_id`](BackupSummary::snapshot_id). Since restic 0.17.0.
    switch skip_if_unchanged: "--skip-if-unchanged";
    /// Names the file in the snapshot that has the standard input; the name may contain directories.
    value stdin_filename: "--stdin-filename" = OsString;
    /// Adds this tag to the snapshot. A comma splits it in two since restic 0.12.0.
    each tag tags: "--tag" = TagList;
    /// Writes this time into the snapshot, such as `2012-11-01 22:08:41`, in restic's time
    /// zone. A [`LocalTime`](crate::types::LocalTime) is one, too.
    value time: "--time" = OsString;
    /// Saves from a file system snapshot (VSS), on Windows.
    switch use_fs_snapshot: "--use-fs-snapshot";
    /// Stores the time of the last access of files.
    switch with_atime: "--with-atime";
}

impl Command for Backup {
    type Event = BackupMessage;
    type Output = Outcome<BackupSummary>;
    type Decoder = BackupDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> BackupDecoder {
        BackupDecoder {
            dry_run: self.arguments.given().is_dry_run(),
            left_out: LeftOut::of(&self.arguments),
            ..BackupDecoder::default()
        }
    }
}

/// Reads what [`Backup`] prints.
#[derive(Debug, Default)]
pub struct BackupDecoder {
    summary: Option<BackupSummary>,
    failed: FailedItems,
    left_out: LeftOut,
    dry_run: bool,
    /// Something was not saved although it was there, or was named.
    incomplete: bool,
}

impl Decoder for BackupDecoder {
    type Event = BackupMessage;
    type Output = Outcome<BackupSummary>;

    fn row(&mut self, text: &str) -> Option<BackupMessage> {
        BackupMessage::read_row(text)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<BackupMessage> {
        let mut message = message(line, NoticeSource::Stdout, diagnostics)?;
        if let BackupMessage::Summary(summary) = &mut message {
            summary.dry_run |= self.dry_run;
            self.summary = Some(summary.clone());
        }
        Some(message)
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<BackupMessage> {
        if let Some(missing) = self.left_out.read(line.text) {
            self.incomplete = true;
            self.failed.add(&missing.path, missing.why);
            if !missing.is_certain {
                self.failed.doubt(&missing.path);
            }
        }
        let message = message(line, NoticeSource::Stderr, diagnostics)?;
        if let BackupMessage::Error(error) = &message {
            self.remember(error);
        }
        Some(message)
    }

    fn has_seen_end(&self) -> bool {
        self.summary.is_some()
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Self::Output, DecodeFailure<Self::Output>> {
        let incomplete = end.exit.code() == Some(ExitCode::INCOMPLETE.0);
        match self.summary {
            Some(summary) if end.is_success() && !self.incomplete => Ok(Outcome::Complete(summary)),
            None if end.is_success() => Err(end.incomplete_output("it gave no summary")),
            summary if end.is_success() || incomplete => {
                Ok(self.failed.into_outcome(summary, end.reason()))
            }
            summary => {
                let partial =
                    summary.map(|summary| self.failed.into_outcome(Some(summary), end.reason()));
                let mut failure = end.failure();
                if failure.kind == ErrorKind::Failed && is_of_a_list(&failure.message) {
                    failure.kind = ErrorKind::Usage;
                }
                Err(failure.with(partial))
            }
        }
    }
}

/// Whether a file that lists paths or patterns, such as that of `--files-from`, is not there or
/// none: restic says so without a word of its own, as `open /list: no such file or directory`.
fn is_of_a_list(words: &str) -> bool {
    let is_missing = || {
        let ends = [
            "no such file or directory",
            "cannot find the file specified.",
        ];
        words.starts_with("open ") && ends.iter().any(|end| words.ends_with(end))
    };
    words.starts_with("read ") && words.ends_with(": is a directory") || is_missing()
}

impl BackupDecoder {
    fn remember(&mut self, error: &ItemError) {
        // What the scan cannot read may be gone when the files themselves are saved: that
        // alone makes no backup incomplete.
        self.incomplete |= error.during != During::Scan;
        self.failed.add(&error.item, &error.error.to_string());
    }
}
