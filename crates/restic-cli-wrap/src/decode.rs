//! Reading what restic prints, for [commands of your own](crate::guide::own_commands).
//!
//! [`DocumentDecoder`] reads one JSON document, [`TextDecoder`] text and [`BytesDecoder`] bytes.
//! Everything else is a [`Decoder`] of your own.

mod bytes;
mod document;
pub(crate) mod go_quote;
pub(crate) mod ignored_error;
pub(crate) mod report;
pub(crate) mod saved_key;
pub(crate) mod snapshot_heading;
mod text;

pub use bytes::BytesDecoder;
pub use document::DocumentDecoder;
pub(crate) use report::{ReportDecoder, TextReport};
pub use text::{PlainText, TextDecoder};

use std::borrow::Cow;

use restic_core::{Cause, Exit};
use restic_types::{Message, UnknownMessage};
use serde::de::DeserializeOwned;

use crate::ErrorKind;
pub use crate::diagnostics::Diagnostics;
use crate::diagnostics::NoticeSource;
use crate::failure::{self, LastWords, classify};
pub use crate::framing::Framing;

/// Reads what one run of a command prints, and says what it means.
///
/// A decoder never knows the version of the restic it reads: content decides.
pub trait Decoder: Send + 'static {
    /// What the run hands out while restic goes on.
    type Event: Send + 'static;
    /// What the run comes to.
    type Output: Send + Sync + 'static;

    /// Whether a run is stopped when it is over, because restic never ends by itself:
    /// [`finish`](Self::finish) then says whether that went well.
    const ENDS_WHEN_STOPPED: bool = false;

    /// In what pieces standard output is read.
    const STDOUT: Framing = Framing::Lines;

    /// Reads one line of standard output, or one of the pieces that it is cut into.
    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Self::Event>;

    /// Reads a line of standard output, or a piece, that is nothing but data in exactly the
    /// form in which restic prints most of it. Nothing is masked in it, so that it must not
    /// have any words of restic's own. All else is left to [`stdout`](Self::stdout).
    fn row(&mut self, _text: &str) -> Option<Self::Event> {
        None
    }

    /// Reads the next bytes of standard output, where it is [cut](Self::STDOUT) into bytes.
    fn bytes(&mut self, _bytes: Vec<u8>) -> Option<Self::Event> {
        None
    }

    /// Whether a line of standard output is data, which has to stay as it is: in anything
    /// else, secrets are masked.
    ///
    /// In JSON restic masks what it knows to be secret; the rest of it is data, and there may
    /// be very much of it.
    fn is_data(line: &str) -> bool {
        line.starts_with(['{', '['])
    }

    /// What a line of standard error decides, whatever restic's exit says and however much is
    /// said before and after it: the kind of the failure that the run comes to.
    /// `RunEnd::nothing_ignored` finds it again.
    ///
    /// Unless a command knows more such words, these are the ones of restic's search for
    /// snapshots.
    fn decides(line: &str) -> Option<ErrorKind> {
        failure::left_out(line)
    }

    /// Reads one line of standard error that is not restic's `exit_error`.
    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Self::Event> {
        diagnostics.notice(NoticeSource::Stderr, line.text);
        None
    }

    /// Whether what restic has printed proves that it came to its end, such as a summary or a
    /// document: then a run whose exit status was [lost](Exit::Lost) is not lost itself.
    fn has_seen_end(&self) -> bool {
        false
    }

    /// Takes back an event that nobody has asked for, to make it part of the output.
    fn keep(&mut self, _event: Self::Event) {}

    /// Says what the run came to.
    ///
    /// # Errors
    ///
    /// Why it is not what was asked for, and what there is of it all the same.
    fn finish(self, end: &RunEnd<'_>) -> Result<Self::Output, DecodeFailure<Self::Output>>;
}

/// A decoder of rows that can be looked at where restic's output is, without being copied.
pub trait BorrowRows: Decoder {
    /// A row whose texts are in the line that it was read from.
    type Row<'a>;

    /// Reads a line as [`Decoder::row`] does.
    fn borrowed_row(text: &str) -> Option<Self::Row<'_>>;

    /// The row in an event, if there is one.
    fn row_of(event: &Self::Event) -> Option<Self::Row<'_>>;
}

/// One line of output, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The text without its end.
    pub(crate) text: &'a str,
    /// Counted from 1, in its stream.
    pub(crate) number: u64,
    /// Whether it has an end. What restic says as text is not to be trusted without: half of
    /// it may look like all.
    pub(crate) is_whole: bool,
}

