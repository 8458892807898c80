//! The real restic binaries that tests run against.

use std::env;
use std::path::PathBuf;

use crate::skipping::skip;

/// The binaries in `RESTIC_BINARIES`, whose paths are separated by `:`. Without it the test
/// says that it was skipped, which is a failure where `RESTIC_NO_SKIP` is set.
pub fn binaries(test: &str) -> Vec<PathBuf> {
    let listed = env::var_os("RESTIC_BINARIES").unwrap_or_default();
    let found: Vec<_> = env::split_paths(&listed)
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if found.is_empty() {
        skip(test, "RESTIC_BINARIES names no real restic");
    }
    found
}
