//! A scenario from a stranger: a manifest, and behind a NUL byte what its files hold.
//!
//! Run it with `-malloc_limit_mb=64`.
#![no_main]

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;
use restic_properties::scenarios;
use tempfile::TempDir;

thread_local! {
    /// One for all runs: each begins with the same files in it.
    static DIRECTORY: OnceCell<TempDir> = const { OnceCell::new() };
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let manifest = parts.next().unwrap_or_default();
    let content = parts.next().unwrap_or_default();
    DIRECTORY.with(|directory| {
        let directory =
            directory.get_or_init(|| tempfile::tempdir().expect("a temporary directory"));
        scenarios::check(directory.path(), manifest, content);
    });
});
