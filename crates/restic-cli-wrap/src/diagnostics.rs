pub(crate) mod context;
mod handler;
mod notice;

use std::borrow::Cow;
use std::ops::Range;

use restic_process::Redactor;
use restic_types::ExitError;
use restic_types::search::{split_once, trim_end, trim_start};

use crate::ErrorKind;

use context::Context;

pub(crate) use handler::NoticeHandler;
pub use notice::{Notice, NoticeSource};

/// How many notices a run keeps; more are counted.
const NOTICES: usize = 1000;

/// How many messages of progress that cannot be read have a notice of their own.
const UNREADABLE: u64 = 20;

/// How many bytes of the end of standard error a run keeps.
const TAIL: usize = 16 * 1024;

/// How much of one line is kept, in bytes.
const LINE: usize = 4 * 1024;

/// How much of restic's own message is kept, in bytes: much more than is shown, so that a secret
/// that is cut in two is not.
const MESSAGE: usize = 64 * 1024;

/// What restic said in a run besides the messages of its command.
///
/// What it was is decided by restic's own words, what is shown of them is without secrets: a
/// password may be one of these words by chance.
#[derive(Debug)]
pub struct Diagnostics {
    redactor: Redactor,
    handler: Option<NoticeHandler>,
    notices: Vec<Notice>,
    dropped: u64,
    /// The last lines of standard error, each with its end.
    tail: String,
    context: Context,
    exit_error: Option<ExitError>,
    /// What decides although it is not the last word.
    decisive: Option<(ErrorKind, String)>,
    /// What is wrong with the first message that cannot be read.
    malformed: Option<String>,
    unreadable: u64,
}

