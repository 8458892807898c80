use std::collections::HashSet;
use std::ffi::OsString;

use restic_types::{Counter, SnapshotId};

use crate::arguments::Arguments;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::{ErrorKind, failure};

/// What a command comes to that prints text for people, whatever `--json` asks for.
pub trait TextReport: Default + Send + Sync + 'static {
    /// Takes one line of standard output, without its end, that is no counter.
    fn stdout(&mut self, line: &str);

    /// Whether a line of standard output may go on in the next one, because there is a name in
    /// it that restic prints as it is, newlines included.
    fn may_continue(_line: &str) -> bool {
        false
    }

    /// Whether the next line belongs to one that [may continue](Self::may_continue), which has
    /// the lines that were added to it.
    fn continues(_begun: &str, _line: &str) -> bool {
        false
    }

    /// All lines have come. Says what they mean, where that needs all of them.
    fn close(&mut self, _asked: &Asked) {}

    /// Takes one line of standard error. Whether it is a part of the report: the rest are
    /// notices.
    fn stderr(&mut self, _line: &str) -> bool {
        false
    }

    /// Takes a last line that has no end. Half a line may look like a whole one that says
    /// something else, so that it is left alone but by reports that know better.
    fn unfinished(&mut self, _line: &str) {}

    /// What a line of standard error [decides](Decoder::decides).
    fn decides(line: &str) -> Option<ErrorKind> {
        failure::left_out(line)
    }

    /// The kind of failure in restic's words, where this command knows better.
    fn kind_of(_words: &str) -> Option<ErrorKind> {
        None
    }

    /// Says what is missing of a report whose restic ended well. A report that always ends
    /// in certain words is not complete without them.
    fn missing(&self) -> Option<&'static str> {
        None
    }

    /// Completes the report of a restic that failed on its way, as far as it is known.
    fn failed(&mut self) {}

    /// restic's words for something that it did not do although it ended well: the run fails
    /// with them.
    fn problem(&self) -> Option<&str> {
        None
    }
}

/// Reads a [`TextReport`], and hands out its counters as events.
#[derive(Debug, Default)]
pub struct ReportDecoder<T> {
    report: T,
    asked: Asked,
    /// A line that may go on.
    begun: Option<String>,
}

/// What a command was asked for, with which its report is compared.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The ids of snapshots, or their beginnings; absent when it was not by ids alone.
    ids: Option<Vec<String>>,
    /// Old snapshots are to be removed.
    pub(crate) forget: bool,
}

impl Asked {
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let id = |operand: &OsString| {
            let id = operand.to_str()?;
            id.bytes().all(is_digit).then(|| id.to_owned())
        };
        let is_given = !arguments.given().operands.is_empty() && arguments.given().extra.is_empty();
        let ids = arguments.given().operands.iter().map(id).collect();
        Self {
            ids: is_given.then_some(ids).flatten(),
            forget: arguments.given().has("--forget") || !arguments.given().extra.is_empty(),
        }
    }

    /// Whether these may be the snapshots that were asked for, by the beginnings of their ids:
    /// each of them once.
    pub(crate) fn are<'a>(&self, ids: impl Iterator<Item = &'a SnapshotId> + Clone) -> bool {
        let is_asked = |id: &str| {
            let asked = self.ids.as_deref();
            let fits = |asked: &String| asked.starts_with(id) || id.starts_with(asked.as_str());
            asked.is_none_or(|asked| asked.iter().any(fits))
        };
        let mut known = HashSet::new();
        ids.into_iter()
            .all(|id| is_asked(id.as_str()) && known.insert(id.as_str()))
    }
}

impl<T: TextReport> ReportDecoder<T> {
    /// Begins with a report that knows something already, such as that it is a plan.
    pub fn new(report: T) -> Self {
        Self {
            report,
            asked: Asked::default(),
            begun: None,
        }
    }

    /// Compares the report with what was asked for.
    pub(crate) fn asked(mut self, arguments: &Arguments) -> Self {
        self.asked = Asked::of(arguments);
        self
    }

