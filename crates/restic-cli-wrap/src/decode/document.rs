use serde::de::DeserializeOwned;

use crate::decode::{DecodeFailure, Decoder, Document, Line, NoEvents, RunEnd};
use crate::diagnostics::Diagnostics;
use crate::framing::Framing;

/// Reads a command that prints one JSON document, on one line or on many.
#[derive(Debug)]
pub struct DocumentDecoder<T>(Document<T>);

impl<T> DocumentDecoder<T> {
    /// Begins to read. A run that ends well without a document is an error.
    #[must_use]
    pub fn new() -> Self {
        Self(Document::required())
    }
}

impl<T> Default for DocumentDecoder<T> {
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
