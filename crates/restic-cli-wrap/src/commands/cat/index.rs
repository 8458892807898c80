use std::ffi::OsString;

use restic_types::IndexFile;

use crate::arguments::Arguments;

/// Shows an index file, which says what is in which pack.
///
/// `restic cat index`. [`List::index`](crate::commands::List) has the ids.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatIndex {
    arguments: Arguments,
}

impl CatIndex {
    /// Shows the one with this id, or the beginning of it.
    pub fn new(id: impl Into<OsString>) -> Self {
        Self {
            arguments: super::one("index", id),
        }
    }
}

super::cat! { CatIndex => IndexFile }
