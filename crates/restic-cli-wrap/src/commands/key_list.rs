use restic_types::Key;

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Document, Line, NoEvents, RunEnd};
use crate::diagnostics::Diagnostics;

/// Lists the keys that open the repository.
///
/// `restic key list`.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyList {
    arguments: Arguments,
}

impl KeyList {
    /// Lists all keys.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::new("key list"),
        }
    }
}

setters! { KeyList: }

impl Default for KeyList {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for KeyList {
    type Event = NoEvents;
    type Output = Vec<Key>;
    type Decoder = KeyListDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> KeyListDecoder {
        KeyListDecoder(Document::required())
    }
}

/// Reads what [`KeyList`] prints.
#[derive(Debug)]
pub struct KeyListDecoder(Document<Vec<Key>>);

impl Decoder for KeyListDecoder {
    type Event = NoEvents;
    type Output = Vec<Key>;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<NoEvents> {
        self.0.push(line, diagnostics);
        None
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Vec<Key>, DecodeFailure<Vec<Key>>> {
        self.0.finish(end)
    }
}
