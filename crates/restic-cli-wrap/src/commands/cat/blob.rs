use std::ffi::OsString;

use crate::arguments::Arguments;

/// Shows a blob, a piece of a file or a tree, decrypted.
///
/// `restic cat blob`. The bytes are handed out as they come;
/// [`dump_to`](crate::Restic::dump_to) writes them, and a plain [`run`](crate::Restic::run)
/// collects them. Those of a tree are JSON, for [`Tree`](restic_types::Tree).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatBlob {
    arguments: Arguments,
}

impl CatBlob {
    /// Shows the one with this id, which has to be the whole one.
    pub fn new(id: impl Into<OsString>) -> Self {
        Self {
            arguments: super::one("blob", id),
        }
    }
}

super::cat! { CatBlob => bytes }
