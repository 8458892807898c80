//! Replays run no program and reach no network.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use restic_test_support::skipping::skip;

/// Tests of this program that replay recordings.
const REPLAYS: [&str; 1] =
    ["first_backup::every_recording_gives_the_same_program_its_typed_results"];

/// What watches system calls, if that works here.
fn strace() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut programs = env::split_paths(&path).map(|directory| directory.join("strace"));
    let found = programs.find(|program| works(program));
    if found.is_none() {
        skip(
            "replays execute nothing and connect to nothing",
            "there is no strace that works",
        );
    }
    found
}

fn works(strace: &Path) -> bool {
    let output = Command::new(strace)
        .args(["-o", "/dev/null", "true"])
        .output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn replays_execute_nothing_and_connect_to_nothing() {
    let Some(strace) = strace() else { return };
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("calls");
    let output = Command::new(strace)
        .args(["-f", "-e", "trace=execve,execveat,connect,socket", "-o"])
        .arg(&log)
        .arg(env::current_exe().unwrap())
        .args(REPLAYS)
        // Where nothing can be found, restic least of all.
        .env("PATH", directory.path())
        // insta would ask cargo.
        .env(
            "INSTA_WORKSPACE_ROOT",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../.."),
        )
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(!stdout.contains("running 0 tests"), "{stdout}");
    let calls = std::fs::read_to_string(&log).unwrap();
    let made = calls.lines().filter(|line| line.contains('('));
    let made: Vec<_> = made.collect();
    let own = env::current_exe().unwrap();
    let own = Path::new(own.file_name().unwrap()).display().to_string();
    assert!(
        matches!(made[..], [one] if one.contains("execve(") && one.contains(&own)),
        "{calls}"
    );
}
