use std::ffi::OsString;

use crate::arguments::Arguments;

/// Shows a pack as it is in the repository: encrypted.
///
/// `restic cat pack`. The bytes are handed out as they come;
/// [`dump_to`](crate::Restic::dump_to) writes them, and a plain [`run`](crate::Restic::run)
/// collects them. restic 0.11 and 0.14 try for most of a minute to find one that is not there.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatPack {
    arguments: Arguments,
}

impl CatPack {
    /// Shows the one with this id, which has to be the whole one.
    pub fn new(id: impl Into<OsString>) -> Self {
        Self {
            arguments: super::one("pack", id),
        }
    }
}

super::cat! { CatPack => bytes }