impl<'a> Line<'a> {
    /// The text without its end.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Which line of its stream it is, counted from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it has an end. A last line without one may be half of what restic would have
    /// said, and half of a text may look like all of it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Reads a JSON message on a line of standard output. A line that is no JSON object becomes
    /// a notice. An object that does not fit the type fails the run at its end, with its
    /// place, so that an enum of messages should have a case for those that it does not know.
    pub fn json<T: DeserializeOwned>(&self, diagnostics: &mut Diagnostics) -> Option<T> {
        if !self.text.starts_with('{') {
            diagnostics.notice(NoticeSource::Stdout, self.text);
            return None;
        }
        match serde_json::from_str(self.text) {
            Ok(message) => Some(message),
            Err(error) => {
                let problem = error.to_string();
                diagnostics.malformed(NoticeSource::Stdout, self.number, &problem, self.text);
                None
            }
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct RunEnd<'a> {
    pub(crate) exit: Exit,
    /// Why it was stopped, if it was.
    pub(crate) cause: Option<Cause>,
    pub(crate) diagnostics: &'a Diagnostics,
    /// Whether restic was asked to print less.
    pub(crate) quiet: bool,
}

/// Why a run is not what was asked for.
#[derive(Debug)]
pub struct DecodeFailure<T> {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) partial: Option<T>,
}

impl<T> DecodeFailure<T> {
    /// A failure of this kind, with a message for people: one lower-case fragment.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            partial: None,
        }
    }

    /// Adds what there is of the result all the same: [`Error::partial`](crate::Error::partial).
    #[must_use]
    pub fn with(mut self, partial: Option<T>) -> Self {
        self.partial = partial;
        self
    }

    /// The same failure of a result that this one is a part of.
    pub(crate) fn map<U>(self, whole: impl FnOnce(T) -> U) -> DecodeFailure<U> {
        DecodeFailure {
            kind: self.kind,
            message: self.message,
            partial: self.partial.map(whole),
        }
    }
}

impl RunEnd<'_> {
    /// How restic ended.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Why the run was stopped. Absent when restic ended by itself.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// Whether the client asked restic to print [less](crate::ResticBuilder::quiet), so that
    /// what is usually said may be missing.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether restic ended by itself and says that all is well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.cause.is_none() && self.exit.is_success()
    }

    /// restic's own words for why it failed, with secrets masked.
    #[must_use]
    pub fn reason(&self) -> String {
        self.diagnostics.shown(&self.raw_reason())
    }

    /// The same as restic said them.
    pub(crate) fn raw_reason(&self) -> String {
        let reason = failure::reason(self.exit, self.diagnostics);
        reason.unwrap_or_else(|| "restic did not say why".to_owned())
    }

    /// The failure, from the exit and restic's words.
    #[must_use]
    pub fn failure<T>(&self) -> DecodeFailure<T> {
        let words = LastWords::of(self.diagnostics);
        let kind = classify(self.exit, &words, self.diagnostics);
        DecodeFailure::new(kind, self.reason())
    }

    /// The failure in restic's last words, whatever the exit says. Absent when they are not known
    /// to mean one.
    pub(crate) fn known_failure<T>(&self) -> Option<DecodeFailure<T>> {
        let failure = self.failure();
        (failure.kind != ErrorKind::Failed).then_some(failure)
    }

    /// The failure in these words of restic's, whatever the exit says.
    pub(crate) fn failure_saying<T>(&self, words: &str) -> DecodeFailure<T> {
        let said = LastWords::saying(words);
        DecodeFailure::new(classify(self.exit, &said, self.diagnostics), words)
    }

    /// The failure of a run that restic calls a success without having said so completely, with
    /// what is missing, such as "it printed no summary".
    #[must_use]
    pub fn incomplete_output<T>(&self, what: &str) -> DecodeFailure<T> {
        let message = format!("restic ended well, but {what}: its output is not complete");
        DecodeFailure::new(ErrorKind::BadOutput, message)
    }

    /// Whether restic gave this as its reason.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.raw_reason().contains(words)
    }

    /// The failure of a run that left out something that it was asked for, with a word on
    /// standard error that [decides](Decoder::decides).
    ///
    /// # Errors
    ///
    /// When there is such a word.
    pub(crate) fn nothing_ignored<T>(&self) -> Result<(), DecodeFailure<T>> {
        match self.diagnostics.decisive() {
            Some((kind, words)) => Err(DecodeFailure::new(kind, words)),
            None => Ok(()),
        }
    }
}

/// Reads a message of a stream, and keeps in the notes what is none.
pub(crate) fn message<M: Message>(
    line: &Line<'_>,
    source: NoticeSource,
    diagnostics: &mut Diagnostics,
) -> Option<M> {
    let (text, message) = message_among_text(line, source, diagnostics);
    diagnostics.notice(source, text);
    message
}

