use restic_types::Counter;

use crate::ErrorKind;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};

/// What a command comes to that prints text for people, whatever `--json` asks for.
pub trait TextReport: Default + Send + Sync + 'static {
    /// Takes one line of standard output, without its end, that is no counter.
    fn stdout(&mut self, line: &str);

    /// Takes one line of standard error. Whether it is a part of the report: the rest are
    /// notices.
    fn stderr(&mut self, _line: &str) -> bool {
        false
    }

    /// Takes a last line that has no end. Half a line may look like a whole one that says
    /// something else, so that it is left alone but by reports that know better.
    fn unfinished(&mut self, _line: &str) {}

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
}

impl<T: TextReport> ReportDecoder<T> {
    /// Begins with a report that knows something already, such as that it is a plan.
    pub fn new(report: T) -> Self {
        Self { report }
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

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Counter> {
        let text = visible(line.text);
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
