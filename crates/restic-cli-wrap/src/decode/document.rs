use restic_types::search::{contains, trim_end, trim_start};
use serde::de::DeserializeOwned;

use super::decoder::{Decoder, NoEvents};
use super::line::Line;
use super::run_end::{DecodeFailure, Fault, RunEnd};
use crate::ErrorKind;
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::framing::Framing;

/// Reads a command that prints one JSON document, on one line or on many.
#[derive(Debug)]
pub struct DocumentDecoder<T>(Document<T>);

impl<T: DeserializeOwned> DocumentDecoder<T> {
    /// Begins to read. A run that ends well without a document is an error.
    #[must_use]
    pub fn new() -> Self {
        Self(Document::required(|text| serde_json::from_str(text)))
    }
}

impl<T: DeserializeOwned> Default for DocumentDecoder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Decoder for DocumentDecoder<T> {
    type Event = NoEvents;
    type Output = T;

    const STDOUT: Framing = Framing::Values;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.push(line, diagnostics);
        None
    }

    /// A document that is not whole is found out in the end.
    fn has_seen_end(&self) -> bool {
        true
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        self.0.finish(end)
    }
}

/// The same for a document on one line, of whatever length. A line is found by its end alone,
/// where a value has to be read for that.
#[derive(Debug)]
pub struct LineDocumentDecoder<T>(Document<T>);

impl<T> LineDocumentDecoder<T> {
    pub(crate) fn new(read: ReadDocument<T>) -> Self {
        Self(Document::required(read))
    }
}

impl<T: Send + Sync + 'static> Decoder for LineDocumentDecoder<T> {
    type Event = NoEvents;
    type Output = T;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.push(line, diagnostics);
        None
    }

    /// A document that is not whole is found out in the end.
    fn has_seen_end(&self) -> bool {
        true
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        self.0.finish(end)
    }
}

/// Reads a command that prints one JSON document, perhaps with text around it.
#[derive(Debug)]
pub(crate) struct Document<T> {
    reader: ReadDocument<T>,
    text: String,
    /// The document stood on one line, and it is over: what follows is text.
    complete: bool,
    /// There is a document behind a text without a line end, or a part of one.
    hidden: bool,
    on_empty: Option<T>,
}

/// Reads the text of a document.
pub(crate) type ReadDocument<T> = fn(&str) -> serde_json::Result<T>;

impl<T> Document<T> {
    /// For a command that always prints its document.
    pub(crate) fn required(reader: ReadDocument<T>) -> Self {
        Self {
            reader,
            text: String::new(),
            complete: false,
            hidden: false,
            on_empty: None,
        }
    }

    /// For a command that prints nothing at all when this is its result.
    pub(crate) fn or(empty: T, reader: ReadDocument<T>) -> Self {
        Self {
            on_empty: Some(empty),
            ..Self::required(reader)
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
            self.hidden |= contains(line.text, "[{\"");
            return false;
        }
        // All but `cat` print their document on one line.
        self.complete = self.text.is_empty() && trim_end(line.text).ends_with([']', '}']);
        self.text.reserve(line.text.len() + 1);
        self.text.push_str(line.text);
        self.text.push('\n');
        true
    }
}

impl<T> Document<T> {
    /// The document.
    pub(crate) fn read<O>(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<O>> {
        if !self.text.is_empty() {
            return (self.reader)(&self.text).map_err(|error| unreadable(&error).with(None));
        }
        match self.on_empty {
            Some(empty) if !self.hidden => Ok(empty),
            _ => Err(end.incomplete_output("it printed no document")),
        }
    }

    /// What there is of the document after a failure. Returns `None` when restic printed nothing.
    pub(crate) fn partial(self) -> Option<T> {
        (self.reader)(&self.text).ok()
    }
}

impl<T: Send + Sync + 'static> Document<T> {
    /// The document as the result: complete when restic says so, and not when it ignored an
    /// id that it was given.
    pub(crate) fn finish(self, end: &RunEnd<'_>) -> Result<T, DecodeFailure<T>> {
        if !end.is_success() {
            return Err(end.fault().with(self.partial()));
        }
        let document = self.read(end)?;
        match end.left_out() {
            None => Ok(document),
            Some(fault) => Err(fault.with(Some(document))),
        }
    }
}

fn unreadable(error: &serde_json::Error) -> Fault {
    let mut fault = Fault::new(ErrorKind::BadOutput, "restic's document cannot be read: ");
    fault.add("", &error.to_string());
    fault
}

/// Whether a line is the beginning of a document, and not a counter such as
/// `[0:00] 100.00%  9 / 9 packs`.
fn begins_document(line: &str) -> bool {
    match trim_start(line).strip_prefix('[') {
        Some(rest) => !rest.starts_with(|c: char| c.is_ascii_digit()),
        None => trim_start(line).starts_with('{'),
    }
}
