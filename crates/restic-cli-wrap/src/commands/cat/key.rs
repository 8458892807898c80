use std::ffi::OsString;

use restic_types::KeyFile;

use crate::arguments::Arguments;

/// Shows a key file: the master key, encrypted with a password.
///
/// `restic cat key`. Whoever has it can try passwords, so it is better kept to oneself.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatKey {
    arguments: Arguments,
}

impl CatKey {
    /// Shows the one with this id, or the beginning of it.
    pub fn new(id: impl Into<OsString>) -> Self {
        Self {
            arguments: super::one("key", id),
        }
    }
}

super::cat! { CatKey => KeyFile }
