use restic_types::{Key, documents};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{LineDocumentDecoder, NoEvents};

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
            arguments: Arguments::ungated("key list"),
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
    type Decoder = LineDocumentDecoder<Vec<Key>>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> Self::Decoder {
        LineDocumentDecoder::new(documents::keys)
    }
}
