use serde::de::DeserializeOwned;

use crate::cut::Cut;
use crate::decode::{Decoder, Document, End, Fault, Line, NoEvents};
use crate::notes::Notes;

/// Reads a command that prints one JSON document, on one line or on many.
#[derive(Debug)]
pub struct DocumentDecoder<T>(Document<T>);

impl<T> DocumentDecoder<T> {
    pub(crate) fn new() -> Self {
        Self(Document::required())
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Decoder for DocumentDecoder<T> {
    type Event = NoEvents;
    type Output = T;

    const STDOUT: Cut = Cut::Values;

    fn stdout(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.0.push(line, notes);
        None
    }

    fn finish(self, end: &End<'_>) -> Result<T, Fault<T>> {
        self.0.finish(end)
    }
}
