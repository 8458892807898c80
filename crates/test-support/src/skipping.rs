//! What a test does where it lacks something.

use std::env;
use std::process::{Command, Stdio};

/// Says that a test was skipped and why, which is a failure where `RESTIC_NO_SKIP` is set.
pub fn skip(test: &str, why: &str) {
    assert!(
        env::var_os("RESTIC_NO_SKIP").is_none(),
        "{test} must not be skipped here: {why}"
    );
    println!("{test}: SKIPPED, since {why}");
}

/// Whether this user may start another program through this one, such as `unshare --pid --fork`. The
/// test is skipped otherwise.
pub fn may(test: &str, program: &[&str]) -> bool {
    let started = program.split_first().is_some_and(|(name, arguments)| {
        let mut command = Command::new(name);
        let quiet = command
            .args(arguments)
            .args(["/bin/sh", "-c", "exit 0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    });
    if !started {
        skip(test, &format!("this user may not run {program:?}"));
    }
    started
}
