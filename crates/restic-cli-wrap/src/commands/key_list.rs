use restic_types::Key;

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{Decoder, Document, End, Fault, Line, NoEvents};
use crate::notes::Notes;

/// Lists the keys that open the repository.
///
/// `restic key list`.
#[must_use]
#[derive(Clone, Debug)]
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

    fn stdout(&mut self, line: &Line<'_>, notes: &mut Notes) -> Option<NoEvents> {
        self.0.push(line, notes);
        None
    }

    fn finish(self, end: &End<'_>) -> Result<Vec<Key>, Fault<Vec<Key>>> {
        self.0.finish(end)
    }
}
