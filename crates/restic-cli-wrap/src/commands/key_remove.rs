use std::ffi::OsString;

use restic_types::{Counter, KeyId};
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::commands::report;
use crate::decode::{ReportDecoder, TextReport};

/// Removes a key, so that its password no longer opens the repository.
///
/// `restic key remove`. Fails with [`NotFound`](crate::ErrorKind::NotFound) when there is no
/// such key, and with [`Usage`](crate::ErrorKind::Usage) when it is the one with which the
/// client opens the repository.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRemove {
    arguments: Arguments,
}

/// What [`KeyRemove`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RemovedKey {
    /// The whole id of the key that is gone. Absent when restic does not say: 0.19 never does
    /// with `--json`.
    pub id: Option<KeyId>,
    /// What restic printed: one line, or nothing.
    pub text: Vec<String>,
}

impl KeyRemove {
    /// Removes the key with this id, of which the beginning is enough.
    pub fn new(key: impl Into<OsString>) -> Self {
        let mut arguments = Arguments::ungated("key remove");
        arguments.operand(key);
        Self { arguments }
    }
}

setters! { KeyRemove: }

impl TextReport for RemovedKey {
    fn stdout(&mut self, line: &str) {
        if let Some(id) = line.strip_prefix("removed key ") {
            self.id = Some(id.into());
        }
        self.text.push(line.to_owned());
    }
}

report! { KeyRemove: RemovedKey }
