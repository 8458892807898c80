use restic_types::VersionInfo;

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{NoEvents, VersionDecoder};

/// Reports which restic this is.
///
/// `restic version`. Every version has it; before 0.17.0 it prints text, which is read into
/// the same type.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    arguments: Arguments,
}

impl Version {
    /// Asks for the version.
    pub fn new() -> Self {
        Self {
            arguments: Arguments::ungated("version"),
        }
    }
}

setters! { Version: }

impl Default for Version {
    fn default() -> Self {
        Self::new()
    }
}

impl Command for Version {
    type Event = NoEvents;
    type Output = VersionInfo;
    type Decoder = VersionDecoder;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> VersionDecoder {
        VersionDecoder::default()
    }
}
