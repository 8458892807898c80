use std::ffi::OsString;

use restic_types::LockFile;

use crate::arguments::Arguments;

/// Shows a lock, and who holds it.
///
/// `restic cat lock`. It takes a lock of its own unless the client has [`no_lock`](crate::ResticBuilder::no_lock).
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatLock {
    arguments: Arguments,
}

impl CatLock {
    /// Shows the one with this id, or the beginning of it.
    pub fn new(id: impl Into<OsString>) -> Self {
        Self {
            arguments: super::one("lock", id),
        }
    }
}

super::cat! { CatLock => LockFile }