impl Diagnostics {
    pub(crate) fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            handler: None,
            notices: Vec::new(),
            dropped: 0,
            tail: String::new(),
            context: Context::default(),
            exit_error: None,
            decisive: None,
            malformed: None,
            unreadable: 0,
        }
    }

    pub(crate) fn set_handler(&mut self, handler: Option<NoticeHandler>) {
        self.handler = handler;
    }

    /// A message of which it is not known what is data, without the secrets.
    pub(crate) fn masked<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.redactor.redact_json(json)
    }

    /// A line without the secrets in what restic says. A message or a part of a document has data
    /// beside that, which is not touched, and there may be very much of it.
    pub(crate) fn said<'a>(&self, line: &'a str, is_data: bool) -> Cow<'a, str> {
        match trim_start(line).starts_with(['{', '[', '"']) {
            true => self.redactor.redact_words(line),
            false if is_data => line.into(),
            false => self.redactor.redact(line),
        }
    }

    /// A text with secrets masked.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.redactor.redact(text).into_owned()
    }

    /// A part of a text with secrets masked, those too that are in it only in part.
    pub(crate) fn shown_part(&self, text: &str, part: Range<usize>) -> String {
        self.redactor.redact_part(text, part)
    }

    /// Keeps a line that is no message.
    pub fn notice(&mut self, source: NoticeSource, line: &str) {
        if line.is_empty() {
            return;
        }
        // Once before it is cut, and once more because what moves the cursor may have stood
        // inside of a secret.
        let text = clean(&self.redactor.redact(line));
        let text = self.shown(&text);
        if text.is_empty() {
            return;
        }
        let notice = Notice { source, text };
        if let Some(handler) = &self.handler {
            handler.handle(&notice);
        }
        if self.notices.len() < NOTICES {
            self.notices.push(notice);
        } else {
            self.dropped += 1;
        }
    }

    /// Keeps a message that cannot be read; the first one counts.
    pub(crate) fn malformed(&mut self, source: NoticeSource, line: u64, problem: &str, text: &str) {
        if self.malformed.is_none() {
            self.malformed = Some(self.shown_malformed(source, line, problem, text));
        }
    }

    /// Keeps a notice of a message that cannot be read, and on which the result does not rest.
    /// There may be one of them for every file: of many the rest are counted.
    pub(crate) fn unreadable(
        &mut self,
        source: NoticeSource,
        line: u64,
        problem: &str,
        text: &str,
    ) {
        if self.unreadable < UNREADABLE {
            let message = self.shown_malformed(source, line, problem, text);
            self.notice(NoticeSource::Library, &message);
        }
        self.unreadable += 1;
    }

    fn shown_malformed(
        &self,
        source: NoticeSource,
        line: u64,
        problem: &str,
        text: &str,
    ) -> String {
        let stream = match source {
            NoticeSource::Stdout => "standard output",
            NoticeSource::Stderr => "standard error",
            NoticeSource::Library => "part in this library",
        };
        let problem = self.shown(problem);
        let text = self.redactor.redact(text);
        let text = beginning(&text, LINE);
        let colon = if text.is_empty() { "" } else { ": " };
        format!("line {line} of restic's {stream} cannot be read: {problem}{colon}{text}")
    }

    /// Keeps a line of standard error for the words of an error.
    pub(crate) fn stderr_line(&mut self, line: &str) {
        let line = if line.len() > LINE {
            // It is cut, perhaps inside of a secret.
            clean(&self.redactor.redact(line))
        } else {
            clean(line)
        };
        self.context.read(&line);
        self.tail.push_str(&line);
        self.tail.push('\n');
        if let Some(over) = self.tail.len().checked_sub(TAIL + 1)
            && let Some(end) = self.tail.as_bytes()[over..]
                .iter()
                .position(|byte| *byte == b'\n')
        {
            self.tail.drain(..=over + end);
        }
    }

    /// What was said on the way and explains the end.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn set_exit_error(&mut self, mut error: ExitError) {
        let length = beginning(&error.message, MESSAGE).len();
        error.message.truncate(length);
        error.message.shrink_to_fit();
        self.exit_error = Some(error);
    }

    pub(crate) fn exit_error(&self) -> Option<&ExitError> {
        self.exit_error.as_ref()
    }

    /// Keeps a line that decides what the run comes to, however much else is said before and
    /// after it. The first one counts, but what is missing weighs less than any failure to read or
    /// to write what is there.
    pub(crate) fn decide(&mut self, kind: ErrorKind, line: &str) {
        let is_missing = |(kind, _): &(ErrorKind, String)| *kind == ErrorKind::NotFound;
        if self.decisive.is_none()
            || self.decisive.as_ref().is_some_and(is_missing) && kind != ErrorKind::NotFound
        {
            let words = clean(&self.redactor.redact(line));
            self.decisive = Some((kind, words));
        }
    }

    /// The words that decide, and the kind of failure that they mean.
    pub(crate) fn decisive(&self) -> Option<(ErrorKind, &str)> {
        let (kind, words) = self.decisive.as_ref()?;
        Some((*kind, words))
    }

    pub(crate) fn first_malformed(&self) -> Option<&str> {
        self.malformed.as_deref()
    }

    /// The last lines of standard error, as restic said them.
    pub(crate) fn tail(&self) -> &str {
        self.tail.strip_suffix('\n').unwrap_or(&self.tail)
    }

    /// The notices from one source.
    pub(crate) fn on(&self, source: NoticeSource) -> impl Iterator<Item = &str> + Clone {
        self.notices
            .iter()
            .filter(move |notice| notice.source == source)
            .map(|notice| notice.text.as_str())
    }

    /// The notices, which are gone from here then.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        let mut add = |source, text| notices.push(Notice { source, text });
        if self.dropped > 0 {
            let dropped = self.dropped;
            let text = format!("and {dropped} more lines, which were not kept");
            add(NoticeSource::Stderr, text);
        }
        if self.unreadable > UNREADABLE {
            let more = self.unreadable - UNREADABLE;
            let text = format!("and {more} more messages of progress cannot be read");
            add(NoticeSource::Library, text);
        }
        notices
    }
}

/// Clears a terminal's line.
const ERASE: &str = "\u{1b}[2K";

/// A line without what moves a terminal's cursor: restic writes `ESC[2K` and CR before some
/// of its messages even on a pipe.
fn clean(line: &str) -> String {
    let line = without(beginning(line, LINE), ERASE);
    let mut line = without(&line, "\r");
    line.truncate(trim_end(&line).len());
    line
}

/// A text without this part of it.
fn without(text: &str, part: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some((before, behind)) = split_once(rest, part) {
        kept.push_str(before);
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

fn beginning(line: &str, limit: usize) -> &str {
    let end = (0..=limit.min(line.len()))
        .rev()
        .find(|&end| line.is_char_boundary(end));
    &line[..end.unwrap_or(0)]
}