/// Reads a message of a stream, and returns the text before it, or all there is.
pub(crate) fn message_among_text<'a, M: Message>(
    line: &Line<'a>,
    source: NoticeSource,
    diagnostics: &mut Diagnostics,
) -> (&'a str, Option<M>) {
    let read = M::read_any(line.text).map(|message| ("", message));
    let behind = || behind_text(line.text).filter(|_| source == NoticeSource::Stdout);
    let Some((text, message)) = read.or_else(behind) else {
        return (line.text, None);
    };
    let message = without_secrets(message, diagnostics);
    if let Some(unknown) = message.unknown()
        && let Some(problem) = &unknown.problem
    {
        if is_progress::<M>(unknown, source) {
            diagnostics.unreadable(source, line.number, problem, line.text);
        } else {
            diagnostics.malformed(source, line.number, problem, line.text);
        }
    }
    (text, Some(message))
}

/// Whether a message that cannot be read is none that the result rests on.
fn is_progress<M: Message>(unknown: &UnknownMessage, source: NoticeSource) -> bool {
    match &unknown.message_type {
        Some(name) => M::PROGRESS.contains(&name.as_str()),
        // Commands with progress report errors on standard error, and a summary that is not
        // there is missed by itself.
        None => source == NoticeSource::Stdout && !M::PROGRESS.is_empty(),
    }
}

/// A message that is kept as restic printed it has no secrets in it.
fn without_secrets<M: Message>(message: M, diagnostics: &Diagnostics) -> M {
    match message
        .unknown()
        .map(|unknown| diagnostics.masked(&unknown.raw))
    {
        Some(Cow::Owned(masked)) => M::read_any(&masked).unwrap_or(message),
        _ => message,
    }
}

/// A message behind a text that has no line end: another program shares restic's output, or
/// restic moves the cursor of a terminal that is none.
fn behind_text<M: Message>(line: &str) -> Option<(&str, M)> {
    let (text, object) = line.split_at(line.find("{\"")?);
    // An object without a tag may be anybody's.
    let has_tag = |message: &M| {
        message
            .unknown()
            .is_none_or(|other| other.message_type.is_some())
    };
    let message = M::read_any(object).filter(has_tag)?;
    Some((text, message))
}

/// Reads a command that prints one JSON document, perhaps with text around it.
#[derive(Debug)]
pub(crate) struct Document<T> {
    text: String,
    /// The document stood on one line, and it is over: what follows is text.
    complete: bool,
    /// There is a document behind a text without a line end, or a part of one.
    hidden: bool,
    on_empty: Option<T>,
}

impl<T> Document<T> {
    /// For a command that always prints its document.
    pub(crate) fn required() -> Self {
        Self {
            text: String::new(),
            complete: false,
            hidden: false,
            on_empty: None,
        }
    }

    /// For a command that prints nothing at all when this is its result.
    pub(crate) fn or(empty: T) -> Self {
        Self {
            on_empty: Some(empty),
            ..Self::required()
        }
    }

    pub(crate) fn push(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) {
        if !self.takes(line) {
            diagnostics.notice(NoticeSource::Stdout, line.text);
        }
    }

    /// Takes a line that is a part of the document; says whether it is.
    pub(crate) fn takes(&mut self, line: &Line<'_>) -> bool {
        if self.complete || self.text.is_empty() && !begins_document(line.text) {
            self.hidden |= line.text.contains("[{\"");
            return false;
        }
        // All but `cat` print their document on one line.
        self.complete = self.text.is_empty() && line.text.trim_end().ends_with([']', '}']);
        self.text.push_str(line.text);
        self.text.push('\n');
        true
    }
}

impl<T: DeserializeOwned> Document<T> {
    /// The document.
    pub(crate) fn read<O>(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<O>> {
        if self.text.is_empty() {
            let missing = || end.incomplete_output("it printed no document");
            let on_empty = self.on_empty.filter(|_| !self.hidden);
            return on_empty.ok_or_else(missing);
        }
        serde_json::from_str(&self.text).map_err(|error| {
            let message = format!("restic's document cannot be read: {error}");
            DecodeFailure::new(ErrorKind::BadOutput, message)
        })
    }

    /// What there is of the document after a failure; nothing when restic printed nothing.
    pub(crate) fn partial(self) -> Option<T> {
        serde_json::from_str(&self.text).ok()
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Document<T> {
    /// The document as the result: complete when restic says so, and not when it ignored an
    /// id that it was given.
    pub(crate) fn finish(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        if !end.is_success() {
            return Err(end.failure().with(self.partial()));
        }
        let document = self.read(end)?;
        match end.nothing_ignored() {
            Ok(()) => Ok(document),
            Err(fault) => Err(fault.with(Some(document))),
        }
    }
}

/// Whether a line is the beginning of a document, and not a counter such as
/// `[0:00] 100.00%  9 / 9 packs`.
fn begins_document(line: &str) -> bool {
    match line.trim_start().strip_prefix('[') {
        Some(rest) => !rest.starts_with(|c: char| c.is_ascii_digit()),
        None => line.trim_start().starts_with('{'),
    }
}

/// The events of a command that streams none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEvents {}
