use restic_types::{CheckMessage, CheckSummary, ExitCode};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd, message, message_among_text};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::Subset;

/// Looks for damage in the repository.
///
/// `restic check`. Damage is not an error: it is reported in the [`CheckReport`], on every version.
/// It is an error if restic could not check: there is no repository, it is locked, or the
/// password is wrong. While it runs it yields what it finds as [`CheckMessage`]s, since
/// restic 0.18.0; before there is only text, from which the report is read.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    arguments: Arguments,
}

/// What a check found.
#[must_use = "damage is reported here and nowhere else"]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// The damage, in restic's words. Never empty when there is some; there may be more
    /// entries than errors, and in another order with each check.
    pub errors: Vec<String>,
    /// What restic advises, and findings that are not damage, such as packs that nothing
    /// needs. Since restic 0.18.0 the latter is reported by the
    /// [`summary`](Self::summary) only.
    pub hints: Vec<String>,
    /// The numbers, and the packs that are damaged. Since restic 0.18.0.
    pub summary: Option<CheckSummary>,
    /// Everything on standard output that is not a message: before restic 0.18.0, the progress of
    /// the check as text.
    pub text: Vec<String>,
}

impl CheckReport {
    /// Whether restic found no damage.
    pub fn is_ok(&self) -> bool {
        let counted = self
            .summary
            .as_ref()
            .map_or(0, |summary| summary.num_errors);
        self.errors.is_empty() && counted == 0
    }
}

impl Check {
    /// Checks the structure of the repository, without reading the data in it.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("check"),
        }
    }
}

filtering_setters! { Check:
    /// Reads and checks all data, too.
    switch read_data: "--read-data";
    /// Reads and checks a part of the data: `n/t` is the `n`th of `t` parts; `5%` is a random
    /// sample of that size (since restic 0.12.0), and so is `10G` (since restic 0.13.0).
    value read_data_subset: "--read-data-subset" = Subset;
    /// Looks for data that nothing needs. restic 0.14 and newer ignore this, with a warning on
    /// standard error.
    switch check_unused: "--check-unused";
    /// Uses the existing cache instead of downloading everything again.
    switch with_cache: "--with-cache";
}

impl Default for Check {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Check {
    type Event = CheckMessage;
    type Output = CheckReport;
    type Decoder = CheckDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> CheckDecoder {
        CheckDecoder::default()
    }
}

/// Reads what [`Check`] prints.
#[derive(Debug, Default)]
pub struct CheckDecoder {
    report: CheckReport,
    /// Lines of standard error that are no messages: what an old restic found.
    said: Vec<String>,
    /// An old restic, which prints text, has come to a good end.
    is_clean: bool,
}

impl Decoder for CheckDecoder {
    type Event = CheckMessage;
    type Output = CheckReport;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<CheckMessage> {
        let (text, message) = message_among_text(line, NoticeSource::Stdout, diagnostics);
        if message.is_none() || !text.trim().is_empty() {
            self.is_clean |= text == "no errors were found";
            if is_hint(text) {
                self.report.hints.push(text.to_owned());
            }
            self.report.text.push(text.to_owned());
            // A check that fails has no report to keep it in.
            diagnostics.notice(NoticeSource::Stdout, text);
        }
        if let Some(CheckMessage::Summary(summary)) = &message {
            self.report.summary = Some(summary.clone());
        }
        message
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<CheckMessage> {
        if !line.text.starts_with('{') && is_finding(line.text) {
            match is_advice(line.text) {
                true => self.report.hints.push(line.text.trim().to_owned()),
                false => join(&mut self.said, line.text),
            }
        }
        let message = message(line, NoticeSource::Stderr, diagnostics)?;
        if let CheckMessage::Error(error) = &message {
            let place = if is_advice(&error.message) {
                &mut self.report.hints
            } else {
                &mut self.report.errors
            };
            join(place, &error.message);
        }
        Some(message)
    }

    fn has_seen_end(&self) -> bool {
        let no_errors = |summary: &CheckSummary| summary.num_errors == 0;
        self.is_clean || self.report.summary.as_ref().is_some_and(no_errors)
    }

    fn finish(mut self, end: &RunEnd<'_>) -> Result<CheckReport, DecodeFailure<CheckReport>> {
        let is_json = self.report.summary.is_some();
        if end.is_success() {
            // What an unharmed repository makes restic say is no damage.
            self.report.hints.append(&mut self.report.errors);
            return if is_json || self.is_clean || end.quiet {
                Ok(self.report)
            } else {
                Err(end.incomplete_output("it did not say what it found"))
            };
        }
        let is_over = end.cause.is_none() && end.exit.code() == Some(ExitCode::FAILURE.0);
        if !is_over || !DAMAGED.iter().any(|words| end.says(words)) {
            return Err(end.failure());
        }
        if !is_json {
            self.report.errors.append(&mut self.said);
        }
        if self.report.errors.is_empty() {
            self.report.errors.push(end.reason());
        }
        Ok(self.report)
    }
}

/// How restic ends when it could check and found damage. The second, for a damaged index, is
/// from before restic 0.18.
const DAMAGED: &[&str] = &["repository contains errors", "LoadIndex returned errors"];

/// What an old restic finds and calls no error.
fn is_hint(line: &str) -> bool {
    line.contains(": not referenced in any index")
        || line.contains(" additional files were found in the repo")
        || line.contains("`restic prune`")
}

/// What restic advises about errors that it has reported, in texts of its own between 0.15 and
/// 0.17 and in messages since 0.18. A text of several lines begins with an empty one there.
fn is_advice(message: &str) -> bool {
    let begins = [
        "\n",
        "restic ",
        "RESTIC_FEATURES=",
        "The repository is damaged and must be repaired.",
        "The repository contains damaged ",
        "The repository contains pack files with damaged blobs.",
        "Corrupted blobs are either caused by ",
        "Duplicate packs/old indexes are non-critical",
    ];
    begins.iter().any(|begin| message.starts_with(begin))
        || message.starts_with("Damaged ") && message.contains(" files can be caused by ")
}

/// Whether a line of text is more than the reason for the end, or one more try.
fn is_finding(line: &str) -> bool {
    !line.is_empty()
        && !line.starts_with("Fatal: ")
        && !line.contains(" returned error, retrying after ")
}

/// Adds a finding, or the rest of the last one.
fn join(findings: &mut Vec<String>, text: &str) {
    let is_rest = text.starts_with(' ');
    match findings.last_mut().filter(|_| is_rest) {
        Some(last) => {
            last.push('\n');
            last.push_str(text.trim_end());
        }
        None => findings.push(text.trim().to_owned()),
    }
}