    /// No more lines come.
    fn close(&mut self) {
        if let Some(begun) = self.begun.take() {
            self.report.stdout(&begun);
        }
        self.report.close(&self.asked);
    }

    /// What there is of the report so far.
    pub(crate) fn report(&self) -> &T {
        &self.report
    }

    pub(crate) fn into_report(self) -> T {
        self.report
    }
}

impl<T: TextReport> Decoder for ReportDecoder<T> {
    type Event = Counter;
    type Output = T;

    fn decides(line: &str) -> Option<ErrorKind> {
        T::decides(line)
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        let text = visible(line.text);
        if let Some(begun) = &mut self.begun {
            if line.is_whole && T::continues(begun, line.text) {
                begun.push('\n');
                begun.push_str(line.text);
                return None;
            }
            self.report.stdout(begun);
            self.begun = None;
        }
        let named = uncleared(line.text);
        if line.is_whole && T::may_continue(named) {
            self.begun = Some(named.to_owned());
            return None;
        }
        if !line.is_whole {
            self.report.unfinished(text);
            diagnostics.notice(NoticeSource::Stdout, line.text);
            return None;
        }
        let counter = Counter::read(text);
        if counter.is_none() && !text.is_empty() {
            self.report.stdout(text);
        }
        counter
    }

    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        if !line.is_whole || !self.report.stderr(visible(line.text)) {
            diagnostics.notice(NoticeSource::Stderr, line.text);
        }
        None
    }

    fn finish(mut self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        self.close();
        if !end.is_success() {
            self.report.failed();
            let mut fault = end.failure();
            let failed = matches!(fault.kind, ErrorKind::Failed);
            if let Some(kind) = T::kind_of(&fault.message).filter(|_| failed) {
                fault.kind = kind;
            }
            return Err(fault.with(Some(self.report)));
        }
        if let Err(fault) = end.nothing_ignored() {
            return Err(fault.with(Some(self.report)));
        }
        if let Some(words) = self.report.problem() {
            let fault = end.failure_saying(words);
            return Err(fault.with(Some(self.report)));
        }
        match self.report.missing().filter(|_| !end.quiet) {
            Some(what) => Err(end.incomplete_output(what).with(Some(self.report))),
            None => Ok(self.report),
        }
    }
}

/// What stands in a line between a beginning and its end, where each part but an empty one
/// ends in these words: `fields("3 of 4 files", "", [" of ", " files"])` is 3 and 4.
pub(crate) fn fields<'a, const N: usize>(
    line: &'a str,
    begin: &str,
    ends: [&str; N],
) -> Option<[&'a str; N]> {
    let mut rest = line.strip_prefix(begin)?;
    let mut fields = [""; N];
    for (field, end) in fields.iter_mut().zip(ends) {
        (*field, rest) = match end {
            "" => (rest, ""),
            end => rest.split_once(end)?,
        };
    }
    rest.is_empty().then_some(fields)
}

/// A line without what restic prints before it to clear the line of a terminal.
pub(crate) fn visible(line: &str) -> &str {
    let line = line.rsplit('\r').next().unwrap_or(line);
    line.trim_start_matches("\u{1b}[2K").trim_end()
}

/// The same of a line that has a name in it, which is left as it is.
fn uncleared(mut line: &str) -> &str {
    while let Some(rest) = line
        .strip_prefix('\r')
        .or_else(|| line.strip_prefix("\u{1b}[2K"))
    {
        line = rest;
    }
    line
}

/// Says of a command that it prints a [`TextReport`], which begins empty.
macro_rules! report {
    ($command:ident: $report:ident) => {
        impl Command for $command {
            type Event = Counter;
            type Output = $report;
            type Decoder = ReportDecoder<$report>;

            fn arguments(&self) -> Arguments {
                self.arguments.clone()
            }

            fn decoder(&self) -> ReportDecoder<$report> {
                ReportDecoder::default()
            }
        }
    };
}
pub(crate) use report;
